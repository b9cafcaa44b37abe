"""Signed statements of CI that a tree passed, so a server skips its check.

A statement is signed by ``ssh-keygen -Y sign`` and comes with a push, as the
option ``pass=...``, or through a forge, as a note of the commit. Whom a server
trusts is in a file of allowed signers:
https://man.openbsd.org/ssh-keygen#ALLOWED_SIGNERS
"""
import base64
import json
import os
import time
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from autodevelop.errors import AutodevelopError
from autodevelop.system.git import (
    Repository, config_get, git_unchecked, reason,
)
from autodevelop.system.output import say
from autodevelop.system.process import Completed, run

OPTION = 'pass='
NOTES = 'refs/notes/autodevelop'
NAMESPACE = 'autodevelop'
"""A signature for anything else does not verify."""

MAX_AGE = 30 * 24 * 3600
"""Seconds for which a statement counts, as a pass in the ledger does."""

AHEAD = 300
"""Seconds by which the clock of CI may be ahead."""


class Refused(Exception):
    """Why a statement does not count."""


class Statement(NamedTuple):
    """That cells of a stage passed on a tree, and when that was signed.

    toolchain: what ran them; for people.
    """

    tree: str
    stage: str
    cells: Sequence[str]
    toolchain: str
    signed: float


def sign(statement: Statement, key: Path) -> str:
    """Sign with a private key of ssh; returns the push option."""
    text = json.dumps(statement._asdict())
    with TemporaryDirectory() as folder:
        path = Path(folder, 'statement')
        path.write_text(text, 'utf-8')
        done = _ssh_keygen('sign', '-f', str(key), str(path))
        if done.status:
            raise AutodevelopError(
                f'cannot sign with {key}: {reason(done.messages)}',
                'give the file of a private key without a passphrase')
        signature = path.with_name('statement.sig').read_text('ascii')
    both = json.dumps([text, signature]).encode()
    return OPTION + base64.b64encode(both).decode()


def is_vouched_for(repository: Repository, commit: str, tree: str,
                   stage: str) -> bool:
    """Whether somebody who is trusted signed that this tree passed.

    The statements are those of the push that a hook runs for, and the
    commit's notes. Says whose word is taken, or why it is not.
    """
    trust = config_get('autodevelop.trust')
    noted = _notes(repository, commit) if trust else ()
    for option in chain(_push_options(), noted):
        try:
            if not trust:
                raise Refused('the server trusts no key; set git config '
                              'autodevelop.trust FILE')
            who, statement = verify(option, Path(trust))
            _require(statement, tree, stage)
        except Refused as why:
            say(f'the signed pass of this commit is rejected: {why}')
        else:
            say(f'not checked again: {who} signed that it passed '
                f'{", ".join(statement.cells)} ({statement.toolchain})')
            return True
    return False


def verify(option: str, trust: Path) -> tuple[str, Statement]:
    """Who signed a statement, by the file of allowed signers; and what.

    Raises Refused unless the key is in the file and may sign now.
    """
    with TemporaryDirectory() as folder:
        signature = Path(folder, 'signature')
        try:
            text, signed = json.loads(base64.b64decode(
                option.removeprefix(OPTION), validate=True))
            signature.write_text(signed, 'ascii')
            given = text.encode()
        except (ValueError, TypeError, AttributeError) as error:
            raise Refused('it is damaged') from error
        found = _ssh_keygen('find-principals', '-f', str(trust),
                            '-s', str(signature))
        if found.status:
            raise Refused(f'no signer listed in {trust} has signed it: '
                          + reason(found.messages))
        who = found.output.decode(errors='replace').splitlines()[0]
        # A line may name several, and one is as good as the other.
        done = _ssh_keygen('verify', '-f', str(trust), '-I',
                           who.partition(',')[0], '-s', str(signature),
                           input=given)
        if done.status:
            raise Refused('its signature is invalid: '
                          + reason(done.messages or done.output))
    return who, _read(text)


def _read(text: str) -> Statement:
    try:
        read: dict[str, Any] = json.loads(text)
        return Statement(**read)
    except (ValueError, TypeError) as error:
        raise Refused('another version of autodevelop wrote it') from error


def _require(statement: Statement, tree: str, stage: str) -> None:
    """Raise Refused unless a statement is about this tree and stage."""
    if statement.tree != tree:
        raise Refused(f'it is for tree {statement.tree[:12]}, but this is '
                      f'tree {tree[:12]}')
    if statement.stage != stage:
        raise Refused(f'it is for the stage {statement.stage}')
    if not -AHEAD < time.time() - statement.signed < MAX_AGE:
        raise Refused('it was signed more than 30 days ago'
                      if statement.signed < time.time() else
                      'it was signed in the future')


def _push_options() -> Iterator[str]:
    """The options of ``git push -o``: see pre-receive in githooks(5)."""
    for number in range(int(os.environ.get('GIT_PUSH_OPTION_COUNT') or 0)):
        option = os.environ.get(f'GIT_PUSH_OPTION_{number}', '')
        if option.startswith(OPTION):
            yield option


def _notes(repository: Repository, commit: str) -> Iterator[str]:
    """The statements in the notes of a commit; git is asked when needed."""
    noted = git_unchecked(repository, 'notes', '--ref', NOTES, 'show', commit)
    for line in noted.output.decode('ascii', 'replace').splitlines():
        if line.startswith(OPTION):
            yield line


def _ssh_keygen(what: str, *arguments: str, input: bytes = b'') -> Completed:
    """Run ``ssh-keygen -Y``, without the keys of an agent."""
    try:
        return run(['ssh-keygen', '-Y', what, '-n', NAMESPACE, *arguments],
                   {'SSH_AUTH_SOCK': None, 'SSH_ASKPASS': None}, input=input)
    except FileNotFoundError:
        return Completed(1, b'', b'there is no ssh-keygen: install OpenSSH')

"""The commit-msg hook: the rules for messages; a refused one is kept."""
import os
import re
from collections.abc import Iterator
from pathlib import Path

from autodevelop.errors import AutodevelopError
from autodevelop.system.git import Repository, git

MAX_SUBJECT = 72
"""Characters of a subject that git log and forges show in one line."""

BY_GIT = ('Merge ', 'Revert "', 'fixup! ', 'squash! ', 'amend! ')
"""How the subjects that git writes start."""

SCISSORS = re.compile(rb'^\S+ -{24} >8 -{24}\r?$', re.MULTILINE)
"""Git ignores what follows this line: see --cleanup in git-commit(1)."""


def check_message(path: Path, repository: Repository, issue: str) -> None:
    """Refuse a message that breaks a rule, and keep it for a retry.

    issue: a regular expression that the message must match; '' for any.

    Raises AutodevelopError, with status 1, to refuse it. An empty message
    passes: git refuses it itself.
    """
    content = path.read_bytes()
    edited = os.environ.get('GIT_EDITOR') != ':'
    if edited:
        content = SCISSORS.split(content, maxsplit=1)[0]
    options = ['--strip-comments'] if edited else []
    message = git(repository, 'stripspace', *options, input=content).decode(
        errors='replace')
    merge = (repository.git_dir / 'MERGE_HEAD').exists()
    if not message or merge or message.startswith(BY_GIT):
        return
    found = [*_findings(message), *_missing(message, issue)]
    if found:
        import shlex
        kept = shlex.quote(_keep(path, repository, content).as_posix())
        raise AutodevelopError(
            '; '.join(found), f'git commit --edit --file={kept}', status=1)


def _findings(message: str) -> Iterator[str]:
    subject, second, *_ = [*message.split('\n'), '']
    if len(subject) > MAX_SUBJECT:
        yield (f'the subject has {len(subject)} characters, more than '
               f'{MAX_SUBJECT}')
    if second:
        yield 'the second line is not blank'
    if subject.endswith('.'):
        yield 'the subject ends with a full stop'


def _missing(message: str, issue: str) -> Iterator[str]:
    try:
        if not re.search(issue, message):
            yield f'the message does not match {issue}'
    except re.error as error:
        raise AutodevelopError(
            f'issue is not a valid regular expression: {error}',
            'fix issue in [tool.autodevelop] of pyproject.toml') from error


def _keep(path: Path, repository: Repository, content: bytes) -> Path:
    """Keep the message: git overwrites its own file at the next commit.

    If it cannot be written, return git's own file, which is still there.
    """
    from autodevelop.system.files import write_file  # Only where it fails.
    kept = repository.git_dir / 'autodevelop' / 'refused-message'
    try:
        write_file(kept, content, 0o600)
    except AutodevelopError:
        return path.absolute()
    return kept

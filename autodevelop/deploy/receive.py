"""The hooks of a server: a push that does not go live is refused.

*pre-receive* checks the commit and starts its release beside the live one;
*reference-transaction* switches to that, when git has locked the branch and is
about to move it. What fails in either fails the push.

Names of refs are only compared and printed: git passes names on that a shell
would take for commands or options.
"""
import os
import shlex
from collections.abc import Iterator
from types import ModuleType
from typing import NamedTuple

from autodevelop.deploy.branch import main_branch
from autodevelop.deploy.history import History, current_user
from autodevelop.deploy.interrupts import while_pusher_waits
from autodevelop.deploy.quarantine import out_of_quarantine
from autodevelop.deploy.switching import (
    mark_switch, remove_stale_lock, unmark, unmark_own,
)
from autodevelop.deploy.target import Target, find_target
from autodevelop.errors import AutodevelopError
from autodevelop.system.background import detach, relay_stderr
from autodevelop.system.files import write_file
from autodevelop.system.git import (
    Repository, git_unchecked, is_ancestor, resolve,
)
from autodevelop.system.locks import lock
from autodevelop.system.output import say

READY = 'ready'
"""Says, in Repository.home, that a push is under way; only then does the
script of the hook reference-transaction start autodevelop. The word ``alone``
follows the commit if the push changes no other ref."""


class Update(NamedTuple):
    """A ref that a push changes; all-zero ids for none before or after."""

    old: str
    new: str
    ref: str


def read_updates(given: str) -> Iterator[Update]:
    """Read the lines ``old-oid new-oid ref`` of git."""
    for line in given.split('\n'):
        if line:
            yield Update(*line.split(' ', 2))


def pre_receive(repository: Repository, given: str) -> None:
    """Refuse a push that takes commits off the branch, or does not start.

    given: a line for each ref that the push changes, as git writes them.

    Raises AutodevelopError, with status 1, to refuse all of the push.
    """
    unmark_own(repository)
    branch, updates = main_branch(repository), [*read_updates(given)]
    for update in updates:
        if update.ref != branch:
            continue
        if not update.new.strip('0'):
            raise AutodevelopError(f'{branch} is deployed and cannot be '
                                   'deleted', 'push another branch', status=1)
        _assert_no_tag(repository, update)
        # What is started must be stopped even if the pusher has left.
        with out_of_quarantine(repository, update.new), relay_stderr(), (
                while_pusher_waits()):
            _prepare(repository, update, alone=len(updates) == 1)


def _prepare(repository: Repository, update: Update, alone: bool) -> None:
    if update.old.strip('0') and not _may_replace(repository, update):
        raise AutodevelopError(
            f'the push would remove commits from {update.ref}',
            'fetch, merge or rebase, and push again; or allow it on the '
            'server: git config receive.denyNonFastForwards false', status=1)
    before = [update.old if update.old.strip('0') else None]

    def still_wanted() -> bool:
        remove_stale_lock(repository, update.ref)
        return resolve(repository, update.ref) == before

    target, who = find_target(None, None), current_user()
    with lock(repository.home / 'push', update.ref,
              f'{who} is pushing {update.new[:12]} (process {os.getpid()}); '
              'to abort it: autodevelop deploy abort'):
        number = _going_live().prepare(repository, target, update.new, who,
                                       still_wanted)
        if not number:
            raise AutodevelopError(
                f'{update.ref} changed in the meantime',
                'fetch, merge or rebase, and push again', status=1)
        text = f'{update.new} alone' if alone else update.new
        write_file(repository.home / READY, text.encode())
        # It keeps the lock until git has moved the branch: the next push would
        # otherwise find git's own lock there, or the old branch.
        from autodevelop.deploy.retire import retire_refused
        git = os.getppid()
        detach(lambda: retire_refused(target, number, git))


def _going_live() -> ModuleType:
    """Import it late: post-receive, which only says what is live, is 0.1 s
    faster without."""
    from autodevelop.deploy import going_live
    return going_live


def reference_transaction(repository: Repository, given: str) -> None:
    """Switch to what pre-receive started, while git has locked the branch.

    The script calls this only when all refs can be moved: see ``prepared`` in
    githooks(5). Raises AutodevelopError, with status 1, to move none.
    """
    branch, ready = main_branch(repository), repository.home / READY
    for update in read_updates(given):
        text = ready.read_text() if ready.exists() else ''
        commit, _, alone = text.partition(' ')
        if (update.ref, update.new) == (branch, commit):
            ready.unlink()
            mark_switch(repository, f'{commit} is live' if alone else '')
            _going_live().go_live(find_target(None, None), commit,
                                  current_user(), repository)


def post_receive(repository: Repository, given: str) -> None:
    """Say what is live; deploy it where git knows no reference-transaction.

    That is before git 2.28. Raises AutodevelopError, with status 1, when it
    does not go live. Git has accepted the push by then.
    """
    unmark(repository)
    with relay_stderr():
        branch = main_branch(repository)
        for update in read_updates(given):
            if update.ref == branch and update.new.strip('0'):
                _say_live(repository, find_target(None, None), update)
            else:
                _say_not_deployed(update, branch)


HOOKS = {'pre-receive': pre_receive, 'post-receive': post_receive,
         'reference-transaction': reference_transaction}


def _say_live(repository: Repository, target: Target, update: Update) -> None:
    def still_wanted() -> bool:
        return resolve(repository, update.ref) == [update.new]

    live = History(target).live()
    if not (live and live.release == update.new):
        if not _going_live().deploy(repository, target, update.new,
                                    current_user(), still_wanted):
            say(f'skipped: {update.ref} has changed since')
            return
    say(f'{update.new} is live')


def _say_not_deployed(update: Update, branch: str) -> None:
    name = ascii(update.ref)[1:-1]
    say(f'received {name}; not deployed: only {branch} is')
    if update.new.strip('0'):
        of_tag = '' if name.startswith('refs/heads/') else '^{}'
        say('to deploy it: git push REMOTE '
            + shlex.quote(f'{name}{of_tag}:{branch}'))


def _assert_no_tag(repository: Repository, update: Update) -> None:
    kind = git_unchecked(repository._replace(local=()), 'cat-file', '-t',
                         update.new)
    if kind.output == b'tag\n':
        raise AutodevelopError(
            f'{update.new[:12]} is a tag, but {update.ref} holds commits',
            f"push its commit: git push REMOTE 'TAG^{{}}:{update.ref}'",
            status=1)


def _may_replace(repository: Repository, update: Update) -> bool:
    """Whether no commit is lost, or git's own setting allows that."""
    return is_ancestor(repository, update.old, update.new) or git_unchecked(
        repository, 'config', '--type=bool', 'receive.denyNonFastForwards',
    ).output == b'false\n'

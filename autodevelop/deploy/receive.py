"""The hooks of a server: a push that does not go live is refused.

*pre-receive* checks the commit and starts its release beside the live one;
*reference-transaction* switches to that, when git has locked the branch and is
about to move it. What fails in either fails the push.

Names of refs are only compared and printed: git passes names on that a shell
would take for commands or options.
"""
import os
import shlex
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import NamedTuple

from autodevelop.deploy.branch import main_branch
from autodevelop.deploy.history import History, current_user
from autodevelop.deploy.interrupts import while_pusher_waits
from autodevelop.deploy.processes import is_running
from autodevelop.deploy.quarantine import out_of_quarantine
from autodevelop.deploy.target import Target, find_target
from autodevelop.errors import AutodevelopError
from autodevelop.system.files import write_file
from autodevelop.system.fork import relay_stderr
from autodevelop.system.git import (
    Repository, git_unchecked, is_ancestor, resolve,
)
from autodevelop.system.locks import HELD, lock
from autodevelop.system.output import say
from autodevelop.system.process import start_detached

READY = 'ready'
"""Says, in Repository.home, that a push is under way; only then does the
script of the hook reference-transaction start autodevelop."""

SWITCHING = 'switching'
"""Names the process of git that has locked the branch for a switch."""


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
    branch = main_branch(repository)
    for update in read_updates(given):
        if update.ref != branch:
            continue
        if not update.new.strip('0'):
            raise AutodevelopError(f'{branch} is deployed and cannot be '
                                   'deleted', 'push another branch', status=1)
        _assert_no_tag(repository, update)
        # What is started must be stopped even if the pusher has left.
        with out_of_quarantine(repository, update.new), relay_stderr(), (
                while_pusher_waits()):
            _prepare(repository, update)


def _prepare(repository: Repository, update: Update) -> None:
    if update.old.strip('0') and not _may_replace(repository, update):
        raise AutodevelopError(
            f'the push would remove commits from {update.ref}',
            'fetch, merge or rebase, and push again; or allow it on the '
            'server: git config receive.denyNonFastForwards false', status=1)
    before = [update.old if update.old.strip('0') else None]

    def still_wanted() -> bool:
        _remove_stale_lock(repository, update.ref)
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
        write_file(repository.home / READY, f'{update.new}\n'.encode())
        # It keeps the lock until git has moved the branch: the next push would
        # otherwise find git's own lock there, or the old branch.
        start_detached([sys.executable, '-P', '-m',
                        'autodevelop.deploy.retire', str(target.folder),
                        '--ready', str(number), str(os.getppid())], HELD)


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
        if update.ref == branch and ready.exists() and (
                ready.read_text().strip() == update.new):
            ready.unlink()
            write_file(repository.home / SWITCHING,
                       str(os.getppid()).encode())
            _going_live().go_live(find_target(None, None), update.new,
                                  current_user(), repository)


def post_receive(repository: Repository, given: str) -> None:
    """Say what is live; deploy it where git knows no reference-transaction.

    That is before git 2.28. Raises AutodevelopError, with status 1, when it
    does not go live. Git has accepted the push by then.
    """
    (repository.home / SWITCHING).unlink(missing_ok=True)
    with relay_stderr():
        branch = main_branch(repository)
        for update in read_updates(given):
            if update.ref == branch and update.new.strip('0'):
                _say_live(repository, find_target(None, None), update)
            else:
                _say_not_deployed(update, branch)


HOOKS = {'pre-receive': pre_receive, 'post-receive': post_receive,
         'reference-transaction': reference_transaction}


def _remove_stale_lock(repository: Repository, branch: str) -> None:
    """Remove the locks of a git that was killed while it waited for a switch.

    Called with the target locked, so no switch is under way.
    """
    mark = repository.home / SWITCHING
    if mark.exists() and not is_running(int(mark.read_text())):
        for name in ('HEAD', branch, 'reftable/tables.list'):
            lock = repository.common / f'{name}.lock'
            # A later one is another git's.
            if lock.exists() and (
                    lock.stat().st_mtime <= mark.stat().st_mtime):
                lock.unlink()
        mark.unlink()


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
    forced = git_unchecked(repository, 'config', '--type=bool',
                           'receive.denyNonFastForwards')
    return forced.output == b'false\n' or is_ancestor(
        repository, update.old, update.new)

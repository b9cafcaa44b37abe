"""The hooks of a server: refuse a push that fails, and deploy the others.

Names of refs are only compared and printed: git passes names on that a shell
would take for commands or options.
"""
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from autodevelop.deploy.branch import main_branch
from autodevelop.deploy.going_live import check_release, deploy
from autodevelop.deploy.policy import current_user
from autodevelop.deploy.target import find_target
from autodevelop.errors import AutodevelopError
from autodevelop.system.fork import relay_stderr
from autodevelop.system.git import (
    Repository, git_line, git_unchecked, reason, resolve,
)
from autodevelop.system.output import say
from autodevelop.system.process import run


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
    """Refuse a push that takes commits off the branch, or that fails.

    given: a line for each ref that the push changes, as git writes them.

    Raises AutodevelopError, with status 1, to refuse all of the push.
    """
    branch = main_branch(repository)
    for update in read_updates(given):
        if update.ref != branch:
            continue
        if not update.new.strip('0'):
            raise AutodevelopError(
                f'{branch} is deployed from here and cannot be deleted',
                'push another branch', status=1)
        _take_out_of_quarantine(repository, update.new)
        if update.old.strip('0') and not _may_replace(repository, update):
            raise AutodevelopError(
                f'the push would remove commits from {branch}',
                'fetch, merge or rebase, and push again; or allow it on the '
                'server: git config receive.denyNonFastForwards false',
                status=1)
        check_release(repository, update.new)


def post_receive(repository: Repository, given: str) -> None:
    """Deploy the new tip of the branch.

    Raises AutodevelopError, with status 1, when it does not go live. Git has
    accepted the push by then.
    """
    with relay_stderr():
        branch = main_branch(repository)
        for update in read_updates(given):
            if update.ref == branch and update.new.strip('0'):
                _deploy_update(repository, update)
            else:
                say(f'received {ascii(update.ref)[1:-1]}; not deployed: only '
                    f'{branch} is')


HOOKS = {'pre-receive': pre_receive, 'post-receive': post_receive}


def _deploy_update(repository: Repository, update: Update) -> None:
    def still_wanted() -> bool:
        return resolve(repository, update.ref) == [update.new]

    try:
        deployed = deploy(repository, find_target(None, None), update.new,
                          current_user(), still_wanted)
    except AutodevelopError as error:
        program = Path(sys.executable).with_name('autodevelop')
        raise AutodevelopError(
            error.message, f'{error.hint}; to retry, on the server: cd '
            f'{repository.git_dir} && {program} deploy {update.new}',
            status=1) from error
    say(f'{update.new} is live' if deployed
        else f'skipped: {update.ref} has moved on')


def _take_out_of_quarantine(repository: Repository, commit: str) -> None:
    """Copy a commit's objects out of the quarantine of the push.

    Git refuses to update refs and to add work trees there:
    https://git-scm.com/docs/git-receive-pack#_quarantine_environment
    The objects of a refused push have no ref; ``git gc`` removes them.
    """
    refs = git_line(repository, 'for-each-ref', '--format=^%(objectname)')
    done = run(['git', 'pack-objects', '--quiet', '--revs',
                str(repository.common / 'objects/pack/pack')], {},
               input=f'{commit}\n{refs}\n'.encode())
    if done.status:
        raise AutodevelopError(
            f'cannot store the pushed objects: {reason(done.messages)}',
            'free some space on the server, and push again', status=1)


def _may_replace(repository: Repository, update: Update) -> bool:
    """Whether no commit is lost, or git's own setting allows that."""
    forced = git_unchecked(repository, 'config', '--type=bool',
                           'receive.denyNonFastForwards')
    return forced.output == b'false\n' or not git_unchecked(
        repository, 'merge-base', '--is-ancestor', update.old,
        update.new).status

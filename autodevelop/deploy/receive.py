"""What a server does with a push: refuse what fails, and have the rest live.

Names of refs are compared and printed, and nothing else: git hands on names
that a shell would take for commands, and options.
"""
import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from autodevelop.deploy.branch import main_branch
from autodevelop.deploy.going_live import check_release, deploy
from autodevelop.deploy.target import Target
from autodevelop.errors import AutodevelopError
from autodevelop.git import Repository, ask, reason, resolve, try_git
from autodevelop.process import run


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


def pre_receive(repository: Repository, updates: Sequence[Update]) -> None:
    """Refuse a push that takes commits off the branch, or that fails.

    Raises AutodevelopError, with status 1, to refuse all of the push.
    """
    branch = main_branch(repository)
    for update in updates:
        if update.ref != branch:
            continue
        if not update.new.strip('0'):
            raise AutodevelopError(
                f'{branch} goes live from here, and is not deleted',
                'push another branch', status=1)
        _take_out_of_quarantine(repository, update.new)
        if update.old.strip('0') and not _may_replace(repository, update):
            raise AutodevelopError(
                f'the push would take commits off {branch}',
                'fetch it, merge or rebase, and push again; or, for good: '
                'git config receive.denyNonFastForwards false', status=1)
        check_release(repository, update.new)


def post_receive(repository: Repository, target: Target,
                 updates: Sequence[Update], who: str) -> None:
    """Put what the branch is now live, and say so to who pushes.

    Raises AutodevelopError, with status 1, when it does not go live; git
    has taken the push, then.
    """
    branch = main_branch(repository)
    for update in updates:
        if update.ref != branch or not update.new.strip('0'):
            sys.stderr.write(f'Ref {ascii(update.ref)[1:-1]} received. Doing '
                             f'nothing: only {branch} goes live.\n')
            continue

        def wanted(new: str = update.new) -> bool:
            return resolve(repository, branch) == [new]

        try:
            went = deploy(repository, target, update.new, who, wanted)
        except AutodevelopError as error:
            raise AutodevelopError(
                error.what, f'{error.what_to_do}; to try again, on the '
                f'server, in {repository.git_dir}: autodevelop deploy '
                f'{update.new}', status=1) from error
        sys.stderr.write(f'autodevelop: {update.new} is live\n' if went else
                         f'Doing nothing: {branch} is further by now.\n')


def _take_out_of_quarantine(repository: Repository, commit: str) -> None:
    """Bring a commit's objects from where git keeps them until the hook ends.

    What looks at the commit must see it, and git refuses refs and work trees
    in that place. A push that is refused leaves them without a ref, for
    ``git gc``.
    """
    refs = ask(repository, 'for-each-ref', '--format=^%(objectname)')
    done = run(['git', 'pack-objects', '--quiet', '--revs',
                str(repository.common / 'objects/pack/pack')], {},
               given=f'{commit}\n{refs}\n'.encode())
    if done.status:
        raise AutodevelopError(
            f'what is pushed cannot be kept: {reason(done.messages)}',
            'make room on the server, and push again', status=1)


def _may_replace(repository: Repository, update: Update) -> bool:
    """Whether nothing is lost, or git's own setting says that it may be."""
    forced = try_git(repository, 'config', '--type=bool',
                     'receive.denyNonFastForwards')
    return forced.output == b'false\n' or not try_git(
        repository, 'merge-base', '--is-ancestor', update.old,
        update.new).status

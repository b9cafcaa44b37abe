"""What to put live: a commit, an earlier release, or the live one again."""
import getpass
import os

from autodevelop.deploy.branch import commit_of_branch
from autodevelop.deploy.going_live import deploy, redeploy
from autodevelop.deploy.history import Attempt, History
from autodevelop.deploy.status import Status, live_attempt, read_status
from autodevelop.deploy.target import Target
from autodevelop.errors import AutodevelopError
from autodevelop.system.git import find_repository, git_unchecked


def deploy_revision(target: Target, revision: str, if_newer: bool) -> str:
    """Put a commit of the main branch live; return a line that says so.

    if_newer: skip if the live release already contains the commit.
    """
    repository = find_repository()
    commit = commit_of_branch(repository, revision)

    def still_wanted() -> bool:
        live = live_attempt(target, History(target).attempts())
        if not (if_newer and live):
            return True
        return git_unchecked(repository, 'merge-base', '--is-ancestor', commit,
                             live.release).status != 0

    if deploy(repository, target, commit, current_user(), still_wanted):
        return f'{commit} is live'
    return f'skipped: the live release already contains {commit}'


def roll_back(target: Target, prefix: str | None) -> str:
    """Put an earlier release live again; return its commit.

    prefix: of its commit id; None is the previous release.

    Raises AutodevelopError when there is none, or when another release goes
    live meanwhile.
    """
    attempts, live = History(target).attempts(), target.live()
    release = _find_release(attempts, live_attempt(target, attempts), prefix)
    if not release:
        raise AutodevelopError(
            f'no release {prefix} was live' if prefix else
            'no other release was live before',
            'list the releases: autodevelop deploy releases')
    if not redeploy(target, release, current_user(),
                    lambda: target.live() == live):
        raise AutodevelopError(
            'another release went live meanwhile',
            'see which release is live, then retry: autodevelop deploy '
            'releases', status=1)
    return release


def start_live(target: Target) -> Status:
    """Start the live release if it does not answer, as after a boot.

    Raises AutodevelopError when nothing is live, or it does not start.
    """
    attempts = History(target).attempts()
    live = live_attempt(target, attempts)
    if not live:
        raise AutodevelopError(f'nothing is live in {target.folder}',
                               'deploy a commit: autodevelop deploy REV')
    # After a boot the proxy may not be up yet.
    target = target._replace(proxy_url='')
    status = read_status(target, attempts)
    if not status.healthy:
        redeploy(target, live.release, current_user(),
                 lambda: target.live() == live.number
                 and not read_status(target, attempts).healthy)
        status = read_status(target, History(target).attempts())
    return status


def current_user() -> str:
    """Who deploys, and from which address, for the history."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # A user without a name, as in containers.
        user = f'user {os.getuid()}'
    address = os.environ.get('SSH_CONNECTION', '').partition(' ')[0]
    return f'{user} from {address}' if address else user


def _find_release(attempts: list[Attempt], live: Attempt | None,
                  prefix: str | None) -> str | None:
    for each in attempts:
        if each.outcome == 'live' and (
                each.release.startswith(prefix) if prefix
                else not live or each.release != live.release):
            return each.release
    return None

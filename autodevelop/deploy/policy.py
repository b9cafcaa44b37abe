"""What to put live: a commit, an earlier release, or the live one again."""
import os
import re
import shutil
import signal
from collections.abc import Mapping, Sequence

from autodevelop.deploy.branch import commit_of_branch, main_branch
from autodevelop.deploy.going_live import deploy, redeploy
from autodevelop.deploy.history import (
    ROLLED_BACK, Attempt, History, current_user,
)
from autodevelop.deploy.status import Status, read_status
from autodevelop.deploy.target import Target
from autodevelop.deploy.variables import (
    application_variables, check_variable, read_variables, write_variables,
)
from autodevelop.errors import AutodevelopError
from autodevelop.system.git import find_repository, is_ancestor, resolve
from autodevelop.system.locks import locked_by
from autodevelop.system.process import run_foreground


def deploy_revision(target: Target, revision: str, if_newer: bool) -> str:
    """Put a commit of the main branch live; return a line that says so.

    if_newer: skip if the live release already contains the commit, and if the
        commit was rolled back.
    """
    repository = find_repository()
    commit = commit_of_branch(repository, revision)
    skipped = ''

    def still_wanted() -> bool:
        nonlocal skipped
        history = History(target)
        live = history.live()
        if if_newer and _was_rolled_back(history.attempts(), commit):
            skipped = (f'{commit} was rolled back; to deploy it anyway: '
                       f'autodevelop deploy {commit}')
        elif if_newer and live and is_ancestor(repository, commit,
                                               live.release):
            skipped = f'the live release already contains {commit}'
        return not skipped

    if deploy(repository, target, commit, current_user(), still_wanted):
        return f'{commit} is live'
    return f'skipped: {skipped}'


def retry(target: Target) -> str:
    """Deploy the tip of the main branch, even if it was rolled back.

    Returns a line that says so. Raises AutodevelopError, besides as deploy
    does, when the last attempt was a push: git kept nothing of it.
    """
    repository = find_repository()
    branch = main_branch(repository)
    last = [each.release for each in History(target).attempts()[:1]
            if each.outcome == 'failed']
    if None in resolve(repository, *(f'{each}^{{commit}}' for each in last)):
        raise AutodevelopError(
            f'commit {last[0][:12]} was refused, and is not stored here',
            f'push it again: git push REMOTE {last[0]}:{branch}')
    return deploy_revision(target, branch, if_newer=False)


def roll_back(target: Target, prefix: str | None) -> str:
    """Put an earlier release live again; return its commit.

    Later rollbacks and deliveries skip the one that was live, until somebody
    deploys it by name.

    prefix: of its commit id; None is the newest that is older than the live
        one and was not rolled back.

    Raises AutodevelopError when there is none, or when another release goes
    live meanwhile.
    """
    history, number = History(target), target.live()
    attempts, live = history.attempts(), history.live()
    release = _find_release(attempts, live, prefix)
    if not release:
        raise AutodevelopError(
            f'no release {prefix} was ever live' if prefix else
            'there is no earlier release to roll back to',
            'list the releases: autodevelop deploy releases')
    if not redeploy(target, release, current_user(),
                    lambda: target.live() == number):
        raise AutodevelopError(
            'another release went live in the meantime',
            'see which release is live, then retry: autodevelop deploy '
            'releases', status=1)
    order = [each.release for each in reversed(attempts) if each.was_live]
    if live and order.index(release) < order.index(live.release):
        history.mark_rolled_back(live.release)
    return release


def start_live(target: Target) -> Status:
    """Start the live release if it does not answer, as after a boot."""
    live = _require_live(target)
    # After a boot the proxy may not be up yet.
    target = target._replace(proxy_url='')
    status = read_status(target)
    if not status.healthy:
        redeploy(target, live.release, current_user(),
                 lambda: target.live() == live.number
                 and not read_status(target).healthy)
        status = read_status(target)
    return status


def _require_live(target: Target) -> Attempt:
    if live := History(target).live():
        return live
    raise AutodevelopError(f'nothing is live in {target.folder}',
                           'deploy a commit: autodevelop deploy REV')


def run_in_live(target: Target, command: Sequence[str]) -> int:
    """Run a command in the folder, the environment and with the variables of
    the live release; its exit status.
    """
    live = _require_live(target)
    folder = target.run(live.number)
    variables = application_variables(
        target, live.release, (folder / 'environment').resolve())
    program = shutil.which(command[0], path=variables['PATH'])
    if not program:
        raise AutodevelopError(
            f'there is no command {command[0]!r}',
            'add its package to the requirements of the release')
    return run_foreground([program, *command[1:]], variables,
                          (folder / 'release').resolve())


def abort(target: Target) -> str:
    """Interrupt the deploy that runs; return a line that says which."""
    owner = locked_by(target.folder)
    process = re.search(r'(.*) \(process (\d+)\)', owner)
    if not process:
        raise AutodevelopError(f'nothing is being deployed to {target.folder}',
                               'see what is live: autodevelop deploy status')
    try:
        # It stops what it started, as after Ctrl-C.
        os.kill(int(process[2]), signal.SIGTERM)
    except OSError as error:
        raise AutodevelopError(
            f'cannot abort: {owner}: {error.strerror}',
            'run this as the user who deploys', status=1) from error
    return f'aborted: {process[1]}'


def _find_release(attempts: list[Attempt], live: Attempt | None,
                  prefix: str | None) -> str | None:
    for each in attempts:
        if each.was_live and (
                each.release.startswith(prefix) if prefix
                else not _was_rolled_back(attempts, each.release)
                and not (live and each.release == live.release)):
            return each.release
    return None


def _was_rolled_back(attempts: list[Attempt], release: str) -> bool:
    """Whether a release was rolled back, and not deployed since."""
    return next((each.outcome for each in attempts if each.was_live
                 and each.release == release), '') == ROLLED_BACK


def set_variables(target: Target, changed: Mapping[str, str | None]) -> str:
    """Set variables of the application, or unset those that are None.

    The live release is started again with them, beside itself. Returns a line
    that says so.

    Raises AutodevelopError when one to unset is not set, and when the release
    does not start; they are then as before.
    """
    for name, value in changed.items():
        check_variable(name, value or '')
    before = read_variables(target)
    for name, value in changed.items():
        if value is None and name not in before:
            raise AutodevelopError(f'the variable {name} is not set',
                                   'list them: autodevelop deploy env list')
    after = {name: value for name, value in {**before, **changed}.items()
             if value is not None}
    live = History(target).live()
    write_variables(target, after)
    if not live:
        return 'stored; nothing is live yet'
    try:
        redeploy(target, live.release, current_user())
    except BaseException:
        write_variables(target, before)
        raise
    return f'{live.release} is live'

"""Put a release live, and put the old one back when it does not answer.

Before the switch nothing that happens to the new release touches the live
one; after it, the way back is the same atomic rename.
"""
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from autodevelop.checks.check import check
from autodevelop.checks.sessions import Request
from autodevelop.checks.verdict import require_checked, verify
from autodevelop.deploy import release, serving
from autodevelop.deploy.health import wait_until_healthy
from autodevelop.deploy.history import Attempt, History
from autodevelop.deploy.status import last_lines
from autodevelop.deploy.target import Target, lock_target
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.projects import assert_root_project
from autodevelop.matrix.settings import read_settings
from autodevelop.results.tables import result_table
from autodevelop.system.git import Repository, resolve
from autodevelop.system.output import say
from autodevelop.system.process import start_detached

PROXY_TIMEOUT = 5.0
"""Seconds for the proxy to answer from the new release."""

LOG_LINES = 100
"""Lines of a release's log that are shown when it does not start."""


def deploy(repository: Repository, target: Target, commit: str, who: str,
           still_wanted: Callable[[], bool] = lambda: True) -> bool:
    """Check a commit, then put it live; False if no longer wanted.

    commit: an object id that is in the repository.
    still_wanted: called once the target is locked. A deploy that had to wait
        may have been overtaken.

    Raises AutodevelopError, with status 1, when the commit does not pass,
    start or answer; the release that was live still is.
    """
    with _deploy_lock(target, commit, who):
        if not still_wanted():
            return False
        with _attempt(target, commit, who) as attempt:
            with _step(attempt, 'check'):
                check_release(repository, commit)
            with _step(attempt, 'release'):
                files = release.check_out(repository, commit, target)
            _serve(target, attempt, files)
    return True


def redeploy(target: Target, commit: str, who: str,
             still_wanted: Callable[[], bool] = lambda: True) -> bool:
    """Put a release live that is still there, without checking it again.

    still_wanted: as for deploy. Raises AutodevelopError as deploy does.
    """
    with _deploy_lock(target, commit, who):
        if not still_wanted():
            return False
        files = target.releases / commit
        if not files.is_dir():
            raise AutodevelopError(
                f'release {commit} was removed',
                f'deploy it again: autodevelop deploy {commit}')
        with _attempt(target, commit, who) as attempt:
            _serve(target, attempt, files)
    return True


def check_release(repository: Repository, commit: str) -> None:
    """Run the stage deploy on a commit, unless it already passed.

    Raises AutodevelopError, with status 1, when it fails, and when no cell of
    it could run here.
    """
    commit_there, tree = resolve(repository, f'{commit}^{{commit}}',
                                 f'{commit}^{{tree}}')
    if not (commit_there and tree):
        raise AutodevelopError(f'{commit[:12]} is not a commit',
                               'push a commit to the branch', status=1)
    assert_root_project(repository, tree)
    request = Request(repository, 'deploy', tree, commit)
    verdict = check(request)
    if any(row.outcome == 'passed' for row in verdict.rows) or verdict.failed:
        sys.stderr.write(result_table(verdict.rows))
    verify(verdict, request, f'commit {commit[:12]}')
    require_checked(verdict, f'commit {commit[:12]}')


def _serve(target: Target, attempt: Attempt, files: Path) -> None:
    """Serve a release beside the live one, then switch to it."""
    number = attempt.number
    settings = read_settings(files).deploy
    with _step(attempt, 'environment'):
        python = release.ensure_venv(files, settings.requirements, target)
    target.run(number).mkdir()
    with _step(attempt, 'start'):
        try:
            serving.start(target, number, files, python, settings)
            _wait(f'unix:{target.run(number) / "sock"}:{settings.health}',
                  attempt, settings.patience, target)
        except BaseException:
            sys.stderr.write(last_lines(target, number, LOG_LINES))
            serving.stop(target, [number], 0)
            raise
    before = target.live()
    with _step(attempt, 'switch'):
        try:
            target.switch(number)
            _wait(
                target.proxy_url or f'unix:{target.current}:{settings.health}',
                attempt, PROXY_TIMEOUT, target)
        except BaseException:
            target.switch(before)
            raise


def _wait(url: str, attempt: Attempt, timeout: float,
          target: Target) -> None:
    health = wait_until_healthy(url, attempt.release, timeout,
                                serving.has_exited(target, attempt.number))
    if health.problem:
        raise AutodevelopError(
            f'release {attempt.release[:12]} did not go live: {url}: '
            f'{health.problem}',
            'fix the application and deploy again; the previous release '
            'keeps serving', status=1)


@contextmanager
def _deploy_lock(target: Target, commit: str, who: str) -> Iterator[None]:
    """Lock the target; at the end, retire every attempt that is not live."""
    stale: list[int] = []
    try:
        with lock_target(target, f'{who} is deploying {commit[:12]}'):
            try:
                yield
            finally:
                # Without the lock, new attempts of others would look stale.
                live = target.live()
                stale += [each for each in target.attempts() if each != live]
    finally:
        # Nobody waits here until the old release finishes its requests.
        if stale:
            start_detached([sys.executable, '-P', '-m',
                            'autodevelop.deploy.retire', str(target.folder),
                            *map(str, stale)])


@contextmanager
def _attempt(target: Target, commit: str, who: str) -> Iterator[Attempt]:
    """Record an attempt in the history."""
    history = History(target)
    attempt = history.start(commit, who, target.live())
    try:
        yield attempt
    except BaseException as error:
        why = error.message if isinstance(error, AutodevelopError) else (
            type(error).__name__)
        _record(history, attempt._replace(outcome='failed', detail=why))
        raise
    _record(history, attempt._replace(outcome='live'))
    try:
        _prune(target, commit, history)
    except (AutodevelopError, OSError) as error:
        say(f'old releases were not removed: {error}')


@contextmanager
def _step(attempt: Attempt, name: str) -> Iterator[None]:
    """Time a step, and print how long it took."""
    begin = time.monotonic()
    yield
    attempt.steps[name] = time.monotonic() - begin
    say(f'{name} {attempt.steps[name]:.2f} s')


def _record(history: History, attempt: Attempt) -> None:
    """Record how an attempt ended; a full disk does not undo a switch."""
    try:
        history.finish(attempt)
    except AutodevelopError as error:
        say(error.message)


def _prune(target: Target, live: str, history: History) -> None:
    """Remove releases but the last ones that were live, and their venvs.

    A release that still finishes its requests may yet import something.
    """
    attempts, running = history.attempts(), target.attempts()
    newest = dict.fromkeys([live, *(each.release for each in attempts
                                    if each.outcome == 'live')])
    settings = {commit: read_settings(target.releases / commit).deploy
                for commit in newest if (target.releases / commit).is_dir()}
    kept = {*list(settings)[:settings[live].keep], *(
        each.release for each in attempts
        if each.number in running and each.release in settings)}
    release.prune(target, kept, {release.venv_name(
        target.releases / commit / settings[commit].requirements)
        for commit in kept})

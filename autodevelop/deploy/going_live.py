"""Put a release live, and put the old one back when it does not answer.

Before the switch nothing that happens to the new release touches the live
one; after it, the way back is the same atomic rename.
"""
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from autodevelop.deploy import release, serving
from autodevelop.deploy.attempts import attempting, prune, step
from autodevelop.deploy.gate import check_release, settings_of
from autodevelop.deploy.history import Attempt, History
from autodevelop.deploy.release_command import find_command, run_command
from autodevelop.deploy.shared import link_shared, say_left_behind
from autodevelop.deploy.target import Target, lock_target
from autodevelop.deploy.venv import ensure_venv
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.settings import read_settings
from autodevelop.matrix.tables import Deploy
from autodevelop.system.git import Repository
from autodevelop.system.process import start_detached

SETTLE_SECONDS = 0.3
"""How long all workers of a release have been loaded when it goes live."""

Wanted = Callable[[], bool]


def deploy(repository: Repository, target: Target, commit: str, who: str,
           still_wanted: Wanted = lambda: True) -> bool:
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
        with attempting(target, commit, who, repository) as attempt:
            _build(repository, target, attempt)
            _switch(target, attempt)
    return True


def prepare(repository: Repository, target: Target, commit: str, who: str,
            still_wanted: Wanted) -> int:
    """Do all that deploy does except the switch, which go_live does.

    The arguments and errors are those of deploy. Returns the number of the
    attempt; 0 if it is no longer wanted.
    """
    with _deploy_lock(target, commit, who) as kept:
        if not still_wanted():
            return 0
        with attempting(target, commit, who, repository, 'ready') as attempt:
            _build(repository, target, attempt)
            kept.append(attempt.number)
    return attempt.number


def go_live(target: Target, commit: str, who: str,
            repository: Repository) -> None:
    """Switch to what prepare left; start it again if it has gone since.

    Raises AutodevelopError as deploy does.
    """
    with _deploy_lock(target, commit, who):
        ready = History(target).ready(commit)
        if not ready:
            _redeploy(target, commit, who)
            return
        with attempting(target, commit, who, repository,
                        known=ready) as attempt:
            _switch(target, attempt)


def redeploy(target: Target, commit: str, who: str,
             still_wanted: Wanted = lambda: True) -> bool:
    """Put a release live that is still there, without checking it again.

    still_wanted: as for deploy. Raises AutodevelopError as deploy does.
    """
    with _deploy_lock(target, commit, who):
        if not still_wanted():
            return False
        _redeploy(target, commit, who)
    return True


def _redeploy(target: Target, commit: str, who: str) -> None:
    files = target.releases / commit
    if not files.is_dir():
        raise AutodevelopError(
            f'release {commit} was removed',
            f'deploy it again: autodevelop deploy {commit}')
    with attempting(target, commit, who) as attempt:
        settings = read_settings(files).deploy
        _start(target, attempt, files, settings,
               _environment(target, attempt, files, settings))
        _switch(target, attempt)


def _build(repository: Repository, target: Target, attempt: Attempt) -> None:
    """Check a commit, make a release of it, and start that."""
    settings = settings_of(repository, attempt.release)
    with step(attempt, 'check'):
        check_release(repository, target, attempt.release, settings)
    with step(attempt, 'release'):
        files = release.check_out(repository, attempt.release, target,
                                  settings.shared)
    python = _environment(target, attempt, files, settings)
    if command := find_command(files / settings.folder, settings):
        with step(attempt, 'command'):
            run_command(command, target, files, python, settings)
    _start(target, attempt, files, settings, python)


def _environment(target: Target, attempt: Attempt, files: Path,
                 settings: Deploy) -> Path:
    with step(attempt, 'environment'):
        python = ensure_venv(files, settings, target)
        link_shared(target, files, settings.shared)
    return python


def _start(target: Target, attempt: Attempt, files: Path, settings: Deploy,
           python: Path) -> None:
    """Serve a release beside the live one until all its workers answer."""
    number = attempt.number
    target.run(number).mkdir()
    # Others only need to reach the socket.
    target.run(number).chmod(0o711)
    with step(attempt, 'start'), serving.stopped_on_error(target, number):
        serving.start(target, number, files, python, settings)
        _workers().require_workers(target, attempt, settings)


def _workers() -> ModuleType:
    """Import it late, while gunicorn starts: 20 ms of a push."""
    from autodevelop.deploy import workers
    return workers


def _switch(target: Target, attempt: Attempt) -> None:
    settings = read_settings(target.releases / attempt.release).deploy
    before, workers = target.live(), _workers()
    with step(attempt, 'switch'):
        # In a push, git has taken some of that time since the start.
        with serving.stopped_on_error(target, attempt.number):
            workers.require_workers(
                target, attempt, settings, SETTLE_SECONDS
                - workers.seconds_loaded(target, attempt.number))
        try:
            target.switch(attempt.number)
            workers.require_front(target, attempt, settings)
            workers.require_workers(target, attempt, settings)
        except BaseException:
            target.switch(before)
            raise
    if before:
        say_left_behind(target, before, attempt.number)


@contextmanager
def _deploy_lock(target: Target, commit: str,
                 who: str) -> Iterator[list[int]]:
    """Lock the target; at the end, retire every attempt that is not live.

    Yields a list, for the numbers of others that are kept.
    """
    stale, kept = list[int](), list[int]()
    try:
        with lock_target(target, f'{who} is deploying {commit[:12]} '
                         f'(process {os.getpid()}); to abort it: autodevelop '
                         f'deploy abort --to {target.folder}'):
            try:
                yield kept
            finally:
                # Without the lock, new attempts of others would look stale.
                kept.append(target.live() or 0)
                stale += [each for each in target.attempts()
                          if each not in kept]
                prune(target)
    finally:
        # Nobody waits here until the old release finishes its requests.
        if stale:
            start_detached([sys.executable, '-P', '-m',
                            'autodevelop.deploy.retire', str(target.folder),
                            *map(str, stale)])

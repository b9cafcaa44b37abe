"""From a commit that passed to one that serves, and back when it does not.

Until the switch, nothing that happens to a new release touches the one that
is live; after it, the way back is the same atomic rename.
"""
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from autodevelop.check import check, verify
from autodevelop.deploy import release, serving
from autodevelop.deploy.history import Attempt, History
from autodevelop.deploy.target import Target, held
from autodevelop.errors import AutodevelopError
from autodevelop.forked import leave
from autodevelop.git import Repository, resolve
from autodevelop.health import wait_until_healthy
from autodevelop.report import result_table
from autodevelop.sessions import Request
from autodevelop.settings import read_settings

AT_THE_FRONT = 5.0
"""Seconds for the web server in front to answer from the new release."""

ACCEPTED = 1.0
"""Seconds in which a release accepts what connected to it before the switch:
what waits in the queue of its socket when it is told to stop is lost."""

SHOWN = 100
"""Lines of a release's log that are shown when it does not live."""


def deploy(repository: Repository, target: Target, commit: str, who: str,
           wanted: Callable[[], bool] = lambda: True) -> bool:
    """Check a commit, then put it live; whether that was still wanted.

    commit: an object id that is in the repository.
    wanted: asked when it is this deploy's turn. One that waited longer may
        have been overtaken.

    Raises AutodevelopError, with status 1, when it does not pass, start or
    answer; what was live is live then.
    """
    with _turn(target, commit, who):
        if not wanted():
            return False
        with _attempt(target, commit, who) as attempt:
            with _step(attempt, 'check'):
                check_release(repository, commit)
            with _step(attempt, 'release'):
                files = release.check_out(repository, commit, target)
            _serve(target, attempt, files)
    return True


def go_back(target: Target, commit: str, who: str,
            wanted: Callable[[], bool] = lambda: True) -> bool:
    """Put a release live that is still there; it is not checked again.

    wanted: as for deploy. Raises AutodevelopError as deploy does.
    """
    with _turn(target, commit, who):
        if not wanted():
            return False
        files = target.releases / commit
        if not files.is_dir():
            raise AutodevelopError(
                f'there is no release {commit} any more',
                'autodevelop releases lists them; or deploy it')
        with _attempt(target, commit, who) as attempt:
            _serve(target, attempt, files)
    return True


def check_release(repository: Repository, commit: str) -> None:
    """Check the stage deploy of a commit, in its room; or know that it passed.

    Raises AutodevelopError, with status 1, when it fails.
    """
    commit_there, tree = resolve(repository, f'{commit}^{{commit}}',
                                 f'{commit}^{{tree}}')
    if not (commit_there and tree):
        raise AutodevelopError(f'{commit[:12]} is no commit',
                               'push a commit to the branch', status=1)
    verdict = check(Request(repository, 'deploy', tree, commit))
    if any(row.outcome == 'passed' for row in verdict.rows) or verdict.failed:
        sys.stderr.write(result_table(verdict.rows))
    verify(verdict, tree, f'commit {commit[:12]}')


def _serve(target: Target, attempt: Attempt, files: Path) -> None:
    """Serve a release beside the one that is live; then switch to it."""
    number = attempt.number
    settings = read_settings(files).deploy
    with _step(attempt, 'environment'):
        python = release.furnish(files, settings.requirements, target)
    target.run(number).mkdir()
    with _step(attempt, 'start'):
        try:
            serving.start(target, number, files, python, settings)
            _wait(f'unix:{target.run(number) / "sock"}:{settings.health}',
                  attempt, settings.patience, target)
        except BaseException:
            _show_log(target.run(number) / 'log')
            serving.end(target, [number], 0)
            raise
    before = target.live()
    with _step(attempt, 'switch'):
        try:
            target.switch(number)
            _wait(target.front or f'unix:{target.current}:{settings.health}',
                  attempt, AT_THE_FRONT, target)
        except BaseException:
            target.switch(before)
            raise


def _wait(url: str, attempt: Attempt, patience: float,
          target: Target) -> None:
    health = wait_until_healthy(url, attempt.release, patience,
                                serving.ended(target, attempt.number))
    if health.problem:
        raise AutodevelopError(
            f'release {attempt.release[:12]} does not go live: {url}: '
            f'{health.problem}',
            'mend it, and deploy again; what was live is live', status=1)


@contextmanager
def _turn(target: Target, commit: str, who: str) -> Iterator[None]:
    """Be the only one who deploys; have what is not live then retire."""
    stale: list[int] = []
    try:
        with held(target, f'{who} deploys {commit[:12]} to'):
            try:
                yield
            finally:
                # Beyond the lock, others begin attempts that are not stale.
                live = target.live()
                stale += [each for each in target.attempts() if each != live]
    finally:
        # Nobody waits for requests of before to finish.
        if stale:
            leave(lambda: _retire(target, stale))


@contextmanager
def _attempt(target: Target, commit: str, who: str) -> Iterator[Attempt]:
    """Keep the history of an attempt."""
    history = History(target)
    attempt = history.begin(commit, who, target.live())
    try:
        yield attempt
    except BaseException as error:
        why = error.what if isinstance(error, AutodevelopError) else (
            type(error).__name__)
        _note(history, attempt._replace(outcome='failed', detail=why))
        raise
    _note(history, attempt._replace(outcome='live'))
    try:
        _prune(target, commit, history)
    except (AutodevelopError, OSError) as error:
        # It is live all the same.
        sys.stderr.write(f'autodevelop: nothing is pruned: {error}\n')


def _retire(target: Target, numbers: Sequence[int]) -> None:
    """Have what is no longer live finish its requests, and end it.

    What connected just before the switch must have been accepted first.
    """
    time.sleep(ACCEPTED)
    serving.end(target, numbers, serving.FINISHES + 5)


@contextmanager
def _step(attempt: Attempt, name: str) -> Iterator[None]:
    """Time a step, and say that it is done."""
    begin = time.monotonic()
    yield
    attempt.steps[name] = time.monotonic() - begin
    sys.stderr.write(f'autodevelop: {name} {attempt.steps[name]:.2f} s\n')


def _show_log(log: Path) -> None:
    if log.exists():
        lines = log.read_text(encoding='utf-8', errors='backslashreplace')
        sys.stderr.writelines(
            f'  {line}\n' for line in lines.splitlines()[-SHOWN:])


def _note(history: History, attempt: Attempt) -> None:
    """Note the end; what is live does not hang on whether that can be."""
    try:
        history.end(attempt)
    except AutodevelopError as error:
        sys.stderr.write(f'autodevelop: {error.what}\n')


def _prune(target: Target, live: str, history: History) -> None:
    """Keep the releases that were live last, and what they run on.

    What still finishes its requests may yet import something.
    """
    attempts, running = history.attempts(), target.attempts()
    newest = dict.fromkeys([live, *(each.release for each in attempts
                                    if each.outcome == 'live')])
    settings = {commit: read_settings(target.releases / commit).deploy
                for commit in newest if (target.releases / commit).is_dir()}
    kept = {*list(settings)[:settings[live].keep], *(
        each.release for each in attempts
        if each.number in running and each.release in settings)}
    release.prune(target, kept, {release.fingerprint(
        target.releases / commit / settings[commit].requirements)
        for commit in kept})

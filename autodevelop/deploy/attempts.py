"""An attempt to put a release live: recorded, timed, announced, cleaned up."""
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

from autodevelop.deploy import release
from autodevelop.deploy.commit_status import set_status
from autodevelop.deploy.history import Attempt, History
from autodevelop.deploy.logs import prune_logs
from autodevelop.deploy.shared import keep_written
from autodevelop.deploy.target import OF_HOOK, Target
from autodevelop.deploy.venv import venv_name
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.settings import read_settings
from autodevelop.system.background import relay_stderr
from autodevelop.system.git import Repository, hook_variables_unset
from autodevelop.system.output import say
from autodevelop.system.process import run_foreground

HOOK = 'post-deploy'


@contextmanager
def attempting(target: Target, commit: str, who: str,
               repository: Repository | None = None, outcome: str = 'live',
               known: Attempt | None = None) -> Iterator[Attempt]:
    """Record an attempt in the history, and call the hook post-deploy.

    outcome: what it is when it succeeds.
    known: an attempt that goes on, instead of a new one.
    """
    history = History(target)
    attempt = known or history.start(commit, who, target.live())
    try:
        yield attempt
    except BaseException as error:
        why = error.message if isinstance(error, AutodevelopError) else (
            type(error).__name__)
        _record(history, attempt._replace(outcome='failed', detail=why))
        _announce(repository, target, 'failed', commit, why)
        raise
    _record(history, attempt._replace(outcome=outcome))
    if outcome == 'live':
        _announce(repository, target, outcome, commit, '')


@contextmanager
def step(attempt: Attempt, name: str) -> Iterator[None]:
    """Time a step, also one that fails, and print how long it took."""
    begin = time.monotonic()
    try:
        yield
    finally:
        attempt.steps[name] = time.monotonic() - begin
    say(f'{name} {attempt.steps[name]:.2f} s')


def _record(history: History, attempt: Attempt) -> None:
    """Record how an attempt ended; a full disk does not undo a switch."""
    try:
        history.finish(attempt)
    except AutodevelopError as error:
        say(error.message)


def _announce(repository: Repository | None, target: Target, outcome: str,
              commit: str, why: str) -> None:
    """Tell the forge, and the hook post-deploy: OUTCOME COMMIT [WHY].

    The hook is beside those of git. Its failure does not change what is live.
    """
    if not repository:
        return
    set_status(target, commit, outcome, why)
    hook = repository.common / 'hooks' / HOOK
    if os.access(hook, os.X_OK):
        with relay_stderr():
            status = run_foreground(
                [str(hook), outcome, commit, why],
                hook_variables_unset(repository) | {
                    OF_HOOK: str(target.folder)},
                repository.git_dir)
        if status:
            say(f'the hook {HOOK} failed with status {status}')


def prune(target: Target) -> None:
    """Remove all but the last releases that were live, with venvs and logs.

    A release that still finishes its requests may yet import something.
    """
    try:
        history = History(target)
        attempts, running = history.attempts(), target.attempts()
        live = history.live()
        names = [each.release for each in attempts if each.was_live
                 or each.number in running]
        newest = dict.fromkeys([live.release, *names] if live else names)
        settings = {commit: read_settings(target.releases / commit).deploy
                    for commit in newest
                    if (target.releases / commit).is_dir()}
        keep = settings[live.release].keep if live and (
            live.release in settings) else len(settings)
        kept = {*list(settings)[:keep], *(
            each.release for each in attempts
            if each.number in running and each.release in settings)}
        for each in reversed(attempts):
            if each.was_live and each.release not in kept:
                keep_written(target, each.release,
                             each.began + sum(each.steps.values()))
        release.prune(target, kept, {
            venv_name(target.releases / commit, settings[commit])
            for commit in kept})
        prune_logs(target)
    except (AutodevelopError, OSError, sqlite3.Error) as error:
        say(f'old releases were not removed: {error}')

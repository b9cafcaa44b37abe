"""What is stopped after a deploy, though no gunicorn runs here."""
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autodevelop.deploy import retire
from autodevelop.deploy.history import History
from autodevelop.deploy.target import Target

pytestmark = pytest.mark.skipif(sys.platform == 'win32',
                                reason='nothing is deployed there')


@pytest.fixture
def git(monkeypatch: pytest.MonkeyPatch) -> int:
    """The pid of a git that ends when somebody waits for it."""
    child = subprocess.Popen(['sleep', '60'])

    def sleep(_: float) -> None:
        child.kill()
        child.wait()

    monkeypatch.setattr(time, 'sleep', sleep)
    return child.pid


def ready(target: Target) -> Path:
    history = History(target)
    attempt = history.start('a' * 40, 'me', None)
    history.finish(attempt._replace(outcome='ready'))
    target.run(1).mkdir()
    return target.run(1)


def test_what_git_refused_is_stopped(target: Target, git: int) -> None:
    folder = ready(target)
    retire.retire_refused(target, 1, git)
    attempt, = History(target).attempts()
    assert (attempt.outcome, attempt.detail) == (
        'failed', 'git refused the push')
    assert not folder.exists()


def test_what_went_live_or_another_deploy_ended_is_not(
        target: Target, git: int) -> None:
    folder = ready(target)
    target.switch(1)
    retire.retire_refused(target, 1, git)
    assert folder.exists()
    target.switch(None)
    # The next deploy has begun.
    History(target).start('b' * 40, 'me', None)
    retire.retire_refused(target, 1, git)
    assert folder.exists()
    folder.rmdir()
    retire.retire_refused(target, 1, git)
    assert History(target).attempts()[1].outcome == 'killed'


def test_what_was_replaced_is_stopped(
        target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = ready(target)
    started = subprocess.Popen(['sleep', '60'], env={
        **os.environ, 'AUTODEVELOP_RUN': str(folder)})
    monkeypatch.setattr(time, 'sleep', lambda _: None)
    retire.main(str(target.folder), '1')
    assert not folder.exists()
    if sys.platform != 'linux':  # only on macos
        started.kill()
    assert started.wait() == -9
    assert os.listdir(target.folder / 'run') == []

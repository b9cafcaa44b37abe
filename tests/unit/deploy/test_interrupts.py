"""What a deploy does not go on for."""
import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from autodevelop.deploy import interrupts
from autodevelop.deploy.interrupts import time_limit, while_pusher_waits
from autodevelop.errors import AutodevelopError

pytestmark = pytest.mark.skipif(sys.platform == 'win32',
                                reason='nothing is deployed there')


@pytest.fixture(autouse=True)
def look_never(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only look() does: what is raised while coverage holds its lock hangs."""
    monkeypatch.setattr(interrupts, 'SECONDS', 6000.0)


def look() -> None:
    """Do what happens once a second; Python runs the handler in this call."""
    assert signal.getitimer(signal.ITIMER_REAL)[1] == interrupts.SECONDS
    signal.raise_signal(signal.SIGALRM)


def test_what_takes_too_long_ends() -> None:
    with pytest.raises(AutodevelopError, match='the check took longer'):
        with time_limit(0, 'the check'):
            look()
    with time_limit(60, 'the check'):
        look()


def test_a_timer_that_was_set_before_is_set_again() -> None:
    before = signal.setitimer(signal.ITIMER_REAL, 3000)  # pytest-timeout's.
    with time_limit(60, 'the check'):
        look()
    assert signal.setitimer(signal.ITIMER_REAL, *before)[0] > 2000


def test_a_limit_inside_another_ends_alone() -> None:
    with time_limit(60, 'the deploy'):
        with pytest.raises(AutodevelopError, match='the check'):
            with time_limit(0, 'the check'):
                look()
        with pytest.raises(AutodevelopError, match='the second'):
            with time_limit(0, 'the second'):
                look()


def test_a_thread_cannot_be_interrupted() -> None:
    ended = []

    def body() -> None:
        with time_limit(0, 'the check'):
            ended.append(True)

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    assert ended


@pytest.mark.skipif(sys.platform != 'linux', reason='needs /proc')
def test_a_pusher_who_leaves_ends_it(
        monkeypatch: pytest.MonkeyPatch) -> None:  # only on linux
    with while_pusher_waits():
        look()
    with pytest.raises(KeyboardInterrupt):
        with while_pusher_waits():
            monkeypatch.setattr(os, 'getppid', lambda: 1)
            look()


def test_the_client_or_sshd_is_waiting(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chain = {40: 'git 30', 30: 'sh 20', 20: 'git 10', 50: 'git 60',
             60: 'bash 70', 70: 'sshd-session 10', 80: 'make 1'}
    for pid, (name, parent) in ((pid, line.split())
                                for pid, line in chain.items()):
        (tmp_path / str(pid)).mkdir()
        (tmp_path / f'{pid}/stat').write_text(f'{pid} ({name}) S {parent} 0')
    monkeypatch.setattr(interrupts, 'PROC', tmp_path)
    for pid, found in [(40, [40, 30, 20]), (50, [50, 60, 70]), (80, [80]),
                       (99, [99])]:
        monkeypatch.setattr(os, 'getppid', lambda: pid)
        assert interrupts.waiting() == found

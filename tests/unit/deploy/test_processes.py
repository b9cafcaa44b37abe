"""Which processes run."""
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from autodevelop.deploy import processes
from autodevelop.deploy.processes import Process, is_running, send_signal
from autodevelop.deploy.target import Target

pytestmark = pytest.mark.skipif(sys.platform == 'win32', reason='POSIX')


def test_a_process_that_nobody_waited_for_does_not_run() -> None:
    child = subprocess.Popen(['true'])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    # Elsewhere there is no /proc that tells.
    assert is_running(child.pid) == (sys.platform != 'linux')
    child.wait()
    assert not is_running(child.pid)
    assert is_running(os.getpid())


def test_what_cannot_be_known_runs(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(processes, 'PROC', tmp_path)
    assert is_running(os.getpid())

    def refuse(pid: int, number: int) -> None:
        raise PermissionError

    with monkeypatch.context() as patch:
        patch.setattr(os, 'kill', refuse)
        assert is_running(os.getpid())


def test_gunicorn_ends_its_workers_unless_it_is_killed(
        monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(os, 'kill', lambda *given: told.append(given))
    monkeypatch.setattr(processes, 'find_processes', lambda *_: [
        Process(10, 1, 1), Process(11, 10, 1)])
    target = Target(Path(), '')
    assert send_signal(target, [1], signal.SIGTERM)
    assert send_signal(target, [1], signal.SIGKILL)
    assert told == [(10, signal.SIGTERM), (10, signal.SIGKILL),
                    (11, signal.SIGKILL)]

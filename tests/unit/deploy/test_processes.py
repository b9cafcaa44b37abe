"""Which processes run."""
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autodevelop.deploy import processes
from autodevelop.deploy.processes import is_running

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

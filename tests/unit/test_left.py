"""The check that no test leaves a process running."""
import os
import subprocess
import sys

import pytest

from tests.support.left import MARK, find_started, kill_started
from tests.support.wait import wait_until


@pytest.mark.skipif(sys.platform != 'linux', reason='reads /proc')
def test_a_process_that_is_left_is_named_and_killed() -> None:  # only on linux
    mark = f'a test of process {os.getpid()}'  # Cells run side by side.
    left = subprocess.Popen([sys.executable, '-c', 'input()'],
                            stdin=subprocess.PIPE,
                            env=os.environ | {MARK: mark})
    wait_until(lambda: find_started(mark))
    found = kill_started(mark, 0.1)
    left.communicate()
    assert list(found) == [left.pid]
    assert 'input()' in found[left.pid]
    assert left.returncode < 0
    assert kill_started(mark, 10) == {}

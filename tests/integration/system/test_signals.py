"""A command that is terminated ends its children, and theirs."""
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.project import ROOT
from tests.support.wait import LONGEST, wait_until

IGNORING = 'import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n'
COMMAND = """\
import os
import sys
from pathlib import Path
from autodevelop.system.fork import run_module
from autodevelop.system.process import run_foreground
from autodevelop.system.signals import interrupt_on_signals

interrupt_on_signals()
try:
    if sys.argv[1] == 'copied':
        output = os.fdopen(os.dup(2), 'wb')
        sys.exit(run_module('child', [], {}, Path(), output))
    sys.exit(run_foreground([sys.executable, 'child.py'], {}, Path()))
except KeyboardInterrupt:
    sys.exit(130)
"""
CHILD = """\
import subprocess
import sys

grandchild = subprocess.Popen([sys.executable, 'grandchild.py'])
try:
    sys.exit(grandchild.wait())
except KeyboardInterrupt:
    grandchild.terminate()  # As nox does.
    raise
"""
GRANDCHILD = """\
import os
import time
from pathlib import Path

Path('pids').write_text(f'{os.getppid()} {os.getpid()}')
Path('pids').rename('ready')
while not Path('go').exists():
    time.sleep(0.02)
"""


def runs(pid: int) -> bool:
    """Whether there is a process that has not ended.

    In a container, nobody may ask how an orphan ended: it stays a zombie.
    """
    try:
        os.kill(pid, 0)
        return b') Z ' not in Path(f'/proc/{pid}/stat').read_bytes()
    except ProcessLookupError:
        return False
    except FileNotFoundError:  # only on macos
        return not Path('/proc/self').exists()


@contextmanager
def running(folder: Path, how: str, ignored: str, child: str,
            grandchild: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command with a child and a grandchild, until they are there.

    ignored: the name of a signal that is ignored from its start.
    """
    for name, text in {'command': COMMAND, 'child': child,
                       'grandchild': grandchild}.items():
        (folder / f'{name}.py').write_text(text)
    # As an interactive shell starts it, even if this is a background job.
    usual = 'import os, signal, sys; signal.signal(2, signal.SIG_DFL); ' \
        'os.execvp(sys.argv[1], sys.argv[1:])'
    trap = f'trap "" {ignored}; ' if ignored else ''
    with subprocess.Popen(
            [sys.executable, '-c', usual, 'sh', '-c', f'{trap}exec "$@"',
             'sh', sys.executable, 'command.py', how], cwd=folder,
            env={**os.environ, 'PYTHONPATH': str(ROOT)}) as command:
        try:
            wait_until((folder / 'ready').exists)
            yield command
        finally:
            (folder / 'go').touch()


@pytest.mark.parametrize('how', ['copied', 'started'])
@pytest.mark.parametrize(('ignored', 'child', 'grandchild'), [
    ('', CHILD, GRANDCHILD), ('INT', CHILD, GRANDCHILD),
    ('INT', CHILD, IGNORING + GRANDCHILD),
    ('INT', CHILD.replace('grandchild.terminate()', 'pass'),
     IGNORING + GRANDCHILD)],
    ids=['usual', 'background', 'ignored below', 'left below'])
def test_all_processes_end_with_a_command(
        tmp_path: Path, how: str, ignored: str, child: str,
        grandchild: str) -> None:
    with running(tmp_path, how, ignored, child, grandchild) as command:
        pids = [int(each) for each in
                (tmp_path / 'ready').read_text().split()]
        assert all(runs(each) for each in pids)
        command.send_signal(signal.SIGTERM)
        assert command.wait(LONGEST) == 130
        wait_until(lambda: not any(runs(each) for each in pids))


@pytest.mark.parametrize('how', ['copied', 'started'])
@pytest.mark.parametrize('name', ['HUP', 'INT'])
def test_a_signal_that_is_ignored_stays_ignored(
        tmp_path: Path, how: str, name: str) -> None:
    with running(tmp_path, how, name, CHILD, GRANDCHILD) as command:
        command.send_signal(getattr(signal, f'SIG{name}'))
        (tmp_path / 'go').touch()
        assert command.wait(LONGEST) == 0


@pytest.mark.parametrize('how', ['copied', 'started'])
def test_a_terminal_does_not_reach_a_job_in_the_background(
        tmp_path: Path, how: str) -> None:
    """Ctrl-C is for the group of the job in the foreground."""
    with running(tmp_path, how, 'INT', CHILD, GRANDCHILD) as command:
        child, grandchild = map(int, (tmp_path / 'ready').read_text().split())
        assert os.getpgid(grandchild) == os.getpgid(child) == child
        assert os.getpgid(command.pid) != child

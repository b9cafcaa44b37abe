"""Whoever is told to end ends its children, and theirs; or does not care."""
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest

from autodevelop import process
from autodevelop.forked import attend_module
from tests.support.project import ROOT
from tests.support.wait import LONGEST, wait_until

pytestmark = pytest.mark.skipif(sys.platform == 'win32', reason='has signals')
Handler = Callable[[int, FrameType | None], object] | signal.Handlers
IGNORING = 'import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n'

COMMAND = """\
import sys
from pathlib import Path
from autodevelop.forked import attend_module
from autodevelop.process import attend, interrupt_on_signals

interrupt_on_signals()
try:
    if sys.argv[1] == 'copied':
        sys.exit(attend_module('child', [], {}, Path()))
    sys.exit(attend([sys.executable, 'child.py'], {}, Path()))
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


@pytest.mark.parametrize('copied', [False, True])
@pytest.mark.parametrize('prelude', ['', IGNORING])
@pytest.mark.parametrize('handler', [
    signal.default_int_handler, signal.SIG_IGN], ids=['usual', 'background'])
def test_what_is_interrupted_ends_its_child(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        handler: Handler, prelude: str, copied: bool) -> None:
    signal.signal(signal.SIGINT, handler)
    monkeypatch.setattr(process, 'PATIENCE', 0.2)
    (tmp_path / 'sleeper.py').write_text(
        f'{prelude}import time\nopen("ready", "x")\ntime.sleep(60)\n')
    process.interrupt_on_signals()
    # No thread: Python warns of those when it forks.
    killer = subprocess.Popen(
        ['sh', '-c', 'until [ -e ready ]; do sleep 0.02; done; '
         f'kill -s TERM {os.getpid()}'], cwd=tmp_path)
    start = time.monotonic()
    with open(tmp_path / 'output', 'wb') as output:
        with pytest.raises(KeyboardInterrupt):
            if copied:
                attend_module('sleeper', [], {}, tmp_path, output)
            else:
                process.attend([sys.executable, 'sleeper.py'], {}, tmp_path,
                               output)
    assert time.monotonic() - start < 30
    assert killer.wait() == 0
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.parametrize('handler', [signal.SIG_DFL, signal.SIG_IGN])
def test_what_is_ignored_is_not_heeded(handler: signal.Handlers) -> None:
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)
    process.interrupt_on_signals()
    heeded = handler != signal.SIG_IGN
    for number in (signal.SIGTERM, signal.SIGHUP):
        assert signal.getsignal(number) == (
            signal.default_int_handler if heeded else signal.SIG_IGN)

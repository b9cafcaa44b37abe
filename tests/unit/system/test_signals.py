"""What commands do with signals, in this process."""
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest

from autodevelop.system import process
from autodevelop.system.fork import FORKS, run_module
from autodevelop.system.signals import interrupt_on_signals

pytestmark = pytest.mark.skipif(sys.platform == 'win32', reason='has signals')
Handler = Callable[[int, FrameType | None], object] | signal.Handlers
IGNORING = 'import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n'


@pytest.mark.parametrize(('handler', 'prelude', 'copied'), [
    (signal.default_int_handler, '', False),
    (signal.default_int_handler, '', True),
    (signal.default_int_handler, IGNORING, False),
    (signal.SIG_IGN, '', False), (signal.SIG_IGN, IGNORING, True)])
def test_what_is_interrupted_ends_its_child(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        handler: Handler, prelude: str, copied: bool) -> None:
    signal.signal(signal.SIGINT, handler)
    monkeypatch.setattr(process, 'SAME_SIGNAL_SECONDS', 0.05)
    monkeypatch.setattr(process, 'INTERRUPT_SECONDS', 0.05)
    (tmp_path / 'sleeper.py').write_text(
        f'{prelude}import time\nopen("ready", "x")\ntime.sleep(60)\n')
    interrupt_on_signals()
    # No thread: Python warns of those when it forks. What comes just before a
    # call that waits, Python handles after the call: so it has to wait (S).
    us = os.getpid()
    killer = subprocess.Popen(
        ['sh', '-c', 'until [ -e ready ] && '
         f'(ps -o state= -p {us} || echo S) | grep -q S; '
         f'do sleep 0.02; done; kill -s TERM {us}'], cwd=tmp_path)
    start = time.monotonic()
    with open(tmp_path / 'output', 'wb') as output:
        with pytest.raises(KeyboardInterrupt):
            if copied:
                run_module('sleeper', [], {}, tmp_path, output)
            else:
                process.run_foreground([sys.executable, 'sleeper.py'], {},
                                       tmp_path, output)
    assert time.monotonic() - start < 30
    assert killer.wait() == 0
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.parametrize('handler', [signal.SIG_DFL, signal.SIG_IGN])
def test_an_ignored_signal_stays_ignored(handler: signal.Handlers) -> None:
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)
    interrupt_on_signals()
    heeded = handler != signal.SIG_IGN
    for number in (signal.SIGTERM, signal.SIGHUP):
        assert signal.getsignal(number) == (
            signal.default_int_handler if heeded else signal.SIG_IGN)


@pytest.mark.skipif(not FORKS, reason='does not fork')
def test_a_signal_in_a_fork_is_not_dropped(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, 'SAME_SIGNAL_SECONDS', 0.0)
    (tmp_path / 'sleeper.py').write_text('import time\ntime.sleep(60)\n')
    interrupt_on_signals()
    signals = [signal.SIGTERM]
    reader, writer = os.pipe()

    def interrupt() -> None:
        while signals:
            os.kill(os.getpid(), signals.pop())
            # What a child gets before that, Python takes for its parent's.
            os.read(reader, 1)

    os.register_at_fork(
        after_in_parent=interrupt,
        after_in_child=lambda: signals and os.write(writer, b'.'))
    with open(tmp_path / 'output', 'wb') as output:
        with pytest.raises(KeyboardInterrupt):
            run_module('sleeper', [], {}, tmp_path, output)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
    os.close(reader)
    os.close(writer)


@pytest.mark.skipif(not FORKS, reason='does not fork')
def test_a_child_may_end_as_we_are_interrupted(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wait = os.waitpid

    def interrupt(pid: int, options: int) -> tuple[int, int]:
        monkeypatch.setattr(os, 'waitpid', wait)
        wait(pid, options)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, 'waitpid', interrupt)
    with open(tmp_path / 'output', 'wb') as output:
        with pytest.raises(KeyboardInterrupt):
            run_module('timeit', ['-n1', 'pass'], {}, tmp_path, output)

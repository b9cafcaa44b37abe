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
from autodevelop.system.fork import run_module

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
    monkeypatch.setattr(process, 'SAME_SIGNAL_SECONDS', 0.2)
    monkeypatch.setattr(process, 'INTERRUPT_SECONDS', 0.2)
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
    process.interrupt_on_signals()
    heeded = handler != signal.SIG_IGN
    for number in (signal.SIGTERM, signal.SIGHUP):
        assert signal.getsignal(number) == (
            signal.default_int_handler if heeded else signal.SIG_IGN)

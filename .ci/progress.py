"""Run nox, show what is running, and print the output of what failed.

python .ci/progress.py [--lane NAME] NOX ARGUMENT ...
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

from autodevelop.checks.nox_output import NoxOutput

SIGNALS = [getattr(signal, name) for name in ('SIGINT', 'SIGTERM', 'SIGHUP')
           if hasattr(signal, name)]
REDRAWS = sys.stdout.isatty() and 'CI' not in os.environ
PERIOD = 1 if REDRAWS else 9  # Plus the second that a line is waited for.


class Progress:
    """Prints what happens in a run of nox."""

    def __init__(self, lane: str) -> None:
        self.lane = f'{lane}  ' if lane else ''
        self.began = self.told = time.monotonic()
        self.nox = NoxOutput(self._tell_of, self._print)
        self.drawn = 0
        self.starts: dict[str, float] = {}

    def tell(self, period: float = PERIOD, what: str = 'running') -> None:
        """Print what is running and for how long, unless just printed."""
        if time.monotonic() - self.told < period:
            return
        self.told = time.monotonic()
        names = [f'{name} {clock(since)}'
                 for name, since in self.nox.running.items()]
        text = self._line(f'{what}: {", ".join(names) or "nox"}')
        if REDRAWS:
            text = text[:shutil.get_terminal_size().columns - 1]
            self._print(text, redrawn=len(text))
        else:
            self._print(f'{text}\n')

    def finish(self) -> None:
        """Print the output of what failed, and of what never ended."""
        self._print('')
        self.nox.close()
        for output in self.nox.ended:
            if not output.failed:
                continue
            rule = '=' * 10
            name = f'{output.session}: {output.outcome or "did not end"}'
            self._print(f'\n{rule} {self.lane}{name} {rule}\n')
            self._print(''.join(output.lines))

    def _tell_of(self, session: str, what: str, seconds: float) -> None:
        if what == 'started':
            self.starts[session] = time.time()
        took = '' if what in ('started', 'aborted') else (
            f' in {int(seconds) // 60}:{int(seconds) % 60:02}')
        self._print(self._line(f'{session}: {what}{took}\n'))

    def _line(self, text: str) -> str:
        return f'{self.lane}{clock(self.began)}  {text}'

    def _print(self, text: str, redrawn: int = 0) -> None:
        erased = f'\r{" " * self.drawn}\r' if self.drawn else ''
        sys.stdout.write(f'{erased}{text}')
        sys.stdout.flush()
        self.drawn = redrawn


def add_starts(command: list[str], starts: dict[str, float]) -> None:
    """Add to nox's report when each session began; it has the durations."""
    if '--report' not in command:
        return
    path = Path(command[command.index('--report') + 1])
    with suppress(OSError, ValueError, LookupError):
        report = json.loads(path.read_text('utf-8'))
        for each in report['sessions']:
            name = (each['signatures'] or [each['name']])[0]
            if name in starts:
                each['began'] = starts[name]
        path.write_text(json.dumps(report, indent=2), 'utf-8')


def clock(since: float) -> str:
    seconds = int(time.monotonic() - since)
    return f'{seconds // 60}:{seconds % 60:02}'


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def follow(process: 'subprocess.Popen[str]', progress: Progress) -> int:
    """Follow nox to its end; its exit status."""
    lines: Queue[str | None] = Queue()

    def read() -> None:
        for line in process.stdout or ():
            lines.put(line)
        lines.put(None)

    reader = Thread(target=read, daemon=True)
    reader.start()
    while True:
        with suppress(Empty):
            line = lines.get(timeout=1)
            if line is None:
                break
            progress.nox.read(line)
        progress.tell()
        # What a session left running may hold the pipe open.
        if process.poll() is not None:
            reader.join(5)
            if reader.is_alive() and lines.empty():
                break
    status = process.wait()
    return status if status >= 0 else 128 - status


def stop(process: 'subprocess.Popen[str]') -> None:
    """Interrupt nox as Ctrl-C does, so that it stops its sessions; wait.

    On SIGTERM it would exit immediately and leave them running.
    """
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    with suppress(ProcessLookupError):
        if os.name == 'posix':
            os.killpg(process.pid, signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        if os.name == 'posix':
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def main(lane: str, command: list[str]) -> int:
    """Run nox; its exit status, or 130 when it is interrupted."""
    progress = Progress(lane)
    # A handler even where SIGINT is ignored, as it is in the background: nox
    # would inherit that, and could not be interrupted.
    for number in SIGNALS:
        ignored = signal.getsignal(number) is signal.SIG_IGN
        signal.signal(number, (lambda *_: None) if ignored else interrupt)
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors='backslashreplace',
        # A group of its own: Ctrl-C reaches it once, through stop().
        start_new_session=os.name == 'posix')
    try:
        status = follow(process, progress)
    except KeyboardInterrupt:
        status = 130
        progress.tell(0, 'interrupted')
        if progress.nox.open:
            del progress.nox.open.lines[:-20]  # Enough to see what hung.
    finally:
        if process.poll() is None:
            stop(process)
    progress.finish()
    add_starts(command, progress.starts)
    return status


if __name__ == '__main__':
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors='backslashreplace')
    with_lane = sys.argv[1] == '--lane'
    sys.exit(main(*(sys.argv[2], sys.argv[3:]) if with_lane else
                  ('', sys.argv[1:])))

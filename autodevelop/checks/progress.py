"""What a person sees while sessions run: a line each, and what failed."""
import json
import shutil
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from autodevelop.checks.nox_output import NoxOutput, Output
from autodevelop.system.output import say

TERMINAL_SECONDS = 0.2
"""How often what nox prints is read and the line of what runs is drawn."""

PLAIN_SECONDS = 10.0
"""How often a line says what runs, where lines cannot be redrawn."""


class Progress:
    """Shows what nox is doing by reading the file that it prints to.

    log: that file.
    position: where nox begins to print in it.
    last: how many seconds each session took the last time.
    """

    def __init__(self, log: Path, position: int,
                 last: Mapping[str, float]) -> None:
        self._log, self._position, self._last = log, position, last
        self._redraws = sys.stderr.isatty()
        self._drawn = 0
        self._told = time.monotonic()
        self._rest = ''
        self._other: list[str] = []
        self._nox = NoxOutput(self._tell, self._other.append)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Show what happens, in a thread, while the body waits for nox."""
        stop = Event()
        period = TERMINAL_SECONDS if self._redraws else 1.0

        def watch() -> None:
            while not stop.wait(period):
                self._read()
                self._draw()

        thread = Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
            self._read()
            self._erase()

    def interrupted(self) -> None:
        """Say what was running, and print its output so far."""
        for session, began in self._nox.running.items():
            say(f'interrupted: {session} had run for '
                f'{time.monotonic() - began:.0f} s')
        print_output([each for each in self.finish(True) if not each.outcome])

    def finish(self, failed: bool) -> list[Output]:
        """What each session printed; what nox said itself, if it failed."""
        if self._rest:
            self._nox.read(self._rest)
        self._nox.close()
        other = [Output('', '', self._other)] if self._other else []
        return [*(other if failed else []), *self._nox.ended]

    def _read(self) -> None:
        try:
            with self._log.open('rb') as file:
                file.seek(self._position)
                read = file.read()
                self._position = file.tell()
        except OSError:
            return
        *lines, self._rest = (
            self._rest + read.decode(errors='backslashreplace')).split('\n')
        for line in lines:
            self._nox.read(line.removesuffix('\r') + '\n')

    def _tell(self, session: str, what: str, seconds: float) -> None:
        if self._redraws and what != 'started':
            self._erase()
            sys.stderr.write(f'{session}: {what} in {seconds:.1f} s\n')

    def _draw(self) -> None:
        now = time.monotonic()
        if not (self._redraws or now - self._told >= PLAIN_SECONDS):
            return
        self._told = now
        what = ', '.join(
            f'{session} {now - began:.0f} s{self._before(session)}'
            for session, began in self._nox.running.items()) or 'nox'
        if not self._redraws:
            say(f'running: {what}')
            return
        self._erase()
        text = f'running: {what}'[:shutil.get_terminal_size().columns - 1]
        sys.stderr.write(text)
        sys.stderr.flush()
        self._drawn = len(text)

    def _before(self, session: str) -> str:
        seconds = self._last.get(session)
        return f' (last time {seconds:.0f} s)' if seconds else ''

    def _erase(self) -> None:
        if self._drawn:
            sys.stderr.write(f'\r{" " * self._drawn}\r')
            self._drawn = 0


def print_output(outputs: Iterable[Output]) -> None:
    """Print what sessions printed, each below a header."""
    for output in outputs:
        how = f'{output.session}: {output.outcome or "did not end"}'
        sys.stderr.write(f'===== {how} =====\n' if output.session else '')
        sys.stderr.write(''.join(output.lines))
    sys.stderr.flush()


def last_durations(path: Path) -> dict[str, float]:
    """How many seconds each session took; nothing without such a file."""
    try:
        read: dict[str, float] = json.loads(path.read_text('utf-8'))
    except (OSError, ValueError):
        return {}
    return read

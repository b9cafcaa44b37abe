"""Follow a nox that prints to a file: show what runs, keep its output."""
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

from autodevelop.checks.live import Live
from autodevelop.checks.nox_output import NoxOutput, Output
from autodevelop.system.github_log import grouped
from autodevelop.system.output import has_color, painted, say
from autodevelop.system.process import Variables

PERIOD = 0.2
"""How often what nox prints is read, and what runs is drawn."""

HUNG_LINES = 20
"""Of what was interrupted: enough to see what hung."""


class Progress:
    """Shows what nox is doing by reading the file that it prints to.

    log: that file.
    position: where nox begins to print in it.
    """

    def __init__(self, log: Path, position: int, live: Live) -> None:
        self._log, self._position, self._live = log, position, live
        self._rest = ''
        self._other: list[str] = []
        self._nox = NoxOutput(live.tell, self._other.append)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Show what happens, in a thread, while the body waits for nox."""
        stop = Event()

        def watch() -> None:
            while not stop.wait(PERIOD if self._live.redraws else 1.0):
                self._read()
                self._live.draw()

        thread = Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
            self._read()
            self._live.erase()

    def interrupted(self) -> None:
        """Say what was running, and print the end of its output."""
        now = time.monotonic()
        took = {session: now - began
                for session, began in self._nox.running.items()}
        # With --parallel nox says that it failed, below what it printed.
        outputs = [each for each in self.finish(True) if not each.whole]
        if not took and not any(each.session for each in outputs):
            # Ctrl-C ends a program, and reaches nox as it reads its status:
            # subprocess then returns 0, and nox says that the session passed.
            for each in self._nox.ended[-1:]:
                outputs.append(replace(each, lines=each.lines[:-1]))
        took |= {each.session: each.seconds for each in outputs
                 if each.outcome}
        for session, seconds in took.items():
            say(f'interrupted: {session} had run for {seconds:.0f} s')
        for each in outputs:
            each.outcome = ''
            del each.lines[:-HUNG_LINES]
        print_output(outputs)

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


def color_variables() -> Variables:
    """What makes the tools of a session use colours if a person sees them."""
    return {'NO_COLOR': None, 'FORCE_COLOR': '1'} if (
        has_color(sys.stderr)) else {}


def print_output(outputs: Iterable[Output]) -> None:
    """Print what sessions printed, each below a header."""
    for output in outputs:
        how = output.outcome or 'did not end'
        title = f'{output.session}: {how}' if output.session else 'nox'
        with grouped(title):
            if output.session:
                rule = painted('=' * 5, how, sys.stderr)
                sys.stderr.write(f'{rule} {title} {rule}\n')
            sys.stderr.write(''.join(output.lines))
    sys.stderr.flush()

"""What a person sees while cells run: which wait, run, and have ended."""
import shutil
import sys
import time
from collections.abc import Iterable, Mapping

from autodevelop.system.output import is_terminal, painted

PLAIN_SECONDS = 10.0
"""How often a line says what runs, where lines cannot be drawn again."""


class Live:
    """The view that check, run, the hooks and make share.

    On a terminal it is redrawn below a line for each cell that
    has ended. Elsewhere a line says now and then what runs; what ends in the
    first seconds is in the table that follows.

    names: the cells that are to run, in their order.
    expected: how many seconds each took the last time.
    quiet: whether nothing is shown.
    label: how lines begin where there is no terminal.
    """

    def __init__(self, names: Iterable[str], expected: Mapping[str, float],
                 quiet: bool = False, label: str = 'autodevelop') -> None:
        self._waiting = dict.fromkeys(names)
        self._expected, self._quiet, self._label = expected, quiet, label
        self._running: dict[str, float] = {}
        self._done: set[str] = set()
        self._told = self._began = time.monotonic()
        self._drawn = 0
        self.redraws = is_terminal(sys.stderr)

    def tell(self, name: str, what: str, seconds: float) -> None:
        """Show that a cell has started, or how it ended."""
        now = time.monotonic()
        if what == 'started':
            self._waiting.pop(name, None)
            self._running[name] = now
            return
        self._running.pop(name, None)
        self._waiting.pop(name, None)
        self._done.add(name)
        if self._quiet or not (
                self.redraws or now - self._began >= PLAIN_SECONDS):
            return
        self._told = now
        took = '' if what == 'aborted' else f' in {seconds:.1f} s'
        label = '' if self.redraws else f'{self._label}: '
        self._write(
            f'{label}{name}: {painted(what, what, sys.stderr)}{took}\n')

    def draw(self) -> None:
        """Show what runs and what waits."""
        now = time.monotonic()
        if self._quiet:
            return
        if self.redraws:
            size = shutil.get_terminal_size()
            lines = [*self._rows(now, size.lines - 3), self._count()]
            self._write(''.join(f'{line[:size.columns - 1]}\n'
                                for line in lines), len(lines))
        elif now - self._told >= PLAIN_SECONDS:
            self._told = now
            names = ', '.join(f'{name} {self._clock(name, now)}'
                              for name in self._running)
            self._write(f'{self._label}: {self._count()}; running: '
                        f'{names or "nox"}\n')

    def erase(self) -> None:
        """Remove what was drawn, before others print."""
        self._write('')

    def _rows(self, now: float, most: int) -> list[str]:
        """A line for each cell that runs, as far as the screen has them."""
        names = [*self._running]
        width = max(map(len, names), default=0)
        rows = [f'  {name:{width}}  {self._clock(name, now)}'
                for name in names[:most]]
        more = len(names) - len(rows)
        return [*rows, f'  and {more} more'] if more else rows

    def _count(self) -> str:
        done = len(self._done - {*self._running})
        total = len({*self._waiting, *self._running, *self._done})
        waiting = ', '.join(self._waiting) if self.redraws else ''
        return f'{done} of {total} done' + (
            f'; waiting: {waiting}' if waiting else '')

    def _clock(self, name: str, now: float) -> str:
        took = self._expected.get(name)
        return clock(now - self._running[name]) + (
            f' of about {clock(took)}' if took else '')

    def _write(self, text: str, drawn: int = 0) -> None:
        """Write below the cells that ended, over what was drawn before."""
        erased = f'\x1b[{self._drawn}F\x1b[J' if self._drawn else ''
        self._drawn = drawn
        sys.stderr.write(f'{erased}{text}')
        sys.stderr.flush()


def clock(seconds: float) -> str:
    """Minutes and seconds."""
    return f'{int(seconds) // 60}:{int(seconds) % 60:02}'

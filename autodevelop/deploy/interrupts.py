"""What ends a deploy early: a time limit, or a pusher who has left.

Asked once a second, in the main thread and by no other: a process with threads
must not fork.
"""
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from autodevelop.errors import AutodevelopError

PROC = Path('/proc')

SECONDS = 1.0
"""Between two looks."""

_looks: list[Callable[[], BaseException | None]] = []


@contextmanager
def time_limit(seconds: float, what: str) -> Iterator[None]:
    """Raise AutodevelopError, with status 1, when the body takes longer."""
    end = time.monotonic() + seconds

    def look() -> BaseException | None:
        return None if time.monotonic() < end else AutodevelopError(
            f'{what} took longer than {seconds:g} s',
            'find what hangs; or raise check_limit in '
            '[tool.autodevelop.deploy]', status=1)

    with _looking(look):
        yield


@contextmanager
def while_pusher_waits() -> Iterator[None]:
    """Raise KeyboardInterrupt when the one who pushes has left.

    Git lets a hook run on then: githooks(5) promises it no signal. But the
    client of a local push or sshd exits, and what it started is adopted.
    """
    before = waiting()

    def look() -> BaseException | None:
        return None if waiting()[:len(before)] == before else (
            KeyboardInterrupt())

    with _looking(look):
        yield


def waiting() -> list[int]:
    """The processes from the parent to the client or sshd; see proc(5)."""
    parents = [os.getppid()]
    while parents[-1] > 1:
        try:
            stat = (PROC / f'{parents[-1]}/stat').read_bytes()
        except OSError:  # Not on Linux, or it has just exited.
            break
        name, _, rest = stat.partition(b'(')[2].rpartition(b')')
        # The first one is git receive-pack.
        if name.startswith(b'sshd') or name == b'git' and parents[1:]:
            return parents
        parents.append(int(rest.split()[1]))
    return parents[:1]


@contextmanager
def _looking(look: Callable[[], BaseException | None]) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _look)
    timer = signal.setitimer(signal.ITIMER_REAL, SECONDS, SECONDS)
    _looks.append(look)
    try:
        yield
    finally:
        if look in _looks:
            _looks.remove(look)
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, before)


def _look(number: int, frame: object) -> None:
    for each in [*_looks]:
        if error := each():
            # Once: what follows must be able to clean up.
            _looks.remove(each)
            raise error

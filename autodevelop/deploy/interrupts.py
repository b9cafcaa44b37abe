"""What a deploy does not go on for: a limit of time, a pusher who has left.

Asked once a second, in the main thread and by no other: a process with threads
must not fork.
"""
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from autodevelop.errors import AutodevelopError

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
def while_parent_lives() -> Iterator[None]:
    """Raise KeyboardInterrupt when the process that started this has exited.

    Git starts the hooks of a push, and exits when the pusher is gone: it sends
    something every 5 seconds (receive.keepAlive in git-config(1)).
    """
    parent = os.getppid()

    def look() -> BaseException | None:
        return None if os.getppid() == parent else KeyboardInterrupt()

    with _looking(look):
        yield


@contextmanager
def _looking(look: Callable[[], BaseException | None]) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _look)
    signal.setitimer(signal.ITIMER_REAL, SECONDS, SECONDS)
    _looks.append(look)
    try:
        yield
    finally:
        if look in _looks:
            _looks.remove(look)
        if not _looks:
            signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _look(number: int, frame: object) -> None:
    for each in [*_looks]:
        if error := each():
            # Once: what follows must be able to clean up.
            _looks.remove(each)
            raise error

"""What signals do to this process and to what it starts."""
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

INTERRUPTS = {signal.SIGINT, signal.SIGTERM,
              # Windows has no SIGHUP.
              getattr(signal, 'SIGHUP', signal.SIGTERM)}
"""What raises KeyboardInterrupt, unless it is ignored."""


def interrupt_on_signals() -> None:
    """Make SIGTERM and SIGHUP raise KeyboardInterrupt, as SIGINT does.

    By default they kill Python without unwinding, and its children run on. A
    signal that is ignored stays ignored, as nohup expects.
    """
    for number in INTERRUPTS - {signal.SIGINT}:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)


def hold_signals() -> Callable[[], None]:  # only on linux
    """Delay KeyboardInterrupt while Python forks; main thread only.

    Python drops what a signal handler raises in the functions that it calls
    around a fork (os.register_at_fork): run_at_forkers in posixmodule.c of
    CPython. A blocked signal would go to another thread, if there is one.

    Returns a function to call in both processes after the fork. It restores
    the handlers, and raises KeyboardInterrupt if a signal came.
    """
    came: list[int] = []
    handlers = {number: signal.signal(number, lambda it, _: came.append(it))
                for number in INTERRUPTS if callable(signal.getsignal(number))}

    def release() -> None:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        if came:
            raise KeyboardInterrupt

    return release


def needs_a_group() -> bool:
    """Whether a child must lead a process group, so that it can be stopped.

    sh starts background jobs with SIGINT ignored, and so do many CI runners;
    children inherit that and would ignore ours. SIGTERM does not help: nox
    exits right away and leaves its children running. The leader of a new
    group can handle SIGINT again, since a terminal interrupts another group,
    and we can signal all of its children:
    https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html
    """
    return sys.platform != 'win32' and (
        signal.getsignal(signal.SIGINT) == signal.SIG_IGN)


def lead_a_group() -> None:  # only on linux
    """Make this new child the leader of a group that can be interrupted."""
    assert sys.platform != 'win32'
    os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def heeding_interrupts() -> Iterator[None]:  # only on linux
    """Start programs that do not ignore SIGINT, though this process does.

    exec resets a signal that has a handler, so SIGINT gets one that does
    nothing. A preexec_fn would have the flaw that ``hold_signals`` describes.
    Main thread only.
    """
    ignored = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, ignored)

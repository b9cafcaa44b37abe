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
    """Let what would raise KeyboardInterrupt wait, while Python forks.

    Python drops what a signal raises in the functions that it calls around a
    fork (os.register_at_fork): run_at_forkers in posixmodule.c of CPython. To
    block signals does not help where another thread gets them.

    Returns what has to be called in both processes, and raises
    KeyboardInterrupt there if a signal came.
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
    """Start programs here that heed SIGINT, though this process ignores it.

    A program starts with the default for what is handled, and it is handled
    here, by nothing. A preexec_fn would be called around a fork: see
    ``hold_signals``.
    """
    ignored = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, ignored)

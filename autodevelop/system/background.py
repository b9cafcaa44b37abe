"""Forks of this process that work beside it, in sessions of their own."""
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from select import select
from typing import NoReturn

from autodevelop.system.locks import HELD
from autodevelop.system.signals import hold_signals

MAX_FILES = 1024
"""More than a hook ever opens."""


@contextmanager
def relay_stderr() -> Iterator[None]:
    """Relay standard error through a forked child.

    A pusher who disconnects must not stop the deploy, whose programs would
    get SIGPIPE: the child keeps reading, and drops what nobody reads. It ends
    with the block: git and ssh would wait for what a program left running.
    """
    (reader, writer), (told, end) = os.pipe(), os.pipe()
    sys.stderr.flush()
    release = hold_signals()
    child = os.fork() or _relay(reader, told, (writer, end), release)
    release()
    os.close(reader)
    os.close(told)
    before = os.dup(2)
    os.dup2(writer, 2)
    os.close(writer)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(before, 2)
        os.close(before)
        os.close(end)
        os.waitpid(child, 0)


def _relay(reader: int, told: int, others: Sequence[int],
           release: Callable[[], None]) -> NoReturn:
    try:
        release()
        for each in others:
            os.close(each)
        os.setsid()
        # What was written before the end is read before it.
        while reader in select([reader, told], [], [])[0] and (
                read := os.read(reader, 65536)):
            try:
                os.write(2, read)
            except OSError:
                pass  # Nobody reads it any more.
    finally:
        os._exit(0)


def detach(work: Callable[[], object]) -> None:
    """Do this in a forked child, in a session of its own; do not wait for it.

    The start of a Python for it takes 64 of the 430 ms of CPU of a push. The
    child shares our locks, but no pipe that somebody reads to its end.
    """
    release = hold_signals()
    os.fork() or _detached(work, release)
    release()


def _detached(work: Callable[[], object],
              release: Callable[[], None]) -> NoReturn:
    try:
        release()
        os.setsid()
        null = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(null, stream)
        ends = sorted({2, *HELD, MAX_FILES})
        for before, after in zip(ends, ends[1:]):
            os.closerange(before + 1, after)
        work()
    finally:
        os._exit(0)

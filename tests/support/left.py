"""Processes that tests started and left running."""
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

MARK = 'AUTODEVELOP_TEST_RUN'
"""The variable by which they are known: they inherit it."""


def find_started(mark: str) -> dict[int, str]:
    """Return the command lines, by pid, of processes that have this mark.

    Empty where there is no /proc, that is, anywhere but on Linux.
    """
    found = {}
    for folder in Path('/proc').glob('[0-9]*'):  # only on linux
        # It may have ended meanwhile, or belong to another user.
        with suppress(OSError):
            if f'{MARK}={mark}'.encode() in (folder / 'environ').read_bytes():
                found[int(folder.name)] = (folder / 'cmdline').read_text()
    return found


def kill_started(mark: str, seconds: float) -> dict[int, str]:
    """Kill, and return, the processes that do not end within this time."""
    until = time.monotonic() + seconds
    while left := find_started(mark):  # only on linux
        time.sleep(0.05)
        if time.monotonic() > until:
            break
    for pid in left:  # only on linux
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return left

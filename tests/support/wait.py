"""Waiting for what happens, rather than for the clock."""
import time
from collections.abc import Callable

LONGEST = 60.0
"""Seconds in which anything happens that is going to."""


def wait_until(happened: Callable[[], object]) -> None:
    """Ask again and again; AssertionError when it does not happen."""
    end = time.monotonic() + LONGEST
    while not happened():
        assert time.monotonic() < end, happened
        time.sleep(0.02)

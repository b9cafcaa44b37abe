"""What a person reads while a command runs."""
import sys
from collections.abc import Sequence


def say(message: str) -> None:
    """Write a line to standard error; standard output is for programs."""
    sys.stderr.write(f'autodevelop: {message}\n')


def listed(names: Sequence[str], most: int) -> str:
    """The first of these names, and how many more there are."""
    more = len(names) - most
    return ', '.join(names[:most]) + (f' and {more} more' if more > 0 else '')

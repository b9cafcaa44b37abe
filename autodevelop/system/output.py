"""What a person reads while a command runs, and in which colours.

Without rich: importing it takes 0.15 s, as long as a whole commit does.
"""
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TextIO

if sys.platform == 'win32':  # only on windows
    import ctypes

COLOURS = {'passed': 32, 'already passed': 32, 'failed': 31, 'missing': 31,
           'aborted': 31, 'did not end': 31, 'skipped': 33, 'not here': 2}
"""How outcomes are coloured: green, red, yellow, dim."""


def say(message: str) -> None:
    """Write a line to standard error; standard output is for programs."""
    sys.stderr.write(f'autodevelop: {message}\n')


def choose_color(when: str) -> None:
    """Apply --color: set the variables that tools obey, too."""
    if when != 'auto':
        for name in ('NO_COLOR', 'FORCE_COLOR'):
            os.environ.pop(name, None)
        os.environ['FORCE_COLOR' if when == 'always' else 'NO_COLOR'] = '1'


def has_color(stream: TextIO) -> bool:
    """Whether to colour what is written there.

    https://no-color.org and https://force-color.org
    """
    return not os.environ.get('NO_COLOR') and (
        bool(os.environ.get('FORCE_COLOR')) or is_terminal(stream))


def is_terminal(stream: TextIO) -> bool:
    """Whether a person watches it, and lines can be redrawn."""
    if not stream.isatty() or os.environ.get('TERM') == 'dumb' or (
            'CI' in os.environ):
        return False
    if sys.platform == 'win32':  # only on windows
        # Consoles older than Windows Terminal have to be told:
        # https://learn.microsoft.com/windows/console/setconsolemode
        kernel = ctypes.windll.kernel32
        return bool(kernel.SetConsoleMode(kernel.GetStdHandle(
            -12 if stream is sys.stderr else -11), 7))
    return True


def painted(text: str, outcome: str, stream: TextIO) -> str:
    """A text in the colour of an outcome, if the stream has colours."""
    code = COLOURS.get(outcome)
    return f'\x1b[{code}m{text}\x1b[0m' if (
        code and has_color(stream)) else text


def listed(names: Sequence[str], most: int) -> str:
    """The first of these names, and how many more there are."""
    more = len(names) - most
    return ', '.join(names[:most]) + (f' and {more} more' if more > 0 else '')


def counted(number: int, noun: str) -> str:
    """How many there are: 1 cell, 2 cells."""
    return f'{number} {noun}' + ('' if number == 1 else 's')


def failed_text(summaries: Mapping[str, Sequence[str]],
                stream: TextIO) -> str:
    """What failed in each session; once, if it is the same in several."""
    sessions: dict[tuple[str, ...], list[str]] = {}
    for session, lines in summaries.items():
        if lines:
            sessions.setdefault((*lines,), []).append(session)
    return ''.join(
        f'\n{painted(", ".join(names) + " failed:", "failed", stream)}\n'
        + ''.join(f'  {line}\n' for line in lines)
        for lines, names in sessions.items())

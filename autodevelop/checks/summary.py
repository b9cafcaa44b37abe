"""What failed in a session, short enough for the first screen."""
import re
from collections.abc import Iterator
from pathlib import Path

from autodevelop.checks.nox_output import COLOUR, Output

MOST = 8
"""Lines for a session: with the error they fit on a screen of 24."""

FAILED = re.compile(r'(?:FAILED|ERROR) ([^\s(].*)')
"""How pytest lists what failed, in the short summary of its tests."""

UNCOVERED = re.compile(
    r'(\S+\.py) +\d+ +\d+ .*?\d+(?:\.\d+)?% +(\d[\d, >ex it-]*)$')
"""A file in coverage's report, with the lines that are missing."""


def summarize(output: Output, junit: Path) -> list[str]:
    """The tests that failed, with the first line of the message of each.

    junit: a report that the session may have written, which has them for
        other test runners than pytest, too.

    Files follow that lack coverage, and the lines that they lack.
    """
    lines = [COLOUR.sub('', line).strip() for line in output.lines]
    tests = list(_failures(junit)) if junit.is_file() else [
        test[1] for test in map(FAILED.match, lines) if test]
    found = [*tests, *(f'{file[1]} is not covered: {file[2]}'
                       for file in map(UNCOVERED.match, lines) if file)]
    more = [f'and {len(found) - MOST} more'] if len(found) > MOST else []
    return found[:MOST] + more


def _failures(junit: Path) -> Iterator[str]:
    from xml.etree import ElementTree  # Slow to import, and rarely needed.
    try:
        root = ElementTree.parse(junit).getroot()
    except ElementTree.ParseError:
        return
    for case in root.iter('testcase'):
        for bad in case.iter():
            if bad.tag in ('failure', 'error'):
                message, *_ = [*(bad.get('message') or '').splitlines(), '']
                yield f'{case.get("classname")}::{case.get("name")}' + (
                    f' - {message}' if message else '')
                break

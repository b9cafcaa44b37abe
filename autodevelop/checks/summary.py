"""What failed in a session, short enough for the first screen."""
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from autodevelop.checks.nox_output import COLOUR, Output
from autodevelop.results.found import Found
from autodevelop.results.junit import Case, failed_tests

MOST = 8
"""Lines for a session: with the error they fit on a screen of 24."""

FAILED = re.compile(r'(?:FAILED|ERROR) ([^\s(].*)')
"""How pytest lists what failed, in the short summary of its tests."""

UNCOVERED = re.compile(
    r'(\S+\.py) +\d+ +\d+ .*?\d+(?:\.\d+)?% +(\d[\d, >ex it-]*)$')
"""A file in coverage's report, with the lines that are missing."""


def summarize_outputs(outputs: Sequence[Output], folders: Mapping[str, Path],
                      ) -> dict[str, list[str]]:
    """Summarize those whose session has a folder of results.

    Returns the names of the tests that failed, by session.
    """
    names = {}
    for output in outputs:
        if output.failed and output.session in folders:
            tests = [*failed_tests(folders[output.session])]
            output.summary = summarize(output, tests)
            names[output.session] = [test.name for test in tests]
    return names


def summarize_found(found: Iterable[Found]) -> dict[str, list[str]]:
    """The same of cells that left reports, by their names."""
    return {each.cell.session: summarize(Output('', ''), [
        test for test in each.suites.tests if test.outcome == 'failed'])
        for each in found if each.row.outcome == 'failed'}


def summarize(output: Output, tests: Sequence[Case]) -> list[str]:
    """The tests that failed, with the first line of the message of each.

    tests: those of a report that the session may have written, which has them
        for other test runners than pytest, too.

    Files follow that lack coverage, and the lines that they lack.
    """
    lines = [COLOUR.sub('', line).strip() for line in output.lines]
    named = [_line(test) for test in tests] or [
        test[1] for test in map(FAILED.match, lines) if test]
    found = [*named, *(f'{file[1]} is not covered: {file[2]}'
                       for file in map(UNCOVERED.match, lines) if file)]
    more = [f'and {len(found) - MOST} more'] if len(found) > MOST else []
    return found[:MOST] + more


def _line(test: Case) -> str:
    message, *_ = [*test.message.splitlines(), '']
    return f'{test.node_id} - {message}' if message else test.node_id

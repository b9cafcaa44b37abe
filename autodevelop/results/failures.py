"""Tests that failed: in which cells, in which not, and where."""
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from autodevelop.results.found import Found
from autodevelop.results.junit import Case

AROUND = 3
"""Lines of the source that are shown before and after the one that failed."""

MOST_TEXT = 20_000
"""Characters of a traceback, or of an output, that are shown: its end."""


class Variant(NamedTuple):
    """A way in which a test failed, and the sessions in which it did."""

    case: Case
    sessions: list[str]


class Failure(NamedTuple):
    """A test that failed somewhere.

    where: what its cells have in common, as ``only on Python 3.13``; empty if
        it fails in all of them, or if they have nothing in common.
    source: lines of its file with their numbers, if it is here.
    """

    name: str
    variants: list[Variant]
    passes: list[str]
    where: str
    source: list[tuple[int, str]]

    @property
    def case(self) -> Case:
        """The test as it failed in the first cell."""
        return self.variants[0].case

    @property
    def sessions(self) -> list[str]:
        """All sessions in which it fails."""
        return [name for each in self.variants for name in each.sessions]


def find_failures(found: Sequence[Found]) -> list[Failure]:
    """The tests that failed, those first that fail in the most cells."""
    failed: dict[str, list[tuple[Found, Case]]] = {}
    for each in found:
        for case in each.suites.tests:
            if case.outcome == 'failed':
                failed.setdefault(case.name, []).append((each, case))
    passes: dict[str, list[Found]] = {}
    for each in found if failed else ():
        for case in each.suites.tests:
            if case.outcome == 'passed' and case.name in failed:
                passes.setdefault(case.name, []).append(each)
    failures = [_failure(name, cells, passes.get(name, []))
                for name, cells in failed.items()]
    return sorted(failures, key=lambda each: -len(each.sessions))


def _failure(name: str, failed: Sequence[tuple[Found, Case]],
             passed: Sequence[Found]) -> Failure:
    variants: dict[str, Variant] = {}
    for found, case in failed:
        variants.setdefault(case.message, Variant(case, [])).sessions.append(
            found.cell.session)
    first = failed[0][1]
    return Failure(
        name, [*variants.values()], [each.cell.session for each in passed],
        _common([each for each, _ in failed], passed),
        read_lines(first.file, first.line - AROUND, first.line + AROUND)
        if first.line else [])


def _common(failed: Sequence[Found], passed: Sequence[Found]) -> str:
    """What the failing cells share, and none that passes has."""
    if not passed:
        return ''
    found = []
    for title, values in [
            ('Python ', [each.cell.python for each in failed]),
            ('', [each.cell.platform for each in failed])]:
        value = values[0]
        others = [each.cell.python if title else each.cell.platform
                  for each in passed]
        if value and {*values} == {value} and value not in others:
            found.append(f'{title}{value}')
    return f'only on {" and ".join(found)}' if found else ''


def read_lines(name: str, first: int, last: int) -> list[tuple[int, str]]:
    """Lines of a file of the project, with their numbers."""
    path = Path(name)
    try:
        if not path.resolve().is_relative_to(Path.cwd().resolve()):
            return []
        lines = _lines(path.resolve(), path.stat().st_mtime_ns)
    except (OSError, ValueError):
        return []
    return [(place, lines[place - 1][:200]) for place in range(
        max(first, 1), min(last, len(lines)) + 1)]


@lru_cache(1)
def _lines(path: Path, mtime: int) -> list[str]:
    """The lines of a file, of which a page wants many blocks at once."""
    return path.read_text('utf-8', errors='replace').splitlines()


def shortened(text: str, most: int = MOST_TEXT) -> str:
    """The end of a long text, where the error is."""
    left = len(text) - most
    return f'\u2026 {left} characters before \u2026\n{text[-most:]}' if (
        left > 0) else text


def bad_sessions(found: Iterable[Found]) -> list[Found]:
    """Cells that failed or are missing, those that must pass first."""
    return sorted((each for each in found if each.bad),
                  key=lambda each: each.cell.may_fail)

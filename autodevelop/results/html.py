"""The results of a run as one page that needs nothing else.

Names of sessions, files and tests can be any text. Jinja escapes them, and
the page's policy allows no script but its own.
"""
import base64
import hashlib
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from autodevelop.results.covered import Covered, Range
from autodevelop.results.facts import Facts
from autodevelop.results.failures import bad_sessions, read_lines, shortened
from autodevelop.results.found import Found
from autodevelop.results.tables import command
from autodevelop.system.templates import load_templates

PAGE = Path(__file__).parent / 'page'

MOST = {'failures': 200, 'bars': 300, 'files': 400, 'sources': 3_000,
        'runs': 60, 'tests': 30}
"""More of each would make the page slow: it says how much is left out."""

MARKS = {
    'passed': '\u2713', 'already passed': '\u2713', 'failed': '\u2717',
    'missing': '?', 'stale': '\u2026', 'skipped': '\u2013',
    'not here': '\u00b7', 'not run': '\u00b7'}
"""A check mark, a cross, an ellipsis, a dash, a dot."""


class GridRow(NamedTuple):
    """Cells of a session on a platform, by Python.

    whole: whether they have no Python, and share the row.
    """

    name: str
    description: str
    cells: dict[str, Found]
    whole: bool


def html(facts: Facts) -> str:
    """Render the page."""
    loaded = load_templates(PAGE, autoescape=True)
    loaded.filters |= {
        'duration': duration, 'ranges': ranges_text, 'short': shortened,
        'when': _when, 'change': _change}
    script = (PAGE / 'report.js').read_text('utf-8')
    digest = hashlib.sha256(script.encode()).digest()
    sources = _Sources()
    return loaded.get_template('report.html.jinja').render(
        facts=facts, most=MOST, marks=MARKS, command=command, commands={
            each.cell.session: command(each.cell) for each in facts.found},
        grid=grid_rows(facts.found), bad=bad_sessions(facts.found),
        counts=_counts(facts), sources=sources.of, tests=_tests(facts),
        pythons=_pythons(facts.found), script=script,
        style=(PAGE / 'report.css').read_text('utf-8'),
        script_hash=base64.b64encode(digest).decode())


class _Sources:
    """The lines of files that did not run, until there are too many."""

    def __init__(self) -> None:
        self._left = MOST['sources']

    def of(self, file: Covered) -> list[list[tuple[int, str]]]:
        """The missing lines of a file, with their source."""
        blocks = []
        for first, last in file.missing:
            lines = read_lines(file.name, first, min(
                last, first + self._left - 1)) if self._left > 0 else []
            self._left -= len(lines)
            blocks += [lines] if lines else []
        return blocks


def grid_rows(found: Sequence[Found]) -> list[GridRow]:
    """A row for each session and platform, in the order of the plan."""
    rows: dict[str, GridRow] = {}
    for each in found:
        cell = each.cell
        name = cell.session.replace(f'-{cell.python}', '', bool(cell.python))
        row = rows.setdefault(name, GridRow(
            name, cell.description, {}, cell.python is None))
        row.cells[cell.python or ''] = each
    return [row._replace(whole=[*row.cells] == ['']) for row in rows.values()]


def _pythons(found: Sequence[Found]) -> list[str]:
    return [*dict.fromkeys(each.cell.python for each in found
                           if each.cell.python)]


def _counts(facts: Facts) -> dict[str, int]:
    counts = {name: facts.count(name) for name in (
        'failed', 'missing', 'passed', 'already passed', 'skipped', 'stale',
        'not here', 'not run')}
    return {name: count for name, count in counts.items() if count}


def _tests(facts: Facts) -> dict[str, Any]:
    """All tests, as short as the page's script can read them."""
    names = {each.cell.session: place
             for place, each in enumerate(facts.found)}
    return {
        'cells': [[each.cell.session, each.cell.slug]
                  for each in facts.found],
        'tests': [[test.name[:300], test.outcome[0] + (
            'k' * test.flaky + 'n' * test.new), round(test.seconds, 3),
            names[test.session], test.cells] for test in facts.tests]}


def duration(seconds: float | None) -> str:
    """How long something took, for a person."""
    if seconds is None:
        return ''
    if seconds < 59.95:
        return f'{seconds:.1f} s'
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f'{hours}:{minutes:02}:{rest:02}' if hours else (
        f'{minutes}:{rest:02} min')


def ranges_text(ranges: Sequence[Range]) -> str:
    """Lines, as 3, 5-8."""
    return ', '.join(str(first) if first == last else f'{first}\u2013{last}'
                     for first, last in ranges)


def _when(seconds: float) -> str:
    return time.strftime('%Y-%m-%d %H:%M', time.localtime(seconds))


def _change(found: Found) -> str:
    """How much longer it took than the last time, unless that is noise."""
    change, seconds = found.change, found.seconds or 0.0
    if change is None or abs(change) < max(1.0, 0.1 * (seconds - change)):
        return ''
    sign = '+' if change > 0 else '\u2212'
    return f'{sign}{abs(change):.1f} s'

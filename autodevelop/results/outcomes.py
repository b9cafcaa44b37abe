"""How cells ended: nox's reports, read as rows."""
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from autodevelop.errors import AutodevelopError
from autodevelop.matrix.plan import Cell

RESULTS = '.autodevelop'
"""The folder of what cells left; each has a subfolder named by its slug."""

LEFT = 'results'
"""The folder in which sessions themselves may leave files, by slug, too."""

NOTIFIED = 'a session that it notified failed'

Elsewhere = Mapping[str, Sequence[str]]
"""The titles of the CI providers that run a cell, by its name."""


class Row(NamedTuple):
    """How a cell ended: passed, already passed, failed, skipped, not here."""

    session: str
    outcome: str
    detail: str


def read_results(path: Path) -> list[dict[str, Any]]:
    """Read a report of ``nox --report``; AutodevelopError for another file."""
    try:
        sessions = json.loads(path.read_text(encoding='utf-8'))['sessions']
        return [entry | {'session': (entry['signatures'] or [entry['name']])[0]
                         } for entry in sessions]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise AutodevelopError(
            f'{path} is not a report of nox ({error})',
            f'write one with: nox --report {path}',
        ) from error


def read_durations(folder: Path) -> dict[str, float]:
    """How many seconds each session took, if it has results."""
    return {result['session']: result['duration']
            for path in folder.glob('*/nox.json')
            for result in read_results(path)}


def row_of_cell(cell: Cell, results: Sequence[Mapping[str, Any]],
                without: str) -> Row:
    """How a cell ended, with what it notified and what it required.

    without: the detail where it has no result.
    """
    rows = [result_row(result, None, {}) for result in results]
    own = next((row for row in rows if row.session == cell.name_for_nox()),
               Row('', 'failed', without))
    if own.outcome == 'passed' and any(
            row.outcome == 'failed' for row in rows):
        own = own._replace(outcome='failed', detail=NOTIFIED)
    return own._replace(session=cell.session)


def result_rows(results: Sequence[Mapping[str, Any]], cells: Sequence[Cell],
                elsewhere: Elsewhere) -> list[Row]:
    """How each cell ended, and which cells of these sessions did not run.

    cells: the plan. A cell is reported as not here when the results are of
    its session, but of other Pythons or platforms.
    """
    plan = {cell.session: cell for cell in cells}
    rows = [result_row(result, plan.get(result['session']), elsewhere)
            for result in results]
    ran = {result['session'] for result in results}
    names = {result['name'] for result in results}
    rows += [Row(cell.session, 'not here', _missing(cell, elsewhere))
             for cell in cells if cell.missing
             and cell.name in names and cell.session not in ran]
    return rows


def result_row(result: Mapping[str, Any], cell: Cell | None,
               elsewhere: Elsewhere) -> Row:
    """How a session ended; a skip that its cell explains is ``not here``."""
    session, outcome = result['session'], result['result']
    if outcome == 'success':
        return Row(session, 'passed', f'{result["duration"]:.1f} s')
    if outcome == 'skipped' and cell and cell.missing:
        return Row(session, 'not here', _missing(cell, elsewhere))
    if outcome == 'skipped':
        return Row(session, 'skipped', result['reason'] or '')
    return Row(session, 'failed', result['reason'] or '')


def _missing(cell: Cell, elsewhere: Elsewhere) -> str:
    providers = ' and '.join(elsewhere.get(cell.session, ()))
    there = f'; runs on {providers}' if providers else ''
    return f'needs {cell.missing}{there}'

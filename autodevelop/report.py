"""Plans and results as tables for a terminal, and as JSON."""
import json
import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from autodevelop.errors import AutodevelopError
from autodevelop.interpreters import PLATFORM
from autodevelop.plan import Cell, of_stage

PLAN_VERSION = 1
"""The version of the schema in docs/plan.md; a removal or a change of
meaning raises it, an addition does not."""

RESULTS = 'results'
"""The folder in which cells leave what they found, in one by their slug."""

Elsewhere = Mapping[str, Sequence[str]]
"""By the name of a cell, the titles of the providers that run it."""


class Row(NamedTuple):
    """How a cell ended: passed, already passed, failed, skipped, not here."""

    session: str
    outcome: str
    detail: str


def plan_table(cells: Sequence[Cell], elsewhere: Elsewhere) -> str:
    """Draw a plan; the star marks what a plain nox runs."""
    rows = [('', 'session', 'python', 'platform', 'stages', 'this machine',
             'elsewhere')]
    rows += [(
        '*' if cell.default else '', cell.session, cell.python or '-',
        cell.platform or 'any', ' '.join(cell.stages) or '-',
        f'needs {cell.missing}' if cell.missing else 'yes',
        ', '.join(elsewhere[cell.session]) or '-',
    ) for cell in cells]
    here = sum(not cell.missing for cell in cells)
    return (f'{columns(rows)}\n{len(cells)} cells, {here} of them can run '
            'on this machine; * is what nox runs by default.\n')


def plan_json(cells: Sequence[Cell], elsewhere: Elsewhere) -> str:
    """Write a plan in the schema that docs/plan.md describes."""
    return json.dumps({
        'version': PLAN_VERSION,
        'platform': PLATFORM,
        'cells': [{**cell._asdict(), 'elsewhere': elsewhere[cell.session]}
                  for cell in cells],
    }, indent=2) + '\n'


def read_results(path: Path) -> list[dict[str, Any]]:
    """Read what ``nox --report`` wrote; AutodevelopError if it is not that."""
    try:
        sessions = json.loads(path.read_text(encoding='utf-8'))['sessions']
        return [entry | {'session': (entry['signatures'] or [entry['name']])[0]
                         } for entry in sessions]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise AutodevelopError(
            f'{path} is no report of nox ({error})',
            f'write one with: nox --report {path}',
        ) from error


def read_durations(folder: Path) -> dict[str, float]:
    """How many seconds each session took, of which there are results."""
    return {result['session']: result['duration']
            for path in folder.glob('*/nox.json')
            for result in read_results(path)}


def gathered_rows(folder: Path, cells: Sequence[Cell]) -> list[Row]:
    """Say how each cell of the stage ci ended, on whichever machine.

    folder: holds nox's report of each in SLUG/nox.json. One without a report
        has no result, which is a failure.
    """
    rows = []
    for cell in of_stage(cells, 'ci'):
        path = folder / cell.slug / 'nox.json'
        results = read_results(path) if path.is_file() else []
        rows.append(next(
            (result_row(result, None, {}) for result in results
             if result['session'] == cell.session),
            Row(cell.session, 'failed', 'it left no result')))
    return rows


def reproduction(cell: Cell) -> str:
    """The line that runs a cell by hand, ready to paste."""
    name = cell.session
    # Every shell takes these in double quotes for what they are.
    quoted = f'"{name}"' if re.fullmatch(r'[\w .,:()=/-]+', name) else (
        shlex.quote(name))
    where = f' (on {cell.platform})' if cell.platform else ''
    # A name may begin as an option does.
    option = '--session=' if name.startswith('-') else '-s '
    return f'reproduce{where}: nox {option}{quoted}'


def result_rows(results: Sequence[Mapping[str, Any]], cells: Sequence[Cell],
                elsewhere: Elsewhere) -> list[Row]:
    """Say how each cell ended, and which cells of these sessions did not run.

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


def result_table(rows: Sequence[Row]) -> str:
    """Draw how cells ended, and end with the count of each outcome.

    What failed comes last and apart: it is what the screen still shows.
    """
    failed = [row for row in rows if row.outcome == 'failed']
    away = [row for row in rows if row.outcome == 'not here']
    ran = [row for row in rows if row.outcome not in ('failed', 'not here')]
    gap = [Row('', '', '')] if failed and len(failed) < len(rows) else []
    passed = sum(row.outcome.endswith('passed') for row in ran)
    skipped = len(rows) - passed - len(failed)
    return (f'{columns([*ran, *away, *gap, *failed])}\n{passed} passed, '
            f'{len(failed)} failed, {skipped} skipped\n')


def result_row(result: Mapping[str, Any], cell: Cell | None,
               elsewhere: Elsewhere) -> Row:
    """Say how a session ended; a skip that its cell explains is not here."""
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


def columns(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows)]
    return '\n'.join(
        '  '.join(text.ljust(width) for text, width in zip(row, widths))
        .rstrip() for row in rows)

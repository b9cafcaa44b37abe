"""Run cells in the work tree, as a CI job does."""
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from autodevelop.errors import AutodevelopError
from autodevelop.matrix.interpreters import PLATFORM, search_path
from autodevelop.matrix.plan import Cell
from autodevelop.results.outcomes import (
    RESULTS, Elsewhere, Row, read_results, result_row,
)
from autodevelop.system.process import run_foreground

VARIABLE = 'AUTODEVELOP_CELLS'
"""Holds the names of a job's cells, as a JSON list."""


def names_of_job() -> list[str]:
    """Read the names of the cells of a CI job from its variable.

    Raises AutodevelopError when it holds none.
    """
    text = os.environ.get(VARIABLE, '')
    if not text:
        raise AutodevelopError('no cell given',
                               'list the cells: autodevelop plan')
    try:
        names: object = json.loads(text)
    except ValueError:
        names = None
    if not (isinstance(names, list)
            and all(isinstance(name, str) for name in names)):
        raise AutodevelopError(
            f'{VARIABLE} is not a JSON list of names: {text!r}',
            f'unset {VARIABLE}, or run: autodevelop ci')
    return names


def chosen_cells(cells: Sequence[Cell], names: Sequence[str],
                 elsewhere: Elsewhere) -> list[Cell]:
    """The cells of these names.

    Raises AutodevelopError for an unknown name and for a cell of another
    platform.
    """
    by_name = {cell.session: cell for cell in cells}
    if unknown := [name for name in names if name not in by_name]:
        raise AutodevelopError(f'there is no cell {unknown[0]!r}',
                               'list the cells: autodevelop plan')
    chosen = [by_name[name] for name in names]
    for cell in chosen:
        if cell.platform not in (None, PLATFORM):
            there = ' and '.join(elsewhere[cell.session])
            raise AutodevelopError(
                f'{cell.session} needs {cell.platform}; this is {PLATFORM}',
                f'run it on {cell.platform}'
                + (f'; CI runs it on {there}' if there else ''))
    return chosen


def run_cells(cells: Sequence[Cell], download: str) -> list[Row]:
    """Run each cell, and keep nox's report in results/SLUG/nox.json.

    download: nox's ``--download-python``; a cell that cannot run fails.
    """
    return [_run_cell(cell, download) for cell in cells]


def _run_cell(cell: Cell, download: str) -> Row:
    kept = Path(RESULTS, cell.slug, 'nox.json')
    kept.unlink(missing_ok=True)
    with TemporaryDirectory() as folder:
        # Not in results/SLUG yet: the session may create that folder itself.
        report = Path(folder, 'nox.json')
        status = run_foreground(
            [sys.executable, '-m', 'nox', '--report', str(report),
             '--download-python', download, '--error-on-missing-interpreters',
             # One word: a name may start with a dash.
             f'--session={cell.session}'],
            {'PATH': search_path()}, Path())
        if report.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(report.read_bytes())
    results = read_results(kept) if kept.exists() else []
    row = next((result_row(result, cell, {}) for result in results
                if result['session'] == cell.session),
               Row(cell.session, 'failed', 'nox did not finish it'))
    if status and row.outcome == 'passed':
        return row._replace(outcome='failed',
                            detail='a session that it notified failed')
    return row

"""Run cells in the work tree as it stands: what a CI job does."""
import hashlib
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from autodevelop.errors import AutodevelopError
from autodevelop.interpreters import PLATFORM, Interpreter, search_path
from autodevelop.plan import Cell
from autodevelop.process import attend
from autodevelop.report import (
    RESULTS, Elsewhere, Row, read_results, result_row,
)

VARIABLE = 'AUTODEVELOP_CELLS'
"""Holds the names of a job's cells, as a list in JSON."""


def names_of_job() -> list[str]:
    """The names that a CI job has in its variable.

    Raises AutodevelopError where there are none.
    """
    text = os.environ.get(VARIABLE, '')
    if not text:
        raise AutodevelopError('no cell is named',
                               'name some that autodevelop plan lists')
    try:
        names: object = json.loads(text)
    except ValueError:
        names = None
    if not (isinstance(names, list)
            and all(isinstance(name, str) for name in names)):
        raise AutodevelopError(f'{VARIABLE} is no list of names: {text!r}',
                               f'unset {VARIABLE}, or render the CI file')
    return names


def chosen_cells(cells: Sequence[Cell], names: Sequence[str],
                 elsewhere: Elsewhere) -> list[Cell]:
    """The cells of these names.

    Raises AutodevelopError for a name that no cell has, and for a cell of
    another platform.
    """
    by_name = {cell.session: cell for cell in cells}
    if unknown := [name for name in names if name not in by_name]:
        raise AutodevelopError(f'there is no cell {unknown[0]!r}',
                               'autodevelop plan lists them')
    chosen = [by_name[name] for name in names]
    for cell in chosen:
        if cell.platform not in (None, PLATFORM):
            there = ' and '.join(elsewhere[cell.session])
            raise AutodevelopError(
                f'{cell.session} needs {cell.platform}; this is {PLATFORM}',
                f'run it on {cell.platform}'
                + f'; CI runs it on {there}' * bool(there))
    return chosen


def run_cells(cells: Sequence[Cell], download: str) -> list[Row]:
    """Run each cell by nox, and keep nox's report in results/SLUG/nox.json.

    download: what nox shall do about missing Pythons; a cell that cannot be
        run fails.
    """
    return [_run_cell(cell, download) for cell in cells]


def tell_github(rows: Sequence[Row]) -> None:
    """Give a job of GitHub Actions the output ``passed`` if all cells did.

    What was skipped is a success to the job, but no pass to be remembered.
    """
    output = os.environ.get('GITHUB_OUTPUT')
    if output and all(row.outcome == 'passed' for row in rows):
        with open(output, 'a', encoding='utf-8', newline='\n') as file:
            file.write('passed=true\n')


def job_key(tree: str, names: Sequence[str], found: set[Interpreter],
            locked: bool) -> str:
    """A hash of all that decides whether the cells of these names pass.

    Those are the tree, the cells' names, and the machine: its platform, its
    image (GitHub's runners name it) and its Pythons. What no lock file of
    the tree pins may be another tomorrow: a pass holds for a day, then.
    """
    machine = [PLATFORM, os.environ.get('ImageOS'),
               os.environ.get('ImageVersion'), sys.version, sorted(found)]
    day = None if locked else time.strftime('%Y-%m-%d', time.gmtime())
    text = json.dumps([tree, *names, machine, day])
    return hashlib.sha256(text.encode()).hexdigest()


def _run_cell(cell: Cell, download: str) -> Row:
    kept = Path(RESULTS, cell.slug, 'nox.json')
    kept.unlink(missing_ok=True)
    with TemporaryDirectory() as folder:
        # Elsewhere first: the session may want to make that folder itself.
        report = Path(folder, 'nox.json')
        status = attend(
            [sys.executable, '-m', 'nox', '--report', str(report),
             '--download-python', download, '--error-on-missing-interpreters',
             # One word: a name may begin as an option does.
             f'--session={cell.session}'],
            {'PATH': search_path()}, Path())
        if report.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(report.read_bytes())
    results = read_results(kept) if kept.exists() else []
    row = next((result_row(result, cell, {}) for result in results
                if result['session'] == cell.session),
               Row(cell.session, 'failed', 'nox did not end it'))
    if status and row.outcome == 'passed':
        return row._replace(outcome='failed', detail='what it queued failed')
    return row

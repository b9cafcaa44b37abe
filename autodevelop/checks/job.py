"""Run cells in the work tree, as a CI job does."""
import json
import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from autodevelop.checks.live import Live
from autodevelop.checks.nox_output import Output
from autodevelop.checks.progress import Progress, color_variables, print_output
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.fetch import fetched_path
from autodevelop.matrix.interpreters import PLATFORM
from autodevelop.matrix.manifest import NOX
from autodevelop.matrix.plan import Cell
from autodevelop.matrix.values import suggestion
from autodevelop.results.left import data_in_project, gather, spread_data
from autodevelop.results.outcomes import (
    NOTIFIED, RESULTS, Elsewhere, Row, read_results, row_of_cell,
)
from autodevelop.results.trees import read_tree
from autodevelop.system.github_log import grouped
from autodevelop.system.process import Variables, run_foreground

VARIABLE = 'AUTODEVELOP_CELLS'
"""Holds the names of a job's cells, as a JSON list."""


def names_of_job() -> list[str]:
    """Read the names of the cells of a CI job from its variable."""
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
    """The cells of these names."""
    by_name = {cell.session: cell for cell in cells}
    if unknown := [name for name in names if name not in by_name]:
        raise AutodevelopError(f'there is no cell {unknown[0]!r}',
                               _meant(unknown[0], cells))
    chosen = [by_name[name] for name in names]
    for cell in chosen:
        if cell.platform not in (None, PLATFORM):
            there = ' and '.join(elsewhere[cell.session])
            raise AutodevelopError(
                f'{cell.session} needs {cell.platform}; this is {PLATFORM}',
                f'run it on {cell.platform}'
                + (f'; CI runs it on {there}' if there else ''))
    return chosen


def _meant(name: str, cells: Sequence[Cell]) -> str:
    """Suggest a cell of the session that has this name, or a similar one."""
    of_session = [cell for cell in cells if cell.name == name
                  or cell.session.startswith(f'{name}(')]
    if of_session:
        here = [cell for cell in of_session if not cell.missing] or of_session
        return f'run one of its cells: autodevelop run "{here[0].session}"'
    meant = suggestion(name, [cell.session for cell in cells])
    return (meant if meant.endswith('?')
            else 'list the cells: autodevelop plan')


def run_cells(cells: Sequence[Cell], download: str,
              arguments: Sequence[str] = (),
              live: Live | None = None) -> list[Row]:
    """Run each cell, and keep what it leaves in .autodevelop/SLUG.

    ``AUTODEVELOP_PLATFORMS=all`` marks the last job of CI, which has the
    results of all others. There a session finds their coverage data, and the
    sessions that it requires do not run again.

    download: nox's ``--download-python``; a cell that cannot run fails.
    arguments: ``session.posargs``.
    live: shows them; then only the output of what failed is printed.
    """
    tree = read_tree().recorded
    return [_run_cell(cell, download, tree, arguments, live)
            for cell in cells]


def _run_cell(cell: Cell, download: str, tree: str, arguments: Sequence[str],
              live: Live | None) -> Row:
    combines = os.environ.get('AUTODEVELOP_PLATFORMS') == 'all'
    kept = Path(RESULTS, cell.slug, 'nox.json')
    # Nothing of an earlier run counts for this one.
    shutil.rmtree(kept.parent, ignore_errors=True)
    path = fetched_path([cell], download)
    if combines:
        spread_data()
    before, began = data_in_project(), time.time()
    with TemporaryDirectory() as folder:
        # Not in the folder of results, which the session may recreate.
        report = Path(folder, 'nox.json')
        status = _run_nox([
            '--report', str(report), '--download-python', download,
            '--error-on-missing-interpreters',
            *(['--no-dependencies'] if combines else []),
            # One word: a name may start with a dash.
            f'--session={cell.name_for_nox()}', '--', *arguments],
            {'PATH': path}, cell.session, live)
        gather(cell, before, began, tree)
        if report.exists():
            kept.write_bytes(report.read_bytes())
    results = read_results(kept) if kept.exists() else []
    row = row_of_cell(cell, results, 'nox did not finish it')
    if status and row.outcome == 'passed':
        return row._replace(outcome='failed', detail=NOTIFIED)
    return row


def _run_nox(options: Sequence[str], variables: Variables, name: str,
             live: Live | None) -> int:
    command = [*NOX, *options]
    if live is None:
        with grouped(name):
            return run_foreground(command, variables, Path())
    status, outputs = run_watched(command, variables, live)
    print_output(each for each in outputs if each.failed)
    return status


def run_watched(command: Sequence[str], variables: Variables, live: Live,
                ) -> tuple[int, list[Output]]:
    """Run a nox in the current folder; its exit status and its output."""
    with TemporaryDirectory() as folder:
        path = Path(folder, 'nox.log')
        with path.open('wb') as log:
            progress = Progress(path, 0, live)
            try:
                with progress.watching():
                    status = run_foreground(
                        command, {**color_variables(), **variables}, Path(),
                        log)
            except KeyboardInterrupt:
                progress.interrupted()
                raise
    return status, progress.finish(failed=bool(status))

"""What the last checks of a tree left in their rooms, for a report."""
from collections.abc import Sequence
from pathlib import Path

from autodevelop.matrix.plan import Cell
from autodevelop.results.found import Found, is_of
from autodevelop.results.junit import Suites, read_suites
from autodevelop.results.outcomes import LEFT, Row
from autodevelop.results.runs import Ended, Run


def checked_cells(runs: Sequence[Run], cells: Sequence[Cell], tree: str,
                  rooms: Path) -> dict[str, Found]:
    """How the cells of a tree ended when a check or a hook last ran them.

    runs: the newest first.
    rooms: has the results of each stage, in PROJECT/results of its room. They
        are of the stage's newest run.
    """
    by_session = {cell.session: cell for cell in cells}
    found: dict[str, Found] = {}
    stages = set[str]()
    for run in runs:
        if run.tree == tree and run.stage not in ('', 'run'):
            left = None if run.stage in stages else (
                rooms / run.stage / 'tree' / run.project / LEFT)
            for each in run.cells:
                if cell := by_session.get(each.session):
                    found.setdefault(each.session, _found(
                        cell, each, run, left))
        stages.add(run.stage)
    return found


def _found(cell: Cell, ended: Ended, run: Run, left: Path | None) -> Found:
    row = Row(cell.session, ended.outcome, '')
    if not ended.seconds:
        return Found(cell, row)
    if ended.outcome == 'passed':
        row = row._replace(detail=f'{ended.seconds:.1f} s')
    folder = left / cell.slug if left and is_of(
        left / cell.slug, run.began) else None
    suites = read_suites(folder) if folder else Suites([], None, 0, [])
    return Found(cell, row, ended.seconds, run.began + ended.began,
                 folder=folder, suites=suites)

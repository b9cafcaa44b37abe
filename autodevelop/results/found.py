"""What every cell of the plan left, on whichever machine, and how it ended."""
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from autodevelop.matrix.interpreters import PLATFORM
from autodevelop.matrix.plan import Cell, of_stage
from autodevelop.results.junit import Suites, read_suites
from autodevelop.results.left import RUN
from autodevelop.results.outcomes import (
    LEFT, RESULTS, Row, read_results, result_row, row_of_cell,
)
from autodevelop.results.runs import Ended, Run
from autodevelop.results.trees import Tree
from autodevelop.system.files import read_json

REPORT = Path('.nox/results.json')
"""Where a run of nox by hand is looked for, unless another place is named."""

MARGIN = 60.0
"""Seconds for what nox does besides sessions."""

MISSING = 'it left no results'


class Found(NamedTuple):
    """A cell, how it ended, and what it left.

    row: besides the outcomes of a check ``stale``, ``not run``, and
        ``missing`` for one that CI planned and that left nothing.
    began: seconds since 1970; None if nothing says so.
    change: how many seconds longer it took than the last time.
    """

    cell: Cell
    row: Row
    seconds: float | None = None
    began: float | None = None
    change: float | None = None
    url: str = ''
    folder: Path | None = None
    suites: Suites = Suites([], None, 0, [])

    @property
    def counts(self) -> bool:
        """Whether it ran on this tree."""
        return self.row.outcome.endswith(('passed', 'failed'))

    @property
    def bad(self) -> bool:
        """Whether the run fails by it."""
        return self.row.outcome in ('failed', 'missing')


class Report(NamedTuple):
    """A report of nox that several sessions share.

    since: files that its sessions left are not older; in seconds since 1970.
    """

    path: Path
    results: Mapping[str, Mapping[str, Any]]
    since: float


def default_sources() -> list[Path]:
    """Where results are when no path is given."""
    return [path for path in (Path(RESULTS), REPORT) if path.exists()]


def find(sources: Sequence[Path], cells: Sequence[Cell], tree: Tree,
         everywhere: bool, checked: Mapping[str, Found] = {}) -> list[Found]:
    """Find what cells left: those of the stage ci, and others that ran.

    sources: folders with a subfolder for each cell, and reports of nox.
    everywhere: whether they are of all machines. Then a cell that left
        nothing is missing.
    checked: by session, what a check has of cells that left nothing else.
    """
    folders = [path for path in sources if path.is_dir()]
    reports = [_read(path) for path in sources if not path.is_dir()]
    planned = {*of_stage(cells, 'ci')}
    everywhere = everywhere or any(
        (folder / cell.slug / 'nox.json').is_file() for folder in folders
        for cell in planned if cell.platform not in (None, PLATFORM))
    found = [_find(cell, folders, reports, tree, everywhere) for cell in cells]
    found = [checked.get(each.cell.session, each)
             if each.row.outcome in ('not run', 'stale') else each
             for each in found]
    return [each for each in found
            if each.cell in planned
            or each.row.outcome not in ('missing', 'not here', 'not run')]


def _read(path: Path) -> Report:
    results = {each['session']: each for each in read_results(path)}
    # One after the other; with --parallel they took less.
    took = sum(each['duration'] for each in results.values())
    return Report(path, results, path.stat().st_mtime - took - MARGIN)


def _find(cell: Cell, folders: Sequence[Path], reports: Sequence[Report],
          tree: Tree, everywhere: bool) -> Found:
    """The newest results of a cell; stale ones where there are no others."""
    stale = ''
    shared = {report.path: report for report in reports
              if cell.platform in (None, PLATFORM)
              and cell.name_for_nox() in report.results}
    own = [folder / cell.slug / 'nox.json' for folder in folders]
    for path in sorted([*filter(Path.is_file, own), *shared],
                       key=lambda path: -path.stat().st_mtime_ns):
        run = {} if path in shared else _run(path.parent / RUN)
        why = tree.stale(run.get('tree', ''), path, everywhere)
        if not why:
            return _with_left(cell, shared[path], folders) if (
                path in shared) else _own_results(cell, path, run)
        stale = stale or why
    if everywhere:
        return Found(cell, Row(cell.session, 'missing', stale or MISSING))
    if stale:
        return Found(cell, Row(cell.session, 'stale', stale))
    if cell.missing:
        return Found(cell, Row(cell.session, 'not here',
                               f'needs {cell.missing}'))
    return Found(cell, Row(cell.session, 'not run', 'it has not run'))


def _run(path: Path) -> dict[str, Any]:
    read = read_json(path)
    return read if isinstance(read, dict) else {}


def _own_results(cell: Cell, path: Path, run: Mapping[str, Any]) -> Found:
    results = read_results(path)
    seconds = sum(each['duration'] for each in results
                  if each['session'] == cell.name_for_nox())
    suites = read_suites(path.parent)
    return Found(cell, row_of_cell(cell, results, MISSING), seconds,
                 run.get('began', suites.began), None, run.get('url', ''),
                 path.parent, suites)


def _with_left(cell: Cell, report: Report,
               folders: Sequence[Path]) -> Found:
    """The result of a shared report, with what the session left itself."""
    result = report.results[cell.name_for_nox()]
    row = result_row(result, cell, {})._replace(session=cell.session)
    own = next((folder / cell.slug for folder in (Path(LEFT), *folders)
                if is_of(folder / cell.slug, report.since)), None)
    suites = read_suites(own) if own else Suites([], None, 0, [])
    return Found(cell, row, result['duration'],
                 result.get('began', suites.began), folder=own, suites=suites)


def is_of(folder: Path, since: float) -> bool:
    """Whether a run that began then left this; not an earlier one."""
    return folder.is_dir() and any(
        path.stat().st_mtime >= since for path in folder.iterdir())


def describe_found(found: Iterable[Found], stage: str, tree: Tree,
                   project: str, ended: float) -> Run:
    """Describe a run in the work tree, by what its cells left.

    ended: when, in seconds since 1970.
    """
    ran = [each for each in found if each.counts]
    first = min((each.began for each in ran if each.began), default=ended
                - sum(each.seconds or 0.0 for each in ran))
    return Run(round(first, 3), stage, tree.recorded, tree.commit, project,
               tuple(Ended(
                   each.cell.session, each.row.outcome, each.seconds or 0.0,
                   max((each.began or first) - first, 0.0),
                   tuple(case.name for case in each.suites.tests
                         if case.outcome == 'failed')) for each in ran))

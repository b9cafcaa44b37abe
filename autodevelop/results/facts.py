"""Everything that a report shows, in whatever form."""
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings
from autodevelop.results.changed import Change, read_change
from autodevelop.results.covered import (
    Coverage, coverage_reports, read_coverage,
)
from autodevelop.results.failures import Failure, find_failures
from autodevelop.results.found import Found, find
from autodevelop.results.runs import Run
from autodevelop.results.timeline import Timeline, draw_timeline
from autodevelop.results.trees import Tree


class Tested(NamedTuple):
    """A test in all cells.

    outcome: failed if it failed in one of them.
    seconds: in the cell where it took longest, which is ``session``.
    cells: how many ran it.
    flaky: whether it passed and failed on the same tree.
    new: whether the run before did not have it.
    """

    name: str
    outcome: str
    seconds: float
    session: str
    cells: int
    flaky: bool
    new: bool = False


class Facts(NamedTuple):
    """What a report shows.

    project: the name of its folder.
    made: when, in seconds since 1970.
    runs: the last runs, the newest first.
    gone: the names of tests that only the run before had.
    """

    project: str
    tree: Tree
    made: float
    found: list[Found]
    failures: list[Failure]
    tests: list[Tested]
    coverage: Coverage | None
    change: Change | None
    timeline: Timeline
    runs: Sequence[Run]
    gone: Sequence[str] = ()

    @property
    def failed(self) -> list[Found]:
        """The cells by which the run fails."""
        return [each for each in self.found
                if each.bad and not each.cell.may_fail]

    def count(self, outcome: str) -> int:
        """How many cells ended so."""
        return sum(each.row.outcome == outcome for each in self.found)


class Wanted(NamedTuple):
    """What to report on.

    sources, checked: see find().
    everywhere: whether they are the results of all machines.
    base: the commit that the change is compared with.
    """

    sources: Sequence[Path]
    cells: Sequence[Cell]
    settings: Settings
    tree: Tree
    everywhere: bool
    base: str
    checked: Mapping[str, Found] = {}


def collect(wanted: Wanted, runs: Sequence[Run]) -> Facts:
    """Read all that there is, on the page of the current folder."""
    found = [_with_change(each, runs) for each in find(
        wanted.sources, wanted.cells, wanted.tree, wanted.everywhere,
        wanted.checked)]
    with TemporaryDirectory() as folder:
        reports = coverage_reports(found, wanted.settings, Path(folder))
        coverage = read_coverage(reports, found)
        change = read_change(reports, wanted.base, Path(folder)) if (
            coverage and wanted.tree.commit) else None
    return Facts(Path.cwd().name, wanted.tree, time.time(), found,
                 find_failures(found), summarize_tests(found, flaky(runs)),
                 coverage, change, draw_timeline(found), runs)


def _with_change(found: Found, runs: Iterable[Run]) -> Found:
    """The cell, with how much longer it took than in the run before."""
    if found.seconds is None or not found.counts:
        return found
    for run in runs:
        # The newest may be this very run.
        if found.began is not None and run.began >= found.began - 1:
            continue
        for each in run.cells:
            if each.session == found.cell.session and each.seconds and (
                    each.seconds != round(found.seconds, 2)):
                return found._replace(change=found.seconds - each.seconds)
    return found


def flaky(runs: Iterable[Run]) -> set[str]:
    """The tests that passed and failed in the same session and tree."""
    ran: dict[tuple[str, str], list[set[str]]] = {}
    for run in runs:
        for each in run.cells if run.tree else ():
            if each.outcome == 'passed' or (
                    each.outcome == 'failed' and each.failed):
                ran.setdefault((run.tree, each.session), []).append(
                    {*each.failed})
    return {name for sets in ran.values() for name in
            set[str]().union(*sets) - sets[0].intersection(*sets)}


def summarize_tests(found: Iterable[Found], unsure: set[str]) -> list[Tested]:
    """Every test once, the slowest first."""
    tests: dict[str, Tested] = {}
    for each in found:
        session = each.cell.session
        for case in each.suites.tests:
            old = tests.get(case.name)
            if old is None:
                tests[case.name] = Tested(
                    case.name, case.outcome, case.seconds, session, 1,
                    case.retried or case.name in unsure)
                continue
            outcomes = {old.outcome, case.outcome}
            outcome = next(one for one in ('failed', 'passed', 'skipped')
                           if one in outcomes)
            slower = case.seconds > old.seconds
            tests[case.name] = Tested(
                case.name, outcome, case.seconds if slower else old.seconds,
                session if slower else old.session, old.cells + 1,
                old.flaky or case.retried)
    return sorted(tests.values(), key=lambda test: -test.seconds)

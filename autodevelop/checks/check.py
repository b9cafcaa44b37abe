"""Run the cells of a stage on a tree, and skip what already passed."""
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from autodevelop.checks.dependencies import read_dependencies
from autodevelop.checks.edits import tree_of
from autodevelop.checks.ledger import Ledger, Pass
from autodevelop.checks.live import Live
from autodevelop.checks.needs import (
    copy_needed_files, needed_files, needs_hash,
)
from autodevelop.checks.recorded import (
    describe_run, record_passes, reset_results,
)
from autodevelop.checks.room import Room, enter_project, open_room
from autodevelop.checks.sessions import (
    Ran, Request, room_variables, run_sessions,
)
from autodevelop.checks.submodules import check_out_submodules
from autodevelop.checks.venvs import Venvs
from autodevelop.checks.verdict import Verdict, print_verdict
from autodevelop.matrix.interpreters import toolchain_hash
from autodevelop.matrix.plan import Cell, find_skipped, of_stage, read_plan
from autodevelop.matrix.projects import errors_of
from autodevelop.matrix.settings import read_settings
from autodevelop.results.outcomes import LEFT, Row
from autodevelop.system.output import say


class _Context(NamedTuple):
    """A request, and what its passes are recorded with.

    toolchain: the hash of interpreters, platform and nox.
    needs: the contents of the files of the setting ``needs``.
    """

    request: Request
    ledger: Ledger
    toolchain: str
    needs: Mapping[str, bytes] = MappingProxyType({})

    def passes(self, cell: Cell) -> list[Pass]:
        """What the cell has to pass: one for each chunk of arguments."""
        toolchain = self.toolchain + needs_hash(self.needs)
        return [Pass(self.request.tree, cell.session, chunk, toolchain,
                     self.request.project)
                for chunk in self.request.chunks_of(cell.name)]

    def record(self, cell: Cell, folder: Path) -> None:
        record_passes(self.ledger, self.passes(cell), folder)

    def reset(self, cell: Cell, folder: Path, outcome: str) -> None:
        reset_results(self.ledger, self.passes(cell), folder, outcome)

    def live(self, names: Mapping[str, str]) -> Live:
        """What shows cells while they run; names: by those for nox."""
        took = self.ledger.durations(self.request.project)
        return Live(names, {for_nox: took.get(name, 0.0)
                            for for_nox, name in names.items()},
                    self.request.quiet)

    def plan_key(self, state: str) -> str:
        """What a plan is recorded by: of a tree, or of its dependencies."""
        return state + self.toolchain + self.request.project

    def with_needs(self, names: Sequence[str]) -> '_Context':
        """The same, with the needed files as the work tree has them now."""
        return self._replace(needs=needed_files(
            self.request.repository, names, self.request.project))


class _Plan(NamedTuple):
    """The cells of a tree, and the files that its settings say it needs."""

    cells: list[Cell]
    needs: list[str]


def check(request: Request) -> Verdict:
    """Check a tree, and print what failed.

    When all of it already passed, no room is opened.
    """
    context = _context(request)
    plan = None if request.fresh else _read_plan(
        context.ledger, context.plan_key(request.tree))
    if plan:
        rows = _from_ledger(context.with_needs(plan.needs), plan.cells)
        if all(row.outcome != 'pending' for row in rows):
            return Verdict(rows, request.tree)
    with open_room(request.repository, request.stage, request.tree,
                   request.head) as room:
        verdict = check_in(room, request)
        print_verdict(room, verdict, request)
    return verdict


def check_in(room: Room, request: Request) -> Verdict:
    """Check the tree that is checked out in a room."""
    room = enter_project(room, request.project)
    dependencies, context = read_dependencies(room), _context(request)
    plan = _plan_of(room, context, dependencies.plan)
    context = context.with_needs(plan.needs)
    check_out_submodules(room)
    copy_needed_files(room, context.needs)
    cells = {cell.session: cell for cell in plan.cells}
    rows = _from_ledger(context, plan.cells)
    _say_unknown(request, plan.cells)
    pending = [row.session for row in rows if row.outcome == 'pending']
    if not pending:
        return Verdict(rows, request.tree)
    started = time.monotonic()
    folders = {name: room.project_tree / LEFT / cell.slug
               for name, cell in cells.items()}
    for row in rows:
        context.reset(cells[row.session], folders[row.session], row.outcome)
    names = {cells[name].name_for_nox(): name for name in pending}
    chunks = {each: request.chunks_of(cells[name].name)
              for each, name in names.items()}
    by_nox = run_sessions(room, request, chunks, dependencies.installed,
                          context.live(names))
    ran = _by_cell(by_nox, names)
    tree = tree_of(room, request.tree)
    if tree != request.tree:
        # What was installed from the tree is not what the sessions made of it.
        Venvs(room, dependencies.installed, tree).mark_stale(by_nox.rows)
    notified = [row for name, row in ran.rows.items() if name not in pending]
    # What passed, but notified what failed, would not notify it next time.
    if tree == request.tree and not notified:
        for name, row in ran.rows.items():
            if row.outcome == 'passed':
                context.record(cells[name], folders[name])
    rows = [*(ran.rows.get(row.session, row) for row in rows), *notified]
    run = describe_run(request, rows, ran.outputs, folders, started)
    settings = read_settings(room.project_tree)
    context.ledger.record_run(run, settings.history)
    return Verdict(rows, tree, tuple(
        each for each in ran.outputs
        if each.failed or request.verbose or settings.verbose))


def _say_unknown(request: Request, cells: Sequence[Cell]) -> None:
    for name in find_skipped(request.skip, cells)[1]:
        say(f'AUTODEVELOP_SKIP: there is no session {name!r}'
            + (f' in {request.project}' if request.project else ''))


def _by_cell(ran: Ran, names: Mapping[str, str]) -> Ran:
    """What ran, by the names of cells instead of those that nox knows."""
    for output in ran.outputs:
        output.session = names.get(output.session, output.session)
    return ran._replace(rows={
        names.get(name, name): row._replace(session=names.get(name, name))
        for name, row in ran.rows.items()})


def _context(request: Request) -> _Context:
    return _Context(request, Ledger(request.repository.cache),
                    toolchain_hash())


def _plan_of(room: Room, context: _Context, dependencies: str) -> _Plan:
    """The plan of the tree; from the ledger when it has the same noxfile."""
    keys = [context.plan_key(context.request.tree),
            context.plan_key(dependencies)]
    known = None if context.request.fresh else _read_plan(
        context.ledger, keys[1])
    if not known:
        with errors_of(room.project):
            settings = read_settings(room.project_tree)
            known = _Plan(read_plan(room.project_tree, settings,
                                    room_variables(room)),
                          list(settings.needs))
    context.ledger.keep(keys, known)
    return known


def _read_plan(ledger: Ledger, key: str) -> _Plan | None:
    if (read := ledger.recall(key)) is None:
        return None
    cells = [Cell(*each) for each in read[0]]
    return _Plan([cell._replace(stages=tuple(cell.stages)) for cell in cells],
                 read[1])


def _from_ledger(context: _Context, cells: Sequence[Cell]) -> list[Row]:
    """A row for each cell of the stage; ``pending`` is what has to run."""
    request = context.request
    needed = {cell: context.passes(cell)
              for cell in of_stage(cells, request.stage)}
    passed = set() if request.fresh else context.ledger.passed(
        [each for passes in needed.values() for each in passes])
    skipped, _ = find_skipped(request.skip, needed)
    rows = []
    for cell, passes in needed.items():
        if cell in skipped:
            rows.append(Row(cell.session, 'skipped', 'AUTODEVELOP_SKIP'))
        elif cell.missing:
            rows.append(Row(cell.session, 'not here', f'needs {cell.missing}'))
        elif not passes:
            rows.append(Row(cell.session, 'skipped',
                            'the commit changes none of its files'))
        elif passed.issuperset(passes):
            rows.append(Row(cell.session, 'already passed', ''))
        else:
            rows.append(Row(cell.session, 'pending', ''))
    return rows

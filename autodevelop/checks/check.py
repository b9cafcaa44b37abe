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
from autodevelop.checks.named_variables import (
    installed_with, variables_hash,
)
from autodevelop.checks.needs import (
    copy_needed_files, needed_files, needs_hash,
)
from autodevelop.checks.plans import (
    Plan, keep_plan, kept_plan, make_plan,
)
from autodevelop.checks.recorded import (
    describe_run, record_passes, reset_results,
)
from autodevelop.checks.room import Room, enter_project, open_room
from autodevelop.checks.sessions import Ran, Request, run_sessions
from autodevelop.checks.submodules import check_out_submodules
from autodevelop.checks.venvs import Venvs
from autodevelop.checks.verdict import Verdict, print_verdict
from autodevelop.matrix.interpreters import toolchain_hash
from autodevelop.matrix.plan import Cell, find_skipped, of_stage
from autodevelop.matrix.settings import read_settings
from autodevelop.results.outcomes import LEFT, Row
from autodevelop.system.output import say


class _Context(NamedTuple):
    """A request, and what its passes are recorded with.

    toolchain: the hash of interpreters, platform and nox.
    needs: the contents of the files of the setting ``needs``.
    variables: the hash of the environment variables that count.
    """

    request: Request
    ledger: Ledger
    toolchain: str
    needs: Mapping[str, bytes] = MappingProxyType({})
    variables: str = ''

    def passes(self, cell: Cell) -> list[Pass]:
        """What the cell has to pass: one for each chunk of arguments."""
        toolchain = self.toolchain + needs_hash(self.needs) + self.variables
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

    def of_plan(self, plan: Plan) -> '_Context':
        """The same, with the variables that count for a plan, and what the
        work tree has of the files that it needs now.
        """
        return self._replace(
            needs=needed_files(self.request.repository, plan.needs,
                               self.request.project),
            variables=variables_hash(plan.variables, self.request.stage))


def check(request: Request) -> Verdict:
    """Check a tree, and print what failed.

    When all of it already passed, no room is opened.
    """
    context = _context(request)
    plan = None if request.fresh else kept_plan(
        context.ledger, context.plan_key(request.tree))
    if plan:
        rows = _from_ledger(context.of_plan(plan), plan.cells)
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
    context = context.of_plan(plan)
    check_out_submodules(room)
    copy_needed_files(room, context.needs)
    cells = {cell.session: cell for cell in plan.cells}
    rows = _from_ledger(context, plan.cells)
    _say_unknown(request, plan.cells)
    pending = [row.session for row in rows if row.outcome == 'pending']
    if not pending:
        return Verdict(rows, request.tree)
    started, left = time.monotonic(), room.project_tree / LEFT
    folders = {name: left / cell.slug for name, cell in cells.items()}
    for row in rows:
        context.reset(cells[row.session], folders[row.session], row.outcome)
    names = {cells[name].name_for_nox(): name for name in pending}
    chunks = {each: request.chunks_of(cells[name].name)
              for each, name in names.items()}
    installed = installed_with(dependencies.installed, context.variables)
    live = context.live(names)
    by_nox = run_sessions(room, request, chunks, installed, live)
    ran = _by_cell(by_nox, names)
    tree = tree_of(room, request.tree)
    if tree != request.tree:
        # What was installed from the tree is not what the sessions made of it.
        Venvs(room, installed, tree).mark_stale(by_nox.rows)
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


def _plan_of(room: Room, context: _Context, dependencies: str) -> Plan:
    """The plan of the tree; from the ledger when it has the same noxfile."""
    keys = [context.plan_key(context.request.tree),
            context.plan_key(dependencies)]
    known = None if context.request.fresh else kept_plan(
        context.ledger, keys[1])
    plan = known or make_plan(room)
    keep_plan(context.ledger, keys, plan)
    return plan


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

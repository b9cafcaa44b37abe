"""Run the cells of a stage on a tree, and skip what already passed."""
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from autodevelop.checks import venvs
from autodevelop.checks.ledger import Ledger, Pass
from autodevelop.checks.room import Room, open_room, tree_of
from autodevelop.checks.sessions import Request, run_sessions
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.interpreters import toolchain_hash
from autodevelop.matrix.plan import Cell, find_skipped, of_stage, read_plan
from autodevelop.matrix.settings import read_settings
from autodevelop.results.outcomes import RESULTS, Row
from autodevelop.system.git import hook_variables_unset
from autodevelop.system.output import say

HARMLESS = ('passed', 'already passed', 'skipped', 'not here')
"""The outcomes of a cell that are not a failure."""


class Verdict(NamedTuple):
    """How the cells ended, and the tree after the sessions ran."""

    rows: list[Row]
    tree: str

    @property
    def failed(self) -> bool:
        """Whether a cell failed; a skipped one has not."""
        return any(row.outcome not in HARMLESS for row in self.rows)

    @property
    def unchecked(self) -> str:
        """Why nothing was checked; empty if a cell passed or failed."""
        if self.failed or any(
                row.outcome.endswith('passed') for row in self.rows):
            return ''
        return ', '.join(
            f'{row.session} {row.outcome} ({row.detail})' for row in self.rows
        ) or 'the noxfile has no session for this stage'


class _Context(NamedTuple):
    """A request, and what its passes are recorded with.

    toolchain: the hash of interpreters, platform and nox.
    """

    request: Request
    ledger: Ledger
    toolchain: str

    def passes(self, cell: Cell) -> list[Pass]:
        """What the cell has to pass: one for each chunk of arguments."""
        return [Pass(self.request.tree, cell.session, chunk, self.toolchain)
                for chunk in self.request.chunks]


def check(request: Request) -> Verdict:
    """Check a tree; when all of it already passed, no room is opened."""
    context = _context(request)
    if not request.fresh:
        cells = context.ledger.plan(request.tree + context.toolchain)
        if cells is not None:
            rows = _from_ledger(context, _read_cells(cells))
            if all(row.outcome != 'pending' for row in rows):
                return Verdict(rows, request.tree)
    with open_room(request.repository, request.stage, request.tree,
                   request.head) as room:
        return check_in(room, request)


def check_in(room: Room, request: Request) -> Verdict:
    """Check the tree that is checked out in a room."""
    context, dependencies = _context(request), venvs.dependency_hash(room)
    cells = {cell.session: cell
             for cell in _read_cells_of(room, context, dependencies)}
    rows = _from_ledger(context, list(cells.values()))
    for name in find_skipped(request.skip, cells.values())[1]:
        say(f'AUTODEVELOP_SKIP: there is no session {name!r}')
    pending = [row.session for row in rows if row.outcome == 'pending']
    if not pending:
        return Verdict(rows, request.tree)
    for row in rows:
        # Results left by another tree must not count for this one.
        shutil.rmtree(_results(room, cells[row.session]), ignore_errors=True)
        if row.outcome == 'already passed':
            _restore_results(room, context, cells[row.session])
    ran = run_sessions(room, request, pending, dependencies)
    tree = tree_of(room, request.tree)
    changed = tree != request.tree
    if any(row.outcome == 'failed' for row in ran.values()):
        venvs.invalidate(room)
    else:
        # What was installed from the tree is not what the sessions made of it.
        venvs.record(room, dependencies, '' if changed else tree)
    notified = [row for name, row in ran.items() if name not in pending]
    # Record no pass when a session notified one that failed: the next time
    # it would not notify it.
    if not changed and not notified:
        for name, row in ran.items():
            if row.outcome == 'passed':
                _record(room, context, cells[name])
    return Verdict([*(ran.get(row.session, row) for row in rows), *notified],
                   tree)


def verify(verdict: Verdict, tree: str, what: str) -> None:
    """Raise AutodevelopError, with status 1, unless the tree passed unchanged.

    Where nothing ran, it has not failed: see require_checked.

    what: what was checked, for the message.
    """
    if failed := [row.session for row in verdict.rows
                  if row.outcome not in HARMLESS]:
        raise AutodevelopError(
            f'{what} failed: {", ".join(failed)}',
            f"see nox's output above, or run: nox -s {json.dumps(failed[0])}",
            status=1)
    if verdict.tree != tree:
        raise AutodevelopError(
            f'sessions changed files of {what}',
            'run them by hand and commit what they change', status=1)


def require_checked(verdict: Verdict, what: str) -> None:
    """Raise AutodevelopError, with status 1, when nothing was checked."""
    if verdict.unchecked:
        raise AutodevelopError(
            f'nothing ran for {what}: {verdict.unchecked}',
            'see what runs where: autodevelop plan', status=1)


def _context(request: Request) -> _Context:
    return _Context(request, Ledger(request.repository.home), toolchain_hash())


def _read_cells_of(room: Room, context: _Context,
                   dependencies: str) -> list[Cell]:
    """All cells of the tree; from the ledger when it has the same noxfile."""
    keys = [context.request.tree + context.toolchain,
            dependencies + context.toolchain]
    cells = None if context.request.fresh else context.ledger.plan(keys[1])
    if cells is None:
        cells = read_plan(room.tree, read_settings(room.tree),
                          hook_variables_unset(room.repository))
    context.ledger.keep_plan(keys, cells)
    return _read_cells(cells)


def _read_cells(fields: Sequence[Any]) -> list[Cell]:
    cells = [Cell(*each) for each in fields]
    return [cell._replace(stages=tuple(cell.stages)) for cell in cells]


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
        elif passed.issuperset(passes):
            rows.append(Row(cell.session, 'already passed', ''))
        else:
            rows.append(Row(cell.session, 'pending', ''))
    return rows


def _results(room: Room, cell: Cell) -> Path:
    return room.tree / RESULTS / cell.slug


def _record(room: Room, context: _Context, cell: Cell) -> None:
    """Record a pass, with the files that the session left in results/SLUG."""
    folder = _results(room, cell)
    files = {path.relative_to(folder).as_posix(): path.read_bytes()
             for path in folder.rglob('*') if path.is_file()}
    for entry in context.passes(cell):
        context.ledger.record(entry, files)


def _restore_results(room: Room, context: _Context, cell: Cell) -> None:
    folder = _results(room, cell)
    entry, *_ = context.passes(cell)
    for name, content in context.ledger.files(entry).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

"""Run a stage's cells on a tree, in its room; what passed is not run again."""
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from autodevelop import installed
from autodevelop.errors import AutodevelopError
from autodevelop.interpreters import signature
from autodevelop.ledger import Ledger, Pass
from autodevelop.plan import Cell, of_stage, read_plan
from autodevelop.report import Row
from autodevelop.room import Room, enter, environment, tree_of
from autodevelop.sessions import Request, run_sessions
from autodevelop.settings import read_settings

HARMLESS = ('passed', 'already passed', 'skipped', 'not here')
"""How a cell may end; any other word is a failure."""


class Verdict(NamedTuple):
    """How the cells ended, and the tree that the sessions left."""

    rows: list[Row]
    tree: str

    @property
    def failed(self) -> bool:
        """Whether a cell failed; a skipped one did not."""
        return any(row.outcome not in HARMLESS for row in self.rows)


def check(request: Request) -> Verdict:
    """Check a tree; no room is entered when all of it passed before."""
    if not request.fresh:
        ledger = Ledger(request.repository.home)
        context = signature()
        cells = ledger.plan(request.tree + context)
        if cells is not None:
            rows = _known(request, _read_cells(cells), ledger, context)
            if all(row.outcome != 'open' for row in rows):
                return Verdict(rows, request.tree)
    with enter(request.repository, request.stage, request.tree,
               request.head) as room:
        return check_in(room, request)


def check_in(room: Room, request: Request) -> Verdict:
    """Check the tree that a room was entered with."""
    ledger, context = Ledger(request.repository.home), signature()
    fingerprint = installed.fingerprint(room)
    cells = _cells(room, request, ledger, fingerprint, context)
    rows = _known(request, cells, ledger, context)
    still = [row.session for row in rows if row.outcome == 'open']
    if not still:
        return Verdict(rows, request.tree)
    by_name = {cell.session: cell for cell in cells}
    for row in rows:
        # What another tree left must not be taken for this one's.
        shutil.rmtree(_results(room, by_name[row.session]),
                      ignore_errors=True)
        if row.outcome == 'already passed':
            _give_back(room, ledger, request, by_name[row.session], context)
    ran = run_sessions(room, request, still, fingerprint)
    tree = tree_of(room, request.tree)
    failed = any(row.outcome == 'failed' for row in ran.values())
    if failed:
        installed.forget(room)
    else:
        # What was copied into an environment was not fixed yet.
        same = tree == request.tree
        installed.remember(room, fingerprint, tree if same else '')
    queued = [row for name, row in ran.items() if name not in still]
    # What queued a session that failed has to queue it again.
    if tree == request.tree and not queued:
        for name, row in ran.items():
            if row.outcome == 'passed':
                _record(room, ledger, request, by_name[name], context)
    return Verdict([*(ran.get(row.session, row) for row in rows), *queued],
                   tree)


def _cells(room: Room, request: Request, ledger: Ledger, fingerprint: str,
           context: str) -> list[Cell]:
    """The stage's cells, from the ledger when the noxfile is the same."""
    keys = [request.tree + context, fingerprint + context]
    remembered = None if request.fresh else ledger.plan(keys[1])
    if remembered is None:
        remembered = read_plan(room.tree, read_settings(room.tree),
                               environment(room))
    ledger.keep_plan(keys, remembered)
    return _read_cells(remembered)


def _read_cells(remembered: Sequence[Any]) -> list[Cell]:
    cells = [Cell(*each) for each in remembered]
    return [cell._replace(stages=tuple(cell.stages)) for cell in cells]


def _known(request: Request, cells: Sequence[Cell], ledger: Ledger,
           context: str) -> list[Row]:
    """A row for each cell of the stage; ``open`` is what has to run."""
    here = of_stage(cells, request.stage)
    entries = {each: [Pass(request.tree, each.session, chunk, context)
                      for chunk in request.chunks] for each in here}
    passed = set() if request.fresh else ledger.passed(
        [entry for each in entries.values() for entry in each])
    rows = []
    for cell, wanted in entries.items():
        if {cell.name, cell.session} & request.skip:
            rows.append(Row(cell.session, 'skipped', 'AUTODEVELOP_SKIP'))
        elif cell.missing:
            rows.append(Row(cell.session, 'not here', f'needs {cell.missing}'))
        elif passed.issuperset(wanted):
            rows.append(Row(cell.session, 'already passed', ''))
        else:
            rows.append(Row(cell.session, 'open', ''))
    return rows


def _results(room: Room, cell: Cell) -> Path:
    return room.tree / 'results' / cell.slug


def _record(room: Room, ledger: Ledger, request: Request, cell: Cell,
            context: str) -> None:
    """Remember a pass with what the session left in results/SLUG."""
    folder = _results(room, cell)
    files = {path.relative_to(folder).as_posix(): path.read_bytes()
             for path in folder.rglob('*') if path.is_file()}
    for chunk in request.chunks:
        ledger.record(Pass(request.tree, cell.session, chunk, context), files)


def _give_back(room: Room, ledger: Ledger, request: Request, cell: Cell,
               context: str) -> None:
    folder = _results(room, cell)
    entry = Pass(request.tree, cell.session, request.chunks[0], context)
    for name, content in ledger.files(entry).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def verify(verdict: Verdict, tree: str, what: str) -> None:
    """Raise AutodevelopError, with status 1, unless the tree passed as it is.

    what: the thing that was checked, as a person names it.
    """
    if failed := [row.session for row in verdict.rows
                  if row.outcome not in HARMLESS]:
        raise AutodevelopError(
            f'{what} failed: {", ".join(failed)}',
            'see what nox says above; by hand: nox -s '
            f'{json.dumps(failed[0])}', status=1)
    if verdict.tree != tree:
        raise AutodevelopError(
            f'sessions changed files of {what}',
            'run them by hand and commit what they change', status=1)

"""Run sessions of a noxfile in a room."""
from collections.abc import Sequence
from typing import IO, NamedTuple

from autodevelop.checks import venvs
from autodevelop.checks.mtimes import expect_changes
from autodevelop.checks.room import Room
from autodevelop.matrix.interpreters import search_path
from autodevelop.matrix.manifest import UNSET
from autodevelop.results.outcomes import Row, read_results, result_row
from autodevelop.system.fork import run_module
from autodevelop.system.git import Repository, hook_variables_unset

Arguments = tuple[str, ...]


class Request(NamedTuple):
    """What to check, and how.

    chunks: positional arguments; the sessions run once for each chunk.
    skip: the names of sessions and cells to skip, separated by commas.
    output: where nox prints; None is standard error.
    """

    repository: Repository
    stage: str
    tree: str
    head: str | None
    chunks: tuple[Arguments, ...] = ((),)
    fresh: bool = False
    jobs: str = '1'
    skip: str = ''
    output: IO[bytes] | None = None


def run_sessions(room: Room, request: Request, sessions: Sequence[str],
                 dependencies: str) -> dict[str, Row]:
    """Run these sessions; return how each ended, and what they notified.

    dependencies: decides whether the virtual environments are reused.
    """
    rows: dict[str, Row] = {}
    expect_changes(room.stamp)
    reuse = venvs.options(room, dependencies, request.tree)
    for chunk in request.chunks:
        ran = _run_chunk(room, request, sessions, reuse, chunk)
        reuse = venvs.REUSE
        for name, row in ran.items():
            # A session passes when it passes with every chunk.
            if name not in rows or row.outcome == 'failed' or (
                    rows[name].outcome == 'passed'):
                rows[name] = row
    return rows


def _run_chunk(room: Room, request: Request, sessions: Sequence[str],
               reuse: Sequence[str], chunk: Arguments) -> dict[str, Row]:
    report = room.folder / 'results.json'
    report.unlink(missing_ok=True)
    status = run_module('nox', [
        '--report', str(report), '--envdir', str(venvs.folder(room)),
        # A name may also select cells whose Python is missing.
        '--no-error-on-missing-interpreters', '--parallel', request.jobs,
        *reuse, '--sessions', *sessions, '--', *chunk,
    ], _variables(room), room.tree, request.output)
    results = read_results(report) if report.exists() else []
    outcomes = {each['session']: result_row(each, None, {})
                for each in results}
    rows = {name: outcomes.pop(
        name, Row(name, 'failed', 'nox did not finish it'))
        for name in sessions}
    # A session that another notified counts when it fails.
    rows |= {name: row for name, row in outcomes.items()
             if row.outcome == 'failed'}
    if status and not any(row.outcome == 'failed' for row in rows.values()):
        return {name: row._replace(outcome='failed', detail='nox failed')
                for name, row in rows.items()}
    return rows


def _variables(room: Room) -> dict[str, str | None]:
    return hook_variables_unset(room.repository) | dict.fromkeys(UNSET) | {
        'AUTODEVELOP_PLATFORMS': None, 'PATH': search_path()}

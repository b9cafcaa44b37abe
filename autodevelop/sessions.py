"""Run sessions of a noxfile in a room, by nox."""
from collections.abc import Sequence
from typing import IO, Any, NamedTuple

from autodevelop import installed
from autodevelop.forked import attend_module
from autodevelop.git import Repository
from autodevelop.interpreters import search_path
from autodevelop.manifest import UNSET
from autodevelop.report import Row, read_results
from autodevelop.room import Room, environment, lend

Arguments = tuple[str, ...]


class Request(NamedTuple):
    """What to check, and how.

    chunks: positional arguments of the sessions; with more than one, the
        sessions run once for each.
    skip: sessions by name that somebody asked to leave out.
    output: what nox prints goes there; None is standard error.
    """

    repository: Repository
    stage: str
    tree: str
    head: str | None
    chunks: tuple[Arguments, ...] = ((),)
    fresh: bool = False
    jobs: str = '1'
    skip: frozenset[str] = frozenset()
    output: IO[bytes] | None = None


def run_sessions(room: Room, request: Request, sessions: Sequence[str],
                 fingerprint: str) -> dict[str, Row]:
    """Run these sessions; how each ended, and what they queued that failed.

    fingerprint: what decides whether environments are made anew.
    """
    rows: dict[str, Row] = {}
    lend(room)
    how = installed.options(room, fingerprint, request.tree)
    for chunk in request.chunks:
        ran = _run_chunk(room, request, sessions, how, chunk)
        how = installed.AS_THEY_ARE
        for name, row in ran.items():
            # What one chunk failed or skipped did not pass.
            if name not in rows or row.outcome == 'failed' or (
                    rows[name].outcome == 'passed'):
                rows[name] = row
    return rows


def _run_chunk(room: Room, request: Request, sessions: Sequence[str],
               how: Sequence[str], chunk: Arguments) -> dict[str, Row]:
    report = room.folder / 'results.json'
    report.unlink(missing_ok=True)
    status = attend_module('nox', [
        '--report', str(report), '--envdir', str(installed.environments(room)),
        # A name may select more than its cell: Pythons that are not here.
        '--no-error-on-missing-interpreters', '--parallel', request.jobs,
        *how, '--sessions', *sessions, '--', *chunk,
    ], _variables(room), room.tree, request.output)
    results = read_results(report) if report.exists() else []
    outcomes = {each['session']: _row(each) for each in results}
    rows = {name: outcomes.pop(name, Row(name, 'failed', 'nox did not end it'))
            for name in sessions}
    # What sessions queue by session.notify counts when it fails.
    rows |= {name: row for name, row in outcomes.items()
             if row.outcome == 'failed'}
    if status and not any(row.outcome == 'failed' for row in rows.values()):
        return {name: row._replace(outcome='failed', detail='nox failed')
                for name, row in rows.items()}
    return rows


def _variables(room: Room) -> dict[str, str | None]:
    return environment(room) | dict.fromkeys(UNSET) | {
        'AUTODEVELOP_PLATFORMS': None, 'PATH': search_path()}


def _row(result: dict[str, Any]) -> Row:
    outcome = {'success': 'passed', 'skipped': 'skipped'}.get(
        result['result'], 'failed')
    detail = result['reason'] or f'{result["duration"]:.1f} s'
    return Row(result['session'], outcome, detail)

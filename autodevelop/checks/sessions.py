"""Run sessions of a noxfile in a room."""
import sys
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import IO, NamedTuple

from autodevelop.checks.dependencies import read_noxfile
from autodevelop.checks.live import Live
from autodevelop.checks.mtimes import expect_changes
from autodevelop.checks.nox_output import Output
from autodevelop.checks.progress import Progress, color_variables
from autodevelop.checks.room import Room
from autodevelop.checks.surroundings import (
    active_environment, without_work_tree,
)
from autodevelop.checks.venvs import REUSE, Venvs
from autodevelop.matrix.interpreters import search_path
from autodevelop.matrix.manifest import UNSET
from autodevelop.matrix.plan import STAGE
from autodevelop.results.outcomes import Row, read_results, result_row
from autodevelop.system.fork import run_module
from autodevelop.system.git import Repository, hook_variables_unset
from autodevelop.system.output import has_color
from autodevelop.system.process import Variables

Arguments = tuple[str, ...]
Chunks = tuple[Arguments, ...]
"""The positional arguments of a session, which runs once for each of these."""


class Request(NamedTuple):
    """What to check, and how.

    chunks: of every session that ``arguments`` does not name.
    arguments: of sessions, by name; one without a chunk has nothing to do.
    jobs: how many of the sessions that allow it run side by side.
    skip: the names of sessions and cells to skip, separated by commas.
    verbose: whether the output of sessions that passed is printed, too.
    quiet: whether only what failed is printed.
    project: the folder of the noxfile; empty for the root of the repository.
    """

    repository: Repository
    stage: str
    tree: str
    head: str | None
    chunks: Chunks = ((),)
    fresh: bool = False
    jobs: str = '1'
    skip: str = ''
    verbose: bool = False
    quiet: bool = False
    arguments: Mapping[str, Chunks] = MappingProxyType({})
    project: str = ''

    def chunks_of(self, name: str) -> Chunks:
        """The chunks of a session, by the name that its cells share."""
        return self.arguments.get(name, self.chunks)


class Ran(NamedTuple):
    """How sessions ended, also those that others notified, and their output.
    """

    rows: dict[str, Row]
    outputs: list[Output]


def run_sessions(room: Room, request: Request, sessions: Mapping[str, Chunks],
                 dependencies: str, live: Live) -> Ran:
    """Run these sessions.

    sessions: with the chunks of each.
    dependencies: what decides which virtual environments can be used again.
    """
    expect_changes(room.stamp)
    if '.notify(' in read_noxfile(room):  # nox refuses it beside --parallel.
        request = request._replace(jobs='1')
    venvs = Venvs(room, dependencies, request.tree)
    variables = {**room_variables(room), STAGE: request.stage}
    ran = Ran({}, [])

    def alike(name: str) -> tuple[Chunks, tuple[str, ...]]:
        return sessions[name], venvs.options(name)

    # Only neighbours: sessions run in the order of the noxfile.
    groups = [(key, [*names]) for key, names in groupby(sessions, alike)]
    with (room.folder / 'nox.log').open('wb') as log:
        for (chunks, _), names in groups:
            for chunk in chunks:
                # The first chunk may have installed what they need.
                options = venvs.options(names[0])
                run = _Run(room, request, venvs, variables, options, chunk,
                           log, live)
                _merge(ran, run.run(names))
    return ran._replace(rows=without_outside_passes(
        room, ran.rows, venvs, variables['PATH'] or ''))


def _merge(ran: Ran, more: Ran) -> None:
    for name, row in more.rows.items():
        # A session passes when it passes with every chunk.
        if name not in ran.rows or row.outcome == 'failed' or (
                ran.rows[name].outcome == 'passed'):
            ran.rows[name] = row
    ran.outputs.extend(more.outputs)


class _Run(NamedTuple):
    """One run of nox, of sessions with the same options."""

    room: Room
    request: Request
    venvs: Venvs
    variables: Variables
    options: tuple[str, ...]
    chunk: Arguments
    log: IO[bytes]
    live: Live

    def run(self, sessions: list[str]) -> Ran:
        """Run them, and record what is installed by then."""
        if self.options == REUSE:
            return self._run(sessions)
        before = self.venvs.known()
        self.venvs.begin(sessions)
        ran = self._run(sessions)
        failed = {each.session for each in ran.outputs if each.install_failed}
        failed |= {name for name, row in ran.rows.items()
                   if row.detail == UNFINISHED}
        self.venvs.finish(set(ran.rows) - failed, failed, before, {
            each.session for each in ran.outputs if each.created_environment})
        return ran

    def _run(self, sessions: list[str]) -> Ran:
        report = self.room.folder / 'results.json'
        report.unlink(missing_ok=True)
        progress = Progress(self.room.folder / 'nox.log', self.log.tell(),
                            self.live)
        arguments = [
            '--report', str(report), '--envdir', str(self.venvs.folder),
            # A name may also select cells whose Python is missing.
            '--no-error-on-missing-interpreters',
            *(['--forcecolor'] if has_color(sys.stderr) else []),
            '--parallel', self.request.jobs, *self.options,
            '--sessions', *sessions, '--', *self.chunk]
        try:
            status = run_module(
                'nox', arguments, self.variables, self.room.project_tree,
                self.log, progress.watching())
        except KeyboardInterrupt:
            progress.interrupted()
            raise
        results = read_results(report) if report.exists() else []
        return Ran(_rows(sessions, status, [
            result_row(each, None, {}) for each in results]),
            progress.finish(failed=bool(status)))


UNFINISHED = 'nox did not finish it'


def _rows(sessions: Sequence[str], status: int,
          results: Iterable[Row]) -> dict[str, Row]:
    outcomes = {row.session: row for row in results}
    rows = {name: outcomes.pop(name, Row(name, 'failed', UNFINISHED))
            for name in sessions}
    # A session that another notified counts when it fails.
    rows |= {name: row for name, row in outcomes.items()
             if row.outcome == 'failed'}
    if status and not any(row.outcome == 'failed' for row in rows.values()):
        return {name: row._replace(outcome='failed', detail='nox failed')
                for name, row in rows.items()}
    return rows


def without_outside_passes(room: Room, rows: dict[str, Row],
                           venvs: Venvs, path: str) -> dict[str, Row]:
    """Skip what passed in an environment that imports the work tree.

    It tested the working directory, not the room.
    """
    root = room.origin.work_tree
    outside = [name for name, row in rows.items()
               if row.outcome == 'passed' and not venvs.has_one(name)]
    active = active_environment(root, path, read_noxfile(room)) if (
        root and outside) else ''
    return rows if not active else {**rows, **{name: Row(
        name, 'skipped', f'it ran in {active}, which imports the work tree')
        for name in outside}}


def room_variables(room: Room) -> Variables:
    """Changes to the variables for what runs in a room."""
    return {
        **hook_variables_unset(room.repository), **dict.fromkeys(UNSET),
        **color_variables(),
        **without_work_tree(room.origin.work_tree, search_path()),
        'AUTODEVELOP_PLATFORMS': None,
        'AUTODEVELOP_BRANCH': room.branch or None}

"""The verdict of a check, and what is printed of it."""
import shlex
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

from autodevelop.checks.needs import say_what_the_room_lacks
from autodevelop.checks.nox_output import Output
from autodevelop.checks.progress import print_output
from autodevelop.checks.room import Room
from autodevelop.checks.sessions import UNFINISHED, Request
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.projects import nearest_project
from autodevelop.results.outcomes import Row
from autodevelop.system.output import failed_text

STAGED = 'the staged tree'
"""What is checked if it is not a commit."""

HARMLESS = ('passed', 'already passed', 'skipped', 'not here')
"""The outcomes of a cell that are not a failure."""


class Verdict(NamedTuple):
    """How the cells ended, and the tree after the sessions ran.

    outputs: what to print: of sessions that failed, or of all.
    """

    rows: list[Row]
    tree: str
    outputs: tuple[Output, ...] = ()

    @property
    def failed(self) -> list[str]:
        """The cells that failed; a skipped one has not."""
        return [row.session for row in self.rows
                if row.outcome not in HARMLESS]

    @property
    def unchecked(self) -> str:
        """Why nothing was checked; empty if a cell passed or failed."""
        if self.failed or any(
                row.outcome.endswith('passed') for row in self.rows):
            return ''
        return ', '.join(
            f'{row.session} {row.outcome} ({row.detail})' for row in self.rows
        ) or 'the noxfile has no session for this stage'


def print_verdict(room: Room, verdict: Verdict, request: Request) -> None:
    """Print what sessions printed; if one failed, what its room lacks."""
    print_output(verdict.outputs)
    if verdict.failed:
        say_what_the_room_lacks(room._replace(project=request.project))


def print_summary(verdict: Verdict) -> None:
    """Print which tests of each session failed, and why."""
    summaries: dict[str, list[str]] = {}
    for each in verdict.outputs:  # Of several chunks, several.
        summaries.setdefault(each.session, []).extend(each.summary)
    sys.stderr.write(failed_text(summaries, sys.stderr))


def verify(verdict: Verdict, request: Request, what: str) -> None:
    """Raise AutodevelopError, with status 1, unless the tree passed unchanged.

    Where nothing ran, it has not failed: see require_checked. What failed is
    printed first, so that it is on the last screen.

    what: what was checked, for the message.
    """
    command = _command(request, what)
    what = named(request.project, what)
    if verdict.failed:
        print_summary(verdict)
        late = [row.session for row in verdict.rows
                if row.detail == UNFINISHED]
        ended = [name for name in verdict.failed if name not in late]
        raise AutodevelopError(
            f'{what} failed: {", ".join(ended or late)}' + (
                f'; nox did not finish {", ".join(late)}'
                if ended and late else ''),
            f'run it again by hand: {command}', status=1)
    if verdict.tree != request.tree:
        raise AutodevelopError(
            f'sessions changed files of {what}',
            'run them by hand and commit what they change', status=1)


def _command(request: Request, what: str) -> str:
    """The command that checks the same again."""
    tree = '--staged' if what == STAGED else (request.head or 'HEAD')[:12]
    project = request.project or '.'
    # It may be pasted in the folder of another one.
    by_name = bool(nearest_project(request.repository)) or project != '.'
    return f'{own_command()} check {tree} --stage {request.stage}' + (
        f' --project {shlex.quote(project)}' if by_name else '')


def own_command() -> str:
    """What a person types for autodevelop: its path if PATH has none."""
    own = Path(sys.executable).with_name('autodevelop')
    found = shutil.which('autodevelop')
    if found or not own.exists():
        return 'autodevelop'
    return shlex.quote(own.as_posix())


def named(project: str, what: str) -> str:
    """What was checked: a commit, or a project of it."""
    return f'{project} in {what}' if project else what


def require_checked(verdict: Verdict, what: str) -> None:
    """Raise AutodevelopError, with status 1, when nothing was checked."""
    if verdict.unchecked:
        raise AutodevelopError(
            f'nothing ran for {what}: {verdict.unchecked}',
            'see what runs where: autodevelop plan', status=1)

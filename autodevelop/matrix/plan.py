"""The cells of a noxfile: the stages of each, and where it can run."""
import os
import re
import shutil
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from autodevelop.errors import AutodevelopError
from autodevelop.matrix.interpreters import (
    PLATFORM, Interpreter, is_present, read_listing, search_path,
    start_listing,
)
from autodevelop.matrix.manifest import Session, has_stages, read_manifest
from autodevelop.matrix.platforms import find_platform, find_runner, matches
from autodevelop.matrix.settings import Settings
from autodevelop.matrix.special import STAGES
from autodevelop.matrix.values import suggestion
from autodevelop.system.cache import short_hash
from autodevelop.system.process import Variables

CONDA = ('conda', 'mamba', 'micromamba')
"""The backends of nox that install Python itself."""

TAG = 'tag:'
"""Begins the name of a tag where the settings name sessions."""

STAGE = 'AUTODEVELOP_STAGE'
"""Tells the sessions of a check its stage."""


class Cell(NamedTuple):
    """A session on a Python and a platform.

    session: its name, which is that for ``nox -s`` unless the settings name
        its platform: ``tests-3.13(windows)``.
    python: None for the Python that runs nox, and for no virtual environment.
    platform: None for any platform.
    stages: in the order of STAGES.
    missing: what this machine lacks to run it, or None.
    slug: its name for artifacts and folders, unique in a plan.
    nox_session: its name for ``nox -s`` if that is another; empty if not.
    runner: a label of GitHub's runners, or empty for the platform's.
    may_fail: whether a run of CI passes without it.
    """

    session: str
    name: str
    description: str
    python: str | None
    platform: str | None
    stages: tuple[str, ...]
    default: bool
    missing: str | None
    slug: str
    nox_session: str = ''
    runner: str = ''
    may_fail: bool = False

    def name_for_nox(self) -> str:
        """Its name for ``nox -s``."""
        return self.nox_session or self.session


def read_plan(folder: Path, settings: Settings,
              variables: Variables | None = None) -> list[Cell]:
    """Plan the noxfile in this folder; raises what read_manifest does."""
    listing = start_listing()
    try:
        sessions = read_manifest(folder, variables)
    finally:
        found = read_listing(listing)
    return plan_sessions(sessions, settings, found)


def plan_sessions(sessions: Sequence[Session], settings: Settings,
                  found: Collection[Interpreter]) -> list[Cell]:
    """Plan these sessions for this machine, which has the Pythons found."""
    absent = {python for python in {each.python for each in sessions}
              if python and not is_present(python, found)}
    path = search_path()
    absent |= {name for name in CONDA if not shutil.which(name, path=path)}
    return make_plan(sessions, settings, PLATFORM, absent)


def make_plan(sessions: Sequence[Session], settings: Settings,
              here: str, absent: Iterable[object]) -> list[Cell]:
    """Plan these sessions, as seen from a machine of platform ``here``.

    absent: the Pythons and kinds of conda that this machine does not have.
    """
    _check_names(sessions, settings)
    tagged = has_stages(sessions)
    cells, slugs = list[Cell](), set[str]()
    alike: dict[Any, list[Cell]] = {}
    for each in sessions:
        for name, platform in _places(each, settings):
            slug = _slug(name, slugs)
            slugs.add(slug.lower())
            cells.append(Cell(
                name, each.name, each.description, each.python, platform,
                _stages(each, settings, tagged), each.default,
                _missing(each, platform, here, absent), slug,
                '' if name == each.session else each.session,
                find_runner(each, name, settings),
                matches(name, settings.may_fail)))
            if 'pre-commit' in cells[-1].stages:
                alike.setdefault((each.name, platform, *(
                    each.parameters.items())), []).append(cells[-1])
    at_commit = {max(group, key=_newest_here) for group in alike.values()}
    ci_is_empty = not any('ci' in cell.stages for cell in cells)
    return [_with_stages(cell, cell in at_commit, ci_is_empty)
            for cell in cells]


def _with_stages(cell: Cell, at_commit: bool, ci_is_empty: bool) -> Cell:
    """Drop or add the stages that depend on the other cells."""
    stages = {*cell.stages} - (set() if at_commit else {'pre-commit'})
    if ci_is_empty and 'deploy' in stages:
        stages.add('ci')  # CI checks what it deploys.
    return cell._replace(stages=tuple(
        stage for stage in STAGES if stage in stages))


def _newest_here(cell: Cell) -> tuple[bool, list[int]]:
    """A commit waits for the newest Python alone; a push and CI run all."""
    return not cell.missing, [
        int(part) for part in re.findall(r'\d+', cell.python or '')]


def _places(session: Session,
            settings: Settings) -> list[tuple[str, str | None]]:
    """The names of a session's cells, each with its platform."""
    platforms = settings.platforms.get(session.name)
    if platforms is None:
        return [(session.session, find_platform(session))]
    before, bracket, _ = session.session.rpartition(')')
    start = f'{before}, ' if bracket else f'{session.session}('
    return [(f'{start}{platform})', platform) for platform in platforms]


def _missing(session: Session, platform: str | None, here: str,
             absent: Iterable[object]) -> str | None:
    if platform not in (None, here):
        return platform
    backend, *others = session.backend.split('|')
    if backend in CONDA:  # It brings the Python.
        return backend if backend in absent and not others else None
    return f'Python {session.python}' if session.python in absent else None


def of_stage(cells: Sequence[Cell], stage: str) -> list[Cell]:
    """The cells of a stage; those of ci for a deploy stage without any."""
    here = [cell for cell in cells if stage in cell.stages]
    return of_stage(cells, 'ci') if stage == 'deploy' and not here else here


def skipped_names() -> str:
    """The names of sessions and cells to skip, separated by commas."""
    return os.environ.get('AUTODEVELOP_SKIP', '')


def find_skipped(names: str,
                 cells: Iterable[Cell]) -> tuple[set[Cell], list[str]]:
    """The cells of these names, and the names that no cell has.

    names: of sessions or cells, separated by commas; the name of a cell may
        itself have commas.
    """
    by_name: dict[str, set[Cell]] = {}
    for cell in cells:
        by_name.setdefault(cell.session, set()).add(cell)
        by_name.setdefault(cell.name, set()).add(cell)
    known = '|'.join(map(re.escape, sorted(by_name, key=len, reverse=True)))
    found = [name for name in re.findall(
        rf'\s*((?:{known})(?=\s*(?:,|$))|[^,]*[^,\s])', names) if name]
    skipped = set().union(*(by_name.get(name, set()) for name in found))
    return skipped, [name for name in found if name not in by_name]


def _check_names(sessions: Sequence[Session], settings: Settings) -> None:
    named = [(f'stages.{stage}', name)
             for stage, names in settings.stages.items() for name in names]
    named += [('files', name) for name in settings.files]
    named += [('platforms', name) for name in settings.platforms]
    if settings.tests != Settings().tests:
        named += [('tests', name) for name in settings.tests]
    if settings.coverage:
        named.append(('coverage', settings.coverage))
    known = {each.name for each in sessions} | {
        f'{TAG}{tag}' for each in sessions for tag in each.tags}
    cells = {each.session for each in sessions}
    for key, name in named:
        among = known | cells if key.startswith('stages.') else known
        if name not in among:
            what = 'a tag' if name.startswith(TAG) else 'a session'
            raise AutodevelopError(
                f'{key} in [tool.autodevelop] names {name!r}, which is not '
                f'{what} of the noxfile', suggestion(name, among))


def _stages(session: Session, settings: Settings,
            tagged: bool) -> tuple[str, ...]:
    """From the settings, else from tags, else nox's default and coverage."""
    if settings.stages:
        names = {session.name, session.session,
                 *(f'{TAG}{tag}' for tag in session.tags)}
        return tuple(stage for stage in STAGES
                     if names.intersection(settings.stages.get(stage, ())))
    if tagged:
        return tuple(stage for stage in STAGES if stage in session.tags)
    return ('ci',) if session.default or (
        session.name == settings.coverage) else ()


def _slug(session: str, taken: set[str]) -> str:
    slug = re.sub(r'[^A-Za-z0-9._]+', '-', session).strip('-.')
    if 0 < len(slug) <= 100 and slug.lower() not in taken:
        return slug
    return f'{slug[:90]}-{short_hash(session)}'.lstrip('-')

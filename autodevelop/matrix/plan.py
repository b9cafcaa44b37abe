"""The cells of a noxfile: the stages of each, and where it can run."""
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from autodevelop.errors import AutodevelopError
from autodevelop.matrix.interpreters import (
    PLATFORM, is_present, read_listing, start_listing,
)
from autodevelop.matrix.manifest import Session, read_manifest
from autodevelop.matrix.settings import STAGES, Settings
from autodevelop.system.process import Variables

PLATFORMS = ('linux', 'macos', 'windows')
PARAMETERS = ('platform', 'os')


class Cell(NamedTuple):
    """A session on a Python and a platform.

    session: its name for ``nox -s``.
    python: None for the Python that runs nox, and for no virtual environment.
    platform: None for any platform.
    stages: in the order of STAGES.
    missing: what this machine lacks to run it, or None.
    slug: its name for artifacts and folders, unique in a plan.
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


def read_plan(folder: Path, settings: Settings,
              variables: Variables | None = None) -> list[Cell]:
    """Plan the noxfile in this folder; raises what read_manifest does."""
    listing = start_listing()
    try:
        sessions = read_manifest(folder, variables)
    finally:
        found = read_listing(listing)
    absent = {python for python in {each.python for each in sessions}
              if isinstance(python, str) and not is_present(python, found)}
    return make_plan(sessions, settings, PLATFORM, absent)


def make_plan(sessions: Sequence[Session], settings: Settings,
              here: str, absent: Iterable[object]) -> list[Cell]:
    """Plan these sessions, as seen from a machine of platform ``here``.

    absent: the Pythons that this machine does not have.

    Raises AutodevelopError when the settings name an unknown session.
    """
    _check_names(sessions, settings)
    tagged = any(set(each.tags) & set(STAGES) for each in sessions)
    cells, slugs = [], set[str]()
    for each in sessions:
        python = each.python if isinstance(each.python, str) else None
        platform = _platform(each)
        missing = None
        if platform not in (None, here):
            missing = platform
        elif python in absent:
            missing = f'Python {python}'
        slug = _slug(each.session, slugs)
        slugs.add(slug.lower())
        cells.append(Cell(
            each.session, each.name, each.description, python, platform,
            _stages(each, settings, tagged), each.default, missing, slug,
        ))
    return cells


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
    if settings.tests != Settings().tests:
        named += [('tests', name) for name in settings.tests]
    if settings.coverage != Settings().coverage:
        named.append(('coverage', settings.coverage))
    for key, name in named:
        if name not in {each.name for each in sessions}:
            raise AutodevelopError(
                f'{key} in [tool.autodevelop] names {name!r}, which is not a '
                'session of the noxfile',
                'fix the name in pyproject.toml',
            )


def _platform(session: Session) -> str | None:
    """The platform in a parameter of the session, if it has one."""
    for parameter in PARAMETERS:
        if session.parameters.get(parameter) in PLATFORMS:
            return session.parameters[parameter]
    return None


def _stages(session: Session, settings: Settings,
            tagged: bool) -> tuple[str, ...]:
    """From the settings, else from tags; without both, ci is nox's default."""
    if settings.stages:
        return tuple(stage for stage in STAGES
                     if session.name in settings.stages.get(stage, ()))
    if tagged:
        return tuple(stage for stage in STAGES if stage in session.tags)
    return ('ci',) if session.default else ()


def _slug(session: str, taken: set[str]) -> str:
    slug = re.sub(r'[^A-Za-z0-9._]+', '-', session).strip('-.')
    if 0 < len(slug) <= 100 and slug.lower() not in taken:
        return slug
    import hashlib
    digest = hashlib.sha256(session.encode()).hexdigest()[:8]
    return f'{slug[:90]}-{digest}'.lstrip('-')

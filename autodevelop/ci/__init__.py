"""The CI files, rendered from the plan: a package for each provider.

The template of a provider lies beside its code. To add one, write a package
like the others and list it here.
"""
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from autodevelop.ci import appveyor, circleci, github, gitlab, travis
from autodevelop.ci.derived import DERIVED
from autodevelop.ci.github import matrix as github_matrix
from autodevelop.ci.gitlab import matrix as gitlab_matrix
from autodevelop.ci.jobs import Seconds
from autodevelop.ci.template import keep_regions
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.plan import Cell, of_stage
from autodevelop.matrix.settings import Settings


class Provider(Protocol):
    """A provider's package.

    TITLE: its name for people.
    PATH: the file that it reads, relative to the project.
    PLATFORMS: those whose cells it runs.
    """

    TITLE: str
    PATH: str
    PLATFORMS: tuple[str, ...]

    def render(self, cells: Sequence[Cell], settings: Settings,
               present: str) -> str:
        """Render the file; ``present`` is its text now, empty without one."""


class Matrix(Protocol):
    """The module of a provider whose jobs are planned when CI runs.

    HELP: what ``autodevelop plan --PROVIDER`` prints.
    """

    HELP: str

    def plan(self, cells: Sequence[Cell], settings: Settings,
             durations: Seconds) -> str:
        """Render what a job of the provider prints, for others to run."""


PROVIDERS: Mapping[str, Provider] = {
    'appveyor': appveyor, 'circleci': circleci, 'github': github,
    'gitlab': gitlab, 'travis': travis}
MATRICES: Mapping[str, Matrix] = {
    'github': github_matrix, 'gitlab': gitlab_matrix}


def provider(name: str) -> Provider:
    """Find a provider by its name; raises AutodevelopError for another."""
    if name not in PROVIDERS:
        raise AutodevelopError(f'there is no CI provider {name!r}',
                               f'the providers are {", ".join(PROVIDERS)}')
    return PROVIDERS[name]


def runs_on(cell: Cell, providers: Iterable[Provider]) -> list[str]:
    """The titles of the providers that run a cell."""
    return [each.TITLE for each in providers
            if of_stage([cell], 'ci')
            and (cell.platform or 'linux') in each.PLATFORMS]


def render_all(folder: Path, cells: Sequence[Cell], settings: Settings,
               chosen: Sequence[str]) -> dict[Path, tuple[str, str]]:
    """Render the files of providers, and derived ones if none is chosen.

    chosen: names of providers; without any, those of the settings.

    Returns, by the path of the file, its text now and as it should be, both
    with LF line endings.

    Raises AutodevelopError when something that people wrote would be lost.
    """
    cells = of_stage(cells, 'ci')
    texts = {}
    for each in map(provider, chosen or settings.ci):
        now = _read(folder / each.PATH)
        text = each.render(cells, settings, now)
        texts[folder / each.PATH] = now, keep_regions(each.PATH, text, now)
    for name, render in DERIVED.items():
        if not chosen and (folder / name).is_file():
            now = _read(folder / name)
            texts[folder / name] = now, render(cells, settings, now)
    return texts


def _read(path: Path) -> str:
    return path.read_text(encoding='utf-8', errors='replace') if (
        path.is_file()) else ''

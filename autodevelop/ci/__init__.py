"""The CI files, rendered from the plan: a package for each provider.

The template of a provider lies beside its code. To add one, write a package
like the others and list it here.
"""
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from autodevelop.ci import appveyor, circleci, github, gitlab, travis
from autodevelop.ci.branches import find_branches
from autodevelop.ci.derived import DERIVED
from autodevelop.ci.github import matrix as github_matrix
from autodevelop.ci.gitlab import matrix as gitlab_matrix
from autodevelop.ci.jobs import Seconds
from autodevelop.ci.template import HEADER, keep_regions
from autodevelop.ci.tool import find_tool
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.plan import Cell, of_stage
from autodevelop.matrix.settings import Settings
from autodevelop.matrix.values import suggestion
from autodevelop.system.files import read_text

QUOTES = re.compile(r'[\'"\\]+')


class Provider(Protocol):
    """A provider's package.

    TITLE: its name for people.
    PATH: the file that it reads, relative to the project.
    PLATFORMS: those whose cells it runs.
    """

    TITLE: str
    PATH: str
    PLATFORMS: tuple[str, ...]

    def render(self, cells: Sequence[Cell], settings: Settings, present: str,
               folder: str = '') -> str:
        """Render the file.

        present: its text now, empty without one.
        folder: that of the noxfile in the repository, empty for its root.
        """


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
                               suggestion(name, PROVIDERS))
    return PROVIDERS[name]


def runs_on(cell: Cell, providers: Iterable[Provider]) -> list[str]:
    """The titles of the providers that run a cell."""
    return [each.TITLE for each in providers
            if of_stage([cell], 'ci')
            and (cell.platform or 'linux') in each.PLATFORMS]


class Request(NamedTuple):
    """Which files to render, and how.

    folder: that of the noxfile.
    root: the repository's.
    chosen: names of providers; without any, those of the settings, and the
        files that follow the noxfile by a few lines.
    keep: whether a job installs the autodevelop that the file names now.
    replace: whether a file that people wrote is replaced.
    """

    folder: Path
    root: Path
    chosen: Sequence[str] = ()
    keep: bool = True
    replace: bool = False

    def project(self) -> str:
        """The folder of the noxfile in the repository; empty for its root."""
        name = self.folder.resolve().relative_to(
            self.root.resolve()).as_posix()
        return '' if name == '.' else name


def render_all(request: Request, cells: Sequence[Cell],
               settings: Settings) -> dict[Path, tuple[str, str]]:
    """Render files.

    Returns, by the path of the file, its text now and as it should be, both
    with LF line endings.
    """
    every, cells = cells, of_stage(cells, 'ci')
    if not cells:
        raise AutodevelopError(
            'no session has the stage ci, so CI would check nothing',
            'tag sessions with ci in the noxfile, or name them: '
            '[tool.autodevelop.stages] ci = ["tests"]')
    texts = {}
    for name in request.chosen or settings.ci:
        path = request.root / path_of(name, settings, request.project())
        now = read_text(path)
        if now and not (HEADER.match(now) or request.replace):
            raise _foreign(name, path, request)
        text = provider(name).render(
            cells, _resolved(settings, now, request.keep), now,
            request.project())
        text = keep_regions(path.name, text, now)
        texts[path] = now, now if _alike(now, text) else text
    for name, render in DERIVED.items():
        path = request.folder / name
        if not request.chosen and path.is_file():
            now = read_text(path)
            texts[path] = now, render(every, settings, now)
    return texts


def _alike(now: str, text: str) -> bool:
    """Whether they differ at most by what a formatter changes, as prettier
    does with indentation and the kind of quotes.
    """
    return _without_layout(now) == _without_layout(text)


def _without_layout(text: str) -> str:
    # Quotes stay quotes: the version "3.10" is not the number 3.10.
    return QUOTES.sub("'", ''.join(text.split()))


def path_of(name: str, settings: Settings, project: str) -> str:
    """The path of a provider's file in the repository."""
    path = provider(name).PATH
    if name == 'github' and settings.github:
        return settings.github
    if not project:
        return path
    if name != 'github':
        raise AutodevelopError(
            f'{path} is for the noxfile in the root of a repository, and this '
            f'one is in {project}', 'run: autodevelop ci github')
    return path.replace('.yml', f'-{project.replace("/", "-")}.yml')


def _resolved(settings: Settings, present: str, keep: bool) -> Settings:
    """The settings where nothing is left open."""
    branches = find_branches(settings, present)
    return settings._replace(
        tool=find_tool(settings, present, keep), branches=branches,
        branch=settings.branch if settings.branches else branches[0])


def _foreign(name: str, path: Path, request: Request) -> AutodevelopError:
    place = path.relative_to(request.root).as_posix()
    other = (', or use another name: [tool.autodevelop] github = '
             '".github/workflows/nox.yml"') if name == 'github' else ''
    return AutodevelopError(
        f'{place} was not written by autodevelop and would be overwritten',
        f'replace it: autodevelop ci --replace {name}{other}')

"""The files that other machines check with, rendered from the plan.

A provider is a package in this one, with its template beside it, and

- ``TITLE``, its name for people;
- ``PATH``, the file it reads, relative to the project;
- ``PLATFORMS``, those whose cells it runs;
- ``render(cells, settings, present)``, that file's text, where ``present``
  is the text that stands there now (empty when there is none).

One whose jobs are planned when they run has a module ``dynamic``, too:
``plan(cells, settings, durations)`` is what ``autodevelop plan --NAME``
prints, and ``HELP`` says so.
"""
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

from autodevelop.ci._jobs import Seconds
from autodevelop.errors import AutodevelopError
from autodevelop.plan import Cell, of_stage
from autodevelop.settings import Settings


class Provider(Protocol):
    """What a provider's module holds."""

    TITLE: str
    PATH: str
    PLATFORMS: tuple[str, ...]

    def render(self, cells: Sequence[Cell], settings: Settings,
               present: str) -> str:
        """Render the provider's file."""


class Dynamic(Protocol):
    """What a provider's module ``dynamic`` holds."""

    HELP: str

    def plan(self, cells: Sequence[Cell], settings: Settings,
             durations: Seconds) -> str:
        """What a job of the provider prints, for others to run."""


def names(module: str = '__init__') -> list[str]:
    """The providers, or those that have the module."""
    return sorted(path.parent.name for path
                  in Path(__file__).parent.glob(f'[a-z]*/{module}.py'))


def provider(name: str) -> Provider:
    """Load a provider by its name; raises AutodevelopError for another."""
    if name not in names():
        raise AutodevelopError(f'there is no CI provider {name!r}',
                               f'the providers are {", ".join(names())}')
    module: Any = import_module(f'{__name__}.{name}')
    return cast(Provider, module)


def dynamic(name: str) -> Dynamic:
    """Load what plans the jobs of a provider when they run."""
    module: Any = import_module(f'{__name__}.{name}.dynamic')
    return cast(Dynamic, module)


def runs_on(cell: Cell, providers: Iterable[Provider]) -> list[str]:
    """The titles of the providers that run a cell."""
    return [each.TITLE for each in providers
            if of_stage([cell], 'ci')
            and (cell.platform or 'linux') in each.PLATFORMS]


def render_all(folder: Path, cells: Sequence[Cell], settings: Settings,
               chosen: Sequence[str]) -> dict[Path, tuple[str, str]]:
    """Render the providers' files, and what is derived when none is chosen.

    Returns, by the path of the file, its text now and as it should be; both
    with ``\\n`` alone.

    Raises AutodevelopError where something that people wrote would be lost.
    """
    from autodevelop.ci._derived import DERIVED
    from autodevelop.ci._template import keep_regions
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

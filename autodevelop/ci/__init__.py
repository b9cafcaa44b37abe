"""The files that other machines check with, rendered from the plan.

A provider is a module of this package with

- ``TITLE``, its name for people;
- ``PATH``, the file it reads, relative to the project;
- ``PLATFORMS``, those whose cells it runs;
- ``render(cells, settings, present)``, that file's text, where ``present``
  is the text that stands there now (empty when there is none).
"""
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

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


def provider(name: str) -> Provider:
    """Load a provider by its name; raises AutodevelopError for another."""
    names = {path.stem for path in Path(__file__).parent.glob('[a-z]*.py')}
    if name not in names:
        raise AutodevelopError(f'there is no CI provider {name!r}',
                               f'the providers are {", ".join(sorted(names))}')
    module: Any = import_module(f'{__name__}.{name}')
    return cast(Provider, module)


def runs_on(cell: Cell, providers: Iterable[Provider]) -> list[str]:
    """The titles of the providers that run a cell."""
    return [each.TITLE for each in providers
            if of_stage([cell], 'ci')
            and (cell.platform or 'linux') in each.PLATFORMS]


def render_all(folder: Path, cells: Sequence[Cell], settings: Settings,
               names: Sequence[str]) -> dict[Path, tuple[str, str]]:
    """Render the providers' files, and what is derived when none is named.

    Returns, by the path of the file, its text now and as it should be; both
    with ``\\n`` alone.
    """
    from autodevelop.ci._derived import DERIVED
    renderers = {each.PATH: each.render
                 for each in map(provider, names or settings.ci)}
    if not names:
        renderers |= {path: render for path, render in DERIVED.items()
                      if (folder / path).is_file()}
    texts = {}
    for name, render in renderers.items():
        path = folder / name
        now = ''
        if path.is_file():
            now = path.read_text(encoding='utf-8', errors='replace')
        texts[path] = now, render(of_stage(cells, 'ci'), settings, now)
    return texts

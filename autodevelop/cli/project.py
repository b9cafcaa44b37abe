"""What several commands read first: the settings and the plan."""
from collections.abc import Sequence
from pathlib import Path

from autodevelop.ci import provider, runs_on
from autodevelop.matrix.plan import Cell, read_plan
from autodevelop.matrix.settings import Settings, read_settings


def read_project() -> tuple[Settings, list[Cell]]:
    """Read the settings and the plan of the project in the current folder."""
    settings = read_settings(Path())
    return settings, read_plan(Path(), settings)


def providers_by_cell(cells: Sequence[Cell],
                      settings: Settings) -> dict[str, list[str]]:
    """The titles of the CI providers that run each cell, by its name."""
    providers = [provider(name) for name in settings.ci]
    return {cell.session: runs_on(cell, providers) for cell in cells}

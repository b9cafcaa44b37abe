"""What several commands read first: the settings and the plan."""
import os
from collections.abc import Sequence
from pathlib import Path

from autodevelop.checks.ledger import Ledger
from autodevelop.ci import provider, runs_on
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.manifest import NO_CACHE, no_noxfile
from autodevelop.matrix.plan import Cell, read_plan
from autodevelop.matrix.projects import (
    current_folder, imports_nox, project_elsewhere,
)
from autodevelop.matrix.settings import Settings, read_settings
from autodevelop.system.files import existing_cwd
from autodevelop.system.git import Repository, find_repository


def enter_project(*paths: Path) -> list[Path]:
    """Make the project's folder the current one: it has the noxfile, and is
    this folder or one above it in the repository.

    Returns these paths as seen from there.
    """
    here = existing_cwd()
    for folder in (here, *here.parents):
        noxfile = folder / 'noxfile.py'
        is_root = os.path.lexists(folder / '.git')
        if imports_nox(noxfile) or is_root and noxfile.exists():
            os.chdir(folder)
            return [*paths] if folder == here else [
                Path(os.path.relpath(here / path)) for path in paths]
        if is_root:
            break
    raise _no_project()


def enter_clone(command: str) -> tuple[Repository, Path, Path]:
    """The same where there may be no noxfile: then the root is entered.

    Returns the repository, its root, and the folder that is current now.
    Raises AutodevelopError in a bare repository.
    """
    repository = find_repository()
    root = repository.work_tree
    if not root:
        raise AutodevelopError('a bare repository has nothing to check',
                               f'run autodevelop {command} in a clone')
    try:
        enter_project()
    except AutodevelopError:
        os.chdir(root)
    return repository, root, Path.cwd()


def _no_project() -> AutodevelopError:
    try:
        return project_elsewhere(find_repository()) or no_noxfile()
    except AutodevelopError:  # No repository is needed.
        return no_noxfile()


def read_project() -> tuple[Settings, list[Cell]]:
    """Read the settings and the plan of the project in the current folder."""
    settings = read_settings(Path())
    return settings, read_plan(Path(), settings, NO_CACHE)


def find_ledger() -> tuple[Ledger | None, str]:
    """The ledger, if there is a repository, and this project's name there."""
    try:
        repository = find_repository()
    except AutodevelopError:
        return None, ''
    return Ledger(repository.cache), current_folder(repository)


def providers_by_cell(cells: Sequence[Cell],
                      settings: Settings) -> dict[str, list[str]]:
    """The titles of the CI providers that run each cell, by its name."""
    providers = [provider(name) for name in settings.ci]
    return {cell.session: runs_on(cell, providers) for cell in cells}

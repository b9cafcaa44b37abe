"""Noxfiles that are not committed: hooks would check nothing."""
from autodevelop.matrix.manifest import no_noxfile
from autodevelop.matrix.projects import (
    all_projects, from_here, listed_projects, names_of, noxfile_of,
)
from autodevelop.system.git import Repository

NOT_ADDED = ('--others', '--exclude-standard')
"""Options of ``git ls-files``."""


def untracked_noxfile(repository: Repository) -> list[str]:
    """Say which noxfile is not added yet, if none is."""
    if listed_projects(repository, '--cached'):
        return []
    if new := [*map(noxfile_of, listed_projects(repository, *NOT_ADDED))]:
        return [f'{new[0]} is not added yet, and commits without it are not '
                f'checked; run: git add {from_here(repository, new[0])}']
    raise no_noxfile()


def why_unchecked(repository: Repository, tree: str, what: str) -> str:
    """Why none of the projects is affected, for the end of a sentence.

    what: what changed, which is a commit or a push.
    """
    if projects := all_projects(repository, tree):
        return f'{what} changes nothing in {names_of(projects)}'
    new = [*map(noxfile_of, listed_projects(repository, *NOT_ADDED))]
    return (f'{new[0]} is not in {what}; run: git add '
            f'{from_here(repository, new[0])}' if new else
            f'noxfile.py is not in {what}')

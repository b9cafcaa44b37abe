"""Projects: the folders of a repository that have a noxfile.

A project is named by its folder, from the root of the repository; the root
itself is ''. Below the root a noxfile is one that imports nox: other modules
have that name, too. The folders of a template, such as {{cookiecutter.name}},
have none: theirs is not Python yet.
"""
import os
import posixpath
import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from autodevelop.errors import AutodevelopError
from autodevelop.matrix.patterns import select
from autodevelop.matrix.settings import Settings, read_settings
from autodevelop.system.git import (
    Repository, git, git_unchecked, resolve, split_names,
)
from autodevelop.system.output import listed

ANYWHERE = ':(glob)**/noxfile.py'
"""The noxfiles of a repository, as a pathspec of git."""

IMPORTS = '^[ \t]*(import|from)[ \t]+[A-Za-z0-9_]*nox'
"""How a noxfile imports nox, or a plugin of it, for git and for Python."""

TEMPLATE = '{{'
"""Begins a placeholder in the name of a folder."""

NAMED = 10
"""How many projects a message names."""


def noxfile_of(project: str) -> str:
    """The path of its noxfile."""
    return posixpath.join(project, 'noxfile.py')


def folders_of(paths: Iterable[str]) -> set[str]:
    """The folders of these files and those above, up to the root."""
    found = {''}
    for path in paths:
        folder = posixpath.dirname(path)
        while folder not in found:
            found.add(folder)
            folder = posixpath.dirname(folder)
    return {each for each in found if TEMPLATE not in each}


def projects_of(repository: Repository, tree: str,
                folders: Iterable[str]) -> list[str]:
    """Those of these folders that have a noxfile in a tree."""
    # Git reads a name up to the end of the line.
    asked = sorted(each for each in folders if '\n' not in each)
    found = resolve(repository, *(f'{tree}:{noxfile_of(each)}'
                                  for each in asked))
    return filter_importing_nox(repository, tree, [
        each for each, oid in zip(asked, found) if oid])


def filter_importing_nox(repository: Repository, tree: str,
                         folders: Sequence[str]) -> list[str]:
    """Those of these folders whose noxfile in a tree imports nox, and the
    root."""
    if not any(folders):
        return [*folders]
    # It lists no symlinks, which lead to a noxfile.
    listed = git_unchecked(
        repository, 'grep', '-LzE', '--no-color', IMPORTS, tree, '--',
        *(f':(literal){noxfile_of(each)}' for each in folders)).output
    others = os.fsdecode(listed).split('\0')
    return [each for each in folders
            if not each or f'{tree}:{noxfile_of(each)}' not in others]


def imports_nox(path: Path) -> bool:
    """Whether a file of the work tree, or of a room, imports nox."""
    return path.is_file() and re.search(
        IMPORTS, path.read_text('utf-8', 'replace'), re.MULTILINE) is not None


def all_projects(repository: Repository, tree: str) -> list[str]:
    """All projects of a tree."""
    return filter_importing_nox(repository, tree, _folders(git(
        repository, 'ls-tree', '-r', '-z', '--name-only', '--full-tree',
        tree)))


def assert_root_project(repository: Repository, tree: str) -> None:
    """Raise AutodevelopError when all noxfiles of a tree are in subfolders."""
    if not projects_of(repository, tree, ['']):
        if others := all_projects(repository, tree):
            raise AutodevelopError(
                'cannot deploy a project in a subfolder yet: '
                + noxfile_of(others[0]),
                'add a noxfile.py to the root of the repository', 1)


def listed_projects(repository: Repository, *options: str) -> list[str]:
    """The projects that ``git ls-files`` lists with these options."""
    root = repository.work_tree or repository.git_dir
    found = _folders(git(repository, 'ls-files', '-z', *options, '--',
                         ANYWHERE))
    paths = [root / noxfile_of(each) for each in found]
    return [each for each, path in zip(found, paths)
            if not (each and path.is_file()) or imports_nox(path)]


def _folders(listing: bytes) -> list[str]:
    return sorted(posixpath.dirname(name) for name in split_names(listing)
                  if posixpath.basename(name) == 'noxfile.py'
                  and TEMPLATE not in name)


def current_folder(repository: Repository) -> str:
    """Where autodevelop or git was called, from the root of the work tree;
    the root if that is elsewhere."""
    root = os.path.realpath(repository.work_tree or repository.git_dir)
    # Git runs hooks at the root, and says where it was started.
    folder = Path(os.path.realpath(os.environ.get('GIT_PREFIX') or '.'))
    if not folder.is_relative_to(root):
        return ''
    inside = folder.relative_to(root).as_posix()
    return '' if inside == '.' else inside


def nearest_project(repository: Repository) -> str:
    """The project of the current folder in the work tree; the root's if there
    is none."""
    root = repository.work_tree or repository.git_dir
    above = folders_of([noxfile_of(current_folder(repository))])
    found = [each for each in above if imports_nox(root / noxfile_of(each))]
    return max(found, key=len, default='')


def from_here(repository: Repository, path: str) -> str:
    """A path of the work tree for a command that is pasted, quoted."""
    here = current_folder(repository)
    return shlex.quote(posixpath.relpath(path or '.', here or '.'))


def no_project_here(repository: Repository,
                    projects: Sequence[str]) -> AutodevelopError:
    """The error where the noxfiles are in other folders."""
    return AutodevelopError(
        'there is no noxfile.py in this folder or above it, but in '
        + names_of(projects), f'cd {from_here(repository, projects[0])}')


def project_elsewhere(repository: Repository) -> AutodevelopError | None:
    """The error that names the folders with a noxfile, if there are any."""
    others = listed_projects(repository, '--cached', '--others',
                             '--exclude-standard')
    return no_project_here(repository, others) if others else None


def chosen(settings: Settings, projects: Sequence[str]) -> list[str]:
    """Those that the repository's setting ``projects`` selects."""
    if not settings.projects:
        return [*projects]
    selected = {*select(settings.projects, [*map(noxfile_of, projects)])}
    return [each for each in projects
            if not each or noxfile_of(each) in selected]


@contextmanager
def errors_of(project: str) -> Iterator[None]:
    """Name the project in the errors of its noxfile and of its settings."""
    try:
        yield
    except AutodevelopError as error:
        if not project:
            raise
        hint = error.hint
        if hint.startswith('fix the noxfile'):
            hint += ('; or stop checking it: [tool.autodevelop] projects = '
                     f'["*", "!{project}"]')
        raise AutodevelopError(f'{project}: {error.message}', hint,
                               error.status) from error


def names_of(projects: Sequence[str]) -> str:
    """Their names, for a message."""
    return listed([each or '.' for each in projects], NAMED)


def repository_settings(repository: Repository) -> Settings:
    """The settings for the whole repository: messages, pushes.

    Those at the root, or those of the only project.
    """
    root = repository.work_tree or repository.git_dir
    at_root = any((root / name).exists()
                  for name in ('noxfile.py', 'pyproject.toml'))
    if not at_root and repository.work_tree:
        projects = listed_projects(repository)
        if len(projects) == 1:
            return read_settings(root / projects[0])
    return read_settings(root)

"""What may be wrong with a clone: its files, its messages, its rooms."""
import os
import shlex
from collections.abc import Iterator

from autodevelop.checks.rooms import all_rooms, size_of
from autodevelop.checks.submodules import find_empty_submodules
from autodevelop.doctor.project import Project
from autodevelop.errors import Finding
from autodevelop.git_hooks.commit_msg import BY_GIT, broken_rules
from autodevelop.system.git import git, git_unchecked

MADE = ('.venv', '.nox', 'results', '.autodevelop', '.coverage', 'htmlcov')
"""What tools make, and nobody commits."""

LARGE = 5e9
"""Bytes of rooms: some ten environments with a browser or a compiler each."""


def messages(project: Project) -> Iterator[Finding]:
    """Yield how many of the last commits break the rules for messages."""
    done = git_unchecked(project.repository, 'log', '-100', '--no-merges',
                         '-z', '--format=%B')
    texts = [text for text in done.output.decode(errors='replace').split('\0')
             if text.strip() and not text.startswith(BY_GIT)]
    refused = sum(bool(broken_rules(text.rstrip('\n'), project.settings))
                  for text in texts)
    if refused:
        yield Finding(
            f'the rules for messages refuse {refused} of the last '
            f'{len(texts)} commits', 'change subject_length, '
            'subject_full_stop or issue in [tool.autodevelop]')


def ignored(project: Project) -> Iterator[Finding]:
    """Yield what git should ignore and does not, and the other way round."""
    there = [name for name in MADE if (project.root / name).exists()]
    for name in there:
        if _git(project, 'ls-files', '--', name):
            yield Finding(f'{name} is made by tools, and committed',
                          f'run: git rm -r --cached {name}', True)
        elif _git(project, 'ls-files', '--others', '--exclude-standard',
                  '--directory', '--', name):
            yield Finding(f'git does not ignore {name}',
                          f'run: echo {name} >> .gitignore')
    settings = project.settings
    for name in filter(None, (
            'noxfile.py', 'pyproject.toml', settings.requirements,
            settings.deploy.requirements)):
        path = project.folder / name
        if path.exists() and _git(project, 'ls-files', '--others', '--ignored',
                                  '--exclude-standard', '--', str(path)):
            where = shlex.quote(os.path.relpath(path))
            yield Finding(f'git ignores {name}: neither a room nor a CI job '
                          'has it', f'run: git add --force {where}', True)


def _git(project: Project, *arguments: str) -> bytes:
    return git(project.repository, *arguments)


def submodules(project: Project) -> Iterator[Finding]:
    """Yield the submodules that are not checked out."""
    index = project.repository.git_dir / 'index'
    if empty := find_empty_submodules(project.repository, index):
        names = ', '.join(each.path for each in empty)
        yield Finding(f'submodules without files: {names}',
                      'run: git submodule update --init --recursive')


def rooms(project: Project) -> Iterator[Finding]:
    """Yield the rooms that are large, and those that nothing uses."""
    gone = [folder for folder, of in all_rooms() if not of.is_dir()]
    if gone:
        yield Finding(f'rooms of repositories that are gone: {len(gone)}',
                      'run: autodevelop rooms --prune')
    cache = project.repository.cache
    size = size_of(cache)
    if size > LARGE:
        yield Finding(f'the rooms of this repository take {size / 1e9:.1f} GB',
                      'they are made again when needed; run: rm -r '
                      + shlex.quote(str(cache)))

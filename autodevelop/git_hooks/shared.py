"""The scripts in the work tree, which the project has for each clone.

Git does not run these: see install. They are for a clone whose owner sets
core.hooksPath by hand, before autodevelop is installed.
"""
import os
from pathlib import Path

from autodevelop.git_hooks.script import (
    NAMES, foreign_hooks, is_ours, is_script, script, write_scripts,
)
from autodevelop.system.files import write_file
from autodevelop.system.git import (
    Repository, git, git_line, git_unchecked, split_names,
)

FOLDERS = ('hooks', '.githooks')
"""The folder of earlier versions, and that of new projects.

A folder hooks/ is a second package to setuptools, which then refuses to build
a project of a flat layout:
https://setuptools.pypa.io/en/latest/userguide/package_discovery.html
"""

ATTRIBUTES = b'* text eol=lf\n'
"""sh reads a carriage return as a part of the command."""


def shared_folder(repository: Repository, tree: Path) -> str:
    """The folder of the project's scripts: hooks, if ours are there."""
    path = tree / FOLDERS[0] / NAMES[0]
    if path.is_file():
        return FOLDERS[not is_ours(path)]
    # It may be outside of a sparse checkout.
    done = git_unchecked(repository, 'cat-file', 'blob',
                         f':{FOLDERS[0]}/{NAMES[0]}')
    return FOLDERS[not is_script(done.output, NAMES[0])]


def write_shared(repository: Repository, tree: Path) -> list[str]:
    """Write the project's scripts, for people to add; return lines on it."""
    name = shared_folder(repository, tree)
    folder = tree / name
    foreign = foreign_hooks(folder)
    if foreign and not any(is_ours(folder / each) for each in NAMES):
        return [f'{name}/ has other scripts; left unchanged']
    modes = _tracked(repository, name)
    # What is tracked and not there is outside of a sparse checkout.
    lines = write_scripts(folder, {
        each: script(each) for each in NAMES
        if f'{name}/{each}' not in modes or os.path.lexists(folder / each)},
        name)
    ignored = [each for each in NAMES
               if modes.get(f'{name}/{each}') == '100644']
    for each in ignored:
        git(repository, 'update-index', '--chmod=+x', '--', f'{name}/{each}')
    if ignored:
        lines.append(f'made executable in the index: {", ".join(ignored)} in '
                     f'{name}; commit that')
    return lines + _write_attributes(repository, tree, name)


def _tracked(repository: Repository, folder: str) -> dict[str, str]:
    """The modes of the files in the index, by their paths."""
    output = git(repository, 'ls-files', '--stage', '-z', '--', folder)
    entries = (line.partition('\t') for line in split_names(output))
    return {path: entry.split(' ')[0] for entry, _, path in entries}


def _write_attributes(repository: Repository, tree: Path,
                      folder: str) -> list[str]:
    """Keep the scripts' line endings, unless the project does that."""
    path = tree / folder / '.gitattributes'
    known = git_line(repository, 'check-attr', 'eol', '--',
                     f'{folder}/{NAMES[0]}')
    if known.endswith(': lf') or path.exists() or not path.parent.is_dir():
        return []
    write_file(path, ATTRIBUTES)
    return [f'wrote {folder}/.gitattributes']

"""Whether the virtual environments of a room are up to date."""
import hashlib
import json
import os
import posixpath
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from autodevelop.checks.room import Room
from autodevelop.system.git import git

DEPENDENCY_FILES = (
    'noxfile.py', ':(glob)**/setup.py', '*.lock', '*.toml', '*.cfg',
    '*require*', '*constraint*', '*environment*', 'MANIFEST.in', 'Pipfile',
    '.python-version', '*.c', '*.cc', '*.cpp', '*.h', '*.pyx', '*.pxd', '*.rs',
)
"""Git pathspecs of the files that decide what is installed, besides those that
the noxfile names."""

LIST_SUFFIXES = ('.cfg', '.in', '.ini', '.json', '.lock', '.pip', '.toml',
                 '.txt', '.whl', '.yaml', '.yml')
"""Suffixes of files that list what to install. Another word of the noxfile may
be just a word, even if a file has that name."""

REUSE = ('--reuse-venv=always', '--no-install')
"""nox's options for environments that are up to date."""

WORD = re.compile(r'[\w./-]+')
IMPORT = re.compile(
    r'^\s*(?:from[ \t]+(\w[\w.]*)|import[ \t]+(\w[\w., \t]*))', re.MULTILINE)
BY_NAME = re.compile(r'run_module|import_module|__import__')
BY_PATH = re.compile(
    r'run_path|spec_from_file_location|SourceFileLoader|\bexec\(')
"""How a noxfile loads code without an import statement."""

INCLUDE = re.compile(
    r'^[ \t]*(?:-[rc]|--(?:requirement|constraint)(?=[=\s]))[ \t]*=?[ \t]*'
    r'(\S.*?)[ \t]*(?:[ \t]#.*)?$', re.MULTILINE)
"""How one requirements file includes another:
https://pip.pypa.io/en/stable/reference/requirements-file-format/"""


class Installed(NamedTuple):
    """What was installed when the stage last passed.

    tree: None when the environments do not contain the project itself.
    names: of the environments.
    """

    dependencies: str
    tree: str | None
    names: list[str]


def dependency_hash(room: Room) -> str:
    """A hash of what decides which sessions exist and what they install."""
    noxfile = _noxfile(room)
    named = [f':(literal){name}' for name in sorted(_named(room, noxfile))]
    named += [f':(glob){module}/**/*.py' for module in _modules(noxfile)]
    output = _listed(room, *DEPENDENCY_FILES, *named)
    names = {line.partition('\t')[2]
             for line in os.fsdecode(output).split('\0')}
    if included := _included(room, names) - names:
        output += _listed(room, *(f':(literal){name}'
                                  for name in sorted(included)))
    return hashlib.sha256(output).hexdigest()


def _listed(room: Room, *pathspecs: str) -> bytes:
    return git(room.repository, 'ls-files', '--stage', '-z', '--', *pathspecs)


def _named(room: Room, noxfile: str) -> set[str]:
    """The files that the noxfile names, and the modules that it imports.

    Scripts that a session runs are left out: they install nothing.
    """
    words = {form for word in WORD.findall(noxfile)
             for form in (word, word.rstrip('./'))}
    modules = set(_modules(noxfile))
    if BY_NAME.search(noxfile):
        modules |= {word.replace('.', '/') for word in words}
    by_path = bool(BY_PATH.search(noxfile))
    names = {word for word in words
             if _is_list(word) or by_path and word.endswith('.py')}
    return {posixpath.normpath(name)
            for name in names | {f'{module}.py' for module in modules}
            if _is_file_of(room, name)}


def _is_list(word: str) -> bool:
    return word.endswith(LIST_SUFFIXES) or (
        '/' in word and not word.endswith('.py'))


def _modules(noxfile: str) -> list[str]:
    """The top-level names that it imports."""
    imported = [name for whole, several in IMPORT.findall(noxfile)
                for name in (whole or several).split(',') if name.strip()]
    return sorted({name.split()[0].partition('.')[0] for name in imported})


def _included(room: Room, names: Iterable[str]) -> set[str]:
    """What these files include with ``-r`` and ``-c``, recursively."""
    found, seen = set[str](), set[str]()
    left = [name for name in names
            if _may_include(name) and _is_file_of(room, name)]
    while left:
        name = left.pop()
        seen.add(name)
        text = (room.tree / name).read_text('utf-8', errors='replace')
        for each in INCLUDE.findall(text):
            include = posixpath.normpath(posixpath.join(
                posixpath.dirname(name), each.strip('\'"')))
            if include not in seen and _is_file_of(room, include):
                found.add(include)
                left.append(include)
    return found


def _may_include(name: str) -> bool:
    """Whether it may be a requirements file, whose name can be anything."""
    return posixpath.splitext(name)[1] in ('', '.in', '.pip', '.txt')


def _is_file_of(room: Room, name: str) -> bool:
    """Whether it is a file in the tree; git rejects paths outside."""
    first = os.path.normpath(name).split(os.sep)[0]
    return (bool(name) and not os.path.isabs(name) and first != os.pardir
            and os.path.isfile(room.tree / name))


def options(room: Room, now: str, tree: str) -> tuple[str, ...]:
    """nox's options: recreate the environments, update, or reuse them."""
    before = _read(room)
    if before is None or before.dependencies != now:
        return ('--reuse-venv=never',)
    if before.tree not in (None, tree):
        return ('--reuse-venv=always',)
    return REUSE


def record(room: Room, now: str, tree: str) -> None:
    """Record that the environments are up to date for this tree."""
    names = _names(room)
    before = _read(room)
    if (options(room, now, tree) == REUSE and before
            and before.names == names):
        return  # Nothing was installed; searching them is slow.
    each = Installed(now, tree if _contain_the_project(room) else None, names)
    _path(room).write_text(json.dumps(each), encoding='utf-8')


def invalidate(room: Room) -> None:
    """Make the next run install again: an old package may be why it failed."""
    before = _read(room)
    if before:
        _path(room).write_text(json.dumps(before._replace(tree='')))


def folder(room: Room) -> Path:
    """Where nox keeps the environments of the room: outside its tree."""
    return room.folder / 'environments'


def _names(room: Room) -> list[str]:
    path = folder(room)
    return sorted(os.listdir(path)) if path.is_dir() else []


def _noxfile(room: Room) -> str:
    path = room.tree / 'noxfile.py'
    return path.read_text(encoding='utf-8', errors='replace') if (
        path.is_file()) else ''


def _path(room: Room) -> Path:
    return room.folder / 'installed.json'


def _read(room: Room) -> Installed | None:
    try:
        return Installed(*json.loads(_path(room).read_text(encoding='utf-8')))
    except (OSError, ValueError, TypeError):
        return None


def _contain_the_project(room: Room) -> bool:
    """Whether an environment has a copy of the project's sources.

    direct_url.json tells an install from a folder, and whether it is editable:
    https://packaging.python.org/specifications/direct-url/
    """
    if 'run_install' in _noxfile(room):
        return True
    origins = folder(room).glob('*/**/*.dist-info/direct_url.json')
    return any(_is_copy(json.loads(path.read_text(encoding='utf-8')))
               for path in origins)


def _is_copy(origin: dict[str, dict[str, bool]]) -> bool:
    return str(origin.get('url')).startswith('file:') and not origin.get(
        'dir_info', {}).get('editable')

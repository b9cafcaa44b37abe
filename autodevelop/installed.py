"""Whether what is installed in a room's environments is still right."""
import hashlib
import json
import os
import posixpath
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from autodevelop.git import git
from autodevelop.room import Room

DECIDING = (
    'noxfile.py', ':(glob)**/setup.py', '*.lock', '*.toml', '*.cfg',
    '*require*', '*constraint*', '*environment*', 'MANIFEST.in', 'Pipfile',
    '.python-version', '*.c', '*.cc', '*.cpp', '*.h', '*.pyx', '*.pxd', '*.rs',
)
"""Files that decide what is installed, as git's pathspecs; so do others that
the noxfile names."""

LISTS = ('.cfg', '.in', '.ini', '.json', '.lock', '.pip', '.toml', '.txt',
         '.whl', '.yaml', '.yml')
"""How the names of files end that say what is installed. A word of the
noxfile that ends otherwise may be a word, if there is a file of that name."""

AS_THEY_ARE = ('--reuse-venv=always', '--no-install')
"""nox's options for environments that need nothing."""

WORD = re.compile(r'[\w./-]+')
IMPORT = re.compile(
    r'^\s*(?:from[ \t]+(\w[\w.]*)|import[ \t]+(\w[\w., \t]*))', re.MULTILINE)
BY_NAME = re.compile(r'run_module|import_module|__import__')
BY_PATH = re.compile(
    r'run_path|spec_from_file_location|SourceFileLoader|\bexec\(')
"""How a noxfile takes in code that it does not import by a statement."""

INCLUDE = re.compile(
    r'^[ \t]*(?:-[rc]|--(?:requirement|constraint)(?=[=\s]))[ \t]*=?[ \t]*'
    r'(\S.*?)[ \t]*(?:[ \t]#.*)?$', re.MULTILINE)
"""pip's way to include a file of requirements:
https://pip.pypa.io/en/stable/reference/requirements-file-format/"""


class Installed(NamedTuple):
    """What was installed, when a stage last passed in a room.

    tree: None when the environments do not depend on the whole tree.
    names: of the environments that there were.
    """

    fingerprint: str
    tree: str | None
    names: list[str]


def fingerprint(room: Room) -> str:
    """A hash of all that decides which sessions there are and their needs."""
    noxfile = _noxfile(room)
    named = [f':(literal){name}' for name in sorted(_named(room, noxfile))]
    named += [f':(glob){module}/**/*.py' for module in _modules(noxfile)]
    output = _listed(room, *DECIDING, *named)
    names = {line.partition('\t')[2]
             for line in os.fsdecode(output).split('\0')}
    if included := _included(room, names) - names:
        output += _listed(room, *(f':(literal){name}'
                                  for name in sorted(included)))
    return hashlib.sha256(output).hexdigest()


def _listed(room: Room, *pathspecs: str) -> bytes:
    return git(room.repository, 'ls-files', '--stage', '-z', '--', *pathspecs)


def _named(room: Room, noxfile: str) -> set[str]:
    """The files that the noxfile names, and the modules beside it.

    A script that a session runs installs nothing. A word without a slash may
    be any word, unless it ends as the files do that list what is installed.
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
    return word.endswith(LISTS) or '/' in word and not word.endswith('.py')


def _modules(noxfile: str) -> list[str]:
    """The first parts of the names of what it imports."""
    imported = [name for whole, several in IMPORT.findall(noxfile)
                for name in (whole or several).split(',') if name.strip()]
    return sorted({name.split()[0].partition('.')[0] for name in imported})


def _included(room: Room, names: Iterable[str]) -> set[str]:
    """What these files include by ``-r`` and ``-c``, and those in turn."""
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
    """A requirements file has any name, but none of a known other kind."""
    return posixpath.splitext(name)[1] in ('', '.in', '.pip', '.txt')


def _is_file_of(room: Room, name: str) -> bool:
    """Whether it is one; git refuses to look for files outside."""
    first = os.path.normpath(name).split(os.sep)[0]
    return (bool(name) and not os.path.isabs(name) and first != os.pardir
            and os.path.isfile(room.tree / name))


def options(room: Room, now: str, tree: str) -> tuple[str, ...]:
    """How nox shall treat its environments: anew, again, or as they are."""
    before = _read(room)
    if before is None or before.fingerprint != now:
        return ('--reuse-venv=never',)
    if before.tree not in (None, tree):
        return ('--reuse-venv=always',)
    return AS_THEY_ARE


def remember(room: Room, now: str, tree: str) -> None:
    """Note that the environments are right for this tree."""
    names = _names(room)
    before = _read(room)
    if (options(room, now, tree) == AS_THEY_ARE and before
            and before.names == names):
        return  # Nothing was installed; looking through them takes long.
    each = Installed(now, tree if _hold_the_tree(room) else None, names)
    _path(room).write_text(json.dumps(each), encoding='utf-8')


def forget(room: Room) -> None:
    """Have the next run install: what failed may be for want of it."""
    before = _read(room)
    if before:
        _path(room).write_text(json.dumps(before._replace(tree='')))


def environments(room: Room) -> Path:
    """Where nox keeps the room's environments: not in its tree."""
    return room.folder / 'environments'


def _names(room: Room) -> list[str]:
    folder = environments(room)
    return sorted(os.listdir(folder)) if folder.is_dir() else []


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


def _hold_the_tree(room: Room) -> bool:
    """Whether sources were copied into an environment, or built in place.

    PEP 610's direct_url.json tells an install from a folder; an editable one
    reads the room itself.
    """
    if 'run_install' in _noxfile(room):
        return True
    origins = environments(room).glob('*/**/*.dist-info/direct_url.json')
    return any(_is_copy(json.loads(path.read_text(encoding='utf-8')))
               for path in origins)


def _is_copy(origin: dict[str, dict[str, bool]]) -> bool:
    return str(origin.get('url')).startswith('file:') and not origin.get(
        'dir_info', {}).get('editable')

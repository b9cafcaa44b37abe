"""Whether what is installed in a room's environments is still right."""
import hashlib
import json
import os
import re
from pathlib import Path
from typing import NamedTuple

from autodevelop.git import git
from autodevelop.room import Room

DECIDING = (
    'noxfile.py', ':(glob)**/setup.py', '*.lock', '*.toml',
    '*.cfg', '*require*', '*constraint*', '*environment*', 'MANIFEST.in',
    'Pipfile', '*.c', '*.cc', '*.cpp', '*.h', '*.pyx', '*.pxd', '*.rs',
)
"""Files that decide what is installed, as git's pathspecs; any other file
that the noxfile names is one of them."""

AS_THEY_ARE = ('--reuse-venv=always', '--no-install')
"""nox's options for environments that need nothing."""

WORD = re.compile(r'[\w./-]+')
IMPORT = re.compile(r'^\s*(?:from|import)\s+(\w[\w.]*)', re.MULTILINE)


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
    words = {form for word in WORD.findall(noxfile)
             for form in (word.removeprefix('./'), word.strip('./'))}
    words |= {f'{word.replace(".", "/")}.py' for word in words}
    named = [f':(literal){word}' for word in sorted(words)
             if _is_file_of(room, word)]
    named += [f':(glob){module.partition(".")[0]}/**/*.py'
              for module in sorted(set(IMPORT.findall(noxfile)))]
    output = git(room.repository, 'ls-files', '--stage', '-z', '--',
                 *DECIDING, *named)
    return hashlib.sha256(output).hexdigest()


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

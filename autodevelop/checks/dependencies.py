"""What decides which sessions there are, and what they install."""
import hashlib
import json
import os
import posixpath
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from autodevelop.checks.room import Room
from autodevelop.system.files import read_json, read_text, write_file
from autodevelop.system.git import git, split_names

DEPENDENCY_FILES = (
    ':(glob)**/setup.py', ':(glob)**/setup.cfg', ':(glob)**/pyproject.toml',
    ':(glob)**/Cargo.toml', ':(glob)**/MANIFEST.in', ':(glob)**/Pipfile',
    ':(glob)**/.python-version', '*.lock', '*require*', '*constraint*',
    '*environment*',
)
"""Git pathspecs of the files that decide what is installed, besides those that
the noxfile names."""

BUILT = ('*.c', '*.cc', '*.cpp', '*.h', '*.hpp', '*.pyx', '*.pxd', '*.rs',
         '*.f90', '*.go')
"""Git pathspecs of what an editable install compiles once."""

INSTALLS_NOTHING = (
    r'(tool:)?(autodevelop|autopep8|bandit|basedpyright|black|bumpversion|'
    r'cibuildwheel|codespell|commitizen|coverage|darker|djlint|docformatter|'
    r'flake8|importlinter|interrogate|isort|mutmut|mypy|nbqa|pycodestyle|'
    r'pydocstyle|pydoclint|pylint|pyright|pytest|ruff|towncrier|ty|typos|'
    r'vulture|yapf|zimports)([:.-].*)?')
"""The tables below [tool] of pyproject.toml, and the sections of setup.cfg, of
tools that check; any other may decide what is installed."""

LIST_SUFFIXES = ('.cfg', '.in', '.ini', '.json', '.lock', '.pip', '.toml',
                 '.txt', '.whl', '.yaml', '.yml')
"""Suffixes of files that list what to install. Another word of the noxfile may
be just a word, even if a file has that name."""

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


class Dependencies(NamedTuple):
    """Two hashes: of what decides the plan, and what is installed."""

    plan: str
    installed: str


def read_dependencies(room: Room) -> Dependencies:
    """Hash what decides which sessions exist and what they install."""
    noxfile = read_noxfile(room)
    names = {room.path('noxfile.py'), *_named(room, noxfile)}
    named = [f':(literal){name}' for name in sorted(names)]
    named += [f':(glob){room.path(module)}/**/*.py'
              for module in _modules(noxfile)]
    output = _listed(room, *DEPENDENCY_FILES, *named)
    names = {line.partition('\t')[2] for line in split_names(output)}
    if included := _included(room, names) - names:
        output += _listed(room, *(f':(literal){name}'
                                  for name in sorted(included)))
    plan = hashlib.sha256(output).hexdigest()
    # Parsing TOML takes 5 ms with the import; most commits change none of it.
    kept = room.kept / 'dependencies.json'
    if known := _read(kept, plan):
        return known
    installed = hashlib.sha256(b'\0'.join(
        _what_installs(room, line) for line in output.split(b'\0')))
    found = Dependencies(plan, installed.hexdigest())
    write_file(kept, json.dumps(found).encode())
    return found


def _read(kept: Path, plan: str) -> Dependencies | None:
    try:
        known = Dependencies(*read_json(kept))
    except TypeError:
        return None
    return known if known.plan == plan else None


def editable_hash(room: Room) -> str:
    """A hash of what an editable install of the project records once.

    That is what it compiled, and which packages and modules there are.
    """
    listed = split_names(_listed(room, '*.py', *BUILT))
    entries = {line if not line.endswith('.py')
               else posixpath.dirname(line.partition('\t')[2])
               or line.partition('\t')[2] for line in listed}
    return hashlib.sha256(repr(sorted(entries)).encode()).hexdigest()


def read_noxfile(room: Room) -> str:
    """The text of the noxfile; empty without one."""
    return read_text(room.project_tree / 'noxfile.py')


def _what_installs(room: Room, line: bytes) -> bytes:
    """A line of git ls-files; the parts of a file in place of its id."""
    name = os.fsdecode(line.partition(b'\t')[2])
    parts = {'pyproject.toml': _parts_of_toml, 'setup.cfg': _parts_of_cfg}.get(
        posixpath.basename(name))
    if not parts:
        return line
    try:
        text = (room.tree / name).read_text('utf-8')
        return os.fsencode(f'{name} {parts(text)!r}')
    except (OSError, ValueError):
        return line  # Its tool will complain.


def _parts_of_toml(text: str) -> dict[str, Any]:
    import tomllib
    document = tomllib.loads(text)
    tools: dict[str, Any] = document.get('tool', {})
    return document | {'tool': {
        name: table for name, table in tools.items()
        if not re.fullmatch(INSTALLS_NOTHING, name)}}


def _parts_of_cfg(text: str) -> dict[str, dict[str, str]]:
    import configparser
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise ValueError(str(error)) from error
    return {name: dict(parser[name]) for name in parser.sections()
            if not re.fullmatch(INSTALLS_NOTHING, name)}


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
    return {room.path(name)
            for name in names | {f'{module}.py' for module in modules}
            if _is_file_of(room, room.path(name))}


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

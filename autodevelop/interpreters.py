"""Which Pythons this machine has."""
import json
import os
import re
import sys
from collections.abc import Collection
from pathlib import Path
from subprocess import Popen
from typing import NamedTuple

from autodevelop.process import start

PLATFORM = {'darwin': 'macos', 'win32': 'windows'}.get(sys.platform, 'linux')
"""The platform that this machine is, by the name that cells give it."""

REQUEST = re.compile(
    r'(?P<implementation>[a-z]*)-?'
    r'(?P<version>\d+(\.\d+){0,2})?(?P<threads>t?)')
"""What a noxfile asks for: ``3.13``, ``3``, ``3.14t``, ``pypy-3.11``."""


class Interpreter(NamedTuple):
    """A Python: ``cpython``, ``3.14.0``, and whether it has no GIL."""

    implementation: str
    version: str
    free_threaded: bool


def search_path() -> str:
    """The PATH on which interpreters are looked for.

    pyenv puts a shim on PATH for each version it has, and the shim of a
    version that is not selected fails. The folders of the versions follow
    here, and the shims go, so that every one of them is found.
    """
    root = Path(os.environ.get('PYENV_ROOT', Path.home() / '.pyenv'))
    folders = os.environ.get('PATH', os.defpath).split(os.pathsep)
    folders = [name for name in folders if Path(name) != root / 'shims']
    versions = map(str, sorted(root.glob('versions/*/bin')))
    return os.pathsep.join([
        *folders, *(name for name in versions if name not in folders)])


def start_listing() -> Popen[str]:
    """Ask uv for the interpreters it finds here; it downloads nothing.

    uv remembers what an interpreter is, so that one process answers for
    all of them at a quarter of what asking python-discovery costs.
    """
    from uv import find_uv_bin
    return start(
        [find_uv_bin(), 'python', 'list', '--only-installed', '--offline',
         '--no-config', '--output-format', 'json'], {'PATH': search_path()})


def read_listing(listing: Popen[str]) -> set[Interpreter]:
    """Read what uv found; nothing when it could not say."""
    output = listing.communicate()[0]
    found = json.loads(output) if listing.returncode == 0 else []
    return {Interpreter(each['implementation'], each['version'],
                        each['variant'].startswith('freethreaded'))
            for each in found}


def is_present(python: str, found: Collection[Interpreter]) -> bool:
    """Whether what a noxfile asks for is among the interpreters found.

    python: a version as in REQUEST, a range (``>=3.12``), or what else nox
        takes, which goes to the library that nox asks.
    """
    if python.startswith(('<', '>', '=', '!', '~')):
        from packaging.specifiers import SpecifierSet
        return any(SpecifierSet(python).contains(each.version, True)
                   for each in found if each.implementation == 'cpython')
    request = REQUEST.fullmatch(python)
    if not (found and request):
        from python_discovery import get_interpreter
        environment = {**os.environ, 'PATH': search_path()}
        return get_interpreter(python, env=environment) is not None
    implementation = request['implementation']
    version = f'{request["version"]}.' if request['version'] else ''
    if implementation in ('', 'python'):
        implementation = 'cpython'
    return any(
        each.implementation == implementation
        and f'.{each.version}.'.startswith(f'.{version}')
        and each.free_threaded == bool(request['threads'])
        for each in found)


def signature() -> str:
    """A hash that changes when an interpreter or nox comes, goes or changes.

    Files are asked for, no program is run: a push of what passed waits for
    this alone.
    """
    import hashlib
    from importlib.util import find_spec
    nox = find_spec('nox')
    assert nox, 'autodevelop is not installed without nox'
    paths = {os.path.realpath(sys.executable), str(nox.origin)}
    for folder in search_path().split(os.pathsep):
        try:
            names = os.listdir(folder)
        except OSError:
            continue  # PATH may name what is no folder, or not ours to read.
        paths |= {os.path.realpath(os.path.join(folder, name))
                  for name in names if name.startswith('py')
                  and EXECUTABLE.fullmatch(name)}
    text = repr([(path, os.stat(path).st_mtime_ns)
                 for path in sorted(paths) if os.path.isfile(path)])
    return hashlib.sha256(f'{PLATFORM}{text}'.encode()).hexdigest()


EXECUTABLE = re.compile(r'(python|pypy)[0-9.]*t?(\.exe)?')

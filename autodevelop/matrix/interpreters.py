"""Which Pythons this machine has."""
import hashlib
import json
import os
import re
import sys
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from glob import escape, glob
from importlib.util import find_spec
from pathlib import Path
from subprocess import Popen
from typing import NamedTuple

from autodevelop.system.process import start

if sys.platform == 'win32':  # only on windows
    import winreg

PLATFORM = {'darwin': 'macos', 'win32': 'windows'}.get(sys.platform, 'linux')
"""The platform of this machine, by the name that cells use."""

REQUEST = re.compile(
    r'(?P<implementation>[a-z]*)-?'
    r'(?P<version>\d+(\.\d+){0,2})?(?P<threads>t?)')
"""A Python in a noxfile: ``3.13``, ``3``, ``3.14t``, ``pypy-3.11``."""


class Interpreter(NamedTuple):
    """A Python: ``cpython``, ``3.14.0``, and whether it is free-threaded."""

    implementation: str
    version: str
    free_threaded: bool


def search_path() -> str:
    """The PATH on which interpreters are found.

    The shims of pyenv fail for versions that are not selected
    (https://github.com/pyenv/pyenv#understanding-shims), so the folders of
    its versions replace them.
    """
    root = Path(os.environ.get('PYENV_ROOT', Path.home() / '.pyenv'))
    folders = os.environ.get('PATH', os.defpath).split(os.pathsep)
    folders = [name for name in folders if Path(name) != root / 'shims']
    # Not Path.glob(), which until Python 3.13 fails for another user's folder.
    versions = sorted(glob(os.path.join(
        escape(str(root)), 'versions', '*', 'bin')))
    return os.pathsep.join([
        *folders, *(name for name in versions if name not in folders)])


def start_listing() -> Popen[str]:
    """Ask uv for the interpreters here; it downloads nothing.

    uv caches what an interpreter is: a quarter of the cost of asking
    python-discovery for each.
    """
    return start(
        uv('python', 'list', '--only-installed', '--offline', '--no-config',
           '--output-format', 'json'), {'PATH': search_path()})


def uv(*arguments: str) -> list[str]:
    """A command of the uv that is installed with autodevelop."""
    from uv import find_uv_bin  # A hook that knows its plan does without.
    return [find_uv_bin(), *arguments]


def read_listing(listing: Popen[str]) -> set[Interpreter]:
    """Read what uv found; nothing when it failed."""
    output = listing.communicate()[0]
    found = json.loads(output) if listing.returncode == 0 else []
    return {Interpreter(each['implementation'], each['version'],
                        each['variant'].startswith('freethreaded'))
            for each in found}


def is_present(python: str, found: Collection[Interpreter]) -> bool:
    """Whether a Python that a noxfile asks for is among those found.

    python: a version as in REQUEST, a range (``>=3.12``), or anything else
        that nox accepts, which python-discovery looks for, as nox does.
    """
    if python.startswith(('<', '>', '=', '!', '~')):
        return any(satisfies(each.version, python)
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


def present(pythons: Iterable[str],
            found: Collection[Interpreter]) -> set[str]:
    """Those of these Pythons that are among those found."""
    return {python for python in pythons
            if python and is_present(python, found)}


def satisfies(version: str, specifier: str) -> bool:
    """Whether a Python is in a range such as ``>=3.12``, a prerelease, too."""
    from packaging.specifiers import SpecifierSet  # Few noxfiles have one.
    return SpecifierSet(specifier).contains(version, True)


def toolchain_hash() -> str:
    """A hash that changes with the interpreters, the platform and nox.

    It only looks at files: a push of what already passed waits for little
    else.
    """
    nox = find_spec('nox')  # Without it, the listing fails, and says so.
    paths = {os.path.realpath(sys.executable), str(nox and nox.origin)}
    for folder in [*search_path().split(os.pathsep), *_elsewhere()]:
        try:
            names = os.listdir(folder)
        except OSError:
            continue  # PATH may name a missing or unreadable folder.
        paths |= {os.path.realpath(os.path.join(folder, name))
                  for name in names if name.startswith('py')
                  and EXECUTABLE.fullmatch(name)}
    paths |= {os.path.realpath(path) for path in _registered()}
    text = repr([(path, os.stat(path).st_mtime_ns)
                 for path in sorted(paths) if os.path.isfile(path)])
    return hashlib.sha256(f'{PLATFORM}{text}'.encode()).hexdigest()


def _elsewhere() -> list[str]:
    """The folders of the Pythons that uv installed:
    https://docs.astral.sh/uv/reference/storage/#python-versions
    """
    data = os.environ.get('APPDATA' if PLATFORM == 'windows'
                          else 'XDG_DATA_HOME', Path.home() / '.local/share')
    root = os.environ.get('UV_PYTHON_INSTALL_DIR', Path(data, 'uv/python'))
    pattern = '*' if PLATFORM == 'windows' else '*/bin'
    return sorted(glob(os.path.join(escape(str(root)), pattern)))


def _registered() -> Iterator[str]:
    """The Pythons in the registry of Windows:
    https://peps.python.org/pep-0514/
    """
    if sys.platform == 'win32':  # only on windows
        def below(root: int, path: str) -> Iterator[str]:
            with suppress(OSError), winreg.OpenKey(root, path) as key:
                for number in range(winreg.QueryInfoKey(key)[0]):
                    yield rf'{path}\{winreg.EnumKey(key, number)}'

        for root in (winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE):
            for company in below(root, r'Software\Python'):
                for tag in below(root, company):
                    with suppress(OSError), winreg.OpenKey(
                            root, rf'{tag}\InstallPath') as key:
                        yield winreg.QueryValueEx(key, 'ExecutablePath')[0]
    yield from ()


EXECUTABLE = re.compile(r'(python|pypy)[0-9.]*t?(\.exe)?')

"""The venv of a release: created once for the same inputs."""
import hashlib
import os
import re
import shutil
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from autodevelop.deploy.target import Target
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.interpreters import satisfies, uv
from autodevelop.matrix.tables import Deploy
from autodevelop.system.process import run

INCLUDED = re.compile(r'(?:-r|-c|--requirement|--constraint)[ =]*(\S+)')
LOCAL = re.compile(r'(?:(?:-e|--editable)[ =]*)?(?:.*@ *)?(?:file:(?://)?)?'
                   r'(\.{0,2}/\S*|\.|\S+\.(?:whl|tar\.gz|zip))(?:\s.*)?')
"""A requirement that is a file or folder: see pip's requirements files,
https://pip.pypa.io/en/stable/reference/requirements-file-format/"""

GUESSES = ('requirements.txt', 'uv.lock')


def ensure_venv(release: Path, settings: Deploy, target: Target) -> Path:
    """Create the venv of a release if it is not there; return its Python.

    Raises AutodevelopError when it cannot be installed; no venv is left then.
    """
    folder = release / settings.folder
    lock = find_lock(release, settings)
    venv = target.folder / 'environments' / venv_name(release, settings)
    python = venv / 'bin/python'
    # Written last: without it the venv is incomplete.
    whole = venv / 'whole'
    if whole.exists():
        return python
    shutil.rmtree(venv, ignore_errors=True)
    for command in _commands(lock, venv, folder, settings):
        _run_uv(command, folder, venv, lock)
    whole.touch()
    return python


def _commands(lock: Path, venv: Path, folder: Path,
              settings: Deploy) -> Iterator[list[str]]:
    python = str(venv / 'bin/python')
    yield ['venv', '--python', _python_of(folder), str(venv)]
    if lock.name == 'uv.lock':
        yield ['sync', '--frozen', '--no-dev', '--no-editable',
               '--compile-bytecode', '--project', str(lock.parent)]
    else:
        yield ['pip', 'install', '--python', python, '--compile-bytecode',
               '--require-hashes', '-r', str(lock)]
        if settings.install:
            yield ['pip', 'install', '--python', python, '--compile-bytecode',
                   '--no-deps', '.']


def _run_uv(command: Sequence[str], folder: Path, venv: Path,
            lock: Path) -> None:
    done = run(uv(*command), {
        'VIRTUAL_ENV': None, 'UV_PROJECT_ENVIRONMENT': str(venv)}, folder)
    if done.status:
        shutil.rmtree(venv, ignore_errors=True)
        said = ' '.join(done.messages.decode(errors='replace').split())
        if command[0] == 'venv':
            raise AutodevelopError(
                f'cannot create a virtual environment: {said}',
                'install that Python on the server: uv python install; or '
                'change .python-version', status=1)
        raise AutodevelopError(
            f'cannot install {lock.name}: {said}',
            f'run: uv pip compile --generate-hashes {lock.name} -o '
            f'{lock.name}, commit it, and push again'
            if '--require-hashes' in said
            else 'fix and commit the lock file, and deploy again', status=1)


def _python_of(folder: Path) -> str:
    """The Python that the release asks for; by default the running one."""
    for parent in (folder, *folder.parents):
        try:
            return (parent / '.python-version').read_text().split()[0]
        except (OSError, IndexError):
            pass
        if (parent / 'noxfile.py').exists():
            break
    return _required_python(folder) or sys.executable


def _required_python(folder: Path) -> str:
    """What pyproject.toml requires, unless the running Python satisfies it."""
    try:
        text = (folder / 'pyproject.toml').read_text('utf-8')
    except OSError:
        return ''
    required = tomllib.loads(text).get('project', {}).get('requires-python')
    if not required:
        return ''
    running = '.'.join(map(str, sys.version_info[:3]))
    return '' if satisfies(running, required) else str(required)


def find_lock(release: Path, settings: Deploy) -> Path:
    """The lock file of a release: in its folder, or named from the root."""
    names = [settings.requirements] if settings.requirements else GUESSES
    for folder in dict.fromkeys((release / settings.folder, release)):
        for name in names:
            if (folder / name).is_file():
                return folder / name
    raise AutodevelopError(
        f'the release has no {" or ".join(names)}',
        'commit the lock file, or set its name: requirements in '
        '[tool.autodevelop.deploy]', status=1)


def venv_name(release: Path, settings: Deploy) -> str:
    """The name of a venv: a hash of all that decides what is installed.

    That is the lock file, what it includes, local packages, and the Python.
    """
    folder = release / settings.folder
    digest = hashlib.sha256(f'{sys.version}\n'.encode() + os.fsencode(
        os.path.realpath(sys.executable)) + _python_of(folder).encode())
    lock = find_lock(release, settings)
    if lock.name == 'uv.lock' or settings.install:
        digest.update(_content(lock.with_name('pyproject.toml')))
    own = settings.install or (
        lock.name == 'uv.lock' and b'editable = "' in lock.read_bytes())
    for path in sorted(_decisive_files(lock, folder)):
        if path.is_dir():
            own = True
        digest.update(os.fsencode(os.path.relpath(path, release)))
        digest.update(_content(path))
    if own:
        # Installed from its files: another venv for each commit.
        digest.update(release.name.encode())
    return digest.hexdigest()[:16]


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b''


def _decisive_files(lock: Path, folder: Path) -> set[Path]:
    """The lock file, those that it includes, and local packages."""
    found, waiting = set[Path](), [lock]
    while waiting:
        path = waiting.pop()
        if path in found or not path.is_file():
            continue
        found.add(path)
        for line in path.read_text('utf-8', 'replace').splitlines():
            if included := INCLUDED.match(line.strip()):
                waiting.append(path.parent / included[1])
            elif local := LOCAL.fullmatch(line.partition(';')[0].strip()):
                found.add(folder / local[1])
    return found

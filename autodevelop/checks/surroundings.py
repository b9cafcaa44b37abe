"""Variables and paths that would lead a session to the work tree."""
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from autodevelop.system.files import read_json
from autodevelop.system.process import Variables

LISTS = ('PATH', 'PYTHONPATH', 'MYPYPATH', 'NODE_PATH', 'LD_LIBRARY_PATH',
         'DYLD_LIBRARY_PATH', 'PKG_CONFIG_PATH', 'CMAKE_PREFIX_PATH')
"""Variables that hold several paths."""

SINGLE = ('VIRTUAL_ENV', 'CONDA_PREFIX', 'UV_PROJECT', 'PYTHONHOME',
          'UV_PROJECT_ENVIRONMENT', 'PIPENV_PIPFILE', 'PYTHONSTARTUP',
          'COVERAGE_FILE', 'COVERAGE_RCFILE', 'COVERAGE_PROCESS_START',
          'MYPY_CACHE_DIR', 'RUFF_CACHE_DIR', 'PYTHONPYCACHEPREFIX')
"""Variables that hold one path."""


def without_work_tree(root: Path | None, path: str) -> Variables:
    """Changes to the variables, so that none leads into a work tree.

    path: the PATH to start from.
    """
    changed: dict[str, str | None] = {'PATH': path}
    # The files of a home folder under version control are not a project's.
    if not root or Path.home().is_relative_to(root):
        return changed
    given = {**os.environ, 'PATH': path}
    for name in LISTS:
        if name in given:
            entries = [entry for entry in given[name].split(os.pathsep)
                       if not leads_into(root, entry)]
            changed[name] = os.pathsep.join(entries) or None
    changed |= {name: None for name in SINGLE
                if leads_into(root, given.get(name, ''))}
    return changed


def leads_into(root: Path, path: str) -> bool:
    """Whether an absolute path is, or is in, a folder; also by a symlink."""
    return os.path.isabs(path) and any(
        each == whole or each.startswith(f'{whole}{os.sep}')
        for whole in (str(root), os.path.realpath(root))
        for each in (os.path.normpath(path), os.path.realpath(path)))


def active_environment(root: Path, path: str, noxfile: str) -> str:
    """An environment outside of nox in which a work tree is importable.

    A session without a virtual environment of its own runs there: with the
    first Python on PATH, or with nox's own if the noxfile names it.

    Returns its folder; empty if there is none.
    """
    pythons = [shutil.which(name, path=path) for name in ('python', 'python3')]
    if 'sys.executable' in noxfile:
        pythons.append(sys.executable)
    for python in filter(None, pythons):
        prefix = Path(python).parent.parent
        if any(leads_into(root, each) for each in _imported(prefix)):
            return str(prefix)
    return ''


def _imported(prefix: Path) -> Iterator[str]:
    """The folders that editable installs of an environment lead to.

    A .pth file names them, or direct_url.json the project:
    https://packaging.python.org/specifications/direct-url/
    """
    for pattern in ('lib/python*/site-packages', 'Lib/site-packages'):
        for folder in prefix.glob(pattern):
            for name in os.listdir(folder):
                if name.endswith('.pth'):
                    text = (folder / name).read_text('utf-8', 'replace')
                    yield from text.splitlines()
                path = os.path.join(folder, name, 'direct_url.json')
                if not (name.endswith('.dist-info') and os.path.exists(path)):
                    continue
                url, editable = read_source(Path(path))
                if editable:
                    # Rarely needed, and slow to import.
                    from urllib.request import url2pathname
                    yield url2pathname(url.removeprefix('file:'))


def read_source(path: Path) -> tuple[str, bool]:
    """Read direct_url.json: the URL of a folder, and if that is editable.

    The URL is empty if it was installed from elsewhere, or not readable.
    """
    try:
        origin = read_json(path)
        url, editable = str(origin['url']), origin.get('dir_info', {}).get(
            'editable', False)
    except (LookupError, TypeError, AttributeError):
        return '', False
    return (url, bool(editable)) if url.startswith('file:') else ('', False)

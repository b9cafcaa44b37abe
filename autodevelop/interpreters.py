"""Which Pythons this machine has, as nox will find them."""
import os
import sys
from pathlib import Path

PLATFORM = {'darwin': 'macos', 'win32': 'windows'}.get(sys.platform, 'linux')
"""The platform that this machine is, by the name that cells give it."""


def search_path() -> str:
    """The PATH on which interpreters are looked for.

    pyenv puts a shim on PATH for each version it has, and the shim of a
    version that is not selected fails. The folders of the versions follow
    here, and the shims go, so that every one of them is found.
    """
    root = Path(os.environ.get('PYENV_ROOT', Path.home() / '.pyenv'))
    folders = os.environ.get('PATH', os.defpath).split(os.pathsep)
    folders = [name for name in folders if Path(name) != root / 'shims']
    versions = sorted(root.glob('versions/*/bin'))
    return os.pathsep.join([*folders, *map(str, versions)])


def is_present(python: str) -> bool:
    """Whether nox would find this Python here: ``3.13``, ``pypy3.11`` ...

    Asks the library that nox asks (python-discovery).
    """
    # Imported late: it costs more than everything else that a plan does.
    from platformdirs import user_cache_dir
    from python_discovery import DiskCache, get_interpreter
    cache = DiskCache(Path(user_cache_dir('autodevelop'), 'interpreters'))
    environment = {**os.environ, 'PATH': search_path()}
    try:
        found = get_interpreter(python, cache=cache, env=environment)
    except OSError:  # a home that cannot be written
        found = get_interpreter(python, env=environment)
    return found is not None

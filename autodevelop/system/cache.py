"""The user's cache folder, for what can be recreated."""
import os
import re
import sys
from pathlib import Path

from autodevelop.errors import AutodevelopError

ELSEWHERE = 'name a folder: export AUTODEVELOP_CACHE=/var/tmp/autodevelop'
"""The hint where the usual folder cannot be used."""


def cache_folder() -> Path:
    """AUTODEVELOP_CACHE, or ``autodevelop`` in the platform's cache folder.

    platformdirs finds the same folder, and takes 12 ms to import: a tenth of
    what a commit waits for commit-msg.
    """
    if given := os.environ.get('AUTODEVELOP_CACHE'):
        return Path(given).absolute()
    try:
        return _caches() / 'autodevelop'
    except RuntimeError as error:
        raise AutodevelopError(
            f'no home folder to keep a cache in: {error}',
            ELSEWHERE,
        ) from error


def _caches() -> Path:
    """https://specifications.freedesktop.org/basedir-spec/latest/ on Linux."""
    if sys.platform == 'win32':
        local = os.environ.get('LOCALAPPDATA', '')
        return Path(local) if local else Path.home() / 'AppData/Local'
    if sys.platform == 'darwin':
        return Path.home() / 'Library/Caches'
    given = os.environ.get('XDG_CACHE_HOME', '')
    # A relative one is invalid, and ignored.
    return Path(given) if os.path.isabs(given) else Path.home() / '.cache'


def folder_for(path: Path) -> Path:
    """The cache folder for this path; each path has its own.

    Its name starts with a readable part: PROJECT-1f2e3d4c. It is short, since
    environments are below it, and the first line of a script is limited.
    """
    real = os.path.realpath(path)
    parent, name = os.path.split(real)
    if name == '.git':
        name = os.path.basename(parent)
    readable = re.sub(r'[^A-Za-z0-9._-]+', '-', name)[:16].strip('.-')
    return cache_folder() / f'{readable}-{short_hash(real)}'


def short_hash(name: str, length: int = 8) -> str:
    """A short hash of any name, for the name of a file."""
    import hashlib  # commit-msg does without.
    return hashlib.sha256(os.fsencode(name)).hexdigest()[:length]

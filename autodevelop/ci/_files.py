"""Files of CI providers on the disk."""
import difflib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from autodevelop.errors import AutodevelopError


def replace(path: Path, text: str) -> None:
    """Write a file as a whole or not at all, with LF on every platform.

    Raises AutodevelopError when it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, text)
    except OSError as error:
        raise AutodevelopError(
            f'cannot write {path.as_posix()}: {error.strerror}',
            'make room for it, or let it be written; the file that '
            'stands there is as it was') from error


def difference(name: str, now: str, text: str) -> Iterator[str]:
    """The lines of a diff from the text now to what it should be."""
    return difflib.unified_diff(
        now.splitlines(keepends=True), text.splitlines(keepends=True),
        name, f'{name} (from noxfile.py)')


def _replace(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f'{path.name}.')
    try:
        with open(handle, 'w', encoding='utf-8', newline='\n') as file:
            file.write(text)
        # mkstemp's files are for their owner alone.
        os.chmod(name, path.stat().st_mode if path.exists() else 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise

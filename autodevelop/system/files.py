"""Files replaced atomically, and read where they may be missing."""
import errno
import json
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from autodevelop.errors import AutodevelopError


def existing_cwd() -> Path:
    """The current folder; raises AutodevelopError if it was removed."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise AutodevelopError('the current folder was removed',
                               'change to one that exists: cd ~') from None


def write_file(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a whole file or leave it unchanged; create missing folders.

    mode: the permissions of a new file; one that is there keeps its own.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, content, mode)
    except OSError as error:
        raise AutodevelopError(
            f'cannot write {path.as_posix()}: {error.strerror}',
            'free some space or make it writable; the file is unchanged',
        ) from error


def read_text(path: Path) -> str:
    """The text of a file that people write; empty where there is none.

    write_text restores what is not UTF-8, and line endings other than LF.
    """
    return path.read_text('utf-8', 'surrogateescape') if (
        path.is_file()) else ''


def write_text(path: Path, text: str, root: Path) -> None:
    """Write a text file, with the line endings that it has now.

    A symlink stays: monorepos share settings by them.

    Raises AutodevelopError for one that leads out of the folder ``root``.
    """
    real = Path(os.path.realpath(path))
    if not real.is_relative_to(os.path.realpath(root)):
        raise AutodevelopError(
            f'{path.as_posix()} leads out of the repository, to {real}',
            'replace the link with a file')
    if path.is_symlink():
        path = real
    content = text.encode('utf-8', 'surrogateescape')
    first = path.read_bytes().partition(b'\n')[0] if path.is_file() else b''
    write_file(path, content.replace(b'\n', b'\r\n') if (
        first.endswith(b'\r')) else content)


def _replace(path: Path, content: bytes, mode: int) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f'.{path.name}-')
    try:
        with open(handle, 'wb') as file:
            file.write(content)
        os.chmod(name, path.stat().st_mode if path.exists() else mode)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def move_into_place(new: Path, path: Path) -> None:
    """Replace a file by another, even from another file system."""
    try:
        os.replace(new, path)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        beside = path.with_name(f'.{path.name}.autodevelop')
        shutil.copy(new, beside)
        os.replace(beside, path)


def remove_folder(path: Path) -> None:
    """Remove a folder as far as that is possible, with read-only ones in it.
    """
    shutil.rmtree(path, ignore_errors=True)
    if os.path.lexists(path):
        make_writable(path)
        shutil.rmtree(path, ignore_errors=True)


def make_writable(path: Path) -> None:
    """Let a folder and those in it be emptied: Go's module cache is read-only
    (https://go.dev/ref/mod#module-cache).
    """
    for folder, _, _ in os.walk(path):
        with suppress(OSError):  # Of another user.
            os.chmod(folder, 0o700)


def read_json(path: Path) -> Any:
    """The content of a JSON file; None if it is missing or incomplete."""
    try:
        return json.loads(path.read_text('utf-8'))
    except (OSError, ValueError):
        return None

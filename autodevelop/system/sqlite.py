"""SQLite, one transaction at a time."""
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autodevelop.errors import AutodevelopError

SCHEMA = 1
"""SQLite's user_version; a database of another version is not touched."""


@contextmanager
def transaction(path: Path, tables: str) -> Iterator[sqlite3.Connection]:
    """Open a database for one transaction; a write waits for other writers.

    tables: the SQL that creates the tables of a new database.

    Raises sqlite3.Error or OSError when that fails.
    """
    database = sqlite3.connect(
        f'{path.absolute().as_uri()}?mode={_mode(path)}', uri=True,
        timeout=10, isolation_level='IMMEDIATE')
    try:
        version = database.execute('PRAGMA user_version').fetchone()[0]
        if version not in (0, SCHEMA):
            raise sqlite3.DatabaseError(f'its schema is {version}')
        if not version:
            database.executescript(f'BEGIN IMMEDIATE; {tables}'
                                   f' PRAGMA user_version = {SCHEMA}; COMMIT;')
        database.execute('PRAGMA foreign_keys = ON')
        with database:
            yield database
    finally:
        database.close()


@contextmanager
def required_transaction(path: Path,
                         tables: str) -> Iterator[sqlite3.Connection]:
    """Open a transaction, without which the command cannot go on."""
    try:
        with transaction(path, tables) as database:
            yield database
    except (sqlite3.Error, OSError) as error:
        raise AutodevelopError(
            f'cannot use {path}: {error}',
            'free some space, or move the file away to start a new one',
        ) from error


def _mode(path: Path) -> str:
    """How to open it: the file of another user is only read.

    A hot journal beside a database may name any file for SQLite to delete,
    with the rights of whoever opens it: https://sqlite.org/lockingv3.html
    """
    try:
        status = path.lstat()
    except FileNotFoundError:
        return 'rwc'
    if not stat.S_ISREG(status.st_mode):
        raise OSError('not a regular file')
    # Windows has no user ids.
    own = not hasattr(os, 'getuid') or status.st_uid == os.getuid()
    return 'rwc' if own else 'ro'

"""SQLite as history and deliveries use it: one transaction at a time."""
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autodevelop.errors import AutodevelopError

SCHEMA = 1
"""SQLite's user_version; a database of another one is left alone."""


@contextmanager
def transaction(path: Path, tables: str) -> Iterator[sqlite3.Connection]:
    """Open a database for one transaction; what writes takes its turn at once.

    tables: makes what is not there yet.

    Raises AutodevelopError where there can be no transaction.
    """
    try:
        database = sqlite3.connect(
            f'{path.absolute().as_uri()}?mode={_mode(path)}', uri=True,
            timeout=10, isolation_level='IMMEDIATE')
        try:
            version = database.execute('PRAGMA user_version').fetchone()[0]
            if version not in (0, SCHEMA):
                raise sqlite3.DatabaseError(f'its schema is {version}')
            if not version:
                database.executescript(
                    f'BEGIN IMMEDIATE; {tables}'
                    f' PRAGMA user_version = {SCHEMA}; COMMIT;')
            with database:
                yield database
        finally:
            database.close()
    except (sqlite3.Error, OSError) as error:
        raise AutodevelopError(
            f'{path} cannot be used: {error}',
            'make room for it, or move it away to begin a new one',
        ) from error


def _mode(path: Path) -> str:
    """How to open it: another user's is read, and no more.

    What SQLite finds beside a database, to undo what was cut short, may name
    any file to remove, and that is then done as who opens it.
    """
    try:
        status = path.lstat()
    except FileNotFoundError:
        return 'rwc'
    if not stat.S_ISREG(status.st_mode):
        raise OSError('it is no file')
    return 'rwc' if status.st_uid == os.getuid() else 'ro'

"""What passed, remembered; and which cells a tree has.

Only passes are remembered. A ledger that cannot be used costs time, never a
result: everything is checked again, and a line says why.
"""
import json
import os
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

SCHEMA = 1
"""SQLite's user_version; a ledger of another one is set aside."""

KEPT = 30 * 24 * 3600
"""Seconds after its last use that a pass is kept."""

TABLES = """
CREATE TABLE IF NOT EXISTS passes (key TEXT PRIMARY KEY, used REAL NOT NULL);
CREATE TABLE IF NOT EXISTS files (
    key TEXT NOT NULL REFERENCES passes ON DELETE CASCADE,
    name TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (key, name));
CREATE TABLE IF NOT EXISTS plans (
    key TEXT PRIMARY KEY, cells TEXT NOT NULL, used REAL NOT NULL);
"""

Answer = TypeVar('Answer')


class Pass(NamedTuple):
    """A session that passed: on which tree, and what else it depends on.

    context: the interpreters, the platform and nox, as one hash.
    """

    tree: str
    session: str
    posargs: tuple[str, ...]
    context: str


class Ledger:
    """The ledger below a folder; made when it is first written."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / 'ledger.sqlite'

    def passed(self, entries: Sequence[Pass]) -> set[Pass]:
        """Which of these passed before."""
        now = time.time()
        return self._ask(set(), lambda database: {
            each for each in entries if database.execute(
                'UPDATE passes SET used = ? WHERE key = ?',
                (now, _key(each))).rowcount})

    def record(self, entry: Pass, files: dict[str, bytes]) -> None:
        """Remember a pass, and the result files that it left."""
        key, now = _key(entry), time.time()

        def write(database: sqlite3.Connection) -> None:
            for table in ('passes', 'plans'):
                database.execute(f'DELETE FROM {table} WHERE used < ?',
                                 (now - KEPT,))
            database.execute('DELETE FROM passes WHERE key = ?', (key,))
            database.execute('INSERT INTO passes VALUES (?, ?)', (key, now))
            database.executemany('INSERT INTO files VALUES (?, ?, ?)', [
                (key, os.fsencode(name), content)
                for name, content in files.items()])
        self._ask(None, write)

    def files(self, entry: Pass) -> dict[str, bytes]:
        """The result files that a pass left."""
        return self._ask({}, lambda database: {
            os.fsdecode(name): content for name, content in database.execute(
                'SELECT name, content FROM files WHERE key = ?',
                (_key(entry),))})

    def plan(self, key: str) -> Any:
        """The cells remembered for a tree or fingerprint; None for none."""
        def read(database: sqlite3.Connection) -> Any:
            row = database.execute(
                'UPDATE plans SET used = ? WHERE key = ? RETURNING cells',
                (time.time(), key)).fetchone()
            return json.loads(row[0]) if row else None
        return self._ask(None, read)

    def keep_plan(self, keys: Sequence[str], cells: Any) -> None:
        """Remember the cells of a tree, and of its fingerprint."""
        text, now = json.dumps(cells), time.time()
        self._ask(None, lambda database: database.executemany(
            'INSERT OR REPLACE INTO plans VALUES (?, ?, ?)',
            [(key, text, now) for key in keys]) and None)

    def _ask(self, otherwise: Answer,
             question: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """Ask in one transaction; a broken ledger gives way to a new one."""
        for _ in range(2):
            try:
                return self._transact(question)
            except (sqlite3.OperationalError, OSError) as error:
                # Locked for long, full, or not to be written: others may
                # use it, so it stays.
                _say(f'the ledger cannot be used: {error}')
                return otherwise
            except (sqlite3.DatabaseError, _OtherSchema) as error:
                self._set_aside(error)
        return otherwise

    def _transact(self, question: Callable[[sqlite3.Connection], Answer],
                  ) -> Answer:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(self._path, timeout=10)
        try:
            version = database.execute('PRAGMA user_version').fetchone()[0]
            if version != SCHEMA:
                if version:
                    raise _OtherSchema(f'its schema is {version}')
                database.executescript(
                    f'{TABLES} PRAGMA user_version = {SCHEMA};')
            database.execute('PRAGMA foreign_keys = ON')
            with database:
                return question(database)
        finally:
            database.close()

    def _set_aside(self, error: Exception) -> None:
        aside = self._path.with_name(f'ledger-{time.time_ns()}.set-aside')
        _say(f'the ledger is set aside as {aside.name}: {error}')
        try:
            self._path.replace(aside)
        except OSError:
            pass  # Another process was faster, or holds it open.


class _OtherSchema(Exception):
    """A ledger that another version of autodevelop wrote."""


def _key(entry: Pass) -> str:
    # Names of files need not be UTF-8; JSON writes what they hold in ASCII.
    return json.dumps(entry)


def _say(what: str) -> None:
    sys.stderr.write(f'autodevelop: {what}\n')

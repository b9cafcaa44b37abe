"""The ledger: what passed, which cells a tree has, and the last runs.

Without a usable ledger everything is checked again, and a line says why.
"""
import json
import os
import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from autodevelop.results.runs import Run, pack, unpack
from autodevelop.system.output import say
from autodevelop.system.sqlite import transaction

KEEP_SECONDS = 30 * 24 * 3600
"""How long a pass is kept after its last use."""

MAX_BYTES = 10_000_000
"""Result files that are kept; beyond that, the passes used least recently are
forgotten with theirs."""

HISTORY_BYTES = 5_000_000
"""Of runs that are kept; beyond that the oldest are forgotten."""

RUNS = """
CREATE TABLE IF NOT EXISTS runs (
    number INTEGER PRIMARY KEY, began REAL NOT NULL, stage TEXT NOT NULL,
    tree TEXT NOT NULL, "commit" TEXT NOT NULL, project TEXT NOT NULL,
    cells TEXT NOT NULL, UNIQUE (began, stage, project))
"""
"""Created where it is needed: older ledgers have no history."""

TABLES = """
CREATE TABLE IF NOT EXISTS passes (key TEXT PRIMARY KEY, used REAL NOT NULL);
CREATE TABLE IF NOT EXISTS files (
    key TEXT NOT NULL REFERENCES passes ON DELETE CASCADE,
    name TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (key, name));
CREATE TABLE IF NOT EXISTS plans (
    key TEXT PRIMARY KEY, cells TEXT NOT NULL, used REAL NOT NULL);
"""

OLD = """
SELECT key FROM (
    SELECT key, sum(sum(length(content))) OVER (ORDER BY used DESC) AS bytes
    FROM files JOIN passes USING (key) GROUP BY key)
WHERE bytes > ?
"""
"""The passes whose files, with those of all newer ones, take too much."""

OLD_RUNS = """
SELECT number FROM (
    SELECT number, sum(length(cells)) OVER (ORDER BY number DESC) AS bytes
    FROM runs)
WHERE bytes > ?
"""
MEASURED = 10
"""Every so many runs their bytes are counted: that reads them all."""

RECENT = 20
"""How many runs are searched for how long a cell takes."""

Answer = TypeVar('Answer')


class Pass(NamedTuple):
    """A session that passed on a tree.

    toolchain: the hash of the interpreters, the platform and nox.
    project: the folder of its noxfile; empty for the root.
    """

    tree: str
    session: str
    posargs: tuple[str, ...]
    toolchain: str
    project: str = ''


class Ledger:
    """The ledger in a folder, created when it is first written."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._path = folder, folder / 'ledger.sqlite'

    def passed(self, entries: Sequence[Pass]) -> set[Pass]:
        """Which of these passed before."""
        now = time.time()
        return self._ask(set(), lambda database: {
            each for each in entries if database.execute(
                'UPDATE passes SET used = ? WHERE key = ?',
                (now, _key(each))).rowcount})

    def record(self, entry: Pass, files: dict[str, bytes]) -> None:
        """Record a pass, and the result files that it left."""
        key, now = _key(entry), time.time()

        def write(database: sqlite3.Connection) -> None:
            for table in ('passes', 'plans'):
                database.execute(f'DELETE FROM {table} WHERE used < ?',
                                 (now - KEEP_SECONDS,))
            database.execute('DELETE FROM passes WHERE key = ?', (key,))
            if files:  # Before they are written: a database never shrinks.
                room = MAX_BYTES - sum(map(len, files.values()))
                database.execute(f'DELETE FROM passes WHERE key IN ({OLD})',
                                 (room,))
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

    def recall(self, key: str) -> Any:
        """What was kept for a key, as a plan; None if nothing was."""
        def read(database: sqlite3.Connection) -> Any:
            row = database.execute(
                'UPDATE plans SET used = ? WHERE key = ? RETURNING cells',
                (time.time(), key)).fetchone()
            return json.loads(row[0]) if row else None
        return self._ask(None, read)

    def keep(self, keys: Sequence[str], value: Any) -> None:
        """Keep a value, such as the cells of a tree, for these keys."""
        text, now = json.dumps(value), time.time()
        self._ask(None, lambda database: database.executemany(
            'INSERT OR REPLACE INTO plans VALUES (?, ?, ?)',
            [(key, text, now) for key in keys]) and None)

    def record_run(self, run: Run, keep: int) -> None:
        """Record a run, but not twice, and forget all but the newest.

        keep: how many stay.
        """
        def write(database: sqlite3.Connection) -> None:
            database.execute(RUNS)
            number = database.execute(
                'INSERT OR IGNORE INTO runs VALUES (NULL, ?, ?, ?, ?, ?, ?)',
                (*run[:-1], pack(run.cells))).lastrowid or 0
            database.execute('DELETE FROM runs WHERE number <= ?',
                             (number - keep,))
            if number % MEASURED == 0:
                database.execute(
                    f'DELETE FROM runs WHERE number IN ({OLD_RUNS})',
                    (HISTORY_BYTES,))
        if keep:
            self._ask(None, write)

    def runs(self, project: str, most: int = -1) -> list[Run]:
        """The runs of a project, the newest first; -1 is for all of them."""
        def read(database: sqlite3.Connection) -> list[Run]:
            database.execute(RUNS)
            return [Run._make((*run, unpack(cells))) for *run, cells
                    in database.execute(
                        'SELECT began, stage, tree, "commit", project, cells'
                        ' FROM runs WHERE project = ? ORDER BY number DESC'
                        ' LIMIT ?', (project, most))]
        return self._ask([], read)

    def durations(self, project: str) -> dict[str, float]:
        """How many seconds each cell took when it passed the last time."""
        return {cell.session: cell.seconds
                for run in reversed(self.runs(project, RECENT))
                for cell in run.cells if cell.outcome == 'passed'}

    def _ask(self, default: Answer,
             question: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """Query in one transaction; replace a broken ledger by a new one."""
        for _ in range(2):
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                with transaction(self._path, TABLES) as database:
                    return question(database)
            except (sqlite3.OperationalError, OSError) as error:
                # Locked, full or read-only: others may use it, so it stays.
                say(f'cannot use the ledger: {error}')
                return default
            except sqlite3.DatabaseError as error:
                self._set_aside(error)
        return default

    def _set_aside(self, error: Exception) -> None:
        aside = self._path.with_name(f'ledger-{time.time_ns()}.set-aside')
        say(f'set the ledger aside as {aside.name}: {error}')
        try:
            self._path.replace(aside)
        except OSError:
            pass  # Another process was faster, or has it open.


def _key(entry: Pass) -> str:
    # File names need not be UTF-8; JSON escapes what is not ASCII.
    return json.dumps(entry)

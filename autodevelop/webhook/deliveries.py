"""What a forge delivered, and what became of it; stored before it is answered.

A delivery keeps its id when it is sent again. One that failed is tried again
then; one that succeeded, or waits, is not.
"""
import sqlite3
import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

from autodevelop.deploy.database import transaction
from autodevelop.errors import AutodevelopError

TRIES = 3
"""How often a delivery is worked on that kills its worker."""

TABLES = """
CREATE TABLE IF NOT EXISTS deliveries (
    id TEXT PRIMARY KEY, received REAL NOT NULL, cause TEXT NOT NULL,
    oid TEXT NOT NULL, state TEXT NOT NULL, detail TEXT NOT NULL,
    tries INTEGER NOT NULL);
"""


class Delivery(NamedTuple):
    """One delivery.

    cause: what happened, in a few words.
    oid: the commit that shall go live.
    state: ``waiting``, ``running``, ``live``, ``failed``, or ``superseded``
        by a newer commit.
    """

    id: str
    received: float
    cause: str
    oid: str
    state: str
    detail: str
    tries: int


class Deliveries:
    """The deliveries that are kept in a folder.

    Raises AutodevelopError where that cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / 'deliveries.sqlite'
        try:
            # Whoever may read a database may also lock it.
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise AutodevelopError(
                f'deliveries cannot be kept: {error}',
                f'have {folder} be a folder that you may write to') from error

    def store(self, id: str, cause: str, oid: str) -> bool:
        """Have a delivery wait; whether it does now, as it did not before."""
        with self._open() as database:
            stored = database.execute(
                'INSERT INTO deliveries VALUES (?, ?, ?, ?, ?, ?, 0)'
                ' ON CONFLICT (id) DO UPDATE SET state = excluded.state,'
                ' received = excluded.received, tries = 0'
                " WHERE state = 'failed' AND oid = excluded.oid",
                (id, time.time(), cause, oid, 'waiting', ''))
            return stored.rowcount == 1

    def end(self, id: str, state: str, detail: str = '') -> None:
        """Say what became of a delivery."""
        with self._open() as database:
            database.execute(
                'UPDATE deliveries SET state = ?, detail = ? WHERE id = ?',
                (state, detail, id))

    def run(self, id: str) -> None:
        """Say that a delivery is worked on."""
        with self._open() as database:
            database.execute(
                'UPDATE deliveries SET state = ?, tries = tries + 1'
                ' WHERE id = ?', ('running', id))

    def resume(self) -> None:
        """Have what a worker worked on wait again; it was killed."""
        with self._open() as database:
            database.execute(
                'UPDATE deliveries SET state = CASE WHEN tries < ? THEN'
                " 'waiting' ELSE 'failed' END WHERE state = 'running'",
                (TRIES,))

    def waiting(self) -> list[Delivery]:
        """What waits, the newest first."""
        return self._select("WHERE state = 'waiting' ORDER BY received DESC")

    def newest(self, most: int) -> list[Delivery]:
        """So many of all, the newest first."""
        return self._select(f'ORDER BY received DESC LIMIT {most:d}')

    def _select(self, which: str) -> list[Delivery]:
        with self._open() as database:
            return [Delivery(*row) for row in database.execute(
                f'SELECT * FROM deliveries {which}')]

    def _open(self) -> AbstractContextManager[sqlite3.Connection]:
        return transaction(self._path, TABLES)

"""The queue of deliveries; each is stored before it is answered.

A redelivery has the same id. It retries a failed delivery, and changes nothing
for one that succeeded or waits.
"""
import time
from functools import partial
from pathlib import Path
from typing import NamedTuple

from autodevelop.errors import AutodevelopError
from autodevelop.system.sqlite import required_transaction

MAX_TRIES = 3
"""How often a delivery that kills its worker is tried."""

TABLES = """
CREATE TABLE IF NOT EXISTS deliveries (
    id TEXT PRIMARY KEY, received REAL NOT NULL, cause TEXT NOT NULL,
    oid TEXT NOT NULL, state TEXT NOT NULL, detail TEXT NOT NULL,
    tries INTEGER NOT NULL);
"""


class Delivery(NamedTuple):
    """One delivery.

    cause: the event, in a few words.
    oid: the commit to deploy.
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
    """The deliveries that are stored in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open = partial(required_transaction,
                             folder / 'deliveries.sqlite', TABLES)
        try:
            # Anyone who can read an SQLite database can also lock it.
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise AutodevelopError(
                f'cannot store deliveries: {error}',
                f'create {folder}, or make it writable') from error

    def enqueue(self, id: str, cause: str, oid: str) -> bool:
        """Enqueue a delivery; False if it was queued already."""
        with self._open() as database:
            stored = database.execute(
                'INSERT INTO deliveries VALUES (?, ?, ?, ?, ?, ?, 0)'
                ' ON CONFLICT (id) DO UPDATE SET state = excluded.state,'
                ' received = excluded.received, tries = 0'
                " WHERE state = 'failed' AND oid = excluded.oid",
                (id, time.time(), cause, oid, 'waiting', ''))
            return stored.rowcount == 1

    def finish(self, id: str, state: str, detail: str = '') -> None:
        """Record how a delivery ended."""
        with self._open() as database:
            database.execute(
                'UPDATE deliveries SET state = ?, detail = ? WHERE id = ?',
                (state, detail, id))

    def mark_running(self, id: str) -> None:
        """Record that a worker deploys this delivery."""
        with self._open() as database:
            database.execute(
                'UPDATE deliveries SET state = ?, tries = tries + 1'
                ' WHERE id = ?', ('running', id))

    def requeue(self) -> None:
        """Requeue what a worker was deploying when it was killed."""
        with self._open() as database:
            database.execute(
                'UPDATE deliveries SET state = CASE WHEN tries < ? THEN'
                " 'waiting' ELSE 'failed' END WHERE state = 'running'",
                (MAX_TRIES,))

    def waiting(self) -> list[Delivery]:
        """Those that wait, newest first."""
        return self._select("WHERE state = 'waiting' ORDER BY received DESC")

    def newest(self, most: int) -> list[Delivery]:
        """The newest deliveries, newest first."""
        return self._select(f'ORDER BY received DESC LIMIT {most:d}')

    def _select(self, which: str) -> list[Delivery]:
        with self._open() as database:
            return [Delivery(*row) for row in database.execute(
                f'SELECT * FROM deliveries {which}')]

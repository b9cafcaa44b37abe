"""Every attempt to put a release live: who, when, how long, how it ended."""
import getpass
import json
import os
import time
from functools import partial
from typing import NamedTuple

from autodevelop.deploy.target import Target
from autodevelop.errors import AutodevelopError
from autodevelop.system.sqlite import required_transaction

TABLES = """
CREATE TABLE IF NOT EXISTS attempts (
    number INTEGER PRIMARY KEY AUTOINCREMENT, release TEXT NOT NULL,
    who TEXT NOT NULL, began REAL NOT NULL, steps TEXT NOT NULL,
    outcome TEXT NOT NULL, detail TEXT NOT NULL);
"""


ROLLED_BACK = 'rolled back'


class Attempt(NamedTuple):
    """One attempt to put a release live.

    number: counts up; no two attempts at a target share one.
    began: seconds since 1970.
    steps: how many seconds each step took, in their order. The last is the
        one that failed, if one did.
    outcome: ``open`` until it ends; then ``live`` (it became that),
        ``failed``, or ``killed``. ``ready`` for one that only has yet to be
        switched to, and ``rolled back`` for one that was live until somebody
        rolled back from it.
    detail: why it failed.
    """

    number: int
    release: str
    who: str
    began: float
    steps: dict[str, float]
    outcome: str
    detail: str

    @property
    def was_live(self) -> bool:
        """Whether it went live, whatever came of it later."""
        return self.outcome in ('live', ROLLED_BACK)


def current_user() -> str:
    """Who deploys, and from which address, for the history."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # A user without a name, as in containers.
        user = f'user {os.getuid()}'
    address = os.environ.get('SSH_CONNECTION', '').partition(' ')[0]
    return f'{user} from {address}' if address else user


class History:
    """The attempts at a target."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._path = target.folder / 'history.sqlite'
        self._open = partial(required_transaction, self._path, TABLES)

    def start(self, release: str, who: str, live: int | None) -> Attempt:
        """Record that an attempt starts; it gets the next number.

        live: the attempt that is live. Only one runs at a time, so any other
            that is still open was killed; this one after it went live. One
            that was ready will not be switched to.
        """
        began = time.time()
        # The history may have been moved away while an attempt serves.
        used = max([live or 0, *self._target.attempts()])
        with self._open() as database:
            database.execute(
                'INSERT INTO sqlite_sequence SELECT ?, ? WHERE NOT EXISTS'
                ' (SELECT 1 FROM sqlite_sequence)', ('attempts', used))
            database.execute(
                "UPDATE attempts SET outcome = CASE number WHEN ? THEN 'live'"
                " ELSE 'killed' END WHERE outcome IN ('open', 'ready')",
                (live,))
            number = database.execute(
                'INSERT INTO attempts (release, who, began, steps, outcome,'
                " detail) VALUES (?, ?, ?, '{}', 'open', '')",
                (release, who, began)).lastrowid
        assert number
        return Attempt(number, release, who, began, {}, 'open', '')

    def finish(self, attempt: Attempt) -> None:
        """Record how an attempt ended."""
        with self._open() as database:
            database.execute(
                'UPDATE attempts SET steps = ?, outcome = ?, detail = ?'
                ' WHERE number = ?',
                (json.dumps(attempt.steps), attempt.outcome, attempt.detail,
                 attempt.number))

    def attempts(self) -> list[Attempt]:
        """All of them, the newest first."""
        try:
            self._path.lstat()
        except FileNotFoundError:
            # The first attempt creates it, for the user who deploys.
            return []
        except OSError as error:
            raise AutodevelopError(
                f'cannot read {self._path}: {error.strerror}',
                f'run this as the user who deploys to {self._target.folder}',
            ) from error
        with self._open() as database:
            rows = database.execute(
                'SELECT number, release, who, began, steps, outcome, detail'
                ' FROM attempts ORDER BY number DESC').fetchall()
        return [Attempt(number, commit, who, began, json.loads(steps), outcome,
                        detail)
                for number, commit, who, began, steps, outcome, detail in rows
                ]

    def live(self) -> Attempt | None:
        """The attempt that is live, if one is."""
        number = self._target.live()
        return next((each for each in self.attempts()
                     if each.number == number), None)

    def ready(self, release: str) -> Attempt | None:
        """The newest attempt, if it only has to be switched to."""
        newest = self.attempts()[:1]
        return newest[0] if newest and newest[0].outcome == 'ready' and (
            newest[0].release == release
            and newest[0].number in self._target.attempts()) else None

    def mark_rolled_back(self, release: str) -> None:
        """Record that a release was rolled back."""
        with self._open() as database:
            database.execute(
                'UPDATE attempts SET outcome = ? WHERE release = ? AND'
                " outcome = 'live'", (ROLLED_BACK, release))

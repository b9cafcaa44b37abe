"""What became of each attempt, in a real database."""
import os
import sqlite3
from pathlib import Path

import pytest

from autodevelop.deploy.history import Attempt, History
from autodevelop.deploy.target import Target, open_target
from autodevelop.errors import AutodevelopError


@pytest.fixture
def target(tmp_path: Path) -> Target:
    return open_target(tmp_path)


def test_attempts_are_kept_the_newest_first(target: Target) -> None:
    history = History(target)
    assert history.attempts() == []
    first = history.start('a' * 40, 'me', None)
    assert history.attempts() == [first]
    ended = first._replace(outcome='failed', detail='why',
                           steps={'check': 1.5, 'start': 0.5})
    history.finish(ended)
    second = History(target).start('b' * 40, 'you', None)
    assert second.number > first.number
    assert History(target).attempts() == [second, ended]
    assert list(History(target).attempts()[1].steps) == ['check', 'start']


@pytest.mark.parametrize(('live', 'outcome'), [
    (None, 'killed'), (1, 'live'), (7, 'killed')])
def test_what_was_killed_is_seen_by_the_next(
        target: Target, live: int | None, outcome: str) -> None:
    history = History(target)
    killed = history.start('a' * 40, 'me', None)
    assert killed.number == 1
    after = history.start('b' * 40, 'me', live)
    assert history.attempts() == [after, killed._replace(outcome=outcome)]


def test_numbers_are_never_given_twice(target: Target) -> None:
    history = History(target)
    number = history.start('a' * 40, 'me', None).number
    with sqlite3.connect(target.folder / 'history.sqlite') as database:
        database.execute('DELETE FROM attempts')
    database.close()
    assert history.start('a' * 40, 'me', None).number == number + 1


def test_a_new_history_goes_on_from_what_serves(target: Target) -> None:
    target.run(7).mkdir(parents=True)
    assert History(target).start('a', 'me', None).number == 8
    assert History(target).start('a', 'me', None).number == 9


@pytest.mark.parametrize('spoiled', ['schema', 'file', 'folder'])
def test_a_history_that_cannot_be_used_is_two_lines_and_stays(
        target: Target, spoiled: str) -> None:
    path = target.folder / 'history.sqlite'
    if spoiled == 'schema':
        with sqlite3.connect(path) as database:
            database.execute('PRAGMA user_version = 99')
        database.close()
    elif spoiled == 'file':
        path.write_bytes(b'no database' * 100)
    else:
        path.mkdir()
    with pytest.raises(AutodevelopError, match='cannot use .*sqlite'):
        History(target).start('a', 'me', None)
    assert path.exists()


def test_a_write_that_fails_leaves_what_was_there(
        target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    history = History(target)
    first = history.start('a', 'me', None)
    broken = Attempt(1, 'a', 'me', 0.0, {}, None, '')  # type: ignore[arg-type]
    with pytest.raises(AutodevelopError, match='NOT NULL'):
        history.finish(broken)
    assert history.attempts() == [first]


@pytest.fixture
def others(target: Target, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A history of another user, by what this one is said to be."""
    History(target).start('a' * 40, 'me', None)
    monkeypatch.setattr(os, 'getuid', lambda: 4711)
    return target.folder / 'history.sqlite'


def test_a_history_of_another_is_read_alone(
        target: Target, others: Path) -> None:
    assert len(History(target).attempts()) == 1
    with pytest.raises(AutodevelopError, match='readonly'):
        History(target).start('b' * 40, 'me', None)


def test_a_journal_of_another_user_removes_no_file(
        target: Target, others: Path, tmp_path: Path) -> None:
    """A journal may name another to be removed with it."""
    victim, journal = tmp_path / 'victim', Path(f'{others}-journal')
    victim.write_bytes(b'')
    name = str(victim).encode()
    magic = bytes.fromhex('d9d505f920a163d7')
    pages = (1).to_bytes(4) + bytes(8) + (1).to_bytes(4)
    header = (magic + bytes(4) + bytes(4) + pages + (512).to_bytes(4)
              + (4096).to_bytes(4)).ljust(512, b'\0')
    sums = sum(name) & 0xffffffff
    journal.write_bytes(header + (262145).to_bytes(4) + name
                        + len(name).to_bytes(4) + sums.to_bytes(4) + magic)
    with pytest.raises(AutodevelopError, match='cannot use'):
        History(target).attempts()
    assert victim.exists() and journal.exists()


@pytest.mark.parametrize('kind', ['fifo', 'symlink'])
def test_a_history_that_is_no_file_is_not_opened(
        target: Target, kind: str) -> None:
    path = target.folder / 'history.sqlite'
    if kind == 'fifo':
        os.mkfifo(path)
    else:
        path.symlink_to('elsewhere')
    with pytest.raises(AutodevelopError, match='not a regular file'):
        History(target).attempts()


def test_a_folder_that_is_closed_is_an_error(
        target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(path: Path) -> None:
        raise PermissionError(13, 'Permission denied')

    monkeypatch.setattr(Path, 'lstat', closed)
    with pytest.raises(AutodevelopError, match='cannot read .*: Permission'):
        History(target).attempts()

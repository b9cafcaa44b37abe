"""The folder that releases go live in."""
import os
import threading
from pathlib import Path

import pytest

from autodevelop.deploy.target import LONGEST, held, open_target
from autodevelop.errors import AutodevelopError

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_it_is_made_where_it_is_not() -> None:
    target = open_target(Path('to'))
    assert target.folder == Path('to').absolute()
    assert sorted(path.name for path in target.folder.iterdir()) == [
        'environments', 'releases', 'run']
    assert open_target(Path('to')) == target
    assert target.attempts() == []
    assert target.live() is None


def test_a_path_too_long_for_a_socket_is_two_lines() -> None:
    used = len(os.fsencode(open_target(Path('a')).run(99_999) / 'sock'))
    name = 'a' * (LONGEST - used + 1)
    assert open_target(Path(name)).folder.is_dir()
    with pytest.raises(AutodevelopError, match=f'{LONGEST + 1} bytes, of'):
        open_target(Path(f'{name}a'))
    assert not Path(f'{name}a').exists()


def test_a_folder_that_cannot_be_made_is_two_lines() -> None:
    Path('file').touch()
    with pytest.raises(AutodevelopError, match='cannot be deployed to'):
        open_target(Path('file/to'))


def test_a_folder_that_is_others_is_two_lines(
        monkeypatch: pytest.MonkeyPatch) -> None:
    open_target(Path('to'))
    # Root may write everywhere.
    monkeypatch.setattr(os, 'access', lambda path, mode: False)
    with pytest.raises(AutodevelopError, match='deployed to: Permission den'):
        open_target(Path('to'))


def test_a_folder_has_one_spelling() -> None:
    target = open_target(Path('to'))
    Path('link').symlink_to('to')
    assert open_target(Path('link')) == open_target(Path('to/../to')) == target


def test_one_rename_switches() -> None:
    target = open_target(Path('to'))
    for number in (7, 12):
        target.run(number).mkdir()
        (target.run(number) / 'sock').write_text(str(number))
        target.switch(number)
        assert target.live() == number
        assert target.current.read_text() == str(number)
    target.switch(7)
    assert target.live() == 7
    assert target.attempts() == [7, 12]
    target.switch(None)
    assert target.live() is None
    target.switch(None)


def test_another_link_is_no_attempt() -> None:
    target = open_target(Path('to'))
    target.current.symlink_to('elsewhere')
    assert target.live() is None
    (target.folder / 'run/notes').touch()
    assert target.attempts() == []


@pytest.mark.parametrize('said', ['first', ''])
def test_who_waits_is_told_for_whom(said: str, capsys: Capture) -> None:
    target, let = open_target(Path('to')), threading.Event()
    inside = threading.Event()

    def hold() -> None:
        with held(target, said):
            inside.set()
            let.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    inside.wait()
    threading.Timer(0.3, let.set).start()
    with held(target, 'second'):
        holder.join()
        assert (target.folder / 'lock').read_text() == 'second'
    assert capsys.readouterr().err == (
        'autodevelop: waiting for another to end: '
        f'{said or "it does not say what"}\n')

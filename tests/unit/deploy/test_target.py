"""The folder that releases go live in."""
import io
import os
import sys
import threading
from pathlib import Path

import pytest

from autodevelop.deploy.target import (
    MAX_SOCKET_PATH, OF_HOOK, lock_target, open_target,
)
from autodevelop.errors import AutodevelopError
from tests.support.wait import wait_until


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_it_is_made_when_it_is_changed() -> None:
    target = open_target(Path('to'))
    assert target.folder == Path('to').absolute()
    assert target.attempts() == []
    assert target.live() is None
    assert not target.folder.exists()
    with lock_target(target, 'somebody deploys to'):
        pass
    assert sorted(path.name for path in target.folder.iterdir()) == [
        'environments', 'lock', 'owner', 'releases', 'run']


def test_a_hook_does_not_wait_for_the_deploy_that_waits_for_it(
        monkeypatch: pytest.MonkeyPatch) -> None:
    target = open_target(Path('to'))
    monkeypatch.setenv(OF_HOOK, str(target.folder))
    with lock_target(target, 'somebody deploys to'):
        with pytest.raises(AutodevelopError, match='hook post-deploy cannot'):
            lock_target(target, 'its hook').__enter__()


def test_a_path_too_long_for_a_socket_is_an_error() -> None:
    used = len(os.fsencode(open_target(Path('a')).run(99_999) / 'w4194304'))
    name = 'a' * (MAX_SOCKET_PATH - used + 1)
    assert open_target(Path(name)).folder == Path(name).absolute()
    with pytest.raises(AutodevelopError, match=f'{MAX_SOCKET_PATH + 1} of '):
        open_target(Path(f'{name}a'))


@pytest.mark.parametrize('file', ['to', 'to/run'])
def test_a_folder_that_cannot_be_made_is_an_error(file: str) -> None:
    path = Path(file)
    path.parent.mkdir(exist_ok=True)
    path.touch()
    with pytest.raises(AutodevelopError, match='cannot ') as raised:
        lock_target(open_target(Path('to')), 'somebody deploys to').__enter__()
    assert 'File exists' in raised.value.message


def test_a_folder_has_one_spelling() -> None:
    target = open_target(Path('to'))
    Path('link').symlink_to('to')
    assert open_target(Path('link')) == open_target(Path('to/../to')) == target


def test_one_rename_switches() -> None:
    target = open_target(Path('to'))
    for number in (7, 12):
        target.run(number).mkdir(parents=True)
        (target.run(number) / 'sock').write_text(
            str(number), 'utf-8', newline='\n')
        target.switch(number)
        assert target.live() == number
        assert target.current.read_text('utf-8') == str(number)
    target.switch(7)
    assert target.live() == 7
    assert target.attempts() == [7, 12]
    target.switch(None)
    assert target.live() is None
    target.switch(None)


def test_another_link_is_no_attempt() -> None:
    target = open_target(Path('to'))
    (target.folder / 'run').mkdir(parents=True)
    target.current.symlink_to('elsewhere')
    assert target.live() is None
    (target.folder / 'run/notes').touch()
    assert target.attempts() == []


def test_a_waiting_process_says_for_whom(
        monkeypatch: pytest.MonkeyPatch) -> None:
    # Not capsys: to read it while a thread writes may lose what is written.
    said = io.StringIO()
    monkeypatch.setattr(sys, 'stderr', said)
    target, let = open_target(Path('to')), threading.Event()
    inside = threading.Event()

    def hold() -> None:
        with lock_target(target, 'somebody deploys first to'):
            inside.set()
            let.wait()

    def wait() -> None:
        with lock_target(target, 'another deploys to'):
            pass

    holder = threading.Thread(target=hold)
    holder.start()
    inside.wait()
    waiting = threading.Thread(target=wait)
    waiting.start()
    wait_until(said.getvalue)
    let.set()
    for each in (holder, waiting):
        each.join(60)
    assert said.getvalue() == (
        f'autodevelop: waiting for {target.folder}: somebody deploys '
        'first to\n')

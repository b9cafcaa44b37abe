"""How sessions are run in a room, without nox."""
from pathlib import Path
from typing import Any

import pytest

from autodevelop.checks import sessions
from autodevelop.checks.live import Live
from autodevelop.checks.room import Room
from autodevelop.checks.sessions import Request, room_variables, run_sessions
from autodevelop.checks.venvs import CREATE, INSTALL, Venvs
from autodevelop.system.git import Repository


@pytest.fixture
def room(tmp_path: Path) -> Room:
    (tmp_path / 'noxfile.py').touch()
    repository = Repository(tmp_path, tmp_path, tmp_path, ())
    return Room(tmp_path, repository, repository, 'topic')


def test_an_interrupted_install_is_known(
        room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: Any) -> int:
        raise KeyboardInterrupt

    venvs = Venvs(room, 'one', 'tree')
    venvs.begin(['lint'])
    venvs.finish((), ['lint'], ['lint'], ['lint'])
    assert Venvs(room, 'one', 'tree').options('lint') == INSTALL
    monkeypatch.setattr(sessions, 'run_module', interrupt)
    with pytest.raises(KeyboardInterrupt):
        run_sessions(room, Request(room.repository, 'ci', 'tree', None),
                     {'lint': ((),)}, 'one', Live([], {}, True))
    assert Venvs(room, 'one', 'tree').options('lint') == CREATE


def test_the_branch_is_a_variable_of_sessions(room: Room) -> None:
    assert room_variables(room)['AUTODEVELOP_BRANCH'] == 'topic'
    assert room_variables(room._replace(branch=''))[
        'AUTODEVELOP_BRANCH'] is None

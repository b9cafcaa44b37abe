"""Which of a room's environments can be used again."""
import json
import os
import shutil
from pathlib import Path

import pytest

from autodevelop.checks.room import Room
from autodevelop.checks.venvs import CREATE, INSTALL, KEPT, REUSE, Venvs
from autodevelop.system.git import Repository, find_repository
from tests.support.project import Project


@pytest.fixture
def room(tmp_path: Path) -> Room:
    repository = Repository(tmp_path, tmp_path, tmp_path, ())
    return Room(tmp_path, repository, repository)


def install(venvs: Venvs, *sessions: str, failed: tuple[str, ...] = ()
            ) -> None:
    before = venvs.known()
    venvs.begin([*sessions, *failed])
    venvs.finish(sessions, failed, before, sessions)


def write_origin(room: Room, origin: object) -> None:
    """Write what pip records of where the project came from."""
    info = (Venvs(room, 'one', '').folder
            / 'lint/lib/python3.13/site-packages/x.dist-info')
    info.mkdir(parents=True)
    (info / 'direct_url.json').write_text(
        json.dumps(origin), 'utf-8', newline='\n')


def test_an_environment_is_used_once_it_is_complete(room: Room) -> None:
    venvs = Venvs(room, 'one', 'tree')
    assert venvs.options('lint') == CREATE
    install(venvs, 'lint')
    for each in (venvs, Venvs(room, 'one', 'other')):
        assert each.options('lint') == REUSE
        assert each.has_one('lint')
        assert each.options('tests') == CREATE
        assert not each.has_one('tests')
    assert Venvs(room, 'two', 'tree').options('lint') == CREATE


def test_a_kill_during_an_install_is_known(room: Room) -> None:
    venvs = Venvs(room, 'one', 'tree')
    install(venvs, 'lint', 'tests')
    venvs.begin(['lint'])
    assert Venvs(room, 'one', 'tree').options('lint') == CREATE
    assert Venvs(room, 'one', 'tree').options('tests') == REUSE


def test_environments_that_were_removed_meanwhile_are_not_complete(
        room: Room) -> None:
    venvs = Venvs(room, 'one', 'tree')
    install(venvs, 'lint', 'tests')
    venvs.begin(['tests'])
    shutil.rmtree(venvs.folder)
    venvs.finish(['tests'], (), ['lint', 'tests'], ['tests'])
    venvs.mark_stale(['tests'])
    assert not venvs.folder.exists()
    install(venvs, 'more')
    assert venvs.options('lint') == CREATE
    assert venvs.options('more') == REUSE


def test_a_failed_install_is_tried_again_in_what_was_complete(
        room: Room) -> None:
    venvs = Venvs(room, 'one', 'tree')
    install(venvs, failed=('lint',))
    assert venvs.options('lint') == CREATE
    install(venvs, 'lint')
    install(venvs, failed=('lint',))
    assert Venvs(room, 'one', 'tree').options('lint') == INSTALL


@pytest.mark.parametrize(('origin', 'noxfile', 'copied'), [
    ({'url': 'file:///a', 'dir_info': {}}, '', True),
    ({'url': 'https://a/b.whl'}, '', False),
    (None, 'session.run_install("make")', True)])
def test_a_copy_of_the_project_is_installed_for_each_tree(
        room: Room, origin: object, noxfile: str, copied: bool) -> None:
    (room.tree / 'noxfile.py').write_text(noxfile, 'utf-8', newline='\n')
    if origin:
        write_origin(room, origin)
    venvs = Venvs(room, 'one', 'tree')
    install(venvs, 'lint')
    assert venvs.options('lint') == REUSE
    other = Venvs(room, 'one', 'other')
    assert other.options('lint') == (INSTALL if copied else REUSE)
    # A session changed files of the tree that was installed.
    venvs.mark_stale(['lint'])
    assert venvs.options('lint') == (INSTALL if copied else REUSE)


def test_an_editable_install_follows_new_packages(project: Project) -> None:
    repository = find_repository()
    room = Room(repository.cache, repository, repository)
    project.stage('p/__init__.py', '')
    write_origin(room, {'url': 'file:///a', 'dir_info': {'editable': True}})
    install(Venvs(room, 'one', 'tree'), 'lint')
    project.stage('p/more.py', '')
    assert Venvs(room, 'one', 'other').options('lint') == REUSE
    project.stage('q/__init__.py', '')
    assert Venvs(room, 'one', 'third').options('lint') == INSTALL


def test_going_back_finds_the_environments_of_some_states(
        room: Room) -> None:
    names = ['one', 'two', 'three', 'four', 'five']
    for number, name in enumerate(names):
        venvs = Venvs(room, name, '')
        install(venvs, 'lint')
        os.utime(venvs.folder, (number, number))
    assert sorted(each.name for each in venvs.folder.parent.iterdir()) == (
        sorted(names[-KEPT:]))


def test_each_project_finds_its_own_states(room: Room) -> None:
    rooms = [room, room._replace(project='a'), room._replace(project='b')]
    for number in range(KEPT + 1):
        for each in rooms:
            install(Venvs(each, f'{number}', 'tree'), 'lint')
    for each in rooms:
        found = [Venvs(each, f'{number}', 'tree').options('lint')
                 for number in range(KEPT + 1)]
        assert found.count(REUSE) == KEPT


@pytest.mark.parametrize('content', ['', '[]', '{}', '["", 1, []]'])
def test_a_damaged_record_has_all_created_again(
        room: Room, content: str) -> None:
    venvs = Venvs(room, 'one', 'tree')
    install(venvs, 'lint')
    (venvs.folder / 'installed.json').write_text(content, 'utf-8')
    assert Venvs(room, 'one', 'tree').options('lint') == CREATE

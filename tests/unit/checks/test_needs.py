"""Files that git does not have: copied to a room, or named."""
import os

import pytest

from autodevelop.checks.needs import (
    copy_needed_files, needed_files, needs_hash, say_what_the_room_lacks,
)
from autodevelop.checks.room import Room, open_room
from autodevelop.errors import AutodevelopError
from autodevelop.system.git import find_repository
from tests.support.project import Project

pytestmark = pytest.mark.once

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def room(project: Project) -> Room:
    project.stage('.gitignore', '.env\ndata/\n.venv/\n__pycache__/\n*.log\n')
    project.stage('tracked.txt', 'staged\n')
    project.write('.env', 'KEY=1\n')
    project.write('data/a.csv', '1\n')
    with open_room(find_repository(), 'ci',
                   project.git('write-tree').strip(), None) as room:
        return room


def test_needed_files_of_a_project_are_below_it(
        project: Project, room: Room) -> None:
    project.write('a/.env', 'KEY=2\n')
    assert needed_files(room.origin, ['.env'], 'a') == {
        'a/.env': b'KEY=2\n'}


def test_needed_files_are_copied(project: Project, room: Room) -> None:
    patterns = ['.env', 'data/*.csv', 'tracked.txt', 'none', 'data']
    project.write('tracked.txt', 'edited\n')
    files = needed_files(room.origin, patterns)
    assert sorted(files) == ['.env', 'data/a.csv', 'tracked.txt']
    for _ in range(2):
        copy_needed_files(room, files)
        assert (room.tree / '.env').read_text() == 'KEY=1\n'
        assert (room.tree / 'data/a.csv').read_text() == '1\n'
        # What is checked comes first.
        assert (room.tree / 'tracked.txt').read_text() == 'staged\n'
    copy_needed_files(room, {})
    assert not (room.tree / '.env').exists()
    assert (room.tree / 'tracked.txt').exists()
    copy_needed_files(room, {})


def test_what_is_needed_is_part_of_the_key(
        project: Project, room: Room) -> None:
    first = needs_hash(needed_files(room.origin, ['.env']))
    project.write('.env', 'KEY=2\n')
    assert needs_hash(needed_files(room.origin, ['.env'])) != first
    assert needs_hash({}) == ''


@pytest.mark.parametrize('pattern', [os.path.abspath('x'), '../x', 'a/../x'])
def test_a_file_outside_of_the_work_tree_is_refused(
        room: Room, pattern: str) -> None:
    with pytest.raises(AutodevelopError, match='outside the work tree'):
        needed_files(room.origin, [pattern])
    bare = room.origin._replace(work_tree=None)
    assert needed_files(bare, [pattern]) == {}


def test_what_the_room_lacks_is_named(
        project: Project, room: Room, capsys: Capture) -> None:
    project.write('helper.py', '')
    project.write('staged_in_another_index.py', '')
    (room.tree / 'staged_in_another_index.py').touch()
    for name in ('.venv/x', 'p/__pycache__/x.pyc', 'p/a.log'):
        project.write(name, '')
    copy_needed_files(room, needed_files(room.origin, ['.env']))
    say_what_the_room_lacks(room)
    assert capsys.readouterr().err == (
        f'autodevelop: the sessions ran in a clean room, {room.tree}, '
        'without helper.py (untracked), data/ (ignored), p/ (ignored)\n')
    for number in range(6):
        project.write(f'more_{number}', '')
    say_what_the_room_lacks(room)
    assert 'more_3 (untracked) and 4 more\n' in capsys.readouterr().err


def test_where_nothing_is_lacking_the_room_is_named(
        project: Project, room: Room, capsys: Capture) -> None:
    project.git('clean', '-ffdxq')
    say_what_the_room_lacks(room)
    assert capsys.readouterr().err == (
        f'autodevelop: the sessions ran in a clean room, {room.tree}\n')
    say_what_the_room_lacks(room._replace(
        origin=room.origin._replace(work_tree=None)))
    assert capsys.readouterr().err == ''


def test_a_file_that_was_needed_and_is_tracked_by_now_is_the_tracked_one(
        project: Project, room: Room) -> None:
    copy_needed_files(room, needed_files(room.origin, ['.env']))
    project.git('add', '--force', '.env')
    project.write('.env', 'KEY=2\n')
    tree = project.git('write-tree').strip()
    for patterns in (['.env'], []):
        with open_room(room.origin, 'ci', tree, None):
            copy_needed_files(room, needed_files(room.origin, patterns))
            assert (room.tree / '.env').read_text() == 'KEY=1\n'


@pytest.mark.skipif(os.name == 'nt', reason='symlinks')
def test_what_is_tracked_in_place_of_a_folder_stays(
        project: Project, room: Room) -> None:
    """A file that is needed would be written elsewhere, or not at all."""
    files = needed_files(room.origin, ['data/*'])
    copy_needed_files(room, files)
    (project.folder / 'data').rename(project.folder / 'moved')
    data = project.folder / 'data'
    for target in ('', '../outside'):
        data.unlink(missing_ok=True)
        if target:
            data.symlink_to(target)
        else:
            data.touch()
        project.git('add', '--force', 'data')
        tree = project.git('write-tree').strip()
        with open_room(room.origin, 'ci', tree, None):
            for _ in range(2):
                copy_needed_files(room, files)
            assert not (room.tree / 'data').is_dir()
    assert not (room.folder / 'outside').exists()

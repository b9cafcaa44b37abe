"""Two versions of a file in a room differ for who trusts size and second."""
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from autodevelop.checks.edits import tree_of
from autodevelop.checks.live import Live
from autodevelop.checks.mtimes import expect_changes
from autodevelop.checks.room import Room, open_room
from autodevelop.checks.sessions import Request, run_sessions
from autodevelop.errors import AutodevelopError
from autodevelop.system.git import find_repository, git
from autodevelop.system.process import Completed, Variables, run
from tests.support.project import Project

CACHING = {name: value for name, value in os.environ.items()
           if name not in ('PYTHONDONTWRITEBYTECODE', 'PYTHONPYCACHEPREFIX')}
ELSEWHERE = 'import sys; sys.path.insert(0, ""); import a'
core = pytest.mark.core
symlinks = pytest.mark.skipif(sys.platform == 'win32',
                              reason='needs a privilege there')


def room_of(tree: str, head: str | None) -> AbstractContextManager[Room]:
    return open_room(find_repository(), 'ci', tree, head)


def tree_with(project: Project, number: int) -> str:
    """A tree whose a.py prints a digit; all of them have one size."""
    project.stage('a.py', f'print({number})\n')
    return project.git('write-tree').strip()


def printed(room: Room) -> int:
    """What a.py prints, by Python's cache of what it has compiled."""
    return int(subprocess.check_output(
        [sys.executable, '-S', '-c', ELSEWHERE], cwd=room.tree, env=CACHING))


def mtime(room: Room, name: str = 'a.py') -> float:
    return (room.tree / name).stat().st_mtime


def entered_last(room: Room, second: float) -> None:
    """Have the room as if it was left in that second."""
    os.utime(room.stamp, (second, second))


def test_python_sees_each_of_many_versions_at_once(project: Project) -> None:
    trees = [tree_with(project, number) for number in range(6)]
    for number, tree in enumerate(trees):
        with open_room(find_repository(), 'ci', tree, None) as room:
            assert printed(room) == number
            assert git(room.repository, 'diff-files') == b''


def test_python_sees_what_sessions_fix_at_once(project: Project) -> None:
    tree = tree_with(project, 0)
    with open_room(find_repository(), 'ci', tree, None) as room:
        assert printed(room) == 0
        for number in (1, 2, 3):
            expect_changes(room.stamp)
            (room.tree / 'a.py').write_bytes(b'print(%d)\n' % number)
            tree = tree_of(room, tree)
            assert tree == tree_with(project, number)
            assert printed(room) == number
            assert tree_of(room, tree) == tree
    with room_of(tree_with(project, 4), None) as room:
        assert printed(room) == 4


def test_a_second_is_new_and_not_older_than_now(project: Project) -> None:
    seen = [time.time() - 1]
    for number in range(4):
        tree, start = tree_with(project, number), time.time() - 0.1
        with open_room(find_repository(), 'ci', tree, None) as room:
            assert mtime(room) > start
            seen.append(mtime(room))
            assert int(seen[-1]) > int(seen[-2]) or number == 0


def test_what_a_checkout_does_not_write_keeps_its_mtime(
        project: Project) -> None:
    project.stage('b.py', 'b\n')
    with room_of(tree_with(project, 0), None) as room:
        first = mtime(room, 'b.py')
    for number in (1, 2):
        tree = tree_with(project, number)
        with open_room(find_repository(), 'ci', tree, None) as room:
            assert mtime(room, 'b.py') == first


def commands(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The subcommands of git that run from now on."""
    ran = list[str]()

    def see(command: Sequence[str], environment: Variables, folder: Path,
            given: bytes) -> Completed:
        ran.append(next(each for each in command[3:]
                        if each[0] != '-' and '=' not in each))
        return run(command, environment, folder, given)

    monkeypatch.setattr('autodevelop.system.git.run', see)
    return ran


def test_a_checkout_in_a_new_second_costs_no_more_processes(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    oid = project.commit()
    with room_of(tree_with(project, 0), oid) as room:
        entered_last(room, 1)
    tree, repository = tree_with(project, 1), find_repository()
    ran = commands(monkeypatch)
    with open_room(repository, 'ci', tree, oid) as room:
        assert ran == ['for-each-ref', 'diff-index', 'read-tree', 'clean']
        entered_last(room, time.time() + 1)
    project.stage('a.py', 'print(2)\n')
    tree = project.git('write-tree').strip()
    with open_room(repository, 'ci', tree, oid):
        assert ran[4:] == ['for-each-ref', 'diff-index', 'diff-tree',
                           'read-tree', 'clean', 'add']


def kill(*given: object) -> None:
    raise KeyboardInterrupt


@core
@pytest.mark.parametrize('step', [
    'mtimes.expect_changes', 'mtimes.git_unchecked', 'room.git',
    'mtimes.bump_mtimes', 'mtimes.os.utime', 'mtimes.settle'])
def test_a_kill_during_a_checkout_mixes_nothing_up(
        project: Project, monkeypatch: pytest.MonkeyPatch,
        step: str) -> None:
    repository = find_repository()
    with open_room(repository, 'ci', tree_with(project, 0), None) as room:
        assert printed(room) == 0
        entered_last(room, time.time() + 1)
    tree = tree_with(project, 1)
    with monkeypatch.context() as patch:
        patch.setattr(f'autodevelop.checks.{step}', kill)
        with pytest.raises(KeyboardInterrupt):
            open_room(repository, 'ci', tree, None).__enter__()
    with open_room(repository, 'ci', tree, None) as room:
        assert printed(room) == 1


def test_a_kill_during_a_session_mixes_nothing_up(project: Project) -> None:
    for number in range(4):
        tree = tree_with(project, number)
        with open_room(find_repository(), 'ci', tree, None) as room:
            assert printed(room) == number
            expect_changes(room.stamp)
            # As it is when time has passed.
            room.stamp.write_text('- 1 1', 'utf-8', newline='\n')
            (room.tree / 'a.py').write_bytes(b'print(9)\n')
            printed(room)


def test_a_session_that_writes_what_was_there_is_not_trusted(
        project: Project) -> None:
    tree = tree_with(project, 0)
    with open_room(find_repository(), 'ci', tree, None) as room:
        os.utime(room.tree / 'a.py', (1, 1))
        git(room.repository, 'update-index', '--refresh')
        expect_changes(room.stamp)
        (room.tree / 'a.py').write_bytes(b'print(1)\n')
        assert printed(room) == 1
        (room.tree / 'a.py').write_bytes(b'print(0)\n')
        assert tree_of(room, tree) == tree
    with open_room(find_repository(), 'ci', tree, None) as room:
        assert printed(room) == 0


@core
@pytest.mark.parametrize('content', [b'', b'0' * 40, b'\xff', b'- one two'])
def test_a_damaged_stamp_is_no_stamp(project: Project,
                                     content: bytes) -> None:
    tree = tree_with(project, 0)
    with open_room(find_repository(), 'ci', tree, None) as room:
        assert printed(room) == 0
        room.stamp.write_bytes(content)
        first = mtime(room)
    with open_room(find_repository(), 'ci', tree, None) as room:
        assert int(mtime(room)) > int(first)
        assert room.stamp.read_text('utf-8').split()[0] == tree


def test_a_tree_that_is_gone_is_not_asked_for(project: Project) -> None:
    """As that of a push that was refused is gone."""
    with room_of(tree_with(project, 0), None) as room:
        assert printed(room) == 0
        room.stamp.write_text(f'{"1" * 40} 0 0', 'utf-8', newline='\n')
        entered_last(room, time.time() + 1)
        inode = (room.tree / 'noxfile.py').stat().st_ino
    with room_of(tree_with(project, 1), None) as room:
        assert printed(room) == 1
        assert (room.tree / 'noxfile.py').stat().st_ino == inode


def test_a_recreated_room_keeps_counting(project: Project) -> None:
    """There are caches outside of it."""
    with room_of(tree_with(project, 0), None) as room:
        first = mtime(room)
        (room.tree / '.git/HEAD').unlink()
    with room_of(tree_with(project, 1), None) as room:
        assert int(mtime(room)) > int(first)


@core
@symlinks
def test_links_submodules_and_what_is_outside_are_left_alone(
        project: Project, tmp_path: Path) -> None:
    outside = tmp_path / 'outside'
    outside.mkdir()
    (outside / 'file').write_text('outside\n', 'utf-8', newline='\n')
    os.utime(outside / 'file', (1, 1))
    project.stage('folder/file', 'inside\n')
    for number in range(3):
        (project.folder / 'link').unlink(missing_ok=True)
        (project.folder / 'link').symlink_to(
            [str(outside / 'file'), '../nothing', str(outside)][number])
        project.git('add', 'link')
        digits = len(project.git('rev-parse', ':link').strip())
        project.git('update-index', '--add', '--cacheinfo',
                    f'160000,{str(number + 1) * digits},module')
        tree = tree_with(project, number)
        with open_room(find_repository(), 'ci', tree, None) as room:
            assert printed(room) == number
            assert (room.tree / 'module').is_dir()
            (room.tree / 'folder/file').unlink()
            (room.tree / 'folder').rmdir()
            (room.tree / 'folder').symlink_to(outside)
            with pytest.raises(AutodevelopError, match='symbolic link'):
                tree_of(room, tree)
    assert (outside / 'file').stat().st_mtime == 1


def test_files_that_are_removed_have_no_mtime(project: Project) -> None:
    project.stage('b.py', 'b\n')
    tree = tree_with(project, 0)
    project.git('rm', '-qf', 'b.py')
    without = tree_with(project, 1)
    for each in (tree, without, tree):
        with open_room(find_repository(), 'ci', each, None) as room:
            assert (room.tree / 'b.py').exists() == (each == tree)
    with open_room(find_repository(), 'ci', tree, None) as room:
        (room.tree / 'b.py').unlink()
        (room.tree / 'a.py').write_bytes(b'print(1)\n')
        assert tree_of(room, tree) == without


@core
def test_a_killed_session_is_noticed(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    repository, tree = find_repository(), tree_with(project, 0)
    monkeypatch.setattr('autodevelop.checks.sessions.run_module', kill)
    with open_room(repository, 'ci', tree, None) as room:
        assert room.stamp.read_text('utf-8').startswith(tree)
        with pytest.raises(KeyboardInterrupt):
            run_sessions(room, Request(repository, 'ci', tree, None),
                         {'tests': ((),)}, 'fingerprint', Live([], {}))
        assert room.stamp.read_text('utf-8').startswith('- ')

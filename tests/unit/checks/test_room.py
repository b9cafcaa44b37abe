"""Rooms: entered, held, and repaired when something is wrong there."""
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from filelock import lock_descriptor

from autodevelop.checks import room as room_module
from autodevelop.checks.edits import tree_of
from autodevelop.checks.room import Room, enter_project, open_room
from autodevelop.errors import AutodevelopError
from autodevelop.system.git import (
    Repository, find_repository, git, git_line, git_unchecked, reason, resolve,
)
from autodevelop.system.process import Completed
from tests.support.project import Project

pytestmark = pytest.mark.once

Capture = pytest.CaptureFixture[str]
posix = pytest.mark.skipif(sys.platform == 'win32', reason='has signals')


def committed(project: Project) -> tuple[str, str]:
    project.stage('a.py', 'one\n')
    oid = project.commit()
    return oid, project.git('rev-parse', 'HEAD^{tree}').strip()


def assert_clean(room: Room, tree: str) -> None:
    assert (room.tree / 'a.py').read_bytes() == b'one\n'
    assert git_line(room.repository, 'write-tree') == tree
    assert git(room.repository, 'status', '--porcelain') == b''


def test_read_only_folders_do_not_stop_the_next_check(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """For root nothing is read-only: here git only says that it failed."""
    oid, tree = committed(project)
    with open_room(find_repository(), 'ci', tree, oid) as room:
        folder = room.tree / 'go/mod'
        folder.mkdir(parents=True)
        folder.chmod(0o555)
        (room.tree / 'results').mkdir()
        (room.tree / 'results/kept').touch()

    def fails(arguments: Sequence[str]) -> bool:
        return arguments[0] == 'clean' and not folder.stat().st_mode & 0o200

    def unchecked(repository: Repository, *arguments: str) -> Completed:
        return Completed(1, b'', b'Permission denied') if (
            fails(arguments)) else git_unchecked(repository, *arguments)

    monkeypatch.setattr(room_module, 'git_unchecked', unchecked)
    with open_room(find_repository(), 'ci', tree, oid) as room:
        assert not (room.tree / 'go').exists()
        assert (room.tree / 'results/kept').exists()
        assert_clean(room, tree)


def test_a_room_that_is_gone_after_its_sessions_is_two_lines(
        project: Project) -> None:
    """As when something empties ~/.cache meanwhile."""
    oid, tree = committed(project)
    with open_room(find_repository(), 'ci', tree, oid) as room:
        shutil.rmtree(room.tree)
        with pytest.raises(AutodevelopError, match='room was removed'):
            tree_of(room, tree)
    with open_room(find_repository(), 'ci', tree, oid) as room:
        assert_clean(room, tree)


def test_a_room_is_cleaned_and_keeps_what_is_ignored(
        project: Project) -> None:
    oid, tree = committed(project)
    with open_room(find_repository(), 'ci', tree, oid) as room:
        (room.tree / 'a.py').write_text('spoilt\n', 'utf-8', newline='\n')
        (room.tree / 'stray').touch()
        (room.tree / 'results').mkdir()
        (room.tree / 'results/kept').touch()
        (room.tree / '__pycache__').mkdir()
        (room.tree / '__pycache__/noxfile.cpython-311.pyc').touch()
    with open_room(find_repository(), 'ci', tree, oid) as room:
        assert_clean(room, tree)
        assert git_line(room.repository, 'rev-parse', 'HEAD') == oid
        assert (room.tree / 'results/kept').exists()
        enter_project(room, '')
        assert not os.listdir(room.tree / '__pycache__')
        assert not (room.tree / 'stray').exists()


def test_a_new_room_is_announced_on_a_terminal(
        project: Project, monkeypatch: pytest.MonkeyPatch,
        capsys: Capture) -> None:
    oid, tree = committed(project)
    monkeypatch.setattr(sys.stderr, 'isatty', lambda: True)
    for _ in range(2):
        with open_room(find_repository(), 'ci', tree, oid):
            pass
    assert capsys.readouterr().err.count('creating the ci room') == 1


def spoil_by_deletion(room: Room) -> None:
    shutil.rmtree(room.tree)


def spoil_by_pruning(room: Room) -> None:
    shutil.rmtree(room.repository.git_dir)


def spoil_the_alternates(room: Room) -> None:
    (room.repository.git_dir / 'objects/info/alternates').write_text(
        '/nowhere\n', 'utf-8', newline='\n')


def spoil_the_index(room: Room) -> None:
    (room.repository.git_dir / 'index').write_bytes(b'no index')


def leave_locks(room: Room) -> None:
    (room.repository.git_dir / 'index.lock').touch()
    (room.repository.git_dir / 'HEAD.lock').touch()


def spoil_by_a_kill_of_git(room: Room) -> None:
    (room.repository.git_dir / 'HEAD').unlink()


def spoil_by_a_link_in_place_of_git(room: Room) -> None:
    shutil.rmtree(room.repository.git_dir)
    (room.tree / '.git').write_text(
        'gitdir: /nowhere\n', 'utf-8', newline='\n')


def spoil_the_head(room: Room) -> None:
    (room.repository.git_dir / 'HEAD').write_text(
        '0' * 40, 'utf-8', newline='\n')


@pytest.mark.parametrize('spoil', [
    spoil_by_deletion, spoil_by_pruning, spoil_the_alternates, spoil_the_index,
    leave_locks, spoil_by_a_kill_of_git, spoil_the_head,
    spoil_by_a_link_in_place_of_git])
def test_a_room_repairs_itself(
        project: Project, spoil: Callable[[Room], None]) -> None:
    oid, tree = committed(project)
    with open_room(find_repository(), 'ci', tree, oid) as room:
        pass
    spoil(room)
    with open_room(find_repository(), 'ci', tree, oid) as room:
        assert_clean(room, tree)


def test_locks_that_a_kill_left_cost_no_new_room(project: Project) -> None:
    oid, tree = committed(project)
    with open_room(find_repository(), 'ci', tree, oid) as room:
        (room.tree / 'results').mkdir()
    project.git('commit', '-q', '--allow-empty', '-m', 'next')
    head = project.git('rev-parse', 'HEAD').strip()
    leave_locks(room)
    with open_room(find_repository(), 'ci', tree, head) as room:
        assert_clean(room, tree)
        assert git_line(room.repository, 'rev-parse', 'HEAD') == head
        assert (room.tree / 'results').is_dir()


def test_a_copied_repository_has_a_room_of_its_own(
        project: Project, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    oid, tree = committed(project)
    with open_room(find_repository(), 'ci', tree, oid) as first:
        pass
    copy = tmp_path / 'copy'
    shutil.copytree(project.folder, copy)
    monkeypatch.chdir(copy)
    with open_room(find_repository(), 'ci', tree, oid) as room:
        assert_clean(room, tree)
        assert room.tree != first.tree


@posix
@pytest.mark.parametrize('executable', [True, False])
def test_an_executable_bit_that_a_session_changed_is_seen(
        project: Project, executable: bool) -> None:
    project.write('a.py', 'one\n')
    os.chmod('a.py', 0o644 if executable else 0o755)
    project.git('add', 'a.py')
    oid = project.commit()
    tree = project.git('rev-parse', 'HEAD^{tree}').strip()
    with open_room(find_repository(), 'ci', tree, oid) as room:
        (room.tree / 'a.py').chmod(0o755 if executable else 0o644)
        changed = tree_of(room, tree)
        listed = git_line(room.repository, 'ls-tree', changed, 'a.py')
    assert listed[:6] == ('100755' if executable else '100644')


@posix
def test_a_symlink_that_a_session_made_of_a_file_is_seen(
        project: Project) -> None:
    oid, tree = committed(project)
    with open_room(find_repository(), 'ci', tree, oid) as room:
        (room.tree / 'a.py').rename(room.tree / 'b.py')
        (room.tree / 'a.py').symlink_to('b.py')
        changed = tree_of(room, tree)
        listed = git_line(room.repository, 'ls-tree', changed, 'a.py')
    assert listed[:6] == '120000'


def test_a_bare_repository_has_rooms(
        project: Project, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    oid, tree = committed(project)
    project.git('clone', '-q', '--bare', '.', str(tmp_path / 'bare'))
    monkeypatch.chdir(tmp_path / 'bare')
    with open_room(find_repository(), 'ci', tree, oid) as room:
        assert_clean(room, tree)


def test_what_a_session_changed_is_seen(project: Project) -> None:
    oid, tree = committed(project)
    with open_room(find_repository(), 'ci', tree, oid) as room:
        os.utime(room.tree / 'a.py', (1, 1))
        assert tree_of(room, tree) == tree
        (room.tree / 'a.py').write_text('two\n', 'utf-8', newline='\n')
        changed = tree_of(room, tree)
        assert git_line(room.repository, 'show', f'{changed}:a.py') == 'two'


def when_waiting(monkeypatch: pytest.MonkeyPatch,
                 do: Callable[[], object]) -> list[str]:
    """Have this done as soon as somebody says what he waits for."""
    said = list[str]()

    def write(text: str) -> None:
        said.append(text)
        do()

    monkeypatch.setattr(sys.stderr, 'write', write)
    return said


def test_a_second_process_waits_and_says_for_what(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    oid, tree = committed(project)
    with open_room(find_repository(), 'ci', tree, oid) as room:
        pass
    (room.folder / 'owner').write_text('4711 holds', 'utf-8', newline='\n')
    other = open(room.folder / 'lock', 'ab')
    assert lock_descriptor(other.fileno(), blocking=False)
    said = when_waiting(monkeypatch, other.close)
    with open_room(find_repository(), 'ci', tree, oid) as room:
        assert_clean(room, tree)
    assert said == [
        'autodevelop: waiting for the ci room: 4711 holds\n']


@posix
def test_a_room_is_held_while_what_runs_there_outlives_us(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    oid, tree = committed(project)
    reader, writer = os.pipe()
    with open_room(find_repository(), 'ci', tree, oid) as room:
        child = os.fork()
        if not child:  # pragma: no cover
            os.close(writer)
            os.read(reader, 1)  # Until we close it, too.
            os._exit(0)
    said = when_waiting(monkeypatch, lambda: os.close(writer))
    with open_room(find_repository(), 'ci', tree, oid) as room:
        assert_clean(room, tree)
    assert said == [f'autodevelop: waiting for the ci room: process '
                    f'{os.getpid()} or its child has locked it\n']
    assert os.waitpid(child, 0)[1] == 0
    os.close(reader)


@pytest.mark.parametrize('content', [None, b'no database' * 100])
def test_a_room_without_a_place_is_an_error(
        project: Project, content: bytes | None) -> None:
    oid, tree = committed(project)
    cache = find_repository().cache
    if content is None:
        cache.parent.mkdir(parents=True, exist_ok=True)
        cache.write_bytes(b'a file')
    else:
        (cache / 'ci').mkdir(parents=True)
        (cache / 'ci/lock').mkdir()
    with pytest.raises(AutodevelopError, match='cannot lock the ci room'):
        open_room(find_repository(), 'ci', tree, oid).__enter__()


def test_a_room_that_nobody_held_says_no_process(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    oid, tree = committed(project)
    folder = find_repository().cache / 'ci'
    folder.mkdir(parents=True)
    other = open(folder / 'lock', 'ab')
    assert lock_descriptor(other.fileno(), blocking=False)
    said = when_waiting(monkeypatch, other.close)
    with open_room(find_repository(), 'ci', tree, oid) as room:
        assert_clean(room, tree)
    assert said == ['autodevelop: waiting for the ci room: another '
                    'process has locked it\n']


def test_git_that_fails_is_an_error(project: Project) -> None:
    with pytest.raises(AutodevelopError, match='git show failed: fatal'):
        git(find_repository(), 'show', 'nothing')
    assert reason(b'') == 'no message'
    assert resolve(find_repository(), 'HEAD') == [None]


def test_a_missing_worktree_is_not_pruned(
        project: Project, tmp_path: Path) -> None:
    oid, tree = committed(project)
    linked, away = Project(tmp_path / 'linked'), tmp_path / 'away'
    project.git('worktree', 'add', '-q', str(linked.folder), '-b', 'other')
    linked.stage('staged', 'precious')
    linked.folder.rename(away)
    with open_room(find_repository(), 'ci', tree, oid) as room:
        assert_clean(room, tree)
    away.rename(linked.folder)
    assert linked.git('status', '--porcelain') == 'A  staged\n'


def test_a_committed_pyc_is_no_edit(project: Project) -> None:
    """Python rewrites it, or that of another version is gone."""
    name = '__pycache__/noxfile.cpython-313.pyc'
    project.stage('a.py', 'one\n')
    project.write(name, 'one')
    project.git('add', '--force', name)
    oid = project.commit()
    tree = project.git('rev-parse', 'HEAD^{tree}').strip()
    with open_room(find_repository(), 'ci', tree, oid) as room:
        (room.tree / name).write_bytes(b'two')
        assert tree_of(room, tree) == tree
        enter_project(room, '')
        assert tree_of(room, tree) == tree
        (room.tree / 'a.py').write_bytes(b'two\n')
        fixed = tree_of(room, tree)
        assert project.git('diff', '--name-only', tree, fixed) == 'a.py\n'


def test_bits_count_where_files_have_them(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows every file is executable."""
    project.stage('a.txt', 'one\r\n')
    project.stage('.gitattributes', '*.txt text\n')  # CR was added before.
    oid = project.commit()
    tree = project.git('rev-parse', 'HEAD^{tree}').strip()
    monkeypatch.setattr(os, 'access', lambda path, mode: True)
    for value in ('false', 'true'):
        project.git('config', 'core.fileMode', value)
        with open_room(find_repository(), value, tree, oid) as room:
            # Windows has a mode for git that is that of the index.
            git(room.repository, 'config', 'core.fileMode', value)
            (room.tree / 'a.txt').touch()
            assert (tree_of(room, tree) == tree) == (value == 'false')

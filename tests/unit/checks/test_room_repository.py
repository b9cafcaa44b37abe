"""The git repository of a room: what it borrows, and what stays in it."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autodevelop.checks.edits import tree_of
from autodevelop.checks.room import Room, check_out_outside, open_room
from autodevelop.checks.room_repository import synchronize
from autodevelop.errors import AutodevelopError
from autodevelop.system.git import find_repository, git_line
from autodevelop.system.process import Completed
from tests.support.project import Project

pytestmark = pytest.mark.once

Capture = pytest.CaptureFixture[str]
posix = pytest.mark.skipif(sys.platform == 'win32', reason='symlinks')


def enter(tree: str = 'HEAD', head: str | None = 'HEAD') -> Room:
    """The room of HEAD, once it was opened."""
    repository = find_repository()
    tree = git_line(repository, 'rev-parse', f'{tree}^{{tree}}')
    commit = git_line(repository, 'rev-parse', head) if head else None
    with open_room(repository, 'ci', tree, commit) as room:
        return room


def in_room(room: Room, *arguments: str) -> str:
    """Run git as a session does; its output."""
    done = subprocess.run(['git', *arguments], cwd=room.tree, text=True,
                          capture_output=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def committed(project: Project) -> Project:
    project.stage('a.py', 'one\n')
    project.commit()
    return project


def test_what_a_session_does_with_git_stays_in_the_room(
        committed: Project) -> None:
    room = enter()
    before = committed.git('for-each-ref'), committed.read('.git/config')
    in_room(room, 'config', 'core.hooksPath', 'husky')
    in_room(room, 'config', 'user.name', 'suite')
    in_room(room, 'tag', 'v9')
    in_room(room, 'commit', '-q', '--allow-empty', '-m', 'of a suite')
    in_room(room, 'checkout', '-q', '-b', 'other')
    assert in_room(room, 'log', '-1', '--format=%an') == 'a'
    after = committed.git('for-each-ref'), committed.read('.git/config')
    assert after == before
    assert len(committed.git('worktree', 'list').splitlines()) == 1
    # And the next check starts without it.
    room = enter()
    assert in_room(room, 'tag') == ''
    assert in_room(room, 'branch', '--format=%(refname:short)') == 'main'
    assert 'husky' not in in_room(room, 'config', '--list')
    # Windows has none of more than 260 characters; a room's path is longer.
    assert in_room(room, 'config', 'core.longPaths') == 'true'
    assert in_room(room, 'rev-list', '--count', 'HEAD') == '1'


@pytest.mark.slow
def test_sessions_see_tags_branches_and_the_configuration(
        committed: Project) -> None:
    committed.git('tag', '-a', 'v1', '-m', 'first')
    committed.git('config', 'my.own', 'value')
    committed.git('update-ref', 'refs/remotes/origin/main', 'HEAD')
    committed.git('branch', 'aside')
    committed.git('commit', '-q', '--allow-empty', '-m', 'second')
    room = enter()
    assert in_room(room, 'describe') == 'v1-1-g' + in_room(
        room, 'rev-parse', '--short', 'HEAD')
    assert in_room(room, 'config', 'my.own') == 'value'
    assert in_room(room, 'rev-parse', 'origin/main', 'aside') == (
        committed.git('rev-parse', 'origin/main', 'aside').strip())
    assert in_room(room, 'status', '--porcelain') == ''


@pytest.mark.slow
def test_the_branch_is_known(committed: Project) -> None:
    committed.git('branch', 'aside')
    room = enter()
    assert room.branch == in_room(room, 'branch', '--show-current') == 'main'
    committed.git('checkout', '-q', '-b', 'feature/one')
    assert enter().branch == 'feature/one'
    committed.git('commit', '-q', '--allow-empty', '-m', 'next')
    assert enter(head='HEAD~').branch == 'aside'
    committed.git('checkout', '-q', '--detach')
    committed.git('commit', '-q', '--allow-empty', '-m', 'on no branch')
    room = enter()
    assert room.branch == in_room(room, 'branch', '--show-current') == ''


@pytest.mark.slow
def test_a_branch_without_a_commit_is_known(project: Project) -> None:
    project.git('symbolic-ref', 'HEAD', 'refs/heads/first')
    tree = project.git('write-tree').strip()
    for _ in range(2):
        room = enter(tree, None)
        assert in_room(room, 'branch', '--show-current') == 'first'


def test_a_folder_whose_files_are_gone_is_gone(committed: Project) -> None:
    for name in ('app/__init__.py', 'app/deep/x.py', 'kept/a.py'):
        committed.stage(name, '')
    committed.commit()
    room = enter()
    for name in ('app', 'app/deep', 'kept', 'new'):
        (room.tree / name / '__pycache__').mkdir(parents=True)
        (room.tree / name / '__pycache__/x.pyc').touch()
    committed.git('rm', '-rq', 'app')
    committed.stage('kept/b.py', '')
    committed.stage('app', 'a file by now\n')
    committed.commit()
    room = enter()
    assert (room.tree / 'app').read_text() == 'a file by now\n'
    assert (room.tree / 'kept/__pycache__/x.pyc').exists()
    # A cache that was never part of the tree stays.
    assert (room.tree / 'new/__pycache__/x.pyc').exists()
    committed.git('rm', '-q', 'app', 'kept/a.py', 'kept/b.py')
    committed.commit()
    assert not (enter().tree / 'kept').exists()


@pytest.mark.slow
def test_a_file_that_a_session_adds_is_no_part_of_the_tree(
        committed: Project) -> None:
    room = enter()
    (room.tree / 'new').write_text('new\n', 'utf-8', newline='\n')
    (room.tree / 'a.py').write_text('two\n', 'utf-8', newline='\n')
    in_room(room, 'add', '.')
    tree = tree_of(room, committed.git('rev-parse', 'HEAD^{tree}').strip())
    # The user's repository has all objects of it.
    assert committed.git('ls-tree', '-r', '--name-only', tree).split() == [
        '.gitignore', 'a.py', 'noxfile.py']
    assert committed.git('show', f'{tree}:a.py') == 'two\n'


@pytest.mark.slow
def test_a_sparse_checkout_has_a_sparse_room(committed: Project) -> None:
    for name in ('app/x', 'other/y'):
        committed.stage(name, name)
    committed.commit()
    committed.git('sparse-checkout', 'set', 'app')
    room = enter()
    assert (room.tree / 'app/x').exists()
    assert not (room.tree / 'other').exists()
    assert in_room(room, 'status', '--porcelain') == ''
    committed.git('sparse-checkout', 'disable')
    assert (enter().tree / 'other/y').exists()


def test_a_file_outside_of_a_sparse_checkout_can_be_checked(
        committed: Project) -> None:
    for name in ('app/x', 'other/y', 'other/z'):
        committed.stage(name, name)
    committed.commit()
    committed.git('sparse-checkout', 'set', 'app')
    room = enter()
    tree = committed.git('rev-parse', 'HEAD^{tree}').strip()
    check_out_outside(room, ['app/x', 'other/y'])
    assert (room.tree / 'other/y').read_text() == 'other/y'
    assert not (room.tree / 'other/z').exists()
    assert tree_of(room, tree) == tree
    # A fix of it is seen.
    (room.tree / 'other/y').write_text('fixed\n', 'utf-8', newline='\n')
    changed = tree_of(room, tree)
    assert committed.git('show', f'{changed}:other/y') == 'fixed\n'
    assert not (enter().tree / 'other/y').exists()


@pytest.mark.slow
def test_a_repository_of_sha256_has_rooms(
        project: Project, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    project.git('init', '-q', '--object-format=sha256', str(tmp_path / 'new'))
    monkeypatch.chdir(tmp_path / 'new')
    other = Project(tmp_path / 'new')
    other.stage('a.py', 'one\n')
    other.commit()
    assert (enter().tree / 'a.py').read_text() == 'one\n'


@pytest.mark.slow
def test_the_environment_configures_filters(
        committed: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, (key, value) in enumerate([
            ('filter.rot.clean', 'tr a-z b-za'),
            ('filter.rot.smudge', 'tr b-za a-z')]):
        monkeypatch.setenv(f'GIT_CONFIG_KEY_{number}', key)
        monkeypatch.setenv(f'GIT_CONFIG_VALUE_{number}', value)
    monkeypatch.setenv('GIT_CONFIG_COUNT', '2')
    committed.stage('.gitattributes', '*.rot filter=rot\n')
    committed.stage('x.rot', 'hello\n')
    committed.commit()
    assert committed.git('show', 'HEAD:x.rot') == 'ifmmp\n'
    room = enter()
    assert (room.tree / 'x.rot').read_text() == 'hello\n'
    tree = committed.git('rev-parse', 'HEAD^{tree}').strip()
    assert tree_of(room, tree) == tree


@pytest.mark.slow
@pytest.mark.parametrize('kind', ['--depth=1', '--filter=blob:none'])
def test_a_clone_without_all_objects_has_rooms(
        committed: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        kind: str) -> None:
    committed.git('config', 'uploadpack.allowFilter', 'true')
    committed.git('config', 'uploadpack.allowAnySHA1InWant', 'true')
    committed.stage('a.py', 'two\n')
    committed.commit()
    clone = tmp_path / 'clone'
    committed.git('clone', '-q', '--no-local', kind,
                  committed.folder.as_uri(), str(clone))
    monkeypatch.chdir(clone)
    room = enter()
    assert (room.tree / 'a.py').read_text() == 'two\n'
    assert in_room(room, 'log', '--format=%s')
    if kind == '--filter=blob:none':
        # What the clone lacks is fetched as it is there.
        assert (enter('HEAD~', 'HEAD~').tree / 'a.py').read_text() == 'one\n'


@pytest.mark.parametrize('head', ['.invalid', 'side'])
def test_the_branch_of_a_reftable_is_known(
        committed: Project, monkeypatch: pytest.MonkeyPatch,
        head: str) -> None:
    """Its HEAD is a placeholder, for any git that cannot read it."""
    committed.git('branch', 'side')
    room = enter()
    oid = committed.git('rev-parse', 'HEAD').strip()
    committed.write('.git/HEAD', f'ref: refs/heads/{head}\n')
    monkeypatch.setattr(
        'autodevelop.checks.room_repository.git_unchecked',
        lambda *given: Completed(0, b'refs/heads/side\n', b''))
    assert synchronize(room.origin, room.folder, oid) == 'side'


@pytest.mark.slow
def test_a_linked_work_tree_shares_the_room(
        committed: Project, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    first = enter()
    committed.git('worktree', 'add', '-q', '-b', 'side', str(tmp_path / 'l'))
    monkeypatch.chdir(tmp_path / 'l')
    second = enter()
    assert (second.tree, second.branch) == (first.tree, 'side')


@posix
def test_git_crypt_finds_its_keys(committed: Project) -> None:
    committed.write('.git/git-crypt/keys/default', 'secret')
    room = enter()
    assert (room.tree / '.git/git-crypt/keys/default').read_text() == 'secret'


def test_where_git_crypt_cannot_find_its_keys_a_line_says_so(
        committed: Project, monkeypatch: pytest.MonkeyPatch,
        capsys: Capture) -> None:
    committed.write('.git/git-crypt/keys/default', 'secret')

    def refuse(*given: object, **more: object) -> None:
        raise OSError(1, 'no symlinks')

    monkeypatch.setattr(Path, 'symlink_to', refuse)
    enter()
    assert 'git-crypt cannot find its keys in the room: no sym' in (
        capsys.readouterr().err)


def test_a_room_of_an_older_version_is_removed(committed: Project) -> None:
    old = committed.folder / '.git/autodevelop/ci'
    committed.git('worktree', 'add', '-q', '--detach', str(old / 'tree'))
    (old / 'environments').mkdir()
    (old.parent / 'ledger.sqlite').touch()
    (old.parent / 'webhook').touch()
    enter()
    assert os.listdir(old.parent) == ['webhook']
    assert len(committed.git('worktree', 'list').splitlines()) == 1


def test_an_old_room_that_is_no_work_tree_is_removed(
        committed: Project) -> None:
    old = committed.folder / '.git/autodevelop/ci'
    (old / 'tree').mkdir(parents=True)
    enter()
    assert not old.exists()


def test_a_room_that_git_cannot_create_is_an_error(
        committed: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = find_repository()._replace(hash_name='nothing')
    monkeypatch.setattr(f'{__name__}.find_repository', lambda: repository)
    with pytest.raises(AutodevelopError, match='cannot create a room'):
        enter()


def test_the_repository_of_a_room_is_restored(committed: Project) -> None:
    room = enter()
    shutil.rmtree(room.tree / '.git/refs')
    (room.tree / '.git/config').unlink()
    (room.tree / 'left').mkdir()
    assert in_room(enter(), 'rev-list', '--count', 'HEAD') == '1'

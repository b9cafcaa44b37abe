"""Fixes brought back into indexes and files, call by call."""
import errno
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from autodevelop.errors import AutodevelopError
from autodevelop.git_hooks import staged as module
from autodevelop.git_hooks.apply_fixes import apply_fixes
from autodevelop.git_hooks.changes import Change
from autodevelop.git_hooks.staged import Staged
from autodevelop.system.git import find_repository
from tests.support.project import Project

pytestmark = pytest.mark.once

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def scratch(project: Project) -> Path:
    folder = project.folder / '.git/scratch'
    folder.mkdir()
    return folder


def fix(project: Project) -> Change:
    """Stage ``x=1`` as a.py; the fix of it is ``x = 1``."""
    project.stage('a.py', 'x = 1\n')
    fixed = project.git('rev-parse', ':a.py').strip()
    project.stage('a.py', 'x=1\n')
    staged = project.git('rev-parse', ':a.py').strip()
    return Change('100644', '100644', staged, fixed, 'a.py')


def test_an_index_that_git_holds_is_replaced_with_the_real_one(
        project: Project, scratch: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    one = fix(project)
    git_dir = project.folder / '.git'
    for name in ('index.lock', 'next-index-1.lock'):
        shutil.copyfile(git_dir / 'index', git_dir / name)
    monkeypatch.setenv('GIT_INDEX_FILE', '.git/next-index-1.lock')
    Staged(find_repository(), scratch).write([one])
    monkeypatch.delenv('GIT_INDEX_FILE')
    assert project.git('show', ':a.py') == 'x=1\n'
    for name in ('index.lock', 'next-index-1.lock'):
        (git_dir / name).replace(git_dir / 'index')
        assert project.git('show', ':a.py') == 'x = 1\n'


def test_other_content_in_the_real_index_is_left_alone(
        project: Project, scratch: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    one = fix(project)
    git_dir = project.folder / '.git'
    shutil.copyfile(git_dir / 'index', git_dir / 'next-index-1.lock')
    project.stage('a.py', 'other\n')
    shutil.copyfile(git_dir / 'index', git_dir / 'index.lock')
    monkeypatch.setenv('GIT_INDEX_FILE', '.git/next-index-1.lock')
    Staged(find_repository(), scratch).write([one])
    monkeypatch.delenv('GIT_INDEX_FILE')
    (git_dir / 'index.lock').replace(git_dir / 'index')
    assert project.git('show', ':a.py') == 'other\n'


def test_a_lock_alone_is_replaced(
        project: Project, scratch: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    one = fix(project)
    lock = project.folder / '.git/index.lock'
    shutil.copyfile(project.folder / '.git/index', lock)
    monkeypatch.setenv('GIT_INDEX_FILE', str(lock))
    Staged(find_repository(), scratch).write([one])
    monkeypatch.delenv('GIT_INDEX_FILE')
    lock.replace(project.folder / '.git/index')
    assert project.git('show', ':a.py') == 'x = 1\n'


def test_what_is_staged_while_the_lock_is_taken_is_not_lost(
        project: Project, scratch: Path) -> None:
    one = fix(project)
    staged = Staged(find_repository(), scratch)
    project.stage('b.py', 'meanwhile\n')
    with pytest.raises(AutodevelopError, match='changed while'):
        staged.write([one])
    assert project.git('show', ':b.py') == 'meanwhile\n'
    project.stage('c.py', 'the lock is free\n')


def test_a_file_that_became_something_else_is_named(
        project: Project, scratch: Path, capfd: Capture) -> None:
    one = fix(project)
    staged = Staged(find_repository(), scratch)
    (project.folder / 'a.py').unlink()
    apply_fixes(staged, [one])
    (project.folder / 'a.py').mkdir()
    apply_fixes(staged, [one])
    said = capfd.readouterr().err.splitlines()
    assert said[0].startswith("autodevelop: 'a.py' is fixed in the commit on")
    assert said[1].startswith(
        "autodevelop: 'a.py' is fixed in the commit only: it is no longer")


@pytest.mark.skipif(os.name == 'nt', reason='has symlinks')
@pytest.mark.parametrize('link', ['d', 'd/e'])
@pytest.mark.parametrize('target', ['outside', 'inside', 'd/e', 'd'])
def test_nothing_is_written_through_a_folder_that_is_a_symlink_now(
        project: Project, scratch: Path, capfd: Capture, link: str,
        target: str) -> None:
    """It leads out of the work tree, elsewhere in it, or nowhere: a loop."""
    one = fix(project)._replace(path='d/e/a.py')
    staged = Staged(find_repository(), scratch)
    places = {'outside': project.folder.parent / 'outside',
              'inside': project.folder / 'inside'}
    for place in places.values():
        for folder in (place, place / 'e'):
            folder.mkdir(parents=True)
            (folder / 'a.py').write_text('x=1\n')
    path = project.folder / link
    path.parent.mkdir(exist_ok=True)
    path.symlink_to(places.get(target, project.folder / target))
    apply_fixes(staged, [one])
    assert "'d/e/a.py' is fixed in the commit only" in capfd.readouterr().err
    for place in places.values():
        for folder in (place, place / 'e'):
            assert (folder / 'a.py').read_text() == 'x=1\n'


def test_a_folder_that_became_a_file_is_named(
        project: Project, scratch: Path, capfd: Capture) -> None:
    one = fix(project)._replace(path='d/a.py')
    project.write('d', 'a file')
    apply_fixes(Staged(find_repository(), scratch), [one])
    assert "'d/a.py' is fixed in the commit only" in capfd.readouterr().err
    assert project.read('d') == 'a file'


@pytest.mark.skipif(os.name == 'nt', reason='has symlinks')
def test_a_work_tree_by_way_of_a_symlink_is_written_to(
        project: Project, scratch: Path) -> None:
    one = fix(project)
    link = project.folder.parent / 'link'
    link.symlink_to(project.folder, target_is_directory=True)
    repository = find_repository()._replace(work_tree=link)
    apply_fixes(Staged(repository, scratch), [one])
    assert project.read('a.py') == 'x = 1\n'


def test_a_file_that_is_edited_this_moment_stays(
        project: Project, scratch: Path, capfd: Capture,
        monkeypatch: pytest.MonkeyPatch) -> None:
    one = fix(project)
    staged = Staged(find_repository(), scratch)
    copymode = shutil.copymode

    def edit(source: Path, target: Path) -> None:
        copymode(source, target)
        source.write_text('edited\n', 'utf-8', newline='\n')

    monkeypatch.setattr(shutil, 'copymode', edit)
    apply_fixes(staged, [one])
    assert project.read('a.py') == 'edited\n'
    assert 'it is being edited' in capfd.readouterr().err


@pytest.mark.parametrize(('number', 'text'), [
    (errno.EXDEV, 'x = 1\n'), (errno.EROFS, 'x=1\n')])
def test_a_git_directory_elsewhere_and_a_tree_that_is_read_only(
        project: Project, scratch: Path, monkeypatch: pytest.MonkeyPatch,
        number: int, text: str) -> None:
    one = fix(project)
    staged = Staged(find_repository(), scratch)
    replace: Callable[[Path, Path], None] = os.replace

    def refuse(source: Path, target: Path) -> None:
        if source.parent == scratch:
            raise OSError(number, os.strerror(number))
        replace(source, target)

    monkeypatch.setattr(os, 'replace', refuse)
    apply_fixes(staged, [one])
    assert project.read('a.py') == text
    assert sorted(os.listdir(project.folder)) == [
        '.git', '.gitignore', 'a.py', 'noxfile.py']


@pytest.mark.skipif(os.name == 'nt', reason='has modes')
def test_a_mode_that_was_fixed_is_the_files_too(
        project: Project, scratch: Path) -> None:
    one = fix(project)
    path = project.folder / 'a.py'
    apply_fixes(Staged(find_repository(), scratch), [
        one._replace(mode='100755')])
    assert path.stat().st_mode & 0o111
    apply_fixes(Staged(find_repository(), scratch), [
        one._replace(old_mode='100755')])
    assert not path.stat().st_mode & 0o111


def test_where_there_are_no_links_the_index_is_locked_all_the_same(
        project: Project, scratch: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: Path, target: Path) -> None:
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))

    monkeypatch.setattr(os, 'link', refuse)
    monkeypatch.setattr(module, 'WAIT_SECONDS', 0)
    one = fix(project)
    staged = Staged(find_repository(), scratch)
    lock = project.folder / '.git/index.lock'
    lock.touch()
    with pytest.raises(AutodevelopError, match='another git process'):
        staged.write([one])
    lock.unlink()
    staged.write([one])
    assert project.git('show', ':a.py') == 'x = 1\n'
    assert not lock.exists()


def test_a_lock_that_is_let_go_is_waited_for(
        project: Project, scratch: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    """Editors run git status whenever a file changes."""
    one, lock = fix(project), project.folder / '.git/index.lock'
    lock.touch()
    monkeypatch.setattr(time, 'sleep', lambda seconds: lock.unlink())
    Staged(find_repository(), scratch).write([one])
    assert project.git('show', ':a.py') == 'x = 1\n'


def test_an_index_that_is_not_there_commits_nothing(
        project: Project, scratch: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    """Git takes it for an empty one, whose commit deletes every file."""
    monkeypatch.setenv('GIT_INDEX_FILE', 'gone')
    with pytest.raises(AutodevelopError, match='gone, which does not exist'):
        Staged(find_repository(), scratch)

"""The repository that commands find, and what they say without one."""
import os
import sys
from pathlib import Path

import pytest

from autodevelop.__main__ import main
from autodevelop.errors import AutodevelopError
from autodevelop.system import git
from autodevelop.system.owners import foreign_owner
from autodevelop.system.process import Completed
from tests.support.project import Project

ADVICE = 'git config --global --add safe.directory /there/project'
DUBIOUS = f"""\
fatal: detected dubious ownership in repository at '/there/project'
To add an exception for this directory, call:

\t{ADVICE}
"""


def not_found() -> AutodevelopError:
    git._find_repository.cache_clear()
    with pytest.raises(AutodevelopError) as caught:
        git.find_repository()
    return caught.value


def test_a_folder_outside_of_any_repository(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv('GIT_CEILING_DIRECTORIES', str(tmp_path.parent))
    assert 'not in a git repository' in not_found().message
    assert not_found().hint == 'run: git init'


@pytest.mark.skipif(sys.platform == 'win32', reason='keeps it')
@pytest.mark.parametrize('command', ['check', 'history'])
def test_a_folder_that_was_removed(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str,
        capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / 'gone'
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    assert main([command]) == 2
    assert capsys.readouterr().err == (
        'error: the current folder was removed\n'
        'hint: change to one that exists: cd ~\n')


def test_git_is_asked_once_for_each_folder(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    found = git.find_repository()
    with monkeypatch.context() as patch:
        patch.setenv('PATH', '')
        assert git.find_repository() is found
    project.git('init', '-q', 'inner')
    monkeypatch.chdir('inner')
    inner = git.find_repository()
    assert inner.work_tree == project.folder / 'inner'
    monkeypatch.setenv('GIT_DIR', str(project.folder / '.git'))
    assert git.find_repository().common == found.common


def test_without_git_there_is_an_error(
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('PATH', '')
    assert not_found().message == 'git is not on PATH'


def test_a_repository_of_another_user_is_not_created_again(
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git, 'run', lambda *given: Completed(
        128, b'', DUBIOUS.encode()))
    assert 'dubious ownership' in not_found().message
    assert not_found().hint == ADVICE


def test_a_damaged_repository_is_not_created_again(project: Project) -> None:
    project.write('.git/config', '[core')
    assert 'bad config' in not_found().message
    assert 'git init' not in not_found().hint


@pytest.mark.skipif(sys.platform == 'win32', reason='owners')
def test_files_of_another_user_are_named_with_what_returns_them(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = git.find_repository()
    # Of somebody who has no name here.
    monkeypatch.setattr(os, 'geteuid', lambda: 54321)
    monkeypatch.setattr(git, 'run', lambda *given: Completed(
        128, b'', b'error: insufficient permission for adding an object\n'
        b'fatal: error building trees\n'))
    with pytest.raises(AutodevelopError, match=' belongs to ') as caught:
        git.git(repository, 'write-tree')
    assert caught.value.hint == f'sudo chown -R 54321 {repository.common}'


def test_a_permission_error_without_a_foreign_owner_is_git_s(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = git.find_repository()
    monkeypatch.setattr(git, 'run', lambda *given: Completed(
        128, b'', b'fatal: permission denied\n'))
    with pytest.raises(AutodevelopError, match='fatal: permission denied'):
        git.git(repository, 'write-tree')


@pytest.mark.skipif(sys.platform == 'win32', reason='owners')
@pytest.mark.parametrize(('cache', 'passes', 'command'), [
    ('there', True, 'sudo install -d -o 54321 {}'),
    ('there', False, 'sudo install -d -o 54321 {}'),
    ('not', True, 'sudo install -d -o 54321 {}'),
    ('not', False, 'name a folder: export AUTODEVELOP_CACHE='
                   '/var/tmp/autodevelop')])
def test_no_hint_takes_the_parent_of_a_missing_folder(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: str,
        passes: bool, command: str) -> None:
    """It may be the root of all, for a user without a home."""
    monkeypatch.setenv('AUTODEVELOP_CACHE', str(tmp_path / cache))
    monkeypatch.setattr(os, 'geteuid', lambda: 54321)
    monkeypatch.setattr(os, 'access', lambda *given: passes)
    folder = tmp_path / 'not/there'
    found, hint = foreign_owner(folder) or ('', '')
    assert found.startswith(f'permission denied: {tmp_path} belongs to ')
    assert hint == command.format(folder)


@pytest.mark.skipif(sys.platform == 'win32', reason='owners')
def test_a_file_that_vanished_is_passed_over(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, 'walk', lambda folder: [
        (str(tmp_path), ['gone'], [])])
    assert foreign_owner(tmp_path) is None

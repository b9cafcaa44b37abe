"""The command that lists rooms, and removes those of repositories gone."""
import os
import shutil
from pathlib import Path

import pytest

from autodevelop.__main__ import main
from autodevelop.checks.room import open_room
from autodevelop.system.git import find_repository
from autodevelop.system.locks import lock
from tests.support.project import Project

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv('AUTODEVELOP_CACHE', str(tmp_path / 'cache'))
    return tmp_path / 'cache'


def enter(project: Project) -> Path:
    repository = find_repository()
    tree = project.git('write-tree').strip()
    with open_room(repository, 'ci', tree, None):
        return repository.cache


def test_rooms_are_listed_with_their_repositories(
        project: Project, capsys: Capture) -> None:
    folder = enter(project)
    assert main(['rooms', '--prune']) == 0
    line, = capsys.readouterr().out.splitlines()
    size, unit, where, whose = line.split()
    assert (unit, where, whose) == (
        'MB', str(folder), str((project.folder / '.git').resolve()))
    assert float(size) >= 0
    assert folder.is_dir()


def test_a_file_that_is_gone_meanwhile_has_no_size(
        project: Project, capsys: Capture,
        monkeypatch: pytest.MonkeyPatch) -> None:
    folder = enter(project)
    found = [*os.walk(folder)]
    monkeypatch.setattr(os, 'walk', lambda _: [*found, (folder, [], ['x'])])
    assert main(['rooms']) == 0
    assert ' MB ' in capsys.readouterr().out


def test_rooms_of_a_repository_that_is_gone_are_removed(
        project: Project, tmp_path: Path, capsys: Capture,
        monkeypatch: pytest.MonkeyPatch) -> None:
    folder = enter(project)
    monkeypatch.chdir(tmp_path)
    project.folder.rename(tmp_path / 'moved')
    assert main(['rooms']) == 0
    assert capsys.readouterr().out.endswith('.git is gone\n')
    assert folder.is_dir()
    assert main(['rooms', '--prune']) == 0
    assert 'removed: ' in capsys.readouterr().out
    assert not folder.exists()


def test_a_room_in_use_is_not_removed(
        project: Project, capsys: Capture) -> None:
    folder = enter(project)
    (folder / 'repository').write_text('/gone\n', 'utf-8', newline='\n')
    with lock(folder / 'ci', 'the ci room', 'process 1 has locked it'):
        assert main(['rooms', '--prune']) == 0
        said = capsys.readouterr().out
        assert 'in use: process 1' in said and folder.is_dir()
    assert main(['rooms', '--prune']) == 0
    assert not folder.is_dir()


def test_what_cannot_be_removed_is_said(
        project: Project, capsys: Capture,
        monkeypatch: pytest.MonkeyPatch) -> None:
    folder = enter(project)
    (folder / 'repository').write_text('/gone\n', 'utf-8', newline='\n')
    monkeypatch.setattr(shutil, 'rmtree', lambda *given, **more: None)
    assert main(['rooms', '--prune']) == 0
    assert capsys.readouterr().out.endswith('cannot be removed\n')


def test_without_rooms_a_line_says_where_they_would_be(
        cache: Path, capsys: Capture) -> None:
    assert main(['rooms']) == 0
    assert capsys.readouterr().out == f'there are no rooms in {cache}\n'

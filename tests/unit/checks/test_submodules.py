"""Submodules in a room, at the commits that its tree records."""
import os
import shutil
from pathlib import Path

import pytest

from autodevelop.checks.edits import tree_of
from autodevelop.checks.room import Room, open_room
from autodevelop.checks.submodules import check_out_submodules
from autodevelop.system.git import find_repository
from tests.support.project import NO_CONFIG, Project

pytestmark = pytest.mark.once

ALLOWED = ('-c', 'protocol.file.allow=always')


def repository(folder: Path) -> Project:
    folder.mkdir()
    made = Project(folder)
    made.git('init', '-q', '-b', 'main')
    return made


@pytest.fixture(scope='session')
def with_submodules(template: Path,
                    tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a submodule in libs/outer, which has one in inner."""
    folder = tmp_path_factory.mktemp('submodules')
    project = Project(folder / 'project')
    shutil.copytree(template, project.folder)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in NO_CONFIG.items():
            patch.setenv(name, value)
        inner, outer = (repository(folder / name)
                        for name in ('inner', 'outer'))
        inner.stage('i.txt', 'inner\n')
        inner.commit()
        outer.git(*ALLOWED, 'submodule', '--quiet', 'add', str(inner.folder),
                  'inner')
        outer.stage('o.txt', 'one\n')
        outer.commit()
        project.git(*ALLOWED, 'submodule', '--quiet', 'add',
                    str(outer.folder), 'libs/outer')
        project.git(*ALLOWED, 'submodule', '--quiet', 'update', '--init',
                    '--recursive')
        project.commit()
    return project.folder


@pytest.fixture
def nested(project: Project, with_submodules: Path,
           monkeypatch: pytest.MonkeyPatch) -> Project:
    """A copy of it, the current folder."""
    shutil.rmtree(project.folder)
    shutil.copytree(with_submodules, project.folder)
    monkeypatch.chdir(project.folder)
    return project


def enter(project: Project) -> Room:
    tree = project.git('rev-parse', 'HEAD^{tree}').strip()
    head = project.git('rev-parse', 'HEAD').strip()
    with open_room(find_repository(), 'ci', tree, head) as room:
        check_out_submodules(room)
        assert tree_of(room, tree) == tree
    return room


@pytest.mark.slow
def test_submodules_are_checked_out(nested: Project) -> None:
    for _ in range(2):
        room = enter(nested)
        assert (room.tree / 'libs/outer/o.txt').read_text() == 'one\n'
        assert (room.tree / 'libs/outer/inner/i.txt').read_text() == 'inner\n'
        # What a session spoils there is restored.
        (room.tree / 'libs/outer/o.txt').write_text('spoilt\n')
        (room.tree / 'libs/outer/inner/i.txt').unlink()


def test_the_recorded_commit_is_checked_out(nested: Project) -> None:
    enter(nested)
    outer = Project(nested.folder / 'libs/outer')
    outer.stage('o.txt', 'two\n')
    outer.commit()
    # Not recorded yet.
    assert (enter(nested).tree / 'libs/outer/o.txt').read_text() == 'one\n'
    nested.git('add', 'libs/outer')
    nested.commit()
    room = enter(nested)
    assert (room.tree / 'libs/outer/o.txt').read_text() == 'two\n'
    assert len(list(room.folder.glob('submodule-*'))) == 2


@pytest.mark.parametrize('name', ['gone', 'unknown commit', '..'])
def test_what_is_not_here_is_left_empty(nested: Project, name: str) -> None:
    modules = nested.folder / '.git/modules/libs/outer'
    if name == 'gone':
        nested.git('submodule', '--quiet', 'deinit', '--force', '--all')
        modules.rename(nested.folder / 'elsewhere')
        nested.stage('a.txt', '')
    elif name == '..':
        text = nested.read('.gitmodules')
        nested.stage('.gitmodules', text.replace(
            '"libs/outer"', '"../modules/libs/outer"'))
    else:
        digits = len(nested.git('rev-parse', 'HEAD').strip())
        nested.git('update-index', '--cacheinfo',
                   f'160000,{"1" * digits},libs/outer')
    nested.commit()
    room = enter(nested)
    assert os.listdir(room.tree / 'libs/outer') == []


@pytest.mark.slow
def test_a_path_that_is_no_submodule_is_left_alone(nested: Project) -> None:
    nested.git('rm', '-q', '--cached', 'libs/outer')
    nested.commit()
    assert not (enter(nested).tree / 'libs').exists()

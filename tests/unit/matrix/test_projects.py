"""Folders that have a noxfile, and where a person is among them."""
from pathlib import Path

import pytest

from autodevelop.errors import AutodevelopError
from autodevelop.matrix.projects import (
    all_projects, assert_root_project, chosen, current_folder, errors_of,
    folders_of, from_here, listed_projects, names_of, nearest_project,
    projects_of, repository_settings,
)
from autodevelop.matrix.settings import Settings
from autodevelop.system.git import Repository, find_repository
from tests.support.project import Project


def test_the_folders_of_files_are_all_above_them() -> None:
    assert folders_of(['a/b/c.py', 'a/d.py', 'e']) == {'', 'a', 'a/b'}
    assert folders_of([]) == {''}
    # A template of cookiecutter: its noxfile is no Python yet.
    assert folders_of(['a/{{c.name}}/b/c.py']) == {'', 'a'}


def test_a_noxfile_that_cannot_be_read_may_be_left_out() -> None:
    for said, more in (('fix the noxfile', True), ('pip install a', False)):
        with pytest.raises(AutodevelopError) as caught, errors_of('a/b'):
            raise AutodevelopError('broken', said)
        assert caught.value.message == 'a/b: broken'
        assert caught.value.hint == said + (
            '; or stop checking it: [tool.autodevelop] projects = '
            '["*", "!a/b"]' if more else '')
    every = ['', 'a/b', 'a/c']
    assert chosen(Settings(projects=('*', '!a/b')), every) == ['', 'a/c']


def test_projects_are_found_in_a_tree_and_in_the_index(
        project: Project) -> None:
    project.stage('a b/noxfile.py', 'import nox\n')
    project.stage('a b/c/my_noxfile.py', 'import nox\n')
    project.stage('{{c.name}}/noxfile.py', 'import nox\n')
    project.stage('package/noxfile.py', '# A module with the name nox gave.')
    tree = project.git('write-tree').strip()
    project.stage('d/noxfile.py', 'from nox_poetry import session\n')
    repository = find_repository()
    assert all_projects(repository, tree) == ['', 'a b']
    assert projects_of(repository, tree, [
        'd', 'a b', 'a b/c', 'line\nfeed', '', 'package']) == ['', 'a b']
    assert listed_projects(repository) == ['', 'a b', 'd']


def test_the_nearest_project_is_where_git_was_started(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write('a/noxfile.py', 'import nox\n')
    project.write('a/b/noxfile.py', '')
    repository = find_repository()
    assert (current_folder(repository), nearest_project(repository)) == (
        '', '')
    assert from_here(repository, 'a') == 'a'
    monkeypatch.setenv('GIT_PREFIX', 'a/b/')
    assert (current_folder(repository), nearest_project(repository)) == (
        'a/b', 'a')
    assert from_here(repository, '') == '../..'
    monkeypatch.delenv('GIT_PREFIX')
    (project.folder / 'noxfile.py').unlink()
    assert nearest_project(repository) == ''
    monkeypatch.chdir(project.folder.parent)
    assert current_folder(repository) == ''


def test_the_setting_chooses_projects_beside_the_root() -> None:
    every = ['', 'docs/template', 'packages/a', 'packages/b']
    assert chosen(Settings(), every) == every
    assert chosen(Settings(projects=('packages/*', '!b')), every) == [
        '', 'packages/a']


def test_a_release_needs_a_noxfile_at_the_root(project: Project) -> None:
    repository = find_repository()

    def assert_root() -> None:
        assert_root_project(repository, project.git('write-tree').strip())

    assert_root()
    project.git('rm', '-q', '--cached', 'noxfile.py')
    assert_root()  # The error is that there is none at all.
    project.stage('a/noxfile.py', 'import nox\n')
    with pytest.raises(AutodevelopError, match='yet: a/noxfile.py'):
        assert_root()


def test_names_are_limited() -> None:
    assert names_of(['', 'a']) == '., a'
    assert names_of([*'abcdefghijkl']).endswith('i, j and 2 more')


def test_the_settings_of_a_bare_repository_are_none(tmp_path: Path) -> None:
    bare = Repository(tmp_path, tmp_path, None, ())
    assert repository_settings(bare) == Settings()

"""Whether what is installed in a room's environments is still right."""
import json
import os
from pathlib import Path

import pytest

from autodevelop.checks import venvs
from autodevelop.checks.room import Room, open_room
from autodevelop.system.git import Repository, find_repository, git
from tests.support.project import Project

core = pytest.mark.core


@core
@pytest.mark.parametrize(('origin', 'noxfile', 'tree'), [
    ({'url': 'file:///a', 'dir_info': {}}, '', 'tree'),
    ({'url': 'file:///a', 'dir_info': {'editable': True}}, '', None),
    ({'url': 'https://a/b.whl'}, '', None),
    (None, 'session.run_install("make")', 'tree')])
def test_a_copy_of_the_project_is_installed_for_each_tree(
        tmp_path: Path, origin: object, noxfile: str,
        tree: str | None) -> None:
    room = Room(tmp_path, Repository(tmp_path, tmp_path, tmp_path, ()))
    (tmp_path / 'noxfile.py').write_text(noxfile, 'utf-8', newline='\n')
    info = venvs.folder(room) / 'lint/lib/x.dist-info'
    info.mkdir(parents=True)
    if origin:
        (info / 'direct_url.json').write_text(
            json.dumps(origin), 'utf-8', newline='\n')
    assert venvs.options(room, 'f', 'tree') == ('--reuse-venv=never',)
    venvs.invalidate(room)
    venvs.record(room, 'f', 'tree')
    assert venvs.options(room, 'f', 'tree') == venvs.REUSE
    other = venvs.options(room, 'f', 'other')
    assert (other == ('--reuse-venv=always',)) == bool(tree)
    assert venvs.options(room, 'g', 'tree') == ('--reuse-venv=never',)
    venvs.invalidate(room)
    assert venvs.options(room, 'f', 'tree') == ('--reuse-venv=always',)


@core
def test_an_environment_that_is_new_is_looked_through(tmp_path: Path) -> None:
    """It may hold a copy of the project, where the others hold none."""
    room = Room(tmp_path, Repository(tmp_path, tmp_path, tmp_path, ()))
    (tmp_path / 'noxfile.py').touch()
    venvs.record(room, 'f', 'tree')
    assert venvs.options(room, 'f', 'other') == venvs.REUSE
    info = venvs.folder(room) / 'tests/lib/x.dist-info'
    info.mkdir(parents=True)
    (info / 'direct_url.json').write_text(
        '{"url": "file:///a"}', 'utf-8', newline='\n')
    venvs.record(room, 'f', 'tree')
    assert venvs.options(room, 'f', 'tree') == venvs.REUSE
    assert venvs.options(room, 'f', 'other') == ('--reuse-venv=always',)


@pytest.mark.parametrize('name', [
    os.path.abspath(__file__), '../outside', 'a/../../outside'])
def test_a_file_outside_that_the_noxfile_names_decides_nothing(
        project: Project, name: str) -> None:
    project.stage('noxfile.py', f'NAME = {name!r}\n')
    tree = project.git('write-tree').strip()
    with open_room(find_repository(), 'ci', tree, None) as room:
        (room.tree.parent / 'outside').touch()
        (room.tree / 'a').mkdir()
        assert venvs.dependency_hash(room)


NOXFILE = """\
import tools.needs, both as other
from more import *
LIST = "dev/list", "./checks", "needs.yml", 'sub/env/base.txt', "and so on.ini"
session.run('python', '.ci/build.py')  # Not any word, as more_words.
"""
BY_PATH = NOXFILE + "runpy.run_path('.ci/build.py')\n"
BY_NAME = NOXFILE + "importlib.import_module('below.any')\n"


def fingerprint(project: Project) -> str:
    """The fingerprint of what is staged; the work tree serves as a room."""
    return venvs.dependency_hash(Room(project.folder, find_repository()))


def decides(project: Project, name: str) -> bool:
    """Whether what is installed depends on what is in this file."""
    project.stage(name, '# one\n')
    first = fingerprint(project)
    project.stage(name, '# two\n')
    return fingerprint(project) != first


@core
@pytest.mark.parametrize('name', [
    'noxfile.py', 'dev/list', 'checks', 'needs.yml', 'on.ini', 'a.lock',
    'sub/requirements.txt', '.python-version', 'setup.py', 'tools/needs.py',
    'tools/other.py', 'both.py', 'more.py', 'more/__init__.py',
    'more/below/deep.py'])
def test_what_is_installed_is_decided_by(
        project: Project, name: str) -> None:
    project.stage('noxfile.py', NOXFILE)
    assert decides(project, name)


def test_how_the_user_has_git_read_paths_decides_nothing(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = project.git('write-tree').strip()
    with open_room(find_repository(), 'ci', tree, None) as room:
        usual = venvs.dependency_hash(room)
        monkeypatch.setenv('GIT_LITERAL_PATHSPECS', '1')
        assert venvs.dependency_hash(room) == usual


@core
@pytest.mark.parametrize('name', [
    'other.py', '.ci/build.py', 'build.py', 'needs.py', 'session.py', 'LIST',
    'run', 'python', 'list', 'dev/other', 'below/any.py', 'other/tools.py',
    'more_words', 'results.txt', 'sub/needs.yml'])
def test_what_is_installed_is_not_decided_by(
        project: Project, name: str) -> None:
    project.stage('noxfile.py', NOXFILE)
    assert not decides(project, name)


@core
@pytest.mark.parametrize(('noxfile', 'name', 'decided'), [
    (BY_PATH, '.ci/build.py', True), (BY_PATH, 'session.py', False),
    (BY_NAME, 'below/any.py', True), (BY_NAME, '.ci/build.py', False)])
def test_code_that_the_noxfile_loads_decides(
        project: Project, noxfile: str, name: str, decided: bool) -> None:
    project.stage('noxfile.py', noxfile)
    assert decides(project, name) == decided


@core
def test_a_file_that_is_added_or_removed_decides(project: Project) -> None:
    project.stage('noxfile.py', NOXFILE)
    without = fingerprint(project)
    project.stage('dev/list', '')
    assert fingerprint(project) != without
    project.git('rm', '-qf', 'dev/list')
    assert fingerprint(project) == without
    project.git('rm', '-qf', 'noxfile.py')
    assert fingerprint(project) != without


INCLUDES = {
    'requirements.txt': '-r base/main\n--require-hashes\n',
    'base/main': '-c ../both # why\n# -r base/comment\nx-r base/infix\n'
                 '--constraint=limits.pip\n  --requirement "quoted name"\n',
    'both': '-rbase/attached.txt\n-r\nbase/next\n',
    'base/attached.txt': '-r ../requirements.txt\n-r ../../outside\n'
                         '-r /etc/passwd\n-r https://a.b/c.txt\n'}


@core
@pytest.mark.parametrize(('name', 'decided'), [
    *dict.fromkeys(['base/limits.pip', 'base/quoted name', 'both',
                    'base/attached.txt', 'base/main'], True).items(),
    *dict.fromkeys(['base/comment', 'base/infix', 'base/next', 'main',
                    'limits.pip', 'etc/passwd', 'outside'], False).items()])
def test_what_requirements_include_decides(
        project: Project, name: str, decided: bool) -> None:
    for each, text in INCLUDES.items():
        project.stage(each, text)
    assert decides(project, name) == decided


@pytest.mark.parametrize(('text', 'processes'), [
    ('division\n', 1), ('-r requirements.txt\n-c lock.toml\n', 1),
    ('-c also\n', 2)])
def test_a_fingerprint_asks_git_once_or_twice(
        project: Project, monkeypatch: pytest.MonkeyPatch, text: str,
        processes: int) -> None:
    for name in ('lock.toml', 'also'):
        project.stage(name, '')
    project.stage('requirements.txt', text)
    tree, asked = project.git('write-tree').strip(), list[str]()

    def ask(repository: Repository, *arguments: str) -> bytes:
        asked.append(arguments[0])
        return git(repository, *arguments)

    with open_room(find_repository(), 'ci', tree, None) as room:
        monkeypatch.setattr(venvs, 'git', ask)
        venvs.dependency_hash(room)
    assert asked == ['ls-files'] * processes

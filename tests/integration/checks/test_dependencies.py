"""What decides what is installed in a room's environments."""
import os
from collections.abc import Iterable

import pytest

from autodevelop.checks import dependencies
from autodevelop.checks.room import Room, open_room
from autodevelop.system.git import Repository, find_repository, git
from tests.support.project import Project

core = pytest.mark.core


@pytest.mark.parametrize('name', [
    os.path.abspath(__file__), '../outside', 'a/../../outside'])
def test_a_file_outside_that_the_noxfile_names_decides_nothing(
        project: Project, name: str) -> None:
    project.stage('noxfile.py', f'NAME = {name!r}\n')
    tree = project.git('write-tree').strip()
    with open_room(find_repository(), 'ci', tree, None) as room:
        (room.tree.parent / 'outside').touch()
        (room.tree / 'a').mkdir()
        assert dependencies.read_dependencies(room)


NOXFILE = """\
import tools.needs, both as other
from more import *
LIST = "dev/list", "./checks", "needs.yml", 'sub/env/base.txt', "and so on.ini"
session.run('python', '.ci/build.py')  # Not any word, as more_words.
"""
BY_PATH = NOXFILE + "runpy.run_path('.ci/build.py')\n"
BY_NAME = NOXFILE + "importlib.import_module('below.any')\n"


def fingerprint(project: Project) -> str:
    """The hash of what is staged; the work tree serves as a room."""
    repository = find_repository()
    return dependencies.read_dependencies(
        Room(repository.cache, repository, repository)).installed


def deciding(project: Project, names: Iterable[str]) -> list[str]:
    """Those of the files that decide what is installed by what is in them.

    Together, for speed: a file is written, and git asked, once for each.
    """
    texts = {name: project.read(name) if (project.folder / name).exists()
             else '' for name in names}
    for name, text in texts.items():
        project.write(name, text)
    project.git('add', '.')
    found, before = [], fingerprint(project)
    for name, text in texts.items():
        project.stage(name, f'{text}# changed\n')
        if (after := fingerprint(project)) != before:
            found.append(name)
        before = after
    return found


def test_what_the_noxfile_names_decides(project: Project) -> None:
    names = ['noxfile.py', 'dev/list', 'checks', 'needs.yml', 'on.ini',
             'a.lock', 'sub/requirements.txt', '.python-version', 'setup.py',
             'tools/needs.py', 'tools/other.py', 'both.py', 'more.py',
             'more/__init__.py', 'more/below/deep.py']
    project.write('noxfile.py', NOXFILE)
    assert deciding(project, names) == names


def test_pathspec_variables_of_git_decide_nothing(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = project.git('write-tree').strip()
    with open_room(find_repository(), 'ci', tree, None) as room:
        usual = dependencies.read_dependencies(room)
        monkeypatch.setenv('GIT_LITERAL_PATHSPECS', '1')
        assert dependencies.read_dependencies(room) == usual


@core
@pytest.mark.parametrize(('noxfile', 'found'), [
    (NOXFILE, []), (BY_PATH, ['.ci/build.py']),
    # Then each word may be a module: "as other".
    (BY_NAME, ['other.py', 'below/any.py'])])
def test_words_decide_nothing_but_code_that_the_noxfile_loads_does(
        project: Project, noxfile: str, found: list[str]) -> None:
    project.write('noxfile.py', noxfile)
    assert deciding(project, [
        'other.py', '.ci/build.py', 'build.py', 'needs.py', 'session.py',
        'LIST', 'run', 'python', 'list', 'dev/other', 'below/any.py',
        'other/tools.py', 'more_words', 'results.txt', 'sub/needs.yml',
    ]) == found


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
def test_what_requirements_include_decides(project: Project) -> None:
    for name, text in INCLUDES.items():
        project.write(name, text)
    included = ['base/limits.pip', 'base/quoted name', 'both',
                'base/attached.txt', 'base/main']
    assert deciding(project, [
        *included, 'base/comment', 'base/infix', 'base/next', 'main',
        'limits.pip', 'etc/passwd', 'outside']) == included


@pytest.mark.parametrize(('text', 'processes'), [
    ('division\n', 1), ('-r requirements.txt\n-c uv.lock\n', 1),
    ('-c also\n', 2)])
def test_a_fingerprint_asks_git_once_or_twice(
        project: Project, monkeypatch: pytest.MonkeyPatch, text: str,
        processes: int) -> None:
    for name in ('uv.lock', 'also'):
        project.stage(name, '')
    project.stage('requirements.txt', text)
    tree, asked = project.git('write-tree').strip(), list[str]()

    def ask(repository: Repository, *arguments: str) -> bytes:
        asked.append(arguments[0])
        return git(repository, *arguments)

    with open_room(find_repository(), 'ci', tree, None) as room:
        monkeypatch.setattr(dependencies, 'git', ask)
        dependencies.read_dependencies(room)
    assert asked == ['ls-files'] * processes


TOOLS = """\
[build-system]
requires = ["setuptools"]
[project]
name = "p"
[tool.ruff]
line-length = 79
[tool.pytest.ini_options]
addopts = "-q"
[tool.setuptools]
packages = ["p"]
"""
SECTIONS = """\
[metadata]
name = p
[flake8]
max-line-length = 79
[tool:pytest]
addopts = -q
[mypy-yaml.*]
ignore_errors = True
[options]
install_requires = flask
"""


@core
@pytest.mark.parametrize(('name', 'text', 'old', 'new', 'decided'), [
    ('pyproject.toml', TOOLS, '79', '99', False),
    ('pyproject.toml', TOOLS, '-q', '-v', False),
    ('pyproject.toml', TOOLS, '["p"]', '["q"]', True),
    ('pyproject.toml', TOOLS, 'name = "p"', 'name = "q"', True),
    ('pyproject.toml', TOOLS, '["setuptools"]', '["hatchling"]', True),
    ('setup.cfg', SECTIONS, '79', '99', False),
    ('setup.cfg', SECTIONS, '-q', '-v', False),
    ('setup.cfg', SECTIONS, 'True', 'False', False),
    ('setup.cfg', SECTIONS, 'flask', 'django', True),
    ('pyproject.toml', '[', '[', '[[', True),
    ('setup.cfg', 'a\n', 'a', 'b', True),
    ('ruff.toml', 'a = 1\n', '1', '2', False),
    ('src/a.c', 'int a;', 'a', 'b', False)])
def test_the_settings_of_a_tool_that_checks_install_nothing(
        project: Project, name: str, text: str, old: str, new: str,
        decided: bool) -> None:
    project.stage(name, text)
    first = fingerprint(project)
    assert fingerprint(project) == first
    project.stage(name, text.replace(old, new))
    assert (fingerprint(project) != first) == decided


@pytest.mark.parametrize(('name', 'text', 'seen'), [
    ('p/a.c', 'int b;', True), ('q/__init__.py', '', True),
    ('top.py', '', True), ('p/other.py', '', False),
    ('p/__init__.py', 'new = 1', False), ('README.md', 'new', False)])
def test_what_an_editable_install_records_once(
        project: Project, name: str, text: str, seen: bool) -> None:
    project.stage('p/a.c', 'int a;')
    project.stage('p/__init__.py', '')
    repository = find_repository()
    room = Room(repository.cache, repository, repository)
    first = dependencies.editable_hash(room)
    project.stage(name, text)
    assert (dependencies.editable_hash(room) != first) == seen


@pytest.mark.parametrize(('name', 'decided'), [
    ('a/noxfile.py', True), ('a/tools/x.py', True), ('shared/all', True),
    ('a/b/list', True), ('a/Pipfile', True), ('noxfile.py', False),
    ('tools/x.py', False), ('b/list', False)])
def test_a_noxfile_in_a_folder_names_files_from_there(
        project: Project, name: str, decided: bool) -> None:
    project.stage('a/noxfile.py', 'import tools\n"../shared/all", "b/list"\n')
    for each in ('shared/all', 'a/b/list', 'b/list'):
        project.stage(each, 'old')
    repository = find_repository()
    room = Room(repository.cache, repository, repository, project='a')
    before = dependencies.read_dependencies(room)
    project.stage(name, 'import tools\n"../shared/all", "b/list"  # new\n')
    assert (dependencies.read_dependencies(room) != before) == decided

"""Whether what is installed in a room's environments is still right."""
import json
import os
from pathlib import Path

import pytest

from autodevelop import installed
from autodevelop.git import Repository, find_repository
from autodevelop.room import Room, enter
from tests.support.project import Project


@pytest.mark.parametrize(('origin', 'noxfile', 'tree'), [
    ({'url': 'file:///a', 'dir_info': {}}, '', 'tree'),
    ({'url': 'file:///a', 'dir_info': {'editable': True}}, '', None),
    ({'url': 'https://a/b.whl'}, '', None),
    (None, 'session.run_install("make")', 'tree')])
def test_a_copy_of_the_project_is_installed_for_each_tree(
        tmp_path: Path, origin: object, noxfile: str,
        tree: str | None) -> None:
    room = Room(tmp_path, Repository(tmp_path, tmp_path, tmp_path, ()))
    (tmp_path / 'noxfile.py').write_text(noxfile)
    info = installed.environments(room) / 'lint/lib/x.dist-info'
    info.mkdir(parents=True)
    if origin:
        (info / 'direct_url.json').write_text(json.dumps(origin))
    assert installed.options(room, 'f', 'tree') == ('--reuse-venv=never',)
    installed.forget(room)
    installed.remember(room, 'f', 'tree')
    assert installed.options(room, 'f', 'tree') == installed.AS_THEY_ARE
    other = installed.options(room, 'f', 'other')
    assert (other == ('--reuse-venv=always',)) == bool(tree)
    assert installed.options(room, 'g', 'tree') == ('--reuse-venv=never',)
    installed.forget(room)
    assert installed.options(room, 'f', 'tree') == ('--reuse-venv=always',)


def test_an_environment_that_is_new_is_looked_through(tmp_path: Path) -> None:
    """It may hold a copy of the project, where the others hold none."""
    room = Room(tmp_path, Repository(tmp_path, tmp_path, tmp_path, ()))
    (tmp_path / 'noxfile.py').touch()
    installed.remember(room, 'f', 'tree')
    assert installed.options(room, 'f', 'other') == installed.AS_THEY_ARE
    info = installed.environments(room) / 'tests/lib/x.dist-info'
    info.mkdir(parents=True)
    (info / 'direct_url.json').write_text('{"url": "file:///a"}')
    installed.remember(room, 'f', 'tree')
    assert installed.options(room, 'f', 'tree') == installed.AS_THEY_ARE
    assert installed.options(room, 'f', 'other') == ('--reuse-venv=always',)


@pytest.mark.parametrize('name', [
    os.path.abspath(__file__), '../outside', 'a/../../outside'])
def test_a_file_outside_that_the_noxfile_names_decides_nothing(
        project: Project, name: str) -> None:
    project.stage('noxfile.py', f'NAME = {name!r}\n')
    tree = project.git('write-tree').strip()
    with enter(find_repository(), 'ci', tree, None) as room:
        (room.tree.parent / 'outside').touch()
        (room.tree / 'a').mkdir()
        assert installed.fingerprint(room)


def test_what_the_noxfile_names_decides_what_is_installed(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.stage('noxfile.py', 'import tools.needs\nfrom more import *\n'
                  'LIST = "dev/list", ".checks"\n')
    seen = set()
    names = ('noxfile.py', 'dev/list', 'tools/needs.py', 'a.lock', '.checks',
             'more/__init__.py', 'more/below/deep.py')
    for name in names:
        project.stage(name, project.read('noxfile.py') + f'# {name}\n')
        for text in ('one\n', 'two\n'):
            project.stage('other.py', text)
            tree = project.git('write-tree').strip()
            with (monkeypatch.context() as patch,
                  enter(find_repository(), 'ci', tree, None) as room):
                patch.setenv('GIT_LITERAL_PATHSPECS', '1')
                seen.add(installed.fingerprint(room))
    assert len(seen) == len(names)
    project.git('rm', '-qf', 'noxfile.py')
    tree = project.git('write-tree').strip()
    with enter(find_repository(), 'ci', tree, None) as room:
        assert installed.fingerprint(room) not in seen

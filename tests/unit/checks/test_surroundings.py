"""What of a work tree reaches a session that runs in a room."""
import json
import os
import sys
from pathlib import Path

import pytest

from autodevelop.checks import surroundings
from autodevelop.checks.surroundings import (
    active_environment, leads_into, read_source, without_work_tree,
)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (*surroundings.LISTS, *surroundings.SINGLE):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / 'work/src').mkdir(parents=True)
    return tmp_path / 'work'


def paths(*each: object) -> str:
    return os.pathsep.join(map(str, each))


def test_entries_in_the_work_tree_are_left_out(
        root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outside = root.parent / 'elsewhere'
    monkeypatch.setenv('PYTHONPATH', paths(root / 'src', outside, 'src'))
    monkeypatch.setenv('NODE_PATH', str(root))
    monkeypatch.setenv('VIRTUAL_ENV', str(root / '.venv'))
    monkeypatch.setenv('CONDA_PREFIX', str(outside))
    changed = without_work_tree(root, paths(root / '.venv/bin', outside))
    assert changed == {
        'PATH': str(outside), 'PYTHONPATH': paths(outside, 'src'),
        'NODE_PATH': None, 'VIRTUAL_ENV': None}


@pytest.mark.parametrize('home', ['', 'below'])
def test_a_home_folder_under_version_control_is_left_alone(
        root: Path, monkeypatch: pytest.MonkeyPatch, home: str) -> None:
    monkeypatch.setattr(Path, 'home', lambda: root / home)
    path = str(root / 'bin')
    assert without_work_tree(root, path) == {'PATH': path}
    assert without_work_tree(None, path) == {'PATH': path}


@pytest.mark.skipif(sys.platform == 'win32', reason='symlinks')
def test_a_symlink_leads_into_it(root: Path) -> None:
    (root.parent / 'link').symlink_to(root / 'src')
    (root / 'out').symlink_to(root.parent)
    assert leads_into(root, str(root.parent / 'link'))
    assert leads_into(root, str(root / 'out'))
    assert not leads_into(root, str(root.parent / 'work2'))
    assert not leads_into(root, '')


def environment(folder: Path) -> Path:
    """An environment with a Python; its site-packages."""
    name = 'python.exe' if sys.platform == 'win32' else 'python'
    scripts = folder / 'bin'
    scripts.mkdir(parents=True)
    (scripts / name).write_text('')
    (scripts / name).chmod(0o755)
    packages = folder / 'lib/python3.13/site-packages'
    packages.mkdir(parents=True)
    return packages


@pytest.mark.parametrize('by', ['pth', 'url'])
def test_an_environment_that_imports_the_work_tree_is_found(
        root: Path, tmp_path: Path, by: str) -> None:
    packages = environment(tmp_path / 'env')
    path = str(tmp_path / 'env/bin')
    for name, editable in [('a', False), ('b', True)]:
        info = packages / f'{name}.dist-info'
        info.mkdir()
        url = (tmp_path / 'other project').as_uri()
        (info / 'direct_url.json').write_text(json.dumps(
            {'url': url, 'dir_info': {'editable': editable}}))
    (packages / 'other.pth').write_text(f'import x\n{tmp_path}/other\n')
    assert not active_environment(root, path, '')
    if by == 'pth':
        (packages / 'p.pth').write_text(f'{root}/src\n')
    else:
        (packages / 'b.dist-info/direct_url.json').write_text(json.dumps(
            {'url': root.as_uri(), 'dir_info': {'editable': True}}))
    assert active_environment(root, path, '') == str(tmp_path / 'env')


def test_the_python_of_nox_counts_if_the_noxfile_names_it(
        root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packages = environment(tmp_path / 'env')
    (packages / 'p.pth').write_text(f'{root}/src\n')
    monkeypatch.setattr(sys, 'executable', str(tmp_path / 'env/bin/python'))
    assert not active_environment(root, str(tmp_path), 'session.run("x")')
    assert active_environment(root, str(tmp_path), 'run(sys.executable)')


@pytest.mark.parametrize('content', [
    '{', '[]', '{}', '{"url": "https://a/b.whl"}',
    '{"url": "file:///a", "dir_info": 1}'])
def test_a_source_that_cannot_be_read_is_none(
        tmp_path: Path, content: str) -> None:
    (tmp_path / 'direct_url.json').write_text(content)
    assert read_source(tmp_path / 'direct_url.json') == ('', False)
    assert read_source(tmp_path / 'none') == ('', False)

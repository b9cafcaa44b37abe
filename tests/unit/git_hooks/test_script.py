"""The scripts of hooks, run by sh as git runs them."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autodevelop.git_hooks.script import NAMES, is_script, script
from tests.support.project import ROOT, Project

pytestmark = pytest.mark.skipif(sys.platform == 'win32', reason='has no sh')
TOOLS = ('git', 'rm', 'dirname', 'cat')


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A PATH of what the scripts run and no autodevelop."""
    folder = tmp_path / 'tools'
    folder.mkdir()
    for name in TOOLS:
        (folder / name).symlink_to(str(shutil.which(name)))
    return str(folder)


def program(path: Path, first: str = '/bin/sh') -> Path:
    """An autodevelop that prints where it is and what it is given."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!{first}\necho "{path.name}" "$@"\n', 'utf-8')
    path.chmod(0o755)
    return path


def hook(folder: Path, path: str, name: str = 'pre-push',
         **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ['/bin/sh', '-c', script(name).decode(), 'sh', 'origin'],
        cwd=folder, text=True, capture_output=True,
        env={'HOME': str(folder.parent / 'home'), 'PATH': path, **variables})


@pytest.mark.parametrize('name', NAMES)
def test_the_scripts_of_this_project_are_those_that_are_written(
        name: str) -> None:
    path = ROOT / 'hooks' / name
    assert path.read_bytes() == script(name)
    assert os.access(path, os.X_OK)


@pytest.mark.parametrize('place', [
    '.venv/bin', 'main', 'PATH', 'remembered', 'home'])
def test_the_script_finds_autodevelop(
        project: Project, tmp_path: Path, path: str, place: str) -> None:
    project.commit()
    linked = tmp_path / 'linked'
    project.git('worktree', 'add', '-q', str(linked))
    found = {'.venv/bin': linked / '.venv/bin',
             'main': project.folder / '.venv/bin',
             'PATH': Path(path), 'remembered': tmp_path / 'tool/bin',
             'home': tmp_path / 'home/.local/bin'}[place]
    program(found / 'autodevelop')
    if place == 'remembered':
        project.git('config', 'autodevelop.program',
                    str(found / 'autodevelop'))
    done = hook(linked, path)
    assert done.stdout == 'autodevelop hook pre-push origin\n'
    assert not done.stderr


def test_the_environment_of_the_project_is_preferred_to_path(
        project: Project, tmp_path: Path, path: str) -> None:
    program(Path(path) / 'autodevelop')
    own = program(tmp_path / 'own')
    remembered = program(tmp_path / 'remembered')
    project.git('config', 'autodevelop.program', str(remembered))
    assert hook(project.folder, path).stdout.startswith('autodevelop ')
    (project.folder / '.venv/bin').mkdir(parents=True)
    (project.folder / '.venv/bin/autodevelop').symlink_to(own)
    assert hook(project.folder, path).stdout.startswith('own ')


def test_no_autodevelop_is_an_error(project: Project, path: str) -> None:
    done = hook(project.folder, path)
    assert done.returncode == 1
    error, hint = done.stderr.splitlines()
    assert error.startswith('error: pre-push: found no autodevelop in .venv')
    assert hint == ('hint: install it from where you got it; to go on without '
                    'it, set AUTODEVELOP=0')
    project.git('config', 'autodevelop.installCommand', 'uv tool install X')
    assert hook(project.folder, path).stderr.endswith(
        '\nhint: uv tool install X\n')


@pytest.mark.parametrize(('name', 'variables', 'status'), [
    ('pre-push', {'AUTODEVELOP': '0'}, 0),
    ('commit-msg', {'AUTODEVELOP_SKIP': 'all'}, 0),
    ('commit-msg', {'AUTODEVELOP_SKIP': 'lint'}, 1),
    ('pre-receive', {'AUTODEVELOP': '0'}, 1)])
def test_without_autodevelop_hooks_can_be_turned_off(
        project: Project, path: str, name: str, variables: dict[str, str],
        status: int) -> None:
    done = hook(project.folder, path, name, **variables)
    assert done.returncode == status
    assert ('is turned off' in done.stderr) is not bool(status)


@pytest.mark.parametrize(('text', 'is_all'), [
    (f'{os.getpid()} abc is live\n', True), (f'{os.getpid()} \n', False),
    ('1 abc is live\n', False)],
    ids=['ours', 'empty', 'another'])  # Workers of xdist have other numbers.
def test_what_went_live_is_said_without_autodevelop(
        tmp_path: Path, path: str, text: str, is_all: bool) -> None:
    """It is said to the git that switched, after a push of nothing else."""
    mark = tmp_path / 'autodevelop/switching'
    mark.parent.mkdir()
    mark.write_text(text, 'utf-8')
    done = hook(tmp_path, path, 'post-receive')
    assert (done.returncode == 0) == is_all
    assert (done.stderr == 'autodevelop: abc is live\n') == is_all
    assert mark.exists() != is_all


def test_files_of_git_lfs_are_pushed_without_autodevelop(
        project: Project, path: str) -> None:
    (project.folder / '.git/lfs/objects').mkdir(parents=True)
    program(Path(path) / 'git-lfs')
    done = hook(project.folder, path, AUTODEVELOP='0')
    assert done.stdout == 'git-lfs pre-push origin\n'


@pytest.mark.parametrize('first', ['/gone/python3.11 -s', ' /gone/python'])
def test_a_python_that_is_gone_is_named(
        project: Project, path: str, first: str) -> None:
    found = program(project.folder / '.venv/bin/autodevelop', first)
    program(Path(path) / 'autodevelop')
    done = hook(project.folder, path)
    assert done.returncode == 1
    assert done.stderr == (
        'error: pre-push: .venv/bin/autodevelop is broken: its Python, '
        f'{first.split()[0]}, is gone\nhint: rm -r ".venv"\n')
    project.git('config', 'autodevelop.installCommand',
                'uv tool install --force X')
    assert hook(project.folder, path).stderr.endswith(
        '\nhint: rm -r ".venv" && python3 -m venv ".venv" && '
        '".venv/bin/python" -m pip install X\n')
    found.with_name('python').symlink_to('/gone/python3.11')
    program(found)
    assert 'is broken' in hook(project.folder, path).stderr


def test_an_environment_that_was_moved_is_used(
        project: Project, path: str) -> None:
    """Its script names the Python of the old place."""
    found = program(project.folder / '.venv/bin/autodevelop', '/old/python')
    python = found.with_name('python')
    python.write_text('#!/bin/sh\necho "$@"\n', 'utf-8')
    python.chmod(0o755)
    done = hook(project.folder, path)
    assert 'autodevelop hook pre-push origin' in done.stdout
    assert not done.stderr


@pytest.mark.parametrize(('text', 'ours'), [
    ('#!/bin/sh\n# Run the hook pre-push with autodevelop from .venv', True),
    ('#!/bin/sh\r\n# Run the hook pre-push with autodevelop\r\n', True),
    ('#!/bin/sh\n# Have autodevelop do what pre-push asks: that', True),
    ('#!/bin/sh\n# Run the hook pre-commit with autodevelop', False),
    ('#!/bin/sh\nautodevelop hook pre-push "$@"\n', False), ('', False)])
def test_scripts_of_any_version_are_known(text: str, ours: bool) -> None:
    assert is_script(text.encode(), 'pre-push') is ours

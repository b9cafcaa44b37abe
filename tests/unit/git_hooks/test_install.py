"""Hooks that are installed, kept, replaced, and found by real git."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autodevelop.__main__ import main
from autodevelop.cli import hooks
from autodevelop.git_hooks.install import NAMES, SCRIPT
from tests.support.project import ROOT, Project

Capture = pytest.CaptureFixture[str]
posix = pytest.mark.skipif(sys.platform == 'win32', reason='has no sh')


@pytest.fixture(autouse=True)
def no_listing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests of the integration list sessions; nox takes 0.4 s of CPU."""
    monkeypatch.setattr(hooks, 'stage_lines', lambda root: [])


def setting(project: Project, key: str) -> str:
    return project.git('config', '--default', '', '--get', key).strip()


def old_hook(project: Project, name: str, text: str) -> Path:
    path = project.folder / '.git/hooks' / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f'#!/bin/sh\n{text}\n', 'utf-8', newline='\n')
    path.chmod(0o755)
    return path


@pytest.mark.parametrize('name', NAMES)
def test_the_scripts_of_this_project_are_those_that_are_written(
        name: str) -> None:
    script = ROOT / 'hooks' / name
    assert script.read_text('utf-8') == SCRIPT.format(name=name)
    assert sys.platform == 'win32' or os.access(script, os.X_OK)


def test_hooks_are_installed_shown_and_uninstalled(
        project: Project, capfd: Capture) -> None:
    assert main(['hooks', 'status']) == 0
    assert main(['hooks', 'install']) == 0
    assert main(['hooks', 'install']) == 0
    assert main(['hooks', 'status']) == 0
    assert setting(project, 'core.hooksPath') == 'hooks'
    assert main(['hooks', 'uninstall']) == 0
    assert main(['hooks', 'uninstall']) == 0
    assert setting(project, 'core.hooksPath') == ''
    said = capfd.readouterr().out
    assert 'wrote hooks/pre-commit\n' in said
    assert 'hooks/pre-push: ' in said
    assert 'core.hooksPath is not hooks here' in said


def test_a_script_of_the_project_is_not_overwritten(
        project: Project, capfd: Capture) -> None:
    project.write('hooks/pre-commit', 'mine')
    assert main(['hooks', 'install']) == 0
    assert project.read('hooks/pre-commit') == 'mine'
    (project.folder / 'hooks/pre-push').unlink()
    assert main(['hooks', 'status']) == 0
    assert 'hooks/pre-push: missing' in capfd.readouterr().out


@posix
def test_hooks_that_are_there_are_not_displaced(
        project: Project, capfd: Capture) -> None:
    old_hook(project, 'pre-commit', 'exit 3')
    old_hook(project, 'post-commit', 'exit 0')
    assert main(['hooks', 'install']) == 2
    assert 'post-commit, pre-commit' in capfd.readouterr().err
    assert setting(project, 'core.hooksPath') == ''
    assert main(['hooks', 'install', '--replace']) == 0
    assert not (project.folder / 'hooks/post-commit').exists()
    assert main(['hook', 'post-commit']) == 0


@posix
def test_hooks_that_are_kept_run_first(
        project: Project, capfd: Capture) -> None:
    old_hook(project, 'pre-push', f'cat >"{project.folder}/given"; exit 3')
    old_hook(project, 'post-commit', 'echo "$1" >&2; exit 0')
    assert main(['hooks', 'install', '--keep']) == 0
    assert (project.folder / 'hooks/post-commit').exists()
    assert main(['hooks', 'status']) == 0
    assert 'run first: ' in capfd.readouterr().out
    assert main(['hook', 'post-commit', 'argument']) == 0
    assert 'argument' in capfd.readouterr().err
    message = project.folder / 'message'
    message.write_text('divide\n', 'utf-8')
    assert main(['hook', 'commit-msg', str(message)]) == 0
    given = subprocess.run(
        [sys.executable, '-m', 'autodevelop', 'hook', 'pre-push', 'origin'],
        input='refs', text=True, cwd=project.folder,
        env={**os.environ, 'PYTHONPATH': str(ROOT)})
    assert given.returncode == 3
    assert project.read('given') == 'refs'


def test_another_hooks_path_comes_back(
        project: Project, capfd: Capture) -> None:
    project.git('config', 'core.hooksPath', '.husky')
    assert main(['hooks', 'install']) == 2
    assert 'other hooks in' in capfd.readouterr().err
    assert main(['hooks', 'status']) == 0
    assert main(['hooks', 'install', '--keep']) == 0
    assert main(['hooks', 'status']) == 0
    assert 'core.hooksPath was .husky' in capfd.readouterr().out
    assert main(['hooks', 'uninstall']) == 0
    assert setting(project, 'core.hooksPath') == '.husky'


def test_the_hooks_path_of_the_user_comes_back(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    config = project.folder.parent / 'config'
    config.write_text(
        '[core]\n\thooksPath = /nowhere\n', 'utf-8', newline='\n')
    monkeypatch.setenv('GIT_CONFIG_GLOBAL', str(config))
    assert main(['hooks', 'install', '--replace']) == 0
    assert setting(project, 'core.hooksPath') == 'hooks'
    assert main(['hooks', 'uninstall']) == 0
    assert setting(project, 'core.hooksPath') == '/nowhere'
    assert 'hooksPath' not in project.read('.git/config')


@posix
@pytest.mark.parametrize('place', ['.venv/bin', 'main', 'PATH', 'nowhere'])
def test_the_script_finds_autodevelop(
        project: Project, tmp_path: Path, place: str) -> None:
    project.commit()
    project.git('worktree', 'add', '-q', str(tmp_path / 'linked'))
    folders = {'.venv/bin': tmp_path / 'linked/.venv/bin',
               'main': project.folder / '.venv/bin', 'PATH': tmp_path / 'bin',
               'nowhere': tmp_path / 'other'}
    folders[place].mkdir(parents=True)
    found = folders[place] / 'autodevelop'
    found.write_text('#!/bin/sh\necho "$@"\n', 'utf-8', newline='\n')
    found.chmod(0o755)
    git = Path(str(shutil.which('git'))).parent
    done = subprocess.run(
        ['/bin/sh', '-c', SCRIPT.format(name='pre-push'), 'sh', 'origin'],
        cwd=tmp_path / 'linked', text=True, capture_output=True,
        env={**os.environ, 'PATH': f'{tmp_path / "bin"}:{git}'})
    if place == 'nowhere':
        assert (done.returncode, done.stderr.count('\n')) == (1, 1)
        assert 'pip install autodevelop' in done.stderr
    else:
        assert done.stdout == 'hook pre-push origin\n'


@posix
def test_a_kept_hook_that_refuses_is_the_end_of_it(project: Project) -> None:
    old_hook(project, 'commit-msg', 'exit 3')
    message = project.folder / 'message'
    message.write_text('divide\n', 'utf-8')
    assert main(['hooks', 'install', '--keep']) == 0
    assert main(['hook', 'commit-msg', str(message)]) == 3
    assert main(['hooks', 'install', '--replace']) == 0
    assert main(['hook', 'commit-msg', str(message)]) == 0


def test_a_hooks_path_of_one_work_tree_is_left_to_its_user(
        project: Project, capfd: Capture) -> None:
    project.git('config', 'extensions.worktreeConfig', 'true')
    project.git('config', '--worktree', 'core.hooksPath', '.husky')
    assert main(['hooks', 'install', '--replace']) == 2
    assert 'for this work tree only' in capfd.readouterr().err


def test_a_folder_that_cannot_be_written_is_two_lines(
        project: Project, capfd: Capture) -> None:
    project.write('hooks', 'a file')
    assert main(['hooks', 'install']) == 2
    assert main(['hooks', 'status']) == 0
    assert len(capfd.readouterr().err.splitlines()) == 2


def test_the_status_of_a_bare_repository(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        capfd: Capture) -> None:
    subprocess.run(['git', 'init', '-q', '--bare', tmp_path], check=True)
    monkeypatch.chdir(tmp_path)
    assert main(['hooks', 'status']) == 0
    assert 'not set' in capfd.readouterr().out


def test_the_status_names_the_autodevelop_of_the_project(
        project: Project, capfd: Capture) -> None:
    found = project.folder / '.venv/bin/autodevelop'
    project.write('.venv/bin/autodevelop', '')
    found.chmod(0o755)
    assert main(['hooks', 'install']) == 0
    (project.folder / 'hooks/pre-push').chmod(0o644)
    assert main(['hooks', 'status']) == 0
    assert f'autodevelop: {found.as_posix()}' in capfd.readouterr().out

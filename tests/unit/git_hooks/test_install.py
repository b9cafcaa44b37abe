"""Hooks that are installed, kept, replaced, and found by real git."""
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autodevelop.__main__ import main
from autodevelop.cli import hooks
from autodevelop.git_hooks.origin import NAME
from autodevelop.git_hooks.script import NAMES, script
from tests.support.project import ROOT, Project

Capture = pytest.CaptureFixture[str]
posix = pytest.mark.skipif(sys.platform == 'win32', reason='has no sh')


@pytest.fixture(autouse=True)
def no_listing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests of the integration list sessions; nox takes 0.4 s of CPU."""
    monkeypatch.setattr(hooks, 'stage_lines', lambda root: [])


def setting(project: Project, key: str) -> str:
    return project.git('config', '--default', '', '--get', key).strip()


def other_hook(project: Project, name: str, text: str,
               folder: str = '.git/hooks') -> Path:
    path = project.folder / folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f'#!/bin/sh\n{text}\n', 'utf-8', newline='\n')
    path.chmod(0o755)
    return path


def run_by_git(project: Project) -> list[str]:
    """The names of the hooks of autodevelop that git finds."""
    folder = project.folder / project.git(
        'rev-parse', '--git-path', 'hooks').strip()
    return [name for name in NAMES
            if (folder / name).is_file() and os.access(folder / name, os.X_OK)
            and (folder / name).read_bytes() == script(name)]


def said(capfd: Capture, *arguments: str, status: int = 0) -> str:
    """What autodevelop hooks prints."""
    capfd.readouterr()
    assert main(['hooks', *arguments]) == status
    return ''.join(capfd.readouterr())


def test_hooks_are_installed_shown_and_uninstalled(
        project: Project, capfd: Capture) -> None:
    assert '.git/hooks/pre-push: missing' in said(capfd, 'status')
    names = ', '.join(NAMES)
    assert f'wrote: {names} in .git/hooks\n' in said(capfd, 'install')
    assert f'up to date: {names} in .git/hooks\n' in said(capfd, 'install')
    assert run_by_git(project) == [*NAMES]
    assert setting(project, 'core.hooksPath') == ''
    assert '.git/hooks/pre-push: up to date\n' in said(capfd, 'status')
    assert 'the scripts in .githooks/ stay' in said(capfd, 'uninstall')
    assert 'no script of autodevelop in .git/hooks' in said(capfd, 'uninstall')
    assert not run_by_git(project)
    assert setting(project, 'autodevelop.program') == ''


def test_hooks_run_in_every_work_tree_and_after_a_move(
        project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        capfd: Capture) -> None:
    """Also on a branch that is older than the hooks."""
    project.commit()
    project.git('worktree', 'add', '-q', str(tmp_path / 'linked'))
    said(capfd, 'install')
    monkeypatch.chdir(tmp_path)
    project.folder.rename(tmp_path / 'moved')
    assert run_by_git(Project(tmp_path / 'moved')) == [*NAMES]
    Project(tmp_path / 'moved').git('worktree', 'repair')
    assert run_by_git(Project(tmp_path / 'linked')) == [*NAMES]


def test_scripts_of_earlier_versions_are_updated(
        project: Project, capfd: Capture) -> None:
    project.write('hooks/pre-commit', '#!/bin/sh\r\n'
                  '# Run the hook pre-commit with autodevelop from .venv\r\n')
    project.git('config', 'core.hooksPath', 'hooks')
    (project.folder / 'hooks/pre-commit').chmod(0o755)
    assert 'may be missing' in said(capfd, 'status')
    assert 'unset core.hooksPath, which was hooks' in said(capfd, 'install')
    assert project.read('hooks/pre-commit') == script('pre-commit').decode()
    assert not (project.folder / '.githooks').exists()
    assert run_by_git(project) == [*NAMES]
    project.write('.git/hooks/pre-push', '#!/bin/sh\r\n'
                  '# Run the hook pre-push with autodevelop\r\n')
    assert 'pre-push: written by another version' in said(capfd, 'status')


def test_a_script_of_the_project_is_not_overwritten(
        project: Project, capfd: Capture) -> None:
    other_hook(project, 'pre-commit', 'mine', '.githooks')
    other_hook(project, 'commit-msg', 'mine', 'hooks')
    assert '.githooks/ has other scripts; left unchanged' in said(
        capfd, 'install')
    assert project.read('.githooks/pre-commit') == '#!/bin/sh\nmine\n'
    project.write('.githooks/pre-push', script('pre-push').decode())
    assert 'not a script of autodevelop, left unchanged: pre-commit' in said(
        capfd, 'install')
    assert project.read('.githooks/pre-commit') == '#!/bin/sh\nmine\n'


@pytest.mark.parametrize('bare', [False, True])
def test_the_program_that_installed_them_is_remembered(
        project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        capfd: Capture, bare: bool) -> None:
    program = tmp_path / NAME
    program.touch()
    program.chmod(0o755)
    monkeypatch.setattr(sys, 'argv', [str(program)])
    if bare:
        project.git('config', 'core.bare', 'true')
        monkeypatch.chdir('.git')
    said(capfd, 'install')
    assert setting(project, 'autodevelop.program') == program.as_posix()
    said(capfd, 'uninstall')
    assert setting(project, 'autodevelop.program') == ''


@posix
def test_scripts_that_git_does_not_run_stay_off(
        project: Project, capfd: Capture) -> None:
    ran = project.folder.parent / 'ran'
    other_hook(project, 'post-commit', f'touch "{ran}"', 'hooks')
    said(capfd, 'install')
    assert 'not run by git: post-commit in hooks\n' in said(capfd, 'status')
    project.git('commit', '-q', '--no-verify', '-m', 'change')
    assert not ran.exists()


@posix
def test_the_scripts_of_the_project_are_executable_in_the_index(
        project: Project, capfd: Capture) -> None:
    said(capfd, 'install')
    project.git('add', '.githooks')
    project.git('update-index', '--chmod=-x', '.githooks/pre-push')
    (project.folder / '.githooks/pre-push').chmod(0o644)
    assert 'made executable in the index: pre-push in .githooks' in said(
        capfd, 'install')
    assert '100644' not in project.git('ls-files', '-s', '.githooks/*-*')
    assert os.access(project.folder / '.githooks/pre-push', os.X_OK)


def test_the_scripts_of_the_project_keep_their_line_ends(
        project: Project, capfd: Capture) -> None:
    assert 'wrote .githooks/.gitattributes' in said(capfd, 'install')
    eol = project.git('check-attr', 'eol', '.githooks/pre-push')
    assert eol.endswith(': lf\n')
    project.write('.githooks/.gitattributes', '# Mine.\n')
    said(capfd, 'install')
    assert project.read('.githooks/.gitattributes') == '# Mine.\n'


def test_outside_of_a_sparse_checkout_nothing_is_written(
        project: Project, capfd: Capture) -> None:
    project.write('hooks/pre-commit', script('pre-commit').decode())
    project.write('app/a.py', '')
    project.git('add', '.')
    project.commit()
    project.git('sparse-checkout', 'set', 'app')
    said(capfd, 'install')
    assert run_by_git(project) == [*NAMES]
    assert not (project.folder / 'hooks/pre-commit').exists()
    assert not (project.folder / '.githooks').exists()


@posix
def test_hooks_that_are_there_are_not_displaced(
        project: Project, capfd: Capture) -> None:
    other_hook(project, 'pre-commit', 'exit 3')
    post = other_hook(project, 'post-commit', 'exit 0')
    other_hook(project, 'update', 'exit 0')
    assert 'in .git/hooks: post-commit, pre-commit\n' in said(
        capfd, 'install', status=2)
    assert not run_by_git(project)
    assert 'moved post-commit, pre-commit to ' in said(
        capfd, 'install', '--replace')
    assert not post.exists()
    assert run_by_git(project) == [*NAMES]
    assert (project.folder / '.git/hooks/update').exists()
    assert main(['hook', 'post-commit']) == 0
    assert 'moved back post-commit, pre-commit' in said(capfd, 'uninstall')
    assert post.exists()
    assert project.read('.git/hooks/pre-commit') == '#!/bin/sh\nexit 3\n'
    assert not (project.folder / '.git/hooks.before').exists()


@posix
def test_hooks_with_other_names_keep_running(
        project: Project, capfd: Capture) -> None:
    post = other_hook(project, 'post-commit', 'exit 0')
    said(capfd, 'install')
    assert post.read_text('utf-8') == '#!/bin/sh\nexit 0\n'


@posix
def test_hooks_that_are_kept_run_first(
        project: Project, capfd: Capture) -> None:
    """They find what lies beside them."""
    project.write('.git/hooks/helper.sh', 'exit 3\n')
    other_hook(project, 'pre-push',
               f'cat >"{project.folder}/given"; . "${{0%/*}}/helper.sh"')
    post = other_hook(project, 'post-commit', 'exit 0')
    said(capfd, 'install', '--keep')
    assert post.exists()
    assert 'run first: post-commit, pre-push in .git/hooks.before' in said(
        capfd, 'status')
    said(capfd, 'install')
    message = project.folder / 'message'
    message.write_text('divide\n', 'utf-8')
    assert main(['hook', 'commit-msg', str(message)]) == 0
    given = subprocess.run(
        [sys.executable, '-m', 'autodevelop', 'hook', 'pre-push', 'origin'],
        input='refs', text=True, cwd=project.folder,
        env={**os.environ, 'PYTHONPATH': str(ROOT)})
    assert given.returncode == 3
    assert project.read('given') == 'refs'
    other_hook(project, 'pre-push', 'exit 0')
    assert 'already has a hook pre-push' in said(
        capfd, 'install', '--keep', status=2)


@posix
def test_a_script_that_is_not_executable_is_not_overwritten(
        project: Project, capfd: Capture) -> None:
    other_hook(project, 'pre-push', 'exit 0').chmod(0o644)
    assert 'hooks: pre-push\n' in said(capfd, 'install', status=2)


@posix
def test_scripts_are_not_written_through_a_link(
        project: Project, tmp_path: Path, capfd: Capture) -> None:
    (tmp_path / 'mine').mkdir()
    (project.folder / '.git/hooks').symlink_to(tmp_path / 'mine')
    hint = said(capfd, 'install', status=2).partition('hint: ')[2]
    subprocess.run(['sh', '-c', hint], check=True)
    said(capfd, 'install', '--keep')
    assert not list((tmp_path / 'mine').iterdir())
    assert run_by_git(project) == [*NAMES]


@posix
def test_uninstall_restores_a_hooks_path(
        project: Project, capfd: Capture) -> None:
    project.git('config', 'core.hooksPath', '.husky')
    assert 'other hooks in .husky: none' in said(capfd, 'install', status=2)
    other_hook(project, 'post-commit', 'echo "$1" >&2', '.husky')
    inert = other_hook(project, 'post-commit', 'exit 7')
    other_hook(project, 'pre-push', 'exit 7')
    assert '.git/hooks.before' in said(capfd, 'install', '--keep')
    assert setting(project, 'autodevelop.keptHooks') == '.husky'
    shown = said(capfd, 'status')
    assert 'replaced: core.hooksPath was .husky\n' in shown
    assert 'run first: post-commit in .husky\n' in shown
    assert main(['hook', 'post-commit', 'argument']) == 0
    assert 'argument' in capfd.readouterr().err
    assert run_by_git(project) == [*NAMES]
    assert 'core.hooksPath is .husky again' in said(capfd, 'uninstall')
    assert inert.read_text('utf-8') == '#!/bin/sh\nexit 7\n'
    assert 'core.hooksPath is .husky; left unchanged' in said(
        capfd, 'uninstall')


@posix
def test_hooks_that_an_earlier_version_kept_run_first(
        project: Project, capfd: Capture) -> None:
    old = other_hook(project, 'pre-push', 'exit 3').parent
    project.git('config', 'core.hooksPath', 'hooks')
    project.git('config', 'autodevelop.keptHooks', old.as_posix())
    said(capfd, 'install')
    assert setting(project, 'autodevelop.keptHooks') == 'hooks.before'
    assert run_by_git(project) == [*NAMES]
    assert '#!/bin/sh\nexit 3\n' == project.read('.git/hooks.before/pre-push')


def test_the_hooks_path_of_the_user_is_overridden(
        project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        capfd: Capture) -> None:
    config = tmp_path / 'config'
    config.write_text(
        '[core]\n\thooksPath = /nowhere\n', 'utf-8', newline='\n')
    monkeypatch.setenv('GIT_CONFIG_GLOBAL', str(config))
    for _ in range(2):
        said(capfd, 'install', '--replace')
        own = project.folder.resolve() / '.git/hooks'
        assert setting(project, 'core.hooksPath') == own.as_posix()
        assert run_by_git(project) == [*NAMES]
    monkeypatch.chdir(tmp_path)
    project.folder.rename(tmp_path / 'moved')
    monkeypatch.chdir(tmp_path / 'moved')
    moved = Project(tmp_path / 'moved')
    assert 'hooks/pre-push: missing; run: ' in said(capfd, 'status')
    said(capfd, 'install', '--replace')
    assert run_by_git(moved) == [*NAMES]
    said(capfd, 'uninstall')
    assert setting(moved, 'core.hooksPath') == '/nowhere'
    assert 'hooksPath' not in moved.read('.git/config')


@posix
def test_a_kept_hook_that_refuses_ends_the_hook(project: Project) -> None:
    other_hook(project, 'commit-msg', 'exit 3')
    message = project.folder / 'message'
    message.write_text('divide\n', 'utf-8')
    assert main(['hooks', 'install', '--keep']) == 0
    assert main(['hook', 'commit-msg', str(message)]) == 3
    assert main(['hooks', 'install', '--replace']) == 0
    assert main(['hook', 'commit-msg', str(message)]) == 0


def test_a_hooks_path_of_one_work_tree_is_not_changed(
        project: Project, capfd: Capture) -> None:
    project.git('config', 'extensions.worktreeConfig', 'true')
    project.git('config', '--worktree', 'core.hooksPath', '.husky')
    assert main(['hooks', 'install', '--replace']) == 2
    assert 'for this work tree only' in capfd.readouterr().err


def test_a_folder_that_cannot_be_written_is_an_error(
        project: Project, capfd: Capture) -> None:
    project.write('.git/hooks', 'a file')
    assert main(['hooks', 'status']) == 0
    assert main(['hooks', 'install']) == 2
    assert len(capfd.readouterr().err.splitlines()) == 2


def test_the_status_of_a_bare_repository(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        capfd: Capture) -> None:
    subprocess.run(['git', 'init', '-q', '--bare', tmp_path], check=True)
    monkeypatch.chdir(tmp_path)
    assert main(['hooks', 'status']) == 0
    assert 'not set' in capfd.readouterr().out


def test_the_status_names_the_autodevelop_that_runs(
        project: Project, monkeypatch: pytest.MonkeyPatch,
        capfd: Capture) -> None:
    monkeypatch.setattr('shutil.which', lambda name: None)
    monkeypatch.setattr(Path, 'home', lambda: project.folder)
    assert 'autodevelop: not found in .venv' in said(capfd, 'status')
    found = project.folder / '.venv/bin/autodevelop'
    project.write('.venv/bin/autodevelop', '')
    found.chmod(0o755)
    assert f'autodevelop: {found.resolve().as_posix()}' in said(
        capfd, 'status')
    project.git('config', 'autodevelop.program', found.as_posix())
    found.parents[1].rename(project.folder / 'other')
    project.git('config', 'autodevelop.program',
                (project.folder / 'other/bin/autodevelop').as_posix())
    assert 'other/bin/autodevelop' in said(capfd, 'status')


@posix
def test_the_status_names_scripts_that_do_not_run(
        project: Project, capfd: Capture) -> None:
    said(capfd, 'install')
    (project.folder / '.git/hooks/pre-push').chmod(0o644)
    other_hook(project, 'commit-msg', 'exit 0')
    shown = said(capfd, 'status')
    assert 'pre-push: not executable: git ignores it' in shown
    assert 'commit-msg: not a script of autodevelop' in shown


def test_git_lfs_gets_its_hooks(project: Project, capfd: Capture) -> None:
    said(capfd, 'install')
    assert 'git-lfs' not in said(capfd, 'status')
    (project.folder / '.git/lfs/objects').mkdir(parents=True)
    project.write('.git/hooks/post-merge', 'mine')
    assert 'post-checkout, post-commit missing' in said(capfd, 'status')
    said(capfd, 'install')
    assert 'git lfs post-commit' in project.read('.git/hooks/post-commit')
    assert project.read('.git/hooks/post-merge') == 'mine'
    assert 'git-lfs: run by pre-push\n' in said(capfd, 'status')
    assert 'run: git lfs update' in said(capfd, 'uninstall')
    assert not (project.folder / '.git/hooks/post-commit').exists()


def test_without_a_noxfile_install_says_how_to_begin(
        project: Project, capfd: Capture) -> None:
    project.git('rm', '-q', '--cached', 'noxfile.py')
    assert 'run: git add noxfile.py\n' in said(capfd, 'install')
    said(capfd, 'uninstall')
    (project.folder / 'noxfile.py').unlink()
    assert 'there is no noxfile.py' in said(capfd, 'install', status=2)
    assert not run_by_git(project)

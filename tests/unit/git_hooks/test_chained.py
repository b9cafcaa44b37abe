"""What the hooks run besides: git-lfs, and nothing that is turned off."""
import io
import os
import re
import sys
from pathlib import Path

import pytest

from autodevelop.__main__ import main
from autodevelop.git_hooks import script
from autodevelop.git_hooks.chained import run_kept_hook
from autodevelop.system.git import find_repository
from tests.support.project import Project

Capture = pytest.CaptureFixture[str]
pytestmark = pytest.mark.skipif(sys.platform == 'win32', reason='has no sh')


@pytest.fixture
def lfs(project: Project, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git-lfs that writes down what it is given, in a repository of it."""
    folder = tmp_path / 'bin'
    folder.mkdir()
    path = folder / 'git-lfs'
    path.write_text(f'#!/bin/sh\n{{ echo "$@"; cat; }} >"{tmp_path}/given"\n'
                    'exit 5\n', 'utf-8')
    path.chmod(0o755)
    monkeypatch.setenv('PATH', f'{folder}{os.pathsep}{os.environ["PATH"]}')
    (project.folder / '.git/lfs/objects').mkdir(parents=True)
    return path


def push(monkeypatch: pytest.MonkeyPatch, lines: str = '') -> int:
    monkeypatch.setattr('sys.stdin', io.TextIOWrapper(io.BytesIO(
        lines.encode())))
    return main(['hook', 'pre-push', 'origin', 'url'])


@pytest.mark.parametrize('variables', [
    {}, {'AUTODEVELOP': '0'}, {'AUTODEVELOP_SKIP': 'all'}])
def test_the_content_of_files_of_git_lfs_is_pushed(
        lfs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        variables: dict[str, str]) -> None:
    """Also when the checks are turned off."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    zeros = '0' * 40
    line = f'(delete) {zeros} refs/heads/old {"f" * 40}\n'
    assert push(monkeypatch, line) == 5
    assert (tmp_path / 'given').read_text() == f'pre-push origin url\n{line}'


def test_a_kept_hook_of_git_lfs_is_enough(
        lfs: Path, project: Project, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    project.write('.git/hooks.before/pre-push', '#!/bin/sh\n# git lfs\n')
    (project.folder / '.git/hooks.before/pre-push').chmod(0o755)
    project.git('config', 'autodevelop.keptHooks', 'hooks.before')
    assert push(monkeypatch) == 0
    assert not (tmp_path / 'given').exists()


def test_a_push_without_git_lfs_is_refused(
        lfs: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> None:
    monkeypatch.setattr('shutil.which', lambda name: None)
    assert push(monkeypatch) == 1
    assert 'git-lfs is not on PATH' in capfd.readouterr().err


def test_other_repositories_start_no_git_lfs(
        lfs: Path, project: Project, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    (project.folder / '.git/lfs/objects').rmdir()
    assert push(monkeypatch) == 0
    assert not (tmp_path / 'given').exists()


def test_one_variable_turns_off_every_hook(
        project: Project, monkeypatch: pytest.MonkeyPatch,
        capfd: Capture) -> None:
    project.write('pyproject.toml',
                  '[tool.autodevelop]\nsubject_full_stop = false\n')
    project.write('message', 'A sentence.\n')
    message = str(project.folder / 'message')
    assert main(['hook', 'commit-msg', message]) == 1
    monkeypatch.setenv('AUTODEVELOP_SKIP', 'all,')
    assert main(['hook', 'commit-msg', message]) == 1
    monkeypatch.setenv('AUTODEVELOP_SKIP', 'all')
    capfd.readouterr()
    for name in ('pre-commit', 'pre-merge-commit', 'commit-msg'):
        assert main(['hook', name, message]) == 0
    assert capfd.readouterr().err.count(
        ' is turned off by AUTODEVELOP_SKIP=all\n') == 3


@pytest.mark.parametrize('text', [
    f'#!{sys.executable}\nimport sys\nsys.exit(sys.argv[1] == "a b")\n',
    '[ "$1" != "a b" ]\n'])
def test_a_kept_hook_is_started_as_git_starts_it(
        project: Project, text: str) -> None:
    project.write('.git/hooks.before/commit-msg', text)
    (project.folder / '.git/hooks.before/commit-msg').chmod(0o755)
    project.git('config', 'autodevelop.keptHooks', 'hooks.before')
    for argument, status in (('a b', 1), ('b', 0)):
        assert run_kept_hook(find_repository(), 'commit-msg', [argument],
                             b'') == status


def test_on_windows_a_hook_may_be_a_program(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / 'pre-commit.exe').touch(0o755)
    assert script.find_hook(tmp_path, 'pre-commit') is None
    monkeypatch.setattr(script, 'SUFFIXES', ('', '.exe'))
    monkeypatch.setattr(script, 'HOOK', re.compile(r'[a-z-]+(\.exe)?'))
    assert script.find_hook(tmp_path, 'pre-commit') == (
        tmp_path / 'pre-commit.exe')

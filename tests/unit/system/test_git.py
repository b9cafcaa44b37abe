"""The repository that commands find, and what they say without one."""
from pathlib import Path

import pytest

from autodevelop.errors import AutodevelopError
from autodevelop.system import git
from autodevelop.system.process import Completed
from tests.support.project import Project

ADVICE = 'git config --global --add safe.directory /there/project'
DUBIOUS = f"""\
fatal: detected dubious ownership in repository at '/there/project'
To add an exception for this directory, call:

\t{ADVICE}
"""


def not_found() -> AutodevelopError:
    with pytest.raises(AutodevelopError) as caught:
        git.find_repository()
    return caught.value


def test_a_folder_outside_of_any_repository(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv('GIT_CEILING_DIRECTORIES', str(tmp_path.parent))
    assert 'not in a git repository' in not_found().message
    assert not_found().hint == 'run: git init'


def test_a_repository_of_another_user_is_not_created_again(
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git, 'run', lambda *given: Completed(
        128, b'', DUBIOUS.encode()))
    assert 'dubious ownership' in not_found().message
    assert not_found().hint == ADVICE


def test_a_damaged_repository_is_not_created_again(project: Project) -> None:
    project.write('.git/config', '[core')
    assert 'bad config' in not_found().message
    assert 'git init' not in not_found().hint

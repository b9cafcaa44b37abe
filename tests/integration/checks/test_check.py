"""Checks of commits and of what is staged, by the command line."""
import subprocess
from pathlib import Path
from typing import Any

import pytest

from autodevelop.__main__ import main
from autodevelop.checks import sessions
from autodevelop.system.fork import run_module
from autodevelop.system.git import find_repository
from tests.support.project import NOXFILE, Project

core = pytest.mark.core
Capture = pytest.CaptureFixture[str]


def runs(project: Project) -> list[str]:
    path = project.folder.parent / 'runs'
    return path.read_text().splitlines() if path.exists() else []


def table(capture: Capture) -> list[str]:
    return [line.split('  ')[0] + ':' + line.split()[1]
            for line in capture.readouterr().out.splitlines()[:-1] if line]


def test_what_passed_is_not_run_again(
        project: Project, capfd: Capture,
        monkeypatch: pytest.MonkeyPatch) -> None:
    project.stage('a.py', 'one\n')
    project.commit()
    project.write('a.py', 'dirty\n')
    assert main(['check']) == 0
    assert table(capfd) == ['tests:passed', 'tests-3.99:not']
    assert main(['check', 'HEAD', '--stage', 'pre-push']) == 0
    assert capfd.readouterr().out.splitlines() == [
        'tests       already passed',
        'tests-3.99  not here        needs Python 3.99',
        '1 passed, 0 failed, 1 skipped']
    assert runs(project) == ['one']
    assert main(['check', '--fresh']) == 0
    assert runs(project) == ['one', 'one']
    monkeypatch.setenv('PYTEST_ADDOPTS', '-k fast')
    assert main(['check']) == 0
    assert runs(project) == ['one', 'one', 'one']


def test_positional_arguments_are_part_of_what_passed(
        project: Project) -> None:
    project.stage('a.py', 'one\n')
    project.commit()
    assert main(['check', '--', '-k', 'name']) == 0
    assert main(['check', '--', '-k', 'name']) == 0
    assert runs(project) == ['one']
    assert main(['check']) == 0
    assert runs(project) == ['one', 'one']


def test_a_pass_of_the_same_sessions_helps_another_tree(
        project: Project, capfd: Capture) -> None:
    project.stage('a.py', 'one\n')
    project.commit()
    assert main(['check']) == 0
    project.stage('a.py', 'two\n')
    assert main(['check', '--staged']) == 0
    project.stage('a.py', 'broken\n')
    assert main(['check', '--staged']) == 1
    assert 'the staged tree failed: tests' in capfd.readouterr().err
    assert runs(project) == ['one', 'two']


def test_a_session_that_takes_nox_with_it_fails(
        project: Project, capfd: Capture) -> None:
    project.stage('a.py', 'dies\n')
    project.commit()
    assert main(['check']) == 1
    assert 'nox did not finish it' in capfd.readouterr().out


@core
def test_a_session_can_be_skipped_by_name(
        project: Project, monkeypatch: pytest.MonkeyPatch,
        capfd: Capture) -> None:
    monkeypatch.setenv('AUTODEVELOP_SKIP', 'tests')
    project.stage('a.py', 'broken\n')
    project.commit()
    assert main(['check']) == 1
    said = capfd.readouterr().err
    assert 'error: nothing ran for HEAD: tests skipped (AUTODEVELOP_S' in said


def test_a_skipped_name_that_no_session_has_is_said(
        project: Project, monkeypatch: pytest.MonkeyPatch,
        capfd: Capture) -> None:
    monkeypatch.setenv('AUTODEVELOP_SKIP', 'test, tests-3.99')
    project.stage('a.py', 'one\n')
    project.commit()
    assert main(['check']) == 0
    output, said = capfd.readouterr()
    assert "AUTODEVELOP_SKIP: there is no session 'test'\n" in said
    assert said.count('AUTODEVELOP_SKIP') == 1
    assert 'tests-3.99  skipped' in output


@core
def test_a_stage_without_sessions_passes_nothing(
        project: Project, capfd: Capture) -> None:
    project.stage('noxfile.py', (
        'import nox\n@nox.session(python=False, tags=["pre-commit"])\n'
        'def lint(session):\n    pass\n'))
    project.commit()
    assert main(['check', '--stage', 'deploy']) == 1
    assert capfd.readouterr().err == (
        'error: nothing ran for HEAD: the noxfile has no session for this '
        'stage\nhint: see what runs where: autodevelop plan\n')


@core
def test_an_unknown_revision_is_an_error(
        project: Project, capfd: Capture) -> None:
    assert main(['check', 'nothing']) == 2
    assert "there is no commit 'nothing'" in capfd.readouterr().err


@core
def test_outside_of_a_repository_is_an_error(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        capfd: Capture) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv('GIT_CEILING_DIRECTORIES', str(tmp_path.parent))
    assert main(['check']) == 2
    assert 'not in a git repository' in capfd.readouterr().err


@core
def test_one_session_is_run_where_the_other_passed(
        project: Project, capfd: Capture) -> None:
    noxfile = project.read('noxfile.py')
    project.stage('noxfile.py', noxfile + '\n\n'.join([
        '', "@nox.session(python=False, tags=['ci'])\ndef other(session):",
        "    if not Path('results/tests/data').exists():",
        "        session.error('no data')\n"]).replace(':\n\n ', ':\n '))
    project.stage('a.py', 'one\n')
    project.commit()
    assert main(['check', '--stage', 'pre-push']) == 0
    subprocess.run(['git', 'clean', '-ffdxq'], check=True,
                   cwd=find_repository().cache / 'pre-push/tree')
    assert main(['check']) == 0
    assert 'other:passed' in table(capfd)
    assert runs(project) == ['one']


@pytest.mark.parametrize(('options', 'settings', 'printed'), [
    ([], '', 0), (['-v'], '', 1),
    ([], '[tool.autodevelop]\nverbose = true\n', 1)])
def test_the_output_of_what_passed_is_printed_if_wanted(
        project: Project, capfd: Capture, options: list[str], settings: str,
        printed: int) -> None:
    project.stage('a.py', 'one\n')
    project.stage('pyproject.toml', settings)
    project.commit()
    assert main(['check', '--stage', 'pre-push', *options]) == 0
    assert capfd.readouterr().err.count(
        '===== tests: passed =====') == printed


@core
def test_a_session_that_is_queued_and_fails_fails_the_check(
        project: Project, capfd: Capture) -> None:
    project.stage('noxfile.py', NOXFILE.replace(
        "    if 'broken'", "    session.notify('other')\n    if 'broken'") + (
        '\n\n@nox.session(python=False, default=False)\n'
        "def other(session):\n    session.error('queued')\n"
        "\n\n@nox.session(python=False, tags=['ci'], allow_parallel=True)\n"
        'def second(session):\n    pass\n'))
    project.stage('a.py', 'one\n')
    project.commit()
    for _ in range(2):
        assert main(['check', '-j', '2']) == 1
        assert table(capfd)[-1] == 'other:failed'


@core
def test_nox_that_fails_without_a_session_passes_nothing(
        project: Project, monkeypatch: pytest.MonkeyPatch,
        capfd: Capture) -> None:
    def run_foreground(name: str, words: Any, variables: dict[str, str],
                       *rest: Any) -> int:
        assert variables['AUTODEVELOP_STAGE'] == 'ci'
        run_module(name, words, variables, *rest)
        return 1

    monkeypatch.setattr(sessions, 'run_module', run_foreground)
    project.stage('a.py', 'one\n')
    project.commit()
    assert main(['check']) == 1
    assert 'nox failed' in capfd.readouterr().out


def test_an_unknown_stage_is_refused(project: Project) -> None:
    assert main(['check', '--stage', 'pre-psuh']) == 2

"""autodevelop doctor in real repositories."""
import json
import os
from pathlib import Path

import pytest

from autodevelop.__main__ import main
from autodevelop.doctor import examine
from autodevelop.git_hooks import status
from tests.support.project import Project

pytestmark = pytest.mark.once

Capture = pytest.CaptureFixture[str]
NOXFILE = """
import nox


@nox.session(python=False, tags=['pre-commit', 'pre-push', 'ci'])
def tests(session):
    pass
"""


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
                 listed_in_forks: None) -> None:
    monkeypatch.delenv('CI', raising=False)
    monkeypatch.setattr(status, '_find_autodevelop', lambda *_: 'found')
    monkeypatch.setenv('AUTODEVELOP_CACHE', str(tmp_path / 'cache'))


def findings(capsys: Capture, status: int) -> list[tuple[str, str, str]]:
    capsys.readouterr()
    assert main(['doctor', '--json']) == status
    found = json.loads(capsys.readouterr().out)
    assert found['version'] == 1
    return [(each['topic'], each['problem'], each['remedy'])
            for each in found['findings']]


def test_each_hint_fixes_its_finding(
        project: Project, capsys: Capture) -> None:
    project.stage('noxfile.py', NOXFILE)
    project.commit()
    assert findings(capsys, 1) == [
        ('ci', '.github/workflows/ci.yml is missing',
         'run: autodevelop ci'),
        ('hooks', 'pre-commit, pre-merge-commit, commit-msg, pre-push in '
         '.git/hooks: missing', 'run: autodevelop hooks install --keep')]
    assert main(['ci']) == 0
    assert main(['hooks', 'install', '--keep']) == 0
    (project.folder / '.git/hooks/pre-push').write_text('#!/bin/sh\n')
    (project.folder / '.git/hooks/pre-push').chmod(0o755)
    assert main(['doctor']) == 1
    assert capsys.readouterr().out.endswith(
        'error: hooks: pre-push in .git/hooks: not a script of autodevelop\n'
        'hint: run: autodevelop hooks install --keep\n'
        'errors: 1, warnings: 0\n')
    assert main(['hooks', 'install', '--keep']) == 0
    capsys.readouterr()
    assert main(['doctor']) == 0
    assert capsys.readouterr().out == 'no problems found\n'


def test_a_noxfile_or_settings_that_cannot_be_read_are_findings(
        project: Project, capsys: Capture) -> None:
    project.write('noxfile.py', 'import nox, absent_package\n')
    topic, problem, remedy = findings(capsys, 1)[0]
    assert (topic, 'imports absent_package' in problem) == ('noxfile', True)
    assert 'install' in remedy
    project.write('pyproject.toml', '[tool.autodevelop]\nx = 1\n')
    topic, problem, _ = findings(capsys, 1)[0]
    assert (topic, problem.endswith("no key 'x'")) == ('settings', True)


def test_without_a_noxfile_it_says_where_to_go(
        project: Project, capsys: Capture) -> None:
    project.git('mv', 'noxfile.py', 'other.py')
    assert findings(capsys, 1)[0] == (
        'noxfile', 'there is no noxfile.py', 'run: autodevelop init')
    os.mkdir('sub')
    project.git('mv', 'other.py', 'sub/noxfile.py')
    assert findings(capsys, 1)[0] == (
        'noxfile', 'there is no noxfile.py in this folder or above it, but in '
        'sub', 'cd sub')


def test_an_error_of_a_check_is_a_finding(
        project: Project, capsys: Capture,
        monkeypatch: pytest.MonkeyPatch) -> None:
    project.write('noxfile.py', NOXFILE)
    project.write('.github/workflows/ci.yml', 'on: push\n')
    monkeypatch.setattr(examine, 'TOPICS', {
        'ci': examine.TOPICS['ci'][:1], 'hooks': (lambda _: [1 / 0],)})
    (_, foreign, _), bug = findings(capsys, 1)
    assert 'was not written by autodevelop' in foreign
    assert bug == (
        'hooks', 'cannot examine this: ZeroDivisionError('
        "'division by zero')", 'report it as a bug of autodevelop doctor')


def test_a_bare_repository_is_refused(
        project: Project, capsys: Capture,
        monkeypatch: pytest.MonkeyPatch) -> None:
    project.git('init', '-q', '--bare', 'bare.git')
    monkeypatch.chdir('bare.git')
    assert main(['doctor']) == 2
    assert 'in a clone' in capsys.readouterr().err


def test_hooks_that_git_does_not_run_are_named(
        project: Project, capsys: Capture,
        monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(['hooks', 'install']) == 0
    project.git('config', 'core.hooksPath', '.githooks')
    (project.folder / '.git/lfs/objects').mkdir(parents=True)
    project.write('hooks/post-commit', '#!/bin/sh\n')
    (project.folder / 'hooks/post-commit').chmod(0o755)
    monkeypatch.setattr(status, '_find_autodevelop',
                        lambda *_: status.NOT_FOUND)
    found = [problem for topic, problem, _ in findings(capsys, 1)
             if topic == 'hooks']
    assert found == [
        'git-lfs: run by pre-push; post-checkout, post-commit, post-merge '
        'missing, needed to lock files',
        f'the hooks run autodevelop, which is {status.NOT_FOUND}',
        '.githooks may be missing on other branches and in sparse checkouts: '
        'git runs no hook then', 'not run by git: post-commit in hooks']

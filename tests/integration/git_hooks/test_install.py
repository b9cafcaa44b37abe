"""What the hooks run, as they are installed and shown."""
import os
import sys
from pathlib import Path

import pytest

from autodevelop.__main__ import main
from autodevelop.matrix import manifest
from autodevelop.system.process import start
from tests.support.project import Project, write_launcher

core = pytest.mark.core
Capture = pytest.CaptureFixture[str]
NOXFILE = """
import nox

@nox.session(python=False, tags=['pre-commit'])
def lint(session):
    pass

@nox.session(python='3.99', tags=['pre-push'])
def tests(session):
    pass
"""


def test_the_sessions_of_the_hooks_are_listed(
        project: Project, monkeypatch: pytest.MonkeyPatch,
        capsys: Capture) -> None:
    # A fork has read PYTHONDONTWRITEBYTECODE long ago.
    monkeypatch.setattr(manifest, 'start', start)
    project.stage('noxfile.py', NOXFILE)
    for command in ('install', 'status'):
        assert main(['hooks', command]) == 0
        assert capsys.readouterr().out.endswith(
            'pre-commit runs: lint\n'
            'pre-push runs: nothing: no session can run here\n')
    assert not (project.folder / '__pycache__').exists()


@core
def test_a_stage_without_sessions_is_named(
        project: Project, capsys: Capture) -> None:
    project.stage('noxfile.py', NOXFILE.replace('pre-push', 'ci'))
    assert main(['hooks', 'status']) == 0
    assert ('pre-push runs: nothing: the noxfile has no session for this '
            'stage\n') in capsys.readouterr().out


@core
def test_a_noxfile_that_cannot_be_listed_is_said(
        project: Project, capsys: Capture) -> None:
    project.stage('noxfile.py', 'import nothing_of_that_name\n')
    assert main(['hooks', 'status']) == 0
    assert 'sessions: the noxfile imports nothing_of_that_name' in (
        capsys.readouterr().out)


@pytest.fixture
def launcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An autodevelop on PATH, for the scripts."""
    write_launcher(tmp_path / 'bin')
    monkeypatch.setenv('PATH', os.pathsep.join([
        str(tmp_path / 'bin'), os.environ['PATH']]))


def test_a_commit_without_the_noxfile_is_not_checked(
        project: Project, launcher: None, capfd: Capture) -> None:
    """The hint works, and the commit that it leads to is checked."""
    project.git('rm', '-q', '--cached', 'noxfile.py')
    assert main(['hooks', 'install']) == 0
    project.stage('a.py', 'forbidden')
    capfd.readouterr()
    assert main(['hook', 'pre-commit']) == 0
    assert capfd.readouterr().err == (
        'autodevelop: nothing was checked: noxfile.py is not in the commit; '
        'run: git add noxfile.py\n')
    project.git('commit', '-q', '-m', 'divide')
    project.git('add', 'noxfile.py')
    project.stage('a.py', 'forbidden ')
    project.git('commit', '-q', '-m', 'divide', status=1)
    (project.folder / 'noxfile.py').unlink()
    project.git('rm', '-q', '--cached', 'noxfile.py')
    assert main(['hook', 'pre-commit']) == 0
    assert capfd.readouterr().err.endswith(
        'nothing was checked: noxfile.py is not in the commit\n')


@pytest.mark.skipif(sys.platform == 'win32', reason='has no sh')
@pytest.mark.parametrize(('theirs', 'status'), [
    ('y\n', 0), ('forbidden\n', 1), ('y=1\n', 1)])
def test_a_merge_without_a_conflict_is_checked(
        project: Project, launcher: None, theirs: str, status: int) -> None:
    """As git merged it: git takes no fix of this hook into the commit."""
    middle = '\n' * 9
    project.stage('a.py', f'a\n{middle}b\n')
    project.commit()
    project.git('checkout', '-q', '-b', 'theirs')
    project.stage('a.py', f'a\n{middle}{theirs}')
    project.stage('theirs.py', 'z=1\n')
    project.commit()
    project.git('checkout', '-q', 'main')
    project.stage('a.py', f'x\n{middle}b\n')
    project.commit()
    assert main(['hooks', 'install']) == 0
    project.git('merge', '-q', '--no-edit', 'theirs', status=status)
    merges = project.git('rev-list', '--count', '--merges', 'HEAD')
    assert merges == f'{1 - status}\n'
    if theirs == 'y=1\n':
        project.git('commit', '-q', '--no-edit')
        assert 'y = 1\n' in project.git('show', 'HEAD:a.py')
        # What theirs alone has changed is theirs.
        assert project.git('show', 'HEAD:theirs.py') == 'z=1\n'


@core
def test_a_merge_that_needs_fixes_is_refused(
        project: Project, monkeypatch: pytest.MonkeyPatch,
        capfd: Capture) -> None:
    """In this process; git completes it by a commit."""
    theirs = project.commit()
    project.stage('a.py', 'x=1\n')
    monkeypatch.setenv(f'GITHEAD_{theirs}', 'theirs')
    assert main(['hook', 'pre-merge-commit']) == 1
    assert capfd.readouterr().err == (
        "error: the sessions fix files of this merge: 'a.py'\n"
        'hint: complete the merge with the fixes: git commit\n')
    assert project.read('a.py') == 'x=1\n'

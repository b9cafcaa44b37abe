"""What the hooks run, as they are installed and shown."""
import pytest

from autodevelop.__main__ import main
from tests.support.project import Project

pytestmark = pytest.mark.core
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
        project: Project, capsys: Capture) -> None:
    project.stage('noxfile.py', NOXFILE)
    for command in ('install', 'status'):
        assert main(['hooks', command]) == 0
        assert capsys.readouterr().out.endswith(
            'pre-commit runs: lint\n'
            'pre-push runs: nothing: no session can run here\n')
    assert not (project.folder / '__pycache__').exists()


def test_a_stage_without_sessions_is_named(
        project: Project, capsys: Capture) -> None:
    project.stage('noxfile.py', NOXFILE.replace('pre-push', 'ci'))
    assert main(['hooks', 'status']) == 0
    assert ('pre-push runs: nothing: the noxfile has no session for this '
            'stage\n') in capsys.readouterr().out


def test_a_noxfile_that_cannot_be_listed_is_said(
        project: Project, capsys: Capture) -> None:
    project.stage('noxfile.py', 'import nothing_of_that_name\n')
    assert main(['hooks', 'status']) == 0
    assert 'sessions: nox cannot list the sessions: ' in (
        capsys.readouterr().out)

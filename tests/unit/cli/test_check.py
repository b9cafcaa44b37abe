"""What the command check prints, of a verdict that is given."""
import pytest

from autodevelop.__main__ import main
from autodevelop.checks.sessions import Request
from autodevelop.checks.verdict import Verdict
from autodevelop.cli import check as module
from autodevelop.results.outcomes import Row
from tests.support.project import Project


@pytest.mark.parametrize(('outcome', 'printed'), [
    ('passed', False), ('failed', True)])
def test_who_wants_quiet_sees_failures_alone(
        project: Project, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str], outcome: str,
        printed: bool) -> None:
    asked = list[Request]()

    def check(request: Request) -> Verdict:
        asked.append(request)
        return Verdict([Row('lint', outcome, '')], request.tree)

    monkeypatch.setattr(module, 'check', check)
    project.stage('noxfile.py', 'import nox\n')
    project.commit()
    assert main(['check', '-q']) == int(printed)
    assert bool(capsys.readouterr().out) == printed
    assert asked[0].quiet

"""Commands that read the plan, on a plan that is given."""
import pytest

from autodevelop.__main__ import main
from autodevelop.ci import tool
from autodevelop.cli import ci, plan
from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings
from tests.support.project import Project

pytestmark = pytest.mark.once

Capture = pytest.CaptureFixture[str]
CELLS = [Cell(name, name, '', None, None, ('ci',), True, None, name)
         for name in ('tests', 'publish')]


@pytest.fixture(autouse=True)
def planned(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (ci, plan):
        monkeypatch.setattr(module, 'read_project',
                            lambda: (Settings(), CELLS))
    monkeypatch.setattr(tool, 'read_record', lambda: {
        'url': 'file:///src', 'dir_info': {}})


def test_what_is_doubtful_is_said_beside_what_is_written(
        capsys: Capture) -> None:
    assert main(['ci']) == 0
    said = capsys.readouterr().err
    assert 'CI runs publish because a plain nox does' in said
    assert 'wrote .github/workflows/ci.yml' in said
    assert 'a CI job cannot install autodevelop from file:///src' in said
    assert main(['ci', '--check']) == 0
    assert 'cannot install' not in capsys.readouterr().err


def test_a_file_that_a_formatter_rewrote_is_up_to_date(
        project: Project) -> None:
    assert main(['ci']) == 0
    path = project.folder / '.github/workflows/ci.yml'
    head, name, rest = path.read_text('utf-8').partition('name: CI')
    text = head + name + rest.replace('"', "'").replace('  - ', '- ')
    path.write_text(text, 'utf-8', newline='\n')
    assert main(['ci', '--check']) == 0
    assert main(['ci']) == 0
    assert path.read_text('utf-8') == text
    for other in (text.replace('name: CI', 'name: C'), text.replace("'", '')):
        path.write_text(other, 'utf-8')
        assert main(['ci', '--check']) == 1


def test_an_autodevelop_that_a_job_can_install_is_not_mentioned(
        monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr(tool, 'read_record', lambda: {})
    assert main(['ci']) == 0
    assert 'cannot install' not in capsys.readouterr().err


def test_a_plan_says_what_is_doubtful_besides(capsys: Capture) -> None:
    assert main(['plan']) == 0
    output, messages = capsys.readouterr()
    assert 'publish' in output
    assert 'CI runs publish' in messages

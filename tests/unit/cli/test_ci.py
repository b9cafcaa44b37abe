"""Commands that read the plan, on a plan that is given."""
from pathlib import Path

import pytest

from autodevelop.__main__ import main
from autodevelop.ci import tool
from autodevelop.cli import ci, plan, report
from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings
from autodevelop.results import markdown
from autodevelop.results.outcomes import Row
from tests.support.project import Project

Capture = pytest.CaptureFixture[str]
CELLS = [Cell(name, name, '', None, None, ('ci',), True, None, name)
         for name in ('tests', 'publish')]
CELLS[0] = CELLS[0]._replace(may_fail=True)


@pytest.fixture(autouse=True)
def planned(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (ci, plan, report):
        monkeypatch.setattr(module, 'read_project',
                            lambda: (Settings(), CELLS))
    monkeypatch.setattr(tool, 'read_record', lambda: {
        'url': 'file:///src', 'dir_info': {}})


def test_what_is_doubtful_is_said_beside_what_is_written(
        capsys: Capture) -> None:
    assert main(['ci']) == 0
    said = capsys.readouterr().err
    assert 'CI runs publish, since nox does by default' in said
    assert 'wrote .github/workflows/ci.yml' in said
    assert 'a CI job cannot install autodevelop from file:///src' in said
    assert main(['ci', '--check']) == 0
    assert 'cannot install' not in capsys.readouterr().err


def test_an_autodevelop_that_a_job_can_install_is_not_spoken_of(
        monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr(tool, 'read_record', lambda: {})
    assert main(['ci']) == 0
    assert 'cannot install' not in capsys.readouterr().err


def test_a_plan_says_what_is_doubtful_besides(capsys: Capture) -> None:
    assert main(['plan']) == 0
    output, messages = capsys.readouterr()
    assert 'publish' in output
    assert 'CI runs publish' in messages


def test_a_cell_that_may_fail_fails_no_run(
        monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    Path('.autodevelop/tests').mkdir(parents=True)
    Path('.autodevelop/tests/job.url').write_text('https://x/7')
    monkeypatch.setattr(report, 'gathered_rows', lambda folder, cells: [
        Row('tests', 'failed', ''), Row('publish', 'passed', '1.0 s')])
    assert main(['report']) == 0
    assert main(['report', '--markdown', 'results']) == 0
    page = capsys.readouterr().out
    assert '## 2 cells, 0 failed, and 1 that may fail\n' in page
    assert '- [tests](https://x/7) failed; <code>reproduce' in page


def test_a_page_that_is_too_long_is_cut(
        monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    Path('.autodevelop').mkdir()
    monkeypatch.setattr(markdown, 'MOST_CHARACTERS', 120)
    monkeypatch.setattr(report, 'gathered_rows', lambda folder, cells: [
        Row('tests', 'failed', 'x' * 90)] * 3)
    assert main(['report', '--markdown']) == 0
    page = capsys.readouterr().out
    assert page.endswith('\n3 more lines are left out: GitHub takes no longer '
                         'page.\n')

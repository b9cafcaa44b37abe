"""The command report, on a plan that is given."""
import json
import os
import time
import webbrowser
from pathlib import Path

import pytest

from autodevelop.__main__ import main
from autodevelop.cli import report
from autodevelop.cli.project import find_ledger
from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings
from autodevelop.results.outcomes import LEFT
from autodevelop.results.runs import Ended, Run
from tests.support.project import Project
from tests.support.results import case, junit, write_cell, write_nox

pytestmark = pytest.mark.once

Capture = pytest.CaptureFixture[str]
CELLS = [Cell(name, name, '', None, None, ('ci',), True, None, name)
         for name in ('tests', 'lint')]
REPORT = Path('.nox/results.json')


@pytest.fixture(autouse=True)
def planned(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, 'read_project', lambda: (Settings(), CELLS))
    monkeypatch.delenv('AUTODEVELOP_PLATFORMS', raising=False)
    monkeypatch.setenv('GIT_PREFIX', '')
    project.write('.gitignore', '.nox/\nresults/\n.autodevelop/\n')
    project.commit()


def test_without_results_the_error_says_how_to_get_them(
        capsys: Capture) -> None:
    assert main(['report']) == 2
    assert capsys.readouterr().err == (
        'error: there are no results in .autodevelop\n'
        'hint: run: nox --report results.json; autodevelop report '
        'results.json\n')
    assert main(['report', 'nothing']) == 2
    assert 'no results in nothing' in capsys.readouterr().err


def test_before_anything_ran_a_page_shows_the_plan() -> None:
    assert main(['report', '--html', 'plan.html']) == 0
    page = Path('plan.html').read_text('utf-8')
    assert 'Nothing ran' in page
    assert page.count('not run</span>') == 2


def test_after_a_green_run_of_nox_nothing_failed(capsys: Capture) -> None:
    write_nox(REPORT, ('tests', 'success', 3), ('lint', 'success', 1))
    assert main(['report', '--markdown']) == 0
    assert capsys.readouterr().out.startswith('## 2 cells, 0 failed\n')
    # The form in CI files that were rendered earlier.
    assert main(['report', '--json', str(REPORT)]) == 0
    read = json.loads(capsys.readouterr().out)
    assert [each['outcome'] for each in read['cells']] == ['passed'] * 2
    assert main(['report']) == 0
    assert '2 passed, 0 failed' in capsys.readouterr().out


def test_a_run_of_nox_gets_into_the_history_once(
        project: Project, capsys: Capture) -> None:
    project.write('results/tests/junit.xml', junit(
        case('test_a', body='<failure/>'), began=7))
    write_nox(REPORT, ('tests', 'failed', 3), ('lint', 'success', 1))
    for _ in range(2):
        assert main(['report', str(REPORT)]) == 1
    assert main(['report', '--json', str(REPORT)]) == 0
    capsys.readouterr()
    main(['history', '--json'])
    run, = json.loads(capsys.readouterr().out)['runs']
    assert (run['stage'], run['began'], run['outcome']) == ('', 7, 'failed')
    assert run['cells'][0]['failed'] == ['tests.test_code::test_a']
    os.utime(REPORT, (1, 1))
    main(['report', '--json'])
    read = json.loads(capsys.readouterr().out)
    assert [each['outcome'] for each in read['cells']] == ['stale'] * 2
    assert len(read['runs']) == 1


def test_after_a_push_that_failed_its_cells_are_shown(
        project: Project, capsys: Capture) -> None:
    """What they left is in the room; an older check of the stage left none."""
    project.commit('-a')
    tree, commit = project.git('rev-parse', 'HEAD^{tree}', 'HEAD').split()
    ledger, _ = find_ledger()
    assert ledger
    left = ledger.folder / 'pre-push/tree/results/tests/junit.xml'
    left.parent.mkdir(parents=True)
    for outcome in ('failed', 'passed', 'failed'):
        left.write_text(junit(case('test_a', body='<failure/>')))
        ledger.record_run(Run(time.time() - 9, 'pre-push', tree, commit, '', (
            Ended('tests', outcome, 5), Ended('lint', 'already passed'),
            Ended('gone', 'passed', 1))), 200)
    assert main(['report']) == 1
    assert '1 passed, 1 failed' in capsys.readouterr().out
    main(['report', '--json'])
    read = json.loads(capsys.readouterr().out)
    assert [(each['outcome'], each['seconds']) for each in read['cells']] == [
        ('failed', 5), ('already passed', None)]
    assert [each['name'] for each in read['failures']] == [
        'tests.test_code::test_a']
    project.stage('other.txt', '')
    project.commit()
    assert main(['report']) == 2


def test_a_page_is_written_and_opened(
        monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    opened = list[str]()
    monkeypatch.setattr(webbrowser, 'open', opened.append)
    write_cell(Path('.autodevelop'), CELLS[0])
    assert main(['report', '--html', 'page/a.html']) == 0
    assert '<!doctype html>' in Path('page/a.html').read_text('utf-8')
    assert main(['report', '--open']) == 0
    assert opened == [Path('.autodevelop/report.html').resolve().as_uri()]
    assert capsys.readouterr().err == (
        f'autodevelop: wrote {Path("page/a.html")}\n'
        f'autodevelop: wrote {Path(".autodevelop/report.html")}\n')


def test_a_cell_that_may_fail_fails_no_run(
        monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr(report, 'read_project', lambda: (
        Settings(), [CELLS[0]._replace(may_fail=True), CELLS[1]]))
    folder = Path('.autodevelop')
    write_cell(folder, CELLS[1])
    assert main(['report']) == 0
    monkeypatch.setenv('AUTODEVELOP_PLATFORMS', 'all')
    assert main(['report', LEFT]) == 0
    assert '1 passed, 1 failed, 0 skipped' in capsys.readouterr().out
    (folder / 'lint/nox.json').unlink()
    assert main(['report']) == 1


def test_ci_that_skips_every_cell_has_not_passed(
        monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """The gate needs this job, and a job whose session skips is green."""
    for cell in CELLS:
        write_cell(Path('.autodevelop'), cell, 'skipped')
    assert main(['report', '--markdown']) == 0
    monkeypatch.setenv('AUTODEVELOP_PLATFORMS', 'all')
    assert main(['report', '--markdown']) == 1
    shown, said = capsys.readouterr()
    assert shown.count('2 cells, 0 failed') == 2
    assert said.startswith('error: nothing ran: every cell was skipped\n')
    write_cell(Path('.autodevelop'), CELLS[0])
    assert main(['report', '--markdown']) == 0


def test_where_there_is_no_repository_there_is_no_history(
        no_repository: None, capsys: Capture) -> None:
    write_nox(REPORT, ('tests', 'success', 3))
    assert main(['report', '--json']) == 0
    assert json.loads(capsys.readouterr().out)['runs'] == []

"""Cells of a job, run by a nox that only writes its report."""
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from autodevelop.checks import job
from autodevelop.checks.job import names_of_job, run_cells
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.plan import Cell
from autodevelop.results.outcomes import Row

CELL = Cell('tests(linux)', 'tests', '', None, 'linux', ('ci',), True, None,
            'tests-linux', nox_session='tests')


class Nox:
    """Ends with a status, and reports sessions with their results."""

    def __init__(self) -> None:
        self.status, self.results = 0, {'tests': 'success'}
        self.command: Sequence[str] = ()

    def __call__(self, command: Sequence[str], *others: Any) -> int:
        self.command = command
        report = Path(command[command.index('--report') + 1])
        report.write_text(json.dumps({'sessions': [{
            'name': name, 'signatures': [name], 'result': result,
            'reason': '', 'duration': 1.0}
            for name, result in self.results.items()]}))
        return self.status


@pytest.fixture
def nox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Nox:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv('AUTODEVELOP_PLATFORMS', raising=False)
    made = Nox()
    monkeypatch.setattr(job, 'run_foreground', made)
    return made


@pytest.mark.parametrize(('name', 'hint'), [
    ('test(linux)', 'did you mean tests(linux)?'),
    ('x', 'list the cells: autodevelop plan')])
def test_the_cell_that_is_meant_is_named(name: str, hint: str) -> None:
    with pytest.raises(AutodevelopError) as caught:
        job.chosen_cells([CELL], [name], {})
    assert caught.value.hint == hint


def test_a_cell_is_a_session_that_nox_knows_by_its_own_name(nox: Nox) -> None:
    assert run_cells([CELL], 'never', ['-k', 'name']) == [
        Row('tests(linux)', 'passed', '1.0 s')]
    assert nox.command[-4:] == ['--session=tests', '--', '-k', 'name']
    assert '--no-dependencies' not in nox.command


def test_what_it_notified_fails_it(nox: Nox) -> None:
    nox.results['after'] = 'failed'
    row, = run_cells([CELL], 'never')
    assert row == Row('tests(linux)', 'failed',
                      'a session that it notified failed')


def test_a_status_that_no_result_explains_fails_it(nox: Nox) -> None:
    nox.status = 1
    row, = run_cells([CELL], 'never')
    assert row.outcome == 'failed'


def test_the_last_job_has_the_data_of_all_and_runs_nothing_again(
        nox: Nox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('AUTODEVELOP_PLATFORMS', 'all')
    Path('.autodevelop/other').mkdir(parents=True)
    Path('.autodevelop/other/coverage.data').write_text('data')
    run_cells([CELL], 'never')
    assert '--no-dependencies' in nox.command
    assert Path('.coverage.other').read_text() == 'data'


def test_a_job_reads_its_cells_from_the_environment(
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(job.VARIABLE, '["lint", "tests(linux)"]')
    assert names_of_job() == ['lint', 'tests(linux)']

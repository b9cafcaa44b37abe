"""What coverage is told to combine; the real one is in tests/integration."""
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from autodevelop.errors import AutodevelopError
from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings
from autodevelop.results import coverage
from tests.support.project import Project

pytestmark = pytest.mark.once

CELLS = [Cell(name, name, '', None, None, ('ci',), True, None, name)
         for name in ('tests', 'gate')]
SETTINGS = Settings(coverage='gate')


def test_cells_of_other_stages_are_not_missed(
        project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = [cell._replace(session=f'tests-{stage}', slug=stage, name='tests',
                           stages=(stage,))
             for cell, stage in zip(CELLS, ['pre-push', 'ci'])]
    monkeypatch.setattr(coverage, 'run_foreground', lambda *_: 0)
    project.write('results/pre-push/coverage.data', '')
    with pytest.raises(AutodevelopError, match='data from tests-ci:'):
        coverage.combine(cells, SETTINGS, [])
    monkeypatch.setenv('AUTODEVELOP_STAGE', 'pre-push')
    assert coverage.combine(cells, SETTINGS, []) == 0


@pytest.mark.parametrize(('fails', 'status', 'commands'), [
    ('', 0, ['combine', 'xml', 'report']), ('combine', 2, ['combine']),
    ('report', 1, ['combine', 'xml', 'report'])])
def test_data_are_combined_and_reported(
        project: Project, monkeypatch: pytest.MonkeyPatch, fails: str,
        status: int, commands: list[str]) -> None:
    told: list[list[str]] = []

    def run(command: Sequence[str], variables: dict[str, str],
            folder: Path) -> int:
        told.append([*command[3:]])
        return 2 if command[3] == fails else 0

    monkeypatch.setattr(coverage, 'run_foreground', run)
    monkeypatch.setenv('AUTODEVELOP_PLATFORMS', 'all')
    project.write('results/tests/coverage.data', '')
    assert coverage.combine(CELLS, SETTINGS, ['--fail-under=9']) == status
    assert [each[0] for each in told] == commands
    assert told[0][1:] == ['--keep', os.path.join(
        'results', 'tests', 'coverage.data')]
    assert fails == 'combine' or told[-1][1:] == ['--fail-under=9']

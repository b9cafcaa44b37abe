"""What coverage is told to combine; the real one is in tests/integration."""
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings
from autodevelop.results import coverage
from tests.support.project import Project

CELLS = [Cell(name, name, '', None, None, ('ci',), True, None, name)
         for name in ('tests', 'gate')]
SETTINGS = Settings(coverage='gate')


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

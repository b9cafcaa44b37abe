"""The command run, with a stand-in for nox."""
import json
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import pytest

from autodevelop.__main__ import main
from autodevelop.checks import job
from autodevelop.cli import run as module
from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings
from tests.support.project import Project
from tests.support.results import case, junit, write_nox

pytestmark = pytest.mark.once

Capture = pytest.CaptureFixture[str]
CELLS = [Cell(name, name, '', None, None, ('ci',), True, None, name)
         for name in ('tests', 'lint')]
FAILED = junit(case('test_a', body='<failure message="1 == 2&#10;more"/>'))
PRINTED = 'nox > Running session {0}\nof {0}\nnox > Session {0} {1}.\n'


def run_nox(command: Sequence[str], variables: object, folder: Path,
            log: IO[bytes] | None = None) -> int:
    """Fail tests, and pass others."""
    name = next(each.partition('=')[2] for each in command
                if each.startswith('--session='))
    result = 'failed' if name == 'tests' else 'success'
    write_nox(Path(command[command.index('--report') + 1]),
              (name, result, 2.0))
    if result == 'failed':
        path = Path('results/tests/junit.xml')
        path.parent.mkdir(parents=True)
        path.write_text(FAILED)
    if log:
        log.write(PRINTED.format(name, result).encode())
        log.flush()
    return int(result == 'failed')


@pytest.fixture(autouse=True)
def planned(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, 'read_project', lambda: (Settings(), CELLS))
    monkeypatch.delenv('AUTODEVELOP_PLATFORMS', raising=False)
    monkeypatch.delenv('GITHUB_ACTIONS', raising=False)
    monkeypatch.setattr(job, 'run_foreground', run_nox)
    project.write('.gitignore', 'results/\n.autodevelop/\n')
    project.commit()


def test_what_failed_is_named_at_the_end(capsys: Capture) -> None:
    assert main(['run', 'tests', 'lint']) == 1
    said = capsys.readouterr()
    assert said.out == (
        'lint   passed  2.0 s\n\ntests  failed  Command pytest failed\n'
        '1 passed, 1 failed, 0 skipped\n\ntests failed:\n'
        '  tests.test_code::test_a - 1 == 2\n'
        'reproduce: nox -s "tests"\n')
    assert said.err == ''  # What nox prints is its own.


def test_a_person_sees_the_output_of_what_failed_alone(
        monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr(module, 'is_terminal', lambda stream: True)
    assert main(['run', 'lint']) == 0
    assert capsys.readouterr().err == ''
    assert main(['run', 'tests']) == 1
    assert '===== tests: failed =====\nof tests\n' in capsys.readouterr().err


@pytest.mark.parametrize(('cell', 'printed'), [('lint', ''), ('tests', 'no')])
def test_quiet_prints_failures_alone(
        cell: str, printed: str, capsys: Capture) -> None:
    main(['run', '-q', cell])
    assert bool(capsys.readouterr().out) == bool(printed)


def test_the_history_has_it(capsys: Capture) -> None:
    main(['run', 'tests', 'lint'])
    capsys.readouterr()
    main(['history', '--json'])
    run, = json.loads(capsys.readouterr().out)['runs']
    assert (run['stage'], run['outcome']) == ('run', 'failed')
    assert run['cells'][0]['failed'] == ['tests.test_code::test_a']
    assert [cell['seconds'] for cell in run['cells']] == [2.0, 2.0]


def test_without_a_repository_there_is_no_history(
        no_repository: None, capsys: Capture) -> None:
    assert main(['run', 'lint']) == 0

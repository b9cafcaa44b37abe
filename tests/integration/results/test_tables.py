"""The table of runs of nox, by the command line."""
import json
from pathlib import Path

import pytest

from autodevelop.__main__ import main
from tests.conftest import Write

NOXFILE = """
    import nox

    @nox.session
    def lint(session):
        pass
"""


def write_report(path: Path, **outcomes: str) -> None:
    path.write_text(json.dumps({'sessions': [
        {'name': name, 'signatures': [name], 'result': outcome,
         'reason': None, 'duration': 1}
        for name, outcome in outcomes.items()]}))


@pytest.fixture
def folder(write: Write) -> Path:
    return write('noxfile.py', NOXFILE).parent


def test_several_runs_are_one_table(
        folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_report(folder / 'a.json', lint='failed', types='success')
    write_report(folder / 'b.json', build='success', docs='skipped')
    assert main(['report', 'a.json', 'b.json']) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [
        ['types', 'passed'], ['build', 'passed'], ['docs', 'skipped'], [],
        ['lint', 'failed'], ['2', 'passed,']]


def test_a_run_that_is_missing_fails_the_table(folder: Path) -> None:
    write_report(folder / 'a.json', lint='success')
    assert main(['report', 'a.json', 'b.json']) == 2


@pytest.mark.parametrize('outcomes', [{}, {'lint': 'skipped'}])
def test_where_nothing_ran_nothing_passed(
        folder: Path, outcomes: dict[str, str]) -> None:
    write_report(folder / 'a.json', **outcomes)
    assert main(['report', 'a.json']) == 1

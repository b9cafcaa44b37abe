"""Cells run as a CI job runs them: by the real nox, in the work tree."""
import json
import os
import re
import time
from pathlib import Path

import pytest

from autodevelop.__main__ import main
from autodevelop.checks.job import run_cells
from autodevelop.ci.github.job import cache_key
from autodevelop.matrix.interpreters import PLATFORM, Interpreter
from autodevelop.matrix.plan import Cell
from tests.support.project import Project

core = pytest.mark.core
OTHER = 'windows' if PLATFORM != 'windows' else 'macos'
NOXFILE = f"""
import os
import sys
import nox


@nox.session(python=False, tags=['ci'])
@nox.parametrize('platform', ['{PLATFORM}', '{OTHER}'],
                 ids=['{PLATFORM}', '{OTHER}'])
def tests(session, platform):
    session.log(session.name)


@nox.session(python=False, tags=['ci'])
def lint(session):
    session.error('fault')


@nox.session(python=False, tags=['ci'], requires=['lint'])
def after(session):
    pass


@nox.session(python=False)
def queues(session):
    session.notify('lint')


@nox.session(python=False)
def dies(session):
    os._exit(3)


@nox.session(python=False)
def quits(session):
    session.skip('no time')


@nox.session(python=False, name='-dash')
@nox.session(python=False, name="it's $HOME")
def odd(session):
    session.error('odd')
"""
HERE = f'tests({PLATFORM})'
CELL = Cell('lint', 'lint', '', None, None, ('ci',), True, None, 'lint')
FOUND = {Interpreter('cpython', '3.13.1', False),
         Interpreter('cpython', '3.12.1', False)}
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def noxfile(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv('AUTODEVELOP_CELLS', raising=False)
    project.stage('noxfile.py', NOXFILE)


def test_a_cell_that_passes_leaves_its_report(capfd: Capture) -> None:
    assert main(['run', HERE]) == 0
    report = json.loads(
        Path('.autodevelop', f'tests-{PLATFORM}', 'nox.json').read_text())
    assert report['sessions'][0]['result'] == 'success'
    assert f'{HERE}  passed' in capfd.readouterr().out


@pytest.mark.parametrize(('cell', 'line'), [
    ('lint', 'reproduce: nox -s "lint"'),
    ('dies', 'reproduce: nox -s "dies"'),
    ('after', 'reproduce: nox -s "after"'),
    ('queues', 'reproduce: nox -s "queues"'),
    ('-dash', 'reproduce: nox --session="-dash"'),
    ("it's $HOME", """reproduce: nox -s 'it'"'"'s $HOME'"""),
])
def test_a_cell_that_fails_says_how_to_reproduce_it(
        cell: str, line: str, capfd: Capture,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('AUTODEVELOP_CELLS', json.dumps([HERE, cell]))
    assert main(['run']) == 1
    output = capfd.readouterr().out
    assert '1 passed, 1 failed, 0 skipped' in output
    assert output.splitlines()[-1] == line


def test_a_job_reads_its_cells_from_the_environment(
        monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> None:
    monkeypatch.setenv('AUTODEVELOP_CELLS', json.dumps([HERE, 'quits']))
    assert main(['run']) == 0
    assert re.search('quits +skipped  no time', capfd.readouterr().out)


@pytest.mark.parametrize(('cells', 'told'), [
    pytest.param([HERE], 'passed=true\n', marks=core),
    ([HERE, 'quits'], ''), ([HERE, 'lint'], '')])
def test_github_is_told_of_passes_alone(
        cells: list[str], told: str, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    output = tmp_path / 'output'
    output.touch()
    monkeypatch.setenv('GITHUB_OUTPUT', str(output))
    main(['run', *cells])
    assert output.read_text() == told


@core
def test_an_earlier_pass_does_not_count() -> None:
    report = Path('.autodevelop/dies/nox.json')
    report.parent.mkdir(parents=True)
    report.write_text(json.dumps({'sessions': [{
        'name': 'dies', 'signatures': ['dies'], 'result': 'success',
        'reason': None, 'duration': 1.0}]}))
    assert main(['run', 'dies']) == 1
    assert not report.exists()


@core
@pytest.mark.parametrize(('cells', 'variable', 'what', 'hint'), [
    ([f'tests({OTHER})'], '', f'needs {OTHER}; this is {PLATFORM}',
     f'run it on {OTHER}; CI runs it on GitHub Actions'),
    (['no such'], '', "no cell 'no such'", 'autodevelop plan'),
    (['tests'], '', "no cell 'tests'", f'autodevelop run "{HERE}"'),
    ([], '', 'no cell given', 'autodevelop plan'),
    ([], 'lint', 'is not a JSON list of names', 'unset AUTODEVELOP_CELLS'),
    ([], '[1]', 'is not a JSON list of names', 'unset AUTODEVELOP_CELLS'),
])
def test_what_cannot_be_run_here_is_an_error(
        cells: list[str], variable: str, what: str, hint: str,
        monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> None:
    monkeypatch.setenv('AUTODEVELOP_CELLS', variable)
    assert main(['run', *cells]) == 2
    first, second = capfd.readouterr().err.splitlines()
    assert what in first
    assert hint in second


def test_a_missing_python_fails_its_cell(project: Project) -> None:
    project.stage('noxfile.py', NOXFILE.replace(
        'python=False)\ndef quits', 'python=["3.99"])\ndef quits'))
    cell = CELL._replace(session='quits-3.99', slug='quits')
    row, = run_cells([cell], 'never')
    assert row.outcome == 'failed'


@core
def test_a_pass_is_remembered_by_tree_and_cells(
        project: Project, capfd: Capture) -> None:
    def key(*cells: str) -> str:
        assert main(['run', '--key', *cells]) == 0
        return capfd.readouterr().out

    project.commit()
    first = key('lint')
    assert re.fullmatch('key=[0-9a-f]{64}\n', first)
    assert key('lint') == first
    assert key('lint', HERE) != first
    project.stage('new', '')
    project.commit()
    assert key('lint') != first


@core
def test_without_a_commit_nothing_can_be_remembered(capfd: Capture) -> None:
    assert main(['run', '--key', 'lint']) == 2
    assert capfd.readouterr().err == (
        'error: there is no commit yet\n'
        'hint: commit first\n')


def test_a_pass_is_remembered_by_the_machine(
        monkeypatch: pytest.MonkeyPatch) -> None:
    first = cache_key('tree', ['lint'], FOUND, True)
    assert cache_key('tree', ['lint'], set(sorted(FOUND)), True) == first
    assert cache_key('tree', ['lint'], set(), True) != first
    monkeypatch.setitem(os.environ, 'ImageVersion', '20261125.1')
    assert cache_key('tree', ['lint'], FOUND, True) != first


def test_what_no_lock_pins_is_remembered_for_a_day(
        monkeypatch: pytest.MonkeyPatch) -> None:
    def on(day: str, locked: bool) -> str:
        monkeypatch.setattr(time, 'strftime', lambda *given: day)
        return cache_key('tree', ['lint'], FOUND, locked)

    assert on('2026-11-25', False) != on('2026-11-26', False)
    assert on('2026-11-25', True) == on('2026-11-26', True)

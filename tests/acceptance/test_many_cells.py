"""More cells than a matrix of GitHub takes, really executed by act."""
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import jinja2
import pytest

from .act import Job, clean_environment, run_workflow
from .conftest import make_project

# 256 jobs take five minutes. tests/unit/ci/test_jobs.py shares cells, too.
pytestmark = pytest.mark.long

CELLS = 300
LONG = 200
"""So many of them took long the last time."""

NOXFILE = f"""
import os
import nox


@nox.session(python=False, tags=['ci'])
@nox.parametrize('number', list(range({CELLS})))
def many(session, number):
    with open(os.environ['RAN'], 'a') as ran:
        ran.write(session.name + '\\n')
    if number == 7:
        session.error('fault')
"""
FILES = {
    'noxfile.py': NOXFILE, 'no-requirements.txt': '',
    'pyproject.toml':
        '[tool.autodevelop]\nrequirements = "no-requirements.txt"\n'}


@pytest.fixture(scope='module')
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp('many')


@pytest.fixture(scope='module')
def jobs(folder: Path) -> dict[str, Job]:
    """The jobs; they share this environment, lest each installs its own."""
    project = make_project(folder / 'project', [], files=FILES)
    subprocess.run([sys.executable, '-m', 'autodevelop', 'ci'], check=True,
                   cwd=project, env=clean_environment())
    last_run = folder.joinpath('caches', 'refs%2Fheads%2Fmain', 'durations-1',
                               '.autodevelop', 'many')
    last_run.mkdir(parents=True)
    (last_run / 'nox.json').write_text(json.dumps({'sessions': [{
        'name': 'many', 'signatures': [f'many(number={number})'],
        'result': 'success', 'reason': None,
        'duration': 500.0 if number < LONG else 1.0,
    } for number in range(CELLS)]}))
    return run_workflow(project, folder / 'scratch', variables={
        'RAN': str(folder / 'ran'), 'ACT_CACHE': str(folder / 'caches'),
        'PYTHONPATH': str(Path(jinja2.__file__).parents[1])})


def test_every_cell_runs_once(jobs: dict[str, Job], folder: Path) -> None:
    assert Counter((folder / 'ran').read_text().splitlines()) == {
        f'many(number={number})': 1 for number in range(CELLS)}


def test_jobs_are_as_many_as_a_matrix_takes_and_end_as_their_cells(
        jobs: dict[str, Job]) -> None:
    rows = {name: job for name, job in jobs.items() if name[:5] == 'cell '}
    failed = [name for name, job in rows.items() if job.result != 'success']
    assert len(rows) == 256
    assert failed == ['cell many(number=7)']
    assert 'reproduce: nox -s "many(number=7)"' in rows[failed[0]].log
    assert jobs['report'].result == 'success'
    assert '300 cells, 1 failed' in jobs['report'].summary
    assert jobs['gate'].result == 'failure'


def test_cells_that_took_long_have_a_job_of_their_own(
        jobs: dict[str, Job]) -> None:
    assert {f'cell many(number={number})' for number in range(LONG)} <= (
        set(jobs))

"""What sessions leave, and where their cell keeps it."""
import json
import os
from pathlib import Path

import pytest

from autodevelop.matrix.plan import Cell
from autodevelop.results.left import (
    coverage_data, data_in_project, gather, job_url, results_folder,
    spread_data,
)

CELL = Cell('tests-3.13', 'tests', '', '3.13', None, ('ci',), True, None,
            'tests-3.13')


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ('CI_JOB_URL', 'GITHUB_RUN_ID'):
        monkeypatch.delenv(name, raising=False)


def test_what_is_new_is_kept_and_found_where_people_combine_it() -> None:
    for name in ('.coveragerc', '.coverage.old'):
        Path(name).write_text('settings')
    before = data_in_project()
    Path('.coverage').write_text('one')
    Path('.coverage.host.1').write_text('two')
    Path('results/tests-3.13').mkdir(parents=True)
    Path('results/tests-3.13/nox.json').write_text('of another run')
    Path('results/tests-3.13/junit.xml').write_text('tests')
    gather(CELL, before, 7, 'tree')
    kept = Path('.autodevelop/tests-3.13')
    assert sorted(path.name for path in kept.iterdir()) == [
        'coverage.data.coverage', 'coverage.data.coverage.host.1',
        'junit.xml', 'run.json']
    assert Path('.autodevelop/.gitignore').read_text() == '*\n'
    Path('.coverage').unlink()
    spread_data()
    spread_data()
    assert Path('.coverage.tests-3.13.coverage').read_text() == 'one'
    assert Path('.coverage.tests-3.13.coverage.host.1').read_text() == 'two'


def test_data_are_those_that_the_session_left_or_that_were_gathered() -> None:
    assert coverage_data(CELL) == []
    for folder in ('results', '.autodevelop'):
        Path(folder, 'tests-3.13').mkdir(parents=True)
        Path(folder, 'tests-3.13/coverage.data').touch()
    left, kept = (Path(folder, 'tests-3.13/coverage.data')
                  for folder in ('results', '.autodevelop'))
    assert coverage_data(CELL) == [left]
    os.utime(left, (1, 1))
    assert coverage_data(CELL, newer=2_000_000_000) == [kept]


def test_the_address_of_the_job_is_kept(
        monkeypatch: pytest.MonkeyPatch) -> None:
    assert job_url() == ''
    monkeypatch.setenv('GITHUB_SERVER_URL', 'https://github.com')
    monkeypatch.setenv('GITHUB_REPOSITORY', 'a/b')
    monkeypatch.setenv('GITHUB_RUN_ID', '7')
    assert job_url() == 'https://github.com/a/b/actions/runs/7'
    monkeypatch.setenv('CI_JOB_URL', 'https://gitlab.com/7')
    gather(CELL, {}, 7.5, 'tree')
    run = json.loads(Path('.autodevelop/tests-3.13/run.json').read_text())
    assert run == {'began': 7.5, 'tree': 'tree', 'url': 'https://gitlab.com/7'}


def test_git_ignores_what_cells_leave() -> None:
    folders = [results_folder(slug) for slug in ('a', 'b', 'b')]
    assert all(folder.is_dir() for folder in folders)
    assert (folders[0].parent / '.gitignore').read_text() == '*\n'

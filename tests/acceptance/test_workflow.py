"""The GitHub workflow, really executed by act on a small project."""
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from autodevelop.matrix.interpreters import PLATFORM
from autodevelop.matrix.special import PLATFORMS

from .act import RUNNERS, Job, clean_environment
from .conftest import ROOT, Run, make_project, opened


@pytest.fixture(scope='module')
def partial(run_ci: Run, pythons: dict[str, bool]) -> dict[str, Job]:
    """The jobs where one Python at least is missing."""
    return run_ci([*pythons])


@pytest.fixture(scope='module')
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp('artifacts')


@pytest.fixture(scope='module')
def complete(run_ci: Run, here: list[str],
             artifacts: Path) -> dict[str, Job]:
    """The jobs where each Python is here, and all is covered."""
    return run_ci(here, variables={'ACT_ARTIFACTS': str(artifacts)})


def results(jobs: dict[str, Job]) -> dict[str, str]:
    return {name: job.result for name, job in jobs.items()}


def cell(python: str) -> str:
    return f'cell tests-{python}({PLATFORM})'


def plan(folder: Path) -> list[dict[str, Any]]:
    """The rows that ``autodevelop plan`` says the project there has."""
    planned = subprocess.run(
        [sys.executable, '-m', 'autodevelop', 'plan', '--github'], cwd=folder,
        env=clean_environment(), check=True, capture_output=True, text=True)
    rows: list[dict[str, Any]] = json.loads(
        planned.stdout.removeprefix('matrix='))['include']
    return rows


def test_plan_job_hands_on_what_autodevelop_plans(
        partial: dict[str, Job], tmp_path: Path,
        pythons: dict[str, bool]) -> None:
    handed_on = json.loads(partial['plan'].outputs['matrix'])
    project = make_project(tmp_path / 'project', [*pythons])
    assert handed_on == {'include': plan(project)}


def test_each_row_runs_and_fails_where_its_interpreter_is_missing(
        partial: dict[str, Job], pythons: dict[str, bool]) -> None:
    cells = {cell(python): 'success' if present else 'failure'
             for python, present in pythons.items()}
    assert results(partial) == cells | {
        'plan': 'success', 'cell lint': 'success', 'coverage': 'failure',
        'gate': 'failure'}


def test_missing_interpreter_fails_by_name(
        partial: dict[str, Job], pythons: dict[str, bool]) -> None:
    for python in (python for python in pythons if not pythons[python]):
        job = partial[cell(python)]
        assert job.steps['Run the cell'] == 'failure'
        assert f'Python interpreter {python} not found' in job.log


def test_results_are_looked_for_after_a_failure_too(
        partial: dict[str, Job]) -> None:
    kept = {job.steps['Keep the results'] for name, job in partial.items()
            if name.startswith('cell ')}
    assert kept == {'success'}


def test_coverage_names_the_cells_that_are_missing(
        partial: dict[str, Job], pythons: dict[str, bool]) -> None:
    missing = ', '.join(f'tests-{python}({PLATFORM})' for python in pythons
                        if not pythons[python])
    assert f'no up-to-date coverage data from {missing}' in (
        partial['coverage'].log)
    assert partial['coverage'].steps['Combine the coverage'] == 'failure'
    for cell in missing.split(', '):
        python = cell.removeprefix('tests-').partition('(')[0]
        assert f'tests-{python}' in partial['coverage'].summary


def test_every_job_passes_where_every_interpreter_is_present(
        complete: dict[str, Job], here: list[str]) -> None:
    assert results(complete) == dict.fromkeys(
        ['plan', 'cell lint', *map(cell, here), 'coverage', 'gate'],
        'success')


def test_coverage_job_writes_the_summary(complete: dict[str, Job]) -> None:
    written = [name for name, job in complete.items() if job.summary]
    assert written == ['coverage']
    summary = complete['coverage'].summary
    assert '4 cells, 0 failed' in summary
    assert '## Coverage: 100 %' in summary


def test_coverage_job_keeps_the_page(
        complete: dict[str, Job], artifacts: Path, browser: Browser) -> None:
    with opened(browser, artifacts / 'report/report.html') as page:
        expect(page.locator('h1')).to_have_text('All 4 cells passed')
        expect(page.locator('#coverage')).to_contain_text('100 %')


def test_artifacts_of_three_platforms_are_a_page(
        complete: dict[str, Job], artifacts: Path, here: list[str],
        browser: Browser, tmp_path: Path) -> None:
    """Here act runs what is of this platform; the others get copies of it.

    The coverage job left no results.
    """
    project = make_project(tmp_path / 'project', here)
    (project / 'cells.json').write_text(json.dumps(
        {'pythons': here, 'silent': [], 'platforms': PLATFORMS}))
    for path in artifacts.glob('results-*/*/*.*'):
        for platform in PLATFORMS:
            copy = project / '.autodevelop' / path.parent.name.replace(
                PLATFORM, platform) / path.name
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes().replace(
                f'({PLATFORM})'.encode(), f'({platform})'.encode()))
    subprocess.run(
        [sys.executable, '-m', 'autodevelop', 'report', '.autodevelop',
         '--html', 'page.html'], cwd=project, check=True,
        env=clean_environment() | {'AUTODEVELOP_PLATFORMS': 'all'})
    with opened(browser, project / 'page.html') as page:
        expect(page.locator('h1')).to_have_text('1 of 8 cells failed')
        expect(page.locator('.bad')).to_contain_text('it left no results')
        for platform in PLATFORMS:
            expect(page.get_by_role('row', name=f'tests({platform})').locator(
                '.passed')).to_have_count(2)


def test_upload_without_a_token_passes(complete: dict[str, Job]) -> None:
    job = complete['coverage']
    assert job.steps['Upload to Codecov'] == 'success'
    assert 'CODECOV_TOKEN is empty: nothing is uploaded.' in job.log


@pytest.mark.long
def test_cell_that_brings_no_coverage_fails_coverage_by_name(
        run_ci: Run, here: list[str]) -> None:
    jobs = run_ci(here, silent=here[:1])
    assert results(jobs) == dict.fromkeys(
        ['plan', 'cell lint', *map(cell, here)], 'success') | {
        'coverage': 'failure', 'gate': 'failure'}
    assert f'coverage data from tests-{here[0]}({PLATFORM}): ' in (
        jobs['coverage'].log)


@pytest.mark.long
def test_line_not_covered_fails_coverage_after_the_summary(
        run_ci: Run, here: list[str]) -> None:
    jobs = run_ci(here[:1], files={'test_small.py': 'import small\n'})
    assert results(jobs) == {
        'plan': 'success', 'cell lint': 'success', cell(here[0]): 'success',
        'coverage': 'failure', 'gate': 'failure'}
    assert '## Coverage: 50 %' in jobs['coverage'].summary


@pytest.mark.long
def test_failed_cell_fails_the_gate_where_all_is_covered(
        run_ci: Run, here: list[str]) -> None:
    jobs = run_ci(here[:1], files={'lint.py': 'raise SystemExit("fault")\n'})
    assert results(jobs) == {
        'plan': 'success', 'cell lint': 'failure', cell(here[0]): 'success',
        'coverage': 'success', 'gate': 'failure'}


def test_noxfile_that_cannot_be_planned_fails_the_gate(run_ci: Run) -> None:
    jobs = run_ci([], files={'noxfile.py': 'raise SystemExit("broken")\n'})
    assert results(jobs) == {'plan': 'failure', 'gate': 'failure'}
    assert 'nox cannot list the sessions: broken' in jobs['plan'].log


def test_rows_of_this_project_name_runners_of_their_platform() -> None:
    """Of macOS and Windows act can show no more: it runs all rows here."""
    rows = plan(ROOT)
    assert {(row['platform'], row['runner']) for row in rows} == set(
        zip(('linux', 'macos', 'windows'), RUNNERS))
    assert {row['runner'] for row in rows if '(' not in row['name']} == {
        'ubuntu-latest'}

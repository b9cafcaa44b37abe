"""The workflow: what is in it, and what survives in it."""
import json
from typing import Any

import pytest
import yaml

from autodevelop.ci.github import render
from autodevelop.ci.github.matrix import plan
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings


def cell(session: str, python: str | None = None,
         platform: str | None = None) -> Cell:
    return Cell(session, session.partition('-')[0], '', python, platform,
                ('ci',), True, None, session)


COVERAGE = [cell('tests-3.13', '3.13', 'macos'), cell('coverage')]


def jobs(text: str) -> Any:
    return yaml.safe_load(text)['jobs']


def test_a_job_plans_cells_are_a_matrix_and_a_gate_needs_all() -> None:
    workflow = jobs(render(COVERAGE, Settings(), ''))
    assert list(workflow) == ['plan', 'cell', 'coverage', 'gate']
    assert workflow['cell']['strategy']['matrix'] == (
        '${{ fromJSON(needs.plan.outputs.matrix) }}')
    assert workflow['gate']['needs'] == ['plan', 'cell', 'coverage']


def test_without_a_session_that_combines_there_is_no_such_job() -> None:
    text = render([cell('lint')], Settings(), '')
    assert list(jobs(text)) == ['plan', 'cell', 'report', 'gate']
    assert 'needs.coverage' not in text


@pytest.mark.parametrize(('settings', 'packages'), [
    (Settings(requirements='a lock.txt'), "--require-hashes -r 'a lock.txt'"),
    (Settings(), '"autodevelop[report]"'),
])
def test_nox_comes_from_the_lock_where_there_is_one(
        settings: Settings, packages: str) -> None:
    workflow = jobs(render(COVERAGE, settings, ''))
    for name in ('plan', 'cell', 'coverage'):
        assert workflow[name]['steps'][2]['run'] == (
            f'uv venv\nuv pip install {packages}\n')


@pytest.mark.parametrize('upload', [
    'send "it"', "send 'it: now' # all", '{ send; }', 'send\nagain'])
def test_an_upload_runs_where_one_is_set(upload: str) -> None:
    text = render(COVERAGE, Settings(upload=upload), '')
    step = jobs(text)['coverage']['steps'][-1]
    assert step['run'] == upload
    assert step['env'] == {'CODECOV_TOKEN': '${{ secrets.CODECOV_TOKEN }}'}


def test_a_name_of_a_session_is_handed_on_as_it_is() -> None:
    name = 'combine "$(id)": # ${{ x }}'
    text = render([cell(name)], Settings(coverage=name), '')
    job = jobs(text)['coverage']
    assert job['name'] == 'combine "$(id)": # ${{ \'${{\' }} x }}'
    cells = job['steps'][4]['env']['AUTODEVELOP_CELLS']
    assert json.loads(cells) == [name]
    assert '$' not in cells


def test_without_a_plan_of_many_cells_no_duration_is_kept() -> None:
    many = [cell(f'a{number}') for number in range(257)]
    assert 'durations-' in render(many, Settings(), '')
    assert 'durations-' not in render(COVERAGE, Settings(), '')


def test_deploys_follow_the_gate_with_an_environment_each() -> None:
    settings = Settings(environments=('production', 'staging'),
                        branch='trunk')
    workflow = jobs(render(COVERAGE, settings, ''))
    assert list(workflow)[-2:] == ['production', 'staging']
    for name in ('production', 'staging'):
        job = workflow[name]
        assert (job['needs'], job['environment']) == ('gate', name)
        push = job['steps'][-1]['run'].splitlines()[-1]
        assert push.endswith('"$DEPLOY_REMOTE" "HEAD:refs/heads/trunk"')
        assert ('--force' in push) == (name == 'staging')
    assert "'trunk'" in workflow['production']['if']
    assert 'head.repo.full_name == github.repository' in (
        workflow['staging']['if'])


def test_a_pin_that_stands_there_is_kept() -> None:
    text = render(COVERAGE, Settings(), '')
    newer = text.replace('3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1',
                         f'{"0" * 40} # v8.0.0')
    assert newer != text
    assert render(COVERAGE, Settings(), newer) == newer


def test_anything_else_that_stands_there_is_replaced() -> None:
    text = render(COVERAGE, Settings(), '')
    assert render(COVERAGE, Settings(), f'{text}# mine\n') == text


def test_the_matrix_is_one_line_without_the_session_that_combines() -> None:
    evil = cell('a\nb=$(id)${{ x }}"\'')
    name, _, matrix = plan([*COVERAGE, evil], Settings(), {}).partition('=')
    assert name == 'matrix'
    assert matrix.count('\n') == 1
    first, second = json.loads(matrix)['include']
    assert first == {
        'name': 'tests-3.13', 'slug': 'tests-3.13', 'platform': 'macos',
        'runner': 'macos-latest', 'cells': '["tests-3.13"]'}
    assert second['name'] == evil.session
    assert json.loads(second['cells']) == [evil.session]


def test_more_cells_than_a_matrix_takes_share_jobs() -> None:
    cells = [cell(f'a{number}') for number in range(1000)]
    rows = json.loads(plan(cells, Settings(), {})[7:])['include']
    assert len(rows) == 256
    ran = [name for row in rows for name in json.loads(row['cells'])]
    assert sorted(ran) == sorted(each.session for each in cells)


def test_an_empty_matrix_is_an_error() -> None:
    with pytest.raises(AutodevelopError, match='has no cells'):
        plan([], Settings(), {})

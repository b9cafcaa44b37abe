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
from autodevelop.matrix.tables import Checkout

pytestmark = pytest.mark.once


def cell(session: str, python: str | None = None,
         platform: str | None = None) -> Cell:
    return Cell(session, session.partition('-')[0], '', python, platform,
                ('ci',), True, None, session)


SETTINGS = Settings(coverage='coverage', tool='1.2')
COVERAGE = [cell('tests-3.13', '3.13', 'macos'), cell('coverage')]


def jobs(text: str) -> Any:
    return yaml.safe_load(text)['jobs']


def test_a_job_plans_cells_are_a_matrix_and_a_gate_needs_all() -> None:
    workflow = jobs(render(COVERAGE, SETTINGS, ''))
    assert list(workflow) == ['plan', 'cell', 'coverage', 'gate']
    assert workflow['cell']['strategy']['matrix'] == (
        '${{ fromJSON(needs.plan.outputs.matrix) }}')
    assert workflow['gate']['needs'] == ['plan', 'cell', 'coverage']


def test_without_a_session_that_combines_there_is_no_such_job() -> None:
    text = render([cell('lint')], SETTINGS, '')
    assert list(jobs(text)) == ['plan', 'cell', 'report', 'gate']
    assert 'needs.coverage' not in text


@pytest.mark.parametrize(('settings', 'installed', 'command'), [
    (SETTINGS, ['"autodevelop[report]==1.2"'], '-P -m autodevelop'),
    (SETTINGS._replace(tool='git+https://example.org/a@b', with_=('x>1',)),
     ['"autodevelop[report] @ git+https://example.org/a@b" "x>1"'],
     '-P -m autodevelop'),
    (SETTINGS._replace(tool='', requirements='a lock.txt'),
     ['--require-hashes -r "$GITHUB_WORKSPACE"/\'a lock.txt\''],
     '-P -m autodevelop'),
    (SETTINGS._replace(tool='wheels/a.whl'),
     ['"$GITHUB_WORKSPACE"/"wheels/a.whl[report]"'], '-P -m autodevelop'),
    (SETTINGS._replace(tool='.', requirements='lock.txt'),
     ['--require-hashes -r "$GITHUB_WORKSPACE"/lock.txt'],
     '-m autodevelop'),
])
def test_autodevelop_lives_outside_of_the_checkout(
        settings: Settings, installed: list[str], command: str) -> None:
    workflow = jobs(render(COVERAGE, settings, ''))
    lines = ['cd "$RUNNER_TEMP" && uv venv --clear --python ">=3.11"',
             *(f'uv pip install {each}' for each in installed)]
    for name in ('plan', 'cell', 'coverage'):
        assert workflow[name]['steps'][2]['run'].splitlines() == lines
    assert workflow['plan']['steps'][-1]['run'] == (
        f'"$RUNNER_TEMP/.venv/bin/python" {command} plan --github '
        '>> "$GITHUB_OUTPUT"\n')


def test_a_project_in_a_subfolder_has_a_workflow_of_its_own() -> None:
    text = render(COVERAGE, SETTINGS._replace(requirements='lock.txt'), '',
                  'a/b')
    workflow = yaml.safe_load(text)
    assert text.startswith('# Rendered from a/b/noxfile.py by: ')
    assert workflow['name'] == 'CI a/b'
    assert workflow['defaults']['run']['working-directory'] == 'a/b'
    cell = workflow['jobs']['cell']['steps']
    assert '"$GITHUB_WORKSPACE"/a/b/lock.txt' in cell[2]['run']
    assert cell[-1]['with']['path'] == 'a/b/.autodevelop'


def test_a_trigger_of_the_user_replaces_the_rendered_one() -> None:
    text = render(COVERAGE, SETTINGS, '')
    mark = '  # yours: triggers\n'
    mine = text.replace(
        mark, f"{mark}  push:\n    tags: ['v*']\n  schedule: []\n")
    assert list(yaml.safe_load(render(COVERAGE, SETTINGS, mine))[True]) == [
        'pull_request', 'workflow_dispatch']


def test_what_is_checked_out_is_a_setting() -> None:
    def steps(**keys: Any) -> list[Any]:
        workflow = jobs(render(COVERAGE, SETTINGS._replace(
            checkout=Checkout(**keys)), ''))
        return [workflow[name]['steps'][0]['with']
                for name in ('cell', 'coverage')]

    assert [each['fetch-depth'] for each in steps()] == [0, 0]
    cell, last = steps(fetch_depth=1, submodules=True, lfs=True)
    assert cell == {'persist-credentials': False, 'fetch-depth': 1,
                    'submodules': 'recursive', 'lfs': True}
    assert last['fetch-depth'] == 2  # The page compares with the parent.


@pytest.mark.parametrize('upload', [
    'send "it"', "send 'it: now' # all", '{ send; }', 'send\nagain'])
def test_an_upload_runs_where_one_is_set(upload: str) -> None:
    text = render(COVERAGE, SETTINGS._replace(upload=upload), '')
    step = jobs(text)['coverage']['steps'][-1]
    assert step['run'] == upload
    assert step['env'] == {'CODECOV_TOKEN': '${{ secrets.CODECOV_TOKEN }}'}


def test_names_of_sessions_are_passed_on_unchanged() -> None:
    name = 'combine "$(id)": # ${{ x }}'
    text = render([cell(name)], SETTINGS._replace(coverage=name), '')
    job = jobs(text)['coverage']
    assert job['name'] == 'combine "$(id)": # ${{ \'${{\' }} x }}'
    cells = job['steps'][4]['env']['AUTODEVELOP_CELLS']
    assert json.loads(cells) == [name]
    assert '$' not in cells


def test_without_a_plan_of_many_cells_no_duration_is_kept() -> None:
    many = [cell(f'a{number}') for number in range(257)]
    assert 'durations-' in render(many, SETTINGS, '')
    assert 'durations-' not in render(COVERAGE, SETTINGS, '')


def test_deploys_follow_the_gate_with_an_environment_each() -> None:
    settings = SETTINGS._replace(
        environments=('production', 'staging'), branch='trunk')
    workflow = jobs(render(COVERAGE, settings, ''))
    assert list(workflow)[-2:] == ['production', 'staging']
    for name in ('production', 'staging'):
        job = workflow[name]
        assert (job['needs'], job['environment']) == ('gate', name)
        push = job['steps'][-1]['run'].splitlines()[-1]
        assert push.endswith('"$DEPLOY_REMOTE" "HEAD:refs/heads/trunk"')
        assert ('--force' in push) == (name == 'staging')
        # What was tested for a pull request is merged, and another tree.
        assert ('sign' in job['steps'][-1]['run']) == (name == 'production')
        assert [step.get('if') for step in job['steps'][1:-1]] == (
            ["env.SIGN == 'true'"] * 3 if name == 'production' else [])
    assert "'trunk'" in workflow['production']['if']
    assert 'head.repo.full_name == github.repository' in (
        workflow['staging']['if'])


def test_a_pin_that_stands_there_is_kept() -> None:
    text = render(COVERAGE, SETTINGS, '')
    newer = text.replace('3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1',
                         f'{"0" * 40} # v8.0.0')
    assert newer != text
    assert render(COVERAGE, SETTINGS, newer) == newer


def test_anything_else_that_stands_there_is_replaced() -> None:
    text = render(COVERAGE, SETTINGS, '')
    assert render(COVERAGE, SETTINGS, f'{text}# mine\n') == text


def test_the_matrix_is_one_line_without_the_session_that_combines() -> None:
    evil = cell('a\nb=$(id)${{ x }}"\'')
    name, _, matrix = plan([*COVERAGE, evil], SETTINGS, {}).partition('=')
    assert name == 'matrix'
    assert matrix.count('\n') == 1
    first, second = json.loads(matrix)['include']
    assert first == {
        'name': 'tests-3.13', 'slug': 'tests-3.13', 'platform': 'macos',
        'runner': 'macos-latest', 'may_fail': False,
        'cells': '["tests-3.13"]'}
    assert second['name'] == evil.session
    assert json.loads(second['cells']) == [evil.session]


def test_a_cell_may_have_a_runner_of_its_own_and_may_fail() -> None:
    odd = cell('a', platform='linux')._replace(runner='arm', may_fail=True)
    row, = json.loads(plan([odd], SETTINGS, {})[7:])['include']
    assert (row['runner'], row['may_fail']) == ('arm', True)


def test_more_cells_than_a_matrix_takes_share_jobs() -> None:
    cells = [cell(f'a{number}') for number in range(1000)]
    rows = json.loads(plan(cells, SETTINGS, {})[7:])['include']
    assert len(rows) == 256
    ran = [name for row in rows for name in json.loads(row['cells'])]
    assert sorted(ran) == sorted(each.session for each in cells)


def test_an_empty_matrix_is_an_error() -> None:
    with pytest.raises(AutodevelopError, match='has no cells'):
        plan([], SETTINGS, {})

"""The workflow: what is in it, and what survives in it."""
import json
from typing import Any

import pytest
import yaml

from autodevelop.ci.github import outputs, render
from autodevelop.errors import AutodevelopError
from autodevelop.plan import Cell
from autodevelop.settings import Settings


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
    assert list(jobs(text)) == ['plan', 'cell', 'gate']
    assert 'needs.coverage' not in text


@pytest.mark.parametrize(('settings', 'command'), [
    (Settings(requirements='lock.txt'),
     'uv pip install --require-hashes -r lock.txt'),
    (Settings(), 'uv pip install autodevelop'),
])
def test_nox_comes_from_the_lock_where_there_is_one(
        settings: Settings, command: str) -> None:
    workflow = jobs(render(COVERAGE, settings, ''))
    for name in ('plan', 'cell', 'coverage'):
        assert command in [step.get('run', '').splitlines()[-1:]
                           for step in workflow[name]['steps']][2]


@pytest.mark.parametrize('upload', [
    'send "it"', "send 'it: now' # all", '{ send; }', 'send\nagain'])
def test_an_upload_runs_where_one_is_set(upload: str) -> None:
    text = render(COVERAGE, Settings(upload=upload), '')
    step = jobs(text)['coverage']['steps'][-1]
    assert step['run'] == upload
    assert step['env'] == {'CODECOV_TOKEN': '${{ secrets.CODECOV_TOKEN }}'}


def test_a_name_of_a_session_is_handed_on_as_it_is() -> None:
    name = 'combine "$(id)": #'
    text = render([cell(name)], Settings(coverage=name), '')
    step = jobs(text)['coverage']['steps'][4]
    assert step['env'] == {'SESSION': name}
    assert step['run'].endswith('--session "$SESSION"')


def test_the_summary_brings_coverage_where_no_lock_does() -> None:
    def summary(settings: Settings) -> str:
        steps = jobs(render(COVERAGE, settings, ''))['coverage']['steps']
        return str(steps[5]['run'])

    assert ' --with coverage coverage report ' in summary(Settings())
    assert '--with' not in summary(Settings(requirements='lock.txt'))


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
    name, _, matrix = outputs([*COVERAGE, evil], Settings()).partition('=')
    assert name == 'matrix'
    assert matrix.count('\n') == 1
    first, second = json.loads(matrix)['include']
    assert first == {'session': 'tests-3.13', 'python': '3.13',
                     'platform': 'macos', 'runner': 'macos-latest',
                     'slug': 'tests-3.13'}
    assert second['session'] == evil.session


@pytest.mark.parametrize('count', [0, 257])
def test_a_matrix_that_github_refuses_is_an_error(count: int) -> None:
    cells = [cell(f'a{number}') for number in range(count)]
    with pytest.raises(AutodevelopError, match=f'has {count} cells'):
        outputs(cells, Settings())

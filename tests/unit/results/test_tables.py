"""Tables and JSON of made plans and results."""
import json
from pathlib import Path
from typing import Any

import pytest

from autodevelop.errors import AutodevelopError
from autodevelop.matrix.plan import Cell
from autodevelop.results.outcomes import Row, read_results, result_rows
from autodevelop.results.tables import (
    plan_json, plan_table, quoted, result_table,
)

LINT = Cell('lint', 'lint', 'Fix it', None, None, ('pre-commit', 'ci'), True,
            None, 'lint')
LATER = Cell('tests-3.99(linux)', 'tests', '', '3.99', 'linux', ('ci',), True,
             'Python 3.99', 'tests-3.99-linux')
THERE = Cell('tests-3.13(macos)', 'tests', '', '3.13', 'macos', (), False,
             'macos', 'tests-3.13-macos')
PLAN = [LINT, LATER, THERE]
ELSEWHERE = {'lint': ['A'], 'tests-3.99(linux)': ['A', 'B'],
             'tests-3.13(macos)': []}


def result(session: str, outcome: str, **more: Any) -> dict[str, Any]:
    return {'session': session, 'name': session.partition('-')[0],
            'result': outcome, 'reason': None, 'duration': 1.25, **more}


def test_a_plan_is_a_table() -> None:
    assert plan_table(PLAN, ELSEWHERE).splitlines() == [
        '   session            python  platform  stages         this machine'
        '       elsewhere',
        '*  lint               -       any       pre-commit ci  yes'
        '                A',
        '*  tests-3.99(linux)  3.99    linux     ci             '
        'needs Python 3.99  A, B',
        '   tests-3.13(macos)  3.13    macos     -              needs macos'
        '        -',
        '3 cells, 1 of them can run on this machine; '
        '* marks what nox runs by default.',
    ]


def test_a_plan_is_json() -> None:
    plan = json.loads(plan_json(PLAN, ELSEWHERE))
    assert plan['version'] == 1
    assert plan['platform'] in ('linux', 'macos', 'windows')
    assert plan['cells'][1] == {
        'session': 'tests-3.99(linux)', 'name': 'tests', 'description': '',
        'python': '3.99', 'platform': 'linux', 'stages': ['ci'],
        'default': True, 'missing': 'Python 3.99',
        'slug': 'tests-3.99-linux', 'nox_session': '', 'runner': '',
        'may_fail': False, 'elsewhere': ['A', 'B']}


def test_what_ran_and_what_could_not_run_is_said() -> None:
    rows = result_rows([
        result('lint', 'success'),
        result('tests-3.99(linux)', 'skipped', reason='not found'),
        result('tests-3.12(linux)', 'skipped', reason='no time'),
        result('tests-3.11(linux)', 'failed'),
        result('tests-3.10(linux)', 'aborted', reason='a reason'),
    ], PLAN, ELSEWHERE)
    assert rows == [
        Row('lint', 'passed', '1.2 s'),
        Row('tests-3.99(linux)', 'not here',
            'needs Python 3.99; runs on A and B'),
        Row('tests-3.12(linux)', 'skipped', 'no time'),
        Row('tests-3.11(linux)', 'failed', ''),
        Row('tests-3.10(linux)', 'failed', 'a reason'),
        Row('tests-3.13(macos)', 'not here', 'needs macos'),
    ]
    assert result_table(rows).splitlines() == [
        'lint               passed    1.2 s',
        'tests-3.12(linux)  skipped   no time',
        'tests-3.99(linux)  not here  needs Python 3.99; runs on A and B',
        'tests-3.13(macos)  not here  needs macos',
        '',
        'tests-3.11(linux)  failed',
        'tests-3.10(linux)  failed    a reason',
        '1 passed, 2 failed, 3 skipped']


def test_cells_of_other_platforms_share_a_line() -> None:
    rows = [Row('lint', 'passed', '1.2 s'),
            *(Row(f'tests({name})', 'not here', f'needs {name}; runs on A')
              for name in ('macos', 'windows')),
            Row('tests-3.99', 'not here', 'needs Python 3.99')]
    assert len(result_table(rows).splitlines()) == 5
    rows.append(Row('unit(macos)', 'not here', 'needs macos'))
    assert result_table(rows).splitlines() == [
        'lint        passed    1.2 s',
        'tests-3.99  not here  needs Python 3.99',
        '3 cells     not here  need macos or windows',
        '1 passed, 0 failed, 4 skipped']


@pytest.mark.parametrize(('outcome', 'lines'), [
    ('failed', ['a  failed', '0 passed, 1 failed, 0 skipped']),
    ('already passed', ['a  already passed', '1 passed, 0 failed, 0 skipped']),
])
def test_a_table_of_one_kind_has_no_gap(
        outcome: str, lines: list[str]) -> None:
    assert result_table([Row('a', outcome, '')]).splitlines() == lines


def test_cells_of_sessions_that_nobody_ran_are_no_rows() -> None:
    assert result_rows([result('lint', 'success')], PLAN, ELSEWHERE) == [
        Row('lint', 'passed', '1.2 s')]


def test_a_report_of_nox_is_read(tmp_path: Path) -> None:
    path = tmp_path / 'results.json'
    path.write_text('{"sessions": [{"name": "a", "signatures": []},'
                    '{"name": "b", "signatures": ["b-3.13", "b"]}]}', 'utf-8')
    assert [each['session'] for each in read_results(path)] == ['a', 'b-3.13']


@pytest.mark.parametrize('text', [None, '', '{', '[]', '{"sessions": [1]}'])
def test_anything_else_is_an_error(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / 'results.json'
    if text is not None:
        path.write_text(text, 'utf-8', newline='\n')
    with pytest.raises(AutodevelopError, match='not a report') as caught:
        read_results(path)
    assert 'nox --report' in caught.value.hint


@pytest.mark.parametrize(('name', 'printed'), [
    ("fix(how='x')", '"fix(how=\'x\')"'),
    ("it's $HOME", """'it'"'"'s $HOME'"""),
])
def test_a_name_can_be_pasted(name: str, printed: str) -> None:
    assert quoted(name) == printed

"""What a report is made of: failures, coverage, tests, timeline, history."""
import json
import os
from pathlib import Path
from typing import Any

import pytest

from autodevelop.errors import AutodevelopError
from autodevelop.matrix.settings import Settings
from autodevelop.results import changed, covered
from autodevelop.results.changed import Change, read_change
from autodevelop.results.covered import Coverage, coverage_reports
from autodevelop.results.facts import Facts, Wanted, collect, flaky
from autodevelop.results.facts_json import facts_json
from autodevelop.results.failures import read_lines, shortened
from autodevelop.results.found import Found
from autodevelop.results.junit import Suites
from autodevelop.results.known import compare_tests
from autodevelop.results.outcomes import Row
from autodevelop.results.runs import Ended, Run
from autodevelop.results.timeline import draw_timeline
from autodevelop.results.trees import Tree
from autodevelop.system.process import Completed
from tests.support.results import (
    BEGAN, CELLS, LONG, SOURCE, case, cobertura, junit, write_cell, write_run,
)

LINT, FIRST = CELLS[:2]
FOLDER = Path('.autodevelop')


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path('code.py').write_text('\n'.join(SOURCE))


def facts(*runs: Run) -> Facts:
    return collect(Wanted([FOLDER], CELLS, Settings(coverage='coverage'),
                          Tree(), True, 'HEAD^'), runs)


def test_a_test_that_fails_somewhere_says_where_and_why() -> None:
    write_run(FOLDER)
    half, path, long = facts().failures
    assert (half.name, half.where) == ('tests.test_code::test_half',
                                       'only on Python 3.13')
    assert half.sessions == [f'tests-3.13({name})' for name in (
        'linux', 'macos', 'windows')]
    assert half.passes == ['tests-3.12(linux)', 'tests-3.12(windows)']
    assert half.case.message.splitlines()[0] == 'assert 2.5 == 2'
    assert half.source == [*enumerate(SOURCE, 1)]
    assert (path.where, path.case.message) == ('only on windows', 'OSError')
    assert path.source == []
    assert (long.where, long.passes) == ('', [])


def test_ways_of_failing_are_told_apart() -> None:
    for cell, message in zip(CELLS[1:4], ('a', 'b', 'a')):
        write_cell(FOLDER, cell, junit=junit(case(
            'test', body=f'<failure message="{message}"/>')))
    write_cell(FOLDER, CELLS[4], junit=junit(case('test')))
    failure, = facts().failures
    assert [len(each.sessions) for each in failure.variants] == [2, 1]
    assert failure.where == 'only on Python 3.12'
    write_cell(FOLDER, CELLS[5], junit=junit(case('test')))
    write_cell(FOLDER, CELLS[1], junit=junit(case('test')))
    assert facts().failures[0].where == ''


def test_source_is_that_of_the_project_alone(tmp_path: Path) -> None:
    assert read_lines('code.py', -3, 1) == [(1, SOURCE[0])]
    for name in ('/etc/passwd', '../x', 'none.py', 'a\0b'):
        assert read_lines(name, 1, 9) == []


def test_of_a_long_text_the_end_is_kept() -> None:
    assert shortened('abc', 3) == 'abc'
    assert shortened(LONG, 2) == '\u2026 9998 characters before \u2026\nxx'


def test_the_coverage_of_all_cells_is_that_of_the_one_that_combines() -> None:
    write_run(FOLDER)
    coverage = facts().coverage
    assert coverage and coverage[:2] == (4, 6)
    assert coverage.percent == 66.66
    code, = coverage.files
    assert code[:5] == ('code.py', 4, 6, [(3, 3)], [(2, 2)])
    assert Coverage(0, 0, []).percent == 100


def test_without_it_the_cells_are_added_up() -> None:
    write_cell(FOLDER, CELLS[1], coverage=cobertura('1101'))
    write_cell(FOLDER, CELLS[2], coverage=cobertura('1110'))
    coverage = facts().coverage
    assert coverage and (coverage.covered, coverage.valid) == (5, 6)
    assert coverage.files[0].only == {
        ('tests-3.12(linux)',): [(4, 4)], ('tests-3.12(macos)',): [(3, 3)]}


@pytest.mark.once
def test_coverage_data_are_combined(monkeypatch: pytest.MonkeyPatch) -> None:
    from coverage import CoverageData
    monkeypatch.setattr('autodevelop.results.coverage.PLATFORM', 'linux')
    with open('code.py', 'a') as code:  # Of the platform that did not run.
        code.write('\nwindows = 1\n')
    Path('.coveragerc').write_text(
        '[report]\nexclude_also = ${AUTODEVELOP_ABSENT_PLATFORMS}\n')
    for cell, lines in (CELLS[1], [1, 2]), (CELLS[2], [1, 2, 4]):
        write_cell(FOLDER, cell)
        data = CoverageData(str(FOLDER / cell.slug / 'coverage.data'))
        data.add_lines({str(Path('code.py').resolve()): lines})
        data.write()
        data.close()
    coverage = facts().coverage
    assert coverage and coverage.files[0].missing == [(3, 3)]
    assert coverage.files[0].only == {('tests-3.12(macos)',): [(4, 4)]}
    monkeypatch.setattr(covered, 'find_spec', lambda name: None)
    assert facts().coverage is None


@pytest.mark.once
def test_data_that_cannot_be_read_are_no_coverage(tmp_path: Path) -> None:
    write_cell(FOLDER, FIRST, coverage='broken')
    (FOLDER / FIRST.slug / 'coverage.data').write_text('broken')
    with pytest.raises(AutodevelopError, match='is not a coverage report'):
        facts()
    (FOLDER / FIRST.slug / 'coverage.xml').unlink()
    assert facts().coverage is None
    write_cell(FOLDER, LINT, coverage=cobertura('1'))
    assert facts().coverage


def test_a_report_without_counts_has_no_branches() -> None:
    write_cell(FOLDER, FIRST, coverage=cobertura('11').replace(
        '(1/2)', '(some)'))
    coverage = facts().coverage
    assert coverage and coverage.files[0][1:3] == (2, 2)


def test_what_cannot_be_compared_says_why(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changed, 'find_repository', lambda: None)
    monkeypatch.setattr(changed, 'resolve', lambda *names: [None])
    assert read_change([], 'v1', tmp_path).problem == (
        'there is no commit v1 to compare with')
    monkeypatch.setattr(changed, 'find_spec', lambda name: None)
    assert 'install autodevelop[report]' in read_change(
        [], 'v1', tmp_path).problem


@pytest.mark.parametrize('status', [0, 1])
def test_a_change_is_compared_by_diff_cover(
        status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str], variables: object) -> Completed:
        path = Path(command[-1].removeprefix('json:'))
        path.write_text(json.dumps({
            'total_num_violations': 3, 'total_num_lines': 7, 'src_stats': {
                'code.py': {'violation_lines': [4, 2, 3]},
                'whole.py': {'violation_lines': []}}}))
        return Completed(status, b'', b'ignored\nno such file')

    monkeypatch.setattr(changed, 'run', run)
    monkeypatch.setattr(changed, 'find_repository', lambda: None)
    monkeypatch.setattr(changed, 'resolve', lambda *names: ['c' * 40])
    if status:
        with pytest.raises(AutodevelopError, match='HEAD.: no such file'):
            read_change([], 'HEAD^', tmp_path)
    else:
        assert read_change([], 'HEAD^', tmp_path) == Change(
            'HEAD^', 3, 7, {'code.py': [(2, 4)]})


def test_the_timeline_shows_what_the_run_waited_for() -> None:
    def ran(place: int, began: float | None, seconds: float,
            tests: float | None = None) -> Found:
        return Found(CELLS[place], Row('', 'passed', ''), seconds, began,
                     suites=Suites([], tests, 99, []))

    line = draw_timeline([
        ran(0, 100, 5), ran(1, 106, 10, 108), ran(2, 106, 3, 200),
        ran(3, None, 9), ran(4, 117, 1), ran(5, 100, 4)])
    assert (line.began, line.seconds, line.untimed, line.lanes) == (
        100, 18, 1, 2)
    assert {bar.found.cell.slug: (bar.lane, bar.critical)
            for bar in line.bars} == {
        'lint': (0, True), 'tests-3.12-linux': (0, True),
        'tests-3.12-macos': (1, False), 'tests-3.13-linux': (0, True),
        'tests-3.13-macos': (1, False)}
    assert [(bar.tests, bar.tests_seconds) for bar in line.bars
            if bar.tests] == [(8, 8)]
    assert draw_timeline([ran(0, None, 5)])[1:] == (5, [], 1)
    assert draw_timeline([]).lanes == 0


def test_a_test_that_passed_and_failed_on_a_tree_is_flaky() -> None:
    def run(tree: str, outcome: str, *failed: str) -> Run:
        return Run(1, 'ci', tree, '', '', (
            Ended('tests', outcome, 1, 0, failed),))

    assert flaky([run('a', 'failed', 'x', 'y'), run('a', 'failed', 'y'),
                  run('b', 'passed'), run('', 'failed', 'z'),
                  run('a', 'failed'), run('a', 'skipped')]) == {'x'}
    assert flaky([run('a', 'failed', 'x'), run('b', 'passed')]) == set()


def test_every_test_is_there_once() -> None:
    write_cell(FOLDER, CELLS[1], junit=junit(
        case('a', 1), case('b', 5, '<skipped/>'), case('c', 2, '<rerun/>')))
    write_cell(FOLDER, CELLS[2], junit=junit(
        case('a', 3, '<failure/>'), case('b', 4), case('c', 1)))
    assert [test[:6] for test in facts().tests] == [
        ('tests.test_code::b', 'passed', 5, 'tests-3.12(linux)', 2, False),
        ('tests.test_code::a', 'failed', 3, 'tests-3.12(macos)', 2, False),
        ('tests.test_code::c', 'passed', 2, 'tests-3.12(linux)', 2, True)]


def test_new_tests_are_told_and_those_that_are_gone() -> None:
    def known_of(known: Any, *names: str) -> tuple[Facts, Any]:
        write_cell(FOLDER, LINT, junit=junit(*map(case, names)))
        return compare_tests(facts(), known)

    found, known = known_of(None, 'a', 'b')
    assert (any(test.new for test in found.tests), found.gone) == (False, [])
    for _ in range(2):  # A second page of the same run says the same.
        found, known = known_of(known, 'b', 'c')
        assert [test.name for test in found.tests if test.new] == [
            'tests.test_code::c']
        assert found.gone == ['tests.test_code::a']
    known[0] = ['other']
    assert known_of(known, 'd')[0].gone == []


def test_a_cell_is_compared_with_the_run_before() -> None:
    write_cell(FOLDER, LINT, seconds=10)
    itself = Run(BEGAN, 'ci', '', '', '', (Ended('lint', 'passed', 10),))
    other = itself._replace(began=BEGAN - 60, cells=(
        Ended('tests', 'passed', 3), Ended('lint', 'already passed')))
    before = itself._replace(began=BEGAN - 90, cells=(
        Ended('lint', 'passed', 8),))
    assert facts(itself, other, before).found[0].change == 2
    assert facts(itself, other).found[0].change is None


def test_programs_get_all_of_it(tmp_path: Path) -> None:
    write_run(FOLDER)
    run = Run(1, 'ci', 't', 'c', '', (Ended('lint', 'passed', 2),))
    read: dict[str, Any] = json.loads(facts_json(facts(run)))
    assert (read['version'], read['outcome']) == (1, 'failed')
    assert read['cells'][0]['session'] == 'lint'
    assert read['failures'][0]['variants'][0]['sessions'][0] == (
        'tests-3.13(linux)')
    assert read['coverage']['percent'] == 66.66
    assert (read['change'], read['runs'][0]['seconds']) == (None, 2)
    os.rename(FOLDER, 'away')
    write_cell(FOLDER, LINT)
    read = json.loads(facts_json(facts()))
    assert (read['coverage'], read['outcome']) == (None, 'failed')


def test_reports_are_of_cells_that_count(tmp_path: Path) -> None:
    stale = Found(LINT, Row('', 'stale', ''), folder=FOLDER)
    assert coverage_reports([stale], Settings(), tmp_path) == []

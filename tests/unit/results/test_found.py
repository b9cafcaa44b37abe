"""What cells left, and whether it counts."""
import os
from pathlib import Path

import pytest

from autodevelop.matrix.interpreters import PLATFORM
from autodevelop.matrix.plan import Cell
from autodevelop.results.found import Found, default_sources, find
from autodevelop.results.trees import Tree, read_tree
from tests.support.project import Project
from tests.support.results import case, junit, write_cell, write_nox

OTHER = 'macos' if PLATFORM == 'linux' else 'linux'
HERE = Cell('tests(here)', 'tests', '', None, PLATFORM, ('ci',), True, None,
            'tests-here', nox_session='tests')
THERE = Cell('tests(there)', 'tests', '', None, OTHER, ('ci',), True, OTHER,
             'tests-there', nox_session='tests')
LINT = Cell('lint', 'lint', '', None, None, ('ci',), True, None, 'lint')
BENCH = Cell('bench', 'bench', '', None, None, (), False, None, 'bench')
CELLS = [LINT, HERE, THERE, BENCH]
REPORT = Path('.nox/results.json')


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def outcomes(found: list[Found]) -> dict[str, str]:
    return {each.cell.session: each.row.outcome for each in found}


def test_no_cell_of_a_green_run_of_nox_failed() -> None:
    write_nox(REPORT, ('lint', 'success', 1.5), ('tests', 'success', 9))
    assert default_sources() == [REPORT]
    found = find(default_sources(), CELLS, Tree(), False)
    assert outcomes(found) == {'lint': 'passed', 'tests(here)': 'passed',
                               'tests(there)': 'not here'}
    assert found[2].row.detail == f'needs {OTHER}'
    assert not any(each.bad for each in found)


def test_what_did_not_run_is_said_and_no_failure() -> None:
    write_nox(REPORT, ('bench', 'success', 1))
    found = find([REPORT], CELLS, Tree(), False)
    assert outcomes(found) == {
        'lint': 'not run', 'tests(here)': 'not run',
        'tests(there)': 'not here', 'bench': 'passed'}


def test_a_cell_of_a_whole_run_that_left_nothing_is_missing() -> None:
    folder = Path('.autodevelop')
    write_cell(folder, HERE._replace(session='tests'))
    assert outcomes(find([folder], CELLS, Tree(), True)) == {
        'lint': 'missing', 'tests(here)': 'passed', 'tests(there)': 'missing'}
    # Results of another platform were gathered.
    write_cell(folder, THERE._replace(session='tests'))
    assert outcomes(find([folder], CELLS, Tree(), False))['lint'] == 'missing'


def test_what_the_sessions_of_a_shared_report_left_is_found() -> None:
    for folder in ('results/tests-here', 'results/lint'):
        Path(folder).mkdir(parents=True)
    Path('results/tests-here/junit.xml').write_text(
        junit(case('test_a'), began=7))
    Path('results/lint/junit.xml').write_text(junit(case('old')))
    write_nox(REPORT, ('lint', 'success', 1.5), ('tests', 'success', 9))
    os.utime('results/lint/junit.xml', (1, 1))
    lint, tests, _ = find([REPORT], CELLS, Tree(), False)
    assert (lint.suites.tests, len(tests.suites.tests)) == ([], 1)
    assert (lint.began, tests.began) == (None, 7)
    write_nox(REPORT, ('tests', 'success', 9), began=3)
    assert find([REPORT], CELLS, Tree(), False)[1].began == 3


def test_results_that_are_older_than_a_file_are_stale() -> None:
    write_nox(REPORT, ('lint', 'success', 1.5))
    os.utime(REPORT, (100, 100))
    tree = Tree(changed=(101 * 10 ** 9, 'code.py'))
    lint, *_ = find([REPORT], CELLS, tree, False)
    assert lint.row[1:] == ('stale', 'code.py changed since')
    assert not lint.counts and not lint.bad
    # In CI the checkout is newer.
    assert find([REPORT], CELLS, tree, True)[0].counts


def test_results_of_another_tree_are_stale() -> None:
    folder = Path('.autodevelop')
    write_cell(folder, LINT, tree='a' * 40)
    tree = Tree('c', 'a' * 40, True, (2 ** 62, 'code.py'))
    assert find([folder], CELLS, tree, False)[0].counts
    edited = tree._replace(clean=False)
    assert (tree.recorded, edited.recorded) == ('a' * 40, '')
    assert find([folder], CELLS, edited, False)[0].row.outcome == 'stale'
    assert find([folder], CELLS, edited, True)[0].counts
    other = tree._replace(tree='b' * 40)
    assert find([folder], CELLS, other, False)[0].row.detail == (
        'of another tree, aaaaaaaaaaaa')
    missing, *_ = find([folder], CELLS, other, True)
    assert missing.row[1:] == ('missing', 'of another tree, aaaaaaaaaaaa')


def test_the_newest_results_of_this_tree_count() -> None:
    folder = Path('.autodevelop')
    write_cell(folder, LINT, 'failed', tree='other')
    write_nox(REPORT, ('lint', 'success', 2))
    os.utime(REPORT, (10 ** 9, 10 ** 9))
    (folder / 'lint/run.json').write_text('[]')
    found, *_ = find([folder, REPORT], CELLS, Tree(tree='t'), False)
    assert found.row.outcome == 'failed'
    (folder / 'lint/run.json').write_text('{"tree": "other"}')
    found, *_ = find([folder, REPORT], CELLS, Tree(tree='t'), False)
    assert (found.row.outcome, found.seconds) == ('passed', 2)


def test_without_a_repository_the_noxfile_tells_the_age() -> None:
    assert read_tree() == Tree()
    Path('noxfile.py').touch()
    assert (read_tree().changed[1], read_tree().recorded) == ('noxfile.py', '')


def test_a_tree_is_that_of_head_while_nothing_changed(
        project: Project) -> None:
    assert (read_tree().commit, read_tree().recorded) == ('', '')
    commit = project.commit()
    here = read_tree()
    assert (here.commit, here.clean, here.subject, here.branch) == (
        commit, True, 'change', 'main')
    assert here.recorded == here.tree
    project.write('noxfile.py', 'changed')
    assert read_tree().recorded == ''
    (project.folder / 'noxfile.py').unlink()
    project.write('new file', '')
    assert read_tree().changed[1] in ('new file', '.gitignore')


@pytest.mark.parametrize('text', ['', '[]', None])
def test_a_damaged_record_of_a_run_says_nothing(text: str | None) -> None:
    folder = Path('.autodevelop')
    write_cell(folder, LINT)
    record = folder / 'lint/run.json'
    record.unlink() if text is None else record.write_text(text)
    assert outcomes(find([folder], [LINT], Tree(), False)) == {
        'lint': 'passed'}

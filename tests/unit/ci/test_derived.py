"""Lines that follow the noxfile in files that people write."""
import pytest

from autodevelop.ci.derived import render_codecov, render_metadata
from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings


def cells(*pythons: str | None, name: str = 'tests') -> list[Cell]:
    return [Cell(f'{name}-{python}', name, '', python, None, ('ci',), True,
                 None, f'{name}-{python}') for python in pythons]


def test_codecov_waits_for_each_cell_of_tests() -> None:
    before = ('codecov:\n  notify:\n'
              '    after_n_builds: 7  # tests: 3.9 and more\n'
              'comment:\n  after_n_builds:\n  layout: diff\n')
    plan = [*cells('3.9', '3.10'), *cells(None, name='lint')]
    assert render_codecov(plan, Settings(), before) == (
        'codecov:\n  notify:\n    after_n_builds: 2  # tests: 3.9 3.10\n'
        'comment:\n  after_n_builds: 2  # tests: 3.9 3.10\n'
        '  layout: diff\n')


def test_what_is_of_a_flag_and_comments_of_people_stay() -> None:
    before = ('comment:\n  after_n_builds: 7  # all of them\n'
              'flag_management:\n  individual_flags:\n'
              '    - name: a\n      after_n_builds: 5\n')
    assert render_codecov(cells('3.9', '3.10'), Settings(), before) == (
        before.replace('7', '2'))


def test_codecov_waits_for_the_cells_of_several_sessions() -> None:
    plan = [*cells('3.9', '3.10'), *cells('3.10', name='more')]
    text = render_codecov(plan, Settings(tests=('tests', 'more')),
                          'comment:\n  after_n_builds: 7\n')
    assert text == ('comment:\n'
                    '  after_n_builds: 3  # tests, more: 3.9 3.10\n')


def test_a_cell_without_a_python_uploads_a_report() -> None:
    assert render_codecov(cells(None), Settings(), (
        'comment:\n  after_n_builds: 7\n')) == (
        'comment:\n  after_n_builds: 1  # tests: one\n')


SETUP_CFG = (
    '[metadata]\nclassifiers =\n'
    '    Environment :: Console\n'
    '    Programming Language :: Python :: 3\n'
    '    Programming Language :: Python :: 3.8\n'
    '    Programming Language :: Python :: 3 :: Only\n'
    '    Programming Language :: Python :: 3.9\n'
    '    Typing :: Typed\n'
    '[options]\npython_requires = >=3.8, <4\n# mine\n')
PYTHONS = cells('3.10', '3.9', '3.14t', 'pypy3.10', '3', None)


def test_a_python_of_the_tests_gets_a_classifier() -> None:
    assert render_metadata(PYTHONS, Settings(), SETUP_CFG) == (
        '[metadata]\nclassifiers =\n'
        '    Environment :: Console\n'
        '    Programming Language :: Python :: 3\n'
        '    Programming Language :: Python :: 3.8\n'
        '    Programming Language :: Python :: 3.9\n'
        '    Programming Language :: Python :: 3.10\n'
        '    Programming Language :: Python :: 3 :: Only\n'
        '    Typing :: Typed\n'
        '[options]\npython_requires = >=3.8, <4\n# mine\n')


def test_metadata_follow_the_tests_if_asked() -> None:
    assert render_metadata(PYTHONS, Settings(metadata=True), SETUP_CFG) == (
        '[metadata]\nclassifiers =\n'
        '    Environment :: Console\n'
        '    Programming Language :: Python :: 3\n'
        '    Programming Language :: Python :: 3.9\n'
        '    Programming Language :: Python :: 3.10\n'
        '    Programming Language :: Python :: 3 :: Only\n'
        '    Typing :: Typed\n'
        '[options]\npython_requires = >=3.9, <4\n# mine\n')


def test_a_bound_of_the_same_version_stays() -> None:
    before = '[options]\npython_requires = >=3.9.2\n'
    assert render_metadata(
        PYTHONS, Settings(metadata=True), before) == before


def test_pyproject_is_followed_as_well() -> None:
    before = ('[project]\nrequires-python = ">=3.8.1"\nclassifiers = [\n'
              "  'Programming Language :: Python :: 3.9'\n]\n")
    assert render_metadata(PYTHONS, Settings(metadata=True), before) == (
        '[project]\nrequires-python = ">=3.9"\nclassifiers = [\n'
        "  'Programming Language :: Python :: 3.9',\n"
        "  'Programming Language :: Python :: 3.10',\n]\n")


@pytest.mark.parametrize(('plan', 'before'), [
    (cells(None), SETUP_CFG), (cells('3.9', name='docs'), SETUP_CFG),
    (PYTHONS, '[flake8]\n'), (PYTHONS, '[metadata]\nname = a\n'),
    (cells('3.8', '3.9'), SETUP_CFG)])
def test_metadata_without_anything_to_follow_stay(
        plan: list[Cell], before: str) -> None:
    assert render_metadata(plan, Settings(), before) == before


def test_a_plan_without_reports_leaves_codecov_alone() -> None:
    before = 'comment:\n  after_n_builds: 7\n'
    assert render_codecov(cells(None, name='lint'), Settings(), before) == (
        before)

"""Lines that follow the noxfile in files that people write."""
import pytest

from autodevelop.ci.derived import render_codecov, render_setup_cfg
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings


def cells(*pythons: str | None, name: str = 'tests') -> list[Cell]:
    return [Cell(f'{name}-{python}', name, '', python, None, ('ci',), True,
                 None, f'{name}-{python}') for python in pythons]


def test_codecov_waits_for_each_cell_of_tests() -> None:
    before = ('codecov:\n  notify:\n    after_n_builds: 7  # old\n'
              'comment:\n  after_n_builds:\n  layout: diff\n')
    plan = [*cells('3.9', '3.10'), *cells(None, name='lint')]
    assert render_codecov(plan, Settings(), before) == (
        'codecov:\n  notify:\n    after_n_builds: 2  # tests: 3.9 3.10\n'
        'comment:\n  after_n_builds: 2  # tests: 3.9 3.10\n'
        '  layout: diff\n')


def test_codecov_waits_for_the_cells_of_several_sessions() -> None:
    plan = [*cells('3.9', '3.10'), *cells('3.10', name='more')]
    text = render_codecov(plan, Settings(tests=('tests', 'more')),
                          'after_n_builds: 7\n')
    assert text == 'after_n_builds: 3  # tests, more: 3.9 3.10\n'


def test_a_report_of_no_version_is_one_too() -> None:
    assert render_codecov(cells(None), Settings(), 'after_n_builds: 7\n') == (
        'after_n_builds: 1  # tests: one\n')


def test_metadata_name_the_pythons_of_the_noxfile() -> None:
    before = (
        '[metadata]\nclassifiers =\n'
        '    Environment :: Console\n'
        '    Programming Language :: Python :: 3\n'
        '    Programming Language :: Python :: 3.8\n'
        '    Programming Language :: Python :: 3 :: Only\n'
        '    Programming Language :: Python :: 3.9\n'
        '    Typing :: Typed\n'
        '[options]\npython_requires = >=3.8, <4\n# mine\n')
    plan = cells('3.10', '3.9', '3.14t', 'pypy3.10', '3', None)
    assert render_setup_cfg(plan, Settings(), before) == (
        '[metadata]\nclassifiers =\n'
        '    Environment :: Console\n'
        '    Programming Language :: Python :: 3\n'
        '    Programming Language :: Python :: 3.9\n'
        '    Programming Language :: Python :: 3.10\n'
        '    Programming Language :: Python :: 3 :: Only\n'
        '    Typing :: Typed\n'
        '[options]\npython_requires = >=3.9, <4\n# mine\n')


def test_without_plain_versions_metadata_stay() -> None:
    before = '[metadata]\n[options]\npython_requires = >=3.8\n'
    assert render_setup_cfg(cells(None), Settings(), before) == before


def test_settings_of_tools_alone_stay() -> None:
    assert render_setup_cfg(cells('3.9'), Settings(), '[flake8]\n') == (
        '[flake8]\n')


@pytest.mark.parametrize('before', [
    '[metadata]\nclassifiers =\n  Programming Language :: Python :: 3.8\n',
    '[metadata]\n[options]\npython_requires = >=3.8\n'])
def test_metadata_without_pythons_are_an_error(before: str) -> None:
    with pytest.raises(AutodevelopError, match='has no Python'):
        render_setup_cfg(cells('3.9'), Settings(), before)


def test_a_plan_without_reports_leaves_codecov_alone() -> None:
    before = 'comment:\n  after_n_builds: 7\n'
    assert render_codecov(cells(None, name='lint'), Settings(), before) == (
        before)

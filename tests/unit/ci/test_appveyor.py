"""AppVeyor's file."""
import json

import pytest
import yaml

from autodevelop.ci.appveyor import render
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings
from autodevelop.matrix.tables import Checkout


def cell(session: str, platform: str | None) -> Cell:
    return Cell(session, session, '', None, platform, ('ci',), True, None,
                session)


NAMES = ['tests-3.13(windows)', 'a"b: %c%\n', 'gr\xfc\xdfe']


@pytest.mark.parametrize(('settings', 'packages'), [
    (Settings(requirements='lock.txt'), '--require-hashes -r lock.txt'),
    (Settings(tool='1.2'), '"autodevelop[report]==1.2"'),
    (Settings(tool='a.whl'), './"a.whl[report]"'),
])
def test_each_cell_of_windows_is_a_job(
        settings: Settings, packages: str) -> None:
    cells = [cell('lint', None), cell('tests', 'linux'),
             *(cell(name, 'windows') for name in NAMES)]
    file = yaml.safe_load(render(cells, settings, 'before'))
    matrix = file['environment']['matrix']
    assert [job['job_name'] for job in matrix] == NAMES
    assert [json.loads(job['AUTODEVELOP_CELLS']) for job in matrix] == [
        [name] for name in NAMES]
    # What is set in cmd stands for itself.
    assert not any('%' in job['AUTODEVELOP_CELLS'] for job in matrix)
    assert file['install'] == [
        'py -3 -m venv ..\\.autodevelop',
        f'..\\.autodevelop\\Scripts\\python -m pip install {packages}']
    assert file['build'] is False


def test_without_cells_of_windows_there_is_nothing_to_keep() -> None:
    with pytest.raises(AutodevelopError, match='the stage ci has none'):
        render([cell('tests', 'linux')], Settings(), '')


def test_a_job_may_fail_and_have_submodules() -> None:
    settings = Settings(tool='1.2', checkout=Checkout(submodules=True))
    odd = cell('a', 'windows')._replace(may_fail=True)
    file = yaml.safe_load(render([odd, cell('b', 'windows')], settings, ''))
    assert file['matrix'] == {'allow_failures': [{'job_name': 'a'}]}
    assert file['install'][0] == 'git submodule update --init --recursive'

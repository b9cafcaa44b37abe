"""Plans and passes hold for the environment variables that they had."""
from pathlib import Path

import pytest

from autodevelop.checks.ledger import Ledger
from autodevelop.checks.named_variables import (
    ALWAYS, installed_with, named_variables, variables_hash,
)
from autodevelop.checks.plans import Plan, keep_plan, kept_plan
from autodevelop.matrix.plan import Cell

NOXFILE = """
if os.environ.get("QUICK") == 'YES' or os.environ['AUTODEVELOP_STAGE']:
    PYTHONS = os.environ['PATH']  # Not UNQUOTED, "lower" or 'A'
"""


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*ALWAYS, 'QUICK', 'YES'):
        monkeypatch.delenv(name, raising=False)


def test_a_noxfile_names_the_variables_that_it_reads() -> None:
    assert named_variables(NOXFILE) == ['AUTODEVELOP_STAGE', 'QUICK', 'YES']


def test_variables_that_are_not_set_do_not_count() -> None:
    assert variables_hash(['QUICK']) == ''
    assert installed_with('dependencies', '') == 'dependencies'


@pytest.mark.parametrize(('name', 'named'), [
    ('QUICK', ['QUICK']), ('PYTEST_ADDOPTS', []), ('PYTHONOPTIMIZE', [])])
def test_another_value_is_another_hash(
        monkeypatch: pytest.MonkeyPatch, name: str, named: list[str]) -> None:
    hashes = {variables_hash(named)}
    for value in ('1', '2'):
        monkeypatch.setenv(name, value)
        hashes.add(variables_hash(named))
    assert len(hashes) == 3
    assert len({installed_with('dependencies', each)[:6]
                for each in hashes}) == 3


def test_the_stage_counts_where_the_noxfile_asks_for_it() -> None:
    named = ['AUTODEVELOP_STAGE']
    assert variables_hash(named, 'ci') != variables_hash(named, 'pre-push')
    assert variables_hash([], 'ci') == variables_hash([], 'pre-push')


def test_a_plan_is_one_of_the_same_variables(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cell = Cell('a', 'a', '', None, None, ('ci',), True, None, 'a')
    plan = Plan([cell], ['.env'], ['QUICK'], variables_hash(['QUICK']))
    ledger = Ledger(tmp_path)
    keep_plan(ledger, ['tree', 'dependencies'], plan)
    assert kept_plan(ledger, 'tree') == plan
    assert kept_plan(ledger, 'another') is None
    # As an older version kept it, without variables.
    ledger.keep(['old'], [[cell], []])
    assert kept_plan(ledger, 'old') is None
    monkeypatch.setenv('QUICK', '1')
    assert kept_plan(ledger, 'tree') is None

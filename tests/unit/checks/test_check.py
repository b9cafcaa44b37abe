"""Sessions that ran in a room, by the names of their cells."""
from types import SimpleNamespace
from typing import Any

from autodevelop.checks.check import _by_cell
from autodevelop.checks.sessions import Ran
from autodevelop.results.outcomes import Row


def test_a_cell_keeps_the_name_that_nox_does_not_know() -> None:
    output: Any = SimpleNamespace(session='tests')
    ran = _by_cell(Ran({'tests': Row('tests', 'passed', ''),
                        'after': Row('after', 'failed', '')}, [output]),
                   {'tests': 'tests(linux)'})
    assert ran.rows == {'tests(linux)': Row('tests(linux)', 'passed', ''),
                        'after': Row('after', 'failed', '')}
    assert output.session == 'tests(linux)'

"""Colours, and who sees them."""
import io
import os
import sys

import pytest

from autodevelop.results.outcomes import Row
from autodevelop.results.tables import result_table
from autodevelop.system.output import (
    choose_color, has_color, is_terminal, painted,
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ('CI', 'NO_COLOR', 'FORCE_COLOR', 'TERM'):
        monkeypatch.setenv(name, 'x')  # Set again afterwards.
        monkeypatch.delenv(name)


@pytest.mark.parametrize(('variable', 'seen'), [
    ('TERM=xterm', True), ('TERM=dumb', False), ('CI=true', False)])
@pytest.mark.skipif(sys.platform == 'win32', reason='asks the console')
def test_a_terminal_is_one_on_which_lines_are_drawn_again(
        monkeypatch: pytest.MonkeyPatch, variable: str, seen: bool) -> None:
    monkeypatch.setenv(*variable.split('='))
    assert is_terminal(Terminal()) == seen
    assert not is_terminal(io.StringIO())


@pytest.mark.parametrize(('when', 'coloured'), [
    ('auto', False), ('always', True), ('never', False)])
def test_the_option_goes_before_the_variables(
        when: str, coloured: bool) -> None:
    os.environ['NO_COLOR'] = '1'
    choose_color(when)
    assert has_color(io.StringIO()) == coloured
    os.environ.pop('NO_COLOR', None)
    os.environ['FORCE_COLOR'] = '1'
    choose_color(when)
    assert has_color(io.StringIO()) == (when != 'never')


def test_an_outcome_has_a_colour_where_there_are_any() -> None:
    stream = io.StringIO()
    table = result_table([Row('failed-a', 'failed', 'failed')], stream)
    assert table.startswith('failed-a  failed  failed\n')
    choose_color('always')
    table = result_table([Row('failed-a', 'failed', 'failed')], stream)
    assert table.startswith('failed-a  \x1b[31mfailed\x1b[0m  failed\n')
    assert painted('a', 'unknown', stream) == 'a'

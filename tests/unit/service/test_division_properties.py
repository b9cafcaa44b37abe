"""Any text is refused or a number, and any two numbers have a quotient."""
import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autodevelop.service import compute_division
from autodevelop.service.division import (
    DECIMAL, LONGEST, NotANumber, parse_number,
)
from tests.support.texts import TEXTS

pytestmark = pytest.mark.once

FINITE = st.floats(allow_nan=False, allow_infinity=False)
NUMBER_LIKE = st.one_of(
    TEXTS,
    st.text('0123456789+-.eE_ \n\u0661\u0967\uff11', max_size=LONGEST + 2),
    st.from_regex(DECIMAL, fullmatch=True,
                  alphabet=st.characters(max_codepoint=127)),
    st.floats().map(str),
)


@given(FINITE, FINITE)
def test_division_is_the_operator_unless_y_is_zero(
        x: float, y: float) -> None:
    quotient = compute_division(x, y)
    assert quotient == (math.inf if y == 0 else x / y)
    assert not math.isnan(quotient)


@given(st.lists(NUMBER_LIKE, max_size=3) | NUMBER_LIKE.map(lambda one: [one]))
@example(['1e400'])
@example(['1e-400'])
def test_values_are_refused_or_one_finite_float(values: list[str]) -> None:
    try:
        number = parse_number(values)
    except NotANumber as error:
        assert str(error).startswith('must ')
    else:
        text, = values
        assert math.isfinite(number)
        assert number == float(text)
        assert text.isascii()
        assert len(text) <= LONGEST


@given(FINITE)
def test_every_finite_float_is_read_as_python_writes_it(
        number: float) -> None:
    assert parse_number([repr(number)]) == number

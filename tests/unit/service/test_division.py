"""Which texts are numbers, and what their quotients are."""
import math
import sys

import pytest

from autodevelop.service import compute_division
from autodevelop.service.division import LONGEST, NotANumber, parse_number


@pytest.mark.parametrize('x, y, quotient', [
    (5, 2, 2.5),
    (6, 2, 3.0),
    (-1, 4, -0.25),
    (0, 5, 0.0),
    (1, 3, 0.3333333333333333),
    (5e-324, 2, 0.0),
    (1e308, 1e-308, math.inf),
    (-1e308, 1e-308, -math.inf),
])
def test_quotient_is_that_of_binary64(
        x: float, y: float, quotient: float) -> None:
    assert compute_division(x, y) == quotient


@pytest.mark.parametrize('zero', ['0', '-0.0', '+.0e9', '1e-400', '-1e-400'])
@pytest.mark.parametrize('x', [1, 0, -0.0, -1, sys.float_info.max, 5e-324])
def test_division_by_zero_is_infinity_for_every_x(
        x: float, zero: str) -> None:
    assert compute_division(x, parse_number([zero])) == math.inf


@pytest.mark.parametrize('text, number', [
    ('5', 5.0),
    ('-2.5', -2.5),
    ('+.5', 0.5),
    ('5.', 5.0),
    ('007', 7.0),
    ('1e-3', 0.001),
    ('1E+3', 1000.0),
    ('1e-400', 0.0),
    ('1.7976931348623157e308', sys.float_info.max),
    ('9' * LONGEST, 1e64),
])
def test_ascii_decimals_are_numbers(text: str, number: float) -> None:
    assert parse_number([text]) == number


@pytest.mark.parametrize('text, why', [
    ('', 'decimal'),
    ('.', 'decimal'),
    ('+', 'decimal'),
    ('e5', 'decimal'),
    ('1e', 'decimal'),
    ('--1', 'decimal'),
    ('1,5', 'decimal'),
    ('1_000', 'decimal'),
    ('0x10', 'decimal'),
    ('nan', 'decimal'),
    ('inf', 'decimal'),
    ('-Infinity', 'decimal'),
    (' 5', 'decimal'),
    ('5 ', 'decimal'),
    ('5\n', 'decimal'),
    ('5\0', 'decimal'),
    ('\u0661\u0662', 'decimal'),
    ('\uff15', 'decimal'),
    ('\u2212' + '5', 'decimal'),
    ('1e309', 'finite'),
    ('-1e309', 'finite'),
    ('1.7976931348623159e308', 'finite'),
    ('1e' + '9' * (LONGEST - 2), 'finite'),
    ('9' * (LONGEST + 1), 'at most 64'),
])
def test_other_texts_are_refused(text: str, why: str) -> None:
    with pytest.raises(NotANumber, match=why):
        parse_number([text])


@pytest.mark.parametrize('values', [[], ['1', '2'], ['5', '5'], ['', '5']])
def test_none_and_several_values_are_refused(values: list[str]) -> None:
    with pytest.raises(NotANumber, match=f'once, not {len(values)} times'):
        parse_number(values)

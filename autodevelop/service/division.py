"""Numbers as text, and their quotient; nothing of HTTP."""
import math
import re
from collections.abc import Sequence

LONGEST = 64
"""Characters that a number may have."""

DECIMAL = r'[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?'
"""The notation of a number: ASCII digits, no spaces, no underscores."""

_decimal = re.compile(DECIMAL)


class NotANumber(ValueError):
    """The service does not accept this number; the message says why."""


def parse_number(values: Sequence[str]) -> float:
    """Read the one value that a parameter was given.

    ``float()`` alone would let ``nan``, ``1_000`` and Arabic digits pass and
    turn ``1e309`` into infinity.

    Raises NotANumber for none or several values, other notations, more than
    64 characters, and numbers that binary64 cannot hold.
    """
    if len(values) != 1:
        raise NotANumber(
            f'must be given exactly once, not {len(values)} times')
    text, = values
    if len(text) > LONGEST:
        raise NotANumber(f'must have at most {LONGEST} characters')
    if not _decimal.fullmatch(text):
        raise NotANumber('must be a decimal number such as 5, -2.5 or 1e-3')
    number = float(text)
    if math.isinf(number):
        raise NotANumber('must be finite as a binary64 number')
    return number


def compute_division(x: float, y: float) -> float:
    """Divide x by y; infinity for every x when y is zero, -0.0 included.

    A quotient that binary64 cannot hold is infinite as in IEEE 754.
    """
    return math.inf if y == 0 else x / y

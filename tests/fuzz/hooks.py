"""What schemathesis is told; it imports this (SCHEMATHESIS_HOOKS)."""
import math

import schemathesis
from hypothesis import strategies as st

from autodevelop.service.division import DECIMAL, LONGEST

# 'Finite' cannot be said as a pattern: 1e999 fits, and is rightly refused.
FINITE_DECIMALS = st.from_regex(DECIMAL, fullmatch=True).filter(
    lambda text: len(text) <= LONGEST and math.isfinite(float(text)))

schemathesis.openapi.format('finite-decimal', FINITE_DECIMALS)

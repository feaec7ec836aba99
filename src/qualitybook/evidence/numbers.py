"""Numbers as people round them: by their decimal digits, half away from zero, never with a sign on nothing."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal
from numbers import Integral

_SAFE_DIGITS = 15
"""A decimal number of so many digits survives the way through a binary one; the digits beyond are noise."""
_CONTEXT = Context(prec=60)
SCALES = {"十": 1e1, "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}
SCALES |= {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
"""What words behind a number multiply it by."""
SCALE_WORD = re.compile(rf"(?:{'|'.join(SCALES)})(?![瓦克米卡伏帕分])")
"""But 千 of 千瓦 and 百 of 百分点 is of the unit."""


def as_decimal(value: str | float | Decimal) -> Decimal:
    """Return a number by its decimal digits: of a text all of them, of a binary number those that are no noise."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, str):
        return Decimal(value)
    if isinstance(value, Integral):
        return Decimal(int(value))
    return Decimal(f"{value:.{_SAFE_DIGITS}g}")


def rounded(value: str | float | Decimal, decimals: int = 0) -> Decimal:
    """Return a number with so many decimals, halves away from zero: 98.25 becomes 98.3; nothing has no sign."""
    made = as_decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, _CONTEXT)
    return abs(made) if made.is_zero() else made


def printed(value: str | float | Decimal, decimals: int) -> str:
    """Return a number as the tables of the evidence print it: digits, a point and a hyphen for minus."""
    return f"{rounded(value, decimals):f}"


def decimals_of(text: str) -> int:
    """Return how many decimals a number is printed with."""
    return len(text.partition(".")[2])


def whole_percent(share: float) -> int:
    """Return a share as a whole number of percent."""
    return int(rounded(as_decimal(share) * 100))


def significant(value: float, digits: int) -> str:
    """Return a number with so many significant digits at most, as programs write it."""
    return f"{value:.{digits}g}"

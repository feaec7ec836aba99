"""How numbers are written in every language.

Every number that a reader sees goes through this module. Numbers are rounded by their decimal digits, halves away from
zero (`qualitybook.evidence.numbers`), have a true minus sign and never a sign on nothing.
"""

from __future__ import annotations

import re
from decimal import Decimal

from qualitybook.evidence.numbers import as_decimal, printed, rounded

_PROBABILITY_FLOOR = 5
_PROBABILITY_CEILING = 95
MINUS = "−"
NONE = "–"
"""What stands for a number that there is not."""
_WHOLE_PART = re.compile(r"\d{4,}")


def grouped(text: str) -> str:
    """Return a printed number with commas in a whole part of four digits or more and a true minus (``−5,600.5``)."""
    whole, point, fraction = text.partition(".")
    return _WHOLE_PART.sub(lambda digits: f"{int(digits[0]):,}", whole).replace("-", MINUS) + point + fraction


def number(value: str | float | Decimal, decimals: int) -> str:
    """Return a number with so many decimals; a dash for one that is none."""
    made = as_decimal(value)
    return grouped(printed(made, decimals)) if made.is_finite() else NONE


def short(value: str | float | Decimal) -> str:
    """Return a number with the decimals that it needs: 98.5 as ``98.5``, 25.0 as ``25``."""
    return grouped(f"{as_decimal(value).normalize():f}")


def signed(value: str | float | Decimal, decimals: int) -> str:
    """Return a number with its sign: ``+1.3``, ``−0.5``, and ``0.0`` without any."""
    return ("+" if rounded(value, decimals) > 0 else "") + number(value, decimals)


def percent_text(percent: int) -> str:
    """Return the printed probability: whole percents, ``< 5%`` and ``> 95%`` beyond what calibration supports."""
    if percent < _PROBABILITY_FLOOR:
        return f"< {_PROBABILITY_FLOOR}%"
    if percent > _PROBABILITY_CEILING:
        return f"> {_PROBABILITY_CEILING}%"
    return f"{percent}%"

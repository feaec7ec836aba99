"""How periods, numbers with units, probabilities and dates are written in each language."""

from __future__ import annotations

import re
from datetime import date

from qualitybook.evidence.periods import Period
from qualitybook.report import labels
from qualitybook.report.i18n import Words

PROBABILITY_FLOOR = 5
PROBABILITY_CEILING = 95
MINUS = "−"
LONG_WHOLE_PART = re.compile(r"\d{5,}")


def grouped(text: str) -> str:
    """Return a number with commas in a whole part of five digits or more (``560,000``), as GB/T 15835 allows."""
    whole, point, fraction = text.partition(".")
    return LONG_WHOLE_PART.sub(lambda digits: f"{int(digits[0]):,}", whole) + point + fraction


def quantity(words: Words, number: str, unit: str) -> str:
    """Return a number as printed with its unit (``98.5%``, ``120 µg/m³``); counts and index points stand alone.

    The unit of a place in a ranking stands before it (``rank 9``). A unit that begins with a number, as English has it
    where Chinese has a word, is a factor: ``3,120 × 100 million yuan``.
    """
    number = grouped(number)
    if unit == "percent":
        return f"{number}%"
    if unit in ("count", "index", "ratio", "flag"):
        return number
    if unit == "rank":
        return words.gettext("rank {number}", number=number)
    name = labels.label(words, labels.UNITS, unit)
    if name[:1].isdigit():
        return f"{number} × {name}"
    return f"{number}{name}" if words.code == "zh" else f"{number} {name}"


def qualified(words: Words, number: str, unit: str, qualifier: str) -> str:
    """Return a figure with the mark of its qualifier: ``≥ 98%``, ``≤ 3``, ``≈ 560,000``."""
    mark = {"at_least": "≥ ", "at_most": "≤ ", "about": "≈ "}.get(qualifier, "")
    return mark + quantity(words, number, unit)


def number(value: float, decimals: int) -> str:
    """Return a computed number with a fixed number of decimals, a true minus sign and grouped digits."""
    return grouped(f"{value:.{decimals}f}").replace("-", MINUS)


def percent_text(percent: int) -> str:
    """Return the printed probability: whole percents, ``< 5%`` and ``> 95%`` beyond what calibration supports."""
    if percent < PROBABILITY_FLOOR:
        return f"< {PROBABILITY_FLOOR}%"
    if percent > PROBABILITY_CEILING:
        return f"> {PROBABILITY_CEILING}%"
    return f"{percent}%"


def period(words: Words, text: str) -> str:
    """Return a period as the language writes it; an empty one as "year not stated"."""
    _ = words.gettext
    if not text:
        return _("year not stated")
    parsed = Period.parse(text)
    if parsed.kind == "year":
        return year(words, parsed.start.year)
    if parsed.kind == "half":
        half = 1 if parsed.start.month == 1 else 2
        return (
            _("first half of {year}", year=parsed.start.year)
            if half == 1
            else _("second half of {year}", year=parsed.start.year)
        )
    if parsed.kind == "quarter":
        return _("quarter {quarter} of {year}", quarter=(parsed.start.month + 2) // 3, year=parsed.start.year)
    if parsed.kind == "month":
        return words.month(parsed.start.year, parsed.start.month)
    return _interval(words, parsed)


def _interval(words: Words, parsed: Period) -> str:
    first, last = parsed.start, parsed.end
    if first.year == last.year and words.code == "zh":
        return f"{first.year}年{first.month}—{last.month}月"
    dash = "—" if words.code == "zh" else " – "
    return f"{words.month(first.year, first.month)}{dash}{words.month(last.year, last.month)}"


def year(words: Words, value: int) -> str:
    """Return a calendar year: ``2025年``, ``2025``."""
    return f"{value}年" if words.code == "zh" else str(value)


def published(words: Words, text: str) -> str:
    """Return a source's date as precisely as it is known."""
    if not text:
        return words.gettext("no date")
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 1:
        return year(words, parts[0])
    return words.month(*parts) if len(parts) == 2 else words.date(date(*parts))


def unit_name(words: Words, unit: str) -> str:
    """Return the words for a unit, as an axis names it."""
    return labels.label(words, labels.UNITS, unit)

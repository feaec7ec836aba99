"""How periods, numbers with units, changes, ranges, probabilities and dates are written in each language.

Every number that a reader sees goes through this module. Numbers are rounded by their decimal digits, halves away from
zero (`qualitybook.evidence.numbers`), have a true minus sign and never a sign on nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from qualitybook.evidence.catalog import Unit
from qualitybook.evidence.numbers import as_decimal, decimals_of, printed, rounded
from qualitybook.evidence.periods import Period
from qualitybook.report.i18n import Words

_PROBABILITY_FLOOR = 5
_PROBABILITY_CEILING = 95
_MINUS = "−"
NONE = "–"
"""What stands for a number that there is not."""
_LEAST_DIGITS = 4
"""Digits that a number keeps at least where a language writes it at another scale than the evidence."""
_LEAST_IN_MYRIADS = 10_000
_WHOLE_PART = re.compile(r"\d{4,}")
_MARKS = {"at_least": "≥ ", "at_most": "≤ ", "about": "≈ "}


@dataclass(frozen=True)
class Axis:
    """What the numbers along an axis are called, and the power of ten that makes them of the evidence's values."""

    name: str
    shift: int


# Numbers


def grouped(text: str) -> str:
    """Return a printed number with commas in a whole part of four digits or more and a true minus (``−5,600.5``)."""
    whole, point, fraction = text.partition(".")
    return _WHOLE_PART.sub(lambda digits: f"{int(digits[0]):,}", whole).replace("-", _MINUS) + point + fraction


def number(value: str | float | Decimal, decimals: int) -> str:
    """Return a number with so many decimals; a dash for one that is none."""
    made = as_decimal(value)
    return grouped(printed(made, decimals)) if made.is_finite() else NONE


def short(value: str | float | Decimal) -> str:
    """Return a number with the decimals that it needs: 98.5 as ``98.5``, 25.0 as ``25``."""
    return grouped(f"{as_decimal(value).normalize():f}")


def signed(value: str | float | Decimal, decimals: int) -> str:
    """Return a number with its sign: ``+1.3``, ``−0.5``, and ``0.0`` without any."""
    return _plus(rounded(value, decimals)) + number(value, decimals)


def _plus(value: Decimal) -> str:
    return "+" if value > 0 else ""


def share(value: float, decimals: int = 0) -> str:
    """Return a share as percent: 0.912 as ``91%``."""
    return number(as_decimal(value) * 100, decimals) + "%"


# Numbers with units


@dataclass(frozen=True)
class _Scaled:
    """A number as a language writes it: its digits, and the word for the power of ten that stands behind them."""

    digits: str
    word: str


def quantity(words: Words, number: str, unit: Unit) -> str:
    """Return a printed number with its unit as the language writes it: ``98.5%``, ``第9位``, ``CNY 1,240.7 billion``.

    Chinese keeps every digit. English writes millions and billions for what Chinese counts by ten thousands, with four
    digits or the decimals that the unit names, and never with more than the evidence has.
    """
    if not number:
        return ""
    if unit.form == "flag":
        return words.gettext("no") if as_decimal(number).is_zero() else words.gettext("yes")
    return _with_unit(words, _scaled(words, number, unit, _exponent(words, number, unit)), unit)


def _with_unit(words: Words, number: _Scaled, unit: Unit) -> str:
    text = words.name(unit, "text")
    if words.code == "en" and unit.one_en and number.digits == "1" and not number.word:
        text = unit.one_en
    space = " " if number.word and words.code != "zh" else ""
    return text.replace("{}", f"{number.digits}{space}{number.word}")


def _exponent(words: Words, number: str, unit: Unit) -> int:
    """Return the power of ten whose word the language puts behind a number; 0 for none."""
    stored, value = _power(unit), as_decimal(number)
    if words.code == "zh":
        exponent = stored - stored % 4
        value = value.scaleb(stored - exponent)
        # Whole numbers read better by the next word if they lose nothing and need two decimals at most.
        while decimals_of(number) == 0 and abs(value) >= _LEAST_IN_MYRIADS and value % 100 == 0 and exponent < 12:
            exponent, value = exponent + 4, value.scaleb(-4)
        return exponent
    size = value.scaleb(stored)
    return 0 if unit.scale == 1 else next((power for power in (9, 6) if abs(size) >= 10**power), 0)


def _power(unit: Unit) -> int:
    return len(str(unit.scale)) - 1


def _scaled(words: Words, number: str, unit: Unit, exponent: int) -> _Scaled:
    """Return a number at a power of ten, with no more decimals than it was printed with."""
    value = as_decimal(number).scaleb(_power(unit) - exponent)
    # The digits after the point are as printed; zeros at the end of a whole number may be digits or not.
    decimals = max(0, decimals_of(number) + exponent - _power(unit))
    if decimals_of(number) == 0:
        decimals = max(0, -int(value.normalize().as_tuple().exponent))
    if words.code != "zh" and exponent != _power(unit) and exponent:
        whole = len(str(abs(int(value))))
        decimals = min(decimals, max(unit.decimals or 0, _LEAST_DIGITS - whole))
    return _Scaled(grouped(printed(value, decimals)), _word(words, exponent))


def _word(words: Words, exponent: int) -> str:
    if words.code == "zh":
        return {0: "", 4: "万", 8: "亿", 12: "万亿"}[exponent]
    return {0: "", 6: "million", 9: "billion"}[exponent]


def axis(words: Words, unit: Unit) -> Axis:
    """Return what an axis is called that shows values of a unit, and how its ticks are made of them."""
    stored = _power(unit)
    if stored == 0:
        return Axis(words.name(unit), 0)
    exponent = stored - stored % 4 if words.code == "zh" else 9 if stored >= 8 else 6
    return Axis(words.name(unit, "text").replace("{}", _word(words, exponent)), stored - exponent)


def unit_name(words: Words, unit: Unit) -> str:
    """Return the words for a unit, as an axis names it."""
    return axis(words, unit).name


def qualified(words: Words, number: str, unit: Unit, qualifier: str) -> str:
    """Return a figure with the mark of its qualifier, short for tables and charts: ``≥ 98%``, ``≈ 560,000``."""
    return _MARKS.get(qualifier, "") + quantity(words, number, unit)


def told(words: Words, number: str, unit: Unit, qualifier: str) -> str:
    """Return a figure with its qualifier in words, for running text: ``98% or more``, ``约3.6%``."""
    figure = quantity(words, number, unit)
    if qualifier == "at_least" and unit.form in ("count", "money", "rank"):
        return words.gettext("at least {figure}", figure=figure)
    return in_words(words, figure, qualifier)


def in_words(words: Words, figure: str, qualifier: str) -> str:
    """Return a finished number with its qualifier in words."""
    _ = words.gettext
    if qualifier == "at_least":
        return _("{figure} or more", figure=figure)
    if qualifier == "at_most":
        return _("at most {figure}", figure=figure)
    return _("about {figure}", figure=figure) if qualifier == "about" else figure


# Ranges and changes


def span(words: Words, low: str, high: str, unit: Unit | None = None) -> str:
    """Return a range of printed numbers: ``3.34%～4.15%``, ``3.34–4.15%``, ``−0.8 to 0.9``; one number for equal ends.

    Both ends are written at the scale of the larger one. Without a unit the numbers stand alone.
    """
    if unit is None:
        ends = [grouped(end) for end in (low, high)]
        return ends[0] if ends[0] == ends[1] else joined(words, *ends)
    exponent = _exponent(words, max(low, high, key=lambda end: abs(as_decimal(end))), unit)
    first, last = (_scaled(words, end, unit, exponent) for end in (low, high))
    if first == last:
        return _with_unit(words, last, unit)
    if words.code == "zh" and unit.form in ("percent", "rank"):
        return joined(words, _with_unit(words, first, unit), _with_unit(words, last, unit))
    return _with_unit(words, _Scaled(joined(words, first.digits, last.digits), last.word), unit)


def interval(words: Words, low: float, high: float, decimals: int, unit: Unit | None = None) -> str:
    """Return a computed range with so many decimals, written as `span` writes it."""
    return span(words, printed(low, decimals), printed(high, decimals), unit)


def joined(words: Words, low: str, high: str) -> str:
    """Return a range of finished texts: ``93%～97%``, ``93–97%``; English says "to" where an end has a sign."""
    if words.code == "zh":
        return f"{low}～{high}"
    return f"{low} to {high}" if {_MINUS, "+"} & {*low, *high} else f"{low}–{high}"


def change(words: Words, before: str, after: str, unit: Unit) -> str:
    """Return the change between two printed figures of a unit: ``+2.34个百分点``, ``up 11 places``, ``no change``.

    It has as many decimals as the one of the two that has more.
    """
    return difference(words, as_decimal(after) - as_decimal(before), unit)


def difference(words: Words, amount: Decimal, unit: Unit) -> str:
    """Return a difference of figures of a unit with its sign, in as many decimals as it has."""
    _ = words.gettext
    if amount.is_zero():
        return _("no change")
    size = f"{abs(amount):f}"
    if unit.form == "rank":
        places = int(rounded(abs(amount)))
        fewer = words.ngettext("up {count} place", "up {count} places", places)
        return fewer if amount < 0 else words.ngettext("down {count} place", "down {count} places", places)
    sign = "+" if amount > 0 else _MINUS
    if unit.form == "percent":
        points = 1 if size == "1" else 2
        told = {"amount": sign + grouped(size)}
        return words.ngettext("{amount} percentage point", "{amount} percentage points", points, **told)
    return sign + _with_unit(words, _scaled(words, size, unit, _exponent(words, size, unit)), unit)


# Probabilities


def percent_text(percent: int) -> str:
    """Return the printed probability: whole percents, ``< 5%`` and ``> 95%`` beyond what calibration supports."""
    if percent < _PROBABILITY_FLOOR:
        return f"< {_PROBABILITY_FLOOR}%"
    if percent > _PROBABILITY_CEILING:
        return f"> {_PROBABILITY_CEILING}%"
    return f"{percent}%"


# Periods and dates


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
    """Return an interval: ``2024年1—9月``, ``January–September 2024``, and whole years as years, ``2016–2020``."""
    first, last = parsed.start, parsed.end
    if (first.month, last.month) == (1, 12):
        return years(words, first.year, last.year)
    if words.code == "zh":
        later = f"{last.month}月" if first.year == last.year else words.month(last.year, last.month)
        earlier = f"{first.year}年{first.month}" if first.year == last.year else words.month(first.year, first.month)
        return f"{earlier}—{later}"
    earlier = words.month(first.year, first.month)
    if first.year == last.year:
        earlier = earlier.removesuffix(f" {first.year}")
    return f"{earlier}–{words.month(last.year, last.month)}"


def year(words: Words, value: int) -> str:
    """Return a calendar year: ``2025年``, ``2025``."""
    return f"{value}年" if words.code == "zh" else str(value)


def years(words: Words, first: int, last: int) -> str:
    """Return a run of calendar years: ``2013—2022年``, ``2013–2022``."""
    if first == last:
        return year(words, first)
    return f"{first}—{year(words, last)}" if words.code == "zh" else f"{first}–{last}"


def published(words: Words, text: str) -> str:
    """Return a source's date as precisely as it is known."""
    if not text:
        return words.gettext("no date")
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 1:
        return year(words, parts[0])
    return words.month(*parts) if len(parts) == 2 else words.date(date(*parts))

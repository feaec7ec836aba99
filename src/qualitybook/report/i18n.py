"""Words in the reader's language: gettext catalogs, and numbers, periods and dates as the language writes them.

The message ids are the English sentences; every other language is a catalog `locale/<code>/LC_MESSAGES/qualitybook.po`.
The catalogs are read as they are edited, without a compile step, so that nothing generated lies in the tree.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from qualitybook.errors import RefusedError
from qualitybook.evidence.numbers import as_decimal, decimals_of, printed, rounded
from qualitybook.evidence.periods import Period
from qualitybook.report.formats import MINUS, grouped

if TYPE_CHECKING:
    from qualitybook.evidence.catalog import Unit

SOURCE_LANGUAGE = "en"
_LEAST_DIGITS = 4
"""Digits that a number keeps at least where a language writes it at another scale than the evidence."""
_LEAST_IN_MYRIADS = 10_000
# With a space at which no line ends.
_MARKS = {"at_least": "≥\N{NO-BREAK SPACE}", "at_most": "≤\N{NO-BREAK SPACE}", "about": "≈\N{NO-BREAK SPACE}"}


@dataclass(frozen=True)
class Language:
    """One language of the book."""

    code: str
    """Short code used in paths and parameters."""
    sphinx: str
    html: str
    """The same language as Sphinx and as HTML's ``lang`` attribute name it."""
    name: str
    """The language's own name for itself."""
    comma: str = ", "
    enumeration: str = ", "
    stop: str = ". "
    colon: str = ": "
    semicolon: str = "; "
    open: str = " ("
    close: str = ")"
    """Its punctuation."""


LANGUAGES = {
    "zh": Language("zh", "zh_CN", "zh-CN", "中文", "，", "、", "。", "：", "；", "（", "）"),
    "en": Language("en", "en", "en", "English"),
}


def unknown_language(found: str) -> RefusedError:
    """Return the refusal of a language that the book has no words for."""
    return RefusedError(f"language {found!r} is not known; allowed: {', '.join(LANGUAGES)}")


def language(code: str) -> Language:
    """Return the language with this code; RefusedError if the book has no words in it."""
    try:
        return LANGUAGES[code]
    except KeyError:
        raise unknown_language(code) from None


@cache
def translator(code: str) -> gettext.NullTranslations:
    """Return the gettext translations of a language (the identity for English), RefusedError if the book has none."""
    if language(code).code == SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    catalog_file = resources.files(__package__) / "locale" / code / "LC_MESSAGES" / "qualitybook.po"
    with catalog_file.open("rb") as text:
        catalog = read_po(text, locale=language(code).sphinx)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@dataclass(frozen=True)
class Axis:
    """What the numbers along an axis are called, and the power of ten that makes them of the evidence's values."""

    name: str
    shift: int


@dataclass(frozen=True)
class _Scaled:
    """A number as a language writes it: its digits, and the word for the power of ten that stands behind them."""

    digits: str
    word: str


def _power(unit: Unit) -> int:
    return len(str(unit.scale)) - 1


class Words:
    """The voice of one language: messages, numbers with units, changes, ranges, periods, dates and lists."""

    def __init__(self, code: str) -> None:
        self.language = language(code)
        self._translations = translator(code)

    @property
    def code(self) -> str:
        """The language's short code."""
        return self.language.code

    def gettext(self, message: str, **values: object) -> str:
        """Return the message in this language, its ``{placeholders}`` filled with `values`."""
        # For no message gettext returns the head of its catalog.
        text = self._translations.gettext(message) if message else ""
        return text.format(**values) if values else text

    def ngettext(self, singular: str, plural: str, count: int, **values: object) -> str:
        """Return the message for `count`, which fills ``{count}`` with its thousands apart."""
        return self.unfilled(singular, plural, count).format(count=f"{count:,}", **values)

    def unfilled(self, singular: str, plural: str, count: int) -> str:
        """Return the message for `count` with its placeholders."""
        return self._translations.ngettext(singular, plural, count)

    def text(self, row: object, field: str) -> str:
        """Return ``<field>_<language>`` of a record of the evidence (a dataclass, a named tuple or a Series)."""
        return str(getattr(row, f"{field}_{self.code}"))

    def name(self, row: object, field: str = "name") -> str:
        """Return the same as a line."""
        return self.text(row, field).replace("\n", " ")

    def join(self, items: Iterable[str]) -> str:
        """Return the items as an enumeration (``、`` in Chinese, a comma in English)."""
        return self.language.enumeration.join(items)

    def sentences(self, items: Iterable[str]) -> str:
        """Return finished sentences set one after the other (a space between them in English)."""
        return ("" if self.code == "zh" else " ").join(item for item in items if item)

    def parentheses(self, text: str) -> str:
        """Return `text` in the language's parentheses, ready to follow a word; those at its end become a comma."""
        if text.endswith(self.language.close) and self.language.open in text:
            head, _open, tail = text.removesuffix(self.language.close).rpartition(self.language.open)
            text = head + self.language.comma + tail
        return f"{self.language.open}{text}{self.language.close}"

    def aside(self, text: str, said: str) -> str:
        """Return `text` with what is said of it in parentheses: in those that it ends with, else in new ones."""
        if not said:
            return text
        if text.endswith(self.language.close):
            return text.removesuffix(self.language.close) + self.language.comma + said + self.language.close
        return text + self.parentheses(said)

    def date(self, day: date) -> str:
        """Return a date as the language writes it: ``2026年11月22日``, ``22 November 2026``."""
        from babel.dates import format_date

        if self.code == "zh":
            return f"{day.year}年{day.month}月{day.day}日"
        return format_date(day, "d MMMM yyyy", locale=self.language.sphinx)

    def month(self, year: int, month: int) -> str:
        """Return a month of a year: ``2024年9月``, ``September 2024``."""
        from babel.dates import format_date

        if self.code == "zh":
            return f"{year}年{month}月"
        return format_date(date(year, month, 1), "MMMM yyyy", locale=self.language.sphinx)

    def quantity(self, number: str, unit: Unit) -> str:
        """Return a printed number with its unit: ``98.5%``, ``第9位``, ``CNY 1,240.7 billion``.

        Chinese keeps every digit. English writes millions and billions for what Chinese counts by ten thousands, with
        four digits or the decimals that the unit names, and never with more than the evidence has.
        """
        if not number:
            return ""
        if unit.form == "flag":
            return self.gettext("no") if as_decimal(number).is_zero() else self.gettext("yes")
        return self._with_unit(self._scaled(number, unit, self._exponent(number, unit)), unit)

    def _with_unit(self, number: _Scaled, unit: Unit) -> str:
        text = self.name(unit, "text")
        if self.code == "en" and unit.one_en and number.digits == "1" and not number.word:
            text = unit.one_en
        space = " " if number.word and self.code != "zh" else ""
        return text.replace("{}", f"{number.digits}{space}{number.word}")

    def _exponent(self, number: str, unit: Unit) -> int:
        """Return the power of ten whose word the language puts behind a number; 0 for none."""
        stored, value = _power(unit), as_decimal(number)
        if self.code == "zh":
            exponent = stored - stored % 4
            value = value.scaleb(stored - exponent)
            # Whole numbers read better by the next word if they lose nothing and need two decimals at most.
            while decimals_of(number) == 0 and abs(value) >= _LEAST_IN_MYRIADS and value % 100 == 0 and exponent < 12:
                exponent, value = exponent + 4, value.scaleb(-4)
            return exponent
        size = value.scaleb(stored)
        return 0 if unit.scale == 1 else next((power for power in (9, 6) if abs(size) >= 10**power), 0)

    def _scaled(self, number: str, unit: Unit, exponent: int) -> _Scaled:
        """Return a number at a power of ten, with no more decimals than it was printed with."""
        value = as_decimal(number).scaleb(_power(unit) - exponent)
        # The digits after the point are as printed; zeros at the end of a whole number may be digits or not.
        decimals = max(0, decimals_of(number) + exponent - _power(unit))
        if decimals_of(number) == 0:
            decimals = max(0, -int(value.normalize().as_tuple().exponent))
        if self.code != "zh" and exponent != _power(unit) and exponent:
            whole = len(str(abs(int(value))))
            decimals = min(decimals, max(unit.decimals or 0, _LEAST_DIGITS - whole))
        return _Scaled(grouped(printed(value, decimals)), self._word(exponent))

    def _word(self, exponent: int) -> str:
        if self.code == "zh":
            return {0: "", 4: "万", 8: "亿", 12: "万亿"}[exponent]
        return {0: "", 6: "million", 9: "billion"}[exponent]

    def axis(self, unit: Unit) -> Axis:
        """Return what an axis is called that shows values of a unit, and how its ticks are made of them."""
        stored = _power(unit)
        if stored == 0:
            return Axis(self.name(unit), 0)
        exponent = stored - stored % 4 if self.code == "zh" else 9 if stored >= 8 else 6
        return Axis(self.name(unit, "text").replace("{}", self._word(exponent)), stored - exponent)

    def unit_name(self, unit: Unit) -> str:
        """Return the words for a unit, as an axis names it."""
        return self.axis(unit).name

    def qualified(self, number: str, unit: Unit, qualifier: str) -> str:
        """Return a figure with the mark of its qualifier, short for tables and charts: ``≥ 98%``, ``≈ 560,000``."""
        return _MARKS.get(qualifier, "") + self.quantity(number, unit)

    def told(self, number: str, unit: Unit, qualifier: str) -> str:
        """Return a figure with its qualifier in words, for running text: ``98% or more``, ``约3.6%``."""
        figure = self.quantity(number, unit)
        if qualifier == "at_least" and unit.form in ("count", "money", "rank"):
            return self.gettext("at least {figure}", figure=figure)
        return self.in_words(figure, qualifier)

    def in_words(self, figure: str, qualifier: str) -> str:
        """Return a finished number with its qualifier in words."""
        _ = self.gettext
        if qualifier == "at_least":
            return _("{figure} or more", figure=figure)
        if qualifier == "at_most":
            return _("at most {figure}", figure=figure)
        return _("about {figure}", figure=figure) if qualifier == "about" else figure

    def span(self, low: str, high: str, unit: Unit | None = None) -> str:
        """Return a range of printed numbers, ``3.34%～4.15%``, ``3.34–4.15%``, ``−0.8 to 0.9``; one for equal ends.

        Both ends are written at the scale of the larger one. Without a unit the numbers stand alone.
        """
        if unit is None:
            ends = [grouped(end) for end in (low, high)]
            return ends[0] if ends[0] == ends[1] else self.between(*ends)
        exponent = self._exponent(max(low, high, key=lambda end: abs(as_decimal(end))), unit)
        first, last = (self._scaled(end, unit, exponent) for end in (low, high))
        if first == last:
            return self._with_unit(last, unit)
        if self.code == "zh" and unit.form in ("percent", "rank"):
            return self.between(self._with_unit(first, unit), self._with_unit(last, unit))
        return self._with_unit(_Scaled(self.between(first.digits, last.digits), last.word), unit)

    def interval(self, low: float, high: float, decimals: int, unit: Unit | None = None) -> str:
        """Return a computed range with so many decimals, written as `span` writes it."""
        return self.span(printed(low, decimals), printed(high, decimals), unit)

    def between(self, low: str, high: str) -> str:
        """Return a range of finished texts: ``93%～97%``, ``93–97%``; English says "to" where an end has a sign."""
        if self.code == "zh":
            return f"{low}～{high}"
        return f"{low} to {high}" if {MINUS, "+"} & {*low, *high} else f"{low}–{high}"

    def difference(self, amount: Decimal, unit: Unit) -> str:
        """Return a difference of figures in as many decimals as it has: ``+2.34个百分点``, ``up 11 places``."""
        _ = self.gettext
        if amount.is_zero():
            return _("no change")
        size = f"{abs(amount):f}"
        if unit.form == "rank":
            places = int(rounded(abs(amount)))
            fewer = self.ngettext("up {count} place", "up {count} places", places)
            return fewer if amount < 0 else self.ngettext("down {count} place", "down {count} places", places)
        sign = "+" if amount > 0 else MINUS
        if unit.form == "percent":
            points = 1 if size == "1" else 2
            told = {"amount": sign + grouped(size)}
            return self.ngettext("{amount} percentage point", "{amount} percentage points", points, **told)
        return sign + self._with_unit(self._scaled(size, unit, self._exponent(size, unit)), unit)

    def period_text(self, text: str) -> str:
        """Return a period as the language writes it; an empty one as "year not stated"."""
        _ = self.gettext
        if not text:
            return _("year not stated")
        parsed = Period.parse(text)
        if parsed.kind == "year":
            return self.year(parsed.start.year)
        if parsed.kind == "half":
            half = 1 if parsed.start.month == 1 else 2
            return _("H1 {year}", year=parsed.start.year) if half == 1 else _("H2 {year}", year=parsed.start.year)
        if parsed.kind == "quarter":
            return _("Q{quarter} {year}", quarter=(parsed.start.month + 2) // 3, year=parsed.start.year)
        if parsed.kind == "month":
            return self.month(parsed.start.year, parsed.start.month)
        return self._interval(parsed)

    def _interval(self, parsed: Period) -> str:
        """Return an interval: ``2024年1—9月``, ``January–September 2024``, and whole years as years, ``2016–2020``."""
        first, last = parsed.start, parsed.end
        if (first.month, last.month) == (1, 12):
            return self.years(first.year, last.year)
        if self.code == "zh":
            later = f"{last.month}月" if first.year == last.year else self.month(last.year, last.month)
            earlier = f"{first.year}年{first.month}" if first.year == last.year else self.month(first.year, first.month)
            return f"{earlier}—{later}"
        earlier = self.month(first.year, first.month)
        if first.year == last.year:
            earlier = earlier.removesuffix(f" {first.year}")
        return f"{earlier}–{self.month(last.year, last.month)}"

    def year(self, value: int) -> str:
        """Return a calendar year: ``2025年``, ``2025``."""
        return f"{value}年" if self.code == "zh" else str(value)

    def years(self, first: int, last: int) -> str:
        """Return a run of calendar years: ``2013—2022年``, ``2013–2022``."""
        if first == last:
            return self.year(first)
        return f"{first}—{self.year(last)}" if self.code == "zh" else f"{first}–{last}"

    def published(self, text: str) -> str:
        """Return a source's date as precisely as it is known."""
        if not text:
            return self.gettext("no date")
        parts = [int(part) for part in text.split("-")]
        if len(parts) == 1:
            return self.year(parts[0])
        return self.month(*parts) if len(parts) == 2 else self.date(date(*parts))

"""From a cell of a spreadsheet to the text that the evidence holds, or to what is wrong with it.

A number counts as printed the way its cell shows it: ``98.5`` with the format ``0.00`` is ``98.50``.

A number format has up to four sections with semicolons between them: for positive numbers, negative ones, zero and
text; or for the numbers that meet a condition in brackets. The digits that the section which applies shows are the
figure, with its zeros. What cannot be told for sure (fractions, digits in other scripts, words between digits) is said
to be so, never guessed. The language of formats is that of ECMA-376, part 1, 18.8.31, with what Chinese Excel and WPS
add: ``G/通用格式`` for ``General``, colours by their Chinese names, and ``!`` before a sign that is meant as it stands.

The packages at hand that write numbers by such formats round in binary (1.005 in ``0.00`` becomes 1.00), print to the
terminal, or have had no release for years; and none says when it guesses.
"""

from __future__ import annotations

import operator
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Any

from qualitybook.errors import QualitybookError, shortened
from qualitybook.evidence.numbers import SCALE_WORD
from qualitybook.evidence.periods import PERIOD_FORMS
from qualitybook.evidence.schema import KEY_TYPES, PROVISIONAL, Field

LEAVE_OUT: Mapping[str, str] = {"": ""}
"""The remedy of a row that is no figure: leave it out."""

SHOWN_OTHERWISE = "shown_otherwise"
"""Code of a number whose cell shows more than the number."""


@dataclass(frozen=True)
class Finding:
    """What is wrong with the way one cell was entered."""

    found: str
    allowed: str
    advice: str
    code: str
    level: str = "error"
    remedy: Mapping[str, str] = field(default_factory=dict)
    """What `advice` says to enter, by column, where it is a text: a figure that follows it is taken in."""


@dataclass(frozen=True)
class Fault:
    """One thing that is amiss with one cell."""

    sheet: str
    cell: str
    """Where, as a spreadsheet names it (``C7``); `cell` is empty for a sheet or a file as a whole."""
    column: str
    """Name of the column; empty where none is meant."""
    found: str
    allowed: str
    """What stands there, and what may."""
    advice: str
    """What to do."""
    code: str
    """Which rule was broken, in snake case."""
    level: str = "error"
    """``error`` (never taken in), ``doubt`` (taken in where the row's column `settled` names its code and notes in
    both languages say why, or if told so) or ``warning``."""
    remedy: Mapping[str, str] = field(default_factory=dict)
    """What `advice` says to enter, by column; empty where it names no text."""

    @property
    def place(self) -> str:
        """``sheet!cell``, or the sheet alone."""
        return f"{self.sheet}!{self.cell}" if self.cell else self.sheet

    def __str__(self) -> str:
        column = f" [{self.column}]" if self.column else ""
        found = f"found {shortened(self.found)}; allowed: {self.allowed}"
        return f"{self.level}: {self.place}{column}: {found}; to do: {self.advice}"


class IntakeError(QualitybookError, ValueError):
    """A file that is not taken in."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


_GENERAL = "General"
_GENERAL_NAMES = ("General", "G/通用格式", "G/標準", "G/标准", "@")
_GENERAL_DIGITS = 10
"""Digits that a cell without a format shows at most; how many of a longer number depends on the column's width."""
_STORED_DIGITS = 15
"""Digits that a spreadsheet keeps of a number; what lies beyond is noise of binary arithmetic."""
_EXACT = Context(prec=80)
_TOO_LARGE = 10**30
"""No figure is as large, and none below takes more digits than are reckoned with."""
_MOST_DECIMALS = 30
"""Decimals that a spreadsheet shows at most."""
_LARGEST_SCALE = 12
"""Power of ten of six percent signs."""

_TOKEN = re.compile(
    r"""
    "(?P<quoted>[^"]*)" | \[(?P<bracket>[^\]]*)\] | [\\!](?P<escaped>.) | _(?P<space>.) | \*(?P<fill>.)
    | (?P<general>General|G/[^\s;"\[\]0#?.,%]+) | (?P<exponent>[Ee][+-]) | (?P<digit>[0#?]) | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_SECTIONS = 4
"""Sections that a format may have."""
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9]+(?:\.[0-9]+)?)")
_COMPARISONS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}
_COLOUR = re.compile(
    r"black|blue|cyan|green|magenta|red|white|yellow|colou?r\s*[0-9]+"
    r"|黑色?|蓝色?|青色?|蓝绿色?|绿色?|洋红色?|紫色?|红色?|白色?|黄色?|颜色\s*[0-9]+",
    re.IGNORECASE,
)
_CURRENCY = re.compile(r"\$(?P<sign>[^-]*)(?:-(?P<locale>[0-9A-Fa-f]+))?")
_PLAIN_LOCALE = 0xFFFF
"""Larger numbers of a locale ask for another calendar or for digits of another script."""
_AS_THEY_STAND = frozenset(" $+-/():^&'~{}<>=¥￥€£−（）％。、，·")
_LAST_LATIN = 0x2000
"""Signs of other scripts stand in a format without quotes; letters of this one mean something."""
_NEGATIVE_SIGNS = ("-", "−", "－", "▲", "△", "负")


@dataclass(frozen=True)
class Shown:
    """What a cell shows of its number."""

    text: str
    """The digits with their sign, ``-98.50``; empty where the cell shows no digit."""
    scale: int = 0
    """Power of ten by which the number that is shown is larger than the one that is stored: 2 for a percentage."""


@dataclass(frozen=True)
class _Section:
    """One section of a format, taken apart."""

    whole: str = ""
    decimals: str = ""
    scale: int = 0
    literals: str = ""
    """What stands around the digits."""
    exponent: bool = False
    is_general: bool = False
    is_coloured: bool = False
    is_clear: bool = True
    """Whether what it shows can be told."""
    condition: tuple[str, Decimal] | None = None

    @property
    def shows_digits(self) -> bool:
        return bool(self.whole or self.decimals or self.is_general)


def shown(value: float, code: str) -> Shown | None:
    """Return what a cell shows of a number in a format, empty as ``General``; None where that cannot be told."""
    stored = Decimal(f"{value:.{_STORED_DIGITS}g}")
    chosen = _section_for(stored, _sections(code or _GENERAL))
    if chosen is None or not chosen[0].is_clear:
        return None
    section, is_negative = chosen
    if not section.shows_digits:
        return Shown("")
    digits = _general(abs(stored)) if section.is_general else _digits(abs(stored), section)
    if not digits:
        return None if digits is None else Shown("")
    is_zero = not digits.strip("0.")
    return Shown(f"-{digits}" if is_negative and not is_zero else digits, section.scale)


def plain(value: float) -> str:
    """Return a number in digits and a point, without an exponent and without the noise of binary arithmetic."""
    return f"{Decimal(f'{value:.{_STORED_DIGITS}g}'):f}"


def parts_of_day(code: str) -> str:
    """Return which parts of a day a format shows, of ``y``, ``m`` and ``d``, in this order.

    A format without letters of a day, and the one that stands for the system's own (``[$-F800]``), show all of it.
    """
    if not code or code in _GENERAL_NAMES or "$-F800" in code.upper():
        return "ymd"
    signs = "".join(token["sign"] or "" for token in _TOKEN.finditer(code.split(";")[0])).lower()
    letters = re.sub(r"[^ymdhseag]", "", re.sub(r"h+[^ymd]*m+|m+[^ymd]*s+", "h", signs))
    found = {"y": set("yeg"), "m": set("m"), "d": set("da")}
    return "".join(part for part, names in found.items() if names & set(letters)) or "ymd"


@lru_cache(maxsize=512)
def _shows_text(code: str) -> bool:
    """Say whether a format shows a text as it is: its fourth section, or a last one with @, is that of texts."""
    texts = _texts_of_sections(code)
    tokens = list(_TOKEN.finditer(texts[-1]))
    is_placed = any(token["sign"] == "@" for token in tokens)
    if len(texts) < _SECTIONS and not is_placed:
        return True
    return (is_placed or any(token["general"] for token in tokens)) and not _literals(tokens)[0].strip()


def _texts_of_sections(code: str) -> list[str]:
    texts = [""]
    for token in _TOKEN.finditer(code):
        if token["sign"] == ";":
            texts.append("")
        else:
            texts[-1] += token[0]
    return texts


@lru_cache(maxsize=512)
def _sections(code: str) -> tuple[_Section, ...]:
    texts = _texts_of_sections(code)
    if len(texts) > 1 and "@" in texts[-1]:
        # A last section for text says nothing of numbers.
        texts.pop()
    return tuple(_section(text) for text in texts[:_SECTIONS])


def _section(text: str) -> _Section:
    tokens = list(_TOKEN.finditer(text))
    brackets = [token["bracket"] for token in tokens if token["bracket"] is not None]
    found = _layout(tokens)
    literals, are_known = _literals(tokens)
    conditions = [_CONDITION.fullmatch(bracket) for bracket in brackets]
    condition = next((match for match in conditions if match is not None), None)
    return replace(
        found,
        literals=literals,
        is_general=any(token["general"] or token["sign"] == "@" for token in tokens),
        is_coloured=any(_COLOUR.fullmatch(bracket) for bracket in brackets),
        is_clear=are_known and found.is_clear and all(_is_known(bracket) for bracket in brackets),
        condition=None if condition is None else (condition[1], Decimal(condition[2])),
    )


def _is_known(bracket: str) -> bool:
    """Say whether a bracket leaves the digits as they are: a colour, a condition, a currency, a usual locale."""
    currency = _CURRENCY.fullmatch(bracket)
    if currency is not None:
        return int(currency["locale"] or "0", 16) <= _PLAIN_LOCALE and _is_harmless(currency["sign"])
    return bool(_COLOUR.fullmatch(bracket) or _CONDITION.fullmatch(bracket))


def _is_harmless(literal: str) -> bool:
    """Say whether words beside the digits cannot be taken for digits: no digit, point or comma begins them."""
    return re.match(r"[\s]*[0-9０-９.,．，%％‰]", literal.replace("%", "")) is None


def _layout(tokens: Sequence[re.Match[str]]) -> _Section:
    """Return the places of a section's digits; it is not clear where something stands between them."""
    places = [at for at, token in enumerate(tokens) if token["digit"]]
    scale = 2 * sum(token["sign"] in ("%", "％") for token in tokens)
    if not places:
        return _Section(scale=scale)
    first, last = places[0], places[-1]
    if first and tokens[first - 1]["sign"] == ".":
        first -= 1
    inner = tokens[first : last + 1]
    exponent = any(token["exponent"] for token in inner)
    is_clear = all(token["digit"] or token["exponent"] or token["sign"] in (".", ",") for token in inner)
    mantissa = "".join(token["digit"] or token["sign"] or "E" for token in inner).split("E")[0]
    whole, point, decimals = mantissa.partition(".")
    after = "".join(token["sign"] if token["sign"] in (".", ",") else " " for token in tokens[last + 1 :])
    closing = after.lstrip(".")
    thousands = len(closing) - len(closing.lstrip(","))
    # A comma just before the point scales as one after the last digit does.
    thousands += len(whole) - len(whole.rstrip(",")) if point else 0
    return _Section(
        whole=whole.replace(",", ""),
        decimals=decimals.replace(",", ""),
        scale=scale - 3 * thousands,
        exponent=exponent,
        is_clear=is_clear
        and "." not in decimals
        and "," not in decimals
        and "." not in closing
        and len(decimals) <= _MOST_DECIMALS
        and scale <= _LARGEST_SCALE,
    )


def _literals(tokens: Sequence[re.Match[str]]) -> tuple[str, bool]:
    """Return what stands around the digits as it is, and whether all of it is understood."""
    words, are_known = "", True
    for token in tokens:
        literal = token["quoted"] if token["quoted"] is not None else token["escaped"]
        sign = token["sign"]
        if literal is not None:
            are_known = are_known and _is_harmless(literal)
            words += literal
        elif sign and sign not in ".,%％@":
            are_known = are_known and (sign in _AS_THEY_STAND or (ord(sign) > _LAST_LATIN and _is_harmless(sign)))
            words += sign
    return words, are_known


def _section_for(value: Decimal, sections: Sequence[_Section]) -> tuple[_Section, bool] | None:
    """Return the section that applies, and whether what it shows is negative; None where that cannot be told."""
    if any(section.condition for section in sections):
        return _section_by_condition(value, sections)
    if value > 0 or len(sections) == 1:
        section = sections[0]
        return None if value >= 0 and _has_sign(section) else (section, value < 0)
    if value == 0:
        return (sections[2] if len(sections) > 2 else sections[0]), False
    if not sections[1].shows_digits:
        return sections[1], False
    # The section for negative numbers shows a sign of its own, brackets or a colour; without any of them nothing tells.
    return (sections[1], True) if _has_sign(sections[1]) or sections[1].is_coloured else None


def _section_by_condition(value: Decimal, sections: Sequence[_Section]) -> tuple[_Section, bool] | None:
    for section in sections[:2]:
        if section.condition is None:
            break
        sign, bound = section.condition
        if _COMPARISONS[sign](value, bound):
            return None if value < 0 or _has_sign(section) else (section, False)
    rest = [section for section in sections if section.condition is None]
    return None if value < 0 or len(rest) != 1 or _has_sign(rest[0]) else (rest[0], False)


def _has_sign(section: _Section) -> bool:
    words = section.literals
    brackets = any(opened in words and closed in words for opened, closed in ("()", "（）"))
    return brackets or any(sign in words for sign in _NEGATIVE_SIGNS)


def _general(value: Decimal) -> str | None:
    text = f"{value.normalize(_EXACT):f}"
    digits = text.replace(".", "").lstrip("0")
    # Small numbers and long ones are shown as powers of ten, or cut where the column ends.
    return text if len(digits) <= _GENERAL_DIGITS and len(text) <= _GENERAL_DIGITS + 1 else None


def _digits(value: Decimal, section: _Section) -> str | None:
    if section.exponent:
        return _scientific(value, section)
    scaled = value.scaleb(section.scale, _EXACT)
    rounded = f"{scaled.quantize(Decimal(1).scaleb(-len(section.decimals)), ROUND_HALF_UP, _EXACT):f}"
    whole, _, decimals = rounded.partition(".")
    kept = len(decimals)
    # Of the last places those marked # or ? show no zero.
    while kept and decimals[kept - 1] == "0" and section.decimals[kept - 1] != "0":
        kept -= 1
    if not kept and whole == "0" and "0" not in section.whole:
        return ""
    return whole + (f".{decimals[:kept]}" if kept else "")


def _scientific(value: Decimal, section: _Section) -> str | None:
    """Return the digits of a number shown with an exponent, where one digit stands before the point.

    None where it would get zeros that nobody sees: 1.2E+05 does not say that the last four digits are zeros.
    """
    if len(section.whole) != 1 or section.scale or not value:
        return None
    unit = value.adjusted() - len(section.decimals)
    rounded = value.quantize(Decimal(1).scaleb(unit), ROUND_HALF_UP, _EXACT)
    if rounded.adjusted() > value.adjusted():
        unit += 1
        rounded = rounded.quantize(Decimal(1).scaleb(unit), ROUND_HALF_UP, _EXACT)
    return f"{rounded:f}" if unit <= 0 and "0" * len(section.decimals) == section.decimals else None


CHOICE_SEPARATOR = " | "
"""What stands between the key and the names in an entry of a drop-down list."""

_DATE_TYPES = ("date", "stated_date")
_TIME_TYPES = ("period", "year", *_DATE_TYPES)
_NUMBER_TYPES = ("number", "count", "flag")

_SERIALS = range(36526, 54789)
"""Days that a spreadsheet counts for the years 2000 to 2049."""
_SERIAL_ZERO = date(1899, 12, 30)
_FORMULA_STARTS = ("=", "+", "@", "\t")
_DAY_AS_SHOWN = {"y": "%Y", "ym": "%Y-%m"}


@dataclass(frozen=True)
class Cell:
    """A cell as it was read."""

    name: str
    """Column letter and row, ``C7``."""
    value: Any = None
    """Text, number, bool, date, or None where empty."""
    number_format: str = ""
    """How the spreadsheet shows a number; empty for plain text files and where it has none of its own."""
    formula: str = ""
    """The formula where it is one; `value` is then its last result, None where none was saved."""
    is_error: bool = False
    """Whether the spreadsheet shows an error such as ``#N/A``."""
    day_zero: date = _SERIAL_ZERO
    """The day from which days are counted that are stored as numbers."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands there."""
        return not self.formula and (self.value is None or (isinstance(self.value, str) and not self.value.strip()))


@dataclass(frozen=True)
class _Reading:
    """What a cell was read as."""

    text: str
    """The text, as the evidence would hold it."""
    findings: tuple[Finding, ...] = field(default=())
    """What is wrong with it."""
    scale_word: str = ""
    """The word by which its format multiplies what it shows, such as 万 (ten thousand)."""
    names: tuple[str, ...] = ()
    """What stands behind the key in an entry of a drop-down list."""


def read_cell(cell: Cell, column: Field) -> _Reading:
    """Return a cell's text, and what is wrong with the way it was entered."""
    if cell.is_empty:
        return _Reading("")
    if cell.is_error:
        return _refused(str(cell.value), column.allowed, "correct the formula or type the value", "cell_error")
    if not cell.formula:
        return _of_value(cell, column)
    if cell.value is None:
        advice = "open the file in a spreadsheet and save it, or paste the value (Paste special, values)"
        return _refused(cell.formula, "a value", advice, "formula_without_value")
    read = _of_value(cell, column)
    advice = "paste the figure as it was printed, or keep it with the qualifier derived"
    doubt = Finding(cell.formula, "a figure as it was printed", advice, "formula", "doubt")
    return _Reading(read.text, (*read.findings, doubt))


def _of_value(cell: Cell, column: Field) -> _Reading:
    value = cell.value
    if isinstance(value, bool):
        return _of_truth(value, column)
    if isinstance(value, (date, datetime)):
        return _of_day(value, cell.number_format, column)
    if isinstance(value, (int, float)):
        if not abs(value) < _TOO_LARGE:
            advice = "format the cell as text and type what was printed"
            return _refused("a number beyond all measure", column.allowed, advice, "number_too_large")
        return _of_number(value, cell, column)
    if not isinstance(value, str):
        return _refused(str(value), column.allowed, "type the value as text", "cell_kind")
    if not _shows_text(cell.number_format):
        found = f"{value} in the number format {cell.number_format}"
        return _refused(found, column.allowed, "format the cell as text and type what it shows", SHOWN_OTHERWISE)
    return _of_text(_without_invisible(value), column)


def _without_invisible(text: str) -> str:
    """Return a text without the marks that nobody sees, such as those that a web page leaves in what is copied."""
    return "".join(sign for sign in text if unicodedata.category(sign) != "Cf").strip()


def _of_truth(value: bool, column: Field) -> _Reading:
    text = str(int(value))
    if column.accepts(text) and (column.enum or column.type == "flag"):
        return _refused(str(value), column.allowed, f"put {text}", "boolean", {column.name: text})
    return _refused(str(value), column.allowed, "type the value as text", "boolean")


def _of_day(value: date | datetime, number_format: str, column: Field) -> _Reading:
    if column.type == "date":
        return _Reading(f"{value:%Y-%m-%d}")
    # A cell that shows only a year, or a year and a month, states no more than that.
    shown_day = _DAY_AS_SHOWN.get(parts_of_day(number_format))
    if column.type == "stated_date":
        return _Reading(f"{value:{shown_day or '%Y-%m-%d'}}")
    found = f"a date, {value:%Y-%m-%d}"
    if column.type == "period":
        return _Reading(f"{value:{shown_day}}") if shown_day else _day_as_period(value, found, "period_is_date")
    return _refused(found, column.allowed, "format the cell as text and type the value again", "cell_is_date")


def _day_as_period(day: date, found: str, code: str) -> _Reading:
    advice = f"format the cell as text and type {day:%Y-%m} for the month or {day:%Y} for the year"
    return _refused(found, PERIOD_FORMS, advice, code, {"period": f"{day:%Y-%m}"})


def _of_number(value: float, cell: Cell, column: Field) -> _Reading:
    if column.type == "period" and value in _SERIALS:
        day = cell.day_zero + timedelta(days=int(value))
        return _day_as_period(day, f"{plain(value)} (the day {day.isoformat()} as a number)", "date_serial")
    if column.type == "period" and not float(value).is_integer():
        # 2020.1 as a number may have been 2020.10.
        advice = "format the cell as text and type the period in one of these forms"
        return _refused(f"{plain(value)} as a number", PERIOD_FORMS, advice, "period_is_number")
    if column.type in _DATE_TYPES and value in _SERIALS:
        day = cell.day_zero + timedelta(days=int(value))
        advice = f"format the cell as text and type {day.isoformat()}"
        found = f"{plain(value)} (a day as a number)"
        return _refused(found, column.allowed, advice, "date_serial", {column.name: day.isoformat()})
    if column.type in _NUMBER_TYPES:
        return _of_figure(value, cell.number_format, column)
    return _of_label(value, cell.number_format, column)


def _of_label(value: float, number_format: str, column: Field) -> _Reading:
    """Return a number where a text, a key or a time is asked for, unless its cell shows something else."""
    stored = plain(value)
    if number_format and not _is_shown_as(stored, value, number_format, column):
        found = f"{stored} in the number format {number_format}"
        advice = _general_advice(column) if column.type in _TIME_TYPES else "type what it shows"
        return _refused(found, column.allowed, f"format the cell as text and {advice}", SHOWN_OTHERWISE)
    return _of_text(stored, column)


def _is_shown_as(stored: str, value: float, number_format: str, column: Field) -> bool:
    """Say whether a cell shows its number and no words beside it; of a year any zeros and the word 年 may be shown."""
    seen, chosen = shown(value, number_format), _section_for(Decimal(stored), _sections(number_format))
    if seen is None or chosen is None or not seen.text or seen.scale:
        return False
    words = "".join(chosen[0].literals.split())
    if column.type in _TIME_TYPES:
        return words in ("", "年") and Decimal(seen.text) == Decimal(stored)
    has_zeros_before = chosen[0].whole.count("0") > len(seen.text.partition(".")[0])
    return seen.text == stored and not words and not has_zeros_before


def _of_figure(value: float, number_format: str, column: Field) -> _Reading:
    """Return the digits that a cell shows of its number."""
    stored = plain(value)
    if column.type != "number" and not number_format:
        return _of_text(stored, column)
    seen = shown(value, number_format)
    if seen is None:
        found = f"{stored} in the number format {number_format or 'General'}"
        allowed = "a figure as its cell shows it; what this cell shows cannot be told"
        advice = "format the cell as text and type the figure as it was printed"
        read = _of_text(stored, column)
        return _Reading(stored, (*read.findings, Finding(found, allowed, advice, "format_unclear", "doubt")))
    if not seen.text:
        advice = f"format the cell as text and type {stored} if that is what was printed, or leave the row out"
        found = f"a cell that shows no digits ({stored} is stored)"
        return _refused(found, column.allowed, advice, "no_digits_shown", {column.name: stored})
    if seen.scale:
        sign = "%" if seen.scale == 2 else ""
        advice = f"format the cell as text and type the figure in the indicator's unit: {seen.text} or {stored}"
        code = "percent_format" if seen.scale == 2 else "scaled_format"
        found = f"{seen.text}{sign} (stored as {stored})"
        return _refused(found, column.allowed, advice, code, {column.name: seen.text})
    read = _of_text(seen.text if column.type == "number" else stored, column)
    return replace(read, scale_word=_scale_word(Decimal(stored), number_format))


def _scale_word(value: Decimal, number_format: str) -> str:
    chosen = _section_for(value, _sections(number_format))
    found = None if chosen is None else SCALE_WORD.search(chosen[0].literals)
    return "" if found is None else found[0]


def _of_text(text: str, column: Field) -> _Reading:
    if column.type != "text":
        text = " ".join(text.split())
    names: list[str] = []
    if column.enum or column.type in KEY_TYPES:
        text, *names = (part.strip() for part in text.split(CHOICE_SEPARATOR.strip()))
    if text.startswith(_FORMULA_STARTS) or (text.startswith("-") and column.type not in _NUMBER_TYPES):
        allowed = f"{column.allowed} that does not begin like a formula"
        rest = text[1:].strip()
        if not column.accepts(rest) or rest.startswith((*_FORMULA_STARTS, "-")):
            return _refused(text, allowed, "begin with a word or a digit", "formula_text")
        remedy = {column.name: rest}
        return _refused(text, allowed, f"{_typed(column.name, remedy)}, without the first sign", "formula_text", remedy)
    finding = _finding_of(text, column)
    return _Reading(text, () if finding is None else (finding,), names=tuple(names))


def _refused(found: str, allowed: str, advice: str, code: str, remedy: Mapping[str, str] | None = None) -> _Reading:
    return _Reading("", (Finding(found, allowed, advice, code, remedy=remedy or {}),))


# What people type where the evidence wants a number, a period or a day, and what they could type instead
#
# A remedy is only offered where the column accepts it, so that following the advice leads on.


_NUMBER = r"-?[0-9]+(?:\.[0-9]+)?"
_DASHES = str.maketrans({dash: "-" for dash in "−–—―‐‑‒－─━"})
_SIGNS_OF_NO_FIGURE = re.compile(r"[-.…·•*×xX/#]+|n\.?/?a\.?|N\.?/?A\.?|无|空|缺|暂无|未公布")
_SEPARATED = re.compile(r"(-?[0-9]{1,3}(?:[,'’ ][0-9]{3})+)(\.[0-9]+)?")
_REMARK = re.compile(r"(.+?)\s*[(\[](.+?)[)\]]")
_PROVISIONAL_WORDS = re.compile(r"初步|初核|快报|预计|暂|provisional|preliminary|^p$", re.IGNORECASE)
_MEASURE_WORDS = r"个|家|批次?|项|件|份|人次?|户|台|种|位|名|次|天|日|岁|元|吨|组|所|处|条|宗|samples?|batch(?:es)?"
_BOUNDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (qualifier, re.compile(pattern, re.IGNORECASE))
    for qualifier, pattern in (
        ("at_most", r"(?:<=?|≤|小于等于|小于|少于|低于|不足|不到)\s*(.+)"),
        ("at_most", r"(?:不超过|不高于|不大于|至多|最多|at most|less than)\s*(.+)"),
        ("at_most", r"(.+?)\s*(?:以下|以内|or less)"),
        ("at_least", r"(?:>=?|≥|大于等于|大于|多于|高于|超过|逾|突破)\s*(.+)"),
        ("at_least", r"(?:不低于|不少于|不小于|至少|at least|more than|over)\s*(.+)"),
        ("at_least", r"(.+?)\s*(?:以上|\+|or more)"),
        ("about", r"(?:大约|约为|约|近|≈|~|about|around|approx\.?|some)\s*(.+)"),
        ("about", r"(.+?)\s*(?:左右|上下|余)"),
    )
)
_FULL_WIDTH, _REMARK_CODE = "full_width", "remark_in_figure"
_YES = {"yes": "1", "y": "1", "true": "1", "是": "1", "√": "1", "no": "0", "n": "0", "false": "0", "否": "0"}


@dataclass(frozen=True)
class _Figure:
    """A figure as far as its words have been taken off."""

    text: str
    beside: Mapping[str, str] = field(default_factory=dict)
    """What belongs into other columns."""
    code: str = ""
    """Which words were taken off first."""

    def without(self, text: str, code: str, **beside: str) -> _Figure:
        # Full-width signs say little where words were taken off as well.
        first = code if self.code in ("", _FULL_WIDTH) else self.code
        return replace(self, text=text, code=first, beside={**self.beside, **beside})


def _finding_of(text: str, column: Field) -> Finding | None:
    """Return what is wrong with a text that a column does not accept, with what to type instead where that is known."""
    if column.accepts(text):
        return None
    for code, advice, remedy in _remedies(text, column):
        if remedy is LEAVE_OUT or column.accepts(remedy[column.name]):
            return Finding(text, column.allowed, advice, code, remedy=remedy)
    return Finding(text, column.allowed, _general_advice(column), "cell")


_Remedies = Iterator[tuple[str, str, Mapping[str, str]]]


def _remedies(text: str, column: Field) -> _Remedies:
    """Yield codes, advice and remedies, best first; those that the column does not accept are passed over."""
    if column.name == "value" and _SIGNS_OF_NO_FIGURE.fullmatch(_half(text)):
        advice = "leave the row out: the sign says that no figure is printed, and a figure that is missing has no row"
        yield "sign_of_no_figure", advice, LEAVE_OUT
    yield from _KINDS.get(column.type, _other_text)(text, column)


def _number(text: str, column: Field) -> _Remedies:
    figure = _figure_of(text)
    if figure.beside and column.name != "value":
        return
    remedy = {column.name: figure.text, **figure.beside}
    rest = ", and say the rest in the notes" if figure.code == _REMARK_CODE and not figure.beside else ""
    yield figure.code or "number_form", _typed(column.name, remedy) + rest, remedy


def _typed(column: str, remedy: Mapping[str, str]) -> str:
    """Return the advice to type a remedy."""
    others = [f"put {text} in the column {name}" for name, text in remedy.items() if name != column]
    return ", and ".join([f"type {remedy[column]}", *others])


def _figure_of(text: str) -> _Figure:
    """Take the words off a figure, from outside to inside."""
    figure = _Figure(text.strip())
    for _ in range(len(text)):
        peeled = next((found for step in _STEPS if (found := step(figure)) is not None), None)
        if peeled is None:
            break
        figure = peeled
    return figure


def _without_mark(figure: _Figure) -> _Figure | None:
    """Take the mark of a note off, raised or in a circle, which would become one of the digits."""
    bare = figure.text.strip("".join(sign for sign in figure.text if _is_mark(sign)) + " ")
    return None if bare == figure.text else figure.without(bare, _REMARK_CODE)


def _is_mark(sign: str) -> bool:
    kinds = ("<super>", "<circle>", "<compat>")
    return unicodedata.category(sign) == "No" and unicodedata.decomposition(sign).startswith(kinds)


def _half_width(figure: _Figure) -> _Figure | None:
    half = _half(figure.text)
    return None if half == figure.text else figure.without(half, _FULL_WIDTH)


def _half(text: str) -> str:
    """Return a text in half-width characters, each dash as a hyphen and each tilde of China as the usual one."""
    return unicodedata.normalize("NFKC", text).translate(_DASHES).replace("〜", "~").strip()


def _thousands(figure: _Figure) -> _Figure | None:
    match = _SEPARATED.fullmatch(figure.text)
    if match is None:
        return None
    return figure.without(re.sub(r"[^0-9-]", "", match[1]) + (match[2] or ""), "thousands_separator")


def _keeping(pattern: str, code: str) -> Callable[[_Figure], _Figure | None]:
    """Return the step that keeps only the groups of a pattern, with a point between them."""
    form = re.compile(pattern)

    def step(figure: _Figure) -> _Figure | None:
        match = form.fullmatch(figure.text)
        return None if match is None else figure.without(".".join(match.groups()), code)

    return step


def _without_bound(figure: _Figure) -> _Figure | None:
    if "qualifier" in figure.beside:
        return None
    for qualifier, pattern in _BOUNDS:
        match = pattern.fullmatch(figure.text)
        # A sign inside the number, as in 98以上%, belongs to it.
        match = match or pattern.fullmatch(figure.text.removesuffix("%"))
        if match is not None:
            return figure.without(match[1], "bound_in_words", qualifier=qualifier)
    return None


def _without_remark(figure: _Figure) -> _Figure | None:
    match = _REMARK.fullmatch(figure.text)
    if match is None:
        return None
    beside = {"status": PROVISIONAL} if _PROVISIONAL_WORDS.search(match[2]) else {}
    return figure.without(match[1], _REMARK_CODE, **beside)


def _plainly(figure: _Figure) -> _Figure | None:
    match = re.fullmatch(r"\+?(-?)\s*([0-9]*)\.?([0-9]*)", figure.text)
    if match is None or not (match[2] or match[3]):
        return None
    text = match[1] + (match[2].lstrip("0") or "0") + (f".{match[3]}" if match[3] else "")
    return None if text == figure.text else figure.without(text, "number_form")


_STEPS: tuple[Callable[[_Figure], _Figure | None], ...] = (
    _without_mark,
    _thousands,
    _keeping(rf"({_NUMBER})\s*%", "percent_sign"),
    _half_width,
    _without_bound,
    _without_remark,
    _keeping(rf"({_NUMBER})\s*(?:{_MEASURE_WORDS})", "unit_in_figure"),
    _keeping(r"(-?[0-9]+),([0-9]{1,2})", "decimal_comma"),
    _plainly,
)


def _flag(text: str, column: Field) -> _Remedies:
    answer = _YES.get(_half(text).lower(), _half(text))
    yield "yes_or_no" if answer != _half(text) else _FULL_WIDTH, f"put {answer}", {column.name: answer}


_MONTHS = r"(1[0-2]|0?[1-9])"
_YEAR = r"((?:19|20)[0-9]{2})"
_NO_MARK = r"(?!.*年\s*[0-9]+$)"
"""Digits alone behind 年 may be the mark of a note, as in 2023年①: 月 makes them a month."""
_NUMERALS = {"一": "1", "二": "2", "三": "3", "四": "4", "1": "1", "2": "2", "3": "3", "4": "4"}
_PERIODS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(rf"{_YEAR}\s*年?(?:全年|度)?|(?:截至)?{_YEAR}年[末底]"), lambda found: _first(found)),
    (re.compile(rf"{_YEAR}年?\s*上半年|{_YEAR}\s*-?\s*[Hh]1|[Hh]1\s*{_YEAR}"), lambda found: f"{_first(found)}-H1"),
    (re.compile(rf"{_YEAR}年?\s*下半年|{_YEAR}\s*-?\s*[Hh]2|[Hh]2\s*{_YEAR}"), lambda found: f"{_first(found)}-H2"),
    (re.compile(rf"{_YEAR}\s*-?\s*[Qq]([1-4])"), lambda found: f"{found[1]}-Q{found[2]}"),
    (re.compile(rf"{_YEAR}年?第?([一二三四1-4])季度?"), lambda found: f"{found[1]}-Q{_NUMERALS[found[2]]}"),
    (re.compile(rf"{_YEAR}年?前([二三23])个?季度"), lambda found: _quarters(found[1], found[2])),
    (re.compile(rf"{_YEAR}年?\s*{_MONTHS}\s*月?\s*[-~至到]\s*{_MONTHS}\s*月"), lambda found: _months(*found.groups())),
    (re.compile(rf"{_YEAR}年?前{_MONTHS}个?月"), lambda found: _months(found[1], "1", found[2])),
    (
        re.compile(rf"{_NO_MARK}{_YEAR}\s*[年/.-]\s*{_MONTHS}\s*月?[份底末]?"),
        lambda found: f"{found[1]}-{int(found[2]):02d}",
    ),
    (re.compile(rf"{_YEAR}年?\s*[-~至到]\s*{_YEAR}年?"), lambda found: f"{found[1]}-01/{found[2]}-12"),
)
_DAY = re.compile(rf"{_NO_MARK}{_YEAR}\s*[年/.-]\s*{_MONTHS}(?:\s*[月/.-]\s*(3[01]|[12][0-9]|0?[1-9])\s*日?|\s*月)?")


def _first(found: re.Match[str]) -> str:
    return next(group for group in found.groups() if group)


def _quarters(year: str, count: str) -> str:
    return _months(year, "1", str(3 * int(_NUMERALS[count])))


def _months(year: str, first: str, last: str) -> str:
    return f"{year}-{int(first):02d}/{year}-{int(last):02d}"


def _period(text: str, column: Field) -> _Remedies:
    half = _half(text)
    for pattern, period in _PERIODS:
        match = pattern.fullmatch(half)
        if match is not None:
            yield "period_in_words", f"type {period(match)}", {column.name: period(match)}
    yield _FULL_WIDTH, f"type {half}", {column.name: half}


def _date(text: str, column: Field) -> _Remedies:
    half = _half(text)
    match = _DAY.fullmatch(half)
    if match is not None:
        day = "-".join([match[1], *(f"{int(part):02d}" for part in match.groups()[1:] if part)])
        yield "date_form", f"type {day}", {column.name: day}
    yield _FULL_WIDTH, f"type {half}", {column.name: half}


def _address(text: str, column: Field) -> _Remedies:
    half = _half(text)
    yield _FULL_WIDTH, f"type {half}", {column.name: half}
    filled = re.sub(r"\s", "%20", half)
    yield "blank_in_address", f"write each blank as %20: {filled}", {column.name: filled}
    yield "address_scheme", f"type https://{half}, or http://", {column.name: f"https://{half}"}


def _other_text(text: str, column: Field) -> _Remedies:
    half = _half(text)
    yield _FULL_WIDTH, f"type {half} in half-width characters", {column.name: half}
    cased = next((choice for choice in column.enum if choice.lower() == half.lower()), half.lower())
    yield "letter_case", f"type {cased}", {column.name: cased}
    plain = " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", text).split())
    yield "control_character", f"put a blank for each tab and control character: {plain}", {column.name: plain}


_KINDS: Mapping[str, Callable[[str, Field], _Remedies]] = {
    "number": _number,
    "count": _number,
    "flag": _flag,
    "period": _period,
    "date": _date,
    "stated_date": _date,
    "url": _address,
}


def _general_advice(column: Field) -> str:
    """Return what to do where no better text is known."""
    if column.enum or column.type == "flag":
        return "choose one of them"
    return {
        "number": "type one number, in the indicator's unit, and nothing else; words about it go into the notes",
        "count": "type one whole number and nothing else, or leave the cell empty",
        "period": "type the period in one of these forms",
        "year": "type the year",
        "date": "type the day in this form",
        "stated_date": "type the date in one of these forms",
        "id": "choose a key from the list, or write one of these signs",
        "url": "type the whole address, or leave the cell empty",
    }.get(column.type, "correct the text")

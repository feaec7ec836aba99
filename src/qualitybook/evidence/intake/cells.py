"""From a cell of a spreadsheet to the text that the evidence holds, or to what is wrong with it.

A number counts as printed the way its cell shows it: ``98.5`` with the format ``0.00`` is ``98.50``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from qualitybook.evidence.intake.faults import LEAVE_OUT, Finding
from qualitybook.evidence.intake.number_format import parts_of_day, plain, shown
from qualitybook.evidence.periods import PERIOD_FORMS
from qualitybook.evidence.schema import KEY_TYPES, PROVISIONAL, Field

CHOICE_SEPARATOR = " | "
"""What stands between the key and the names in an entry of a drop-down list."""

_DATE_TYPES = ("date", "stated_date")
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


def read_cell(cell: Cell, column: Field) -> _Reading:
    """Return a cell's text, and what is wrong with the way it was entered."""
    if cell.is_empty:
        return _Reading("")
    if cell.is_error:
        return _refused(str(cell.value), column.allowed, "correct the formula or type the value", "cell_error")
    if cell.formula:
        return _of_formula(cell, column)
    return _of_value(cell, column)


def _of_formula(cell: Cell, column: Field) -> _Reading:
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
        return _of_number(value, cell.number_format, column)
    if not isinstance(value, str):
        return _refused(str(value), column.allowed, "type the value as text", "cell_kind")
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


def _of_number(value: float, number_format: str, column: Field) -> _Reading:
    if column.type == "period" and value in _SERIALS:
        day = _SERIAL_ZERO + timedelta(days=int(value))
        return _day_as_period(day, f"{plain(value)} (the day {day.isoformat()} as a number)", "date_serial")
    if column.type == "period" and not float(value).is_integer():
        # 2020.1 as a number may have been 2020.10.
        advice = "format the cell as text and type the period in one of these forms"
        return _refused(f"{plain(value)} as a number", PERIOD_FORMS, advice, "period_is_number")
    if column.type in _DATE_TYPES and value in _SERIALS:
        day = _SERIAL_ZERO + timedelta(days=int(value))
        advice = f"format the cell as text and type {day.isoformat()}"
        found = f"{plain(value)} (a day as a number)"
        return _refused(found, column.allowed, advice, "date_serial", {column.name: day.isoformat()})
    if column.type in _NUMBER_TYPES:
        return _of_figure(value, number_format, column)
    return _of_text(plain(value), column)


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
    return _of_text(seen.text if column.type == "number" else stored, column)


def _of_text(text: str, column: Field) -> _Reading:
    if column.type != "text":
        text = " ".join(text.split())
    if column.enum or column.type in KEY_TYPES:
        text = text.split(CHOICE_SEPARATOR.strip())[0].strip()
    if text.startswith(_FORMULA_STARTS) or (text.startswith("-") and column.type not in _NUMBER_TYPES):
        return _like_a_formula(text, column)
    finding = _finding_of(text, column)
    return _Reading(text) if finding is None else _Reading(text, (finding,))


def _like_a_formula(text: str, column: Field) -> _Reading:
    allowed = f"{column.allowed} that does not begin like a formula"
    rest = text[1:].strip()
    if not column.accepts(rest) or rest.startswith((*_FORMULA_STARTS, "-")):
        return _refused(text, allowed, "begin with a word or a digit", "formula_text")
    remedy = {column.name: rest}
    return _refused(text, allowed, f"{_typed(column.name, remedy)}, without the first sign", "formula_text", remedy)


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
_MEASURE_WORDS = re.compile(
    rf"({_NUMBER})\s*(?:个|家|批次?|项|件|份|人次?|户|台|种|位|名|次|天|日|岁|元|吨|组|所|处|条|宗|samples?|batch(?:es)?)"
)
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


def _without_percent(figure: _Figure) -> _Figure | None:
    match = re.fullmatch(rf"({_NUMBER})\s*%", figure.text)
    return None if match is None else figure.without(match[1], "percent_sign")


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


def _without_measure_word(figure: _Figure) -> _Figure | None:
    match = _MEASURE_WORDS.fullmatch(figure.text)
    return None if match is None else figure.without(match[1], "unit_in_figure")


def _with_point(figure: _Figure) -> _Figure | None:
    match = re.fullmatch(r"(-?[0-9]+),([0-9]{1,2})", figure.text)
    return None if match is None else figure.without(f"{match[1]}.{match[2]}", "decimal_comma")


def _plainly(figure: _Figure) -> _Figure | None:
    match = re.fullmatch(r"\+?(-?)\s*([0-9]*)\.?([0-9]*)", figure.text)
    if match is None or not (match[2] or match[3]):
        return None
    text = match[1] + (match[2].lstrip("0") or "0") + (f".{match[3]}" if match[3] else "")
    return None if text == figure.text else figure.without(text, "number_form")


_STEPS: tuple[Callable[[_Figure], _Figure | None], ...] = (
    _thousands,
    _without_percent,
    _half_width,
    _without_bound,
    _without_remark,
    _without_measure_word,
    _with_point,
    _plainly,
)


def _flag(text: str, column: Field) -> _Remedies:
    answer = _YES.get(_half(text).lower(), _half(text))
    yield "yes_or_no" if answer != _half(text) else _FULL_WIDTH, f"put {answer}", {column.name: answer}


_MONTHS = r"(1[0-2]|0?[1-9])"
_YEAR = r"((?:19|20)[0-9]{2})"
_NUMERALS = {"一": "1", "二": "2", "三": "3", "四": "4", "1": "1", "2": "2", "3": "3", "4": "4"}
_PERIODS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(rf"{_YEAR}\s*年?(?:全年|度)?"), lambda found: found[1]),
    (re.compile(rf"{_YEAR}年?\s*上半年|{_YEAR}\s*-?\s*[Hh]1|[Hh]1\s*{_YEAR}"), lambda found: f"{_first(found)}-H1"),
    (re.compile(rf"{_YEAR}年?\s*下半年|{_YEAR}\s*-?\s*[Hh]2|[Hh]2\s*{_YEAR}"), lambda found: f"{_first(found)}-H2"),
    (re.compile(rf"{_YEAR}\s*-?\s*[Qq]([1-4])"), lambda found: f"{found[1]}-Q{found[2]}"),
    (re.compile(rf"{_YEAR}年?第?([一二三四1-4])季度?"), lambda found: f"{found[1]}-Q{_NUMERALS[found[2]]}"),
    (re.compile(rf"{_YEAR}年?前([二三23])个?季度"), lambda found: _quarters(found[1], found[2])),
    (re.compile(rf"{_YEAR}年?\s*{_MONTHS}\s*月?\s*[-~至到]\s*{_MONTHS}\s*月"), lambda found: _months(*found.groups())),
    (re.compile(rf"{_YEAR}年?前{_MONTHS}个?月"), lambda found: _months(found[1], "1", found[2])),
    (re.compile(rf"{_YEAR}\s*[年/.-]\s*{_MONTHS}\s*月?[份底末]?"), lambda found: f"{found[1]}-{int(found[2]):02d}"),
    (re.compile(rf"{_YEAR}年?\s*[-~至到/]\s*{_YEAR}年?"), lambda found: f"{found[1]}-01/{found[2]}-12"),
)
_DAY = re.compile(rf"{_YEAR}\s*[年/.-]\s*{_MONTHS}(?:\s*[月/.-]\s*(3[01]|[12][0-9]|0?[1-9])\s*日?|\s*月)?")


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
        "date": "type the day in this form",
        "stated_date": "type the date in one of these forms",
        "id": "choose a key from the list, or write one of these signs",
        "url": "type the whole address, or leave the cell empty",
    }.get(column.type, "correct the text")

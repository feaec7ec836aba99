"""From a cell of a spreadsheet to the text that the evidence holds, or to what is wrong with it.

A number counts as printed the way its cell shows it: ``98.5`` with the format ``0.00`` is ``98.50``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from qualitybook.evidence.intake.faults import Finding
from qualitybook.evidence.intake.number_format import parts_of_day, plain, shown
from qualitybook.evidence.intake.wording import finding_of, typed
from qualitybook.evidence.periods import PERIOD_FORMS
from qualitybook.evidence.schema import KEY_TYPES, Field

CHOICE_SEPARATOR = " | "
"""What stands between the key and the names in an entry of a drop-down list."""

DATE_TYPES = ("date", "stated_date")
NUMBER_TYPES = ("number", "count", "flag")

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
class Reading:
    """What a cell was read as."""

    text: str
    """The text, as the evidence would hold it."""
    findings: tuple[Finding, ...] = field(default=())
    """What is wrong with it."""


def read_cell(cell: Cell, column: Field) -> Reading:
    """Return a cell's text, and what is wrong with the way it was entered.

    Parameters
    ----------
    cell : Cell
        The cell.
    column : Field
        The column it stands in.
    """
    if cell.is_empty:
        return Reading("")
    if cell.is_error:
        return _refused(str(cell.value), column.allowed, "correct the formula or type the value", "cell_error")
    if cell.formula:
        return _of_formula(cell, column)
    return _of_value(cell, column)


def _of_formula(cell: Cell, column: Field) -> Reading:
    if cell.value is None:
        advice = "open the file in a spreadsheet and save it, or paste the value (Paste special, values)"
        return _refused(cell.formula, "a value", advice, "formula_without_value")
    read = _of_value(cell, column)
    advice = "paste the figure as it was printed, or keep it with the qualifier derived"
    doubt = Finding(cell.formula, "a figure as it was printed", advice, "formula", "doubt")
    return Reading(read.text, (*read.findings, doubt))


def _of_value(cell: Cell, column: Field) -> Reading:
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


def _of_truth(value: bool, column: Field) -> Reading:
    text = str(int(value))
    if column.accepts(text) and (column.enum or column.type == "flag"):
        return _refused(str(value), column.allowed, f"put {text}", "boolean", {column.name: text})
    return _refused(str(value), column.allowed, "type the value as text", "boolean")


def _of_day(value: date | datetime, number_format: str, column: Field) -> Reading:
    if column.type == "date":
        return Reading(f"{value:%Y-%m-%d}")
    # A cell that shows only a year, or a year and a month, states no more than that.
    shown_day = _DAY_AS_SHOWN.get(parts_of_day(number_format))
    if column.type == "stated_date":
        return Reading(f"{value:{shown_day or '%Y-%m-%d'}}")
    found = f"a date, {value:%Y-%m-%d}"
    if column.type == "period":
        return Reading(f"{value:{shown_day}}") if shown_day else _day_as_period(value, found, "period_is_date")
    return _refused(found, column.allowed, "format the cell as text and type the value again", "cell_is_date")


def _day_as_period(day: date, found: str, code: str) -> Reading:
    advice = f"format the cell as text and type {day:%Y-%m} for the month or {day:%Y} for the year"
    return _refused(found, PERIOD_FORMS, advice, code, {"period": f"{day:%Y-%m}"})


def _of_number(value: float, number_format: str, column: Field) -> Reading:
    if column.type == "period" and value in _SERIALS:
        day = _SERIAL_ZERO + timedelta(days=int(value))
        return _day_as_period(day, f"{plain(value)} (the day {day.isoformat()} as a number)", "date_serial")
    if column.type == "period" and not float(value).is_integer():
        # 2020.1 as a number may have been 2020.10.
        advice = "format the cell as text and type the period in one of these forms"
        return _refused(f"{plain(value)} as a number", PERIOD_FORMS, advice, "period_is_number")
    if column.type in DATE_TYPES and value in _SERIALS:
        day = _SERIAL_ZERO + timedelta(days=int(value))
        advice = f"format the cell as text and type {day.isoformat()}"
        found = f"{plain(value)} (a day as a number)"
        return _refused(found, column.allowed, advice, "date_serial", {column.name: day.isoformat()})
    if column.type in NUMBER_TYPES:
        return _of_figure(value, number_format, column)
    return _of_text(plain(value), column)


def _of_figure(value: float, number_format: str, column: Field) -> Reading:
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
        return Reading(stored, (*read.findings, Finding(found, allowed, advice, "format_unclear", "doubt")))
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


def _of_text(text: str, column: Field) -> Reading:
    if column.type != "text":
        text = " ".join(text.split())
    if column.enum or column.type in KEY_TYPES:
        text = text.split(CHOICE_SEPARATOR.strip())[0].strip()
    if text.startswith(_FORMULA_STARTS) or (text.startswith("-") and column.type not in NUMBER_TYPES):
        return _like_a_formula(text, column)
    finding = finding_of(text, column)
    return Reading(text) if finding is None else Reading(text, (finding,))


def _like_a_formula(text: str, column: Field) -> Reading:
    allowed = f"{column.allowed} that does not begin like a formula"
    rest = text[1:].strip()
    if not column.accepts(rest) or rest.startswith((*_FORMULA_STARTS, "-")):
        return _refused(text, allowed, "begin with a word or a digit", "formula_text")
    remedy = {column.name: rest}
    return _refused(text, allowed, f"{typed(column.name, remedy)}, without the first sign", "formula_text", remedy)


def _refused(found: str, allowed: str, advice: str, code: str, remedy: Mapping[str, str] | None = None) -> Reading:
    return Reading("", (Finding(found, allowed, advice, code, remedy=remedy or {}),))

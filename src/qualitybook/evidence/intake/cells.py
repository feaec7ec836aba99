"""From a cell of a spreadsheet to the text that the evidence holds, or to what is wrong with it.

A number counts as printed the way its cell shows it: ``98.5`` with the format ``0.00`` is ``98.50``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from qualitybook.evidence.periods import PERIOD_FORMS
from qualitybook.evidence.schema import KEY_TYPES, Field

CHOICE_SEPARATOR = " | "
"""What stands between the key and the names in an entry of a drop-down list."""

DATE_TYPES = ("date", "stated_date")
NUMBER_TYPES = ("number", "count", "flag")

_FIXED = re.compile(r"(?:#,##)?0(?:\.(0+))?(?:_\))?")
_SEPARATED = re.compile(r"-?[0-9]{1,3}(?:[,，'’ \u00a0\u202f][0-9]{3})+(?:\.[0-9]+)?")
_PERCENT = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)\s*[%％]")
_SERIALS = range(36526, 54789)
"""Days that a spreadsheet counts for the years 2000 to 2049."""
_SERIAL_ZERO = date(1899, 12, 30)
_FORMULA_STARTS = ("=", "+", "@", "\t")


@dataclass(frozen=True)
class Cell:
    """A cell as it was read.

    Parameters
    ----------
    name : str
        Column letter and row, ``C7``.
    value : Any
        Text, number, bool, date, or None where empty.
    number_format : str
        How the spreadsheet shows a number; empty for plain text files.
    formula : str
        The formula where it is one; `value` is then its last result, None where none was saved.
    is_error : bool
        Whether the spreadsheet shows an error such as ``#N/A``.
    """

    name: str
    value: Any = None
    number_format: str = ""
    formula: str = ""
    is_error: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands there."""
        return not self.formula and (self.value is None or (isinstance(self.value, str) and not self.value.strip()))


@dataclass(frozen=True)
class Reading:
    """What a cell was read as.

    Parameters
    ----------
    text : str
        The text, as the evidence would hold it.
    faults : tuple of (found, allowed, advice, code, level)
        What is wrong with it.
    """

    text: str
    faults: tuple[tuple[str, str, str, str, str], ...] = field(default=())


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
    advice = "paste the figure as it was printed, or keep it with the qualifier derived and notes that explain it"
    doubt = (cell.formula, "a figure as it was printed", advice, "formula", "doubt")
    return Reading(read.text, (*read.faults, doubt))


def _of_value(cell: Cell, column: Field) -> Reading:
    value = cell.value
    if isinstance(value, bool):
        return _refused(str(value), column.allowed, "type the value as text", "boolean")
    if isinstance(value, (date, datetime)):
        return _of_day(value, cell.number_format, column)
    if isinstance(value, (int, float)):
        return _of_number(value, cell.number_format, column)
    if not isinstance(value, str):
        return _refused(str(value), column.allowed, "type the value as text", "cell_kind")
    return _of_text(" ".join(value.split()) if column.type != "text" else value.strip(), column)


def _of_day(value: date | datetime, number_format: str, column: Field) -> Reading:
    if column.type in DATE_TYPES:
        shown = number_format.lower()
        whole_day = column.type == "date" or "d" in shown or not shown
        return Reading(f"{value:%Y-%m-%d}" if whole_day else f"{value:%Y-%m}")
    found = f"a date, {value:%Y-%m-%d}"
    if column.type == "period":
        advice = f"format the cell as text and type {value:%Y-%m} for the month or {value:%Y} for the year"
        return _refused(found, PERIOD_FORMS, advice, "period_is_date")
    return _refused(found, column.allowed, "format the cell as text and type the value again", "cell_is_date")


def _of_number(value: float, number_format: str, column: Field) -> Reading:
    if "%" in number_format and column.type in NUMBER_TYPES:
        percent = _plain(round(value * 100, 10))
        advice = f"format the cell as text and type {percent} if the indicator's unit is percent"
        return _refused(f"{percent}% (stored as {_plain(value)})", column.allowed, advice, "percent_format")
    if column.type == "period" and value in _SERIALS:
        day = _SERIAL_ZERO + timedelta(days=int(value))
        advice = f"format the cell as text and type {day:%Y-%m} for the month or {day:%Y} for the year"
        return _refused(f"{_plain(value)} (the day {day.isoformat()} as a number)", PERIOD_FORMS, advice, "date_serial")
    if column.type in DATE_TYPES and value in _SERIALS:
        day = _SERIAL_ZERO + timedelta(days=int(value))
        advice = f"format the cell as text and type {day.isoformat()}"
        return _refused(f"{_plain(value)} (a day as a number)", column.allowed, advice, "date_serial")
    fixed = _FIXED.fullmatch(number_format)
    if fixed is not None and column.type == "number":
        return Reading(f"{value:.{len(fixed[1] or '')}f}")
    return Reading(_plain(value))


def _plain(value: float) -> str:
    """Return a number in digits and a point, without an exponent."""
    if float(value).is_integer():
        return f"{value:.0f}"
    text = repr(float(value))
    return f"{value:.15f}".rstrip("0") if "e" in text else text


def _of_text(text: str, column: Field) -> Reading:
    if column.enum or column.type in KEY_TYPES:
        text = text.split(CHOICE_SEPARATOR.strip())[0].strip()
    if text.startswith(_FORMULA_STARTS) or (text.startswith("-") and column.type not in NUMBER_TYPES):
        advice = "delete the first character, or begin with a word"
        return _refused(text, f"{column.allowed} that does not begin like a formula", advice, "formula_text")
    if column.type in NUMBER_TYPES:
        return _of_number_text(text, column)
    if column.type != "text":
        half = unicodedata.normalize("NFKC", text)
        if half != text:
            return _refused(text, column.allowed, f"type {half} in half-width characters", "full_width")
    return Reading(text)


def _of_number_text(text: str, column: Field) -> Reading:
    half = unicodedata.normalize("NFKC", text)
    if _SEPARATED.fullmatch(text) or _SEPARATED.fullmatch(half):
        plain = re.sub(r"[^0-9.-]", "", half)
        return _refused(text, column.allowed, f"type {plain} without separators", "thousands_separator")
    percent = _PERCENT.fullmatch(half)
    if percent is not None:
        return _refused(text, column.allowed, f"type {percent[1]} without the sign", "percent_sign")
    if half != text:
        return _refused(text, column.allowed, f"type {half} in half-width characters", "full_width")
    return Reading(text)


def _refused(found: str, allowed: str, advice: str, code: str) -> Reading:
    return Reading("", ((found, allowed, advice, code, "error"),))

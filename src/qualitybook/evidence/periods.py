"""Periods a figure may refer to, and the dates a source may state."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from qualitybook.errors import ImpossibleValueError

PERIOD_FORMS = "YYYY, YYYY-H1, YYYY-Q3, YYYY-MM, or YYYY-MM/YYYY-MM"
DATE_FORMS = "YYYY-MM-DD, YYYY-MM, or YYYY"

_YEAR = r"(?:19|20)[0-9]{2}"
_MONTH = r"(?:0[1-9]|1[0-2])"
PERIOD_PATTERN = rf"{_YEAR}(?:-H[12]|-Q[1-4]|-{_MONTH}(?:/{_YEAR}-{_MONTH})?)?"
STATED_DATE_PATTERN = rf"{_YEAR}(?:-{_MONTH}(?:-[0-9]{{2}})?)?"


@dataclass(frozen=True, order=True)
class Period:
    """Whole months one after the other, and the form they were written in.

    Periods are made by :meth:`parse` and sort by their first day, then by their last.
    """

    start: date
    end: date
    """First and last day."""
    kind: str
    """``year``, ``half``, ``quarter``, ``month`` or ``interval``."""

    @classmethod
    def parse(cls, text: str) -> Period:
        """Return the period that a text states.

        ImpossibleValueError tells of another form, and of an interval that ends before it starts.
        """
        return _parsed(text)

    @property
    def year(self) -> int | None:
        """The calendar year that holds the whole period; None for a period that spans several."""
        return self.start.year if self.start.year == self.end.year else None

    @property
    def is_full_year(self) -> bool:
        """Whether the period was stated as a calendar year.

        An interval from January to December is not: whoever wrote the months out had a reason, such as a figure
        published some days before the year was over.
        """
        return self.kind == "year"

    def __str__(self) -> str:
        year, month = self.start.year, self.start.month
        if self.kind == "year":
            return f"{year}"
        if self.kind == "half":
            return f"{year}-H{(month + 5) // 6}"
        if self.kind == "quarter":
            return f"{year}-Q{(month + 2) // 3}"
        if self.kind == "month":
            return f"{year}-{month:02d}"
        return f"{year}-{month:02d}/{self.end.year}-{self.end.month:02d}"


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Period:
    if not re.fullmatch(PERIOD_PATTERN, text):
        raise ImpossibleValueError(PERIOD_FORMS, text)
    start, _, end = text.partition("/")
    year, part = int(start[:4]), start[5:]
    if end:
        first, last = (year, int(part)), (int(end[:4]), int(end[5:]))
        if last < first:
            raise ImpossibleValueError("an interval that ends no earlier than it starts", text)
        return _of_months(*first, *last, "interval")
    if not part:
        return _of_months(year, 1, year, 12, "year")
    if part.isdigit():
        return _of_months(year, int(part), year, int(part), "month")
    kind, months = ("half", 6) if part[0] == "H" else ("quarter", 3)
    last_month = months * int(part[1])
    return _of_months(year, last_month - months + 1, year, last_month, kind)


def _of_months(first_year: int, first_month: int, last_year: int, last_month: int, kind: str) -> Period:
    return Period(date(first_year, first_month, 1), month_end(last_year, last_month), kind)


def month_end(year: int, month: int) -> date:
    """Return the last day of a month."""
    return date(year, month, monthrange(year, month)[1])


def stated_end(text: str) -> date | None:
    """Return the last day of what a date of publication states: a day, a month or a bare year; None for an empty text.

    ImpossibleValueError tells of another form, and of a day that does not exist.
    """
    if not text:
        return None
    if not re.fullmatch(STATED_DATE_PATTERN, text):
        raise ImpossibleValueError(DATE_FORMS, text)
    year, _, rest = text.partition("-")
    month, _, day = rest.partition("-")
    if not day:
        return month_end(int(year), int(month or 12))
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ImpossibleValueError("a day of the calendar", text) from None


def stated_start(text: str) -> date:
    """Return the first day of what a date of publication states, which must not be empty."""
    if stated_end(text) is None:
        raise ImpossibleValueError(DATE_FORMS, text)
    return date.fromisoformat(text + "-01-01"[len(text) - 4 :])

"""Yearly series: which published figures stand for a year, and which of them a forecast may use.

Rules: a year's own figure comes first, then what its indicator says of parts (`year_from`): the mean or the sum of
complete parts, complete parts pooled by their counts, or, for stocks, the last figure of the year. Otherwise a part of
a year never stands for it. Only exact, derived and (with the variance of their rounding) approximate figures are
fitted; bounds, undated figures, intervals over several years and grade C figures are shown and not fitted. A fit never
crosses a change of definition (`basis`). A figure whose year is in doubt (`dating`) stands for the year it is filed
under; the series then also holds the yearly values that follow if such figures belong one year earlier.

Some publications print an index beside the figures of a year without saying for which year the index itself was
measured. Such figures are filed under the year of the publication's other figures and marked; whether they belong there
or one year earlier is not known, so a forecast averages the quantile functions of both cases.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from itertools import groupby, repeat
from typing import Any

import numpy as np
import pandas as pd

from qualitybook.evidence.catalog import Catalog, chosen_lines
from qualitybook.evidence.numbers import decimals_of
from qualitybook.evidence.periods import Period
from qualitybook.evidence.reading import rows_of, with_cell
from qualitybook.evidence.schema import MAYBE_PREVIOUS_YEAR, PROVISIONAL

_YEAR = re.compile(r"\b[0-9]{4}\b")

# A figure known to belong to a year stands for it before one that only may; 9 is the highest value of `preferred`.
_AFTER_ALL_OTHERS = 10


def is_doubtful(rows: pd.DataFrame) -> pd.Series:
    """Return which figures may belong one year earlier, a boolean for each row of observations."""
    figures = rows_of(rows[["dating", "period"]])
    return pd.Series([may_be_earlier(figure) for figure in figures], index=rows.index, dtype=bool)


def may_be_earlier(figure: Any) -> bool:
    """Say whether a figure, a row of observations, may belong one year earlier."""
    return bool(figure.dating == MAYBE_PREVIOUS_YEAR and figure.period)


def moved_back(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the observations, in the same order, with the figures of doubtful year filed one year earlier.

    Their `preferred` is lowered so that a figure known to belong to the year comes first.
    """
    moved = rows[is_doubtful(rows)]
    if moved.empty:
        return rows
    texts = moved["period"].map(lambda period: _YEAR.sub(lambda found: str(int(found.group()) - 1), period))
    periods = texts.map(Period.parse)
    changed = moved.assign(
        period=texts,
        start=pd.to_datetime(periods.map(lambda period: period.start)).astype(rows["start"].dtype),
        end=pd.to_datetime(periods.map(lambda period: period.end)).astype(rows["end"].dtype),
        year=moved["year"] - 1,
        preferred=moved["preferred"] - _AFTER_ALL_OTHERS,
    )
    return pd.concat([rows.drop(index=moved.index), changed]).loc[rows.index]


FITTED_QUALIFIERS = ("exact", "derived", "about")
BOUND_QUALIFIERS = ("at_least", "at_most")
FITTED_USES = ("fitted", "pooled")
_FINAL_GRADES = ("A", "B")
MONTHS_A_YEAR = 12
_EXTRA_DECIMALS = 2
YEAR, INTERVAL = "year", "interval"
CURRENT_BASIS = ""
CANDIDATE = "candidate"
_YEARLY_COLUMNS = (
    "value",
    "sd",
    "n",
    "passed",
    "grade",
    "qualifier",
    "decimals",
    "basis",
    "dating",
    "whole",
    "weakness",
    "lines",
    "sources",
)
WEAKNESSES = ("provisional", "low_grade", "doubtful_year", "derived", "approximate", "part_of_year")


@dataclass(frozen=True)
class FitOptions:
    """Which figures a fit may use; the defaults are the book's, the others its sensitivity runs.

    Attributes
    ----------
    grades : tuple of str
        Grades that are fitted. Grade C figures marked as verbatim quotations of an official number are fitted with B.
    derived : bool
        Whether figures worked out from others are fitted.
    without_lines : frozenset of int
        Lines of the observations' file that are left out.
    models : tuple of str or None
        Models to average, None for the class's own choice.
    all_bases : bool
        Whether figures of other definitions stand for years that have none of the current one.
    dating : str
        Figures of doubtful year: ``both`` (forecasts average both cases), ``printed`` (the year they are filed under)
        or ``earlier`` (the year before).
    """

    grades: tuple[str, ...] = ("A", "B")
    derived: bool = True
    without_lines: frozenset[int] = frozenset()
    models: tuple[str, ...] | None = None
    all_bases: bool = False
    dating: str = "both"


DEFAULT_OPTIONS = FitOptions()


@dataclass(frozen=True)
class Series:
    """All visible figures of an indicator in a region, and the yearly values among them."""

    indicator_id: str
    region_id: str
    figures: tuple[Any, ...] = field(repr=False)
    """Every visible observation as a named tuple, with `use`: ``fitted``, ``pooled``, or the code of the reason why it
    is not fitted (``bound``, ``undated``, ``several_years``, ``part_of_year``, ``grade_c``, ``derived``, ``left_out``,
    ``other_basis``, ``second_source``)."""
    yearly: pd.DataFrame = field(repr=False)
    """Index `year` (int, ascending); columns `value`, `sd` (rounding, 0 when none), `n`, `passed`, `grade`,
    `qualifier`, `decimals`, `basis`, `dating`, `whole` (whether it is of the whole year; not so for a stock
    before the end of the year), `weakness` (one of `WEAKNESSES`, why it decides no goal; "" where it may),
    `lines` (file lines, a tuple), `sources` (source ids, a tuple); all of the current basis."""
    dtypes: Mapping[str, Any] = field(repr=False)
    """Types of the observations' columns."""
    earlier: Series | None = field(default=None, repr=False)
    """The same with the figures of doubtful year one year earlier; None where no fitted figure is in doubt."""

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The same as a table with a column a field: made when it is asked for, since most series are never shown."""
        dtypes = {**self.dtypes, "use": "str"}
        columns = zip(*self.figures, strict=True) if self.figures else repeat((), len(dtypes))
        made = {name: pd.array(cells, dtypes[name]) for name, cells in zip(dtypes, columns, strict=True)}
        return pd.DataFrame(made)

    @cached_property
    def uses(self) -> dict[int, str]:
        """How each figure is used, by its line of the observations' file."""
        return {figure.line: figure.use for figure in self.figures}

    def of_year(self, year: int | None) -> list[Any]:
        """Return the figures whose period lies in a calendar year."""
        return [figure for figure in self.figures if not pd.isna(figure.year) and figure.year == year]

    @property
    def n(self) -> int:
        """Number of fitted yearly values."""
        return len(self.yearly)

    @property
    def last_year(self) -> int | None:
        """Last fitted year, None without any."""
        return int(self.yearly.index[-1]) if self.n else None

    def values(self) -> np.ndarray:
        """Return the values of consecutive years from the first to the last fitted one, NaN where missing."""
        return self._column("value")

    def rounding(self) -> np.ndarray:
        """Return the standard deviation of the rounding for the years of `values`, NaN where missing."""
        return self._column("sd")

    def counts(self) -> tuple[np.ndarray, np.ndarray]:
        """Return items inspected and items passed for the years of `values`, NaN where not published."""
        return self._column("n"), self._column("passed")

    def years(self) -> np.ndarray:
        """Return the years of `values`."""
        return np.arange(self.yearly.index[0], self.yearly.index[-1] + 1) if self.n else np.array([], dtype=int)

    def until(self, year: int) -> Series:
        """Return the series as if its yearly values ended with that year (the published figures stay)."""
        kept, earlier = self.yearly.loc[:year], self.earlier
        if earlier is not None:
            lines = _lines_of(kept)
            of_these = [lines.issuperset(used) for used in earlier.yearly["lines"]]
            earlier = replace(earlier, yearly=earlier.yearly[of_these])
        return replace(self, yearly=kept, earlier=earlier)

    def _column(self, name: str) -> np.ndarray:
        return self.yearly[name].reindex(self.years()).to_numpy(dtype=float)


def _lines_of(yearly: pd.DataFrame) -> frozenset[int]:
    return frozenset(line for lines in yearly["lines"] for line in lines)


def by_year(yearly: pd.DataFrame) -> Iterator[tuple[int, pd.Series]]:
    """Yield the rows of a table of yearly values with their years."""
    for year, row in yearly.iterrows():
        yield int(str(year)), row


def build_series(catalog: Catalog, indicator_id: str, region_id: str, options: FitOptions = DEFAULT_OPTIONS) -> Series:
    """Return the series of an indicator in a region from what the catalog sees."""
    figures = catalog.records_at(indicator_id, region_id)
    if options.dating == "earlier":
        rows = moved_back(catalog.figures_at(indicator_id, region_id))
        figures = list(rows_of(rows.sort_values(["start", "end", "line"], kind="stable")))
    # Why a figure cannot stand for a year, or `CANDIDATE`, by its line.
    best = chosen_lines(figures)
    first = {figure.line: _use(figure, options, best) for figure in figures}
    candidates = [figure for figure in figures if first[figure.line] == CANDIDATE]
    rule = catalog.indicator(indicator_id).made_from
    # Without derived figures none is worked out either; counts of all parts added up are as good as they are.
    yearly, uses = _yearly(candidates, "own" if rule == "mean" and not options.derived else rule)
    uses = {line: uses.get(line, "part_of_year" if use == CANDIDATE else use) for line, use in first.items()}
    told = tuple(with_cell(figure, "use", uses[figure.line]) for figure in figures)
    earlier = None
    used = _lines_of(yearly)
    if options.dating == "both" and any(may_be_earlier(figure) for figure in figures if figure.line in used):
        earlier = build_series(catalog, indicator_id, region_id, replace(options, dating="earlier"))
    return Series(indicator_id, region_id, told, yearly, dict(catalog.observations.dtypes), earlier)


def _use(row: Any, options: FitOptions, best: frozenset[int]) -> str:
    qualifier, grade = row.qualifier, row.grade
    reasons = (
        (qualifier == "undated", "undated"),
        (row.line in options.without_lines, "left_out"),
        (row.line not in best, "second_source"),
        (row.basis != CURRENT_BASIS and not options.all_bases, "other_basis"),
        (qualifier in BOUND_QUALIFIERS, "bound"),
        (not pd.isna(row.start) and row.start.year != row.end.year, "several_years"),
        (grade not in options.grades and not _quoted(row, options), "grade_c" if grade == "C" else "left_out"),
        (qualifier == "derived" and not options.derived, "derived"),
    )
    return next((reason for holds, reason in reasons if holds), CANDIDATE)


def is_sound(row: Any) -> bool:
    """Say whether a figure is of a grade that the book's own fits use, or quotes an official number verbatim."""
    return row.grade in DEFAULT_OPTIONS.grades or _quoted(row, DEFAULT_OPTIONS)


def _quoted(row: Any, options: FitOptions) -> bool:
    """Say whether a grade C figure quotes an official number verbatim, which counts as grade B."""
    return bool(row.verbatim == "1" and "B" in options.grades)


def _yearly(figures: Iterable[Any], rule: str) -> tuple[pd.DataFrame, dict[int, str]]:
    """Return the yearly values of figures sorted by their start and, for each line used, how it was used."""
    records: dict[int, dict[str, object]] = {}
    uses: dict[int, str] = {}
    for year, group in groupby(figures, key=lambda figure: int(figure.start.year)):
        record, used, how = _value_of_year(list(group), rule)
        if record is not None:
            records[year] = record
            uses.update(dict.fromkeys(used, how))
    columns = {name: [record[name] for record in records.values()] for name in _YEARLY_COLUMNS}
    return pd.DataFrame(columns, index=pd.Index(list(records), dtype="int64", name="year")), uses


def _value_of_year(group: list[Any], rule: str) -> tuple[dict[str, object] | None, list[int], str]:
    group = sorted(group, key=lambda figure: figure.basis != CURRENT_BASIS)
    own = next((figure for figure in group if is_whole_year(figure)), None)
    if own is None and rule == "end":
        # Of figures of one date, one of a finished period before one cut short, and one that may decide before others.
        own = max(group, key=lambda row: (row.end, row.complete != "0", weakness(row) == "", row.line))
    if own is not None:
        return _record(own), [own.line], "fitted"
    parts = _parts_of_year(group, counted=rule == "pooled") if rule in _MADE_FROM_PARTS else None
    if parts is None:
        return None, [], "part_of_year"
    return _MADE_FROM_PARTS[rule](parts), [part.line for part in parts], "pooled"


def is_whole_year(figure: Any) -> bool:
    """Say whether a figure, a row of observations, is of a whole year.

    An interval from January to December is not: whoever wrote the months out had a reason, such as a figure published
    some days before the year was over.
    """
    return bool(figure.complete != "0" and figure.period_kind == YEAR)


def _months(figure: Any) -> int:
    start, end = figure.start, figure.end
    return int((end.year - start.year) * MONTHS_A_YEAR + end.month - start.month + 1)


def _record(figure: Any) -> dict[str, object]:
    whole = figure.complete != "0" and figure.period_kind != INTERVAL and figure.end.month == MONTHS_A_YEAR
    return {
        "value": figure.value,
        "sd": rounding_sd(figure.value_text) if figure.qualifier == "about" else 0.0,
        "n": figure.n,
        "passed": figure.passed,
        "grade": figure.grade,
        "qualifier": figure.qualifier,
        "decimals": figure.decimals,
        "basis": figure.basis,
        "dating": figure.dating,
        "whole": whole,
        "weakness": weakness(figure) or ("" if whole else "part_of_year"),
        "lines": (figure.line,),
        "sources": (figure.source_id,),
    }


def weakness(figure: Any) -> str:
    """Return why a figure, a row of observations, decides no goal of its period; "" where it may (rule 12)."""
    reasons = (
        (figure.status == PROVISIONAL, "provisional"),
        (figure.grade not in _FINAL_GRADES, "low_grade"),
        (figure.dating != "", "doubtful_year"),
        (figure.qualifier == "derived", "derived"),
        (figure.qualifier == "about", "approximate"),
    )
    return next((reason for holds, reason in reasons if holds), "")


def rounding_unit(text: str) -> float:
    """Return the unit that a printed number was rounded to (``"12.30"`` 0.01, ``"562000"`` 1000).

    Trailing zeros of a whole number count as rounding: use it for figures published as approximate.
    """
    if "." in text:
        return 10.0 ** -len(text.split(".")[1])
    digits = text.lstrip("-")
    return 10.0 ** (len(digits) - len(digits.rstrip("0"))) if digits.strip("0") else 1.0


def rounding_sd(text: str) -> float:
    """Return the standard deviation of a uniform rounding error, unit / sqrt(12)."""
    return rounding_unit(text) / math.sqrt(12)


def _parts_of_year(group: Iterable[Any], *, counted: bool) -> list[Any] | None:
    """Return complete figures that together cover the year and do not overlap, the longest first; None without them.

    Figures of a year so far are no parts: an interval from January is not a share of the year that others complete.
    """
    usable = [
        figure
        for figure in group
        if figure.complete != "0"
        and not (figure.period_kind == INTERVAL and figure.start.month == 1)
        and not (counted and math.isnan(figure.n))
    ]
    spans = sorted(
        ((figure.start.month, figure.end.month, position) for position, figure in enumerate(usable)),
        key=lambda span: (span[0], -span[1], span[2]),
    )
    cover = _cover(1, spans)
    return None if cover is None else [usable[position] for position in cover]


def _cover(month: int, spans: list[tuple[int, int, int]]) -> list[int] | None:
    if month > MONTHS_A_YEAR:
        return []
    for first, last, position in spans:
        if first == month:
            rest = _cover(last + 1, spans)
            if rest is not None:
                return [position, *rest]
    return None


def _pooled(parts: list[Any]) -> dict[str, object]:
    """Return the rate of the year from the counts of its parts."""
    n = float(np.sum([part.n for part in parts]))
    passed = float(np.sum([part.n * part.value / 100 if math.isnan(part.passed) else part.passed for part in parts]))
    counted = not any(math.isnan(part.passed) for part in parts)
    return {**_combined(parts, exact=counted), "value": 100 * passed / n, "n": n, "passed": passed}


def _summed(parts: list[Any]) -> dict[str, object]:
    """Return the total of the year from its parts; a sum of whole numbers is as good as they are."""
    total = float(sum((Decimal(part.value_text) for part in parts), Decimal()))
    whole_numbers = all(part.decimals == 0 for part in parts)
    return {**_combined(parts, exact=whole_numbers), "value": total, "n": math.nan, "passed": math.nan}


def _averaged(parts: list[Any]) -> dict[str, object]:
    """Return the mean of the year's months from its parts, each counted by its months."""
    value = float(np.average([part.value for part in parts], weights=[_months(part) for part in parts]))
    return {**_combined(parts, exact=False), "value": value, "n": math.nan, "passed": math.nan}


_MADE_FROM_PARTS = {"pooled": _pooled, "sum": _summed, "mean": _averaged}


def made_text(value: float, decimals: int) -> str:
    """Return a year that was made from parts as text: with two decimals more than they have, where it needs them.

    With those of its parts alone it might be rounded over a line that it does not reach.
    """
    text = f"{Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals - _EXTRA_DECIMALS), ROUND_HALF_UP)}"
    while decimals_of(text) > decimals and text.endswith("0"):
        text = text[:-1]
    return text.rstrip(".")


def _combined(parts: list[Any], *, exact: bool) -> dict[str, object]:
    """Return what a year made from parts is; it decides a goal only if it is `exact` and each part could."""
    weak = next((found for part in parts if (found := weakness(part))), "")
    return {
        "sd": 0.0,
        "grade": max(part.grade for part in parts),
        "qualifier": "derived",
        "decimals": min(part.decimals for part in parts),
        "basis": parts[0].basis,
        "dating": max(part.dating for part in parts),
        "whole": True,
        "weakness": weak or ("" if exact else "derived"),
        "lines": tuple(part.line for part in parts),
        "sources": tuple(dict.fromkeys(part.source_id for part in parts)),
    }

"""Which figure of a series is the latest, and the change that belongs to it.

Figure and change are one pair: both of the same kind of period and of the same basis. For a stock every dated figure is
one of its date, and the newest is the latest; for all else the last whole year is, and a part of a year stands only
beside it and against the same part a year before. A figure without a period is never the latest: it is told apart,
with the years that it may belong to where `dating` knows them. What has had no new figure for years is stale.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from qualitybook.analysis.series import (
    CURRENT_BASIS,
    Series,
    build_series,
    by_year,
    is_whole_year,
    made_text,
    may_be_earlier,
    rounding_unit,
)
from qualitybook.evidence.catalog import Catalog, Indicator
from qualitybook.evidence.numbers import decimals_of
from qualitybook.evidence.reading import rows_of

_STOCK = "end"
SPANS = ("year", "date", "part", "years", "undated")
REASONS = ("no_figure", "undated", "no_earlier", "part_of_year", "several_years", "basis", "bounds")
OLDEST_FRESH = 3
"""Years by which a latest figure may be older than the last whole year before it is stale."""
_OPPOSITE = {"at_least": "at_most", "at_most": "at_least"}
_BOUNDS = tuple(_OPPOSITE)
_TINY = 1e-9
"""Below what sums of decimal fractions differ by in floating point."""


@dataclass(frozen=True)
class Point:
    """A figure as it may be set against another one."""

    span: str
    """``year`` (a whole year), ``date`` (a stock at a date), ``part`` (of a year), ``years`` (several) or
    ``undated``."""
    period: str
    """As published, the year where it was made from its parts, empty where undated."""
    start: date | None
    end: date | None
    """First and last day, None where undated."""
    value: float
    """In the indicator's unit."""
    value_text: str
    """As printed."""
    qualifier: str
    basis: str
    grade: str
    status: str
    """As in the observations; ``derived`` where it was made from parts."""
    n: float
    passed: float
    """Items inspected and items that passed, NaN where not published."""
    step: float
    """What it was rounded to; 0 for a number that counts exactly."""
    is_doubtful: bool
    """Whether it may belong one year earlier."""
    is_complete: bool
    """Whether its source does not say that the period is cut short."""
    of_each_year: bool
    """Whether a bound over several years is said of each of them."""
    years: tuple[int, int] | None
    """First and last year that an undated figure may belong to, where known."""
    lines: tuple[int, ...]
    """Lines of the observations' file."""
    sources: tuple[str, ...]
    """Keys of their sources."""

    @property
    def year(self) -> int | None:
        """The calendar year in which it ends, None where undated."""
        return None if self.end is None else self.end.year

    @property
    def decimals(self) -> int:
        """Decimals printed."""
        return decimals_of(self.value_text)

    @property
    def is_whole(self) -> bool:
        """Whether it is of a whole year, or a stock at a date."""
        return self.span in ("year", "date")

    @property
    def is_made(self) -> bool:
        """Whether it is a year that was worked out from its parts."""
        return len(self.lines) > 1

    @property
    def is_bound(self) -> bool:
        """Whether it is a bound."""
        return self.qualifier in _BOUNDS

    def earlier_among(self, points: Sequence[Point]) -> list[Point]:
        """Return the earlier figures that a figure may be set against, in their order.

        Both are of one basis and of one kind of period: whole years; dates of a stock in different years; parts of a
        year and spans of years that cover the same months.
        """
        return [other for other in points if other.basis == self.basis and _same_kind(other, self)]

    def why_not_comparable(self, points: Sequence[Point]) -> str:
        """Return why a figure has no earlier one to be set against, one of `REASONS`."""
        earlier = [other for other in points if _order(other) < _order(self) and other.year != self.year]
        if any(_same_kind(other, self) for other in earlier):
            return "basis"
        spans = {other.span for other in earlier} | ({self.span} if earlier else set())
        return "part_of_year" if "part" in spans else "several_years" if "years" in spans else "no_earlier"

    @classmethod
    def of_series(cls, catalog: Catalog, series: Series) -> tuple[Point, ...]:
        """Return the dated figures of a series, one for each period and basis, and the years made from their parts.

        Ordered by their end; of those that end together the longest comes last, of equal ones that of the current
        basis.
        """
        kind = _kind_of(catalog, series.indicator_id)
        dated = [row for row in series.figures if row.period and series.uses[row.line] != "second_source"]
        published = [_published(kind, row) for row in dated]
        own = {(point.year, point.basis) for point in published if point.span == "year" and not point.is_bound}
        made = [point for point in _made_years(kind, series) if (point.year, point.basis) not in own]
        instead = {(point.year, point.basis) for point in made}
        kept = [point for point in published if point.span != "year" or (point.year, point.basis) not in instead]
        return tuple(sorted([*kept, *made], key=_order))

    @classmethod
    def undated_of(cls, catalog: Catalog, series: Series) -> list[Point]:
        """Return the figures of a series without a period, those that may be the newest last."""
        rows = [row for row in series.figures if not row.period]
        known = _years_of_undated(catalog, series.indicator_id, series.region_id) if rows else {}
        kind = _kind_of(catalog, series.indicator_id)
        points = [_point(kind, row, "undated", None, known.get(row.source_id)) for row in rows]
        available = {row.line: row.available_from.toordinal() for row in rows}
        return sorted(points, key=lambda point: (point.years is None, point.years or (), available[point.lines[0]]))


@dataclass(frozen=True)
class Change:
    """What lies between two figures of the same kind of period and the same basis."""

    before: Point
    after: Point
    value: float
    """The later figure less the earlier, as printed."""
    qualifier: str
    """``exact``, ``about``, or ``at_least``, ``at_most`` where one of the two is a bound."""

    @property
    def decimals(self) -> int:
        """Decimals that the change is printed with."""
        return max(self.before.decimals, self.after.decimals)

    @property
    def amount(self) -> Decimal:
        """The change as it is printed: no finer than an approximate figure that it counts from, but in two digits.

        From about 1,514,000 to 2,200,411 it is about 686,000, from about 13,000 to 13,720 about 720.
        """
        exact = _difference(self.before, self.after)
        if self.qualifier != "about" or exact.is_zero():
            return exact
        coarsest = max(side.step for side in (self.before, self.after) if side.qualifier == "about")
        place = min(round(math.log10(coarsest)), exact.adjusted() - 1)
        return round(exact, -place) if place > -decimals_of(f"{exact:f}") else exact

    @property
    def is_within_rounding(self) -> bool:
        """Whether the rounding of the two figures alone may make it."""
        if self.qualifier in _BOUNDS:
            return False
        return bool(self.value) and abs(self.value) < (self.before.step + self.after.step) / 2 - _TINY

    @property
    def sign(self) -> int | None:
        """1, -1 or 0 as the number rises, falls or stays; None where a bound leaves it open."""
        if self.qualifier == "at_least":
            return 1 if self.value > 0 else None
        if self.qualifier == "at_most":
            return -1 if self.value < 0 else None
        return (self.value > 0) - (self.value < 0)

    @property
    def lines(self) -> tuple[int, ...]:
        """Lines of the observations' file, the earlier figure's first."""
        return (*self.before.lines, *self.after.lines)

    @property
    def sources(self) -> tuple[str, ...]:
        """Sources of both, the earlier figure's first."""
        return tuple(dict.fromkeys((*self.before.sources, *self.after.sources)))

    @classmethod
    def between(cls, before: Point, after: Point) -> Change | None:
        """Return the change between two figures that are comparable; None where both are bounds of one side."""
        qualifier = _qualifier_of_change(before, after)
        if qualifier is None:
            return None
        return cls(before, after, float(_difference(before, after)), qualifier)


@dataclass(frozen=True)
class Latest:
    """The latest figure of a series and what stands beside it."""

    indicator_id: str
    region_id: str
    point: Point | None
    """The latest figure: a whole year or a stock's date; a part of a year or several years only where there is
    neither; None where no figure is dated."""
    change: Change | None
    """The change that belongs to it."""
    reason: str
    """Why there is none, one of `REASONS`; empty where there is one."""
    part: Change | None
    """A part of a year after `point`, against the same part a year before."""
    lone_part: Point | None
    """A part of a year after `point` that has no such counterpart; only where `point` would else be stale."""
    points: tuple[Point, ...]
    """All dated figures, as `Point.of_series` orders them."""
    undated: tuple[Point, ...]
    """Figures without a period, those that may be the newest last."""
    newest_year: int | None
    """Calendar year in which the newest of the figures above ends, undated ones by the last year that they may
    belong to, where that is known."""
    years_without: int | None
    """Years since `newest_year` up to the last whole year, where the series is stale."""

    @property
    def is_stale(self) -> bool:
        """Whether no new figure was found for more than three years."""
        return self.years_without is not None

    @property
    def newer_undated(self) -> tuple[Point, ...]:
        """The undated figures that may be newer than the latest, where the years that they may belong to are known."""
        if self.point is None or self.point.year is None:
            return ()
        year = self.point.year
        return tuple(point for point in self.undated if point.years is not None and point.years[1] > year)

    @property
    def shown(self) -> Point | None:
        """The figure to show: the latest, else the undated one that may be the newest; None without any."""
        return self.point or (self.undated[-1] if self.undated else None)

    @property
    def figure_sources(self) -> tuple[str, ...]:
        """Sources of the figure and of what stands beside it, each once."""
        told: list[Point | Change | None] = [self.shown, self.part, self.lone_part, *self.newer_undated]
        return tuple(dict.fromkeys(source for item in told if item is not None for source in item.sources))

    @property
    def sources(self) -> tuple[str, ...]:
        """Sources of all that is told of it, each once: the figure, what stands beside, and its change."""
        before = () if self.change is None else self.change.before.sources
        return tuple(dict.fromkeys((*self.figure_sources, *before)))

    @classmethod
    def at(cls, catalog: Catalog, indicator_id: str, region_id: str) -> Latest:
        """Return the latest figure of an indicator at a place, from evidence already filtered to the as-of date."""
        return Latest.of_series(catalog, build_series(catalog, indicator_id, region_id))

    @classmethod
    def of_series(cls, catalog: Catalog, series: Series, day: date | None = None) -> Latest:
        """Return the latest figure of a series, the change that belongs to it, and what stands beside it.

        The day is the as-of date, that of the catalog where not given; without either nothing is stale.
        """
        day = day or catalog.as_of_date
        points = Point.of_series(catalog, series)
        undated = tuple(Point.undated_of(catalog, series))
        point = latest_point(points)
        change, reason = (
            _change_to(points, point) if point is not None else (None, "undated" if undated else "no_figure")
        )
        # The newest part of a year after the latest whole year, with the same part a year before.
        parts = (_change_to(points, each)[0] for each in reversed(_parts_after(points, point)))
        part = next((each for each in parts if each is not None), None)
        ends = (point, None if part is None else part.after)
        dated = [each.year for each in ends if each is not None and each.year is not None]
        found = cls(
            indicator_id=series.indicator_id,
            region_id=series.region_id,
            point=point,
            change=change,
            reason=reason,
            part=part,
            lone_part=None,
            points=points,
            undated=undated,
            newest_year=max([*dated, *(each.years[1] for each in undated if each.years is not None)], default=None),
            years_without=None,
        )
        return found if day is None else _aged(found, last_whole_year(day))


@dataclass(frozen=True)
class _Kind:
    """What decides how figures of an indicator are told: stock or not, and whether they are whole numbers."""

    is_stock: bool
    is_whole: bool


def _kind_of(catalog: Catalog, indicator_id: str) -> _Kind:
    return _Kind(is_stock(catalog.indicator(indicator_id)), catalog.unit_of(indicator_id).is_whole)


def is_stock(indicator: Indicator) -> bool:
    """Return whether every dated figure of an indicator is one of its date."""
    return indicator.made_from == _STOCK


def form_a_series(points: Sequence[Point]) -> bool:
    """Return whether any two of some figures are comparable, so that a chart of them says more than a list."""
    return any(point.earlier_among(points) for point in points)


def last_whole_year(day: date) -> int:
    """Return the last calendar year that is over at the end of a day."""
    return day.year - ((day.month, day.day) != (12, 31))


def _aged(found: Latest, whole_year: int) -> Latest:
    """Return the latest figure with its mark of age; a lone part of a year keeps it from being stale."""
    if found.newest_year is None or whole_year - found.newest_year <= OLDEST_FRESH:
        return found
    lone = next((part for part in reversed(_parts_after(found.points, found.point)) if part.year is not None), None)
    newest = found.newest_year if lone is None or lone.year is None else lone.year
    age = whole_year - newest
    return replace(found, lone_part=lone, newest_year=newest, years_without=age if age > OLDEST_FRESH else None)


def _same_kind(other: Point, point: Point) -> bool:
    if other.span != point.span or other.year is None or point.year is None or other.year >= point.year:
        return False
    if point.span == "part":
        return point.year - other.year == 1 and _months(other) == _months(point)
    return point.span != "years" or _length(other) == _length(point)


def _months(point: Point) -> tuple[int, int]:
    return (0, 0) if point.start is None or point.end is None else (point.start.month, point.end.month)


def _length(point: Point) -> int:
    if point.start is None or point.end is None:
        return 0
    return (point.end.year - point.start.year) * 12 + point.end.month - point.start.month


def latest_point(points: Sequence[Point]) -> Point | None:
    """Return the last of the first kind of period that there is: whole years and dates, parts of a year, more years."""
    for spans in (("year", "date"), ("part",), ("years",)):
        found = [point for point in points if point.span in spans]
        if found:
            return found[-1]
    return None


def _change_to(points: Sequence[Point], point: Point) -> tuple[Change | None, str]:
    """Return the change up to a figure, or None and why there is none."""
    earlier = point.earlier_among(points)
    if not earlier:
        return None, point.why_not_comparable(points)
    change = Change.between(earlier[-1], point)
    return change, "" if change is not None else "bounds"


def _parts_after(points: Sequence[Point], point: Point | None) -> list[Point]:
    """Return the parts of a year that end after the latest whole year."""
    if point is None or point.span != "year" or point.end is None:
        return []
    return [part for part in points if part.span == "part" and part.end is not None and part.end > point.end]


def _difference(before: Point, after: Point) -> Decimal:
    """Return by how much the later figure is more than the earlier, as both are printed."""
    return Decimal(after.value_text) - Decimal(before.value_text)


def _qualifier_of_change(before: Point, after: Point) -> str | None:
    """Return what is known of a change; None where two bounds leave its sign and its size open."""
    known = {after.qualifier} & set(_BOUNDS)
    if before.is_bound:
        known.add(_OPPOSITE[before.qualifier])
    if len(known) > 1:
        return None
    if known:
        return known.pop()
    return "about" if "about" in (before.qualifier, after.qualifier) else "exact"


def _published(kind: _Kind, row: Any) -> Point:
    return _point(kind, row, _span(kind, row), (row.start.date(), row.end.date()), None)


def _span(kind: _Kind, row: Any) -> str:
    if kind.is_stock:
        return "date"
    if is_whole_year(row):
        return "year"
    return "part" if row.start.year == row.end.year else "years"


def _point(kind: _Kind, row: Any, span: str, days: tuple[date, date] | None, years: tuple[int, int] | None) -> Point:
    start, end = days or (None, None)
    step = 0.0 if kind.is_whole and row.decimals == 0 else 10.0**-row.decimals
    return Point(
        span=span,
        period=row.period,
        start=start,
        end=end,
        value=float(row.value),
        value_text=row.value_text,
        qualifier=row.qualifier,
        basis=row.basis,
        grade=row.grade,
        status=row.status,
        n=float(row.n),
        passed=float(row.passed),
        # Its print unit, by its last zeros where it is called approximate.
        step=rounding_unit(row.value_text) if row.qualifier == "about" else step,
        is_doubtful=may_be_earlier(row),
        is_complete=row.complete != "0",
        of_each_year=row.each_year == "1",
        years=years,
        lines=(row.line,),
        sources=(row.source_id,),
    )


def _made_years(kind: _Kind, series: Series) -> Iterator[Point]:
    """Yield the years that were made from their parts."""
    for year, record in by_year(series.yearly):
        if len(record["lines"]) > 1 and not kind.is_stock:
            decimals = int(record["decimals"])
            yield Point(
                span="year",
                period=str(year),
                start=date(year, 1, 1),
                end=date(year, 12, 31),
                value=float(record["value"]),
                value_text=made_text(float(record["value"]), decimals),
                qualifier="derived",
                basis=str(record["basis"]),
                grade=str(record["grade"]),
                status="",
                n=float(record["n"]),
                passed=float(record["passed"]),
                step=0.0 if kind.is_whole and decimals == 0 else 10.0**-decimals,
                is_doubtful=bool(record["dating"]),
                is_complete=True,
                of_each_year=False,
                years=None,
                lines=tuple(record["lines"]),
                sources=tuple(record["sources"]),
            )


def _order(point: Point) -> tuple[date, bool, int, bool, bool, tuple[int, ...]]:
    assert point.end is not None
    # What its source calls cut short ends earlier than it says. Of figures for one period a point comes after a bound,
    # and one by the current definition last.
    return point.end, point.is_complete, _length(point), not point.is_bound, point.basis == CURRENT_BASIS, point.lines


def point_of_row(catalog: Catalog, row: Any) -> Point:
    """Return a figure, a row of the observations, as it may be told."""
    indicator_id = str(row.indicator_id)
    kind = _kind_of(catalog, indicator_id)
    if row.period:
        return _published(kind, row)
    years = _years_of_undated(catalog, indicator_id, str(row.region_id))
    return _point(kind, row, "undated", None, years.get(str(row.source_id)))


def _years_of_undated(catalog: Catalog, indicator_id: str, region_id: str) -> dict[str, tuple[int, int]]:
    """Return by source the first and the last year that the undated figures of a series may belong to."""
    rows = catalog.dating
    own = rows[(rows["indicator_id"] == indicator_id) & (rows["region_id"] == region_id)]
    return {row.source_id: (int(row.from_year), int(row.to_year)) for row in rows_of(own)}

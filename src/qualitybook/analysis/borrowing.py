"""Where a goal cannot be judged for want of a series of its own: what the regions that contain the place can tell.

A region that contains the place carries a range for orientation: its own figure of the target year, its forecast, or
what similar series do. Where one release gave both figures for one year, their gap moves the range to the place; a
bound serves as such a gap only within that release and year. Nothing here decides a goal or carries a probability.
Only rates and indices are lent: a province's total says nothing of how much of it lies in one of its cities.

A goal that is judged rests on the place's own figures. Where the province or the nation has published the same measure
for later years, a reader who knows these figures must see what they would change, beside the verdict and never in its
stead: the place's gap to its parent is carried on and the goal asked of the parent's newer figures and that gap. A
revision of the parent's figures that the place's own have not had is said beside it.

The gap is one that mostly lasts (`qualitybook.analysis.gap_model`), known from public panels and its own past.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qualitybook.analysis.forecast import PATHS, SEED, clip_probability
from qualitybook.analysis.gap_model import condition_gaps, gap_prior
from qualitybook.analysis.goals import Asked, Goal
from qualitybook.analysis.outlook import class_of, forecast_series, orient_series, print_unit
from qualitybook.analysis.scales import FloatArray, SeriesClass, Transform
from qualitybook.analysis.series import CURRENT_BASIS, FITTED_QUALIFIERS, Series, build_series, by_year
from qualitybook.analysis.verdict import Verdict
from qualitybook.errors import ImpossibleValueError
from qualitybook.evidence.catalog import Catalog
from qualitybook.evidence.reading import rows_of
from qualitybook.evidence.schema import kind_of

LEVEL = 0.8
KINDS = ("published", "forecast", "orientation")
_GAP_QUALIFIERS = ("exact", "at_least", "at_most")


@dataclass(frozen=True)
class Gap:
    """How far the place stood above (or below) the region in one release and year."""

    value: float
    """The place's figure less the region's, in the indicator's unit."""
    qualifier: str
    """``exact``, or ``at_least``, ``at_most`` where the place's figure was a bound."""
    period: str
    """The period of both figures."""
    source_id: str
    """The release that gave both."""
    lines: tuple[int, int]
    """Lines of the place's and the region's figure in the observations' file."""


@dataclass(frozen=True)
class Borrowed:
    """A range for orientation, lent by a region that contains the place."""

    indicator_id: str
    region_id: str
    """The series that lends it."""
    kind: str
    """``published`` (the region's own figure of the target year), ``forecast`` (its 80 % interval) or
    ``orientation`` (the 80 % range of similar series, for one to three values)."""
    lower: float
    upper: float
    """Ends of the region's range for the target year, in the indicator's unit."""
    gap: Gap | None
    """The published gap between the place and the region, None where no release gave both for one year."""
    moved: tuple[float, float] | None
    """The range moved by the gap, within the indicator's bounds; None without a gap. An end that a bound leaves open
    is infinite where the indicator has no bound there."""
    decimals: int
    """Most decimals printed among the region's values that the range rests on."""
    years: tuple[int, ...]
    """Years of the region's values that the range rests on."""
    sources: tuple[str, ...]
    """Their sources, and that of the gap."""

    @classmethod
    def for_verdict(cls, catalog: Catalog, verdict: Verdict) -> tuple[Borrowed, ...]:
        """Return the ranges that containing regions lend to a goal that cannot be judged, nearest region first.

        None where the place's own series carries a range, or where the indicator is neither a rate nor an index.
        """
        goal = verdict.goal
        if verdict.state != "cannot_judge" or verdict.series is None:
            return ()
        if any(
            made(catalog, verdict.series, goal.target_year) is not None for made in (forecast_series, orient_series)
        ):
            return ()
        if not kind_of(catalog.indicator(goal.indicator_id).kind).is_relative:
            return ()
        found = [lend(catalog, goal, region) for region in catalog.containing_places(goal.region_id)]
        return tuple(item for item in found if item is not None)


def lend(catalog: Catalog, goal: Goal, region_id: str) -> Borrowed | None:
    """Return the range of a region on the goal's indicator for the target year, None where it has none either."""
    series = build_series(catalog, goal.indicator_id, region_id)
    ranged = _range(catalog, series, goal.target_year)
    if ranged is None:
        return None
    kind, (lower, upper), basis = ranged
    gap = published_gap(catalog, goal.indicator_id, goal.region_id, region_id)
    known = [source for sources in basis["sources"] for source in sources]
    borrowed = Borrowed(
        indicator_id=goal.indicator_id,
        region_id=region_id,
        kind=kind,
        lower=lower,
        upper=upper,
        gap=gap,
        moved=None,
        decimals=int(basis["decimals"].max()),
        years=tuple(int(year) for year in basis.index),
        sources=tuple(dict.fromkeys([*known, *([gap.source_id] if gap else [])])),
    )
    return borrowed if gap is None else replace(borrowed, moved=_moved(catalog, borrowed, gap))


def _range(catalog: Catalog, series: Series, year: int) -> tuple[str, tuple[float, float], pd.DataFrame] | None:
    """Return kind and ends of a series' range for a year, and the yearly values that it rests on."""
    known = series.yearly
    if year in known.index:
        value = float(known["value"].loc[year])
        return "published", (value, value), known.loc[[year]]
    made = forecast_series(catalog, series, year)
    if made is not None:
        return "forecast", made.interval(LEVEL, year - int(series.years()[-1])), known.iloc[-made.n :]
    rough = orient_series(catalog, series, year)
    return None if rough is None else ("orientation", (rough.lower, rough.upper), known.iloc[-1:])


def published_gap(catalog: Catalog, indicator_id: str, place: str, region: str) -> Gap | None:
    """Return the latest gap between a place and a region that one release gave for one and the same period.

    Both figures must be of the current definition; the region's must be exact, the place's may be a bound.
    """
    gaps = sorted(_gaps(catalog, indicator_id, place, region), key=lambda item: item[0])
    return gaps[-1][1] if gaps else None


def _gaps(catalog: Catalog, indicator_id: str, place: str, region: str) -> Iterator[tuple[Any, Gap]]:
    """Yield each gap with what it is sorted by: the end of its period, an exact one after a bound, the line."""
    rows = catalog.figures_of(indicator_id)
    rows = rows[(rows["basis"] == CURRENT_BASIS) & (rows["period"] != "")]
    own = rows[(rows["region_id"] == place) & rows["qualifier"].isin(_GAP_QUALIFIERS)]
    others = rows[(rows["region_id"] == region) & (rows["qualifier"] == "exact")]
    for pair in rows_of(own.merge(others, on=["source_id", "period"], suffixes=("", "_region"))):
        gap = Gap(
            value=float(pair.value - pair.value_region),
            qualifier=pair.qualifier,
            period=pair.period,
            source_id=pair.source_id,
            lines=(int(pair.line), int(pair.line_region)),
        )
        yield (pair.end, pair.qualifier == "exact", pair.line), gap


def _moved(catalog: Catalog, borrowed: Borrowed, gap: Gap) -> tuple[float, float]:
    """Return the range moved by the gap; a bound opens the end that it does not hold."""
    indicator = catalog.indicator(borrowed.indicator_id)
    lowest = -np.inf if indicator.lower is None else indicator.lower
    highest = np.inf if indicator.upper is None else indicator.upper
    lower = lowest if gap.qualifier == "at_most" else borrowed.lower + gap.value
    upper = highest if gap.qualifier == "at_least" else borrowed.upper + gap.value
    low, high = np.clip([lower, upper], lowest, highest)
    return float(low), float(high)


_LEAST_SHARED = 2
"""Years in which both places need a figure before the gap is carried on."""


@dataclass(frozen=True)
class Revision:
    """A revision of the parent's figure of a year, and what the same factor would make of the place's own figure."""

    year: int
    before: Any
    after: Any
    "Rows of the parent's observations."
    own: float
    implied: float


@dataclass(frozen=True)
class ParentView:
    """What a verdict would say with the newer figures of a containing place."""

    region_id: str
    probability: float
    "Within what calibration supports."
    newer: tuple[Any, ...]
    "The parent's figures that are newer than the place's last one, rows of its observations."
    revision: Revision | None

    @classmethod
    def of(cls, catalog: Catalog, verdict: Verdict) -> ParentView | None:
        """Return the goal by the newer figures of the nearest containing place, None where there are none to use."""
        series = verdict.series
        group = None if series is None else class_of(catalog, series.indicator_id)
        if series is None or group is None or verdict.probability is None:
            return None
        parent = _parent_with_newer_figures(catalog, series, verdict.goal)
        if parent is None:
            return None
        try:
            chance = _chance(catalog, verdict.goal, series, parent, group)
        except ImpossibleValueError:
            return None
        if chance is None:
            return None
        last = int(series.last_year or 0)
        newer = {line for year, row in by_year(parent.yearly) if year > last for line in row["lines"]}
        rows = tuple(row for row in parent.figures if row.line in newer)
        return cls(parent.region_id, clip_probability(chance), rows, _revision(series, parent))


def _parent_with_newer_figures(catalog: Catalog, series: Series, goal: Goal) -> Series | None:
    """Return the series of the smallest containing place that knows the target year, where the place does not."""
    region = catalog.region(series.region_id).parent_id
    while region:
        parent = build_series(catalog, series.indicator_id, region)
        if goal.target_year in parent.yearly.index and int(series.last_year or 0) < goal.target_year:
            return parent
        region = catalog.region(region).parent_id
    return None


def _chance(catalog: Catalog, goal: Goal, series: Series, parent: Series, group: SeriesClass) -> float | None:
    """Return the share of simulated paths of the place, from its last figure on, that reach the goal as printed."""
    transform = group.transform(np.concatenate([series.yearly["value"], parent.yearly["value"]]))
    last, unit = int(series.last_year or 0), print_unit(catalog, series)
    own = series.yearly.loc[parent.yearly.index[0] :]
    if len(own) < _LEAST_SHARED:
        return None
    known = np.array([year for year, _ in by_year(own)], dtype=float)
    asked = np.arange(last + 1, goal.target_year + 1, dtype=float)
    base, blur = _bridged(transform, parent, np.concatenate([known, asked]))
    gaps = transform.forward(own["value"].to_numpy(dtype=float)) - base[: known.size]
    variances = blur[: known.size] + transform.variance(own["value"], own["sd"])
    mixture = condition_gaps(gap_prior(group.transform_name), known, gaps, variances, asked)
    draws = np.random.default_rng(SEED)
    noise = draws.standard_normal((PATHS, asked.size)) * np.sqrt(blur[known.size :])
    paths = transform.inverse(base[known.size :] + mixture.draw(PATHS, draws) + noise)
    return float(np.mean(_reaches(paths, goal, series, unit)))


def _reaches(paths: FloatArray, goal: Goal, series: Series, unit: float) -> NDArray[np.bool_]:
    """Return for each path, shape (PATHS, years), whether it reaches the goal as printed."""
    printed, slack = np.rint(paths / unit) * unit, unit / 4
    baseline = series.yearly["value"].get(goal.compared_year)
    asked = Asked.by(goal, None if baseline is None else float(baseline))
    if asked is not None:
        return asked.holds_each(printed[:, -1])
    assert baseline is not None
    sign = goal.direction
    beyond: NDArray[np.bool_] = sign * printed[:, -1] > sign * float(baseline) + slack
    steps = sign * np.diff(printed, axis=1, prepend=float(series.yearly["value"].iloc[-1]))
    unbroken: NDArray[np.bool_] = np.all(steps >= -slack, axis=1)
    return unbroken & beyond


def _bridged(transform: Transform, parent: Series, years: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the parent's values on the modelling scale and their variances.

    A year without a figure lies on the line between its neighbours, with the variance of a random walk tied to both.
    """
    at = parent.yearly.index.to_numpy(dtype=float)
    z = transform.forward(parent.yearly["value"].to_numpy(dtype=float))
    rounding = transform.variance(parent.yearly["value"], parent.yearly["sd"])
    steps = np.diff(z) / np.sqrt(np.diff(at))
    yearly = float(np.mean(steps * steps)) if steps.size else 0.0
    after = np.clip(np.searchsorted(at, years), 1, at.size - 1) if at.size > 1 else np.zeros(years.size, dtype=int)
    before = np.maximum(after - 1, 0)
    width = np.maximum(at[after] - at[before], 1.0)
    walk = yearly * np.clip(years - at[before], 0, None) * np.clip(at[after] - years, 0, None) / width
    return np.interp(years, at, z), np.interp(years, at, rounding) + walk


def _revision(series: Series, parent: Series) -> Revision | None:
    """Return the parent's latest revision of a year that the place's own last figure is of, None without one."""
    rows = [row for row in parent.of_year(series.last_year) if row.qualifier in FITTED_QUALIFIERS]
    before = next((row for row in rows if row.basis != CURRENT_BASIS), None)
    after = next((row for row in rows if row.basis == CURRENT_BASIS), None)
    if before is None or after is None or series.last_year is None:
        return None
    own = float(series.yearly["value"].iloc[-1])
    return Revision(series.last_year, before, after, own, own * float(after.value) / float(before.value))

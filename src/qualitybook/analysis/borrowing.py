"""Where a goal cannot be judged for want of a series of its own: what the regions that contain the place can tell.

A region that contains the place carries a range for orientation: its own figure of the target year, its forecast, or
what similar series do. Where one release gave both figures for one year, their gap moves the range to the place; a
bound serves as such a gap only within that release and year. Nothing here decides a goal or carries a probability.
Only rates and indices are lent: a province's total says nothing of how much of it lies in one of its cities.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from qualitybook.analysis.outlook import forecast_series, orient_series
from qualitybook.analysis.places import containing_places
from qualitybook.analysis.series import CURRENT_BASIS, Series, build_series
from qualitybook.analysis.verdict import Goal, Verdict
from qualitybook.evidence.catalog import Catalog
from qualitybook.evidence.kinds import kind_of
from qualitybook.evidence.reading import rows_of

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


def borrowed_ranges(catalog: Catalog, verdict: Verdict) -> tuple[Borrowed, ...]:
    """Return the ranges that containing regions lend to a goal that cannot be judged.

    Returns
    -------
    tuple of Borrowed
        Nearest region first; none where the goal is judged, where the place's own series carries a range, or where the
        indicator is neither a rate nor an index.
    """
    goal = verdict.goal
    if verdict.state != "cannot_judge" or verdict.series is None or _has_own_range(catalog, verdict.series, goal):
        return ()
    if not kind_of(catalog.indicator(goal.indicator_id).kind).is_relative:
        return ()
    found = [lend(catalog, goal, region) for region in containing_places(catalog, goal.region_id)]
    return tuple(item for item in found if item is not None)


def _has_own_range(catalog: Catalog, series: Series, goal: Goal) -> bool:
    made = forecast_series(catalog, series, goal.target_year)
    return made is not None or orient_series(catalog, series, goal.target_year) is not None


def lend(catalog: Catalog, goal: Goal, region_id: str) -> Borrowed | None:
    """Return the range of a region on the goal's indicator for the target year, None where it has none either."""
    series = build_series(catalog, goal.indicator_id, region_id)
    ranged = _range(catalog, series, goal.target_year)
    if ranged is None:
        return None
    kind, (lower, upper), basis = ranged
    gap = published_gap(catalog, goal.indicator_id, goal.region_id, region_id)
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
        sources=_sources(basis, gap),
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


def _sources(yearly: pd.DataFrame, gap: Gap | None) -> tuple[str, ...]:
    known = [source for sources in yearly["sources"] for source in sources]
    return tuple(dict.fromkeys([*known, *([gap.source_id] if gap else [])]))


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

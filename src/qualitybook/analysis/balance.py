"""Which way the supporting indicators of a goal without a measure have gone since the plan's baseline, one by one.

Nothing is averaged and nothing is decided. Each tells two figures with their years and the direction of the number.
Whether that is better or worse is said only where a direction is better for the goal, and where the change is more than
chance: complete counts and registers by their sign; rates by the sampling error of both figures where the numbers
inspected are known; others by the series' own usual step over so many years, its trend taken out. A series with too few
steps of its own gets no such word, whatever similar ones do; what the places that contain it did stands beside it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from qualitybook.analysis.counts import sampling_error_of_difference
from qualitybook.analysis.latest import (
    Change,
    Point,
    latest_point,
)
from qualitybook.analysis.series import Series, build_series
from qualitybook.evidence.catalog import Catalog, Indicator
from qualitybook.evidence.schema import QUALITATIVE, kind_of

_OLDEST_BASELINE_FIGURE = 3
"""Years before the baseline up to which a figure may stand for it."""

_LEAST_STEPS = 3
"""Steps from which a series has a usual step of its own."""

_COUNT_FORM = "count"
_NEITHER = "neither"
WORDS = ("better", "worse")
REASONS = (
    *("no_data", "basis", "part_of_year", "several_years", "bounds", "not_judged", "neither"),
    *("open_bound", "unchanged", "within_rounding", "within_chance", "too_few_steps"),
)
TESTS = ("count", "sampling", "steps")


@dataclass(frozen=True)
class Peer:
    """What the same indicator did in the same years at a place that contains the one asked about."""

    region_id: str
    change: Change


@dataclass(frozen=True)
class Direction:
    """Which way one supporting indicator has gone since the baseline."""

    indicator_id: str
    region_id: str
    before: Point | None
    """The figure of the baseline year, else the nearest of the three years before it."""
    after: Point | None
    """The latest figure, where it is of a later year."""
    change: Change | None
    """What lies between them; None where one is missing or they are not comparable."""
    word: str
    """``better`` or ``worse``; empty where neither is said."""
    reason: str
    """Why no word is said, one of `REASONS`; empty where one is."""
    test: str = ""
    """How the change was told from chance, one of `TESTS`; empty where it was not tried."""
    threshold: float | None = None
    """Change that had to be exceeded, in the indicator's unit; None where the sign alone tells."""
    steps: int = 0
    """Steps between the series' own figures."""
    peers: tuple[Peer, ...] = ()
    """What the places that contain it did, nearest first; only where the series has too few steps of its own."""

    @property
    def arrow(self) -> int | None:
        """1, -1 or 0 as the number rose, fell or stayed; None where that is not known."""
        return None if self.change is None else self.change.sign

    @property
    def code(self) -> str:
        """The word, else the reason why there is none."""
        return self.word or self.reason

    @classmethod
    def of_goal(cls, catalog: Catalog, target_id: str) -> tuple[Direction, ...]:
        """Return which way each supporting indicator of a goal has gone since the plan's baseline, if it has one."""
        baseline = catalog.plan_baseline
        if baseline is None:
            return ()
        rows = catalog.evidence_of(target_id)
        rows = rows[rows["role"] == "support"]
        columns = zip(rows["indicator_id"], rows["region_id"], rows["better"], strict=True)
        return tuple(
            direction_since(catalog, build_series(catalog, indicator_id, region_id), baseline, better)
            for indicator_id, region_id, better in columns
        )

    @classmethod
    def of_goals(cls, catalog: Catalog) -> dict[str, tuple[Direction, ...]]:
        """Return the directions under each goal without a measure, by target, in the plan's order."""
        goals = [str(row["target_id"]) for row in catalog.targets_in_order() if row["rule"] == QUALITATIVE]
        return {goal: Direction.of_goal(catalog, goal) for goal in goals}


def direction_since(catalog: Catalog, series: Series, baseline: int, better: str = "") -> Direction:
    """Return which way a series has gone since a baseline year.

    `better` is the direction that is better where the series stands, the indicator's own where empty.
    """
    indicator = catalog.indicator(series.indicator_id)
    points = Point.of_series(catalog, series)
    after = latest_point(points)
    if after is not None and (after.year is None or after.year <= baseline):
        after = None
    before, reason = _before(points, after, baseline)
    change = None if before is None or after is None or reason else Change.between(before, after)
    found = Direction(series.indicator_id, series.region_id, before, after, change, "", reason or "bounds")
    if change is None:
        return found
    return _worded(catalog, points, found, change, better or indicator.better)


def _before(points: Sequence[Point], after: Point | None, baseline: int) -> tuple[Point | None, str]:
    """Return the figure that stands for the baseline, and why it is not comparable with the latest where it is not."""
    near = [point for point in points if _stands_for(point, baseline)]
    if after is None:
        whole = [point for point in near if point.is_whole]
        return (whole[-1] if whole else None), "no_data"
    comparable = [point for point in after.earlier_among(points) if _stands_for(point, baseline)]
    if comparable:
        return comparable[-1], ""
    if not near:
        return None, "no_data"
    return near[-1], after.why_not_comparable(near)


def _stands_for(point: Point, baseline: int) -> bool:
    return point.year is not None and baseline - _OLDEST_BASELINE_FIGURE <= point.year <= baseline


def _worded(catalog: Catalog, points: Sequence[Point], found: Direction, change: Change, better: str) -> Direction:
    """Return a direction with its word, or with the reason why it has none."""
    indicator = catalog.indicator(found.indicator_id)
    reason = _reason_before_tests(indicator, change, better)
    if reason:
        return replace(found, reason=reason)
    word = "better" if (change.sign == 1) == (better == "higher") else "worse"
    if is_exact_count(catalog, found.indicator_id):
        return replace(found, word=word, reason="", test="count")
    # What sampling alone may move a rate, where the numbers inspected are known.
    pair = (change.before, change.after) if indicator.kind == "rate" else ()
    error = sampling_error_of_difference([each.n for each in pair], [each.value for each in pair]) if pair else None
    if error is not None:
        return _against(found, change, word, "sampling", error)
    steps = _steps(points, change.after)
    found = replace(found, steps=len(steps))
    if len(steps) < _LEAST_STEPS:
        return replace(found, reason="too_few_steps", peers=tuple(_peers(catalog, found, change)))
    years = (change.after.year or 0) - (change.before.year or 0)
    return _against(found, change, word, "steps", usual_step(steps) * math.sqrt(years))


def _reason_before_tests(indicator: Indicator, change: Change, better: str) -> str:
    """Return why no word is said, whatever chance may do; empty where it must be asked."""
    reasons = (
        (not kind_of(indicator.kind).is_judged, "not_judged"),
        (better == _NEITHER, "neither"),
        (change.sign is None, "open_bound"),
        (change.sign == 0, "unchanged"),
        (change.is_within_rounding, "within_rounding"),
    )
    return next((reason for holds, reason in reasons if holds), "")


def _against(found: Direction, change: Change, word: str, test: str, threshold: float) -> Direction:
    if abs(change.value) > threshold:
        return replace(found, word=word, reason="", test=test, threshold=threshold)
    return replace(found, reason="within_chance", test=test, threshold=threshold)


def _steps(points: Sequence[Point], after: Point) -> list[tuple[float, int]]:
    """Return the steps between the comparable figures of a series, and the years that each takes."""
    comparable = [point for point in (*after.earlier_among(points), after) if not point.is_bound]
    yearly = {point.year: point.value for point in comparable if point.year is not None}
    years = sorted(yearly)
    return [(yearly[year] - yearly[last], year - last) for last, year in pairwise(years)]


def usual_step(steps: Sequence[tuple[float, int]]) -> float:
    """Return the usual step of a series in a year, its trend taken out, from at least two steps and the years of each.

    That is the standard deviation of the yearly step of a random walk with drift: a step over several years counts as
    so many independent ones.
    """
    rises, years = (np.array(column, dtype=float) for column in zip(*steps, strict=True))
    trend = rises.sum() / years.sum()
    return float(np.sqrt(np.sum((rises - trend * years) ** 2 / years) / (len(steps) - 1)))


def _peers(catalog: Catalog, found: Direction, change: Change) -> Iterable[Peer]:
    """Yield what the places that contain the series' own did between the same years."""
    with_figures = catalog.places_of(found.indicator_id)
    for region_id in catalog.containing_places(found.region_id):
        if region_id in with_figures:
            between = change_between_years(catalog, found.indicator_id, region_id, change)
            if between is not None:
                yield Peer(region_id, between)


def change_between_years(catalog: Catalog, indicator_id: str, region_id: str, change: Change) -> Change | None:
    """Return the change at another place between the years of a change, None where it has no such pair."""
    points = Point.of_series(catalog, build_series(catalog, indicator_id, region_id))
    same = [point for point in points if point.span == change.after.span]
    for after in reversed([point for point in same if point.year == change.after.year]):
        before = [point for point in after.earlier_among(points) if point.year == change.before.year]
        if before:
            return Change.between(before[-1], after)
    return None


def is_exact_count(catalog: Catalog, indicator_id: str) -> bool:
    """Return whether an indicator counts completely, so that its figures differ by nothing but what was counted."""
    is_number_of_things = catalog.unit_of(indicator_id).form == _COUNT_FORM
    is_counted = is_number_of_things and catalog.unit_of(indicator_id).is_whole
    return kind_of(catalog.indicator(indicator_id).kind).is_count or is_counted

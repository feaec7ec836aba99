"""What is found on indicators, task by task and area by area, and which way they have gone since the plan's baseline.

Nothing is weighed, averaged or decided. A finding is the latest figure of an indicator with its changes, since the
baseline and since the figure before it, and what the places that contain it had at the same time. Categories of an
indicator have findings of their own nowhere: a table shows them.

A direction tells two figures with their years and which way the number went. Whether that is better or worse is said
only for the supporting indicators of a goal without a measure, where a direction is better for the goal and the change
is more than chance: complete counts and registers by their sign; rates by the sampling error of both figures where the
numbers inspected are known; others by the series' own usual step over so many years, its trend taken out. A series with
too few steps of its own gets no such word, whatever similar ones do; what the places that contain it did stands beside
it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from qualitybook.analysis.counts import sampling_error_of_difference
from qualitybook.analysis.latest import OLDEST_FRESH, Change, Latest, Point, latest_point
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
            between = _change_between_years(catalog, found.indicator_id, region_id, change)
            if between is not None:
                yield Peer(region_id, between)


def _change_between_years(catalog: Catalog, indicator_id: str, region_id: str, change: Change) -> Change | None:
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


# What is found on tasks and areas

CATEGORY_MARK = "__"
"""Stands in the key of an indicator that is a category of another one."""
ROLE_ORDER = ("headline", "supporting")


@dataclass(frozen=True)
class Beside:
    """The figure of a place that contains another one, of the same time."""

    region_id: str
    point: Point
    change: Change | None
    """Its change between the same years, None where one of them is missing."""


@dataclass(frozen=True)
class Finding:
    """What an indicator tells at the first place that has figures of it."""

    latest: Latest
    direction: Direction | None
    """Which way it went since the plan's baseline; None without a baseline."""
    beside: tuple[Beside, ...]
    """The places that contain it, smallest first; for the plan's place only."""
    is_rank: bool
    """Whether it is a place in a ranking, which rises as its number falls."""

    @property
    def indicator_id(self) -> str:
        """Its indicator."""
        return self.latest.indicator_id

    @property
    def since(self) -> Change | None:
        """The change since the plan's baseline."""
        return None if self.direction is None else self.direction.change

    @property
    def changes(self) -> tuple[Change, ...]:
        """The change since the baseline and that since the figure before, where that is not too old; each once.

        There is none for what is stale.
        """
        if self.latest.is_stale:
            return ()
        recent = self.latest.change
        if recent is not None and (recent.after.year or 0) - (recent.before.year or 0) > OLDEST_FRESH:
            recent = None
        both = (change for change in (recent, self.since) if change is not None)
        # Figures without a number inspected hold a NaN and equal nothing: the lines tell them apart.
        return tuple({change.lines: change for change in both}.values())[::-1]

    @property
    def sign(self) -> int | None:
        """Which way it went by the first of its changes: 1, -1 or 0; None without a change or where it is open."""
        return self._way(self.changes[0]) if self.changes else None

    @property
    def sign_since(self) -> int | None:
        """Which way it went since the plan's baseline."""
        return None if self.since is None else self._way(self.since)

    def _way(self, change: Change) -> int | None:
        return -change.sign if self.is_rank and change.sign is not None else change.sign


@dataclass(frozen=True)
class Findings:
    """What is found on a task or an area."""

    baseline: int | None
    listed: tuple[str, ...]
    """Its indicators, the headline ones first."""
    own: tuple[Finding, ...]
    """Those with figures of the plan's place."""
    headlines: tuple[Finding, ...]
    """The headline indicators with figures, by every scope that their wording leaves open, those of the plan's place
    first; where there is none, the first indicator that has moved there."""

    def moved(self, sign: int) -> list[Finding]:
        """Return the other indicators of the plan's place that went a way."""
        return [item for item in self.own if item.sign == sign and item not in self.headlines]

    @property
    def stale(self) -> list[Finding]:
        """The indicators of the plan's place that have had no new figure for years, but the headline ones."""
        return [item for item in self.own if item.latest.is_stale and item not in self.headlines]

    def since_baseline(self, sign: int) -> int:
        """Return how many indicators of the plan's place went a way since its baseline."""
        return sum(item.sign_since == sign for item in self.own)


def indicators_of(catalog: Catalog, tasks: Iterable[str]) -> list[str]:
    """Return the indicators of tasks, each once: headline ones first, in the order of the tasks and by key."""
    links = catalog.task_indicators
    found = [links[links["task_id"] == task_id] for task_id in tasks]
    pairs = [pair for rows in found for pair in sorted(zip(rows["role"], rows["indicator_id"], strict=True))]
    return list(dict.fromkeys(key for role in ROLE_ORDER for own, key in pairs if own == role))


def findings(catalog: Catalog, tasks: Sequence[str]) -> Findings:
    """Return what is found on some tasks, from evidence already filtered to the as-of date."""
    listed = [key for key in indicators_of(catalog, tasks) if CATEGORY_MARK not in key]
    found = {key: item for key in listed if (item := _finding(catalog, key)) is not None}
    own = tuple(item for item in found.values() if item.latest.region_id == catalog.plan_region)
    headlines = sorted(_headlines(catalog, tasks, found), key=lambda item: item not in own)
    told = tuple(headlines) or tuple(item for item in own if item.changes)[:1]
    return Findings(catalog.plan_baseline, tuple(listed), own, told)


def _headlines(catalog: Catalog, tasks: Sequence[str], found: dict[str, Finding]) -> Iterator[Finding]:
    links = catalog.task_indicators
    headline = set(links.loc[links["task_id"].isin(tasks) & (links["role"] == "headline"), "indicator_id"])
    for key in found:
        if key in headline:
            yield found[key]
            others = (found.get(other) or _finding(catalog, other) for other in catalog.other_scopes(key))
            yield from (other for other in others if other is not None)


def _finding(catalog: Catalog, indicator_id: str) -> Finding | None:
    """Return what an indicator tells, None where no place has a figure."""
    place = catalog.first_place(indicator_id)
    if place is None:
        return None
    series = build_series(catalog, indicator_id, place)
    baseline = catalog.plan_baseline
    direction = None if baseline is None else direction_since(catalog, series, baseline)
    found = Latest.of_series(catalog, series)
    is_rank = catalog.indicator(indicator_id).kind == "rank"
    is_own = place == catalog.plan_region and not found.is_stale
    return Finding(found, direction, tuple(_beside(catalog, found, direction)) if is_own else (), is_rank)


def _beside(catalog: Catalog, found: Latest, direction: Direction | None) -> Iterator[Beside]:
    """Yield the figures of the places that contain the plan's, of the same time and kind."""
    since = None if direction is None else direction.change
    with_figures = catalog.places_of(found.indicator_id)
    for region_id in catalog.containing_places(found.region_id):
        if found.point is None or region_id not in with_figures:
            continue
        points = Point.of_series(catalog, build_series(catalog, found.indicator_id, region_id))
        same = [point for point in points if _is_of_the_same_time(point, found.point)]
        if same:
            change = None if since is None else _change_between_years(catalog, found.indicator_id, region_id, since)
            is_its_own = change is not None and change.after.lines == same[-1].lines
            yield Beside(region_id, same[-1], change if is_its_own else None)


def _is_of_the_same_time(point: Point, other: Point) -> bool:
    """Return whether two figures are of one definition and of one year, or of the same part of it."""
    is_alike = (point.span, point.basis, point.year) == (other.span, other.basis, other.year)
    return is_alike and (point.is_whole or point.period == other.period)

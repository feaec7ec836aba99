"""What is found on a task or an area: what rose, fell or stayed, what is stale, what is not of the plan's place.

Nothing is weighed and nothing is called better or worse. A finding is the latest figure of an indicator with its
changes, since the plan's baseline and since the figure before it, and what the places that contain it had at the same
time. Categories of an indicator have findings of their own nowhere: a table shows them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from qualitybook.analysis.balance import Direction, change_between_years, direction_since
from qualitybook.analysis.latest import OLDEST_FRESH, Change, Latest, Point
from qualitybook.analysis.series import build_series
from qualitybook.evidence.catalog import Catalog

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
            change = None if since is None else change_between_years(catalog, found.indicator_id, region_id, since)
            is_its_own = change is not None and change.after.lines == same[-1].lines
            yield Beside(region_id, same[-1], change if is_its_own else None)


def _is_of_the_same_time(point: Point, other: Point) -> bool:
    """Return whether two figures are of one definition and of one year, or of the same part of it."""
    is_alike = (point.span, point.basis, point.year) == (other.span, other.basis, other.year)
    return is_alike and (point.is_whole or point.period == other.period)

"""In which order places stand: the plan's own, those that contain it, those that the plan names, the others by name.

A place lies in the places above it by ``parent_id``. Areas such as a delta or a coast are nobody's parent: the table
``region_areas`` says which of them a place lies in. Where it says nothing of a place, an area is taken to contain it if
the plan's evidence names it as a context and the place that it lies in contains the place as well.

Goals whose wording leaves the scope open are told by each scope, side by side. Nothing is chosen between the scopes.
Where the plan's own place has no figure by one of them, the nearest place that contains it and has one is told beside
it, under its own name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from qualitybook.analysis.latest import Latest, Point, latest_of
from qualitybook.analysis.verdict import Goal, Verdict, judge
from qualitybook.evidence.catalog import Catalog
from qualitybook.evidence.schema import RULES

_AREA = "area"


def containing_places(catalog: Catalog, region_id: str) -> list[str]:
    """Return the places that contain a place, smallest first; an area stands before the place that it lies in."""
    found: list[str] = []
    for place in _above(catalog, region_id):
        found += [area for area in _areas_of(catalog, region_id) if catalog.region(area).parent_id == place]
        found.append(place)
    return found


def in_order(catalog: Catalog, regions: Collection[str], place: str = "") -> list[str]:
    """Return places in the order in which a book of the plan's place shows them.

    Parameters
    ----------
    place
        The place that the book, or the goal, is about; the plan's where not given.
    """
    centre = place or catalog.plan_region
    first = dict.fromkeys([centre, *containing_places(catalog, centre), *_nations(catalog), *_named(catalog)])
    rank = {region: position for position, region in enumerate(first)}
    return sorted(regions, key=lambda region: (rank.get(region, len(rank)), catalog.region(region).name_en, region))


def first_place(catalog: Catalog, indicator_id: str, place: str = "") -> str | None:
    """Return the first place of which an indicator has a figure, None where it has none."""
    return next(iter(in_order(catalog, catalog.places_of(indicator_id), place)), None)


def lies_in(catalog: Catalog, place: str, region_id: str) -> bool:
    """Say whether a place lies in another by ``parent_id``, at any depth."""
    return region_id in _above(catalog, place)


def _above(catalog: Catalog, region_id: str) -> Iterator[str]:
    parent = catalog.region(region_id).parent_id
    while parent:
        yield parent
        parent = catalog.region(parent).parent_id


def _areas_of(catalog: Catalog, region_id: str) -> list[str]:
    """Return the areas that a place, or a place that contains it, lies in."""
    stated = catalog.region_areas
    own = {region_id, *_above(catalog, region_id)}
    found = list(stated.loc[stated["region_id"].isin(own), "area_id"])
    if region_id not in set(stated["region_id"]):
        found += _areas_named(catalog, own)
    return list(dict.fromkeys(found))


def _areas_named(catalog: Catalog, own: Collection[str]) -> Iterable[str]:
    evidence = catalog.target_evidence
    named = dict.fromkeys(evidence.loc[evidence["role"] == "context", "region_id"])
    regions = [catalog.region(region) for region in named]
    return [region.region_id for region in regions if region.level == _AREA and region.parent_id in own]


def _nations(catalog: Catalog) -> list[str]:
    return list(catalog.regions.loc[catalog.regions["level"] == "nation", "region_id"])


def _named(catalog: Catalog) -> Iterator[str]:
    """Yield the places that the plan's tables name, in their order."""
    for table in (catalog.targets, catalog.target_evidence, catalog.peer_targets):
        yield from table["region_id"]


@dataclass(frozen=True)
class Scope:
    """What is known of a goal by one of its scopes."""

    verdict: Verdict
    """The same goal judged by the indicator of this scope."""
    latest: Latest
    """The latest figure of the goal's place; for a goal of the plan, else of the nearest place that contains it."""
    is_reached: bool | None
    """Whether that figure reaches the value; None where there is none, or where a bound leaves it open."""

    @property
    def indicator_id(self) -> str:
        """The indicator of this scope."""
        return self.verdict.goal.indicator_id

    @property
    def is_own_place(self) -> bool:
        """Whether the figure is of the goal's own place."""
        return self.latest.region_id == self.verdict.goal.region_id


def other_scopes(catalog: Catalog, indicator_id: str) -> tuple[str, ...]:
    """Return the indicators by which goals on an indicator may be meant as well, none for most."""
    rows = catalog.open_scopes
    return tuple(rows.loc[rows["indicator_id"] == indicator_id, "other_id"])


def scopes_of(seen: Catalog, verdict: Verdict, as_of: date) -> tuple[Scope, ...]:
    """Return what is known of a goal by each of its scopes, that of its verdict first.

    Returns
    -------
    tuple of Scope
        None where the wording leaves no scope open.
    """
    goal = verdict.goal
    others = [judge(seen, replace(goal, indicator_id=other), as_of) for other in other_scopes(seen, goal.indicator_id)]
    return tuple(_scope(seen, each) for each in [verdict, *others]) if others else ()


def _scope(seen: Catalog, verdict: Verdict) -> Scope:
    found = _nearest(seen, verdict.goal)
    return Scope(verdict, found, None if found.point is None else reaches(verdict.goal, found.point))


def _nearest(seen: Catalog, goal: Goal) -> Latest:
    own = latest_of(seen, goal.indicator_id, goal.region_id)
    is_own = goal.region_id == seen.plan_region
    around = containing_places(seen, goal.region_id) if own.shown is None and is_own else []
    found = (latest_of(seen, goal.indicator_id, place) for place in around)
    return next((latest for latest in found if latest.shown is not None), own)


def reaches(goal: Goal, point: Point) -> bool | None:
    """Return whether a figure reaches the value of a goal; None for goals without one, and where a bound is open."""
    rule = RULES[goal.rule]
    if goal.value is None or not rule.needs_value:
        return None
    is_inside = point.value <= goal.value if rule.direction < 0 else point.value >= goal.value
    if not point.is_bound:
        return is_inside
    # A bound on the goal's side proves that the value is reached, one on the other side that it is not.
    if point.qualifier == rule.bound:
        return True if is_inside else None
    beyond = point.value > goal.value if rule.direction < 0 else point.value < goal.value
    return False if beyond else None

"""The figures that the coming edition will ask for and that the evidence does not have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from qualitybook.evidence.catalog import Catalog
from qualitybook.evidence.rows import rows_of

MOST_YEARS = 3
"""Years of one series that are asked for at most: older gaps are gaps of the publications."""

_PARTS = {"half": ("-H1", "-H2"), "quarter": ("-Q1", "-Q2", "-Q3", "-Q4")}


@dataclass(frozen=True)
class Wanted:
    """A figure that is missing."""

    indicator_id: str
    region_id: str
    period: str


def wanted(
    catalog: Catalog, *, target: str | None = None, area: str | None = None, everything: bool = False
) -> list[Wanted]:
    """Return the figures that are missing for the coming edition.

    The coming edition is the one after the last in the table; it is made when the year of the last one's as-of date is
    over, so that year is the last that can be asked for. Each series is asked for from the year after its last figure;
    one without any figure from the year that its goal is judged for, where that is over.

    Parameters
    ----------
    catalog : Catalog
        All evidence.
    target : str, optional
        Only the series that this goal rests on.
    area : str, optional
        Only the indicators of this area's tasks, in the plan's place.
    everything : bool, optional
        All goals' series and all tasks' indicators; without any choice the goals' own series.

    Returns
    -------
    list of Wanted
        By series in the order of the plan, then by period.

    Raises
    ------
    UnknownKeyError
        If there is no such goal or area.
    """
    last = catalog.editions.sort_values("as_of").iloc[-1]["as_of"].year
    pairs = dict.fromkeys(_series(catalog, target, area, everything))
    return [figure for pair in pairs for figure in _missing(catalog, *pair, last)]


def _series(catalog: Catalog, target: str | None, area: str | None, everything: bool) -> Iterator[tuple[str, str]]:
    if target is not None:
        catalog.target(target)
        yield from _of_goals(catalog, [target], own=False)
    elif area is not None:
        yield from _of_area(catalog, area)
    else:
        goals = list(catalog.targets.sort_values("number", kind="stable")["target_id"])
        yield from _of_goals(catalog, goals, own=not everything)
        if everything:
            for area_id in catalog.areas.sort_values("number", kind="stable")["area_id"]:
                yield from _of_area(catalog, str(area_id))


def _of_goals(catalog: Catalog, goals: Iterable[str], own: bool) -> Iterator[tuple[str, str]]:
    """Yield the series of goals: their own, or all that they rest on."""
    evidence = catalog.target_evidence
    for goal in goals:
        target = catalog.target(goal)
        if target.indicator_id:
            yield target.indicator_id, target.region_id
        for row in rows_of(evidence[evidence["target_id"] == goal]):
            if not own or row.role == "direct":
                yield row.indicator_id, row.region_id


def _of_area(catalog: Catalog, area: str) -> Iterator[tuple[str, str]]:
    """Yield the series of the indicators of an area's tasks."""
    tasks = catalog.tasks[catalog.tasks["area_id"] == catalog.area(area)].sort_values("number", kind="stable")
    links = catalog.task_indicators
    for task_id in tasks["task_id"]:
        for indicator_id in links[links["task_id"] == task_id]["indicator_id"]:
            yield str(indicator_id), catalog.plan_region


def _missing(catalog: Catalog, indicator_id: str, region_id: str, last: int) -> Iterator[Wanted]:
    known = catalog.observations_of(indicator_id, region_id)
    periods = set(known["period"])
    ends = known["end"].dropna()
    asked = _target_year(catalog, indicator_id, last) if ends.empty else _last_whole_year(known) + 1
    first = max(asked, last - MOST_YEARS + 1)
    parts = _PARTS.get(catalog.indicator(indicator_id).frequency, ("",))
    for year in range(first, last + 1):
        for part in parts:
            if f"{year}{part}" not in periods:
                yield Wanted(indicator_id, region_id, f"{year}{part}")


def _target_year(catalog: Catalog, indicator_id: str, last: int) -> int:
    """Return the first year that a goal of this indicator is judged for, the last that can be asked for without one."""
    return min([last, *catalog.targets.loc[catalog.targets["indicator_id"] == indicator_id, "target_year"]])


def _last_whole_year(known: pd.DataFrame) -> int:
    """Return the last year up to whose end figures are known."""
    end = known["end"].dropna().max()
    return int(end.year) if end.month == 12 else int(end.year) - 1

"""What is expected of the figures to come: which the next edition will ask for, and what is allowed and yet looks odd.

Jumps are looked for by :mod:`qualitybook.analysis.jumps`, which knows each kind of series' usual steps.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from qualitybook.evidence.catalog import Catalog
from qualitybook.evidence.intake.faults import Fault
from qualitybook.evidence.intake.sheets import Entry
from qualitybook.evidence.periods import PERIOD_FORMS, Period, PeriodError
from qualitybook.evidence.reading import RawTable, forms, rows_of

_MOST_YEARS = 3
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
    everything
        All goals' series and all tasks' indicators; without any choice the goals' own series.

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
    first = max(asked, last - _MOST_YEARS + 1)
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


# What is allowed and yet looks like a slip: a rate entered as a fraction, columns that changed places


_LOWEST_PLAIN_RATE = 10.0
"""A rate whose figures so far all lie above this many percent does not fall to 1 percent or less."""

_HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Known:
    """What the evidence holds already, for comparison."""

    indicators: Mapping[str, str]
    """Form of the unit by indicator."""
    regions: frozenset[str]
    """Keys of the places."""
    lowest: Mapping[str, float]
    """Lowest figure by indicator."""

    @classmethod
    def of(cls, raw: Mapping[str, RawTable]) -> Known:
        """Return what the tables of a folder hold; they are sound."""
        indicators, observations = raw["indicators"].cells, raw["observations"].cells
        form_of = forms(raw["units"].cells)
        values = observations["value"].astype(float).groupby(observations["indicator_id"]).min()
        return cls(
            dict(zip(indicators["indicator_id"], indicators["unit"].map(form_of), strict=True)),
            frozenset(raw["regions"].cells["region_id"]),
            {str(indicator_id): float(value) for indicator_id, value in values.items()},
        )


def swapped(entries: Iterable[Entry], known: Known) -> tuple[list[Fault], dict[int, set[str]]]:
    """Find rows whose cells stand in each other's columns."""
    faults: list[Fault] = []
    columns: dict[int, set[str]] = {}
    for position, entry in enumerate(entries):
        for column, other, allowed in _swaps(entry, known) if entry.table.name == "observations" else ():
            faults.append(_swap(entry, column, other, allowed))
            columns.setdefault(position, set()).update((column, other))
    return faults, columns


def _swaps(entry: Entry, known: Known) -> Iterator[tuple[str, str, str]]:
    """Yield pairs of columns, each with what the first one may hold."""
    cells = entry.cells
    indicator, region = cells["indicator_id"], cells["region_id"]
    if indicator in known.regions and region in known.indicators:
        yield "indicator_id", "region_id", "an indicator"
    if _is_period(cells["value"]) and not _is_period(cells["period"]) and _is_number(cells["period"]):
        yield "period", "value", PERIOD_FORMS
    n, passed = cells["n"], cells["passed"]
    if n.isdecimal() and passed.isdecimal() and int(passed) > int(n) > 0 and _fits(cells["value"], int(n), int(passed)):
        yield "n", "passed", f"at least {passed}, the items that passed"
    chinese, english = cells["note_zh"], cells["note_en"]
    if chinese and english and not _HAN.search(chinese) and _HAN.search(english):
        yield "note_zh", "note_en", "a note in Chinese"


def _swap(entry: Entry, column: str, other: str, allowed: str) -> Fault:
    advice = f"let {column} and {other} change places (see {entry.places.get(other, other)})"
    remedy = {column: entry.cells[other], other: entry.cells[column]}
    return entry.fault(column, entry.cells[column], allowed, advice, "columns_swapped", remedy=remedy)


def _is_period(text: str) -> bool:
    try:
        return bool(Period.parse(text))
    except PeriodError:
        return False


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", text) is not None


def _fits(value: str, n: int, passed: int) -> bool:
    """Say whether a pass rate is that of `n` of `passed` items."""
    return (
        _is_number(value) and abs(float(value) - 100 * n / passed) <= 0.5 * 10.0 ** -len(value.partition(".")[2]) + 1e-9
    )


def fractions(entries: Sequence[Entry], known: Known) -> list[Fault]:
    """Find percentages of 1 or less where all figures so far, or all others of the file, are well above."""
    figures = [entry for entry in entries if entry.table.name == "observations"]
    return [
        fault for entry in figures for fault in _fraction(entry, known, [other for other in figures if other != entry])
    ]


def _fraction(entry: Entry, known: Known, others: Sequence[Entry]) -> Iterator[Fault]:
    indicator, value = entry.cells["indicator_id"], entry.cells["value"]
    if known.indicators.get(indicator) != "percent" or not _is_number(value) or not 0 < float(value) <= 1:
        return
    beside = [
        float(other.cells["value"])
        for other in others
        if other.cells["indicator_id"] == indicator and _is_number(other.cells["value"])
    ]
    lowest = known.lowest.get(indicator, min(beside, default=0.0))
    if lowest > _LOWEST_PLAIN_RATE:
        percent = f"{Decimal(value) * 100:f}"
        advice = f"type {percent} if that is what was printed"
        allowed = f"percent: the other figures of {indicator} are {lowest:g} and more"
        yield entry.fault("value", value, allowed, advice, "rate_as_fraction", "doubt", {"value": percent})

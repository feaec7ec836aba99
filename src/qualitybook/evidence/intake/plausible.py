"""What is allowed and yet looks like a slip: a rate entered as a fraction, columns that changed places.

Jumps are looked for by :mod:`qualitybook.analysis.jumps`, which knows each kind of series' usual steps.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from qualitybook.evidence.intake.faults import Fault
from qualitybook.evidence.intake.sheets import Entry
from qualitybook.evidence.periods import PERIOD_FORMS, Period, PeriodError
from qualitybook.evidence.reading import RawTable
from qualitybook.evidence.units import forms

LOWEST_PLAIN_RATE = 10.0
"""A rate whose figures so far all lie above this many percent does not fall to 1 percent or less."""

_HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Known:
    """What the evidence holds already, for comparison.

    Parameters
    ----------
    indicators : mapping of str to str
        Form of the unit by indicator.
    regions : frozenset of str
        Keys of the places.
    lowest : mapping of str to float
        Lowest figure by indicator.
    """

    indicators: Mapping[str, str]
    regions: frozenset[str]
    lowest: Mapping[str, float]

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


def swapped(entries: Iterable[Entry], known: Known) -> tuple[list[Fault], set[int]]:
    """Find rows whose cells stand in each other's columns.

    Returns
    -------
    faults : list of Fault
        One for each pair of columns.
    rows : set of int
        Positions of the entries concerned; what else is wrong with them follows from it.
    """
    faults: list[Fault] = []
    rows: set[int] = set()
    for position, entry in enumerate(entries):
        found = list(_swaps(entry, known)) if entry.table.name == "observations" else []
        faults += found
        if any(fault.level == "error" for fault in found):
            rows.add(position)
    return faults, rows


def _swaps(entry: Entry, known: Known) -> Iterator[Fault]:
    cells = entry.cells
    indicator, region = cells["indicator_id"], cells["region_id"]
    if indicator in known.regions and region in known.indicators:
        yield _swap(entry, "indicator_id", "region_id", "an indicator")
    if _is_period(cells["value"]) and not _is_period(cells["period"]) and _is_number(cells["period"]):
        yield _swap(entry, "period", "value", PERIOD_FORMS)
    n, passed = cells["n"], cells["passed"]
    if n.isdecimal() and passed.isdecimal() and int(passed) > int(n) > 0 and _fits(cells["value"], int(n), int(passed)):
        yield _swap(entry, "n", "passed", f"at least {passed}, the items that passed")
    chinese, english = cells["note_zh"], cells["note_en"]
    if chinese and english and not _HAN.search(chinese) and _HAN.search(english):
        yield _swap(entry, "note_zh", "note_en", "a note in Chinese")


def _swap(entry: Entry, column: str, other: str, allowed: str) -> Fault:
    advice = f"let {column} and {other} change places (see {entry.places.get(other, other)})"
    return entry.fault(column, entry.cells[column], allowed, advice, "columns_swapped")


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
    """Find percentages of 1 or less where all figures so far are well above."""
    return [fault for entry in entries if entry.table.name == "observations" for fault in _fraction(entry, known)]


def _fraction(entry: Entry, known: Known) -> Iterator[Fault]:
    indicator, value = entry.cells["indicator_id"], entry.cells["value"]
    lowest = known.lowest.get(indicator)
    if known.indicators.get(indicator) != "percent" or lowest is None or not _is_number(value):
        return
    if 0 < float(value) <= 1 and lowest > LOWEST_PLAIN_RATE:
        percent = f"{100 * float(value):.6f}".rstrip("0").rstrip(".")
        advice = f"type {percent} if that is what was printed"
        allowed = f"percent: the figures of {indicator} so far are {lowest:g} and more"
        yield entry.fault("value", value, allowed, advice, "rate_as_fraction", "doubt")

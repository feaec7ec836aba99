"""The gates that an indicative reading has to pass, one function each; refusals and doubts are codes.

A number needs the same measure above (G1), peers or something of the place's own (G2), a kind of figure that the model
was tested on (G3), a goal that the place did not set knowing its own level (G4), the indicator's own check (G5) and an
answer that stated other assumptions do not turn around (G6). G7 tells that sources contradict each other, G8 what of a
number is printed, G9 that a verdict stands before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from qualitybook.analysis.forecast import MINIMUM_VALUES
from qualitybook.analysis.hidden_places import Hidden

LEAST_PEERS = 4
OLDEST_OWN_VALUE = 17
MOST_CANDIDATE_YEARS = 5
LEAST_PLACES_OF_A_CHECK = 6
LARGEST_BRIER = 0.22
LARGEST_SPREAD = 0.35
LEAST_AGREEMENT = 0.25
LOWEST_PRINTED, HIGHEST_PRINTED = 0.10, 0.90
SMALLEST_COUNT = 10
LARGEST_COUNT_LEAD = 3
_TINY = 1e-9


@dataclass(frozen=True)
class Gate:
    """One condition that a reading must hold for its number, or at all, to be printed."""

    code: str
    """``g1`` to ``g9``."""
    passed: bool | None
    """None where it does not apply."""
    detail: Mapping[str, float | str] = field(default_factory=dict)
    """The numbers it was decided by."""


def same_measure(region_id: str, how: str, year: int, offset: float, offset_sd: float) -> Gate:
    """G1: the place above has the same measure, or one with a measured offset, known or forecast for the year."""
    return Gate("g1", how != "", {"region": region_id, "how": how, "year": year, "offset": offset, "sd": offset_sd})


def peers_or_own(peers: int, own_years: Sequence[Sequence[int]], year: int) -> Gate:
    """G2: at least four other places, or one value of the place itself that is not too old or too undated."""
    recent = [years for years in own_years if len(years) <= MOST_CANDIDATE_YEARS]
    age = year - max((min(years) for years in recent), default=year - OLDEST_OWN_VALUE - 1)
    detail: dict[str, float | str] = {"peers": peers, "own": len(own_years)}
    if recent:
        detail["age"] = age
    return Gate("g2", peers >= LEAST_PEERS or age <= OLDEST_OWN_VALUE, detail)


def tested_kind(*, has_scale: bool) -> Gate:
    """G3: rates and indices; the model was not tested on totals, ranks and growth."""
    return Gate("g3", has_scale)


def stock_of_baseline(count: float | None, lead: int) -> Gate:
    """G3 for stocks: one dated value of the baseline year, not too small and not too far back."""
    passed = count is not None and count >= SMALLEST_COUNT and 1 <= lead <= LARGEST_COUNT_LEAD
    return Gate("g3", passed, {} if count is None else {"count": count, "lead": lead})


def whose_goal(value: float | None, goals_above: Mapping[str, float], *, has_own: bool) -> Gate:
    """G4: with nothing of the place itself, only a goal that a place above has set as well."""
    if has_own or value is None:
        return Gate("g4", None)
    shared = [region for region, goal in goals_above.items() if goal == value]
    return Gate("g4", bool(shared), {"region": shared[0]} if shared else {})


def own_check(hidden: Hidden) -> Gate:
    """G5: each place hidden in turn on this indicator; asked only where nothing of the place itself is known."""
    detail: dict[str, float | str] = {"places": hidden.places, "cases": len(hidden.cases)}
    if hidden.cases:
        detail |= {"brier": hidden.brier, "parent": hidden.brier_parent}
    enough = hidden.places >= LEAST_PLACES_OF_A_CHECK
    better = enough and hidden.brier <= min(LARGEST_BRIER, hidden.brier_parent)
    return Gate("g5", better, detail)


def sensitivity(probability: float, variants: Sequence[float]) -> Gate:
    """G6: the stated other assumptions stay together."""
    low, high = min([probability, *variants]), max([probability, *variants])
    return Gate("g6", high - low <= LARGEST_SPREAD + _TINY, {"low": low, "high": high})


def agreement(chances: Mapping[str, float]) -> Gate:
    """G7: no source of the place gives what another says less than a quarter; None with one source or none."""
    if not chances:
        return Gate("g7", None)
    least = min(chances, key=lambda source: chances[source])
    return Gate("g7", chances[least] >= LEAST_AGREEMENT, {"source": least, "chance": chances[least]})


def printed(probability: float | None) -> tuple[Gate, float | None, str]:
    """G8: whole fives from 10 to 90, and whether the chance lies beyond them."""
    if probability is None:
        return Gate("g8", None), None, ""
    fives = int(probability * 20 + 0.5) / 20
    beyond = "above" if probability >= HIGHEST_PRINTED else "below" if probability <= LOWEST_PRINTED else ""
    shown = round(min(max(fives, LOWEST_PRINTED), HIGHEST_PRINTED), 2)
    return Gate("g8", not beyond, {"chance": probability}), shown, beyond


def before_verdict(direct: int) -> Gate:
    """G9: fewer direct yearly values than a verdict's own probability needs."""
    return Gate("g9", direct < MINIMUM_VALUES, {"values": direct})

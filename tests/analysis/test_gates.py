"""The gates of indicative readings one by one, at their limits (the numbers here are made by the tests)."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from qualitybook.analysis import indicative
from qualitybook.analysis.hidden_places import Case, Hidden


def hidden(places: int, brier: float, parent: float) -> Hidden:
    pairs = [SimpleNamespace(place=str(place)) for place in range(places)]
    return Hidden("nothing", tuple(Case(pair, True, True, brier, parent) for pair in pairs))  # type: ignore[arg-type]


@pytest.mark.parametrize(("how", "passed"), [("figure", True), ("forecast", True), ("class", True), ("", False)])
def test_g1_the_place_above_must_be_known_in_the_target_year(how: str, passed: bool) -> None:
    assert indicative.same_measure("nation", how, 2025, 0.0, 0.0).passed is passed


@pytest.mark.parametrize(
    ("peers", "years", "passed"),
    [
        (4, [], True),
        (3, [], False),
        (0, [[2008]], True),
        (0, [[2007]], False),
        (0, [list(range(2010, 2015))], True),
        (0, [list(range(2010, 2016))], False),
        (3, [[2001], [2020]], True),
    ],
)
def test_g2_four_peers_or_one_value_not_too_old(peers: int, years: list[list[int]], passed: bool) -> None:
    assert indicative.peers_or_own(peers, years, 2025).passed is passed


@pytest.mark.parametrize(
    ("count", "lead", "passed"), [(35.0, 3, True), (10.0, 3, True), (9.0, 3, False), (35.0, 4, False), (None, 3, False)]
)
def test_g3_stocks_need_a_count_that_is_not_small_and_not_far(count: float | None, lead: int, passed: bool) -> None:
    assert indicative.stock_of_baseline(count, lead).passed is passed


def test_g4_a_goal_of_its_own_needs_something_of_the_place() -> None:
    assert indicative.whose_goal(92.0, {"province": 92.0}, has_own=False).passed is True
    assert indicative.whose_goal(92.0, {"province": 91.0}, has_own=False).passed is False
    assert indicative.whose_goal(92.0, {}, has_own=False).passed is False
    assert indicative.whose_goal(92.0, {}, has_own=True).passed is None


@pytest.mark.parametrize(
    ("places", "brier", "parent", "passed"),
    [(6, 0.22, 0.3, True), (5, 0.1, 0.3, False), (6, 0.221, 0.3, False), (7, 0.21, 0.2, False), (0, 0.1, 0.1, False)],
)
def test_g5_the_indicators_own_check(places: int, brier: float, parent: float, passed: bool) -> None:
    assert indicative.own_check(hidden(places, brier, parent)).passed is passed


def test_g6_other_assumptions_must_stay_together() -> None:
    assert indicative.sensitivity(0.5, [0.3, 0.65]).passed is True
    assert indicative.sensitivity(0.5, [0.3, 0.66]).passed is False


def test_g7_sources_that_contradict_each_other_are_named() -> None:
    assert indicative.agreement({}).passed is None
    assert indicative.agreement({"statement": 0.25}).passed is True
    found = indicative.agreement({"statement": 0.24})
    assert (found.passed, found.detail["source"]) == (False, "statement")


@pytest.mark.parametrize(
    ("chance", "shown", "beyond"),
    [
        (0.024, 0.10, "below"),
        (0.10, 0.10, "below"),
        (0.12, 0.10, ""),
        (0.125, 0.15, ""),
        (0.52, 0.50, ""),
        (0.89, 0.90, ""),
        (0.90, 0.90, "above"),
        (0.99, 0.90, "above"),
    ],
)
def test_g8_whole_fives_from_ten_to_ninety(chance: float, shown: float, beyond: str) -> None:
    _, printed, found = indicative.printed(chance)
    assert (printed, found) == (shown, beyond)


def test_g9_four_direct_values_hand_over_to_the_verdict() -> None:
    assert indicative.before_verdict(3).passed is True
    assert indicative.before_verdict(4).passed is False

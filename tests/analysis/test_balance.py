"""Which way supporting indicators have gone since the baseline (the figures here are made by the tests)."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthetic import CatalogMaker, Row, evidence_tables, observation

from qualitybook.analysis.findings import (
    Direction,
    direction_since,
    usual_step,
)
from qualitybook.analysis.series import build_series

RATE, SATISFACTION, CENTRES, GROWTH = "goods_pass_rate", "consumer_satisfaction", "test_centres", "service_growth"
SHARE, CITY, PROVINCE = "research_intensity", "sample_city", "sample_province"

Told = Callable[..., Direction]


def figures(indicator: str, values: dict[str, str], region: str = CITY, **cells: str) -> list[Row]:
    return [observation(indicator, region, period, value, "yearbook-2023", **cells) for period, value in values.items()]


@pytest.fixture
def told(catalog_of: CatalogMaker) -> Told:
    """Return a function that tells which way the sample city's series went since 2022."""

    def tell(
        indicator: str, values: dict[str, str], better: str = "higher", *more: Row, role: str = "", **cells: str
    ) -> Direction:
        # Goals that ask for more of an indicator are refused where less of it is better.
        indicators = [
            row | {"better": better} if row["indicator_id"] == indicator else row
            for row in evidence_tables()["indicators"]
        ]
        targets = [row for row in evidence_tables()["targets"] if row["indicator_id"] != indicator]
        kept = {row["target_id"] for row in targets}
        links = [row for row in evidence_tables()["target_evidence"] if row["target_id"] in kept]
        catalog = catalog_of(
            [*figures(indicator, values, **cells), *more],
            indicators=indicators,
            targets=targets,
            target_evidence=links,
            gaps=None,
        )
        return direction_since(catalog, build_series(catalog, indicator, CITY), 2022, role)

    return tell


def years_of(found: Direction) -> tuple[int | None, int | None]:
    assert found.before is not None
    assert found.after is not None
    return found.before.year, found.after.year


HISTORY = {"2018": "2.0", "2019": "2.4", "2020": "2.2", "2021": "2.8", "2022": "3.0"}


@pytest.mark.parametrize(
    ("after", "better", "code"),
    [
        ("3.8", "higher", "better"),
        ("3.8", "lower", "worse"),
        ("2.2", "higher", "worse"),
        ("2.2", "lower", "better"),
        ("3.2", "higher", "within_chance"),
        ("2.8", "lower", "within_chance"),
        ("3.0", "higher", "unchanged"),
        ("9.0", "neither", "neither"),
    ],
)
def test_a_change_is_held_against_the_own_usual_step(told: Told, after: str, better: str, code: str) -> None:
    found = told(SHARE, {**HISTORY, "2023": after}, better)
    assert found.code == code
    assert found.change is not None
    assert found.change.value == pytest.approx(float(after) - 3.0)
    if found.test:
        assert (found.test, found.steps) == ("steps", 5)


def test_the_usual_step_leaves_the_trend_out() -> None:
    # Steps of 2, 4 and 3 around a trend of 3: their deviations are 1, 1 and 0, and two of them are free.
    assert usual_step([(2.0, 1), (4.0, 1), (3.0, 1)]) == pytest.approx(1.0)
    assert usual_step([(3.0, 1), (6.0, 2), (3.0, 1)]) == 0.0


def test_a_step_over_a_gap_counts_as_several() -> None:
    # The trend is 1 a year; the step over four years is 2 above it, the two others 1 below it each.
    assert usual_step([(6.0, 4), (0.0, 1), (0.0, 1)]) == pytest.approx(math.sqrt((4 / 4 + 1 + 1) / 2))


def test_a_steady_rise_is_more_than_chance(told: Told) -> None:
    values = {"2020": "10.0", "2021": "12.1", "2022": "14.0", "2023": "16.1"}
    found = told(SHARE, values)
    # The trend is 6.1 / 3; what is left of the steps 2.1, 1.9 and 2.1 is .0667, -.1333 and .0667.
    assert found.threshold == pytest.approx(math.sqrt((2 * 0.0667**2 + 0.1333**2) / 2), abs=1e-3)
    assert (found.code, found.arrow) == ("better", 1)


def test_more_years_allow_a_larger_change(told: Told) -> None:
    values = {"2020": "1.0", "2021": "2.0", "2022": "1.0", "2026": "2.5"}
    found = told(SHARE, values)
    trend = 1.5 / 6
    left = [1.0 - trend, -1.0 - trend, 1.5 - 4 * trend]
    step = math.sqrt((left[0] ** 2 + left[1] ** 2 + left[2] ** 2 / 4) / 2)
    assert found.threshold == pytest.approx(step * math.sqrt(4))
    assert found.code == "within_chance"


def test_a_short_series_gets_no_word_but_what_its_places_did(told: Told) -> None:
    nation = figures(SATISFACTION, {"2021": "78.0", "2022": "78.81", "2024": "80.36"}, "sample_nation")
    province = figures(SATISFACTION, {"2022": "79.0", "2023": "80.0"}, PROVINCE)
    values = {"2022": "81.89", "2023": "87.24", "2024": "88.27"}
    found = told(SATISFACTION, values, "higher", *nation, *province)
    assert (found.code, found.word, found.arrow, found.steps) == ("too_few_steps", "", 1, 2)
    assert found.change is not None
    assert found.change.value == 6.38
    # The province has no figure of 2024, and nothing else is set beside the city's change.
    assert [(peer.region_id, peer.change.value) for peer in found.peers] == [("sample_nation", 1.55)]


def test_growth_and_ranks_are_shown_and_never_judged(told: Told) -> None:
    found = told(GROWTH, {**HISTORY, "2021": "8.1", "2022": "1.0", "2025": "4.0"})
    assert (found.code, found.arrow, years_of(found)) == ("not_judged", 1, (2022, 2025))
    assert found.change is not None
    assert found.change.value == 3.0


def test_the_baseline_figure_is_the_years_own_whatever_its_grade(told: Told) -> None:
    rebound = figures(SHARE, {"2022": "1.0"}, grade="C")
    found = told(SHARE, {"2018": "6.2", "2021": "8.1", "2023": "4.6", "2025": "4.0"}, "higher", *rebound)
    assert years_of(found) == (2022, 2025)
    assert found.arrow == 1


def test_the_nearest_of_three_years_stands_for_the_baseline(told: Told) -> None:
    assert years_of(told(SHARE, {"2018": "1.0", "2019": "2.0", "2024": "3.0"})) == (2019, 2024)
    assert told(SHARE, {"2018": "1.0", "2024": "3.0"}).code == "no_data"


def test_in_a_role_another_direction_may_be_better(told: Told, catalog_of: CatalogMaker) -> None:
    values = {**HISTORY, "2023": "9.0"}
    assert [told(SHARE, values, role=role).code for role in ("", "lower", "neither")] == ["better", "worse", "neither"]
    links = [row | {"better": "neither"} for row in evidence_tables()["target_evidence"]]
    catalog = catalog_of(figures(SATISFACTION, values), target_evidence=links)
    assert [found.code for found in Direction.of_goal(catalog, "climate")] == ["neither"]


def test_complete_counts_go_by_their_sign(told: Told) -> None:
    assert told(CENTRES, {"2022-06": "4", "2024-03": "5"}).code == "better"
    assert told(CENTRES, {"2022": "4", "2024": "3"}).code == "worse"
    assert told(CENTRES, {"2022": "4", "2024": "4"}).code == "unchanged"
    assert told(CENTRES, {"2022": "4", "2024": "5"}).test == "count"


def test_a_bound_goes_by_its_sign_where_it_has_one(told: Told) -> None:
    bound = figures(CENTRES, {"2024": "5"}, qualifier="at_least")
    assert told(CENTRES, {"2022": "4"}, "higher", *bound).code == "better"
    low = figures(CENTRES, {"2024": "3"}, qualifier="at_least")
    assert told(CENTRES, {"2022": "4"}, "higher", *low).code == "open_bound"


def test_rates_with_counts_are_held_against_sampling_error(told: Told) -> None:
    values = {"2018": "93.00", "2019": "93.10", "2020": "93.00", "2021": "93.10", "2022": "93.00", "2023": "95.00"}
    few = told(RATE, values, n="200")
    assert (few.code, few.test) == ("within_chance", "sampling")
    assert few.threshold == pytest.approx(196 * math.sqrt(0.94 * 0.06 * 2 / 200))
    many = told(RATE, values, n="5000")
    assert (many.code, many.test) == ("better", "sampling")


def test_what_rounding_may_make_gets_no_word(told: Told) -> None:
    assert told(SHARE, {**HISTORY, "2022": "21", "2025": "21.5"}).code == "within_rounding"


def test_another_basis_or_a_part_of_a_year_is_no_baseline(told: Told) -> None:
    old = figures(SHARE, {"2022": "2.0"}, basis="old")
    found = told(SHARE, {"2024": "3.0"}, "higher", *old)
    assert (found.code, found.change) == ("basis", None)
    found = told(SHARE, {"2022-Q1": "61.4", "2024": "58.2"})
    assert (found.code, found.change) == ("part_of_year", None)


@pytest.mark.parametrize(
    "values",
    [
        {"2021": "80.0", "2022": "81.0"},
        {"2023": "80.0", "2024": "81.0"},
        {"2018": "80.0", "2023": "85.0"},
        {},
    ],
)
def test_without_figures_on_both_sides_there_is_no_data(told: Told, values: dict[str, str]) -> None:
    found = told(SATISFACTION, values, "higher", *figures(GROWTH, HISTORY))
    assert (found.code, found.threshold, found.change) == ("no_data", None, None)


def test_the_sample_plan(catalog_of: CatalogMaker) -> None:
    catalog = catalog_of()
    assert catalog.plan_baseline == 2022
    found = Direction.of_goals(catalog)
    assert list(found) == ["climate"]
    (direction,) = found["climate"]
    # 81.2 of 2021 stands for 2022; the latest is "84 or more".
    assert (direction.indicator_id, years_of(direction), direction.code) == (
        SATISFACTION,
        (2021, 2024),
        "too_few_steps",
    )
    assert Direction.of_goal(catalog, "goods-pass") == ()


def test_a_plan_without_a_baseline_has_no_balance(catalog_of: CatalogMaker) -> None:
    targets = [row for row in evidence_tables()["targets"] if row["target_id"] in ("goods-pass", "climate")]
    links = [row for row in evidence_tables()["target_evidence"] if row["target_id"] in ("goods-pass", "climate")]
    catalog = catalog_of(targets=targets, target_evidence=links, gaps=None)
    assert catalog.plan_baseline is None
    assert Direction.of_goal(catalog, "climate") == ()


STEPS = st.lists(st.tuples(st.integers(-50, 50).map(float), st.integers(1, 4)), min_size=3, max_size=8)


@given(steps=STEPS, trend=st.integers(-20, 20), factor=st.sampled_from([-4.0, -1.0, 0.5, 2.0]))
def test_neither_trend_nor_mirror_matters_and_the_unit_scales(
    steps: list[tuple[float, int]], trend: int, factor: float
) -> None:
    step = usual_step(steps)
    assert usual_step([(rise + trend * years, years) for rise, years in steps]) == pytest.approx(step, abs=1e-9)
    assert usual_step([(rise * factor, years) for rise, years in steps]) == pytest.approx(abs(factor) * step, abs=1e-9)

"""The pace needed beside the pace so far (the figures here are made by the tests)."""

from __future__ import annotations

import pytest
from synthetic import CatalogMaker, observation

from qualitybook.analysis.goals import Goal
from qualitybook.analysis.series import build_series
from qualitybook.analysis.verdict import Pace

RATE = "goods_pass_rate"


def pace_of(catalog_of: CatalogMaker, values: dict[str, str], rule: str, value: float | None, year: int) -> Pace | None:
    rows = [observation(RATE, "sample_city", period, text, "yearbook-2024") for period, text in values.items()]
    series = build_series(catalog_of(rows), RATE, "sample_city")
    return Pace.of(series, Goal(RATE, "sample_city", rule, value, year, 2019 if value is None else None))


SEWAGE = {"2018": "76.0", "2019": "78.1", "2020": "80.2", "2021": "83.0", "2022": "84.9", "2023": "88.3"}


def test_a_reader_sees_five_steps_larger_than_the_one_needed(catalog_of: CatalogMaker) -> None:
    made = pace_of(catalog_of, SEWAGE, "at_least", 90.0, 2024)
    assert made is not None
    assert made.needed == pytest.approx(1.7)
    assert [step.change for step in made.steps] == pytest.approx([2.1, 2.1, 2.8, 1.9, 3.4])
    assert (made.steps[0].from_year, made.steps[-1].to_year, made.years, made.decimals) == (2018, 2023, 1, 1)


def test_steps_over_gaps_are_by_the_year(catalog_of: CatalogMaker) -> None:
    made = pace_of(catalog_of, {"2018": "90.0", "2020": "91.0", "2021": "92.0"}, "at_least", 95.0, 2024)
    assert made is not None
    assert [step.change for step in made.steps] == pytest.approx([0.5, 1.0])
    assert made.needed == pytest.approx(1.0)


@pytest.mark.parametrize(("rule", "value"), [("at_least", 88.3), ("at_least", 80.0), ("at_most", 90.0)])
def test_nothing_is_needed_where_the_last_figure_reaches_the_goal(
    catalog_of: CatalogMaker, rule: str, value: float
) -> None:
    made = pace_of(catalog_of, SEWAGE, rule, value, 2024)
    assert made is not None
    assert made.needed is None


def test_a_rise_names_no_value_to_reach(catalog_of: CatalogMaker) -> None:
    made = pace_of(catalog_of, SEWAGE, "rising", None, 2025)
    assert made is not None
    assert made.needed is None


@pytest.mark.parametrize(
    ("values", "year"), [({"2020": "90.0"}, 2024), (SEWAGE, 2023), ({"2020": "90", "2021": "91"}, 2020)]
)
def test_no_pace_without_two_values_and_a_later_year(
    catalog_of: CatalogMaker, values: dict[str, str], year: int
) -> None:
    assert pace_of(catalog_of, values, "at_least", 95.0, year) is None

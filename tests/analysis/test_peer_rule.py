"""The growth-ratio rule of other reports, and why it cannot be computed (the figures here are made by the tests)."""

from __future__ import annotations

import pytest
from synthetic import CatalogMaker, observation

from qualitybook.analysis.goals import Goal
from qualitybook.analysis.series import build_series
from qualitybook.analysis.verdict import GrowthRatio

INTENSITY = "research_intensity"


@pytest.mark.parametrize(
    ("values", "rule", "value", "year", "reason"),
    [
        ({"2020": "2.0", "2022": "2.2"}, "at_least", 2.5, 2025, ""),
        ({"2020": "2.0", "2022": "2.2"}, "rising", None, 2025, "no_number"),
        ({"2020": "2.0", "2022": "2.2"}, "at_most", 2.5, 2025, "other_rule"),
        ({"2020": "2.0"}, "at_least", 2.5, 2025, "too_few"),
        ({"2020": "2.6", "2022": "2.7"}, "at_least", 2.5, 2025, "reached_at_base"),
        ({"2020": "2.0", "2022": "2.2"}, "at_least", 2.5, 2022, "not_ahead"),
        ({"2020": "0", "2022": "2.2"}, "at_least", 2.5, 2025, "not_positive"),
    ],
)
def test_the_reason_is_the_one_that_holds(
    catalog_of: CatalogMaker, values: dict[str, str], rule: str, value: float | None, year: int, reason: str
) -> None:
    rows = [observation(INTENSITY, "sample_city", period, text, "yearbook-2023") for period, text in values.items()]
    series = build_series(catalog_of(rows), INTENSITY, "sample_city")
    goal = Goal(INTENSITY, "sample_city", rule, value, year, 2020)
    assert GrowthRatio.why_none(series, goal) == reason
    assert (GrowthRatio.of(series, goal) is None) is (reason != "")


def test_the_ratio_is_that_of_yearly_growth(catalog_of: CatalogMaker) -> None:
    rows = [
        observation(INTENSITY, "sample_city", year, text, "yearbook-2023")
        for year, text in (("2020", "2.0"), ("2022", "2.42"))
    ]
    series = build_series(catalog_of(rows), INTENSITY, "sample_city")
    found = GrowthRatio.of(series, Goal(INTENSITY, "sample_city", "at_least", 2.0 * 1.05**5, 2025))
    assert found is not None
    assert found.ratio == pytest.approx(2.0)

"""Goals whose wording leaves the scope open (the figures here are made by the tests)."""

from __future__ import annotations

from datetime import date

import pytest
from synthetic import CatalogMaker, Row, observation

from qualitybook.analysis.assess import Assessment, Scope, assess_targets, reaches
from qualitybook.analysis.goals import Goal
from qualitybook.analysis.latest import Point, point_of_row
from qualitybook.analysis.verdict import judge
from qualitybook.evidence.reading import rows_of

RATE, OTHER, CITY, PROVINCE, NATION = (
    "goods_pass_rate",
    "toys_share_passed",
    "sample_city",
    "sample_province",
    "sample_nation",
)
NOW = date(2026, 7, 1)
OPEN = [{"indicator_id": RATE, "other_id": OTHER, "reason_zh": "口径未写明（虚构）", "reason_en": "open (invented)"}]


def figure(indicator: str, region: str, period: str, value: str, **cells: str) -> Row:
    return observation(indicator, region, period, value, "yearbook-2026", **cells)


ROWS = [
    *(
        figure(RATE, NATION, str(year), value)
        for year, value in zip(range(2018, 2025), ["90", "90.4", "90.2", "90.8", "91", "91.2", "91.5"], strict=True)
    ),
    figure(OTHER, NATION, "2023", "99", qualifier="at_least"),
    figure(OTHER, PROVINCE, "2023", "99.6"),
    figure(RATE, CITY, "2023", "94.0"),
]


def goal_of_the_city(catalog_of: CatalogMaker) -> Assessment:
    catalog = catalog_of(ROWS, open_scopes=OPEN)
    return next(item for item in assess_targets(catalog, NOW) if item.target_id == "goods-pass")


def test_both_scopes_are_told_and_the_province_stands_in_by_name(catalog_of: CatalogMaker) -> None:
    own, other = goal_of_the_city(catalog_of).scopes
    assert (own.indicator_id, own.is_own_place, own.is_reached) == (RATE, True, False)
    assert (other.indicator_id, other.latest.region_id, other.is_own_place, other.is_reached) == (
        OTHER,
        PROVINCE,
        False,
        True,
    )
    assert (other.verdict.state, other.verdict.reason) == ("cannot_judge", "no_figure")


def test_the_nations_goal_is_told_by_both_scopes_too(catalog_of: CatalogMaker) -> None:
    seen = catalog_of(ROWS, open_scopes=OPEN).as_of(NOW)
    verdict = judge(seen, Goal(RATE, NATION, "at_least", 98.0, 2025), NOW)
    own, other = Scope.of_verdict(seen, verdict, NOW)
    assert own.verdict.probability is not None
    assert own.is_reached is False
    # "99 or more" in 2023 reaches 98 by the scope in which the nation reports.
    assert (other.latest.region_id, other.is_reached, other.verdict.reason) == (NATION, True, "only_bounds")


def test_another_place_gets_no_figure_that_is_not_its_own(catalog_of: CatalogMaker) -> None:
    seen = catalog_of(ROWS, open_scopes=OPEN).as_of(NOW)
    verdict = judge(seen, Goal(RATE, "neighbour_city", "at_least", 98.0, 2025), NOW)
    assert [scope.latest.shown for scope in Scope.of_verdict(seen, verdict, NOW)] == [None, None]


def test_most_goals_have_one_scope(catalog_of: CatalogMaker) -> None:
    catalog = catalog_of(ROWS, open_scopes=OPEN)
    assert catalog.other_scopes(RATE) == (OTHER,)
    assert catalog.other_scopes("test_centres") == ()
    assert [bool(item.scopes) for item in assess_targets(catalog, NOW)] == [True, False, False, False]


@pytest.mark.parametrize(
    ("rule", "value", "qualifier", "expected"),
    [
        ("at_least", "98", "exact", True),
        ("at_least", "97.9", "exact", False),
        ("at_least", "99", "at_least", True),
        ("at_least", "97", "at_least", None),
        ("at_least", "97", "at_most", False),
        ("at_least", "99", "at_most", None),
        ("at_most", "97", "at_most", True),
        ("at_most", "99", "at_least", False),
        ("at_most", "97", "at_least", None),
        ("rising", "99", "exact", None),
    ],
)
def test_a_figure_reaches_a_value_by_logic(
    catalog_of: CatalogMaker, rule: str, value: str, qualifier: str, expected: bool | None
) -> None:
    catalog = catalog_of([figure(RATE, CITY, "2024", value, qualifier=qualifier)])
    point: Point = point_of_row(catalog, next(rows_of(catalog.observations)))
    assert reaches(Goal(RATE, CITY, rule, 98.0, 2025), point) is expected

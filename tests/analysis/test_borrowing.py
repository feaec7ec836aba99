"""Ranges that containing regions lend (the figures here are made by the tests)."""

from __future__ import annotations

from datetime import date

import pytest
from synthetic import CatalogMaker, Row, evidence_tables, observation

from qualitybook.analysis.borrowing import Borrowed, published_gap
from qualitybook.analysis.goals import Goal
from qualitybook.analysis.outlook import forecast_series, orient_series
from qualitybook.analysis.series import build_series
from qualitybook.analysis.verdict import judge
from qualitybook.evidence import Catalog

RATE, CENTRES = "goods_pass_rate", "test_centres"
CITY, PROVINCE, NATION, DELTA = "sample_city", "sample_province", "sample_nation", "sample_delta"
NOW = date(2026, 6, 30)
SEVEN_YEARS = {"2018": "92.4", "2019": "92.9", "2020": "93.3", "2021": "93.6", "2022": "94.1", "2023": "94.2"}
SEVEN_YEARS |= {"2024": "94.6"}


def rate(region: str, period: str, value: str, source: str = "yearbook-2023", **cells: str) -> Row:
    return observation(RATE, region, period, value, source, **cells)


def province() -> list[Row]:
    return [rate(PROVINCE, *item) for item in SEVEN_YEARS.items()]


def lent(catalog: Catalog, target_id: str = "goods-pass") -> tuple[Borrowed, ...]:
    targets = catalog.targets
    goal = Goal.of(targets[targets["target_id"] == target_id].iloc[0])
    return Borrowed.for_verdict(catalog, judge(catalog, goal, NOW))


def with_delta() -> dict[str, list[Row]]:
    """Return tables with an area of the province that is a context of the goal."""
    tables = evidence_tables()
    area = dict(zip(tables["regions"][0], (DELTA, "样例三角洲", "Sample Delta", "area", PROVINCE), strict=True))
    link = {**tables["target_evidence"][1], "region_id": DELTA}
    return {"regions": [*tables["regions"], area], "target_evidence": [*tables["target_evidence"], link]}


def test_the_provinces_forecast_is_lent(catalog_of: CatalogMaker) -> None:
    catalog = catalog_of(province())
    (item,) = lent(catalog)
    made = forecast_series(catalog, build_series(catalog, RATE, PROVINCE), 2025)
    assert made is not None
    assert (item.region_id, item.kind, item.lower, item.upper) == (PROVINCE, "forecast", *made.interval(0.8, 1))
    assert (item.gap, item.moved, item.decimals) == (None, None, 1)
    assert item.years == tuple(range(2018, 2025))
    assert item.sources == ("yearbook-2023",)


def test_a_short_series_lends_the_range_of_similar_ones(catalog_of: CatalogMaker) -> None:
    catalog = catalog_of([rate(PROVINCE, "2022", "93.0"), rate(PROVINCE, "2024", "94.6", "yearbook-2025")])
    (item,) = lent(catalog)
    rough = orient_series(catalog, build_series(catalog, RATE, PROVINCE), 2025)
    assert rough is not None
    assert (item.kind, item.lower, item.upper) == ("orientation", rough.lower, rough.upper)
    assert (item.years, item.sources) == ((2024,), ("yearbook-2025",))


def test_a_figure_of_the_target_year_is_lent_as_published(catalog_of: CatalogMaker) -> None:
    (item,) = lent(catalog_of([*province(), rate(PROVINCE, "2025", "94.9", "yearbook-2026")]))
    assert (item.kind, item.lower, item.upper, item.years) == ("published", 94.9, 94.9, (2025,))
    assert item.sources == ("yearbook-2026",)


def test_the_nearest_region_comes_first(catalog_of: CatalogMaker) -> None:
    rows = [*province(), rate(NATION, "2024", "93.0"), rate(DELTA, "2024", "94.0")]
    catalog = catalog_of(rows, **with_delta())
    assert [item.region_id for item in lent(catalog)] == [DELTA, PROVINCE, NATION]


def test_a_neighbour_contains_nothing(catalog_of: CatalogMaker) -> None:
    catalog = catalog_of([*province(), rate("neighbour_city", "2024", "94.0")], **with_delta())
    assert [item.region_id for item in lent(catalog)] == [PROVINCE]


def test_nothing_is_lent_to_a_place_with_a_series_of_its_own(catalog_of: CatalogMaker) -> None:
    assert lent(catalog_of()) == ()
    assert lent(catalog_of([*province(), rate(CITY, "2024", "95.0")])) == ()


def test_totals_are_not_lent(catalog_of: CatalogMaker) -> None:
    rows = [observation(CENTRES, PROVINCE, year, "30", "yearbook-2023") for year in ("2021", "2022", "2023", "2024")]
    assert lent(catalog_of(rows), "centres") == ()


@pytest.mark.parametrize(
    ("value", "qualifier", "expected"),
    [("96.1", "exact", (1.5, 1.5)), ("96.1", "at_least", (1.5, None)), ("93.6", "at_most", (None, -1.0))],
)
def test_a_gap_of_one_release_and_year_moves_the_range(
    catalog_of: CatalogMaker, value: str, qualifier: str, expected: tuple[float | None, float | None]
) -> None:
    half = rate(CITY, "2024-H1", value, "press-2025", qualifier=qualifier)
    both = [rate(PROVINCE, "2024-H1", "94.6", "press-2025"), half]
    (item,) = lent(catalog_of([*province(), *both]))
    assert item.gap is not None
    assert item.moved is not None
    assert item.gap.value == pytest.approx(float(value) - 94.6)
    assert (item.gap.qualifier, item.gap.period, item.gap.source_id) == (qualifier, "2024-H1", "press-2025")
    assert item.moved[0] == pytest.approx(0.0 if expected[0] is None else item.lower + expected[0])
    assert item.moved[1] == pytest.approx(100.0 if expected[1] is None else min(100.0, item.upper + expected[1]))
    assert item.sources == ("yearbook-2023", "press-2025")


@pytest.mark.parametrize(
    "cells",
    [
        {"source": "yearbook-2024"},
        {"period": "2024-H2"},
        {"basis": "old-scope"},
        {"qualifier": "about"},
    ],
)
def test_figures_of_different_releases_periods_or_definitions_make_no_gap(
    catalog_of: CatalogMaker, cells: dict[str, str]
) -> None:
    own = rate(CITY, **{"period": "2024-H1", "value": "96.0", "source": "press-2025", **cells})
    catalog = catalog_of([rate(PROVINCE, "2024-H1", "94.6", "press-2025"), own])
    assert published_gap(catalog, RATE, CITY, PROVINCE) is None


def test_a_bound_of_the_region_makes_no_gap(catalog_of: CatalogMaker) -> None:
    rows = [
        rate(PROVINCE, "2024-H1", "94.6", "press-2025", qualifier="at_least"),
        rate(CITY, "2024-H1", "96", "press-2025"),
    ]
    assert published_gap(catalog_of(rows), RATE, CITY, PROVINCE) is None


def test_the_latest_gap_counts(catalog_of: CatalogMaker) -> None:
    rows = [
        rate(region, period, value, "press-2025")
        for region, period, value in (
            (PROVINCE, "2021-H1", "93.0"),
            (CITY, "2021-H1", "95.0"),
            (PROVINCE, "2024-H1", "94.0"),
            (CITY, "2024-H1", "94.5"),
        )
    ]
    gap = published_gap(catalog_of(rows), RATE, CITY, PROVINCE)
    assert gap is not None
    assert (gap.value, gap.period) == (pytest.approx(0.5), "2024-H1")

"""What passed and failed by category (the sample city's goods are made up)."""

from __future__ import annotations

import pytest
from synthetic import CatalogMaker, Row, evidence_tables, observation

from qualitybook.analysis.categories import Goods, goods
from qualitybook.evidence import Catalog

TOTAL, TOYS, TOOLS = "goods_pass_rate", "toys_share_passed", "tools_share_passed"


def counted(indicator: str, period: str, n: int, passed: int, **cells: str) -> Row:
    value = f"{100 * passed / n:.2f}"
    return observation(indicator, "sample_city", period, value, "press-2025", n=str(n), passed=str(passed), **cells)


def only(catalog: Catalog) -> Goods:
    (found,) = goods(catalog)
    return found


NOTICES = [
    counted(TOTAL, "2020-03", 900, 800),
    counted(TOYS, "2020-03", 900, 800),
    counted(TOTAL, "2023-05", 300, 290),
    counted(TOYS, "2023-05", 200, 195),
    counted(TOOLS, "2023-05", 100, 95),
    counted(TOTAL, "2025-01", 60, 50),
    counted(TOOLS, "2025-01", 60, 50),
]


def test_the_releases_of_the_last_years_are_put_together(catalog_of: CatalogMaker) -> None:
    found = only(catalog_of(NOTICES))
    assert (found.first, found.last) == (2023, 2025)
    assert (found.total.n, found.total.passed, found.total.failed) == (360, 340, 20)
    tools = next(item for item in found.categories if item.indicator_id == TOOLS)
    assert (tools.n, tools.failed, len(tools.releases)) == (160, 15, 2)
    assert tools.rate == pytest.approx(100 * 145 / 160)


def test_releases_of_which_no_total_was_found_are_named(catalog_of: CatalogMaker) -> None:
    found = only(catalog_of([*NOTICES, counted(TOYS, "2024-02", 40, 39), counted(TOYS, "2020-02", 40, 39)]))
    assert found.without_total == (("2024-02", "press-2025"),)
    assert only(catalog_of(NOTICES)).without_total == ()


def test_what_is_surest_to_be_low_comes_first_and_few_items_last(catalog_of: CatalogMaker) -> None:
    found = only(catalog_of(NOTICES))
    assert [item.indicator_id for item in found.categories] == [TOOLS, TOYS]
    few = [row for row in NOTICES if row["period"] != "2023-05" or row["indicator_id"] != TOOLS]
    assert [item.indicator_id for item in only(catalog_of(few)).categories] == [TOYS, TOOLS]


def test_bounds_other_definitions_and_other_places_are_left_out(catalog_of: CatalogMaker) -> None:
    rows = [
        *NOTICES,
        counted(TOYS, "2025-02", 400, 100, basis="old-scope"),
        counted(TOYS, "2025-03", 400, 100, qualifier="at_least"),
        counted(TOYS, "2025-04", 400, 100) | {"region_id": "neighbour_city"},
    ]
    assert only(catalog_of(rows)).categories == only(catalog_of(NOTICES)).categories


def test_a_plan_without_counts_by_category_has_none(catalog_of: CatalogMaker) -> None:
    assert goods(catalog_of()) == []
    assert goods(catalog_of(evidence_tables()["observations"], category_groups=[])) == []

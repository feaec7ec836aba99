"""What is found on a task or an area (the sample city and its figures are made up)."""

from __future__ import annotations

from datetime import date

import pytest
from synthetic import CatalogMaker, Row, evidence_tables, observation

from qualitybook.analysis.findings import Findings, findings, indicators_of

CITY, PROVINCE, NATION = "sample_city", "sample_province", "sample_nation"
DAY = date(2026, 6, 30)
TASKS = ["services-1"]


def rows_of(indicator: str, values: dict[str, str], region: str = CITY, **cells: str) -> list[Row]:
    return [observation(indicator, region, period, value, "yearbook-2026", **cells) for period, value in values.items()]


def found_of(catalog_of: CatalogMaker, *rows: list[Row], **tables: list[Row]) -> Findings:
    catalog = catalog_of([row for some in rows for row in some], **tables).as_of(DAY)
    return findings(catalog, TASKS)


def test_indicators_of_tasks_stand_once_the_headline_ones_first(catalog_of: CatalogMaker) -> None:
    catalog = catalog_of()
    assert indicators_of(catalog, TASKS) == ["consumer_satisfaction", "service_growth", "test_centres"]
    both = indicators_of(catalog, ["goods-1", "services-1"])
    assert both[:2] == ["goods_pass_rate", "consumer_satisfaction"]


def test_a_finding_has_the_change_since_the_baseline_and_since_the_figure_before(catalog_of: CatalogMaker) -> None:
    found = found_of(catalog_of, rows_of("consumer_satisfaction", {"2022": "81.0", "2024": "84.0", "2025": "83.0"}))
    (item,) = found.headlines
    assert [(change.before.year, change.value) for change in item.changes] == [(2022, 2.0), (2024, -1.0)]
    assert (item.sign, found.since_baseline(1), found.since_baseline(-1)) == (1, 1, 0)


def test_one_pair_that_is_both_changes_is_told_once(catalog_of: CatalogMaker) -> None:
    (item,) = found_of(catalog_of, rows_of("consumer_satisfaction", {"2022": "81", "2024": "84"})).headlines
    assert len(item.changes) == 1


def test_a_figure_before_that_is_many_years_older_makes_no_change(catalog_of: CatalogMaker) -> None:
    (item,) = found_of(catalog_of, rows_of("consumer_satisfaction", {"2018": "81", "2022": "84"})).headlines
    assert item.changes == ()
    (item,) = found_of(catalog_of, rows_of("consumer_satisfaction", {"2019": "81", "2022": "84"})).headlines
    assert [change.value for change in item.changes] == [3.0]


def test_what_is_stale_has_not_moved(catalog_of: CatalogMaker) -> None:
    found = found_of(catalog_of, rows_of("service_growth", {"2019": "1", "2020": "2"}))
    assert [item.indicator_id for item in found.stale] == ["service_growth"]
    assert found.moved(1) == []


def test_a_task_without_a_headline_figure_begins_with_what_moved(catalog_of: CatalogMaker) -> None:
    found = found_of(catalog_of, rows_of("test_centres", {"2022": "4", "2024": "6"}))
    assert [item.indicator_id for item in found.headlines] == ["test_centres"]
    assert found.moved(1) == []


@pytest.mark.parametrize(("after", "sign"), [("3", 1), ("12", -1), ("9", 0)])
def test_a_rank_rises_as_its_number_falls(catalog_of: CatalogMaker, after: str, sign: int) -> None:
    indicators = [
        row | ({"kind": "rank", "unit": "rank", "lower": "1"} if row["indicator_id"] == "service_growth" else {})
        for row in evidence_tables()["indicators"]
    ]
    found = found_of(catalog_of, rows_of("service_growth", {"2022": "9", "2024": after}), indicators=indicators)
    assert found.headlines[0].sign == sign
    assert found.since_baseline(sign) == 1


def test_places_around_are_told_with_figures_of_the_same_year_only(catalog_of: CatalogMaker) -> None:
    own = {"2022": "81", "2024": "84"}
    found = found_of(
        catalog_of,
        rows_of("consumer_satisfaction", own),
        rows_of("consumer_satisfaction", {"2022": "79", "2023": "82"}, PROVINCE),
        rows_of("consumer_satisfaction", {"2022": "78", "2024": "80"}, NATION),
        rows_of("consumer_satisfaction", {"2024": "99"}, "neighbour_city"),
    )
    (beside,) = found.headlines[0].beside
    assert (beside.region_id, beside.point.value) == (NATION, 80.0)
    assert beside.change is not None
    assert beside.change.value == 2.0


def test_a_place_around_without_the_earlier_year_is_told_without_a_change(catalog_of: CatalogMaker) -> None:
    found = found_of(
        catalog_of,
        rows_of("consumer_satisfaction", {"2022": "81", "2024": "84"}),
        rows_of("consumer_satisfaction", {"2024": "80"}, PROVINCE),
    )
    assert [(beside.region_id, beside.change) for beside in found.headlines[0].beside] == [(PROVINCE, None)]


def test_figures_of_other_places_only_are_no_own_ones(catalog_of: CatalogMaker) -> None:
    found = found_of(catalog_of, rows_of("consumer_satisfaction", {"2022": "79", "2024": "82"}, PROVINCE))
    assert (len(found.listed), found.own) == (3, ())
    (item,) = found.headlines
    assert (item.latest.region_id, item.beside) == (PROVINCE, ())


def test_a_headline_indicator_is_told_by_each_scope(catalog_of: CatalogMaker) -> None:
    scopes = [
        {"indicator_id": "consumer_satisfaction", "other_id": "goods_pass_rate", "reason_zh": "一", "reason_en": "a"}
    ]
    found = found_of(
        catalog_of,
        rows_of("consumer_satisfaction", {"2024": "84"}),
        rows_of("goods_pass_rate", {"2024": "96"}, PROVINCE),
        open_scopes=scopes,
    )
    assert [item.indicator_id for item in found.headlines] == ["consumer_satisfaction", "goods_pass_rate"]


def test_without_a_baseline_only_the_figure_before_is_compared(catalog_of: CatalogMaker) -> None:
    targets = [row for row in evidence_tables()["targets"] if not row["baseline_year"]]
    evidence = [row for row in evidence_tables()["target_evidence"] if row["target_id"] in ("goods-pass", "climate")]
    found = found_of(
        catalog_of,
        rows_of("consumer_satisfaction", {"2023": "81", "2024": "84"}),
        targets=targets,
        target_evidence=evidence,
        gaps=[],
    )
    assert found.baseline is None
    assert [change.value for change in found.headlines[0].changes] == [3.0]

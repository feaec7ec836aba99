"""All targets at once, as-of dates, and earlier editions held against what came."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from synthetic import CatalogMaker, evidence_tables, observation

from qualitybook.analysis.assess import assess_targets, judge_peers
from qualitybook.analysis.backtest import cut_off_cases, score, vintage_cases
from qualitybook.evidence import load

DATA = Path(__file__).resolve().parents[2] / "data"

EDITIONS = [("2023", date(2024, 6, 30)), ("2024", date(2025, 6, 30))]
NOW = date(2026, 6, 30)


def test_every_target_is_assessed_in_the_plans_order(catalog_of: CatalogMaker) -> None:
    assessments = assess_targets(catalog_of(), NOW)
    assert [item.target_id for item in assessments] == ["goods-pass", "research", "centres", "climate"]
    assert [item.verdict.state for item in assessments] == ["met", "awaiting", "awaiting", "no_verdict"]
    assert [item.level for item in assessments] == ["A", "A", "B", "D"]
    assert len(assessments[1].gaps) == 1


def test_earlier_editions_know_less(catalog_of: CatalogMaker) -> None:
    catalog = catalog_of()
    known = [assess_targets(catalog, as_of)[0].verdict.last_year for _name, as_of in EDITIONS]
    assert known == [2023, 2024]


def test_a_later_figure_never_leaks_into_an_earlier_edition(catalog_of: CatalogMaker) -> None:
    before = assess_targets(catalog_of(), EDITIONS[0][1])
    planted = observation("goods_pass_rate", "sample_city", "2026", "12.0", "yearbook-2026")
    after = assess_targets(catalog_of([*evidence_tables()["observations"], planted]), EDITIONS[0][1])
    told = [(item.verdict.state, item.verdict.probability, item.verdict.n, item.level) for item in before]
    assert told == [(item.verdict.state, item.verdict.probability, item.verdict.n, item.level) for item in after]


def test_a_proxy_alone_is_another_scope(catalog_of: CatalogMaker) -> None:
    tables = evidence_tables()
    rows = [row for row in tables["observations"] if row["indicator_id"] != "goods_pass_rate"]
    proxy = {
        "target_id": "goods-pass",
        "indicator_id": "consumer_satisfaction",
        "region_id": "sample_city",
        "role": "proxy",
        "reason_zh": "相近",
        "reason_en": "close",
    }
    made = assess_targets(catalog_of(rows, target_evidence=[*tables["target_evidence"], proxy]), NOW)
    assert (made[0].verdict.state, made[0].verdict.reason, made[0].level) == ("cannot_judge", "only_other_scope", "D")


def test_a_goal_with_a_way_keeps_it_where_only_a_proxy_is_known(catalog_of: CatalogMaker) -> None:
    tables = evidence_tables()
    rows = [row for row in tables["observations"] if row["indicator_id"] != "goods_pass_rate"]
    links = [
        row | {"indicator_id": "consumer_satisfaction", "role": "proxy"}
        if (row["target_id"], row["role"]) == ("goods-pass", "context") and row["region_id"] == "neighbour_city"
        else row
        for row in tables["target_evidence"]
    ]
    links = [row | {"region_id": "sample_city"} if row["role"] == "proxy" else row for row in links]
    targets = [
        row | {"rule": "reach_by_path"} if row["target_id"] == "goods-pass" else row for row in tables["targets"]
    ]
    path = [
        {"target_id": "goods-pass", "year": year, "value": value} for year, value in (("2024", "94"), ("2025", "95"))
    ]
    made = assess_targets(catalog_of(rows, target_evidence=links, targets=targets, target_path=path), NOW)
    assert made[0].verdict.reason == "only_other_scope"
    assert [waypoint.year for waypoint in made[0].verdict.path] == [2024, 2025]


def test_peers_are_judged_by_the_same_rules(catalog_of: CatalogMaker) -> None:
    states = {row["region_id"]: (verdict.state, verdict.reason) for row, verdict in judge_peers(catalog_of(), NOW)}
    assert states == {"sample_province": ("awaiting", None), "neighbour_city": ("cannot_judge", "only_undated")}


def test_vintage_cases_hold_old_forecasts_against_new_figures(catalog_of: CatalogMaker) -> None:
    cases = vintage_cases(catalog_of(), EDITIONS, NOW)
    city = cases[(cases["indicator_id"] == "goods_pass_rate") & (cases["region_id"] == "sample_city")]
    assert [(row.origin, row.last_year, row.year) for row in city.itertuples()] == [
        ("2023", 2023, 2024),
        ("2023", 2023, 2025),
        ("2024", 2024, 2025),
    ]
    assert city["outcome"].tolist() == pytest.approx([95.40, 95.96, 95.96])
    assert (cases["lo95"] <= cases["lo80"]).all()
    assert (cases["hi80"] <= cases["hi95"]).all()


def test_no_case_uses_what_its_edition_had_seen(catalog_of: CatalogMaker) -> None:
    catalog = catalog_of()
    cases = vintage_cases(catalog, EDITIONS, NOW)
    published = catalog.observations.set_index("line")["available_from"].dt.date
    as_of = dict(EDITIONS)
    assert len(cases)
    assert all(published[row.line] > as_of[row.origin] for row in cases.itertuples())


def test_cut_off_cases_come_from_every_origin_with_enough_values(catalog_of: CatalogMaker) -> None:
    cases = cut_off_cases(catalog_of(), NOW)
    city = cases[(cases["indicator_id"] == "goods_pass_rate") & (cases["region_id"] == "sample_city")]
    assert city["last_year"].min() == 2016
    assert (city["year"] - city["last_year"]).max() == 3
    found = score(cases)
    assert 0 <= found.hits80 <= found.hits95 <= found.cases == len(cases)


def test_one_series_that_no_scale_expects_does_not_stop_the_others(catalog_of: CatalogMaker) -> None:
    """A share of a plan may pass 100, a balance may be negative: both are judged, and so is the rest."""
    tables = evidence_tables()
    free = {"lower": "", "upper": ""}
    indicators = [
        row | free | ({"kind": "level", "subkind": ""} if row["indicator_id"] == "research_intensity" else {})
        if row["indicator_id"] in ("research_intensity", "consumer_satisfaction")
        else row
        for row in tables["indicators"]
    ]
    moved = [
        row | {"value": f"{float(row['value']) - 3:.2f}"} if row["indicator_id"] == "research_intensity" else row
        for row in tables["observations"]
    ]
    assert any(float(row["value"]) < 0 for row in moved)
    plain, odd = (
        {item.target_id: item.verdict for item in assess_targets(catalog_of(rows, indicators=kinds), NOW)}
        for rows, kinds in ((tables["observations"], tables["indicators"]), (moved, indicators))
    )
    assert odd["research"].probability is not None
    assert {name: made.state for name, made in odd.items()} == {name: made.state for name, made in plain.items()}


@pytest.mark.parametrize("edition", ["2023", "2024", "2025"])
def test_evidence_levels_of_all_goals_follow_one_rule(edition: str) -> None:
    """The letters of the repository's goals, worked out again from the raw rows."""
    catalog = load(DATA)
    day = catalog.edition(edition).as_of
    table = catalog.as_of(day).observations
    for item in assess_targets(catalog, day):
        own = table[(table["indicator_id"] == item.target["indicator_id"])]
        own = own[own["region_id"] == item.target["region_id"]]
        dated = own[own["qualifier"].isin(["exact", "derived", "about"]) & (own["basis"] == "")]
        near = {(support.series.indicator_id, support.series.region_id) for support in item.supports}
        beside = any(((table["indicator_id"] == one) & (table["region_id"] == place)).any() for one, place in near)
        n = item.verdict.n
        expected = "A" if n >= 8 else "B" if n >= 4 else "C" if len(dated) else "D" if len(own) or beside else "E"
        assert item.level == expected, item.target_id

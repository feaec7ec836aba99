"""Readings of a goal from related evidence (the figures here are made by the tests)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from synthetic import HEADERS, CatalogMaker, Row, evidence_tables, observation

from qualitybook.analysis.indicative import Reading, readings, readings_of_plan
from qualitybook.evidence.catalog import Catalog

NOW = date(2026, 6, 30)
RATE = "goods_pass_rate"
PLACES = ("north", "east", "south", "west", "centre", "coast", "lakes")
REGIONS = [
    *(("sample_nation", "nation", ""), ("sample_province", "province", "sample_nation")),
    *((name, "city", "sample_province") for name in ("sample_city", "neighbour_city")),
    *((name, "province", "sample_nation") for name in PLACES),
]


def regions() -> list[Row]:
    return [
        {"region_id": name, "name_zh": name, "name_en": name, "level": level, "parent_id": parent}
        for name, level, parent in REGIONS
    ]


def figure(place: str, period: str, value: str, **cells: str) -> Row:
    return observation(RATE, place, period, value, "yearbook-2026" if period > "2023" else "yearbook-2024", **cells)


NATION = [figure("sample_nation", str(year), f"{93 + 0.1 * (year - 2014):.1f}") for year in range(2014, 2026)]
PEERS = [figure(place, "2024", f"{94 + 0.3 * at:.1f}") for at, place in enumerate(PLACES)]


def row(role: str, region: str, variant: str = "", **cells: str) -> Row:
    blank = dict.fromkeys(HEADERS["indicative_evidence"], "")
    names = {"target_id": "goods-pass", "indicator_id": RATE, "from_indicator_id": RATE}
    return (
        blank
        | names
        | {"role": role, "region_id": region, "variant": variant, "note_zh": "虚构", "note_en": "made up"}
        | cells
    )


def words(target: str = "goods-pass", indicator: str = RATE, **cells: str) -> Row:
    said = {} if "refusal" in cells else {"assumption_zh": "虚构", "assumption_en": "made up"}
    blank = dict.fromkeys(HEADERS["indicative_goals"], "")
    return blank | said | {"target_id": target, "indicator_id": indicator} | cells


NAMED = [row("parent", "sample_nation"), row("peers", "sample_nation")]
GOAL_ABOVE = ("sample_province", RATE, "at_least", "95", "percent", "2025", "sample-plan", "", "")
AS_ABOVE = [dict(zip(HEADERS["peer_targets"], GOAL_ABOVE, strict=False))]


def read(catalog_of: CatalogMaker, observations: list[Row], evidence: list[Row], **tables: Any) -> tuple[Reading, ...]:
    catalog = catalog_of(
        observations,
        regions=regions(),
        indicative_evidence=evidence,
        indicative_goals=tables.pop("goals", [words()]),
        **{"peer_targets": AS_ABOVE, **tables},
    )
    return readings(catalog, catalog.target("goods-pass"), NOW)


def one(catalog_of: CatalogMaker, observations: list[Row], evidence: list[Row], **tables: Any) -> Reading:
    (found,) = read(catalog_of, observations, evidence, **tables)
    return found


def test_a_goal_shared_with_the_place_above_is_read_from_peers(catalog_of: CatalogMaker) -> None:
    found = one(catalog_of, NATION + PEERS, NAMED)
    assert (found.kind, found.reason, found.cross_check, found.disagree) == ("number", "", False, False)
    assert found.estimate is not None
    assert found.low95 < found.low80 < found.estimate < found.high80 < found.high95 <= 100  # type: ignore[operator]
    assert found.probability in [five / 20 for five in range(2, 19)]
    assert [gate.code for gate in found.gates] == [f"g{at}" for at in range(1, 10)]
    assert [variant.code for variant in found.variants] == ["peers_lead"]
    assert {ground.role for ground in found.evidence} == {"parent", "peers"}


def test_without_the_tables_there_are_no_readings(catalog_of: CatalogMaker) -> None:
    assert readings_of_plan(catalog_of(), NOW) == {}


def test_a_goal_of_its_own_gets_a_range_and_no_number(catalog_of: CatalogMaker) -> None:
    found = one(catalog_of, NATION + PEERS, NAMED, peer_targets=[])
    assert (found.kind, found.reason, found.probability) == ("range", "g4", None)
    assert found.estimate is not None


def test_too_few_peers_give_a_range_and_a_value_of_its_own_a_number(catalog_of: CatalogMaker) -> None:
    assert one(catalog_of, NATION + PEERS[:3], NAMED).reason == "g2"
    own = figure("sample_city", "", "96.0", qualifier="undated", basis="old-scope")
    dated = row("own_undated", "sample_city", from_year="2014", to_year="2016", source_id="yearbook-2024")
    found = one(catalog_of, [*NATION, *PEERS[:3], own], [*NAMED, dated], peer_targets=[])
    assert (found.kind, found.reason) == ("number", "")
    assert [ground.rows[0].value for ground in found.evidence if ground.role == "own_undated"] == [96.0]


def test_nothing_above_is_a_refusal(catalog_of: CatalogMaker) -> None:
    old = [each for each in NATION if each["period"] < "2020"]
    assert (one(catalog_of, old + PEERS, NAMED).kind, one(catalog_of, old + PEERS, NAMED).reason) == ("refused", "g1")
    assert one(catalog_of, PEERS, NAMED).reason == "g1"


def test_a_refusal_of_the_goal_is_told_as_it_stands(catalog_of: CatalogMaker) -> None:
    found = one(catalog_of, NATION, [], goals=[words(refusal="no_series")])
    assert (found.kind, found.reason, found.gates) == ("refused", "no_series", ())


def test_a_figure_of_the_target_year_leaves_nothing_to_read(catalog_of: CatalogMaker) -> None:
    assert read(catalog_of, [*NATION, *PEERS, figure("sample_city", "2025", "95.4")], NAMED) == ()


def test_four_direct_values_switch_the_reading_off(catalog_of: CatalogMaker) -> None:
    own = [figure("sample_city", str(year), "94.0") for year in range(2019, 2024)]
    assert one(catalog_of, NATION + PEERS + own[-3:], NAMED).kind == "number"
    # The nation's newer figures stand beside the verdict's own probability, which is the one that counts.
    beside = one(catalog_of, NATION + PEERS + own, NAMED)
    assert beside.cross_check
    assert beside.gates[-1].passed is False


def test_values_by_an_older_definition_carry_no_verdict_and_leave_the_reading_its_number(
    catalog_of: CatalogMaker,
) -> None:
    old = [figure("sample_city", str(year), "94.0", basis="old-scope") for year in range(2019, 2023)]
    found = one(catalog_of, NATION + PEERS + old, NAMED)
    assert (found.kind, found.cross_check, found.gates[-1].detail["values"]) == ("number", False, 0)


def test_a_statement_lifts_the_lower_end_and_a_proxy_that_contradicts_it_is_told(catalog_of: CatalogMaker) -> None:
    said = figure("sample_city", "2024-01/2024-09", "95", qualifier="at_least", complete="0")
    statement = row("statement", "sample_city", source_id="yearbook-2026")
    plain, held = one(catalog_of, NATION + PEERS, NAMED), one(catalog_of, [*NATION, *PEERS, said], [*NAMED, statement])
    assert plain.low80 is not None
    assert held.low80 is not None
    assert held.low80 >= plain.low80
    proxy = row("proxy", "sample_city", "", from_indicator_id="consumer_satisfaction", offset="0", offset_sd="0.1")
    low = observation("consumer_satisfaction", "sample_city", "2024", "91.0", "yearbook-2026")
    against = one(catalog_of, [*NATION, *PEERS, said, low], [*NAMED, statement, proxy])
    assert against.disagree
    assert not held.disagree


def test_a_variant_replaces_the_rows_of_its_role(catalog_of: CatalogMaker) -> None:
    lower = [figure("sample_province", str(year), "91.0") for year in range(2019, 2026)]
    found = one(catalog_of, NATION + PEERS + lower, [*NAMED, row("parent", "sample_province", "by_province")])
    by_code = {variant.code: variant for variant in found.variants}
    assert found.estimate is not None
    assert by_code["by_province"].estimate < found.estimate
    assert found.gates[5].code == "g6"


def test_an_offset_of_a_parent_named_as_equal_is_taken_off(catalog_of: CatalogMaker) -> None:
    high = row("parent", "sample_nation", offset="0.3", offset_sd="0.2")
    plain, moved = one(catalog_of, NATION + PEERS, NAMED), one(catalog_of, NATION + PEERS, [high, NAMED[1]])
    assert plain.estimate is not None
    assert moved.estimate is not None
    assert moved.estimate < plain.estimate
    assert moved.gates[0].detail["offset"] == 0.3


def test_the_event_is_that_of_the_printed_figure(catalog_of: CatalogMaker) -> None:
    """Printed to whole percents, 94.5 counts as 95; with one decimal it does not."""
    fine, whole = (
        one(catalog_of, NATION + PEERS, NAMED, indicators=with_decimals(decimals)).gates[7] for decimals in ("1", "0")
    )
    assert float(whole.detail["chance"]) > float(fine.detail["chance"])


def with_decimals(decimals: str) -> list[Row]:
    return [each | {"decimals": decimals} for each in evidence_tables()["indicators"]]


def test_without_figures_of_its_own_a_goal_is_asked_as_other_places_print(catalog_of: CatalogMaker) -> None:
    """Nation and peers print one decimal here, so 94.95 is the least that will be printed as 95."""
    said, read_off = (
        one(catalog_of, NATION + PEERS, NAMED, indicators=with_decimals(decimals)).gates[7] for decimals in ("1", "")
    )
    assert read_off.detail["chance"] == said.detail["chance"]


@pytest.mark.parametrize(
    "cells", [{"rule": "above"}, {"rule": "share_of", "value_high": "100"}, {"rule": "between", "value_high": "99"}]
)
def test_a_goal_of_another_rule_is_not_the_goal_of_the_place_above(
    catalog_of: CatalogMaker, cells: dict[str, str]
) -> None:
    """More than 95 %, 95 of 100, or between 95 and 99 is not 95 % or more."""
    found = one(catalog_of, NATION + PEERS, NAMED, peer_targets=[AS_ABOVE[0] | cells])
    assert (found.kind, found.reason) == ("range", "g4")


def test_a_figure_that_no_scale_of_gaps_holds_takes_no_goal_with_it(catalog_of: CatalogMaker) -> None:
    """A share may exceed 100 %: that of another place is left out, that of the place above leaves nothing to read."""
    shares = [
        row | {"upper": "", "subkind": "share"} for row in evidence_tables()["indicators"] if row["kind"] == "rate"
    ]
    shares += [row for row in evidence_tables()["indicators"] if row["kind"] != "rate"]
    high = figure("north", "2024", "101.2")
    without, beside = (one(catalog_of, [*NATION, *PEERS[1:], *more], NAMED, indicators=shares) for more in ([], [high]))
    assert beside.estimate == without.estimate
    above = [*NATION[:-1], figure("sample_nation", "2025", "101")]
    found = one(catalog_of, [*above, *PEERS], NAMED, indicators=shares)
    assert (found.kind, found.reason) == ("refused", "g3")


def centres(catalog_of: CatalogMaker, years: dict[str, str], **cells: str) -> Reading:
    rows = [observation("test_centres", "sample_city", year, value, "yearbook-2024") for year, value in years.items()]
    named = row("class", "sample_city") | {"target_id": "centres", "indicator_id": "test_centres"}
    goals = [each | cells if each["target_id"] == "centres" else each for each in evidence_tables()["targets"]]
    catalog = catalog_of(
        rows,
        targets=goals,
        indicative_evidence=[named | {"from_indicator_id": "test_centres"}],
        indicative_goals=[words("centres", "test_centres")],
    )
    (found,) = readings(catalog, catalog.target("centres"), NOW)
    return found


def test_a_stock_goes_on_as_its_class_does(catalog_of: CatalogMaker) -> None:
    found = centres(catalog_of, {"2022": "40"})
    assert (found.kind, found.reason) == ("number", "")
    assert found.low80 is not None
    assert found.low80 < 40 < found.high80  # type: ignore[operator]
    assert found.probability is not None
    assert 0.5 <= found.probability <= 0.9


@pytest.mark.parametrize(
    ("years", "reason"), [({"2022": "2"}, "g3"), ({"2021": "40"}, "baseline_unknown"), ({}, "baseline_unknown")]
)
def test_a_small_or_unknown_stock_is_refused(catalog_of: CatalogMaker, years: dict[str, str], reason: str) -> None:
    found = centres(catalog_of, years or {"2012": "1"})
    assert (found.kind, found.reason) == ("refused", reason)


def test_a_stock_is_asked_what_its_goal_asks(catalog_of: CatalogMaker) -> None:
    """From 40 a change by 1 asks for 41, as one more does; 20 more ask for 60; a rise without a fall for a path."""
    change = {"rule": "change_from_baseline", "value": "1"}
    more = centres(catalog_of, {"2022": "40"})
    assert centres(catalog_of, {"2022": "40"}, **change).gates[1].detail == more.gates[1].detail
    far = centres(catalog_of, {"2022": "40"}, **change | {"value": "20"})
    assert (far.probability, far.beyond) == (0.10, "below")
    rise = centres(catalog_of, {"2022": "40"}, rule="rising")
    assert (rise.kind, rise.reason, rise.probability) == ("range", "no_path", None)


def test_four_values_of_a_stock_leave_its_number_to_the_verdict(catalog_of: CatalogMaker) -> None:
    found = centres(catalog_of, {"2019": "37", "2020": "38", "2021": "39", "2022": "40"})
    assert (found.kind, found.reason, found.probability) == ("range", "g9", None)


def test_same_evidence_same_reading(catalog_of: CatalogMaker) -> None:
    assert repr(one(catalog_of, NATION + PEERS, NAMED)) == repr(one(catalog_of, NATION + PEERS, NAMED))


def test_the_catalog_is_filtered_first(catalog_of: CatalogMaker) -> None:
    catalog: Catalog = catalog_of(
        NATION + PEERS, regions=regions(), indicative_evidence=NAMED, indicative_goals=[words()], peer_targets=AS_ABOVE
    )
    early = readings(catalog, catalog.target("goods-pass"), date(2024, 6, 30))
    late = readings(catalog, catalog.target("goods-pass"), NOW)
    assert early[0].estimate != late[0].estimate


def test_a_value_of_a_year_of_which_nothing_is_held_is_left_out(catalog_of: CatalogMaker) -> None:
    said = observation(RATE, "sample_city", "", "96", "yearbook-2026", qualifier="undated")
    years = {"from_year": "2069", "to_year": "2069", "source_id": "yearbook-2026"}
    ahead = [*NAMED, row("own_undated", "sample_city", **years)]
    assert one(catalog_of, [*NATION, *PEERS, said], ahead).estimate == one(catalog_of, NATION + PEERS, NAMED).estimate


def test_a_peer_that_lies_in_no_place_is_none(catalog_of: CatalogMaker) -> None:
    named = [*NAMED, row("peer", "sample_nation")]
    assert one(catalog_of, NATION + PEERS, named).estimate == one(catalog_of, NATION + PEERS, NAMED).estimate

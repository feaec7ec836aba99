"""Slips that turn a verdict are named at their row: the sample city's tables with one cell changed. Made up."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from synthetic import PATHS, Row, evidence_tables, observation, write_evidence

from qualitybook.analysis.assess import assess_targets
from qualitybook.evidence import load
from qualitybook.evidence.check import check
from qualitybook.evidence.seals import Seal

_COUNTED = {"rule": "at_least", "baseline_year": ""}
_GROWN = {"rule": "change_from_baseline", "statement_en": "Research intensity grows from 2022"}
_SPAN = {"rule": "between", "baseline_year": "", "value": "10000", "value_high": "12000"}


@pytest.mark.parametrize(
    ("table", "row", "cells", "expected"),
    [
        ("target_evidence", 0, {"role": "proxy"}, {("targets", 0, "direct_missing")}),
        ("target_evidence", 1, {"role": "direct"}, {("target_evidence", 1, "direct_of_other")}),
        ("target_evidence", 5, {"role": "direct"}, {("target_evidence", 5, "direct_of_other")}),
        ("target_evidence", 3, {"indicator_id": "test_centres"}, {("target_evidence", 3, "direct_of_other")}),
        ("target_evidence", 3, {"region_id": "neighbour_city"}, {("target_evidence", 3, "direct_of_other")}),
        ("editions", 2, {"status": "archived"}, {("editions", 2, "edition_status")}),
        ("editions", 1, {"status": "current"}, {("editions", 1, "edition_status")}),
        ("editions", 2, {"target_year": "2030"}, {("editions", 2, "edition_without_goal")}),
        ("sources", 4, {"withdrawn": "2026-06-30"}, set()),
        ("category_groups", 0, {"category_id": "test_centres"}, {("category_groups", 0, "category_kind")}),
        ("targets", 0, {"statement_en": "产品抽检合格率不低于95%"}, {("targets", 0, "language_of_text")}),
        ("targets", 0, {"statement_zh": "The pass rate"}, {("targets", 0, "language_of_text")}),
        ("targets", 0, {"statement_en": "A pass\u202e rate"}, {("targets", 0, "mark_unseen")}),
        ("sources", 1, {"title": "年\u200b鉴"}, {("sources", 1, "mark_unseen")}),
        ("sources", 1, {"title": "年\u2028鉴"}, {("sources", 1, "mark_unseen")}),
        ("indicators", 1, {"definition_en": "A word " + "x" * 150}, {("indicators", 1, "word_too_long")}),
        ("indicators", 1, {"definition_zh": "长" * 400}, set()),
        ("targets", 0, {"statement_en": "A pass rate (合格率) of 95%"}, set()),
        (
            "targets",
            0,
            {"value": "0.95"},
            {("targets", 0, "value_of_statement"), ("targets", 0, "value_like_fraction")},
        ),
        ("targets", 0, {"value": "89"}, {("targets", 0, "value_of_statement")}),
        ("targets", 0, {"value": "95.0"}, set()),
        ("targets", 0, {"statement_zh": "PM2.5达标率不低于９５％"}, set()),
        ("targets", 0, {"statement_zh": "到2025年6月合格率达标"}, set()),
        ("targets", 0, {"statement_en": "By 2025 a pass rate of 95% (GB/T 19001-2016)"}, set()),
        ("targets", 0, {"statement_en": "By 2024 a pass rate of 95%"}, {("targets", 0, "year_of_statement")}),
        ("targets", 1, {"statement_zh": "研发投入强度比2021年提高"}, {("targets", 1, "year_of_statement")}),
        ("targets", 1, {"statement_zh": "研发投入强度在2022—2025年逐年提高"}, set()),
        ("targets", 0, {"target_year": "2022"}, {("targets", 0, "goal_before_plan")}),
        ("targets", 0, {"valid_from": "2026-01-01"}, {("targets", 0, "valid_after_goal")}),
        ("peer_targets", 1, {"value": "0.96"}, {("peer_targets", 1, "value_like_fraction")}),
        ("peer_targets", 0, {"target_year": "2015"}, {("peer_targets", 0, "goal_before_plan")}),
        ("peer_targets", 0, {"value": "9.4"}, {("peer_targets", 0, "value_far")}),
        ("peer_targets", 0, {"region_id": "sample_city"}, {("peer_targets", 0, "peer_of_own_place")}),
        ("peer_targets", 0, {"region_id": "sample_city", "target_year": "2030"}, set()),
        ("targets", 0, {"rule": "above"}, {("targets", 0, "rule_of_statement")}),
        ("targets", 0, {"rule": "above", "statement_zh": "合格率高于95%"}, set()),
        ("targets", 0, {"rule": "above", "statement_zh": "合格率95%", "statement_en": "A pass rate of 95%"}, set()),
        ("targets", 0, {"statement_zh": "不得低于95%", "statement_en": "No less than 95%"}, set()),
        ("targets", 0, {"statement_zh": "达到或超过95%", "statement_en": "95%, equal to or above 95%"}, set()),
        ("targets", 0, {"rule": "above", "statement_zh": "达到或超过95%"}, {("targets", 0, "rule_of_statement")}),
        ("targets", 0, {"rule": "above", "statement_zh": "不突破95%"}, {("targets", 0, "rule_of_statement")}),
        ("targets", 0, {"statement_zh": "按国发〔2023〕8号文和《质量强国建设纲要（2023—2035年）》不低于95%"}, set()),
        ("targets", 0, {"statement_en": "At least 95%, by [2023] No. 8 and the Quality Outline (2023-2035)"}, set()),
        ("targets", 2, {"interpretation_zh": "依据粤府〔2021〕53号文"}, set()),
        ("targets", 1, {**_GROWN, "value": "200", "statement_zh": "比2022年增长2倍"}, set()),
        ("targets", 1, {**_GROWN, "value": "50", "statement_zh": "达到2022年的1.5倍"}, set()),
        (
            "targets",
            1,
            {**_GROWN, "value": "20", "statement_zh": "比2022年增长2倍"},
            {("targets", 1, "value_of_statement")},
        ),
        ("targets", 0, {"target_year": "2026"}, {("targets", 0, "goal_year_unnamed")}),
        ("targets", 0, {"target_year": "2030", "statement_en": "A pass rate of 95% in 2030"}, set()),
        ("targets", 2, {"interpretation_en": "More than in 2021"}, {("targets", 2, "baseline_unnamed")}),
        ("targets", 2, {"interpretation_en": "More in 2025 than in 2022, not 2016"}, set()),
        ("targets", 0, {"statement_zh": "合格率由2021年的92.1%提高到95%"}, set()),
        ("targets", 0, {"statement_zh": "到2025年达到95%，到2030年达到97%"}, set()),
        ("targets", 0, {"statement_zh": "到2030年达到95%"}, {("targets", 0, "year_of_statement")}),
        ("targets", 1, {"statement_zh": "2025年研发投入强度高于2021年"}, {("targets", 1, "year_of_statement")}),
        ("targets", 0, {"statement_zh": "按GB/T 19580—2012评价，不低于95%"}, set()),
        ("targets", 0, {"statement_en": "95% by ISO 9001:2015"}, set()),
        ("targets", 0, {"statement_zh": "按DB44/T 2000-2019，不低于95%"}, set()),
        ("targets", 2, {**_SPAN, "statement_zh": "培训10000-12000人", "statement_en": "10,000-12,000 people"}, set()),
        ("targets", 2, {**_COUNTED, "value": "3", "statement_en": "Three clusters of CNY 100 billion"}, set()),
        ("targets", 2, {**_COUNTED, "value": "3", "statement_zh": "培育1个5千亿级集群和三个千亿级集群"}, set()),
        (
            "targets",
            2,
            {**_COUNTED, "value": "3", "statement_zh": "第三批2个、三十个、三流"},
            {("targets", 2, "value_of_statement")},
        ),
        ("targets", 2, {**_COUNTED, "value": "1800", "statement_zh": "光伏装机1800千瓦"}, set()),
        ("targets", 2, {**_COUNTED, "value": "10000", "statement_en": "10 000 test centres"}, set()),
        ("editions", 2, {"as_of": "2036-06-30"}, {("editions", 2, "edition_ahead")}),
        ("editions", 2, {"as_of": "2027-06-30"}, set()),
        ("target_evidence", 0, {"better": "lower"}, {("target_evidence", 0, "better_against_goal")}),
        ("target_evidence", 5, {"better": "lower"}, {("target_evidence", 5, "better_against_goal")}),
        ("target_evidence", 5, {"better": "neither"}, set()),
        ("target_evidence", 0, {"better": "higher"}, set()),
        ("observations", 0, {"note_en": "Preliminary figure"}, {("observations", 0, "status_of_note")}),
        ("observations", 0, {"note_zh": "预计数"}, {("observations", 0, "status_of_note")}),
        ("observations", 0, {"note_zh": "比预计高0.5；初步筛查人数"}, set()),
        ("observations", 0, {"note_zh": "初步建成", "note_en": "By the Provisional Regulations"}, set()),
        ("observations", 0, {"note_en": "Final, no longer provisional"}, set()),
        ("observations", 0, {"note_zh": "初步核算数", "status": "provisional"}, set()),
        ("observations", 0, {"note_zh": "初步数为90.1", "status": "verified"}, set()),
        ("indicators", 5, {"kind": "growth"}, {("indicators", 5, "kind_and_unit")}),
        ("indicators", 5, {"kind": "rank"}, {("indicators", 5, "kind_and_unit")}),
    ],
)
def test_a_slip_is_named_at_its_row(
    tmp_path: Path, table: str, row: int, cells: Row, expected: set[tuple[str, int, str]]
) -> None:
    tables = evidence_tables()
    tables[table][row] = {**tables[table][row], **cells}
    problems = check(write_evidence(tmp_path, **tables))
    found = {(problem.file, problem.row, problem.code) for problem in problems}
    assert found == {(PATHS[name], line + 2, code) for name, line, code in expected}
    levels = {problem.level for problem in problems}
    assert levels <= ({"error"} if table == "editions" and "status" in cells else {"warning"})


def test_a_year_of_several_goals_is_no_slip(tmp_path: Path) -> None:
    targets = evidence_tables()["targets"]
    targets[0]["target_year"] = targets[3]["target_year"] = "2030"
    assert check(write_evidence(tmp_path, targets=targets)) == []


def test_growth_is_held_against_the_year_before_its_first(tmp_path: Path) -> None:
    targets = evidence_tables()["targets"]
    targets[2] |= {"rule": "average_growth", "value": "8", "unit": "percent", "baseline_year": "", "from_year": "2021"}
    targets[2] |= {"statement_zh": "2021—2025年年均增长8%（以2020年为基数）", "statement_en": "8% a year"}
    assert check(write_evidence(tmp_path, targets=targets)) == []


def test_an_edition_that_is_current_before_the_last_is_an_error(tmp_path: Path) -> None:
    editions = evidence_tables()["editions"]
    editions[1]["status"], editions[2]["status"] = "current", "archived"
    (problem,) = check(write_evidence(tmp_path, editions=editions))
    assert (problem.row, problem.level, problem.code) == (4, "error", "edition_status")


@pytest.mark.parametrize(
    ("withdrawn", "valid_to", "warned"),
    [("2026-06-30", "", True), ("2026-07-01", "", False), ("2026-01-01", "2026-01-01", False), ("", "", False)],
)
def test_goals_of_a_source_that_was_withdrawn(tmp_path: Path, withdrawn: str, valid_to: str, warned: bool) -> None:
    tables = evidence_tables()
    plan = tables["targets"][0]["source_id"]
    tables["targets"] = [{**row, "valid_to": valid_to} for row in tables["targets"]]
    tables["sources"] = [
        {**row, "withdrawn": withdrawn if row["source_id"] == plan else ""} for row in tables["sources"]
    ]
    found = [problem for problem in check(write_evidence(tmp_path, **tables)) if problem.code == "plan_withdrawn"]
    assert [problem.level for problem in found] == ["warning"] * warned
    assert all(f"{len(tables['targets'])} goals in force" in problem.found for problem in found)


def test_nations_and_what_lies_in_them(tmp_path: Path) -> None:
    regions = evidence_tables()["regions"]
    nation = next(row for row in regions if row["level"] == "nation")
    city = next(row for row in regions if row["level"] == "city")
    line = {row["region_id"]: number for number, row in enumerate(regions, start=2)}
    other = {
        **nation,
        "region_id": "other_nation",
        "name_zh": "他国",
        "name_en": "Other",
        "parent_id": city["region_id"],
    }
    problems = check(write_evidence(tmp_path, regions=[*regions, other]))
    last = len(regions) + 2
    assert {(problem.row, problem.code, problem.other_row) for problem in problems} == {
        (last, "nation_twice", line[nation["region_id"]]),
        (last, "place_below", None),
    }


def _problems_with(folder: Path, name: str, cells: Row) -> list[tuple[str, str, str]]:
    """Return column, code and level of each problem of the sample city with one row of a table that it lacks."""
    problems = check(write_evidence(folder, **{name: [cells]}))
    return [(problem.column, problem.code, problem.level) for problem in problems]


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("plan_texts", {}, ()),
        ("plan_texts", {"target_year": "2052"}, ("target_year", "text_without_goal")),
        ("plan_texts", {"valid_from": "2020-01-01"}, ("valid_from", "text_before_published")),
        ("region_areas", {}, ("area_id", "area_level")),
        ("region_areas", {"area_id": "sample_city"}, ("area_id", "area_level")),
        ("errata", {}, ()),
        ("errata", {"day": "2020-01-01"}, ("day", "erratum_before_edition")),
        ("errata", {"issue": "2024"}, ("issue", "erratum_issue")),
        ("units", {}, ()),
        ("units", {"unit": "percent"}, ("form", "unit_form")),
    ],
)
def test_a_slip_in_a_table_that_may_lack_is_named(
    tmp_path: Path, name: str, cells: Row, expected: tuple[str, ...]
) -> None:
    sound = {
        "plan_texts": {
            "source_id": "sample-plan",
            "state": "final",
            "valid_from": "2023-03-01",
            "target_year": "2025",
        },
        "region_areas": {"region_id": "sample_city", "area_id": "neighbour_city"},
        "errata": {
            "edition": "2024",
            "number": "1",
            "day": "2025-08-01",
            "what_zh": "正文有误",
            "what_en": "A text was wrong",
            "why_zh": "笔误",
            "why_en": "A slip",
        },
        "units": {
            "unit": "toys",
            "form": "percent" if cells == {} else "plain",
            "name_zh": "件",
            "name_en": "toys",
            "text_zh": "{}件",
            "text_en": "{} toys",
            "scale": "1",
        },
    }
    found = [problem for problem in _problems_with(tmp_path, name, {**sound[name], **cells}) if problem[0] != "kind"]
    assert found == ([(*expected, "warning")] if expected else [])


@pytest.mark.parametrize(
    ("unit", "statement", "warned"),
    [
        ("percent", "A pass rate 2 points above 2022", True),
        ("percent", "A pass rate 2% above 2022", False),
        ("percentage_points", "A pass rate 2% above 2022", True),
        ("percentage_points", "A pass rate 2 points above 2022", False),
    ],
)
def test_points_and_percent_are_those_of_the_statement(tmp_path: Path, unit: str, statement: str, warned: bool) -> None:
    targets = evidence_tables()["targets"]
    targets[0] |= {"rule": "change_from_baseline", "value": "2", "unit": unit, "baseline_year": "2022"}
    targets[0] |= {"statement_zh": "合格率提高", "statement_en": statement}
    problems = check(write_evidence(tmp_path, targets=targets))
    assert [(problem.column, problem.code) for problem in problems] == [("unit", "points_or_percent")] * warned


def test_a_value_is_the_one_of_its_statement_at_another_scale(tmp_path: Path) -> None:
    tables = evidence_tables()
    tables["targets"][2] |= {"rule": "at_least", "value": "12000", "baseline_year": ""}
    tables["targets"][2] |= {"statement_zh": "检验中心达到1.2万个", "statement_en": "12,000 test centres"}
    assert check(write_evidence(tmp_path / "same", **tables)) == []
    tables["targets"][2]["value"] = "1300"
    (problem,) = check(write_evidence(tmp_path / "other", **tables))
    assert (problem.column, problem.code) == ("value", "value_of_statement")
    tables["targets"][2] |= {"value": "1.2", "statement_en": "1.2 times ten thousand test centres"}
    (problem,) = check(write_evidence(tmp_path / "lost", **tables))
    assert (problem.column, problem.code, problem.found) == ("value", "value_of_statement", "1.2")
    tables["targets"][2] |= {"value": "30000", "value_high": "50000", "rule": "between"}
    tables["targets"][2] |= {"statement_zh": "检验中心3-5万个", "statement_en": "30 to 50 thousand test centres"}
    assert check(write_evidence(tmp_path / "span", **tables)) == []


def test_values_on_the_way_are_those_of_the_statement(tmp_path: Path) -> None:
    targets = evidence_tables()["targets"]
    targets[0] |= {"rule": "reach_by_path", "statement_zh": "达到95%"}
    targets[0] |= {"statement_en": "95% in 2025, after 93% in 2024"}
    steps = [{"target_id": "goods-pass", "year": "2023", "value": "91"}]
    steps.append({"target_id": "goods-pass", "year": "2024", "value": "93"})
    assert check(write_evidence(tmp_path / "same", targets=targets, target_path=steps)) == []
    steps[1]["value"] = "93.9"
    (problem,) = check(write_evidence(tmp_path / "other", targets=targets, target_path=steps))
    assert (problem.file, problem.row, problem.code) == (PATHS["target_path"], 3, "value_of_statement")


@pytest.mark.parametrize(
    ("year", "indicator", "warned"),
    [("2025", "toys_share_passed", False), ("2026", "toys_share_passed", True), ("2027", "goods_pass_rate", False)],
)
def test_a_goal_of_another_plan_stands_out_by_its_year(tmp_path: Path, year: str, indicator: str, warned: bool) -> None:
    first = evidence_tables()["peer_targets"][1]
    rows = [first, {**first, "indicator_id": "tools_share_passed"}]
    rows.append({**first, "indicator_id": indicator, "target_year": year})
    found = check(write_evidence(tmp_path, peer_targets=rows))
    assert [(problem.row, problem.code) for problem in found] == [(4, "peer_year")] * warned
    rows[-1] |= {"note_zh": f"原文为{year}年", "note_en": f"{year} in the text"}
    assert check(write_evidence(tmp_path, peer_targets=rows)) == []


@pytest.mark.parametrize(("region", "warned"), [("sample_nation", False), ("sample_province", True)])
def test_what_is_counted_is_held_against_figures_of_the_same_place(tmp_path: Path, region: str, warned: bool) -> None:
    tables = evidence_tables()
    for place, value in (("neighbour_city", "1200"), ("sample_province", "3000")):
        tables["observations"].append(observation("test_centres", place, "2024", value, "yearbook-2025"))
    goal = {"region_id": region, "indicator_id": "test_centres", "value": "90000", "unit": "count"}
    tables["peer_targets"].append({**tables["peer_targets"][0], **goal})
    found = check(write_evidence(tmp_path, **tables))
    assert [(problem.row, problem.code) for problem in found] == [(4, "value_far")] * warned


@pytest.mark.parametrize(("left_out", "warned"), [((), False), ((3,), True), ((12,), False), ((3, 4), False)])
def test_a_year_lacks_one_month(tmp_path: Path, left_out: tuple[int, ...], warned: bool) -> None:
    tables = evidence_tables()
    months = [f"2024-{month:02d}" for month in range(1, 13) if month not in left_out]
    tables["observations"] += [
        observation("goods_pass_rate", "neighbour_city", month, "95.1", "yearbook-2025") for month in months
    ]
    found = check(write_evidence(tmp_path, observations=tables["observations"]))
    assert [(problem.row, problem.code) for problem in found] == (
        [(len(tables["observations"]) + 1, "month_missing")] if warned else []
    )


@pytest.mark.parametrize(
    "periods",
    [
        ["2024-01/2024-02", *(f"2024-{month:02d}" for month in range(2, 13))],
        [f"{year}-{month:02d}" for year in (2023, 2024) for month in range(2, 13)],
    ],
)
def test_a_january_that_is_never_told_alone_does_not_lack(tmp_path: Path, periods: list[str]) -> None:
    tables = evidence_tables()
    tables["observations"] += [
        observation("goods_pass_rate", "neighbour_city", period, "95.1", "yearbook-2025") for period in periods
    ]
    assert check(write_evidence(tmp_path, observations=tables["observations"])) == []


@pytest.mark.parametrize(
    ("table", "row", "cells", "expected"),
    [
        ("targets", 0, {}, []),
        ("targets", 0, {"value": "95.0"}, []),
        (
            "targets",
            0,
            {"value": "94", "statement_zh": "合格率", "statement_en": "A rate"},
            [(2, "value", "seal_goal")],
        ),
        ("targets", 2, {"baseline_year": "2021"}, [(4, "baseline_year", "seal_goal")]),
        ("targets", 0, {"target_id": "goods-pass-2"}, [(1, "target_id", "seal_goal")]),
        ("editions", 0, {"as_of": "2024-06-29"}, [(2, "as_of", "seal_as_of")]),
    ],
)
def test_a_sealed_edition_keeps_its_day_and_goals(
    tmp_path: Path, table: str, row: int, cells: Row, expected: list[tuple[int, str, str]]
) -> None:
    tables = evidence_tables()
    verdicts = [judged.record() for judged in assess_targets(load(write_evidence(tmp_path)), date(2024, 6, 30))]
    seal = Seal("2023", "2024-06-30", "2024-07-01", ("en",), "", "", "", verdicts)
    (tmp_path / "seals").mkdir()
    (tmp_path / "seals" / "2023.json").write_bytes(seal.text())
    tables[table][row] |= cells
    found = check(write_evidence(tmp_path, **tables))
    assert [
        (problem.row, problem.column, problem.code) for problem in found if problem.code in ("seal_goal", "seal_as_of")
    ] == expected

"""Slips that turn a verdict are named at their row: the sample city's tables with one cell changed. Made up."""

from __future__ import annotations

from pathlib import Path

import pytest
from synthetic import PATHS, Row, evidence_tables, write_evidence

from qualitybook.evidence.check import check


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
        ("indicators", 1, {"definition_en": "A word " + "x" * 150}, {("indicators", 1, "word_too_long")}),
        ("indicators", 1, {"definition_zh": "长" * 400}, set()),
        ("targets", 0, {"statement_en": "A pass rate (合格率) of 95%"}, set()),
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

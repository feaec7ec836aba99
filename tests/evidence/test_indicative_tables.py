"""What is checked of the tables that indicative readings rest on (the rows here are made by the tests)."""

from __future__ import annotations

from pathlib import Path

import pytest
from synthetic import HEADERS, Row, write_evidence

from qualitybook.errors import Problem
from qualitybook.evidence.check import check

RATE = "goods_pass_rate"


def row(role: str = "parent", region: str = "sample_province", **cells: str) -> Row:
    blank = dict.fromkeys(HEADERS["indicative_evidence"], "")
    named = {"target_id": "goods-pass", "indicator_id": RATE, "from_indicator_id": RATE, "role": role}
    return blank | named | {"region_id": region, "note_zh": "虚构", "note_en": "made up"} | cells


def words(**cells: str) -> Row:
    blank = dict.fromkeys(HEADERS["indicative_goals"], "")
    said = {"assumption_zh": "虚构", "assumption_en": "made up"}
    return blank | said | {"target_id": "goods-pass", "indicator_id": RATE} | cells


def problems(folder: Path, rows: list[Row], goals: list[Row]) -> list[Problem]:
    return check(write_evidence(folder, indicative_evidence=rows, indicative_goals=goals))


SOUND = [
    row(),
    row("peers", "sample_nation"),
    row("own_undated", "neighbour_city", from_year="2020", to_year="2022", source_id="press-2025"),
    row("parent", "sample_nation", variant="nation", offset="0.1", offset_sd="0.2"),
    row("left_out", "neighbour_city", variant="without"),
]


def test_sound_rows_are_sound(tmp_path: Path) -> None:
    assert problems(tmp_path, SOUND, [words()]) == []
    refused = words(refusal="no_measure", assumption_zh="", assumption_en="")
    assert problems(tmp_path, [], [refused]) == []


@pytest.mark.parametrize(
    ("fault", "column", "remedy"),
    [
        (row("peers", "sample_nation", from_year="2020"), "from_year", "both years"),
        (row("peers", "sample_nation", from_year="2021", to_year="2020"), "from_year", "in order"),
        (row("own_undated", "neighbour_city", source_id="press-2025"), "from_year", "the years that it may be of"),
        (row("proxy", "neighbour_city", offset_sd="0.1"), "offset_sd", "beside an offset"),
        (row("left_out", "neighbour_city"), "variant", "left out"),
        (row("parent", "sample_nation", basis="old"), "basis", "empty with the role parent"),
        (row("statement", "sample_city", source_id="sample-plan"), "source_id", "the source of a figure"),
    ],
)
def test_a_row_that_its_role_cannot_use_is_named(tmp_path: Path, fault: Row, column: str, remedy: str) -> None:
    (problem,) = problems(tmp_path, [row(), fault], [words()])
    assert (problem.file, problem.row, problem.column) == ("plan/indicative_evidence.csv", 3, column)
    assert remedy in problem.allowed


@pytest.mark.parametrize(
    ("rows", "goal", "code"),
    [
        ([row()], words(refusal="no_series"), "indicative_refused"),
        ([row("peers", "sample_nation")], words(), "indicative_without_parent"),
        ([row()], words(assumption_en=""), "indicative_assumption"),
    ],
)
def test_a_goal_has_evidence_or_a_refusal_and_says_what_it_hangs_on(
    tmp_path: Path, rows: list[Row], goal: Row, code: str
) -> None:
    (problem,) = problems(tmp_path, rows, [goal])
    assert (problem.file, problem.row, problem.code) == ("plan/indicative_goals.csv", 2, code)


PEER = {"from_year": "2020", "to_year": "2022", "source_id": "press-2025"}


@pytest.mark.parametrize(
    ("doubtful", "column"),
    [
        (row("parent", "neighbour_city", variant="other"), "region_id"),
        (row("proxy", "sample_province", offset="0"), "region_id"),
        (row("peers", "neighbour_city"), "region_id"),
        (row("peer", "sample_nation"), "region_id"),
        (row("peer", "sample_city"), "region_id"),
        (row("ceiling", "sample_city", source_id="yearbook-2024"), "region_id"),
        (row("year", "sample_city", from_year="2020", to_year="2022"), "to_year"),
        (row("spread", "sample_nation"), "role"),
        (row("own_undated", "neighbour_city", **PEER | {"to_year": "2026"}), "to_year"),
        (row("statement", "sample_city", source_id="yearbook-2024", from_year="2023", to_year="2023"), "source_id"),
        (row("parent", "sample_nation", variant="other", offset="31"), "offset"),
        (row("parent", "sample_nation", variant="other", from_indicator_id="toys_share_passed"), "offset"),
        (row("proxy", "sample_city"), "offset"),
        (row("proxy", "sample_city", offset="0", from_year="2033", to_year="2034"), "from_year"),
        (row("left_out", "sample_city", variant="without"), "from_indicator_id+region_id"),
    ],
)
def test_a_row_that_rests_on_nothing_or_elsewhere_is_warned_of(tmp_path: Path, doubtful: Row, column: str) -> None:
    found = problems(tmp_path, [row(), doubtful], [words()])
    named = [(problem.row, problem.column, problem.code, problem.level) for problem in found]
    assert (3, column, "indicative_ground", "warning") in named
    assert {problem.level for problem in found} == {"warning"}


@pytest.mark.parametrize(
    ("target", "indicator", "refusal", "warned"),
    [
        ("goods-pass", RATE, "no_series", True),
        ("goods-pass", RATE, "no_figure", True),
        ("goods-pass", RATE, "no_measure", False),
        ("goods-pass", RATE, "baseline_unknown", True),
        ("centres", "test_centres", "baseline_unknown", True),
    ],
)
def test_a_refusal_agrees_with_the_figures(
    tmp_path: Path, target: str, indicator: str, refusal: str, warned: bool
) -> None:
    refused = words(target_id=target, indicator_id=indicator, refusal=refusal, assumption_zh="", assumption_en="")
    found = [(problem.column, problem.code) for problem in problems(tmp_path, [], [refused])]
    assert found == [("refusal", "indicative_refusal")] * warned


def test_a_goal_is_read_on_an_indicator_that_it_can_mean(tmp_path: Path) -> None:
    other = {"indicator_id": "research_intensity"}
    found = problems(tmp_path, [row(), row(**other)], [words(), words(**other)])
    assert [problem.code for problem in found] == ["indicative_scope"]


def test_evidence_of_a_goal_without_words_is_named(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, [row()], [])
    assert (problem.code, problem.row) == ("indicative_goal_missing", 2)
    assert "add one" in problem.allowed

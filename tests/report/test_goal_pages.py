"""The page of a goal of every shape: what it says, and that each number of it can be worked out (invented figures)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from synthetic import evidence_tables, observation, write_evidence, write_table

from qualitybook.analysis.borrowing import ParentView
from qualitybook.report.pages.target import TargetPage

VALUES = ("76.0", "77.1", "78.9", "79.5", "81.2", "82.0", "83.6", "84.4", "86.0", "86.7")
SHAPES: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "between": ({"value": "88", "value_high": "95"}, ("the figure lies between both values", "in the range 88–95")),
    # 77.1 and 10 % of it are 84.81.
    "change_from_baseline": (
        {"value": "10", "baseline_year": "2015", "unit": "percent"},
        ("From 77.1 in 2015 that makes 84.81 or more",),
    ),
    "average_growth": ({"value": "2", "from_year": "2016", "unit": "percent"}, ("growth of 2% or more a year",)),
    "falling": ({"baseline_year": "2022"}, ("falling since 2022",)),
    "reach_by_path": ({"value": "90"}, ("Year by year: 2023: met", "every year still ahead")),
}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("rule", sorted(SHAPES))
def test_the_page_of_every_shape(tmp_path: Path, rule: str, lang: str) -> None:
    cells, said = SHAPES[rule]
    tables = evidence_tables()
    indicator = next(row for row in tables["indicators"] if row["indicator_id"] == "research_intensity")
    indicator |= {"kind": "level", "subkind": "", "unit": "index", "lower": "", "upper": "", "better": "neither"}
    target = next(row for row in tables["targets"] if row["target_id"] == "research")
    target |= {"rule": rule, "unit": "index", "value": "", "baseline_year": "", **cells}
    made = [
        observation("research_intensity", "sample_city", str(2014 + place), value, "yearbook-2024")
        for place, value in enumerate(VALUES)
    ]
    made.append(observation("research_intensity", "sample_province", "2023", VALUES[0], "yearbook-2024"))
    kept = [row for row in tables["observations"] if row["indicator_id"] != "research_intensity"]
    folder = write_evidence(
        tmp_path / "data", observations=[*kept, *made], indicators=tables["indicators"], targets=tables["targets"]
    )
    if rule == "reach_by_path":
        steps = [{"target_id": "research", "year": "2023", "value": "86"}]
        steps.append({"target_id": "research", "year": "2024", "value": "87.5"})
        write_table(folder / "plan" / "target_path.csv", ["target_id", "year", "value"], steps)
    page = TargetPage("research", folder, "2024", lang, tmp_path / "figures")
    told = page.verdict().data
    for part in said if lang == "en" else ():
        assert part in told
    assert ".svg" in page.history().data
    assert page.comparison().data
    assert page.peer_rule().data == ""


def test_a_place_above_with_newer_figures_is_named_as_it_is_written(tmp_path: Path) -> None:
    tables = evidence_tables()
    tables["regions"][1]["name_en"] = "<A & B>"
    page = TargetPage("goods-pass", write_evidence(tmp_path / "data", **tables), "2025", "en", tmp_path / "figures")
    answer = replace(page.assessment, parent=ParentView("sample_province", 0.5, (), None))
    assert "newer figures of \\<A \\& B\\>," in page.verdict(answer).data

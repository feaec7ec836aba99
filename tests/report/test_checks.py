"""Who has held the figures behind an answer against their source (the sample city and its figures are made up)."""

from __future__ import annotations

from pathlib import Path

import pytest
from synthetic import write_evidence

from qualitybook.report.pages import TargetPage

MARK = {
    "edition": "2025",
    "indicator_id": "research_intensity",
    "region_id": "sample_city",
    "period": "2024",
    "source_id": "yearbook-2025",
    "basis": "",
    "reviewer": "Reviewer *A*",
    "reviewed": "2026-08-01",
    "result": "confirmed",
    "note_zh": "",
    "note_en": "",
}
SAID = {
    "zh": "结论所依据的数值共{count}个，其中1个已由第二人对照来源核对：Reviewer \\*A\\*（2026年8月1日）。",
    "en": "Figures behind what is answered: {count}; a second person has held 1 of them against its source: "
    "Reviewer \\*A\\* (1 August 2026).",
}


@pytest.mark.parametrize("lang", sorted(SAID))
def test_a_goal_says_who_checked_what_its_answer_rests_on(tmp_path: Path, lang: str) -> None:
    page = TargetPage("research", write_evidence(tmp_path / "data", reviews=[MARK]), "2025", lang, tmp_path / "figures")
    behind = len(page.assessment.verdict.series.yearly) if page.assessment.verdict.series is not None else 0
    assert SAID[lang].format(count=behind) in page.observations().data


@pytest.mark.parametrize(
    "other", [{"edition": "2023"}, {"indicator_id": "goods_pass_rate"}], ids=["edition", "indicator"]
)
def test_a_mark_of_another_edition_or_of_another_figure_is_none(tmp_path: Path, other: dict[str, str]) -> None:
    data = write_evidence(tmp_path / "data", reviews=[MARK | other])
    page = TargetPage("research", data, "2025", "en", tmp_path / "figures")
    assert "held none of them" in page.observations().data


def test_nothing_is_said_where_an_answer_rests_on_no_figure(tmp_path: Path) -> None:
    page = TargetPage("research", write_evidence(tmp_path / "data"), "2025", "en", tmp_path / "figures")
    assert page.checked(()) == ""

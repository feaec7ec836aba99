"""The readings under a goal's verdict (made up)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from synthetic import write_evidence

from qualitybook.analysis.indicative import Gate, Reading, Variant
from qualitybook.report.pages import TargetPage
from qualitybook.report.pages.target import indicative_box

LEADS = (Variant("peers_lead", 94.2, 0.55),)
READ = Reading("goods-pass", "goods_pass_rate", "number", "", 95.5, 94.0, 96.4, 93.0, 97.0, 0.7, "", LEADS)


@pytest.fixture(params=("zh", "en"))
def page(request: pytest.FixtureRequest, tmp_path: Path) -> TargetPage:
    return TargetPage("goods-pass", write_evidence(tmp_path / "data"), "2025", str(request.param), tmp_path / "figures")


SAID = {
    "zh": ("指示性估计，不是判定", "2025年约为95.5%，八成把握在94.0%～96.4%之间；不低于95%的可能性约70%（较可能）"),
    "en": (
        "Indicative, not a verdict",
        "About 95.5% in 2025, 94.0–96.4% with 80% confidence; the chance of at least 95%",
    ),
}
ROW = {
    "zh": "| 假定公布数字的地区普遍领先 | 94.2% | 55% |",
    "en": "| places that publish are ahead of the others | 94.2% | 55% |",
}
REFUSED = {"zh": "不估计：全国、全省和各地的数值本书均未查到。", "en": "No estimate: no value was found for any place."}


def test_a_reading_is_framed_and_told_with_its_other_assumptions(page: TargetPage) -> None:
    text = indicative_box(page, [READ])
    assert all(said in text for said in SAID[page.words.code])
    assert ROW[page.words.code] in text


def test_a_range_without_a_number_gets_no_chance_by_another_door(page: TargetPage) -> None:
    gates = (Gate("g5", False, {}), Gate("g8", False, {}), Gate("g2", True, {}))
    text = indicative_box(page, [replace(READ, kind="range", reason="g5", probability=None, gates=gates)])
    assert "94.2%" in text
    assert "55%" not in text
    told = {"zh": "给出可能性所需的条件中", "en": "Conditions for a probability"}[page.words.code]
    conditions = [line for line in text.splitlines() if told in line]
    assert len(conditions) == 1


def test_a_refusal_is_worded_and_has_no_table(page: TargetPage) -> None:
    text = indicative_box(page, [Reading("goods-pass", "goods_pass_rate", "refused", "no_series")])
    assert REFUSED[page.words.code] in text
    assert "{table}" not in text


DRAWN = {
    "zh": "2025年的指示性估计（不是判定）：95.5%（94.0%～96.4%），约70%",
    "en": "Indicative for 2025, not a verdict: 95.5% (94.0–96.4%), about 70%",
}


def test_the_figure_of_the_goal_has_the_reading_and_its_text_says_so(page: TargetPage) -> None:
    page.read = (Reading("goods-pass", "other_rate", "range", "", 80.0, 70.0, 90.0), READ)
    assert DRAWN[page.words.code] in page.history().data.replace("\\", "")
    drawn = (page.out / "target-01-1.svg").read_text(encoding="utf-8")
    assert f"<title>{DRAWN[page.words.code]}" in drawn


def test_a_refusal_is_not_drawn(page: TargetPage) -> None:
    page.read = (Reading("goods-pass", "goods_pass_rate", "refused", "no_series"),)
    page.history()
    assert "indicative" not in (page.out / "target-01-1.svg").read_text(encoding="utf-8")


def test_a_plan_without_readings_has_no_box(page: TargetPage) -> None:
    assert page.indicative().data == ""

"""The first page in one minute: lines, sentences and the picture (the sample city and its figures are made up)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.collections import LineCollection
from overlap import hard_to_read
from synthetic import Tables, evidence_tables, observation, write_evidence

from qualitybook.analysis.indicative import Reading
from qualitybook.analysis.standing import Standing, bearings, standing, standings
from qualitybook.evidence.editions import write_starter
from qualitybook.report import figures, labels, theme
from qualitybook.report.figures.distance import SHAPES
from qualitybook.report.i18n import Words
from qualitybook.report.pages import SummaryPage, summary
from qualitybook.report.pages import summary as summary_page

RATE = "goods_pass_rate"


def page_of(folder: Path, lang: str, tables: Tables | None = None) -> SummaryPage:
    return SummaryPage(write_evidence(folder / "data", **(tables or {})), "2025", lang, folder / "figures")


def without_own_rate(*rows: dict[str, str]) -> Tables:
    """Return the tables without the city's own rate, and with other figures instead."""
    kept = [
        row
        for row in evidence_tables()["observations"]
        if (row["indicator_id"], row["region_id"]) != (RATE, "sample_city")
    ]
    return {"observations": [*kept, *rows]}


def found(page: SummaryPage) -> list[Standing]:
    return standings(page.catalog, page.assessments, page.readings)


SENTENCES = {
    "en": (
        "Goals that can be measured: 3; with a final verdict, by an official figure of the whole target year: met 1, "
        "missed 0.",
        "Going by what was found so far, which decides nothing: likely to be reached: 2 (Research intensity keeps "
        "rising, More test centres).",
        "1 number would settle 1 goal; to ask: Statistics Bureau.",
    ),
    "zh": (
        "可以衡量的3项目标中，按目标年全年的官方数字作出最终判定的：已达到1项，未达到0项。",
        "就已查到的材料看（只供定向，不是判定）：倾向达到2项（研发投入强度持续提高、增加检验中心）。",
        "市统计局共提供1个数，就可以使其中1项定论。",
    ),
}


@pytest.mark.parametrize("lang", sorted(SENTENCES))
def test_the_sentences_say_what_is_decided_where_the_rest_leans_and_who_can_settle_it(
    tmp_path: Path, lang: str
) -> None:
    page = page_of(tmp_path, lang)
    assert summary.sentences(page, found(page)) == SENTENCES[lang]


def test_a_goal_that_needs_rules_first_is_named_apart(tmp_path: Path) -> None:
    tables = evidence_tables()
    tables["gaps"] += [tables["gaps"][0] | {"task_id": "goods-1", "target_id": "centres", "numbers": ""}]
    page = page_of(tmp_path, "en", {"gaps": tables["gaps"]})
    assert summary.sentences(page, found(page))[2].endswith(
        "Rules or a list have to come first for: More test centres."
    )


def test_nobody_is_asked_before_the_year_is_over(tmp_path: Path) -> None:
    page = SummaryPage(write_evidence(tmp_path / "data"), "2023", "en", tmp_path / "figures")
    assert len(summary.sentences(page, found(page))) == 2


LINES = {
    "en": "3.15% (2024) {cite}`yearbook-2025`; ↑ +0.13 percentage points from 3.02% (2022) to 3.15% (2024) "
    "{cite}`yearbook-2023,yearbook-2025` | rising since 2022 | +0.13 percentage points | A | "
    "Statistics Bureau: the intensity of 2025",
    "zh": "3.15%（2024年） {cite}`yearbook-2025`；↑+0.13个百分点：3.02%（2022年）→3.15%（2024年） "
    "{cite}`yearbook-2023,yearbook-2025` | 比2022年提高且中途不降 | +0.13个百分点 | A | 市统计局：2025年的强度",
}


@pytest.mark.parametrize("lang", sorted(LINES))
def test_a_line_says_figure_goal_gap_level_and_who_can_settle_it(tmp_path: Path, lang: str) -> None:
    page = page_of(tmp_path, lang)
    line = summary.line(page, found(page)[1])
    assert " | ".join([line.figure, line.asked, line.gap, line.sure, line.settles]) == LINES[lang]
    assert line.docname == "targets/02-research"


def test_a_goal_has_a_short_name_where_the_plan_gives_one(tmp_path: Path) -> None:
    targets = evidence_tables()["targets"]
    targets[0] |= {"short_zh": "产品合格率", "short_en": "Goods"}
    page = page_of(tmp_path, "en", {"targets": targets})
    assert [summary.short_name(page, each) for each in found(page)][:2] == ["Goods", "Research intensity keeps rising"]


@pytest.mark.parametrize(
    ("period", "value", "cells", "gap"),
    [
        ("2025", "95", {}, "exactly on it"),
        ("2025", "94", {"qualifier": "at_least"}, "at least −1 percentage point"),
        ("", "93", {"qualifier": "undated"}, "its year is not stated"),
        ("2012", "93", {"basis": "old-scope"}, "another definition"),
    ],
)
def test_a_gap_is_told_of_what_can_be_compared_only(
    tmp_path: Path, period: str, value: str, cells: dict[str, str], gap: str
) -> None:
    row = observation(RATE, "sample_city", period, value, "yearbook-2026", **cells)
    page = page_of(tmp_path, "en", without_own_rate(row))
    assert gap in summary.line(page, found(page)[0]).gap


def test_the_nearest_figure_is_the_own_one_else_that_of_the_place_around(tmp_path: Path) -> None:
    page = page_of(tmp_path, "en", without_own_rate())
    assert summary.line(page, found(page)[0]).figure == "Sample Province 94.6% (2024) {cite}`yearbook-2025`"


def test_distances_are_told_of_scales_and_loose_figures_are_marked(tmp_path: Path) -> None:
    old = observation(RATE, "sample_city", "2012", "93", "yearbook-2023", basis="old-scope")
    page = page_of(tmp_path, "en", without_own_rate(old))
    first, _research, centres = found(page)
    known = {point.role: point for point in bearings(page.catalog, first, RATE)}
    assert known["direct"].is_loose
    assert known["above"].distance == pytest.approx(94.6 - 95)
    assert not known["above"].is_loose
    assert "peer" not in known, "the neighbour's figure is undated"
    assert bearings(page.catalog, centres, "test_centres") == ()


GOALS = pd.DataFrame(
    [
        {"name": "Goods\nat least 95%", "low": -1.0, "high": 2.0, "middle": 0.5, "indicative": True, "note": "95.5%"},
        {"name": "Research", "low": -0.1, "high": 0.4, "middle": 0.1, "indicative": False, "note": ""},
    ]
)


def test_the_range_of_a_forecast_lies_on_the_side_that_reaches_its_goal(tmp_path: Path) -> None:
    tables = evidence_tables()
    goals = [
        row | {"rule": "at_most", "value": "2.0", "baseline_year": ""} if row["target_id"] == "research" else row
        for row in tables["targets"]
    ]
    indicators = [
        row | {"better": "lower"} if row["indicator_id"] == "research_intensity" else row
        for row in tables["indicators"]
    ]
    page = page_of(tmp_path, "en", {"targets": goals, "indicators": indicators})
    (item,) = (each for each in found(page) if each.assessment.target_id == "research")
    verdict = item.assessment.verdict
    assert verdict.forecast is not None
    assert verdict.horizon is not None
    low, high = verdict.forecast.interval(0.8, verdict.horizon)
    row = summary_page._drawn_goal(page, item, "research_intensity")
    assert (row["low"], row["high"]) == (pytest.approx(2.0 - high), pytest.approx(2.0 - low))


def points(**cells: object) -> pd.DataFrame:
    row = {"goal": 0, "distance": -0.4, "role": "direct", "hollow": False, "qualifier": "exact", "told": "A\n2024"}
    return pd.DataFrame([row | cells, row | {"goal": 1, "role": "nation", "distance": 1.0}])


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("role", SHAPES)
def test_the_picture_has_one_line_for_all_goals_and_a_mark_for_each_figure(lang: str, role: str) -> None:
    words = labels.figure_words(Words(lang), "distance")
    with theme.use_theme(lang):
        drawn = figures.distance(GOALS, points(role=role, hollow=True), words)
    (axes,) = drawn.axes
    by_gid = {artist.get_gid(): artist for artist in [*axes.collections, *axes.lines]}
    assert list(by_gid["goal"].get_xdata()) == [0, 0]
    assert len(by_gid["figures"].get_offsets()) == 2
    assert by_gid["figures"].get_urls() == [f"{theme.TOLD}A\n2024"] * 2
    faces = by_gid["figures"].get_facecolor()
    assert faces[[tuple(place) for place in by_gid["figures"].get_offsets()].index((-0.4, 0.0))].tolist()[:3] == [
        1,
        1,
        1,
    ]
    indicative, forecast = by_gid["indicative"], by_gid["forecast"]
    assert isinstance(indicative, LineCollection)
    assert indicative.get_linestyle()[0][1] is not None, "a reading's range is broken"
    assert isinstance(forecast, LineCollection)
    assert forecast.get_linestyle()[0][1] is None


@pytest.mark.parametrize("is_narrow", [False, True])
def test_what_stands_beside_a_goal_is_as_high_as_its_row(is_narrow: bool) -> None:
    told = GOALS.assign(note="91.5（88.4～94.8），约45%")
    with theme.use_theme("zh", is_narrow=is_narrow):
        drawn = figures.distance(told, points(), labels.figure_words(Words("zh"), "distance"))
        assert hard_to_read(drawn) == ([], [])


READ = Reading("goods-pass", RATE, "number", "", 95.5, 94.0, 96.4, 93.0, 97.0, 0.7)


@pytest.mark.parametrize(
    ("reading", "side"),
    [
        (READ, "likely"),
        (replace(READ, probability=0.5), "even"),
        (replace(READ, probability=0.1), "unlikely"),
        (replace(READ, kind="range", probability=None), "even"),
        (replace(READ, kind="range", probability=None, low80=95.1), "likely"),
        (replace(READ, kind="range", probability=None, high80=94.9), "unlikely"),
        (Reading("goods-pass", RATE, "refused", "no_series"), "unknown"),
    ],
)
def test_a_reading_leans_where_its_chance_or_its_range_lies(tmp_path: Path, reading: Reading, side: str) -> None:
    page = page_of(tmp_path, "en", without_own_rate())
    first = standing(page.catalog, page.assessments[0], (reading,))
    assert first.side == side
    assert not first.is_decided


ANSWERS = {
    "en": ("likely (about 70%), indicative: 95.5% (94.0–96.4%)", "indicative 95.5% (94.0–96.4%), no probability",
           "no estimate: no value was found for any place"),
    "zh": ("较可能（约70%），指示性：95.5%（94.0%～96.4%）", "指示性95.5%（94.0%～96.4%），不给概率",
           "不估计：全国、全省和各地的数值本书均未查到"),
}  # fmt: skip


@pytest.mark.parametrize("lang", sorted(ANSWERS))
def test_the_answer_of_a_goal_that_cannot_be_judged_is_its_reading(tmp_path: Path, lang: str) -> None:
    page = page_of(tmp_path, lang, without_own_rate())
    read = (READ, replace(READ, kind="range", probability=None), Reading("goods-pass", RATE, "refused", "no_series"))
    said = tuple(
        summary.line(page, standing(page.catalog, page.assessments[0], (each,))).answer.replace("\\", "")
        for each in read
    )
    assert said == ANSWERS[lang]


def test_a_verdict_is_not_told_by_a_reading(tmp_path: Path) -> None:
    page = page_of(tmp_path, "en")
    decided, likely, _centres = (standing(page.catalog, item, (READ,)) for item in page.assessments[:3])
    assert summary.line(page, decided).answer == "✓ met"
    assert (decided.side, likely.side) == ("met", "likely")


def test_the_first_sentence_of_a_new_folder_counts_its_one_goal_rightly(tmp_path: Path) -> None:
    write_starter(tmp_path / "new", date(2026, 6, 30))
    page = SummaryPage(tmp_path / "new", "2026", "en", tmp_path / "out")
    told = page.sentences(page.assessments).data
    assert "Goals that can be measured: 1; none has a final verdict so far" in told
    assert "1 goals" not in told

"""The book's sentences, word for word, in both languages (the sample city is made up)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from synthetic import CatalogMaker, Row, observation, write_evidence

from qualitybook.analysis.assess import Assessment, assess_targets
from qualitybook.analysis.goals import Goal
from qualitybook.analysis.verdict import judge
from qualitybook.evidence import load
from qualitybook.evidence.catalog import units_brought_along
from qualitybook.report import narrative
from qualitybook.report.i18n import Words

ZH, EN = Words("zh"), Words("en")
PERCENT = units_brought_along()["percent"]
NOW = date(2026, 6, 30)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Assessment]:
    """Return the sample city's assessments by target."""
    folder = write_evidence(tmp_path_factory.mktemp("narrative") / "data")
    return {item.target_id: item for item in assess_targets(load(folder), NOW)}


@pytest.fixture(scope="module")
def thin(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Assessment]:
    """Return the assessments of a city that published a bound only."""
    rows = [observation("goods_pass_rate", "sample_city", "2020", "95", "yearbook-2023", qualifier="at_least")]
    folder = write_evidence(tmp_path_factory.mktemp("thin") / "data", observations=rows)
    return {item.target_id: item for item in assess_targets(load(folder), NOW)}


def told(words: Words, item: Assessment) -> tuple[str, str]:
    sentences = words.sentences(narrative.verdict_sentences(words, item, NOW))
    return narrative.verdict_words(words, item.verdict), sentences


def test_a_met_goal(judged: dict[str, Assessment]) -> None:
    assert told(EN, judged["goods-pass"]) == (
        "✓ met",
        "The goal is met: the official figure of 2025 reaches it. "
        "Evidence level A: direct evidence, at least eight yearly values.",
    )
    assert told(ZH, judged["goods-pass"]) == (
        "✓ 已达到",
        "目标已达到：2025年的官方数字达到目标值。证据水平为A级：直接证据，年度数值不少于八个。",
    )


def test_a_goal_decided_by_what_the_book_worked_out_says_so(tmp_path: Path) -> None:
    rows = [
        observation("goods_pass_rate", "sample_city", period, value, "yearbook-2023", n="1000", passed=passed)
        for period, value, passed in (("2025-H1", "95.0", "950"), ("2025-H2", "95.2", "952"))
    ]
    items = assess_targets(load(write_evidence(tmp_path / "data", observations=rows)), NOW)
    (item,) = [each for each in items if each.target_id == "goods-pass"]
    assert told(EN, item)[1].startswith(
        "The goal is met: 2025 as worked out from the official figures of all its parts, 95.1, reaches it."
    )
    assert "由全年各时段的官方数字推算，2025年为95.1，" in told(ZH, item)[1]


def test_a_probable_goal_says_from_what_and_how_far_ahead(judged: dict[str, Assessment]) -> None:
    item = judged["research"]
    percent = item.verdict.percent
    assert told(EN, item) == (
        f"◐ awaiting publication, likely ({percent}%)",
        f"If nothing out of the ordinary happens, the goal is likely to be reached: probability {percent}%, from 9 "
        "yearly figures up to 2024, looking 1 year ahead. "
        "Steps a year from 2019 to 2024, the 5 latest: +0.13, +0.11, +0.07, +0.07, +0.06. "
        "Evidence level A: direct evidence, at least eight yearly values.",
    )
    assert told(ZH, item) == (
        f"◐ 待公布，较可能（{percent}%）",
        f"若无异常情况，达到目标的可能性为“较可能”，概率{percent}%；依据9个年度数值（截至2024年），向前推算1年。"
        "2019年至2024年最近5次的年变动：+0.13、+0.11、+0.07、+0.07、+0.06。"
        "证据水平为A级：直接证据，年度数值不少于八个。",
    )


def test_a_goal_that_cannot_be_judged_says_why(thin: dict[str, Assessment]) -> None:
    assert told(EN, thin["goods-pass"]) == (
        "cannot be judged (only bounds were found)",
        "As of 30 June 2026 the goal cannot be judged: only bounds were found. "
        "Evidence level D: only a proxy, other places, bounds or figures without a year.",
    )
    assert told(ZH, thin["goods-pass"]) == (
        "无法判定（只查到界值）",
        "截至2026年6月30日，这一目标无法判定：只查到界值。证据水平为D级：只有替代指标、其他地方的数值、界值或未写明年份的数值。",
    )


def test_a_goal_without_a_measure(judged: dict[str, Assessment]) -> None:
    assert told(EN, judged["climate"])[0] == "– no verdict"
    assert told(ZH, judged["climate"]) == (
        "– 不作判定",
        "方案没有写明可以据以判定这一目标的指标，本书不作判定。证据水平为D级：只有替代指标、其他地方的数值、界值或未写明年份的数值。",
    )


def test_goals_in_words(judged: dict[str, Assessment]) -> None:
    goal = judged["goods-pass"].verdict.goal
    assert narrative.goal_text(EN, goal, "95", PERCENT) == "at least 95%, for 2025"
    assert narrative.goal_text(ZH, goal, "95", PERCENT) == "2025年不低于95%"
    assert narrative.goal_text(EN, judged["research"].verdict.goal, "", PERCENT) == "rising since 2022, for 2025"


@pytest.mark.parametrize(
    ("hits", "cases", "ends"), [(0, 0, "could forecast."), (3, 4, "about the method."), (30, 40, "80% band.")]
)
def test_coverage_claims_nothing_below_thirty_cases(hits: int, cases: int, ends: str) -> None:
    assert narrative.coverage_sentence(EN, hits, cases).endswith(ends)


def judged_alone(catalog_of: CatalogMaker, observations: list[Row], goal: Goal) -> Assessment:
    catalog = catalog_of(observations)
    target = catalog.targets[catalog.targets["target_id"] == "goods-pass"].iloc[0]
    unit = catalog.unit_of(goal.indicator_id)
    return Assessment(target, judge(catalog, goal, NOW), "C", False, None, None, (), (), catalog.gaps, unit)


def rates(values: dict[str, str], **cells: str) -> list[Row]:
    return [
        observation("goods_pass_rate", "sample_city", period, value, "yearbook-2026", **cells)
        for period, value in values.items()
    ]


def test_a_figure_rounded_to_its_goal_says_so_with_what_points_the_other_way(catalog_of: CatalogMaker) -> None:
    goal = Goal("goods_pass_rate", "sample_city", "at_least", 98.0, 2025)
    item = judged_alone(catalog_of, rates({"2025": "98", "2025-H1": "97.9", "2025-Q3": "97.6"}), goal)
    english, chinese = (" ".join(narrative.verdict_sentences(words, item, NOW)) for words in (EN, ZH))
    assert "count as they are printed; read strictly the answer is open" in english
    assert "Parts of the year point the other way: 97.9% (H1 2025), 97.6% (Q3 2025)." in english
    assert "当年部分时段的数值指向相反：97.9%（2025年上半年）、97.6%（2025年第3季度）。" in chinese


def test_a_bound_that_decides_is_named(catalog_of: CatalogMaker) -> None:
    goal = Goal("goods_pass_rate", "sample_city", "at_least", 98.0, 2025)
    item = judged_alone(catalog_of, rates({"2025": "98"}, qualifier="at_least"), goal)
    assert "That follows from a published bound, 98% or more (2025)." in narrative.verdict_sentences(EN, item, NOW)


def test_a_reader_sees_why_a_probability_is_modest_though_every_step_was_large_enough(
    catalog_of: CatalogMaker,
) -> None:
    values = {"2018": "76.0", "2019": "78.1", "2020": "80.2", "2021": "83.0", "2022": "84.9", "2023": "88.3"}
    item = judged_alone(catalog_of, rates(values), Goal("goods_pass_rate", "sample_city", "at_least", 90.0, 2025))
    told = " ".join(narrative.verdict_sentences(EN, item, NOW))
    assert "Needed each year after the latest figure: +0.85 percentage points; steps a year from 2018" in told
    assert " to 2023, the 5 latest: " in told
    assert "+2.1, +2.1, +2.8, +1.9, +3.4." in told
    assert "Each of these steps was at least as large as the one needed" in told


_SHAPES: list[tuple[dict[str, object], str, str, str]] = [
    ({"rule": "above"}, "95", "above 95%, for 2025", "2025年高于95%"),
    ({"rule": "below"}, "95", "below 95%, for 2025", "2025年低于95%"),
    ({"rule": "between", "value_high": 12.0}, "8", "in the range 8–12%, for 2025", "2025年在8%～12%之间"),
    ({"rule": "falling", "baseline_year": 2022}, "", "falling since 2022, for 2025", "2025年比2022年降低且中途不升"),
    (
        {"rule": "change_from_baseline", "value": -13.5, "baseline_year": 2020, "is_percent": True},
        "-13.5",
        "down by 13.5% or more from 2020, for 2025",
        "2025年比2020年降低13.5%以上",
    ),
    (
        {"rule": "change_from_baseline", "value": 3.0, "baseline_year": 2020},
        "3",
        "up by 3 percentage points or more on 2020, for 2025",
        "2025年比2020年提高3个百分点以上",
    ),
    (
        {"rule": "average_growth", "value": 5.0, "from_year": 2021, "is_percent": True},
        "5",
        "growth of 5% or more a year on average in 2021–2025",
        "2021—2025年年均增长5%以上",
    ),
    ({"rule": "share_of", "value_high": 20.0}, "18", "at least 18 of 20, for 2025", "2025年20个中不少于18个"),
    ({"rule": "rank_within"}, "20", "among the first 20, for 2025", "2025年进入前20位"),
    ({"rule": "done_by", "due": "2025-06"}, "", "done by the end of June 2025", "2025年6月底前完成"),
    (
        {"rule": "reach_by_path", "path": ((2024, 88.0), (2025, 90.5))},
        "90.5",
        "at least 88.0% in 2024, 90.5% in 2025",
        "分年度不低于2024年88.0%、2025年90.5%",
    ),
]


@pytest.mark.parametrize(("asked", "value", "english", "chinese"), _SHAPES)
def test_every_shape_of_goal_in_words(asked: dict[str, object], value: str, english: str, chinese: str) -> None:
    made = {"value": None, **asked}
    goal = Goal("goods_pass_rate", "sample_city", target_year=2025, **made)  # type: ignore[arg-type]
    assert narrative.goal_text(EN, goal, value, PERCENT) == english
    assert narrative.goal_text(ZH, goal, value, PERCENT) == chinese

"""The sections on sensitivity, balance and borrowed ranges, word for word (the sample city is made up)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from synthetic import Row, evidence_tables, observation, write_evidence

from qualitybook.analysis import latest
from qualitybook.analysis.assess import assess_targets
from qualitybook.analysis.borrowing import Borrowed, Gap
from qualitybook.analysis.findings import REASONS, WORDS, Direction
from qualitybook.analysis.goals import Goal
from qualitybook.analysis.sensitivity import RUN_CODES, Run, Sensitivity, sensitivity
from qualitybook.report import labels
from qualitybook.report.pages import SummaryPage
from qualitybook.report.pages import target as target_page
from qualitybook.report.pages.findings import goals_without_measure

RATE, PROVINCE = "goods_pass_rate", "sample_province"
GOAL = Goal(RATE, "sample_city", "at_least", 95.0, 2025)


def page_of(folder: Path, observations: list[Row] | None = None, **tables: list[Row] | None) -> SummaryPage:
    changes = {} if observations is None else {"observations": observations}
    data = write_evidence(folder / "data", **changes, **tables)
    return SummaryPage(data, "2025", "en", folder / "figures")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> SummaryPage:
    return page_of(tmp_path_factory.mktemp("sections"))


def run(code: str, percent: int | None, word: str | None, state: str = "awaiting", **cells: object) -> Run:
    values = {"left_out": None, "reason": None, "n": 6, "last_year": 2023, **cells}
    probability = None if percent is None else percent / 100
    return Run(code=code, state=state, probability=probability, percent=percent, word=word, **values)  # type: ignore[arg-type]


BOOK = run("book", 63, "as_likely_as_not")


def test_every_code_of_the_analysis_has_words() -> None:
    assert set(labels.RUNS) == set(RUN_CODES)
    assert set(WORDS) <= set(labels.DIRECTIONS) <= {*WORDS, *REASONS}
    assert set(labels.NOT_COMPARABLE) == set(latest.REASONS)


def test_nothing_is_said_first_where_no_word_changes(page: SummaryPage) -> None:
    steady = Sensitivity((BOOK, run("model_a", 58, "as_likely_as_not")))
    assert target_page.sensitivity_sentence(page, GOAL, steady) == ""
    assert target_page.sensitivity_table(page, GOAL, steady).startswith(
        "No choice of figures or models changes the answer. "
        "The probability is 58% at the lowest and 63% at the highest.\n\n:::{table} The same goal by other choices\n"
    )


def test_a_changed_word_is_named_with_its_run(page: SummaryPage) -> None:
    shaky = Sensitivity((BOOK, run("model_b", 69, "likely"), run("model_a", 58, "as_likely_as_not")))
    assert target_page.sensitivity_sentence(page, GOAL, shaky) == (
        "The answer depends on choices of figures or models: damped trend alone: likely (69%)."
    )


def test_at_most_three_changes_are_named(page: SummaryPage) -> None:
    lost = [
        run("without_year", None, None, "cannot_judge", reason="too_few", left_out=year, n=3)
        for year in range(2018, 2023)
    ]
    told = target_page.sensitivity_sentence(page, GOAL, Sensitivity((BOOK, *lost)))
    assert told.endswith(
        "without the figure of 2020: cannot be judged (too few yearly figures were found); "
        "and 2 more, see the table of runs."
    )


def test_the_table_of_runs(page: SummaryPage) -> None:
    shown = target_page.sensitivity_table(
        page, GOAL, Sensitivity((BOOK, run("without_year", 3, "very_unlikely", left_out=2021, n=5)))
    )
    rows = [line for line in shown.splitlines() if line.startswith("|")]
    assert rows == [
        "| Run | Answer | Fitted years | Last year |",
        "| :-- | :-- | --: | --: |",
        "| as the book does | about as likely as not (63%) | 6 | 2023 |",
        "| without the figure of 2021 | very unlikely (\\< 5%) | 5 | 2023 |",
    ]


def test_without_a_figure_there_is_nothing_to_vary(page: SummaryPage) -> None:
    empty = Sensitivity((run("book", None, None, "cannot_judge", reason="no_figure", n=0, last_year=None),))
    assert target_page.sensitivity_table(page, GOAL, empty) == ""


def test_the_sample_goals_runs_can_be_shown(page: SummaryPage) -> None:
    for item in assess_targets(page.everything, page.as_of):
        if item.is_measurable:
            result = sensitivity(page.catalog, item.verdict.goal, page.as_of)
            told = target_page.sensitivity_table(page, item.verdict.goal, result)
            shows = result.percents is not None or result.book.state != "cannot_judge"
            assert told.count("\n| ") >= len(result.runs) if shows else "|" not in told


def rows_under(page: SummaryPage) -> list[str]:
    """Return the rows of the table of goals without a measure, its header first."""
    return [line for line in goals_without_measure(page).splitlines() if line.startswith("| ") and ":--" not in line]


def test_supporting_indicators_stand_row_by_row_with_both_figures(page: SummaryPage) -> None:
    assert rows_under(page) == [
        "| No. | Supporting indicator | Up to 2022 | Latest figure | Course | Change | Source |",
        "| 4 | {page}`Consumer satisfaction </indicators/consumer_satisfaction>` | 81.2% (2021) | ≥ 84% (2024) | "
        "![The course of Consumer satisfaction](/figures/summary-consumer_satisfaction-sample_city.svg) "
        "| ↑ at least +2.8 percentage points | {cite}`yearbook-2023,press-2025` |",
    ]


def test_the_word_stands_only_where_a_change_is_more_than_chance(tmp_path: Path) -> None:
    values = {"2020": "80.0", "2021": "80.4", "2022": "80.1", "2023": "80.6", "2024": "88.0"}
    made = [
        observation("consumer_satisfaction", "sample_city", year, value, "yearbook-2025")
        for year, value in values.items()
    ]
    page = page_of(tmp_path, made)
    (direction,) = Direction.of_goal(page.catalog, "climate")
    # Trend 2 a year; what is left of the steps .4, -.3, .5, 7.4 is -1.6, -2.3, -1.5, 5.4: 3.62 a year, 5.1 in two.
    assert direction.threshold == pytest.approx(5.12, abs=0.01)
    said = "↑ +7.9 percentage points, better, usual step over so many years 5.1 percentage points"
    assert said in rows_under(page)[1]


def test_a_plan_without_a_baseline_says_so_in_place_of_its_indicators(tmp_path: Path) -> None:
    targets = [row for row in evidence_tables()["targets"] if row["target_id"] in ("goods-pass", "climate")]
    links = [row for row in evidence_tables()["target_evidence"] if row["target_id"] in ("goods-pass", "climate")]
    page = page_of(tmp_path, targets=targets, target_evidence=links, gaps=None)
    told = goals_without_measure(page)
    assert "names a baseline year" in told
    assert "assigned" not in told


@pytest.mark.parametrize(
    ("values", "cells"),
    [
        ({}, "– | – | – | –"),
        ({"2021": "81.0"}, "81.0% (2021) | – (no newer figure found for 4 years) | – | –"),
        ({"2022": "81.0"}, "81.0% (2022) | none found since | – | –"),
        ({"2016": "81.0"}, "– | 81.0% (2016, no newer figure found for 9 years) | – | –"),
    ],
)
def test_what_is_missing_or_old_is_said_in_its_cell(tmp_path: Path, values: dict[str, str], cells: str) -> None:
    others = [row for row in evidence_tables()["observations"] if row["indicator_id"] != "consumer_satisfaction"]
    own = [observation("consumer_satisfaction", "sample_city", *each, "yearbook-2026") for each in values.items()]
    assert cells in rows_under(page_of(tmp_path, [*others, *own]))[1]


def test_the_course_of_a_series_is_drawn_with_its_whole_years(tmp_path: Path) -> None:
    values = {"2021": "80.0", "2024": "80.0", "2025-H1": "90.0"}
    made = [observation("consumer_satisfaction", "sample_city", *each, "yearbook-2026") for each in values.items()]
    (row,) = rows_under(page_of(tmp_path, made))[1:]
    assert row.endswith("| → no change | {cite}`yearbook-2026` |")
    drawn = (tmp_path / "figures" / "summary-consumer_satisfaction-sample_city.svg").read_text(encoding="utf-8")
    assert re.findall(r'cy="([\d.]+)"', drawn) == ["9", "9"]


def test_a_goal_without_supporting_indicators_says_so(tmp_path: Path) -> None:
    links = [row for row in evidence_tables()["target_evidence"] if row["target_id"] != "climate"]
    page = page_of(tmp_path, target_evidence=links)
    assert rows_under(page)[1] == "| 4 | No supporting indicator is assigned to this goal. | – | – | – | – | – |"


def test_the_note_denies_a_score(page: SummaryPage) -> None:
    assert "Nothing is added up to a score.\n" in page.balance().data


def test_no_lender_no_box(page: SummaryPage) -> None:
    assert target_page.borrowed_box(page, (), 2025) == ""


def lent(**cells: object) -> Borrowed:
    values = {"kind": "forecast", "lower": 93.94, "upper": 95.26, "gap": None, "moved": None, "decimals": 1}
    values |= {"years": (2022, 2023, 2024), "sources": ("yearbook-2025",), **cells}
    return Borrowed(indicator_id=RATE, region_id=PROVINCE, **values)  # type: ignore[arg-type]


def gap(qualifier: str = "exact") -> Gap:
    return Gap(1.5, qualifier, "2024-H1", "press-2025", (7, 8))


@pytest.mark.parametrize(
    ("item", "line"),
    [
        (
            lent(),
            "Sample Province: 80% range 93.9–95.3% in 2025, forecast from 3 yearly figures up to 2024. "
            "{cite}`yearbook-2025`",
        ),
        (
            lent(kind="orientation", years=(2024,)),
            "Sample Province: 80% range 93.9–95.3% in 2025, judged by how similar series move on from the figure of "
            "2024. {cite}`yearbook-2025`",
        ),
        (
            lent(kind="published", lower=94.9, upper=94.9, years=(2025,)),
            "Sample Province: 94.9% was published for 2025. {cite}`yearbook-2025`",
        ),
        (
            lent(gap=gap(), moved=(95.44, 96.76)),
            "Sample Province: 80% range 93.9–95.3% in 2025, forecast from 3 yearly figures up to 2024. "
            "Moved by the gap that one release gave for H1 2024 (+1.5): 95.4–96.8%. {cite}`yearbook-2025`",
        ),
        (
            lent(gap=gap("at_least"), moved=(95.44, float("inf"))),
            "Sample Province: 80% range 93.9–95.3% in 2025, forecast from 3 yearly figures up to 2024. "
            "Moved by the gap that one release gave for H1 2024 (+1.5 or more): 95.4% or more. "
            "{cite}`yearbook-2025`",
        ),
    ],
)
def test_a_lent_range_is_told_with_what_it_rests_on(page: SummaryPage, item: Borrowed, line: str) -> None:
    box = target_page.borrowed_box(page, [item], 2025)
    assert box.startswith(":::{admonition} For orientation only, not a verdict\n:class: note\n")
    assert f"- {line}\n" in box
    unknown = "Where no gap is given, no release gave Sample City and the region for the same year"
    assert (unknown in box) == (item.gap is None)


def test_a_city_without_figures_borrows_from_its_province(tmp_path: Path) -> None:
    rows = [row for row in evidence_tables()["observations"] if row["region_id"] == PROVINCE]
    page = page_of(tmp_path, rows)
    goal = next(item for item in page.assessments if item.target_id == "goods-pass")
    box = target_page.borrowed_box(page, Borrowed.for_verdict(page.catalog, goal.verdict), 2025)
    assert "The goal cannot be judged from figures of Sample City. For orientation:" in box
    assert "forecast from 7 yearly figures up to 2024." in box

"""Runs with other choices of figures and models (the figures here are made by the tests)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from synthetic import CatalogMaker, Row, observation

from qualitybook.analysis.goals import Goal
from qualitybook.analysis.sensitivity import BOOK, FIXED_RUNS, RUN_CODES, Sensitivity, sensitivity
from qualitybook.analysis.verdict import judge
from qualitybook.evidence import load

RATE, INTENSITY, CENTRES, CITY = "goods_pass_rate", "research_intensity", "test_centres", "sample_city"
NOW = date(2026, 6, 30)
SIX_YEARS = {"2018": "92.4", "2019": "92.9", "2020": "93.3", "2021": "93.6", "2022": "94.1", "2023": "94.2"}
GOAL = Goal(RATE, CITY, "at_least", 94.0, 2025)
DATA = Path(__file__).parents[2] / "data"


def rate(period: str, value: str, **cells: str) -> Row:
    return observation(RATE, CITY, period, value, "yearbook-2023", **cells)


def run_of(result: Sensitivity, code: str) -> tuple[str, int | None, int]:
    run = next(run for run in result.runs if run.code == code)
    return run.state, run.percent, run.n


def test_the_books_own_run_is_the_verdict(catalog_of: CatalogMaker) -> None:
    catalog = catalog_of([rate(*item) for item in SIX_YEARS.items()])
    result, verdict = sensitivity(catalog, GOAL, NOW), judge(catalog, GOAL, NOW)
    book = result.book
    assert (book.code, book.state, book.probability) == (BOOK, verdict.state, verdict.probability)
    assert (book.percent, book.word, book.n, book.last_year) == (verdict.percent, verdict.word, 6, 2023)


def test_each_choice_fits_the_figures_it_names(catalog_of: CatalogMaker) -> None:
    rows = [rate(*item) for item in SIX_YEARS.items()]
    rows[0] = rate("2018", "92.4", grade="C")
    rows[1] = rate("2019", "92.9", grade="B")
    rows[2] = rate("2020", "93.3", qualifier="derived")
    result = sensitivity(catalog_of(rows), GOAL, NOW)
    fitted = {code: run_of(result, code)[2] for code in FIXED_RUNS}
    assert fitted == {
        "book": 5,
        "with_grade_c": 6,
        "grade_a_only": 4,
        "without_derived": 4,
        "model_a": 5,
        "model_b": 5,
    }


def test_every_fitted_figure_is_left_out_once(catalog_of: CatalogMaker) -> None:
    result = sensitivity(catalog_of([rate(*item) for item in SIX_YEARS.items()]), GOAL, NOW)
    left_out = [(run.left_out, run.n, run.last_year) for run in result.runs if run.code == "without_year"]
    assert left_out == [(year, 5, 2022 if year == 2023 else 2023) for year in range(2018, 2024)]
    assert {run.code for run in result.runs} <= set(RUN_CODES)


def test_four_figures_are_too_few_to_leave_one_out(catalog_of: CatalogMaker) -> None:
    rows = [rate(*item) for item in list(SIX_YEARS.items())[2:]]
    result = sensitivity(catalog_of(rows), GOAL, NOW)
    assert [run.code for run in result.runs] == list(FIXED_RUNS)


def test_a_word_that_changes_is_told_with_its_run(catalog_of: CatalogMaker) -> None:
    rows = [rate(*item) for item in SIX_YEARS.items()]
    rows[-1] = rate("2023", "96.9", grade="B")
    result = sensitivity(catalog_of(rows), Goal(RATE, CITY, "at_least", 96.0, 2025), NOW)
    changed = {(run.code, run.left_out) for run in result.word_changes}
    assert ("grade_a_only", None) in changed
    assert ("without_year", 2023) in changed
    assert ("with_grade_c", None) not in changed
    low, high = result.percents or (0, 0)
    assert low < (result.book.percent or 0) <= high


def test_models_alone_bracket_their_average(catalog_of: CatalogMaker) -> None:
    goal = Goal(INTENSITY, CITY, "at_least", 3.2, 2025)
    rows = [
        observation(INTENSITY, CITY, str(2016 + step), value, "yearbook-2023")
        for step, value in enumerate(("2.41", "2.50", "2.63", "2.71", "2.84", "2.95", "3.02", "3.09"))
    ]
    result = sensitivity(catalog_of(rows), goal, NOW)
    chances = {code: run_of(result, code)[1] or 0 for code in ("book", "model_a", "model_b")}
    assert min(chances["model_a"], chances["model_b"]) <= chances["book"] <= max(chances.values())
    assert chances["model_a"] != chances["model_b"]


def test_the_year_a_goal_compares_with_is_never_left_out(catalog_of: CatalogMaker) -> None:
    goal = Goal(INTENSITY, CITY, "rising", None, 2025, baseline_year=2022)
    result = sensitivity(catalog_of(), goal, date(2025, 6, 30))
    left_out = [run.left_out for run in result.runs if run.code == "without_year"]
    assert 2021 in left_out
    assert 2022 not in left_out


def test_a_decided_goal_has_no_figure_to_leave_out(catalog_of: CatalogMaker) -> None:
    result = sensitivity(catalog_of(), Goal(RATE, CITY, "at_least", 95.0, 2025), NOW)
    assert result.book.state == "met"
    assert [run.code for run in result.runs] == list(FIXED_RUNS)
    assert result.percents is None


def test_a_place_without_figures_answers_the_same_in_all_runs(catalog_of: CatalogMaker) -> None:
    goal = Goal(CENTRES, CITY, "count_increase", None, 2025, baseline_year=2022)
    result = sensitivity(catalog_of([rate("2020", "93.0")]), goal, NOW)
    assert {(run.state, run.reason, run.n) for run in result.runs} == {("cannot_judge", "no_figure", 0)}
    assert result.word_changes == ()


def test_figures_of_doubtful_year_get_a_run_for_each_year(catalog_of: CatalogMaker) -> None:
    rows = [rate(*item) for item in list(SIX_YEARS.items())[:-1]]
    rows.append(rate("2024", "94.2", dating="maybe_previous_year"))
    result = sensitivity(catalog_of(rows), GOAL, NOW)
    years = {run.code: run.last_year for run in result.runs}
    assert (years["printed_year"], years["one_year_back"], years["book"]) == (2024, 2023, 2024)


def test_the_rise_of_the_repositorys_own_series_rests_on_the_model() -> None:
    day = date(2026, 11, 22)
    catalog = load(DATA).as_of(day)
    goal = Goal("rd_intensity", "guangzhou", "rising", None, 2025, baseline_year=2022)
    result = sensitivity(catalog, goal, day)
    low, high = result.percents or (0, 0)
    assert low == pytest.approx(37, abs=5)
    assert high == pytest.approx(57, abs=5)
    chances = [run_of(result, code)[1] or 0 for code in ("model_b", "book", "model_a")]
    assert chances == sorted(chances)
    assert chances[0] < chances[2]

"""Scores of forecasts against outcomes (the figures here are made by the tests)."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from synthetic import CatalogMaker, Row, observation

from qualitybook.analysis.backtest import (
    CASE_COLUMNS,
    brier,
    cut_off_cases,
    rank_histogram,
    score,
    scores_by_class,
    vintage_cases,
)
from qualitybook.analysis.outlook import forecast_series
from qualitybook.analysis.series import build_series

RATE, CENTRES, CITY = "goods_pass_rate", "test_centres", "sample_city"
NOW = date(2026, 6, 30)
EDITIONS = [("2023", date(2024, 6, 30)), ("2024", date(2025, 6, 30))]


def yearly(indicator: str, values: list[str], first: int = 2016) -> list[Row]:
    return [
        observation(indicator, CITY, str(first + step), value, "yearbook-2023") for step, value in enumerate(values)
    ]


def test_a_case_tells_where_in_its_forecast_the_outcome_fell(catalog_of: CatalogMaker) -> None:
    catalog = catalog_of()
    case = vintage_cases(catalog, EDITIONS, NOW).query("origin == '2023' and indicator_id == @RATE").iloc[0]
    then = catalog.as_of(EDITIONS[0][1])
    series = build_series(then, case["indicator_id"], case["region_id"])
    made = forecast_series(then, series, case["year"])
    assert made is not None
    horizon = case["year"] - case["last_year"]
    assert made.quantile(case["pit"], horizon) == pytest.approx(case["outcome"], abs=0.02)
    assert case["last"] == series.yearly["value"].iloc[-1]
    assert case["chance_not_below_last"] == made.probability(case["last"] - 0.5 * 10.0 ** -case["decimals"], horizon)
    assert (case["decimals"], case["class_code"]) == (2, "pass_rate")


def test_both_kinds_of_cases_have_every_column(catalog_of: CatalogMaker) -> None:
    catalog = catalog_of()
    for cases in (vintage_cases(catalog, EDITIONS, NOW), cut_off_cases(catalog, NOW)):
        assert list(cases.columns) == list(CASE_COLUMNS)
        assert cases["pit"].between(0, 1).all()
        assert cases["chance_not_below_last"].between(0.03, 0.97).all()
        inside = cases["outcome"].between(cases["lo80"], cases["hi80"])
        assert (cases.loc[inside, "pit"].between(0.099, 0.901)).all()


def test_decimals_are_the_most_that_were_printed(catalog_of: CatalogMaker) -> None:
    cases = cut_off_cases(catalog_of(yearly(RATE, ["92", "92.5", "93.25", "93", "93.1", "93.4"])), NOW)
    assert set(cases["decimals"]) == {2}


def test_an_outcome_on_an_atom_counts_half(catalog_of: CatalogMaker) -> None:
    cases = cut_off_cases(catalog_of(yearly(RATE, ["100"] * 6)), NOW)
    at_ceiling = cases[cases["year"] == cases["last_year"] + 1]
    assert (at_ceiling["pit"] > 0).all()
    assert (at_ceiling["pit"] < 1).all()


def made_cases(pits: list[float], chances: list[float], outcomes: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"pit": pits, "chance_not_below_last": chances, "outcome": outcomes, "last": 1.0})


def test_the_rank_histogram_counts_every_case_once() -> None:
    cases = made_cases([0.0, 0.05, 0.95, 1.0, 0.5], [0.5] * 5, [1.0] * 5)
    table = rank_histogram(cases)
    assert table["count"].tolist() == [2, 0, 0, 0, 0, 1, 0, 0, 0, 2]
    assert table["expected"].tolist() == [0.5] * 10
    assert np.allclose(table["upper"] - table["lower"], 0.1)
    assert rank_histogram(cases, bins=2)["count"].tolist() == [2, 3]


@pytest.mark.parametrize(
    ("chances", "outcomes", "expected"),
    [([0.9, 0.1], [2.0, 0.0], 0.01), ([0.5, 0.5], [2.0, 0.0], 0.25), ([0.9], [1.0], 0.01), ([0.2], [0.9], 0.04)],
)
def test_the_brier_score_of_known_cases(chances: list[float], outcomes: list[float], expected: float) -> None:
    assert brier(made_cases([0.5] * len(chances), chances, outcomes)) == pytest.approx(expected)


def test_no_case_has_no_score() -> None:
    empty = pd.DataFrame(columns=list(CASE_COLUMNS))
    assert brier(empty) is None
    assert rank_histogram(empty)["count"].sum() == 0
    assert scores_by_class(empty) == {}


def test_classes_are_scored_apart_and_add_up(catalog_of: CatalogMaker) -> None:
    rows = yearly(RATE, ["92.0", "92.5", "93.2", "93.0", "93.1", "93.4"]) + yearly(CENTRES, ["3", "4", "4", "6", "90"])
    cases = cut_off_cases(catalog_of(rows), NOW)
    apart = scores_by_class(cases)
    assert list(apart) == ["index", "pass_rate"]
    assert (apart["index"].cases, apart["index"].hits95) == (1, 0)
    assert sum(item.cases for item in apart.values()) == score(cases).cases
    assert sum(item.hits80 for item in apart.values()) == score(cases).hits80

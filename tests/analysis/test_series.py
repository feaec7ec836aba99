"""Which published figures stand for a year, and which are fitted (the figures here are made by the tests)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthetic import CatalogMaker, Row, observation

from qualitybook.analysis.series import FitOptions, build_series, rounding_sd, rounding_unit

RATE, CENTRES = "goods_pass_rate", "test_centres"
SOURCE = "yearbook-2023"


def rate(period: str, value: str, **cells: str) -> Row:
    return observation(RATE, "sample_city", period, value, cells.pop("source_id", SOURCE), **cells)


def uses(catalog_of: CatalogMaker, rows: list[Row], indicator: str = RATE) -> dict[str, str]:
    series = build_series(catalog_of(rows), indicator, "sample_city")
    return dict(zip(series.rows["period"], series.rows["use"], strict=True))


def test_only_exact_derived_and_approximate_figures_of_the_current_basis_are_fitted(catalog_of: CatalogMaker) -> None:
    rows = [
        rate("2015", "90.0", basis="old-scope"),
        rate("2016", "91.0"),
        rate("2017", "91.5", qualifier="derived"),
        rate("2018", "92", qualifier="about"),
        rate("2019", "92", qualifier="at_least"),
        rate("2020", "93.0", grade="C"),
        rate("2021-01/2022-06", "93.5"),
        rate("2022-Q1", "93.9"),
        rate("", "96.0", qualifier="undated"),
    ]
    assert uses(catalog_of, rows) == {
        "2015": "other_basis",
        "2016": "fitted",
        "2017": "fitted",
        "2018": "fitted",
        "2019": "bound",
        "2020": "grade_c",
        "2021-01/2022-06": "several_years",
        "2022-Q1": "part_of_year",
        "": "undated",
    }


def test_sensitivity_options_take_in_grade_c_and_leave_out_derived(catalog_of: CatalogMaker) -> None:
    catalog = catalog_of([rate("2019", "92.0", grade="C"), rate("2020", "93.0", qualifier="derived")])
    wider = build_series(catalog, RATE, "sample_city", FitOptions(grades=("A", "B", "C"), derived=False))
    assert list(wider.yearly.index) == [2019]
    assert list(build_series(catalog, RATE, "sample_city").yearly.index) == [2020]


def test_a_grade_c_figure_that_quotes_an_official_number_is_fitted(catalog_of: CatalogMaker) -> None:
    rows = [rate("2019", "92.0", grade="C", verbatim="1"), rate("2020", "93.0", grade="C")]
    assert uses(catalog_of, rows) == {"2019": "fitted", "2020": "grade_c"}


def test_a_left_out_line_is_not_fitted(catalog_of: CatalogMaker) -> None:
    catalog = catalog_of([rate("2019", "92.0"), rate("2020", "93.0")])
    line = int(catalog.observations["line"].iloc[0])
    series = build_series(catalog, RATE, "sample_city", FitOptions(without_lines=frozenset({line})))
    assert list(series.yearly.index) == [2020]


def test_complete_parts_are_pooled_by_their_counts(catalog_of: CatalogMaker) -> None:
    rows = [
        rate("2020-H1", "90.0", n="100", passed="90"),
        rate("2020-Q3", "95.00", n="300", passed="285"),
        rate("2020-Q4", "96.0", n="100", passed="96"),
        rate("2021-H1", "90.0", n="100", passed="90"),
    ]
    series = build_series(catalog_of(rows), RATE, "sample_city")
    assert list(series.yearly.index) == [2020]
    assert series.yearly.loc[2020, "value"] == pytest.approx(100 * 471 / 500)
    assert series.yearly.loc[2020, "qualifier"] == "derived"
    assert set(series.rows["use"]) == {"pooled", "part_of_year"}


def test_the_years_own_figure_comes_before_its_parts(catalog_of: CatalogMaker) -> None:
    rows = [
        rate("2020", "94.4"),
        rate("2020-H1", "90.0", n="10", passed="9"),
        rate("2020-H2", "90.0", n="10", passed="9"),
    ]
    assert build_series(catalog_of(rows), RATE, "sample_city").yearly.loc[2020, "value"] == 94.4


def test_a_stock_takes_the_last_figure_of_the_year(catalog_of: CatalogMaker) -> None:
    rows = [
        observation(CENTRES, "sample_city", period, value, SOURCE)
        for period, value in (("2020-03", "3"), ("2020-11", "5"))
    ]
    series = build_series(catalog_of(rows), CENTRES, "sample_city")
    assert series.yearly["value"].to_dict() == {2020: 5.0}


def test_of_several_sources_the_preferred_one_stands(catalog_of: CatalogMaker) -> None:
    rows = [rate("2020", "94.4"), rate("2020", "94", preferred="0", source_id="press-2025", grade="B")]
    series = build_series(catalog_of(rows), RATE, "sample_city")
    assert series.yearly["value"].tolist() == [94.4]
    assert sorted(series.rows["use"]) == ["fitted", "second_source"]


def test_missing_years_are_nan(catalog_of: CatalogMaker) -> None:
    series = build_series(catalog_of([rate("2018", "92.0"), rate("2020", "93.0")]), RATE, "sample_city")
    np.testing.assert_array_equal(series.values(), [92.0, math.nan, 93.0])
    assert list(series.years()) == [2018, 2019, 2020]


def test_an_empty_series_has_no_last_year(catalog_of: CatalogMaker) -> None:
    series = build_series(catalog_of([rate("2018", "92.0")]), RATE, "neighbour_city")
    assert (series.n, series.last_year, len(series.values())) == (0, None, 0)


@pytest.mark.parametrize(
    ("text", "unit"), [("12.30", 0.01), ("98", 1.0), ("560000", 10000.0), ("0", 1.0), ("-20", 10.0)]
)
def test_rounding_unit(text: str, unit: float) -> None:
    assert rounding_unit(text) == pytest.approx(unit)


def test_only_approximate_figures_carry_the_variance_of_their_rounding(catalog_of: CatalogMaker) -> None:
    series = build_series(catalog_of([rate("2018", "92"), rate("2019", "93", qualifier="about")]), RATE, "sample_city")
    assert series.rounding() == pytest.approx([0.0, 1 / math.sqrt(12)])


@given(st.integers(min_value=1, max_value=9), st.integers(min_value=0, max_value=4))
def test_rounding_is_scale_free(digit: int, zeros: int) -> None:
    assert rounding_sd(f"{digit}{'0' * zeros}") == pytest.approx(10.0**zeros / math.sqrt(12))

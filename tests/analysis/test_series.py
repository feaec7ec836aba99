"""Which published figures stand for a year, and which are fitted (the figures here are made by the tests)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthetic import CatalogMaker, Row, evidence_tables, observation

from qualitybook.analysis.series import FitOptions, build_series, rounding_sd, rounding_unit

RATE, CENTRES, INTENSITY = "goods_pass_rate", "test_centres", "research_intensity"
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


@pytest.mark.parametrize("cells", [{"complete": "0"}, {"status": "provisional"}])
def test_of_a_stocks_figures_of_one_date_that_which_may_decide_counts(
    catalog_of: CatalogMaker, cells: dict[str, str]
) -> None:
    """A year cut short, or a provisional figure, on a later line than that of the end of December."""
    rows = [
        observation(CENTRES, "sample_city", "2020-12", "5", SOURCE),
        observation(CENTRES, "sample_city", "2020" if "complete" in cells else "2020-Q4", "4", SOURCE, **cells),
    ]
    assert build_series(catalog_of(rows), CENTRES, "sample_city").yearly["value"].to_dict() == {2020: 5.0}


CLEAN_AIR = {
    str(month): str(value) for month, value in enumerate((30, 26, 24, 20, 18, 14, 12, 14, 18, 25, 36, 42), start=1)
}


def monthly(values: dict[str, str] = CLEAN_AIR, **cells: str) -> list[Row]:
    return [
        observation(INTENSITY, "sample_city", f"2025-{int(month):02d}", value, SOURCE, **cells)
        for month, value in values.items()
    ]


def with_year_from(rule: str, indicator: str = INTENSITY, **cells: str) -> list[Row]:
    """Return the sample's indicators, one of them made a level whose year is made from parts by a rule."""
    return [
        row | {"kind": "level", "subkind": "", "upper": "", "year_from": rule, **cells}
        if row["indicator_id"] == indicator
        else row
        for row in evidence_tables()["indicators"]
    ]


@pytest.mark.parametrize(("rule", "year"), [("mean", 23.25), ("sum", 279.0), ("own", None)])
def test_the_months_of_a_year_make_the_year_as_the_indicator_says(
    catalog_of: CatalogMaker, rule: str, year: float | None
) -> None:
    series = build_series(catalog_of(monthly(), indicators=with_year_from(rule)), INTENSITY, "sample_city")
    made = {} if year is None else {2025: year}
    assert series.yearly["value"].to_dict() == made


def test_a_year_from_its_months_decides_only_where_nothing_is_worked_out_by_approximation(
    catalog_of: CatalogMaker,
) -> None:
    weak = {}
    for rule in ("mean", "sum"):
        catalog = catalog_of(monthly(), indicators=with_year_from(rule))
        weak[rule] = build_series(catalog, INTENSITY, "sample_city").yearly.loc[2025, "weakness"]
    assert weak == {"mean": "derived", "sum": ""}


@pytest.mark.parametrize("rule", ["mean", "sum", "own"])
def test_one_month_never_stands_for_its_year(catalog_of: CatalogMaker, rule: str) -> None:
    catalog = catalog_of(monthly({"5": "18"}), indicators=with_year_from(rule))
    series = build_series(catalog, INTENSITY, "sample_city")
    assert series.n == 0
    assert list(series.rows["use"]) == ["part_of_year"]


def test_longer_parts_weigh_more_in_the_mean_of_a_year(catalog_of: CatalogMaker) -> None:
    parts = {"2025-H1": "10", "2025-Q3": "20", "2025-10": "30", "2025-11": "30", "2025-12": "30"}
    rows = [observation(INTENSITY, "sample_city", period, value, SOURCE) for period, value in parts.items()]
    series = build_series(catalog_of(rows, indicators=with_year_from("mean")), INTENSITY, "sample_city")
    assert series.yearly.loc[2025, "value"] == pytest.approx((6 * 10 + 3 * 20 + 3 * 30) / 12)


def test_a_year_so_far_is_no_part_that_another_completes(catalog_of: CatalogMaker) -> None:
    parts = {"2025-01/2025-09": "90", "2025-Q4": "10"}
    rows = [observation(INTENSITY, "sample_city", period, value, SOURCE) for period, value in parts.items()]
    assert build_series(catalog_of(rows, indicators=with_year_from("sum")), INTENSITY, "sample_city").n == 0


def test_a_period_that_its_source_calls_incomplete_is_a_part(catalog_of: CatalogMaker) -> None:
    rows = [rate("2019", "90.0"), rate("2020", "94.4", complete="0")]
    series = build_series(catalog_of(rows), RATE, "sample_city")
    assert list(series.yearly.index) == [2019]
    assert list(series.rows["use"]) == ["fitted", "part_of_year"]
    assert series.rows["year"].isna().tolist() == [False, True]


def test_an_interval_from_january_to_december_is_not_the_year(catalog_of: CatalogMaker) -> None:
    assert uses(catalog_of, [rate("2020-01/2020-12", "94.4")]) == {"2020-01/2020-12": "part_of_year"}


@pytest.mark.parametrize(
    ("period", "whole"), [("2020", True), ("2020-12", True), ("2020-Q4", True), ("2020-09", False)]
)
def test_a_stock_is_known_for_a_year_only_at_its_end(catalog_of: CatalogMaker, period: str, whole: bool) -> None:
    rows = [observation(CENTRES, "sample_city", period, "5", SOURCE)]
    (value,) = build_series(catalog_of(rows), CENTRES, "sample_city").yearly.itertuples()
    assert (value.whole, value.weakness) == (whole, "" if whole else "part_of_year")


@pytest.mark.parametrize(
    ("cells", "weakness"),
    [
        ({}, ""),
        ({"status": "verified"}, ""),
        ({"status": "provisional"}, "provisional"),
        ({"grade": "C", "verbatim": "1"}, "low_grade"),
        ({"dating": "maybe_previous_year"}, "doubtful_year"),
        ({"qualifier": "derived"}, "derived"),
        ({"qualifier": "about"}, "approximate"),
    ],
)
def test_why_a_yearly_value_decides_no_goal(catalog_of: CatalogMaker, cells: dict[str, str], weakness: str) -> None:
    series = build_series(catalog_of([rate("2020", "94.4", **cells)]), RATE, "sample_city")
    assert list(series.yearly["weakness"]) == [weakness]


def test_a_pooled_year_decides_only_if_each_part_could(catalog_of: CatalogMaker) -> None:
    halves = [rate("2020-H1", "90.0", n="100", passed="90"), rate("2020-H2", "90.0", n="10", passed="9")]
    for weak, part in (("", {}), ("provisional", {"status": "provisional"})):
        catalog = catalog_of([halves[0], halves[1] | part])
        assert build_series(catalog, RATE, "sample_city").yearly.loc[2020, "weakness"] == weak


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

"""Figures far from what is known beside them. All figures are invented."""

from __future__ import annotations

from pathlib import Path

import pytest
from synthetic import CatalogMaker, Row, evidence_tables, observation

from qualitybook.analysis.jumps import MOST_STEPS, MOST_STEPS_APART, MOST_TIMES, Jump, jumps, steps_too_large
from qualitybook.evidence import load

RATE, CITY = "goods_pass_rate", "sample_city"
DATA = Path(__file__).parents[2] / "data"
RATES = ["97.10", "97.40", "97.90", "98.00", "98.20", "98.10", "98.50", "98.60"]
SIZES = ["21000.5", "22800.1", "23600", "25019.1", "28231.97", "28839", "30355.73", "31032.5"]


def of(indicator: str, region: str = CITY, first: int = 2018, values: list[str] = RATES, **cells: str) -> list[Row]:
    return [
        observation(indicator, region, str(year), value, "yearbook-2023", **cells)
        for year, value in enumerate(values, start=first)
    ]


def kinds(catalog_of: CatalogMaker, known: list[Row], *new: Row) -> list[str]:
    """Return what the new figures are too far from."""
    indicators = [{**row, "upper": ""} if row["indicator_id"] == "test_centres" else row for row in _indicators()]
    catalog = catalog_of([*known, *new], indicators=indicators)
    first = len(known) + 2
    return [jump.kind for jump in jumps(catalog, range(first, first + len(new)))]


def _indicators() -> list[Row]:
    rows = evidence_tables()["indicators"]
    size = {**next(row for row in rows if row["indicator_id"] == "test_centres"), "kind": "level"}
    return [*rows, {**size, "indicator_id": "size", "unit": "CNY_100m", "year_from": "sum"}]


def new(indicator: str, period: str, value: str, region: str = CITY, **cells: str) -> Row:
    return observation(indicator, region, period, value, "press-2025", **cells)


@pytest.mark.parametrize(
    ("period", "value", "found"),
    [
        ("2026", "98.70", []),
        ("2026", "9.87", ["step"]),
        ("2026-06", "97.20", []),
        ("2026-06", "93.00", []),
        ("2026-06", "9.85", ["part_of_year"]),
        ("2026-H1", "98.50", []),
        ("2026-01/2026-09", "9.85", ["part_of_year"]),
        ("2026-01/2026-09", "0.985", ["part_of_year"]),
    ],
)
def test_a_rate_is_held_against_the_years_whatever_its_period(
    catalog_of: CatalogMaker, period: str, value: str, found: list[str]
) -> None:
    assert kinds(catalog_of, of(RATE), new(RATE, period, value)) == found


@pytest.mark.parametrize(
    ("period", "value", "found"),
    [
        ("2026-H1", "15100", []),
        ("2026-H1", "31100", []),
        ("2026-06", "2600", []),
        ("2026-06", "300", []),
        ("2026-H1", "3.10", ["sum"]),
        ("2026-H1", "1500", ["sum"]),
        ("2026-H1", "15100000", ["sum"]),
        ("2026-06", "200", ["sum"]),
        ("2026", "3.15", ["step"]),
    ],
)
def test_a_part_of_a_sum_is_no_hundredth_of_the_year(
    catalog_of: CatalogMaker, period: str, value: str, found: list[str]
) -> None:
    assert kinds(catalog_of, of("size", values=SIZES), new("size", period, value)) == found


def test_the_same_part_of_a_year_comes_before_the_years(catalog_of: CatalogMaker) -> None:
    months = [new(RATE, f"{year}-06", "70.0") for year in (2023, 2024, 2025)]
    assert kinds(catalog_of, [*of(RATE), *months], new(RATE, "2026-06", "70.5")) == []
    assert kinds(catalog_of, [*of(RATE), *months], new(RATE, "2026-06", "98.5")) == ["step"]


@pytest.mark.parametrize(("value", "found"), [("96.96", []), ("9.696", ["other_places"])])
def test_a_series_not_held_before_is_held_against_other_places(
    catalog_of: CatalogMaker, value: str, found: list[str]
) -> None:
    assert kinds(catalog_of, of(RATE), new(RATE, "2025", value, region="neighbour_city")) == found


@pytest.mark.parametrize(("value", "found"), [("96.96", []), ("9.696", ["other_places"])])
def test_an_indicator_not_held_before_is_held_against_rates_of_its_kind(
    catalog_of: CatalogMaker, value: str, found: list[str]
) -> None:
    assert kinds(catalog_of, of(RATE), new("toys_share_passed", "2025", value)) == found


def test_figures_of_one_file_are_held_against_each_other_where_nothing_else_is_known(catalog_of: CatalogMaker) -> None:
    shares = [
        new("research_intensity", str(year), value) for year, value in enumerate(["78", "0.76", "82", "85", "90"], 2020)
    ]
    assert kinds(catalog_of, [], *shares) == ["other_places"]


@pytest.mark.parametrize(
    ("region", "value", "found"),
    [
        ("neighbour_city", "9000", []),
        ("neighbour_city", "3.10", ["other_places"]),
        ("neighbour_city", "9000000", ["other_places"]),
        # A larger place bounds from above and a smaller one from below only.
        ("sample_nation", "9000000", []),
        ("sample_nation", "310", ["other_places"]),
    ],
)
def test_the_size_of_a_place_bounds_what_is_counted_there(
    catalog_of: CatalogMaker, region: str, value: str, found: list[str]
) -> None:
    assert kinds(catalog_of, of("size", values=SIZES), new("size", "2025", value, region=region)) == found


@pytest.mark.parametrize("indicator", ["service_growth", "research_intensity"])
def test_nothing_is_asked_where_nothing_is_known(catalog_of: CatalogMaker, indicator: str) -> None:
    assert kinds(catalog_of, of(RATE), new(indicator, "2025", "9.6")) == []


def lines(catalog_of: CatalogMaker, rows: list[Row]) -> list[tuple[int, str]]:
    return [(jump.line, jump.kind) for jump in steps_too_large(catalog_of(rows, indicators=_indicators()))]


@pytest.mark.parametrize(
    ("at", "value", "found"),
    [
        (7, "9.86", [(9, "step")]),
        (3, "9.80", [(5, "step")]),
        (0, "9.71", [(3, "step")]),
        (7, "98.60", []),
    ],
)
def test_a_slip_in_the_tables_is_found_once(
    catalog_of: CatalogMaker, at: int, value: str, found: list[tuple[int, str]]
) -> None:
    values = [*RATES[:at], value, *RATES[at + 1 :]]
    assert lines(catalog_of, of(RATE, values=values)) == found


@pytest.mark.parametrize("new_level", [["10.0"], ["10.0", "10.1", "10.2"]])
def test_an_index_on_a_new_base_is_found_where_it_begins(catalog_of: CatalogMaker, new_level: list[str]) -> None:
    index = ["80.1", "81.2", "82", "83.3", "83.9", "84.6", "85.1"]
    assert lines(catalog_of, of("size", values=[*index, *new_level])) == [(9, "step")]
    other_base = of("size", first=2018 + len(index), values=new_level, basis="new-base")
    assert lines(catalog_of, [*of("size", values=index), *other_base]) == []


def test_a_quantity_of_uneven_steps_does_not_multiply_by_ten(catalog_of: CatalogMaker) -> None:
    uneven = ["100", "260", "90", "310", "80", "200", "2900"]
    assert lines(catalog_of, of("size", values=uneven)) == [(8, "times")]
    assert lines(catalog_of, of("size", values=["1", "3", "1", "4", "1", "2", "29"])) == []


def test_growth_over_years_without_figures_is_no_slip(catalog_of: CatalogMaker) -> None:
    centres = [new("test_centres", "2021", "68"), new("test_centres", "2025", "482")]
    assert lines(catalog_of, centres) == []


def test_the_distance_is_in_usual_steps(catalog_of: CatalogMaker) -> None:
    rows = [*of(RATE), new(RATE, "2026", "9.87"), new(RATE, "2026-06", "9.85")]
    year, month = jumps(catalog_of(rows, indicators=_indicators()), [10, 11])
    assert year == Jump(10, "step", "2025", "98.60", year.steps)
    assert month == Jump(11, "part_of_year", "2025", "98.60", month.steps)
    assert year.steps > MOST_STEPS
    assert month.steps > MOST_STEPS_APART


def test_factors_are_marked_as_such(catalog_of: CatalogMaker) -> None:
    rows = [*of("size", values=SIZES), new("size", "2026-H1", "3.10")]
    (jump,) = jumps(catalog_of(rows, indicators=_indicators()), [10])
    assert jump.is_factor
    assert jump.steps == pytest.approx(31032.5 / 2 / 3.10)
    assert jump.steps > MOST_TIMES


def test_no_figure_of_the_evidence_is_a_slip_of_this_kind() -> None:
    """Each was looked at: a warning about a figure that is right would hide those that are not."""
    assert steps_too_large(load(DATA)) == []

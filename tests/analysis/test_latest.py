"""Which figure is the latest and which change belongs to it (the figures here are made by the tests)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from synthetic import CatalogMaker, Row, evidence_tables, observation

from qualitybook.analysis.findings import is_exact_count
from qualitybook.analysis.latest import Latest, is_stock, last_whole_year
from qualitybook.analysis.series import made_text
from qualitybook.evidence import Catalog

RATE, SHARE, CENTRES, GROWTH = "goods_pass_rate", "research_intensity", "test_centres", "service_growth"
CITY = "sample_city"
DAY = "2026-07-01"

Told = Callable[..., Latest]


def row(period: str, value: str, indicator: str = SHARE, **cells: str) -> Row:
    cells = {"qualifier": "undated"} | cells if not period else cells
    return observation(indicator, CITY, period, value, cells.pop("source_id", "yearbook-2026"), **cells)


def with_rule(indicator: str, rule: str) -> list[Row]:
    """Return the indicators with one whose years are made by a rule."""
    return [each | {"year_from": rule if each["indicator_id"] == indicator else ""} for each in _indicators()]


def _indicators() -> list[Row]:
    return [each | {"year_from": "", "decimals": ""} for each in evidence_tables()["indicators"]]


@pytest.fixture
def told(catalog_of: CatalogMaker) -> Told:
    """Return a function that tells the latest figure of the sample city from rows, by default of a share."""

    def tell(rows: list[Row], indicator: str = SHARE, day: str = DAY, **tables: list[Row]) -> Latest:
        return Latest.at(_late(catalog_of(rows, **tables), day), indicator, CITY)

    return tell


def _late(catalog: Catalog, day: str) -> Catalog:
    """Return the catalog on a day, by which every source of the sample was read."""
    return catalog.as_of(day)


def pair(found: Latest) -> tuple[str, str, float, str]:
    assert found.change is not None
    assert found.change.after == found.point
    return found.change.before.period, found.change.after.period, found.change.value, found.change.qualifier


def test_figure_and_change_are_one_pair(told: Told) -> None:
    # The last two fitted years are 2019 and 2023 (+3.51); grade C is shown and not fitted, and is the latest.
    found = told([row("2019", "57.03"), row("2023", "60.54"), row("2025", "58.2", grade="C")])
    assert pair(found) == ("2023", "2025", -2.34, "exact")
    assert found.change is not None
    assert found.change.decimals == 2


def test_a_quarter_is_never_set_against_a_year(told: Told) -> None:
    found = told([row("2023-Q1", "85.63", GROWTH), row("2024", "488.2", GROWTH)], GROWTH)
    assert found.point is not None
    assert (found.point.period, found.change, found.reason) == ("2024", None, "part_of_year")


def test_a_part_of_a_year_stands_beside_the_year_against_the_same_part(told: Told) -> None:
    rows = [row("2023", "97.81"), row("2023-H2", "97.49"), row("2024-H2", "97.45"), row("2025-03", "98.24")]
    found = told(rows, indicator=SHARE)
    assert found.point is not None
    assert found.point.period == "2023"
    assert found.part is not None
    assert (found.part.before.period, found.part.after.period, found.part.value) == ("2023-H2", "2024-H2", -0.04)


def test_without_a_whole_year_the_newest_part_is_shown_and_only_set_against_the_same_part(told: Told) -> None:
    found = told([row("2018-04", "98.74"), row("2019-04", "98.61"), row("2024-11", "98.10")])
    assert found.point is not None
    assert (found.point.period, found.change, found.reason) == ("2024-11", None, "part_of_year")
    found = told([row("2023-11", "98.74"), row("2024-11", "98.10")])
    assert pair(found) == ("2023-11", "2024-11", -0.64, "exact")


def test_of_parts_that_end_together_the_longest_is_shown(told: Told) -> None:
    found = told([row("2024-H2", "97.45"), row("2024-12", "96.72"), row("2024-Q4", "97.10")])
    assert found.point is not None
    assert found.point.period == "2024-H2"


def test_the_newest_date_of_a_stock_is_its_latest(told: Told) -> None:
    rows = [row(period, value, CENTRES) for period, value in (("2023-06", "3"), ("2024", "3"), ("2025-09", "4"))]
    assert pair(told(rows, CENTRES)) == ("2024", "2025-09", 1.0, "exact")


def test_a_year_cut_short_is_not_newer_than_its_end(told: Told) -> None:
    rows = [row("2024", "3", CENTRES), row("2025-12", "5", CENTRES), row("2025", "4", CENTRES, complete="0")]
    assert pair(told(rows, CENTRES)) == ("2024", "2025-12", 2.0, "exact")


def test_a_stock_is_set_against_an_earlier_year_not_an_earlier_month(told: Told) -> None:
    rows = [row(period, value, CENTRES) for period, value in (("2024-02", "3"), ("2025-03", "5"), ("2025-09", "6"))]
    assert pair(told(rows, CENTRES)) == ("2024-02", "2025-09", 3.0, "exact")


def test_an_indicator_is_a_stock_by_its_rule_or_as_a_count_at_a_date(catalog_of: CatalogMaker) -> None:
    catalog = catalog_of(indicators=with_rule(SHARE, "end"))
    stocks = {name for name in (RATE, SHARE, CENTRES, GROWTH) if is_stock(catalog.indicator(name))}
    assert stocks == {SHARE, CENTRES}
    assert {name for name in (RATE, SHARE, CENTRES, GROWTH) if is_exact_count(catalog, name)} == {CENTRES}


@pytest.mark.parametrize(("unit", "counts"), [("count", True), ("days", True), ("years", False), ("percent", False)])
def test_a_number_of_things_counts_completely_whatever_its_kind_and_spans_and_rates_do_not(
    catalog_of: CatalogMaker, unit: str, counts: bool
) -> None:
    level = {"kind": "level", "subkind": "", "unit": unit, "lower": "", "upper": ""}
    indicators = [each | (level if each["indicator_id"] == GROWTH else {}) for each in _indicators()]
    assert is_exact_count(catalog_of([row("2024", "6", GROWTH)], indicators=indicators), GROWTH) is counts


def test_a_year_that_its_source_calls_incomplete_is_a_part(told: Told) -> None:
    rows = [row("2023", "90.4"), row("2024", "92"), row("2025", "95", complete="0")]
    found = told(rows)
    assert found.point is not None
    assert (found.point.period, found.part) == ("2024", None)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (("312", "exact"), ("329", "at_least"), (17.0, "at_least")),
        (("94", "at_least"), ("94.7", "exact"), (0.7, "at_most")),
        (("13000", "about"), ("13700", "exact"), (700.0, "about")),
        (("90", "at_most"), ("94", "at_least"), (4.0, "at_least")),
        (("90", "at_least"), ("91", "at_least"), None),
    ],
)
def test_bounds_and_rounding_stay_in_the_change(
    told: Told, before: tuple[str, str], after: tuple[str, str], expected: tuple[float, str] | None
) -> None:
    rows = [row("2020", before[0], qualifier=before[1]), row("2025", after[0], qualifier=after[1])]
    found = told([each | {"indicator_id": GROWTH} for each in rows], GROWTH)
    if expected is None:
        assert (found.change, found.reason) == (None, "bounds")
    else:
        assert found.change is not None
        assert (found.change.value, found.change.qualifier) == expected


@pytest.mark.parametrize(
    ("before", "after", "amount"),
    [
        (("1514000", "about"), ("2200411", "exact"), "686000"),
        (("1514000", "exact"), ("2200411", "exact"), "686411"),
        (("13000", "about"), ("13720", "exact"), "720"),
        (("13000", "about"), ("12277", "exact"), "-720"),
        (("13000", "about"), ("13700", "about"), "700"),
        (("12.3", "about"), ("14.56", "exact"), "2.3"),
        (("12.3", "about"), ("12.34", "exact"), "0.04"),
        (("12.3", "about"), ("12.3", "exact"), "0"),
        (("12.3", "about"), ("20", "exact"), "7.7"),
    ],
)
def test_a_change_is_printed_no_finer_than_an_approximate_figure(
    told: Told, before: tuple[str, str], after: tuple[str, str], amount: str
) -> None:
    rows = [row("2020", before[0], qualifier=before[1]), row("2025", after[0], qualifier=after[1])]
    change = told([each | {"indicator_id": GROWTH} for each in rows], GROWTH).change
    assert change is not None
    assert change.amount == Decimal(amount)


def test_the_sign_of_a_bound_is_known_on_one_side_only(told: Told) -> None:
    def sign(first: str, last: str) -> int | None:
        change = told([row("2020", first), row("2025", last, qualifier="at_least")]).change
        assert change is not None
        return change.sign

    assert (sign("80", "85"), sign("85", "85"), sign("85", "80")) == (1, None, None)


@pytest.mark.parametrize(
    ("first", "last", "rounds"),
    [("21", "21.5", True), ("3.43", "3.44", False), ("98", "98", False), ("21", "22", False)],
)
def test_what_rounding_may_make_is_marked(told: Told, first: str, last: str, rounds: bool) -> None:
    change = told([row("2024", first), row("2025", last)]).change
    assert change is not None
    assert change.is_within_rounding is rounds


def test_a_bound_says_nothing_of_rounding(told: Told) -> None:
    change = told([row("2024", "21"), row("2025", "21.5", qualifier="at_least")]).change
    assert change is not None
    assert not change.is_within_rounding


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(97.995, 2, "97.995"), (97.99951, 2, "97.9995"), (98.0, 2, "98.00"), (23.25, 0, "23.25"), (12.0, 0, "12")],
)
def test_a_made_year_is_not_rounded_over_a_line(value: float, decimals: int, text: str) -> None:
    assert made_text(value, decimals) == text


def test_nothing_is_set_against_another_basis(told: Told) -> None:
    found = told([row("2023", "11.5"), row("2024", "12.5", basis="old"), row("2025", "11.9", basis="new")])
    assert found.point is not None
    assert (found.point.period, found.point.basis, found.change, found.reason) == ("2025", "new", None, "basis")


def test_of_one_year_the_figure_by_the_current_definition_is_the_latest(told: Told) -> None:
    found = told([row("2024", "3.4"), row("2025", "3.6", basis="first"), row("2025", "3.5", source_id="press-2025")])
    assert pair(found) == ("2024", "2025", 0.1, "exact")
    assert found.point is not None
    assert found.point.value_text == "3.5"


def test_a_year_made_from_its_parts_stands_for_the_year(told: Told) -> None:
    rows = [
        row("2023", "95.00", RATE),
        row("2024-H1", "94.00", RATE, n="200", passed="188"),
        row("2024-H2", "98.00", RATE, n="200", passed="196"),
    ]
    found = told(rows, RATE)
    assert pair(found) == ("2023", "2024", 1.0, "exact")
    assert found.point is not None
    assert (found.point.value_text, found.point.qualifier, found.point.lines) == ("96.00", "derived", (3, 4))


def test_a_bound_gives_way_to_the_year_made_from_its_parts_and_nothing_else_does(told: Told) -> None:
    parts = [
        row("2024-H1", "94.00", RATE, n="200", passed="188"),
        row("2024-H2", "98.00", RATE, n="200", passed="196"),
    ]
    with_bound = told([*parts, row("2024", "90", RATE, qualifier="at_least")], RATE)
    with_own = told([*parts, row("2024", "95.9", RATE, grade="C")], RATE)
    assert with_bound.point is not None
    assert with_own.point is not None
    assert (with_bound.point.value_text, with_own.point.value_text) == ("96.00", "95.9")


def test_an_undated_figure_is_never_the_latest(told: Told) -> None:
    found = told([row("2013", "91.75"), row("", "95.74", source_id="press-2025")])
    assert found.point is not None
    assert (found.point.period, [point.value_text for point in found.undated]) == ("2013", ["95.74"])
    assert found.shown == found.point


def test_an_undated_figure_bears_the_years_that_it_may_belong_to(told: Told) -> None:
    dating = [
        {
            "indicator_id": SHARE,
            "region_id": CITY,
            "source_id": "press-2025",
            "from_year": "2010",
            "to_year": "2012",
            "reason_zh": "虚构",
            "reason_en": "invented",
        }
    ]
    found = told([row("", "89.6", source_id="press-2025")], dating=dating)
    assert (found.point, found.change, found.reason) == (None, None, "undated")
    assert found.shown is not None
    assert (found.shown.value_text, found.shown.years) == ("89.6", (2010, 2012))
    assert (found.newest_year, found.years_without) == (2012, 13)


@pytest.mark.parametrize(("year", "years_without"), [("2025", None), ("2022", None), ("2021", 4), ("2016", 9)])
def test_a_figure_more_than_three_years_older_than_the_last_whole_year_is_stale(
    told: Told, year: str, years_without: int | None
) -> None:
    found = told([row(year, "3.0")])
    assert (found.years_without, found.is_stale) == (years_without, years_without is not None)


def test_a_part_that_stands_beside_the_year_keeps_it_from_being_stale(told: Told) -> None:
    paired = told([row("2019", "3.0"), row("2023-H1", "3.1"), row("2024-H1", "3.3")])
    assert (paired.years_without, paired.lone_part) == (None, None)
    alone = told([row("2019", "3.0"), row("2024-H1", "3.3")])
    assert alone.lone_part is not None
    assert (alone.years_without, alone.part, alone.lone_part.period) == (None, None, "2024-H1")
    fresh = told([row("2023", "3.0"), row("2024-H1", "3.3")])
    assert (fresh.part, fresh.lone_part) == (None, None)


@pytest.mark.parametrize(
    ("day", "year"), [("2024-06-30", 2023), ("2024-12-30", 2023), ("2024-12-31", 2024), ("9999-12-31", 9999)]
)
def test_the_last_whole_year_is_over_at_the_end_of_the_day(day: str, year: int) -> None:
    assert last_whole_year(date.fromisoformat(day)) == year


def test_a_mean_of_several_years_is_shown_where_there_is_nothing_else(told: Told) -> None:
    means = [row("2011-01/2015-12", "88.0"), row("2015-01/2019-12", "89.31")]
    assert pair(told(means)) == ("2011-01/2015-12", "2015-01/2019-12", 1.31, "exact")
    shorter = told([row("2013-01/2015-12", "88.0"), row("2015-01/2019-12", "89.31")])
    assert (shorter.change, shorter.reason) == (None, "several_years")
    found = told([*means, row("2018", "89.9")])
    assert found.point is not None
    assert found.point.period == "2018"


def test_without_figures_there_is_no_latest(told: Told) -> None:
    found = told([row("2024", "1.0", GROWTH)])
    assert (found.point, found.shown, found.reason, found.newest_year) == (None, None, "no_figure", None)

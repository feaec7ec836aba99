"""States, reasons, probabilities and evidence levels (the figures here are made by the tests)."""

from __future__ import annotations

from datetime import date

import pytest
from synthetic import CatalogMaker, Row, evidence_tables, observation

from qualitybook.analysis.counts import Interval
from qualitybook.analysis.goals import Asked, Goal
from qualitybook.analysis.series import build_series
from qualitybook.analysis.standing import lines_behind
from qualitybook.analysis.verdict import (
    judge,
    likelihood_word,
    print_unit,
    waiting_state,
)

RATE, INTENSITY, CENTRES = "goods_pass_rate", "research_intensity", "test_centres"
SOURCE = "yearbook-2023"
NOW = date(2026, 6, 30)


def rows(indicator: str, values: dict[str, str], **cells: str) -> list[Row]:
    return [observation(indicator, "sample_city", period, value, SOURCE, **cells) for period, value in values.items()]


def at_least(value: float, year: int = 2025) -> Goal:
    return Goal(RATE, "sample_city", "at_least", value, year)


SIX_YEARS = {"2018": "92.4", "2019": "92.9", "2020": "93.3", "2021": "93.6", "2022": "94.1", "2023": "94.2"}


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2025, 12, 31), "open"),
        (date(2026, 1, 1), "awaiting"),
        (date(2027, 12, 31), "awaiting"),
        (date(2028, 1, 31), "never_published"),
    ],
)
def test_how_a_goal_waits(day: date, state: str) -> None:
    assert waiting_state(2025, day) == state


@pytest.mark.parametrize(
    ("value", "answer"), [(98.2, True), (98.0, True), (97.9, False), (98, True), (94.73, False), (97, False)]
)
def test_a_figure_counts_as_printed(value: float, answer: bool) -> None:
    assert Asked(lower=98.0).holds(value) is answer


def test_at_most_is_the_mirror_of_at_least() -> None:
    assert [Asked(upper=5.0).holds(value) for value in (4.9, 5.0, 5.1)] == [True, True, False]


@pytest.mark.parametrize(
    ("percent", "word"),
    [
        (97, "very_likely"),
        (90, "very_likely"),
        (89, "likely"),
        (67, "likely"),
        (66, "as_likely_as_not"),
        (33, "as_likely_as_not"),
        (32, "unlikely"),
        (10, "unlikely"),
        (9, "very_unlikely"),
        (0, "very_unlikely"),
    ],
)
def test_words_follow_the_printed_percent(percent: int, word: str) -> None:
    assert likelihood_word(percent) == word


def test_an_exact_figure_of_the_target_year_decides(catalog_of: CatalogMaker) -> None:
    catalog = catalog_of(rows(RATE, {"2025": "95.2"}))
    assert judge(catalog, at_least(95), NOW).state == "met"
    assert judge(catalog, at_least(96), NOW).state == "not_met"
    assert judge(catalog, at_least(96), NOW).deciding_line == 2


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"qualifier": "derived"}, "derived"),
        ({"qualifier": "about"}, "approximate"),
        ({"grade": "C"}, "low_grade"),
        ({"status": "provisional"}, "provisional"),
        ({"dating": "maybe_previous_year"}, "doubtful_year"),
        ({"basis": "old"}, "other_basis"),
        ({"qualifier": "at_most"}, "bound_open"),
        ({"qualifier": "at_least", "grade": "C"}, "low_grade"),
        ({"qualifier": "at_least", "status": "provisional"}, "provisional"),
    ],
)
def test_a_weaker_figure_of_the_target_year_does_not_decide(
    catalog_of: CatalogMaker, cells: dict[str, str], reason: str
) -> None:
    verdict = judge(catalog_of(rows(RATE, {"2025": "95.2"}, **cells)), at_least(95), NOW)
    assert (verdict.state, verdict.reason) == ("cannot_judge", reason)


@pytest.mark.parametrize(
    ("value", "goal", "state", "flags"),
    [
        ("95", 95, "met", ("as_printed",)),
        ("95.00", 95, "met", ("as_printed",)),
        ("95.2", 95, "met", ()),
        ("94.73", 95, "not_met", ()),
        ("95", 95.4, "not_met", ("as_printed",)),
        ("95", 96, "not_met", ()),
    ],
)
def test_the_stricter_reading_stands_beside_a_figure_rounded_to_its_goal(
    catalog_of: CatalogMaker, value: str, goal: float, state: str, flags: tuple[str, ...]
) -> None:
    verdict = judge(catalog_of(rows(RATE, {"2025": value})), at_least(goal), NOW)
    assert (verdict.state, verdict.flags) == (state, flags)


def test_parts_of_the_year_that_point_the_other_way_are_named(catalog_of: CatalogMaker) -> None:
    catalog = catalog_of(rows(RATE, {"2025": "98", "2025-H1": "97.9", "2025-Q3": "97.6", "2025-Q1": "98.4"}))
    verdict = judge(catalog, at_least(98), NOW)
    lines = catalog.observations.set_index("line")["period"]
    assert verdict.state == "met"
    assert {lines[line] for line in verdict.contrary_lines} == {"2025-H1", "2025-Q3"}


@pytest.mark.parametrize("unit", ["days", "rank", "flag", "count"])
def test_whole_numbers_are_exact(catalog_of: CatalogMaker, unit: str) -> None:
    indicators = [
        row | {"unit": unit, "lower": "0"} if row["indicator_id"] == CENTRES else row
        for row in evidence_tables()["indicators"]
    ]
    targets = [row | {"unit": unit} if row["indicator_id"] == CENTRES else row for row in evidence_tables()["targets"]]
    catalog = catalog_of(rows(CENTRES, {"2025": "320"}), indicators=indicators, targets=targets)
    verdict = judge(catalog, Goal(CENTRES, "sample_city", "at_least", 320, 2025), NOW)
    assert (verdict.state, verdict.flags) == ("met", ())


def test_what_the_book_pools_is_never_rounded_up(catalog_of: CatalogMaker) -> None:
    def halves(passed: int) -> list[Row]:
        cells = {"n": "1000", "passed": str(passed)}
        return rows(RATE, {"2025-H1": f"{passed / 10}", "2025-H2": f"{passed / 10}"}, **cells)

    assert judge(catalog_of(halves(950)), at_least(95), NOW).state == "met"
    almost = judge(catalog_of(halves(949)), at_least(94.95), NOW)
    assert (almost.state, almost.flags) == ("not_met", ("from_parts",))


@pytest.mark.parametrize(
    ("cells", "value", "state"),
    [
        ({"qualifier": "at_least"}, "95", "met"),
        ({"qualifier": "at_least"}, "94.9", "cannot_judge"),
        ({"qualifier": "at_most"}, "94.9", "not_met"),
        ({"qualifier": "at_most"}, "95", "cannot_judge"),
        ({"qualifier": "at_least", "grade": "C"}, "95", "cannot_judge"),
        ({"qualifier": "at_least", "complete": "0"}, "95", "cannot_judge"),
        ({"qualifier": "at_least", "status": "provisional"}, "95", "cannot_judge"),
    ],
)
def test_a_bound_of_the_whole_target_year_decides_by_logic(
    catalog_of: CatalogMaker, cells: dict[str, str], value: str, state: str
) -> None:
    verdict = judge(catalog_of(rows(RATE, {"2025": value}, **cells)), at_least(95), NOW)
    assert verdict.state == state
    assert verdict.flags == (() if state == "cannot_judge" else ("by_bound",))


def test_a_bound_answers_at_most_the_other_way_round(catalog_of: CatalogMaker) -> None:
    goal = Goal(RATE, "sample_city", "at_most", 95.0, 2025)
    states = {}
    for qualifier, value in (("at_most", "95"), ("at_most", "95.1"), ("at_least", "95.1"), ("at_least", "95")):
        catalog = catalog_of(rows(RATE, {"2025": value}, qualifier=qualifier))
        states[qualifier, value] = judge(catalog, goal, NOW).state
    assert states == {
        ("at_most", "95"): "met",
        ("at_most", "95.1"): "cannot_judge",
        ("at_least", "95.1"): "not_met",
        ("at_least", "95"): "cannot_judge",
    }


@pytest.mark.parametrize(
    ("period", "each", "state"),
    [
        ("2025-01/2025-09", "", "cannot_judge"),
        ("2023-01/2025-12", "", "cannot_judge"),
        ("2023-01/2025-12", "1", "met"),
        ("2023-01/2025-09", "1", "cannot_judge"),
        ("2021-01/2024-12", "1", "cannot_judge"),
    ],
)
def test_a_bound_of_a_part_decides_nothing_and_one_of_several_years_only_if_said_of_each(
    catalog_of: CatalogMaker, period: str, each: str, state: str
) -> None:
    made = rows(RATE, {period: "95"}, qualifier="at_least", each_year=each)
    assert judge(catalog_of(made), at_least(95), NOW).state == state


def test_a_bound_of_the_year_itself_counts_before_one_of_several(catalog_of: CatalogMaker) -> None:
    """95 or more in each of three years, and 94 or less in the last of them: the newer word is of that year."""
    made = rows(RATE, {"2023-01/2025-12": "95"}, qualifier="at_least", each_year="1")
    made += rows(RATE, {"2025": "94"}, qualifier="at_most")
    verdict = judge(catalog_of(made), at_least(95), NOW)
    assert (verdict.state, verdict.deciding_line) == ("not_met", 3)


def test_a_bound_above_the_baseline_proves_an_increase(catalog_of: CatalogMaker) -> None:
    made = rows(CENTRES, {"2022": "35"}) + rows(CENTRES, {"2025": "36"}, qualifier="at_least")
    assert judge(catalog_of(made), more(), NOW).state == "met"


def monthly_indicator(rule: str) -> list[Row]:
    return [
        row | {"kind": "level", "subkind": "", "upper": "", "better": "neither", "year_from": rule}
        if row["indicator_id"] == INTENSITY
        else row
        for row in evidence_tables()["indicators"]
    ]


def test_a_december_does_not_decide_for_its_year(catalog_of: CatalogMaker) -> None:
    values = (30, 26, 24, 20, 18, 14, 12, 14, 18, 25, 36, 42)
    months = rows(INTENSITY, {f"2025-{month:02d}": str(value) for month, value in enumerate(values, start=1)})
    goal = Goal(INTENSITY, "sample_city", "at_most", 25.0, 2025)
    verdict = judge(catalog_of(months, indicators=monthly_indicator("mean")), goal, NOW)
    assert (verdict.state, verdict.reason) == ("cannot_judge", "derived")
    assert verdict.series is not None
    assert verdict.series.yearly.loc[2025, "value"] == pytest.approx(23.25)


def test_nothing_is_final_before_the_year_is_over(catalog_of: CatalogMaker) -> None:
    day, goal = date(2025, 12, 20), at_least(95)
    early = rows(RATE, {"2025": "95.2"})
    for source in (tables := evidence_tables()["sources"]):
        if source["source_id"] == SOURCE:
            source["published"] = "2025-12-15"
    for cells in ({}, {"qualifier": "at_least"}):
        catalog = catalog_of([row | cells for row in early], sources=tables)
        assert judge(catalog, goal, day).state not in ("met", "not_met")
        assert judge(catalog, goal, NOW).state == "met"
    assert judge(catalog_of(early, sources=tables), goal, day).reason == "year_not_over"
    # A bound that reaches the goal leaves nothing open but the year.
    bound = judge(catalog_of(rows(RATE, {"2025": "95"}, qualifier="at_least")), at_least(95), date(2025, 12, 30))
    assert (bound.state, bound.reason) == ("cannot_judge", "year_not_over")


def test_a_month_within_the_target_year_decides_nothing(catalog_of: CatalogMaker) -> None:
    catalog = catalog_of(rows(INTENSITY, {"2025-05": "18"}), indicators=monthly_indicator("mean"))
    verdict = judge(catalog, Goal(INTENSITY, "sample_city", "at_most", 25.0, 2025), date(2025, 6, 30))
    assert verdict.state == "cannot_judge"
    assert verdict.deciding_line is None


def test_a_stock_within_the_target_year_is_forecast_to_its_end(catalog_of: CatalogMaker) -> None:
    known = {str(year): str(year - 2000) for year in range(2015, 2025)}
    catalog = catalog_of(rows(CENTRES, {**known, "2025-09": "24"}))
    verdict = judge(catalog, Goal(CENTRES, "sample_city", "at_least", 25.0, 2025), date(2025, 10, 31))
    assert verdict.state == "open"
    assert (verdict.last_year, verdict.horizon) == (2024, 1)
    assert verdict.probability is not None


def test_the_probability_is_that_of_the_figure_as_it_will_be_printed(catalog_of: CatalogMaker) -> None:
    chances = []
    for decimals in ("0", "1", "2"):
        indicators = [
            row | {"decimals": decimals} if row["indicator_id"] == RATE else row
            for row in evidence_tables()["indicators"]
        ]
        verdict = judge(catalog_of(rows(RATE, SIX_YEARS), indicators=indicators), at_least(95), NOW)
        chances.append(verdict.probability)
        assert verdict.forecast is not None
        event = verdict.forecast.probability(95 - 0.5 * 10.0 ** -int(decimals), 2)
        assert verdict.probability == event
    assert chances == sorted(chances, reverse=True)
    assert chances[0] > chances[-1]


def test_the_print_unit_is_that_of_whole_years(catalog_of: CatalogMaker) -> None:
    halves = [
        observation(RATE, "sample_city", f"2024-H{half}", "94.25", SOURCE, n="400", passed="377") for half in (1, 2)
    ]
    catalog = catalog_of(rows(RATE, SIX_YEARS) + halves)
    assert print_unit(catalog, build_series(catalog, RATE, "sample_city")) == pytest.approx(0.1)
    # "About 95" says nothing of how exact figures are printed.
    catalog = catalog_of(rows(RATE, SIX_YEARS) + rows(RATE, {"2024": "95"}, qualifier="about"))
    assert print_unit(catalog, build_series(catalog, RATE, "sample_city")) == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ([], "no_figure"),
        (rows(RATE, {"2020": "95"}, qualifier="at_least"), "only_bounds"),
        (rows(RATE, {"": "95"}, qualifier="undated"), "only_undated"),
        (rows(RATE, {"2020": "95.0"}, grade="C"), "only_low_grade"),
        (rows(RATE, {"2023-H1": "95.0", "2024-H1": "95.0"}), "only_parts"),
        (rows(RATE, {"2021": "93.0", "2022": "93.5", "2023": "94.0"}), "too_few"),
        (rows(RATE, {"2016": "93.0", "2017": "93.5", "2018": "94.0", "2019": "94.0"}), "too_far"),
        (rows(RATE, {"2021": "93.0", "2022": "93.5", "2023": "94.0", "2026": "96.0"}), "year_passed_over"),
    ],
)
def test_reasons_why_nothing_can_be_said(catalog_of: CatalogMaker, made: list[Row], reason: str) -> None:
    other = rows(CENTRES, {"2020": "1"})
    verdict = judge(catalog_of(made + other), at_least(95), NOW)
    assert (verdict.state, verdict.reason, verdict.probability) == ("cannot_judge", reason, None)


def test_a_series_gives_a_probability_that_falls_with_the_goal(catalog_of: CatalogMaker) -> None:
    catalog = catalog_of(rows(RATE, SIX_YEARS))
    verdicts = [judge(catalog, at_least(value), NOW) for value in (92, 94, 95, 97)]
    chances = [verdict.probability for verdict in verdicts]
    assert all(verdict.state == "awaiting" for verdict in verdicts)
    assert chances == sorted(chances, reverse=True)
    assert chances[0] > 0.8
    assert chances[-1] < 0.2
    assert set(verdicts[0].by_model) == {"A"}, "pass rates use model A alone"


def test_an_old_goal_without_a_figure_was_never_published(catalog_of: CatalogMaker) -> None:
    assert judge(catalog_of(rows(RATE, SIX_YEARS)), at_least(95, 2017), NOW).state == "never_published"


def rising(baseline: int = 2022, year: int = 2025) -> Goal:
    return Goal(INTENSITY, "sample_city", "rising", None, year, baseline)


RISES = {str(year): f"{2.0 + 0.1 * (year - 2012):.2f}" for year in range(2012, 2024)}


def test_rising_has_a_joint_probability(catalog_of: CatalogMaker) -> None:
    verdict = judge(catalog_of(rows(INTENSITY, RISES)), rising(), NOW)
    assert verdict.state == "awaiting"
    assert 0.3 < (verdict.probability or 0) < 0.97
    assert set(verdict.by_model) == {"A", "B"}


def test_a_published_fall_breaks_a_rise_at_once(catalog_of: CatalogMaker) -> None:
    catalog = catalog_of(rows(INTENSITY, RISES | {"2024": "2.90"}))
    verdict = judge(catalog, rising(), NOW)
    assert verdict.state == "not_met"
    assert catalog.observations.set_index("line").loc[verdict.deciding_line, "period"] == "2024"


@pytest.mark.parametrize(
    ("first", "last", "state"),
    # 3.46 is at least 3.455, 3.4 at most 3.45: a fall. 3.44 may be 3.435, and 3.4 as much as that: none.
    [("3.46", "3.4", "not_met"), ("3.44", "3.4", "cannot_judge"), ("3.4", "3.34", "not_met")],
)
def test_a_fall_is_beyond_the_rounding_of_both_figures(
    catalog_of: CatalogMaker, first: str, last: str, state: str
) -> None:
    assert judge(catalog_of(rows(INTENSITY, {"2022": first, "2023": last})), rising(), NOW).state == state


def test_a_fall_across_a_provisional_year_is_a_fall(catalog_of: CatalogMaker) -> None:
    """From 3.00 to 2.90, both final: whatever the year between turns out to be, one of both steps went down."""
    made = [*rows(INTENSITY, {"2022": "3.00"}), *rows(INTENSITY, {"2023": "3.10"}, status="provisional")]
    made += rows(INTENSITY, {"2024": "2.90"})
    verdict = judge(catalog_of(made), rising(), NOW)
    assert (verdict.state, verdict.deciding_line) == ("not_met", 4)


def test_no_rise_is_one_whatever_lies_between(catalog_of: CatalogMaker) -> None:
    level = {"2022": "3.00", "2025": "3.00"}
    assert judge(catalog_of(rows(INTENSITY, level)), rising(), NOW).state == "not_met"
    weak = judge(catalog_of(rows(INTENSITY, level, status="provisional")), rising(), NOW)
    assert (weak.state, weak.reason) == ("cannot_judge", "missing_years")


def test_what_is_decided_is_waited_for_no_longer(catalog_of: CatalogMaker) -> None:
    """More than 24 months after 2025, without a figure of that year."""
    late = date(2028, 2, 1)
    assert judge(catalog_of(rows(INTENSITY, {"2022": "3.00", "2023": "2.90"})), rising(), late).state == "not_met"
    each = rows(RATE, {"2023-01/2025-12": "95"}, qualifier="at_least", each_year="1")
    assert judge(catalog_of(each), at_least(95), late).state == "met"
    assert judge(catalog_of(each), at_least(96), late).state == "never_published"


def test_a_stock_of_the_summer_is_not_the_figure_of_its_year(catalog_of: CatalogMaker) -> None:
    years = {str(year): str(30 + year - 2018) for year in range(2018, 2025)} | {"2025-06": "38"}
    goal = Goal(CENTRES, "sample_city", "at_least", 40, 2025)
    catalog = catalog_of(rows(CENTRES, years))
    assert judge(catalog, goal, date(2027, 12, 31)).probability is not None
    late = judge(catalog, goal, date(2028, 1, 1))
    assert (late.state, late.probability) == ("never_published", None)


def test_a_decided_goal_rests_on_what_it_starts_from_too(catalog_of: CatalogMaker) -> None:
    """A rise on every year of it, a fall on the years down to it, one more than in 2022 on the figure of 2022."""
    years = {"2022": "3.00", "2023": "3.10", "2024": "3.15", "2025": "3.20"}
    assert lines_behind(judge(catalog_of(rows(INTENSITY, years)), rising(), NOW)) == (2, 3, 4, 5)
    fall = judge(catalog_of(rows(INTENSITY, years | {"2024": "3.05"})), rising(), NOW)
    assert lines_behind(fall) == (2, 3, 4)
    centres = rows(CENTRES, {"2022": "4", "2023": "5", "2025": "6"})
    more = Goal(CENTRES, "sample_city", "count_increase", None, 2025, 2022)
    assert lines_behind(judge(catalog_of(centres), more, NOW)) == (2, 4)
    assert lines_behind(judge(catalog_of(rows(RATE, {"2022": "94.0", "2025": "95.2"})), at_least(95), NOW)) == (3,)


def test_a_rise_known_to_its_end_is_met(catalog_of: CatalogMaker) -> None:
    assert judge(catalog_of(rows(INTENSITY, RISES | {"2024": "3.15", "2025": "3.20"})), rising(), NOW).state == "met"


def test_rising_needs_its_baseline(catalog_of: CatalogMaker) -> None:
    without = {year: value for year, value in RISES.items() if year != "2022"}
    assert judge(catalog_of(rows(INTENSITY, without)), rising(), NOW).reason == "no_baseline"


def test_a_changed_definition_after_the_baseline_is_named(catalog_of: CatalogMaker) -> None:
    old = [observation(INTENSITY, "sample_city", "2022", "3.0", SOURCE, basis="old")]
    assert judge(catalog_of(old + rows(INTENSITY, {"2023": "3.1"})), rising(), NOW).reason == "basis_break"


def more(year: int = 2025) -> Goal:
    return Goal(CENTRES, "sample_city", "count_increase", None, year, 2022)


@pytest.mark.parametrize(
    ("values", "answer"),
    [
        ({"2022": "35", "2025": "36"}, ("met", None)),
        ({"2022": "35", "2025": "35"}, ("not_met", None)),
        ({"2022": "35"}, ("cannot_judge", "no_later_value")),
        ({"2021": "2"}, ("cannot_judge", "no_baseline")),
        ({"2022": "35", "2023": "36"}, ("cannot_judge", "too_few")),
        ({"2022": "35", "2025-09": "36"}, ("cannot_judge", "part_of_year")),
    ],
)
def test_counts_need_a_baseline_and_an_end(
    catalog_of: CatalogMaker, values: dict[str, str], answer: tuple[str, str | None]
) -> None:
    verdict = judge(catalog_of(rows(CENTRES, values)), more(), NOW)
    assert (verdict.state, verdict.reason) == answer


def test_a_goal_without_a_measure_gets_no_verdict(catalog_of: CatalogMaker) -> None:
    verdict = judge(catalog_of(), Goal("", "sample_city", "qualitative", None, 2025), NOW)
    assert (verdict.state, verdict.reason) == ("no_verdict", "qualitative")


@pytest.mark.parametrize(
    ("values", "cells", "near", "level"),
    [
        ({str(2016 + number): "93.0" for number in range(8)}, {}, False, "A"),
        ({str(2016 + number): "93.0" for number in range(7)}, {}, False, "B"),
        ({"2016": "93.0", "2017": "93.0", "2018": "93.0"}, {}, True, "C"),
        ({"2016": "93.0"}, {}, False, "C"),
        ({"2016": "93.0"}, {"grade": "C"}, False, "C"),
        ({"2016-05": "93.0"}, {}, False, "C"),
        ({"2016": "93.0"}, {"qualifier": "at_least"}, True, "D"),
        ({"": "93.0"}, {"qualifier": "undated"}, True, "D"),
        ({"2016": "93.0"}, {"basis": "old"}, True, "D"),
        ({}, {}, True, "D"),
        ({}, {}, False, "E"),
    ],
)
def test_what_is_known_directly_decides_the_evidence_level(
    catalog_of: CatalogMaker, values: dict[str, str], cells: dict[str, str], near: bool, level: str
) -> None:
    made = rows(RATE, values, **cells) + rows(CENTRES, {"2020": "1"})
    assert judge(catalog_of(made), at_least(95), NOW).evidence_level(is_anything_near=near) == level


# Known sample sizes

COUNTED_YEARS = {"2019": "96.0", "2020": "96.4", "2021": "95.9", "2022": "96.6", "2023": "96.3", "2024": "96.2"}


def counted(n: int, values: dict[str, str] = COUNTED_YEARS) -> list[Row]:
    return [
        observation(RATE, "sample_city", year, value, SOURCE, n=str(n), passed=str(round(n * float(value) / 100)))
        for year, value in values.items()
    ]


def test_the_published_figure_of_a_small_sample_is_less_certain_than_the_true_rate(catalog_of: CatalogMaker) -> None:
    verdict = judge(catalog_of(counted(3000)), at_least(97.0), NOW)
    assert verdict.sample == 3000
    assert verdict.true_rate_probability is not None
    assert verdict.probability is not None
    assert verdict.true_rate_probability < verdict.probability < 0.5


def test_huge_samples_answer_like_samples_of_unknown_size(catalog_of: CatalogMaker) -> None:
    plain = judge(catalog_of(rows(RATE, COUNTED_YEARS)), at_least(97.0), NOW)
    huge = judge(catalog_of(counted(50_000_000)), at_least(97.0), NOW)
    assert plain.sample is None
    assert plain.true_rate_probability is None
    assert huge.probability == pytest.approx(plain.probability, abs=0.01)


def test_a_sample_too_small_has_an_exact_interval_and_no_probability(catalog_of: CatalogMaker) -> None:
    years = {"2020": "94.0", "2021": "98.0", "2022": "96.0", "2023": "98.0", "2024": "96.0"}
    verdict = judge(catalog_of(counted(50, years)), at_least(98.5), NOW)
    assert (verdict.state, verdict.reason, verdict.probability) == ("cannot_judge", "sample_too_small", None)
    assert verdict.last_interval == Interval.clopper_pearson(48, 50)


def test_a_large_sample_at_its_goal_is_not_too_small(catalog_of: CatalogMaker) -> None:
    verdict = judge(catalog_of(counted(5_000_000)), at_least(96.2), NOW)
    assert verdict.reason is None
    assert verdict.probability is not None


# Rises

RISING_RATE = Goal(RATE, "sample_city", "rising", None, 2025, baseline_year=2022)


@pytest.mark.parametrize(("n", "within"), [("2000", True), ("4000000", False)])
def test_a_fall_within_sampling_error_is_told_apart(catalog_of: CatalogMaker, n: str, within: bool) -> None:
    fallen = [
        observation(RATE, "sample_city", year, value, SOURCE, n=n)
        for year, value in {"2022": "96.4", "2023": "96.2"}.items()
    ]
    verdict = judge(catalog_of(fallen), RISING_RATE, NOW)
    assert verdict.state == "not_met"
    assert ("fall_within_sampling_error" in verdict.flags) is within


def test_a_missing_year_leaves_open_whether_there_was_a_fall(catalog_of: CatalogMaker) -> None:
    known = rows(RATE, {"2022": "96.0", "2023": "96.4", "2025": "97.0"})
    verdict = judge(catalog_of(known), RISING_RATE, NOW)
    assert (verdict.state, verdict.reason) == ("cannot_judge", "missing_years")

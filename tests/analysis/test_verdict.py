"""States, reasons, probabilities and evidence levels (the figures here are made by the tests)."""

from __future__ import annotations

from datetime import date

import pytest
from synthetic import CatalogMaker, Row, observation

from qualitybook.analysis.sampling import clopper_pearson
from qualitybook.analysis.verdict import Goal, Verdict, evidence_level, judge, likelihood_word, meets, waiting_state

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
    ("value", "decimals", "answer"),
    [(98.2, 1, True), (98.0, 1, True), (97.9, 1, False), (98, 0, None), (99, 0, True), (97, 0, False)],
)
def test_a_figure_meets_a_goal_only_beyond_its_rounding(value: float, decimals: int, answer: bool | None) -> None:
    assert meets(value, decimals, at_least(98.0)) is answer


def test_at_most_is_the_mirror_of_at_least() -> None:
    goal = Goal(RATE, "sample_city", "at_most", 5.0, 2025)
    assert [meets(value, 1, goal) for value in (4.9, 5.0, 5.1)] == [True, True, False]
    assert meets(5, 0, goal) is None


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
    [({"qualifier": "derived"}, "not_final"), ({"grade": "C"}, "not_final"), ({"qualifier": "at_least"}, "not_final")],
)
def test_a_weaker_figure_of_the_target_year_does_not_decide(
    catalog_of: CatalogMaker, cells: dict[str, str], reason: str
) -> None:
    verdict = judge(catalog_of(rows(RATE, {"2025": "95.2"}, **cells)), at_least(95), NOW)
    assert (verdict.state, verdict.reason) == ("cannot_judge", reason)


def test_a_figure_rounded_to_the_goal_does_not_decide(catalog_of: CatalogMaker) -> None:
    assert judge(catalog_of(rows(RATE, {"2025": "95"})), at_least(95), NOW).reason == "rounded"


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ([], "no_figure"),
        (rows(RATE, {"2020": "95"}, qualifier="at_least"), "only_bounds"),
        (rows(RATE, {"": "95"}, qualifier="undated"), "only_undated"),
        (rows(RATE, {"2020": "95.0"}, grade="C"), "not_fitted"),
        (rows(RATE, {"2021": "93.0", "2022": "93.5", "2023": "94.0"}), "too_few"),
        (rows(RATE, {"2016": "93.0", "2017": "93.5", "2018": "94.0", "2019": "94.0"}), "too_far"),
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
    ("years", "proxy", "context", "weak", "level"),
    [
        (8, False, False, 0, "A"),
        (7, False, False, 0, "B"),
        (3, False, False, 0, "C"),
        (0, True, True, 0, "C"),
        (0, False, True, 0, "D"),
        (0, False, False, 0, "E"),
        (8, False, False, 5, "B"),
        (8, False, False, 4, "A"),
        (3, False, False, 2, "D"),
    ],
)
def test_evidence_levels(
    catalog_of: CatalogMaker, years: int, proxy: bool, context: bool, weak: int, level: str
) -> None:
    made = rows(RATE, {str(2016 + number): "93.0" for number in range(years)}) or rows(CENTRES, {"2020": "1"})
    verdict: Verdict = judge(catalog_of(made), at_least(95), NOW)
    assert evidence_level(verdict, proxy, context, weak) == level


# Known sample sizes

COUNTED_YEARS = {"2019": "96.0", "2020": "96.4", "2021": "95.9", "2022": "96.6", "2023": "96.3", "2024": "96.2"}


def counted(n: int, values: dict[str, str] = COUNTED_YEARS) -> list[Row]:
    return [
        observation(RATE, "sample_city", year, value, SOURCE, n=str(n), passed=str(round(n * float(value) / 100)))
        for year, value in values.items()
    ]


def test_the_published_figure_of_a_small_sample_is_less_certain_than_the_true_rate(catalog_of: CatalogMaker) -> None:
    verdict = judge(catalog_of(counted(3000)), at_least(97.5), NOW)
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
    assert verdict.last_interval == clopper_pearson(48, 50)


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

"""Every shape of goal by an example worked by hand, and its probability by simulation (the figures are invented)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest
from synthetic import CatalogMaker, evidence_tables, observation

from qualitybook.analysis.forecast import SimulatedPaths, forecast
from qualitybook.analysis.goals import Asked, Goal
from qualitybook.analysis.outlook import class_of, forecast_series
from qualitybook.analysis.scales import RANK
from qualitybook.analysis.verdict import GrowthSoFar, Pace, Verdict, judge
from qualitybook.evidence import Catalog
from qualitybook.evidence.schema import EVENTS, JUDGED_BY, RULES, VALUES_ARE

INDICATOR, PLACE, NOW = "research_intensity", "sample_city", date(2026, 6, 30)
DRAWS = 40_000
Judge = Callable[..., Verdict]


def catalog_with(
    catalog_of: CatalogMaker,
    values: dict[str, str],
    *,
    kind: str = "level",
    unit: str = "index",
    weak: dict[str, dict[str, str]] | None = None,
    **cells: str,
) -> Catalog:
    """Return the sample city with these figures of one indicator of that kind and unit, some by period `weak`."""
    changed = {"kind": kind, "subkind": "share" if kind == "rate" else "", "unit": unit, "lower": "", "upper": ""}
    changed |= {"better": "neither", "year_from": "mean"}
    indicators = [row | changed if row["indicator_id"] == INDICATOR else row for row in evidence_tables()["indicators"]]
    targets = [
        row | {"unit": unit} if row["indicator_id"] == INDICATOR else row for row in evidence_tables()["targets"]
    ]
    made = [
        observation(INDICATOR, PLACE, period, value, "yearbook-2023", **cells, **(weak or {}).get(period, {}))
        for period, value in values.items()
    ]
    return catalog_of(made, indicators=indicators, targets=targets)


@pytest.fixture
def judged(catalog_of: CatalogMaker) -> Judge:
    """Return what judges a goal for 2025 by figures that it makes."""

    def answer(rule: str, value: float | None, values: dict[str, str], *, on: date = NOW, **more: object) -> Verdict:
        named = {name: more.pop(name) for name in ("kind", "unit", "n", "passed", "weak") if name in more}
        goal = Goal(INDICATOR, PLACE, rule, value, int(str(more.pop("year", 2025))), **more)  # type: ignore[arg-type]
        return judge(catalog_with(catalog_of, values, **named), goal, on)  # type: ignore[arg-type]

    return answer


def yearly(first: int, *values: float | str) -> dict[str, str]:
    return {str(first + place): str(value) for place, value in enumerate(values)}


def test_every_rule_says_how_it_is_judged_and_what_its_probability_is_of() -> None:
    for rule in RULES.values():
        assert (rule.judged in JUDGED_BY, rule.value_is in VALUES_ARE, rule.event in EVENTS) == (True, True, True)


@pytest.mark.parametrize(
    ("rule", "value", "figure", "state"),
    [
        # 25 reaches "at most 25" and "at least 25", but neither "above" nor "below" 25; the next printed ones do.
        ("at_most", 25, "25", "met"),
        ("at_most", 25, "26", "not_met"),
        ("above", 25, "25", "not_met"),
        ("above", 25, "26", "met"),
        ("below", 25, "25", "not_met"),
        ("below", 25, "24", "met"),
    ],
)
def test_a_value_or_more_less_above_below(judged: Judge, rule: str, value: float, figure: str, state: str) -> None:
    assert judged(rule, value, {"2025": figure}, unit="days").state == state


@pytest.mark.parametrize(
    ("figure", "state"), [("7.9", "not_met"), ("8.0", "met"), ("10.2", "met"), ("12.0", "met"), ("12.1", "not_met")]
)
def test_between_takes_both_ends(judged: Judge, figure: str, state: str) -> None:
    # 8 to 12: 7.9 is 0.1 short, 12.1 is 0.1 beyond.
    assert judged("between", 8, {"2025": figure}, value_high=12).state == state


def test_a_bound_answers_a_range_only_from_outside() -> None:
    # "13 or more" lies beyond 8 to 12, "9 or more" may be 20, and "11 or less" may be 5.
    asked = Asked(8, 12)
    assert asked.holds_bound("at_least", 13) is False
    assert asked.holds_bound("at_most", 7) is False
    assert asked.holds_bound("at_least", 9) is None
    assert asked.holds_bound("at_most", 11) is None


def test_falling_is_broken_by_a_rise_and_met_without_one(judged: Judge) -> None:
    # 36, 33, 33, 30: no year is higher than the one before, and 30 < 36. With 34 after 33 the fall is broken at once.
    assert judged("falling", None, yearly(2022, 36, 33, 33, 30), baseline_year=2022).state == "met"
    assert judged("falling", None, yearly(2022, 36, 33, 34), baseline_year=2022).state == "not_met"
    # 36, 36, 36, 36 never rose, but did not fall either.
    assert judged("falling", None, yearly(2022, 36, 36, 36, 36), baseline_year=2022).state == "not_met"


@pytest.mark.parametrize(
    ("value", "is_percent", "figure", "state"),
    [
        # 40.0 in 2020: down by 13.5 % is 40 x 0.865 = 34.6; down by 3 units is 37; up by 10 % is 44.
        (-13.5, True, "34.6", "met"),
        (-13.5, True, "34.7", "not_met"),
        (-3, False, "37.0", "met"),
        (-3, False, "37.1", "not_met"),
        (10, True, "44.0", "met"),
        (10, True, "43.9", "not_met"),
    ],
)
def test_a_change_from_the_baseline(judged: Judge, value: float, is_percent: bool, figure: str, state: str) -> None:
    verdict = judged(
        "change_from_baseline", value, {"2020": "40.0", "2025": figure}, baseline_year=2020, is_percent=is_percent
    )
    assert verdict.state == state
    # A figure at the threshold itself may have lain on either side of it before it was rounded.
    assert ("as_printed" in verdict.flags) is not (figure == "34.7")


def test_a_change_without_its_baseline_is_not_judged(judged: Judge) -> None:
    assert judged("change_from_baseline", -5, {"2025": "30"}, baseline_year=2020).reason == "no_baseline"


WEAK = [{"status": "provisional"}, {"qualifier": "about"}, {"qualifier": "derived"}]


@pytest.mark.parametrize("cells", WEAK)
@pytest.mark.parametrize(
    ("rule", "value", "more"),
    [
        ("change_from_baseline", -13.5, {"baseline_year": 2020, "is_percent": True}),
        ("change_from_baseline", -20, {"baseline_year": 2020}),
        ("count_increase", None, {"baseline_year": 2020}),
        ("average_growth", -3, {"from_year": 2021, "is_percent": True}),
    ],
)
def test_a_start_that_is_not_final_decides_nothing(
    judged: Judge, rule: str, value: float | None, more: dict[str, object], cells: dict[str, str]
) -> None:
    figures = {"2020": "200.0", "2025": "150.0"}
    assert judged(rule, value, figures, **more).state in ("met", "not_met")
    verdict = judged(rule, value, figures, weak={"2020": cells}, **more)
    assert (verdict.state, verdict.reason) == ("cannot_judge", "weak_start")


def test_a_baseline_that_is_no_figure_to_fit_is_not_called_missing(judged: Judge) -> None:
    figures, more = {"2020": "200.0", "2023": "170.0", "2025": "150.0"}, {"baseline_year": 2020}
    for cells in ({"grade": "C"}, {"qualifier": "at_least"}):
        assert judged("change_from_baseline", -20, figures, weak={"2020": cells}, **more).reason == "weak_start"


def test_no_percentage_is_taken_of_zero_or_less(judged: Judge) -> None:
    # 3 % of -5 a year would be -5.80 in 2025, which -5.5 "reaches" by getting worse.
    for start in ("0", "-5.0"):
        figures = {"2020": start, "2025": "-5.5"}
        by_growth = judged("average_growth", 3, figures, from_year=2021, is_percent=True)
        by_change = judged("change_from_baseline", -10, figures, baseline_year=2020, is_percent=True)
        assert (by_growth.reason, by_change.reason) == ("no_percentage", "no_percentage")
    # So many units can be taken of anything: -5.5 is 0.5 below -5.0.
    units = judged("change_from_baseline", -0.5, {"2020": "-5.0", "2025": "-5.5"}, baseline_year=2020)
    assert units.state == "met"


def test_a_step_from_a_provisional_figure_breaks_no_fall(judged: Judge) -> None:
    figures, weak = yearly(2020, 100, 90, 70, 75, 71, 60), {"2022": {"status": "provisional"}}
    assert judged("falling", None, figures, baseline_year=2020).state == "not_met"
    verdict = judged("falling", None, figures, baseline_year=2020, weak=weak)
    assert (verdict.state, verdict.reason) == ("cannot_judge", "weak_year")


@pytest.mark.parametrize(
    ("part", "whole", "figure", "state"),
    [
        *((1, 3, "33.3", "met"), (5, 6, "83.3", "met"), (2, 3, "66.7", "met"), (2, 3, "66.6", "not_met")),
        # 62.5 is printed 63, half away from zero.
        *((5, 8, "63", "met"), (5, 8, "62", "not_met")),
    ],
)
def test_a_part_without_its_counts_is_held_as_it_is_printed(
    judged: Judge, part: int, whole: int, figure: str, state: str
) -> None:
    # 1 of 3 is 33.333..., printed 33.3; 2 of 3 is printed 66.7.
    more = {"kind": "rate", "unit": "percent", "value_high": whole, "is_percent": True}
    assert judged("share_of", part, {"2025": figure}, **more).state == state


def test_average_growth_by_figures_of_growth(judged: Judge) -> None:
    # 1.071 x 1.032 x 1.055 x 1.060 x 1.039 = 1.28420...; the fifth root is 1.05130, so 5.13 % a year.
    growth = yearly(2021, 7.1, 3.2, 5.5, 6.0, 3.9)
    met = judged("average_growth", 5.0, growth, kind="growth", unit="percent", from_year=2021, is_percent=True)
    missed = judged("average_growth", 5.2, growth, kind="growth", unit="percent", from_year=2021, is_percent=True)
    assert (met.state, missed.state) == ("met", "not_met")
    so_far = GrowthSoFar.of(met)
    assert so_far is not None
    assert so_far.mean == pytest.approx(5.130, abs=5e-4)
    assert so_far.needed is None


def test_growth_by_more_than_all_there_was_has_no_mean(judged: Judge) -> None:
    """A profit of 100 that becomes a loss of 50 has grown by -150 %; there is no root of a negative factor."""
    growth = {"kind": "growth", "unit": "percent", "from_year": 2023, "is_percent": True}
    for figures in (yearly(2023, -150), yearly(2023, -150, 5, 5)):
        verdict = judged("average_growth", 5, figures, **growth)
        assert (verdict.state, verdict.reason, GrowthSoFar.of(verdict)) == ("cannot_judge", "impossible_value", None)
    assert judged("average_growth", 5, yearly(2023, -100, 5, 5), **growth).state == "not_met"
    assert GrowthSoFar.of(judged("average_growth", 5, yearly(2023, -100), **growth)) is None


def test_growth_still_needed(judged: Judge) -> None:
    # 1.10 x 1.00 = 1.10 after two of four years; 1.05^4 = 1.21550625; sqrt(1.21550625 / 1.10) = 1.05119.
    growth = yearly(2022, "10.0", "0.0")
    verdict = judged("average_growth", 5.0, growth, kind="growth", unit="percent", from_year=2022, is_percent=True)
    so_far = GrowthSoFar.of(verdict)
    assert so_far is not None
    assert verdict.reason == "not_forecast"
    assert (so_far.years_left, so_far.needed) == (2, pytest.approx(5.119, abs=1e-3))


def test_average_growth_by_the_level_at_both_ends(judged: Judge) -> None:
    # 100 in 2022, 5 % a year in 2023, 2024 and 2025: 100 x 1.05^3 = 115.7625.
    met = judged("average_growth", 5, {"2022": "100", "2025": "116"}, from_year=2023, is_percent=True)
    missed = judged("average_growth", 5, {"2022": "100", "2025": "115"}, from_year=2023, is_percent=True)
    assert (met.state, missed.state) == ("met", "not_met")
    assert met.threshold == pytest.approx(115.7625)


def test_a_part_of_a_whole_is_judged_on_the_count(judged: Judge) -> None:
    # 18 of 20 sections are 90 %: 71 of 80 are 88.75, 72 of 80 exactly 90.
    more = {"kind": "rate", "unit": "percent", "value_high": 20, "is_percent": True}
    assert judged("share_of", 18, {"2025": "90.0"}, n="80", passed="72", **more).state == "met"
    assert judged("share_of", 18, {"2025": "88.8"}, n="80", passed="71", **more).state == "not_met"
    assert judged("share_of", 18, {"2025": "18"}, unit="sites", kind="yearly_count", value_high=20).state == "met"
    assert judged("share_of", 18, {"2025": "17"}, unit="sites", kind="yearly_count", value_high=20).state == "not_met"


def test_a_share_printed_as_reached_is_not_reached_by_its_count(judged: Judge) -> None:
    # 899 of 999 are 89.99, printed 90.0: 18 of 20 would be 899.1.
    more = {"kind": "rate", "unit": "percent", "value_high": 20, "is_percent": True}
    assert judged("share_of", 18, {"2025": "90.0"}, n="999", passed="899", **more).state == "not_met"


def test_places_in_a_ranking(judged: Judge) -> None:
    assert judged("rank_within", 20, {"2025": "20"}, kind="rank", unit="rank").state == "met"
    assert judged("rank_within", 20, {"2025": "21"}, kind="rank", unit="rank").state == "not_met"
    seven = judged("rank_within", 20, yearly(2018, 30, 28, 29, 26, 25, 23, 22), kind="rank", unit="rank")
    assert (seven.reason, seven.probability) == ("too_few_ranks", None)
    pace = Pace.beside(seven)
    assert pace is not None
    # From 22 in 2024 to 20 in 2025: two places in one year.
    assert pace.needed == -2


@pytest.mark.parametrize(
    ("values", "day", "state"),
    [
        # Due by June 2025. Done in May: met. Done in September: not met. Not done at the end of June: not met.
        ({"2025-05": "1"}, NOW, "met"),
        ({"2025-09": "1"}, NOW, "not_met"),
        ({"2025-06": "0"}, NOW, "not_met"),
        # Done some time in 2025 leaves it open; not done in March says nothing of June.
        ({"2025": "1"}, NOW, "cannot_judge"),
        ({"2025-03": "0"}, date(2025, 6, 30), "open"),
        ({"2025-03": "0"}, date(2025, 7, 1), "awaiting"),
        ({"2025-03": "0"}, date(2027, 7, 1), "never_published"),
    ],
)
def test_done_by_a_month(judged: Judge, values: dict[str, str], day: date, state: str) -> None:
    assert judged("done_by", None, values, unit="flag", due="2025-06", on=day).state == state


def test_a_path_of_one_year_goes_on_to_the_goal() -> None:
    """30 in 2024 and 25 in 2025 go down, though the table of the way names 2024 alone."""
    row = {"indicator_id": INDICATOR, "region_id": PLACE, "rule": "reach_by_path", "value": 25, "target_year": 2025}
    goal = Goal.of(row | {"path": ((2024, 30.0),)})
    assert goal.path == ((2024, 30.0), (2025, 25.0))
    assert (goal.direction, goal.at(2024, 30.0).direction) == (-1, -1)
    assert Goal.of(row | {"path": ((2024, 30.0), (2025, 25.0))}) == goal


def test_a_second_source_settles_no_month(judged: Judge, catalog_of: CatalogMaker) -> None:
    """The source to use says that it was not done by June; another one, left aside, says that it was."""
    made = [
        observation(INDICATOR, PLACE, "2025-06", value, source, preferred=preferred)
        for value, source, preferred in (("0", "yearbook-2026", "2"), ("1", "press-2025", "0"))
    ]
    goal = Goal(INDICATOR, PLACE, "done_by", None, 2025, due="2025-06")
    changed = {
        name: [row | {"unit": "flag"} if row["indicator_id"] == INDICATOR else row for row in evidence_tables()[name]]
        for name in ("indicators", "targets")
    }
    verdict = judge(catalog_of(made, **changed), goal, NOW)
    assert verdict.state == "not_met"


def test_each_year_of_a_path_is_judged_and_the_last_decides(judged: Judge) -> None:
    path = ((2023, 85.0), (2024, 88.0), (2025, 90.0))
    verdict = judged("reach_by_path", 90, yearly(2023, 84.9, 88.3, "90.0"), path=path)
    assert [each.state for each in verdict.path] == ["not_met", "met", "met"]
    assert verdict.state == "met"
    # A path that goes down asks for at most its values.
    down = judged("reach_by_path", 25, yearly(2024, 30, 26), path=((2024, 30.0), (2025, 25.0)))
    assert [each.state for each in down.path] == ["met", "not_met"]
    assert down.state == "not_met"


STEADY = yearly(2014, "76.0", "77.1", "78.9", "79.5", "81.2", "82.0", "83.6", "84.4", "86.0", "86.7")


def drawn(made: object, horizon: int) -> np.ndarray:
    """Return figures drawn from a forecast's quantile function, printed with one decimal."""
    levels = np.random.default_rng(7).uniform(size=DRAWS)
    values = np.interp(levels, made.levels, made.quantiles[made.row(horizon)])  # type: ignore[attr-defined]
    return np.round(values, 1)


@pytest.mark.parametrize(
    ("rule", "value", "more", "reaches"),
    [
        ("at_most", 88.5, {}, lambda y: y <= 88.5),
        ("above", 88.5, {}, lambda y: y > 88.5 + 1e-9),
        ("below", 88.5, {}, lambda y: y < 88.5 - 1e-9),
        ("between", 87.0, {"value_high": 89.5}, lambda y: (y >= 87 - 1e-9) & (y <= 89.5 + 1e-9)),
        ("change_from_baseline", 16.4, {"baseline_year": 2014, "is_percent": True}, lambda y: y >= 76 * 1.164 - 1e-9),
        ("average_growth", 1.4, {"from_year": 2015, "is_percent": True}, lambda y: y >= 76 * 1.014**11 - 1e-9),
    ],
)
def test_probabilities_are_those_of_printed_figures(
    judged: Judge, catalog_of: CatalogMaker, rule: str, value: float, more: dict[str, object], reaches: Callable
) -> None:
    verdict = judged(rule, value, STEADY, **more)
    assert verdict.forecast is not None
    share = float(np.mean(reaches(drawn(verdict.forecast, 2))))
    assert verdict.probability == pytest.approx(np.clip(share, 0.03, 0.97), abs=0.012)


def test_a_fall_has_the_joint_probability_of_its_paths(judged: Judge, catalog_of: CatalogMaker) -> None:
    values = yearly(2014, *(f"{40 - 0.9 * step + 0.4 * (step % 2):.1f}" for step in range(10)))
    verdict = judged("falling", None, values, baseline_year=2021)
    assert verdict.series is not None
    catalog = catalog_with(catalog_of, values)
    group = class_of(catalog, INDICATOR)
    assert group is not None
    paths = SimulatedPaths.of(verdict.series.values(), group, 2, unit=0.1, obs_sd=verdict.series.rounding())
    made = forecast_series(catalog, verdict.series, 2025)
    assert paths is not None
    assert made is not None
    last, baseline = float(values["2023"]), float(values["2021"])
    shares = []
    for model in made.models:
        kept = [
            first <= last + 0.02 and second <= first + 0.02 and second < baseline - 0.02
            for first, second in paths.by_model[model][:6000]
        ]
        shares.append(sum(kept) / len(kept))
    assert verdict.probability == pytest.approx(float(np.mean(shares)), abs=0.02)


def test_a_path_ahead_has_a_joint_probability_below_that_of_its_end(judged: Judge) -> None:
    verdict = judged("reach_by_path", 88.5, STEADY, path=((2023, 86.0), (2024, 87.8), (2025, 88.5)))
    assert verdict.probability is not None
    assert verdict.path_probability is not None
    assert verdict.path_probability < verdict.probability
    assert [each.state for each in verdict.path] == ["met", "awaiting", "awaiting"]


def test_a_ranking_of_eight_places_has_a_probability(judged: Judge) -> None:
    ranks = (30, 28, 29, 26, 25, 23, 22, 22)
    verdict = judged("rank_within", 20, yearly(2016, *ranks), kind="rank", unit="rank")
    made = forecast([float(rank) for rank in ranks], RANK, 2, lower=1.0, unit=1.0)
    assert made is not None
    levels = np.random.default_rng(7).uniform(size=DRAWS)
    places = np.rint(np.interp(levels, made.levels, made.quantiles[made.row(2)]))
    assert verdict.probability == pytest.approx(float(np.mean(places <= 20)), abs=0.012)


def test_a_part_of_a_whole_moves_by_whole_parts(judged: Judge) -> None:
    # Of 20 sections one is 5 points, so 18 are reached from 87.5 % on.
    more = {"kind": "rate", "unit": "percent", "value_high": 20, "is_percent": True}
    verdict = judged("share_of", 18, STEADY, **more)
    assert verdict.forecast is not None
    levels = np.random.default_rng(7).uniform(size=DRAWS)
    values = np.interp(levels, verdict.forecast.levels, verdict.forecast.quantiles[verdict.forecast.row(2)])
    assert verdict.probability == pytest.approx(float(np.mean(values >= 87.5)), abs=0.012)


def test_the_pace_to_a_range_is_to_its_nearer_end(judged: Judge) -> None:
    # 86.7 in 2023, 90 to 95 in 2025: 3.3 in two years; from above it would be the upper end.
    verdict = judged("between", 90, STEADY, value_high=95)
    pace = Pace.beside(verdict)
    assert pace is not None
    assert pace.needed == pytest.approx(1.65)
    above = Pace.beside(judged("between", 70, STEADY, value_high=80))
    assert above is not None
    assert above.needed == pytest.approx(-3.35)


def test_beyond_three_years_only_the_pace_is_told(judged: Judge) -> None:
    verdict = judged("reach_by_path", 95, STEADY, path=((2025, 89.0), (2030, 95.0)), year=2030)
    assert (verdict.reason, verdict.probability, verdict.path_probability) == ("too_far", None, None)
    pace = Pace.beside(verdict)
    assert pace is not None
    # 95 - 86.7 = 8.3 in seven years.
    assert pace.needed == pytest.approx(8.3 / 7)

"""The forecast engine: closed forms, hard series, refusals, and properties. All series here are made up."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from qualitybook.analysis.damped_trend import fit_damped_trend
from qualitybook.analysis.error_table import LevelEstimate, filter_local_level, mixture_quantiles, step_scale
from qualitybook.analysis.forecast import (
    LEVELS,
    Orientation,
    forecast,
    probability_at_least,
    probability_rising,
    quantiles,
    share_below,
)
from qualitybook.analysis.scales import (
    BOUNDED_INDEX,
    CLASSES,
    INDEX,
    PASS_RATE,
    SHARE,
    ClassConstants,
    ErrorTable,
    series_class,
)
from qualitybook.errors import ImpossibleValueError

RATES = [97.0, 97.8, 98.1, 98.0, 98.4, 98.6, 98.5]
COUNTS = [120.0, 131.0, 150.0, 149.0, 171.0, 190.0, 188.0, 204.0]
TAILS = np.array([0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975])

NORMAL_TABLE = ErrorTable(TAILS, (1, 3, 10), (1, 2, 3), np.broadcast_to(stats.norm.ppf(TAILS), (3, 3, 7)))


def plain_constants(**changes: float) -> ClassConstants:
    """Return constants that make model B a Gaussian random walk, unless changed."""
    numbers = {
        "step": 0.1,
        "noise_ratio": 0.0,
        "trend_ratio": 0.0,
        "damping": 0.0,
        "prior_weight": 1.0,
        "prior_step": 0.1,
    }
    return ClassConstants(**{**numbers, **changes}, table=NORMAL_TABLE)


rates = st.lists(st.floats(0, 100), min_size=4, max_size=12)
positive = st.lists(st.floats(0.01, 1e6), min_size=4, max_size=12)


# Known answers


def test_error_table_model_follows_its_formula():
    z = np.log(COUNTS)
    steps = np.diff(z)
    scale = np.sqrt((np.sum(steps**2) + 0.1**2) / 8)
    expected = z[-1] + 0.5 * 2 * steps.mean() + scale * np.sqrt(2) * stats.norm.ppf(0.9)
    made = forecast(COUNTS, INDEX, 2, models=("A",), constants=plain_constants(), levels=TAILS)
    assert np.log(made.quantiles[1, 5]) == pytest.approx(expected)


def test_state_space_equals_the_random_walk_in_closed_form():
    z = np.log(COUNTS)
    steps = np.diff(z)
    freedom = 1.0 + steps.size
    variance = (0.1**2 + np.sum(steps**2)) / freedom
    made = forecast(COUNTS, INDEX, 3, models=("B",), constants=plain_constants(), levels=TAILS)
    for horizon in (1, 2, 3):
        expected = z[-1] + np.sqrt(horizon * variance) * stats.t.ppf(TAILS, freedom)
        np.testing.assert_allclose(np.log(made.quantiles[horizon - 1]), expected, rtol=1e-9)


def test_state_space_carries_a_damped_trend():
    # The first trend is free (large variance) and the values lie on a damped line, so the filter finds it exactly.
    trend = 0.1 * 0.9 ** np.arange(1, 8)
    z = np.concatenate([[0.0], np.cumsum(trend)])
    constants = plain_constants(trend_ratio=1e6, damping=0.9)
    fit = fit_damped_trend(z, np.arange(8.0), 2, constants)
    expected = z[-1] + np.cumsum(0.1 * 0.9 ** np.arange(8, 10))
    np.testing.assert_allclose(fit.locations[0], expected, atol=1e-4)


def test_missing_years_widen_the_random_walk_by_the_gap():
    values = [100.0, np.nan, np.nan, 110.0, 121.0, 100.0]
    z, years = np.log([100, 110, 121, 100]), np.array([0.0, 3.0, 4.0, 5.0])
    steps = np.diff(z) / np.sqrt(np.diff(years))
    assert step_scale(z, years, 0.1) == pytest.approx(np.sqrt((np.sum(steps**2) + 0.01) / 4))
    made = forecast(values, INDEX, 1, constants=plain_constants(), levels=TAILS)
    expected = z[-1] + np.sqrt((0.01 + np.sum(steps**2)) / 4.0) * stats.t.ppf(TAILS, 4.0)
    np.testing.assert_allclose(np.log(made.quantiles_b[0]), expected, rtol=1e-9)
    assert made.flags == ("few_values", "missing_years")


def test_local_level_filter_equals_the_gaussian_posterior():
    # Two values with noise v and a step of variance q: the level is the precision-weighted mean.
    z, years = np.array([1.0, 2.0]), np.array([0.0, 1.0])
    level, variance, _ = filter_local_level(z, years, np.array([0.5]), np.array([[1.0, 1.0]]))
    assert variance[0] == pytest.approx(1 / (1 / 1.5 + 1 / 1.0))
    assert level[0] == pytest.approx(variance[0] * (1.0 / 1.5 + 2.0))


def test_observation_variance_vanishes_smoothly():
    z, years = np.log(COUNTS), np.arange(8.0)
    exact, nearly = (LevelEstimate.of(z, years, 0.1, np.full(8, v)) for v in (0.0, 1e-10))
    assert nearly.step == pytest.approx(exact.step, rel=2e-3)
    assert nearly.level == pytest.approx(exact.level, abs=1e-6)


def test_mixture_of_one_normal_is_that_normal():
    found = mixture_quantiles(np.array([3.0]), np.array([2.0]), None, TAILS)
    np.testing.assert_allclose(found, 3 + 2 * stats.norm.ppf(TAILS), atol=2e-3)


def test_both_models_are_averaged_on_the_modelling_scale():
    made = forecast(COUNTS, INDEX, 2)
    np.testing.assert_allclose(made.quantiles, np.sqrt(made.quantiles_a * made.quantiles_b), rtol=1e-9)


def test_pass_rates_take_model_a_alone():
    made = forecast(RATES, PASS_RATE, 2)
    np.testing.assert_array_equal(made.quantiles, made.quantiles_a)
    assert made.median(1) == pytest.approx(98.5, abs=0.05)


def test_probability_is_read_from_the_quantiles():
    levels, values = np.array([0.1, 0.5, 0.9]), np.array([10.0, 20.0, 40.0])
    assert share_below(levels, values, 30.0) == pytest.approx(0.7)
    assert share_below(levels, values, 5.0) == 0.0
    assert share_below(levels, values, 50.0) == 1.0


def test_an_atom_counts_towards_meeting_the_target_both_ways():
    levels, values = np.array([0.1, 0.5, 0.9]), np.array([98.0, 100.0, 100.0])
    assert share_below(levels, values, 100.0) <= 0.5
    assert share_below(levels, values, 100.0, inclusive=True) == 1.0


def test_target_at_the_last_value_is_about_even_for_a_pass_rate():
    assert probability_at_least(RATES, "rate", 1, 98.5) == pytest.approx(0.5, abs=0.06)


def test_public_functions_agree_with_the_engine():
    made = forecast(RATES, PASS_RATE, 3)
    found = quantiles(RATES, "rate", 3, [0.9, 0.1])
    assert found.shape == (3, 2)
    assert found[1, 1] == pytest.approx(made.interval(0.8, 2)[0], abs=1e-9)
    assert found[1, 0] == pytest.approx(made.interval(0.8, 2)[1], abs=1e-9)
    assert probability_at_least(RATES, "rate", 2, 98.0) == made.probability(98.0, 2)


# The step of a series


def test_the_step_of_a_series_by_hand():
    z, years = np.array([0.0, 0.03, 0.01, 0.05]), np.arange(4.0)
    own = np.sqrt((0.03**2 + 0.02**2 + 0.04**2 + 0.01 * 0.2**2 + 4 * 0.005**2) / 3.01)
    found = step_scale(z, years, 0.2, weight=0.01, shrinkage=0.75, grain=0.005)
    assert found == pytest.approx(own ** (3 / 3.75) * 0.2 ** (0.75 / 3.75))
    assert step_scale(z[:1], years[:1], 0.2, weight=0.01, shrinkage=0.75) == pytest.approx(0.2)


@pytest.mark.parametrize("kind", [SHARE, BOUNDED_INDEX, INDEX, PASS_RATE], ids=lambda kind: kind.code)
@pytest.mark.parametrize("step", [0.003, 0.03, 0.3])
def test_ranges_follow_the_steps_of_the_series(kind, step):
    # Random walks made here: whatever their step, the range of the next year spans two to five steps.
    draws = np.random.default_rng(3)
    widths = []
    for _ in range(20):
        z = np.cumsum(step * draws.standard_normal(9))
        made = forecast(kind.transform([50.0]).inverse(z - z[-1]), kind, 1, unit=0.0)
        widths.append(float(np.diff(kind.transform([50.0]).forward(made.interval(0.8, 1)))[0]))
    assert 2.0 < np.median(widths) / step < 5.0


def test_a_smooth_index_between_bounds_has_a_sensible_range():
    # An index from 60 to 100 that moves a third of a point a year does not leave three points in the next.
    kind = series_class("index", "", "index", 60, 100)
    values = [83.7, 84.0, 84.2, 84.4, 84.6, 84.9, 85.0, 85.3, 85.6]
    lower, upper = forecast(values, kind, 1, lower=60, upper=100, unit=0.01).interval(0.8, 1)
    assert lower <= 85.6 < upper
    assert 0.2 < upper - lower < 1.5
    lower, upper = forecast(values, kind, 3, lower=60, upper=100, unit=0.01).interval(0.95, 3)
    assert 84 < lower < upper < 89


def test_the_printed_unit_keeps_an_unmoved_series_from_being_certain():
    whole, fine = (forecast([97.0] * 6, PASS_RATE, 1, unit=unit).interval(0.95, 1) for unit in (1.0, 0.01))
    assert np.ptp(whole) > 1.0 > 5 * np.ptp(fine)
    assert forecast([97.0] * 6, PASS_RATE, 1).interval(0.95, 1) == whole


def test_a_drift_is_carried_from_eight_values_on():
    line = list(np.exp(0.1 * np.arange(9)))
    constants = plain_constants()
    short, long = (
        forecast(line[:n], INDEX, 1, models=("A",), constants=constants, levels=[0.5]).quantiles[0, 0] / line[n - 1]
        for n in (7, 8)
    )
    assert short == pytest.approx(1.0)
    assert np.log(long) == pytest.approx(0.05)


def test_the_noisier_the_values_the_nearer_their_step_to_that_of_the_class():
    z, years = np.log(COUNTS), np.arange(8.0)
    steps = [
        LevelEstimate.of(z, years, 1.0, np.full(8, noise), weight=0.01, shrinkage=0.75).step
        for noise in (1e-8, 0.01, 1.0)
    ]
    assert steps[0] < steps[1] < steps[2] <= 1.0


# Hard series


@pytest.mark.parametrize(("values", "series"), [([100.0] * 6, PASS_RATE), ([7.0] * 5, INDEX), ([0.0] * 5, INDEX)])
def test_a_constant_series_keeps_its_value_but_not_for_certain(values, series):
    made = forecast(values, series, 3)
    assert "constant" in made.flags
    assert np.all(np.isfinite(made.quantiles))
    lower, upper = made.interval(0.95, 3)
    assert lower <= values[0] <= upper
    assert lower < upper


def test_values_at_the_ceiling():
    made = forecast([99.0, 100.0, 98.5, 100.0, 100.0], PASS_RATE, 2)
    assert made.quantiles.max() <= 100
    assert made.probability(100.0, 1) < 0.75
    assert made.probability(100.0, 1, at_most=True) == 0.97


@pytest.mark.parametrize("values", [[], [98.0], [98.0, np.nan, 97.0, 99.0], [np.nan] * 9])
def test_fewer_than_four_values_are_declined(values):
    assert forecast(values, PASS_RATE, 1) is None
    assert quantiles(values, "rate", 1, [0.5]) is None
    assert probability_at_least(values, "rate", 1, 98) is None


def test_years_after_the_last_value_count_towards_the_lead():
    made = forecast([*COUNTS, np.nan], INDEX, 3)
    assert (made.gap, made.leads, made.last_index) == (1, (2, 3, 4), 7)
    np.testing.assert_allclose(made.quantiles[0], forecast(COUNTS, INDEX, 2).quantiles[1])
    assert made.probability(200, 2) is not None
    assert made.probability(200, 3) is None
    assert made.probability(200, 3, at_most=True) is None
    assert {"stale", "far"} <= set(made.flags)


def test_percentages_forget_values_before_the_latest_ten():
    early, late = [60.0, 99.0, 40.0], list(np.linspace(90, 95, 10))
    np.testing.assert_array_equal(
        forecast(early + late, SHARE, 2).quantiles,
        forecast(late, SHARE, 2).quantiles,
    )
    assert forecast(early + late, SHARE, 2).n == 10


def test_bounds_clip_the_quantiles():
    made = forecast([93.0, 94.0, 96.0, 98.0, 99.0], INDEX, 3, lower=60, upper=100)
    assert made.quantiles.max() == 100
    assert made.probability(100.5, 1) == 0.03


def test_rounded_values_widen_the_forecast():
    exact = forecast(COUNTS, INDEX, 1)
    about = forecast(COUNTS, INDEX, 1, obs_sd=[0, 0, 0, 0, 0, 0, 0, 20])
    assert np.ptp(about.interval(0.8, 1)) > np.ptp(exact.interval(0.8, 1))
    assert "inexact" in about.flags
    assert "inexact" not in exact.flags
    np.testing.assert_array_equal(forecast(COUNTS, INDEX, 1, obs_sd=0.0).quantiles, exact.quantiles)


def test_models_that_disagree_are_flagged():
    constants = plain_constants(trend_ratio=10.0, damping=1.0)
    line = list(np.exp(np.arange(8) * 0.3))
    made = forecast(line, INDEX, 3, constants=constants)
    assert "methods_disagree" in made.flags
    assert made.methods_disagree(float(line[-1] * np.exp(0.7)), 3)
    assert "methods_disagree" not in forecast([5.0, 5.1, 5.0, 5.1, 5.0, 5.1, 5.0], INDEX, 1).flags


# Refusals


@pytest.mark.parametrize(
    ("values", "kind"),
    [([98, 99, 101, 97], "rate"), ([-1, 4, 5, 6], "count"), ([3, np.inf, 4, 5], "index"), ([-0.1, 4, 5, 6], "share")],
)
def test_impossible_values_are_refused(values, kind):
    with pytest.raises(ImpossibleValueError):
        quantiles(values, kind, 1, [0.5])


@pytest.mark.parametrize(
    "values",
    [
        pd.Series(RATES, index=range(2017, 2024)),
        np.array(RATES),
        tuple(RATES),
        np.ma.array([*RATES, 3.0], mask=[False] * 7 + [True])[:7],
    ],
    ids=["pandas", "numpy", "tuple", "masked"],
)
def test_every_usual_sequence_gives_the_same_answer(values):
    assert np.array_equal(quantiles(values, "rate", 3, TAILS), quantiles(RATES, "rate", 3, TAILS))


@pytest.mark.parametrize(
    "values",
    [
        [97.0, None, 98.1, 98.0, 98.4],
        pd.Series([97.0, pd.NA, 98.1, 98.0, 98.4], dtype="Float64"),
        np.ma.array([97.0, 50.0, 98.1, 98.0, 98.4], mask=[0, 1, 0, 0, 0]),
    ],
    ids=["none", "pandas", "masked"],
)
def test_every_usual_mark_of_a_missing_year_is_understood(values):
    assert np.array_equal(
        quantiles(values, "rate", 2, TAILS), quantiles([97.0, np.nan, 98.1, 98.0, 98.4], "rate", 2, TAILS)
    )


def test_missing_years_in_front_change_nothing():
    assert np.array_equal(quantiles([np.nan, np.nan, *RATES], "rate", 3, TAILS), quantiles(RATES, "rate", 3, TAILS))


@pytest.mark.parametrize("values", ["98.1", {2023: 98.0}, [RATES], 98.0, pd.DataFrame({"rate": RATES}), iter(RATES)])
def test_what_is_no_sequence_of_numbers_is_refused(values):
    with pytest.raises(ValueError, match="yearly values must be"):
        quantiles(values, "rate", 1, [0.5])


@pytest.mark.parametrize("levels", [[0.5, np.nan], [0.0], [1.0], [-0.1, 0.5], [[0.1, 0.9]]])
def test_levels_outside_the_open_interval_are_refused(levels):
    with pytest.raises(ValueError, match="probability levels"):
        quantiles(RATES, "rate", 1, levels)


@pytest.mark.parametrize("horizon", [0, -1, 1.5, np.nan, np.inf])
def test_a_horizon_is_a_whole_number_of_years(horizon):
    with pytest.raises(ValueError, match="horizon"):
        quantiles(RATES, "rate", horizon, [0.5])
    with pytest.raises(ValueError, match="horizon"):
        probability_at_least(RATES, "rate", horizon, 98.0)


def test_quantiles_reach_further_than_probabilities():
    assert quantiles(RATES, "rate", 5, TAILS).shape == (5, 7)
    assert probability_at_least(RATES, "rate", 3, 98.0) is not None
    assert probability_at_least(RATES, "rate", 4, 98.0) is None


def test_a_target_is_a_number():
    with pytest.raises(ValueError, match="target"):
        probability_at_least(RATES, "rate", 1, np.nan)
    assert probability_at_least(RATES, "rate", 1, np.inf) == 0.03


def test_wrong_questions_are_refused():
    with pytest.raises(ValueError, match="kind"):
        quantiles(RATES, "growth", 1, [0.5])
    with pytest.raises(ValueError, match="horizon"):
        forecast(RATES, PASS_RATE, 0)
    with pytest.raises(ValueError, match="levels"):
        quantiles(RATES, "rate", 1, [0.5, 1.0])
    with pytest.raises(ValueError, match="models"):
        forecast(RATES, PASS_RATE, 1, models=("C",))
    with pytest.raises(ValueError, match="negative"):
        forecast(RATES, PASS_RATE, 1, obs_sd=-1)
    with pytest.raises(ValueError, match="one-dimensional"):
        forecast([RATES], PASS_RATE, 1)
    made = forecast(RATES, PASS_RATE, 1)
    with pytest.raises(KeyError):
        made.median(2)
    with pytest.raises(ValueError, match="outside"):
        made.interval(0.999, 1)


# Few values


def test_orientation_uses_the_class_and_the_last_value_only():
    one, three = (Orientation.of(values, PASS_RATE, 1) for values in ([98.0], [90.0, 99.0, 98.0]))
    assert (one.lower, one.centre, one.upper) == (three.lower, three.centre, three.upper)
    assert one.lower < 98 < one.upper <= 100
    assert three.last_index == 2


def test_orientation_widens_with_the_lead_and_then_stops():
    near, far = Orientation.of([50.0], SHARE, 1), Orientation.of([50.0, np.nan], SHARE, 2)
    assert far.lead == 3
    assert far.lower < near.lower < near.upper < far.upper
    assert Orientation.of([50.0, np.nan], SHARE, 3) is None
    assert Orientation.of([np.nan], SHARE, 1) is None
    assert Orientation.of([98.0], PASS_RATE, 1, upper=98.2).upper == 98.2


# Rising


def test_a_fair_random_walk_rises_twice_a_quarter_of_the_time():
    values = list(np.exp([0.0, 0.1, 0.0, 0.1, 0.0, 0.1, 0.0, 0.1, 0.0]))
    made = probability_rising(values, INDEX, 8, 2, constants=plain_constants())
    assert made.by_model["A"] == pytest.approx(0.25, abs=0.02)
    assert made.by_model["B"] == pytest.approx(0.25, abs=0.02)
    assert made.probability == pytest.approx(0.25, abs=0.02)


def test_one_step_of_rising_agrees_with_the_forecast():
    made = probability_rising(COUNTS, INDEX, len(COUNTS) - 1, 1)
    own = forecast(COUNTS, INDEX, 1).model_probabilities(COUNTS[-1], 1)
    for model in ("A", "B"):
        assert made.by_model[model] == pytest.approx(own[model], abs=0.02)


def test_rising_is_harder_than_ending_above_the_baseline():
    made = probability_rising(COUNTS, INDEX, 5, 2)
    above = forecast(COUNTS, INDEX, 2).model_probabilities(COUNTS[5], 2)
    assert made.by_model["A"] < above["A"]
    assert made.by_model["B"] < above["B"]


def test_a_steady_rise_near_its_end_is_neither_a_coin_toss_nor_a_certainty():
    values = [2.00, 2.10, 2.34, 2.48, 2.63, 2.87, 3.10, 3.12, 3.43, 3.44]
    made = probability_rising(values, SHARE, 8, 2, unit=0.01)
    assert 0.35 < made.probability < 0.85


def test_print_unit_and_missing_years_in_rising():
    strict, printed = (probability_rising(COUNTS, INDEX, 0, 2, unit=unit) for unit in (0.0, 1.0))
    assert printed.probability > strict.probability, "a value printed like the one before is no fall"
    waiting = probability_rising([*COUNTS, np.nan], INDEX, 0, 1)
    assert waiting.lead == 2
    assert waiting.by_model == strict.by_model
    assert probability_rising([*COUNTS, np.nan], INDEX, 0, 3) is None
    assert probability_rising(COUNTS[:3], INDEX, 0, 1) is None


def test_rising_is_the_event_of_the_verdict():
    """With one year to go the figure rises, as printed, exactly if it is printed above the baseline."""
    values = [90.0, 90.5, 91.0, 91.5, 92.0]
    made = probability_rising(values, PASS_RATE, 4, 1, unit=0.5)
    chance = forecast(values, PASS_RATE, 1, unit=0.5).model_probabilities(92.25, 1)
    assert made.by_model["A"] == pytest.approx(chance["A"], abs=0.01)


def test_rising_gives_the_same_answer_twice():
    first, second = (probability_rising(COUNTS, INDEX, 5, 3, obs_sd=1.0) for _ in range(2))
    assert first == second


def test_rising_refuses_a_missing_baseline():
    with pytest.raises(ValueError, match="baseline"):
        probability_rising([*COUNTS, np.nan], INDEX, 8, 1)
    with pytest.raises(ValueError, match="unit"):
        probability_rising(COUNTS, INDEX, 5, 1, unit=-1)


def test_simulated_paths_agree_with_the_quantiles_of_model_b():
    constants = CLASSES["index"].constants
    fit = fit_damped_trend(np.log(COUNTS), np.arange(8.0), 3, constants)
    paths = fit.simulate(3, 40_000, np.random.default_rng(1))
    np.testing.assert_allclose(np.quantile(paths, TAILS, axis=0).T, fit.quantiles(TAILS), atol=0.02)


# Properties


@settings(max_examples=40, deadline=None)
@given(rates, st.sampled_from([PASS_RATE, SHARE]))
def test_intervals_are_nested_and_inside_the_support(values, series):
    made = forecast(values, series, 3)
    for horizon in made.horizons:
        inner, outer = made.interval(0.5, horizon), made.interval(0.95, horizon)
        assert 0 <= outer[0] <= inner[0] <= made.median(horizon) <= inner[1] <= outer[1] <= 100


@settings(max_examples=40, deadline=None)
@given(positive, st.lists(st.floats(0, 1e7), min_size=2, max_size=6))
def test_probabilities_fall_as_the_target_rises(values, targets):
    made = forecast(values, INDEX, 2)
    found = [made.probability(target, 2) for target in sorted(targets)]
    assert all(0.03 <= p <= 0.97 for p in found)
    assert all(np.diff(found) <= 1e-12)
    for target in targets:
        assert made.probability(target, 2, at_most=True) + made.probability(target, 2) == pytest.approx(1, abs=0.03)


@settings(max_examples=40, deadline=None)
@given(positive, st.floats(0.01, 1000))
def test_counts_scale_with_their_unit(values, factor):
    plain, scaled = (quantiles(np.array(values) * k, "index", 2, TAILS) for k in (1.0, factor))
    np.testing.assert_allclose(scaled, plain * factor, rtol=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.one_of(st.floats(0, 100), st.just(np.nan)), max_size=14), st.integers(1, 6))
def test_any_possible_series_is_forecast_or_declined(values, horizon):
    found = quantiles(values, "rate", horizon, LEVELS)
    if np.isfinite(values).sum() < 4:
        assert found is None
    else:
        assert found.shape == (horizon, LEVELS.size)
        assert np.all(np.isfinite(found))
        assert np.all(np.diff(found, axis=1) >= 0)


@settings(max_examples=20, deadline=None)
@given(positive, st.floats(0.001, 0.2))
def test_inexact_values_give_increasing_quantiles(values, share):
    made = forecast(values, INDEX, 2, obs_sd=share * np.array(values))
    assert np.all(np.isfinite(made.quantiles))
    assert np.all(np.diff(made.quantiles, axis=1) >= 0)

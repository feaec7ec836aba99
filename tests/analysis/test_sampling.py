"""Sampling error: published intervals, pooling, and forecasts from counts. Data are made up."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualitybook.analysis.counts import (
    Interval,
    forecast_counts,
    pooled_rate,
    sample_probabilities,
    sample_too_small,
)
from qualitybook.analysis.forecast import forecast
from qualitybook.analysis.scales import PASS_RATE
from qualitybook.errors import ImpossibleValueError

SIZES = [1000, 1200, 900, 1100, 1000, 1300, 1250, 1000]
PASSED = [970, 1165, 880, 1072, 975, 1275, 1222, 979]


@pytest.mark.parametrize(
    ("passed", "n", "lower", "upper"),
    [
        # Newcombe (1998), Statistics in Medicine 17, table I, exact method.
        (81, 263, 0.2527, 0.3676),
        (15, 148, 0.0578, 0.1617),
        (0, 20, 0.0000, 0.1684),
        (1, 29, 0.0009, 0.1776),
    ],
)
def test_clopper_pearson_as_published(passed, n, lower, upper):
    found = Interval.clopper_pearson(passed, n)
    assert (found.lower, found.upper) == pytest.approx((100 * lower, 100 * upper), abs=0.006)


def test_all_passed_follows_the_closed_form():
    assert Interval.clopper_pearson(100, 100).lower == pytest.approx(100 * 0.025 ** (1 / 100))
    assert Interval.clopper_pearson(100, 100).upper == 100


def test_the_exact_interval_covers_at_least_what_it_says():
    n, rate = 60, 0.97
    weights = sample_probabilities(np.array([rate]), n, 1.0)[0]
    intervals = [Interval.clopper_pearson(passed, n) for passed in range(n + 1)]
    covered = sum(w for w, i in zip(weights, intervals, strict=True) if i.lower <= 100 * rate <= i.upper)
    assert covered >= 0.95


def test_pooling_leaves_incomplete_periods_out():
    assert pooled_rate([100, np.nan, 300], [90, 5, 297]) == pytest.approx(387 / 400)


@pytest.mark.parametrize(("n", "passed"), [(10, 11), (0, 0), (10, -1), (np.inf, 3)])
def test_impossible_counts_are_refused(n, passed):
    with pytest.raises(ImpossibleValueError):
        Interval.clopper_pearson(passed, n)


def test_no_complete_period_is_refused():
    with pytest.raises(ImpossibleValueError):
        pooled_rate([np.nan, 10], [3, np.nan])


@settings(deadline=None)
@given(st.floats(0.01, 0.99), st.integers(2, 80), st.floats(1, 8))
def test_sample_probabilities_have_the_mean_and_variance_they_promise(rate, items, dispersion):
    factor = min(dispersion, 1 + 0.9 * (items - 1))
    weights = sample_probabilities(np.array([rate]), items, factor)[0]
    good = np.arange(items + 1)
    mean = weights @ good
    assert weights.sum() == pytest.approx(1)
    assert mean == pytest.approx(items * rate)
    assert weights @ (good - mean) ** 2 == pytest.approx(factor * items * rate * (1 - rate), rel=1e-6)


def test_sample_too_small():
    assert sample_too_small(98.5, 90, 95.0)
    assert sample_too_small(98.0, 1000, 97.7)
    assert not sample_too_small(98.0, 5000, 97.0)
    with pytest.raises(ImpossibleValueError):
        sample_too_small(98.0, 0, 97.0)


def test_huge_samples_agree_with_the_plain_forecast():
    made = forecast_counts(np.array(SIZES) * 10**6, np.array(PASSED) * 10**6, 3)
    plain = forecast(100 * np.array(PASSED) / np.array(SIZES), PASS_RATE, 3)
    tails = [0.025, 0.1, 0.5, 0.9, 0.975]
    np.testing.assert_allclose(made.true_rate.quantiles, plain.quantiles, atol=0.02)
    for level in tails:
        for horizon in (1, 3):
            assert made.published.quantile(level, horizon) == pytest.approx(plain.quantile(level, horizon), abs=0.02)


def test_millions_of_batches_do_not_make_a_rate_certain():
    made = forecast_counts(np.array(SIZES) * 10**6, np.array(PASSED) * 10**6, 1)
    lower, upper = made.true_rate.interval(0.8, 1)
    assert upper - lower > 0.5


@pytest.mark.parametrize("scale", [0.06, 1, 10])
def test_the_reported_figure_is_less_certain_than_the_true_rate(scale):
    sizes = np.round(np.array(SIZES) * scale)
    made = forecast_counts(sizes, np.round(np.array(PASSED) * scale), 2)
    for horizon in (1, 2):
        true, reported = made.true_rate.interval(0.8, horizon), made.published.interval(0.8, horizon)
        assert reported[0] <= true[0] + 100 / sizes[-1]
        assert made.sample == sizes[-1]


def test_the_sampling_draw_matches_between_its_exact_and_its_normal_form():
    small = forecast_counts(SIZES, PASSED, 1, n_future=299).published
    large = forecast_counts(SIZES, PASSED, 1, n_future=301).published
    for target in (97.0, 98.0, 98.5):
        assert small.probability(target, 1) == pytest.approx(large.probability(target, 1), abs=0.08)


def test_all_passed_every_year_is_not_certain():
    made = forecast_counts([30] * 6, [30] * 6, 1)
    assert made.true_rate.interval(0.8, 1)[0] < 99.9


def test_noise_that_reverses_is_read_as_overdispersion():
    calm = forecast_counts([2000] * 8, [1940, 1942, 1939, 1941, 1940, 1938, 1941, 1940], 1)
    noisy = forecast_counts([2000] * 8, [1910, 1970, 1908, 1972, 1909, 1971, 1910, 1969], 1)
    assert noisy.true_rate.dispersion > 2 * calm.true_rate.dispersion


def test_missing_counts_fall_back_on_published_rates():
    n = [1000, np.nan, 900, 1100, 1000, np.nan]
    passed = [970, np.nan, np.nan, 1072, 975, np.nan]
    made = forecast_counts(n, passed, 1, values=[np.nan, 97.1, 97.8, np.nan, np.nan, np.nan])
    assert (made.true_rate.n, made.true_rate.gap) == (5, 1)
    assert made.sample == 1000


def test_counts_are_refused_where_they_make_no_sense():
    with pytest.raises(ImpossibleValueError):
        forecast_counts([100] * 5, [101] * 5, 1)
    with pytest.raises(ImpossibleValueError):
        forecast_counts([np.nan] * 5, [np.nan] * 5, 1, values=[99.0] * 5)
    with pytest.raises(ImpossibleValueError):
        forecast_counts([100] * 5, [np.nan] * 5, 1, values=[101.0] * 5)
    with pytest.raises(ImpossibleValueError):
        forecast_counts([100] * 5, [99] * 5, 1, n_future=0)
    assert forecast_counts([100] * 3, [99] * 3, 1) is None


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(20, 3000), min_size=4, max_size=8), st.floats(0.8, 1))
def test_count_forecasts_are_quantile_functions_of_a_rate(sizes, rate):
    passed = [round(size * rate) for size in sizes]
    made = forecast_counts(sizes, passed, 2)
    for answer in (made.true_rate, made.published):
        assert np.all(np.isfinite(answer.quantiles))
        assert np.all(np.diff(answer.quantiles, axis=1) >= -1e-9)
        assert answer.quantiles.min() >= 0
        assert answer.quantiles.max() <= 100

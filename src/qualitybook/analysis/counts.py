"""Forecasts of pass rates whose sample sizes are known: the true rate, and the figure that will be reported.

The sampling variance of a year's rate enters the observation equation, ``V_t = D (dg/dp)^2 p (1 - p) / N_t``, with
``p`` the pooled rate of the series (a year's own would be zero at 100 %) and ``D`` the overdispersion between periods.
The step variance then runs over a grid of 21 values, weighted by prior and likelihood. ``D`` is estimated together with
it from the years themselves: noise between periods reverses in the next year, a step of the level does not. However
many items are inspected, the step of the level stays, so millions of batches do not make a rate certain.

The reported figure adds the sampling draw of the year to come: binomial, or beta-binomial where ``D`` exceeds one.

Sampling error of pass rates stands here too: exact intervals, and pooling over periods.
Counts are items inspected (`n`) and items that passed (`passed`); rates and intervals are in percent unless stated.

References
----------
Clopper and Pearson (1934), Biometrika 26, 404-413.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaln, gammaln, ndtri

from qualitybook.analysis.error_table import FINE_SCORES, FINE_WEIGHTS, blurred_quantiles
from qualitybook.analysis.forecast import Forecast, ask, forecast_history, read_history
from qualitybook.analysis.scales import LOGIT, PASS_RATE, FloatArray
from qualitybook.errors import ImpossibleValueError

_SAMPLING_FACTOR = 1.96
"""Standard errors that the difference of two rates must exceed to be told from the luck of the draw."""


@dataclass(frozen=True)
class Interval:
    """An interval in percent."""

    lower: float
    upper: float
    """Ends, in percent."""

    @classmethod
    def clopper_pearson(cls, passed: float, n: float, level: float = 0.95) -> Interval:
        """Return the exact binomial confidence interval of a rate; ImpossibleValueError if the counts are at odds."""
        # Imported here because statsmodels takes longer to load than most callers of this module need.
        from statsmodels.stats.proportion import proportion_confint

        check_counts(n, passed)
        low, high = proportion_confint(passed, n, alpha=1.0 - level, method="beta")
        return cls(100.0 * float(low), 100.0 * float(high))


def check_counts(n: ArrayLike, passed: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return counts (scalars or shape (T,), NaN where missing) as floats of one shape, or refuse them.

    ImpossibleValueError if a count is negative or infinite, none was inspected, or more passed than were inspected.
    """
    inspected, good = np.broadcast_arrays(np.asarray(n, dtype=float), np.asarray(passed, dtype=float))
    if np.any(np.isinf(inspected)) or np.any(inspected <= 0):
        raise ImpossibleValueError("at least one item inspected")
    if np.any(good < 0) or np.any(good > inspected):
        raise ImpossibleValueError("no more passed than were inspected, and none below zero")
    return inspected, good


def pooled_rate(n: ArrayLike, passed: ArrayLike) -> float:
    """Return the rate of all periods together; periods with a missing count are left out.

    ImpossibleValueError if the counts contradict each other or no period is complete.
    """
    inspected, good = (np.atleast_1d(item) for item in check_counts(n, passed))
    known = np.isfinite(inspected) & np.isfinite(good)
    if not known.any():
        raise ImpossibleValueError("a period with both counts", "none")
    return float(good[known].sum() / inspected[known].sum())


def sampling_error_of_difference(n: ArrayLike, rates: ArrayLike) -> float | None:
    """Return what sampling alone may move two rates apart, 1.96 standard errors under one pooled rate.

    In percentage points, from the items inspected and the rates in percent of both periods; None where a number
    inspected is unknown. That rates vary between years by more than sampling is for the caller to judge: no
    overdispersion is added here.
    """
    inspected, percent = np.asarray(n, dtype=float), np.asarray(rates, dtype=float)
    if not np.isfinite(inspected).all():
        return None
    rate = pooled_rate(inspected, inspected * percent / 100.0)
    return float(100.0 * _SAMPLING_FACTOR * np.sqrt(rate * (1.0 - rate) * np.sum(1.0 / inspected)))


_DISPERSIONS = np.array([1.0, 2.0, 4.0, 8.0, 16.0])
"""Factors on the sampling variance that are weighed against each other."""

_NORMAL_SAMPLE = 300
"""Sample size from which the normal form of the sampling draw is as good as the exact one."""

_SMALLEST_SAMPLE = 100
"""Sample size below which a probability about a target of 98.5 % or more means little."""

_HIGH_TARGET = 98.5
"""Target, in percent, from which the smallest sample size applies."""


@dataclass(frozen=True)
class Outlook:
    """How a series goes on."""

    published: Forecast
    """The figure that will be published."""
    true_rate: Forecast | None = None
    """The rate of all items, where sample sizes are known."""
    sample: float | None = None
    """Items inspected in the last year in which that is known; the years to come are taken to inspect as many."""


def sample_too_small(target: float, n: float, last: float, movement: float = 0.0) -> bool:
    """Tell whether samples of `n` items are too small for a probability of a rate, in percent, to mean anything.

    That is so if the sampling deviation at the target exceeds half the distance to it and half the movement, or if
    fewer than 100 items are inspected for a target of 98.5 % or more; give the exact interval of the last value
    instead. The movement is how far the rate itself may move until the target year, in points, such as half its 80 %
    interval: sampling error that is small beside it does not matter, however near the last rate is to the target.

    ImpossibleValueError if nothing was inspected or a rate is not between 0 and 100.
    """
    if not n > 0 or not 0 <= target <= 100 or not 0 <= last <= 100:
        raise ImpossibleValueError("a positive sample, and rates between 0 and 100")
    deviation = 100.0 * np.sqrt(target / 100.0 * (1.0 - target / 100.0) / n)
    few = n < _SMALLEST_SAMPLE and target >= _HIGH_TARGET
    return bool(few or deviation > max(abs(target - last), movement) / 2.0)


def forecast_counts(
    n: ArrayLike,
    passed: ArrayLike,
    horizon: int,
    *,
    values: ArrayLike | None = None,
    obs_sd: ArrayLike | None = None,
    n_future: float | None = None,
    lower: float | None = None,
    upper: float | None = None,
    models: Iterable[str] | None = None,
) -> Outlook | None:
    """Forecast a pass rate whose yearly sample sizes are known; None with fewer than four years.

    The counts are NaN where unknown, shape (T,). Published rates in percent (`values`) are used where `passed` is
    unknown; a year with a rate but without a sample size takes the median sample size of the others. `obs_sd` is the
    standard deviation of the rounding of each rate, in points, NaN or 0 where exact; `n_future` the sample size of the
    years to come, the last known one by default.

    ImpossibleValueError if counts contradict each other, no sample size is known, or a published rate is impossible;
    ValueError if the horizon is not valid.
    """
    inspected, rates = _inspected_and_rates(n, passed, values)
    size = np.where(np.isfinite(inspected), inspected, np.nanmedian(inspected))
    used = np.where(np.isfinite(rates), size, np.nan)
    question = ask(horizon, None, lower, upper)
    # Half an item passed and half an item failed keep the pooled rate off 0 and 1.
    pooled = float((np.nansum(used * rates / 100.0) + 0.5) / (np.nansum(used) + 1.0))
    deviation = 100.0 * np.sqrt(pooled * (1.0 - pooled) / size)
    variances = LOGIT.variance(np.full(size.shape, 100.0 * pooled), deviation)
    if obs_sd is not None:
        variances = variances + LOGIT.variance(rates, np.nan_to_num(np.asarray(obs_sd, dtype=float)))
    history = read_history(rates, PASS_RATE, variances=variances, unit=0.0)
    true_rate = forecast_history(history, PASS_RATE, question, models, PASS_RATE.constants, _DISPERSIONS)
    if true_rate is None:
        return None
    future = float(inspected[np.isfinite(inspected)][-1] if n_future is None else n_future)
    return Outlook(_report_of(true_rate, future), true_rate, future)


def _inspected_and_rates(n: ArrayLike, passed: ArrayLike, values: ArrayLike | None) -> tuple[FloatArray, FloatArray]:
    """Return the items inspected and the rates in percent of each year, published ones where the counts give none."""
    inspected, good = check_counts(n, passed)
    rates = 100.0 * good / inspected
    if values is not None:
        rates = LOGIT.check(np.where(np.isfinite(rates), rates, np.asarray(values, dtype=float)))
    if not np.isfinite(inspected).any():
        raise ImpossibleValueError("a period whose sample size is known", "none")
    return inspected, rates


def _report_of(true_rate: Forecast, n_future: float) -> Forecast:
    """Return the forecast of the figure that a sample of at least one item will show, from that of the true rate."""
    if n_future < 1:
        raise ImpossibleValueError("at least one item inspected")
    drawn = replace(
        true_rate,
        quantiles_a=_with_draw(true_rate, true_rate.quantiles_a, n_future),
        quantiles_b=_with_draw(true_rate, true_rate.quantiles_b, n_future),
        quantiles=_with_draw(true_rate, true_rate.quantiles, n_future),
    )
    return drawn.flag_disagreement()


def _with_draw(true_rate: Forecast, quantiles: FloatArray, n_future: float) -> FloatArray:
    """Return quantiles of a sample's rate in percent from those of the true rate in percent, shape (H, L)."""
    return np.array([_row_with_draw(true_rate, row, n_future) for row in quantiles])


def _row_with_draw(true_rate: Forecast, quantiles: FloatArray, n_future: float) -> FloatArray:
    """Return the same for one horizon, shape (L,)."""
    rates = np.interp(FINE_SCORES, ndtri(true_rate.levels), quantiles) / 100.0
    if n_future >= _NORMAL_SAMPLE:
        drawn = blurred_quantiles(rates, true_rate.dispersion * rates * (1.0 - rates) / n_future, true_rate.levels)
        return 100.0 * np.clip(drawn, 0.0, 1.0)
    items = round(n_future)
    cumulative = np.cumsum(FINE_WEIGHTS @ sample_probabilities(rates, items, true_rate.dispersion))
    return 100.0 * np.minimum(np.searchsorted(cumulative, true_rate.levels - 1e-12), items) / items


def sample_probabilities(rates: FloatArray, items: int, dispersion: float) -> FloatArray:
    """Return the probability of each number of passing items, 0 to N, at each of K true rates, 0..1: shape (K, N + 1).

    Binomial at a dispersion D of 1, else beta-binomial with variance ``D N p (1 - p)``.
    """
    good = np.arange(items + 1)
    bad = items - good
    ways = gammaln(items + 1) - gammaln(good + 1) - gammaln(bad + 1)
    p = np.clip(rates, 1e-12, 1.0 - 1e-12)[:, None]
    excess = min(max(dispersion - 1.0, 0.0) / max(items - 1.0, 1.0), 0.99)
    if excess < 1e-9:
        return np.exp(ways + good * np.log(p) + bad * np.log1p(-p))
    strength = 1.0 / excess - 1.0
    alpha, beta = p * strength, (1.0 - p) * strength
    return np.exp(ways + betaln(good + alpha, bad + beta) - betaln(alpha, beta))

"""Sampling error of pass rates: exact intervals, pooling over periods, and overdispersion between them.

Counts are items inspected (`n`) and items that passed (`passed`); rates and intervals are in percent unless stated.

References
----------
Clopper and Pearson (1934), Biometrika 26, 404-413; the Pearson dispersion factor is
the chi-squared statistic over its degrees of freedom (McCullagh and Nelder 1989, section 4.5).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from qualitybook.analysis.transforms import FloatArray


class ImpossibleCountsError(ValueError):
    """Counts contradict each other, such as more items passed than were inspected."""


SAMPLING_FACTOR = 1.96
"""Standard errors that the difference of two rates must exceed to be told from the luck of the draw."""


@dataclass(frozen=True)
class Interval:
    """An interval in percent.

    Attributes
    ----------
    lower, upper : float
        Ends, in percent.
    """

    lower: float
    upper: float


def check_counts(n: ArrayLike, passed: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return counts as floats, or refuse them.

    Parameters
    ----------
    n, passed : array_like
        Items inspected and items passed, scalars or shape (T,), NaN where missing.

    Returns
    -------
    n, passed : numpy.ndarray
        The same as floats of one shape.

    Raises
    ------
    ImpossibleCountsError
        If a count is negative or infinite, none was inspected, or more passed than were inspected.
    """
    inspected, good = np.broadcast_arrays(np.asarray(n, dtype=float), np.asarray(passed, dtype=float))
    if np.any(np.isinf(inspected)) or np.any(inspected <= 0):
        raise ImpossibleCountsError("at least one item must be inspected")
    if np.any(good < 0) or np.any(good > inspected):
        raise ImpossibleCountsError("the number passed must lie between zero and the number inspected")
    return inspected, good


def clopper_pearson(passed: float, n: float, level: float = 0.95) -> Interval:
    """Return the exact binomial confidence interval of a rate.

    Parameters
    ----------
    passed, n : float
        Items passed and inspected.
    level : float, optional
        Confidence level.

    Returns
    -------
    Interval
        Clopper-Pearson interval in percent.

    Raises
    ------
    ImpossibleCountsError
        If the counts contradict each other.
    """
    # Imported here because statsmodels takes longer to load than most callers of this module need.
    from statsmodels.stats.proportion import proportion_confint

    check_counts(n, passed)
    low, high = proportion_confint(passed, n, alpha=1.0 - level, method="beta")
    return Interval(100.0 * float(low), 100.0 * float(high))


def pooled_rate(n: ArrayLike, passed: ArrayLike) -> float:
    """Return the rate of all periods together.

    Parameters
    ----------
    n, passed : array_like
        Items inspected and passed by period, shape (T,); periods with a missing count are left out.

    Returns
    -------
    float
        Items passed over items inspected, 0..1.

    Raises
    ------
    ImpossibleCountsError
        If the counts contradict each other or no period is complete.
    """
    inspected, good = _complete(n, passed)
    return float(good.sum() / inspected.sum())


def overdispersion(n: ArrayLike, passed: ArrayLike) -> float:
    """Return how much more the rates of periods vary than sampling from one common rate would make them.

    Parameters
    ----------
    n, passed : array_like
        Items inspected and passed by period, shape (T,); periods with a missing count are left out.

    Returns
    -------
    float
        Pearson's chi-squared over its degrees of freedom, at least 1; 1 for a single period or where all or none
        passed. Real change between periods counts as overdispersion here.

    Raises
    ------
    ImpossibleCountsError
        If the counts contradict each other or no period is complete.
    """
    inspected, good = _complete(n, passed)
    rate = good.sum() / inspected.sum()
    if inspected.size < 2 or rate in (0.0, 1.0):
        return 1.0
    statistic = np.sum((good - inspected * rate) ** 2 / (inspected * rate * (1.0 - rate)))
    return max(1.0, float(statistic / (inspected.size - 1)))


def pooled_interval(n: ArrayLike, passed: ArrayLike, level: float = 0.95) -> Interval:
    """Return the exact interval of the pooled rate, with the sample shrunk by the overdispersion between periods.

    Parameters
    ----------
    n, passed : array_like
        Items inspected and passed by period, shape (T,).
    level : float, optional
        Confidence level.

    Returns
    -------
    Interval
        Clopper-Pearson interval in percent for the effective counts ``n / D`` and ``passed / D``.

    Raises
    ------
    ImpossibleCountsError
        If the counts contradict each other or no period is complete.
    """
    inspected, good = _complete(n, passed)
    factor = overdispersion(inspected, good)
    return clopper_pearson(float(good.sum()) / factor, float(inspected.sum()) / factor, level)


def sampling_error_of_difference(n: ArrayLike, rates: ArrayLike) -> float | None:
    """Return what sampling alone may move two rates apart, 1.96 standard errors under one pooled rate.

    That rates vary between years by more than sampling is for the caller to judge: no overdispersion is added here.

    Parameters
    ----------
    n, rates : array_like
        Items inspected and rates in percent of two periods, shape (2,).

    Returns
    -------
    float or None
        Percentage points; None where a number inspected is unknown.
    """
    inspected, percent = np.asarray(n, dtype=float), np.asarray(rates, dtype=float)
    if not np.isfinite(inspected).all():
        return None
    rate = pooled_rate(inspected, inspected * percent / 100.0)
    return float(100.0 * SAMPLING_FACTOR * np.sqrt(rate * (1.0 - rate) * np.sum(1.0 / inspected)))


def _complete(n: ArrayLike, passed: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return the counts of the periods in which both are known."""
    inspected, good = (np.atleast_1d(item) for item in check_counts(n, passed))
    known = np.isfinite(inspected) & np.isfinite(good)
    if not known.any():
        raise ImpossibleCountsError("no period has both counts")
    return inspected[known], good[known]

"""Fit error tables: weighted quantiles of the scaled errors that model A made on public series.

The error table of a class holds weighted quantiles of ``(z_{n+h} - centre) / (S sqrt(h))`` (see
`qualitybook.analysis.error_table`), over every origin of every series, each data set weighing the same and each series
the same within its data set. The quantiles are then smoothed over the length n of the history. Classes without drift
get a symmetric table: a rise and a fall are then equally likely, which no public family of rates contradicts for good.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from public_series import PublicSeries
from scipy.special import ndtri

from qualitybook.analysis.error_table import GRAIN_WEIGHT
from qualitybook.analysis.forecast import FULL_HISTORY
from qualitybook.analysis.scales import ErrorTable

FloatArray = NDArray[np.float64]

LOWER_LEVELS = (0.005, 0.01, 0.0175, 0.025, 0.0375, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45)
LEVELS = np.array([*LOWER_LEVELS, 0.5, *(round(1 - level, 4) for level in reversed(LOWER_LEVELS))])
HISTORY = (1, 3, 4, 5, 6, 7, 8, 9, 10)
HORIZONS = (1, 2, 3, 4, 5, 6)
LONGEST_HISTORY = HISTORY[-1]
# Whole percents that stay the same are an atom at zero error. A published rate has decimals, so the atom is spread.
KERNEL = 0.1 * ndtri((np.arange(9) + 0.5) / 9)


@dataclass(frozen=True)
class StepRule:
    """How model A takes the step size of a series, see `qualitybook.analysis.error_table`.

    Attributes
    ----------
    step : float
        Class step ``s0``.
    weight, shrinkage : float
        Observed steps it counts for in the mean square (``w``) and in the geometric mean (``k``).
    """

    step: float
    weight: float
    shrinkage: float

    def sizes(self, steps: FloatArray, grains: FloatArray) -> FloatArray:
        """Return the step size of each history, shape (K,), from its steps, shape (K, m), and its grain, shape (K,)."""
        count = steps.shape[1]
        squares = np.sum(steps**2, axis=1) + self.weight * self.step**2 + GRAIN_WEIGHT * grains**2
        share = count / (count + self.shrinkage)
        return np.asarray((squares / (count + self.weight)) ** (share / 2) * self.step ** (1 - share))


def errors_of(series: PublicSeries, drift: float, rule: StepRule, n: int, horizon: int) -> FloatArray:
    """Return the scaled errors of model A at every origin of a series that has enough years on both sides.

    Parameters
    ----------
    series : PublicSeries
        The series.
    drift : float
        Share of the mean step carried forward by histories that are long enough.
    rule : StepRule
        How the step size is taken.
    n, horizon : int
        Length of the history and years ahead.

    Returns
    -------
    numpy.ndarray
        Errors in units of ``S sqrt(h)``, shape (E,), empty where the series is too short.
    """
    z = series.scaled
    # Every length of history is fitted on the same outcomes, so that rows differ by the history alone.
    first = max(n, min(LONGEST_HISTORY, z.size - horizon))
    if first > z.size - horizon:
        return np.empty(0)
    chosen = slice(first - n, z.size - horizon - n + 1)
    past = np.lib.stride_tricks.sliding_window_view(z, n)[chosen]
    future = z[first + horizon - 1 :]
    # A single value is judged by the class alone, so its printed unit does not count.
    grains = series.grains(n)[chosen] if n > 1 else np.zeros(len(past))
    scale = rule.sizes(np.diff(past, axis=1), grains)
    trend = (past[:, -1] - past[:, 0]) / (n - 1) if n >= FULL_HISTORY else np.zeros(len(past))
    return np.asarray((future - past[:, -1] - drift * horizon * trend) / (scale * np.sqrt(horizon)))


def scaled_quantiles(series: Iterable[PublicSeries], drift: float, rule: StepRule, n: int, horizon: int) -> FloatArray:
    """Return weighted quantiles of the scaled errors of many series, each data set weighing the same.

    Parameters
    ----------
    series : iterable of PublicSeries
        The series.
    drift : float
        Share of the mean step carried forward by histories that are long enough.
    rule : StepRule
        How the step size is taken.
    n, horizon : int
        Length of the history and years ahead.

    Returns
    -------
    numpy.ndarray
        Quantiles at `LEVELS`, in units of ``S sqrt(h)``.
    """
    found = [(item.family, errors_of(item, drift, rule, n, horizon)) for item in series]
    usable = [(family, np.add.outer(errors, KERNEL).ravel()) for family, errors in found if errors.size]
    sizes = Counter(family for family, _ in usable)
    errors = np.concatenate([part for _, part in usable])
    weights = np.concatenate([np.full(part.size, 1.0 / (part.size * sizes[family])) for family, part in usable])
    order = np.argsort(errors, kind="stable")
    middle = np.cumsum(weights[order]) - 0.5 * weights[order]
    return np.interp(LEVELS * weights.sum(), middle, errors[order])


def fit_table(series: list[PublicSeries], drift: float, rule: StepRule) -> ErrorTable:
    """Return the error table of a class, fitted on some series.

    Parameters
    ----------
    series : list of PublicSeries
        The series to fit on.
    drift : float
        Share of the mean step that the class carries forward.
    rule : StepRule
        How the step size is taken.

    Returns
    -------
    ErrorTable
        Table smoothed over the length of the history; symmetric for a class without drift.
    """
    raw = [[scaled_quantiles(series, drift, rule, n, h) for h in HORIZONS] for n in HISTORY]
    smoothed = smooth(np.array(raw))
    if drift == 0.0:
        smoothed = (smoothed - smoothed[..., ::-1]) / 2
    return ErrorTable(LEVELS, HISTORY, HORIZONS, smoothed)


def smooth(raw: FloatArray) -> FloatArray:
    """Smooth quantiles over the length of the history; a single value stands alone.

    A parabola in 1/n for histories without drift and a straight line for those that carry one, since the error itself
    changes where the drift comes in.

    Parameters
    ----------
    raw : numpy.ndarray
        Quantiles, shape (len(HISTORY), len(HORIZONS), L).

    Returns
    -------
    numpy.ndarray
        Smoothed quantiles, increasing in the level, same shape.
    """
    lengths = np.array(HISTORY)
    fitted = raw.copy()
    for chosen, terms in (((lengths > 1) & (lengths < FULL_HISTORY), 3), (lengths >= FULL_HISTORY, 2)):
        basis = np.vander(1.0 / lengths[chosen], terms)
        fitted[chosen] = np.einsum("ij,jhl->ihl", basis @ np.linalg.pinv(basis), raw[chosen])
    return np.sort(fitted, axis=-1)

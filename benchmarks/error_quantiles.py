"""Fit error tables: weighted quantiles of the scaled errors that model A made on public series.

The error table of a class holds weighted quantiles of ``(z_{n+h} - centre) / (S sqrt(h))`` (see
`qualitybook.analysis.error_table`), over every origin of every series, each data set weighing the same and each series
the same within its data set. The quantiles are then smoothed over the length n of the history.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from public_series import PublicSeries
from scipy.special import ndtri

from qualitybook.analysis.error_table import ErrorTable
from qualitybook.analysis.scales import SeriesClass

FloatArray = NDArray[np.float64]

LOWER_LEVELS = (0.005, 0.01, 0.0175, 0.025, 0.0375, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45)
LEVELS = np.array([*LOWER_LEVELS, 0.5, *(round(1 - level, 4) for level in reversed(LOWER_LEVELS))])
HISTORY = (1, 3, 4, 5, 6, 7, 8, 9, 10)
HORIZONS = (1, 2, 3, 4, 5, 6)
LONGEST_HISTORY = HISTORY[-1]
# Whole percents that stay the same are an atom at zero error. A published rate has decimals, so the atom is spread.
KERNEL = 0.1 * ndtri((np.arange(9) + 0.5) / 9)


@dataclass(frozen=True, eq=False)
class ScaledErrors:
    """Scaled errors of one history length and horizon, in increasing order.

    Attributes
    ----------
    errors, weights : numpy.ndarray
        Errors in units of ``S sqrt(h)`` and their weights, shape (E,).
    clusters : numpy.ndarray
        Cluster of each error, shape (E,).
    """

    errors: FloatArray
    weights: FloatArray
    clusters: NDArray[np.str_]

    def quantiles(self, left_out: str | None = None) -> FloatArray:
        """Return weighted quantiles at the table's levels, one cluster left out where asked.

        Parameters
        ----------
        left_out : str, optional
            Cluster to leave out.

        Returns
        -------
        numpy.ndarray
            Quantiles, shape (L,).
        """
        weights = (
            self.weights if left_out is None else np.where(self._codes == self._names.get(left_out), 0, self.weights)
        )
        middle = np.cumsum(weights) - 0.5 * weights
        return np.interp(LEVELS * weights.sum(), middle, self.errors)

    @cached_property
    def _names(self) -> dict[str, int]:
        return {name: code for code, name in enumerate(np.unique(self.clusters))}

    @cached_property
    def _codes(self) -> NDArray[np.int_]:
        # Numbers compare many times faster than names.
        return np.unique(self.clusters, return_inverse=True)[1]


def errors_of(series: PublicSeries, drift: float, step: float, n: int, horizon: int) -> FloatArray:
    """Return the scaled errors of model A at every origin of a series that has enough years on both sides.

    Parameters
    ----------
    series : PublicSeries
        The series.
    drift : float
        Share of the mean step carried forward.
    step : float
        Class step.
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
    past = np.lib.stride_tricks.sliding_window_view(z, n)[first - n : z.size - horizon - n + 1]
    future = z[first + horizon - 1 :]
    steps = np.diff(past, axis=1)
    scale = np.sqrt((np.sum(steps**2, axis=1) + step**2) / n)
    trend = (past[:, -1] - past[:, 0]) / max(n - 1, 1)
    return (future - past[:, -1] - drift * horizon * trend) / (scale * np.sqrt(horizon))


def collect(series: Iterable[PublicSeries], drift: float, step: float, n: int, horizon: int) -> ScaledErrors:
    """Return the scaled errors of many series, each data set weighing the same.

    Parameters
    ----------
    series : iterable of PublicSeries
        The series.
    drift : float
        Share of the mean step carried forward.
    step : float
        Class step.
    n, horizon : int
        Length of the history and years ahead.

    Returns
    -------
    ScaledErrors
        Errors in increasing order.
    """
    found = [(item, errors_of(item, drift, step, n, horizon)) for item in series]
    usable = [(item, errors) for item, errors in found if errors.size]
    sizes: dict[str, int] = {}
    for item, _ in usable:
        sizes[item.family] = sizes.get(item.family, 0) + 1
    spread = [(item, np.add.outer(part, KERNEL).ravel()) for item, part in usable]
    errors = np.concatenate([part for _, part in spread])
    weights = np.concatenate([np.full(part.size, 1.0 / (part.size * sizes[item.family])) for item, part in spread])
    clusters = np.concatenate([np.full(part.size, item.cluster) for item, part in spread])
    order = np.argsort(errors, kind="stable")
    return ScaledErrors(errors[order], weights[order], clusters[order])


class TableFitter:
    """Fits the error table of a class from a set of series, whole or with one cluster left out.

    Parameters
    ----------
    series : list of PublicSeries
        The series to fit on.
    kind : SeriesClass
        Class they are treated as.
    step : float
        Class step.
    """

    def __init__(self, series: list[PublicSeries], kind: SeriesClass, step: float) -> None:
        self._cells = [[collect(series, kind.drift, step, n, h) for h in HORIZONS] for n in HISTORY]

    def table(self, left_out: str | None = None) -> ErrorTable:
        """Return the fitted table.

        Parameters
        ----------
        left_out : str, optional
            Cluster to leave out.

        Returns
        -------
        ErrorTable
            Table smoothed over the length of the history.
        """
        raw = np.array([[cell.quantiles(left_out) for cell in row] for row in self._cells])
        return ErrorTable(LEVELS, HISTORY, HORIZONS, smooth(raw))


def smooth(raw: FloatArray) -> FloatArray:
    """Smooth quantiles over the length of the history by a parabola in 1/n; a single value stands alone.

    Parameters
    ----------
    raw : numpy.ndarray
        Quantiles, shape (len(HISTORY), len(HORIZONS), L).

    Returns
    -------
    numpy.ndarray
        Smoothed quantiles, increasing in the level, same shape.
    """
    inverse = 1.0 / np.array(HISTORY[1:], dtype=float)
    basis = np.vander(inverse, 3)
    hat = basis @ np.linalg.pinv(basis)
    fitted = np.einsum("ij,jhl->ihl", hat, raw[1:])
    return np.sort(np.concatenate([raw[:1], fitted]), axis=-1)

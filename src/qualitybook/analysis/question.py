"""What is asked of a forecast: horizons, probability levels and the support to keep to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from qualitybook.analysis.transforms import FloatArray, Transform

LEVELS = np.round(np.arange(0.005, 0.9951, 0.005), 3)
"""Probability levels at which a forecast keeps its quantiles, 0.5 % to 99.5 %."""


@dataclass(frozen=True, eq=False)
class Question:
    """Which years and levels are asked for, and the support to keep to.

    Attributes
    ----------
    horizons : tuple of int
        Years after the last position of the sequence, length H.
    levels : numpy.ndarray
        Probability levels, increasing, shape (L,).
    lower, upper : float or None
        Bounds the value cannot leave.
    """

    horizons: tuple[int, ...]
    levels: FloatArray
    lower: float | None
    upper: float | None

    def on_original_scale(self, quantiles: FloatArray, transform: Transform) -> FloatArray:
        """Return quantiles of the modelling scale on the original scale, within the support.

        Parameters
        ----------
        quantiles : numpy.ndarray
            Quantiles on the modelling scale, any shape.
        transform : Transform
            The modelling scale.

        Returns
        -------
        numpy.ndarray
            Quantiles on the original scale, same shape.
        """
        lower = -np.inf if self.lower is None else self.lower
        upper = np.inf if self.upper is None else self.upper
        return np.clip(transform.inverse(quantiles), lower, upper)


def ask(horizon: int, levels: ArrayLike | None, lower: float | None, upper: float | None) -> Question:
    """Return what is asked for, checked.

    Parameters
    ----------
    horizon : int
        Largest horizon in years after the last position of the sequence.
    levels : array_like or None
        Probability levels, increasing; None for 0.5 % to 99.5 % by half points.
    lower, upper : float or None
        Bounds the value cannot leave.

    Returns
    -------
    Question
        What is asked for.

    Raises
    ------
    ValueError
        If the horizon is not a whole number of at least one, or the levels do not increase inside (0, 1).
    """
    grid = LEVELS if levels is None else read_levels(levels)
    if np.any(np.diff(grid) <= 0):
        raise ValueError("probability levels must increase")
    return Question(tuple(range(1, whole_years(horizon) + 1)), grid, lower, upper)


def whole_years(horizon: float) -> int:
    """Return a horizon as a whole number of years.

    Parameters
    ----------
    horizon : int
        Years ahead; a float that is whole counts as well.

    Returns
    -------
    int
        The same.

    Raises
    ------
    ValueError
        If it is not a whole number of at least one.
    """
    if not (np.isfinite(horizon) and horizon == int(horizon) and horizon >= 1):
        raise ValueError(f"the horizon must be a whole number of years and at least one year, not {horizon!r}")
    return int(horizon)


def read_levels(levels: ArrayLike) -> FloatArray:
    """Return probability levels as floats.

    Parameters
    ----------
    levels : array_like
        One level or a sequence of them, in any order.

    Returns
    -------
    numpy.ndarray
        The levels, shape (L,).

    Raises
    ------
    ValueError
        If they are not one-dimensional or one is not inside (0, 1).
    """
    grid = np.atleast_1d(np.asarray(levels, dtype=float))
    if grid.ndim != 1 or not np.all((grid > 0) & (grid < 1)):
        raise ValueError("probability levels must be a sequence of numbers inside (0, 1)")
    return grid

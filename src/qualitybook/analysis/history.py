"""The fitted values of a yearly series on its modelling scale, read from whatever sequence a caller has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from qualitybook.analysis.error_table import mean_step
from qualitybook.analysis.scales import SeriesClass
from qualitybook.analysis.transforms import FloatArray, Transform

FULL_HISTORY = 8
"""Fitted values from which a series' own history carries the statement, and its drift is carried forward."""

MOST_DECIMALS = 6
"""Decimals beyond which values are taken to be computed, not printed."""


@dataclass(frozen=True, eq=False)
class History:
    """The fitted values of a series on the modelling scale.

    Attributes
    ----------
    z : numpy.ndarray
        Fitted values on the modelling scale, shape (n,).
    years : numpy.ndarray
        Their positions in the sequence, shape (n,).
    variances : numpy.ndarray or None
        Known observation variances on the modelling scale, shape (n,).
    length : int
        Length of the sequence, missing years included.
    transform : Transform
        The modelling scale.
    grain : float
        Unit of the last printed decimal, on the modelling scale at the last value; 0 where values are not rounded.
    """

    z: FloatArray
    years: FloatArray
    variances: FloatArray | None
    length: int
    transform: Transform
    grain: float = 0.0

    @property
    def n(self) -> int:
        """Number of fitted values."""
        return int(self.z.size)

    @property
    def trailing(self) -> int:
        """Number of missing years after the last fitted value."""
        return self.length - 1 - int(self.years[-1]) if self.n else self.length


def read_history(
    values: ArrayLike,
    series_class: SeriesClass,
    obs_sd: ArrayLike | None = None,
    variances: FloatArray | None = None,
    unit: float | None = None,
) -> History:
    """Return the fitted values of a sequence on the modelling scale of its class, the latest that its memory holds.

    Parameters
    ----------
    values : array_like
        Yearly values in order, NaN for a missing year, shape (T,).
    series_class : SeriesClass
        Class of the series.
    obs_sd : array_like, optional
        Standard deviation of each value on the original scale (a scalar, or shape (T,)); NaN or 0 where exact.
    variances : numpy.ndarray, optional
        Observation variances already on the modelling scale, shape (T,); replaces `obs_sd`.
    unit : float, optional
        Unit of the last printed decimal, such as 0.1, 0 for values that are not rounded. By default it is read from
        values between two bounds, whose size says how finely they are printed; elsewhere it is 0.

    Returns
    -------
    History
        The fitted values.

    Raises
    ------
    ImpossibleValueError
        If a value is impossible on the scale of its class.
    ValueError
        If the values are not a one-dimensional sequence of numbers or a standard deviation is negative.
    """
    sequence = read_sequence(values)
    transform = series_class.transform(sequence)
    z = transform.forward(sequence)
    seen = np.flatnonzero(np.isfinite(z))[-(series_class.memory or z.size) :]
    if variances is None and obs_sd is not None:
        spread = np.nan_to_num(np.broadcast_to(np.asarray(obs_sd, dtype=float), sequence.shape))
        if np.any(spread < 0):
            raise ValueError("a standard deviation cannot be negative")
        variances = transform.variance(sequence, spread)
    if unit is None:
        unit = float(printed_unit(sequence[seen])) if transform.name == "logit" else 0.0
    return History(
        z=z[seen],
        years=seen.astype(float),
        variances=None if variances is None else variances[seen],
        length=sequence.size,
        transform=transform,
        grain=unit * float(transform.slope(sequence[seen[-1]])) if seen.size else 0.0,
    )


def carried_drift(history: History, series_class: SeriesClass) -> float:
    """Return the yearly drift that model A carries forward: none below eight values, which do not tell a trend."""
    return series_class.drift * mean_step(history.z, history.years) if history.n >= FULL_HISTORY else 0.0


def printed_unit(values: FloatArray) -> FloatArray:
    """Return the unit of the last decimal to which all values are printed, 0 if they have more decimals than that.

    Parameters
    ----------
    values : numpy.ndarray
        Values on the original scale, shape (..., n).

    Returns
    -------
    numpy.ndarray
        1, 0.1, 0.01 ... or 0, shape (...).
    """
    unit = np.zeros(values.shape[:-1])
    for decimals in range(MOST_DECIMALS, -1, -1):
        scaled = values * 10.0**decimals
        unit = np.where(np.all(np.abs(scaled - np.round(scaled)) < 1e-6, axis=-1), 10.0**-decimals, unit)
    return unit


def read_sequence(values: ArrayLike) -> FloatArray:
    """Return yearly values as floats, missing years as NaN.

    Parameters
    ----------
    values : array_like
        Yearly values in order: a list, a tuple, a pandas Series (whose index is not looked at) or an array; NaN, None,
        a missing value of pandas or a masked entry marks a missing year.

    Returns
    -------
    numpy.ndarray
        The values, shape (T,).

    Raises
    ------
    ValueError
        If the values are not a one-dimensional sequence of numbers.
    """
    try:
        sequence: FloatArray = np.ma.filled(np.ma.array(values, dtype=float), np.nan)
    except (TypeError, ValueError) as error:
        raise ValueError("yearly values must be numbers, with NaN for a missing year") from error
    if sequence.ndim != 1:
        raise ValueError("yearly values must be a one-dimensional sequence")
    return sequence

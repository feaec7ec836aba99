"""The fitted values of a yearly series on its modelling scale, read from whatever sequence a caller has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from qualitybook.analysis.scales import SeriesClass
from qualitybook.analysis.transforms import FloatArray, Transform


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
    """

    z: FloatArray
    years: FloatArray
    variances: FloatArray | None
    length: int
    transform: Transform

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
    return History(
        z=z[seen],
        years=seen.astype(float),
        variances=None if variances is None else variances[seen],
        length=sequence.size,
        transform=transform,
    )


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

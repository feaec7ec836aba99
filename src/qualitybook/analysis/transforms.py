"""Scales on which yearly values are modelled, and the way back.

Four scales: ``logit`` for percentages and for other values between two bounds, ``log`` for positive quantities,
``log_half`` for counts that include zero, and ``identity``, for what none of these can hold. Every function works on
scalars and on arrays of any shape, and keeps NaN (a missing year) as NaN.

References
----------
The logit carries a margin of half a percentage point, ``g(y) = ln((y + e) / (100 + e - y))`` with ``e = 0.5``, which
keeps 0 % and 100 % finite; between other bounds it is taken of the value as a percentage of the way from the lower to
the upper one. The delta method is the first-order rule ``var g(y) = g'(y)^2 var y``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qualitybook.errors import QualitybookError

FloatArray = NDArray[np.float64]

_LOGIT_MARGIN = 0.5
"""Margin of the logit scale, in percentage points."""

_LOG_OFFSET = 0.5
"""Offset of the log scale for counts that include zero."""

_LARGEST_LOG = 700.0
"""Largest argument of the exponential that stays a finite double."""

_ROUNDING_NOISE = 1e-9
"""Distance outside the support that is put down to floating-point arithmetic, such as 100.00000000000001 %."""


class ImpossibleValueError(QualitybookError, ValueError):
    """A value lies outside what its scale allows, such as a rate of 101 % or a negative count."""

    def __init__(self, transform: str, value: float, allowed: str) -> None:
        super().__init__(f"value {value!r} is impossible on the {transform} scale: it must be {allowed}")
        self.transform = transform
        self.value = value


@dataclass(frozen=True)
class Transform:
    """One modelling scale."""

    name: str
    """``logit``, ``log``, ``log_half`` or ``identity``."""
    lower: float
    upper: float
    """Support on the original scale; values outside are impossible and inverses are clipped to it."""
    lower_open: bool
    """Whether the lower end itself is impossible (zero on the plain log scale)."""
    _forward: Callable[[Any], Any]
    _inverse: Callable[[Any], Any]
    _slope: Callable[[Any], Any]

    @property
    def allowed(self) -> str:
        """What the scale allows, in words."""
        if np.isfinite(self.upper):
            return f"between {self.lower:g} and {self.upper:g}"
        if np.isfinite(self.lower):
            return f"finite and {'above' if self.lower_open else 'at least'} {self.lower:g}"
        return "finite"

    def holds(self, values: ArrayLike) -> bool:
        """Tell whether every value (NaN aside) is possible on this scale."""
        try:
            self.check(values)
        except ImpossibleValueError:
            return False
        return True

    def check(self, values: ArrayLike) -> FloatArray:
        """Return the values as floats, or refuse them.

        Parameters
        ----------
        values
            Values on the original scale; NaN marks a missing year.

        Returns
        -------
        numpy.ndarray
            The same values as floats, same shape; a closed end overstepped by floating-point noise is put back.

        Raises
        ------
        ImpossibleValueError
            If a value is infinite or outside the support.
        """
        array = np.asarray(values, dtype=float)
        too_low = array <= self.lower if self.lower_open else array < self.lower - _ROUNDING_NOISE
        refused = array[np.isinf(array) | too_low | (array > self.upper + _ROUNDING_NOISE)]
        if refused.size:
            raise ImpossibleValueError(self.name, float(refused.flat[0]), self.allowed)
        return np.clip(array, self.lower, self.upper)

    def forward(self, values: ArrayLike) -> FloatArray:
        """Return the values on the modelling scale.

        Parameters
        ----------
        values
            Values on the original scale; NaN marks a missing year.

        Returns
        -------
        numpy.ndarray
            Transformed values, same shape, NaN kept.

        Raises
        ------
        ImpossibleValueError
            If a value is infinite or outside the support.
        """
        return np.asarray(self._forward(self.check(values)), dtype=float)

    def inverse(self, values: ArrayLike) -> FloatArray:
        """Return values of the modelling scale on the original scale, clipped to the support.

        Returns
        -------
        numpy.ndarray
            Values on the original scale, same shape, always finite where the input is a number.
        """
        original = self._inverse(np.asarray(values, dtype=float))
        return np.clip(original, self.lower, self.upper)

    def slope(self, values: ArrayLike) -> FloatArray:
        """Return the derivative of the transform, for the delta method.

        Returns
        -------
        numpy.ndarray
            ``dg/dy`` at each value, per unit of the original scale.

        Raises
        ------
        ImpossibleValueError
            If a value is infinite or outside the support.
        """
        return np.asarray(self._slope(self.check(values)), dtype=float)

    def variance(self, values: ArrayLike, standard_deviation: ArrayLike) -> FloatArray:
        """Return the variance on the modelling scale that a spread on the original scale means (delta method).

        Raises
        ------
        ImpossibleValueError
            If a value is infinite or outside the support.
        """
        return np.square(self.slope(values) * np.asarray(standard_deviation, dtype=float))


def _logit(y: FloatArray) -> FloatArray:
    return np.log((y + _LOGIT_MARGIN) / (100.0 + _LOGIT_MARGIN - y))


def _inverse_logit(z: FloatArray) -> FloatArray:
    return (100.0 + 2 * _LOGIT_MARGIN) * 0.5 * (1.0 + np.tanh(z / 2.0)) - _LOGIT_MARGIN


def _logit_slope(y: FloatArray) -> FloatArray:
    return 1.0 / (y + _LOGIT_MARGIN) + 1.0 / (100.0 + _LOGIT_MARGIN - y)


def _bounded_exp(z: FloatArray) -> FloatArray:
    return np.exp(np.minimum(z, _LARGEST_LOG))


IDENTITY = Transform("identity", -np.inf, np.inf, False, lambda y: y, lambda z: z, np.ones_like)
LOGIT = Transform("logit", 0.0, 100.0, False, _logit, _inverse_logit, _logit_slope)
LOG = Transform("log", 0.0, np.inf, True, np.log, _bounded_exp, np.reciprocal)
LOG_HALF = Transform(
    "log_half",
    0.0,
    np.inf,
    False,
    lambda y: np.log(y + _LOG_OFFSET),
    lambda z: _bounded_exp(z) - _LOG_OFFSET,
    lambda y: 1.0 / (y + _LOG_OFFSET),
)


@cache
def logit_between(lower: float, upper: float) -> Transform:
    """Return the logit scale for values between two bounds; between 0 and 100 it is `LOGIT`.

    Raises
    ------
    ValueError
        If the bounds are not finite or not in order.
    """
    if not -np.inf < lower < upper < np.inf:
        raise ValueError(f"a scale needs two finite bounds in order, not {lower:g} and {upper:g}")
    if (lower, upper) == (LOGIT.lower, LOGIT.upper):
        return LOGIT
    percent = 100.0 / (upper - lower)
    return Transform(
        "logit",
        lower,
        upper,
        False,
        lambda y: _logit((y - lower) * percent),
        lambda z: lower + _inverse_logit(z) / percent,
        lambda y: percent * _logit_slope((y - lower) * percent),
    )


def identity_for(values: ArrayLike) -> Transform:
    """Return the identity scale in units of the values' own size, so that a step is a share of it as on the log scale.

    Parameters
    ----------
    values
        Values on the original scale; NaN marks a missing year.

    Returns
    -------
    Transform
        ``IDENTITY`` if all values are zero or there is none, else values divided by their mean absolute value.
    """
    known = np.abs(np.asarray(values, dtype=float))
    size = float(np.mean(known[np.isfinite(known)])) if np.isfinite(known).any() else 0.0
    if size == 0.0:
        return IDENTITY
    return Transform(
        "identity",
        -np.inf,
        np.inf,
        False,
        lambda y: y / size,
        lambda z: z * size,
        lambda y: np.full_like(y, 1.0 / size),
    )


TRANSFORMS: dict[str, Transform] = {item.name: item for item in (IDENTITY, LOGIT, LOG, LOG_HALF)}
"""The four scales by name, the logit between 0 and 100."""


def log_for(values: ArrayLike) -> Transform:
    """Return the log scale that fits the values: with an offset of one half where zeros occur.

    Parameters
    ----------
    values
        Values on the original scale; NaN marks a missing year.

    Returns
    -------
    Transform
        ``LOG_HALF`` if any value is zero (or below, which it refuses), else ``LOG``.
    """
    return LOG_HALF if np.any(np.asarray(values, dtype=float) <= 0) else LOG

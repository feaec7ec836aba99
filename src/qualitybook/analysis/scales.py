"""Which scale, drift and models an indicator gets, as one table, and the constants of each class.

The constants (class step, state-space constants, error table) are fitted on public yearly series by
``benchmarks/calibrate.py`` and travel with the package as ``calibration.json``, which states their provenance.

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

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import PchipInterpolator
from scipy.special import ndtri

from qualitybook.errors import ImpossibleValueError
from qualitybook.evidence.schema import kind_of

FloatArray = NDArray[np.float64]

_LOGIT_MARGIN = 0.5
"""Margin of the logit scale, in percentage points."""

_LOG_OFFSET = 0.5
"""Offset of the log scale for counts that include zero."""

_LARGEST_LOG = 700.0
"""Largest argument of the exponential that stays a finite double."""

_ROUNDING_NOISE = 1e-9
"""Distance outside the support that is put down to floating-point arithmetic, such as 100.00000000000001 %."""


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
        """Return the values of the original scale as floats, NaN for a missing year, or refuse them.

        A closed end overstepped by floating-point noise is put back. ImpossibleValueError if a value is infinite or
        outside the support, here and wherever values are taken to the modelling scale.
        """
        array = np.asarray(values, dtype=float)
        too_low = array <= self.lower if self.lower_open else array < self.lower - _ROUNDING_NOISE
        refused = array[np.isinf(array) | too_low | (array > self.upper + _ROUNDING_NOISE)]
        if refused.size:
            raise ImpossibleValueError(f"{self.allowed}, on the {self.name} scale", float(refused.flat[0]))
        return np.clip(array, self.lower, self.upper)

    def forward(self, values: ArrayLike) -> FloatArray:
        """Return the values on the modelling scale, NaN kept."""
        return np.asarray(self._forward(self.check(values)), dtype=float)

    def inverse(self, values: ArrayLike) -> FloatArray:
        """Return values of the modelling scale on the original scale, clipped to the support: finite unless NaN."""
        original = self._inverse(np.asarray(values, dtype=float))
        return np.clip(original, self.lower, self.upper)

    def slope(self, values: ArrayLike) -> FloatArray:
        """Return the derivative of the transform at each value of the original scale, for the delta method."""
        return np.asarray(self._slope(self.check(values)), dtype=float)

    def variance(self, values: ArrayLike, standard_deviation: ArrayLike) -> FloatArray:
        """Return the variance on the modelling scale that a spread on the original scale means (delta method)."""
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
    """Return the logit scale between two bounds, `LOGIT` for 0 and 100; ValueError if not finite and in order."""
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

    Values are divided by their mean absolute value; `IDENTITY` itself if all are zero or there is none.
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
    """Return the log scale that fits the values: offset by one half where one is zero (or below, and refused)."""
    return LOG_HALF if np.any(np.asarray(values, dtype=float) <= 0) else LOG


class _Curve:
    """A quantile function on the normal-score axis: monotone cubic inside, straight lines outside."""

    def __init__(self, scores: FloatArray, errors: FloatArray) -> None:
        self._inside = PchipInterpolator(scores, errors)
        self._first, self._last = scores[0], scores[-1]
        self._slopes = np.diff(errors)[[0, -1]] / np.diff(scores)[[0, -1]]

    def at(self, scores: FloatArray) -> FloatArray:
        below = np.minimum(scores - self._first, 0.0) * self._slopes[0]
        above = np.maximum(scores - self._last, 0.0) * self._slopes[1]
        inside: FloatArray = self._inside(np.clip(scores, self._first, self._last))
        return inside + below + above


@dataclass(frozen=True, eq=False)
class ErrorTable:
    """Quantiles of scaled forecast errors."""

    levels: FloatArray
    """Probability levels, increasing, shape (L,)."""
    history: tuple[int, ...]
    """Numbers of fitted values the rows stand for, increasing; longer histories use the last row."""
    horizons: tuple[int, ...]
    """Leads in years, increasing from 1; longer leads use the last."""
    quantiles: FloatArray
    """Errors in units of ``S sqrt(h)``, shape (len(history), len(horizons), L)."""

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> ErrorTable:
        """Return the table a JSON record states."""
        return cls(
            levels=np.asarray(record["levels"], dtype=float),
            history=tuple(record["history"]),
            horizons=tuple(record["horizons"]),
            quantiles=np.asarray(record["quantiles"], dtype=float),
        )

    def to_record(self, digits: int = 4) -> dict[str, Any]:
        """Return the table as a JSON record."""
        return {
            "levels": self.levels.tolist(),
            "history": list(self.history),
            "horizons": list(self.horizons),
            "quantiles": np.round(self.quantiles, digits).tolist(),
        }

    def scaled_errors(self, n: int, lead: int, levels: ArrayLike) -> FloatArray:
        """Return quantiles of the scaled error, monotone between the table's levels and straight in the tails.

        Levels inside (0, 1), shape (L,); the quantiles are in units of ``S sqrt(h)``.
        """
        row = int(np.clip(np.searchsorted(self.history, n, side="right") - 1, 0, len(self.history) - 1))
        column = min(lead, self.horizons[-1]) - self.horizons[0]
        return self._curves[row][column].at(ndtri(np.asarray(levels, dtype=float)))

    @cached_property
    def _curves(self) -> list[list[_Curve]]:
        scores = ndtri(self.levels)
        return [[_Curve(scores, errors) for errors in row] for row in self.quantiles]


@dataclass(frozen=True)
class ClassConstants:
    """Numbers that a class of series borrows from public series."""

    step: float
    """Typical yearly step of the class on the modelling scale (``s0`` of the error-table model)."""
    noise_ratio: float
    """Irregular variance over level variance (``r`` of the damped-trend model)."""
    trend_ratio: float
    """Variance of the first trend over level variance (``pb``)."""
    damping: float
    """Share of the trend that survives a year (``phi``)."""
    prior_weight: float
    """Degrees of freedom of the prior of the level variance (``nu0``)."""
    prior_step: float
    """Scale of that prior, a yearly step on the modelling scale (``s0`` of the damped-trend model)."""
    table: ErrorTable
    """Quantiles of scaled forecast errors by history length and horizon."""
    step_weight: float = 1.0
    """How many observed steps the class step counts for in the mean square of a series' own steps."""
    shrinkage: float = 0.0
    """How many observed steps the class step counts for in the geometric mean with a series' own step size."""


@dataclass(frozen=True)
class SeriesClass:
    """How one class of series is modelled."""

    code: str
    """``pass_rate``, ``share``, ``bounded_index`` or ``index``."""
    transform_name: str
    """``logit``, ``log`` (which becomes ``log_half`` where zeros occur) or ``identity``."""
    drift: float
    """Share of the mean yearly step that the error-table model carries forward once a series is long enough."""
    models: tuple[str, ...]
    """Models whose quantile functions are averaged: ``A`` error table, ``B`` damped trend."""
    memory: int | None
    """Number of latest values that are fitted, None for all. Percentages change their pace: on public rates the last
    ten values forecast better than the last twenty; on public counts longer histories do."""
    bounds: tuple[float, float] = (0.0, 100.0)
    """Ends of the logit scale."""

    def transform(self, values: ArrayLike) -> Transform:
        """Return the modelling scale for these values: the logit is between the bounds of the class."""
        if self.transform_name == "logit":
            return logit_between(*self.bounds)
        return identity_for(values) if self.transform_name == "identity" else log_for(values)

    def able_to_hold(self, values: ArrayLike) -> SeriesClass:
        """Return the class on a scale on which these values, none of them infinite, are possible.

        That is the class itself wherever its own scale holds the values; else on the log scale where none is negative
        (a share of 101 %), and on the values themselves where one is (a negative balance).
        """
        if self.transform(values).holds(values):
            return self
        negative = bool(np.any(np.asarray(values, dtype=float) < 0))
        return replace(self, transform_name="identity" if negative else "log")

    @property
    def constants(self) -> ClassConstants:
        """Constants of the class from the packaged calibration."""
        return class_constants(self.code)


PASS_RATE = SeriesClass("pass_rate", "logit", 0.0, ("A",), 10)
SHARE = SeriesClass("share", "logit", 0.5, ("A", "B"), 10)
BOUNDED_INDEX = SeriesClass("bounded_index", "logit", 0.5, ("A", "B"), 10)
INDEX = SeriesClass("index", "log", 0.5, ("A", "B"), None)
RANK = replace(INDEX, drift=0.0)
"""Places in a ranking, asked for by one rule of goals only: no trend of a place is carried on against its rivals."""

CLASSES: dict[str, SeriesClass] = {item.code: item for item in (PASS_RATE, SHARE, BOUNDED_INDEX, INDEX)}
"""The classes of series that are forecast, by code."""

_FORMS_NEVER_FORECAST = frozenset({"flag", "rank", "span"})


def series_class(
    kind: str, subkind: str = "", form: str = "", lower: float | None = None, upper: float | None = None
) -> SeriesClass | None:
    """Return the class of an indicator; None if it is never forecast, as growth, ranks, flags and streaks are not.

    The subkind of a rate is ``pass_rate``, ``share`` or ``satisfaction``; of an unknown one nothing is forecast, nor of
    units whose form is a flag, a rank or a span (years in a row), nor of rates whose form is given and is not
    ``percent``. An index that has both bounds (scores from 0 to 100) is a class of its own: it cannot grow without end,
    and its steps are small beside its size.
    """
    if form in _FORMS_NEVER_FORECAST or (kind == "rate" and form not in ("", "percent")):
        return None
    if kind == "index" and lower is not None and upper is not None:
        return replace(BOUNDED_INDEX, bounds=(float(lower), float(upper)))
    return CLASSES.get(kind_of(kind, subkind).series_class)


@cache
def calibration() -> dict[str, Any]:
    """Return the packaged calibration with its provenance."""
    text = resources.files("qualitybook.analysis").joinpath("calibration.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@cache
def class_constants(code: str) -> ClassConstants:
    """Return the packaged constants of a class; KeyError if there is no class of that code."""
    record = calibration()["classes"][code]
    numbers = {name: float(record[name]) for name in ClassConstants.__dataclass_fields__ if name != "table"}
    return ClassConstants(**numbers, table=ErrorTable.from_record(record["table"]))

"""Which scale, drift and models an indicator gets, as one table, and the constants of each class.

The constants (class step, state-space constants, error table) are fitted on public yearly series by
``benchmarks/calibrate.py`` and travel with the package as ``calibration.json``, which states their provenance.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from qualitybook.analysis.error_table import ErrorTable
from qualitybook.analysis.transforms import Transform, identity_for, log_for, logit_between
from qualitybook.evidence.kinds import kind_of


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
        """Return the modelling scale for these values.

        Returns
        -------
        Transform
            Logit between the bounds of the class; log with an offset where zeros occur; or the values themselves.
        """
        if self.transform_name == "logit":
            return logit_between(*self.bounds)
        return identity_for(values) if self.transform_name == "identity" else log_for(values)

    def able_to_hold(self, values: ArrayLike) -> SeriesClass:
        """Return the class on a scale on which these values are possible.

        Parameters
        ----------
        values
            The yearly values on the original scale, none of them infinite.

        Returns
        -------
        SeriesClass
            The class itself wherever its own scale holds the values; else on the log scale where none is negative (a
            share of 101 %), and on the values themselves where one is (a negative balance).
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

CLASSES: dict[str, SeriesClass] = {item.code: item for item in (PASS_RATE, SHARE, BOUNDED_INDEX, INDEX)}
"""The classes of series that are forecast, by code."""

_FORMS_NEVER_FORECAST = frozenset({"flag", "rank", "span"})


def series_class(
    kind: str, subkind: str = "", form: str = "", lower: float | None = None, upper: float | None = None
) -> SeriesClass | None:
    """Return the class of an indicator, or None if it is shown but never forecast.

    Parameters
    ----------
    subkind
        For a rate: ``pass_rate``, ``share`` or ``satisfaction``; empty otherwise.
    form
        Form of the indicator's unit. Flags, ranks and spans (years in a row) are never forecast, nor are rates whose
        form is given and is not ``percent``.
    lower, upper
        Bounds the indicator cannot leave. An index that has both (scores from 0 to 100) is a class of its own: it
        cannot grow without end, and its steps are small beside its size.

    Returns
    -------
    SeriesClass or None
        The class, or None for growth, ranks, flags, streaks and rates of unknown subkind.
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
    """Return the packaged constants of a class.

    Raises
    ------
    KeyError
        If there is no class of that code.
    """
    return _constants_from(calibration()["classes"][code])


def _constants_from(record: dict[str, Any]) -> ClassConstants:
    """Return the constants that one record of the calibration file states.

    Parameters
    ----------
    record
        The fields of `ClassConstants`; the error table as a dict of ``levels``, ``history``, ``horizons`` and
        ``quantiles``.
    """
    numbers = {name: float(record[name]) for name in ClassConstants.__dataclass_fields__ if name != "table"}
    return ClassConstants(**numbers, table=ErrorTable.from_record(record["table"]))

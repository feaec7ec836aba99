"""Which scale, drift and models an indicator gets, as one table, and the constants of each class.

The constants (class step, state-space constants, error table) are fitted on public yearly series by
``benchmarks/calibrate.py`` and travel with the package as ``calibration.json``, which states their provenance.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from numpy.typing import ArrayLike

from qualitybook.analysis.error_table import ErrorTable
from qualitybook.analysis.transforms import LOGIT, Transform, log_for


@dataclass(frozen=True)
class ClassConstants:
    """Numbers that a class of series borrows from public series.

    Attributes
    ----------
    step : float
        Typical yearly step of the class on the modelling scale (``s0`` of the error-table model).
    noise_ratio : float
        Irregular variance over level variance (``r`` of the damped-trend model).
    trend_ratio : float
        Variance of the first trend over level variance (``pb``).
    damping : float
        Share of the trend that survives a year (``phi``).
    prior_weight : float
        Degrees of freedom of the prior of the level variance (``nu0``).
    prior_step : float
        Scale of that prior, a yearly step on the modelling scale (``s0`` of the damped-trend model).
    table : ErrorTable
        Quantiles of scaled forecast errors by history length and horizon.
    """

    step: float
    noise_ratio: float
    trend_ratio: float
    damping: float
    prior_weight: float
    prior_step: float
    table: ErrorTable


@dataclass(frozen=True)
class SeriesClass:
    """How one class of series is modelled.

    Attributes
    ----------
    code : str
        ``pass_rate``, ``share`` or ``index``.
    transform_name : str
        ``logit``, or ``log`` (which becomes ``log_half`` where zeros occur).
    drift : float
        Share of the mean yearly step that the error-table model carries forward.
    models : tuple of str
        Models whose quantile functions are averaged: ``A`` error table, ``B`` damped trend.
    memory : int or None
        Number of latest values that are fitted, None for all. Percentages change their pace: on public rates the last
        ten values forecast better than the last twenty; on public counts longer histories do.
    """

    code: str
    transform_name: str
    drift: float
    models: tuple[str, ...]
    memory: int | None

    def transform(self, values: ArrayLike) -> Transform:
        """Return the modelling scale for these values.

        Parameters
        ----------
        values : array_like
            The yearly values on the original scale.

        Returns
        -------
        Transform
            Logit for percentages; log otherwise, with an offset where zeros occur.
        """
        return LOGIT if self.transform_name == "logit" else log_for(values)

    @property
    def constants(self) -> ClassConstants:
        """Constants of the class from the packaged calibration."""
        return class_constants(self.code)


PASS_RATE = SeriesClass("pass_rate", "logit", 0.0, ("A",), 10)
SHARE = SeriesClass("share", "logit", 0.5, ("A", "B"), 10)
INDEX = SeriesClass("index", "log", 0.5, ("A", "B"), None)

CLASSES: dict[str, SeriesClass] = {item.code: item for item in (PASS_RATE, SHARE, INDEX)}
"""The classes of series that are forecast, by code."""

_CLASS_OF_KIND: dict[tuple[str, str], SeriesClass] = {
    ("rate", "pass_rate"): PASS_RATE,
    ("rate", "share"): SHARE,
    ("rate", "satisfaction"): SHARE,
    ("index", ""): INDEX,
    ("level", ""): INDEX,
    ("cumulative_count", ""): INDEX,
    ("yearly_count", ""): INDEX,
}

_FORMS_NEVER_FORECAST = frozenset({"flag", "rank", "span"})


def series_class(kind: str, subkind: str = "", form: str = "") -> SeriesClass | None:
    """Return the class of an indicator, or None if it is shown but never forecast.

    Parameters
    ----------
    kind : str
        ``rate``, ``index``, ``level``, ``growth``, ``cumulative_count``, ``yearly_count`` or ``rank``.
    subkind : str, optional
        For a rate: ``pass_rate``, ``share`` or ``satisfaction``; empty otherwise.
    form : str, optional
        Form of the indicator's unit. Flags, ranks and spans (years in a row) are never forecast, nor are rates whose
        form is given and is not ``percent``.

    Returns
    -------
    SeriesClass or None
        The class, or None for growth, ranks, flags, streaks and rates of unknown subkind.
    """
    if form in _FORMS_NEVER_FORECAST or (kind == "rate" and form not in ("", "percent")):
        return None
    return _CLASS_OF_KIND.get((kind, subkind if kind == "rate" else ""))


@cache
def calibration() -> dict[str, Any]:
    """Return the packaged calibration with its provenance.

    Returns
    -------
    dict
        Keys ``provenance`` (data, methods, scores) and ``classes`` (constants by class code).
    """
    text = resources.files("qualitybook.analysis").joinpath("calibration.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@cache
def class_constants(code: str) -> ClassConstants:
    """Return the packaged constants of a class.

    Parameters
    ----------
    code : str
        ``pass_rate``, ``share`` or ``index``.

    Returns
    -------
    ClassConstants
        Constants of the class.

    Raises
    ------
    KeyError
        If there is no class of that code.
    """
    return constants_from(calibration()["classes"][code])


def constants_from(record: dict[str, Any]) -> ClassConstants:
    """Return the constants that one record of the calibration file states.

    Parameters
    ----------
    record : dict
        The fields of `ClassConstants`; the error table as a dict of ``levels``, ``history``, ``horizons`` and
        ``quantiles``.

    Returns
    -------
    ClassConstants
        The constants with the error table ready for use.
    """
    numbers = {name: float(record[name]) for name in ClassConstants.__dataclass_fields__ if name != "table"}
    return ClassConstants(**numbers, table=ErrorTable.from_record(record["table"]))

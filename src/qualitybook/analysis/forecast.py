"""Forecasts of short yearly series: quantiles, intervals and the probability that a target is met.

A forecast averages the quantile functions of two plain models: ``A``, the last value plus the forecast errors of other
public series (`qualitybook.analysis.error_table`), and ``B``, a local level with a damped trend in a Kalman filter
(`qualitybook.analysis.damped_trend`). Pass rates use model A alone. The average is taken on the modelling scale, turned
back to the original scale and clipped to the support; probabilities are read from the averaged quantiles and clipped to
3..97 %, beyond which they are not supported by evidence.

Horizons count years after the last position of the sequence; leads count years after the last fitted value. They differ
where the sequence ends in missing years. Probabilities are given up to a lead of three years, quantiles further.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from qualitybook.analysis.error_table import LevelEstimate, estimate_level, table_quantiles
from qualitybook.analysis.history import FULL_HISTORY, History, carried_drift, read_history
from qualitybook.analysis.prediction import LARGEST_LEAD, Forecast, flag_disagreement
from qualitybook.analysis.question import Question, ask, read_levels
from qualitybook.analysis.scales import INDEX, PASS_RATE, SHARE, ClassConstants, SeriesClass
from qualitybook.analysis.transforms import FloatArray

MINIMUM_VALUES = 4
"""Fewest fitted values for which a forecast is made."""

KINDS: dict[str, SeriesClass] = {"rate": PASS_RATE, "share": SHARE, "count": INDEX, "index": INDEX}
"""Kinds that `quantiles` and `probability_at_least` accept."""


def forecast(
    values: ArrayLike,
    series_class: SeriesClass,
    horizon: int,
    *,
    obs_sd: ArrayLike | None = None,
    lower: float | None = None,
    upper: float | None = None,
    models: Iterable[str] | None = None,
    constants: ClassConstants | None = None,
    levels: ArrayLike | None = None,
    unit: float | None = None,
) -> Forecast | None:
    """Forecast a yearly series for the horizons 1 to `horizon`.

    Parameters
    ----------
    values : array_like
        Yearly values in order, NaN for a missing year, shape (T,).
    series_class : SeriesClass
        Class of the series (`qualitybook.analysis.scales`).
    horizon : int
        Largest horizon in years after the last position of the sequence.
    obs_sd : array_like, optional
        Standard deviation of each value on the original scale (a scalar, or shape (T,)), for rounded values; NaN or 0
        where exact.
    lower, upper : float, optional
        Bounds the value cannot leave; quantiles are clipped to them.
    models : iterable of str, optional
        Models to average instead of those of the class: ``A``, ``B`` or both.
    constants : ClassConstants, optional
        Constants instead of those of the class.
    levels : array_like, optional
        Probability levels instead of 0.5 % to 99.5 % by half points, increasing.
    unit : float, optional
        Unit of the last printed decimal, such as 0.1, 0 for values that are not rounded. By default it is read from
        percentages and bounded indices; for other classes it is 0.

    Returns
    -------
    Forecast or None
        The forecast, or None with fewer than four fitted values.

    Raises
    ------
    ImpossibleValueError
        If a value is impossible on the scale of its class.
    ValueError
        If the horizon is not a whole number of at least one, a level is not inside (0, 1), or a model is unknown.
    """
    history = read_history(values, series_class, obs_sd, unit=unit)
    question = ask(horizon, levels, lower, upper)
    return forecast_history(history, series_class, question, models, constants or series_class.constants)


def forecast_history(
    history: History,
    series_class: SeriesClass,
    question: Question,
    models: Iterable[str] | None,
    constants: ClassConstants,
    dispersions: FloatArray | None = None,
) -> Forecast | None:
    """Forecast from fitted values; what `forecast` does once it has read them.

    Parameters
    ----------
    history : History
        The fitted values.
    series_class : SeriesClass
        Class of the series.
    question : Question
        Horizons, levels and bounds.
    models : iterable of str or None
        Models to average, None for those of the class.
    constants : ClassConstants
        Constants of the class.
    dispersions : numpy.ndarray, optional
        Factors on the observation variance to weigh against each other.

    Returns
    -------
    Forecast or None
        The forecast, or None with fewer than four fitted values.

    Raises
    ------
    ValueError
        If a model is unknown.
    """
    used = tuple(series_class.models if models is None else models)
    if not used or set(used) - {"A", "B"}:
        raise ValueError(f"unknown models {used!r}: choose from A and B")
    if history.n < MINIMUM_VALUES:
        return None
    leads = tuple(h + history.trailing for h in question.horizons)
    estimate = estimate_history(history, constants, dispersions)
    inflated = None if history.variances is None else estimate.dispersion * history.variances
    a = _table_part(history, series_class, estimate, leads, question.levels, constants)
    b = _trend_part(history, leads, question.levels, constants, inflated)
    parts = {"A": a, "B": b}
    result = Forecast(
        horizons=question.horizons,
        leads=leads,
        levels=question.levels,
        quantiles_a=question.on_original_scale(a, history.transform),
        quantiles_b=question.on_original_scale(b, history.transform),
        quantiles=question.on_original_scale(np.mean([parts[name] for name in used], axis=0), history.transform),
        models=used,
        n=history.n,
        last_index=int(history.years[-1]),
        gap=history.trailing,
        class_code=series_class.code,
        flags=(),
        dispersion=estimate.dispersion,
    )
    return _flagged(result, history)


def estimate_history(
    history: History, constants: ClassConstants, dispersions: FloatArray | None = None
) -> LevelEstimate:
    """Return the present level and step size of a history, with the constants of its class."""
    return estimate_level(
        history.z,
        history.years,
        constants.step,
        history.variances,
        dispersions,
        weight=constants.step_weight,
        shrinkage=constants.shrinkage,
        grain=history.grain,
    )


def _table_part(
    history: History,
    series_class: SeriesClass,
    estimate: LevelEstimate,
    leads: tuple[int, ...],
    levels: FloatArray,
    constants: ClassConstants,
) -> FloatArray:
    """Return the quantiles of model A on the modelling scale, shape (H, L)."""
    drift = carried_drift(history, series_class)
    return table_quantiles(estimate, history.n, drift, leads, levels, constants.table)


def _trend_part(
    history: History,
    leads: tuple[int, ...],
    levels: FloatArray,
    constants: ClassConstants,
    variances: FloatArray | None,
) -> FloatArray:
    """Return the quantiles of model B on the modelling scale, shape (H, L)."""
    # Imported here because statsmodels takes longer to load than most callers of this module need.
    from qualitybook.analysis.damped_trend import fit_damped_trend

    fit = fit_damped_trend(history.z, history.years, leads[-1], constants, variances, history.grain)
    return fit.quantiles(levels)[np.array(leads) - 1]


def _flagged(result: Forecast, history: History) -> Forecast:
    """Return the forecast with the flags that apply."""
    conditions = {
        "few_values": history.n < FULL_HISTORY,
        "constant": bool(np.ptp(history.z) == 0),
        "missing_years": bool(np.any(np.diff(history.years) > 1)),
        "stale": history.trailing > 0,
        "far": result.leads[-1] > LARGEST_LEAD,
        "inexact": history.variances is not None and bool(np.any(history.variances > 0)),
    }
    return flag_disagreement(replace(result, flags=tuple(name for name, applies in conditions.items() if applies)))


def quantiles(values: ArrayLike, kind: str, horizon: int, levels: ArrayLike) -> FloatArray | None:
    """Return forecast quantiles of a yearly series on its original scale.

    Parameters
    ----------
    values : array_like
        Yearly values in order, NaN for a missing year, shape (T,).
    kind : str
        ``rate`` (percent, as a pass rate), ``share`` (percent), ``count`` or ``index``.
    horizon : int
        Largest horizon in years after the last position of the sequence.
    levels : array_like
        Probability levels inside (0, 1), shape (L,), in any order.

    Returns
    -------
    numpy.ndarray or None
        Quantiles, shape (horizon, L); None with fewer than four values.

    Raises
    ------
    ImpossibleValueError
        If a value is impossible for its kind, such as a rate of 101 or a negative count.
    ValueError
        If the values are no one-dimensional sequence of numbers, the kind is unknown, the horizon not a whole number of
        at least one, or a level not inside (0, 1).
    """
    grid, place = np.unique(read_levels(levels), return_inverse=True)
    result = forecast(values, _class_of(kind), horizon, levels=grid)
    return None if result is None else result.quantiles[:, place]


def probability_at_least(values: ArrayLike, kind: str, horizon: int, target: float) -> float | None:
    """Return the probability that a yearly series meets or exceeds a target at one horizon.

    Parameters
    ----------
    values : array_like
        Yearly values in order, NaN for a missing year, shape (T,).
    kind : str
        ``rate`` (percent, as a pass rate), ``share`` (percent), ``count`` or ``index``.
    horizon : int
        Years after the last position of the sequence.
    target : float
        Target on the original scale.

    Returns
    -------
    float or None
        Probability within 0.03..0.97; None with fewer than four values or beyond three years after the last value.

    Raises
    ------
    ImpossibleValueError
        If a value is impossible for its kind.
    ValueError
        If the kind is unknown, the horizon not a whole number of at least one, or the target not a number.
    """
    wanted = float(target)
    if np.isnan(wanted):
        raise ValueError("the target must be a number")
    result = forecast(values, _class_of(kind), horizon)
    return None if result is None else result.probability_at_least(wanted, int(horizon))


def _class_of(kind: str) -> SeriesClass:
    if kind not in KINDS:
        raise ValueError(f"unknown kind {kind!r}: choose from {', '.join(sorted(KINDS))}")
    return KINDS[kind]

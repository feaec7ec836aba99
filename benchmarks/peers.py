"""Common methods of forecasting that ours is compared with, each as quantiles on the modelling scale."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from qualitybook.analysis.forecast import LEVELS

FloatArray = NDArray[np.float64]
Method = Callable[[FloatArray, int], FloatArray]


def naive_t(z: FloatArray, horizon: int) -> FloatArray:
    """Return quantiles of the last value with Student errors of the steps.

    Parameters
    ----------
    z : numpy.ndarray
        History on the modelling scale, shape (n,).
    horizon : int
        Years ahead.

    Returns
    -------
    numpy.ndarray
        Quantiles at `LEVELS`, shape (horizon, L).
    """
    steps = np.diff(z)
    scale = np.sqrt(np.mean(steps**2) * np.arange(1, horizon + 1))
    return z[-1] + scale[:, None] * stats.t.ppf(LEVELS, steps.size)


def drift_t(z: FloatArray, horizon: int) -> FloatArray:
    """Return quantiles of a random walk with drift and its exact Student interval.

    Parameters
    ----------
    z : numpy.ndarray
        History on the modelling scale, shape (n,).
    horizon : int
        Years ahead.

    Returns
    -------
    numpy.ndarray
        Quantiles at `LEVELS`, shape (horizon, L).
    """
    steps, h = np.diff(z), np.arange(1, horizon + 1)
    scale = np.std(steps, ddof=1) * np.sqrt(h + h**2 / steps.size)
    return (z[-1] + h * steps.mean())[:, None] + scale[:, None] * stats.t.ppf(LEVELS, steps.size - 1)


def _normal(centre: FloatArray, deviation: FloatArray) -> FloatArray:
    return np.asarray(centre)[:, None] + np.asarray(deviation)[:, None] * stats.norm.ppf(LEVELS)


def theta(z: FloatArray, horizon: int) -> FloatArray:
    """Return quantiles of statsmodels' Theta method.

    Parameters
    ----------
    z : numpy.ndarray
        History on the modelling scale, shape (n,).
    horizon : int
        Years ahead.

    Returns
    -------
    numpy.ndarray
        Quantiles at `LEVELS`, shape (horizon, L).
    """
    from statsmodels.tsa.forecasting.theta import ThetaModel

    if np.ptp(z) == 0:
        # The model misreads a constant series as a trend.
        return _normal(np.full(horizon, z[-1]), np.zeros(horizon))
    fitted = ThetaModel(z, period=1, deseasonalize=False).fit()
    band = np.asarray(fitted.prediction_intervals(horizon, alpha=0.2))
    return _normal(np.asarray(fitted.forecast(horizon)), np.diff(band, axis=1)[:, 0] / (2 * stats.norm.ppf(0.9)))


def _ets(z: FloatArray, horizon: int, damped: bool) -> FloatArray:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    fitted = ETSModel(pd.Series(z), error="add", trend="add", damped_trend=damped).fit(disp=False)
    made = fitted.get_prediction(start=z.size, end=z.size + horizon - 1)
    return _normal(np.asarray(made.predicted_mean), np.sqrt(np.asarray(made.forecast_variance)))


def holt(z: FloatArray, horizon: int) -> FloatArray:
    """Return quantiles of statsmodels' exponential smoothing with additive trend.

    Parameters
    ----------
    z : numpy.ndarray
        History on the modelling scale, shape (n,).
    horizon : int
        Years ahead.

    Returns
    -------
    numpy.ndarray
        Quantiles at `LEVELS`, shape (horizon, L).
    """
    return _ets(z, horizon, damped=False)


def damped(z: FloatArray, horizon: int) -> FloatArray:
    """Return quantiles of statsmodels' exponential smoothing with damped trend.

    Parameters
    ----------
    z : numpy.ndarray
        History on the modelling scale, shape (n,).
    horizon : int
        Years ahead.

    Returns
    -------
    numpy.ndarray
        Quantiles at `LEVELS`, shape (horizon, L).
    """
    return _ets(z, horizon, damped=True)


def local_level(z: FloatArray, horizon: int) -> FloatArray:
    """Return quantiles of statsmodels' unobserved components model with a local level.

    Parameters
    ----------
    z : numpy.ndarray
        History on the modelling scale, shape (n,).
    horizon : int
        Years ahead.

    Returns
    -------
    numpy.ndarray
        Quantiles at `LEVELS`, shape (horizon, L).
    """
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    made = UnobservedComponents(z, level="local level").fit(disp=False).get_forecast(horizon)
    return _normal(made.predicted_mean, made.se_mean)


def arima_011(z: FloatArray, horizon: int) -> FloatArray:
    """Return quantiles of statsmodels' ARIMA(0,1,1).

    Parameters
    ----------
    z : numpy.ndarray
        History on the modelling scale, shape (n,).
    horizon : int
        Years ahead.

    Returns
    -------
    numpy.ndarray
        Quantiles at `LEVELS`, shape (horizon, L).
    """
    from statsmodels.tsa.arima.model import ARIMA

    made = ARIMA(z, order=(0, 1, 1)).fit().get_forecast(horizon)
    return _normal(made.predicted_mean, made.se_mean)


def _statsforecast(name: str) -> Method:
    """Return one of statsforecast's automatic models as a method."""
    from statsforecast import models

    def run(z: FloatArray, horizon: int) -> FloatArray:
        made = getattr(models, name)(season_length=1).forecast(y=z, h=horizon, level=[80])
        centre = np.asarray(made["mean"], dtype=float)
        return _normal(centre, (np.asarray(made["hi-80"]) - centre) / stats.norm.ppf(0.9))

    return run


def has_statsforecast() -> bool:
    """Return whether statsforecast is installed.

    Returns
    -------
    bool
        True if its methods can be compared with.
    """
    return importlib.util.find_spec("statsforecast") is not None


def peers() -> dict[str, Method]:
    """Return the methods to compare with, by name.

    Returns
    -------
    dict
        Functions of history and horizon that return quantiles at `LEVELS`.
    """
    found: dict[str, Method] = {
        "naive, t": naive_t,
        "drift, exact t": drift_t,
        "statsmodels Theta": theta,
        "ETS Holt": holt,
        "ETS damped": damped,
        "UC local level": local_level,
        "ARIMA(0,1,1)": arima_011,
    }
    if not has_statsforecast():
        return found
    return found | {f"statsforecast {name}": _statsforecast(name) for name in ("AutoETS", "AutoTheta", "AutoARIMA")}

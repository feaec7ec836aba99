"""Fit the constants of the level model (model B) on public series, all series of one length at once.

With the constants ``r, pb, phi, nu0, s0`` of `qualitybook.analysis.damped_trend` fixed, the gains of its filter do not
depend on the values, so one small recursion serves all histories of one length. The criterion is the logarithm of the
mean quantile loss (in steps of the series, each data set weighing the same) of forecasts one to three years ahead from
the data sets' own origins: unlike the log score it stays finite where whole percents repeat themselves. Only ``r, pb``
and ``phi`` are fitted: the prior of the step is that of model A, so weak that it says nothing but that a step is not
zero. The criterion is shrunk
towards the constants of an earlier experiment on more families of series: to move one of them by a factor e has to pay
for itself by a loss lower by `SHRINKAGE`.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from public_series import PublicSeries
from scipy.optimize import minimize
from scipy.special import stdtrit

from qualitybook.analysis.error_table import GRAIN_WEIGHT

FloatArray = NDArray[np.float64]

FITTED = ("noise_ratio", "trend_ratio", "damping")
NAMES = (*FITTED, "prior_weight", "prior_step")
LENGTHS = (5, 6, 8, 10)
HORIZON = 3
LEVELS = np.linspace(0.025, 0.975, 39)
SHRINKAGE = 0.01


def fit_level_model(series: Iterable[PublicSeries], start: dict[str, float]) -> dict[str, float]:
    """Return the constants that forecast some series best, shrunk towards others.

    Parameters
    ----------
    series : iterable of PublicSeries
        The series to fit on.
    start : dict
        Constants by name to start from and to shrink to; those of the prior are kept.

    Returns
    -------
    dict
        All constants by name, the fitted ones rounded to three significant digits.
    """
    groups = _histories(series)
    centre = _free(start)

    def criterion(free: FloatArray) -> float:
        return float(np.log(_mean_loss(groups, start | _constants(free))) + SHRINKAGE * np.sum((free - centre) ** 2))

    best = minimize(criterion, centre, method="Nelder-Mead", options={"maxiter": 300, "xatol": 1e-3, "fatol": 1e-5})
    return start | {name: float(f"{value:.3g}") for name, value in _constants(best.x).items()}


def level_model_loss(series: Iterable[PublicSeries], constants: dict[str, float]) -> float:
    """Return the mean quantile loss of the level model.

    Parameters
    ----------
    series : iterable of PublicSeries
        The series to forecast.
    constants : dict
        Constants by name.

    Returns
    -------
    float
        Loss in mean absolute steps of the series, each data set weighing the same.
    """
    return _mean_loss(_histories(series), constants)


def _free(constants: dict[str, float]) -> FloatArray:
    """Return the constants on scales without bounds."""
    damping = constants["damping"]
    return np.array([np.log(damping / (1 - damping) if name == "damping" else constants[name]) for name in FITTED])


def _constants(free: FloatArray) -> dict[str, float]:
    values = dict(zip(FITTED, np.exp(free).tolist(), strict=True))
    values["damping"] /= 1 + values["damping"]
    return values


def _histories(series: Iterable[PublicSeries]) -> list[tuple[str, FloatArray, FloatArray, FloatArray, FloatArray]]:
    """Return data set, pasts, futures, grains and steps of all series by data set and length of the history."""
    by_group: dict[tuple[str, int], list[PublicSeries]] = {}
    for item in series:
        for n in LENGTHS:
            if item.origin >= n and item.values.size >= item.origin + HORIZON:
                by_group.setdefault((item.family, n), []).append(item)
    return [
        (
            family,
            np.array([item.scaled[item.origin - n : item.origin] for item in items]),
            np.array([item.scaled[item.origin : item.origin + HORIZON] for item in items]),
            np.array([item.grains(n)[item.origin - n] for item in items]),
            np.array([item.usual_step for item in items]),
        )
        for (family, n), items in by_group.items()
    ]


def _mean_loss(
    groups: list[tuple[str, FloatArray, FloatArray, FloatArray, FloatArray]], constants: dict[str, float]
) -> float:
    by_family: dict[str, list[float]] = {}
    for family, past, future, grains, step in groups:
        surprise = future[:, :, None] - quantiles(past, constants, grains)
        loss = 2 * np.mean(np.maximum(LEVELS * surprise, (LEVELS - 1) * surprise), axis=2)
        by_family.setdefault(family, []).append(float(np.mean(loss / step[:, None])))
    return float(np.mean([np.mean(losses) for losses in by_family.values()]))


def quantiles(past: FloatArray, constants: dict[str, float], grains: FloatArray | float = 0.0) -> FloatArray:
    """Return the quantiles of model B for histories of one length.

    Parameters
    ----------
    past : numpy.ndarray
        Histories on the modelling scale, shape (K, n).
    constants : dict
        Constants by name.
    grains : numpy.ndarray or float, optional
        Printed units on the modelling scale, shape (K,).

    Returns
    -------
    numpy.ndarray
        Quantiles at `LEVELS`, shape (K, HORIZON, L).
    """
    noise, damping = constants["noise_ratio"], constants["damping"]
    turn = np.array([[1.0, damping], [0.0, damping]])
    level_noise = np.diag([1.0, 0.0])
    # The diffuse first value sets the level; its variance is that of the irregular part.
    state = np.array([past[:, 0], np.zeros(len(past))])
    variance = np.diag([noise, constants["trend_ratio"]])
    squares = np.zeros(len(past))
    for value in past.T[1:]:
        state, variance = turn @ state, turn @ variance @ turn.T + level_noise
        total = variance[0, 0] + noise
        surprise = value - state[0]
        squares += surprise**2 / total
        gain = variance[:, 0] / total
        state = state + gain[:, None] * surprise
        variance = variance - np.outer(gain, variance[0])
    freedom = constants["prior_weight"] + past.shape[1] - 1
    prior = constants["prior_weight"] * constants["prior_step"] ** 2 + GRAIN_WEIGHT * np.square(grains)
    scale = np.sqrt((prior + squares) / freedom)
    student = stdtrit(freedom, LEVELS)
    found = []
    for _ in range(HORIZON):
        state, variance = turn @ state, turn @ variance @ turn.T + level_noise
        found.append(state[0][:, None] + (scale * np.sqrt(variance[0, 0] + noise))[:, None] * student)
    return np.stack(found, axis=1)

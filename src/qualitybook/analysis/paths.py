"""Joint simulated paths, for targets that ask for a rise without a fall on the way.

Model A is a random walk whose steps follow the error table: independent steps with the table's one-year distribution
are added up, and the sums at each horizon are then moved, rank by rank, to the table's own quantiles at that horizon,
so that a path agrees with the forecast of every year. Model B draws level variance, level and trend from their
posterior and runs the state space forward. The seed is fixed: the same values give the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from qualitybook.analysis.error_table import LevelEstimate, estimate_level, mean_step
from qualitybook.analysis.forecast import MINIMUM_VALUES
from qualitybook.analysis.history import History, read_history
from qualitybook.analysis.prediction import LARGEST_LEAD, clip_probability
from qualitybook.analysis.scales import ClassConstants, SeriesClass
from qualitybook.analysis.transforms import FloatArray

PATHS = 20_000
"""Number of simulated paths; the simulation error of a probability is below 0.4 points."""

SEED = 20231030
"""Fixed seed of the simulation."""


@dataclass(frozen=True)
class RisingProbability:
    """Probability that a value ends above its baseline without a fall on the way.

    Attributes
    ----------
    probability : float
        Mean of the models used, within 0.03..0.97.
    by_model : dict
        Probability by model (``A``, ``B``), unclipped.
    horizon : int
        Years after the last position of the sequence.
    lead : int
        Years after the last fitted value, each of which must not fall.
    n : int
        Number of fitted values.
    """

    probability: float
    by_model: dict[str, float]
    horizon: int
    lead: int
    n: int


def probability_rising(
    values: ArrayLike,
    series_class: SeriesClass,
    baseline_index: int,
    horizon: int,
    *,
    unit: float = 0.0,
    obs_sd: ArrayLike | None = None,
    models: Iterable[str] | None = None,
    constants: ClassConstants | None = None,
) -> RisingProbability | None:
    """Return the probability of ending above a baseline without a fall after the last fitted value.

    Parameters
    ----------
    values : array_like
        Yearly values in order, NaN for a missing year, shape (T,).
    series_class : SeriesClass
        Class of the series.
    baseline_index : int
        Position of the baseline year; its value must be known.
    horizon : int
        Years from the last position of the sequence to the end of the rise.
    unit : float, optional
        Unit of the last digit that the values will be printed with, on the original scale: they are compared as
        printed. 0 compares them as they are.
    obs_sd : array_like, optional
        Standard deviation of each value on the original scale.
    models : iterable of str, optional
        Models to average instead of those of the class.
    constants : ClassConstants, optional
        Constants instead of those of the class.

    Returns
    -------
    RisingProbability or None
        The probabilities, or None with fewer than four fitted values or beyond three years after the last one. Steps
        already observed are the caller's to judge.

    Raises
    ------
    ImpossibleValueError
        If a value is impossible on the scale of its class.
    ValueError
        If the baseline has no value, the horizon is less than one, or the unit is negative.
    """
    sequence = np.asarray(values, dtype=float)
    if not 0 <= baseline_index < sequence.size or np.isnan(sequence[baseline_index]):
        raise ValueError("the baseline year has no value")
    if horizon < 1 or unit < 0:
        raise ValueError("the horizon must be at least one year and the unit not negative")
    history = read_history(sequence, series_class, obs_sd)
    lead = horizon + history.trailing
    if history.n < MINIMUM_VALUES or lead > LARGEST_LEAD:
        return None
    known = constants or series_class.constants
    used = tuple(series_class.models if models is None else models)
    simulated = {"A": _walk_paths(history, series_class, lead, known), "B": _trend_paths(history, lead, known)}
    last = sequence[int(history.years[-1])]
    shares = {
        name: _share_rising(history.transform.inverse(paths), last, sequence[baseline_index], unit)
        for name, paths in simulated.items()
    }
    combined = clip_probability(float(np.mean([shares[name] for name in used])))
    return RisingProbability(combined, shares, horizon, lead, history.n)


def _share_rising(paths: FloatArray, last: float, baseline: float, unit: float) -> float:
    """Return the share of paths that, as printed, fall nowhere and end above the baseline."""
    printed = np.rint(paths / unit) * unit if unit else paths
    slack = unit / 4
    steps = np.diff(printed, axis=1, prepend=last)
    rising = np.all(steps >= -slack, axis=1) & (printed[:, -1] > baseline + slack)
    return float(np.mean(rising))


def _walk_paths(history: History, series_class: SeriesClass, lead: int, constants: ClassConstants) -> FloatArray:
    """Return paths of model A on the modelling scale, shape (PATHS, lead)."""
    estimate = estimate_level(history.z, history.years, constants.step, history.variances)
    drift = series_class.drift * mean_step(history.z, history.years)
    draws = np.random.default_rng(SEED)
    walk = np.cumsum(constants.table.scaled_errors(history.n, 1, draws.uniform(size=PATHS * lead)).reshape(-1, lead), 1)
    levels = (np.argsort(np.argsort(walk, axis=0, kind="stable"), axis=0) + 0.5) / PATHS
    columns = [_walk_column(estimate, history.n, h + 1, levels[:, h], constants) for h in range(lead)]
    start = estimate.level + np.sqrt(estimate.variance) * draws.standard_normal(PATHS)
    return start[:, None] + np.column_stack(columns) + drift * np.arange(1, lead + 1)


def _walk_column(
    estimate: LevelEstimate, n: int, lead: int, levels: FloatArray, constants: ClassConstants
) -> FloatArray:
    """Return the error of every path at one lead."""
    return estimate.step * np.sqrt(lead) * constants.table.scaled_errors(n, lead, levels)


def _trend_paths(history: History, lead: int, constants: ClassConstants) -> FloatArray:
    """Return paths of model B on the modelling scale, shape (PATHS, lead)."""
    # Imported here because statsmodels takes longer to load than most callers of this module need.
    from qualitybook.analysis.damped_trend import fit_damped_trend

    fit = fit_damped_trend(history.z, history.years, lead, constants, history.variances)
    return fit.simulate(lead, PATHS, np.random.default_rng(SEED))

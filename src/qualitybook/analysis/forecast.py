"""Forecasts of short yearly series: quantiles, intervals and the probability that a target is met.

A forecast averages the quantile functions of two plain models: ``A``, the last value plus the forecast errors of other
public series (`qualitybook.analysis.error_table`), and ``B``, a local level with a damped trend in a Kalman filter
(`qualitybook.analysis.damped_trend`). Pass rates use model A alone. The average is taken on the modelling scale, turned
back to the original scale and clipped to the support; probabilities are read from the averaged quantiles and clipped to
3..97 %, beyond which they are not supported by evidence.

Horizons count years after the last position of the sequence; leads count years after the last fitted value. They differ
where the sequence ends in missing years. Probabilities are given up to a lead of three years, quantiles further.

Targets that ask for a rise without a fall on the way need joint simulated paths. There model A is a random walk whose
steps follow the error table: independent steps with the table's one-year distribution are added up, and the sums at
each horizon are then moved, rank by rank, to the table's own quantiles at that horizon, so that a path agrees with the
forecast of every year. Model B draws level variance, level and trend from their posterior and runs the state space
forward. The seed is fixed: the same values give the same answer.

Series of one to three values have an orientation only: where a value may go judged by how similar indicators move.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from qualitybook.analysis.error_table import LevelEstimate, mean_step, table_quantiles
from qualitybook.analysis.scales import INDEX, PASS_RATE, SHARE, ClassConstants, FloatArray, SeriesClass, Transform

if TYPE_CHECKING:
    from qualitybook.analysis.damped_trend import TrendFit

LEVELS = np.round(np.arange(0.005, 0.9951, 0.005), 3)
"""Probability levels at which a forecast keeps its quantiles, 0.5 % to 99.5 %."""


@dataclass(frozen=True, eq=False)
class Question:
    """Which years and levels are asked for, and the support to keep to."""

    horizons: tuple[int, ...]
    """Years after the last position of the sequence, length H."""
    levels: FloatArray
    """Probability levels, increasing, shape (L,)."""
    lower: float | None
    upper: float | None
    """Bounds the value cannot leave."""

    def on_original_scale(self, quantiles: FloatArray, transform: Transform) -> FloatArray:
        """Return quantiles of the modelling scale on the original scale, within the support; of any shape."""
        lower = -np.inf if self.lower is None else self.lower
        upper = np.inf if self.upper is None else self.upper
        return np.clip(transform.inverse(quantiles), lower, upper)


def ask(horizon: int, levels: ArrayLike | None, lower: float | None, upper: float | None) -> Question:
    """Return what is asked for, checked; levels that are None are 0.5 % to 99.5 % by half points.

    ValueError if the horizon is not a whole number of at least one, or the levels do not increase inside (0, 1).
    """
    grid = LEVELS if levels is None else _read_levels(levels)
    if np.any(np.diff(grid) <= 0):
        raise ValueError("probability levels must increase")
    if not (np.isfinite(horizon) and horizon == int(horizon) and horizon >= 1):
        raise ValueError(f"the horizon must be a whole number of years and at least one year, not {horizon!r}")
    return Question(tuple(range(1, int(horizon) + 1)), grid, lower, upper)


def _read_levels(levels: ArrayLike) -> FloatArray:
    """Return probability levels as floats, shape (L,); ValueError if one is not inside (0, 1)."""
    grid = np.atleast_1d(np.asarray(levels, dtype=float))
    if grid.ndim != 1 or not np.all((grid > 0) & (grid < 1)):
        raise ValueError("probability levels must be a sequence of numbers inside (0, 1)")
    return grid


FULL_HISTORY = 8
"""Fitted values from which a series' own history carries the statement, and its drift is carried forward."""

_MOST_DECIMALS = 6
"""Decimals beyond which values are taken to be computed, not printed."""


@dataclass(frozen=True, eq=False)
class History:
    """The fitted values of a series on the modelling scale."""

    z: FloatArray
    """Fitted values on the modelling scale, shape (n,)."""
    years: FloatArray
    """Their positions in the sequence, shape (n,)."""
    variances: FloatArray | None
    """Known observation variances on the modelling scale, shape (n,)."""
    length: int
    """Length of the sequence, missing years included."""
    transform: Transform
    grain: float = 0.0
    """Unit of the last printed decimal, on the modelling scale at the last value; 0 where values are not rounded."""

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

    `obs_sd` is the standard deviation of each value on the original scale (a scalar, or shape (T,)), NaN or 0 where
    exact; `variances`, shape (T,), replaces it by those on the modelling scale. `unit` is that of the last printed
    decimal, such as 0.1, 0 for values that are not rounded. By default it is read from values between two bounds, whose
    size says how finely they are printed; elsewhere it is 0.

    ImpossibleValueError if a value is impossible on the scale of its class, ValueError if the values are no
    one-dimensional sequence of numbers or a standard deviation is negative.
    """
    sequence = _read_sequence(values)
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


def _carried_drift(history: History, series_class: SeriesClass) -> float:
    """Return the yearly drift that model A carries forward: none below eight values, which do not tell a trend."""
    return series_class.drift * mean_step(history.z, history.years) if history.n >= FULL_HISTORY else 0.0


def printed_unit(values: FloatArray) -> FloatArray:
    """Return the unit of the last decimal to which all values, shape (..., n), are printed; 0 if they have more."""
    unit = np.zeros(values.shape[:-1])
    for decimals in range(_MOST_DECIMALS, -1, -1):
        scaled = values * 10.0**decimals
        unit = np.where(np.all(np.abs(scaled - np.round(scaled)) < 1e-6, axis=-1), 10.0**-decimals, unit)
    return unit


def _read_sequence(values: ArrayLike) -> FloatArray:
    """Return yearly values as floats, missing years as NaN, shape (T,).

    They come as a list, a tuple, a pandas Series (whose index is not looked at) or an array; NaN, None, a missing value
    of pandas or a masked entry marks a missing year. ValueError if they are no one-dimensional sequence of numbers.
    """
    try:
        sequence: FloatArray = np.ma.filled(np.ma.array(values, dtype=float), np.nan)
    except (TypeError, ValueError) as error:
        raise ValueError("yearly values must be numbers, with NaN for a missing year") from error
    if sequence.ndim != 1:
        raise ValueError("yearly values must be a one-dimensional sequence")
    return sequence


LARGEST_LEAD = 3
"""Largest lead, in years after the last fitted value, for which a probability is given."""

_PROBABILITY_RANGE = (0.03, 0.97)
"""Probabilities outside this range are not supported by evidence."""

DISAGREEMENT = 0.20
"""Difference between the models' probabilities from which they are said to disagree."""


@dataclass(frozen=True, eq=False)
class Forecast:
    """Quantiles of a series at the horizons asked for."""

    horizons: tuple[int, ...]
    """Years after the last position of the sequence, length H."""
    leads: tuple[int, ...]
    """The same, in years after the last fitted value."""
    levels: FloatArray
    """Probability levels, increasing, shape (L,)."""
    quantiles_a: FloatArray
    quantiles_b: FloatArray
    """Quantiles of each model on the original scale, shape (H, L)."""
    quantiles: FloatArray
    """Quantiles of the models used, averaged, on the original scale, shape (H, L)."""
    models: tuple[str, ...]
    """Models that entered the average."""
    n: int
    """Number of fitted values (the latest ten at most for percentages)."""
    last_index: int
    """Position of the last fitted value in the sequence."""
    gap: int
    """Number of missing years after it."""
    class_code: str
    """Code of the class of series."""
    flags: tuple[str, ...]
    """``few_values`` (n < 8), ``constant`` (all fitted values equal), ``missing_years`` (a gap between fitted
    values), ``stale`` (the last position is missing), ``far`` (a lead beyond three years), ``inexact``
    (observation variance entered), ``methods_disagree`` (the models differ by more than 20 points at some target
    between the quartiles)."""
    dispersion: float = 1.0
    """Factor by which known sampling variances were inflated, 1 where none were known."""

    def row(self, horizon: int) -> int:
        """Return the row of the quantile arrays that stands for a horizon; KeyError if it was not forecast."""
        if horizon not in self.horizons:
            raise KeyError(f"horizon {horizon} was not forecast")
        return self.horizons.index(horizon)

    def interval(self, level: float, horizon: int) -> tuple[float, float]:
        """Return the central prediction interval that holds a share of the distribution, such as 0.8; at most 0.99."""
        tail = round((1.0 - level) / 2.0, 9)
        return self.quantile(tail, horizon), self.quantile(1.0 - tail, horizon)

    def quantile(self, level: float, horizon: int) -> float:
        """Return one quantile of the averaged forecast; ValueError if the level leaves the range of levels kept."""
        if not self.levels[0] - 1e-9 <= level <= self.levels[-1] + 1e-9:
            raise ValueError(f"level {level} is outside {self.levels[0]}..{self.levels[-1]}")
        return float(np.interp(ndtri(level), ndtri(self.levels), self.quantiles[self.row(horizon)]))

    def median(self, horizon: int) -> float:
        """Return the median of the averaged forecast."""
        return self.quantile(0.5, horizon)

    def probability(self, target: float, horizon: int, *, at_most: bool = False) -> float | None:
        """Return the probability that the value reaches a target, or, with `at_most`, does not exceed it.

        It is kept within 0.03..0.97, and None beyond three years after the last fitted value.
        """
        row = self.row(horizon)
        if self.leads[row] > LARGEST_LEAD:
            return None
        below = share_below(self.levels, self.quantiles[row], target, inclusive=at_most)
        return clip_probability(below if at_most else 1.0 - below)

    def within(self, low: float, high: float, horizon: int) -> float | None:
        """Return the probability that the value lies between two ends, either of which may be infinite.

        It is kept within 0.03..0.97, and None beyond three years after the last fitted value.
        """
        row = self.row(horizon)
        if self.leads[row] > LARGEST_LEAD:
            return None
        return clip_probability(_share_within(self.levels, self.quantiles[row], low, high))

    def models_within(self, low: float, high: float, horizon: int) -> dict[str, float]:
        """Return the same by each model that entered the average, unclipped."""
        row, by_model = self.row(horizon), {"A": self.quantiles_a, "B": self.quantiles_b}
        return {name: _share_within(self.levels, by_model[name][row], low, high) for name in self.models}

    def model_probabilities(self, target: float, horizon: int) -> dict[str, float]:
        """Return each model's own, unclipped probability that the value meets or exceeds a target."""
        row = self.row(horizon)
        pairs = (("A", self.quantiles_a), ("B", self.quantiles_b))
        return {name: 1.0 - share_below(self.levels, quantiles[row], target) for name, quantiles in pairs}

    def methods_disagree(self, target: float, horizon: int) -> bool:
        """Tell whether the two models differ by more than 20 points about a target."""
        probabilities = self.model_probabilities(target, horizon)
        return abs(probabilities["A"] - probabilities["B"]) > DISAGREEMENT

    def flag_disagreement(self) -> Forecast:
        """Return the forecast with the flag ``methods_disagree`` set or removed as its quantiles say."""
        others = tuple(flag for flag in self.flags if flag != "methods_disagree")
        middle = np.flatnonzero((self.levels >= 0.25) & (self.levels <= 0.75))
        differ = any(
            self.methods_disagree(float(self.quantiles[row, column]), horizon)
            for row, horizon in enumerate(self.horizons)
            for column in middle[:: max(1, middle.size // 10)]
        )
        return replace(self, flags=(*others, "methods_disagree") if differ else others)


def share_below(levels: FloatArray, quantiles: FloatArray, target: float, inclusive: bool = False) -> float:
    """Return the probability of staying below a target, read from a quantile function; levels and quantiles increase.

    It is 0 or 1 where the target lies outside all quantiles. A run of equal quantiles is an atom of probability there.
    """
    place = int(np.searchsorted(quantiles, target, side="right" if inclusive else "left"))
    if place == 0:
        return 0.0
    if place == quantiles.size:
        return 1.0
    low, high = quantiles[place - 1], quantiles[place]
    fraction = (target - low) / (high - low)
    return float(levels[place - 1] + fraction * (levels[place] - levels[place - 1]))


def _share_within(levels: FloatArray, quantiles: FloatArray, low: float, high: float) -> float:
    return share_below(levels, quantiles, high, inclusive=True) - share_below(levels, quantiles, low)


def clip_probability(probability: float) -> float:
    """Return a probability within the range that evidence supports."""
    return float(np.clip(probability, *_PROBABILITY_RANGE))


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
    """Forecast a yearly series for the horizons 1 to `horizon`; None with fewer than four fitted values.

    Values, `obs_sd` and `unit` are as in `read_history`, levels as in `ask`; `models` (``A``, ``B`` or both) are
    averaged instead of those of the class. ValueError also if a model is unknown.
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
    """Forecast from fitted values; what `forecast` does once it has read them."""
    used = tuple(series_class.models if models is None else models)
    if not used or set(used) - {"A", "B"}:
        raise ValueError(f"unknown models {used!r}: choose from A and B")
    if history.n < MINIMUM_VALUES:
        return None
    leads = tuple(h + history.trailing for h in question.horizons)
    estimate = _estimate_history(history, constants, dispersions)
    inflated = None if history.variances is None else estimate.dispersion * history.variances
    drift = _carried_drift(history, series_class)
    a = table_quantiles(estimate, history.n, drift, leads, question.levels, constants.table)
    b = _fit_trend(history, leads[-1], constants, inflated).quantiles(question.levels)[np.array(leads) - 1]
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


def _estimate_history(
    history: History, constants: ClassConstants, dispersions: FloatArray | None = None
) -> LevelEstimate:
    """Return the present level and step size of a history, with the constants of its class."""
    return LevelEstimate.of(
        history.z,
        history.years,
        constants.step,
        history.variances,
        dispersions,
        weight=constants.step_weight,
        shrinkage=constants.shrinkage,
        grain=history.grain,
    )


def _fit_trend(history: History, lead: int, constants: ClassConstants, variances: FloatArray | None) -> TrendFit:
    """Return model B of a history, run as many years ahead."""
    # Imported here because statsmodels takes longer to load than most callers of this module need.
    from qualitybook.analysis.damped_trend import fit_damped_trend

    return fit_damped_trend(history.z, history.years, lead, constants, variances, history.grain)


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
    return replace(result, flags=tuple(name for name, applies in conditions.items() if applies)).flag_disagreement()


def quantiles(values: ArrayLike, kind: str, horizon: int, levels: ArrayLike) -> FloatArray | None:
    """Return forecast quantiles of a yearly series on its original scale, shape (horizon, L); None below four values.

    The kind is ``rate`` (percent, as a pass rate), ``share`` (percent), ``count`` or ``index``; levels come in any
    order. ImpossibleValueError if a value is impossible for its kind, such as a rate of 101 or a negative count;
    ValueError if the kind is unknown or an argument as `forecast` refuses it.
    """
    grid, place = np.unique(_read_levels(levels), return_inverse=True)
    result = forecast(values, _class_of(kind), horizon, levels=grid)
    return None if result is None else result.quantiles[:, place]


def probability_at_least(values: ArrayLike, kind: str, horizon: int, target: float) -> float | None:
    """Return the probability, within 0.03..0.97, that a yearly series meets or exceeds a target at one horizon.

    Values and kind are as in `quantiles`. None with fewer than four values or beyond three years after the last one;
    ValueError also if the target is not a number.
    """
    wanted = float(target)
    if np.isnan(wanted):
        raise ValueError("the target must be a number")
    result = forecast(values, _class_of(kind), horizon)
    return None if result is None else result.probability(wanted, int(horizon))


def _class_of(kind: str) -> SeriesClass:
    if kind not in KINDS:
        raise ValueError(f"unknown kind {kind!r}: choose from {', '.join(sorted(KINDS))}")
    return KINDS[kind]


PATHS = 20_000
"""Number of simulated paths; the simulation error of a probability is below 0.4 points."""

SEED = 20231030
"""Fixed seed of the simulation."""


@dataclass(frozen=True, eq=False)
class SimulatedPaths:
    """How a series may go on year by year, as its values will be printed."""

    by_model: dict[str, FloatArray]
    """Values by model (``A``, ``B``), shape (PATHS, lead)."""
    models: tuple[str, ...]
    """Models that are averaged."""
    last: float
    """The last fitted value."""
    unit: float
    """Unit of the last printed digit, 0 where values are compared as they are."""
    lead: int
    """Years after the last fitted value."""
    n: int
    """Number of fitted values."""

    @classmethod
    def of(
        cls,
        values: ArrayLike,
        series_class: SeriesClass,
        horizon: int,
        *,
        unit: float = 0.0,
        obs_sd: ArrayLike | None = None,
        models: Iterable[str] | None = None,
        constants: ClassConstants | None = None,
    ) -> SimulatedPaths | None:
        """Return the paths of a series; None with fewer than four fitted values or beyond three years after the last.

        ValueError if the horizon is less than one, or the unit is negative.
        """
        if horizon < 1 or unit < 0:
            raise ValueError("the horizon must be at least one year and the unit not negative")
        sequence = np.asarray(values, dtype=float)
        history = read_history(sequence, series_class, obs_sd, unit=unit)
        lead = horizon + history.trailing
        if history.n < MINIMUM_VALUES or lead > LARGEST_LEAD:
            return None
        known = constants or series_class.constants
        used = tuple(series_class.models if models is None else models)
        trend = _fit_trend(history, lead, known, history.variances)
        made = {
            "A": _walk_paths(history, series_class, lead, known),
            "B": trend.simulate(lead, PATHS, np.random.default_rng(SEED)),
        }
        drawn = {name: history.transform.inverse(paths) for name, paths in made.items()}
        printed = {name: np.rint(paths / unit) * unit if unit else paths for name, paths in drawn.items()}
        return cls(printed, used, float(sequence[int(history.years[-1])]), unit, lead, history.n)

    def share(self, reaches: Callable[[FloatArray], NDArray[np.bool_]]) -> tuple[float, dict[str, float]]:
        """Return the share of paths, shape (PATHS, lead), of which something is true, and the same by model.

        The first is the mean of the models used, kept within 0.03..0.97; the others are unclipped.
        """
        shares = {name: float(np.mean(reaches(paths))) for name, paths in self.by_model.items()}
        return clip_probability(float(np.mean([shares[name] for name in self.models]))), shares


@dataclass(frozen=True)
class RisingProbability:
    """Probability that a value ends better than its baseline without a step back on the way."""

    probability: float
    """Mean of the models used, within 0.03..0.97."""
    by_model: dict[str, float]
    """Probability by model (``A``, ``B``), unclipped."""
    horizon: int
    """Years after the last position of the sequence."""
    lead: int
    """Years after the last fitted value, each of which must not fall."""
    n: int
    """Number of fitted values."""


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
    direction: int = 1,
) -> RisingProbability | None:
    """Return the probability of ending above a baseline without a fall after the last fitted value.

    `unit` is that of the last digit that the values will be printed with, on the original scale: they are compared as
    printed, and no step is taken to be far below it; 0 compares them as they are. A `direction` of -1 is for ending
    below the baseline without a rise. None with fewer than four fitted values or beyond three years after the last one;
    steps already observed are the caller's to judge.

    ValueError if the baseline has no value, the horizon is less than one, or the unit is negative.
    """
    sequence = np.asarray(values, dtype=float)
    if not 0 <= baseline_index < sequence.size or np.isnan(sequence[baseline_index]):
        raise ValueError("the baseline year has no value")
    simulated = SimulatedPaths.of(
        sequence, series_class, horizon, unit=unit, obs_sd=obs_sd, models=models, constants=constants
    )
    if simulated is None:
        return None
    baseline, last, slack = direction * sequence[baseline_index], direction * simulated.last, unit / 4

    def rises(paths: FloatArray) -> NDArray[np.bool_]:
        steps = np.diff(direction * paths, axis=1, prepend=last)
        risen: NDArray[np.bool_] = np.all(steps >= -slack, axis=1) & (direction * paths[:, -1] > baseline + slack)
        return risen

    return RisingProbability(*simulated.share(rises), horizon, simulated.lead, simulated.n)


def _walk_paths(history: History, series_class: SeriesClass, lead: int, constants: ClassConstants) -> FloatArray:
    """Return paths of model A on the modelling scale, shape (PATHS, lead)."""
    estimate = _estimate_history(history, constants)
    drift = _carried_drift(history, series_class)
    draws = np.random.default_rng(SEED)
    walk = np.cumsum(constants.table.scaled_errors(history.n, 1, draws.uniform(size=PATHS * lead)).reshape(-1, lead), 1)
    levels = (np.argsort(np.argsort(walk, axis=0, kind="stable"), axis=0) + 0.5) / PATHS
    columns = [
        estimate.step * np.sqrt(h + 1) * constants.table.scaled_errors(history.n, h + 1, levels[:, h])
        for h in range(lead)
    ]
    start = estimate.level + np.sqrt(estimate.variance) * draws.standard_normal(PATHS)
    return start[:, None] + np.column_stack(columns) + drift * np.arange(1, lead + 1)


@dataclass(frozen=True)
class Orientation:
    """Where a value may go judged by how similar indicators move, not by its own history."""

    lower: float
    centre: float
    upper: float
    """Ends and median of the range on the original scale."""
    level: float
    """Share of similar cases inside."""
    lead: int
    """Years after the last value."""
    last_index: int
    """Position of the last value in the sequence."""

    @classmethod
    def of(
        cls,
        values: ArrayLike,
        series_class: SeriesClass,
        horizon: int,
        *,
        level: float = 0.8,
        lower: float | None = None,
        upper: float | None = None,
        constants: ClassConstants | None = None,
    ) -> Orientation | None:
        """Return the range in which similar indicators would move from the last value; for one to three values.

        Only the last value is used: with two or three values a series' own step size does not beat that of its class.
        None without any value or beyond three years after the last one.
        """
        tail = (1.0 - level) / 2.0
        question = ask(horizon, [tail, 0.5, 1.0 - tail], lower, upper)
        history = read_history(values, series_class)
        lead = horizon + history.trailing
        if history.n == 0 or lead > LARGEST_LEAD:
            return None
        known = constants or series_class.constants
        estimate = LevelEstimate(float(history.z[-1]), 0.0, known.step)
        rows = table_quantiles(estimate, 1, 0.0, (lead,), question.levels, known.table)
        low, centre, high = (float(value) for value in question.on_original_scale(rows, history.transform)[0])
        return cls(low, centre, high, level, lead, int(history.years[-1]))

"""A forecast as its quantile function, and what is read from it: intervals, probabilities, disagreement of models."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri

from qualitybook.analysis.transforms import FloatArray

LARGEST_LEAD = 3
"""Largest lead, in years after the last fitted value, for which a probability is given."""

PROBABILITY_RANGE = (0.03, 0.97)
"""Probabilities outside this range are not supported by evidence."""

DISAGREEMENT = 0.20
"""Difference between the models' probabilities from which they are said to disagree."""


@dataclass(frozen=True, eq=False)
class Forecast:
    """Quantiles of a series at the horizons asked for.

    Attributes
    ----------
    horizons : tuple of int
        Years after the last position of the sequence, length H.
    leads : tuple of int
        The same, in years after the last fitted value.
    levels : numpy.ndarray
        Probability levels, increasing, shape (L,).
    quantiles_a, quantiles_b : numpy.ndarray
        Quantiles of each model on the original scale, shape (H, L).
    quantiles : numpy.ndarray
        Quantiles of the models used, averaged, on the original scale, shape (H, L).
    models : tuple of str
        Models that entered the average.
    n : int
        Number of fitted values (the latest ten at most for percentages).
    last_index : int
        Position of the last fitted value in the sequence.
    gap : int
        Number of missing years after it.
    class_code : str
        Code of the class of series.
    flags : tuple of str
        ``few_values`` (n < 8), ``constant`` (all fitted values equal), ``missing_years`` (a gap between fitted values),
        ``stale`` (the last position is missing), ``far`` (a lead beyond three years), ``inexact`` (observation variance
        entered), ``methods_disagree`` (the models differ by more than 20 points at some target between the quartiles).
    dispersion : float
        Factor by which known sampling variances were inflated, 1 where none were known.
    """

    horizons: tuple[int, ...]
    leads: tuple[int, ...]
    levels: FloatArray
    quantiles_a: FloatArray
    quantiles_b: FloatArray
    quantiles: FloatArray
    models: tuple[str, ...]
    n: int
    last_index: int
    gap: int
    class_code: str
    flags: tuple[str, ...]
    dispersion: float = 1.0

    def row(self, horizon: int) -> int:
        """Return the row of the quantile arrays that stands for a horizon.

        Parameters
        ----------
        horizon : int
            Years after the last position of the sequence.

        Returns
        -------
        int
            Row index.

        Raises
        ------
        KeyError
            If the forecast was not made for that horizon.
        """
        if horizon not in self.horizons:
            raise KeyError(f"horizon {horizon} was not forecast")
        return self.horizons.index(horizon)

    def interval(self, level: float, horizon: int) -> tuple[float, float]:
        """Return the central prediction interval.

        Parameters
        ----------
        level : float
            Share of the distribution inside, such as 0.8 or 0.95; at most 0.99.
        horizon : int
            Years after the last position of the sequence.

        Returns
        -------
        lower, upper : float
            Ends of the interval on the original scale.

        Raises
        ------
        ValueError
            If the level leaves the range of levels kept.
        """
        tail = round((1.0 - level) / 2.0, 9)
        return self.quantile(tail, horizon), self.quantile(1.0 - tail, horizon)

    def quantile(self, level: float, horizon: int) -> float:
        """Return one quantile of the averaged forecast.

        Parameters
        ----------
        level : float
            Probability level within the range of `levels`.
        horizon : int
            Years after the last position of the sequence.

        Returns
        -------
        float
            Quantile on the original scale.

        Raises
        ------
        ValueError
            If the level leaves the range of levels kept.
        """
        if not self.levels[0] - 1e-9 <= level <= self.levels[-1] + 1e-9:
            raise ValueError(f"level {level} is outside {self.levels[0]}..{self.levels[-1]}")
        return float(np.interp(ndtri(level), ndtri(self.levels), self.quantiles[self.row(horizon)]))

    def median(self, horizon: int) -> float:
        """Return the median of the averaged forecast.

        Parameters
        ----------
        horizon : int
            Years after the last position of the sequence.

        Returns
        -------
        float
            Median on the original scale.
        """
        return self.quantile(0.5, horizon)

    def probability_at_least(self, target: float, horizon: int) -> float | None:
        """Return the probability that the value meets or exceeds a target.

        Parameters
        ----------
        target : float
            Target on the original scale.
        horizon : int
            Years after the last position of the sequence.

        Returns
        -------
        float or None
            Probability within 0.03..0.97, or None beyond three years after the last fitted value.
        """
        row = self.row(horizon)
        if self.leads[row] > LARGEST_LEAD:
            return None
        return clip_probability(1.0 - share_below(self.levels, self.quantiles[row], target))

    def probability_at_most(self, target: float, horizon: int) -> float | None:
        """Return the probability that the value does not exceed a target.

        Parameters
        ----------
        target : float
            Target on the original scale.
        horizon : int
            Years after the last position of the sequence.

        Returns
        -------
        float or None
            Probability within 0.03..0.97, or None beyond three years after the last fitted value.
        """
        row = self.row(horizon)
        if self.leads[row] > LARGEST_LEAD:
            return None
        return clip_probability(share_below(self.levels, self.quantiles[row], target, inclusive=True))

    def model_probabilities(self, target: float, horizon: int) -> dict[str, float]:
        """Return each model's own, unclipped probability that the value meets or exceeds a target.

        Parameters
        ----------
        target : float
            Target on the original scale.
        horizon : int
            Years after the last position of the sequence.

        Returns
        -------
        dict
            Probability by model, ``A`` and ``B``.
        """
        row = self.row(horizon)
        pairs = (("A", self.quantiles_a), ("B", self.quantiles_b))
        return {name: 1.0 - share_below(self.levels, quantiles[row], target) for name, quantiles in pairs}

    def methods_disagree(self, target: float, horizon: int) -> bool:
        """Tell whether the two models differ by more than 20 points about a target.

        Parameters
        ----------
        target : float
            Target on the original scale.
        horizon : int
            Years after the last position of the sequence.

        Returns
        -------
        bool
            True if they do.
        """
        probabilities = self.model_probabilities(target, horizon)
        return abs(probabilities["A"] - probabilities["B"]) > DISAGREEMENT


def share_below(levels: FloatArray, quantiles: FloatArray, target: float, inclusive: bool = False) -> float:
    """Return the probability of staying below a target, read from a quantile function.

    Parameters
    ----------
    levels, quantiles : numpy.ndarray
        Probability levels and quantiles, both increasing, shape (L,).
    target : float
        Target on the scale of the quantiles.
    inclusive : bool, optional
        Whether the target itself counts as below.

    Returns
    -------
    float
        Probability; 0 or 1 where the target lies outside all quantiles. A run of equal quantiles is an atom of
        probability at that value.
    """
    place = int(np.searchsorted(quantiles, target, side="right" if inclusive else "left"))
    if place == 0:
        return 0.0
    if place == quantiles.size:
        return 1.0
    low, high = quantiles[place - 1], quantiles[place]
    fraction = (target - low) / (high - low)
    return float(levels[place - 1] + fraction * (levels[place] - levels[place - 1]))


def clip_probability(probability: float) -> float:
    """Return a probability within the range that evidence supports.

    Parameters
    ----------
    probability : float
        Probability in 0..1.

    Returns
    -------
    float
        Probability in 0.03..0.97.
    """
    return float(np.clip(probability, *PROBABILITY_RANGE))


def flag_disagreement(result: Forecast) -> Forecast:
    """Return the forecast with the flag ``methods_disagree`` set or removed as its quantiles say.

    Parameters
    ----------
    result : Forecast
        A forecast.

    Returns
    -------
    Forecast
        The same with that flag brought up to date.
    """
    others = tuple(flag for flag in result.flags if flag != "methods_disagree")
    return replace(result, flags=(*others, "methods_disagree") if _differ_somewhere(result) else others)


def _differ_somewhere(result: Forecast) -> bool:
    """Tell whether the models differ by more than 20 points at some target between the quartiles."""
    middle = np.flatnonzero((result.levels >= 0.25) & (result.levels <= 0.75))
    return any(
        result.methods_disagree(float(result.quantiles[row, column]), horizon)
        for row, horizon in enumerate(result.horizons)
        for column in middle[:: max(1, middle.size // 10)]
    )

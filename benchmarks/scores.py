"""How a method's quantiles did on the histories of a benchmark: coverage, Brier score, calibration error, CRPS."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qualitybook.analysis.forecast import LEVELS, clip_probability, share_below

FloatArray = NDArray[np.float64]

STEP_EDGES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
"""Lower ends of the bins by size of step: the mean absolute yearly step of the history on the modelling scale."""

SMALLEST_BIN = 100
"""Outcomes below which a bin is not judged."""


@dataclass(frozen=True)
class Label:
    """What a history belongs to.

    Attributes
    ----------
    code : str
        Class of series.
    family : str
        Data set.
    place : int
        Bin of the size of its steps.
    """

    code: str
    family: str
    place: int


def bin_of(history: FloatArray) -> int:
    """Return the place of a history's mean absolute yearly step, on the modelling scale, among `STEP_EDGES`."""
    return int(np.searchsorted(STEP_EDGES, np.mean(np.abs(np.diff(history))), side="right")) - 1


def bin_name(place: int) -> str:
    """Return a bin of steps in words."""
    above = STEP_EDGES[place + 1 : place + 2]
    return f"{STEP_EDGES[place]:g}-{above[0]:g}" if above else f"{STEP_EDGES[place]:g} or more"


@dataclass(frozen=True, eq=False)
class Outcome:
    """How one method did on one task.

    Attributes
    ----------
    cover80, cover95 : numpy.ndarray
        Whether the outcome fell inside the interval, shape (H,).
    probability, event : numpy.ndarray
        Probability that the target is met and whether it was, shape (H,).
    not_below, was_not_below : numpy.ndarray
        Probability that the outcome, as printed, is not below the last value, and whether it was not, shape (H,).
    crps : numpy.ndarray
        Continuous ranked probability score in mean absolute steps, shape (H,).
    seconds : float
        Processor time for the forecast.
    """

    cover80: NDArray[np.bool_]
    cover95: NDArray[np.bool_]
    probability: FloatArray
    event: NDArray[np.bool_]
    not_below: FloatArray
    was_not_below: NDArray[np.bool_]
    crps: FloatArray
    seconds: float


def judge(
    quantiles: FloatArray, future: FloatArray, targets: FloatArray, last: float, step: float, seconds: float
) -> Outcome:
    """Return how quantiles did on a history.

    Parameters
    ----------
    quantiles : numpy.ndarray
        Quantiles at `LEVELS` on the modelling scale, shape (H, L).
    future, targets : numpy.ndarray
        Outcomes and targets on the same scale, shape (H,).
    last : float
        Lowest value that is printed like the last one, on the same scale.
    step : float
        Mean absolute step of the series, the unit of the CRPS.
    seconds : float
        Time they took.

    Returns
    -------
    Outcome
        Coverage, probabilities and scores.
    """
    actual = future[:, None]
    lasts = np.full(future.size, last)
    inside = [_inside(quantiles, future, tail) for tail in (0.1, 0.025)]
    pinball = np.where(actual >= quantiles, LEVELS * (actual - quantiles), (1 - LEVELS) * (quantiles - actual))
    return Outcome(
        cover80=inside[0],
        cover95=inside[1],
        probability=_chances(quantiles, targets),
        event=future >= targets,
        not_below=_chances(quantiles, lasts),
        was_not_below=future >= lasts - 1e-9,
        crps=2 * pinball.mean(axis=1) / step,
        seconds=seconds,
    )


def _chances(quantiles: FloatArray, targets: FloatArray) -> FloatArray:
    """Return the probability that each target is met."""
    pairs = zip(quantiles, targets, strict=True)
    return np.array([clip_probability(1 - share_below(LEVELS, row, target)) for row, target in pairs])


def _inside(quantiles: FloatArray, actual: FloatArray, tail: float) -> NDArray[np.bool_]:
    low, high = (quantiles[:, int(np.argmin(np.abs(LEVELS - level)))] for level in (tail, 1 - tail))
    # Rounding of the transform there and back must not decide about an outcome at the ceiling.
    return (actual >= low - 1e-9) & (actual <= high + 1e-9)


@dataclass
class Results:
    """Outcomes of one method by data set, and its failures.

    Attributes
    ----------
    outcomes : list of tuple
        Label and outcome of each task.
    failures : list of str
        Reason of each task on which the method raised or returned no numbers.
    """

    outcomes: list[tuple[Label, Outcome]]
    failures: list[str]

    def labels(self) -> list[Label]:
        """Return the labels of all outcomes."""
        return [label for label, _ in self.outcomes]

    def table(self, code: str = "", families: Iterable[str] = (), place: int | None = None) -> dict[str, float]:
        """Return the mean scores over the histories of a class, of some data sets or of a bin of steps.

        Parameters
        ----------
        code : str, optional
            Class of series.
        families : iterable of str, optional
            Data sets.
        place : int, optional
            Bin of steps.

        Returns
        -------
        dict
            Number of outcomes, coverage in percent, Brier scores of the target and of not falling below the last value,
            log loss, calibration error in points, CRPS and median milliseconds; the number alone if there is none.
        """
        kept = tuple(families)
        chosen = [
            outcome
            for label, outcome in self.outcomes
            if code in ("", label.code) and (not kept or label.family in kept) and place in (None, label.place)
        ]
        if not chosen:
            return {"cases": 0}
        probability = np.concatenate([outcome.probability for outcome in chosen])
        event = np.concatenate([outcome.event for outcome in chosen]).astype(float)
        not_below = np.concatenate([outcome.not_below for outcome in chosen])
        was_not_below = np.concatenate([outcome.was_not_below for outcome in chosen]).astype(float)
        return {
            "cases": event.size,
            "brier_last": float(np.mean((not_below - was_not_below) ** 2)),
            "cover80": 100 * float(np.mean(np.concatenate([outcome.cover80 for outcome in chosen]))),
            "cover95": 100 * float(np.mean(np.concatenate([outcome.cover95 for outcome in chosen]))),
            "brier": float(np.mean((probability - event) ** 2)),
            "log_loss": float(-np.mean(event * np.log(probability) + (1 - event) * np.log1p(-probability))),
            "ece": calibration_error(probability, event),
            "crps": float(np.mean(np.concatenate([outcome.crps for outcome in chosen]))),
            "ms": 1000 * float(np.median([outcome.seconds for outcome in chosen])),
        }


def calibration_error(probability: FloatArray, event: FloatArray) -> float:
    """Return the mean distance between printed and observed frequency over ten bins, in points.

    Parameters
    ----------
    probability, event : numpy.ndarray
        Probabilities and 0/1 events, shape (K,).

    Returns
    -------
    float
        Calibration error in percentage points.
    """
    places = np.minimum((probability * 10).astype(int), 9)
    gaps = [abs(np.sum(probability[places == k] - event[places == k])) for k in range(10)]
    return float(100 * sum(gaps) / probability.size)

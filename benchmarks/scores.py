"""How a method's quantiles did on the histories of a benchmark: coverage, Brier score, calibration error, CRPS."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qualitybook.analysis.prediction import clip_probability, share_below
from qualitybook.analysis.question import LEVELS

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Outcome:
    """How one method did on one task.

    Attributes
    ----------
    cover80, cover95 : numpy.ndarray
        Whether the outcome fell inside the interval, shape (H,).
    probability, event : numpy.ndarray
        Probability that the target is met and whether it was, shape (H,).
    crps : numpy.ndarray
        Continuous ranked probability score in mean absolute steps, shape (H,).
    seconds : float
        Processor time for the forecast.
    """

    cover80: NDArray[np.bool_]
    cover95: NDArray[np.bool_]
    probability: FloatArray
    event: NDArray[np.bool_]
    crps: FloatArray
    seconds: float


def judge(quantiles: FloatArray, future: FloatArray, targets: FloatArray, step: float, seconds: float) -> Outcome:
    """Return how quantiles did on a history.

    Parameters
    ----------
    quantiles : numpy.ndarray
        Quantiles at `LEVELS` on the modelling scale, shape (H, L).
    future, targets : numpy.ndarray
        Outcomes and targets on the same scale, shape (H,).
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
    inside = [_inside(quantiles, future, tail) for tail in (0.1, 0.025)]
    below = [share_below(LEVELS, row, target) for row, target in zip(quantiles, targets, strict=True)]
    pinball = np.where(actual >= quantiles, LEVELS * (actual - quantiles), (1 - LEVELS) * (quantiles - actual))
    return Outcome(
        cover80=inside[0],
        cover95=inside[1],
        probability=np.array([clip_probability(1 - share) for share in below]),
        event=future >= targets,
        crps=2 * pinball.mean(axis=1) / max(step, 1e-9),
        seconds=seconds,
    )


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
        Data set and outcome of each task.
    failures : list of str
        Reason of each task on which the method raised or returned no numbers.
    """

    outcomes: list[tuple[str, Outcome]]
    failures: list[str]

    def table(self, families: tuple[str, ...]) -> dict[str, float]:
        """Return the mean scores over some data sets.

        Parameters
        ----------
        families : tuple of str
            Data sets.

        Returns
        -------
        dict
            Coverage in percent, Brier score, log loss, calibration error in points, CRPS and median milliseconds.
        """
        chosen = [outcome for family, outcome in self.outcomes if family in families]
        probability = np.concatenate([outcome.probability for outcome in chosen])
        event = np.concatenate([outcome.event for outcome in chosen]).astype(float)
        return {
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

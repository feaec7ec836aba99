"""Where a value may go judged by how similar indicators move; for series of one to three values."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.typing import ArrayLike

from qualitybook.analysis.error_table import LevelEstimate, table_quantiles
from qualitybook.analysis.history import read_history
from qualitybook.analysis.prediction import LARGEST_LEAD
from qualitybook.analysis.question import ask
from qualitybook.analysis.scales import ClassConstants, SeriesClass


@dataclass(frozen=True)
class Orientation:
    """Where a value may go judged by how similar indicators move, not by its own history.

    Attributes
    ----------
    lower, centre, upper : float
        Ends and median of the range on the original scale.
    level : float
        Share of similar cases inside.
    lead : int
        Years after the last value.
    last_index : int
        Position of the last value in the sequence.
    """

    lower: float
    centre: float
    upper: float
    level: float
    lead: int
    last_index: int


def orientation(
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

    Parameters
    ----------
    values : array_like
        Yearly values in order, NaN for a missing year, shape (T,).
    series_class : SeriesClass
        Class of the series.
    horizon : int
        Years after the last position of the sequence.
    level : float, optional
        Share of similar cases inside the range.
    lower, upper : float, optional
        Bounds the value cannot leave.
    constants : ClassConstants, optional
        Constants instead of those of the class.

    Returns
    -------
    Orientation or None
        The range, or None without any value or beyond three years after the last one.

    Raises
    ------
    ImpossibleValueError
        If a value is impossible on the scale of its class.
    ValueError
        If the horizon is less than one or the level not inside (0, 1).
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
    return Orientation(low, centre, high, level, lead, int(history.years[-1]))

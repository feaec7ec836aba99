"""The growth-ratio rule of other progress reports, computed for a labelled side note only.

It is wrong most of the time near a ceiling, so no verdict uses it. Source of the formula: Open SDG, progress
methodology (after Eurostat): observed and required compound annual growth rates and their ratio; "on track" from 0.95.
"""

from __future__ import annotations

from dataclasses import dataclass

from qualitybook.analysis.series import Series
from qualitybook.analysis.verdict import Goal

LEAST_YEARS = 2
WINDOW = 5


@dataclass(frozen=True)
class GrowthRatio:
    """Ratio of the observed to the required yearly growth since a base year."""

    base_year: int
    ratio: float


def growth_ratio(series: Series, goal: Goal) -> GrowthRatio | None:
    """Return the growth ratio since the first fitted year of the last five.

    Returns
    -------
    GrowthRatio or None
        None where the goal has no number, fewer than two positive yearly values are known, the goal was reached already
        at the base, or the target year is not ahead of the last value.
    """
    if goal.rule != "at_least" or goal.value is None or series.n < LEAST_YEARS:
        return None
    recent = series.yearly["value"].iloc[-WINDOW:]
    base_year, last_year = int(recent.index[0]), int(recent.index[-1])
    base, last = float(recent.iloc[0]), float(recent.iloc[-1])
    if base <= 0 or last <= 0 or base >= goal.value or last_year >= goal.target_year:
        return None
    observed = (last / base) ** (1 / (last_year - base_year)) - 1
    required = (goal.value / base) ** (1 / (goal.target_year - base_year)) - 1
    return GrowthRatio(base_year, observed / required)

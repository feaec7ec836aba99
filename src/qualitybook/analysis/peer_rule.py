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
REASONS = ("no_number", "other_rule", "too_few", "reached_at_base", "not_ahead", "not_positive")


@dataclass(frozen=True)
class GrowthRatio:
    """Ratio of the observed to the required yearly growth since a base year."""

    base_year: int
    ratio: float


def why_no_ratio(series: Series, goal: Goal) -> str:
    """Return why the rule cannot be computed, one of `REASONS`; "" where it can."""
    if goal.value is None:
        return "no_number"
    if goal.rule != "at_least":
        return "other_rule"
    if series.n < LEAST_YEARS:
        return "too_few"
    recent = series.yearly["value"].iloc[-WINDOW:]
    if float(recent.iloc[0]) >= goal.value:
        return "reached_at_base"
    if int(recent.index[-1]) >= goal.target_year:
        return "not_ahead"
    return "not_positive" if float(recent.iloc[0]) <= 0 or float(recent.iloc[-1]) <= 0 else ""


def growth_ratio(series: Series, goal: Goal) -> GrowthRatio | None:
    """Return the growth ratio since the first fitted year of the last five, None where `why_no_ratio` says why."""
    if goal.value is None or why_no_ratio(series, goal):
        return None
    recent = series.yearly["value"].iloc[-WINDOW:]
    base_year, last_year = int(recent.index[0]), int(recent.index[-1])
    base, last = float(recent.iloc[0]), float(recent.iloc[-1])
    observed = (last / base) ** (1 / (last_year - base_year)) - 1
    required = (goal.value / base) ** (1 / (goal.target_year - base_year)) - 1
    return GrowthRatio(base_year, observed / required)

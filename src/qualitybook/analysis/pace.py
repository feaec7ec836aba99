"""The pace that a goal needs and the pace so far, shown beside a probability and never a judgement.

A reader who sees that every step so far was larger than the one needed must see why the probability is still modest;
and beyond the years for which a probability is given this is all that can be said.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from qualitybook.analysis.series import Series, by_year
from qualitybook.analysis.verdict import Goal, meets

MOST_STEPS = 5
VALUE_RULES = ("at_least", "at_most")


@dataclass(frozen=True)
class Step:
    """A change between two yearly values that follow each other."""

    from_year: int
    to_year: int
    change: float
    "A year, in the indicator's unit: the difference by the years between the values."


@dataclass(frozen=True)
class Pace:
    """What is needed a year from the last value on, and the last steps."""

    needed: float | None
    "A year, in the indicator's unit; None where the goal names no value or the last figure reaches it."
    years: int
    "Years from the last value to the target year."
    steps: tuple[Step, ...]
    "The latest steps, oldest first, `MOST_STEPS` at most."
    decimals: int
    "Decimals of the values that the steps lie between."


def pace(series: Series, goal: Goal) -> Pace | None:
    """Return the pace of a series beside what its goal needs; None without two values or before no later year."""
    years = 0 if series.last_year is None else goal.target_year - series.last_year
    if series.n <= 1 or years <= 0:
        return None
    asked = _asked(series, goal)
    last = float(series.yearly["value"].iloc[-1])
    return Pace(
        None if asked is None or meets(last, goal.rule, asked) else (asked - last) / years,
        years,
        _last_steps(series),
        int(series.yearly["decimals"].iloc[-MOST_STEPS - 1 :].max()),
    )


def _asked(series: Series, goal: Goal) -> float | None:
    """Return the value that the goal asks for, None for a rise without one."""
    if goal.rule in VALUE_RULES:
        return goal.value
    baseline = series.yearly["value"].get(goal.baseline_year)
    return None if goal.rule != "count_increase" or baseline is None else float(baseline) + 1


def _last_steps(series: Series) -> tuple[Step, ...]:
    steps = [
        Step(before_year, year, (float(after["value"]) - float(before["value"])) / (year - before_year))
        for (before_year, before), (year, after) in pairwise(by_year(series.yearly))
    ]
    return tuple(steps[-MOST_STEPS:])

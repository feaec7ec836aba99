"""What a goal asks for, as the figures that reach it: a value or more, values between two, a change since a year.

The kinds of goals are rows of :data:`qualitybook.evidence.schema.RULES`. Whatever a rule makes of the value of a goal,
it comes down to the figures from one end to another, of which either may be open; states, probabilities, bounds and
paces are worked out from these.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from qualitybook.evidence.numbers import rounded
from qualitybook.evidence.schema import PERCENT, RULES, Rule

_TINY = 1e-9
_GRAIN = 1e-6
"""Share of a print unit by which a value may miss the grid of printed values and still lie on it."""


@dataclass(frozen=True)
class Goal:
    """What is asked of an indicator in a region."""

    indicator_id: str
    region_id: str
    rule: str
    """One of `RULES`."""
    value: float | None
    """What the rule makes a threshold of: mostly the threshold itself, in the indicator's unit."""
    target_year: int
    baseline_year: int | None = None
    """The year that is compared with."""
    value_high: float | None = None
    """The upper value of two, or how many there are of which `value` are asked for."""
    from_year: int | None = None
    """The first year of the growth that is averaged up to the target year."""
    due: str = ""
    """The month, YYYY-MM, by whose end something is to be done."""
    path: tuple[tuple[int, float], ...] = ()
    """Years on the way up to the target year, in order, with the value to reach in each."""
    is_percent: bool = False
    """Whether its unit is percent: a change of 5 is then by 5 % of the baseline figure, else by 5 units; and 18 of 20
    are 90."""

    @classmethod
    def of(cls, target: pd.Series | Mapping[str, Any]) -> Goal:
        """Return what a row of the plan's or of the peers' targets asks."""
        value, year = _number(target, "value"), int(target["target_year"])
        path = tuple(target.get("path") or ())
        if path and path[-1][0] < year:
            path = (*path, (year, float(value or 0)))
        return cls(
            indicator_id=str(target["indicator_id"]),
            region_id=str(target["region_id"]),
            rule=str(target["rule"]),
            value=value,
            target_year=year,
            baseline_year=_year(target, "baseline_year"),
            value_high=_number(target, "value_high"),
            from_year=_year(target, "from_year"),
            due=str(target.get("due") or ""),
            path=path,
            is_percent=str(target.get("unit", "")) == PERCENT,
        )

    def at(self, year: int, value: float) -> Goal:
        """Return what is asked for in a year on the way."""
        return replace(self, target_year=year, value=value)

    @property
    def kind(self) -> Rule:
        """The row of its rule."""
        return RULES[self.rule]

    @property
    def direction(self) -> int:
        """1 where higher figures reach the goal, -1 where lower ones do, 0 where they have to lie between two."""
        if self.kind.direction or self.value_high is not None:
            return self.kind.direction
        if self.path:
            return -1 if self.path[-1][1] < self.path[0][1] else 1
        return -1 if (self.value or 0) < 0 else 1

    @property
    def is_of_one_value(self) -> bool:
        """Whether it names one value in the unit of its figures, that of a figure of the target year."""
        rule = self.kind
        is_plain = rule.needs_value and not rule.needs and rule.value_is == "figure"
        return is_plain and rule.event == "figure_reaches"

    @property
    def compared_year(self) -> int | None:
        """The year whose figure the goal starts from; that before the first year of growth."""
        return self.baseline_year if self.from_year is None else self.from_year - 1

    @property
    def is_relative(self) -> bool:
        """Whether what is asked for hangs on the figure of another year."""
        return self.kind.needs_baseline or self.kind.value_is == "growth"


def _number(target: pd.Series | Mapping[str, Any], name: str) -> float | None:
    cell = target.get(name)
    return None if cell is None or pd.isna(cell) else float(cell)


def _year(target: pd.Series | Mapping[str, Any], name: str) -> int | None:
    cell = _number(target, name)
    return None if cell is None else int(cell)


@dataclass(frozen=True)
class Asked:
    """The figures that reach a goal: those from one end to the other, infinite where nothing bounds them."""

    lower: float = -math.inf
    upper: float = math.inf
    is_strict: bool = False
    """Whether the ends themselves miss the goal."""

    @classmethod
    def beyond(cls, value: float, direction: int, *, is_strict: bool = False) -> Asked:
        """Return the figures from a value on, upwards or downwards."""
        return cls(upper=value, is_strict=is_strict) if direction < 0 else cls(lower=value, is_strict=is_strict)

    @classmethod
    def by(cls, goal: Goal, baseline: float | None = None) -> Asked | None:
        """Return what a goal asks for; None for goals that no single figure reaches, and without a baseline they need.

        The `baseline` is the figure of the goal's `compared_year`; no percentage is taken of one of zero or less.
        """
        if goal.kind.judged not in ("figure", "growth") or (goal.is_relative and baseline is None):
            return None
        is_in_percent = goal.kind.value_is == "growth" or (goal.kind.value_is == "change" and goal.is_percent)
        if goal.is_relative and is_in_percent and (baseline or 0.0) <= 0:
            return None
        value = _threshold(goal, baseline or 0.0)
        if goal.kind.event == "figure_between":
            return cls(value, float(goal.value_high or 0))
        return cls.beyond(value, goal.direction, is_strict=goal.kind.is_strict)

    def printed(self, decimals: int) -> Asked:
        """Return the same with its ends as they would be printed."""
        lower, upper = (
            float(rounded(end, decimals)) if math.isfinite(end) else end for end in (self.lower, self.upper)
        )
        return replace(self, lower=lower, upper=upper)

    def nearest_end(self, value: float) -> float:
        """Return the end that lies nearest to a figure."""
        return min((self.lower, self.upper), key=lambda end: abs(end - value))

    def holds(self, value: float) -> bool:
        """Say whether a figure, as it is printed, reaches the goal: 98 meets "98 or more", 94.73 does not meet 95."""
        return bool(self.holds_each(value))

    def holds_each(self, values: ArrayLike) -> NDArray[np.bool_]:
        """Return the same for each of several figures, of any shape."""
        slack = -_TINY if self.is_strict else _TINY
        figures = np.asarray(values, dtype=float)
        within: NDArray[np.bool_] = (figures >= self.lower - slack) & (figures <= self.upper + slack)
        return within

    def holds_bound(self, qualifier: str, value: float) -> bool | None:
        """Return whether every value within a bound reaches the goal, None where some do and some do not."""
        from_below, from_above = replace(self, upper=math.inf), replace(self, lower=-math.inf)
        near, far = (from_below, from_above) if qualifier == "at_least" else (from_above, from_below)
        if not far.holds(value):
            return False
        # A bound that looks where the goal looks proves it, if only the goal is open on that side.
        return True if far == Asked(is_strict=self.is_strict) and near.holds(value) else None

    def unrounded(self, unit: float) -> tuple[float, float]:
        """Return the ends of the values that reach the goal once they are printed in a unit."""
        half, mirrored = unit / 2, Asked(-self.upper, -self.lower, self.is_strict)
        return self._first(unit) - half, -(mirrored._first(unit)) + half

    def _first(self, unit: float) -> float:
        """Return the lowest value of the grid of printed values that is not too low."""
        if math.isinf(self.lower):
            return self.lower
        steps = self.lower / unit
        first = math.floor(steps + _GRAIN) + 1 if self.is_strict else math.ceil(steps - _GRAIN)
        return round(first * unit, 9)

    def nearest(self, value: float, unit: float = 0.0) -> float:
        """Return the nearest figure that reaches the goal, printed in a unit where the ends themselves do not."""
        step = unit if self.is_strict else 0.0
        return min(max(value, self.lower + step), self.upper - step)


def _threshold(goal: Goal, baseline: float) -> float:
    """Return the value that a goal comes down to."""
    value, rule = float(goal.value or 0), goal.kind
    if rule.beyond_baseline is not None:
        return baseline + rule.beyond_baseline
    if rule.value_is == "change":
        return baseline * (1 + value / 100) if goal.is_percent else baseline + value
    if rule.value_is == "growth":
        return baseline * (1 + value / 100) ** (goal.target_year - int(goal.from_year or 0) + 1)
    return 100 * value / float(goal.value_high or 1) if rule.value_is == "part" and goal.is_percent else value

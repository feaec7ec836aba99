"""Kinds of goals: one row each, from which every check, judgement and page takes what it has to know of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """When a goal is met."""

    needs_value: bool = False
    "Whether the goal names the value that the figure has to reach."
    needs_baseline: bool = False
    "Whether the figure is held against that of a year before."
    beyond_baseline: float | None = None
    "What the figure has to differ by from that of the baseline year; None where nothing of the kind is asked."
    direction: int = 1
    "1 where higher figures reach the goal, -1 where lower ones do, 0 where the plan names no measure."

    @property
    def is_measured(self) -> bool:
        """Whether figures decide the goal."""
        return self.direction != 0

    @property
    def bound(self) -> str:
        """The qualifier of bounds that look where the goal looks."""
        return "at_most" if self.direction < 0 else "at_least"


QUALITATIVE = "qualitative"
RULES: dict[str, Rule] = {
    "at_least": Rule(needs_value=True),
    "at_most": Rule(needs_value=True, direction=-1),
    "rising": Rule(needs_baseline=True),
    "count_increase": Rule(needs_baseline=True, beyond_baseline=1.0),
    QUALITATIVE: Rule(direction=0),
}
"""A goal asks for a value, for a distance from a baseline year, or for a rise without a fall since then."""
MEASURED_RULES = tuple(code for code, rule in RULES.items() if rule.is_measured)

"""Kinds of goals and of indicators: one row each, from which checks, judgements and pages take what they must know."""

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


@dataclass(frozen=True)
class Kind:
    """What an indicator's figures are."""

    series_class: str = ""
    "Code of the class of series by which they are forecast; empty where they are only shown."
    year_from: str = "own"
    "How parts make a year where the indicator does not say: `pooled`, `sum` for flows, `end` for stocks, else not."
    is_relative: bool = False
    "Whether they are held against a whole: a part of a year is of the year's size, and a place may borrow of another."
    is_count: bool = False
    "Whether they count completely, so that figures differ by nothing but what was counted."
    is_judged: bool = True
    "Whether a change can be for the better or for the worse."
    lowest: str = ""
    highest: str = ""
    called: str = ""
    "What the kind is called where a figure lies outside of what it implies; empty where it implies nothing."


KINDS: dict[tuple[str, str], Kind] = {
    ("rate", ""): Kind("", "pooled", is_relative=True),
    ("rate", "pass_rate"): Kind(
        "pass_rate", "pooled", is_relative=True, lowest="0", highest="100", called="a pass rate"
    ),
    ("rate", "share"): Kind("share", "pooled", is_relative=True),
    ("rate", "satisfaction"): Kind(
        "share", "pooled", is_relative=True, lowest="0", highest="100", called="a satisfaction rate"
    ),
    ("index", ""): Kind("index", is_relative=True),
    ("level", ""): Kind("index"),
    ("growth", ""): Kind(is_judged=False),
    ("cumulative_count", ""): Kind("index", "end", is_count=True, lowest="0", called="a count"),
    ("yearly_count", ""): Kind("index", "sum", is_count=True, lowest="0", called="a count"),
    ("rank", ""): Kind(is_judged=False, lowest="1", called="a rank"),
}
"""By kind and, for rates, subkind. A share of 101 % of the gross product and a negative balance are possible."""
KIND_CODES = tuple(dict.fromkeys(kind for kind, _ in KINDS))
SUBKIND_CODES = tuple(subkind for _, subkind in KINDS if subkind)


def kind_of(kind: str, subkind: str = "") -> Kind:
    """Return the row of a kind; of a rate without a known subkind, what holds for every rate."""
    return KINDS.get((kind, subkind)) or KINDS.get((kind, ""), Kind())

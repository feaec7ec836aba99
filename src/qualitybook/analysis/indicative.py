"""What may be said of a goal from related evidence, for orientation: never a verdict, and never counted as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

KINDS = ("number", "range", "refused")


@dataclass(frozen=True)
class Gate:
    """One condition that a reading must hold for its number, or at all, to be printed."""

    code: str
    """``g1`` to ``g9``."""
    passed: bool | None
    """None where it does not apply."""
    detail: Mapping[str, float | str] = field(default_factory=dict)
    """The numbers it was decided by."""


@dataclass(frozen=True)
class Variant:
    """The same reading under another assumption, unrounded."""

    code: str
    estimate: float
    probability: float


@dataclass(frozen=True)
class Ground:
    """A row of the table of indicative evidence that a reading rests on, with the figures that it stands for."""

    role: str
    indicator_id: str
    region_id: str
    rows: tuple[Any, ...]
    """Rows of the observations."""
    row: Any
    """The row of the table."""


@dataclass(frozen=True)
class Reading:
    """What related evidence says of a goal, read on one indicator."""

    target: str
    indicator: str
    kind: str
    """``number`` (a probability is printed), ``range`` (estimate and ends only) or ``refused``."""
    reason: str = ""
    """Code of the refusal, or of what keeps the number back; "" where a number is printed."""
    estimate: float | None = None
    """In the unit of the indicator, as are the ends."""
    low80: float | None = None
    high80: float | None = None
    low95: float | None = None
    high95: float | None = None
    probability: float | None = None
    """As printed: a whole five percent, .10 to .90."""
    beyond: str = ""
    """``above`` where the chance is .90 or more, ``below`` where it is .10 or less."""
    variants: tuple[Variant, ...] = ()
    gates: tuple[Gate, ...] = ()
    disagree: bool = False
    """Whether its sources contradict each other."""
    cross_check: bool = False
    """Whether the goal has a verdict with a probability, beside which this stands."""
    evidence: tuple[Ground, ...] = ()

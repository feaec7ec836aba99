"""What the command line says of figures that lie far from those beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qualitybook.analysis.jumps import Jump
    from qualitybook.evidence import Catalog, Problem

JUMP = "jump"
"""Code of the doubt, and of the warning about a figure that is there already."""
LOOK_AGAIN = "look at the figure, its decimal point and its unit again"
SLIP_OR_BREAK = f"{LOOK_AGAIN}, or give it a basis; if it is right, put {JUMP} in the column settled"


def expected(jump: Jump, most_steps: float) -> str:
    """Return what a figure was held against and how far from it it lies."""
    from qualitybook.analysis.jumps import MOST_STEPS_APART, MOST_TIMES

    at = f"{jump.value} ({jump.period or 'undated'})"
    times = f"at most {MOST_TIMES:g} times more or less than"
    far = f"this is {jump.steps:,.1f}"
    if jump.is_factor and jump.kind == "sum":
        return f"a part of a year, {times} {at} would make it; {far}"
    if jump.is_factor:
        places = f", the nearest of {jump.count} figures of other places" if jump.kind == "other_places" else ""
        return f"{times} {at}{places}; {far}"
    most: Mapping[str, float] = {"step": most_steps}
    beside = {
        "part_of_year": ", the nearest figure for another part of a year",
        "other_places": f", the nearest of {jump.count} other figures",
    }.get(jump.kind, "")
    return f"at most {most.get(jump.kind, MOST_STEPS_APART):g} usual steps from {at}{beside}; {far}"


def warnings_of(catalog: Catalog) -> list[Problem]:
    """Return a warning for each figure of the evidence that lies a step beyond all measure from the one before."""
    from qualitybook.analysis.jumps import MOST_STEPS_APART, steps_too_large
    from qualitybook.evidence import Problem
    from qualitybook.evidence.check import without_settled
    from qualitybook.evidence.schema import OBSERVATIONS

    rows = catalog.observations.set_index("line")
    problems = [
        Problem(
            OBSERVATIONS.path,
            jump.line,
            "value",
            str(rows.loc[jump.line, "value_text"]),
            f"{expected(jump, MOST_STEPS_APART)}; {SLIP_OR_BREAK}",
            JUMP,
            "warning",
        )
        for jump in steps_too_large(catalog)
    ]
    return without_settled(problems, zip(rows.index, zip(rows["settled"], strict=True), strict=True))

"""A small chart on a card: one series without axes."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from qualitybook.evidence.numbers import rounded
from qualitybook.report import formats, theme
from qualitybook.report.figures import marks

_CARD_WIDTH_MM = 72.0
_CARD_HEIGHT_MM = 20.0
_CARD_EDGE = 0.25
"""Room above and below the values, as a share of their range."""


def card(frame: pd.DataFrame, goal: float | None, role: str) -> Figure:
    """Draw one series without axes: first and last year below, the goal as a broken line with its value.

    Parameters
    ----------
    frame
        `start`, `end` (decimal years), `value`, `qualifier`, `basis`; whole years or dates of a stock
        only, at least one.
    role
        ``direct``, ``proxy`` or ``context``, which decides the colour and the shape.
    """
    shown = frame.assign(x=marks.time_position(frame["start"], frame["end"])).sort_values("x")
    figure = theme.new_figure(_CARD_HEIGHT_MM, own_width_mm=_CARD_WIDTH_MM)
    axes = figure.subplots()
    colour = theme.PALETTE["observed" if role == "direct" else role]
    for run in marks.runs(shown):
        axes.plot(run["x"], run["value"], color=colour, linewidth=1.4, gid="line")
    axes.plot(shown["x"], shown["value"], "o" if role == "direct" else "s", color=colour, markersize=2.6, gid="points")
    values = [*shown["value"], *([] if goal is None else [goal])]
    room = _CARD_EDGE * ((max(values) - min(values)) or 1.0)
    axes.set_ylim(min(values) - room, max(values) + room)
    if goal is not None:
        axes.axhline(goal, color=theme.PALETTE["target"], linewidth=1.0, linestyle=(0, (4, 2)), gid="target")
    axes.grid(visible=False)
    axes.set_yticks([] if goal is None else [goal], [] if goal is None else [formats.short(goal)])
    axes.tick_params(labelsize=theme.SIZE_SMALL)
    axes.tick_params(axis="y", labelcolor=theme.PALETTE["target"])
    years = sorted({int(rounded(shown["x"].iloc[place])) for place in (0, -1)})
    axes.set_xticks(years, [str(year) for year in years])
    return figure

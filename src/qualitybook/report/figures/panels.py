"""Several small charts side by side: the indicators of a task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qualitybook.report import theme
from qualitybook.report.figures import layout, marks, scales
from qualitybook.report.figures.text import width, wrap

COLUMNS = 3
PLOT_MM = 24.0
AXIS_MM = 10.0
LINE_MM = theme.SIZE_SMALL * theme.LINE_SPACING / scales.POINTS_PER_MM
KEY_MM = 6.0
SIDE_MM = 14.0
GAP_MM = 3.5
PANEL_MARK = 4.0
PANEL_TICKS = 4
LEAST_GAP = 8.0


@dataclass(frozen=True)
class Panel:
    """One small chart.

    Attributes
    ----------
    title : str
        Name of the indicator; long ones are broken into lines.
    frame : pandas.DataFrame
        `x` (year, or a position between years), `value`, `qualifier`, `grade`, `basis`; no undated rows.
    unit : str
        Unit in words.
    last_text : str
        What is written beside the last value.
    limits : tuple of float or None
        Bounds the indicator cannot leave.
    shift : int
        Power of ten that makes what the axis shows of the values.
    """

    title: str
    frame: pd.DataFrame
    unit: str
    last_text: str
    limits: scales.Limits = (None, None)
    shift: int = 0


def small_multiples(panels: Sequence[Panel], words: Mapping[str, str]) -> Figure:
    """Draw a grid of small charts that share the axis of years.

    Parameters
    ----------
    panels : sequence of Panel
        In reading order, at least one.
    words : mapping of str
        As they occur `grade_A`, `grade_B`, `grade_C`, `at_least`, `at_most`, `basis_change`.

    Returns
    -------
    matplotlib.figure.Figure
        Up to three charts in a row.

    Raises
    ------
    ValueError
        If there is no panel.
    """
    if not panels:
        raise ValueError("small multiples need at least one panel")
    columns = min(COLUMNS, len(panels))
    room = (theme.WIDTH_MM / columns - SIDE_MM) * scales.POINTS_PER_MM
    heads = [_head(panel, room) for panel in panels]
    rows = [heads[start : start + columns] for start in range(0, len(heads), columns)]
    lines = sum(max(len(head.title.split("\n")) + head.below for head in row) for row in rows)
    figure = theme.new_figure(len(rows) * (PLOT_MM + AXIS_MM) + lines * LINE_MM + KEY_MM, GAP_MM)
    grid = figure.subplots(len(rows), columns, squeeze=False).ravel()
    everything = pd.concat([panel.frame for panel in panels], ignore_index=True)
    years = (float(everything["x"].min()), float(everything["x"].max()))
    for axes, panel, head in zip(grid, panels, heads, strict=False):
        _draw_panel(axes, panel, years, room)
        _write_head(axes, head)
    for axes in grid[len(panels) :]:
        axes.remove()
    marks.add_key(figure, _key(everything, any(_changes(panel.frame) for panel in panels), words))
    layout.settle(figure)
    return figure


@dataclass(frozen=True)
class _Head:
    """What stands above a chart: title, then unit and last value on one line if they fit, else on two."""

    title: str
    unit: str
    last_text: str
    below: int


def _head(panel: Panel, room: float) -> _Head:
    """Break what stands above a chart into lines that fit."""
    sizes = (width(panel.unit, theme.SIZE_TINY), width(panel.last_text, theme.SIZE_SMALL))
    below = 1 if sum(sizes) + LEAST_GAP <= room else 2
    unit, last_text = (wrap(text, room, theme.SIZE_SMALL) for text in (panel.unit, panel.last_text))
    return _Head(wrap(panel.title, room, theme.SIZE_SMALL), unit, last_text, below)


def _write_head(axes: Axes, head: _Head) -> None:
    """Write title, unit and last value above a chart."""
    line = theme.SIZE_SMALL * theme.LINE_SPACING
    last_height = layout.HEAD_GAP if head.below == 1 else layout.HEAD_GAP + line
    align: Literal["left", "right"] = "right" if head.below == 1 else "left"
    layout.write_above(axes, head.unit, layout.HEAD_GAP, theme.QUIET, size=theme.SIZE_TINY)
    layout.write_above(axes, head.last_text, last_height, theme.PALETTE["observed"], align=align)
    layout.write_above(axes, head.title, layout.HEAD_GAP + head.below * line + 1.5, theme.INK)


def _draw_panel(axes: Axes, panel: Panel, years: tuple[float, float], room: float) -> None:
    """Draw one chart: line, points, bounds, and the last value larger than the rest."""
    frame = panel.frame.assign(fitted=True)
    colour = theme.PALETTE["observed"]
    reach = np.concatenate([frame["value"], marks.arrow_ends(frame, frame["value"])])
    ends = scales.value_range(reach, panel.limits)
    scales.set_value_axis(axes, *ends, panel.limits, most=PANEL_TICKS, shift=panel.shift)
    scales.set_year_axis(axes, *years, room, theme.SIZE_TINY)
    axes.tick_params(axis="y", labelsize=theme.SIZE_TINY)
    bound = frame["qualifier"].isin(marks.BOUNDS)
    for run in marks.runs(frame[~bound]):
        axes.plot(run["x"], run["value"], color=colour, linewidth=1.3, zorder=3.5, gid="line")
    for year in _changes(frame):
        axes.axvline(year, color=theme.QUIET, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1.5, gid="basis")
    marks.draw_points(axes, frame[~bound], colour, PANEL_MARK)
    marks.draw_bounds(axes, frame.loc[bound, "x"], frame.loc[bound, "value"], frame.loc[bound, "qualifier"])


def _changes(frame: pd.DataFrame) -> list[float]:
    """Find changes of definition among a panel's values."""
    return marks.basis_changes(frame[~frame["qualifier"].isin(marks.BOUNDS)])


def _key(frame: pd.DataFrame, changes: bool, words: Mapping[str, str]) -> list[marks.Artist]:
    """Explain the shapes that occur in any of the charts."""
    points = frame[~frame["qualifier"].isin(marks.BOUNDS)].assign(fitted=True)
    entries = marks.grade_key(points, words, theme.PALETTE["observed"])
    entries += marks.bound_key(frame["qualifier"], words)
    if changes:
        entries.append(marks.key_line(words["basis_change"], theme.QUIET, ":", linewidth=1.0))
    return entries

"""One indicator in few places, plainly: what was published, with names and latest values at the right edge.

Hundreds of these are drawn for a book, so nothing is measured by drawing: the axes stand where the widths of the texts
put them, and text stays text in the file.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from qualitybook.report import theme
from qualitybook.report.figures import layout, marks, scales
from qualitybook.report.figures.text import width, wrap

HEIGHT_MM = 58.0
TOP_MM = 7.0
BOTTOM_MM = 7.0
EDGE_MM = 2.0
NAME_ROOM = 110.0
"""Widest line of a name at the right edge, in points."""
STYLES: tuple[tuple[str, marks.LineStyle], ...] = (("observed", "-"), ("proxy", "-."), ("context", ":"))
"""Role of the colour and dash of the line, place by place."""
MOST_PLACES = len(STYLES)


@dataclass(frozen=True)
class Place:
    """The figures of one place.

    Attributes
    ----------
    name : str
        What is written beside its latest figure.
    frame : pandas.DataFrame
        `start`, `end` (decimal years), `value`, `qualifier`, `grade`, `basis`, `whole_year` (bool); dated rows only, at
        least one.
    """

    name: str
    frame: pd.DataFrame


def plain_chart(places: list[Place], unit: str, limits: scales.Limits = (None, None), shift: int = 0) -> Figure:
    """Draw the dated figures of up to `MOST_PLACES` places.

    Parameters
    ----------
    places : list of Place
        The most important one first, at least one.
    unit : str
        Unit in words.
    limits : tuple of float or None
        Bounds the indicator cannot leave.
    shift : int
        Power of ten that makes what the axis shows of the values.

    Returns
    -------
    matplotlib.figure.Figure
        As wide as the text column.
    """
    frames = [_positioned(place.frame) for place in places]
    everything = pd.concat(frames, ignore_index=True)
    names = [wrap(place.name, NAME_ROOM, theme.SIZE_SMALL) for place in places]
    size = (theme.WIDTH_MM / theme.MM_PER_INCH, HEIGHT_MM / theme.MM_PER_INCH)
    figure = Figure(figsize=size)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    values = np.concatenate([everything["value"], marks.arrow_ends(everything, everything["value"])])
    scales.set_value_axis(axes, *scales.value_range(values, limits), limits, shift=shift)
    left = max(width(label, theme.SIZE_SMALL) for label in _tick_labels(axes.yaxis)) + scales.POINTS_PER_MM * EDGE_MM
    right = max(width(line, theme.SIZE_SMALL) for name in names for line in name.split("\n")) + 2 * layout.LEADER
    page = theme.WIDTH_MM * scales.POINTS_PER_MM
    axes.set_position(
        (
            (left + 3.0) / page,
            BOTTOM_MM / HEIGHT_MM,
            (page - left - right - 3.0) / page,
            (HEIGHT_MM - TOP_MM - BOTTOM_MM) / HEIGHT_MM,
        )
    )
    long = everything[marks.is_odd_period(everything)]
    years = pd.concat([everything["x"], long["start"] - 0.5, long["end"] - 0.5])
    scales.set_year_axis(axes, float(years.min()), float(years.max()), page - left - right)
    axes.set_title(unit, loc="left", fontsize=theme.SIZE_SMALL, color=theme.QUIET)
    for frame, (role, dashes) in reversed(list(zip(frames, STYLES, strict=False))):
        _draw(axes, frame, theme.PALETTE[role], dashes)
    notes = layout.add_margin_labels(
        axes,
        [
            layout.MarginLabel(
                float(frame.sort_values("end", kind="stable")["value"].iloc[-1]), name, theme.PALETTE[role]
            )
            for frame, name, (role, _) in zip(frames, names, STYLES, strict=False)
        ],
        NAME_ROOM,
    )
    layout.spread_margin_labels(axes, notes)
    return figure


def _positioned(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(x=marks.time_position(frame["start"], frame["end"]), fitted=True)


def _tick_labels(axis: Axis) -> list[str]:
    return [str(text) for text in axis.get_major_formatter().format_ticks(list(axis.get_majorticklocs()))]


def _draw(axes: Axes, frame: pd.DataFrame, colour: str, dashes: marks.LineStyle) -> None:
    """Draw one place: a line through its whole years, marks by grade, bars for other periods, arrows for bounds."""
    bound = frame["qualifier"].isin(marks.BOUNDS)
    yearly = frame[~bound & frame["whole_year"]]
    for run in marks.runs(yearly):
        axes.plot(run["x"], run["value"], color=colour, linestyle=dashes, linewidth=1.4, zorder=3.5, gid="line")
    for year in marks.basis_changes(yearly):
        axes.axvline(year, color=theme.QUIET, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1.5, gid="basis")
    marks.draw_periods(axes, frame, colour)
    marks.draw_points(axes, frame[~bound], colour, size=4.6)
    marks.draw_bounds(axes, frame.loc[bound, "x"], frame.loc[bound, "value"], frame.loc[bound, "qualifier"])

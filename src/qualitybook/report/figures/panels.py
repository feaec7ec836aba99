"""Small charts: indicators side by side, a series on a card, and one indicator in few places, plainly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from qualitybook.evidence.numbers import rounded
from qualitybook.report import formats, theme
from qualitybook.report.figures import layout, marks
from qualitybook.report.figures.marks import width, wrap

COLUMNS = 3
_PLOT_MM = 24.0
_AXIS_MM = 10.0
LINE_MM = theme.SIZE_SMALL * theme.LINE_SPACING / marks.POINTS_PER_MM
KEY_MM = 6.0
_SIDE_MM = 14.0
GAP_MM = 3.5
_PANEL_MARK = 4.0
_PANEL_TICKS = 4
_LEAST_GAP = 8.0


@dataclass(frozen=True)
class Panel:
    """One small chart."""

    title: str
    """Name of the indicator; long ones are broken into lines."""
    frame: pd.DataFrame
    """`x` (year, or a position between years), `value`, `qualifier`, `grade`, `basis`, `whole` (bool: a line may
    join it to others), `hollow` (bool); no rows without a place on the axis of years."""
    unit: str
    """Unit in words."""
    last_text: str
    """What is written beside the last value."""
    limits: marks.Limits = (None, None)
    """Bounds the indicator cannot leave."""
    shift: int = 0
    """Power of ten that makes what the axis shows of the values."""
    is_count: bool = False
    """Whether its values are whole numbers."""


def small_multiples(panels: Sequence[Panel], words: Mapping[str, str]) -> Figure:
    """Draw a grid of small charts that share the axis of years.

    Parameters
    ----------
    panels
        In reading order, at least one.

    Raises
    ------
    ValueError
        If there is no panel.
    """
    if not panels:
        raise ValueError("small multiples need at least one panel")
    columns = min(COLUMNS, len(panels))
    room = (theme.WIDTH_MM / columns - _SIDE_MM) * marks.POINTS_PER_MM
    heads = [_head(panel, room) for panel in panels]
    rows = [heads[start : start + columns] for start in range(0, len(heads), columns)]
    lines = sum(max(len(head.title.split("\n")) + head.below for head in row) for row in rows)
    figure = theme.new_figure(len(rows) * (_PLOT_MM + _AXIS_MM) + lines * LINE_MM + KEY_MM, GAP_MM)
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
    """What stands above a chart: title, then unit and last value on one line if they fit, else below each other."""

    title: str
    unit: str
    last_text: str
    below: int


def _head(panel: Panel, room: float) -> _Head:
    """Break what stands above a chart into lines that fit."""
    sizes = (width(panel.unit, theme.SIZE_TINY), width(panel.last_text, theme.SIZE_SMALL))
    unit, last_text = (wrap(text, room, theme.SIZE_SMALL) for text in (panel.unit, panel.last_text))
    below = 1 if sum(sizes) + _LEAST_GAP <= room else 1 + len(last_text.split("\n"))
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
    ends = marks.value_range(reach, panel.limits)
    marks.set_value_axis(axes, *ends, panel.limits, most=_PANEL_TICKS, shift=panel.shift, whole=panel.is_count)
    marks.set_year_axis(axes, *years, room, theme.SIZE_TINY)
    axes.tick_params(axis="y", labelsize=theme.SIZE_TINY)
    bound = frame["qualifier"].isin(marks.BOUNDS)
    for run in marks.runs(frame[~bound & frame["whole"]]):
        axes.plot(run["x"], run["value"], color=colour, linewidth=1.3, zorder=3.5, gid="line")
    for year in _changes(frame):
        axes.axvline(year, color=theme.QUIET, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1.5, gid="basis")
    marks.draw_points(axes, frame[~bound], colour, _PANEL_MARK)
    marks.draw_bounds(axes, frame.loc[bound, "x"], frame.loc[bound, "value"], frame.loc[bound, "qualifier"])


def _changes(frame: pd.DataFrame) -> list[float]:
    """Find changes of definition among a panel's values."""
    return marks.basis_changes(frame[~frame["qualifier"].isin(marks.BOUNDS) & frame["whole"]])


def _key(frame: pd.DataFrame, changes: bool, words: Mapping[str, str]) -> list[marks.Artist]:
    """Explain the shapes that occur in any of the charts."""
    points = frame[~frame["qualifier"].isin(marks.BOUNDS)].assign(fitted=True)
    entries = marks.grade_key(points, words, theme.PALETTE["observed"])
    entries += marks.bound_key(frame["qualifier"], words)
    if changes:
        entries.append(marks.key_line(words["basis_change"], theme.QUIET, ":", linewidth=1.0))
    return entries


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
    figure = theme.new_figure(_CARD_HEIGHT_MM, width_mm=_CARD_WIDTH_MM)
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
    axes.tick_params(labelsize=theme.SIZE_TINY)
    axes.tick_params(axis="y", labelcolor=theme.PALETTE["target"])
    years = sorted({int(rounded(shown["x"].iloc[place])) for place in (0, -1)})
    axes.set_xticks(years, [str(year) for year in years])
    return figure


_PLAIN_MM = 58.0
_TOP_MM = 7.0
_BOTTOM_MM = 7.0
_EDGE_MM = 2.0
_NAME_ROOM = 110.0
"""Widest line of a name at the right edge, in points."""
STYLES: tuple[tuple[str, marks.LineStyle], ...] = (("observed", "-"), ("proxy", "-."), ("context", ":"))
"""Role of the colour and dash of the line, place by place."""
MOST_PLACES = len(STYLES)


@dataclass(frozen=True)
class Place:
    """The figures of one place."""

    name: str
    """What is written beside its latest figure."""
    frame: pd.DataFrame
    """`start`, `end` (decimal years), `value`, `qualifier`, `grade`, `basis`, `fitted` (bool), `whole` (bool: a line
    may join it to others), `hollow` (bool); rows with a place on the axis of years only, at least one."""


def plain_chart(
    places: list[Place],
    unit: str,
    limits: marks.Limits = (None, None),
    shift: int = 0,
    *,
    is_count: bool = False,
) -> Figure:
    """Draw the dated figures of up to `MOST_PLACES` places.

    Parameters
    ----------
    places
        The most important one first, at least one.
    """
    frames = [_positioned(place.frame) for place in places]
    everything = pd.concat(frames, ignore_index=True)
    names = [wrap(place.name, _NAME_ROOM, theme.SIZE_SMALL) for place in places]
    size = (theme.WIDTH_MM / theme.MM_PER_INCH, _PLAIN_MM / theme.MM_PER_INCH)
    figure = Figure(figsize=size)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    values = np.concatenate([everything["value"], marks.arrow_ends(everything, everything["value"])])
    marks.set_value_axis(axes, *marks.value_range(values, limits), limits, shift=shift, whole=is_count)
    left = max(width(label, theme.SIZE_SMALL) for label in _tick_labels(axes.yaxis)) + marks.POINTS_PER_MM * _EDGE_MM
    right = max(width(line, theme.SIZE_SMALL) for name in names for line in name.split("\n")) + 2 * layout.LEADER
    page = theme.WIDTH_MM * marks.POINTS_PER_MM
    axes.set_position(
        (
            (left + 3.0) / page,
            _BOTTOM_MM / _PLAIN_MM,
            (page - left - right - 3.0) / page,
            (_PLAIN_MM - _TOP_MM - _BOTTOM_MM) / _PLAIN_MM,
        )
    )
    long = everything[marks.is_odd_period(everything)]
    years = pd.concat([everything["x"], long["start"] - 0.5, long["end"] - 0.5])
    marks.set_year_axis(axes, float(years.min()), float(years.max()), page - left - right)
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
        _NAME_ROOM,
    )
    layout.spread_margin_labels(axes, notes)
    return figure


def _positioned(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(x=marks.time_position(frame["start"], frame["end"]))


def _tick_labels(axis: Axis) -> list[str]:
    return [str(text) for text in axis.get_major_formatter().format_ticks(list(axis.get_majorticklocs()))]


def _draw(axes: Axes, frame: pd.DataFrame, colour: str, dashes: marks.LineStyle) -> None:
    """Draw one place: a line through its whole years, marks by grade, bars for other periods, arrows for bounds."""
    bound = frame["qualifier"].isin(marks.BOUNDS)
    yearly = frame[~bound & frame["whole"]]
    for run in marks.runs(yearly):
        axes.plot(run["x"], run["value"], color=colour, linestyle=dashes, linewidth=1.4, zorder=3.5, gid="line")
    for year in marks.basis_changes(yearly):
        axes.axvline(year, color=theme.QUIET, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1.5, gid="basis")
    marks.draw_periods(axes, frame, colour)
    marks.draw_points(axes, frame[~bound], colour, size=4.6)
    marks.draw_bounds(axes, frame.loc[bound, "x"], frame.loc[bound, "value"], frame.loc[bound, "qualifier"])

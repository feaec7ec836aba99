"""How far figures are from the goals they bear on: a row for each goal, all goal values in one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qualitybook.report import theme
from qualitybook.report.figures import layout, marks
from qualitybook.report.figures.marks import wrap

_ROW_MM = 3.4
_LINE_MM = 3.5
_ENDS_MM = 18.0
_BELOW = 0.26
"""How far below its row's figures a reading's range stands, in rows, so that no mark hides it."""
_NAME_MM = 40.0
_NOTE_MM = 32.0
SHAPES = {"peer": "X", "nation": "^", "above": "D", "proxy": "s", "direct": "o"}
"""Marks by role, those that may be covered first."""
_SIZES = {role: 24.0 if role == "peer" else 46.0 for role in SHAPES}
COLOURS = {
    "peer": theme.paler(theme.PALETTE["peers"]),
    "nation": theme.INK,
    "above": theme.INK,
    "proxy": theme.PALETTE["proxy"],
    "direct": theme.PALETTE["observed"],
}


def distance(goals: pd.DataFrame, points: pd.DataFrame, words: Mapping[str, str]) -> Figure:
    """Draw the distance of figures from their goals; to the right of the line a goal is reached.

    Goals are a row each, the first on top: `name` (with the value asked for), `low`, `high`, `middle` (a range for the
    target year, NaN without one), `indicative` (bool: whether that range is no forecast of the goal's own series),
    `note` (what stands to the right, may be empty). Points are a row a figure: `goal` (position of the goal),
    `distance`, `role` (one of `SHAPES`), `hollow` (bool: not to be compared without more ado), `qualifier`, `told`
    (what the mark says, a line each). The words are `axis`, `goal`; as they occur `direct`, `proxy`, `above`, `nation`,
    `peer`, `hollow`, `forecast`, `indicative`, `at_least`, `at_most`.
    """
    names = [_name(str(name)) for name in goals["name"]]
    notes = [wrap(str(note), theme.share(_NOTE_MM), theme.SIZE_SMALL) for note in goals["note"]]
    lines = max(max(map(_lines, names)) + theme.is_narrow(), *map(_lines, notes))
    figure = theme.new_figure((_ROW_MM + _LINE_MM * lines) * len(goals) + _ENDS_MM)
    axes = figure.add_subplot()
    _set_axes(axes, goals, points, words)
    _write_names(axes, names)
    axes.axvline(0, color=theme.PALETTE["target"], linewidth=1.6, zorder=2.5, gid="goal")
    _draw_ranges(axes, goals)
    _draw_points(axes, points)
    for position, note in enumerate(notes):
        layout.write_beside(axes, position, note, theme.PALETTE["forecast"], marks.MARK * 2)
    marks.add_key(figure, _key(goals, points, words))
    layout.settle(figure)
    return figure


def _lines(text: str) -> int:
    return 1 + text.count("\n")


def _name(name: str) -> str:
    """Return a goal's name broken to the room beside the axes, on narrow screens to that above its row."""
    room = theme.WIDTH_MM - _NAME_MM if theme.is_narrow() else _NAME_MM
    return wrap(name.replace("\n", " ") if theme.is_narrow() else name, theme.share(room), theme.SIZE_SMALL)


def _write_names(axes: Axes, names: Sequence[str]) -> None:
    """Write the goals' names beside their rows, on narrow screens above them."""
    if not theme.is_narrow():
        axes.set_yticks(range(len(names)), names, linespacing=theme.LINE_SPACING)
        axes.tick_params(axis="y", labelcolor=theme.INK)
        return
    axes.set_yticks([])
    for position, name in enumerate(names):
        axes.annotate(
            name,
            (0, position - 0.2),
            xycoords=axes.get_yaxis_transform(),
            va="bottom",
            fontsize=theme.SIZE_SMALL,
            color=theme.INK,
            linespacing=theme.LINE_SPACING,
        )


def _set_axes(axes: Axes, goals: pd.DataFrame, points: pd.DataFrame, words: Mapping[str, str]) -> None:
    arrows = marks.arrow_ends(points.assign(value=points["distance"]), [-1, 1])
    drawn = np.concatenate([points["distance"], goals["low"], goals["high"], arrows])
    low, high = marks.value_range([*drawn, 0.0], (None, None))
    marks.set_value_axis(axes, low, high, (None, None), most=8, sideways=True)
    axes.set_xlabel(wrap(words["axis"], theme.share(theme.WIDTH_MM - _NAME_MM - _NOTE_MM), theme.SIZE_SMALL))
    axes.set_ylim(len(goals) - 0.5, -0.6)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")


def _draw_ranges(axes: Axes, goals: pd.DataFrame) -> None:
    """Draw the ranges for the target year: a bar for a forecast, a broken line with a hollow middle for a reading."""
    spots = goals.reset_index(drop=True).assign(y=lambda frame: frame.index).dropna(subset=["low", "high"])
    indicative = spots["indicative"].astype(bool)
    own, read = spots[~indicative], spots[indicative].assign(y=lambda frame: frame["y"] + _BELOW)
    axes.hlines(own["y"], own["low"], own["high"], color=theme.BANDS["80"], linewidth=7, zorder=1.5, gid="forecast")
    colour = theme.PALETTE["forecast"]
    axes.hlines(
        read["y"],
        read["low"],
        read["high"],
        color=colour,
        linewidth=1.4,
        linestyle=(0, (4, 2)),
        zorder=3,
        gid="indicative",
    )
    axes.scatter(
        read["middle"],
        read["y"],
        s=_SIZES["direct"],
        marker="|",
        color=colour,
        linewidths=1.6,
        zorder=3.5,
        gid="middle",
    )


def _draw_points(axes: Axes, points: pd.DataFrame) -> None:
    """Draw the figures, hollow where they cannot be compared without more ado; bounds are arrows."""
    import seaborn as sns

    is_bound = points["qualifier"].isin(marks.BOUNDS)
    order = list(SHAPES)
    spots = points[~is_bound].sort_values("role", key=lambda roles: roles.map(order.index), kind="stable")
    if not spots.empty:
        sns.scatterplot(
            data=spots,
            x="distance",
            y="goal",
            style="role",
            markers=dict(SHAPES),
            ax=axes,
            size="role",
            sizes=_SIZES,
            legend=False,
            zorder=5,
            clip_on=False,
            gid="figures",
        )
        drawn = axes.collections[-1]
        colours = [COLOURS[role] for role in spots["role"]]
        drawn.set_facecolor(
            [theme.PAPER if hollow else colour for hollow, colour in zip(spots["hollow"], colours, strict=True)]
        )
        drawn.set_edgecolor(colours)
        drawn.set_linewidth(1.3)
        drawn.set_urls(marks.told_urls(spots) or [])
        axes.set_ylabel("")
    bounds = points[is_bound]
    marks.draw_bounds(axes, bounds["distance"], bounds["goal"], bounds["qualifier"], sideways=True, told=bounds["told"])


def _key(goals: pd.DataFrame, points: pd.DataFrame, words: Mapping[str, str]) -> list[Artist]:
    """Explain the marks that occur."""
    roles = set(points["role"][~points["qualifier"].isin(marks.BOUNDS)])
    entries: list[Artist] = [
        marks.key_mark(words[role], shape, COLOURS[role]) for role, shape in reversed(SHAPES.items()) if role in roles
    ]
    entries += marks.bound_key(points["qualifier"], words, sideways=True)
    if points["hollow"].any():
        entries.append(marks.key_mark(words["hollow"], "o", theme.QUIET, hollow=True))
    known = goals.dropna(subset=["low", "high"])["indicative"].astype(bool)
    if (~known).any():
        entries.append(marks.key_band(words["forecast"], theme.BANDS["80"]))
    if known.any():
        entries.append(marks.key_line(words["indicative"], theme.PALETTE["forecast"], "--"))
    entries.append(marks.key_line(words["goal"], theme.PALETTE["target"], linewidth=1.6))
    return entries

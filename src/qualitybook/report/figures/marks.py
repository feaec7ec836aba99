"""The marks that stand for published figures: shapes for grades, arrows for bounds, bars for long periods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.path import Path
from numpy.typing import NDArray

from qualitybook.report import theme

GRADE_MARKERS = {"A": "o", "B": "s", "C": "^"}
LineStyle = Literal["-", "--", ":", "-."]
BOUNDS = ("at_least", "at_most")
UNDATED = "undated"
ARROW = 13.0
KEY_ROW_MM = 4.0
ARROW_IN_KEY = 9.0
ARROW_ROOM = 0.1
MARK = 5.6
YEAR_TOLERANCE = 0.02

_SHAFT = [(-0.45, 0.0), (0.45, 0.0), (0.0, 0.0), (0.0, 2.0), (-0.4, 1.4), (0.0, 2.0), (0.4, 1.4)]
_CODES = [Path.MOVETO, Path.LINETO, Path.MOVETO, Path.LINETO, Path.MOVETO, Path.LINETO, Path.LINETO]


def arrow(qualifier: str, *, sideways: bool = False, centred: bool = False) -> Path:
    """Draw the arrow of a bound: a bar at the bound, and a shaft to where the value may lie.

    Parameters
    ----------
    qualifier : str
        ``at_least`` (up, or to the right) or ``at_most`` (down, or to the left).
    sideways : bool
        Whether values run along the horizontal axis.
    centred : bool
        Whether the arrow is centred on its position, as a key wants it, instead of starting there.

    Returns
    -------
    matplotlib.path.Path
        A marker two units long.
    """
    points = np.array(_SHAFT)
    if centred:
        points = points - [0.0, 1.0]
    if qualifier == "at_most":
        points = points * [1.0, -1.0]
    if sideways:
        points = points[:, ::-1]
    return Path(points, _CODES)


def arrow_reach(qualifier: str) -> float:
    """Tell how far a bound's arrow reaches above its foot, in points (below it: negative)."""
    return ARROW if qualifier == "at_least" else -ARROW


def arrow_ends(frame: pd.DataFrame, values: Iterable[float]) -> NDArray[np.float64]:
    """Find values that an axis over `values` must reach for the arrows of bounds to stay inside it."""
    finite = [value for value in values if np.isfinite(value)]
    room = ARROW_ROOM * (max(finite) - min(finite)) if finite else 0.0
    direction = frame["qualifier"].map({"at_least": 1.0, "at_most": -1.0})
    return (frame["value"] + direction * room).to_numpy(float)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """List the rows of a table, each by its column names."""
    return [{str(column): value for column, value in row.items()} for row in frame.to_dict("records")]


def time_position(start: pd.Series, end: pd.Series) -> pd.Series:
    """Place periods on the axis of years, where a whole year stands at its own number.

    Parameters
    ----------
    start, end : pandas.Series
        Decimal years at which the periods begin and end: 2022 and 2023 for the year 2022.

    Returns
    -------
    pandas.Series
        Middle of the period less half a year.
    """
    return (start + end) / 2 - 0.5


def draw_bounds(axes: Axes, x: pd.Series, y: pd.Series, qualifier: pd.Series, *, sideways: bool = False) -> None:
    """Draw an arrow for every bound."""
    for kind in BOUNDS:
        rows = qualifier == kind
        if rows.any():
            axes.scatter(
                x[rows],
                y[rows],
                s=(2 * ARROW) ** 2,
                marker=arrow(kind, sideways=sideways),
                facecolors="none",
                edgecolors=theme.PALETTE["bound"],
                linewidths=1.3,
                zorder=4,
                clip_on=False,
                gid=f"bound-{kind}",
            )


def draw_points(axes: Axes, frame: pd.DataFrame, colour: str, size: float = MARK) -> None:
    """Draw dated values: shape by grade, hollow where a value is not fitted, provisional or dated approximately.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    frame : pandas.DataFrame
        Columns `x`, `value`, `grade`, `fitted`, `hollow`.
    colour : str
        Colour of the series.
    size : float
        Diameter in points.
    """
    for (grade, fitted), rows in frame.groupby(["grade", frame["fitted"] & ~frame["hollow"]], sort=True):
        axes.scatter(
            rows["x"],
            rows["value"],
            s=size**2,
            marker=GRADE_MARKERS[str(grade)],
            facecolors=colour if fitted else theme.PAPER,
            edgecolors=colour,
            linewidths=1.2,
            zorder=5,
            clip_on=False,
            gid=f"grade-{grade}-{'fitted' if fitted else 'shown'}",
        )


def draw_intervals(axes: Axes, frame: pd.DataFrame, colour: str) -> None:
    """Draw sampling intervals (columns `x`, `lower`, `upper`) as vertical bars, paler than their figures."""
    rows = frame.dropna(subset=["lower", "upper"])
    if not rows.empty:
        pale = theme.paler(colour)
        axes.vlines(rows["x"], rows["lower"], rows["upper"], color=pale, linewidth=1.3, zorder=2.2, gid="sampling")


def draw_periods(axes: Axes, frame: pd.DataFrame, colour: str) -> None:
    """Draw the extent of periods that are not one year (columns `start`, `end`, `value`) as horizontal bars."""
    rows = frame[is_odd_period(frame)]
    if not rows.empty:
        axes.hlines(
            rows["value"], rows["start"] - 0.5, rows["end"] - 0.5, color=colour, linewidth=1.1, zorder=4, gid="period"
        )


def is_odd_period(frame: pd.DataFrame) -> pd.Series:
    """Tell which rows cover more or less than one year."""
    return (frame["end"] - frame["start"] - 1).abs() > YEAR_TOLERANCE


def runs(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """Cut a yearly series where a year is missing or the definition changes.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns `x` (position on the axis of years) and `basis`; any order.

    Returns
    -------
    list of pandas.DataFrame
        Unbroken stretches of two and more values, in time order.
    """
    ordered = frame.sort_values("x", kind="stable")
    if ordered.empty:
        return []
    broken = (np.floor(ordered["x"] + 0.5).diff() > 1) | (ordered["basis"] != ordered["basis"].shift())
    return [run for _, run in ordered.groupby(broken.cumsum()) if len(run) > 1]


def basis_changes(frame: pd.DataFrame) -> list[float]:
    """Find where the definition of a yearly series changes.

    Returns
    -------
    list of float
        Years midway between the last value of one basis and the first of the next.
    """
    ordered = frame.sort_values("x", kind="stable")
    steps = zip(pairwise(ordered["x"]), pairwise(ordered["basis"]), strict=True)
    return [float(before + after) / 2 for (before, after), (old, new) in steps if old != new]


def key_mark(
    label: str, marker: str | Path, colour: str, *, hollow: bool = False, size: float = MARK, fill: str | None = None
) -> Line2D:
    """Return a key entry for a marker, filled with its own colour, with none, or with another."""
    return Line2D(
        [],
        [],
        linestyle="none",
        marker=marker,
        markersize=size,
        markerfacecolor=theme.PAPER if hollow else fill or colour,
        markeredgecolor=colour,
        markeredgewidth=1.2,
        label=label,
    )


def key_line(label: str, colour: str, linestyle: LineStyle = "-", linewidth: float = 1.4) -> Line2D:
    """Return a key entry for a line."""
    return Line2D([], [], color=colour, linestyle=linestyle, linewidth=linewidth, label=label)


def key_band(label: str, colour: str) -> Patch:
    """Return a key entry for a filled band."""
    return Patch(facecolor=colour, edgecolor="none", label=label)


def grade_key(frame: pd.DataFrame, words: Mapping[str, str], colour: str) -> list[Artist]:
    """List key entries for the grades, and for hollow marks, that occur among dated values."""
    present = set(frame["grade"])
    entries: list[Artist] = [
        key_mark(words[f"grade_{grade}"], marker, colour) for grade, marker in GRADE_MARKERS.items() if grade in present
    ]
    if not (frame["fitted"] & ~frame["hollow"]).all():
        entries.append(key_mark(words["not_fitted"], "o", colour, hollow=True))
    return entries


def bound_key(qualifiers: Iterable[str], words: Mapping[str, str], *, sideways: bool = False) -> list[Artist]:
    """List key entries for the kinds of bound that occur."""
    present = set(qualifiers)
    return [
        key_mark(
            words[kind],
            arrow(kind, sideways=sideways, centred=True),
            theme.PALETTE["bound"],
            size=ARROW_IN_KEY,
        )
        for kind in BOUNDS
        if kind in present
    ]


def add_key(figure: Figure, entries: Sequence[Artist]) -> Legend | None:
    """Put a key below the axes, in as few rows as fit the width; the figure grows with every row but the first.

    Returns
    -------
    matplotlib.legend.Legend or None
        The key; None if there is nothing to explain.
    """
    if not entries:
        return None
    room = figure.bbox.width * 0.98
    for columns in range(len(entries), 0, -1):
        key = figure.legend(
            handles=_by_row(entries, columns),
            loc="outside lower left",
            ncols=columns,
            handlelength=1.6,
            borderaxespad=0.1,
        )
        if columns == 1 or key.get_window_extent().width <= room:
            break
        key.remove()
    rows = -(-len(entries) // columns)
    figure.set_figheight(figure.get_figheight() + (rows - 1) * KEY_ROW_MM / theme.MM_PER_INCH)
    return key


def _by_row(entries: Sequence[Artist], columns: int) -> list[Artist]:
    """Reorder entries so that a key filled column by column reads row by row."""
    return [entry for column in range(columns) for entry in entries[column::columns]]

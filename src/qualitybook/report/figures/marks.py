"""What figures are drawn with: measured text, axes, and the marks of published figures (shapes for grades, arrows)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import chain, pairwise
from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import get_font
from matplotlib.ft2font import LoadFlags
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.path import Path
from matplotlib.ticker import FixedFormatter, FixedLocator, MaxNLocator, NullLocator
from numpy.typing import NDArray

from qualitybook.evidence.numbers import as_decimal, rounded
from qualitybook.report import faces, formats, theme

_NEVER_FIRST = "，。、；：？！）】》”’％%…·～—–,.;:?!)]}"
_NEVER_LAST = "（【《“‘([{"

_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f"
_PIECES = re.compile(f"[{_WIDE}]\\s*|[^{_WIDE}\\s]+\\s*|\\s+")
_BITS = re.compile(f"[{re.escape(_NEVER_LAST)}]*.[{re.escape(_NEVER_FIRST)}\\s\u0300-\u036f]*")
_LONGEST_WORD = 40
"""Signs up to which a word, or a figure with its bounds, is never broken."""
_FACES = [str(path) for path in faces.of_figures()]
_MEASURED = 100.0
"""Size of the type that is measured, in points."""


def width(text: str, size: float) -> float:
    """Measure one line of text in the book's font."""
    return _width_of_em(text) * size


@lru_cache(maxsize=8192)
def _width_of_em(text: str) -> float:
    """Measure a line in type of the size 1; letters without hinting are as wide as their size says."""
    # Matplotlib draws with the same object in other sizes.
    font = get_font(_FACES)
    font.set_size(_MEASURED, 72)
    font.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
    return float(font.get_width_height()[0]) / 64 / _MEASURED


def pieces(text: str) -> list[str]:
    """Split text where a line may be broken.

    Between two Chinese characters a line may be broken anywhere, except before closing and after opening punctuation
    (GB/T 15834); Latin words and numbers stay whole.
    """
    parts: list[str] = []
    for part in _PIECES.findall(text):
        if parts and (part[0] in _NEVER_FIRST or parts[-1].rstrip().endswith(tuple(_NEVER_LAST))):
            parts[-1] += part
        else:
            parts.append(part)
    return parts


def wrap(text: str, room: float, size: float) -> str:
    """Break text, Chinese or Latin or both, into lines of at most so many points; line breaks in it are kept.

    A word or figure wider than that stands on a line of its own, unless it is longer than words are: an address is
    broken where the line is full. No character is added or lost except spaces at a line's end.
    """
    return "\n".join(_wrap_line(line, room, size) for line in text.split("\n"))


def _wrap_line(text: str, room: float, size: float) -> str:
    """Break one line greedily."""
    lines = [""]
    for part in chain.from_iterable(
        _BITS.findall(part) if len(part) > _LONGEST_WORD else [part] for part in pieces(text)
    ):
        if lines[-1] and width((lines[-1] + part).rstrip(), size) > room:
            lines.append(part.lstrip())
        else:
            lines[-1] += part
    return "\n".join(line.rstrip() for line in lines)


POINTS_PER_MM = 72.0 / theme.MM_PER_INCH
PAD = 0.08
OVERSHOOT = 0.03
_FLAT = 0.003
_FLAT_SPAN = 0.02
YEAR_STEPS = (1, 2, 5, 10, 20, 50)

_STEPS = {False: [1, 2, 2.5, 5, 10], True: [1, 2, 5, 10]}

Limits = tuple[float | None, float | None]
"""Bounds an indicator cannot leave (percent: 0 and 100), None where there is none."""


def value_range(values: Iterable[float], limits: Limits) -> tuple[float, float]:
    """Choose the range of a value axis from everything drawn, NaN passed over; (0, 1) if there is no value.

    The axis passes the bounds of the indicator only so far that a mark on them is whole.
    """
    finite = [float(value) for value in values if math.isfinite(value)]
    if not finite:
        return (0.0, 1.0)
    low, high = min(finite), max(finite)
    size = max(abs(low), abs(high))
    span = high - low if high - low > _FLAT * size else max(_FLAT_SPAN * size, _FLAT)
    middle = (low + high) / 2
    low, high = min(low, middle - span / 2), max(high, middle + span / 2)
    bottom, top = low - PAD * span, high + PAD * span
    if limits[0] is not None:
        bottom = max(bottom, min(limits[0], min(finite)) - OVERSHOOT * span)
    if limits[1] is not None:
        top = min(top, max(limits[1], max(finite)) + OVERSHOOT * span)
    return (bottom, top)


def value_ticks(low: float, high: float, limits: Limits, most: int, *, whole: bool = False) -> list[float]:
    """Choose round ticks inside an axis and inside the indicator's bounds; whole numbers only for what is counted."""
    slack = (high - low) * 1e-9
    floor = low if limits[0] is None else max(low, limits[0])
    ceiling = high if limits[1] is None else min(high, limits[1])
    return [
        float(tick)
        for tick in MaxNLocator(nbins=most, steps=_STEPS[whole], integer=whole).tick_values(low, high)
        if floor - slack <= tick <= ceiling + slack
    ]


def labelled_ticks(
    low: float, high: float, limits: Limits, *, most: int = 6, shift: int = 0, whole: bool = False
) -> dict[float, str]:
    """Choose the ticks of a value axis with their labels, which show the values times ten to the `shift`."""
    ticks = value_ticks(low, high, limits, most, whole=whole)
    decimals = max((_decimals(float(_shown(tick, shift))) for tick in ticks), default=0)
    return {tick: formats.number(_shown(tick, shift), decimals) for tick in ticks}


def set_value_axis(
    axes: Axes,
    low: float,
    high: float,
    limits: Limits,
    *,
    most: int = 6,
    sideways: bool = False,
    shift: int = 0,
    whole: bool = False,
) -> None:
    """Set the range, ticks and tick labels of a value axis."""
    ticks = labelled_ticks(low, high, limits, most=most, shift=shift, whole=whole)
    axis = axes.xaxis if sideways else axes.yaxis
    (axes.set_xlim if sideways else axes.set_ylim)(low, high)
    axis.set_major_locator(FixedLocator(list(ticks)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FixedFormatter(list(ticks.values())))


def _shown(value: float, shift: int) -> Decimal:
    return as_decimal(value).scaleb(shift)


def year_step(first: int, last: int, room: float, size: float) -> int:
    """Choose how many years apart labels stand so that they never run into each other."""
    per_year = room / (last - first + 1)
    needed = width("2000", size) * 1.35
    return next((step for step in YEAR_STEPS if step * per_year >= needed), YEAR_STEPS[-1])


def year_span(first: float, last: float) -> tuple[float, float]:
    """Return the ends of an axis of years, half a year before the first and after the last."""
    return min(first, math.floor(first + 0.5)) - 0.5, max(last, math.ceil(last - 0.5)) + 0.5


def year_ticks(first: float, last: float, room: float, size: float) -> list[int]:
    """Choose the years that are labelled, counted back from the last one."""
    start, end = math.floor(first + 0.5), math.ceil(last - 0.5)
    return [*range(end, start - 1, -year_step(start, end, room, size))][::-1]


def set_year_axis(axes: Axes, first: float, last: float, room: float) -> None:
    """Show whole years on a horizontal axis of time, on which a year stands at its own number."""
    ticks = year_ticks(first, last, room, theme.SIZE_SMALL)
    axes.set_xlim(*year_span(first, last))
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FixedFormatter([str(year) for year in ticks]))
    axes.tick_params(axis="x", labelsize=theme.SIZE_SMALL)


def _decimals(value: float) -> int:
    """Count the decimals that a round tick needs."""
    for decimals in range(6):
        if abs(value - float(rounded(value, decimals))) < 1e-9 * max(1.0, abs(value)):
            return decimals
    return 6


GRADE_MARKERS = {"A": "o", "B": "s", "C": "^"}
LineStyle = Literal["-", "--", ":", "-."]
BOUNDS = ("at_least", "at_most")
UNDATED = "undated"
_ARROW = 13.0
_KEY_ROW_MM = 4.0
_KEY_HANDLE = 26.0
"""Room for a sign of the key and what is around it, in points."""
ARROW_IN_KEY = 9.0
ARROW_ROOM = 0.1
MARK = 5.6
_YEAR_TOLERANCE = 0.02

_SHAFT = [(-0.45, 0.0), (0.45, 0.0), (0.0, 0.0), (0.0, 2.0), (-0.4, 1.4), (0.0, 2.0), (0.4, 1.4)]
_CODES = [Path.MOVETO, Path.LINETO, Path.MOVETO, Path.LINETO, Path.MOVETO, Path.LINETO, Path.LINETO]


def arrow(qualifier: str, *, sideways: bool = False, centred: bool = False) -> Path:
    """Draw the arrow of a bound: a bar at the bound, and a shaft to where the value may lie: up or right ``at_least``.

    It is centred on its position, as a key wants it, or starts there.
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
    return _ARROW if qualifier == "at_least" else -_ARROW


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
    """Place periods, of ends in decimal years, on the axis of years, where a whole year stands at its own number."""
    return (start + end) / 2 - 0.5


def draw_bounds(
    axes: Axes,
    x: pd.Series,
    y: pd.Series,
    qualifier: pd.Series,
    *,
    sideways: bool = False,
    told: pd.Series | None = None,
) -> None:
    """Draw an arrow for every bound; `told` is what each says of itself."""
    for kind in BOUNDS:
        rows = qualifier == kind
        if rows.any():
            axes.scatter(
                x[rows],
                y[rows],
                s=(2 * _ARROW) ** 2,
                marker=arrow(kind, sideways=sideways),
                facecolors="none",
                edgecolors=theme.PALETTE["bound"],
                linewidths=1.3,
                zorder=4,
                clip_on=False,
                urls=None if told is None else [theme.TOLD + text for text in told[rows]],
                gid=f"bound-{kind}",
            )


def told_urls(rows: pd.DataFrame, column: str = "told") -> list[str] | None:
    """Return what each row's mark says of itself as `theme.save` reads it; None for rows that say nothing."""
    return [theme.TOLD + told for told in rows[column]] if column in rows else None


def draw_strip(
    axes: Axes,
    rows: pd.DataFrame,
    value: str,
    colour: str,
    gid: str,
    *,
    marker: str = "o",
    size: float = MARK,
    hollow: bool = False,
    linewidth: float = 1.4,
) -> None:
    """Draw a mark a row at its value, a column, and at its height, the column `y`."""
    import seaborn as sns

    names = {"xlabel": axes.get_xlabel(), "ylabel": axes.get_ylabel()}
    drawn = rows.dropna(subset=[value])
    sns.stripplot(
        drawn,
        x=value,
        y="y",
        orient="y",
        native_scale=True,
        jitter=False,
        marker=marker,
        size=size,
        color=theme.PAPER if hollow else colour,
        edgecolor=colour,
        linewidth=linewidth,
        zorder=5,
        clip_on=False,
        gid=gid,
        ax=axes,
    )
    axes.set(**names)  # seaborn writes the columns' names there
    if urls := told_urls(drawn):
        axes.collections[-1].set_urls(urls)


def draw_points(axes: Axes, frame: pd.DataFrame, colour: str, size: float = MARK) -> None:
    """Draw dated values: shape by grade, hollow where a value is not fitted, provisional or dated approximately."""
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
            urls=told_urls(rows),
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
    return (frame["end"] - frame["start"] - 1).abs() > _YEAR_TOLERANCE


def runs(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """Cut a yearly series where a year is missing or the definition changes."""
    ordered = frame.sort_values("x", kind="stable")
    if ordered.empty:
        return []
    broken = (np.floor(ordered["x"] + 0.5).diff() > 1) | (ordered["basis"] != ordered["basis"].shift())
    return [run for _, run in ordered.groupby(broken.cumsum()) if len(run) > 1]


def basis_changes(frame: pd.DataFrame) -> list[float]:
    """Find where the definition of a yearly series changes: midway from the last year of one to the next."""
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
    """Put a key below the axes, in as few rows as fit the width; the figure grows with every row but the first."""
    if not entries:
        return None
    room = figure.bbox.width * 0.98
    for entry in entries:
        label_room = theme.width_mm() * POINTS_PER_MM - _KEY_HANDLE
        entry.set_label(wrap(str(entry.get_label()), label_room, theme.SIZE_SMALL))
    for columns in range(len(entries), 0, -1):
        key = figure.legend(
            # What is filled column by column is to be read row by row.
            handles=[entry for column in range(columns) for entry in entries[column::columns]],
            loc="outside lower left",
            ncols=columns,
            handlelength=1.6,
            borderaxespad=0.1,
        )
        if columns == 1 or key.get_window_extent().width <= room:
            break
        key.remove()
    rows = -(-len(entries) // columns) + sum(str(entry.get_label()).count("\n") for entry in entries)
    figure.set_figheight(figure.get_figheight() + (rows - 1) * _KEY_ROW_MM / theme.MM_PER_INCH)
    return key

"""The map of the evidence: for which goal and which year there is a figure, and how good it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.path import Path

from qualitybook.report import formats, theme
from qualitybook.report.figures import layout, marks
from qualitybook.report.figures.marks import width, wrap

NAME_MM = 56.0
ROW_MM = 5.4
LINE_MM = 3.4
FRAME_MM = 14.0
_WIDE_CELL_MM = 8.0
_SYMBOLS: dict[str, str | Path] = {**marks.GRADE_MARKERS, "bound": marks.arrow("at_least", centred=True)}
_ON_DARK = ("A", "B")
_SYMBOL = 4.2
_BOUND_SCALE = 1.6
_SHIFT = 0.2


def coverage(table: pd.DataFrame, words: Mapping[str, str]) -> Figure:
    """Draw which years, across, of which goal or task have figures, by the best grade among them.

    A row a cell: `row` (name of the goal or task, in the order of the first appearance), `year` (int), `count`
    (figures), `best` (``A``, ``B``, ``C``, ``bound`` or ``none``) and `told` (what it says of itself). Cells that are
    not listed are empty; where they are wide enough each shows its number of figures. ValueError without a cell.
    """
    if table.empty:
        raise ValueError("an evidence map needs at least one cell")
    names = [wrap(str(name), theme.share(NAME_MM), theme.SIZE_SMALL) for name in dict.fromkeys(table["row"])]
    tall = np.array([ROW_MM + name.count("\n") * LINE_MM for name in names])
    middles = np.cumsum(tall) - tall / 2
    figure = theme.new_figure(float(tall.sum()) + FRAME_MM)
    axes = figure.add_subplot()
    first, last = int(table["year"].min()), int(table["year"].max())
    _set_axes(axes, names, middles, (first, last), float(tall.sum()))
    places = dict(zip(dict.fromkeys(table["row"]), zip(middles, tall, strict=True), strict=True))
    _draw_cells(axes, table, places, wide=_cell_mm(names, first, last) >= _WIDE_CELL_MM)
    marks.add_key(figure, _key(table, words))
    layout.settle(figure)
    return figure


def _cell_mm(names: Sequence[str], first: int, last: int) -> float:
    """Estimate how wide a cell will be, in millimetres."""
    widest = max(width(line, theme.SIZE_SMALL) for name in names for line in name.split("\n")) / marks.POINTS_PER_MM
    return (theme.width_mm() - widest - 4) / (last - first + 1)


def _set_axes(axes: Axes, names: Sequence[str], middles: np.ndarray, years: tuple[int, int], height: float) -> None:
    """Set names and years around the map, years on top where the eye starts."""
    cell = _cell_mm(names, *years)
    step = marks.year_step(*years, cell * (years[1] - years[0] + 1) * marks.POINTS_PER_MM, theme.SIZE_SMALL)
    axes.set_xlim(years[0] - 0.5, years[1] + 0.5)
    axes.set_ylim(height, 0)
    axes.set_yticks(middles, names, linespacing=theme.LINE_SPACING)
    shown = list(range(years[1], years[0] - 1, -step))[::-1]
    axes.set_xticks(shown, [str(year) for year in shown])
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.grid(visible=False)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _draw_cells(axes: Axes, table: pd.DataFrame, places: Mapping[str, tuple[float, float]], *, wide: bool) -> None:
    """Draw shade, symbol and, where there is room, the number of figures of every cell."""
    years = range(int(table["year"].min()), int(table["year"].max()) + 1)
    empty = [_tile(year, middle, tall) for middle, tall in places.values() for year in years]
    axes.add_collection(_shaded(empty, theme.PAPER, "cells"))
    for best, cells in table[table["best"] != "none"].groupby("best", sort=True):
        middles = cells["row"].map(lambda row: places[row][0]).to_numpy(float)
        tiles = [_tile(cell["year"], *places[cell["row"]]) for cell in marks.records(cells)]
        axes.add_collection(_shaded(tiles, theme.GRADE_SHADES[str(best)], f"cells-{best}"))
        _draw_symbols(axes, cells, middles, str(best), wide=wide)


def _draw_symbols(axes: Axes, cells: pd.DataFrame, middles: np.ndarray, best: str, *, wide: bool) -> None:
    """Draw the symbol of a grade in its cells and, if they are wide, the number of figures beside it."""
    ink = theme.PAPER if best in _ON_DARK else theme.INK
    shift = _SHIFT if wide else 0.0
    axes.scatter(
        cells["year"] - shift,
        middles,
        marker=_SYMBOLS[best],
        s=(_SYMBOL * (_BOUND_SCALE if best == "bound" else 1)) ** 2,
        facecolors="none" if best == "bound" else ink,
        edgecolors=ink,
        linewidths=0.9,
        urls=marks.told_urls(cells),
        gid=f"symbol-{best}",
    )
    for year, count, middle in zip(cells["year"], cells["count"], middles, strict=True) if wide else ():
        axes.text(
            year + shift,
            middle,
            formats.number(count, 0),
            color=ink,
            ha="center",
            va="center",
            fontsize=theme.SIZE_TINY,
        )


def _tile(year: int, middle: float, tall: float) -> Rectangle:
    """Return the rectangle of a cell."""
    return Rectangle((year - 0.47, middle - tall / 2 + 0.25), 0.94, tall - 0.5)


def _shaded(tiles: list[Rectangle], colour: str, gid: str) -> PatchCollection:
    """Return cells of one shade."""
    # All cells lie within the axes, and a clip would be named on each of them.
    return PatchCollection(
        tiles, facecolor=colour, edgecolor=theme.RULE, linewidth=0.5, zorder=1, gid=gid, clip_on=False
    )


def _key(table: pd.DataFrame, words: Mapping[str, str]) -> list[marks.Artist]:
    """Explain shades and symbols."""
    present = set(table["best"])
    entries: list[marks.Artist] = [
        marks.key_mark(words[f"grade_{best}"], _SYMBOLS[best], theme.QUIET, fill=theme.GRADE_SHADES[best])
        for best in marks.GRADE_MARKERS
        if best in present
    ]
    if "bound" in present:
        entries.append(marks.key_mark(words["bound"], _SYMBOLS["bound"], theme.INK, size=marks.ARROW_IN_KEY))
    entries.append(marks.Patch(facecolor=theme.PAPER, edgecolor=theme.RULE, linewidth=0.8, label=words["none"]))
    return entries

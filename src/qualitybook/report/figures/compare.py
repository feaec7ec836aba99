"""Comparisons: peers on one scale an indicator, and two ways to read the same food bulletins."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qualitybook.report import theme
from qualitybook.report.figures import layout, marks
from qualitybook.report.figures.marks import wrap

ROW_MM = 5.6
LINE_MM = 3.5
_HEAD_MM = 15.0
KEY_MM = 8.0
NAME_MM = 42.0
_NOTE_MM = 34.0
_FOOD_MM = 84.0
_DODGE = 0.17
_FOOD_READINGS = (("raw", "context", "s"), ("standardised", "observed", "o"))
_DOT = 6.5
_GOAL = 11.4
_LEFT = ((-1, 0), (-1, 1), (-1, -1), (1, -1), (1, 1), (1, 0))
_GROUP_GAP_MM = 3.0


def dot_plot(rows: pd.DataFrame, words: Mapping[str, str], shifts: Mapping[str, int] | None = None) -> Figure:
    """Draw places on a scale of their own for every indicator, in the order given; nothing is ranked across indicators.

    The rows, at least one, are `group` (indicator with its unit, the heading), `name` (place), `value`, `lower`,
    `upper` (interval or NaN), `target` (the place's own goal or NaN), `kind` (``forecast``, ``latest``, ``at_least``,
    ``at_most``), `label` (year and value in words), `state_symbol` (a verdict's symbol or empty), `own` (bool: the
    report's own place). By group `shifts` has the power of ten that makes what its axis shows of the values; 0 for
    those not named.
    """
    if rows.empty:
        raise ValueError("a dot plot needs at least one row")
    groups = list(rows.groupby("group", sort=False))
    heights = [sum(_row_mm(row) for row in marks.records(group)) for _, group in groups]
    heads = [wrap(str(name), theme.share(theme.WIDTH_MM - NAME_MM) * 0.95, theme.SIZE_TEXT) for name, _ in groups]
    extra = sum(_HEAD_MM + head.count("\n") * LINE_MM for head in heads)
    figure = theme.new_figure(sum(heights) + extra + KEY_MM, _GROUP_GAP_MM)
    grid = figure.subplots(len(groups), 1, squeeze=False, height_ratios=heights).ravel()
    for axes, head, (name, group) in zip(grid, heads, groups, strict=True):
        _draw_group(axes, head, group, (shifts or {}).get(str(name), 0))
    marks.add_key(figure, _dot_key(rows, words))
    layout.settle(figure)
    return figure


def _row_mm(row: Mapping[str, str]) -> float:
    """Height that a row needs for its name and its note."""
    lines = max(_name(row).count("\n"), _note(row).count("\n"))
    return ROW_MM + lines * LINE_MM


def _name(row: Mapping[str, str]) -> str:
    """Return a place's name, broken to the width kept for names."""
    return wrap(row["name"], theme.share(NAME_MM), theme.SIZE_SMALL)


def _note(row: Mapping[str, str]) -> str:
    """Return what stands to the right of a row, broken to the width kept for it."""
    text = f"{row['state_symbol']} {row['label']}".strip()
    return wrap(text, theme.share(_NOTE_MM), theme.SIZE_SMALL)


def _draw_group(axes: Axes, head: str, group: pd.DataFrame, shift: int) -> None:
    """Draw the places of one indicator, the first on top."""
    records = marks.records(group)
    tall = np.array([_row_mm(row) for row in records])
    heights = -(np.cumsum(tall) - tall / 2)
    spots = group.assign(y=heights)
    reach = np.concatenate([group[column].to_numpy(float) for column in ("value", "lower", "upper", "target")])
    # The arrows of bounds expect the kind of a dot under another name.
    arrows = marks.arrow_ends(group.rename(columns={"kind": "qualifier"}), reach)
    low, high = marks.value_range(np.concatenate([reach, arrows]), (None, None))
    marks.set_value_axis(axes, low, high, (None, None), sideways=True, shift=shift)
    axes.set_ylim(-tall.sum(), 0)
    axes.set_yticks(heights, [_name(row) for row in records], linespacing=theme.LINE_SPACING)
    for text, row in zip(axes.get_yticklabels(), records, strict=True):
        text.set_color(theme.PALETTE["observed"] if row["own"] else theme.INK)
    axes.grid(axis="x")
    axes.set_title(head, loc="left", linespacing=theme.LINE_SPACING)
    _draw_dots(axes, spots)
    for row, y in zip(records, heights, strict=True):
        layout.write_beside(axes, y, _note(row), theme.PALETTE["observed"] if row["own"] else theme.QUIET, LINE_MM * 2)


def _draw_dots(axes: Axes, spots: pd.DataFrame) -> None:
    """Draw intervals, goals, dots and arrows (`y` is the height of a row)."""
    marks.draw_strip(axes, spots, "target", theme.PALETTE["target"], "goal", marker="|", size=_GOAL, linewidth=2)
    for own, rows in spots.groupby(spots["own"].astype(bool)):
        colour = theme.PALETTE["observed" if own else "peers"]
        spans = rows.dropna(subset=["lower", "upper"])
        if not spans.empty:
            axes.hlines(spans["y"], spans["lower"], spans["upper"], color=colour, linewidth=2.2, gid="interval")
        for kind in ("forecast", "latest"):
            dots = rows[rows["kind"] == kind]
            marks.draw_strip(axes, dots, "value", colour, f"dot-{kind}", size=_DOT, hollow=kind == "latest")
    marks.draw_bounds(axes, spots["value"], spots["y"], spots["kind"], sideways=True)


def _dot_key(rows: pd.DataFrame, words: Mapping[str, str]) -> list[Artist]:
    """Explain the marks that occur."""
    kinds = set(rows["kind"])
    colour = theme.PALETTE["peers"]
    entries: list[Artist] = [
        marks.key_mark(words[kind], "o", colour, hollow=kind == "latest", size=_DOT)
        for kind in ("forecast", "latest")
        if kind in kinds
    ]
    entries += marks.bound_key(kinds, words, sideways=True)
    if rows["lower"].notna().any():
        entries.append(marks.key_line(words["interval"], colour, linewidth=2.2))
    if rows["target"].notna().any():
        entries.append(marks.key_mark(words["target"], "|", theme.PALETTE["target"], size=9))
    return entries


def food_comparison(
    rows: pd.DataFrame,
    target: float | None,
    words: Mapping[str, str],
    *,
    limits: marks.Limits = (0.0, 100.0),
) -> Figure:
    """Draw the raw and the standardised pass rate of every year side by side.

    The rows are `year`; `raw`, `raw_lower`, `raw_upper` (exact interval); `standardised`, `standardised_lower`,
    `standardised_upper`; NaN where there is none. `raw_label`, `standardised_label`: texts beside them or empty;
    `raw_told`, `standardised_told`: what a mark says of itself. The words are `unit`, `raw`, `standardised`; `target`
    if there is one.
    """
    figure = theme.new_figure(_FOOD_MM)
    axes = figure.add_subplot()
    columns = [name + end for name, _, _ in _FOOD_READINGS for end in ("", "_lower", "_upper")]
    values = np.concatenate([rows[columns].to_numpy(float).ravel(), [] if target is None else [target]])
    marks.set_value_axis(axes, *marks.value_range(values, limits), limits)
    room = theme.share(theme.WIDTH_MM - 50)
    marks.set_year_axis(axes, float(rows["year"].min()), float(rows["year"].max()), room)
    left, right = axes.get_xlim()
    axes.set_xlim(left - _DODGE, right + _DODGE)
    axes.set_title(words["unit"], loc="left", fontsize=theme.SIZE_SMALL, color=theme.QUIET)
    for (name, role, shape), shift in zip(_FOOD_READINGS, (-_DODGE, _DODGE), strict=True):
        _draw_reading(axes, rows, name, theme.PALETTE[role], shape, shift)
    notes = []
    if target is not None:
        colour = theme.PALETTE["target"]
        axes.axhline(target, color=colour, linewidth=1.1, linestyle=(0, (6, 2)), zorder=2.5, gid="target")
        notes = layout.add_margin_labels(axes, [layout.MarginLabel(target, words["target"], colour)])
    marks.add_key(
        figure, [marks.key_mark(words[name], shape, theme.PALETTE[role]) for name, role, shape in _FOOD_READINGS]
    )
    layout.settle(figure)
    layout.spread_margin_labels(axes, notes)
    _label_readings(axes, rows, target)
    return figure


def _draw_reading(axes: Axes, rows: pd.DataFrame, name: str, colour: str, shape: str, shift: float) -> None:
    """Draw one way to read the bulletins: marks beside the years, with intervals."""
    x = rows["year"] + shift
    axes.vlines(
        x, rows[f"{name}_lower"], rows[f"{name}_upper"], color=colour, linewidth=1.4, zorder=4, gid=f"interval-{name}"
    )
    told = marks.told_urls(rows, f"{name}_told")
    axes.scatter(
        x, rows[name], s=_DOT**2, marker=shape, color=colour, zorder=5, clip_on=False, urls=told, gid=f"rate-{name}"
    )


def _label_readings(axes: Axes, rows: pd.DataFrame, target: float | None) -> None:
    """Write values beside the marks, each on its own side; those of the last year always."""
    ground, labels = [], []
    for (name, role, _), shift, side in zip(_FOOD_READINGS, (-_DODGE, _DODGE), (_LEFT, _LEFT[::-1]), strict=True):
        for row in marks.records(rows):
            x, value, text = row["year"] + shift, row[name], row[f"{name}_label"]
            ground.append(layout.points_along(axes, [x, x], [row[f"{name}_lower"], row[f"{name}_upper"]]))
            ground.append(layout.points_around(axes, [x], [value], _DOT * 0.6))
            if text and np.isfinite(value):
                last = row["year"] == rows["year"].max()
                colour = theme.PALETTE[role]
                labels.append(layout.PointLabel(x, value, text, colour, needed=last, directions=side))
    if target is not None:
        ground.append(layout.points_along(axes, axes.get_xlim(), [target] * 2))
    layout.place(axes, sorted(labels, key=lambda label: -label.x), np.vstack(ground))

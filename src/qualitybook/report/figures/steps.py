"""The worked example: how each model continues the same series."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qualitybook.report import theme
from qualitybook.report.figures import layout, marks, scales
from qualitybook.report.figures.history import Target, draw_target
from qualitybook.report.figures.text import wrap

HEIGHT_MM = 76.0
GAP_MM = 2.0
NOTE_SHARE = 0.3
TITLE_SHARE = 0.72
VALUE_MARK = 4.6


def model_steps(
    values: pd.DataFrame,
    quantile_frames: Mapping[str, pd.DataFrame],
    target: Target | None,
    words: Mapping[str, str],
    *,
    limits: scales.Limits = (None, None),
    shift: int = 0,
) -> Figure:
    """Draw how each model continues the same series, one chart a model, on one scale.

    Parameters
    ----------
    values : pandas.DataFrame
        The fitted series: `year`, `value`, and `label` beside a value (empty for none).
    quantile_frames : mapping of str to pandas.DataFrame
        By the model's name in words: `year`, `q10`, `q50`, `q90`, and `label`, of which that of the last year is
        written beside the median.
    target : Target or None
        The goal.
    words : mapping of str
        `unit`, `observed`, `median`, `interval_80`; `target` if there is one.
    limits : tuple of float or None
        Bounds the indicator cannot leave.
    shift : int
        Power of ten that makes what the axis shows of the values.

    Returns
    -------
    matplotlib.figure.Figure
        The charts side by side.
    """
    figure = theme.new_figure(HEIGHT_MM, GAP_MM)
    grid = figure.subplots(1, len(quantile_frames), sharey=True, squeeze=False).ravel()
    room = theme.WIDTH_MM / len(quantile_frames) * scales.POINTS_PER_MM
    bands = [_joined(values, frame) for frame in quantile_frames.values()]
    _set_axes(grid, values, bands, target, limits, shift, room)
    notes = []
    for axes, (name, frame), band in zip(grid, quantile_frames.items(), bands, strict=True):
        _draw_model(axes, values, band, target)
        layout.write_above(axes, words["unit"], layout.HEAD_GAP, theme.QUIET, size=theme.SIZE_TINY)
        title_height = layout.HEAD_GAP + theme.SIZE_SMALL * theme.LINE_SPACING
        layout.write_above(axes, wrap(name, room * TITLE_SHARE, theme.SIZE_SMALL), title_height, theme.INK)
        labels = _notes(frame, target if axes is grid[-1] else None, words)
        notes.append(layout.add_margin_labels(axes, labels, room * NOTE_SHARE))
    marks.add_key(figure, _key(words))
    layout.settle(figure)
    for axes, note, band in zip(grid, notes, bands, strict=True):
        layout.spread_margin_labels(axes, note)
        _label_values(axes, values, band, target)
    return figure


def _joined(values: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """Start a model's quantiles at the last value of the series."""
    last = marks.records(values.sort_values("year", kind="stable"))[-1]
    start = pd.DataFrame([{"year": last["year"], **dict.fromkeys(("q10", "q50", "q90"), last["value"])}])
    return pd.concat([start, frame[["year", "q10", "q50", "q90"]]], ignore_index=True).astype(float)


def _set_axes(
    grid: np.ndarray,
    values: pd.DataFrame,
    bands: list[pd.DataFrame],
    target: Target | None,
    limits: scales.Limits,
    shift: int,
    room: float,
) -> None:
    """Give all charts the same scales."""
    drawn = pd.concat([values["value"], *(band[name] for band in bands for name in ("q10", "q50", "q90"))])
    years = pd.concat([values["year"], *(band["year"] for band in bands)])
    if target is not None:
        drawn, years = pd.concat([drawn, pd.Series(target.value)]), pd.concat([years, pd.Series(target.year)])
    low, high = scales.value_range(drawn, limits)
    for axes in grid:
        scales.set_value_axis(axes, low, high, limits, shift=shift)
        scales.set_year_axis(axes, float(years.min()), float(years.max()), room * (1 - NOTE_SHARE))


def _draw_model(axes: Axes, values: pd.DataFrame, band: pd.DataFrame, target: Target | None) -> None:
    """Draw the series and how one model continues it."""
    colour = theme.PALETTE["observed"]
    axes.fill_between(band["year"], band["q10"], band["q90"], color=theme.BANDS["80"], linewidth=0, gid="band-80")
    axes.plot(band["year"], band["q50"], color=colour, linestyle=(0, (3, 1.5)), zorder=3, gid="median")
    axes.plot(values["year"], values["value"], color=colour, zorder=3.5, gid="line")
    axes.scatter(values["year"], values["value"], s=VALUE_MARK**2, color=colour, zorder=5, gid="values", clip_on=False)
    if target is not None:
        draw_target(axes, target)


def _notes(frame: pd.DataFrame, target: Target | None, words: Mapping[str, str]) -> list[layout.MarginLabel]:
    """List what is written to the right of a chart: the goal, and the median of the last year."""
    last = marks.records(frame.sort_values("year", kind="stable"))[-1]
    labels = [layout.MarginLabel(last["q50"], last["label"], theme.PALETTE["forecast"])]
    if target is not None:
        labels.append(layout.MarginLabel(target.value, words["target"], theme.PALETTE["target"]))
    return [label for label in labels if label.text]


def _label_values(axes: Axes, values: pd.DataFrame, band: pd.DataFrame, target: Target | None) -> None:
    """Write the labels of the series beside its values, the last one first."""
    ground = [
        layout.points_along(axes, values["year"], values["value"]),
        layout.points_around(axes, values["year"], values["value"], VALUE_MARK * 0.6),
        *(layout.points_along(axes, band["year"], band[column]) for column in ("q10", "q50", "q90")),
    ]
    if target is not None:
        ground.append(layout.points_along(axes, axes.get_xlim(), [target.value] * 2))
    rows = marks.records(values[values["label"] != ""])[::-1]
    colour = theme.PALETTE["observed"]
    labels = [layout.PointLabel(row["year"], row["value"], row["label"], colour) for row in rows]
    layout.place(axes, labels, np.vstack(ground))


def _key(words: Mapping[str, str]) -> list[Artist]:
    """Explain the series, the median and the band."""
    colour = theme.PALETTE["observed"]
    return [
        marks.key_mark(words["observed"], "o", colour),
        marks.key_line(words["median"], colour, "--"),
        marks.key_band(words["interval_80"], theme.BANDS["80"]),
    ]

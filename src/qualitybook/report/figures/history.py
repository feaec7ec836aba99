"""One indicator over time: what was published, what is expected, and the goal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from qualitybook.report import theme
from qualitybook.report.figures import layout, marks
from qualitybook.report.figures.marks import wrap

_HEIGHT_MM = 80.0
ROLES = {"direct": "observed", "proxy": "proxy", "context": "context"}
_LINES: dict[str, marks.LineStyle] = {"direct": "-", "proxy": "-.", "context": ":"}
_CONTEXT_MARK = 4.2
_MOST_LABELS = 14
_BAND_ALPHA = 0.12
_UNDATED_STROKE = (0.95, 1.0)
_AXIS_MM = 105.0
_READING_YEARS = 0.5
"""How wide the frame around a reading's range is."""


@dataclass(frozen=True)
class Target:
    """A goal that has a number: the value to reach and the year to reach it in."""

    value: float
    year: int
    upper: float | None = None
    "The upper value of two between which the figure has to lie."
    baseline: tuple[int, float] | None = None
    "Year and figure that a change is counted from."
    path: tuple[tuple[int, float], ...] = ()
    "Years on the way with the value to reach in each."

    @property
    def years(self) -> list[int]:
        """The years in which it has a mark of its own."""
        return [self.year, *(year for year, _ in self.path), *([self.baseline[0]] if self.baseline else [])]

    @property
    def values(self) -> list[float]:
        """The values at which it has a mark or a line."""
        found = [
            self.value,
            self.upper,
            *(value for _, value in self.path),
            self.baseline[1] if self.baseline else None,
        ]
        return [value for value in found if value is not None]


@dataclass(frozen=True)
class Indicative:
    """What related evidence says of the goal's year: an estimate with its 80 % range."""

    year: int
    value: float
    low: float
    high: float
    told: str = ""
    "What the mark says of itself."


@dataclass(frozen=True)
class _Scale:
    """What the axis of values is called, its bounds, the power of ten it shows, and whether it counts whole things."""

    unit: str
    limits: marks.Limits
    shift: int
    is_count: bool
    is_rank: bool = False
    "Whether 1 is the best, so that it stands on top."


def history(
    observations: pd.DataFrame,
    fan: pd.DataFrame | None,
    target: Target | None,
    words: Mapping[str, str],
    *,
    limits: marks.Limits = (None, None),
    shift: int = 0,
    is_count: bool = False,
    is_rank: bool = False,
    reading: Indicative | None = None,
) -> Figure:
    """Draw the published figures of a goal, the forecast, the goal itself and what is read of it on related evidence.

    The observations are a row a published figure: `start`, `end` (decimal years, NaN if undated; 2022 and 2023 for the
    year 2022), `value`, `qualifier` (``exact``, ``derived``, ``about``, ``at_least``, ``at_most``, ``undated``),
    `grade` (A, B, C), `fitted` (bool), `whole` (bool: a line may join it to others), `hollow` (bool), `lower`, `upper`
    (sampling interval or NaN), `role` (``direct``, ``proxy``, ``context``), `basis`, `label` (text beside the mark, may
    be empty) and, where a role has several series, `series` (its name); where marks say what they are, `told`. The fan
    is a row a year ahead: `year`, `q025`, `q10`, `q50`, `q90`, `q975`; it starts from the last fitted value. The words
    are `unit`; as they occur `target`, `forecast`, `interval_80`, `interval_95`, `grade_A`, `grade_B`, `grade_C`,
    `not_fitted`, `at_least`, `at_most`, `period`, `sampling`, `basis_change`, `role_direct`, `role_proxy`,
    `role_context`, `indicative`, `indicative_80`.
    """
    frame = prepare(observations)
    scale = _Scale(words["unit"], limits, shift, is_count, is_rank)
    figure, homeless = _compose(frame, fan, target, reading, words, scale, in_key=frozenset())
    if homeless:
        figure, _ = _compose(frame, fan, target, reading, words, scale, in_key=frozenset(homeless))
    return figure


def prepare(observations: pd.DataFrame) -> pd.DataFrame:
    """Add `x` (position on the axis of years, NaN if undated) and `kind` (``point``, ``bound`` or ``undated``)."""
    frame = observations.reset_index(drop=True)
    undated = frame["start"].isna()
    bound = frame["qualifier"].isin(marks.BOUNDS)
    if "series" not in frame:
        frame = frame.assign(series="")
    return frame.assign(
        x=marks.time_position(frame["start"], frame["end"]).where(~undated),
        kind=np.where(undated, "undated", np.where(bound, "bound", "point")),
        fitted=frame["fitted"].astype(bool) & ~undated & ~bound,
    )


def _compose(
    frame: pd.DataFrame,
    fan: pd.DataFrame | None,
    target: Target | None,
    reading: Indicative | None,
    words: Mapping[str, str],
    scale: _Scale,
    in_key: frozenset[str],
) -> tuple[Figure, list[str]]:
    """Draw the figure; return it with the names of series for which there was no place beside their data."""
    figure = theme.new_figure(_HEIGHT_MM)
    axes = figure.add_subplot()
    bands = _connected(fan, frame)
    _set_axes(axes, frame, bands, target, reading, scale)
    if bands is not None:
        _draw_fan(axes, bands)
    if target is not None:
        _draw_target(axes, target)
    if reading is not None:
        _draw_reading(axes, reading)
    for (role, series), rows in _by_series(frame):
        _draw_series(axes, rows, role, name=series)
    notes = layout.add_margin_labels(axes, _margin_labels(frame, bands, target, words))
    key, colour = _key(frame, bands, words, in_key), theme.PALETTE["forecast"]
    if reading is not None:
        key.append(marks.key_mark(words["indicative"], "o", colour, hollow=True))
        key.append(marks.key_line(words["indicative_80"], colour, "--", linewidth=1.1))
    marks.add_key(figure, key)
    layout.settle(figure)
    layout.spread_margin_labels(axes, notes)
    names = _series_labels(frame, words, in_key)
    ground = _ground(axes, frame, bands, target)
    if reading is not None:
        ground = np.vstack([ground, layout.points_along(axes, [reading.year] * 2, [reading.low, reading.high])])
    homeless = layout.place(axes, names + _value_labels(frame), ground)
    return figure, [label.text for label in homeless if label in names]


def _draw_fan(axes: Axes, bands: pd.DataFrame) -> None:
    """Draw nested intervals and the median line (columns `year`, `q025`, `q10`, `q50`, `q90`, `q975`)."""
    years, colour = bands["year"], theme.PALETTE["forecast"]
    for order, (level, low, high) in enumerate((("95", "q025", "q975"), ("80", "q10", "q90")), start=1):
        shade, gid = theme.BANDS[level], f"band-{level}"
        axes.fill_between(years, bands[low], bands[high], color=shade, linewidth=0, zorder=order, gid=gid)
    axes.plot(years, bands["q50"], color=colour, linestyle=(0, (3, 1.5)), zorder=3, gid="median")


def _draw_target(axes: Axes, target: Target) -> None:
    """Draw the goal as a line across the axes, with a mark at its year.

    A goal of two values is a band between two lines, one with values on the way a line through them, and a change has a
    line from the figure that it starts from.
    """
    colour = theme.PALETTE["target"]
    for value in (target.value, target.upper):
        if value is not None:
            axes.axhline(value, color=colour, linewidth=1.1, linestyle=(0, (6, 2)), zorder=2.5, gid="target")
    if target.upper is not None:
        axes.axhspan(target.value, target.upper, color=colour, alpha=_BAND_ALPHA, linewidth=0, zorder=0.5, gid="range")
    marked = list(target.path) or [(target.year, target.value)]
    way = [*([target.baseline] if target.baseline else []), *marked]
    if len(way) > 1:
        axes.plot(*zip(*way, strict=True), color=colour, linewidth=1.1, linestyle=":", zorder=2.6, gid="way")
    if target.upper is not None:
        marked.append((target.year, target.upper))
    axes.scatter(
        [year for year, _ in marked],
        [value for _, value in marked],
        s=52,
        marker="D",
        facecolors=theme.PAPER,
        edgecolors=colour,
        linewidths=1.5,
        zorder=5.5,
        clip_on=False,
        gid="target-year",
    )


def _draw_reading(axes: Axes, reading: Indicative) -> None:
    """Draw a reading at its year: a hollow mark in a frame of broken lines, so that neither is taken for a figure."""
    colour = theme.PALETTE["forecast"]
    corner, height = (reading.year - _READING_YEARS / 2, reading.low), reading.high - reading.low
    axes.add_patch(
        Rectangle(
            corner,
            _READING_YEARS,
            height,
            fill=False,
            edgecolor=colour,
            linewidth=1.1,
            linestyle=(0, (3, 2)),
            zorder=3.2,
            clip_on=False,
            gid="indicative-80",
        )
    )
    axes.scatter(
        [reading.year],
        [reading.value],
        s=marks.MARK**2,
        facecolors=theme.PAPER,
        edgecolors=colour,
        linewidths=1.4,
        zorder=5.6,
        clip_on=False,
        urls=[theme.TOLD + reading.told] if reading.told else None,
        gid="indicative",
    )


def _draw_series(axes: Axes, rows: pd.DataFrame, role: str, name: str = "") -> None:
    """Draw one series: line through its fitted values, points, intervals, periods, bounds and undated figures."""
    colour = theme.PALETTE[ROLES[role]]
    for run in marks.runs(_joined(rows)):
        axes.plot(run["x"], run["value"], color=colour, linestyle=_LINES[role], zorder=3.5, gid="line")
    points = rows[rows["kind"] == "point"]
    marks.draw_intervals(axes, points, colour)
    marks.draw_periods(axes, rows[rows["kind"] != "undated"], colour)
    marks.draw_points(axes, points, colour, size=_CONTEXT_MARK if role == "context" else marks.MARK)
    bounds = rows[rows["kind"] == "bound"]
    marks.draw_bounds(axes, bounds["x"], bounds["value"], bounds["qualifier"], told=bounds.get("told"))
    for value in rows.loc[rows["kind"] == "undated", "value"]:
        axes.plot(
            _UNDATED_STROKE,
            [value, value],
            transform=axes.get_yaxis_transform(),
            color=colour,
            linestyle=":",
            linewidth=1.8,
            gid="undated",
        )
    for year in marks.basis_changes(_joined(rows)):
        axes.axvline(year, color=theme.QUIET, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1.5, gid=f"basis-{name}")


def _joined(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the values that a line goes through: fitted ones of whole years or of a stock's dates."""
    return rows[rows["fitted"] & rows["whole"]]


def _connected(fan: pd.DataFrame | None, frame: pd.DataFrame) -> pd.DataFrame | None:
    """Start the fan at the last fitted value, of the goal's own series if there is one."""
    if fan is None or fan.empty:
        return None
    fitted = _joined(frame)
    own = fitted[fitted["role"] == "direct"]
    known = (own if not own.empty else fitted).sort_values("x", kind="stable")
    quantiles = [column for column in fan.columns if column != "year"]
    if known.empty or known["x"].iloc[-1] >= fan["year"].min():
        return fan
    start = {"year": known["x"].iloc[-1], **dict.fromkeys(quantiles, known["value"].iloc[-1])}
    return pd.concat([pd.DataFrame([start]), fan.astype(float)], ignore_index=True)


def _set_axes(
    axes: Axes,
    frame: pd.DataFrame,
    bands: pd.DataFrame | None,
    target: Target | None,
    reading: Indicative | None,
    scale: _Scale,
) -> None:
    """Set the ranges, ticks and unit of both axes from everything that is drawn."""
    values = np.concatenate([frame[column].to_numpy(float) for column in ("value", "lower", "upper")])
    long = frame[marks.is_odd_period(frame)]
    years = np.concatenate([frame["x"], long["start"] - 0.5, long["end"] - 0.5])
    if bands is not None:
        values = np.concatenate([values, bands.drop(columns="year").to_numpy(float).ravel()])
        years = np.concatenate([years, bands["year"]])
    if target is not None:
        values = np.append(values, target.values)
        years = np.append(years, target.years)
    if reading is not None:
        values = np.append(values, [reading.low, reading.value, reading.high])
        years = np.append(years, reading.year)
    low, high = marks.value_range(np.concatenate([values, marks.arrow_ends(frame, values)]), scale.limits)
    marks.set_value_axis(axes, low, high, scale.limits, shift=scale.shift, whole=scale.is_count)
    if scale.is_rank:
        axes.invert_yaxis()
    finite = years[np.isfinite(years)]
    if finite.size:
        marks.set_year_axis(axes, float(finite.min()), float(finite.max()), theme.share(_AXIS_MM))
    else:
        axes.set_xticks([])
    axes.set_title(scale.unit, loc="left", fontsize=theme.SIZE_SMALL, color=theme.QUIET)


def _by_series(frame: pd.DataFrame) -> list[tuple[tuple[str, str], pd.DataFrame]]:
    """Split rows into series, the goal's own one last so that it lies on top."""
    order = {role: position for position, role in enumerate(reversed(ROLES))}
    groups = [((str(role), str(name)), rows) for (role, name), rows in frame.groupby(["role", "series"], sort=True)]
    return sorted(groups, key=lambda group: (order[group[0][0]], group[0][1]))


def _margin_labels(
    frame: pd.DataFrame, bands: pd.DataFrame | None, target: Target | None, words: Mapping[str, str]
) -> list[layout.MarginLabel]:
    """List what is written to the right of the axes: the goal, the forecast, undated figures."""
    labels = []
    if target is not None:
        labels.append(layout.MarginLabel(target.value, words["target"], theme.PALETTE["target"]))
    if bands is not None:
        labels.append(layout.MarginLabel(bands["q50"].iloc[-1], words["forecast"], theme.PALETTE["forecast"]))
    undated = frame[(frame["kind"] == "undated") & (frame["label"] != "")]
    for row in marks.records(undated):
        labels.append(layout.MarginLabel(row["value"], row["label"], theme.PALETTE[ROLES[row["role"]]]))
    return labels


def _series_name(role: str, series: str, words: Mapping[str, str]) -> str:
    """Return a series' own name, or its role in words."""
    return series or words[f"role_{role}"]


def _series_labels(frame: pd.DataFrame, words: Mapping[str, str], in_key: frozenset[str]) -> list[layout.PointLabel]:
    """Name each series beside its points, if there are several or the only one is not the goal's own.

    A bound may lie far from the series it belongs to, so names go to bounds only where there is no point.
    """
    groups = _by_series(frame)
    if len(groups) < 2 and all(role == "direct" for (role, _), _ in groups):
        return []
    labels = []
    for (role, series), rows in reversed(groups):
        points = rows[rows["kind"] == "point"]
        dated = (rows[rows["x"].notna()] if points.empty else points).sort_values("x", kind="stable")
        text = _series_name(role, series, words)
        if not dated.empty and text not in in_key:
            last = dated.iloc[-1]
            others = tuple(zip(dated["x"].iloc[-2::-1], dated["value"].iloc[-2::-1], strict=True))
            colour = theme.PALETTE[ROLES[role]]
            labels.append(layout.PointLabel(last["x"], last["value"], text, colour, needed=True, others=others))
    return labels


def _value_labels(frame: pd.DataFrame) -> list[layout.PointLabel]:
    """List texts beside dated marks, in the order in which they choose their places.

    The latest always get one; where there are many values, only the first and the extremes are tried besides.
    """
    dated = frame[frame["x"].notna() & (frame["label"] != "")].sort_values("x", kind="stable")
    if dated.empty:
        return []
    values = dated["value"]
    latest = [dated.index[-1], *dated.index[dated["fitted"]][-1:]]
    rest = reversed(dated.index) if len(dated) <= _MOST_LABELS else []
    choices = list(dict.fromkeys([*latest, dated.index[0], values.idxmax(), values.idxmin(), *rest]))
    return [
        layout.PointLabel(
            row["x"], row["value"], row["label"], theme.PALETTE[ROLES[row["role"]]], needed=index in latest
        )
        for index, row in zip(choices, marks.records(dated.loc[choices]), strict=True)
    ]


def _ground(axes: Axes, frame: pd.DataFrame, bands: pd.DataFrame | None, target: Target | None) -> layout.Points:
    """Sample everything drawn that a label should not stand on."""
    left, right = axes.get_xlim()
    drawn = [layout.points_around(axes, frame["x"], frame["value"], marks.MARK * 0.6)]
    bottom, top = axes.get_ylim()
    for _, rows in _by_series(frame):
        fitted = _joined(rows)
        drawn += [layout.points_along(axes, run["x"], run["value"]) for run in marks.runs(fitted)]
        drawn += [layout.points_along(axes, [year, year], [bottom, top]) for year in marks.basis_changes(fitted)]
    for row in marks.records(frame[frame["x"].notna()]):
        drawn.append(layout.points_along(axes, [row["x"]] * 2, [row["lower"], row["upper"]]))
        drawn.append(layout.points_along(axes, [row["start"] - 0.5, row["end"] - 0.5], [row["value"]] * 2))
        if row["kind"] == "bound":
            drawn.append(layout.points_up(axes, row["x"], row["value"], marks.arrow_reach(row["qualifier"])))
    if bands is not None:
        # The fan's lines, and loosely the area between them.
        shares = np.linspace(0, 1, 9)
        inside = [bands["q025"] + (bands["q975"] - bands["q025"]) * share for share in shares]
        drawn += [layout.points_along(axes, bands["year"], line) for line in [bands["q50"], *inside]]
    if target is not None:
        drawn.append(layout.points_along(axes, [left, right], [target.value, target.value]))
        drawn.append(layout.points_around(axes, [target.year], [target.value], 5.0))
    for value in frame.loc[frame["kind"] == "undated", "value"]:
        start = left + _UNDATED_STROKE[0] * (right - left)
        drawn.append(layout.points_along(axes, [start, right], [value, value]))
    return np.vstack(drawn)


def _key(
    frame: pd.DataFrame, bands: pd.DataFrame | None, words: Mapping[str, str], in_key: frozenset[str]
) -> list[Artist]:
    """Explain the marks that occur and that nothing beside them explains."""
    points = frame[frame["kind"] == "point"]
    entries = marks.grade_key(points, words, theme.PALETTE["observed"]) if not points.empty else []
    entries += marks.bound_key(frame["qualifier"], words)
    dated = frame[frame["x"].notna()]
    if marks.is_odd_period(dated).any():
        entries.append(marks.key_line(words["period"], theme.PALETTE["observed"], linewidth=1.1))
    if points["lower"].notna().any():
        entries.append(marks.key_mark(words["sampling"], "|", theme.paler(theme.PALETTE["observed"]), size=9))
    if any(marks.basis_changes(_joined(rows)) for _, rows in _by_series(frame)):
        entries.append(marks.key_line(words["basis_change"], theme.QUIET, ":", linewidth=1.0))
    if bands is not None:
        entries.append(marks.key_band(words["interval_80"], theme.BANDS["80"]))
        entries.append(marks.key_band(words["interval_95"], theme.BANDS["95"]))
    for (role, series), _ in _by_series(frame):
        name = _series_name(role, series, words) if in_key else ""
        if name in in_key:
            entries.append(marks.key_line(name, theme.PALETTE[ROLES[role]], _LINES[role]))
    return entries


_STEPS_MM = 76.0
GAP_MM = 2.0
_NOTE_SHARE = 0.3
_TITLE_SHARE = 0.72
_VALUE_MARK = 4.6


def model_steps(
    values: pd.DataFrame,
    quantile_frames: Mapping[str, pd.DataFrame],
    target: Target,
    words: Mapping[str, str],
    shift: int = 0,
) -> Figure:
    """Draw how each model continues the same series, one chart a model, on one scale.

    The values are the fitted series: `year`, `value`. The frames are by the model's name in words: `year`, `q10`,
    `q50`, `q90`. The words are `unit`, `observed`, `median`, `interval_80`, `target`.
    """
    charts = len(quantile_frames)
    rows, columns = (charts, 1) if theme.is_narrow() else (1, charts)
    figure = theme.new_figure(rows * _STEPS_MM, GAP_MM)
    grid = figure.subplots(rows, columns, sharey=True, squeeze=False).ravel()
    room = theme.width_mm() / columns * marks.POINTS_PER_MM
    bands = [_continued(values, frame) for frame in quantile_frames.values()]
    _set_step_axes(grid, values, bands, target, shift, room)
    for axes, name, band in zip(grid, quantile_frames, bands, strict=True):
        _draw_model(axes, values, band, target)
        layout.write_above(axes, words["unit"], layout.HEAD_GAP, theme.QUIET, size=theme.SIZE_TINY)
        title_height = layout.HEAD_GAP + theme.SIZE_SMALL * theme.LINE_SPACING
        layout.write_above(axes, wrap(name, room * _TITLE_SHARE, theme.SIZE_SMALL), title_height, theme.INK)
    note = layout.MarginLabel(target.value, words["target"], theme.PALETTE["target"])
    notes = layout.add_margin_labels(grid[-1], [note], room * _NOTE_SHARE)
    colour = theme.PALETTE["observed"]
    observed, median = marks.key_mark(words["observed"], "o", colour), marks.key_line(words["median"], colour, "--")
    marks.add_key(figure, [observed, median, marks.key_band(words["interval_80"], theme.BANDS["80"])])
    layout.settle(figure)
    layout.spread_margin_labels(grid[-1], notes)
    return figure


def _continued(values: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """Start a model's quantiles at the last value of the series."""
    last = marks.records(values.sort_values("year", kind="stable"))[-1]
    start = pd.DataFrame([{"year": last["year"], **dict.fromkeys(("q10", "q50", "q90"), last["value"])}])
    return pd.concat([start, frame[["year", "q10", "q50", "q90"]]], ignore_index=True).astype(float)


def _set_step_axes(
    grid: np.ndarray,
    values: pd.DataFrame,
    bands: list[pd.DataFrame],
    target: Target,
    shift: int,
    room: float,
) -> None:
    """Give all charts the same scales."""
    quantiles = (band[name] for band in bands for name in ("q10", "q50", "q90"))
    drawn = pd.concat([values["value"], *quantiles, pd.Series(target.value)])
    years = pd.concat([values["year"], *(band["year"] for band in bands), pd.Series(target.year)])
    low, high = marks.value_range(drawn, (None, None))
    for axes in grid:
        marks.set_value_axis(axes, low, high, (None, None), shift=shift)
        marks.set_year_axis(axes, float(years.min()), float(years.max()), room * (1 - _NOTE_SHARE))


def _draw_model(axes: Axes, values: pd.DataFrame, band: pd.DataFrame, target: Target) -> None:
    """Draw the series and how one model continues it."""
    colour = theme.PALETTE["observed"]
    axes.fill_between(band["year"], band["q10"], band["q90"], color=theme.BANDS["80"], linewidth=0, gid="band-80")
    axes.plot(band["year"], band["q50"], color=colour, linestyle=(0, (3, 1.5)), zorder=3, gid="median")
    axes.plot(values["year"], values["value"], color=colour, zorder=3.5, gid="line")
    axes.scatter(values["year"], values["value"], s=_VALUE_MARK**2, color=colour, zorder=5, gid="values", clip_on=False)
    _draw_target(axes, target)

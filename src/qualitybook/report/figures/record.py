"""How earlier forecasts fared: each against what was published later, and all of them by the chance they named."""

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

NAME_MM = 58.0
ROW_MM = 5.4
LINE_MM = 3.5
FRAME_MM = 20.0
_CALIBRATION_MM = 92.0
_OUTCOMES = {"hit_80": ("o", False), "hit_95": ("s", True), "miss": ("X", False)}
_OUTCOME_MARK = 6.0
_SHARE_MARKS = (4.5, 12.0)


def track_record(cases: pd.DataFrame, words: Mapping[str, str]) -> Figure:
    """Draw each forecast's intervals against what came; ValueError without a case.

    Cases are `label` (edition and indicator in words), `lo80`, `hi80`, `lo95`, `hi95`, `outcome` (NaN while
    unpublished), all on one scale; in the order to show. The words are `axis` (what the scale is), `interval_80`,
    `interval_95`; as they occur `hit_80`, `hit_95`, `miss`.
    """
    if cases.empty:
        raise ValueError("a track record needs at least one case")
    names = [wrap(str(label), theme.share(NAME_MM), theme.SIZE_SMALL) for label in cases["label"]]
    tall = np.array([ROW_MM + name.count("\n") * LINE_MM for name in names])
    middles = np.cumsum(tall) - tall / 2
    figure = theme.new_figure(float(tall.sum()) + FRAME_MM)
    axes = figure.add_subplot()
    values = cases[["lo80", "hi80", "lo95", "hi95", "outcome"]].to_numpy(float).ravel()
    marks.set_value_axis(axes, *marks.value_range(values, (None, None)), (None, None), sideways=True)
    axes.set_ylim(float(tall.sum()), 0)
    axes.set_yticks(middles, names, linespacing=theme.LINE_SPACING, color=theme.QUIET)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    _write_axis(axes, words["axis"], NAME_MM)
    _draw_cases(axes, cases.assign(y=middles))
    marks.add_key(figure, _record_key(cases, words))
    layout.settle(figure)
    return figure


def _write_axis(axes: Axes, text: str, side_mm: float) -> None:
    """Write what the axis shows below it, beside so much of the figure."""
    axes.set_xlabel(wrap(text, theme.share(theme.WIDTH_MM - side_mm), theme.SIZE_SMALL))


def outcome_kind(cases: pd.DataFrame) -> pd.Series:
    """Sort outcomes into ``hit_80``, ``hit_95`` (inside 95% only), ``miss`` and, while unpublished, the empty text."""
    inside_80 = cases["outcome"].between(cases["lo80"], cases["hi80"])
    inside_95 = cases["outcome"].between(cases["lo95"], cases["hi95"])
    kinds = np.select([cases["outcome"].isna(), inside_80, inside_95], ["", "hit_80", "hit_95"], "miss")
    return pd.Series(kinds, index=cases.index)


def _draw_cases(axes: Axes, cases: pd.DataFrame) -> None:
    """Draw the intervals as nested bars and the outcomes on them (`y` is the height of a case)."""
    for level in ("95", "80"):
        low, high = cases[f"lo{level}"], cases[f"hi{level}"]
        axes.barh(cases["y"], high - low, left=low, height=2.4, color=theme.BANDS[level], gid=f"band-{level}")
    kinds = outcome_kind(cases)
    for kind, (shape, hollow) in _OUTCOMES.items():
        marks.draw_strip(
            axes,
            cases[kinds == kind],
            "outcome",
            _outcome_colour(kind),
            f"outcome-{kind}",
            marker=shape,
            size=_OUTCOME_MARK,
            hollow=hollow,
            linewidth=1.2,
        )


def _outcome_colour(kind: str) -> str:
    """Return the colour of a kind of outcome."""
    return theme.PALETTE["target"] if kind == "miss" else theme.INK


def _record_key(cases: pd.DataFrame, words: Mapping[str, str]) -> list[Artist]:
    """Explain the outcomes that occur, and the intervals."""
    present = set(outcome_kind(cases))
    entries: list[Artist] = [
        marks.key_mark(words[kind], shape, _outcome_colour(kind), hollow=hollow, size=_OUTCOME_MARK)
        for kind, (shape, hollow) in _OUTCOMES.items()
        if kind in present
    ]
    return [
        *entries,
        marks.key_band(words["interval_80"], theme.BANDS["80"]),
        marks.key_band(words["interval_95"], theme.BANDS["95"]),
    ]


def calibration(points: pd.DataFrame, words: Mapping[str, str]) -> Figure:
    """Draw the chance that was printed against the share that came true: a point a bin, larger the more cases it holds.

    Points are `printed`, `observed` (percent), `count`, `lower`, `upper` (interval of the share or NaN), `label` (the
    count in words), `told` (what a point says of itself).
    """
    figure = theme.new_figure(_CALIBRATION_MM)
    axes = figure.add_subplot()
    colour = theme.PALETTE["observed"]
    for sideways in (True, False):
        marks.set_value_axis(axes, -4, 104, (0.0, 100.0), sideways=sideways)
    axes.set_xlabel(words["printed"])
    axes.set_title(words["observed"], loc="left", fontsize=theme.SIZE_SMALL, color=theme.QUIET)
    axes.plot([0, 100], [0, 100], color=theme.QUIET, linewidth=1.0, linestyle=(0, (6, 2)), gid="diagonal")
    spans = points.dropna(subset=["lower", "upper"])
    axes.vlines(spans["printed"], spans["lower"], spans["upper"], color=colour, linewidth=1.0, gid="interval")
    axes.scatter(
        points["printed"],
        points["observed"],
        s=_sizes(points["count"]) ** 2,
        color=colour,
        zorder=5,
        clip_on=False,
        urls=marks.told_urls(points),
        gid="share",
    )
    layout.settle(figure)
    _label_points(axes, points, words["perfect"])
    return figure


def _sizes(counts: pd.Series) -> np.ndarray:
    """Scale diameters so that areas grow with the counts."""
    small, large = _SHARE_MARKS
    most = max(float(counts.max()), 1.0)
    sizes: np.ndarray = small + (large - small) * np.sqrt(counts.to_numpy(float) / most)
    return sizes


def _label_points(axes: Axes, points: pd.DataFrame, perfect: str) -> None:
    """Write the counts beside the points and the name of the diagonal beside it."""
    ground = [layout.points_along(axes, [0, 100], [0, 100])]
    labels = [
        layout.PointLabel(12, 12, perfect, theme.QUIET, needed=True, others=((88, 88), (50, 50), (30, 30), (70, 70)))
    ]
    rows = marks.records(points)
    for row, size in zip(rows, _sizes(points["count"]), strict=True):
        ground.append(layout.points_around(axes, [row["printed"]], [row["observed"]], size * 0.55))
        ground.append(layout.points_along(axes, [row["printed"]] * 2, [row["lower"], row["upper"]]))
    for row in sorted(rows, key=lambda row: -row["count"]):
        labels.append(layout.PointLabel(row["printed"], row["observed"], row["label"], theme.PALETTE["observed"]))
    layout.place(axes, labels, np.vstack(ground))


_RANKS_MM = 62.0
_RANKS_SIDE_MM = 16.0
_BAR_GAP = 0.12


def rank_bars(counts: pd.DataFrame, words: Mapping[str, str]) -> Figure:
    """Draw how many outcomes fell into each equal share of their forecasts.

    Counts are `lower` and `upper` (0 to 1), `count`, `expected` (that of a calibrated forecast), and `told` (what a bar
    says of itself).
    """
    import seaborn as sns

    figure = theme.new_figure(_RANKS_MM)
    axes = figure.add_subplot()
    expected = float(counts["expected"].iloc[0])
    sns.histplot(
        x=50 * (counts["upper"] + counts["lower"]),
        weights=counts["count"],
        bins=[0, *(100 * counts["upper"])],
        shrink=1 - _BAR_GAP,
        color=theme.BANDS["80"],
        alpha=1,
        linewidth=0,
        gid="ranks",
        ax=axes,
    )
    for bar, url in zip(axes.patches, marks.told_urls(counts) or [], strict=False):
        bar.set_url(url)
    marks.set_value_axis(axes, 0, 100, (0.0, 100.0), sideways=True)
    marks.set_value_axis(axes, 0, 1.15 * max(float(counts["count"].max()), expected), (0.0, None), sideways=False)
    axes.axhline(expected, color=theme.INK, linewidth=1.0, linestyle=(0, (6, 2)), gid="expected")
    axes.annotate(
        words["expected"],
        (100, expected),
        xytext=(0, 3),
        textcoords="offset points",
        ha="right",
        va="bottom",
        fontsize=theme.SIZE_SMALL,
        color=theme.INK,
    )
    _write_axis(axes, words["axis"], _RANKS_SIDE_MM)
    axes.set_ylabel("")
    axes.set_title(words["count"], loc="left", fontsize=theme.SIZE_SMALL, color=theme.QUIET)
    layout.settle(figure)
    return figure

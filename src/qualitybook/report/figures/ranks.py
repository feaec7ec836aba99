"""How outcomes fell within the forecasts made of them, as a histogram of ranks."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from qualitybook.report import theme
from qualitybook.report.figures import layout, scales

HEIGHT_MM = 62.0
GAP = 0.12


def rank_bars(counts: pd.DataFrame, words: Mapping[str, str]) -> Figure:
    """Draw how many outcomes fell into each equal share of their forecasts.

    Parameters
    ----------
    counts : pandas.DataFrame
        `lower` and `upper` (0 to 1), `count`, and `expected` (the count of a calibrated forecast).
    words : mapping of str
        `axis` (what the shares are), `count`, `expected`.

    Returns
    -------
    matplotlib.figure.Figure
        A bar a share, and a line at the expected count.
    """
    figure = theme.new_figure(HEIGHT_MM)
    axes = figure.add_subplot()
    expected = float(counts["expected"].iloc[0])
    width = 100 * (counts["upper"] - counts["lower"])
    middles = 100 * (counts["upper"] + counts["lower"]) / 2
    scales.set_value_axis(axes, 0, 100, (0.0, 100.0), sideways=True)
    scales.set_value_axis(axes, 0, 1.15 * max(float(counts["count"].max()), expected), (0.0, None), sideways=False)
    axes.bar(middles, counts["count"], width=width * (1 - GAP), color=theme.BANDS["80"], gid="ranks")
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
    axes.set_xlabel(words["axis"])
    axes.set_title(words["count"], loc="left", fontsize=theme.SIZE_SMALL, color=theme.QUIET)
    layout.settle(figure)
    return figure

"""Axes: how far they reach, where their ticks stand, and how the numbers at them read."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from qualitybook.evidence.numbers import as_decimal, rounded
from qualitybook.report import formats, theme
from qualitybook.report.figures.text import width

POINTS_PER_MM = 72.0 / theme.MM_PER_INCH
PAD = 0.08
OVERSHOOT = 0.03
FLAT = 0.003
FLAT_SPAN = 0.02
YEAR_STEPS = (1, 2, 5, 10, 20, 50)

Limits = tuple[float | None, float | None]
"""Bounds an indicator cannot leave (percent: 0 and 100), None where there is none."""


def value_range(values: Iterable[float], limits: Limits) -> tuple[float, float]:
    """Choose the range of a value axis.

    Parameters
    ----------
    values : iterable of float
        Everything drawn; NaN is passed over.
    limits : tuple of float or None
        Bounds of the indicator. The axis passes them only so far that a mark on them is whole.

    Returns
    -------
    tuple of float
        Lower and upper end, the lower below the upper. (0, 1) if there is no value.
    """
    finite = [float(value) for value in values if math.isfinite(value)]
    if not finite:
        return (0.0, 1.0)
    low, high = min(finite), max(finite)
    size = max(abs(low), abs(high))
    span = high - low if high - low > FLAT * size else max(FLAT_SPAN * size, FLAT)
    middle = (low + high) / 2
    low, high = min(low, middle - span / 2), max(high, middle + span / 2)
    bottom, top = low - PAD * span, high + PAD * span
    if limits[0] is not None:
        bottom = max(bottom, min(limits[0], min(finite)) - OVERSHOOT * span)
    if limits[1] is not None:
        top = min(top, max(limits[1], max(finite)) + OVERSHOOT * span)
    return (bottom, top)


def value_ticks(low: float, high: float, limits: Limits, most: int) -> tuple[list[float], int]:
    """Choose round ticks inside an axis and inside the indicator's bounds.

    Returns
    -------
    tuple of list of float and int
        The ticks, and the decimals they need.
    """
    slack = (high - low) * 1e-9
    floor = low if limits[0] is None else max(low, limits[0])
    ceiling = high if limits[1] is None else min(high, limits[1])
    ticks = [
        float(tick)
        for tick in MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
        if floor - slack <= tick <= ceiling + slack
    ]
    return ticks, max((_decimals(tick) for tick in ticks), default=0)


def set_value_axis(
    axes: Axes, low: float, high: float, limits: Limits, *, most: int = 6, sideways: bool = False, shift: int = 0
) -> None:
    """Set the range, ticks and tick labels of a value axis; the labels show the values times ten to the `shift`."""
    ticks, _decimals_of_values = value_ticks(low, high, limits, most)
    decimals = max((_decimals(float(_shown(tick, shift))) for tick in ticks), default=0)
    axis = axes.xaxis if sideways else axes.yaxis
    (axes.set_xlim if sideways else axes.set_ylim)(low, high)
    axis.set_major_locator(FixedLocator(ticks))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: formats.number(_shown(value, shift), decimals)))


def _shown(value: float, shift: int) -> Decimal:
    return as_decimal(value).scaleb(shift)


def year_step(first: int, last: int, room: float, size: float) -> int:
    """Choose how many years apart labels stand so that they never run into each other.

    Parameters
    ----------
    first, last : int
        First and last year on the axis.
    room : float
        Length of the axis in points.
    size : float
        Font size in points.
    """
    per_year = room / (last - first + 1)
    needed = width("2000", size) * 1.35
    return next((step for step in YEAR_STEPS if step * per_year >= needed), YEAR_STEPS[-1])


def set_year_axis(axes: Axes, first: float, last: float, room: float, size: float = theme.SIZE_SMALL) -> None:
    """Show whole years, counted back from the last one.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Axes whose horizontal axis is time; a year stands at its own number and half a year to either side.
    first, last : float
        First and last position that must show.
    room : float
        Least length of the axis in points.
    size : float
        Font size of the labels in points.
    """
    start, end = math.floor(first + 0.5), math.ceil(last - 0.5)
    axes.set_xlim(min(first, start) - 0.5, max(last, end) + 0.5)
    step = year_step(start, end, room, size)
    axes.xaxis.set_major_locator(FixedLocator(np.arange(end, start - 1, -step)[::-1].tolist()))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda year, _: str(rounded(year))))
    axes.tick_params(axis="x", labelsize=size)


def _decimals(value: float) -> int:
    """Count the decimals that a round tick needs."""
    for decimals in range(6):
        if abs(value - float(rounded(value, decimals))) < 1e-9 * max(1.0, abs(value)):
            return decimals
    return 6

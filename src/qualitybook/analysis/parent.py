"""A goal by the newer figures of the place that contains its place, beside the verdict and never in its stead.

A verdict rests on the place's own figures. Where the province or the nation has published the same measure for later
years, a reader who knows these figures must see what they would change: the place's gap to its parent is carried on and
the goal asked of the parent's newer figures and that gap. A revision of the parent's figures that the place's own have
not had is said beside it.

The gap is one that mostly lasts (`qualitybook.analysis.gap_model`), known from public panels and its own past.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualitybook.analysis.forecast import clip_probability
from qualitybook.analysis.gap_model import condition_gaps, gap_prior
from qualitybook.analysis.outlook import class_of, print_unit
from qualitybook.analysis.scales import SeriesClass
from qualitybook.analysis.series import CURRENT_BASIS, FITTED_QUALIFIERS, Series, build_series, by_year
from qualitybook.analysis.transforms import FloatArray, ImpossibleValueError, Transform
from qualitybook.analysis.verdict import Goal, Verdict
from qualitybook.evidence.catalog import Catalog
from qualitybook.evidence.kinds import RULES
from qualitybook.evidence.reading import rows_of

PATHS = 20_000
"""Number of simulated paths; the simulation error of a probability is below 0.4 points."""

SEED = 20231030
_LEAST_SHARED = 2
"""Years in which both places need a figure before the gap is carried on."""


@dataclass(frozen=True)
class Revision:
    """A revision of the parent's figure of a year, and what the same factor would make of the place's own figure."""

    year: int
    before: Any
    after: Any
    "Rows of the parent's observations."
    own: float
    implied: float


@dataclass(frozen=True)
class ParentView:
    """What a verdict would say with the newer figures of a containing place."""

    region_id: str
    probability: float
    "Within what calibration supports."
    newer: tuple[Any, ...]
    "The parent's figures that are newer than the place's last one, rows of its observations."
    revision: Revision | None


def parent_view(catalog: Catalog, verdict: Verdict) -> ParentView | None:
    """Return the goal by the newer figures of the nearest containing place, None where there are none to use."""
    series = verdict.series
    group = None if series is None else class_of(catalog, series.indicator_id)
    if series is None or group is None or verdict.probability is None:
        return None
    parent = _parent_with_newer_figures(catalog, series, verdict.goal)
    if parent is None:
        return None
    try:
        chance = _chance(catalog, verdict.goal, series, parent, group)
    except ImpossibleValueError:
        return None
    if chance is None:
        return None
    return ParentView(
        parent.region_id, clip_probability(chance), _newer_rows(series, parent), _revision(series, parent)
    )


def _parent_with_newer_figures(catalog: Catalog, series: Series, goal: Goal) -> Series | None:
    """Return the series of the smallest containing place that knows the target year, where the place does not."""
    region = catalog.region(series.region_id).parent_id
    while region:
        parent = build_series(catalog, series.indicator_id, region)
        if goal.target_year in parent.yearly.index and int(series.last_year or 0) < goal.target_year:
            return parent
        region = catalog.region(region).parent_id
    return None


def _newer_rows(series: Series, parent: Series) -> tuple[Any, ...]:
    lines = {line for year, row in by_year(parent.yearly) if year > int(series.last_year or 0) for line in row["lines"]}
    return tuple(row for row in rows_of(parent.rows) if row.line in lines)


def _chance(catalog: Catalog, goal: Goal, series: Series, parent: Series, group: SeriesClass) -> float | None:
    """Return the share of simulated paths of the place, from its last figure on, that reach the goal as printed."""
    transform = group.transform(np.concatenate([series.yearly["value"], parent.yearly["value"]]))
    last, unit = int(series.last_year or 0), print_unit(catalog, series)
    own = series.yearly.loc[parent.yearly.index[0] :]
    if len(own) < _LEAST_SHARED:
        return None
    known = np.array([year for year, _ in by_year(own)], dtype=float)
    asked = np.arange(last + 1, goal.target_year + 1, dtype=float)
    base, blur = _bridged(transform, parent, np.concatenate([known, asked]))
    gaps = transform.forward(own["value"].to_numpy(dtype=float)) - base[: known.size]
    variances = blur[: known.size] + transform.variance(own["value"], own["sd"])
    mixture = condition_gaps(gap_prior(group.transform_name), known, gaps, variances, asked)
    draws = np.random.default_rng(SEED)
    noise = draws.standard_normal((PATHS, asked.size)) * np.sqrt(blur[known.size :])
    paths = transform.inverse(base[known.size :] + mixture.draw(PATHS, draws) + noise)
    return float(np.mean(_reaches(paths, goal, series, unit)))


def _reaches(paths: FloatArray, goal: Goal, series: Series, unit: float) -> NDArray[np.bool_]:
    """Return for each path, shape (PATHS, years), whether it reaches the goal as printed."""
    printed, slack = np.rint(paths / unit) * unit, unit / 4
    asked, rule = float(goal.value or 0), RULES[goal.rule]
    if rule.needs_value:
        met: NDArray[np.bool_] = rule.direction * printed[:, -1] >= rule.direction * asked - slack
        return met
    baseline = float(series.yearly["value"].loc[int(goal.baseline_year or 0)])
    beyond: NDArray[np.bool_] = rule.direction * printed[:, -1] > rule.direction * baseline + slack
    if rule.beyond_baseline is not None:
        return beyond
    steps = np.diff(printed, axis=1, prepend=float(series.yearly["value"].iloc[-1]))
    unbroken: NDArray[np.bool_] = np.all(steps >= -slack, axis=1)
    return unbroken & beyond


def _bridged(transform: Transform, parent: Series, years: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the parent's values on the modelling scale and their variances.

    A year without a figure lies on the line between its neighbours, with the variance of a random walk tied to both.
    """
    at = parent.yearly.index.to_numpy(dtype=float)
    z = transform.forward(parent.yearly["value"].to_numpy(dtype=float))
    rounding = transform.variance(parent.yearly["value"], parent.yearly["sd"])
    steps = np.diff(z) / np.sqrt(np.diff(at))
    yearly = float(np.mean(steps * steps)) if steps.size else 0.0
    after = np.clip(np.searchsorted(at, years), 1, at.size - 1) if at.size > 1 else np.zeros(years.size, dtype=int)
    before = np.maximum(after - 1, 0)
    width = np.maximum(at[after] - at[before], 1.0)
    walk = yearly * np.clip(years - at[before], 0, None) * np.clip(at[after] - years, 0, None) / width
    return np.interp(years, at, z), np.interp(years, at, rounding) + walk


def _revision(series: Series, parent: Series) -> Revision | None:
    """Return the parent's latest revision of a year that the place's own last figure is of, None without one."""
    rows = parent.rows[parent.rows["qualifier"].isin(FITTED_QUALIFIERS) & (parent.rows["year"] == series.last_year)]
    first, now = rows[rows["basis"] != CURRENT_BASIS], rows[rows["basis"] == CURRENT_BASIS]
    if first.empty or now.empty or series.last_year is None:
        return None
    before, after = next(rows_of(first)), next(rows_of(now))
    own = float(series.yearly["value"].iloc[-1])
    return Revision(series.last_year, before, after, own, own * float(after.value) / float(before.value))

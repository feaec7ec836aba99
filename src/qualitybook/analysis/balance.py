"""What the supporting indicators of a goal without a measure did since the plan's baseline, one by one.

Nothing is averaged and nothing is decided: each indicator is better, worse, without a detectable change, or without
figures on both sides of the baseline. A change counts as detectable if it exceeds the indicator's own usual step over
so many years, and the sampling error of both figures where the numbers inspected are known.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from qualitybook.analysis.outlook import class_of
from qualitybook.analysis.sampling import sampling_error_of_difference
from qualitybook.analysis.series import Series, build_series
from qualitybook.evidence.catalog import Catalog, Indicator

OLDEST_BASELINE_FIGURE = 3
"""Years before the baseline up to which a figure may stand for it."""

LEAST_STEPS = 2
"""Steps up to the baseline from which an indicator has a usual step of its own."""

CHANGES = ("better", "no_change", "worse", "no_direction", "too_short", "no_data")
THRESHOLDS = ("own_steps", "class_steps", "sampling")


@dataclass(frozen=True)
class Point:
    """A yearly value and where it stands.

    Attributes
    ----------
    year : int
        The year it stands for.
    period : str
        Its period as published, the year where several parts were pooled.
    value : float
        In the indicator's unit.
    decimals : int
        Decimals printed.
    line : int
        (First) line of the observations' file.
    source_id : str
        (First) source.
    """

    year: int
    period: str
    value: float
    decimals: int
    line: int
    source_id: str


@dataclass(frozen=True)
class Change:
    """What one supporting indicator did since the baseline.

    Attributes
    ----------
    indicator_id, region_id : str
        The series.
    code : str
        ``better``, ``no_change`` (none that can be detected), ``worse``, ``no_direction`` (no direction is better),
        ``too_short`` (nothing tells what change is usual) or ``no_data`` (no figure on one side of the baseline).
    before, after : Point or None
        The last value up to the baseline (of the three years before it at most) and the last one after it.
    threshold : float or None
        Change, in the indicator's unit, that had to be exceeded.
    threshold_kind : str or None
        Where it comes from: ``own_steps`` (median step up to the baseline), ``class_steps`` (the usual step of similar
        indicators, where the own history is too short) or ``sampling`` (sampling error, where it is the larger).
    """

    indicator_id: str
    region_id: str
    code: str
    before: Point | None
    after: Point | None
    threshold: float | None
    threshold_kind: str | None

    @property
    def difference(self) -> float | None:
        """The later value less the earlier one, None where one is missing."""
        return None if self.before is None or self.after is None else self.after.value - self.before.value


def plan_baseline(catalog: Catalog) -> int | None:
    """Return the plan's baseline: the latest year that any of its goals compares with, None where none does."""
    years = catalog.targets["baseline_year"].dropna()
    return None if years.empty else int(years.max())


def balance(catalog: Catalog, target_id: str) -> tuple[Change, ...]:
    """Return what each supporting indicator of a goal did since the plan's baseline.

    Parameters
    ----------
    catalog : Catalog
        Evidence already filtered to the as-of date.
    target_id : str
        A goal without a measure; others have no supporting indicators.

    Returns
    -------
    tuple of Change
        One a supporting indicator in the order of the table; none where the plan has no baseline.
    """
    baseline = plan_baseline(catalog)
    evidence = catalog.target_evidence
    rows = evidence[(evidence["target_id"] == target_id) & (evidence["role"] == "support")]
    if baseline is None:
        return ()
    pairs = zip(rows["indicator_id"], rows["region_id"], strict=True)
    return tuple(change_since(catalog, build_series(catalog, *pair), baseline) for pair in pairs)


def balances(catalog: Catalog, target_year: int) -> dict[str, tuple[Change, ...]]:
    """Return the changes under each goal without a measure that is due in a year, by target, in the plan's order."""
    targets = catalog.targets.sort_values("number", kind="stable")
    due = targets[(targets["rule"] == "qualitative") & (targets["target_year"] == target_year)]
    return {str(target_id): balance(catalog, str(target_id)) for target_id in due["target_id"]}


def counts(changes: Iterable[Change]) -> dict[str, int]:
    """Return how many changes have each code, in the order of `CHANGES`."""
    codes = [change.code for change in changes]
    return {code: codes.count(code) for code in CHANGES}


def change_since(catalog: Catalog, series: Series, baseline: int) -> Change:
    """Return what a series did since a baseline year.

    Parameters
    ----------
    catalog : Catalog
        Where the indicator is described.
    series : Series
        Its yearly values.
    baseline : int
        The year compared with.
    """
    indicator = catalog.indicator(series.indicator_id)
    known = series.yearly
    before = _point(series, known.loc[baseline - OLDEST_BASELINE_FIGURE : baseline])
    after = _point(series, known.loc[baseline + 1 :])
    if before is None or after is None:
        return Change(series.indicator_id, series.region_id, "no_data", before, after, None, None)
    threshold, kind = _threshold(catalog, series, indicator, before, after)
    code = _code(indicator, after.value - before.value, threshold)
    return Change(series.indicator_id, series.region_id, code, before, after, threshold, kind)


def _point(series: Series, yearly: pd.DataFrame) -> Point | None:
    """Return the last of some yearly values, None without any."""
    if yearly.empty:
        return None
    row = yearly.iloc[-1]
    year, line = int(yearly.index[-1]), int(row["lines"][0])
    period = (
        str(series.rows.loc[series.rows["line"] == line, "period"].iloc[0]) if len(row["lines"]) == 1 else str(year)
    )
    return Point(year, period, float(row["value"]), int(row["decimals"]), line, str(row["sources"][0]))


def _code(indicator: Indicator, difference: float, threshold: float | None) -> str:
    if indicator.better == "neither":
        return "no_direction"
    if threshold is None:
        return "too_short"
    if abs(difference) <= threshold:
        return "no_change"
    return "better" if (difference > 0) == (indicator.better == "higher") else "worse"


def _threshold(
    catalog: Catalog, series: Series, indicator: Indicator, before: Point, after: Point
) -> tuple[float | None, str | None]:
    """Return the change that must be exceeded with the code of where it comes from, the largest that is known."""
    own = _own_step(series.yearly["value"].loc[: before.year])
    years = math.sqrt(after.year - before.year)
    found: list[tuple[float, str]] = []
    if own is not None:
        found.append((own * years, "own_steps"))
    else:
        borrowed = _class_step(catalog, series, before, years)
        found += [] if borrowed is None else [(borrowed, "class_steps")]
    if indicator.subkind == "pass_rate":
        pair = series.yearly.loc[[before.year, after.year]]
        error = sampling_error_of_difference(pair["n"], pair["value"])
        found += [] if error is None else [(error, "sampling")]
    return max(found, default=(None, None))


def _own_step(values: pd.Series) -> float | None:
    """Return the median absolute yearly step of a history, None where it has fewer than two steps.

    A step over a gap counts as so many random yearly steps: it is divided by the square root of its years.
    """
    if len(values) < LEAST_STEPS + 1:
        return None
    steps = np.abs(np.diff(values.to_numpy(dtype=float)))
    years = np.diff(values.index.to_numpy(dtype=float))
    return float(np.median(steps / np.sqrt(years)))


def _class_step(catalog: Catalog, series: Series, before: Point, years: float) -> float | None:
    """Return the usual change of similar indicators over the years, in the indicator's unit; None for other kinds."""
    group = class_of(catalog, series.indicator_id)
    if group is None:
        return None
    values = series.yearly["value"]
    transform = group.able_to_hold(values).transform(values)
    start = transform.forward(np.array([before.value]))[0]
    ends = transform.inverse(start + group.constants.step * years * np.array([-1.0, 1.0]))
    return float(np.max(np.abs(ends - before.value)))

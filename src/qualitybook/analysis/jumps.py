"""Figures that lie further from what is known beside them than series of their kind usually move.

A figure is held against the nearest thing there is, in this order: the same part of a year in the same series; other
parts of it; the same indicator in other places. Distances are counted in usual yearly steps on the scale of the
indicator's class: the steps of the series itself, drawn towards those of its class
(:func:`qualitybook.analysis.error_table.step_scale`), found without the figure that is judged, so that a slip does not
excuse itself. A part of a year of something that may be summed has a bound instead: it is no hundredth of the year and
no tenfold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from qualitybook.analysis.error_table import scaled_steps, step_scale
from qualitybook.analysis.outlook import class_of
from qualitybook.analysis.scales import FloatArray, SeriesClass
from qualitybook.analysis.series import FITTED_QUALIFIERS, MONTHS_A_YEAR
from qualitybook.errors import ImpossibleValueError
from qualitybook.evidence.catalog import Catalog, chosen
from qualitybook.evidence.reading import rows_of
from qualitybook.evidence.schema import kind_of

MOST_STEPS = 4.0
"""A new figure more than this many usual steps away from its neighbour in its series is doubted."""
MOST_STEPS_APART = 8.0
"""The same for figures of other parts of a year or other places, and for figures that are there already."""
MOST_TIMES = 10.0
"""A quantity that is summed or counted does not change by more than this factor, whatever its steps are."""
_NEAR_YEARS = 3.0
"""Years within which that is expected of figures that are there already."""
_SMALL_COUNT = 10.0
"""Counts below this do multiply."""

STEP, TIMES, PART, SUM, PLACES = "step", "times", "part_of_year", "sum", "other_places"
_SUBKINDS_ALIKE = ("pass_rate", "satisfaction")
"""Kinds of rates that lie near each other, whatever is measured."""
_SIZES = {"nation": 0, "area": 1, "province": 2, "city": 3, "district": 4}
"""Levels of places, the largest first."""


_USUAL_STEPS = {"pass_rate": 0.309, "share": 0.188, "bounded_index": 0.114, "index": 0.114}
"""Median yearly steps of public series by class, on the class's scale.

A doubt must be rare, so a series counts as no steadier than that; the forecasts' own constants are finer.
"""


@dataclass(frozen=True)
class Jump:
    """A figure far from its neighbours."""

    line: int
    """Line of the observations' file."""
    kind: str
    """What it was held against: ``step`` (the nearest figure for the same part of a year) or ``times`` (the same, of
    a quantity that multiplied), ``part_of_year`` (the nearest one for another part), ``sum`` (the same, of
    something that may be summed) or ``other_places``."""
    period: str
    value: str
    """The neighbour, as printed; of ``other_places`` the nearest value."""
    steps: float
    """Distance in usual steps for the years between them, or the factor between them."""
    count: int = 1
    """How many figures it was held against."""
    is_factor: bool = False
    """Whether `steps` is a factor."""


def jumps(catalog: Catalog, lines: Iterable[int]) -> list[Jump]:
    """Return, by line, which new figures lie too far from what is known beside them.

    Figures of kinds that are never forecast, bounds and figures without a year are not judged.
    """
    new = set(lines)
    judged = _judged(catalog)
    found = [_jump_of(catalog, row, judged, new) for row in rows_of(judged[judged["line"].isin(new)])]
    return sorted((jump for jump in found if jump is not None), key=lambda jump: jump.line)


def steps_too_large(catalog: Catalog) -> list[Jump]:
    """Return, by line, which figures of the evidence lie a step beyond all measure from the one before.

    Those are more than `MOST_STEPS_APART` usual steps, or for quantities a factor of `MOST_TIMES`, from the figure for
    the same part of a year before; of a slip in the middle, which makes two such steps, the figure itself and not the
    one after.
    """
    judged = chosen(_judged(catalog))
    found: list[Jump] = []
    key = [judged["indicator_id"], judged["region_id"], judged["basis"], *_shape(judged)]
    for names, rows in judged.groupby(key, sort=False):
        group = class_of(catalog, str(names[0]))
        if group is not None and len(rows) > 1:
            is_summed = not kind_of(catalog.indicator(str(names[0])).kind).is_relative
            found += _steps_of(rows.sort_values("start", kind="stable"), group, is_summed)
    return sorted(found, key=lambda jump: jump.line)


def _judged(catalog: Catalog) -> pd.DataFrame:
    table = catalog.observations
    return table[table["qualifier"].isin(FITTED_QUALIFIERS) & table["start"].notna()]


def _shape(rows: pd.DataFrame) -> list[pd.Series]:
    """Return what figures for the same part of a year share: its first month and its length."""
    return [rows["start"].dt.month, (rows["end"] - rows["start"]).dt.days // 28]


def _jump_of(catalog: Catalog, row: Any, judged: pd.DataFrame, new: set[int]) -> Jump | None:
    """Return the jump of a new figure from the nearest thing that is known beside it."""
    group = class_of(catalog, row.indicator_id)
    if group is None:
        return None
    is_summed = not kind_of(catalog.indicator(row.indicator_id).kind).is_relative
    same = judged[(judged["indicator_id"] == row.indicator_id) & (judged["line"] != row.line)]
    # Other new figures may hold the same slip; they count only where nothing else is known.
    known = same[~same["line"].isin(new)]
    own = known[(known["region_id"] == row.region_id) & (known["basis"] == row.basis)]
    if own.empty:
        others = next((rows for rows in (known, same, _alike(catalog, row, judged)) if len(rows)), None)
        return None if others is None else _from_places(catalog, row, others, group, is_summed)
    first, length = _shape(own)
    alike = chosen(own[(first == row.start.month) & (length == (row.end - row.start).days // 28)])
    if len(alike):
        return _from_neighbour(row, alike, group, STEP, MOST_STEPS)
    parts = chosen(own)
    return _from_sum(row, parts) if is_summed else _from_neighbour(row, parts, group, PART, MOST_STEPS_APART)


def _alike(catalog: Catalog, row: Any, judged: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of all indicators of a kind whose values are alike: pass rates, rates of satisfaction."""
    indicators = catalog.indicators
    subkind = catalog.indicator(row.indicator_id).subkind
    alike = indicators[(indicators["subkind"] == subkind) & (subkind in _SUBKINDS_ALIKE)]["indicator_id"]
    return judged[judged["indicator_id"].isin(alike) & (judged["line"] != row.line)]


def _from_neighbour(row: Any, known: pd.DataFrame, group: SeriesClass, kind: str, most: float) -> Jump | None:
    years = _years(known)
    year = _middle(row.start, row.end)
    scaled = _scaled(known, row.value, group)
    if scaled is None:
        return None
    z, new = scaled
    nearest = int(np.argmin(np.abs(years - year)))
    gap = max(1.0, abs(years[nearest] - year))
    # One value for each time, so that no step has no length.
    times, first = np.unique(years, return_index=True)
    step = step_scale(z[first], times, _USUAL_STEPS[group.code])
    if kind == PART:
        # A month scatters more than the years do, however smooth those are.
        step = max(step, _USUAL_STEPS[group.code])
    steps = abs(new - z[nearest]) / (step * np.sqrt(gap))
    return None if steps <= most else _jump(row, known.iloc[nearest], kind, steps)


def _from_sum(row: Any, known: pd.DataFrame) -> Jump | None:
    """Hold a part of a year of something that may be summed against the nearest figure of another length."""
    nearest = known.iloc[int(np.argmin(np.abs(_years(known) - _middle(row.start, row.end))))]
    if not (row.value > 0 and nearest["value"] > 0):
        return None
    # As a flow it is the year's share of its months, as a stock or a mean it is of the year's own size.
    share = _months(row.start, row.end) / _months(nearest["start"], nearest["end"])
    low, high = nearest["value"] * min(1.0, share), nearest["value"] * max(1.0, share)
    times = float(max(low / row.value, row.value / high))
    return None if times <= MOST_TIMES else _jump(row, nearest, SUM, times, is_factor=True)


def _from_places(catalog: Catalog, row: Any, known: pd.DataFrame, group: SeriesClass, is_summed: bool) -> Jump | None:
    """Hold a figure against those of other places: the nearest value, whatever its year."""
    if is_summed:
        return _from_sizes(catalog, row, known)
    scaled = _scaled(known, row.value, group)
    if scaled is None:
        return None
    distances = np.abs(scaled[0] - scaled[1]) / _USUAL_STEPS[group.code]
    nearest = int(np.argmin(distances))
    steps = float(distances[nearest])
    return None if steps <= MOST_STEPS_APART else _jump(row, known.iloc[nearest], PLACES, steps, len(known))


def _from_sizes(catalog: Catalog, row: Any, known: pd.DataFrame) -> Jump | None:
    """Hold a quantity against places of the same level; larger places bound it from above, smaller ones from below."""
    sizes = known["region_id"].map(lambda region: _SIZES[catalog.region(region).level])
    size = _SIZES[catalog.region(row.region_id).level]
    same, larger, smaller = (known[mask] for mask in (sizes == size, sizes < size, sizes > size))
    lows, highs = (same, same) if len(same) else (smaller, larger)
    bounds = [*lows["value"].nsmallest(1), *highs["value"].nlargest(1)]
    if not row.value > 0 or not all(bound > 0 for bound in bounds):
        return None
    low = lows["value"].min() / row.value if len(lows) else 0.0
    high = row.value / highs["value"].max() if len(highs) else 0.0
    times = float(max(low, high))
    side = lows if low > high else highs
    if times <= MOST_TIMES:
        return None
    nearest = side.iloc[int(np.argmin(np.abs(side["value"] - row.value)))]
    return _jump(row, nearest, PLACES, times, len(side), is_factor=True)


def _jump(row: Any, neighbour: pd.Series, kind: str, steps: float, count: int = 1, *, is_factor: bool = False) -> Jump:
    period, value = str(neighbour["period"]), str(neighbour["value_text"])
    return Jump(int(row.line), kind, period, value, float(steps), count, is_factor)


def _scaled(known: pd.DataFrame, value: float, group: SeriesClass) -> tuple[FloatArray, float] | None:
    """Return figures and a new one on the scale of their class, None where one is impossible on it."""
    values = known["value"].to_numpy(dtype=float)
    try:
        scale = group.transform(np.append(values, value))
        return scale.forward(values), float(scale.forward(value))
    except ImpossibleValueError:
        return None


def _years(known: pd.DataFrame) -> FloatArray:
    return np.array([_middle(start, end) for start, end in zip(known["start"], known["end"], strict=True)])


def _middle(start: pd.Timestamp, end: pd.Timestamp) -> float:
    """Return the middle of a period, in years."""
    return float(start.year + (start.month - 1 + _months(start, end) / 2) / MONTHS_A_YEAR)


def _months(start: pd.Timestamp, end: pd.Timestamp) -> int:
    return int((end.year - start.year) * MONTHS_A_YEAR + end.month - start.month + 1)


def _steps_of(rows: pd.DataFrame, group: SeriesClass, is_summed: bool) -> Iterator[Jump]:
    """Yield the figures of a series, in their order, that lie a step beyond all measure from the one before."""
    values, years = rows["value"].to_numpy(dtype=float), _years(rows)
    try:
        z = group.transform(values).forward(values)
    except ImpossibleValueError:
        return
    last = 0
    for at in range(1, len(z)):
        # After a slip the series comes back: the step back is the slip's, not the next figure's.
        if last and last == at - 1:
            continue
        gap = max(1.0, years[at] - years[at - 1])
        # Steps of a series that grows add up over the years between, so the gap counts whole.
        steps = abs(z[at] - z[at - 1]) / (_usual_step_without(z, years, at, _USUAL_STEPS[group.code]) * gap)
        low, high = sorted(values[[at - 1, at]])
        is_manifold = is_summed and gap <= _NEAR_YEARS and low >= _SMALL_COUNT and high > MOST_TIMES * low
        if steps > MOST_STEPS_APART or is_manifold:
            last = at
            kind, size = (STEP, steps) if steps > MOST_STEPS_APART else (TIMES, high / low)
            row = next(iter(rows_of(rows.iloc[[at]])))
            yield _jump(row, rows.iloc[at - 1], kind, size, is_factor=kind == TIMES)


def _usual_step_without(z: FloatArray, years: FloatArray, at: int, class_step: float) -> float:
    """Return the usual step of a series without the step to one of its values: a slip, or the first on a new level."""
    kept = np.arange(len(z)) != at
    as_slip = step_scale(z[kept], years[kept], class_step)
    others = np.delete(scaled_steps(z, years), at - 1)
    as_level = step_scale(np.append(0.0, np.cumsum(others)), np.arange(len(z) - 1.0), class_step)
    return min(as_slip, as_level)

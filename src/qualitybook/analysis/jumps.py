"""New figures that lie further from their neighbours than a series of their kind usually moves.

The usual yearly step is that of the forecasts: the steps of the series itself, drawn towards those of its class
(:func:`qualitybook.analysis.error_table.step_scale`), on the class's scale. It is found without the new figures, so
that a slip does not excuse itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from qualitybook.analysis.error_table import step_scale
from qualitybook.analysis.scales import SeriesClass
from qualitybook.analysis.series import FITTED_QUALIFIERS
from qualitybook.analysis.transforms import ImpossibleValueError
from qualitybook.analysis.verdict import class_of
from qualitybook.evidence.catalog import Catalog
from qualitybook.evidence.rows import rows_of
from qualitybook.evidence.vintage import chosen

MOST_STEPS = 4.0
"""A figure more than this many usual steps away from its neighbour is doubted."""


@dataclass(frozen=True)
class Jump:
    """A figure far from its neighbour.

    Attributes
    ----------
    line : int
        Line of the observations' file.
    period, value : str
        The neighbour, as printed: the nearest known figure for the same part of a year, the earlier of two.
    steps : float
        Distance in usual steps for the years between them.
    """

    line: int
    period: str
    value: str
    steps: float


def jumps(catalog: Catalog, lines: Iterable[int]) -> list[Jump]:
    """Return which new figures lie more than :data:`MOST_STEPS` usual steps from their neighbour.

    Parameters
    ----------
    catalog : Catalog
        The evidence with the new figures.
    lines : iterable of int
        Lines of the new figures.

    Returns
    -------
    list of Jump
        By line. Figures of kinds that are never forecast, bounds and figures without a year are not judged.
    """
    new = set(lines)
    table = catalog.observations
    judged = table[table["qualifier"].isin(FITTED_QUALIFIERS) & table["start"].notna()]
    pairs = judged[judged["line"].isin(new)][["indicator_id", "region_id"]].drop_duplicates()
    found = [
        jump
        for pair in rows_of(pairs)
        for jump in _jumps_of(catalog, judged, str(pair.indicator_id), str(pair.region_id), new)
    ]
    return sorted(found, key=lambda jump: jump.line)


def _jumps_of(
    catalog: Catalog, judged: pd.DataFrame, indicator_id: str, region_id: str, new: set[int]
) -> Iterator[Jump]:
    group = class_of(catalog, indicator_id)
    if group is None:
        return
    own = judged[(judged["indicator_id"] == indicator_id) & (judged["region_id"] == region_id)]
    shape = [own["basis"], own["start"].dt.month, (own["end"] - own["start"]).dt.days // 28]
    for _, rows in own.groupby(shape, sort=True):
        known = chosen(rows[~rows["line"].isin(new)])
        if len(known):
            yield from (jump for row in rows_of(rows[rows["line"].isin(new)]) if (jump := _jump(row, known, group)))


def _jump(row: object, known: pd.DataFrame, group: SeriesClass) -> Jump | None:
    years = known["start"].dt.year.to_numpy(dtype=float)
    year, value = float(row.start.year), float(row.value)  # type: ignore[attr-defined]
    try:
        scale = group.transform(np.append(known["value"].to_numpy(dtype=float), value))
        z, new = scale.forward(known["value"].to_numpy(dtype=float)), float(scale.forward(value))
    except ImpossibleValueError:
        return None
    step = step_scale(z, years, group.constants.step)
    nearest = int(np.argmin(np.abs(years - year)))
    gap = max(1.0, abs(years[nearest] - year))
    steps = abs(new - z[nearest]) / (step * np.sqrt(gap))
    if steps <= MOST_STEPS:
        return None
    neighbour = known.iloc[nearest]
    return Jump(int(row.line), str(neighbour["period"]), str(neighbour["value_text"]), float(steps))  # type: ignore[attr-defined]

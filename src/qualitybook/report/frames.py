"""From series and forecasts to the plain frames that the figures draw."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from qualitybook.analysis.prediction import Forecast
from qualitybook.analysis.sampling import clopper_pearson
from qualitybook.analysis.series import Series
from qualitybook.evidence.catalog import Catalog, Unit
from qualitybook.evidence.rows import rows_of
from qualitybook.report import formats
from qualitybook.report.figure_data import PRINTED
from qualitybook.report.i18n import Words

FITTED_USES = ("fitted", "pooled")
FAN_LEVELS = {"q025": 0.025, "q10": 0.10, "q50": 0.50, "q90": 0.90, "q975": 0.975}


def observations_frame(words: Words, catalog: Catalog, parts: Iterable[tuple[str, Series]]) -> pd.DataFrame:
    """Return the figures of several series as a history figure draws them; context series are named by their place.

    Parameters
    ----------
    words : Words
        Language of the labels.
    catalog : Catalog
        Where names are looked up.
    parts : iterable of (str, Series)
        Role (``direct``, ``proxy``, ``context``) and series.

    Returns
    -------
    pandas.DataFrame
        `start`, `end` (decimal years, NaN where undated), `value`, `value_printed` (its text), `qualifier`, `grade`,
        `lower`, `upper` (95 % sampling interval, NaN without counts), `role`, `series`, `label`, `basis`, `fitted`,
        `period` and `source_id`.
    """
    frames = [_series_frame(words, catalog, role, series) for role, series in parts if len(series.rows)]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _series_frame(words: Words, catalog: Catalog, role: str, series: Series) -> pd.DataFrame:
    rows = series.rows
    rows = rows[rows["use"] != "second_source"]
    pass_rate = catalog.indicator(series.indicator_id).subkind == "pass_rate"
    bounds = [sampling_interval(row.n, row.passed) if pass_rate else NO_INTERVAL for row in rows_of(rows)]
    start, end = decimal_year(rows["start"]), decimal_year(rows["end"] + pd.Timedelta(days=1))
    name = catalog.region(series.region_id) if role == "context" else catalog.indicator(series.indicator_id)
    place = words.name(catalog.region(series.region_id)) + " " if role == "context" else ""
    return pd.DataFrame(
        {
            "start": start,
            "end": end,
            "value": rows["value"],
            f"value{PRINTED}": rows["value_text"],
            "qualifier": rows["qualifier"],
            "grade": rows["grade"],
            "lower": [low for low, _ in bounds],
            "upper": [high for _, high in bounds],
            "role": role,
            "series": words.name(name),
            "label": _labels(words, rows, catalog.unit_of(series.indicator_id), place),
            "basis": rows["basis"],
            "fitted": rows["use"].isin(FITTED_USES),
            "period": rows["period"],
            "source_id": rows["source_id"],
        }
    )


MOST_LABELLED = 6
MARKED_QUALIFIERS = ("undated", "at_least", "at_most")
NO_INTERVAL = (float("nan"), float("nan"))


def _labels(words: Words, rows: pd.DataFrame, unit: Unit, place: str) -> list[str]:
    """Return the texts beside the marks: every figure of a short series, else undated figures, bounds and the last.

    Undated figures stand apart in the margin, so they bear their place.
    """
    last = rows["end"].max()
    return [
        (place if row["qualifier"] == "undated" else "") + panel_text(words, row, unit)
        if len(rows) <= MOST_LABELLED or row["qualifier"] in MARKED_QUALIFIERS or row["end"] == last
        else ""
        for _, row in rows.iterrows()
    ]


def sampling_interval(n: float, passed: float) -> tuple[float, float]:
    """Return the exact 95 % interval in percent of a rate from its counts, NaN without them."""
    if pd.isna(n) or pd.isna(passed):
        return NO_INTERVAL
    interval = clopper_pearson(int(passed), int(n))
    return interval.lower, interval.upper


def decimal_year(days: pd.Series) -> pd.Series:
    """Return days as decimal years (1 January 2024 is 2024.0), NaN where undated."""
    length = days.dt.is_leap_year.map({True: 366, False: 365})
    return days.dt.year + (days.dt.day_of_year - 1) / length


def fan_frame(series: Series, made: Forecast | None, to_year: int) -> pd.DataFrame | None:
    """Return the quantiles of a forecast by year up to `to_year`, None without a forecast."""
    if made is None:
        return None
    last = int(series.yearly.index[-1])
    records = [
        {"year": last + horizon, **{name: made.quantile(level, horizon) for name, level in FAN_LEVELS.items()}}
        for horizon in made.horizons
        if last + horizon <= to_year
    ]
    return pd.DataFrame(records)


def panel_text(words: Words, row: pd.Series, unit: Unit) -> str:
    """Return the direct label of a small panel's last value."""
    return formats.qualified(words, str(row["value_text"]), unit, str(row["qualifier"]))

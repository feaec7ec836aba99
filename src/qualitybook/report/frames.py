"""From series and forecasts to the plain frames that the figures draw."""

from __future__ import annotations

import math
from calendar import isleap
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from qualitybook.analysis.counts import Interval
from qualitybook.analysis.forecast import Forecast
from qualitybook.analysis.latest import Point
from qualitybook.analysis.series import FITTED_USES, Series
from qualitybook.evidence.catalog import Unit
from qualitybook.evidence.reading import ENCODING, write_csv
from qualitybook.evidence.schema import PROVISIONAL
from qualitybook.report.figures import svg
from qualitybook.report.labels import FIGURES
from qualitybook.report.voice import Voice

TOLD = "told"
"""Column with what a mark says of itself, a line a fact; no file of a figure has it."""
_MOST_LABELLED = 6
NO_INTERVAL = (float("nan"), float("nan"))
_FAN_LEVELS = {"q025": 0.025, "q10": 0.10, "q50": 0.50, "q90": 0.90, "q975": 0.975}


def observations_frame(voice: Voice, parts: Iterable[tuple[str, Series]]) -> pd.DataFrame:
    """Return the figures of several series as a history figure draws them; context series are named by their place.

    A row a figure, and one for each year made from its parts: `start`, `end` (decimal years, NaN where nothing is known
    of them), `value`, `value_printed` (its text), `qualifier`, `grade`, `lower`, `upper` (95 % sampling interval, NaN
    without counts), `role`, `series`, `label`, `basis`, `fitted`, `whole` (of a whole year or of a stock's date, so
    that a line may join it to others), `hollow` (provisional, or dated only approximately), `period`, `source_id` and
    `TOLD` (what a mark says, a line each: series, period, figure, grade, source).
    """
    return pd.DataFrame([row for role, series in parts for row in records_of(voice, role, series)])


def as_marks(rows: Iterable[Mapping[Any, Any]], name: str, *, all_fitted: bool = False) -> tuple[svg.Mark, ...]:
    """Return the dated ones of the rows of an observations frame as marks of a series that is called `name`."""
    return tuple(
        svg.Mark(
            start=float(row["start"]),
            end=float(row["end"]),
            value=float(row["value"]),
            qualifier=row["qualifier"],
            grade=row["grade"],
            basis=row["basis"],
            is_whole=bool(row["whole"]),
            is_hollow=bool(row["hollow"]) or not (all_fitted or row["fitted"]),
            title="\n".join([name, *row[TOLD].split("\n")[1:]]),
        )
        for row in rows
        if not math.isnan(row["start"])
    )


def records_of(voice: Voice, role: str, series: Series) -> list[dict[str, Any]]:
    """Return the rows of `observations_frame` that are of one series."""
    catalog = voice.catalog
    indicator = catalog.indicator(series.indicator_id)
    points = [*Point.of_series(catalog, series), *Point.undated_of(catalog, series)]
    name = catalog.region(series.region_id) if role == "context" else indicator
    place = voice.name(catalog.region(series.region_id)) + " " if role == "context" else ""
    unit, is_rate = catalog.unit_of(series.indicator_id), indicator.subkind == "pass_rate"
    return [
        {
            **_record(series, point, is_rate=is_rate),
            "role": role,
            "series": voice.name(name),
            "label": text,
            TOLD: told(voice, unit, voice.name(name), point),
        }
        for point, text in zip(points, _labels(voice, points, unit, place), strict=True)
    ]


def told(voice: Voice, unit: Unit, name: str, point: Point) -> str:
    """Return what a mark says of its figure."""
    marks = FIGURES["marks"]
    facts = [
        name,
        voice.period_in_full(point),
        voice.qualified(point.value_text, unit, point.qualifier),
        voice.gettext(marks[f"grade_{point.grade}"]),
        voice.join(voice.source(voice.catalog.source(key)) for key in point.sources),
    ]
    return "\n".join(facts)


def _record(series: Series, point: Point, *, is_rate: bool) -> dict[str, object]:
    start, end = extent(point)
    lower, upper = NO_INTERVAL
    if is_rate and not (pd.isna(point.n) or pd.isna(point.passed)):
        interval = Interval.clopper_pearson(int(point.passed), int(point.n))
        lower, upper = interval.lower, interval.upper
    return {
        "start": start,
        "end": end,
        "value": point.value,
        f"value{PRINTED}": point.value_text if len(point.lines) == 1 else "",
        "qualifier": point.qualifier,
        "grade": point.grade,
        "lower": lower,
        "upper": upper,
        "basis": point.basis,
        "fitted": all(series.uses[line] in FITTED_USES for line in point.lines),
        "whole": point.is_whole,
        "hollow": point.status == PROVISIONAL or point.years is not None,
        "period": point.period,
        "source_id": point.sources[0],
    }


def extent(point: Point) -> tuple[float, float]:
    """Return where a figure begins and ends, in decimal years (2022 and 2023 for the year 2022); NaN if unknown."""
    if point.start is not None and point.end is not None:
        return _decimal(point.start), _decimal(point.end + timedelta(days=1))
    return NO_INTERVAL if point.years is None else (float(point.years[0]), float(point.years[1] + 1))


def _labels(voice: Voice, points: Sequence[Point], unit: Unit, place: str) -> list[str]:
    """Return the texts beside the marks: every figure of a short series, else undated figures, bounds and the last.

    Undated figures stand apart in the margin or lie across several years, so they bear their place and their dating.
    """
    last = max((point.end for point in points if point.end is not None), default=None)
    return [
        place + voice.figure_text(unit, point)
        if point.span == "undated"
        else voice.qualified(point.value_text, unit, point.qualifier)
        if len(points) <= _MOST_LABELLED or point.is_bound or point.end == last
        else ""
        for point in points
    ]


def _decimal(day: date) -> float:
    """Return a day as a decimal year: 1 January 2024 is 2024.0."""
    return day.year + (day.timetuple().tm_yday - 1) / (366 if isleap(day.year) else 365)


def fan_frame(series: Series, made: Forecast | None, to_year: int) -> pd.DataFrame | None:
    """Return the quantiles of a forecast by year up to `to_year`, None without a forecast."""
    if made is None:
        return None
    last = int(series.yearly.index[-1])
    records = [
        {"year": last + horizon, **{name: made.quantile(level, horizon) for name, level in _FAN_LEVELS.items()}}
        for horizon in made.horizons
        if last + horizon <= to_year
    ]
    return pd.DataFrame(records)


PRINTED = "_printed"
"""How the name of a column ends that has the numbers of another one as they were printed, where they were."""
_YEARS = ("year", "start", "end", "x")
"""Columns with years, decimal ones where a period begins or ends within a year."""


def write_figure_data(path: Path, data: pd.DataFrame) -> None:
    """Write what a figure draws; beside a column there may be one of the same name and `PRINTED`."""
    names = [str(name) for name in data if not str(name).endswith(TOLD) and not str(name).endswith(PRINTED)]
    columns = [_texts(data, name) for name in names]
    with path.open("w", encoding=ENCODING, newline="") as file:
        write_csv(file, [names, *map(list, zip(*columns, strict=True))])


def _texts(data: pd.DataFrame, name: str) -> list[str]:
    """Return the cells of a column."""
    cells = [_text(cell, is_year=name in _YEARS) for cell in data[name]]
    printed = f"{name}{PRINTED}"
    if printed not in data:
        return cells
    return [text if isinstance(text, str) and text else cell for text, cell in zip(data[printed], cells, strict=True)]


def _text(cell: Any, *, is_year: bool) -> str:
    if not isinstance(cell, str) and pd.isna(cell):
        return ""
    return str(int(cell)) if is_year and float(cell).is_integer() else str(cell)

"""The analysis by the names that notebooks and scripts use: a series, its forecast, a verdict, and tables of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import date

import pandas as pd

from qualitybook.analysis.assess import COLUMNS, Assessment, assess_target
from qualitybook.analysis.forecast import Forecast
from qualitybook.analysis.goals import Goal
from qualitybook.analysis.latest import Latest
from qualitybook.analysis.outlook import forecast_series
from qualitybook.analysis.sensitivity import Sensitivity
from qualitybook.analysis.sensitivity import sensitivity as all_runs
from qualitybook.analysis.series import DEFAULT_OPTIONS, FitOptions, Series, build_series
from qualitybook.analysis.verdict import Verdict, known_on
from qualitybook.evidence.catalog import Catalog, Target

LEVELS = (0.80, 0.95)
_ANSWER = ("state", "reason", "probability", "word", "n", "last_year", "horizon")


def series(catalog: Catalog, indicator_id: str, region_id: str, options: FitOptions = DEFAULT_OPTIONS) -> Series:
    """Return the figures of an indicator at a place, and the yearly values among them that are fitted.

    Parameters
    ----------
    catalog : Catalog
        What `load` returned, whole or as of a day.
    indicator_id, region_id : str
        Keys of the indicator and the place.
    options : FitOptions
        Which figures are fitted; default: those that the book fits.

    Returns
    -------
    Series
        ``rows``: every published figure with its ``use``; ``yearly``: the fitted values, one row a year.

    Examples
    --------
    >>> from qualitybook import load, series
    >>> evidence = load("examples/china-2023").as_of("2025-06-30")
    >>> fitted = series(evidence, "mfg_product_pass_rate", "china")
    >>> fitted.yearly["value"].tail(2).to_dict()
    {2023: 93.65, 2024: 93.93}
    """
    return build_series(catalog, indicator_id, region_id, options)


def forecast(catalog: Catalog, fitted: Series, to_year: int) -> Forecast | None:
    """Return the forecast of the figures that will be published for a series.

    Parameters
    ----------
    catalog : Catalog
        The evidence that the series is from.
    fitted : Series
        What `series` returned.
    to_year : int
        Last year to forecast.

    Returns
    -------
    Forecast or None
        ``median``, ``interval``, ``quantile`` and ``probability`` by years ahead; None where the class of the
        series or its length allows no forecast.
    """
    return forecast_series(catalog, fitted, to_year)


def bands(fitted: Series, made: Forecast | None) -> pd.DataFrame:
    """Return a forecast as a table.

    Parameters
    ----------
    fitted : Series
        The series that was forecast.
    made : Forecast or None
        What `forecast` returned.

    Returns
    -------
    pandas.DataFrame
        One row a year after the last fitted one: ``median``, ``low80``, ``high80``, ``low95``, ``high95``; empty where
        there is no forecast.
    """
    columns = ["median", *(f"{side}{100 * level:.0f}" for level in LEVELS for side in ("low", "high"))]
    years = [] if made is None or fitted.last_year is None else [fitted.last_year + step for step in made.horizons]
    rows = [] if made is None else [_band(made, int(step)) for step in made.horizons]
    return pd.DataFrame(rows, index=pd.Index(years, name="year"), columns=columns)


def _band(made: Forecast, step: int) -> list[float]:
    return [made.median(step), *(end for level in LEVELS for end in made.interval(level, step))]


def verdict(
    catalog: Catalog, target: Target, as_of: date | None = None, options: FitOptions = DEFAULT_OPTIONS
) -> Assessment:
    """Judge one goal.

    Parameters
    ----------
    catalog : Catalog
        What `load` returned, whole or as of a day.
    target : Target
        A goal of the plan, from `Catalog.target`; ``dataclasses.replace(target, value=...)`` asks for another value.
    as_of : datetime.date, optional
        The as-of date. Default: the day that the catalog was filtered to, else that of the current edition.
    options : FitOptions
        Which figures are fitted; default: those that the book fits.

    Returns
    -------
    Assessment
        ``verdict`` (with its codes ``state``, ``reason`` and ``word``, its ``probability`` from 0 to 1 or None, the
        fitted ``series`` and the ``forecast``), evidence ``level``, ``supports`` (proxies and context) and ``gaps``.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from qualitybook import load, verdict
    >>> evidence = load("examples/china-2023").as_of("2025-06-30")
    >>> goal = evidence.target("mfg-pass-rate")
    >>> answer, easier = verdict(evidence, goal), verdict(evidence, replace(goal, value=93.0))
    >>> answer.verdict.state, answer.level, answer.verdict.probability < easier.verdict.probability
    ('open', 'B', True)
    """
    seen, day = known_on(catalog, as_of)
    return assess_target(seen, _row(seen, target), day, options)


def sensitivity(catalog: Catalog, target: Target, as_of: date | None = None) -> Sensitivity:
    """Judge one goal by other choices of figures and models.

    Parameters
    ----------
    catalog : Catalog
        What `load` returned, whole or as of a day.
    target : Target
        A goal that can be measured, from `Catalog.target`.
    as_of : datetime.date, optional
        The as-of date, as for `verdict`.

    Returns
    -------
    Sensitivity
        ``runs``, the book's own first; ``pandas.DataFrame(found.runs)`` is their table.
    """
    seen, day = known_on(catalog, as_of)
    return all_runs(seen, Goal.of(_row(seen, target)), day)


def _row(catalog: Catalog, target: Target) -> pd.Series:
    """Return a goal as a row of the plan's targets."""
    known = catalog.targets[catalog.targets["target_id"] == target.target_id].iloc[0].astype(object)
    row: dict[str, object] = {**{str(name): value for name, value in known.items()}, **asdict(target)}
    return pd.Series(row, name=known.name)


def verdict_table(answers: Iterable[Assessment]) -> pd.DataFrame:
    """Return verdicts as a table.

    Parameters
    ----------
    answers : iterable of Assessment
        What `verdict` or `verdicts` returned.

    Returns
    -------
    pandas.DataFrame
        One row a goal, with the columns of `assess`.
    """
    return pd.DataFrame([answer.record() for answer in answers], columns=list(COLUMNS))


def peer_table(judged: Iterable[tuple[pd.Series, Verdict]]) -> pd.DataFrame:
    """Return the verdicts on the goals of other places as a table.

    Parameters
    ----------
    judged : iterable of tuple
        What `peer_verdicts` returned: the row of each goal with its verdict.

    Returns
    -------
    pandas.DataFrame
        One row a goal: what is asked, where and until when, and what of `assess` goes without an evidence level.
    """
    table = pd.DataFrame(
        [{**asdict(found.goal), **{name: getattr(found, name) for name in _ANSWER}} for _row, found in judged],
        columns=[*(field.name for field in fields(Goal)), *_ANSWER],
    )
    return table.astype({"value": "float64", "probability": "float64"})


def latest_figures(catalog: Catalog, found: Iterable[Series]) -> pd.DataFrame:
    """Return the latest figure of each series with the change that belongs to it.

    Parameters
    ----------
    catalog : Catalog
        The evidence that the series are from.
    found : iterable of Series
        What `series` returned.

    Returns
    -------
    pandas.DataFrame
        One row a series: ``indicator_id``, ``region_id``, ``period``, ``value``, ``qualifier`` and ``grade`` of its
        latest figure, the ``change`` since the period ``since``, and ``figures``, the number of all of them; missing
        where there is none.
    """
    return pd.DataFrame(
        [_latest_row(catalog, item) for item in found],
        columns=[*("indicator_id", "region_id", "period", "value", "qualifier", "grade", "change", "since", "figures")],
    )


def _latest_row(catalog: Catalog, item: Series) -> dict[str, object]:
    known = Latest.of_series(catalog, item)
    row: dict[str, object] = {"indicator_id": item.indicator_id, "region_id": item.region_id, "figures": len(item.rows)}
    if known.shown is not None:
        row |= {name: getattr(known.shown, name) for name in ("period", "value", "qualifier", "grade")}
    if known.change is not None:
        row |= {"change": known.change.value, "since": known.change.before.period}
    return row

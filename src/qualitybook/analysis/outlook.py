"""How a series goes on up to a year: its forecast, the figure to be reported and the true rate, or a borrowed range.

Where the sizes of a pass rate's samples are known, two questions part: what the next published figure will be, which
includes the luck of the draw, and what the rate of all items is. Goals are set on published figures, so the first is
the forecast of the book; the second stands beside it.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

import numpy as np

from qualitybook.analysis.counts import Outlook, forecast_counts
from qualitybook.analysis.forecast import (
    LARGEST_LEAD,
    MINIMUM_VALUES,
    Forecast,
    Orientation,
    forecast,
)
from qualitybook.analysis.scales import PASS_RATE, FloatArray, SeriesClass, series_class
from qualitybook.analysis.series import Series, build_series
from qualitybook.evidence.catalog import Catalog


def class_of(catalog: Catalog, indicator_id: str) -> SeriesClass | None:
    """Return how an indicator is forecast, None where it is only shown."""
    indicator = catalog.indicator(indicator_id)
    form = catalog.unit(indicator.unit).form
    return series_class(indicator.kind, indicator.subkind, form, indicator.lower, indicator.upper)


def print_unit(catalog: Catalog, series: Series) -> float:
    """Return the unit of the last digit that an indicator's yearly figures are printed with.

    The indicator says so, else the latest exact figure of a whole year, of the place itself or of the first that has
    one; a year worked out from parts is printed by nobody.
    """
    decimals = catalog.indicator(series.indicator_id).decimals
    if decimals is None:
        places = catalog.in_order(catalog.places_of(series.indicator_id)) if series.n == 0 else []
        others = (build_series(catalog, series.indicator_id, place) for place in places)
        known = chain([series], others)
        decimals = next((found for each in known if (found := _decimals_of(each)) is not None), 0)
    return float(10.0**-decimals)


def _decimals_of(series: Series) -> int | None:
    yearly = series.yearly
    printed = yearly[yearly["whole"] & (yearly["lines"].map(len) == 1)]
    choices = (printed[printed["qualifier"] == "exact"], printed, yearly)
    return next((int(rows["decimals"].iloc[-1]) for rows in choices if len(rows)), None)


def forecast_series(
    catalog: Catalog, series: Series, to_year: int, models: tuple[str, ...] | None = None
) -> Forecast | None:
    """Return the forecast of a series' published figures up to a year, None where its class or length allows none."""
    made = outlook(catalog, series, to_year, models)
    return None if made is None else made.published


def outlook(catalog: Catalog, series: Series, to_year: int, models: tuple[str, ...] | None = None) -> Outlook | None:
    """Return how a series goes on up to a year, None where its class or its length allows no forecast.

    Where fitted figures may belong one year earlier, the quantiles of both datings are averaged.
    """
    group = class_of(catalog, series.indicator_id)
    if group is None or series.n < MINIMUM_VALUES:
        return None
    horizon = to_year - int(series.years()[-1])
    if not 1 <= horizon <= LARGEST_LEAD:
        return None
    made = _outlook_of(catalog, series, group, horizon, models)
    if made is None or series.earlier is None or series.earlier.n < MINIMUM_VALUES:
        return made
    other = _outlook_of(catalog, series.earlier, group, to_year - int(series.earlier.years()[-1]), models)
    return made if other is None else _averaged(made, other)


def _outlook_of(
    catalog: Catalog, series: Series, group: SeriesClass, horizon: int, models: tuple[str, ...] | None
) -> Outlook | None:
    """Return how a series goes on by one dating of its figures."""
    indicator = catalog.indicator(series.indicator_id)
    values = series.values()
    group = group.able_to_hold(values)
    inspected, passed = series.counts()
    # A number beside a share or a score is one of answers or persons, not of independent tests (rule for counts).
    if group is PASS_RATE and np.isfinite(inspected).any():
        return forecast_counts(
            inspected,
            passed,
            horizon,
            values=values,
            obs_sd=series.rounding(),
            lower=indicator.lower,
            upper=indicator.upper,
            models=models,
        )
    made = forecast(
        values,
        group,
        horizon,
        obs_sd=series.rounding(),
        lower=indicator.lower,
        upper=indicator.upper,
        models=models,
        unit=print_unit(catalog, series),
    )
    return None if made is None else Outlook(made)


def _averaged(printed: Outlook, earlier: Outlook) -> Outlook:
    """Return the outlook that does not know which dating is right."""
    published = _average_forecasts(printed.published, earlier.published)
    if printed.true_rate is None or earlier.true_rate is None:
        return Outlook(published)
    return Outlook(published, _average_forecasts(printed.true_rate, earlier.true_rate), printed.sample)


def orient_series(catalog: Catalog, series: Series, to_year: int) -> Orientation | None:
    """Return the 80 % range that a series of one to three values borrows from its class; None for other lengths.

    Where these values may belong one year earlier, the ranges of both datings are averaged.
    """
    group = class_of(catalog, series.indicator_id)
    if group is None or not 1 <= series.n < MINIMUM_VALUES:
        return None
    horizon = to_year - int(series.years()[-1])
    if not 1 <= horizon <= LARGEST_LEAD:
        return None
    rough = _orientation_of(catalog, series, group, horizon)
    if rough is None or series.earlier is None or series.earlier.n == 0:
        return rough
    other = _orientation_of(catalog, series.earlier, group, to_year - int(series.earlier.years()[-1]))
    if other is None:
        return rough
    ends = {name: (getattr(rough, name) + getattr(other, name)) / 2 for name in ("lower", "centre", "upper")}
    return replace(rough, **ends)


def _orientation_of(catalog: Catalog, series: Series, group: SeriesClass, horizon: int) -> Orientation | None:
    """Return the borrowed range of a series by one dating of its figures."""
    indicator = catalog.indicator(series.indicator_id)
    values = series.values()
    held = group.able_to_hold(values)
    return Orientation.of(values, held, horizon, lower=indicator.lower, upper=indicator.upper)


def _average_forecasts(printed: Forecast, earlier: Forecast) -> Forecast:
    """Return the forecast that does not know which dating is right, with the flag ``doubtful_year``.

    The other is from the figures with the doubtful ones one year earlier, up to the same calendar year and at the same
    levels; both quantile functions are averaged on the original scale.
    """
    result = replace(
        printed,
        quantiles=_mean(printed.quantiles, earlier.quantiles),
        quantiles_a=_mean(printed.quantiles_a, earlier.quantiles_a),
        quantiles_b=_mean(printed.quantiles_b, earlier.quantiles_b),
        flags=(*printed.flags, "doubtful_year"),
    )
    return result.flag_disagreement()


def _mean(printed: FloatArray, earlier: FloatArray) -> FloatArray:
    """Return the mean of two tables of quantiles whose last rows stand for the same calendar year."""
    return np.mean([printed, earlier[-len(printed) :]], axis=0)

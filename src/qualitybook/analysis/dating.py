"""Figures whose year is in doubt: the same figures one year earlier, and forecasts that allow for both years.

Some publications print an index beside the figures of a year without saying for which year the index itself was
measured. Such figures are filed under the year of the publication's other figures and marked; whether they belong there
or one year earlier is not known, so a forecast averages the quantile functions of both cases.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from qualitybook.analysis.forecast import Forecast, Orientation, flag_disagreement
from qualitybook.analysis.transforms import FloatArray
from qualitybook.evidence.periods import Period
from qualitybook.evidence.rows import rows_of
from qualitybook.evidence.schema import MAYBE_PREVIOUS_YEAR

_YEAR = re.compile(r"\b[0-9]{4}\b")

# A figure known to belong to a year stands for it before one that only may; 9 is the highest value of `preferred`.
_AFTER_ALL_OTHERS = 10


def is_doubtful(rows: pd.DataFrame) -> pd.Series:
    """Return which figures may belong one year earlier, a boolean for each row of observations."""
    figures = rows_of(rows[["dating", "period"]])
    return pd.Series([may_be_earlier(figure) for figure in figures], index=rows.index, dtype=bool)


def may_be_earlier(figure: Any) -> bool:
    """Say whether a figure, a row of observations, may belong one year earlier."""
    return bool(figure.dating == MAYBE_PREVIOUS_YEAR and figure.period)


def moved_back(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the observations with the figures of doubtful year filed one year earlier.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of the catalog's observations.

    Returns
    -------
    pandas.DataFrame
        The same rows in the same order; `period`, `start`, `end` and `year` of the doubtful ones moved, and `preferred`
        lowered so that a figure known to belong to the year comes first.
    """
    moved = rows[is_doubtful(rows)]
    if moved.empty:
        return rows
    texts = moved["period"].map(_year_before)
    periods = texts.map(Period.parse)
    changed = moved.assign(
        period=texts,
        start=pd.to_datetime(periods.map(lambda period: period.start)).astype(rows["start"].dtype),
        end=pd.to_datetime(periods.map(lambda period: period.end)).astype(rows["end"].dtype),
        year=moved["year"] - 1,
        preferred=moved["preferred"] - _AFTER_ALL_OTHERS,
    )
    return pd.concat([rows.drop(index=moved.index), changed]).loc[rows.index]


def _year_before(period: str) -> str:
    return _YEAR.sub(lambda found: str(int(found.group()) - 1), period)


def average_forecasts(printed: Forecast, earlier: Forecast) -> Forecast:
    """Return the forecast that does not know which dating is right.

    Parameters
    ----------
    printed : Forecast
        From the figures by the years they are filed under.
    earlier : Forecast
        From the figures with the doubtful ones one year earlier, up to the same calendar year and at the same levels.

    Returns
    -------
    Forecast
        `printed` with the means of both quantile functions, on the original scale, and the flag ``doubtful_year``.
    """
    result = replace(
        printed,
        quantiles=_mean(printed.quantiles, earlier.quantiles),
        quantiles_a=_mean(printed.quantiles_a, earlier.quantiles_a),
        quantiles_b=_mean(printed.quantiles_b, earlier.quantiles_b),
        flags=(*printed.flags, "doubtful_year"),
    )
    return flag_disagreement(result)


def _mean(printed: FloatArray, earlier: FloatArray) -> FloatArray:
    """Return the mean of two tables of quantiles whose last rows stand for the same calendar year."""
    return np.mean([printed, earlier[-len(printed) :]], axis=0)


def average_orientations(printed: Orientation, earlier: Orientation) -> Orientation:
    """Return the borrowed range that does not know which dating is right: the means of both ends and medians."""
    return replace(
        printed,
        lower=(printed.lower + earlier.lower) / 2,
        centre=(printed.centre + earlier.centre) / 2,
        upper=(printed.upper + earlier.upper) / 2,
    )

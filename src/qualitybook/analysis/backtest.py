"""Earlier editions' forecasts held against what was published later, and the same for cut-off series of today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from qualitybook.analysis.forecast import LARGEST_LEAD, MINIMUM_VALUES, Forecast, share_below
from qualitybook.analysis.outlook import forecast_series
from qualitybook.analysis.series import Series, build_series, by_year
from qualitybook.evidence.catalog import Catalog

CASE_COLUMNS = (
    "origin",
    "indicator_id",
    "region_id",
    "class_code",
    "last_year",
    "year",
    "n",
    "median",
    "lo80",
    "hi80",
    "lo95",
    "hi95",
    "outcome",
    "line",
    "lines",
    "last",
    "chance_not_below_last",
    "pit",
    "decimals",
)
_PIT_BINS = 10


@dataclass(frozen=True)
class Score:
    """How forecasts fared."""

    cases: int
    """Number of outcomes."""
    hits80: int
    hits95: int
    """Outcomes inside the central 80 and 95 % intervals."""
    brier: float | None
    """See `brier`; None without a case."""


def vintage_cases(catalog: Catalog, origins: Iterable[tuple[str, date]], until: date) -> pd.DataFrame:
    """Return every forecast of an earlier edition whose outcome was published later.

    Parameters
    ----------
    catalog : Catalog
        All evidence.
    origins : iterable of (str, datetime.date)
        Editions with their as-of dates.
    until : datetime.date
        What was published up to this date may serve as an outcome.

    Returns
    -------
    pandas.DataFrame
        One row a case with the columns of `CASE_COLUMNS`; `origin` is the edition, values are in the indicator's unit.
        `last` is the last value fitted then, `chance_not_below_last` the probability that the outcome, as it will be
        printed, is not below it,
        `pit` the probability integral transform of the outcome (0 to 1; uniform for a calibrated forecast), `decimals`
        the most decimals printed among the fitted values.
    """
    now = catalog.as_of(until)
    records = []
    for edition, as_of in origins:
        then = catalog.seen_by(catalog.edition(edition)) if edition in catalog.seals else catalog.as_of(as_of)
        for indicator_id, region_id in _long_enough(then):
            made = _made_then(then, indicator_id, region_id)
            if made is not None:
                last = int(made[0].yearly.index[-1])
                outcomes = build_series(now, indicator_id, region_id).yearly.loc[last + 1 : last + LARGEST_LEAD]
                records += [_case(edition, *made, year, row) for year, row in by_year(outcomes)]
    return pd.DataFrame(records, columns=list(CASE_COLUMNS))


def cut_off_cases(catalog: Catalog, as_of: date) -> pd.DataFrame:
    """Return pseudo-out-of-sample cases: today's series cut at every year from which a forecast could be made.

    Today's figures include later revisions, so these cases know slightly more than the years themselves did.

    Returns
    -------
    pandas.DataFrame
        As `vintage_cases`, with the cut-off year as `origin`.
    """
    now = catalog.as_of(as_of)
    records = []
    for indicator_id, region_id in _long_enough(now):
        series = build_series(now, indicator_id, region_id)
        for cut in series.yearly.index[MINIMUM_VALUES - 1 : -1]:
            then = series.until(int(cut))
            made = forecast_series(now, then, int(cut) + LARGEST_LEAD)
            later = series.yearly.loc[cut + 1 : cut + LARGEST_LEAD]
            if made is not None:
                records += [_case(str(cut), then, made, year, row) for year, row in by_year(later)]
    return pd.DataFrame(records, columns=list(CASE_COLUMNS))


_SIGNIFICANCE = 0.05
"""Chance, were forecasts calibrated and cases independent, below which a count is put down to more than chance."""


def more_than_chance(count: int, cases: int, share: float) -> int:
    """Tell whether a count differs from what a share of the cases, at least one, would give by more than chance.

    1 if it happened too often, -1 if too seldom, 0 if chance explains it (exact binomial test, two-sided).
    """
    # Imported here because scipy.stats takes longer to load than most callers of this module need.
    from scipy.stats import binomtest

    if binomtest(count, cases, share).pvalue >= _SIGNIFICANCE:
        return 0
    return 1 if count > share * cases else -1


def score(cases: pd.DataFrame) -> Score:
    """Return how many outcomes lie inside their intervals."""
    inside80 = cases["outcome"].between(cases["lo80"], cases["hi80"])
    inside95 = cases["outcome"].between(cases["lo95"], cases["hi95"])
    return Score(len(cases), int(inside80.sum()), int(inside95.sum()), brier(cases))


def scores_by_class(cases: pd.DataFrame) -> dict[str, Score]:
    """Return how the forecasts of each class of series fared, by class code in alphabetical order."""
    return {str(code): score(group) for code, group in cases.groupby("class_code", sort=True)}


def rank_histogram(cases: pd.DataFrame, bins: int = _PIT_BINS) -> pd.DataFrame:
    """Return how often outcomes fell into each equal share of their forecasts.

    Parameters
    ----------
    cases : pandas.DataFrame
        As `vintage_cases` returns them.
    bins : int, optional
        Number of shares.

    Returns
    -------
    pandas.DataFrame
        One row a share: `lower`, `upper` (0 to 1), `count`, and `expected`, the count of a calibrated forecast.
    """
    edges = np.linspace(0, 1, bins + 1)
    count, _ = np.histogram(cases["pit"].to_numpy(dtype=float), bins=edges)
    return pd.DataFrame({"lower": edges[:-1], "upper": edges[1:], "count": count, "expected": len(cases) / bins})


def brier(cases: pd.DataFrame) -> float | None:
    """Return the Brier score of the probability that an outcome, as printed, is not below the last value known then.

    The mean squared difference between the probability and what happened (1 or 0): 0 is perfect, 0.25 is what always
    saying one half gets. None without a case.
    """
    if cases.empty:
        return None
    happened = (cases["outcome"] >= cases["last"]).astype(float)
    return float(((cases["chance_not_below_last"] - happened) ** 2).mean())


def skill(cases: pd.DataFrame) -> int:
    """Tell whether the probability of not falling did better than always saying one half.

    1 if its squared errors are smaller than 0.25 by more than chance, -1 if larger, 0 if chance explains the difference
    (two standard errors of the mean, cases taken as independent) or there are fewer than two cases.
    """
    happened = (cases["outcome"] >= cases["last"]).to_numpy(dtype=float)
    gain = 0.25 - (cases["chance_not_below_last"].to_numpy(dtype=float) - happened) ** 2
    if gain.size < 2 or abs(gain.mean()) <= 2.0 * gain.std(ddof=1) / np.sqrt(gain.size):
        return 0
    return 1 if gain.mean() > 0 else -1


def _long_enough(catalog: Catalog) -> list[tuple[str, str]]:
    """Return the series with figures in enough different years to be worth building."""
    dated = catalog.observations.dropna(subset=["start"])
    years = dated["start"].dt.year.groupby([dated["indicator_id"], dated["region_id"]]).nunique()
    return [(str(indicator), str(region)) for indicator, region in years.index[years >= MINIMUM_VALUES]]


def _made_then(then: Catalog, indicator_id: str, region_id: str) -> tuple[Series, Forecast] | None:
    series = build_series(then, indicator_id, region_id)
    if series.n < MINIMUM_VALUES:
        return None
    made = forecast_series(then, series, int(series.yearly.index[-1]) + LARGEST_LEAD)
    return None if made is None else (series, made)


def _case(origin: str, series: Series, made: Forecast, year: int, row: pd.Series) -> dict[str, object]:
    horizon = year - int(series.yearly.index[-1])
    lo80, hi80 = made.interval(0.80, horizon)
    lo95, hi95 = made.interval(0.95, horizon)
    last, outcome = float(series.yearly["value"].iloc[-1]), float(row["value"])
    decimals = int(series.yearly["decimals"].max())
    quantiles = made.quantiles[made.row(horizon)]
    below, up_to = (share_below(made.levels, quantiles, outcome, inclusive=inclusive) for inclusive in (False, True))
    return {
        "origin": origin,
        "indicator_id": series.indicator_id,
        "region_id": series.region_id,
        "class_code": made.class_code,
        "last_year": int(series.yearly.index[-1]),
        "year": year,
        "n": series.n,
        "median": made.median(horizon),
        "lo80": lo80,
        "hi80": hi80,
        "lo95": lo95,
        "hi95": hi95,
        "outcome": outcome,
        "line": int(row["lines"][0]),
        "lines": tuple(int(line) for line in row["lines"]),
        "last": last,
        "chance_not_below_last": made.probability(last - 0.5 * 10.0**-decimals, horizon),
        # Half of what lies exactly on the outcome counts as below.
        "pit": (below + up_to) / 2,
        "decimals": decimals,
    }

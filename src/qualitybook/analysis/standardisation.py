"""Direct standardisation of a pass rate that is published together with the rates of its categories.

A rate that pools many categories moves with what was sampled as well as with how well it passed. Where the categories
of a release add up to its total, the rates of groups of categories are weighted by one fixed mix, so that years can be
compared; where only some categories are published, two releases can still be compared on those and the remainder.

References
----------
Direct standardisation: Breslow and Day (1987), Statistical Methods in Cancer Research II, section 2.3. Decomposition:
Kitagawa (1955), JASA 50, 1168-1194. Overdispersion by Pearson's statistic: McCullagh and Nelder (1989), section 4.5.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from qualitybook.analysis.counts import Interval, check_counts
from qualitybook.analysis.series import CURRENT_BASIS, DEFAULT_OPTIONS, FITTED_QUALIFIERS
from qualitybook.errors import ImpossibleValueError
from qualitybook.evidence.catalog import Catalog, chosen
from qualitybook.evidence.reading import rows_of

REMAINDER = ""
LEVEL = 0.95


@dataclass(frozen=True)
class Releases:
    """The published totals of a pass rate in a place, with the counts of their categories."""

    indicator_id: str
    region_id: str
    """The rate of all categories together, and the place."""
    groups: tuple[str, ...]
    """Groups of categories, in alphabetical order."""
    totals: pd.DataFrame
    """One row a release, by time: `period`, `start`, `year`, `months` (length), `n`, `passed`, `counted` (items in
    categories with counts), `complete` (whether several categories add up to the total, both items and passes),
    `source_id`."""
    cells: pd.DataFrame
    """One row a release and category with counts: `period`, `year`, `category_id`, `group`, `n`, `passed`,
    `source_id`. Releases of which only categories are known are among them."""

    def complete_cells(self) -> pd.DataFrame:
        """Return the cells of the releases whose categories add up to the total."""
        return self.cells_of(self.totals.loc[self.totals["complete"], "period"].tolist())

    def cells_of(self, periods: Sequence[str]) -> pd.DataFrame:
        """Return the cells of these releases; ImpossibleValueError if one has no total that they add up to."""
        complete = set(self.totals.loc[self.totals["complete"], "period"])
        refused = sorted(set(periods) - complete)
        if refused:
            raise ImpossibleValueError("categories that add up to the total", ", ".join(refused))
        return self.cells[self.cells["period"].isin(set(periods))].reset_index(drop=True)

    @classmethod
    def of(cls, catalog: Catalog, indicator_id: str, region_id: str) -> Releases | None:
        """Return the releases of a pass rate in a place, None where the rate has no categories or no counts there."""
        groups = catalog.category_groups
        listed = groups[groups["indicator_id"] == indicator_id]
        group_of: dict[str, str] = dict(zip(listed["category_id"], listed["group"], strict=True))
        rows = pd.concat([catalog.figures_of(name) for name in (indicator_id, *group_of)])
        counted = _usable(rows[rows["region_id"] == region_id].sort_index())
        totals = counted[counted["indicator_id"] == indicator_id]
        cells = counted[counted["indicator_id"] != indicator_id]
        if totals.empty or cells.empty:
            return None
        named = cells.assign(category_id=cells["indicator_id"], group=cells["indicator_id"].map(group_of))
        columns = ["period", "start", "year", "category_id", "group", "n", "passed", "source_id"]
        ordered = _with_year(named).sort_values(["start", "period", "category_id"])[columns]
        cells = ordered.drop(columns="start").reset_index(drop=True)
        return cls(
            indicator_id, region_id, tuple(sorted(set(group_of.values()))), _totals(_with_year(totals), cells), cells
        )

    def changes(self) -> list[ReleaseChange]:
        """Return the changes between releases for the same months of different years, each to the next such release.

        Totals of which at least two categories have counts are compared, complete or not.
        """
        totals = self.totals[self.totals["counted"] > 0]
        spans = totals.groupby([totals["start"].dt.month, totals["months"]], sort=True)
        pairs = [pair for _, group in spans for pair in pairwise(rows_of(group)) if pair[0].year < pair[1].year]
        changes = [_release_change(self, str(first.period), str(last.period)) for first, last in pairs]
        return sorted((item for item in changes if item is not None), key=lambda item: (item.first, item.last))


def _usable(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the figures that stand for their period, are on the current basis, may be fitted, and have counts."""
    best = chosen(rows)
    fitted = best["qualifier"].isin(FITTED_QUALIFIERS) & best["grade"].isin(DEFAULT_OPTIONS.grades)
    return best[fitted & (best["basis"] == CURRENT_BASIS) & best["n"].notna() & best["passed"].notna()]


def _with_year(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(year=rows["start"].dt.year.astype("int64"))


def _totals(totals: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Return the releases with their length and with how far their categories account for them."""
    sums = cells.groupby("period")[["n", "passed"]].sum().reindex(totals["period"]).fillna(0.0)
    months = (totals["end"].dt.year - totals["start"].dt.year) * 12 + totals["end"].dt.month - totals["start"].dt.month
    several = (cells.groupby("period")["category_id"].nunique().reindex(totals["period"]) > 1).to_numpy()
    complete = (sums["n"].to_numpy() == totals["n"]) & (sums["passed"].to_numpy() == totals["passed"]) & several
    table = totals.assign(months=months + 1, counted=sums["n"].to_numpy(), complete=complete)
    columns = ["period", "start", "year", "months", "n", "passed", "counted", "complete", "source_id"]
    return table.sort_values(["start", "period"])[columns].reset_index(drop=True)


# Mixes: weights of the groups, which add up to one


def pooled_mix(cells: pd.DataFrame) -> pd.Series:
    """Return the share of each group in all items of these cells."""
    items = cells.groupby("group")["n"].sum()
    return items / items.sum()


def mean_mix(cells: pd.DataFrame) -> pd.Series:
    """Return the mean over releases of the share of each group, so that a large release counts no more than a small."""
    items = cells.pivot_table(index="period", columns="group", values="n", aggfunc="sum", fill_value=0.0)
    return items.div(items.sum(axis=1), axis=0).mean()


def partly_known_mix(cells: pd.DataFrame, total: float, reference: pd.Series) -> pd.Series:
    """Return the mix of a release of which some groups have no counts: weights by group, summing to one.

    These groups share the items that are left by their proportions in the reference. A group whose categories are
    counted in part weighs at least what is given here.
    """
    counted = cells.groupby("group")["n"].sum().reindex(reference.index)
    unknown = reference[counted.isna()]
    if unknown.empty:
        return counted / counted.sum()
    left = 1.0 - counted.sum() / total
    return (counted / total).fillna(left * unknown / unknown.sum())


# Rates


@dataclass(frozen=True)
class RateFit:
    """Rates of groups by year, with one overdispersion for all."""

    rates: pd.DataFrame
    """Indexed by `year` and `group`: `n`, `passed`, `rate` (0..1) and `sd` of the rate, overdispersion included."""
    dispersion: float
    """Pearson's chi-squared over its degrees of freedom, at least 1: how much more releases of one year differ
    within a group than sampling alone would make them."""
    df: int
    """Its degrees of freedom; 0 where no group was seen twice in a year, so that the dispersion is 1 unproved."""

    @property
    def quantile(self) -> float:
        """Half-width of the 95 % interval in standard deviations: Student's t, or the normal without freedom."""
        from scipy import stats

        share = 0.5 + LEVEL / 2
        return float(stats.t.ppf(share, self.df) if self.df else stats.norm.ppf(share))


def fit_rates(cells: pd.DataFrame) -> RateFit:
    """Fit the binomial regression of passes on year by group, one cell for each release and group.

    The model is saturated in year and group, so its rates are the pooled ones; what it adds is the dispersion between
    releases. A year and group in which all or none passed has no finite logit and is left out of the regression; the
    variance of its rate is that of half a pass and half a failure more. ImpossibleValueError if counts contradict each
    other or there is no cell.
    """
    if cells.empty:
        raise ImpossibleValueError("at least one cell to fit", "none")
    check_counts(cells["n"], cells["passed"])
    by_release = cells.groupby(["year", "group", "period"], as_index=False)[["n", "passed"]].sum()
    rates = by_release.groupby(["year", "group"])[["n", "passed"]].sum()
    rates["rate"] = rates["passed"] / rates["n"]
    variance, dispersion, df = _binomial_regression(by_release, rates)
    share = _drawn_inside(rates)
    rates["sd"] = np.sqrt(dispersion * variance.fillna(share * (1.0 - share) / rates["n"]))
    return RateFit(rates, dispersion, df)


def _binomial_regression(by_release: pd.DataFrame, rates: pd.DataFrame) -> tuple[pd.Series, float, int]:
    """Return the variance of each rate at dispersion 1 (NaN where all or none passed), the dispersion and its df."""
    import statsmodels.api as sm
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

    inside = rates.index[rates["rate"].between(0.0, 1.0, inclusive="neither")]
    keys = pd.MultiIndex.from_frame(by_release[["year", "group"]])
    used = by_release[keys.isin(inside)]
    if used.empty:
        return pd.Series(np.nan, index=rates.index), 1.0, 0
    codes = inside.get_indexer(keys[keys.isin(inside)])
    design = np.equal.outer(codes, np.arange(len(inside))).astype(float)
    counts = np.column_stack([used["passed"], used["n"] - used["passed"]])
    fitted = rates.loc[inside, "rate"].to_numpy()
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
        # Releases that agree exactly, or one release a year, fit perfectly: no sign of separation in this model, and
        # no residual to divide.
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        model = sm.GLM(counts, design, family=sm.families.Binomial())
        made = model.fit(start_params=np.log(fitted / (1.0 - fitted)), scale=1.0)
    variance = pd.Series(np.diag(made.cov_params()) * (fitted * (1.0 - fitted)) ** 2, index=inside)
    df = int(made.df_resid)
    dispersion = max(1.0, float(made.pearson_chi2) / df) if df else 1.0
    return variance.reindex(rates.index), dispersion, df


def _drawn_inside(rates: pd.DataFrame) -> pd.Series:
    """Return the rates, those of 0 and 1 with half a pass and half a failure more."""
    inside = rates["rate"].between(0.0, 1.0, inclusive="neither")
    return rates["rate"].where(inside, (rates["passed"] + 0.5) / (rates["n"] + 1.0))


def standardised_rates(fit: RateFit, mix: pd.Series) -> pd.DataFrame:
    """Return the directly standardised rate of each `year`, the index: `rate`, `lower`, `upper` in percent.

    NaN for a year in which a group of the mix was not sampled. The 95 % interval is the exact one for the effective
    number of items, at which a simple rate would have the variance of the standardised one (delta method, with the
    overdispersion), at Student's level.
    """
    columns = (fit.rates["rate"], _drawn_inside(fit.rates), fit.rates["sd"])
    rate, inside, sd = (column.unstack("group").reindex(columns=mix.index) for column in columns)
    table = pd.DataFrame(
        {
            "rate": (rate * mix).sum(axis=1, skipna=False),
            "inside": (inside * mix).sum(axis=1, skipna=False),
            "variance": ((sd * mix) ** 2).sum(axis=1, skipna=False),
        }
    )
    bounds = [_effective_interval(row.rate, row.inside, row.variance, fit.quantile) for row in rows_of(table)]
    table = pd.DataFrame(
        {
            "rate": 100.0 * table["rate"],
            "lower": [low for low, _ in bounds],
            "upper": [high for _, high in bounds],
        }
    )
    table.index.name = "year"
    return table


def _effective_interval(rate: float, inside: float, variance: float, quantile: float) -> tuple[float, float]:
    """Return the exact interval in percent for as many items as give a simple rate this variance."""
    if math.isnan(rate):
        return math.nan, math.nan
    from scipy import stats

    items = inside * (1.0 - inside) / variance
    interval = Interval.clopper_pearson(
        min(rate, 1.0) * items, items, level=2.0 * float(stats.norm.cdf(quantile)) - 1.0
    )
    return interval.lower, interval.upper


def raw_rates(totals: pd.DataFrame) -> pd.DataFrame:
    """Return the pooled rate of each year as it was published, whatever was sampled.

    Indexed by `year`: `releases` (their number), `n`, `passed`; `rate`, `lower`, `upper` in percent, the exact 95 %
    interval of sampling alone.
    """
    table = totals.groupby("year").agg(releases=("n", "size"), n=("n", "sum"), passed=("passed", "sum"))
    intervals = [Interval.clopper_pearson(row.passed, row.n, LEVEL) for row in rows_of(table)]
    return table.assign(
        rate=100.0 * table["passed"] / table["n"],
        lower=[interval.lower for interval in intervals],
        upper=[interval.upper for interval in intervals],
    )


# Changes


@dataclass(frozen=True)
class Decomposition:
    """The change of a pooled rate between two periods, in percentage points: ``change = mix + rate``."""

    change: float
    """Second rate minus first."""
    mix: float
    """What the change of the groups' shares makes, at the mean of their rates."""
    rate: float
    """What the change of the groups' rates makes, at the mean of their shares."""
    by_group: pd.DataFrame
    """Columns `mix` and `rate`, which add up to the above. The mix parts are taken against the mean of the two
    pooled rates: a group's larger share counts for it only if it passes more often than the others."""


def decompose(first: pd.DataFrame, second: pd.DataFrame) -> Decomposition:
    """Return Kitagawa's decomposition of the change of a pooled rate, in percentage points.

    Both are indexed by the same groups (else ValueError): `n` and `passed`. A group without items in one period is
    given the rate of the other, so that its coming or going is a change of the mix. ImpossibleValueError if a period
    has no item or more passed than were inspected.
    """
    if set(first.index) != set(second.index):
        raise ValueError("both periods must have the same groups")
    second = second.loc[first.index]
    shares, rates, pooled = zip(*(_shares_and_rates(period) for period in (first, second)), strict=True)
    rates = (rates[0].fillna(rates[1]).fillna(0.0), rates[1].fillna(rates[0]).fillna(0.0))
    mean_rate, mean_share = (rates[0] + rates[1]) / 2, (shares[0] + shares[1]) / 2
    mix = (shares[1] - shares[0]) * (mean_rate - sum(pooled) / 2)
    rate = (rates[1] - rates[0]) * mean_share
    parts = pd.DataFrame({"mix": mix, "rate": rate})
    return Decomposition(pooled[1] - pooled[0], float(mix.sum()), float(rate.sum()), parts)


def _shares_and_rates(period: pd.DataFrame) -> tuple[pd.Series, pd.Series, float]:
    """Return the groups' shares (0..1), their rates in percent (NaN without items) and the pooled rate in percent."""
    n, passed = period["n"].astype(float), period["passed"].astype(float)
    check_counts(n.sum(), passed.sum())
    check_counts(n[n > 0], passed[n > 0])
    return n / n.sum(), 100.0 * passed / n.where(n > 0), 100.0 * passed.sum() / n.sum()


@dataclass(frozen=True)
class YearChange:
    """The change of the pooled rate of the complete releases between two years."""

    first: int
    last: int
    parts: Decomposition
    """Mix and rate."""
    lower: float
    upper: float
    """95 % interval of the rate part in percentage points, overdispersion included."""


def year_change(fit: RateFit, first: int, last: int) -> YearChange:
    """Return the decomposed change between two years in which every group was sampled."""
    years = fit.rates.index.get_level_values("year")
    before, after = (fit.rates[years == year].droplevel("year") for year in (first, last))
    parts = decompose(before, after)
    share = (before["n"] / before["n"].sum() + after["n"] / after["n"].sum()) / 2
    spread = 100.0 * math.sqrt(float((share**2 * (before["sd"] ** 2 + after["sd"] ** 2)).sum()))
    half = fit.quantile * spread
    return YearChange(first, last, parts, parts.rate - half, parts.rate + half)


@dataclass(frozen=True)
class ReleaseChange:
    """The change between two releases for the same part of different years, on the categories counted in both."""

    first: str
    last: str
    categories: tuple[str, ...]
    """Categories with counts in both; everything else is one remainder."""
    parts: Decomposition
    """Mix and rate; the remainder is named `REMAINDER`."""
    source_ids: tuple[str, ...]
    """Where both were published."""

    @property
    def remainder_rate(self) -> float:
        """The remainder's part of the rate effect, in percentage points."""
        return float(self.parts.by_group["rate"][REMAINDER])


def _release_change(releases: Releases, first: str, last: str) -> ReleaseChange | None:
    cells = [releases.cells[releases.cells["period"] == period] for period in (first, last)]
    shared = sorted(set(cells[0]["category_id"]) & set(cells[1]["category_id"]))
    if len(shared) < 2:
        return None
    totals = [releases.totals[releases.totals["period"] == period].iloc[0] for period in (first, last)]
    tables = [_with_remainder(*pair, shared) for pair in zip(totals, cells, strict=True)]
    if any((table["passed"] < 0).any() or (table["passed"] > table["n"]).any() for table in tables):
        return None
    sources = tuple(dict.fromkeys(str(total["source_id"]) for total in totals))
    return ReleaseChange(first, last, tuple(shared), decompose(*tables), sources)


def _with_remainder(total: pd.Series, cells: pd.DataFrame, categories: Sequence[str]) -> pd.DataFrame:
    """Return the counts of these categories in a release, and those of all others by subtraction from its total."""
    counts = cells.set_index("category_id").loc[list(categories), ["n", "passed"]]
    rest = {name: [float(total[name]) - float(counts[name].sum())] for name in ("n", "passed")}
    return pd.concat([counts, pd.DataFrame(rest, index=[REMAINDER])])


# All of it for one rate


@dataclass(frozen=True)
class Alternative:
    """The standardised rates under another choice."""

    code: str
    """``each_release`` (the mean of the releases' own mixes), ``latest_year`` (its mix), ``other_place`` (the mix of
    a release elsewhere) or ``all_cells`` (the reference mix, with the categories of incomplete releases too)."""
    mix: pd.Series
    """Weights by group."""
    rates: pd.Series
    """Percent by year, NaN where a group was not sampled."""
    region_id: str = ""
    period: str = ""
    source_id: str = ""
    """The release elsewhere, else empty."""
    is_partial: bool = False
    """Whether some of its groups have no counts and share what is left as in the reference mix."""


@dataclass(frozen=True)
class Standardisation:
    """A pass rate by year, raw and standardised to one fixed mix."""

    releases: Releases
    mix: pd.Series
    """Reference mix: the groups' shares in all items of the complete releases."""
    fit: RateFit
    raw: pd.DataFrame
    rates: pd.DataFrame
    """As `raw_rates` of all releases and `standardised_rates` of the complete ones give them."""
    alternatives: tuple[Alternative, ...]
    """What the choice of the mix and of the releases makes."""
    changes: tuple[YearChange, ...]
    """From each standardised year to the next, and at the end from the first to the last if there are more than two."""

    @property
    def years(self) -> list[int]:
        """Years with a standardised rate."""
        return [int(year) for year in self.rates.index[self.rates["rate"].notna()]]

    @classmethod
    def of(cls, releases: Releases, others: Sequence[Releases] = ()) -> Standardisation | None:
        """Return raw and standardised rates of a pass rate, None where no year can be standardised.

        `others` are of the same kind of rate elsewhere, in the same groups, whose mix is tried instead of the
        reference.
        """
        cells = releases.complete_cells()
        if cells.empty:
            return None
        mix, fit = pooled_mix(cells), fit_rates(cells)
        rates = standardised_rates(fit, mix)
        years = [int(year) for year in rates.index[rates["rate"].notna()]]
        if not years:
            return None
        alternatives = tuple(_alternatives(releases, cells, fit, mix, years[-1], others))
        spans = [*pairwise(years), *([(years[0], years[-1])] if len(years) > 2 else [])]
        changes = tuple(year_change(fit, *span) for span in spans)
        return cls(releases, mix, fit, raw_rates(releases.totals), rates, alternatives, changes)


def _alternatives(
    releases: Releases,
    cells: pd.DataFrame,
    fit: RateFit,
    mix: pd.Series,
    latest: int,
    others: Sequence[Releases],
) -> Iterator[Alternative]:
    own: Mapping[str, pd.Series] = {
        "each_release": mean_mix(cells),
        "latest_year": pooled_mix(cells[cells["year"] == latest]),
    }
    for code, weights in own.items():
        yield Alternative(code, weights, standardised_rates(fit, weights)["rate"])
    for other in others:
        yield from _mix_elsewhere(fit, mix, other)
    if len(releases.cells) > len(cells):
        yield Alternative("all_cells", mix, standardised_rates(fit_rates(releases.cells), mix)["rate"])


def _mix_elsewhere(fit: RateFit, mix: pd.Series, other: Releases) -> Iterator[Alternative]:
    """Yield the rates under the mix of that release elsewhere whose categories account for most of its items."""
    if set(other.groups) != set(mix.index):
        return
    coverage = other.totals["counted"] / other.totals["n"]
    best = other.totals.iloc[int(np.argmax(coverage))]
    cells = other.cells[other.cells["period"] == best["period"]]
    if cells.empty:
        return
    weights = partly_known_mix(cells, float(best["n"]), mix)
    yield Alternative(
        "other_place",
        weights,
        standardised_rates(fit, weights)["rate"],
        other.region_id,
        str(best["period"]),
        str(best["source_id"]),
        is_partial=set(cells["group"]) != set(mix.index),
    )

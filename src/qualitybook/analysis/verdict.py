"""What may be said about a goal: its state, its probability where there is one, and the reason where there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from qualitybook.analysis.dating import average_forecasts, average_orientations
from qualitybook.analysis.forecast import MINIMUM_VALUES, forecast
from qualitybook.analysis.orientation import Orientation, orientation
from qualitybook.analysis.paths import probability_rising
from qualitybook.analysis.prediction import DISAGREEMENT, LARGEST_LEAD, Forecast
from qualitybook.analysis.scales import SeriesClass, series_class
from qualitybook.analysis.series import BOUND_QUALIFIERS, DEFAULT_OPTIONS, FitOptions, Series, build_series, by_year
from qualitybook.evidence.catalog import Catalog

NEVER_PUBLISHED_AFTER_MONTHS = 24
LONG_SERIES = 8
FINAL_GRADES = ("A", "B")
TINY = 1e-9

STATES = ("met", "not_met", "open", "awaiting", "never_published", "cannot_judge", "no_verdict")
REASONS = (
    "no_figure",
    "only_bounds",
    "only_undated",
    "only_other_scope",
    "no_baseline",
    "no_later_value",
    "basis_break",
    "too_few",
    "too_far",
    "not_final",
    "rounded",
    "not_forecast",
    "not_fitted",
    "qualitative",
)
LEVELS = ("A", "B", "C", "D", "E")
WORDS = (
    (90, "very_likely"),
    (67, "likely"),
    (33, "as_likely_as_not"),
    (10, "unlikely"),
    (0, "very_unlikely"),
)


@dataclass(frozen=True)
class Goal:
    """What is asked of an indicator in a region.

    Attributes
    ----------
    rule : str
        ``at_least``, ``at_most``, ``rising``, ``count_increase`` or ``qualitative``.
    value : float or None
        The threshold of the first two rules, in the indicator's unit; `decimals` as printed in the plan.
    baseline_year : int or None
        The year that the third and fourth compare with.
    """

    indicator_id: str
    region_id: str
    rule: str
    value: float | None
    target_year: int
    baseline_year: int | None = None
    decimals: int = 0


@dataclass(frozen=True)
class Verdict:
    """The answer to a goal at an as-of date.

    Attributes
    ----------
    state : str
        One of `STATES`.
    reason : str or None
        One of `REASONS` where there is neither a final answer nor a probability.
    probability : float or None
        Probability that the goal is reached, already clipped to what the calibration supports.
    by_model : dict
        The probability by each model alone (``A``, ``B``).
    series : Series or None
        The direct series.
    forecast : Forecast or None
        Its forecast to the target year, where the series allows one.
    deciding_line : int or None
        Line of the observation that decides a final verdict.
    flags : tuple of str
        ``methods_disagree``, ``last_value_meets`` and the like.
    """

    goal: Goal
    state: str
    reason: str | None = None
    probability: float | None = None
    by_model: dict[str, float] = field(default_factory=dict)
    series: Series | None = None
    forecast: Forecast | None = None
    deciding_line: int | None = None
    flags: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """Number of fitted yearly values of the direct series."""
        return self.series.n if self.series else 0

    @property
    def last_year(self) -> int | None:
        """Last fitted year."""
        return self.series.last_year if self.series else None

    @property
    def horizon(self) -> int | None:
        """Years from the last fitted value to the target year."""
        return None if self.last_year is None else self.goal.target_year - self.last_year

    @property
    def percent(self) -> int | None:
        """The probability as the whole percent that is printed (before ``< 5%`` and ``> 95%``)."""
        return None if self.probability is None else round(100 * self.probability)

    @property
    def word(self) -> str | None:
        """The code of the likelihood word, from the printed percent."""
        return None if self.percent is None else likelihood_word(self.percent)


def likelihood_word(percent: int) -> str:
    """Return the code of the IPCC-style word for a printed whole percent."""
    return next(word for floor, word in WORDS if percent >= floor)


def judge(catalog: Catalog, goal: Goal, as_of: date, options: FitOptions = DEFAULT_OPTIONS) -> Verdict:
    """Return the verdict on a goal from what the catalog sees on the as-of date.

    Parameters
    ----------
    catalog : Catalog
        Evidence already filtered to the as-of date.
    goal : Goal
        What is asked.
    as_of : datetime.date
        Decides whether the target year is over.
    options : FitOptions
        Which figures are fitted.
    """
    if goal.rule == "qualitative":
        return Verdict(goal, "no_verdict", "qualitative")
    series = build_series(catalog, goal.indicator_id, goal.region_id, options)
    waiting = waiting_state(goal.target_year, as_of)
    if waiting == "never_published" and not _has_figure_of(series, goal.target_year):
        return Verdict(goal, "never_published", series=series)
    return _JUDGES[goal.rule](catalog, goal, series, waiting, options)


def waiting_state(target_year: int, as_of: date) -> str:
    """Return ``open``, ``awaiting`` or ``never_published``: how a goal without its figure stands on a date."""
    if as_of.year <= target_year:
        return "open"
    months = (as_of.year - target_year - 1) * 12 + as_of.month
    return "never_published" if months > NEVER_PUBLISHED_AFTER_MONTHS else "awaiting"


def _has_figure_of(series: Series, year: int) -> bool:
    """Say whether anything at all is published for a calendar year: a figure of low grade or a bound counts."""
    return bool((series.rows["year"] == year).any())


def _judge_threshold(catalog: Catalog, goal: Goal, series: Series, waiting: str, options: FitOptions) -> Verdict:
    final = _final_threshold(goal, series) or _why_not_fitted(goal, series)
    if final is not None:
        return final
    made = _forecast(catalog, goal, series, options)
    if made is None:
        return Verdict(goal, "cannot_judge", "not_forecast", series=series)
    return _probable(goal, series, waiting, made, float(goal.value or 0))


def _judge_count(catalog: Catalog, goal: Goal, series: Series, waiting: str, options: FitOptions) -> Verdict:
    baseline = _year_record(series, goal.baseline_year)
    if baseline is None:
        return _without_baseline(series, goal)
    at_target = _year_record(series, goal.target_year)
    if at_target is not None and _is_final(at_target):
        state = "met" if at_target["value"] > baseline["value"] else "not_met"
        return Verdict(goal, state, series=series, deciding_line=at_target["lines"][0])
    if series.last_year == goal.baseline_year:
        return Verdict(goal, "cannot_judge", "no_later_value", series=series)
    blocked = _why_not_fitted(goal, series)
    made = None if blocked else _forecast(catalog, goal, series, options)
    if blocked is not None or made is None:
        return blocked or Verdict(goal, "cannot_judge", "not_forecast", series=series)
    return _probable(goal, series, waiting, made, float(baseline["value"]) + 1)


def _judge_rising(catalog: Catalog, goal: Goal, series: Series, waiting: str, options: FitOptions) -> Verdict:
    baseline = _year_record(series, goal.baseline_year)
    if baseline is None:
        return _without_baseline(series, goal)
    since = series.yearly.loc[goal.baseline_year : goal.target_year]
    fall = _first_fall(since)
    if fall is not None:
        return Verdict(goal, "not_met", series=series, deciding_line=fall)
    years_known = len(since) == goal.target_year - int(goal.baseline_year or 0) + 1
    if years_known and all(_is_final(row) for _, row in since.iterrows()):
        risen = since["value"].iloc[-1] > since["value"].iloc[0]
        return Verdict(goal, "met" if risen else "not_met", series=series, deciding_line=since["lines"].iloc[-1][0])
    blocked = _why_not_fitted(goal, series)
    if blocked is not None:
        return blocked
    return _probably_rising(catalog, goal, series, waiting, options)


def _probably_rising(catalog: Catalog, goal: Goal, series: Series, waiting: str, options: FitOptions) -> Verdict:
    made = _forecast(catalog, goal, series, options)
    group = class_of(catalog, goal.indicator_id)
    if made is None or group is None:
        return Verdict(goal, "cannot_judge", "not_forecast", series=series)
    years = series.years()
    chance = probability_rising(
        series.values(),
        group,
        int(goal.baseline_year or 0) - int(years[0]),
        goal.target_year - int(years[-1]),
        tolerance=_tolerance(series),
        obs_sd=series.rounding(),
        models=made.models,
    )
    if chance is None:
        return Verdict(goal, "cannot_judge", "too_far", series=series)
    by_model = dict(chance.by_model)
    return Verdict(
        goal,
        waiting,
        probability=chance.probability,
        by_model=by_model,
        series=series,
        forecast=made,
        flags=_flags(by_model),
    )


_JUDGES: dict[str, Callable[[Catalog, Goal, Series, str, FitOptions], Verdict]] = {
    "at_least": _judge_threshold,
    "at_most": _judge_threshold,
    "rising": _judge_rising,
    "count_increase": _judge_count,
}


def _probable(goal: Goal, series: Series, waiting: str, made: Forecast, threshold: float) -> Verdict:
    horizon = goal.target_year - int(series.years()[-1])
    ask = made.probability_at_most if goal.rule == "at_most" else made.probability_at_least
    alone = made.model_probabilities(threshold, horizon)
    by_model = {model: 1 - alone[model] if goal.rule == "at_most" else alone[model] for model in made.models}
    return Verdict(
        goal,
        waiting,
        probability=ask(threshold, horizon),
        by_model=by_model,
        series=series,
        forecast=made,
        flags=_flags(by_model),
    )


def _flags(by_model: dict[str, float]) -> tuple[str, ...]:
    spread = max(by_model.values()) - min(by_model.values()) if by_model else 0.0
    return ("methods_disagree",) if spread > DISAGREEMENT else ()


def class_of(catalog: Catalog, indicator_id: str) -> SeriesClass | None:
    """Return how an indicator is forecast, None where it is only shown."""
    indicator = catalog.indicator(indicator_id)
    return series_class(indicator.kind, indicator.subkind, indicator.unit)


def _forecast(catalog: Catalog, goal: Goal, series: Series, options: FitOptions) -> Forecast | None:
    """Return the forecast of a series to the goal's year, None where its class or its length allows none."""
    return forecast_series(catalog, series, goal.target_year, options.models)


def forecast_series(
    catalog: Catalog, series: Series, to_year: int, models: tuple[str, ...] | None = None
) -> Forecast | None:
    """Return the forecast of a series up to a year, None where its class or its length allows none.

    Where fitted figures may belong one year earlier, the quantiles of both datings are averaged.
    """
    group = class_of(catalog, series.indicator_id)
    if group is None or series.n < MINIMUM_VALUES:
        return None
    horizon = to_year - int(series.years()[-1])
    if not 1 <= horizon <= LARGEST_LEAD:
        return None
    made = _forecast_of(catalog, series, group, horizon, models)
    if made is None or series.earlier is None or series.earlier.n < MINIMUM_VALUES:
        return made
    other = _forecast_of(catalog, series.earlier, group, to_year - int(series.earlier.years()[-1]), models)
    return made if other is None else average_forecasts(made, other)


def _forecast_of(
    catalog: Catalog, series: Series, group: SeriesClass, horizon: int, models: tuple[str, ...] | None
) -> Forecast | None:
    """Return the forecast of a series by one dating of its figures."""
    indicator = catalog.indicator(series.indicator_id)
    return forecast(
        series.values(),
        group,
        horizon,
        obs_sd=series.rounding(),
        lower=indicator.lower,
        upper=indicator.upper,
        models=models,
    )


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
    return rough if other is None else average_orientations(rough, other)


def _orientation_of(catalog: Catalog, series: Series, group: SeriesClass, horizon: int) -> Orientation | None:
    """Return the borrowed range of a series by one dating of its figures."""
    indicator = catalog.indicator(series.indicator_id)
    return orientation(series.values(), group, horizon, lower=indicator.lower, upper=indicator.upper)


def _year_record(series: Series, year: int | None) -> pd.Series | None:
    return next((row for known, row in by_year(series.yearly) if known == year), None)


def _is_final(row: pd.Series) -> bool:
    """Say whether a yearly value decides a goal: exact, of grade A or B, its year certain (rule 12)."""
    return bool(row["qualifier"] == "exact" and row["grade"] in FINAL_GRADES and not row["dating"])


def _final_threshold(goal: Goal, series: Series) -> Verdict | None:
    row = _year_record(series, goal.target_year)
    if row is None:
        known = series.rows[series.rows["year"] == goal.target_year]
        return Verdict(goal, "cannot_judge", "not_final", series=series) if len(known) else None
    if not _is_final(row):
        return Verdict(goal, "cannot_judge", "not_final", series=series, deciding_line=row["lines"][0])
    answer = meets(float(row["value"]), int(row["decimals"]), goal)
    if answer is None:
        return Verdict(goal, "cannot_judge", "rounded", series=series, deciding_line=row["lines"][0])
    return Verdict(goal, "met" if answer else "not_met", series=series, deciding_line=row["lines"][0])


def meets(value: float, decimals: int, goal: Goal) -> bool | None:
    """Say whether a printed figure reaches the goal's value, None where its rounding leaves it open.

    A figure printed with more decimals than the goal is taken as printed; one that is not is taken as anything within
    half a unit of its last digit, so that ``98`` does not prove 98.0.
    """
    threshold = float(goal.value or 0)
    half = 0.0 if decimals > goal.decimals else 0.5 * 10.0**-decimals
    low, high = value - half, value + half
    if goal.rule == "at_most":
        low, high, threshold = -high, -low, -threshold
    if low >= threshold - TINY:
        return True
    return None if high > threshold + TINY else False


def _why_not_fitted(goal: Goal, series: Series) -> Verdict | None:
    """Return the verdict of a series that carries no probability, None where it may carry one."""
    if series.n == 0:
        return Verdict(goal, "cannot_judge", why_no_value(series), series=series)
    if series.n < MINIMUM_VALUES:
        return Verdict(goal, "cannot_judge", "too_few", series=series)
    if goal.target_year - int(series.years()[-1]) > LARGEST_LEAD:
        return Verdict(goal, "cannot_judge", "too_far", series=series)
    return None


def why_no_value(series: Series) -> str:
    """Return the code of why a series has no fitted yearly value at all."""
    rows = series.rows
    if rows.empty:
        return "no_figure"
    if (rows["qualifier"] == "undated").all():
        return "only_undated"
    if rows["qualifier"].isin([*BOUND_QUALIFIERS, "undated"]).all():
        return "only_bounds"
    return "not_fitted"


def _without_baseline(series: Series, goal: Goal) -> Verdict:
    reason = why_no_value(series) if series.n == 0 else "no_baseline"
    baseline_year = goal.baseline_year or 0
    known = series.rows[series.rows["use"] == "other_basis"]
    if len(known) and (known["start"].dt.year == baseline_year).any():
        reason = "basis_break"
    return Verdict(goal, "cannot_judge", reason, series=series)


def _first_fall(since: pd.DataFrame) -> int | None:
    """Return the line of the first final figure that lies below the one before it beyond rounding."""
    for (_, before), (_, after) in zip(since.iloc[:-1].iterrows(), since.iloc[1:].iterrows(), strict=True):
        unit = 10.0 ** -min(before["decimals"], after["decimals"])
        if _is_final(after) and after["value"] < before["value"] - unit + TINY:
            return int(after["lines"][0])
    return None


def _tolerance(series: Series) -> float:
    """Return how far below the one before a value may lie by rounding alone: half a unit of the last printed digit."""
    return float(0.5 * 10.0 ** -series.yearly["decimals"].iloc[-1])


def evidence_level(verdict: Verdict, has_proxy: bool, has_context: bool, weak_lines: int) -> str:
    """Return the evidence level A-E (rule 16).

    Parameters
    ----------
    verdict : Verdict
        With its direct series.
    has_proxy, has_context : bool
        Whether any documented proxy, any context series (or supporting indicator) or bound has a visible figure.
    weak_lines : int
        Number of fitted values that are grade C or whose source has no address.
    """
    n = verdict.n
    if n == 0:
        return "C" if has_proxy else "D" if has_context else "E"
    level = "A" if n >= LONG_SERIES else "B" if n >= MINIMUM_VALUES else "C"
    return LEVELS[LEVELS.index(level) + 1] if mostly_weak(n, weak_lines) else level


def mostly_weak(n: int, weak_lines: int) -> bool:
    """Say whether more than half of the fitted values are weak, which lowers the evidence level by one."""
    return 2 * weak_lines > n

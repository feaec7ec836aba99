"""What may be said about a goal: its state, its probability where there is one, and the reason where there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from qualitybook.analysis.counts import sample_too_small
from qualitybook.analysis.forecast import MINIMUM_VALUES
from qualitybook.analysis.outlook import Outlook, class_of, forecast_series, outlook
from qualitybook.analysis.paths import probability_rising
from qualitybook.analysis.prediction import DISAGREEMENT, LARGEST_LEAD, Forecast
from qualitybook.analysis.sampling import Interval, clopper_pearson, sampling_error_of_difference
from qualitybook.analysis.scales import PASS_RATE
from qualitybook.analysis.series import BOUND_QUALIFIERS, DEFAULT_OPTIONS, FitOptions, Series, build_series, by_year
from qualitybook.evidence.catalog import Catalog
from qualitybook.evidence.numbers import whole_percent

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
    "sample_too_small",
    "missing_years",
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
        ``methods_disagree``, ``fall_within_sampling_error``.
    true_rate_probability : float or None
        Probability that the rate of all items meets the goal, where sample sizes are known; `probability` is that of
        the figure to be published.
    sample : float or None
        Items inspected a year, where known.
    last_interval : Interval or None
        Exact interval of the last rate, where the sample is too small for a probability.
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
    true_rate_probability: float | None = None
    sample: float | None = None
    last_interval: Interval | None = None

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
        return None if self.probability is None else whole_percent(self.probability)

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
    made = outlook(catalog, series, goal.target_year, options.models)
    if made is None:
        return Verdict(goal, "cannot_judge", "not_forecast", series=series)
    return _sample_too_small(goal, series, made) or _probable(goal, series, waiting, made, float(goal.value or 0))


def _sample_too_small(goal: Goal, series: Series, made: Outlook) -> Verdict | None:
    """Return the verdict of a rate whose samples are too small for a probability, None where they are not."""
    if made.sample is None or made.true_rate is None:
        return None
    last = float(series.yearly["value"].iloc[-1])
    low, high = made.true_rate.interval(0.80, made.true_rate.horizons[-1])
    if not sample_too_small(float(goal.value or 0), made.sample, last, movement=(high - low) / 2):
        return None
    passed = made.sample * last / 100
    return Verdict(
        goal,
        "cannot_judge",
        "sample_too_small",
        series=series,
        sample=made.sample,
        last_interval=clopper_pearson(passed, made.sample),
    )


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
    made = None if blocked else outlook(catalog, series, goal.target_year, options.models)
    if blocked is not None or made is None:
        return blocked or Verdict(goal, "cannot_judge", "not_forecast", series=series)
    return _probable(goal, series, waiting, made, float(baseline["value"]) + 1)


def _judge_rising(catalog: Catalog, goal: Goal, series: Series, waiting: str, options: FitOptions) -> Verdict:
    baseline = _year_record(series, goal.baseline_year)
    if baseline is None:
        return _without_baseline(series, goal)
    since = series.yearly.loc[goal.baseline_year : goal.target_year]
    fall = _first_fall(since, counted=class_of(catalog, goal.indicator_id) is PASS_RATE)
    if fall is not None:
        flags = ("fall_within_sampling_error",) if fall.within_sampling_error else ()
        return Verdict(goal, "not_met", series=series, deciding_line=fall.line, flags=flags)
    years_known = len(since) == goal.target_year - int(goal.baseline_year or 0) + 1
    if not years_known and since.index[-1] == goal.target_year:
        # The end lies above the start, but a fall in a year without a figure cannot be ruled out.
        return Verdict(goal, "cannot_judge", "missing_years", series=series)
    if years_known and all(_is_final(row) for _, row in since.iterrows()):
        risen = since["value"].iloc[-1] > since["value"].iloc[0]
        return Verdict(goal, "met" if risen else "not_met", series=series, deciding_line=since["lines"].iloc[-1][0])
    blocked = _why_not_fitted(goal, series)
    if blocked is not None:
        return blocked
    return _probably_rising(catalog, goal, series, waiting, options)


def _probably_rising(catalog: Catalog, goal: Goal, series: Series, waiting: str, options: FitOptions) -> Verdict:
    made = forecast_series(catalog, series, goal.target_year, options.models)
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


def _probable(goal: Goal, series: Series, waiting: str, made: Outlook, threshold: float) -> Verdict:
    horizon = goal.target_year - int(series.years()[-1])
    published = made.published
    alone = published.model_probabilities(threshold, horizon)
    by_model = {model: 1 - alone[model] if goal.rule == "at_most" else alone[model] for model in published.models}
    return Verdict(
        goal,
        waiting,
        probability=_chance(goal, published, threshold, horizon),
        by_model=by_model,
        series=series,
        forecast=published,
        flags=_flags(by_model),
        true_rate_probability=None if made.true_rate is None else _chance(goal, made.true_rate, threshold, horizon),
        sample=made.sample,
    )


def _chance(goal: Goal, made: Forecast, threshold: float, horizon: int) -> float | None:
    ask = made.probability_at_most if goal.rule == "at_most" else made.probability_at_least
    return ask(threshold, horizon)


def _flags(by_model: dict[str, float]) -> tuple[str, ...]:
    spread = max(by_model.values()) - min(by_model.values()) if by_model else 0.0
    return ("methods_disagree",) if spread > DISAGREEMENT else ()


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


@dataclass(frozen=True)
class Fall:
    """A published figure below the one before it."""

    line: int
    within_sampling_error: bool


def _first_fall(since: pd.DataFrame, *, counted: bool) -> Fall | None:
    """Return the first final figure that lies below the one before it beyond rounding.

    Only where `counted` are the numbers beside the figures sizes of samples, so that the fall can be held against
    sampling error.
    """
    for (_, before), (_, after) in zip(since.iloc[:-1].iterrows(), since.iloc[1:].iterrows(), strict=True):
        unit = 10.0 ** -min(before["decimals"], after["decimals"])
        if _is_final(after) and after["value"] < before["value"] - unit + TINY:
            fallen = before["value"] - after["value"]
            error = sampling_error_of_difference([before["n"], after["n"]], [before["value"], after["value"]])
            return Fall(int(after["lines"][0]), bool(counted and error is not None and fallen <= error))
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

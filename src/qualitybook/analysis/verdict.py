"""What may be said about a goal: its state, its probability where there is one, and the reason where there is none.

Beside a probability stand the pace that a goal needs and the pace so far, never a judgement. A reader who sees that
every step so far was larger than the one needed must see why the probability is still modest; and beyond the years for
which a probability is given this is all that can be said.

The growth-ratio rule of other progress reports is computed for a labelled side note only. It is wrong most of the time
near a ceiling, so no verdict uses it. Source of the formula: Open SDG, progress methodology (after Eurostat): observed
and required compound annual growth rates and their ratio; "on track" from 0.95.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise, takewhile
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qualitybook.analysis.counts import Interval, Outlook, sample_too_small, sampling_error_of_difference
from qualitybook.analysis.forecast import (
    DISAGREEMENT,
    LARGEST_LEAD,
    MINIMUM_VALUES,
    Forecast,
    SimulatedPaths,
    forecast,
    probability_rising,
)
from qualitybook.analysis.goals import Asked, Goal
from qualitybook.analysis.outlook import class_of, forecast_series, outlook, print_unit
from qualitybook.analysis.scales import PASS_RATE, RANK, FloatArray
from qualitybook.analysis.series import (
    BOUND_QUALIFIERS,
    CURRENT_BASIS,
    DEFAULT_OPTIONS,
    FITTED_QUALIFIERS,
    WEAKNESSES,
    FitOptions,
    Series,
    build_series,
    by_year,
    is_whole_year,
    weakness,
)
from qualitybook.errors import ImpossibleValueError
from qualitybook.evidence.catalog import Catalog
from qualitybook.evidence.numbers import whole_percent
from qualitybook.evidence.periods import stated_end
from qualitybook.evidence.schema import RULES

_NEVER_PUBLISHED_AFTER_MONTHS = 24
_LONG_SERIES = 8
_LEAST_RANKS = 8
_ALL_LOST = 100
_TINY = 1e-9

STATES = ("met", "not_met", "open", "awaiting", "never_published", "cannot_judge", "no_verdict")
_DECIDED = ("met", "not_met")
REASONS = (
    "no_figure",
    "only_bounds",
    "only_undated",
    "only_other_scope",
    "only_parts",
    "only_low_grade",
    "no_baseline",
    "weak_start",
    "weak_year",
    "no_percentage",
    "no_later_value",
    "basis_break",
    "too_few",
    "too_few_ranks",
    "too_far",
    "year_passed_over",
    *WEAKNESSES,
    "year_not_over",
    "bound_open",
    "other_basis",
    "impossible_value",
    "not_forecast",
    "not_fitted",
    "sample_too_small",
    "missing_years",
    "month_within",
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
class Waypoint:
    """A year on the way of a goal that sets a value for each of several years."""

    year: int
    asked: float
    state: str
    """One of `STATES`."""


@dataclass(frozen=True)
class Verdict:
    """The answer to a goal at an as-of date."""

    goal: Goal
    state: str
    """One of `STATES`."""
    reason: str | None = None
    """One of `REASONS` where there is neither a final answer nor a probability."""
    probability: float | None = None
    """Probability that the goal is reached, already clipped to what the calibration supports."""
    by_model: dict[str, float] = field(default_factory=dict)
    """The probability by each model alone (``A``, ``B``)."""
    series: Series | None = None
    """The direct series."""
    forecast: Forecast | None = None
    """Its forecast to the target year, where the series allows one."""
    deciding_line: int | None = None
    """Line of the observation that decides a final verdict."""
    flags: tuple[str, ...] = ()
    """``methods_disagree``, ``fall_within_sampling_error``, ``as_printed`` (before it was rounded for printing the
    deciding figure may have lain on the other side of the goal), ``by_bound`` (a bound decides), ``from_parts``
    (the deciding year was worked out from its parts), ``averaged`` (the growth of several years was)."""
    contrary_lines: tuple[int, ...] = ()
    """Where a final verdict is flagged ``as_printed``: lines of published parts of the year on the other side."""
    true_rate_probability: float | None = None
    """Probability that the rate of all items meets the goal, where sample sizes are known; `probability` is that of
    the figure to be published."""
    sample: float | None = None
    """Items inspected a year, where known."""
    last_interval: Interval | None = None
    """Exact interval of the last rate, where the sample is too small for a probability."""
    asked: Asked | None = None
    """The figures that reach the goal, where a single one does and what it is compared with is known."""
    path: tuple[Waypoint, ...] = ()
    """The years on the way, where the goal sets a value for them."""
    path_probability: float | None = None
    """Probability that every year on the way that is still ahead reaches its value, by joint simulated paths."""

    @property
    def is_decided(self) -> bool:
        """Whether the goal is met or missed for good."""
        return self.state in _DECIDED

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
    def threshold(self) -> float | None:
        """The end of what is asked for that lies nearest to the last figure; None where no one figure is asked for."""
        if self.asked is None:
            return None
        last = float(self.series.yearly["value"].iloc[-1]) if self.series is not None and self.series.n else 0.0
        return self.asked.nearest_end(last)

    @property
    def aim(self) -> float | None:
        """The figure that a goal with a value comes down to, as far as that is known; None for goals without one."""
        if self.goal.value is None:
            return None
        return self.goal.value if self.threshold is None else self.threshold

    @property
    def word(self) -> str | None:
        """The code of the likelihood word, from the printed percent."""
        return None if self.percent is None else likelihood_word(self.percent)

    def evidence_level(self, *, is_anything_near: bool) -> str:
        """Return the evidence level A-E: what is known directly decides the letter (rule 16).

        `is_anything_near` says whether any proxy, context series, supporting indicator, bound or undated value has a
        visible figure.
        """
        if self.n >= _LONG_SERIES:
            return "A"
        if self.n >= MINIMUM_VALUES:
            return "B"
        figures = () if self.series is None else self.series.figures
        if any(row.qualifier in FITTED_QUALIFIERS and row.basis == CURRENT_BASIS for row in figures):
            return "C"
        return "D" if is_anything_near else "E"


def likelihood_word(percent: int) -> str:
    """Return the code of the IPCC-style word for a printed whole percent."""
    return next(word for floor, word in WORDS if percent >= floor)


def known_on(catalog: Catalog, day: date | None) -> tuple[Catalog, date]:
    """Return what was known on a day, and that day: where none is given that of the catalog, or its edition's."""
    found = day or catalog.as_of_date or catalog.current_edition.as_of
    return catalog if catalog.as_of_date == found else catalog.as_of(found), found


def judge(catalog: Catalog, goal: Goal, as_of: date, options: FitOptions = DEFAULT_OPTIONS) -> Verdict:
    """Return the verdict on a goal from what the catalog sees on the as-of date."""
    rule = RULES[goal.rule]
    if not rule.is_measured:
        return Verdict(goal, "no_verdict", "qualitative")
    series = build_series(catalog, goal.indicator_id, goal.region_id, options)
    waiting = waiting_state(goal.target_year, as_of)
    if rule.judged == "month":
        return _judge_month(goal, series, as_of)
    asked = None if _is_of_growth(catalog, goal) else _asked_of(goal, series)
    try:
        verdict = _JUDGES[rule.judged](catalog, goal, series, waiting, options)
    except ImpossibleValueError:
        # One series that its scale cannot hold must not take the other goals with it.
        verdict = Verdict(goal, "cannot_judge", "impossible_value", series=series)
    if waiting == "never_published" and not verdict.is_decided:
        # What a fall or a bound has decided stays so; nothing else is waited for any longer.
        has_figure = bool(series.of_year(goal.target_year)) or goal.target_year in series.yearly.index
        is_missing = verdict.state == waiting or not has_figure
        verdict = Verdict(goal, waiting, series=series) if is_missing else verdict
    return replace(verdict, asked=asked, path=_waypoints(catalog, goal, series, as_of))


def _asked_of(goal: Goal, series: Series) -> Asked | None:
    """Return what a goal asks for, by the figure of the year that it starts from where it starts from one."""
    baseline = series.yearly["value"].get(goal.compared_year)
    return Asked.by(goal, None if baseline is None else float(baseline))


def _waypoints(catalog: Catalog, goal: Goal, series: Series, as_of: date) -> tuple[Waypoint, ...]:
    """Return the years on the way, each judged by its own figure; no year here is forecast."""
    found = []
    for year, value in goal.path:
        asked, waiting = Asked.beyond(value, goal.direction), waiting_state(year, as_of)
        final = _final(catalog, goal.at(year, value), series, asked, waiting)
        found.append(Waypoint(year, value, waiting if final is None else final.state))
    return tuple(found)


def waiting_state(target_year: int, as_of: date, month: int = 12) -> str:
    """Return ``open``, ``awaiting`` or ``never_published``: how a goal without its figure stands on a date.

    It is open to the end of its year, or of another `month` of it.
    """
    months = (as_of.year - target_year) * 12 + as_of.month - month
    if months <= 0:
        return "open"
    return "never_published" if months > _NEVER_PUBLISHED_AFTER_MONTHS else "awaiting"


def _judge_figure(catalog: Catalog, goal: Goal, series: Series, waiting: str, options: FitOptions) -> Verdict:
    asked = _asked_of(goal, series)
    if asked is None:
        return Verdict(goal, "cannot_judge", _why_no_start(series, goal), series=series)
    final = _final(catalog, goal, series, asked, waiting)
    if final is not None:
        return final
    if goal.is_relative and series.last_year == goal.compared_year:
        return Verdict(goal, "cannot_judge", "no_later_value", series=series)
    finished = _before_unfinished(goal, series)
    blocked = _why_not_fitted(goal, finished)
    if blocked is not None:
        # Not that nothing was found: what was found may not be of the year's end.
        return Verdict(goal, "cannot_judge", "part_of_year", series=series) if finished.n < series.n else blocked
    series = finished
    made = _outlook_for(catalog, goal, series, options)
    if made is None:
        reason = "too_few_ranks" if goal.kind.event == "rank_holds" else "not_forecast"
        return Verdict(goal, "cannot_judge", reason, series=series)
    small = _sample_too_small(goal, series, made, asked)
    return small or _probable(catalog, goal, series, waiting, made, asked)


def _outlook_for(catalog: Catalog, goal: Goal, series: Series, options: FitOptions) -> Outlook | None:
    """Return how the series goes on; a ranking only from eight places of the place's own up."""
    if goal.kind.event != "rank_holds":
        return outlook(catalog, series, goal.target_year, options.models)
    if series.n < _LEAST_RANKS:
        return None
    horizon = goal.target_year - int(series.years()[-1])
    made = forecast(series.values(), RANK, horizon, lower=1.0, models=options.models, unit=1.0)
    return None if made is None else Outlook(made)


def _sample_too_small(goal: Goal, series: Series, made: Outlook, asked: Asked) -> Verdict | None:
    """Return the verdict of a rate whose samples are too small for a probability, None where they are not."""
    if made.sample is None or made.true_rate is None:
        return None
    last = float(series.yearly["value"].iloc[-1])
    low, high = made.true_rate.interval(0.80, made.true_rate.horizons[-1])
    end = asked.nearest_end(last)
    if not sample_too_small(end, made.sample, last, movement=(high - low) / 2):
        return None
    exact = Interval.clopper_pearson(made.sample * last / 100, made.sample)
    return Verdict(goal, "cannot_judge", "sample_too_small", series=series, sample=made.sample, last_interval=exact)


def _judge_each_year(catalog: Catalog, goal: Goal, series: Series, waiting: str, options: FitOptions) -> Verdict:
    baseline = _year_record(series, goal.baseline_year)
    if baseline is None:
        return Verdict(goal, "cannot_judge", _why_no_start(series, goal), series=series)
    series = _before_unfinished(goal, series)
    since = series.yearly.loc[goal.baseline_year : goal.target_year]
    fall = _first_fall(since, goal.direction, counted=class_of(catalog, goal.indicator_id) is PASS_RATE)
    if fall is not None:
        line, flags = fall
        return Verdict(goal, "not_met", series=series, deciding_line=line, flags=flags)
    years_known = len(since) == goal.target_year - int(goal.baseline_year or 0) + 1
    if not years_known and since.index[-1] == goal.target_year:
        if waiting != "open" and since["weakness"].iloc[[0, -1]].eq("").all() and not _has_risen(goal, since):
            return Verdict(goal, "not_met", series=series, deciding_line=since["lines"].iloc[-1][0])
        # The end lies above the start, but a fall in a year without a figure cannot be ruled out.
        return Verdict(goal, "cannot_judge", "missing_years", series=series)
    if years_known:
        return _known_rise(goal, series, since, waiting)
    blocked = _why_not_fitted(goal, series)
    if blocked is not None:
        return blocked
    return _probably_rising(catalog, goal, series, waiting, options)


def _known_rise(goal: Goal, series: Series, since: pd.DataFrame, waiting: str) -> Verdict:
    """Return the verdict on a rise whose every year is known, none of them a final figure below the one before."""
    if waiting == "open":
        return Verdict(goal, "cannot_judge", "year_not_over", series=series, deciding_line=since["lines"].iloc[-1][0])
    weak = [(year, row) for year, row in by_year(since) if not _is_final(row)]
    if weak:
        year, row = weak[-1]
        return Verdict(goal, "cannot_judge", _why_weak(goal, year, row), series=series, deciding_line=row["lines"][0])
    state = "met" if _has_risen(goal, since) else "not_met"
    return Verdict(goal, state, series=series, deciding_line=since["lines"].iloc[-1][0])


def _has_risen(goal: Goal, since: pd.DataFrame) -> bool:
    return bool(goal.direction * (since["value"].iloc[-1] - since["value"].iloc[0]) > 0)


def _is_of_growth(catalog: Catalog, goal: Goal) -> bool:
    """Say whether growth is asked of figures that are growth themselves, so that no single one reaches the goal."""
    return goal.kind.judged == "growth" and catalog.indicator(goal.indicator_id).kind == "growth"


def _judge_growth(catalog: Catalog, goal: Goal, series: Series, waiting: str, options: FitOptions) -> Verdict:
    """Judge average growth: by the figures of growth of every year, or by the level at both ends."""
    if not _is_of_growth(catalog, goal):
        return _judge_figure(catalog, goal, series, waiting, options)
    known = series.yearly.loc[goal.from_year : goal.target_year]
    if known.empty:
        return Verdict(
            goal, "cannot_judge", _why_no_value(series) if series.n == 0 else "no_later_value", series=series
        )
    if (known["value"] < -_ALL_LOST).any():
        # A profit that turns into a loss has no growth that could be averaged.
        return Verdict(goal, "cannot_judge", "impossible_value", series=series)
    if known.index[-1] < goal.target_year:
        return Verdict(goal, "cannot_judge", "not_forecast", series=series)
    if len(known) <= goal.target_year - int(goal.from_year or 0):
        return Verdict(goal, "cannot_judge", "missing_years", series=series)
    line = int(known["lines"].iloc[-1][0])
    weak = next((_why_weak(goal, year, row) for year, row in by_year(known) if not _is_final(row)), None)
    if waiting == "open" or weak:
        return Verdict(goal, "cannot_judge", weak or "year_not_over", series=series, deciding_line=line)
    met = Asked.beyond(float(goal.value or 0), goal.direction).holds(mean_growth(known["value"]))
    return Verdict(goal, "met" if met else "not_met", series=series, deciding_line=line, flags=("averaged",))


def mean_growth(percents: pd.Series) -> float:
    """Return the growth a year, in percent, that gives the same as these yearly growths one after the other."""
    return 100 * (float(np.prod(1 + percents / 100)) ** (1 / len(percents)) - 1)


def _judge_month(goal: Goal, series: Series, as_of: date) -> Verdict:
    """Judge whether something was done by a month: by a figure of 1 up to its end, or of 0 at it or later.

    A figure whose period begins before that end and ends after it leaves open when the thing was done.
    """
    rows, due = [row for row in series.figures if row.use not in ("second_source", "other_basis")], stated_end(goal.due)
    assert due is not None
    dated = [row for row in rows if row.end is not None and not pd.isna(row.end) and not weakness(row)]
    done = [row for row in dated if row.value >= 1]
    first = min(done, key=lambda row: row.end, default=None)
    if first is not None and first.end.date() <= due:
        return Verdict(goal, "met", series=series, deciding_line=int(first.line))
    undone = [row for row in dated if row.value < 1 and row.end.date() >= due and row.complete != "0"]
    late = first if first is not None and first.start.date() > due else next(iter(undone), None)
    if late is not None:
        return Verdict(goal, "not_met", series=series, deciding_line=int(late.line))
    if first is not None:
        return Verdict(goal, "cannot_judge", "month_within", series=series, deciding_line=int(first.line))
    return Verdict(goal, waiting_state(due.year, as_of, due.month), series=series)


_JUDGES: dict[str, Callable[[Catalog, Goal, Series, str, FitOptions], Verdict]] = {
    "figure": _judge_figure,
    "each_year": _judge_each_year,
    "growth": _judge_growth,
}
"""By how a rule is judged; a month to be kept has no year to wait for."""


def _probably_rising(catalog: Catalog, goal: Goal, series: Series, waiting: str, options: FitOptions) -> Verdict:
    made = forecast_series(catalog, series, goal.target_year, options.models)
    group = class_of(catalog, goal.indicator_id)
    if made is None or group is None:
        return Verdict(goal, "cannot_judge", "not_forecast", series=series)
    years = series.years()
    chance = probability_rising(
        series.values(),
        group.able_to_hold(series.values()),
        int(goal.baseline_year or 0) - int(years[0]),
        goal.target_year - int(years[-1]),
        unit=print_unit(catalog, series),
        obs_sd=series.rounding(),
        models=made.models,
        direction=goal.direction,
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


def _probable(catalog: Catalog, goal: Goal, series: Series, waiting: str, made: Outlook, asked: Asked) -> Verdict:
    """Return the verdict with the probability that the figure, as it will be printed, reaches what is asked."""
    horizon = goal.target_year - int(series.years()[-1])
    # A part is one of so many of a whole.
    is_part = goal.kind.value_is == "part" and goal.is_percent
    unit = 100 / float(goal.value_high or 1) if is_part else print_unit(catalog, series)
    published, ends = made.published, asked.unrounded(unit)
    by_model = published.models_within(*ends, horizon)
    return Verdict(
        goal,
        waiting,
        probability=published.within(*ends, horizon),
        by_model=by_model,
        series=series,
        forecast=published,
        flags=_flags(by_model),
        true_rate_probability=(
            None if made.true_rate is None else made.true_rate.within(asked.lower, asked.upper, horizon)
        ),
        sample=made.sample,
        path_probability=_path_probability(catalog, goal, series, published.models),
    )


def _path_probability(catalog: Catalog, goal: Goal, series: Series, models: tuple[str, ...]) -> float | None:
    """Return the probability that every year ahead on a goal's way reaches its value; None without such years."""
    group, last = class_of(catalog, goal.indicator_id), int(series.years()[-1])
    ahead = [(year - last - 1, value) for year, value in goal.path if year > last]
    if group is None or not ahead:
        return None
    unit = print_unit(catalog, series)
    simulated = SimulatedPaths.of(
        series.values(),
        group.able_to_hold(series.values()),
        goal.target_year - last,
        unit=unit,
        obs_sd=series.rounding(),
        models=models,
    )
    if simulated is None:
        return None

    def keeps(paths: FloatArray) -> NDArray[np.bool_]:
        reached = [Asked.beyond(value, goal.direction).holds_each(paths[:, at]) for at, value in ahead]
        kept: NDArray[np.bool_] = np.all(reached, axis=0)
        return kept

    return simulated.share(keeps)[0]


def _flags(by_model: dict[str, float]) -> tuple[str, ...]:
    spread = max(by_model.values()) - min(by_model.values()) if by_model else 0.0
    return ("methods_disagree",) if spread > DISAGREEMENT else ()


def _year_record(series: Series, year: int | None) -> pd.Series | None:
    return next((row for known, row in by_year(series.yearly) if known == year), None)


def _is_final(row: pd.Series) -> bool:
    """Say whether a yearly value decides a goal (rule 12)."""
    return bool(row["weakness"] == "")


def _why_weak(goal: Goal, year: int, row: pd.Series) -> str:
    """Return the code of why a yearly value that is not final decides nothing."""
    return str(row["weakness"]) if year == goal.target_year else "weak_year"


def _before_unfinished(goal: Goal, series: Series) -> Series:
    """Return the series without a stock's point within the target year, which forecasts of its end start before."""
    row = _year_record(series, goal.target_year)
    return series if row is None or row["whole"] else series.until(goal.target_year - 1)


def _final(catalog: Catalog, goal: Goal, series: Series, asked: Asked, waiting: str) -> Verdict | None:
    """Return the verdict by what is published of the target year, None where only a forecast can tell."""
    row = _year_record(series, goal.target_year)
    if row is not None and row["whole"] and waiting == "open":
        # Some publish a year before it is over; nothing is final before that.
        return Verdict(goal, "cannot_judge", "year_not_over", series=series, deciding_line=row["lines"][0])
    if row is not None and _is_final(row):
        return _unless_weak_start(goal, series, _by_figure(catalog, goal, series, row, asked))
    by_bound = None if waiting == "open" else _by_bound(goal, series, asked)
    if by_bound is not None:
        return _unless_weak_start(goal, series, by_bound)
    if row is not None and row["whole"]:
        return Verdict(goal, "cannot_judge", row["weakness"], series=series, deciding_line=row["lines"][0])
    return _by_unfitted_figure(goal, series, waiting) if row is None else None


def _unless_weak_start(goal: Goal, series: Series, decided: Verdict) -> Verdict:
    """Return a verdict, or that it cannot be judged where the figure that the goal starts from is no final one."""
    start = _year_record(series, goal.compared_year) if goal.is_relative else None
    if start is None or _is_final(start):
        return decided
    return Verdict(goal, "cannot_judge", "weak_start", series=series, deciding_line=start["lines"][0])


def _by_figure(catalog: Catalog, goal: Goal, series: Series, row: pd.Series, asked: Asked) -> Verdict:
    is_part = goal.kind.value_is == "part" and goal.is_percent
    is_counted = is_part and row["n"] > 0 and row["passed"] >= 0
    # One of three is printed as 33.3: without the counts the part asked for is held as it would be printed.
    asked = asked.printed(int(row["decimals"])) if is_part and not is_counted else asked
    met = asked.holds(100 * row["passed"] / row["n"] if is_counted else float(row["value"]))
    unsure = not is_counted and _rounding_matters(catalog, goal, series, row, asked)
    return Verdict(
        goal,
        "met" if met else "not_met",
        series=series,
        deciding_line=row["lines"][0],
        flags=("as_printed",) if unsure else ("from_parts",) if len(row["lines"]) > 1 else (),
        contrary_lines=_contrary_parts(goal, series, asked, met=met) if unsure else (),
    )


def _rounding_matters(catalog: Catalog, goal: Goal, series: Series, row: pd.Series, asked: Asked) -> bool:
    """Say whether the figure, or that it is compared with, may have lain elsewhere before it was rounded for printing.

    That is so where the goal would have another answer then.
    """
    is_pooled, unit = len(row["lines"]) > 1, catalog.unit_of(series.indicator_id)
    if is_pooled or (unit.is_whole):
        # What the book pools is compared as it was worked out, and whole numbers were rounded by nobody.
        return False
    value, half = float(row["value"]), 0.5 * 10.0 ** -int(row["decimals"])
    readings = [asked, *_by_other_baselines(goal, series)]
    return len({each.holds(figure) for each in readings for figure in (value - half, value, value + half)}) > 1


def _by_other_baselines(goal: Goal, series: Series) -> list[Asked]:
    """Return what a goal would ask for if the figure it starts from lay at either end of what is printed alike."""
    record = _year_record(series, goal.compared_year)
    if record is None or not goal.is_relative or len(record["lines"]) > 1:
        return []
    value, half = float(record["value"]), 0.5 * 10.0 ** -int(record["decimals"])
    return [each for end in (value - half, value + half) if (each := Asked.by(goal, end)) is not None]


def _contrary_parts(goal: Goal, series: Series, asked: Asked, *, met: bool) -> tuple[int, ...]:
    """Return the lines of published parts of the target year that lie on the other side of the goal."""
    parts = [row for row in series.figures if row.use == "part_of_year" and row.start.year == goal.target_year]
    return tuple(int(row.line) for row in parts if asked.holds(float(row.value)) is not met)


def _by_bound(goal: Goal, series: Series, asked: Asked) -> Verdict | None:
    """Return the verdict by a bound of the whole target year: "98 or more" meets 98 or more, whatever the figure."""
    bounds = [row for row in series.figures if row.use == "bound"]
    # What is said of the year itself counts before what is said of several.
    for bound in sorted(bounds, key=lambda row: not is_whole_year(row)):
        answer = (
            asked.holds_bound(bound.qualifier, float(bound.value)) if _bounds_year(bound, goal.target_year) else None
        )
        if answer is not None:
            state = "met" if answer else "not_met"
            return Verdict(goal, state, series=series, deciding_line=int(bound.line), flags=("by_bound",))
    return None


def _bounds_year(bound: Any, year: int) -> bool:
    """Say whether a bound decides for a year: of the whole of it, or of several years and said of each of them."""
    if weakness(bound) or bound.complete == "0":
        return False
    first, last = date(year, 1, 1), date(year, 12, 31)
    of_each = bound.each_year == "1" and bound.start.date() <= first and bound.end.date() >= last
    return bool(of_each or (is_whole_year(bound) and bound.start.year == year))


_OF_USE = {"bound": "bound_open", "other_basis": "other_basis", "part_of_year": "part_of_year"}
"""Why a figure of the target year that is not fitted decides nothing, where it is not weak itself."""


def _by_unfitted_figure(goal: Goal, series: Series, waiting: str) -> Verdict | None:
    """Return the verdict where the target year has a figure that is not fitted, None where it has none at all."""
    known = (row for row in series.of_year(goal.target_year) if row.use != "second_source")
    figure = next(known, None)
    if figure is None:
        return None
    is_early = figure.use == "bound" and waiting == "open"
    reason = weakness(figure) or ("year_not_over" if is_early else _OF_USE.get(figure.use, "not_fitted"))
    return Verdict(goal, "cannot_judge", reason, series=series, deciding_line=int(figure.line))


def _why_not_fitted(goal: Goal, series: Series) -> Verdict | None:
    """Return the verdict of a series that carries no probability, None where it may carry one."""
    if series.n == 0:
        return Verdict(goal, "cannot_judge", _why_no_value(series), series=series)
    if series.n < MINIMUM_VALUES:
        return Verdict(goal, "cannot_judge", "too_few", series=series)
    lead = goal.target_year - int(series.years()[-1])
    if lead <= 0 or lead > LARGEST_LEAD:
        return Verdict(goal, "cannot_judge", "too_far" if lead > 0 else "year_passed_over", series=series)
    return None


_ONLY = {"part_of_year": "only_parts", "grade_c": "only_low_grade"}
"""Why a series has no yearly value, where all of its figures are used alike."""


def _why_no_value(series: Series) -> str:
    """Return the code of why a series has no fitted yearly value at all."""
    qualifiers = {row.qualifier for row in series.figures}
    if not qualifiers:
        return "no_figure"
    if qualifiers == {"undated"}:
        return "only_undated"
    if qualifiers <= {*BOUND_QUALIFIERS, "undated"}:
        return "only_bounds"
    uses = set(series.uses.values())
    return _ONLY.get(uses.pop(), "not_fitted") if len(uses) == 1 else "not_fitted"


def _why_no_start(series: Series, goal: Goal) -> str:
    """Return the code of why nothing can be asked of a goal that starts from the figure of another year."""
    rows = [row for row in series.figures if row.start.year == goal.compared_year]
    if any(row.use == "other_basis" for row in rows):
        return "basis_break"
    if goal.compared_year in series.yearly.index:
        return "no_percentage"
    if series.n == 0:
        return _why_no_value(series)
    return "weak_start" if any(weakness(row) or row.use == "bound" for row in rows) else "no_baseline"


def _first_fall(since: pd.DataFrame, direction: int, *, counted: bool) -> tuple[int, tuple[str, ...]] | None:
    """Return line and flags of the first final figure worse than the one before it beyond the rounding of both.

    With a `direction` of -1 a rise is worse. Only where `counted` are the numbers beside the figures sizes of samples,
    so that the fall can be held against sampling error.
    """
    for (_, before), (_, after) in pairwise(since[since["weakness"] == ""].iterrows()):
        rounding = (10.0 ** -before["decimals"] + 10.0 ** -after["decimals"]) / 2
        fallen = direction * (before["value"] - after["value"])
        if fallen > rounding - _TINY:
            error = sampling_error_of_difference([before["n"], after["n"]], [before["value"], after["value"]])
            is_within = counted and error is not None and fallen <= error
            return int(after["lines"][0]), ("fall_within_sampling_error",) if is_within else ()
    return None


@dataclass(frozen=True)
class GrowthSoFar:
    """The growth of a goal that asks for its mean over several years."""

    years: tuple[int, ...]
    "The years known, from the first asked for without a gap."
    mean: float
    "Their geometric mean, in percent."
    years_left: int
    needed: float | None
    "Growth a year in the years left by which the mean of all reaches the goal, in percent; None where none are left."
    decimals: int
    "Decimals of the figures."

    @classmethod
    def of(cls, verdict: Verdict) -> GrowthSoFar | None:
        """Return the growth of a goal judged by figures of growth; None for others, and without the first year."""
        goal, series = verdict.goal, verdict.series
        if goal.kind.judged != "growth" or verdict.asked is not None or series is None or goal.from_year is None:
            return None
        asked = range(goal.from_year, goal.target_year + 1)
        years = tuple(takewhile(lambda year: year in series.yearly.index, asked))
        if not years or (verdict.reason or "not_forecast") != "not_forecast":
            return None
        known = series.yearly.loc[list(years)]
        left, mean = len(asked) - len(years), mean_growth(known["value"])
        if mean <= -_ALL_LOST:
            return None
        whole, so_far = (1 + (goal.value or 0) / 100) ** len(asked), (1 + mean / 100) ** len(years)
        needed = 100 * ((whole / so_far) ** (1 / left) - 1) if left else None
        return cls(years, mean, left, needed, int(known["decimals"].max()))


MOST_STEPS = 5


@dataclass(frozen=True)
class Step:
    """A change between two yearly values that follow each other."""

    from_year: int
    to_year: int
    change: float
    "A year, in the indicator's unit: the difference by the years between the values."


@dataclass(frozen=True)
class Pace:
    """What is needed a year from the last value on, and the last steps."""

    needed: float | None
    "A year, in the indicator's unit; None where the goal names no value or the last figure reaches it."
    years: int
    "Years from the last value to the target year."
    steps: tuple[Step, ...]
    "The latest steps, oldest first, `MOST_STEPS` at most."
    decimals: int
    "Decimals of the values that the steps lie between."

    @classmethod
    def beside(cls, verdict: Verdict) -> Pace | None:
        """Return the pace that belongs beside a verdict; none for growth, whose steps are no pace."""
        if verdict.series is None or (verdict.goal.kind.judged == "growth" and verdict.asked is None):
            return None
        return cls.of(verdict.series, verdict.goal)

    @classmethod
    def of(cls, series: Series, goal: Goal) -> Pace | None:
        """Return the pace of a series beside what its goal needs; None without two values or before no later year."""
        years = 0 if series.last_year is None else goal.target_year - series.last_year
        if series.n <= 1 or years <= 0:
            return None
        asked, decimals = _asked_of(goal, series), int(series.yearly["decimals"].iloc[-MOST_STEPS - 1 :].max())
        last = float(series.yearly["value"].iloc[-1])
        reached = asked is None or asked.holds(last)
        needed = None if asked is None or reached else (asked.nearest(last, 10.0**-decimals) - last) / years
        steps = [
            Step(before_year, year, (float(after["value"]) - float(before["value"])) / (year - before_year))
            for (before_year, before), (year, after) in pairwise(by_year(series.yearly))
        ]
        return cls(needed, years, tuple(steps[-MOST_STEPS:]), decimals)


_LEAST_YEARS = 2
_WINDOW = 5
_OF_A_VALUE_OR_MORE = ("at_least", "above")
NO_RATIO_REASONS = ("no_number", "other_rule", "too_few", "reached_at_base", "not_ahead", "not_positive")


@dataclass(frozen=True)
class GrowthRatio:
    """Ratio of the observed to the required yearly growth since a base year."""

    base_year: int
    ratio: float

    @staticmethod
    def why_none(series: Series, goal: Goal) -> str:
        """Return why the rule cannot be computed, one of `NO_RATIO_REASONS`; "" where it can."""
        if goal.value is None:
            return "no_number"
        if goal.rule not in _OF_A_VALUE_OR_MORE:
            return "other_rule"
        if series.n < _LEAST_YEARS:
            return "too_few"
        recent = series.yearly["value"].iloc[-_WINDOW:]
        if float(recent.iloc[0]) >= goal.value:
            return "reached_at_base"
        if int(recent.index[-1]) >= goal.target_year:
            return "not_ahead"
        return "not_positive" if float(recent.iloc[0]) <= 0 or float(recent.iloc[-1]) <= 0 else ""

    @classmethod
    def of(cls, series: Series, goal: Goal) -> GrowthRatio | None:
        """Return the growth ratio since the first fitted year of the last five, None where `why_none` says why."""
        if goal.value is None or GrowthRatio.why_none(series, goal):
            return None
        recent = series.yearly["value"].iloc[-_WINDOW:]
        base_year, last_year = int(recent.index[0]), int(recent.index[-1])
        base, last = float(recent.iloc[0]), float(recent.iloc[-1])
        observed = (last / base) ** (1 / (last_year - base_year)) - 1
        required = (goal.value / base) ** (1 / (goal.target_year - base_year)) - 1
        return cls(base_year, observed / required)

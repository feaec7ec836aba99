"""The one voice: a language over a catalog, and the results that it records in a page's ledger as it words them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from qualitybook.analysis.assess import Assessment
from qualitybook.analysis.borrowing import Borrowed, Gap
from qualitybook.analysis.findings import Direction
from qualitybook.analysis.forecast import Forecast
from qualitybook.analysis.goals import Goal
from qualitybook.analysis.latest import Change, Latest, Point, point_of_row
from qualitybook.analysis.sensitivity import Run
from qualitybook.analysis.series import Series, made_text
from qualitybook.analysis.standing import Gap as GoalGap
from qualitybook.analysis.verdict import GrowthRatio, GrowthSoFar, Pace, Verdict
from qualitybook.evidence.catalog import Catalog, Unit
from qualitybook.evidence.numbers import printed as as_printed
from qualitybook.evidence.numbers import rounded, significant, whole_percent
from qualitybook.evidence.reading import rows_of
from qualitybook.evidence.schema import PROVISIONAL
from qualitybook.report import formats, labels, narrative
from qualitybook.report.derived import AGAINST, DIGITS, Ledger, figures, operation, where
from qualitybook.report.i18n import Words

Say = Callable[[str, Unit, str], str]
"""How a figure is written: `Words.qualified` for tables, `Words.told` for running text."""
_SHOWN_LEVEL = 0.80
_SAMPLING_LEVEL = 0.95


class Voice(Words):
    """A language over a catalog: it names what the catalog holds. All it says is plain text, not yet Markdown."""

    def __init__(self, lang: str, catalog: Catalog) -> None:
        super().__init__(lang)
        self.catalog = catalog

    def indicator(self, indicator_id: str) -> str:
        """Return an indicator's name."""
        return self.name(self.catalog.indicator(indicator_id))

    def scope(self, indicator_id: str) -> str:
        """Return what a scope of goals that leave theirs open is called, the indicator's name where it has no other."""
        table = self.catalog.open_scopes
        for key, field in (("indicator_id", "short"), ("other_id", "other_short")):
            for row in rows_of(table[table[key] == indicator_id]):
                return self.name(row, field) or self.indicator(indicator_id)
        return self.indicator(indicator_id)

    def place(self, region_id: str) -> str:
        """Return a region's name."""
        return self.name(self.catalog.region(region_id))

    def series(self, indicator_id: str, region_id: str) -> str:
        """Return an indicator's name with its place."""
        return self.indicator(indicator_id) + self.parentheses(self.place(region_id))

    def named_by(self, key: str) -> tuple[str, str]:
        """Return the series and the period of a figure, by what a seal knows it by; no period where none was stated."""
        indicator, place, period, *_rest = key.split(" ")
        return self.series(indicator, place), "" if period == "-" else self.period_text(period)

    def unit(self, indicator_id: str) -> Unit:
        """Return the unit of an indicator's values."""
        return self.catalog.unit_of(indicator_id)

    def asked(self, goal: Goal, value_text: str, unit: Unit) -> str:
        """Return what a goal asks without its year: ``at least 98.5%``."""
        return narrative.asked_text(self, goal, value_text, unit)

    def publisher(self, name: str) -> str:
        """Return a publisher's name, as the source gives it where there is no other."""
        return self._publishers.get(name, name)

    def locator(self, text: str) -> str:
        """Return where in its source a figure stands, as it was noted where it has no wording."""
        return self._locators.get(text, text)

    def source(self, source: Any) -> str:
        """Return a source (a row of sources) with publisher and date, as a line: ``Title (Publisher, 2024)``."""
        publisher, day = self.publisher(source.publisher), self.published(source.published)
        return f"{source.title}{self.parentheses(publisher + self.language.comma + day)}".replace("\n", " ")

    def period(self, row: Any) -> str:
        """Return when a figure (a row of observations) is of, or the years that an undated one may be of."""
        return self.period_in_full(point_of_row(self.catalog, row))

    def printed(self, row: Any) -> str:
        """Return a figure (a row of observations) as printed, with unit and qualifier."""
        return self.qualified(row.value_text, self.unit(row.indicator_id), row.qualifier)

    def figure(self, row: Any) -> str:
        """Return a figure (a row of observations) with its period and what makes it doubtful: ``3.44% (2023)``."""
        return self.figure_text(self.unit(row.indicator_id), point_of_row(self.catalog, row))

    def dating(self, point: Point) -> str:
        """Return when a figure is of: its period, else the years that it may belong to, else that none is stated."""
        if point.years is None:
            return self.period_text(point.period)
        first, last = point.years
        if first == last:
            return self.gettext("about {year}", year=self.year(first))
        return self.gettext("about {first} to {last}", first=first, last=self.year(last))

    def period_in_full(self, point: Point) -> str:
        """Return when a figure is of, with what else its period must not be read without."""
        marks = (
            (point.of_each_year, self.gettext("said of each year")),
            (point.status == PROVISIONAL, self.gettext("provisional")),
            (not point.is_complete, self.gettext("not the whole period")),
        )
        said = [text for holds, text in marks if holds]
        return self.dating(point) + (self.parentheses(self.language.comma.join(said)) if said else "")

    def figure_text(self, unit: Unit, point: Point, say: Say | None = None) -> str:
        """Return a figure with its period and what makes it doubtful, ``89.6 (about 2010 to 2012)``.

        `say` is how the figure itself is written: `qualified` as in tables, which is the default, or `told`.
        """
        figure = (say or self.qualified)(point.value_text, unit, point.qualifier)
        return figure + self.parentheses(self.language.comma.join([self.dating(point), *self._doubts(point)]))

    def _doubts(self, point: Point) -> list[str]:
        gettext = self.gettext
        doubts = (
            (point.is_made, gettext("worked out from its parts")),
            (point.of_each_year, gettext("said of each year")),
            (point.status == PROVISIONAL, gettext("provisional")),
            (not point.is_complete, gettext("not the whole period")),
            (point.basis != "", gettext("another definition than today's")),
            (point.is_doubtful, gettext("may belong to the year before")),
        )
        return [text for holds, text in doubts if holds]

    def change_text(self, unit: Unit, change: Change) -> str:
        """Return a change with the period that it is counted from: ``−2.34 percentage points since 2023``."""
        since = self.dating(change.before)
        if change.value == 0 and change.qualifier == "exact":
            return self.gettext("unchanged since {period}", period=since)
        told = self.gettext("{amount} since {period}", amount=self.amount_text(unit, change), period=since)
        return self.aside(told, self.gettext("within rounding") if change.is_within_rounding else "")

    def amount_text(self, unit: Unit, change: Change) -> str:
        """Return how large a change is, with its sign and its unit: ``at least +17``, ``−2.34 percentage points``."""
        return self._about(self.difference(change.amount, unit), change.qualifier)

    def _about(self, amount: str, qualifier: str) -> str:
        told = {
            "at_least": self.gettext("at least {amount}", amount=amount),
            "at_most": self.gettext("at most {amount}", amount=amount),
            "about": self.gettext("about {amount}", amount=amount),
        }
        return told.get(qualifier, amount)

    def gap_text(self, unit: Unit, gap: GoalGap) -> str:
        """Return how far a figure is from a goal's value, with its sign and its unit."""
        if gap.value.is_zero() and gap.qualifier == "exact":
            return self.gettext("exactly on it")
        return self._about(self.difference(gap.value, unit), gap.qualifier)

    def moved_text(self, unit: Unit, change: Change) -> str:
        """Return which way a figure went and how far, for running text: ``up 0.01 percentage points since 2022``."""
        since, size = self.dating(change.before), self.size_text(unit, change)
        if change.value == 0 and change.qualifier not in ("at_least", "at_most"):
            return self.gettext("unchanged since {period}", period=since)
        if change.sign is None:
            return self.change_text(unit, change)
        if unit.form == "rank":
            return self.gettext("{places} since {period}", places=self.amount_text(unit, change), period=since)
        is_amount = unit.form in ("count", "money", "span")
        up = self.gettext("{size} more than in {period}") if is_amount else self.gettext("up {size} since {period}")
        fall = self.gettext("a fall of {size} since {period}")
        down = fall if is_amount else self.gettext("down {size} since {period}")
        told = (up if change.sign > 0 else down).format(size=size, period=since)
        return self.aside(told, self.gettext("within rounding") if change.is_within_rounding else "")

    def size_text(self, unit: Unit, change: Change) -> str:
        """Return how large a change is without its sign: ``0.01 percentage points``, ``at least 17``, ``about 7``."""
        size = self.difference(abs(change.amount), unit).removeprefix("+")
        return self._about(size, "at_least" if change.qualifier == "at_most" else change.qualifier)

    def change_or_reason(self, unit: Unit, found: Latest) -> str:
        """Return the change that belongs to the latest figure, else why there is none."""
        if found.change is not None:
            return self.change_text(unit, found.change)
        return self.gettext(labels.NOT_COMPARABLE[found.reason])

    def latest_text(self, unit: Unit, found: Latest, say: Say | None = None) -> str:
        """Return the latest figure, what stands beside it, and its mark of age; a dash without any."""
        if found.shown is None:
            return formats.NONE
        parts = [self._first(unit, found, found.shown, say), *self._beside(unit, found, say)]
        return self.aside(self.language.semicolon.join(parts), self._years_without(found))

    def short_text(self, unit: Unit, found: Latest) -> str:
        """Return the latest figure and its mark of age alone, for narrow tables; a dash without any."""
        if found.shown is None:
            return formats.NONE
        return self.aside(self._first(unit, found, found.shown, self.told), self._years_without(found))

    def _first(self, unit: Unit, found: Latest, shown: Point, say: Say | None) -> str:
        """Return the figure that stands first; an undated one is not passed off as the latest."""
        told = self.figure_text(unit, shown, say)
        has_dated = found.point is not None or found.part is not None or found.lone_part is not None
        return told if has_dated else self.gettext("no dated figure found; {figure}", figure=told)

    def _beside(self, unit: Unit, found: Latest, say: Say | None) -> list[str]:
        points = (point for point in (found.lone_part, *found.newer_undated) if point is not None)
        beside = [self.figure_text(unit, point, say) for point in points]
        if found.part is not None:
            change = self.change_text(unit, found.part)
            beside.insert(0, self.figure_text(unit, found.part.after, say) + self.language.comma + change)
        return beside

    def stale_mark(self, found: Latest) -> str:
        """Return the mark of a series without a new figure for years, in parentheses; empty for others."""
        return self.aside("", self._years_without(found))

    def _years_without(self, found: Latest) -> str:
        if found.years_without is None:
            return ""
        return self.gettext("no newer figure found for {count} years", count=found.years_without)

    @cached_property
    def _publishers(self) -> dict[str, str]:
        return {row.publisher: self.name(row, "publisher") for row in rows_of(self.catalog.publishers)}

    @cached_property
    def _locators(self) -> dict[str, str]:
        return {row.locator: self.name(row, "locator") for row in rows_of(self.catalog.locators)}


@dataclass(frozen=True)
class Computed:
    """The voice for what a page computes, which records what it says."""

    voice: Voice
    """The language over all that the page may read."""
    ledger: Ledger
    """Where the numbers are recorded."""

    def count(
        self, statement: str, rows: Iterable[str] | str, number: int, of: str | None = None, **parameters: object
    ) -> str:
        """Return a number of rows, or of what there is `of` in them, such as the different values of a column."""
        done = operation("count", of=of, **parameters)
        return self.ledger.note(statement, done, rows, number, formats.short(number))

    def verdict(self, verdict: Verdict, seen: date | None = None) -> str:
        """Return a verdict in a few words; `seen` is the day up to which it knows, where that is not the edition's."""
        self.probability(verdict, seen=seen)
        return narrative.verdict_words(self.voice, verdict)

    def probability(self, verdict: Verdict, **parameters: object) -> str:
        """Return a verdict's probability as it is printed, empty without one."""
        if verdict.probability is None:
            return ""
        asked = _goal_operation("probability", verdict.goal, **parameters)
        printed = narrative.probability_text(verdict)
        return self.ledger.note("verdict.probability", asked, self.fitted_rows(verdict), verdict.probability, printed)

    def fitted_rows(self, verdict: Verdict) -> list[str]:
        """Return the figures that a verdict's forecast is fitted to, those of all years where there is no forecast."""
        if verdict.series is None:
            return []
        made = verdict.forecast
        return self.rows_of_years(verdict.series.yearly if made is None else verdict.series.yearly.iloc[-made.n :])

    def rows_of_years(self, yearly: pd.DataFrame) -> list[str]:
        """Return the figures that yearly values rest on."""
        return figures(self.voice.catalog, (line for lines in yearly["lines"] for line in lines))

    def fitted_years(self, series: Series) -> str:
        """Return how many years of a series are fitted; where none is, the series itself is named."""
        rows = self.rows_of_years(series.yearly) or [series_rows(series.indicator_id, series.region_id)]
        return self.count("series.fitted_years", rows, series.n, of="fitted_year")

    def verdict_sentences(self, item: Assessment, as_of: date) -> list[str]:
        """Return the paragraph of the verdict box as sentences."""
        verdict = item.verdict
        if verdict.word is not None:
            self.probability(verdict)
            self._grounds(verdict)
        self._samples(verdict)
        if "from_parts" in verdict.flags and verdict.series is not None:
            decided = verdict.series.yearly.loc[[verdict.goal.target_year]]
            self._made_year(verdict.series, decided.iloc[0], narrative.decided_text(verdict))
        self._other_shapes(verdict)
        if verdict.probability is not None or verdict.reason in narrative.PACED:
            self.pace(verdict)
        if "methods_disagree" in verdict.flags:
            for model in verdict.by_model:
                self.model_chance(verdict, model)
        return narrative.verdict_sentences(self.voice, item, as_of)

    def _other_shapes(self, verdict: Verdict) -> None:
        """Record what is told of goals that ask for more than one value, as `narrative` words it."""
        goal, series, note = verdict.goal, verdict.series, self.ledger.note
        if series is None:
            return
        if verdict.threshold is not None and goal.kind.value_is in ("change", "growth"):
            start = series.yearly.loc[[goal.compared_year]]
            told = as_printed(verdict.threshold, int(start["decimals"].iloc[0]) + 1)
            note(
                "goal.asked", _goal_operation("asked_figure", goal), self.rows_of_years(start), verdict.threshold, told
            )
        if verdict.path_probability is not None:
            done = _goal_operation("probability", goal, of="path")
            told = narrative.path_text(verdict)
            note("goal.path", done, self.fitted_rows(verdict), verdict.path_probability, told)
        growth = GrowthSoFar.of(verdict)
        if growth is not None:
            rows = self.rows_of_years(series.yearly.loc[list(growth.years)])
            mean, needed = narrative.growth_numbers(growth)
            note("growth.mean", operation("mean_growth"), rows, growth.mean, mean)
            if growth.needed is not None:
                note("growth.needed", _goal_operation("needed_growth", goal), rows, growth.needed, needed)
                left = operation("difference", of="year", until=goal.target_year)
                note("growth.years_left", left, rows[-1:], growth.years_left, str(growth.years_left))

    def _grounds(self, verdict: Verdict) -> None:
        """Record how many yearly figures a probability rests on, and how far it looks, as `narrative` words it."""
        assert verdict.series is not None
        assert verdict.horizon is not None
        self.fitted_years(verdict.series)
        if verdict.forecast is not None and verdict.forecast.n != verdict.n:
            used = verdict.forecast.n
            self.count("forecast.years_used", self.fitted_rows(verdict), used, of="fitted_year")
        rows = self.rows_of_years(verdict.series.yearly.iloc[-1:])
        done = operation("difference", of="year", until=verdict.goal.target_year)
        self.ledger.note("forecast.years_ahead", done, rows, verdict.horizon, str(verdict.horizon))

    def _samples(self, verdict: Verdict) -> None:
        if verdict.sample is None or verdict.series is None:
            return
        counted = verdict.series.yearly[verdict.series.yearly["n"].notna()].iloc[-1:]
        rows, note = self.rows_of_years(counted), self.ledger.note
        interval = verdict.last_interval
        if interval is None and verdict.true_rate_probability is None:
            return
        note("sample.items", operation("sum", of="n"), rows, verdict.sample, formats.number(verdict.sample, 0))
        if interval is not None:
            for end, value in (("lower", interval.lower), ("upper", interval.upper)):
                done = operation("exact_interval", level=_SAMPLING_LEVEL, end=end)
                note("sample.interval", done, rows, value, formats.number(value, 1))
        elif verdict.true_rate_probability is not None:
            chance = verdict.true_rate_probability
            done = _goal_operation("probability", verdict.goal, of="all_items")
            printed = formats.percent_text(whole_percent(chance))
            note("verdict.true_rate", done, self.fitted_rows(verdict), chance, printed)

    def model_chance(self, verdict: Verdict, model: str) -> str:
        """Return the probability by one model alone."""
        done, chance = _goal_operation("probability", verdict.goal, model=model), verdict.by_model[model]
        printed = formats.percent_text(whole_percent(chance))
        return self.ledger.note("verdict.by_model", done, self.fitted_rows(verdict), chance, printed)

    def quantile(self, series: Series, value: float, rows: Iterable[str], **parameters: object) -> str:
        """Return a quantile of a series' forecast."""
        printed = formats.number(value, int(series.yearly["decimals"].max()))
        return self.ledger.note("forecast.quantile", operation("quantile", **parameters), rows, value, printed)

    def yearly_value(self, series: Series, row: pd.Series, unit: Unit) -> str:
        """Return a yearly value; one that a source printed is not recorded."""
        if len(row["lines"]) == 1:
            return self.voice.quantity(as_printed(row["value"], int(row["decimals"])), unit)
        told = self.voice.quantity(made_text(float(row["value"]), int(row["decimals"])), unit)
        return self._made_year(series, row, told)

    def _made_year(self, series: Series, row: pd.Series, told: str) -> str:
        done = operation(made_from_parts(self.voice.catalog, series.indicator_id))
        rows = figures(self.voice.catalog, row["lines"])
        return self.ledger.note("series.yearly_value", done, rows, float(row["value"]), told)

    def interval(
        self, series: Series, made: Forecast, year: int, *, unit: Unit | None = None, **parameters: object
    ) -> str:
        """Return the 80 % interval of a forecast for a year, with its unit where one is given."""
        low, high = made.interval(_SHOWN_LEVEL, year - int(series.years()[-1]))
        rows = self.rows_of_years(series.yearly.iloc[-made.n :])
        return self.range_text(series, (low, high), rows, unit, year=year, level=_SHOWN_LEVEL, **parameters)

    def range_text(
        self, series: Series, ends: tuple[float, float], rows: Iterable[str], unit: Unit | None, **parameters: object
    ) -> str:
        """Return the ends of a series' range, with its unit where one is given."""
        told = self.voice.interval(*ends, int(series.yearly["decimals"].max()), unit)
        return self.ledger.note("forecast.interval", operation("interval", **parameters), rows, ends, told)

    def latest_text(self, unit: Unit, found: Latest, say: Say | None = None) -> str:
        """Return the latest figure, its mark of age, and the part of a year that stands beside it."""
        self._points(unit, found.indicator_id, [found.shown, found.lone_part])
        if found.part is not None:
            self._points(unit, found.indicator_id, [found.part.after])
            self._change(unit, found.indicator_id, found.part)
        self.stale_mark(found)
        return self.voice.latest_text(unit, found, say)

    def stale_mark(self, found: Latest) -> str:
        """Return the mark of a series without a new figure for years; empty for others."""
        if found.years_without is not None:
            self._years_without(found, found.years_without)
        return self.voice.stale_mark(found)

    def short_text(self, unit: Unit, found: Latest) -> str:
        """Return the latest figure and its mark of age alone."""
        self._points(unit, found.indicator_id, [found.shown])
        if found.shown is not None:
            self.stale_mark(found)
        return self.voice.short_text(unit, found)

    def gap_to_goal(self, unit: Unit, target_id: str, found: Latest, gap: GoalGap) -> str:
        """Return how far a figure is from the value that a goal names."""
        told = self.voice.gap_text(unit, gap)
        if not gap.value.is_zero() and found.point is not None:
            rows = [where("targets", target_id=target_id), AGAINST, *figures(self.voice.catalog, found.point.lines)]
            by = made_from_parts(self.voice.catalog, found.indicator_id) if found.point.is_made else None
            done = operation("difference", made_by=by)
            self.ledger.note("goal.gap", done, rows, float(gap.value), told)
        return told

    def figure_text(self, unit: Unit, indicator_id: str, point: Point, say: Say | None = None) -> str:
        """Return a figure with its period and what makes it doubtful."""
        self._points(unit, indicator_id, [point])
        return self.voice.figure_text(unit, point, say)

    def quoted_text(self, unit: Unit, indicator_id: str, point: Point) -> str:
        """Return a figure with its period where no citation can stand beside it: its row is recorded instead."""
        if len(point.lines) == 1:
            printed = self.voice.qualified(point.value_text, unit, point.qualifier)
            rows = figures(self.voice.catalog, point.lines)
            self.ledger.note("figure.quoted", operation("figure"), rows, point.value, printed)
        return self.figure_text(unit, indicator_id, point)

    def change_or_reason(self, unit: Unit, found: Latest) -> str:
        """Return the change that belongs to the latest figure, else why there is none."""
        if found.change is not None:
            self._change(unit, found.indicator_id, found.change)
        return self.voice.change_or_reason(unit, found)

    def amount_text(self, unit: Unit, indicator_id: str, change: Change) -> str:
        """Return how large a change is, with its sign and its unit."""
        self._change(unit, indicator_id, change)
        return self.voice.amount_text(unit, change)

    def moved_text(self, unit: Unit, indicator_id: str, change: Change) -> str:
        """Return which way a figure went and how far, for running text."""
        if change.sign is None or unit.form == "rank":
            self._change(unit, indicator_id, change)
        elif change.value:
            self._note_change(indicator_id, change, self.voice.size_text(unit, change), change.sign)
        return self.voice.moved_text(unit, change)

    def _points(self, unit: Unit, indicator_id: str, points: Iterable[Point | None]) -> None:
        """Record the figures that were made from parts of their year; the others are what a source printed."""
        for point in points:
            if point is not None and len(point.lines) > 1:
                done = operation(made_from_parts(self.voice.catalog, indicator_id))
                printed = self.voice.quantity(point.value_text, unit)
                self.ledger.note(
                    "series.made_year", done, figures(self.voice.catalog, point.lines), point.value, printed
                )

    def _change(self, unit: Unit, indicator_id: str, change: Change) -> None:
        if change.value == 0:
            return
        self._note_change(indicator_id, change, self.voice.amount_text(unit, change))

    def _note_change(self, indicator_id: str, change: Change, printed: str, sign: int = 1) -> None:
        """Record a change; with the sign -1 how far it fell."""
        sides = (change.before, change.after)
        by = made_from_parts(self.voice.catalog, indicator_id) if any(len(side.lines) > 1 for side in sides) else None
        before, after = (figures(self.voice.catalog, side.lines) for side in sides)
        done = operation("difference", made_by=by, rounded=None if by is None else change.decimals)
        rows = [*before, AGAINST, *after] if sign >= 0 else [*after, AGAINST, *before]
        self.ledger.note("series.change", done, rows, sign * change.value, printed)

    def _years_without(self, found: Latest, years: int) -> None:
        dated = [each for each in (found.point, found.part and found.part.after, found.lone_part) if each is not None]
        rows = figures(self.voice.catalog, (line for point in dated or found.undated for line in point.lines))
        assert found.newest_year is not None
        done = operation("difference", of="last_year", until=found.newest_year + years)
        self.ledger.note("series.years_without", done, rows, years, str(years))

    def pace_sentences(self, verdict: Verdict) -> list[str]:
        """Return the pace that a goal needs beside the pace so far."""
        self.pace(verdict)
        return narrative.pace_sentences(self.voice, verdict, self.voice.unit(verdict.goal.indicator_id))

    def pace(self, verdict: Verdict) -> None:
        """Record the steps of a series and the step that its goal needs, as `narrative` words them."""
        made = Pace.beside(verdict)
        if made is None or verdict.series is None or not made.steps:
            return
        yearly = verdict.series.yearly
        self.count("pace.steps", self.rows_of_years(yearly.iloc[-len(made.steps) - 1 :]), len(made.steps), of="step")
        for step in made.steps:
            ends = [self.rows_of_years(yearly.loc[[year]]) for year in (step.from_year, step.to_year)]
            rows, printed = [*ends[0], AGAINST, *ends[1]], formats.signed(step.change, made.decimals)
            self.ledger.note("pace.step", operation("yearly_step"), rows, step.change, printed)
        if made.needed is not None:
            done = _goal_operation("needed_step", verdict.goal)
            rows = self.rows_of_years(yearly.iloc[-1:])
            if verdict.goal.compared_year is not None:
                rows = [*rows, AGAINST, *self.rows_of_years(yearly.loc[[verdict.goal.compared_year]])]
            printed = formats.signed(made.needed, made.decimals + (made.years > 1))
            self.ledger.note("pace.needed", done, rows, made.needed, printed)

    def parent_sentences(self, item: Assessment, place: str) -> list[str]:
        """Return what the newer figures of a containing place would make of the probability."""
        view, verdict = item.parent, item.verdict
        if view is not None:
            done = _goal_operation("probability", verdict.goal, by=view.region_id)
            rows = self.fitted_rows(verdict) + figures(self.voice.catalog, (row.line for row in view.newer))
            self.ledger.note("verdict.by_parent", done, rows, view.probability, narrative.view_percent(view))
        if view is not None and view.revision is not None and verdict.series is not None:
            found = view.revision
            unit = self.voice.unit(verdict.goal.indicator_id)
            rows = self.rows_of_years(verdict.series.yearly.iloc[-1:])
            rows += [key for row in (found.before, found.after) for key in figures(self.voice.catalog, [row.line])]
            decimals = int(found.after.decimals)
            printed = self.voice.quantity(as_printed(found.implied, decimals), unit)
            self.ledger.note("parent.implied", operation("same_factor"), rows, found.implied, printed)
        return narrative.parent_sentences(self.voice, item, place)

    def threshold(self, found: Direction, change: Change, threshold: float) -> str:
        """Return the change that had to be exceeded to be more than chance."""
        if found.test == "sampling":
            done, rows = operation("sampling_error"), [*figures(self.voice.catalog, change.lines)]
        else:
            done = operation("usual_step", first=change.before.year, last=change.after.year)
            rows = [series_rows(found.indicator_id, found.region_id)]
        size = rounded(threshold, max(change.decimals, 1))
        printed = self.voice.difference(size, self.voice.unit(found.indicator_id)).removeprefix("+")
        return self.ledger.note("direction.threshold", done, rows, threshold, printed)

    def goals(self, statement: str, number: int, which: str | None = None, **parameters: object) -> str:
        """Return how many of the plan's goals are of a kind."""
        return self.count(statement, "targets", number, of="goal", which=which, **parameters)

    def run_chance(self, goal: Goal, run: Run) -> str:
        """Return the probability that a sensitivity run gives."""
        assert run.percent is not None
        assert run.probability is not None
        done = _goal_operation("probability", goal, run=run.code, left_out=run.left_out)
        rows = series_rows(goal.indicator_id, goal.region_id)
        return self.ledger.note("sensitivity.chance", done, rows, run.probability, formats.percent_text(run.percent))

    def run_years(self, goal: Goal, run: Run) -> str:
        """Return how many years a sensitivity run fits."""
        rows, of = series_rows(goal.indicator_id, goal.region_id), "fitted_year"
        return self.count("sensitivity.fitted_years", rows, run.n, of, run=run.code, left_out=run.left_out)

    def more_runs(self, goal: Goal, number: int, named: int) -> str:
        """Return how many runs differ from the book's answer besides those that are named."""
        done = _goal_operation("count", goal, of="differing_run", after=named)
        rows = series_rows(goal.indicator_id, goal.region_id)
        return self.ledger.note("sensitivity.more_runs", done, rows, number, formats.short(number))

    def given(self, statement: str, place: str, value: float, decimals: int) -> str:
        """Return a number of one of the program's own tables, rounded; `place` is its path in the file."""
        return self.ledger.note(statement, operation("given"), place, value, formats.number(value, decimals))

    def lent(self, item: Borrowed, year: int, printed: str) -> str:
        """Return the range that a containing region lends to a goal."""
        by = "similar_series" if item.kind == "orientation" else None
        done = operation("interval", year=year, level=_SHOWN_LEVEL, by=by)
        rows = series_rows(item.indicator_id, item.region_id)
        return self.ledger.note("borrowed.interval", done, rows, (item.lower, item.upper), printed)

    def lent_years(self, item: Borrowed) -> str:
        """Return how many yearly figures a lent range rests on."""
        rows = series_rows(item.indicator_id, item.region_id)
        return self.count("borrowed.years", rows, len(item.years), of="forecast_year")

    def gap(self, gap: Gap, printed: str) -> str:
        """Return how far the place stood from the region in one release."""
        return self.ledger.note("borrowed.gap", operation("difference"), self._sides(gap), gap.value, printed)

    def _sides(self, gap: Gap) -> list[str]:
        """Return both figures of a gap, the region's first."""
        return [key for line in reversed(gap.lines) for key in figures(self.voice.catalog, [line])]

    def moved(self, item: Borrowed, gap: Gap, ends: tuple[float, float], year: int, printed: str) -> str:
        """Return a lent range moved by the gap."""
        by = "similar_series" if item.kind == "orientation" else None
        done = operation("moved_interval", year=year, level=_SHOWN_LEVEL, by=by)
        rows = [series_rows(item.indicator_id, item.region_id), *self._sides(gap)]
        return self.ledger.note("borrowed.moved", done, rows, ends, printed)

    def borrowed_interval(self, series: Series, ends: tuple[float, float], year: int, unit: Unit) -> str:
        """Return the range that a short series borrows from how similar ones move."""
        rows = self.rows_of_years(series.yearly)
        return self.range_text(series, ends, rows, unit, year=year, level=_SHOWN_LEVEL, by="similar_series")

    def growth_ratio(self, series: Series, goal: Goal, result: GrowthRatio) -> str:
        """Return the growth-ratio rule's ratio."""
        rows = self.rows_of_years(series.yearly.loc[result.base_year :].iloc[[0, -1]])
        asked = None if goal.value is None else significant(goal.value, DIGITS)
        done = operation("growth_ratio", value=asked, year=goal.target_year)
        return self.ledger.note("peer_rule.ratio", done, rows, result.ratio, formats.number(result.ratio, 2))


def _goal_operation(name: str, goal: Goal, **parameters: object) -> str:
    """Return an operation that asks about a goal."""
    value = None if goal.value is None else significant(goal.value, DIGITS)
    return operation(
        name,
        rule=goal.rule,
        value=value,
        high=None if goal.value_high is None else significant(goal.value_high, DIGITS),
        baseline=goal.baseline_year,
        first=goal.from_year,
        year=goal.target_year,
        path="; ".join(f"{year} {significant(step, DIGITS)}" for year, step in goal.path) or None,
        percent=1 if goal.is_percent and goal.kind.value_is != "figure" else None,
        **parameters,
    )


def made_from_parts(catalog: Catalog, indicator_id: str) -> str:
    """Return the operation by which parts of a year of an indicator make the year."""
    return {"mean": "mean", "sum": "sum", "pooled": "pooled_rate"}[catalog.indicator(indicator_id).made_from]


def series_rows(indicator_id: str, region_id: str) -> str:
    """Return what names all figures of an indicator in a region."""
    return where("observations", indicator_id=indicator_id, region_id=region_id)

"""The page of one measurable target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from qualitybook.analysis.assess import Assessment, assess_target
from qualitybook.analysis.borrowing import Borrowed, Gap
from qualitybook.analysis.goals import Goal
from qualitybook.analysis.indicative import Reading, Variant, readings
from qualitybook.analysis.latest import (
    Latest,
    Point,
    form_a_series,
)
from qualitybook.analysis.outlook import forecast_series, orient_series
from qualitybook.analysis.sensitivity import Run, Sensitivity, sensitivity
from qualitybook.analysis.series import Series, build_series
from qualitybook.analysis.standing import standing
from qualitybook.analysis.verdict import GrowthRatio, Verdict
from qualitybook.evidence.catalog import Unit
from qualitybook.evidence.numbers import printed
from qualitybook.evidence.schema import kind_of
from qualitybook.report import formats, frames, labels, markdown, narrative
from qualitybook.report import readings as readings_words
from qualitybook.report.figures import Indicative, Target, history
from qualitybook.report.indicators import columns_of, notes_of
from qualitybook.report.labels import figure_words
from qualitybook.report.markdown import Column
from qualitybook.report.pages import calibration as calibration_section
from qualitybook.report.pages import standardisation as food_section
from qualitybook.report.pages.base import Page

FEW_FIGURES = 4


class TargetPage(Page):
    """Verdict, history, evidence and gaps of one target.

    What is told is the `answer` that a notebook worked out and the series as it `fitted` it; without one, the book's.
    """

    def __init__(self, target: str, data: str | Path, edition: str, lang: str, out: str | Path = "figures") -> None:
        super().__init__("target", data, edition, lang, out)
        targets = self.catalog.targets
        self.target = targets[targets["target_id"] == target].iloc[0]
        self.stem = f"target-{int(self.target['number']):02d}"

    @cached_property
    def assessment(self) -> Assessment:
        """The target's verdict and what it rests on."""
        return assess_target(self.catalog, self.target, self.as_of)

    @property
    def direct(self) -> Series:
        """The direct series."""
        return build_series(self.catalog, self.target["indicator_id"], self.target["region_id"])

    @property
    def _unit(self) -> Unit:
        return self.unit(str(self.target["indicator_id"]))

    @cached_property
    def choices(self) -> Sensitivity:
        """The same goal judged by other choices of figures and models."""
        return self.shared.of(sensitivity, self.catalog, Goal.of(self.target), self.as_of)

    def verdict(self, answer: Assessment | None = None, choices: Sensitivity | None = None) -> Markdown:
        """Return the verdict box: the answer, how sure it is, and how the wording was read."""
        answer, choices = answer or self.assessment, choices or self.choices
        title = self.words.language.colon.join([self._("Verdict"), self.computed.verdict(answer.verdict)])
        sentences = self.computed.verdict_sentences(answer, self.as_of)
        if answer.parent is not None:
            place = self.voice.place(answer.parent.region_id)
            sentences += self.computed.parent_sentences(answer, place)
        body = markdown.paragraphs(
            self.words.sentences([self._present_wording(answer), *self._earlier_wording()]),
            self.words.sentences([*sentences, sensitivity_sentence(self, answer.verdict.goal, choices)]),
            self.by_scope(answer.scopes),
            self._(
                "How the wording was read: {text}",
                text=markdown.escape(self.words.name(self.target, "interpretation")),
            ),
        )
        return Markdown(markdown.admonition("important", body, title=markdown.escape(title)))

    def indicative(self) -> Markdown:
        """Return what related evidence says of the goal, for orientation; nothing where the plan names none."""
        return Markdown(indicative_box(self, self.read))

    @cached_property
    def read(self) -> tuple[Reading, ...]:
        """The goal read on related evidence."""
        goal = self.catalog.target(str(self.target["target_id"]))
        return self.shared.of(readings, self.everything, goal, self.as_of)

    def _earlier_wording(self) -> list[str]:
        """Return what the text before said of the goal; nothing where it stands as it always did."""
        goal = self.catalog.target(str(self.target["target_id"]))
        if not goal.supersedes or goal.valid_from is None:
            return []
        before = self.everything.target(goal.supersedes)
        return [
            self._(
                "Since {day} it takes the place of “{earlier}” {before}, in the wording of {now}.",
                day=self.words.date(goal.valid_from),
                earlier=markdown.escape(self.words.name(before, "statement")),
                before=markdown.cite([before.source_id]),
                now=markdown.cite([goal.source_id]),
            )
        ]

    def _present_wording(self, answer: Assessment) -> str:
        asked, text = answer.verdict.goal, str(answer.target["value_text"])
        goal = markdown.escape(narrative.goal_text(self.words, asked, text, self._unit))
        if not self.settings.is_draft:
            return self._("Goal: {goal}.", goal=goal)
        source = self.everything.source(self.plan_source)
        return self._(
            "Draft goal: {goal}, from a consultation draft of {day} {cite}; the final text was not seen.",
            goal=goal,
            day=self.words.published(source.published),
            cite=markdown.cite([source.source_id]),
        )

    def history(self, answer: Assessment | None = None, fitted: Series | None = None) -> Markdown:
        """Return the figure of the direct series and its proxies, and of the context where these hold very little.

        Nothing where no figure was found.
        """
        answer, fitted = answer or self.assessment, fitted or self.direct
        verdict = answer.verdict
        parts = self._drawn(answer, fitted)
        if not any(self._makes_a_series(series) for _role, series in parts):
            return Markdown(self._no_chart(_parts(answer, fitted)))
        shown = frames.observations_frame(self.voice, parts)
        indicator = self.catalog.indicator(self.target["indicator_id"])
        fan = frames.fan_frame(fitted, verdict.forecast, verdict.goal.target_year)
        target = _drawn_goal(verdict)
        limits, shift = (indicator.lower, indicator.upper), self.words.axis(self._unit).shift
        words, reading = self._history_words(answer), self._drawn_reading()

        def draw() -> Figure:
            is_rank = self._unit.form == "rank"
            return history(
                shown,
                fan,
                target,
                words,
                limits=limits,
                shift=shift,
                is_count=self._unit.is_whole,
                is_rank=is_rank,
                reading=reading,
            )

        sources = sorted(set(shown["source_id"]))
        drawn = [
            self._("published figures"),
            *([] if target is None else [self._("the goal")]),
            *([] if fan is None else [self._("the forecast")]),
            *([] if reading is None else [self._("the indicative range")]),
        ]
        caption = self._(
            "{indicator}: {drawn}. Sources: {cite}.",
            indicator=self.series_name(self.target["indicator_id"], self.target["region_id"]),
            drawn=self.words.join(drawn),
            cite=markdown.cite(sources),
        )
        return Markdown(self.figure(draw, shown, alt=self._history_alt(answer, fitted), caption=caption))

    def _own_reading(self) -> Reading | None:
        """Return what is estimated of the goal's own indicator on related evidence, with a range; None without one."""
        own = str(self.target["indicator_id"])
        return next((item for item in self.read if item.indicator == own and item.low80 is not None), None)

    def _drawn_reading(self) -> Indicative | None:
        """Return the reading as a figure draws it."""
        item = self._own_reading()
        if item is None or item.estimate is None or item.low80 is None or item.high80 is None:
            return None
        return Indicative(
            int(self.target["target_year"]), item.estimate, item.low80, item.high80, self._told_reading(item)
        )

    def _told_reading(self, item: Reading) -> str:
        return self._(
            "Indicative for {year}, not a verdict: {reading}.",
            year=self.words.year(int(self.target["target_year"])),
            reading=readings_words.short(self.voice, item),
        )

    def _drawn(self, answer: Assessment, fitted: Series) -> list[tuple[str, Series]]:
        """Return what the figure shows: the direct series, its proxies, and the context where these make no series.

        Totals of other places are on another scale, so of counts only series are drawn, no single figures.
        """
        parts = [("direct", fitted), *((item.role, item.series) for item in answer.with_role("proxy"))]
        held = sum(sum(not pd.isna(row.start) for row in series.figures) for _role, series in parts)
        if held < FEW_FIGURES or not any(self._makes_a_series(series) for _role, series in parts):
            # A place is drawn once, by its first series: a line must not join two measures of it.
            places = {item.series.region_id: item.series for item in reversed(answer.with_role("context"))}
            parts += [("context", series) for series in reversed(places.values())]
        return [
            (role, series)
            for role, series in parts
            if kind_of(self.catalog.indicator(series.indicator_id).kind).is_relative or self._makes_a_series(series)
        ]

    def _makes_a_series(self, series: Series) -> bool:
        return form_a_series(Point.of_series(self.catalog, series))

    def _no_chart(self, parts: list[tuple[str, Series]]) -> str:
        """Return the figures that are too few for a chart, each with its place and period."""
        found = [(role, series, Latest.of_series(self.catalog, series)) for role, series in parts]
        told = [
            self.series_name(series.indicator_id, series.region_id)
            + self.words.language.colon
            + markdown.escape(self.computed.latest_text(self.unit(series.indicator_id), item))
            + f" {markdown.cite(item.sources)}"
            for _role, series, item in found
            if item.shown is not None
        ]
        if not told:
            return ""
        listed = self.words.language.semicolon.join(told)
        return markdown.paragraphs(
            self._("No place has two comparable figures, so there is no chart. Found: {figures}.", figures=listed)
        )

    def _history_words(self, answer: Assessment) -> Mapping[str, str]:
        text, asked = str(answer.target["value_text"]), answer.verdict.goal
        goal = (
            self.words.quantity(text, self._unit)
            if asked.is_of_one_value or asked.value is None
            else self.voice.asked(asked, text, self._unit)
        )
        name = self._("Draft goal {goal}", goal=goal) if self.settings.is_draft else self._("Goal {goal}", goal=goal)
        return figure_words(self.words, "history", unit=self.words.unit_name(self._unit), target=name)

    def _history_alt(self, answer: Assessment, fitted: Series) -> str:
        direct = Latest.of_series(self.catalog, fitted)
        found = (
            self._("No direct figure was found.")
            if direct.shown is None
            else self._(
                "Latest direct figure: {figure}.",
                figure=self.computed.latest_text(self.unit(self.target["indicator_id"]), direct),
            )
        )
        verdict, item = self.computed.verdict(answer.verdict), self._own_reading()
        return self.words.sentences(
            [
                self._(
                    "Chart of {indicator}.",
                    indicator=self.words.name(self.catalog.indicator(self.target["indicator_id"])),
                ),
                found,
                self._("Verdict: {verdict}.", verdict=verdict),
                *([] if item is None else [self._told_reading(item)]),
            ]
        )

    def orientation(self, answer: Assessment | None = None) -> Markdown:
        """Return what the containing regions' series say where the goal itself cannot be judged; mostly nothing."""
        borrowed = Borrowed.for_verdict(self.catalog, (answer or self.assessment).verdict)
        return Markdown(borrowed_box(self, borrowed, int(self.target["target_year"])))

    def standardised(self, answer: Assessment | None = None) -> Markdown:
        """Return raw and standardised rates of a proxy that is published by category; nothing without one."""
        return Markdown(food_section.standardised(self, (answer or self.assessment).supports))

    def sensitivity(self, answer: Assessment | None = None, choices: Sensitivity | None = None) -> Markdown:
        """Return how the answer depends on the choice of figures and models; nothing without a figure."""
        answer, choices = answer or self.assessment, choices or self.choices
        made = answer.verdict.forecast
        tested = calibration_section.sentence(self, made.class_code) if made else ""
        return Markdown(markdown.paragraphs(sensitivity_table(self, answer.verdict.goal, choices), tested))

    def rests_on(self, answer: Assessment | None = None, fitted: Series | None = None) -> Markdown:
        """Return what the verdict rests on: direct, proxy and context series with their latest figure and range.

        Nothing where there is neither a direct figure nor a series beside it.
        """
        answer, fitted = answer or self.assessment, fitted or self.direct
        if not fitted.figures and not answer.supports:
            return Markdown("")
        table = self.catalog.target_evidence
        named = table[(table["target_id"] == self.target["target_id"]) & (table["role"] == "direct")]
        reason = "" if named.empty else self.words.name(named.iloc[0], "reason")
        rows = [self._rests_row("direct", fitted, reason, "")]
        rows += [
            self._rests_row(item.role, item.series, self.words.name(item.reason, "reason"), item.reason["source_id"])
            for item in answer.supports
        ]
        header = [
            self._("Role"),
            self._("Series"),
            self._("Fitted years"),
            self._("Latest figure"),
            self._("Range for {year}", year=self.words.year(int(self.target["target_year"]))),
            self._("Why it counts, and how it differs"),
        ]
        note = self._(
            "Only direct evidence can carry the probability of a verdict. A proxy or a context series shows its own "
            "80% range and never decides the goal."
        )
        return Markdown(note + "\n\n" + self.table(header, rows, self._("What the verdict rests on"), "llrlll"))

    def _rests_row(self, role: str, series: Series, reason: str, source_id: str) -> list[str]:
        unit = self.unit(series.indicator_id)
        shown = self._reason_figure(series, source_id) or self._latest_and_undated(series)
        return [
            self._(labels.ROLES[role]),
            self.indicator_link(series.indicator_id) + self.words.parentheses(self.region_name(series.region_id)),
            self.computed.fitted_years(series),
            shown,
            self._range_text(series, unit),
            markdown.escape(reason) or "–",
        ]

    def _reason_figure(self, series: Series, source_id: str) -> str:
        """Return the figure that the reason of a series speaks of, by its source; empty where it names none."""
        points = [*Point.of_series(self.catalog, series), *Point.undated_of(self.catalog, series)]
        named = [point for point in points if source_id in point.sources]
        if not named:
            return ""
        figure = self.computed.figure_text(self.unit(series.indicator_id), series.indicator_id, named[-1])
        return markdown.escape(figure) + " " + markdown.cite([source_id])

    def _latest_and_undated(self, series: Series) -> str:
        """Return the latest figure of a series and, beside it, those without a period; a dash without any."""
        found = Latest.of_series(self.catalog, series)
        unit = self.unit(series.indicator_id)
        told_already = (found.shown, *found.newer_undated)
        beside = [point for point in found.undated if point not in told_already]
        told = [self.computed.latest_text(unit, found)]
        told += [self.computed.figure_text(unit, series.indicator_id, point) for point in reversed(beside)]
        sources = [*found.sources, *(source for point in beside for source in point.sources)]
        text = markdown.escape(self.words.language.semicolon.join(told))
        return f"{text} {markdown.cite(sources)}" if sources else text

    def _range_text(self, series: Series, unit: Unit) -> str:
        """Return the 80 % range of a series for the target year, a dash where it carries none.

        Fewer than four values borrow their range from how similar indicators move, and say so.
        """
        target_year = int(self.target["target_year"])
        if any(row.use in ("fitted", "pooled", "bound") for row in series.of_year(target_year)):
            # Nothing is to be foreseen of a year that a figure or a bound is known for.
            return "–"
        made = forecast_series(self.catalog, series, target_year)
        if made is not None:
            return markdown.escape(self.computed.interval(series, made, target_year, unit=unit))
        rough = orient_series(self.catalog, series, target_year)
        if rough is None:
            return "–"
        shown = self.computed.borrowed_interval(series, (rough.lower, rough.upper), target_year, unit)
        return markdown.escape(shown) + self.words.parentheses(self._("by similar series"))

    def comparison(self) -> Markdown:
        """Return the comparison with other places on the same indicator; nothing where no figure was found of any."""
        indicator_id = str(self.target["indicator_id"])
        scopes = [indicator_id, *self.catalog.other_scopes(indicator_id)]
        tables = [self._elsewhere(scope) for scope in scopes]
        if not any(tables):
            return Markdown("")
        note = self._(
            "Places are listed by what they are to {place}, not ranked.",
            place=self.region_name(self.target["region_id"]),
        )
        return Markdown("\n\n".join([note, *filter(None, tables)]))

    def _elsewhere(self, indicator_id: str) -> str:
        """Return the table of an indicator at other places; empty where there is no figure of any."""
        place = str(self.target["region_id"])
        others = self.catalog.in_order(self.catalog.places_of(indicator_id) - {place}, place)
        rows = [self._comparison_row(build_series(self.catalog, indicator_id, region)) for region in others]
        header = [
            self._("Place"),
            self._("Latest figure"),
            self._("Fitted years"),
            self._("Own goal"),
            self._("Source"),
        ]
        caption = (
            self._("The same indicator elsewhere")
            if indicator_id == self.target["indicator_id"]
            else self._("The other scope elsewhere: {indicator}", indicator=self.indicator_name(indicator_id))
        )
        return self.table(header, rows, caption, "lrrll") if rows else ""

    def _comparison_row(self, series: Series) -> list[str]:
        peers = self.catalog.peer_targets
        own = peers[(peers["indicator_id"] == series.indicator_id) & (peers["region_id"] == series.region_id)]
        goals = [
            self.voice.asked(Goal.of(row), str(row["value_text"]), self.unit(series.indicator_id))
            + self.words.parentheses(self.words.year(int(row["target_year"])))
            for _, row in own.iterrows()
        ]
        found = Latest.of_series(self.catalog, series)
        sources = found.sources
        return [
            self.region_name(series.region_id),
            markdown.escape(self.computed.latest_text(self.unit(series.indicator_id), found)),
            self.computed.fitted_years(series),
            markdown.escape(self.words.join(goals)) or "–",
            markdown.cite([*sources, *own["source_id"]]),
        ]

    def peer_rule(self, answer: Assessment | None = None, fitted: Series | None = None) -> Markdown:
        """Return the side note with the growth-ratio rule that other reports use; nothing where it does not apply."""
        goal, fitted = (answer or self.assessment).verdict.goal, fitted or self.direct
        if not fitted.figures:
            return Markdown("")
        result = GrowthRatio.of(fitted, goal)
        if result is None:
            return Markdown("")
        body = self._(
            "Side note, not a verdict: the ratio of actual to required yearly growth since {year}, which other reports "
            "call “on track” from 0.95 up, is {ratio}. Near a ceiling this rule is wrong more often than right.",
            year=self.words.year(result.base_year),
            ratio=self.computed.growth_ratio(fitted, goal, result),
        )
        return Markdown(markdown.admonition("note", body))

    def observations(self, answer: Assessment | None = None, fitted: Series | None = None) -> Markdown:
        """Return every figure used on the page with its source and what was done with it, one table a series.

        Before them stands how many of those behind the answer somebody has checked.
        """
        parts = _parts(answer or self.assessment, fitted or self.direct)
        tables = [self._observations_of(role, series) for role, series in parts if series.figures]
        if not tables:
            return Markdown("")
        behind = standing(self.everything, answer or self.assessment, self.read).rests_on
        folded = markdown.fold(self._("Show every figure"), "\n".join(tables))
        return Markdown(markdown.paragraphs(self.checked(behind), folded))

    def _observations_of(self, role: str, series: Series) -> str:
        *columns, where, source = columns_of(self.voice, series.figures)
        use = Column[Any](self._("Use"), lambda row: self._(labels.USES[row.use]))
        caption = self._(
            "{series}: figures, {role}",
            series=self.series_name(series.indicator_id, series.region_id),
            role=self._(labels.ROLES[role]),
        )
        return self.table_of([*columns, use, where, source], series.figures, caption)

    def notes(self, answer: Assessment | None = None, fitted: Series | None = None) -> Markdown:
        """Return the notes on single figures: how a value was worked out, what makes it doubtful.

        Notes stand under the name of their series; figures that share a note share its line.
        """
        groups = []
        for _role, series in _parts(answer or self.assessment, fitted or self.direct):
            notes = [
                f"{told} {markdown.cite(row.source_id for row in rows)}"
                for told, rows in notes_of(self.voice, series.figures)
            ]
            if notes:
                name = self.series_name(series.indicator_id, series.region_id)
                groups.append(f"**{name}**\n\n{markdown.bullets(notes)}")
        if not groups:
            return Markdown("")
        return Markdown(markdown.fold(self._("Show the notes"), "\n".join(groups)))

    def missing(self, answer: Assessment | None = None) -> Markdown:
        """Return what was not found, who has it, and where it most likely stands."""
        items = self.missing_of(answer or self.assessment)
        if not items:
            return Markdown("")
        lead = self._("To judge this goal, or judge it better, the following is needed:")
        return Markdown(lead + "\n\n" + markdown.bullets(items))


def _drawn_goal(verdict: Verdict) -> Target | None:
    """Return the goal as a figure draws it; None for a goal without a value."""
    goal, series, value = verdict.goal, verdict.series, verdict.aim
    if value is None:
        return None
    if goal.direction == 0 and verdict.asked is not None:
        return Target(verdict.asked.lower, goal.target_year, verdict.asked.upper)
    start = None
    if series is not None and verdict.asked is not None and goal.kind.value_is in ("change", "growth"):
        start = (int(goal.compared_year or 0), float(series.yearly["value"].loc[goal.compared_year or 0]))
    return Target(value, goal.target_year, None, start, goal.path)


def _parts(answer: Assessment, fitted: Series) -> list[tuple[str, Series]]:
    """Return the direct series and those beside it, with their roles."""
    return [("direct", fitted), *((item.role, item.series) for item in answer.supports)]


_MOST_NAMED = 3


def sensitivity_sentence(page: Page, goal: Goal, result: Sensitivity) -> str:
    """Return the sentence for the first paragraph: which choices change the word or the state; empty where none does.

    At most three are named.
    """
    changed = result.word_changes
    if not changed:
        return ""
    named = [
        f"{_run_name(page, run)}{page.words.language.colon}{_run_answer(page, goal, run)}"
        for run in changed[:_MOST_NAMED]
    ]
    told = page.words.language.semicolon.join(named)
    if len(changed) <= _MOST_NAMED:
        return page._("The answer depends on choices of figures or models: {changes}.", changes=told)
    more = page.computed.more_runs(goal, len(changed) - _MOST_NAMED, _MOST_NAMED)
    return page._(
        "The answer depends on choices of figures or models: {changes}; and {count} more, see the table of runs.",
        changes=told,
        count=more,
    )


def sensitivity_table(page: Page, goal: Goal, result: Sensitivity) -> str:
    """Return the runs as a table with a sentence on what they say; empty where no figure is fitted."""
    if all(run.n == 0 for run in result.runs):
        return ""
    if result.book.state == "cannot_judge" and result.percents is None and not result.word_changes:
        # A table of runs none of which can be judged says no more than the sentence.
        return _sensitivity_finding(page, goal, result)
    columns: list[Column[Run]] = [
        Column(page._("Run"), lambda run: _run_name(page, run)),
        Column(page._("Answer"), lambda run: _run_answer(page, goal, run)),
        Column(page._("Fitted years"), lambda run: page.computed.run_years(goal, run), "r"),
        Column(page._("Last year"), lambda run: "–" if run.last_year is None else page.words.year(run.last_year), "r"),
    ]
    runs = page.table_of(columns, result.runs, page._("The same goal by other choices"))
    return f"{_sensitivity_finding(page, goal, result)}\n\n{runs}"


def _sensitivity_finding(page: Page, goal: Goal, result: Sensitivity) -> str:
    if result.word_changes:
        return sensitivity_sentence(page, goal, result)
    same = page._("No choice of figures or models changes the answer.")
    if result.percents is None or result.book.percent is None:
        return same
    low, high = (markdown.escape(formats.percent_text(percent)) for percent in result.percents)
    span = page._("The probability is {low} at the lowest and {high} at the highest.", low=low, high=high)
    return page.words.sentences([same, span])


def _run_name(page: Page, run: Run) -> str:
    year = "" if run.left_out is None else page.words.year(run.left_out)
    return page._(labels.RUNS[run.code], year=year)


def _run_answer(page: Page, goal: Goal, run: Run) -> str:
    """Return a run's answer in a few words: ``likely (69%)``, ``cannot be judged (...)``, ``met``."""
    if run.word is not None and run.percent is not None:
        word = page._(labels.WORDS[run.word])
        return word + page.words.parentheses(markdown.escape(page.computed.run_chance(goal, run)))
    state = page._(labels.STATES[run.state])
    if run.reason is None:
        return state
    return state + page.words.parentheses(page._(labels.REASONS[run.reason]))


def borrowed_box(page: Page, borrowed: Sequence[Borrowed], target_year: int) -> str:
    """Return the box "For orientation only, not a verdict"; empty where no region lends a range."""
    if not borrowed:
        return ""
    place = page.region_name(page.plan_region)
    lead = page._("The goal cannot be judged from figures of {place}. For orientation:", place=place)
    items = markdown.bullets(_borrowed_item(page, item, target_year) for item in borrowed)
    unknown = page._(
        "Where no gap is given, no release gave {place} and the region for the same year, and {place} may lie outside "
        "the range.",
        place=place,
    )
    body = markdown.paragraphs(lead, items, unknown if any(item.gap is None for item in borrowed) else "")
    return markdown.admonition("note", body, title=page._("For orientation only, not a verdict"))


def _borrowed_item(page: Page, item: Borrowed, target_year: int) -> str:
    parts = [_range_sentence(page, item, target_year)]
    if item.gap is not None and item.moved is not None:
        parts.append(_gap_sentence(page, item, item.gap, item.moved, target_year))
    cite = markdown.cite(item.sources)
    return f"{page.words.sentences(parts)} {cite}"


def _range_sentence(page: Page, item: Borrowed, target_year: int) -> str:
    words = page.words
    region, year = page.region_name(item.region_id), words.year(target_year)
    last = words.year(item.years[-1])
    if item.kind == "published":
        text = page.words.quantity(printed(item.lower, item.decimals), page.unit(item.indicator_id))
        return page._(
            "{region}: {figure} was published for {year}.", region=region, figure=markdown.escape(text), year=year
        )
    shown = page.computed.lent(item, target_year, _lent_range(page, item, item.lower, item.upper))
    if item.kind == "forecast":
        return page._(
            "{region}: 80% range {range} in {year}, forecast from {count} yearly figures up to {last}.",
            region=region,
            range=markdown.escape(shown),
            year=year,
            count=page.computed.lent_years(item),
            last=last,
        )
    return page._(
        "{region}: 80% range {range} in {year}, judged by how similar series move on from the figure of {last}.",
        region=region,
        range=markdown.escape(shown),
        year=year,
        last=last,
    )


def _gap_sentence(page: Page, item: Borrowed, gap: Gap, moved: tuple[float, float], target_year: int) -> str:
    told = page.words.in_words(formats.signed(gap.value, item.decimals), gap.qualifier)
    return page._(
        "Moved by the gap that one release gave for {period} ({gap}): {range}.",
        period=page.words.period_text(gap.period),
        gap=markdown.escape(page.computed.gap(gap, told)),
        range=markdown.escape(page.computed.moved(item, gap, moved, target_year, _lent_range(page, item, *moved))),
    )


def _lent_range(page: Page, item: Borrowed, lower: float, upper: float) -> str:
    """Return a range with its unit; an end that nothing bounds is left open."""
    unit = page.unit(item.indicator_id)
    if np.isinf(upper):
        return page.words.told(printed(lower, item.decimals), unit, "at_least")
    if np.isinf(lower):
        return page.words.told(printed(upper, item.decimals), unit, "at_most")
    return page.words.interval(lower, upper, item.decimals, unit)


# What related evidence says of the goal: never a verdict itself

_OF_PRINT = ("g8", "g9")
"""Conditions on how a number is printed and beside what, which the sentence itself tells."""
_OTHERS = ("peers", "peer", "spread", "left_out")


def indicative_box(page: Page, found: Sequence[Reading]) -> str:
    """Return the box with the readings of a goal, the conditions that fail, and what other assumptions give."""
    if not found:
        return ""
    told = [readings_words.recorded(page.computed, reading) for reading in found]
    body = markdown.paragraphs(
        *(_reading_sentence(page, reading, named=len(told) > 1) for reading in told),
        *(_failing_gates(page, reading) for reading in told),
    )
    noted = markdown.admonition("note", body, title=markdown.escape(readings_words.frame(page.voice, told)))
    tables = [_variants_table(page, reading) for reading in told if reading.variants]
    return "\n".join([noted, *tables])


def _reading_sentence(page: Page, reading: Reading, *, named: bool) -> str:
    """Return a reading with the sources of the figures of the place and of those above it."""
    near = [ground for ground in reading.evidence if ground.role not in _OTHERS]
    cite = markdown.cite(str(figure.source_id) for ground in near for figure in ground.rows)
    return f"{markdown.escape(readings_words.sentence(page.voice, reading, named=named))} {cite}".strip()


def _failing_gates(page: Page, reading: Reading) -> str:
    """Return the conditions that a reading does not hold, empty where it holds all."""
    failed = [
        page._(labels.READING_GATES[gate.code])
        for gate in reading.gates
        if gate.passed is False and gate.code not in _OF_PRINT
    ]
    if not failed:
        return ""
    return page._(
        "Conditions for a probability that do not hold here ({series}): {conditions}.",
        series=page.indicator_name(reading.indicator),
        conditions=markdown.escape(page.words.language.semicolon.join(failed)),
    )


def _variants_table(page: Page, reading: Reading) -> str:
    """Return the table of what other assumptions make of a reading."""
    voice = page.voice
    columns: list[Column[Variant]] = [
        Column(
            page._("Other assumption"), lambda item: markdown.escape(readings_words.variant_text(voice, reading, item))
        ),
        Column(
            page._("Estimate"),
            lambda item: markdown.escape(readings_words.figure_text(voice, reading, item.estimate)),
            "r",
        ),
    ]
    if reading.probability is not None:
        columns.append(Column(page._("Chance"), lambda item: markdown.escape(readings_words.variant_chance(item)), "r"))
    caption = page._("Under other assumptions: {series}", series=page.indicator_name(reading.indicator))
    return page.table_of(columns, reading.variants, caption)

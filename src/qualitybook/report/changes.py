"""What changed between two editions, in words: for the page of a book and for the command line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import pandas as pd

from qualitybook.analysis.assess import Assessment
from qualitybook.analysis.edition_diff import Cause, EditionDiff, Move
from qualitybook.analysis.indicative import Reading
from qualitybook.report import labels, readings
from qualitybook.report.derived import Ledger, figures
from qualitybook.report.markdown import escape
from qualitybook.report.voice import Computed, Voice

_Citer = Callable[[str], str]
Listed = tuple[list[str], list[list[str]]]
"""The headings and the rows of a table."""


class ChangeWords:
    """The changes between two editions as finished Markdown: sentences and rows of tables."""

    def __init__(self, voice: Voice, diff: EditionDiff, cite: _Citer, computed: Computed | None = None) -> None:
        self.voice = voice
        self.diff = diff
        self.cite = cite
        self.computed = computed or Computed(voice, Ledger())

    def lead(self) -> str:
        """Return how much is new, in a few sentences."""
        _ = self.voice.gettext
        diff = self.diff
        added = len(diff.new) + len(diff.found) + len(diff.revised) + len(diff.confirmed)
        sentences = [
            _(
                "Figures that have become visible since the {edition}, as of {day}: {count}.",
                edition=escape(labels.edition_name(self.voice, diff.before)),
                day=self.voice.date(diff.before.as_of),
                count=self._figures("added", added),
            )
        ]
        if added:
            sentences.append(
                _(
                    "Of these, for periods without a figure before: {new}; with another value than the one used "
                    "before: {revised}; with the same value: {confirmed}; without a year or from much older documents, "
                    "found since and no news: {found}.",
                    new=self._figures("new", len(diff.new)),
                    revised=self._figures("revised", len(diff.revised)),
                    confirmed=self._figures("confirmed", len(diff.confirmed)),
                    found=self._figures("found", len(diff.found)),
                )
            )
        if len(diff.withdrawn):
            told = self._figures("withdrawn", len(diff.withdrawn))
            sentences.append(_("Figures no longer used, their sources having been withdrawn: {count}.", count=told))
        sentences.append(
            _(
                "Measurable goals whose answer moved: {moved}; whose answer did not: {unmoved}.",
                moved=self._goals("moved", len(diff.moves)),
                unmoved=self._goals("unmoved", diff.unmoved),
            )
        )
        return self.voice.sentences(sentences)

    def move(self, move: Move) -> str:
        """Return what moved and why, in a few sentences."""
        return self.voice.sentences([self.moved(move), *self._reasons(move)])

    def moved(self, move: Move) -> str:
        """Return what moved, in one sentence."""
        _ = self.voice.gettext
        return _(
            "Goal {number}, “{goal}”: before {before}, now {now}.",
            number=int(move.now.target["number"]),
            goal=self.goal(move),
            before=self.answer(move.before, self.diff.before.as_of),
            now=self.answer(move.now),
        )

    def _reasons(self, move: Move) -> list[str]:
        _ = self.voice.gettext
        if move.code == "time":
            return [_("No new figure moved it: with the figures known before, the later date gives the same answer.")]
        if move.code == "text":
            return [_("The plan's new text moved it: the figures known before give the new answer to the new wording.")]
        corrected = _("Figures published then and corrected since moved it.") if move.corrections_matter else ""
        if move.code == "corrected":
            return [corrected]
        if move.code == "withdrawn":
            withdrawn = _("Withdrawn sources moved it: without their figures, those known before give the new answer.")
            return [corrected, withdrawn]
        reasons = [corrected, self._figures_reason(move)]
        if move.time_matters:
            told = self.answer(move.by_time, self.diff.before.as_of)
            reasons.append(_("With the figures known before, the later date alone gives: {answer}.", answer=told))
        return reasons

    def _figures_reason(self, move: Move) -> str:
        _ = self.voice.gettext
        by_code = {code: [cause for cause in move.causes if cause.code == code] for code in ("decides", "suffices")}
        needed = [cause for cause in move.causes if cause.needed]
        if by_code["decides"]:
            return _(
                "This figure moved it: {figure}. Added alone to the figures known before it gives the new answer, and "
                "without it the new answer is not given.",
                figure=self._listed(by_code["decides"]),
            )
        if by_code["suffices"]:
            return _(
                "Each of these figures, added alone to those known before, gives the new answer: {figures}.",
                figures=self._listed(by_code["suffices"]),
            )
        if needed:
            return _(
                "Several new figures moved it together; without any one of these the answer would be another: "
                "{figures}.",
                figures=self._listed(needed),
            )
        return _(
            "No single one of the {count} new figures moves it; together they do.",
            count=self.computed.count(
                "changes.causes",
                figures(self.voice.catalog, (cause.row["line"] for cause in move.causes)),
                len(move.causes),
            ),
        )

    def _listed(self, causes: Sequence[Cause]) -> str:
        return self.voice.language.semicolon.join(self.figure(cause.row) for cause in causes)

    def goal(self, move: Move) -> str:
        """Return a target's statement."""
        return escape(self.voice.name(move.now.target, "statement"))

    def _figures(self, which: str, number: int) -> str:
        since = self.diff.before.edition
        return self.computed.count("changes.figures", "observations", number, of="figure", which=which, since=since)

    def _goals(self, which: str, number: int) -> str:
        return self.computed.goals("changes.goals", number, which=which, since=self.diff.before.edition)

    def answer(self, assessment: Assessment, seen: date | None = None) -> str:
        """Return a verdict with its evidence level: ``◐ open, likely (71%), evidence level A``."""
        level = self.voice.gettext("evidence level {level}", level=assessment.level)
        return escape(self.computed.verdict(assessment.verdict, seen=seen)) + self.voice.language.comma + level

    def figure(self, row: pd.Series) -> str:
        """Return a figure with its indicator, place, period and source."""
        cited = self.cite(str(row["source_id"]))
        return f"{self.series(row)}{self.voice.language.comma}{self.value(row)}{f' {cited}' if cited else ''}"

    def series(self, row: pd.Series) -> str:
        """Return the indicator and the place of a figure."""
        return escape(self.voice.series(str(row["indicator_id"]), str(row["region_id"])))

    def value(self, row: pd.Series) -> str:
        """Return a figure as printed with its period: ``3.44% (2023)``."""
        return escape(self.voice.figure(row))

    def moves(self) -> Listed:
        """Return number, goal, answer before, answer now, and the figures that moved it, for each target that moved."""
        _, rows = self.voice.gettext, []
        without_figure = {
            "text": _("the plan's new text"),
            "time": _("time alone"),
            "withdrawn": _("withdrawn sources"),
            "corrected": _("corrected figures"),
        }
        for move in self.diff.moves:
            causes = [cause for cause in move.causes if cause.code != "none" and move.code != "withdrawn"]
            told = self._listed(causes) if causes else without_figure.get(move.code, _("no single figure"))
            if move.corrections_matter and move.code != "corrected":
                told = self.voice.language.semicolon.join([_("corrected figures"), told])
            number = str(int(move.now.target["number"]))
            rows.append(
                [number, self.goal(move), self.answer(move.before, self.diff.before.as_of), self.answer(move.now), told]
            )
        return [_("No."), _("Goal"), _("Before"), _("Now"), _("Moved by")], rows

    def readings(self) -> Listed:
        """Return number, goal, measure, reading before and reading now, for each indicative reading that moved."""
        _, rows = self.voice.gettext, []
        for move in self.diff.readings:
            target = self.voice.catalog.target(move.target)
            goal, measure = self.voice.name(target, "statement"), self.voice.indicator(move.indicator)
            told = (self._reading(move.before, self.diff.before.as_of), self._reading(move.now))
            rows.append([str(target.number), *map(escape, (goal, measure, *told))])
        return [_("No."), _("Goal"), _("Indicator"), _("Before"), _("Now")], rows

    def _reading(self, reading: Reading | None, seen: date | None = None) -> str:
        if reading is None:
            return self.voice.gettext("no reading")
        return readings.short(self.voice, readings.recorded(self.computed, reading, seen))

    def revisions(self) -> Listed:
        """Return series, period, figure before, new figure, and which one is used, for each revision."""
        _, rows = self.voice.gettext, []
        for revision in self.diff.revised:
            before, now = (
                f"{escape(self.voice.printed(row))} {self.cite(str(row['source_id']))}"
                for row in (revision.before, revision.now)
            )
            period = self.voice.period_text(str(revision.now["period"]))
            used = _("the new one") if revision.is_used else _("the earlier one")
            rows.append([self.series(revision.now), period, before, now, used])
        return [_("Series"), _("Period"), _("Before"), _("New"), _("Used")], rows

    def new(self, *, of_goals: bool | None = None) -> Listed:
        """Return series, figures with their periods, and sources, for each series with figures for new periods.

        `of_goals` keeps those that a goal names, or those that none does.
        """
        found = self.diff.new
        if of_goals is not None:
            named = found["indicator_id"].isin(self.voice.catalog.target_evidence["indicator_id"])
            found = found[named == of_goals]
        return self._by_series(self.voice.gettext("New figures"), found)

    def found(self) -> Listed:
        """Return the same of figures that were found since and are no news."""
        return self._by_series(self.voice.gettext("Figures found"), self.diff.found)

    def withdrawn(self) -> Listed:
        """Return the same of figures whose source was withdrawn."""
        return self._by_series(self.voice.gettext("Figures no longer used"), self.diff.withdrawn)

    def goals(self) -> Listed:
        """Return number, wording before, wording now and text of each goal that the plan added, dropped or changed."""
        _, rows = self.voice.gettext, []
        for change in self.diff.goals:
            own = change.before if change.now is None else change.now
            assert own is not None
            told = [self._wording(change.before), self._wording(change.now)]
            rows.append(
                [str(int(own["number"])), *told, self.cite(str(own["source_id"])) if change.now is not None else ""]
            )
        return [_("No."), _("Before"), _("Now"), _("Source")], rows

    def _wording(self, goal: pd.Series | None) -> str:
        return self.voice.gettext("no such goal") if goal is None else escape(self.voice.name(goal, "statement"))

    def corrected(self) -> Listed:
        """Return series, period, value as published and value today of figures of the sealed edition before."""
        _, rows = self.voice.gettext, []
        for key, (then, now) in self.diff.corrected.items():
            series, when = self.voice.named_by(key)
            rows.append([escape(series), when, then, now or _("no longer there")])
        return [_("Series"), _("Period"), _("As published"), _("Corrected to")], rows

    def _by_series(self, title: str, figures: pd.DataFrame) -> Listed:
        rows = []
        for _key, group in figures.groupby(["indicator_id", "region_id"], sort=False) if len(figures) else ():
            # What two sources print alike is told once, with both.
            told = self.voice.language.semicolon.join(dict.fromkeys(self.value(row) for _, row in group.iterrows()))
            cited = " ".join(self.cite(str(source)) for source in dict.fromkeys(group["source_id"]))
            rows.append([self.series(group.iloc[0]), told, cited])
        return [self.voice.gettext("Series"), title, self.voice.gettext("Sources")], rows

"""The first page: what is known of every goal, what changed, and the messages of the year."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from IPython.display import Markdown

from qualitybook.analysis.assess import Assessment, assess
from qualitybook.evidence.catalog import Edition
from qualitybook.evidence.rows import rows_of
from qualitybook.report import formats, labels, markdown, narrative
from qualitybook.report.pages.base import Page
from qualitybook.report.sections import balance as balance_section
from qualitybook.report.sections import front


class SummaryPage(Page):
    """Scoreboard, key messages and changes of an edition; the parameters are those of `Page`."""

    def __init__(self, data: str | Path, edition: str, lang: str, out: str | Path = "figures") -> None:
        super().__init__("summary", data, edition, lang, out)

    @cached_property
    def previous(self) -> Edition | None:
        """The edition before this one, None for the first."""
        earlier = self.everything.editions[self.everything.editions["as_of"].dt.date < self.as_of]
        if earlier.empty:
            return None
        return self.everything.edition(str(earlier.sort_values("as_of")["edition"].iloc[-1]))

    def tally(self) -> Markdown:
        """Return how many goals are met, likely, uncertain, unlikely, missed or cannot be judged."""
        return Markdown(front.tally(self, self.assessments))

    def cards(self) -> Markdown:
        """Return the headline goals as cards."""
        return Markdown(front.cards(self, self.assessments))

    def messages(self) -> Markdown:
        """Return the key messages, written from the results."""
        return Markdown(markdown.bullets(narrative.key_messages(self.words, self.assessments, self.as_of)))

    def scoreboard(self) -> Markdown:
        """Return the measurable goals with latest figure, verdict, probability and evidence level."""
        rows = [self._score_row(item) for item in self.assessments if item.is_measurable]
        header = [
            self._("No."),
            self._("Goal"),
            self._("Latest direct figure"),
            self._("Verdict"),
            self._("Level"),
            self._("Values"),
        ]
        return Markdown(self.table(header, rows, self._("Goals that can be measured"), "rlllcr"))

    def _score_row(self, item: Assessment) -> list[str]:
        docname = f"targets/{int(item.target['number']):02d}-{item.target_id}"
        return [
            str(item.target["number"]),
            markdown.link(markdown.escape(self.words.name(item.target, "statement")), docname),
            self._latest(item),
            markdown.escape(narrative.verdict_words(self.words, item.verdict)),
            item.level,
            str(item.verdict.n),
        ]

    def _latest(self, item: Assessment) -> str:
        latest = None if item.verdict.series is None else narrative.latest_row(item.verdict.series.rows)
        if latest is None:
            return self._("none published")
        text = narrative.figure_text(self.words, latest, str(item.target["unit"]))
        return f"{markdown.escape(text)} {markdown.cite([latest['source_id']])}"

    def to_publish(self) -> Markdown:
        """Return what would have to be published to decide the measurable goals, and by whom."""
        rows = [
            [str(item.target["number"]), markdown.escape(self.words.name(gap, "missing"))]
            for item in self.assessments
            if item.is_measurable and item.verdict.state not in narrative.JUDGED_STATES
            for gap in rows_of(item.gaps)
        ]
        if not rows:
            return self.text(self._("No missing figures are recorded for these goals."))
        header = [self._("No."), self._("What should be published, and by whom")]
        return Markdown(self.table(header, rows, self._("What would have to be published"), "rl"))

    def unmeasured(self) -> Markdown:
        """Return the goals without a measure, with how many of their supporting indicators have figures."""
        rows = [self._unmeasured_row(item) for item in self.assessments if not item.is_measurable]
        if not rows:
            return self.text(self._("Every goal of the plan can be measured."))
        header = [
            self._("No."),
            self._("Goal"),
            self._("Year"),
            self._("Supporting indicators with figures"),
            self._("Level"),
        ]
        caption = self._("Goals for which the plan names no measure: no verdict")
        return Markdown(self.table(header, rows, caption, "rllrc"))

    def _unmeasured_row(self, item: Assessment) -> list[str]:
        supports = item.with_role("support")
        known = sum(len(support.series.rows) > 0 for support in supports)
        share = self._("{known} of {all}", known=known, all=len(supports)) if supports else "–"
        return [
            str(item.target["number"]),
            markdown.escape(self.words.name(item.target, "statement")),
            formats.year(self.words, int(item.target["target_year"])),
            share,
            item.level,
        ]

    def balance(self) -> Markdown:
        """Return how the supporting indicators of the goals without a measure have moved since the plan's baseline."""
        if all(item.is_measurable for item in self.assessments):
            return Markdown("")
        return Markdown(balance_section.note(self) + "\n" + balance_section.overview(self))

    def changes(self) -> Markdown:
        """Return what changed since the edition before: new figures and verdicts that moved."""
        if self.previous is None:
            return self.text(self._("This is the first edition; there is nothing to compare it with."))
        before = {item.target_id: item for item in assess(self.everything, self.previous.as_of)}
        rows = [
            self._change_row(before[item.target_id], item)
            for item in self.assessments
            if item.is_measurable and self._moved(before[item.target_id], item)
        ]
        seen_before = set(self.everything.as_of(self.previous.as_of).observations["line"])
        added = sum(line not in seen_before for line in self.catalog.observations["line"])
        lead = self._(
            "Since the {edition} edition (as of {day}) {count} more figures have become visible.",
            edition=self.previous.edition,
            day=self.words.date(self.previous.as_of),
            count=added,
        )
        if not rows:
            return self.text(lead, self._("No verdict moved."))
        header = [self._("No."), self._("Goal"), self._("Before"), self._("Now"), self._("New direct figures")]
        return Markdown(lead + "\n\n" + self.table(header, rows, self._("Verdicts that moved"), "rlllr"))

    def _moved(self, before: Assessment, now: Assessment) -> bool:
        return self._state(before) != self._state(now)

    def _state(self, item: Assessment) -> str:
        return narrative.verdict_words(self.words, item.verdict)

    def _change_row(self, before: Assessment, now: Assessment) -> list[str]:
        old = set(before.verdict.series.rows["line"]) if before.verdict.series else set()
        new = set(now.verdict.series.rows["line"]) if now.verdict.series else set()
        return [
            str(now.target["number"]),
            markdown.escape(self.words.name(now.target, "statement")),
            markdown.escape(self._state(before)),
            markdown.escape(self._state(now)),
            str(len(new - old)),
        ]

    def levels(self) -> Markdown:
        """Return one sentence a level that occurs, as the key of the scoreboard."""
        found = sorted({item.level for item in self.assessments if item.is_measurable})
        items = [
            f"{level}{self.words.language.colon}{labels.label(self.words, labels.LEVELS, level)}" for level in found
        ]
        return self.text(
            self._("Evidence levels in this table: {levels}.", levels=self.words.language.semicolon.join(items))
        )

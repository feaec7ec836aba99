"""The first page: what is known of every goal, what changed, and the messages of the year."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from IPython.display import Markdown

from qualitybook.analysis.assess import Assessment
from qualitybook.analysis.edition_diff import compare, previous
from qualitybook.analysis.standing import Standing, standings
from qualitybook.report import LINES, labels, markdown
from qualitybook.report.changes import ChangeWords
from qualitybook.report.derived import where
from qualitybook.report.pages import balance as balance_section
from qualitybook.report.pages import distance, front, minute
from qualitybook.report.pages.base import Page


class SummaryPage(Page):
    """A line for each goal, three sentences and the changes of an edition; the parameters are those of `Page`.

    What is told are the `answers` that a notebook worked out; without them, those of the book.
    """

    def __init__(self, data: str | Path, edition: str, lang: str, out: str | Path = "figures") -> None:
        super().__init__("summary", data, edition, lang, out)
        self._stood: tuple[Sequence[Assessment], list[Standing]] | None = None

    def tally(self, answers: Sequence[Assessment] | None = None) -> Markdown:
        """Return how many goals are met, likely, uncertain, unlikely, missed or cannot be judged."""
        return Markdown(front.tally(self, answers or self.assessments))

    def sentences(self, answers: Sequence[Assessment] | None = None) -> Markdown:
        """Return what is decided, which way the rest leans, and who can settle it."""
        told = minute.sentences(self, self._standing(answers))
        return Markdown(
            markdown.paragraphs(self.reconstructed_note(), markdown.container("minute", markdown.bullets(told)))
        )

    def lines(self, answers: Sequence[Assessment] | None = None) -> Markdown:
        """Return the table with a line for each measurable goal."""
        found = self._standing(answers)
        rows = [minute.line(self, each) for each in found]
        told = self.table_of(minute.columns(self.words), rows, minute.caption(self))
        return Markdown(markdown.paragraphs(markdown.container(LINES, told), *minute.notes(self, found)))

    def distance(self, answers: Sequence[Assessment] | None = None) -> Markdown:
        """Return the picture of how far what was found is from the goals that have a scale."""
        drawn = distance.picture(self, self._standing(answers))
        if not drawn:
            return self.text(self._("No goal has figures on a scale, so there is no picture."))
        return Markdown(markdown.container("distance", drawn))

    def _standing(self, answers: Sequence[Assessment] | None) -> list[Standing]:
        """Return how the goals stand by some answers; worked out once, as several parts of the page ask for it."""
        told = answers or self.assessments
        if self._stood is None or self._stood[0] is not told:
            self._stood = told, standings(self.catalog, told, self.readings)
        return self._stood[1]

    def to_publish(self, answers: Sequence[Assessment] | None = None) -> Markdown:
        """Return what is needed to decide the measurable goals and was not found, and who has it."""
        rows = [
            [str(item.target["number"]), missing]
            for item in answers or self.assessments
            if item.is_measurable and not item.verdict.is_decided
            for missing in self.missing_of(item)
        ]
        if not rows:
            return self.text(self._("No missing figures are recorded for these goals."))
        header = [self._("No."), self._("What is missing, and who has it")]
        return Markdown(self.table(header, rows, self._("What is needed and was not found for this book"), "rl"))

    def unmeasured(self, answers: Sequence[Assessment] | None = None) -> Markdown:
        """Return the goals without a measure, with how many of their supporting indicators have figures."""
        rows = [self._unmeasured_row(item) for item in answers or self.assessments if not item.is_measurable]
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
        known = sum(bool(support.series.figures) for support in supports)
        share = self._share(item.target_id, known, len(supports)) if supports else "–"
        return [
            str(item.target["number"]),
            markdown.escape(self.words.name(item.target, "statement")),
            self.words.year(int(item.target["target_year"])),
            share,
            item.level,
        ]

    def _share(self, target_id: str, known: int, supports: int) -> str:
        rows, count = where("target_evidence", target_id=target_id, role="support"), self.computed.count
        return self._(
            "{known} of {all}",
            known=count("summary.supports_with_figures", rows, known, of="series_with_figures"),
            all=count("summary.supports", rows, supports),
        )

    def balance(self, answers: Sequence[Assessment] | None = None) -> Markdown:
        """Return how the supporting indicators of the goals without a measure have moved since the plan's baseline."""
        if all(item.is_measurable for item in answers or self.assessments):
            return Markdown("")
        return Markdown(balance_section.note(self) + "\n" + balance_section.overview(self))

    def changes(self) -> Markdown:
        """Return how much is new since the edition before and which answers moved; why is said on a page of its own."""
        before = previous(self.everything, self.edition)
        if before is None:
            return self.text(self._("This is the first edition; there is nothing to compare it with."))
        diff = self.shared.of(compare, self.everything, before, self.edition)
        told = ChangeWords(self.computed.voice, diff, lambda source: markdown.cite([source]), self.computed)
        page = markdown.link(self._("What changed"), "what-changed")
        more = self._("{page} lists the figures and says what moved each answer.", page=page)
        moved = markdown.bullets(told.moved(move) for move in diff.moves)
        return Markdown(f"{markdown.container('moved', markdown.paragraphs(told.lead(), moved))}\n\n{more}\n")

    def levels(self, answers: Sequence[Assessment] | None = None) -> Markdown:
        """Return one sentence a level that occurs, as the key of the scoreboard."""
        found = sorted({item.level for item in answers or self.assessments if item.is_measurable})
        items = [
            f"{level}{self.words.language.colon}{labels.label(self.words, labels.LEVELS, level)}" for level in found
        ]
        return self.text(
            self._("Evidence levels in this table: {levels}.", levels=self.words.language.semicolon.join(items))
        )

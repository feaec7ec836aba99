"""When the book will know more: what comes out when, what to ask and whom, and the workbook to write answers into."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from IPython.display import Markdown

from qualitybook.analysis.latest import is_stock
from qualitybook.analysis.questions import (
    MOST_QUESTIONS,
    Question,
    Release,
    gap_of,
    needs_a_rule,
    questions,
    releases,
)
from qualitybook.evidence.schema import kind_of
from qualitybook.report import formats, markdown
from qualitybook.report.derived import where
from qualitybook.report.markdown import Column
from qualitybook.report.pages.base import Page
from qualitybook.report.workbook import template

_MOST_ISSUES = 3


class WhenPage(Page):
    """The calendar of publications and the questions to ask; the parameters are those of `Page`."""

    def __init__(self, data: str | Path, edition: str, lang: str, out: str | Path = "figures") -> None:
        super().__init__("when", data, edition, lang, out)

    def found(self) -> list[Question]:
        """Return the questions to ask first."""
        return questions(self.catalog, self.assessments)[:MOST_QUESTIONS]

    def questions(self) -> Markdown:
        """Return the questions, each with the office to ask and the goals that its answer decides."""
        found = self.found()
        if not found:
            return self.text(self._("No figure is missing that would decide a goal whose year is over."))
        keys = [key for question in found for key in question.targets]
        count = self.computed.count("when.goals", where("targets", target_id=keys), len(keys))
        lead = self._(
            "These are the figures that decide a goal with the fewest numbers. With them {count} goals are settled.",
            count=count,
        )
        columns: list[Column[Question]] = [
            Column(self._("No."), self._numbers, "r"),
            Column(self._("Goal"), self._goals),
            Column(self._("Question"), lambda question: markdown.escape(self.wording(question))),
            Column(self._("Whom to ask"), self._office),
        ]
        table = self.table_of(columns, found, self._("The numbers to ask for first"))
        return Markdown(markdown.paragraphs(lead, markdown.container("asked", table), self._workbook(found)))

    def _numbers(self, question: Question) -> str:
        return self.words.join(str(self.catalog.target(key).number) for key in question.targets)

    def _goals(self, question: Question) -> str:
        return self.words.language.semicolon.join(self.goal_link(self.catalog.target(key)) for key in question.targets)

    def _office(self, question: Question) -> str:
        """Return who can answer: the office that the gap names, else who measures the indicator."""
        keeper = "" if question.gap is None else self.words.name(question.gap, "keeper")
        return markdown.escape(keeper or self.words.name(self.catalog.indicator(question.indicators[0]), "custodian"))

    def wording(self, question: Question) -> str:
        """Return a question as it can be sent."""
        indicator = self.catalog.indicator(question.indicators[0])
        asked = {
            "place": self.words.name(self.catalog.region(question.figures[0].region_id)),
            "years": self._years(question),
            "names": self.words.gettext(" and ").join(self.voice.indicator(key) for key in question.indicators),
        }
        if is_stock(indicator):
            return self._("Please give for {place}, for the end of {years}: {names}.", **asked)
        said = [self._("Please give for {place}, for the whole of {years}: {names}.", **asked)]
        if kind_of(indicator.kind, indicator.subkind) == kind_of("rate", "pass_rate"):
            said.append(self._("Please add how many were inspected and how many passed."))
        return self.words.sentences(said)

    def _years(self, question: Question) -> str:
        """Return the years that are asked for, a run of more than two as such."""
        years = [int(period) for period in question.periods]
        if len(years) > 2 and years[-1] - years[0] == len(years) - 1:
            return self._("each year of {years}", years=self.words.years(years[0], years[-1]))
        return self.words.gettext(" and ").join(self.words.year(year) for year in years)

    def _workbook(self, found: list[Question]) -> str:
        """Write the workbook of the questions and return the link to it."""
        path = self.out / f"{self.stem}-questions.xlsx"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.workbook(found))
        link = markdown.download(self._("these questions as a workbook"), f"/figures/{path.name}")
        offer = self._("To fill in and to read back: {workbook}.", workbook=link)
        return markdown.container(markdown.WEB_ONLY, offer)

    def workbook(self, found: list[Question]) -> bytes:
        """Return the workbook with a row for each figure that is asked for, and beside it question and office."""
        figures = {figure: question for question in found for figure in question.figures}
        notes = {
            self._("Question"): [self.wording(question) for question in figures.values()],
            self._("Whom to ask"): [markdown.unescape(self._office(question)) for question in figures.values()],
        }
        return template(self.catalog, list(figures), notes)

    def rules_first(self) -> Markdown:
        """Return the goals that no figure could decide before a rule, a definition or a list is there."""
        items = [
            f"{self.goal_link(item.target)}{self.words.language.colon}{self._rule_needed(gap_of(item))}"
            for item in self.assessments
            if item.is_measurable and needs_a_rule(item)
        ]
        if not items:
            return Markdown("")
        lead = self._("Before any number a rule or a list is needed for:")
        return Markdown(markdown.paragraphs(lead, markdown.bullets(items)))

    def _rule_needed(self, gap: Any) -> str:
        keeper = self.words.parentheses(self.words.name(gap, "keeper"))
        return markdown.escape(self.words.name(gap, "answer") + keeper)

    def calendar(self) -> Markdown:
        """Return what most likely comes out when, by the months of earlier issues; nothing without a gap."""
        found = releases(self.catalog)
        if not found:
            return Markdown("")
        columns: list[Column[Release]] = [
            Column(self._("No."), self._number),
            Column(self._("What is awaited"), self._awaited),
            Column(self._("Office"), lambda release: self._known(self.words.name(release.gap, "keeper"))),
            Column(
                self._("Most likely in"), lambda release: self._known(self.words.name(release.gap, "likely_source"))
            ),
            Column(self._("Earlier issues came out"), self._issues),
        ]
        table = self.table_of(columns, found, self._("What comes out when, by the month of the last issue"))
        return Markdown(markdown.container("ahead", table))

    def _number(self, release: Release) -> str:
        is_goal = bool(release.gap.target_id)
        text = self._("Goal {number}") if is_goal else self._("Task {number}")
        return text.format(number=release.number)

    def _awaited(self, release: Release) -> str:
        target_id = release.gap.target_id
        goal = self.goal_link(self.catalog.target(target_id)) if target_id else ""
        answer = self.words.name(release.gap, "answer") or self.words.name(release.gap, "missing")
        return self.words.language.colon.join(part for part in (goal, markdown.escape(answer)) if part)

    def _known(self, text: str) -> str:
        return markdown.escape(text) or formats.NONE

    def _issues(self, release: Release) -> str:
        told = [
            f"{self.words.published(issue.published)} {markdown.cite([issue.source_id])}"
            for issue in release.issues[:_MOST_ISSUES]
            if issue.published
        ]
        return self.words.language.semicolon.join(told) or formats.NONE

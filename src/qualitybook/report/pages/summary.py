"""The first page: what is known of every goal, what changed, and the messages of the year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from IPython.display import Markdown

from qualitybook.analysis.assess import Assessment
from qualitybook.analysis.edition_diff import compare, previous
from qualitybook.analysis.latest import Latest, Point
from qualitybook.analysis.series import Series
from qualitybook.analysis.verdict import Verdict
from qualitybook.report import formats, frames, labels, markdown, narrative
from qualitybook.report.changes import ChangeWords
from qualitybook.report.derived import operation, where
from qualitybook.report.figures import card
from qualitybook.report.pages import balance as balance_section
from qualitybook.report.pages.base import Page


class SummaryPage(Page):
    """Scoreboard, key messages and changes of an edition; the parameters are those of `Page`.

    What is told are the `answers` that a notebook worked out; without them, those of the book.
    """

    def __init__(self, data: str | Path, edition: str, lang: str, out: str | Path = "figures") -> None:
        super().__init__("summary", data, edition, lang, out)

    def tally(self, answers: Sequence[Assessment] | None = None) -> Markdown:
        """Return how many goals are met, likely, uncertain, unlikely, missed or cannot be judged."""
        return Markdown(markdown.paragraphs(self.reconstructed_note(), _tally(self, answers or self.assessments)))

    def cards(self, answers: Sequence[Assessment] | None = None) -> Markdown:
        """Return the headline goals as cards."""
        return Markdown(_cards(self, answers or self.assessments))

    def messages(self, answers: Sequence[Assessment] | None = None) -> Markdown:
        """Return the key messages, written from the results."""
        messages = self.computed.key_messages(
            answers or self.assessments,
            self.as_of,
            lambda indicator_id: self.words.name(self.catalog.indicator(indicator_id)),
        )
        return Markdown(markdown.bullets(messages))

    def scoreboard(self, answers: Sequence[Assessment] | None = None) -> Markdown:
        """Return the measurable goals with latest figure, verdict, probability and evidence level."""
        rows = [self._score_row(item) for item in answers or self.assessments if item.is_measurable]
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
            self._verdict(item),
            item.level,
            "0" if item.verdict.series is None else self.computed.fitted_years(item.verdict.series),
        ]

    def _latest(self, item: Assessment) -> str:
        scopes = item.scopes
        if scopes:
            return self.latest_by_scope(scopes)
        return self.latest_cell(str(item.target["indicator_id"]), str(item.target["region_id"]))

    def _verdict(self, item: Assessment) -> str:
        scopes = item.scopes
        told = markdown.escape(self.computed.verdict(item.verdict))
        return self.verdicts_by_scope(scopes) or told

    def to_publish(self, answers: Sequence[Assessment] | None = None) -> Markdown:
        """Return what is needed to decide the measurable goals and was not found, and who has it."""
        rows = [
            [str(item.target["number"]), missing]
            for item in answers or self.assessments
            if item.is_measurable and item.verdict.state not in narrative.JUDGED_STATES
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
        known = sum(len(support.series.rows) > 0 for support in supports)
        share = self._share(item.target_id, known, len(supports)) if supports else "–"
        return [
            str(item.target["number"]),
            markdown.escape(self.words.name(item.target, "statement")),
            self.words.year(int(item.target["target_year"])),
            share,
            item.level,
        ]

    def _share(self, target_id: str, known: int, supports: int) -> str:
        rows = where("target_evidence", target_id=target_id, role="support")
        done = operation("count", of="series_with_figures")
        note = self.computed.ledger.note
        return self._(
            "{known} of {all}",
            known=note("summary.supports_with_figures", done, rows, known, formats.short(known)),
            all=self.computed.count("summary.supports", rows, supports),
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
        more = self._("{page} lists the figures and says what moved each answer.", page=self._link_to_changes())
        return Markdown(f"{told.lead()}\n\n{markdown.bullets(told.moved(move) for move in diff.moves)}\n{more}\n")

    def _link_to_changes(self) -> str:
        return markdown.link(self._("What changed"), "what-changed")

    def levels(self, answers: Sequence[Assessment] | None = None) -> Markdown:
        """Return one sentence a level that occurs, as the key of the scoreboard."""
        found = sorted({item.level for item in answers or self.assessments if item.is_measurable})
        items = [
            f"{level}{self.words.language.colon}{labels.label(self.words, labels.LEVELS, level)}" for level in found
        ]
        return self.text(
            self._("Evidence levels in this table: {levels}.", levels=self.words.language.semicolon.join(items))
        )


MOST_CARDS = 5
_LEAST_DRAWN = 2
TALLY = ("met", "likely", "uncertain", "unlikely", "not_met", "cannot_judge", "no_verdict")
_OF_WORD = {
    "very_likely": "likely",
    "likely": "likely",
    "as_likely_as_not": "uncertain",
    "unlikely": "unlikely",
    "very_unlikely": "unlikely",
}
_DRAWN_ROLES = ("direct", "proxy", "context")


def standing(verdict: Verdict) -> str:
    """Return how a goal stands, one of `TALLY`: its final state, else what its likelihood says."""
    if verdict.state in ("met", "not_met", "no_verdict"):
        return verdict.state
    return _OF_WORD[verdict.word] if verdict.word is not None else "cannot_judge"


def _tally(page: Page, assessments: Sequence[Assessment]) -> str:
    """Return how many goals stand how, each number with a symbol and words, after a sentence on what is counted."""
    counts = Counter(standing(item.verdict) for item in assessments)
    tiles = [
        markdown.container(
            f"tile tile-{name.replace('_', '-')}",
            markdown.paragraphs(
                f"**{page.computed.goals('summary.tally', counts[name], which=f'standing_{name}')}**",
                f"{labels.STANDING_SYMBOLS[name]} {labels.label(page.words, labels.STANDINGS, name)}",
            ),
        )
        for name in TALLY
    ]
    values = {"count": page.computed.goals("summary.goals", len(assessments)), "day": page.words.date(page.as_of)}
    lead = (
        page._("How the plan's {count} draft goals stood on {day}:", **values)
        if page.settings.is_draft
        else page._("How the plan's {count} goals stood on {day}:", **values)
    )
    return markdown.paragraphs(lead, markdown.container("tally", "\n".join(tiles)))


def headline(assessments: Sequence[Assessment]) -> list[Assessment]:
    """Return the goals that get a card, in the plan's order.

    The plan's goals with a number come first, then those with the best evidence.
    """
    measurable = [item for item in assessments if item.is_measurable]
    ranked = sorted(measurable, key=lambda item: (item.verdict.goal.value is None, item.level, -item.verdict.n))
    return sorted(ranked[:MOST_CARDS], key=lambda item: int(item.target["number"]))


def _cards(page: Page, assessments: Sequence[Assessment]) -> str:
    """Return the headline goals as cards: latest figure, verdict, evidence level and a small chart."""
    return markdown.container("cards", "\n".join(_card(page, item) for item in headline(assessments)))


def _card(page: Page, item: Assessment) -> str:
    target = item.target
    docname = f"targets/{int(target['number']):02d}-{target['target_id']}"
    lines = [
        markdown.link(markdown.escape(page.words.name(target, "statement")), docname),
        _card_verdict(page, item),
        _card_latest(page, item),
        page._("Evidence level {level}", level=item.level),
        _chart(page, item),
    ]
    return markdown.container("card", markdown.paragraphs(*lines))


def _card_verdict(page: Page, item: Assessment) -> str:
    """Return the verdict, by each scope where the wording leaves it open."""
    scopes = item.scopes
    told = page.verdicts_by_scope(scopes) or markdown.escape(page.computed.verdict(item.verdict))
    return f"**{told}**"


def _card_latest(page: Page, item: Assessment) -> str:
    """Return the latest figure with year and source, by each scope: the direct one, else that of the series drawn."""
    scopes = item.scopes
    if scopes:
        return page._("Latest figures by each scope: {figures}.", figures=page.latest_by_scope(scopes))
    direct = None if item.verdict.series is None else Latest.of_series(page.catalog, item.verdict.series)
    if direct is not None and direct.shown is not None:
        figure = page.computed.latest_text(page.unit(direct.indicator_id), direct)
        cite = markdown.cite(direct.sources)
        return page._("Latest figure: {figure} {cite}", figure=markdown.escape(figure), cite=cite)
    none = page._("No direct figure was found.")
    drawn = _drawn(page, item)
    if drawn is None:
        return none
    role, series = drawn
    found = Latest.of_series(page.catalog, series)
    beside = page._(
        "{role}: {series}, {figure} {cite}.",
        role=labels.label(page.words, labels.ROLES, role).capitalize(),
        series=page.series_name(series.indicator_id, series.region_id),
        figure=markdown.escape(page.computed.latest_text(page.unit(series.indicator_id), found)),
        cite=markdown.cite(found.sources),
    )
    return page.words.sentences([none, beside])


def _drawn(page: Page, item: Assessment) -> tuple[str, Series] | None:
    """Return the series that a card draws: the direct one, else a proxy, else the context of the first place."""
    direct = [] if item.verdict.series is None else [("direct", item.verdict.series)]
    found = [*direct, *((support.role, support.series) for support in item.supports if support.role in _DRAWN_ROLES)]
    enough = [(role, series) for role, series in found if len(_shown(page, role, series)) >= _LEAST_DRAWN]
    places = page.catalog.in_order({series.region_id for _role, series in enough}, str(item.target["region_id"]))
    ranked = sorted(enough, key=lambda pair: (_DRAWN_ROLES.index(pair[0]), places.index(pair[1].region_id)))
    return ranked[0] if ranked else None


def _shown(page: Page, role: str, series: Series) -> pd.DataFrame:
    """Return the figures of a series that a card draws: fitted ones of whole years, or of a stock's dates."""
    frame = frames.observations_frame(page.voice, [(role, series)])
    return frame if frame.empty else frame[frame["fitted"] & frame["whole"]]


def _chart(page: Page, item: Assessment) -> str:
    found = _drawn(page, item)
    if found is None:
        return page._("Too few yearly figures for a chart.")
    role, series = found
    drawn = _shown(page, role, series)
    # The goal is drawn in its own scope only: beside other scopes and places it would invite a comparison.
    goal = item.verdict.goal.value if role == "direct" else None
    years = page.computed.first_and_last(series)
    values = {
        "role": labels.label(page.words, labels.ROLES, role),
        "series": page.series_name(series.indicator_id, series.region_id),
        "first": years[0],
        "last": years[-1],
    }
    said = (
        page._("Chart: {role}, {series}, {first} to {last}.", **values)
        if goal is None
        else page._("Chart: {role}, {series}, {first} to {last}; broken line: the goal.", **values)
    )
    last = page.computed.quoted_text(page.unit(series.indicator_id), series.indicator_id, _last_of(page, series))
    alt = page.words.sentences([markdown.unescape(said), page._("Last value drawn: {figure}.", figure=last)])
    picture = page.picture(f"card-{int(item.target['number']):02d}", lambda: card(drawn, goal, role), drawn, alt)
    return markdown.paragraphs(picture, said)


def _last_of(page: Page, series: Series) -> Point:
    """Return the last figure that a card draws of a series."""
    points = [point for point in Point.of_series(page.catalog, series) if frames.is_fitted(series, point)]
    return [point for point in points if point.span in frames.WHOLE][-1]

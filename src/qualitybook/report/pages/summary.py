"""The first page: how many goals stand how, what is known of each, how far off it is, and what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from IPython.display import Markdown

from qualitybook.analysis.assess import Assessment
from qualitybook.analysis.edition_diff import compare, previous
from qualitybook.analysis.goals import Goal
from qualitybook.analysis.standing import Bearing, Standing, bearings, side_of, standings, value_asked
from qualitybook.analysis.verdict import Verdict
from qualitybook.report import LINES, frames, labels, markdown, readings
from qualitybook.report.changes import ChangeWords
from qualitybook.report.derived import where
from qualitybook.report.figures import distance
from qualitybook.report.pages import balance as balance_section
from qualitybook.report.pages import minute
from qualitybook.report.pages.base import Page
from qualitybook.report.pages.minute import short_name


class SummaryPage(Page):
    """A line for each goal, three sentences and the changes of an edition; the parameters are those of `Page`.

    What is told are the `answers` that a notebook worked out; without them, those of the book.
    """

    def __init__(self, data: str | Path, edition: str, lang: str, out: str | Path = "figures") -> None:
        super().__init__("summary", data, edition, lang, out)
        self._stood: tuple[Sequence[Assessment], list[Standing]] | None = None

    def tally(self, answers: Sequence[Assessment] | None = None) -> Markdown:
        """Return how many goals are met, likely, uncertain, unlikely, missed or cannot be judged."""
        return Markdown(_tally(self, answers or self.assessments))

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
        drawn = _picture(self, self._standing(answers))
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


# How many goals stand how

TALLY = ("met", "likely", "uncertain", "unlikely", "not_met", "cannot_judge", "no_verdict")
_OF_SIDE = {"even": "uncertain", "unknown": "cannot_judge"}


def standing(verdict: Verdict) -> str:
    """Return how a goal stands, one of `TALLY`: its final state, else what its likelihood says."""
    if verdict.state == "no_verdict":
        return verdict.state
    side = side_of(verdict)
    return _OF_SIDE.get(side, side)


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
        page._("What is known of the plan's {count} draft goals as of {day}:", **values)
        if page.settings.is_draft
        else page._("What is known of the plan's {count} goals as of {day}:", **values)
    )
    return markdown.paragraphs(lead, markdown.container("tally", "\n".join(tiles)))


# How far what was found is from the goals that have a scale

_LEVEL = 0.80
_POINT = [
    "goal",
    "distance",
    "role",
    "hollow",
    "qualifier",
    "place",
    "indicator",
    "value",
    "period",
    "source_id",
    frames.TOLD,
]


def _picture(page: Page, found: Sequence[Standing]) -> str:
    """Return the figure; empty where no goal has figures on a scale."""
    drawn = [
        (each, indicator_id, beside)
        for each in found
        for indicator_id in _read_on(each)
        if (beside := bearings(page.catalog, each, indicator_id))
    ]
    if not drawn:
        return ""
    goals = pd.DataFrame([_drawn_goal(page, each, indicator_id) for each, indicator_id, _beside in drawn])
    points = pd.DataFrame(
        [
            _drawn_point(page, position, point)
            for position, (_each, _id, beside) in enumerate(drawn)
            for point in beside
        ],
        columns=_POINT,
    )
    words = labels.figure_words(page.words, "distance")
    shown = points.assign(goal=goals["name"].iloc[points["goal"]].to_numpy())
    left_out = [each for each in found if all(each is not other for other, _id, _beside in drawn)]
    return page.figure(
        lambda: distance(goals, points, words),
        shown,
        alt=_picture_alt(page, drawn),
        caption=_picture_caption(page, points, left_out),
    )


def _read_on(found: Standing) -> list[str]:
    """Return what a goal is read on: each scope where its wording leaves it open."""
    scopes = [scope.indicator_id for scope in found.assessment.scopes]
    return scopes or [str(found.assessment.target["indicator_id"])]


def _drawn_goal(page: Page, found: Standing, indicator_id: str) -> dict[str, object]:
    """Return the row of a goal: its name with what it asks, and the range of a forecast of its own series."""
    by_scope = {scope.indicator_id: scope.verdict for scope in found.assessment.scopes}
    verdict = by_scope.get(indicator_id, found.assessment.verdict)
    scope = page.words.parentheses(page.voice.scope(indicator_id)) if found.assessment.scopes else ""
    unit = page.unit(indicator_id)
    asked = page.voice.asked(verdict.goal, str(found.assessment.target["value_text"]), unit)
    row: dict[str, object] = {"name": f"{short_name(page, found)}{scope}\n{asked}"}
    reading = found.reading_on(indicator_id)
    aim = value_asked(found)
    if reading is None or reading.cross_check or reading.estimate is None or aim is None:
        return row | _forecast_range(page, verdict, aim)
    told = readings.recorded(page.computed, reading)
    values = (told.low80, told.estimate, told.high80)
    ends = _distances(verdict.goal, aim, [value or 0.0 for value in values])
    spot = dict(zip(("low", "middle", "high"), ends, strict=True))
    return row | spot | {"indicative": True, "note": readings.short(page.voice, told)}


def _distances(goal: Goal, aim: float, values: Iterable[float]) -> list[float]:
    """Return how far values lie beyond what a goal asks, on the side that reaches it, the least first."""
    return sorted(goal.direction * (value - aim) for value in values)


def _forecast_range(page: Page, verdict: Verdict, aim: float | None) -> dict[str, object]:
    nothing: dict[str, object] = {"low": np.nan, "high": np.nan, "middle": np.nan, "indicative": False, "note": ""}
    if verdict.probability is None or verdict.forecast is None or verdict.series is None or verdict.horizon is None:
        return nothing
    ends = verdict.forecast.interval(_LEVEL, verdict.horizon)
    low, high = _distances(verdict.goal, np.nan if aim is None else aim, ends)
    told = page.computed.interval(
        verdict.series, verdict.forecast, verdict.goal.target_year, unit=page.unit(verdict.goal.indicator_id)
    )
    return nothing | {"low": low, "high": high, "note": told}


def _drawn_point(page: Page, position: int, point: Bearing) -> dict[str, object]:
    key, place = point.found.indicator_id, page.voice.place(point.found.region_id)
    name = page.voice.indicator(key) + page.words.parentheses(place)
    return {
        "goal": position,
        "distance": point.distance,
        "role": point.role,
        "hollow": point.is_loose,
        "qualifier": point.point.qualifier,
        "place": place,
        "indicator": page.voice.indicator(key),
        "value": point.point.value,
        "period": point.point.period,
        "source_id": point.point.sources[0],
        frames.TOLD: frames.told(page.voice, page.unit(key), name, point.point),
    }


def _picture_alt(page: Page, drawn: Sequence[tuple[Standing, str, Sequence[Bearing]]]) -> str:
    """Return what the picture shows, in words: of each goal the figure that stands nearest to its place."""
    told = [
        short_name(page, each) + page.words.language.colon + _nearest_figure(page, indicator_id, beside[0])
        for each, indicator_id, beside in drawn
    ]
    lead = page._("Chart of the distance of what was found from the goals.")
    return page.words.sentences([lead, page.words.language.semicolon.join(told) + page.words.language.stop.strip()])


def _nearest_figure(page: Page, indicator_id: str, found: Bearing) -> str:
    """Return a figure with its place and, where it is of another measure than the goal's, with that one's name."""
    key, place = found.found.indicator_id, page.voice.place(found.found.region_id)
    figure = page.computed.quoted_text(page.unit(key), key, found.point)
    if key == indicator_id:
        return page._("{place} {figure}", place=place, figure=figure)
    return page._("{measure}, {place} {figure}", measure=page.voice.indicator(key), place=place, figure=figure)


def _picture_caption(page: Page, points: pd.DataFrame, left_out: Sequence[Standing]) -> str:
    cite = markdown.cite(sorted(set(points["source_id"])))
    told = page._(
        "Distance to the goals that have a scale, in percentage points or points of the index; to the right of the "
        "line a goal is reached. Sources: {cite}.",
        cite=cite,
    )
    if not left_out:
        return told
    names = page.words.join(markdown.escape(short_name(page, each)) for each in left_out)
    return page.words.sentences([told, page._("Not drawn, as counts or without any figure: {names}.", names=names)])

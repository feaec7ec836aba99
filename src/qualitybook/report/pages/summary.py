"""The first page: how many goals stand how, what is known of each, how far off it is, and what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from IPython.display import Markdown

from qualitybook.analysis.assess import Assessment
from qualitybook.analysis.edition_diff import compare, previous
from qualitybook.analysis.goals import Goal
from qualitybook.analysis.indicative import Reading
from qualitybook.analysis.latest import Change
from qualitybook.analysis.standing import Bearing, Nearest, Standing, bearings, side_of, standings, value_asked
from qualitybook.analysis.verdict import Verdict, waiting_state
from qualitybook.evidence.reading import rows_of
from qualitybook.report import LINES, formats, frames, goal_page, labels, markdown, readings
from qualitybook.report.changes import ChangeWords
from qualitybook.report.derived import operation, where
from qualitybook.report.figures import distance
from qualitybook.report.i18n import Words
from qualitybook.report.markdown import Column
from qualitybook.report.pages.base import Page
from qualitybook.report.pages.findings import ARROWS, goals_without_measure, note_on_arrows


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
        told = sentences(self, self._standing(answers))
        return Markdown(
            markdown.paragraphs(self.reconstructed_note(), markdown.container("minute", markdown.bullets(told)))
        )

    def lines(self, answers: Sequence[Assessment] | None = None) -> Markdown:
        """Return the table with a line for each measurable goal."""
        found = self._standing(answers)
        rows = [line(self, each) for each in found]
        told = self.table_of(_columns(self.words), rows, _caption(self))
        return Markdown(markdown.paragraphs(markdown.container(LINES, told), *_notes(self, found)))

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
        return Markdown(note_on_arrows(self) + "\n" + goals_without_measure(self))

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
        items = [f"{level}{self.words.language.colon}{self._(labels.LEVELS[level])}" for level in found]
        return self.text(
            self._("Evidence levels in this table: {levels}.", levels=self.words.language.semicolon.join(items))
        )


# What is said of each goal in a line, and of all of them in three sentences

_UNDECIDED = ("likely", "even", "unlikely", "scope", "unknown")


@dataclass(frozen=True)
class Line:
    """What is said of one goal, each part finished Markdown with its citations."""

    number: str
    name: str
    """The goal's short name."""
    docname: str
    """The goal's page in the book."""
    figure: str
    """The figure nearest to it, with its year and, where it is not the goal's own, what and where it is of; and how
    far the measure has moved since the baseline, where that is known."""
    asked: str
    gap: str
    answer: str
    """The verdict, or what is said in its place."""
    sure: str
    settles: str
    """Who can settle it, with which number."""


def _columns(words: Words) -> list[Column[Line]]:
    """Return the columns of the table of lines."""
    return [
        Column(words.gettext("No."), lambda row: row.number, "r"),
        Column(words.gettext("Goal"), lambda row: markdown.link(row.name, row.docname)),
        Column(words.gettext("Nearest figure, and its way since the baseline"), lambda row: row.figure),
        Column(words.gettext("Asked for"), lambda row: row.asked),
        Column(words.gettext("Gap"), lambda row: row.gap),
        Column(words.gettext("Answer"), lambda row: row.answer),
        Column(words.gettext("How sure"), lambda row: row.sure),
        Column(words.gettext("Who can settle it, and with what"), lambda row: row.settles),
    ]


def _caption(page: Page) -> str:
    """Return the caption of the table of lines."""
    return page._("The goals that can be measured, as of {day}", day=page.words.date(page.as_of))


def _notes(page: Page, found: Sequence[Standing]) -> tuple[str, ...]:
    """Return what readings are, and how many of the figures behind the answers somebody has checked."""
    framed = readings.frame(page.voice) if any(each.readings for each in found) else ""
    lines = {line for each in found for line in each.rests_on}
    return tuple(filter(None, (framed, page.checked(lines))))


def line(page: Page, found: Standing) -> Line:
    """Return what is said of one goal."""
    target = found.assessment.target
    nearest = _by_scope(page, found, _figure) or page._("not found for this book")
    return Line(
        number=str(target["number"]),
        name=markdown.escape(short_name(page, found)),
        docname=goal_page(target["number"], target["target_id"]),
        figure=page.words.language.semicolon.join(filter(None, (nearest, _direction(page, found)))),
        asked=markdown.escape(_asked(page, found)),
        gap=_by_scope(page, found, _gap) or formats.NONE,
        answer=_answer(page, found),
        sure=_sure(page, found),
        settles=_settles(page, found),
    )


def short_name(page: Page, found: Standing) -> str:
    """Return a goal's short name, its statement where it has none; plain text."""
    target = found.assessment.target
    return page.words.name(target, "short") or page.words.name(target, "statement")


def _by_scope(page: Page, found: Standing, say: Callable[[Page, Standing, Nearest], str]) -> str:
    """Return what is said of the nearest figure, of each scope by its name where the wording leaves it open."""
    told = [say(page, found, each) for each in found.nearest]
    if not found.assessment.scopes:
        return "".join(told)
    names = [markdown.escape(page.voice.scope(each.found.indicator_id)) for each in found.nearest]
    colon = page.words.language.colon
    return page.words.language.semicolon.join(name + colon + text for name, text in zip(names, told, strict=True))


def _figure(page: Page, found: Standing, nearest: Nearest) -> str:
    latest = nearest.found
    if latest.shown is None:
        return page._("not found for this book")
    told = markdown.escape(page.computed.short_text(page.unit(latest.indicator_id), latest))
    cited = f"{told} {markdown.cite(latest.shown.sources)}"
    is_own = latest.region_id == found.assessment.target["region_id"]
    if nearest.no_gap == "other_scope":
        name = page.indicator_name if is_own else lambda key: page.series_name(key, latest.region_id)
        return name(latest.indicator_id) + page.words.language.colon + cited
    return cited if is_own else page._("{place} {figure}", place=page.region_name(latest.region_id), figure=cited)


def _asked(page: Page, found: Standing) -> str:
    item = found.assessment
    assert item.unit is not None
    return page.voice.asked(item.verdict.goal, str(item.target["value_text"]), item.unit)


def _gap(page: Page, found: Standing, nearest: Nearest) -> str:
    unit, gap = page.unit(nearest.found.indicator_id), nearest.gap
    if gap is None:
        return page._(labels.NO_GAPS[nearest.no_gap])
    if isinstance(gap, Change):
        return markdown.escape(page.computed.amount_text(unit, nearest.found.indicator_id, gap))
    return markdown.escape(page.computed.gap_to_goal(unit, found.assessment.target_id, nearest.found, gap))


def _direction(page: Page, found: Standing) -> str:
    """Return both figures with their years, the arrow of the number and the change; nothing where it is not known."""
    way = found.direction
    if way is None or way.change is None:
        return ""
    unit = page.unit(way.indicator_id)
    told = page._(
        "{arrow} {amount} from {before} to {after}",
        arrow="" if way.arrow is None else ARROWS[way.arrow],
        amount=page.computed.amount_text(unit, way.indicator_id, way.change),
        before=page.computed.figure_text(unit, way.indicator_id, way.change.before),
        after=page.computed.figure_text(unit, way.indicator_id, way.change.after),
    )
    is_own = way.indicator_id == found.assessment.target["indicator_id"]
    name = "" if is_own else page.indicator_name(way.indicator_id) + page.words.language.colon
    return f"{name}{markdown.escape(told)} {markdown.cite(way.change.sources)}"


def _answer(page: Page, found: Standing) -> str:
    """Return the verdict, and where it cannot be judged what related evidence says; by each scope where it is open."""
    item = found.assessment
    if not item.scopes:
        return _answer_on(page, found, item.verdict)
    told = [
        markdown.escape(page.voice.scope(scope.indicator_id))
        + page.words.language.colon
        + _answer_on(page, found, scope.verdict)
        for scope in item.scopes
    ]
    return page.words.language.semicolon.join(told)


def _answer_on(page: Page, found: Standing, verdict: Verdict) -> str:
    reading = found.reading_on(verdict.goal.indicator_id)
    if verdict.is_decided or verdict.word is not None or reading is None:
        return markdown.escape(page.computed.verdict(verdict))
    return markdown.escape(reading_text(page, reading))


def reading_text(page: Page, reading: Reading) -> str:
    """Return a reading in a few words, which say that it is one; plain text."""
    voice, told = page.voice, readings.recorded(page.computed, reading)
    if told.estimate is None:
        return page._("no estimate: {reason}", reason=readings.refusal(voice, told))
    values = {"estimate": readings.figure_text(voice, told, told.estimate), "range": readings.range_text(voice, told)}
    if told.probability is None:
        return page._("indicative {estimate} ({range}), no probability", **values)
    word, chance = readings.chance_word(voice, told), readings.chance_text(voice, told)
    return page._("{word} ({chance}), indicative: {estimate} ({range})", word=word, chance=chance, **values)


def _sure(page: Page, found: Standing) -> str:
    """Return the level of evidence and, of a reading with a probability, what other assumptions make of it."""
    told = [found.assessment.level]
    for reading in found.readings:
        if reading.probability is not None and reading.variants and not reading.cross_check:
            ordered = sorted(reading.variants, key=lambda variant: variant.probability)
            low, high = (readings.variant_chance(variant) for variant in (ordered[0], ordered[-1]))
            told.append(page._("otherwise {range}", range=low if low == high else page.words.between(low, high)))
    return page.words.language.semicolon.join(told)


def _settles(page: Page, found: Standing) -> str:
    """Return who can settle the goal with which number; a dash for a goal that is decided."""
    if found.is_decided:
        return formats.NONE
    named = [
        markdown.escape(page.words.name(gap, "keeper") + page.words.language.colon + page.words.name(gap, "answer"))
        for gap in rows_of(found.assessment.gaps)
        if page.words.name(gap, "keeper")
    ]
    told = named or page.missing_of(found.assessment)
    return page.words.language.semicolon.join(told) or formats.NONE


# The sentences


def sentences(page: Page, found: Sequence[Standing]) -> tuple[str, ...]:
    """Return what is decided, which way the rest leans, and who can settle it."""
    told = (_decided(page, found), _leaning(page, found), _settled_by(page, found))
    return tuple(sentence for sentence in told if sentence)


def _decided(page: Page, found: Sequence[Standing]) -> str:
    sides = Counter(each.side for each in found)
    values = {
        "count": page.computed.goals("brief.measurable", len(found), which="measurable"),
        "met": page.computed.goals("brief.met", sides["met"], which="side_met"),
        "missed": page.computed.goals("brief.missed", sides["not_met"], which="side_not_met"),
    }
    if not sides["met"] + sides["not_met"]:
        return page._(
            "Goals that can be measured: {count}; none has a final verdict so far, which takes an official figure of "
            "the whole target year.",
            **values,
        )
    return page._(
        "Goals that can be measured: {count}; with a final verdict, by an official figure of the whole target year: "
        "met {met}, missed {missed}.",
        **values,
    )


def _leaning(page: Page, found: Sequence[Standing]) -> str:
    """Return how many of the undecided goals lean which way, and which; empty where all are decided."""
    groups = {side: [each for each in found if each.side == side] for side in _UNDECIDED}
    told = [
        page._(
            "{lean} {count} ({names})",
            lean=page._(labels.SIDES[side]),
            count=page.computed.goals("brief.side", len(group), which=f"side_{side}"),
            names=page.words.join(markdown.escape(short_name(page, each)) for each in group),
        )
        for side, group in groups.items()
        if group
    ]
    if not told:
        return ""
    return page._(
        "Going by what was found so far, which decides nothing: {groups}.",
        groups=page.words.language.semicolon.join(told),
    )


def _settled_by(page: Page, found: Sequence[Standing]) -> str:
    """Return who can settle how many of the goals with how many numbers; empty where nobody is named."""
    due = [
        each
        for each in found
        if not each.is_decided and waiting_state(each.assessment.verdict.goal.target_year, page.as_of) != "open"
    ]
    gaps = [gap for each in due for gap in rows_of(each.assessment.gaps) if page.words.name(gap, "keeper")]
    named = [gap for gap in gaps if gap.numbers > 0]
    if not named:
        return ""
    keepers = page.words.join(dict.fromkeys(markdown.escape(page.words.name(gap, "keeper")) for gap in named))
    rows = where("gaps", target_id=[gap.target_id for gap in named])
    numbers = int(sum(gap.numbers for gap in named))
    note, added = page.computed.ledger.note, operation("sum", of="numbers")
    printed = page.words.ngettext("{count} number", "{count} numbers", numbers)
    goals = len({gap.target_id for gap in named})
    told = page.words.ngettext(
        "{numbers} would settle {goals} goal; to ask: {keepers}.",
        "{numbers} would settle {goals} goals; to ask: {keepers}.",
        goals,
        keepers=keepers,
        numbers=note("brief.numbers", added, rows, numbers, printed),
        goals=page.computed.count("brief.settled", rows, goals, of="target_id"),
    )
    first = [gap for gap in gaps if not gap.numbers > 0]
    if not first:
        return told
    short = {each.assessment.target_id: short_name(page, each) for each in found}
    names = page.words.join(markdown.escape(short[gap.target_id]) for gap in first)
    return page.words.sentences([told, page._("Rules or a list have to come first for: {names}.", names=names)])


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
                f"{labels.STANDING_SYMBOLS[name]} {page._(labels.STANDINGS[name])}",
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

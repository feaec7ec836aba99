"""The first page: what is said of each measurable goal in a line, and of all of them in three sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qualitybook.analysis.indicative import Reading
from qualitybook.analysis.latest import Change
from qualitybook.analysis.standing import Nearest, Standing
from qualitybook.analysis.verdict import Verdict, waiting_state
from qualitybook.evidence.reading import rows_of
from qualitybook.report import formats, goal_page, labels, markdown, readings
from qualitybook.report.derived import operation, where
from qualitybook.report.i18n import Words
from qualitybook.report.markdown import Column
from qualitybook.report.pages.balance import ARROWS
from qualitybook.report.pages.base import Page

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


def columns(words: Words) -> list[Column[Line]]:
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


def caption(page: Page) -> str:
    """Return the caption of the table of lines."""
    return page._("The goals that can be measured, as of {day}", day=page.words.date(page.as_of))


def notes(page: Page, found: Sequence[Standing]) -> tuple[str, ...]:
    """Return what readings are, and how many of the figures behind the answers somebody has checked."""
    framed = readings.frame(page.voice) if any(each.readings for each in found) else ""
    lines = {line for each in found for line in each.rests_on}
    return tuple(filter(None, (framed, page.checked(lines))))


# The lines


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
        return labels.label(page.words, labels.NO_GAPS, nearest.no_gap)
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
            lean=labels.label(page.words, labels.SIDES, side),
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

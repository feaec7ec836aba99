"""The words for figures, changes and directions as `qualitybook.analysis.latest` and `balance` tell them.

Every figure is printed with its period, every change with the period that it is counted from, and what makes either
doubtful stands beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from qualitybook.analysis.latest import Change, Latest, Point
from qualitybook.analysis.standing import Gap
from qualitybook.evidence.catalog import Unit
from qualitybook.evidence.schema import PROVISIONAL
from qualitybook.report import formats, labels
from qualitybook.report.i18n import Words

NONE = "–"
ARROWS = {1: "↑", -1: "↓", 0: "→"}
Say = Callable[[Words, str, Unit, str], str]
"""How a figure is written: `formats.qualified` for tables, `formats.told` for running text."""


def period_text(words: Words, point: Point) -> str:
    """Return when a figure is of: its period, else the years that it may belong to, else that none is stated."""
    if point.years is None:
        return formats.period(words, point.period)
    first, last = point.years
    if first == last:
        return words.gettext("about {year}", year=formats.year(words, first))
    return words.gettext("about {first} to {last}", first=first, last=formats.year(words, last))


def period_in_full(words: Words, point: Point) -> str:
    """Return when a figure is of, with what else its period must not be read without."""
    marks = (
        (point.of_each_year, words.gettext("said of each year")),
        (point.status == PROVISIONAL, words.gettext("provisional")),
        (not point.is_complete, words.gettext("not the whole period")),
    )
    said = [text for holds, text in marks if holds]
    return period_text(words, point) + (words.parentheses(words.language.comma.join(said)) if said else "")


def figure_text(words: Words, unit: Unit, point: Point, say: Say = formats.qualified) -> str:
    """Return a figure with its period and what makes it doubtful: ``3.44% (2023)``, ``89.6 (about 2010 to 2012)``."""
    figure = say(words, point.value_text, unit, point.qualifier)
    return figure + words.parentheses(words.language.comma.join([period_text(words, point), *_doubts(words, point)]))


def _doubts(words: Words, point: Point) -> list[str]:
    gettext = words.gettext
    doubts = (
        (point.is_made, gettext("worked out from its parts")),
        (point.of_each_year, gettext("said of each year")),
        (point.status == PROVISIONAL, gettext("provisional")),
        (not point.is_complete, gettext("not the whole period")),
        (point.basis != "", gettext("another definition than today's")),
        (point.is_doubtful, gettext("may belong to the year before")),
    )
    return [text for holds, text in doubts if holds]


def change_text(words: Words, unit: Unit, change: Change) -> str:
    """Return a change with the period that it is counted from: ``−2.34 percentage points since 2023``."""
    since = period_text(words, change.before)
    if change.value == 0 and change.qualifier == "exact":
        return words.gettext("unchanged since {period}", period=since)
    told = words.gettext("{amount} since {period}", amount=amount_text(words, unit, change), period=since)
    return told + (words.parentheses(words.gettext("within rounding")) if change.is_within_rounding else "")


def amount_text(words: Words, unit: Unit, change: Change) -> str:
    """Return how large a change is, with its sign and its unit: ``at least +17``, ``−2.34 percentage points``."""
    return _qualified(
        words, formats.change(words, change.before.value_text, change.after.value_text, unit), change.qualifier
    )


def _qualified(words: Words, amount: str, qualifier: str) -> str:
    told = {
        "at_least": words.gettext("at least {amount}", amount=amount),
        "at_most": words.gettext("at most {amount}", amount=amount),
        "about": words.gettext("about {amount}", amount=amount),
    }
    return told.get(qualifier, amount)


def gap_text(words: Words, unit: Unit, gap: Gap) -> str:
    """Return how far a figure is from a goal's value, with its sign and its unit."""
    if gap.value.is_zero() and gap.qualifier == "exact":
        return words.gettext("exactly on it")
    return _qualified(words, formats.difference(words, gap.value, unit), gap.qualifier)


def moved_text(words: Words, unit: Unit, change: Change) -> str:
    """Return which way a figure went and how far, for running text: ``up 0.01 percentage points since 2022``."""
    since, size = period_text(words, change.before), size_text(words, unit, change)
    if change.value == 0 and change.qualifier not in ("at_least", "at_most"):
        return words.gettext("unchanged since {period}", period=since)
    if change.sign is None:
        return change_text(words, unit, change)
    if unit.form == "rank":
        return words.gettext("{places} since {period}", places=amount_text(words, unit, change), period=since)
    is_amount = unit.form in ("count", "money")
    up = words.gettext("{size} more than in {period}") if is_amount else words.gettext("up {size} since {period}")
    down = words.gettext("{size} less than in {period}") if is_amount else words.gettext("down {size} since {period}")
    told = (up if change.sign > 0 else down).format(size=size, period=since)
    return told + (words.parentheses(words.gettext("within rounding")) if change.is_within_rounding else "")


def size_text(words: Words, unit: Unit, change: Change) -> str:
    """Return how large a change is without its sign: ``0.01 percentage points``, ``at least 17``, ``about 7``."""
    exact = Decimal(change.after.value_text) - Decimal(change.before.value_text)
    size = formats.difference(words, abs(exact), unit).removeprefix("+")
    if change.qualifier in ("at_least", "at_most"):
        return words.gettext("at least {amount}", amount=size)
    return words.gettext("about {amount}", amount=size) if change.qualifier == "about" else size


def change_or_reason(words: Words, unit: Unit, found: Latest) -> str:
    """Return the change that belongs to the latest figure, else why there is none."""
    if found.change is not None:
        return change_text(words, unit, found.change)
    return labels.label(words, labels.NOT_COMPARABLE, found.reason)


def latest_text(words: Words, unit: Unit, found: Latest, say: Say = formats.qualified) -> str:
    """Return the latest figure, what stands beside it, and its mark of age; a dash without any."""
    if found.shown is None:
        return NONE
    parts = [_first(words, unit, found, found.shown, say), *_beside(words, unit, found, say)]
    return words.language.semicolon.join(parts) + stale_mark(words, found)


def short_text(words: Words, unit: Unit, found: Latest) -> str:
    """Return the latest figure and its mark of age alone, for narrow tables; a dash without any."""
    return (
        NONE
        if found.shown is None
        else _first(words, unit, found, found.shown, formats.told) + stale_mark(words, found)
    )


def _first(words: Words, unit: Unit, found: Latest, shown: Point, say: Say) -> str:
    """Return the figure that stands first; an undated one is not passed off as the latest."""
    told = figure_text(words, unit, shown, say)
    has_dated = found.point is not None or found.part is not None or found.lone_part is not None
    return told if has_dated else words.gettext("no dated figure found; {figure}", figure=told)


def _beside(words: Words, unit: Unit, found: Latest, say: Say) -> list[str]:
    points = (point for point in (found.lone_part, *found.newer_undated) if point is not None)
    beside = [figure_text(words, unit, point, say) for point in points]
    if found.part is not None:
        change = change_text(words, unit, found.part)
        beside.insert(0, figure_text(words, unit, found.part.after, say) + words.language.comma + change)
    return beside


def stale_mark(words: Words, found: Latest) -> str:
    """Return the mark of a series without a new figure for years, in parentheses; empty for others."""
    if found.years_without is None:
        return ""
    return words.parentheses(words.gettext("no newer figure found for {count} years", count=found.years_without))


def sources_of(found: Latest) -> tuple[str, ...]:
    """Return the sources of what `latest_text` and `change_or_reason` say."""
    before = () if found.change is None else found.change.before.sources
    return tuple(dict.fromkeys((*figure_sources(found), *before)))


def figure_sources(found: Latest) -> tuple[str, ...]:
    """Return the sources of what `latest_text` says."""
    shown = () if found.shown is None else found.shown.sources
    part = () if found.part is None else found.part.sources
    lone = () if found.lone_part is None else found.lone_part.sources
    undated = [source for point in found.newer_undated for source in point.sources]
    return tuple(dict.fromkeys((*shown, *part, *lone, *undated)))

"""What is found on a task or an area, as a few sentences: numbers with their years, each beside its source."""

from __future__ import annotations

from collections.abc import Sequence

from qualitybook.analysis.findings import Beside, Finding, Findings
from qualitybook.analysis.latest import OLDEST_FRESH, Change
from qualitybook.report import labels, markdown
from qualitybook.report.derived import where
from qualitybook.report.pages import balance
from qualitybook.report.pages.base import Page

_MOST_NAMED = 3
"""Indicators that a sentence names; the table below has the others."""
_CHANCE = "within_chance"
_MOVES = ((1, "risen"), (-1, "fallen"), (0, "unchanged"))


def of_task(page: Page, found: Findings) -> str:
    """Return the findings of a task: its headline indicators, what else moved, what is stale and what is not found."""
    first = [_sentence(page, _told(page, item, in_full=True)) for item in found.headlines]
    moved = [_group(page, sign, found.moved(sign)) for sign, _code in _MOVES]
    some, more = page._("Without news: {list}."), page._("Without news: {list}, and others below.")
    last = [_coverage(page, found), _named(page, found.stale, some, more)]
    parts = [*first, page.words.sentences(moved), page.words.sentences(last)]
    return markdown.bullets(part for part in parts if part)


def of_area(page: Page, found: Findings) -> str:
    """Return the findings of an area: how many of its indicators have moved, and what the headline ones say."""
    parts = [_coverage(page, found), _moves(page, found)]
    number = sum(item.latest.is_stale for item in found.own)
    stale = page.computed.count("findings.stale", _own_rows(page, found), number, of="stale", years=OLDEST_FRESH)
    parts.append(page._("Without a new figure for more than three years: {stale}.", stale=stale))
    return markdown.bullets([page.words.sentences(parts)]) + headlines(page, found)


def headlines(page: Page, found: Findings) -> str:
    """Return what the headline indicators say, one a line."""
    return markdown.bullets(_sentence(page, _told(page, item, in_full=False)) for item in found.headlines)


def _sentence(page: Page, clause: str) -> str:
    return page._("{list}.", list=clause)


def _told(page: Page, item: Finding, in_full: bool) -> str:
    """Return an indicator's latest figure with how it moved; in full with what the places around it had."""
    unit = page.unit(item.indicator_id)
    figure = markdown.escape(page.computed.latest_text(unit, item.latest, page.words.told))
    cited = markdown.cite(item.latest.figure_sources)
    changes = item.changes if in_full else item.changes[:1]
    name = page.placed_link(item.indicator_id, item.latest.region_id)
    told = [f"{name}{page.words.language.colon}{figure} {cited}"]
    told += [_moved(page, item, change) for change in changes]
    around = [_beside(page, item, beside) for beside in item.beside] if in_full else []
    return page.words.language.semicolon.join([page.words.language.comma.join(told), *around])


def _moved(page: Page, item: Finding, change: Change) -> str:
    """Return a change with its earlier source; that it is no more than chance is said of the change that was tried."""
    text = markdown.escape(page.computed.moved_text(page.unit(item.indicator_id), item.indicator_id, change))
    if item.direction is not None and change is item.since and item.direction.code == _CHANCE:
        said = [labels.label(page.words, labels.DIRECTIONS, _CHANCE), balance.test_text(page, item.direction)]
        text = page.words.aside(text, page.words.language.comma.join(said))
    cited = item.latest.figure_sources
    return f"{text} {markdown.cite(source for source in change.before.sources if source not in cited)}".rstrip()


def _beside(page: Page, item: Finding, beside: Beside) -> str:
    """Return what a place around the plan's had at the same time."""
    unit, indicator = page.unit(item.indicator_id), item.indicator_id
    figure = markdown.escape(page.computed.figure_text(unit, indicator, beside.point, page.words.told))
    change = beside.change
    sources = beside.point.sources if change is None else change.sources
    told = [f"{page.region_name(beside.region_id)}{page.words.language.colon}{figure}"]
    if change is not None:
        told.append(markdown.escape(page.computed.moved_text(unit, indicator, change)))
    return f"{page.words.language.comma.join(told)} {markdown.cite(sources)}"


def _group(page: Page, sign: int, items: Sequence[Finding]) -> str:
    """Return the other indicators that went one way."""
    heads = {
        1: (page._("Rose: {list}."), page._("Rose: {list}, and others below.")),
        -1: (page._("Fell: {list}."), page._("Fell: {list}, and others below.")),
        0: (page._("Unchanged: {list}."), page._("Unchanged: {list}, and others below.")),
    }
    return _named(page, items, *heads[sign])


def _named(page: Page, items: Sequence[Finding], all_of_them: str, the_first: str) -> str:
    """Return a sentence that names indicators, the first few of many; empty without any."""
    if not items:
        return ""
    told = page.words.language.semicolon.join(_told(page, item, in_full=False) for item in items[:_MOST_NAMED])
    return (the_first if len(items) > _MOST_NAMED else all_of_them).format(list=told)


def _coverage(page: Page, found: Findings) -> str:
    """Return how many of the indicators have figures of the plan's place."""
    listed = where("indicators", indicator_id=found.listed)
    return page._(
        "Indicators listed: {listed}; with figures of {place}: {own}.",
        place=page.region_name(page.plan_region),
        listed=page.computed.count("findings.listed", listed, len(found.listed)),
        own=page.computed.count("findings.own", _own_rows(page, found), len(found.own), of="indicator_id"),
    )


def _moves(page: Page, found: Findings) -> str:
    """Return how many indicators of the plan's place went which way since the baseline."""
    if found.baseline is None:
        return ""
    if not any(found.since_baseline(sign) for sign, _code in _MOVES):
        return page._("No figure can be compared with {year}.", year=page.words.year(found.baseline))
    rows, since = _own_rows(page, found), found.baseline
    counted = {
        code: page.computed.count("findings.moves", rows, found.since_baseline(sign), of=code, since=since)
        for sign, code in _MOVES
    }
    return page._(
        "Of those that can be compared with {year} (where it has no figure, with the nearest of the three years "
        "before), {risen} rose, {fallen} fell and {unchanged} did not change.",
        year=page.words.year(found.baseline),
        **counted,
    )


def _own_rows(page: Page, found: Findings) -> str:
    """Return what names the figures of the plan's place."""
    return where("observations", indicator_id=found.listed, region_id=page.plan_region)

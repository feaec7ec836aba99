"""What is found on a task, an area or a goal without a measure: numbers with their years, each beside its source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qualitybook.analysis.findings import WORDS, Beside, Direction, Finding, Findings
from qualitybook.analysis.latest import OLDEST_FRESH, Change, Latest
from qualitybook.report import formats, labels, markdown
from qualitybook.report.derived import where
from qualitybook.report.markdown import Column
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
        said = [page._(labels.DIRECTIONS[_CHANCE]), _test_text(page, item.direction)]
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


# Which way the supporting indicators of the goals without a measure have gone since the baseline, one by one

ARROWS = {1: "↑", -1: "↓", 0: "→"}
_NO_MORE_THAN_CHANCE = ("within_rounding", "within_chance")


@dataclass(frozen=True)
class _Row:
    """A supporting indicator of a goal, or a goal that has none."""

    number: int
    direction: Direction | None
    latest: Latest | None


def goals_without_measure(page: Page) -> str:
    """Return the goals without a measure, each with its supporting indicators: baseline, latest figure and change."""
    baseline = page.catalog.plan_baseline
    if baseline is None:
        told = page._(
            "No goal of the plan names a baseline year, so there is no year since which to tell what supporting "
            "indicators did."
        )
        return told + "\n"
    columns: list[Column[_Row]] = [
        Column(page._("No."), lambda row: str(row.number), "r"),
        Column(page._("Supporting indicator"), lambda row: _name(page, row)),
        Column(page._("Up to {year}", year=page.words.year(baseline)), lambda row: _before(page, row), "r"),
        Column(page._("Latest figure"), lambda row: _latest(page, row), "r"),
        Column(page._("Course"), lambda row: _course(page, row)),
        Column(page._("Change"), lambda row: _change(page, row)),
        Column(page._("Source"), _sources),
    ]
    return page.table_of(columns, _rows(page), page._("Goals without a measure: what their supporting indicators did"))


def _rows(page: Page) -> Iterator[_Row]:
    """Yield the rows in the order of the goals; what has had no new figure for years stands last under its goal."""
    for target_id, directions in Direction.of_goals(page.catalog).items():
        number = int(page.catalog.target(target_id).number)
        rows = [_Row(number, each, Latest.at(page.catalog, each.indicator_id, each.region_id)) for each in directions]
        yield from sorted(rows, key=lambda row: row.latest is not None and row.latest.is_stale)
        if not rows:
            yield _Row(number, None, None)


def _name(page: Page, row: _Row) -> str:
    if row.direction is None:
        return page._("No supporting indicator is assigned to this goal.")
    return page.placed_link(row.direction.indicator_id, row.direction.region_id)


def _before(page: Page, row: _Row) -> str:
    if row.direction is None or row.direction.before is None:
        return formats.NONE
    indicator = row.direction.indicator_id
    return markdown.escape(page.computed.figure_text(page.unit(indicator), indicator, row.direction.before))


def _latest(page: Page, row: _Row) -> str:
    """Return the latest figure with its mark of age; that there is none since the baseline where that is so."""
    if row.latest is None or row.direction is None:
        return formats.NONE
    if row.direction.after is None and row.direction.before is not None:
        mark = page.computed.stale_mark(row.latest)
        return formats.NONE + mark if mark else page._("none found since")
    return markdown.escape(page.computed.latest_text(page.unit(row.latest.indicator_id), row.latest))


def _course(page: Page, row: _Row) -> str:
    """Return the series as a small line."""
    return formats.NONE if row.latest is None else page.sparkline(row.latest.indicator_id, row.latest.region_id)


def _change(page: Page, row: _Row) -> str:
    """Return arrow and change since the baseline with what they mean, else why the figures are not comparable."""
    direction = row.direction
    if direction is None or direction.before is None or direction.after is None:
        return formats.NONE
    if direction.change is None:
        return page._(labels.DIRECTIONS[direction.code])
    amount = page.computed.amount_text(page.unit(direction.indicator_id), direction.indicator_id, direction.change)
    told = [f"{_arrow(page, direction)} {amount}".strip(), *_finding(page, direction), *_peers(page, direction)]
    return markdown.escape(page.words.language.comma.join(told))


def _sources(row: _Row) -> str:
    points = [row.direction.before] if row.direction is not None and row.direction.before is not None else []
    latest = () if row.latest is None else row.latest.figure_sources
    return markdown.cite([*(source for point in points for source in point.sources), *latest]) or formats.NONE


def note_on_arrows(page: Page) -> str:
    """Return the paragraph that says what the arrows mean and when a change is called better or worse."""
    return page._(
        "The arrow is the direction of the number, not a judgement. “Better” or “worse” is added only where one "
        "direction is better for the goal and the change is more than chance: counts by their sign, rates by the "
        "sampling error where the numbers inspected are known, others by the series' own usual step over so many "
        "years, its trend taken out; a series with fewer than three steps of its own gets no such word. Growth rates "
        "and ranks are shown only. Where the baseline year has no figure, the nearest of the three years before it "
        "stands for it, with its year. Nothing is added up to a score."
    )


def _peers(page: Page, direction: Direction) -> list[str]:
    """Return what the places that contain the series' own did in the same years."""
    unit = page.unit(direction.indicator_id)
    return [
        page._(
            "in the same years {region} {amount}",
            region=page.words.name(page.catalog.region(peer.region_id)),
            amount=page.computed.amount_text(unit, direction.indicator_id, peer.change),
        )
        for peer in direction.peers
    ]


def _arrow(page: Page, direction: Direction) -> str:
    """Return the direction of the number; none for a rank, whose number falls as the place rises."""
    if direction.arrow is None or page.unit(direction.indicator_id).form == "rank":
        return ""
    return ARROWS[direction.arrow]


def _finding(page: Page, direction: Direction) -> list[str]:
    """Return the word, or that the change is no more than chance, with what it had to exceed."""
    if direction.code not in (*WORDS, *_NO_MORE_THAN_CHANCE):
        return []
    word = page._(labels.DIRECTIONS[direction.code])
    return [word, _test_text(page, direction)] if direction.test else [word]


def _test_text(page: Page, direction: Direction) -> str:
    """Return how the change was told from chance, with what it had to exceed in the decimals of the figures."""
    test = page._(labels.TESTS[direction.test])
    if direction.threshold is None or direction.change is None:
        return test
    threshold = page.computed.threshold(direction, direction.change, direction.threshold)
    return page._("{test} {threshold}", test=test, threshold=threshold)

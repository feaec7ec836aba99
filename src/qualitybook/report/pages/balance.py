"""Which way the supporting indicators of the goals without a measure have gone since the baseline, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from qualitybook.analysis.balance import WORDS, Direction
from qualitybook.analysis.latest import Latest
from qualitybook.report import formats, labels, markdown
from qualitybook.report.markdown import Column
from qualitybook.report.pages.base import Page

ARROWS = {1: "↑", -1: "↓", 0: "→"}
_NO_MORE_THAN_CHANCE = ("within_rounding", "within_chance")


@dataclass(frozen=True)
class _Row:
    """A supporting indicator of a goal, or a goal that has none."""

    number: int
    direction: Direction | None
    latest: Latest | None


def overview(page: Page) -> str:
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
        return labels.label(page.words, labels.DIRECTIONS, direction.code)
    amount = page.computed.amount_text(page.unit(direction.indicator_id), direction.indicator_id, direction.change)
    told = [f"{_arrow(page, direction)} {amount}".strip(), *_finding(page, direction), *_peers(page, direction)]
    return markdown.escape(page.words.language.comma.join(told))


def _sources(row: _Row) -> str:
    points = [row.direction.before] if row.direction is not None and row.direction.before is not None else []
    latest = () if row.latest is None else row.latest.figure_sources
    return markdown.cite([*(source for point in points for source in point.sources), *latest]) or formats.NONE


def note(page: Page) -> str:
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
    word = labels.label(page.words, labels.DIRECTIONS, direction.code)
    return [word, test_text(page, direction)] if direction.test else [word]


def test_text(page: Page, direction: Direction) -> str:
    """Return how the change was told from chance, with what it had to exceed in the decimals of the figures."""
    test = labels.label(page.words, labels.TESTS, direction.test)
    if direction.threshold is None or direction.change is None:
        return test
    threshold = page.computed.threshold(direction, direction.change, direction.threshold)
    return page._("{test} {threshold}", test=test, threshold=threshold)

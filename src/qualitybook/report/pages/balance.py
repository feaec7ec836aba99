"""Which way the supporting indicators of the goals without a measure have gone since the baseline, one by one."""

from __future__ import annotations

from collections.abc import Sequence

from qualitybook.analysis.balance import Direction, balance, balances, plan_baseline
from qualitybook.analysis.latest import Change, Point
from qualitybook.evidence.catalog import Unit
from qualitybook.report import formats, labels, latest_words, markdown
from qualitybook.report.markdown import Column
from qualitybook.report.pages.base import Page


def overview(page: Page) -> str:
    """Return the goals without a measure due in the edition's target year, each with its indicators by name."""
    if plan_baseline(page.catalog) is None:
        return _no_baseline(page) + "\n"
    found = balances(page.catalog, page.edition.target_year)
    targets = page.catalog.targets.set_index("target_id")
    columns: list[Column[str]] = [
        Column(page._("No."), lambda key: str(targets.loc[key, "number"]), "r"),
        Column(page._("Goal"), lambda key: markdown.escape(page.words.name(targets.loc[key], "statement"))),
        Column(
            page._("Supporting indicators since {year}", year=_baseline(page)), lambda key: sentence(page, found[key])
        ),
    ]
    return page.table_of(columns, found, page._("Goals without a measure: what their supporting indicators did"))


def table(page: Page, target_id: str) -> str:
    """Return the supporting indicators of one goal without a measure with both figures and what the change means."""
    directions = balance(page.catalog, target_id)
    if not directions:
        return sentence(page, directions) + "\n"
    columns: list[Column[Direction]] = [
        Column(page._("Indicator"), lambda item: page.series_name(item.indicator_id, item.region_id)),
        Column(page._("Up to {year}", year=_baseline(page)), lambda item: _figure(page, item, item.before), "r"),
        Column(page._("Latest since"), lambda item: _figure(page, item, item.after), "r"),
        Column(page._("Change"), lambda item: _change(page, item), "r"),
        Column(page._("More than chance?"), lambda item: _finding(page, item)),
        Column(page._("Source"), _sources),
    ]
    targets = page.catalog.targets.set_index("target_id")
    caption = page._(
        "Supporting indicators since {year}: {goal}",
        year=_baseline(page),
        goal=markdown.escape(page.words.name(targets.loc[target_id], "statement")),
    )
    return page.table_of(columns, directions, caption)


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


def sentence(page: Page, directions: Sequence[Direction]) -> str:
    """Return what the supporting indicators of a goal did, by name; it says so where there is mostly no data."""
    if plan_baseline(page.catalog) is None:
        return _no_baseline(page)
    if not directions:
        return page._("No supporting indicator is assigned to this goal.")
    told = [_told(page, direction) for direction in directions if direction.change is not None]
    without = [direction for direction in directions if direction.change is None]
    mostly = page._("Mostly no data.") if 2 * len(without) > len(directions) else ""
    # Names of indicators contain commas.
    listed = page.words.language.semicolon.join(told)
    parts = [page._("{list}.", list=listed)] if told else []
    if without:
        names = [page.indicator_name(direction.indicator_id) for direction in without]
        parts.append(page._("No comparable pair: {names}.", names=page.words.language.semicolon.join(names)))
    return page.words.sentences([mostly, *parts])


def _told(page: Page, direction: Direction) -> str:
    """Return an indicator with both figures, the arrow, the change and, where it is more than chance, the word."""
    assert direction.change is not None
    unit = page.unit(direction.indicator_id)
    pair = [
        page.computed.quoted_text(unit, direction.indicator_id, point)
        for point in (direction.change.before, direction.change.after)
    ]
    amount = _amount(page, direction.indicator_id, direction.change, unit)
    word = labels.label(page.words, labels.DIRECTIONS, direction.word) if direction.word else ""
    said = [f"{_arrow(direction)} {amount}".strip(), *([word] if word else []), *_peers(page, direction)]
    told = " → ".join(pair) + page.words.language.comma + page.words.language.comma.join(said)
    return page.indicator_name(direction.indicator_id) + " " + markdown.escape(told)


def _peers(page: Page, direction: Direction) -> list[str]:
    """Return what the places that contain the series' own did in the same years."""
    unit = page.unit(direction.indicator_id)
    return [
        page._(
            "in the same years {region} {amount}",
            region=page.words.name(page.catalog.region(peer.region_id)),
            amount=_amount(page, direction.indicator_id, peer.change, unit),
        )
        for peer in direction.peers
    ]


def _arrow(direction: Direction) -> str:
    return "" if direction.arrow is None else latest_words.ARROWS[direction.arrow]


def _no_baseline(page: Page) -> str:
    return page._(
        "No goal of the plan names a baseline year, so there is no year since which to tell what supporting indicators "
        "did."
    )


def _baseline(page: Page) -> str:
    """Return the plan's baseline year, a dash where it has none."""
    year = plan_baseline(page.catalog)
    return latest_words.NONE if year is None else formats.year(page.words, year)


def _sources(direction: Direction) -> str:
    points = [point for point in (direction.before, direction.after) if point is not None]
    return markdown.cite([source for point in points for source in point.sources]) or latest_words.NONE


def _figure(page: Page, direction: Direction, point: Point | None) -> str:
    if point is None:
        return latest_words.NONE
    return markdown.escape(page.computed.figure_text(page.unit(direction.indicator_id), direction.indicator_id, point))


def _change(page: Page, direction: Direction) -> str:
    if direction.change is None:
        return latest_words.NONE
    unit = page.unit(direction.indicator_id)
    amount = _amount(page, direction.indicator_id, direction.change, unit)
    return markdown.escape(f"{_arrow(direction)} {amount}".strip())


def _amount(page: Page, indicator_id: str, change: Change, unit: Unit) -> str:
    """Return a change; of a rank as a number, since the arrow beside it is the direction of the number."""
    if unit.form == "rank":
        return page.computed.rank_change(indicator_id, change)
    return page.computed.amount_text(unit, indicator_id, change)


def _finding(page: Page, direction: Direction) -> str:
    """Return the word or why there is none, with what had to be exceeded and what the places around did."""
    said = [labels.label(page.words, labels.DIRECTIONS, direction.code)]
    if direction.test:
        said.append(test_text(page, direction))
    return markdown.escape(page.words.language.comma.join([*said, *_peers(page, direction)]))


def test_text(page: Page, direction: Direction) -> str:
    """Return how the change was told from chance, with what it had to exceed in the decimals of the figures."""
    test = labels.label(page.words, labels.TESTS, direction.test)
    if direction.threshold is None or direction.change is None:
        return test
    threshold = page.computed.threshold(direction, direction.change, direction.threshold)
    return page._("{test} {threshold}", test=test, threshold=threshold)

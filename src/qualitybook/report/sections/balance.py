"""What the supporting indicators of the goals without a measure did since the baseline, named one by one."""

from __future__ import annotations

from collections.abc import Sequence

from qualitybook.analysis.balance import Change, Point, balance, balances, plan_baseline
from qualitybook.evidence.numbers import printed
from qualitybook.report import formats, labels, markdown
from qualitybook.report.pages.base import Page
from qualitybook.report.sections import codes

CODE_ORDER = ("better", "worse", "no_change", "no_direction", "too_short", "no_data")


def overview(page: Page) -> str:
    """Return the goals without a measure due in the edition's target year, each with its indicators by name."""
    found = balances(page.catalog, page.edition.target_year)
    header = [page._("No."), page._("Goal"), page._("Supporting indicators since {year}", year=_baseline(page))]
    targets = page.catalog.targets.set_index("target_id")
    rows = [
        [
            str(targets.loc[target_id, "number"]),
            markdown.escape(page.words.name(targets.loc[target_id], "statement")),
            sentence(page, changes),
        ]
        for target_id, changes in found.items()
    ]
    return page.table(header, rows, page._("Goals without a measure: what their supporting indicators did"), "rll")


def table(page: Page, target_id: str) -> str:
    """Return the supporting indicators of one goal without a measure with both figures and what the change means."""
    changes = balance(page.catalog, target_id)
    if not changes:
        return page._("No supporting indicator is assigned to this goal.") + "\n"
    header = [
        page._("Indicator"),
        page._("Up to {year}", year=_baseline(page)),
        page._("Latest since"),
        page._("Must exceed"),
        page._("Finding"),
        page._("Source"),
    ]
    targets = page.catalog.targets.set_index("target_id")
    caption = page._(
        "Supporting indicators since {year}: {goal}",
        year=_baseline(page),
        goal=markdown.escape(page.words.name(targets.loc[target_id], "statement")),
    )
    return page.table(header, [_row(page, change) for change in changes], caption, "lrrrll")


def note(page: Page) -> str:
    """Return the paragraph that says how a change is told from the usual ups and downs."""
    return page._(
        "A change counts only if it exceeds the indicator's own usual step over so many years (the median of its "
        "yearly steps up to the baseline; with fewer than two steps that of similar series), and the sampling error "
        "where the numbers inspected are known. Figures of up to three years before the baseline stand for it. The "
        "findings are not added up to a score."
    )


def sentence(page: Page, changes: Sequence[Change]) -> str:
    """Return what the supporting indicators of a goal did, by name; it says so where there is mostly no data."""
    if not changes:
        return page._("No supporting indicator is assigned to this goal.")
    parts = [_named(page, code, changes) for code in CODE_ORDER]
    missing = sum(change.code == "no_data" for change in changes)
    mostly = page._("Mostly no data.") if 2 * missing > len(changes) else ""
    return page.words.sentences([mostly, *parts])


def _named(page: Page, code: str, changes: Sequence[Change]) -> str:
    names = [page.indicator_name(change.indicator_id) for change in changes if change.code == code]
    if not names:
        return ""
    finding = labels.label(page.words, codes.CHANGES, code)
    # Names of indicators contain commas.
    told = page.words.language.semicolon.join(names)
    return page._("{finding}: {names}.", finding=finding[:1].upper() + finding[1:], names=told)


def _baseline(page: Page) -> str:
    """Return the plan's baseline year, a dash where it has none."""
    year = plan_baseline(page.catalog)
    return "–" if year is None else formats.year(page.words, year)


def _row(page: Page, change: Change) -> list[str]:
    points = [point for point in (change.before, change.after) if point is not None]
    return [
        page.series_name(change.indicator_id, change.region_id),
        _figure(page, change, change.before),
        _figure(page, change, change.after),
        _threshold(page, change),
        labels.label(page.words, codes.CHANGES, change.code),
        markdown.cite([point.source_id for point in points]) or "–",
    ]


def _figure(page: Page, change: Change, point: Point | None) -> str:
    if point is None:
        return "–"
    value = printed(point.value, point.decimals)
    text = formats.quantity(page.words, value, page.unit(change.indicator_id))
    return markdown.escape(text + page.words.parentheses(formats.period(page.words, point.period)))


def _threshold(page: Page, change: Change) -> str:
    """Return the change that had to be exceeded, with as many decimals as the figures, and where it comes from."""
    if change.threshold is None or change.threshold_kind is None or change.before is None or change.after is None:
        return "–"
    decimals = max(change.before.decimals, change.after.decimals)
    origin = labels.label(page.words, codes.THRESHOLDS, change.threshold_kind)
    return formats.number(change.threshold, decimals) + page.words.parentheses(origin)

"""What the regions that contain the place can tell of a goal that cannot be judged; never a verdict."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qualitybook.analysis.borrowing import Borrowed, Gap
from qualitybook.evidence.numbers import printed
from qualitybook.report import formats, markdown
from qualitybook.report.pages.base import Page


def box(page: Page, borrowed: Sequence[Borrowed], target_year: int) -> str:
    """Return the box "For orientation only, not a verdict"; empty where no region lends a range."""
    if not borrowed:
        return ""
    place = page.region_name(page.plan_region)
    lead = page._("The goal cannot be judged from figures of {place}. For orientation:", place=place)
    items = markdown.bullets(_item(page, item, target_year) for item in borrowed)
    unknown = page._(
        "Where no gap is given, no release gave {place} and the region for the same year, and {place} may lie outside "
        "the range.",
        place=place,
    )
    body = markdown.paragraphs(lead, items, unknown if any(item.gap is None for item in borrowed) else "")
    return markdown.admonition("note", body, title=page._("For orientation only, not a verdict"))


def _item(page: Page, item: Borrowed, target_year: int) -> str:
    parts = [_range_sentence(page, item, target_year)]
    if item.gap is not None and item.moved is not None:
        parts.append(_gap_sentence(page, item, item.gap, item.moved, target_year))
    cite = markdown.cite(item.sources)
    return f"{page.words.sentences(parts)} {cite}"


def _range_sentence(page: Page, item: Borrowed, target_year: int) -> str:
    words = page.words
    region, year = page.region_name(item.region_id), words.year(target_year)
    last = words.year(item.years[-1])
    if item.kind == "published":
        return page._("{region}: {figure} was published for {year}.", region=region, figure=_end(page, item), year=year)
    shown = page.computed.lent(item, target_year, _span(page, item, item.lower, item.upper))
    if item.kind == "forecast":
        return page._(
            "{region}: 80% range {range} in {year}, forecast from {count} yearly figures up to {last}.",
            region=region,
            range=markdown.escape(shown),
            year=year,
            count=page.computed.lent_years(item),
            last=last,
        )
    return page._(
        "{region}: 80% range {range} in {year}, judged by how similar series move on from the figure of {last}.",
        region=region,
        range=markdown.escape(shown),
        year=year,
        last=last,
    )


def _gap_sentence(page: Page, item: Borrowed, gap: Gap, moved: tuple[float, float], target_year: int) -> str:
    return page._(
        "Moved by the gap that one release gave for {period} ({gap}): {range}.",
        period=page.words.period_text(gap.period),
        gap=markdown.escape(page.computed.gap(gap, _signed(page, gap, item.decimals))),
        range=markdown.escape(page.computed.moved(item, gap, moved, target_year, _span(page, item, *moved))),
    )


def _signed(page: Page, gap: Gap, decimals: int) -> str:
    return page.words.in_words(formats.signed(gap.value, decimals), gap.qualifier)


def _end(page: Page, item: Borrowed) -> str:
    text = page.words.quantity(printed(item.lower, item.decimals), page.unit(item.indicator_id))
    return markdown.escape(text)


def _span(page: Page, item: Borrowed, lower: float, upper: float) -> str:
    """Return a range with its unit; an end that nothing bounds is left open."""
    unit = page.unit(item.indicator_id)
    if np.isinf(upper):
        return page.words.told(printed(lower, item.decimals), unit, "at_least")
    if np.isinf(lower):
        return page.words.told(printed(upper, item.decimals), unit, "at_most")
    return page.words.interval(lower, upper, item.decimals, unit)

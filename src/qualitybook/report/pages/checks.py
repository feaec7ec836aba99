"""Which figures behind an answer a second person has held against their source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import pandas as pd

from qualitybook.analysis.review import checked
from qualitybook.report import markdown
from qualitybook.report.derived import figures
from qualitybook.report.pages.base import Page


def sentence(page: Page, lines: Iterable[int]) -> str:
    """Return how many of the figures in some lines of the observations somebody has checked, and who; empty of none."""
    behind = set(lines)
    if not behind:
        return ""
    rows = figures(page.everything, behind)
    count = page.computed.count("checks.figures", rows, len(rows))
    known = checked(page.everything, page.edition.edition, behind)
    if not known:
        return page._(
            "Figures behind what is answered: {count}; a second person has held none of them against its source.",
            count=count,
        )
    return page._(
        "Figures behind what is answered: {count}; a second person has held {checked} of them against its source: "
        "{who}.",
        count=count,
        checked=page.computed.count("checks.checked", figures(page.everything, known), len(known)),
        who=page.words.join(dict.fromkeys(_reviewers(page, known.values()))),
    )


def _reviewers(page: Page, marks: Iterable[Sequence[pd.Series]]) -> Iterator[str]:
    for mark in (each for own in marks for each in own):
        day = page.words.date(date.fromisoformat(str(mark["reviewed"])[:10]))
        yield markdown.escape(f"{mark['reviewer']}{page.words.parentheses(day)}")

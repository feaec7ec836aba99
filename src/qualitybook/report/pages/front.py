"""The tally of the first page: how many goals stand how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from qualitybook.analysis.assess import Assessment
from qualitybook.analysis.standing import side_of
from qualitybook.analysis.verdict import Verdict
from qualitybook.report import labels, markdown
from qualitybook.report.pages.base import Page

TALLY = ("met", "likely", "uncertain", "unlikely", "not_met", "cannot_judge", "no_verdict")
_OF_SIDE = {"even": "uncertain", "unknown": "cannot_judge"}


def standing(verdict: Verdict) -> str:
    """Return how a goal stands, one of `TALLY`: its final state, else what its likelihood says."""
    if verdict.state == "no_verdict":
        return verdict.state
    side = side_of(verdict)
    return _OF_SIDE.get(side, side)


def tally(page: Page, assessments: Sequence[Assessment]) -> str:
    """Return how many goals stand how, each number with a symbol and words, after a sentence on what is counted."""
    counts = Counter(standing(item.verdict) for item in assessments)
    tiles = [
        markdown.container(
            f"tile tile-{name.replace('_', '-')}",
            markdown.paragraphs(
                f"**{page.computed.goals('summary.tally', counts[name], which=f'standing_{name}')}**",
                f"{labels.STANDING_SYMBOLS[name]} {labels.label(page.words, labels.STANDINGS, name)}",
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

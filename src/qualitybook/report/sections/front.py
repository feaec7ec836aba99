"""The head of the first page: how many goals stand how, and the headline goals as cards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from qualitybook.analysis.assess import Assessment
from qualitybook.analysis.series import Series
from qualitybook.analysis.verdict import Verdict
from qualitybook.report import formats, frames, labels, markdown, narrative
from qualitybook.report.figures import card
from qualitybook.report.pages.base import Page

MOST_CARDS = 5
LEAST_DRAWN = 2
TALLY = ("met", "likely", "uncertain", "unlikely", "not_met", "cannot_judge", "no_verdict")
_OF_WORD = {
    "very_likely": "likely",
    "likely": "likely",
    "as_likely_as_not": "uncertain",
    "unlikely": "unlikely",
    "very_unlikely": "unlikely",
}
_DRAWN_ROLES = ("direct", "proxy", "context")


def standing(verdict: Verdict) -> str:
    """Return how a goal stands, one of `TALLY`: its final state, else what its likelihood says."""
    if verdict.state in ("met", "not_met", "no_verdict"):
        return verdict.state
    return _OF_WORD[verdict.word] if verdict.word is not None else "cannot_judge"


def tally(page: Page, assessments: Sequence[Assessment]) -> str:
    """Return how many goals stand how, each number with a symbol and words, after a sentence on what is counted."""
    counts = Counter(standing(item.verdict) for item in assessments)
    tiles = [
        markdown.container(
            f"tile tile-{name.replace('_', '-')}",
            markdown.paragraphs(
                f"**{counts[name]}**",
                f"{labels.STANDING_SYMBOLS[name]} {labels.label(page.words, labels.STANDINGS, name)}",
            ),
        )
        for name in TALLY
    ]
    values = {"count": len(assessments), "day": page.words.date(page.as_of)}
    lead = (
        page._("How the plan's {count} draft goals stood on {day}:", **values)
        if page.settings.is_draft
        else page._("How the plan's {count} goals stood on {day}:", **values)
    )
    return markdown.paragraphs(lead, markdown.container("tally", "\n".join(tiles)))


def headline(assessments: Sequence[Assessment]) -> list[Assessment]:
    """Return the goals that get a card, in the plan's order.

    The plan's goals with a number come first, then those with the best evidence.
    """
    measurable = [item for item in assessments if item.is_measurable]
    ranked = sorted(measurable, key=lambda item: (item.verdict.goal.value is None, item.level, -item.verdict.n))
    return sorted(ranked[:MOST_CARDS], key=lambda item: int(item.target["number"]))


def cards(page: Page, assessments: Sequence[Assessment]) -> str:
    """Return the headline goals as cards: latest figure, verdict, evidence level and a small chart."""
    return markdown.container("cards", "\n".join(_card(page, item) for item in headline(assessments)))


def _card(page: Page, item: Assessment) -> str:
    target = item.target
    docname = f"targets/{int(target['number']):02d}-{target['target_id']}"
    lines = [
        markdown.link(markdown.escape(page.words.name(target, "statement")), docname),
        f"**{markdown.escape(narrative.verdict_words(page.words, item.verdict))}**",
        _latest(page, item),
        page._("Evidence level {level}", level=item.level),
        _chart(page, item),
    ]
    return markdown.container("card", markdown.paragraphs(*lines))


def _latest(page: Page, item: Assessment) -> str:
    """Return the latest figure with year and source: the direct one, else that of the series drawn."""
    found = _drawn(item)
    direct = None if item.verdict.series is None else narrative.latest_row(item.verdict.series.rows)
    if direct is not None:
        figure = narrative.figure_text(page.words, direct, page.unit(str(item.target["indicator_id"])))
        return page._(
            "Latest figure: {figure} {cite}", figure=markdown.escape(figure), cite=markdown.cite([direct["source_id"]])
        )
    none = page._("No direct figure is published.")
    if found is None:
        return none
    role, series = found
    latest = narrative.latest_row(series.rows)
    assert latest is not None
    beside = page._(
        "{role}: {series}, {figure} {cite}.",
        role=labels.label(page.words, labels.ROLES, role).capitalize(),
        series=page.series_name(series.indicator_id, series.region_id),
        figure=markdown.escape(narrative.figure_text(page.words, latest, page.unit(series.indicator_id))),
        cite=markdown.cite([latest["source_id"]]),
    )
    return page.words.sentences([none, beside])


def _drawn(item: Assessment) -> tuple[str, Series] | None:
    """Return the series that a card draws: the direct one, else the proxy, else the context with most to show."""
    direct = [] if item.verdict.series is None else [("direct", item.verdict.series)]
    found = [*direct, *((support.role, support.series) for support in item.supports if support.role in _DRAWN_ROLES)]
    enough = [(role, series) for role, series in found if series.n >= LEAST_DRAWN]
    return min(enough, key=lambda pair: _DRAWN_ROLES.index(pair[0])) if enough else None


def _chart(page: Page, item: Assessment) -> str:
    found = _drawn(item)
    if found is None:
        return page._("Too few yearly figures for a chart.")
    role, series = found
    drawn = frames.observations_frame(page.words, page.catalog, [(role, series)])
    drawn = drawn[drawn["fitted"] & drawn["start"].notna()]
    # The goal is drawn in its own scope only: beside other scopes and places it would invite a comparison.
    goal = item.verdict.goal.value if role == "direct" else None
    years = [formats.year(page.words, int(year)) for year in (series.years()[0], series.years()[-1])]
    values = {
        "role": labels.label(page.words, labels.ROLES, role),
        "series": page.series_name(series.indicator_id, series.region_id),
        "first": years[0],
        "last": years[-1],
    }
    said = (
        page._("Chart: {role}, {series}, {first} to {last}.", **values)
        if goal is None
        else page._("Chart: {role}, {series}, {first} to {last}; broken line: the goal.", **values)
    )
    latest = narrative.latest_row(series.rows)
    assert latest is not None
    figure = narrative.figure_text(page.words, latest, page.unit(series.indicator_id))
    alt = page.words.sentences([said, page._("Latest value: {figure}.", figure=figure)])
    picture = page.picture(f"card-{int(item.target['number']):02d}", lambda: card(drawn, goal, role), drawn, alt)
    return markdown.paragraphs(picture, said)

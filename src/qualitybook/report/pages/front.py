"""The head of the first page: how many goals stand how, and the headline goals as cards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from qualitybook.analysis.assess import Assessment
from qualitybook.analysis.latest import Point, latest, points_of
from qualitybook.analysis.places import in_order
from qualitybook.analysis.series import Series
from qualitybook.analysis.verdict import Verdict
from qualitybook.report import frames, labels, latest_words, markdown
from qualitybook.report.figures import card
from qualitybook.report.pages import scopes as scopes_section
from qualitybook.report.pages.base import Page

MOST_CARDS = 5
_LEAST_DRAWN = 2
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
                f"**{page.computed.goals('summary.tally', counts[name], which=f'standing_{name}')}**",
                f"{labels.STANDING_SYMBOLS[name]} {labels.label(page.words, labels.STANDINGS, name)}",
            ),
        )
        for name in TALLY
    ]
    values = {"count": page.computed.goals("summary.goals", len(assessments)), "day": page.words.date(page.as_of)}
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
        _verdict(page, item),
        _latest(page, item),
        page._("Evidence level {level}", level=item.level),
        _chart(page, item),
    ]
    return markdown.container("card", markdown.paragraphs(*lines))


def _verdict(page: Page, item: Assessment) -> str:
    """Return the verdict, by each scope where the wording leaves it open."""
    scopes = item.scopes
    told = scopes_section.verdict_lines(page, scopes) or markdown.escape(page.computed.verdict(item.verdict))
    return f"**{told}**"


def _latest(page: Page, item: Assessment) -> str:
    """Return the latest figure with year and source, by each scope: the direct one, else that of the series drawn."""
    scopes = item.scopes
    if scopes:
        return page._("Latest figures by each scope: {figures}.", figures=scopes_section.latest_lines(page, scopes))
    direct = None if item.verdict.series is None else latest(page.catalog, item.verdict.series)
    if direct is not None and direct.shown is not None:
        figure = page.computed.latest_text(page.unit(direct.indicator_id), direct)
        cite = markdown.cite(latest_words.sources_of(direct))
        return page._("Latest figure: {figure} {cite}", figure=markdown.escape(figure), cite=cite)
    none = page._("No direct figure was found.")
    drawn = _drawn(page, item)
    if drawn is None:
        return none
    role, series = drawn
    found = latest(page.catalog, series)
    beside = page._(
        "{role}: {series}, {figure} {cite}.",
        role=labels.label(page.words, labels.ROLES, role).capitalize(),
        series=page.series_name(series.indicator_id, series.region_id),
        figure=markdown.escape(page.computed.latest_text(page.unit(series.indicator_id), found)),
        cite=markdown.cite(latest_words.sources_of(found)),
    )
    return page.words.sentences([none, beside])


def _drawn(page: Page, item: Assessment) -> tuple[str, Series] | None:
    """Return the series that a card draws: the direct one, else a proxy, else the context of the first place."""
    direct = [] if item.verdict.series is None else [("direct", item.verdict.series)]
    found = [*direct, *((support.role, support.series) for support in item.supports if support.role in _DRAWN_ROLES)]
    enough = [(role, series) for role, series in found if len(_shown(page, role, series)) >= _LEAST_DRAWN]
    places = in_order(page.catalog, {series.region_id for _role, series in enough}, str(item.target["region_id"]))
    ranked = sorted(enough, key=lambda pair: (_DRAWN_ROLES.index(pair[0]), places.index(pair[1].region_id)))
    return ranked[0] if ranked else None


def _shown(page: Page, role: str, series: Series) -> pd.DataFrame:
    """Return the figures of a series that a card draws: fitted ones of whole years, or of a stock's dates."""
    frame = frames.observations_frame(page.voice, [(role, series)])
    return frame if frame.empty else frame[frame["fitted"] & frame["whole"]]


def _chart(page: Page, item: Assessment) -> str:
    found = _drawn(page, item)
    if found is None:
        return page._("Too few yearly figures for a chart.")
    role, series = found
    drawn = _shown(page, role, series)
    # The goal is drawn in its own scope only: beside other scopes and places it would invite a comparison.
    goal = item.verdict.goal.value if role == "direct" else None
    years = page.computed.first_and_last(series)
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
    last = page.computed.quoted_text(page.unit(series.indicator_id), series.indicator_id, _last_of(page, series))
    alt = page.words.sentences([markdown.unescape(said), page._("Last value drawn: {figure}.", figure=last)])
    picture = page.picture(f"card-{int(item.target['number']):02d}", lambda: card(drawn, goal, role), drawn, alt)
    return markdown.paragraphs(picture, said)


def _last_of(page: Page, series: Series) -> Point:
    """Return the last figure that a card draws of a series."""
    points = [point for point in points_of(page.catalog, series) if frames.is_fitted(series, point)]
    return [point for point in points if point.span in frames.WHOLE][-1]

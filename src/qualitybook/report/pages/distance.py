"""The picture of the first page: how far what was found is from the goals that have a scale."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from qualitybook.analysis.goals import Goal
from qualitybook.analysis.standing import Bearing, Standing, bearings, value_asked
from qualitybook.analysis.verdict import Verdict
from qualitybook.report import frames, labels, markdown, readings
from qualitybook.report.figures import distance
from qualitybook.report.pages.base import Page
from qualitybook.report.pages.minute import short_name

_LEVEL = 0.80
_POINT = [
    "goal",
    "distance",
    "role",
    "hollow",
    "qualifier",
    "place",
    "indicator",
    "value",
    "period",
    "source_id",
    frames.TOLD,
]


def picture(page: Page, found: Sequence[Standing]) -> str:
    """Return the figure; empty where no goal has figures on a scale."""
    drawn = [
        (each, indicator_id, beside)
        for each in found
        for indicator_id in _indicators(each)
        if (beside := bearings(page.catalog, each, indicator_id))
    ]
    if not drawn:
        return ""
    goals = pd.DataFrame([_goal(page, each, indicator_id) for each, indicator_id, _beside in drawn])
    points = pd.DataFrame(
        [_row(page, position, point) for position, (_each, _id, beside) in enumerate(drawn) for point in beside],
        columns=_POINT,
    )
    words = labels.figure_words(page.words, "distance")
    shown = points.assign(goal=goals["name"].iloc[points["goal"]].to_numpy())
    left_out = [each for each in found if all(each is not other for other, _id, _beside in drawn)]
    return page.figure(
        lambda: distance(goals, points, words),
        shown,
        alt=_alt(page, drawn),
        caption=_caption(page, points, left_out),
    )


def _indicators(found: Standing) -> list[str]:
    """Return what a goal is read on: each scope where its wording leaves it open."""
    scopes = [scope.indicator_id for scope in found.assessment.scopes]
    return scopes or [str(found.assessment.target["indicator_id"])]


def _goal(page: Page, found: Standing, indicator_id: str) -> dict[str, object]:
    """Return the row of a goal: its name with what it asks, and the range of a forecast of its own series."""
    by_scope = {scope.indicator_id: scope.verdict for scope in found.assessment.scopes}
    verdict = by_scope.get(indicator_id, found.assessment.verdict)
    scope = page.words.parentheses(page.voice.scope(indicator_id)) if found.assessment.scopes else ""
    unit = page.unit(indicator_id)
    asked = page.voice.asked(verdict.goal, str(found.assessment.target["value_text"]), unit)
    row: dict[str, object] = {"name": f"{short_name(page, found)}{scope}\n{asked}"}
    reading = found.reading_on(indicator_id)
    aim = value_asked(found)
    if reading is None or reading.cross_check or reading.estimate is None or aim is None:
        return row | _forecast(page, verdict, aim)
    told = readings.recorded(page.computed, reading)
    values = (told.low80, told.estimate, told.high80)
    ends = _distances(verdict.goal, aim, [value or 0.0 for value in values])
    spot = dict(zip(("low", "middle", "high"), ends, strict=True))
    return row | spot | {"indicative": True, "note": readings.short(page.voice, told)}


def _distances(goal: Goal, aim: float, values: Iterable[float]) -> list[float]:
    """Return how far values lie beyond what a goal asks, on the side that reaches it, the least first."""
    return sorted(goal.direction * (value - aim) for value in values)


def _forecast(page: Page, verdict: Verdict, aim: float | None) -> dict[str, object]:
    nothing: dict[str, object] = {"low": np.nan, "high": np.nan, "middle": np.nan, "indicative": False, "note": ""}
    if verdict.probability is None or verdict.forecast is None or verdict.series is None or verdict.horizon is None:
        return nothing
    ends = verdict.forecast.interval(_LEVEL, verdict.horizon)
    low, high = _distances(verdict.goal, np.nan if aim is None else aim, ends)
    told = page.computed.interval(
        verdict.series, verdict.forecast, verdict.goal.target_year, unit=page.unit(verdict.goal.indicator_id)
    )
    return nothing | {"low": low, "high": high, "note": told}


def _row(page: Page, position: int, point: Bearing) -> dict[str, object]:
    key, place = point.found.indicator_id, page.voice.place(point.found.region_id)
    name = page.voice.indicator(key) + page.words.parentheses(place)
    return {
        "goal": position,
        "distance": point.distance,
        "role": point.role,
        "hollow": point.is_loose,
        "qualifier": point.point.qualifier,
        "place": place,
        "indicator": page.voice.indicator(key),
        "value": point.point.value,
        "period": point.point.period,
        "source_id": point.point.sources[0],
        frames.TOLD: frames.told(page.voice, page.unit(key), name, point.point),
    }


def _alt(page: Page, drawn: Sequence[tuple[Standing, str, Sequence[Bearing]]]) -> str:
    """Return what the picture shows, in words: of each goal the figure that stands nearest to its place."""
    told = [
        short_name(page, each) + page.words.language.colon + _figure(page, indicator_id, beside[0])
        for each, indicator_id, beside in drawn
    ]
    lead = page._("Chart of the distance of what was found from the goals.")
    return page.words.sentences([lead, page.words.language.semicolon.join(told) + page.words.language.stop.strip()])


def _figure(page: Page, indicator_id: str, found: Bearing) -> str:
    """Return a figure with its place and, where it is of another measure than the goal's, with that one's name."""
    key, place = found.found.indicator_id, page.voice.place(found.found.region_id)
    figure = page.computed.quoted_text(page.unit(key), key, found.point)
    if key == indicator_id:
        return page._("{place} {figure}", place=place, figure=figure)
    return page._("{measure}, {place} {figure}", measure=page.voice.indicator(key), place=place, figure=figure)


def _caption(page: Page, points: pd.DataFrame, left_out: Sequence[Standing]) -> str:
    cite = markdown.cite(sorted(set(points["source_id"])))
    told = page._(
        "Distance to the goals that have a scale, in percentage points or points of the index; to the right of the "
        "line a goal is reached. Sources: {cite}.",
        cite=cite,
    )
    if not left_out:
        return told
    names = page.words.join(markdown.escape(short_name(page, each)) for each in left_out)
    return page.words.sentences([told, page._("Not drawn, as counts or without any figure: {names}.", names=names)])

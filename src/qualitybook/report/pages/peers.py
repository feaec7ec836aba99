"""The goals of the nation, the province and other cities for the same indicators, judged by the same rules."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from qualitybook.analysis.assess import Scope, judge_peers
from qualitybook.analysis.latest import OLDEST_FRESH, Point
from qualitybook.analysis.verdict import Verdict
from qualitybook.report import formats, frames, labels, markdown, narrative
from qualitybook.report.figures import dot_plot
from qualitybook.report.frames import PRINTED
from qualitybook.report.labels import figure_words
from qualitybook.report.pages.base import Page

Judged = list[tuple[pd.Series, Verdict]]


class PeersPage(Page):
    """Goals of other places; the parameters are those of `Page`."""

    def __init__(self, data: str | Path, edition: str, lang: str, out: str | Path = "figures") -> None:
        super().__init__("peers", data, edition, lang, out)

    @cached_property
    def judged(self) -> Judged:
        """Every goal of another place with its verdict, by indicator, the places by what they are to the plan's."""
        return self.in_order(self.shared.of(judge_peers, self.everything, self.as_of))

    def in_order(self, found: Judged) -> Judged:
        """Return goals of other places by indicator, the places by what they are to the plan's."""
        indicators = list(dict.fromkeys(str(row["indicator_id"]) for row, _verdict in found))
        places = self.catalog.in_order({str(row["region_id"]) for row, _verdict in found})
        return sorted(
            found, key=lambda pair: (indicators.index(pair[0]["indicator_id"]), places.index(pair[0]["region_id"]))
        )

    def messages(self, judged: Judged | None = None) -> Markdown:
        """Return how many goals of other places can be judged, and which are decided."""
        judged = judged or self.judged
        total = len(judged)
        probable = sum(verdict.probability is not None for _row, verdict in judged)
        decided = sum(verdict.is_decided for _row, verdict in judged)
        return self.text(
            self._(
                "There are {total} goals of the same kind set by other places. Decided by an official figure: "
                "{decided}; with a probability: {probable}; neither of these: {rest}.",
                total=self._goals(total),
                decided=self._goals(decided, which="decided"),
                probable=self._goals(probable, which="with_probability"),
                rest=self._goals(total - probable - decided, which="neither"),
            )
        )

    def _goals(self, number: int, which: str | None = None) -> str:
        """Return how many goals of other places there are, or are of one kind."""
        return self.computed.count("peers.goals", "peer_targets", number, of="goal", which=which)

    def table_of_goals(self, judged: Judged | None = None) -> Markdown:
        """Return the goals with verdict, number of values and sources, grouped by indicator, not ranked."""
        judged = judged or self.judged
        rows = [self._row(row, verdict) for row, verdict in judged]
        header = [
            self._("Indicator"),
            self._("Place"),
            self._("Goal"),
            self._("Latest figure"),
            self._("Verdict"),
            self._("Values"),
            self._("Source of the goal"),
        ]
        table = self.table(header, rows, self._("Goals of other places"), "lllllrl")
        return Markdown(markdown.paragraphs(table, markdown.bullets(self._paces(judged))))

    def _paces(self, judged: Judged) -> list[str]:
        """Return for each goal with a probability the pace that it needs beside the pace so far."""
        likely = [
            scope for _row, verdict in judged for scope in self._by_scope(verdict) if scope.probability is not None
        ]
        return [
            self.series_name(verdict.goal.indicator_id, verdict.goal.region_id)
            + self.words.language.colon
            + self.words.sentences(self.computed.pace_sentences(verdict))
            for verdict in likely
        ]

    def _row(self, row: pd.Series, verdict: Verdict) -> list[str]:
        indicator_id, region_id = str(row["indicator_id"]), str(row["region_id"])
        scopes = Scope.of_verdict(self.catalog, verdict, self.as_of)
        told = markdown.escape(self.computed.verdict(verdict))
        note = self.words.name(row, "note")
        goal = narrative.goal_text(self.words, verdict.goal, str(row["value_text"]), self.unit(indicator_id))
        return [
            self.indicator_name(indicator_id),
            self.region_name(region_id),
            markdown.escape(goal + (self.words.parentheses(note) if note else "")),
            self.latest_by_scope(scopes) or self._decided_by(verdict) or self.latest_cell(indicator_id, region_id),
            self.verdicts_by_scope(scopes) or told,
            "0" if verdict.series is None else self.computed.fitted_years(verdict.series),
            markdown.cite([str(row["source_id"])]),
        ]

    def _decided_by(self, verdict: Verdict) -> str:
        """Return the figure that decided a goal of an earlier year; empty for others, whose latest figure is told."""
        point = self._point_for(verdict) if verdict.is_decided and verdict.series is not None else None
        if point is None or point.year != verdict.goal.target_year:
            return ""
        indicator = verdict.goal.indicator_id
        told = markdown.escape(self.computed.figure_text(self.unit(indicator), indicator, point))
        return f"{told} {markdown.cite(point.sources)}"

    def dots(self, judged: Judged | None = None) -> Markdown:
        """Return the figure of goals against latest figures or forecasts, by indicator."""
        told = [(row, scope) for row, verdict in judged or self.judged for scope in self._by_scope(verdict)]
        shown = pd.DataFrame([dot for row, verdict in told if (dot := self._dot(row, verdict)) is not None])
        if shown.empty:
            return self.text(self._("No goal of another place has a figure to draw."))

        shown[frames.TOLD] = shown["group"] + "\n" + shown["name"] + "\n" + shown["label"]
        shifts = {
            self._group(indicator): self.words.axis(self.unit(indicator)).shift
            for indicator in {verdict.goal.indicator_id for _row, verdict in told}
        }

        def draw() -> Figure:
            return dot_plot(shown, figure_words(self.words, "places"), shifts)

        caption = self._(
            "Goals of other places, the latest figures up to their year and, where one is possible, forecasts with "
            "their 80% interval. Figures more than three years older than the goal are not drawn. Sources: see the "
            "table below."
        )
        alt = self._(
            "Dot plot of {count} goals of other places with the latest figure or forecast of each.",
            count=self._goals(len(shown), which="drawn"),
        )
        return Markdown(self.figure(draw, shown, alt=alt, caption=caption))

    def _by_scope(self, verdict: Verdict) -> list[Verdict]:
        """Return the verdict on a goal by each of its scopes, the only one where its wording leaves none open."""
        return [scope.verdict for scope in Scope.of_verdict(self.catalog, verdict, self.as_of)] or [verdict]

    def _dot(self, row: pd.Series, verdict: Verdict) -> dict[str, object] | None:
        """Return one line of the dot plot, None for a goal without a number or a figure of its time."""
        if verdict.aim is None or verdict.series is None:
            return None
        indicator_id, year = verdict.goal.indicator_id, verdict.goal.target_year
        place = self.words.name(self.catalog.region(str(row["region_id"])))
        base = {
            "group": self._group(indicator_id),
            "own": False,
            "name": place + self.words.parentheses(self.words.year(year)),
            "target": verdict.aim,
            f"target{PRINTED}": str(row["value_text"]) if verdict.aim == verdict.goal.value else "",
            "state_symbol": labels.STATE_SYMBOLS[verdict.state],
        }
        if verdict.forecast is not None:
            horizon = int(verdict.horizon or 0)
            low, high = verdict.forecast.interval(0.80, horizon)
            middle = verdict.forecast.median(horizon)
            decimals = int(verdict.series.yearly["decimals"].max())
            number = formats.number(middle, decimals)
            label = self._("{year}, forecast: {number}", year=self.words.year(year), number=number)
            shown = {"value": middle, f"value{PRINTED}": "", "lower": low, "upper": high}
            return {**base, **shown, "label": label, "kind": "forecast"}
        point = self._point_for(verdict)
        if point is None:
            return None
        kind = point.qualifier if point.is_bound else "latest"
        low, high = frames.NO_INTERVAL
        label = self.voice.figure_text(self.unit(indicator_id), point)
        shown = {"value": point.value, f"value{PRINTED}": point.value_text, "lower": low, "upper": high}
        return {**base, **shown, "label": label, "kind": kind}

    def _point_for(self, verdict: Verdict) -> Point | None:
        """Return the last whole year or date up to a goal's year; None where it is more than three years older."""
        assert verdict.series is not None
        year = verdict.goal.target_year
        found = [
            point
            for point in Point.of_series(self.catalog, verdict.series)
            if point.is_whole and point.year is not None and year - OLDEST_FRESH <= point.year <= year
        ]
        return found[-1] if found else None

    def _group(self, indicator_id: str) -> str:
        indicator = self.catalog.indicator(indicator_id)
        return self.words.name(indicator) + self.words.parentheses(self.words.unit_name(self.unit(indicator_id)))

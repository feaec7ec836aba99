"""The goals of the nation, the province and other cities for the same indicators, judged by the same rules."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from qualitybook.analysis.assess import judge_peers
from qualitybook.analysis.series import BOUND_QUALIFIERS
from qualitybook.analysis.verdict import Verdict
from qualitybook.report import formats, frames, labels, markdown, narrative
from qualitybook.report.figure_data import PRINTED
from qualitybook.report.figures import dot_plot
from qualitybook.report.pages.base import Page
from qualitybook.report.pages.words import dot_words


class PeersPage(Page):
    """Goals of other places; the parameters are those of `Page`."""

    def __init__(self, data: str | Path, edition: str, lang: str, out: str | Path = "figures") -> None:
        super().__init__("peers", data, edition, lang, out)

    @cached_property
    def judged(self) -> list[tuple[pd.Series, Verdict]]:
        """Every goal of another place with its verdict."""
        return self.shared.of(judge_peers, self.everything, self.as_of)

    def messages(self) -> Markdown:
        """Return how many goals of other places can be judged, and which are decided."""
        total = len(self.judged)
        probable = sum(verdict.probability is not None for _row, verdict in self.judged)
        decided = sum(verdict.state in narrative.JUDGED_STATES for _row, verdict in self.judged)
        return self.text(
            self._(
                "There are {total} goals of the same kind set by other places. Decided by an official figure: "
                "{decided}; with a probability: {probable}; cannot be judged from what is published: {rest}.",
                total=total,
                decided=decided,
                probable=probable,
                rest=total - probable - decided,
            )
        )

    def table_of_goals(self) -> Markdown:
        """Return the goals with verdict, number of values and sources, grouped by indicator, not ranked."""
        rows = [self._row(row, verdict) for row, verdict in self.judged]
        header = [
            self._("Indicator"),
            self._("Place"),
            self._("Goal"),
            self._("Latest figure"),
            self._("Verdict"),
            self._("Values"),
            self._("Source"),
        ]
        return Markdown(self.table(header, rows, self._("Goals of other places"), "lllllrl"))

    def _row(self, row: pd.Series, verdict: Verdict) -> list[str]:
        unit = self.unit(str(row["indicator_id"]))
        latest = None if verdict.series is None else narrative.latest_row(verdict.series.rows)
        shown = "–" if latest is None else markdown.escape(narrative.figure_text(self.words, latest, unit))
        sources = [str(row["source_id"])] + ([] if latest is None else [str(latest["source_id"])])
        note = self.words.name(row, "note")
        goal = narrative.goal_text(self.words, verdict.goal, str(row["value_text"]), unit)
        return [
            self.indicator_name(str(row["indicator_id"])),
            self.region_name(str(row["region_id"])),
            markdown.escape(goal + (self.words.parentheses(note) if note else "")),
            shown,
            markdown.escape(narrative.verdict_words(self.words, verdict)),
            str(verdict.n),
            markdown.cite(sources),
        ]

    def dots(self) -> Markdown:
        """Return the figure of goals against latest figures or forecasts, by indicator."""
        records = [self._dot(row, verdict) for row, verdict in self.judged]
        shown = pd.DataFrame([record for record in records if record is not None])
        if shown.empty:
            return self.text(self._("No goal of another place has a figure to draw."))

        shifts = {
            self._group(indicator): formats.axis(self.words, self.unit(indicator)).shift
            for indicator in {str(row["indicator_id"]) for row, _verdict in self.judged}
        }

        def draw() -> Figure:
            return dot_plot(shown, dot_words(self.words), shifts)

        caption = self._(
            "Goals of other places, latest figures and, where one is possible, forecasts with their 80% interval. "
            "Sources: see the table below."
        )
        alt = self._(
            "Dot plot of {count} goals of other places with the latest figure or forecast of each.", count=len(shown)
        )
        return Markdown(self.figure(draw, shown, alt=alt, caption=caption))

    def _dot(self, row: pd.Series, verdict: Verdict) -> dict[str, object] | None:
        """Return one line of the dot plot, None for a goal without any figure or without a number."""
        if verdict.goal.value is None or verdict.series is None:
            return None
        place = self.words.name(self.catalog.region(str(row["region_id"])))
        base = {
            "group": self._group(str(row["indicator_id"])),
            "own": False,
            "name": place + self.words.parentheses(formats.year(self.words, int(row["target_year"]))),
            "target": verdict.goal.value,
            f"target{PRINTED}": str(row["value_text"]),
            "state_symbol": labels.STATE_SYMBOLS[verdict.state],
        }
        if verdict.forecast is not None:
            horizon = int(verdict.horizon or 0)
            low, high = verdict.forecast.interval(0.80, horizon)
            middle = verdict.forecast.median(horizon)
            decimals = int(verdict.series.yearly["decimals"].max())
            label = self._dot_label(verdict.goal.target_year, formats.number(middle, decimals))
            shown = {"value": middle, f"value{PRINTED}": "", "lower": low, "upper": high}
            return {**base, **shown, "label": label, "kind": "forecast"}
        latest = narrative.latest_row(verdict.series.rows)
        if latest is None or pd.isna(latest["start"]):
            return None
        kind = latest["qualifier"] if latest["qualifier"] in BOUND_QUALIFIERS else "latest"
        low, high = frames.NO_INTERVAL
        label = self._dot_label(latest["end"].year, formats.grouped(str(latest["value_text"])))
        shown = {"value": latest["value"], f"value{PRINTED}": str(latest["value_text"]), "lower": low, "upper": high}
        return {**base, **shown, "label": label, "kind": kind}

    def _group(self, indicator_id: str) -> str:
        indicator = self.catalog.indicator(indicator_id)
        return self.words.name(indicator) + self.words.parentheses(
            formats.unit_name(self.words, self.unit(indicator_id))
        )

    def _dot_label(self, year: int, number: str) -> str:
        return f"{formats.year(self.words, year)} {number}"

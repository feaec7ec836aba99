"""The page of one task area: its tasks, their indicators, and what was not found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from IPython.display import Markdown

from qualitybook.analysis.assess import Assessment, assess_target
from qualitybook.analysis.findings import CATEGORY_MARK, findings, indicators_of
from qualitybook.analysis.latest import Latest, Point, form_a_series
from qualitybook.analysis.series import Series, build_series
from qualitybook.evidence.reading import rows_of
from qualitybook.report import frames, markdown
from qualitybook.report.figures import svg
from qualitybook.report.figures.marks import time_position
from qualitybook.report.labels import figure_words
from qualitybook.report.pages import findings as findings_section
from qualitybook.report.pages.base import Page
from qualitybook.report.voice import series_rows

MOST_PANELS = 12


class AreaPage(Page):
    """Tasks of an area; `area` is its key, the other parameters are those of `Page`."""

    def __init__(self, area: str, data: str | Path, edition: str, lang: str, out: str | Path = "figures") -> None:
        super().__init__("area", data, edition, lang, out)
        areas = self.catalog.areas
        self.area = areas[areas["area_id"] == area].iloc[0]
        self.stem = f"area-{int(self.area['number'])}"

    def findings(self) -> Markdown:
        """Return what is found on the area's tasks together."""
        tasks = self.catalog.tasks
        own = list(tasks.loc[tasks["area_id"] == self.area["area_id"], "task_id"])
        return Markdown(findings_section.of_area(self, findings(self.catalog, own)))

    def targets(self, answers: Sequence[Assessment] | None = None) -> Markdown:
        """Return the area's goals with their verdicts; nothing for an area without a goal."""
        if answers is None:
            targets = self.catalog.targets
            own = targets[targets["area_id"] == self.area["area_id"]].sort_values("number", kind="stable")
            answers = [assess_target(self.catalog, target, self.as_of) for _, target in own.iterrows()]
        rows = [
            [
                str(item.target["number"]),
                self.goal_link(item.target),
                markdown.escape(self.computed.verdict(item.verdict)),
                item.level,
            ]
            for item in answers
        ]
        header = [self._("No."), self._("Goal"), self._("Verdict"), self._("Level")]
        return Markdown(self.table(header, rows, self._("Goals of this area"), "rllc") if rows else "")

    def task(self, task_id: str, found: Sequence[Series] | None = None) -> Markdown:
        """Return a task's indicators: small multiples where there is a series, and all of them as a table."""
        series = self.series_of(task_id) if found is None else found
        whole = [item for item in series if CATEGORY_MARK not in item.indicator_id]
        categories = [item for item in series if CATEGORY_MARK in item.indicator_id]
        panels = [item for item in whole if form_a_series(Point.of_series(self.catalog, item))][:MOST_PANELS]
        tasks = self.catalog.tasks
        task = markdown.escape(self.words.name(tasks[tasks["task_id"] == task_id].iloc[0]))
        parts = [findings_section.of_task(self, findings(self.catalog, [task_id]))]
        parts += [self._multiples(panels, task)] if panels else []
        if whole:
            parts.append(self._latest_table(whole, self._("Latest figures: {task}", task=task)))
        if categories:
            parts.append(self._latest_table(categories, self._("Latest figures by category: {task}", task=task)))
        without = self._without_figures(task_id)
        if without:
            parts.append(self._("Not found for this book: {names}.", names=self.words.join(without)) + "\n")
        return Markdown("\n".join(parts))

    def _latest_table(self, series: list[Series], caption: str) -> str:
        header = [
            self._("Indicator"),
            self._("Place"),
            self._("Latest figure"),
            self._("Change"),
            self._("Figures"),
            self._("Source"),
        ]
        found = [(item, Latest.of_series(self.catalog, item)) for item in series]
        return self.table(header, [self._row(*pair) for pair in found], caption, "llrlrl")

    def series_of(self, task_id: str) -> list[Series]:
        """Return the series to show, each of the first place that has figures; those without news for years last."""
        found = [
            build_series(self.catalog, indicator_id, region)
            for indicator_id in indicators_of(self.catalog, [task_id])
            if (region := self.catalog.first_place(indicator_id)) is not None
        ]
        # What has had no news for years goes to the end, whatever its part in the task.
        return sorted(found, key=lambda item: Latest.of_series(self.catalog, item).is_stale)

    def _without_figures(self, task_id: str) -> list[str]:
        return [
            self.indicator_name(item)
            for item in indicators_of(self.catalog, [task_id])
            if not self.catalog.places_of(item)
        ]

    def _multiples(self, series: list[Series], task: str) -> str:
        shown = [self._shown_of(item) for item in series]
        panels = [self._panel(item, frame) for item, frame in zip(series, shown, strict=True)]

        def draw(form: svg.Form) -> str:
            return svg.small_multiples(panels, figure_words(self.words, "marks"), form)

        data = pd.concat(
            [
                frame.assign(indicator_id=item.indicator_id, region_id=item.region_id)
                for frame, item in zip(shown, series, strict=True)
            ],
            ignore_index=True,
        )
        sources = sorted({row.source_id for item in series for row in item.figures})
        caption = self._(
            "{task}: indicators with at least two comparable figures. Sources: see the table below.", task=task
        )
        alt = self._(
            "Small charts of {count} indicators from {sources} sources.",
            count=self.computed.count("area.panels", [*map(_series_of, series)], len(panels), of="indicator_id"),
            sources=self.computed.count("area.sources", [*map(_series_of, series)], len(sources), of="source_id"),
        )
        return self.chart(draw, data, alt=alt, caption=caption)

    def _shown_of(self, series: Series) -> pd.DataFrame:
        """Return the figures that a panel shows."""
        shown = frames.observations_frame(self.voice, [("direct", series)])
        dated = shown.dropna(subset=["start"])
        whole = [point for point in Point.of_series(self.catalog, series) if point.is_whole]
        if form_a_series(whole):
            # Parts of a year would be taken for years in so small a chart; the table tells them.
            dated = dated[dated["whole"] | (dated["period"] == "")]
        return dated.assign(x=time_position(dated["start"], dated["end"]))

    def _panel(self, series: Series, shown: pd.DataFrame) -> svg.Panel:
        indicator = self.catalog.indicator(series.indicator_id)
        unit = self.unit(series.indicator_id)
        axis = self.words.axis(unit)
        name = self.words.name(indicator)
        if series.region_id != self.plan_region:
            name += self.words.parentheses(self.words.name(self.catalog.region(series.region_id)))
        last = Latest.of_series(self.catalog, series).shown
        is_count = self.catalog.unit_of(series.indicator_id).is_whole
        return svg.Panel(
            title=name,
            marks=frames.as_marks(shown.to_dict("records"), name, all_fitted=True),
            axis=svg.Axis(axis.name, (indicator.lower, indicator.upper), axis.shift, is_count),
            last_text="" if last is None else self.voice.figure_text(unit, last),
        )

    def _row(self, series: Series, found: Latest) -> list[str]:
        unit = self.unit(series.indicator_id)
        return [
            self.indicator_link(series.indicator_id),
            self.region_name(series.region_id),
            markdown.escape(self.computed.latest_text(unit, found)),
            markdown.escape(self.computed.change_or_reason(unit, found)),
            self.computed.count("series.figures", _series_of(series), len(series.figures)),
            markdown.cite(found.sources),
        ]

    def gaps(self) -> Markdown:
        """Return what was not found for the area's tasks, who has it, and where it most likely stands."""
        tasks = self.catalog.tasks
        own = tasks[tasks["area_id"] == self.area["area_id"]].sort_values("number")
        gaps = self.catalog.gaps
        items = [
            f"{markdown.escape(task.number)} {markdown.escape(self.words.name(task))}{self.words.language.colon}"
            f"{self.gap_text(gap)}"
            for task in rows_of(own)
            for gap in rows_of(gaps[gaps["task_id"] == task.task_id])
        ]
        return Markdown(markdown.bullets(items) if items else "")


def _series_of(series: Series) -> str:
    return series_rows(series.indicator_id, series.region_id)

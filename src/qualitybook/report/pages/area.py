"""The page of one task area: its tasks, their indicators, and what is not published."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from qualitybook.analysis.assess import Assessment, assess_target
from qualitybook.analysis.series import Series, build_series, by_year
from qualitybook.evidence.numbers import printed
from qualitybook.evidence.rows import rows_of
from qualitybook.report import formats, frames, markdown, narrative
from qualitybook.report.figures import Panel, small_multiples
from qualitybook.report.figures.marks import time_position
from qualitybook.report.pages.base import Page
from qualitybook.report.pages.words import mark_words

MOST_PANELS = 12
CATEGORY_MARK = "__"
LEAST_POINTS = 2
ROLE_ORDER = ("headline", "supporting")


class AreaPage(Page):
    """Tasks of an area; `area` is its key, the other parameters are those of `Page`."""

    def __init__(self, area: str, data: str | Path, edition: str, lang: str, out: str | Path = "figures") -> None:
        super().__init__("area", data, edition, lang, out)
        areas = self.catalog.areas
        self.area = areas[areas["area_id"] == area].iloc[0]
        self.stem = f"area-{int(self.area['number'])}"

    def targets(self) -> Markdown:
        """Return the area's goals with their verdicts."""
        rows = [
            [
                str(item.target["number"]),
                self._goal_link(item.target, item.is_measurable),
                markdown.escape(narrative.verdict_words(self.words, item.verdict)),
                item.level,
            ]
            for item in self._own_assessments()
        ]
        header = [self._("No."), self._("Goal"), self._("Verdict"), self._("Level")]
        return Markdown(self.table(header, rows, self._("Goals of this area"), "rllc"))

    def _own_assessments(self) -> list[Assessment]:
        targets = self.catalog.targets
        own = targets[targets["area_id"] == self.area["area_id"]].sort_values("number", kind="stable")
        return [assess_target(self.catalog, target, self.as_of) for _, target in own.iterrows()]

    def _goal_link(self, target: pd.Series, measurable: bool) -> str:
        text = markdown.escape(self.words.name(target, "statement"))
        docname = f"targets/{int(target['number']):02d}-{target['target_id']}"
        return markdown.link(text, docname) if measurable else text

    def task(self, task_id: str) -> Markdown:
        """Return a task's indicators: small multiples where there is a series, and all of them as a table."""
        series = self._series_of(task_id)
        if not series:
            return self.text(self._("No indicator is assigned to this task."))
        whole = [item for item in series if CATEGORY_MARK not in item.indicator_id]
        categories = [item for item in series if CATEGORY_MARK in item.indicator_id]
        panels = [item for item in whole if self._points(item) >= LEAST_POINTS][:MOST_PANELS]
        task = markdown.escape(self._task_name(task_id))
        parts = [self._multiples(panels, task)] if panels else []
        parts.append(self._latest_table(whole, self._("Latest figures: {task}", task=task)))
        if categories:
            parts.append(self._latest_table(categories, self._("Latest figures by category: {task}", task=task)))
        without = self._without_figures(task_id)
        if without:
            parts.append(self._("No figure is published for: {names}.", names=self.words.join(without)) + "\n")
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
        return self.table(header, [self._row(item) for item in series], caption, "llrlrl")

    def _task_name(self, task_id: str) -> str:
        tasks = self.catalog.tasks
        return self.words.name(tasks[tasks["task_id"] == task_id].iloc[0])

    def _indicators_of(self, task_id: str) -> list[str]:
        links = self.catalog.task_indicators
        rows = links[links["task_id"] == task_id]
        order = rows["role"].map(ROLE_ORDER.index)
        return list(rows.assign(order=order).sort_values(["order", "indicator_id"])["indicator_id"])

    def _series_of(self, task_id: str) -> list[Series]:
        """Return the series to show: the plan's region where it has figures, else the widest region that has."""
        found = []
        for indicator_id in self._indicators_of(task_id):
            region = self._best_region(indicator_id)
            if region is not None:
                found.append(build_series(self.catalog, indicator_id, region))
        return found

    def _best_region(self, indicator_id: str) -> str | None:
        regions = self.catalog.places_of(indicator_id)
        chain = [region for region in self._containing_regions if region in regions]
        return chain[0] if chain else min(regions, default=None)

    @cached_property
    def _containing_regions(self) -> list[str]:
        """Return the plan's region and those that contain it, nearest first."""
        chain, region = [], self.plan_region
        while region:
            chain.append(region)
            region = self.catalog.region(region).parent_id
        return chain

    def _without_figures(self, task_id: str) -> list[str]:
        return [self.indicator_name(item) for item in self._indicators_of(task_id) if self._best_region(item) is None]

    def _points(self, series: Series) -> int:
        dated = series.rows[(series.rows["qualifier"] != "undated") & (series.rows["use"] != "second_source")]
        return int(dated["period"].nunique())

    def _multiples(self, series: list[Series], task: str) -> str:
        panels = [self._panel(item) for item in series]

        def draw() -> Figure:
            return small_multiples(panels, mark_words(self.words))

        data = pd.concat(
            [
                panel.frame.assign(indicator_id=item.indicator_id, region_id=item.region_id)
                for panel, item in zip(panels, series, strict=True)
            ],
            ignore_index=True,
        )
        sources = sorted({source for item in series for source in item.rows["source_id"]})
        caption = self._(
            "{task}: indicators with at least two published figures. Sources: see the table below.", task=task
        )
        alt = self._(
            "Small charts of {count} indicators from {sources} sources.", count=len(panels), sources=len(sources)
        )
        return self.figure(draw, data, alt=alt, caption=caption)

    def _panel(self, series: Series) -> Panel:
        indicator = self.catalog.indicator(series.indicator_id)
        axis = formats.axis(self.words, self.unit(series.indicator_id))
        latest = narrative.latest_row(series.rows)
        shown = frames.observations_frame(self.words, self.catalog, [("direct", series)])
        name = self.words.name(indicator)
        if series.region_id != self.plan_region:
            name += self.words.parentheses(self.words.name(self.catalog.region(series.region_id)))
        dated = shown.dropna(subset=["start"])
        return Panel(
            title=name,
            frame=dated.assign(x=time_position(dated["start"], dated["end"])),
            unit=axis.name,
            shift=axis.shift,
            last_text="" if latest is None else frames.panel_text(self.words, latest, self.unit(series.indicator_id)),
            limits=(indicator.lower, indicator.upper),
        )

    def _row(self, series: Series) -> list[str]:
        latest = narrative.latest_row(series.rows)
        unit = self.unit(series.indicator_id)
        text = "–" if latest is None else markdown.escape(narrative.figure_text(self.words, latest, unit))
        sources = [] if latest is None else [str(latest["source_id"])]
        return [
            self.indicator_link(series.indicator_id),
            self.region_name(series.region_id),
            text,
            self._change(series),
            formats.short(len(series.rows)),
            markdown.cite(sources),
        ]

    def _change(self, series: Series) -> str:
        """Return the change between the last two yearly values, a dash without two."""
        if series.n < LEAST_POINTS:
            return "–"
        (year, before), (_year, after) = by_year(series.yearly.iloc[-2:])
        first, last = (printed(row["value"], int(row["decimals"])) for row in (before, after))
        amount = markdown.escape(formats.change(self.words, first, last, self.unit(series.indicator_id)))
        return self._("{amount} since {year}", amount=amount, year=formats.year(self.words, year))

    def gaps(self) -> Markdown:
        """Return what is not published for the area's tasks, and by whom it should be."""
        tasks = self.catalog.tasks
        own = tasks[tasks["area_id"] == self.area["area_id"]].sort_values("number")
        gaps = self.catalog.gaps
        items = [
            f"{markdown.escape(task.number)} {markdown.escape(self.words.name(task))}{self.words.language.colon}"
            f"{markdown.escape(self.words.name(gap, 'missing'))}"
            for task in rows_of(own)
            for gap in rows_of(gaps[gaps["task_id"] == task.task_id])
        ]
        return Markdown(markdown.bullets(items)) if items else self.text(self._("No gap is recorded for this area."))

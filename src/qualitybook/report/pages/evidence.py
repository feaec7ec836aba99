"""What the evidence holds: coverage, grades, ages, gaps, and the figures that are left out and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from qualitybook.analysis.assess import Assessment
from qualitybook.analysis.latest import Latest
from qualitybook.evidence.reading import rows_of
from qualitybook.evidence.schema import MEASURED_RULES, QUALITATIVE
from qualitybook.report import formats, labels, markdown
from qualitybook.report.derived import figures, operation, where
from qualitybook.report.figures import coverage
from qualitybook.report.frames import TOLD
from qualitybook.report.labels import figure_words
from qualitybook.report.pages.base import Page

YEARS_SHOWN = 12


class EvidencePage(Page):
    """The state of the evidence; the parameters are those of `Page`.

    What is told is what a notebook worked out and hands on; without it, the same of all that the edition sees.
    """

    def __init__(self, data: str | Path, edition: str, lang: str, out: str | Path = "figures") -> None:
        super().__init__("evidence", data, edition, lang, out)

    @cached_property
    def goals(self) -> pd.DataFrame:
        """The measurable goals, in the plan's order."""
        targets = self.catalog.targets
        return targets[targets["rule"] != QUALITATIVE].sort_values("number")

    def overview(self, observations: pd.DataFrame | None = None) -> Markdown:
        """Return how much evidence there is, in one paragraph."""
        observations = self.catalog.observations if observations is None else observations
        with_figures = observations["indicator_id"].nunique()
        count = self.computed.count
        return self.text(
            self._(
                "By {day} the evidence holds {observations} published figures on {with_figures} of {indicators} "
                "indicators, from {sources} sources and {regions} places.",
                day=self.words.date(self.as_of),
                observations=count("evidence.figures", "observations", len(observations)),
                with_figures=count("evidence.indicators_with_figures", "observations", with_figures, "indicator_id"),
                indicators=count("evidence.indicators", "indicators", len(self.catalog.indicators)),
                sources=count("evidence.sources", "observations", observations["source_id"].nunique(), "source_id"),
                regions=count("evidence.places", "observations", observations["region_id"].nunique(), "region_id"),
            )
        )

    def targets(self, goals: pd.DataFrame | None = None) -> Markdown:
        """Return the coverage of the measurable goals: direct figures by year, as a figure."""
        rows = [
            (f"{target.number} {self.words.name(target, 'statement')}", [(target.indicator_id, target.region_id)])
            for target in rows_of(self.goals if goals is None else goals)
        ]
        caption = self._("Direct figures of the measurable goals by year and best grade.")
        return self._coverage(rows, caption, where("targets", rule=MEASURED_RULES))

    def tasks(self, links: pd.DataFrame | None = None) -> Markdown:
        """Return the coverage of the tasks by their indicators: figures of the plan's region by year, as a figure."""
        tasks = self.catalog.tasks.sort_values("number")
        links = self.catalog.task_indicators if links is None else links
        rows = [
            (
                f"{task.number} {self.words.name(task)}",
                [(item, self.plan_region) for item in links[links["task_id"] == task.task_id]["indicator_id"]],
            )
            for task in rows_of(tasks)
        ]
        caption = self._("Figures of the city for the indicators of each task, by year and best grade.")
        return self._coverage(rows, caption, "tasks")

    def _coverage(self, rows: list[tuple[str, list[tuple[str, str]]]], caption: str, of: str) -> Markdown:
        last = self.as_of.year
        table = pd.DataFrame(
            [record for name, series in rows for record in self._coverage_records(name, series, last)],
        )

        def draw() -> Figure:
            return coverage(table, figure_words(self.words, "marks"))

        known = int(table.groupby("row", sort=False)["count"].sum().gt(0).sum())
        count = self.computed.count
        alt = self._(
            "{known} of {all} rows have any figure in the years shown.",
            known=count("evidence.rows_with_figures", of, known, of="row_with_figures", years=YEARS_SHOWN),
            all=count("evidence.rows", of, len(rows)),
        )
        return Markdown(self.figure(draw, table, alt=alt, caption=caption))

    def _coverage_records(self, name: str, series: list[tuple[str, str]], last: int) -> list[dict[str, object]]:
        observations = self.catalog.observations
        keys = observations.set_index(["indicator_id", "region_id"]).index
        own = observations[keys.isin(series)].dropna(subset=["end"])
        years = own["end"].dt.year
        return [
            {"row": name, "year": year, **cell, TOLD: self._told(name, year, cell)}
            for year in range(last - YEARS_SHOWN + 1, last + 1)
            for cell in [self._cell(own[years == year])]
        ]

    def _told(self, name: str, year: int, cell: Mapping[str, Any]) -> str:
        """Return what a cell of the map says."""
        best = cell["best"] if cell["best"] in ("bound", "none") else f"grade_{cell['best']}"
        shown = self._("Figures") + self.words.language.colon + formats.number(cell["count"], 0)
        return "\n".join([name, self.words.year(year), shown, figure_words(self.words, "marks")[best]])

    @staticmethod
    def _cell(rows: pd.DataFrame) -> dict[str, object]:
        values = rows[~rows["qualifier"].isin(["at_least", "at_most"])]
        best = values["grade"].min() if len(values) else ("bound" if len(rows) else "none")
        return {"best": best, "count": len(rows)}

    def grades(self, counts: pd.Series | None = None) -> Markdown:
        """Return how many figures have which grade."""
        counts = self.catalog.observations["grade"].value_counts() if counts is None else counts
        rows = [
            [
                grade,
                self._(labels.GRADES[grade]),
                self.computed.count("evidence.grade", where("observations", grade=grade), int(counts.get(grade, 0))),
            ]
            for grade in labels.GRADES
        ]
        header = [self._("Grade"), self._("Origin of the figure"), self._("Figures")]
        return Markdown(self.table(header, rows, self._("Figures by grade"), "clr"))

    @cached_property
    def used(self) -> pd.DataFrame:
        """The sources that figures come from."""
        return self.catalog.sources[self.catalog.sources["source_id"].isin(self.catalog.observations["source_id"])]

    def access(self, used: pd.DataFrame | None = None) -> Markdown:
        """Return the sources by how they were read."""
        used = self.used if used is None else used
        counts = used["access_kind"].value_counts()
        without = int(((used["url"] == "") & (used["found_url"] == "")).sum())
        rows = [
            [self._(labels.ACCESS[kind]), self._read_as(int(counts.get(kind, 0)), access_kind=kind)]
            for kind in labels.ACCESS
        ]
        count = self._read_as(without, url="", found_url="")
        note = self._("Of these sources {count} have no recorded address.", count=count)
        header = [self._("How the source was read"), self._("Number of sources")]
        return Markdown(self.table(header, rows, self._("Sources by how they were read"), "lr") + "\n" + note + "\n")

    def _read_as(self, number: int, **cells: str) -> str:
        """Return how many of the sources that figures come from have these cells."""
        return self.computed.count("evidence.access", where("sources", **cells), number, of="cited")

    def ages(self, answers: Sequence[Assessment] | None = None) -> Markdown:
        """Return how old the latest direct figure of each measurable goal is on the as-of date."""
        rows = [self._age_row(item.target) for item in answers or self.assessments if item.is_measurable]
        header = [
            self._("No."),
            self._("Goal"),
            self._("Latest direct figure ends"),
            self._("Age in months"),
            self._("Source"),
        ]
        return Markdown(self.table(header, rows, self._("Age of the latest direct figure"), "rlrrl"))

    def _age_row(self, target: pd.Series) -> list[str]:
        found = Latest.at(self.catalog, str(target["indicator_id"]), str(target["region_id"]))
        name = markdown.escape(self.words.name(target, "statement"))
        if found.point is None or found.point.end is None:
            return [str(target["number"]), name, self._("not found for this book"), "–", ""]
        end = found.point.end
        months = (self.as_of.year - end.year) * 12 + self.as_of.month - end.month
        return [
            str(target["number"]),
            name,
            self.words.month(end.year, end.month),
            self.computed.ledger.note(
                "evidence.age",
                operation("months_between"),
                figures(self.everything, found.point.lines),
                months,
                formats.short(months),
            ),
            markdown.cite(found.point.sources),
        ]

    @cached_property
    def uses(self) -> pd.Series:
        """How many figures behind the measurable goals have which use."""
        judged = [item for item in self.assessments if item.is_measurable]
        direct = [item.verdict.series for item in judged if item.verdict.series is not None]
        beside = [support.series for item in judged for support in item.supports]
        rows = [series.rows["use"] for series in (*direct, *beside)]
        return pd.concat(rows).value_counts() if rows else pd.Series(dtype=int)

    def left_out(self, uses: pd.Series | None = None) -> Markdown:
        """Return the figures of the measurable goals that are shown but not fitted, by reason."""
        found = (self.uses if uses is None else uses).items()
        rows = [
            [
                self._(labels.USES[str(use)]),
                self.computed.count("evidence.use", "target_evidence", int(count), of="use", use=use),
            ]
            for use, count in sorted(found, key=lambda pair: (-pair[1], str(pair[0])))
        ]
        header = [self._("Use"), self._("Figures")]
        return Markdown(self.table(header, rows, self._("Figures behind the measurable goals, by use"), "lr"))

    def gaps(self, gaps: pd.DataFrame | None = None) -> Markdown:
        """Return what is missing for each task and goal, who has it, and where it most likely stands."""
        tasks = self.catalog.tasks.set_index("task_id")
        order = list(tasks.index)
        found = sorted(rows_of(self.catalog.gaps if gaps is None else gaps), key=lambda gap: order.index(gap.task_id))
        rows = [[markdown.escape(tasks.loc[gap.task_id, "number"]), self.gap_text(gap)] for gap in found]
        header = [self._("Task"), self._("What is missing, and who has it")]
        return Markdown(self.table(header, rows, self._("Gaps in what was found"), "ll"))

    @cached_property
    def marks(self) -> pd.DataFrame:
        """What reviewers have recorded for this edition."""
        return self.catalog.reviews[self.catalog.reviews["edition"] == self.edition.edition]

    def reviews(self, marks: pd.DataFrame | None = None) -> Markdown:
        """Return what reviewers have recorded for this edition: a sentence, and their marks as a table."""
        marks = self.marks if marks is None else marks
        if marks.empty:
            return self.text(self._("No check by a reviewer is recorded for this edition."))
        found = marks["result"].value_counts()
        names = {code: self._(labels.RESULTS[code]) for code in labels.RESULTS}
        told = [
            name + self.words.language.colon + self._reviews(int(found[code]), result=code)
            for code, name in names.items()
            if code in found
        ]
        lead = self._(
            "Reviewers have recorded {count} checks: {results}.",
            count=self._reviews(len(marks)),
            results=self.words.join(told),
        )
        rows = [self._review_row(mark) for mark in rows_of(marks.sort_values(["reviewed", "line"]))]
        header = [self._("Figure"), self._("Source"), self._("Result"), self._("Checked by"), self._("Checked on")]
        header.append(self._("What was found"))
        return Markdown(lead + "\n\n" + self.table(header, rows, self._("Checks by reviewers")))

    def _reviews(self, number: int, **cells: str) -> str:
        rows = where("reviews", edition=self.edition.edition, **cells)
        return self.computed.count("evidence.reviews", rows, number)

    def _review_row(self, mark: Any) -> list[str]:
        own = self.catalog.observations_of(mark.indicator_id, mark.region_id)
        keys = (own["period"] == mark.period) & (own["source_id"] == mark.source_id) & (own["basis"] == mark.basis)
        about = own[keys]
        values = [self.printed(row) for row in rows_of(about)]
        when = self.words.period_text(mark.period) if about.empty else self.voice.period(next(rows_of(about)))
        period = self.words.parentheses(when)
        series = self.series_name(mark.indicator_id, mark.region_id)
        return [
            f"{series}{self.words.language.comma}{self.words.join(values)}{period}",
            markdown.cite([mark.source_id]),
            self._(labels.RESULTS[mark.result]),
            markdown.escape(mark.reviewer),
            self.words.date(mark.reviewed.date()),
            markdown.escape(self.words.name(mark, "note")),
        ]

    @cached_property
    def empty(self) -> pd.DataFrame:
        """The indicators for which no figure at all was found."""
        indicators = self.catalog.indicators
        return indicators[~indicators["indicator_id"].isin(self.catalog.observations["indicator_id"])]

    def empty_indicators(self, empty: pd.DataFrame | None = None) -> Markdown:
        """Return the indicators for which no figure at all was found."""
        names = [self.indicator_name(item) for item in (self.empty if empty is None else empty)["indicator_id"]]
        if not names:
            return self.text(self._("Every indicator has at least one figure."))
        count = self.computed.count("evidence.empty_indicators", "indicators", len(names), of="without_figures")
        lead = self._("No figure was found for this book for {count} indicators:", count=count)
        return Markdown(lead + "\n\n" + markdown.bullets(names))

"""What the evidence holds: coverage, grades, ages, gaps, and the figures that are left out and why."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from qualitybook.analysis.series import build_series
from qualitybook.evidence.rows import rows_of
from qualitybook.report import checklist, formats, labels, markdown
from qualitybook.report.figures import coverage
from qualitybook.report.pages.base import Page
from qualitybook.report.pages.words import mark_words

YEARS_SHOWN = 12


class EvidencePage(Page):
    """The state of the evidence; the parameters are those of `Page`."""

    def __init__(self, data: str | Path, edition: str, lang: str, out: str | Path = "figures") -> None:
        super().__init__("evidence", data, edition, lang, out)

    def overview(self) -> Markdown:
        """Return how much evidence there is, in one paragraph."""
        observations = self.catalog.observations
        with_figures = observations["indicator_id"].nunique()
        return self.text(
            self._(
                "By {day} the evidence holds {observations} published figures on {with_figures} of {indicators} "
                "indicators, from {sources} sources and {regions} places.",
                day=self.words.date(self.as_of),
                observations=formats.short(len(observations)),
                with_figures=with_figures,
                indicators=formats.short(len(self.catalog.indicators)),
                sources=formats.short(observations["source_id"].nunique()),
                regions=observations["region_id"].nunique(),
            )
        )

    def targets(self) -> Markdown:
        """Return the coverage of the measurable goals: direct figures by year, as a figure."""
        targets = self.catalog.targets
        measurable = targets[targets["rule"] != "qualitative"].sort_values("number")
        rows = [
            (f"{target.number} {self.words.name(target, 'statement')}", [(target.indicator_id, target.region_id)])
            for target in rows_of(measurable)
        ]
        caption = self._("Direct figures of the measurable goals by year and best grade.")
        return self._coverage(rows, caption)

    def tasks(self) -> Markdown:
        """Return the coverage of the tasks: figures of the plan's region by year, as a figure."""
        tasks = self.catalog.tasks.sort_values("number")
        links = self.catalog.task_indicators
        rows = [
            (
                f"{task.number} {self.words.name(task)}",
                [(item, self.plan_region) for item in links[links["task_id"] == task.task_id]["indicator_id"]],
            )
            for task in rows_of(tasks)
        ]
        return self._coverage(
            rows, self._("Figures of the city for the indicators of each task, by year and best grade.")
        )

    def _coverage(self, rows: list[tuple[str, list[tuple[str, str]]]], caption: str) -> Markdown:
        last = self.as_of.year
        table = pd.DataFrame(
            [record for name, series in rows for record in self._coverage_records(name, series, last)],
        )

        def draw() -> Figure:
            return coverage(table, mark_words(self.words))

        known = int(table.groupby("row", sort=False)["count"].sum().gt(0).sum())
        alt = self._("{known} of {all} rows have any figure in the years shown.", known=known, all=len(rows))
        return Markdown(self.figure(draw, table, alt=alt, caption=caption))

    def _coverage_records(self, name: str, series: list[tuple[str, str]], last: int) -> list[dict[str, object]]:
        observations = self.catalog.observations
        keys = observations.set_index(["indicator_id", "region_id"]).index
        own = observations[keys.isin(series)].dropna(subset=["end"])
        years = own["end"].dt.year
        return [
            {"row": name, "year": year, **self._cell(own[years == year])}
            for year in range(last - YEARS_SHOWN + 1, last + 1)
        ]

    @staticmethod
    def _cell(rows: pd.DataFrame) -> dict[str, object]:
        values = rows[~rows["qualifier"].isin(["at_least", "at_most"])]
        best = values["grade"].min() if len(values) else ("bound" if len(rows) else "none")
        return {"best": best, "count": len(rows)}

    def grades(self) -> Markdown:
        """Return the figures by grade and by how they were published."""
        counts = self.catalog.observations["grade"].value_counts()
        rows = [
            [grade, labels.label(self.words, labels.GRADES, grade), formats.short(counts.get(grade, 0))]
            for grade in labels.GRADES
        ]
        header = [self._("Grade"), self._("Origin of the figure"), self._("Figures")]
        return Markdown(self.table(header, rows, self._("Figures by grade"), "clr"))

    def access(self) -> Markdown:
        """Return the sources by how they were read."""
        used = self.catalog.sources[self.catalog.sources["source_id"].isin(self.catalog.observations["source_id"])]
        counts = used["access_kind"].value_counts()
        without = int(((used["url"] == "") & (used["found_url"] == "")).sum())
        rows = [
            [labels.label(self.words, labels.ACCESS, kind), formats.short(counts.get(kind, 0))]
            for kind in labels.ACCESS
        ]
        note = self._("Of these sources {count} have no recorded address.", count=formats.short(without))
        header = [self._("How the source was read"), self._("Sources")]
        return Markdown(self.table(header, rows, self._("Sources by how they were read"), "lr") + "\n" + note + "\n")

    def ages(self) -> Markdown:
        """Return how old the latest direct figure of each measurable goal is on the as-of date."""
        rows = [self._age_row(item.target) for item in self.assessments if item.is_measurable]
        header = [
            self._("No."),
            self._("Goal"),
            self._("Latest direct figure ends"),
            self._("Age in months"),
            self._("Source"),
        ]
        return Markdown(self.table(header, rows, self._("Age of the latest direct figure"), "rlrrl"))

    def _age_row(self, target: pd.Series) -> list[str]:
        series = build_series(self.catalog, target["indicator_id"], target["region_id"])
        dated = series.rows.dropna(subset=["end"])
        name = markdown.escape(self.words.name(target, "statement"))
        if dated.empty:
            return [str(target["number"]), name, self._("none published"), "–", ""]
        row = dated.sort_values(["end", "line"]).iloc[-1]
        end = row["end"]
        months = (self.as_of.year - end.year) * 12 + self.as_of.month - end.month
        return [
            str(target["number"]),
            name,
            self.words.month(end.year, end.month),
            str(months),
            markdown.cite([row["source_id"]]),
        ]

    def left_out(self) -> Markdown:
        """Return the figures of the measurable goals that are shown but not fitted, by reason."""
        uses: Counter[str] = Counter()
        for item in self.assessments:
            if item.is_measurable and item.verdict.series is not None:
                uses.update(item.verdict.series.rows["use"])
            for support in item.supports if item.is_measurable else ():
                uses.update(support.series.rows["use"])
        rows = [
            [labels.label(self.words, labels.USES, use), str(count)]
            for use, count in sorted(uses.items(), key=lambda pair: (-pair[1], pair[0]))
        ]
        header = [self._("Use"), self._("Figures")]
        return Markdown(self.table(header, rows, self._("Figures behind the measurable goals, by use"), "lr"))

    def gaps(self) -> Markdown:
        """Return what should be published, and by whom, for each task and goal."""
        tasks = self.catalog.tasks.set_index("task_id")
        rows = [
            [
                markdown.escape(tasks.loc[gap.task_id, "number"]),
                markdown.escape(self.words.name(gap, "missing")),
            ]
            for gap in rows_of(self.catalog.gaps)
        ]
        header = [self._("Task"), self._("What should be published, and by whom")]
        return Markdown(self.table(header, rows, self._("Gaps in what is published"), "ll"))

    def reviews(self) -> Markdown:
        """Return what reviewers have recorded for this edition: a sentence, and their marks as a table."""
        marks = self.catalog.reviews[self.catalog.reviews["edition"] == self.edition.edition]
        if marks.empty:
            return self.text(self._("No check by a reviewer is recorded for this edition."))
        found = marks["result"].value_counts()
        names = {code: labels.label(self.words, checklist.RESULTS, code) for code in checklist.RESULTS}
        told = [
            name + self.words.language.colon + formats.short(found[code])
            for code, name in names.items()
            if code in found
        ]
        lead = self._(
            "Reviewers have recorded {count} checks: {results}.",
            count=formats.short(len(marks)),
            results=self.words.join(told),
        )
        rows = [self._review_row(mark) for mark in rows_of(marks.sort_values(["reviewed", "line"]))]
        header = [self._("Figure"), self._("Source"), self._("Result"), self._("Checked by"), self._("Checked on")]
        header.append(self._("What was found"))
        return Markdown(lead + "\n\n" + self.table(header, rows, self._("Checks by reviewers")))

    def _review_row(self, mark: Any) -> list[str]:
        own = self.catalog.observations_of(mark.indicator_id, mark.region_id)
        keys = (own["period"] == mark.period) & (own["source_id"] == mark.source_id) & (own["basis"] == mark.basis)
        values = [self.figure_text(row, mark.indicator_id) for row in rows_of(own[keys])]
        period = self.words.parentheses(formats.period(self.words, mark.period))
        series = self.series_name(mark.indicator_id, mark.region_id)
        return [
            f"{series}{self.words.language.comma}{self.words.join(values)}{period}",
            markdown.cite([mark.source_id]),
            labels.label(self.words, checklist.RESULTS, mark.result),
            markdown.escape(mark.reviewer),
            self.words.date(mark.reviewed.date()),
            markdown.escape(self.words.name(mark, "note")),
        ]

    def empty_indicators(self) -> Markdown:
        """Return the indicators for which no figure at all is published."""
        known = set(self.catalog.observations["indicator_id"])
        names = [self.indicator_name(item) for item in self.catalog.indicators["indicator_id"] if item not in known]
        if not names:
            return self.text(self._("Every indicator has at least one figure."))
        lead = self._("No figure has been published for {count} indicators:", count=len(names))
        return Markdown(lead + "\n\n" + markdown.bullets(names))

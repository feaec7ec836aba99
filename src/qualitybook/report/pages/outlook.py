"""The plan's long-term goals: what could measure them, and no verdict."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from IPython.display import Markdown

from qualitybook.analysis.series import build_series
from qualitybook.evidence.reading import rows_of
from qualitybook.evidence.schema import QUALITATIVE
from qualitybook.report import markdown
from qualitybook.report.derived import where
from qualitybook.report.pages.base import Page


class OutlookPage(Page):
    """Goals beyond the edition's target year; the parameters are those of `Page`.

    What is told are the `goals` that a notebook has chosen; without them, those that the book chooses.
    """

    def __init__(self, data: str | Path, edition: str, lang: str, out: str | Path = "figures") -> None:
        super().__init__("outlook", data, edition, lang, out)

    @cached_property
    def distant(self) -> pd.DataFrame:
        """The goals whose year lies after the edition's target year."""
        targets = self.catalog.targets
        return targets[targets["target_year"] > self.edition.target_year].sort_values("number")

    @cached_property
    def measured(self) -> pd.DataFrame:
        """The goals with a measure, each measure of a place once: several goals may ask the same."""
        targets = self.catalog.targets
        measurable = targets[targets["rule"] != QUALITATIVE].sort_values("number")
        return measurable.drop_duplicates(["indicator_id", "region_id"])

    def goals(self, goals: pd.DataFrame | None = None) -> Markdown:
        """Return the long-term goals with how the book reads them."""
        rows = [
            [
                str(target.number),
                markdown.escape(self.words.name(target, "statement")),
                markdown.escape(self.words.name(target, "interpretation")),
            ]
            for target in rows_of(self.distant if goals is None else goals)
        ]
        header = [self._("No."), self._("Goal"), self._("How the book reads it")]
        return Markdown(self.table(header, rows, self._("Long-term goals: no verdict"), "rll"))

    def measures(self, goals: pd.DataFrame | None = None) -> Markdown:
        """Return the plan's own measurable indicators and how long a series each has."""
        rows = [self._measure_row(target) for target in rows_of(self.measured if goals is None else goals)]
        header = [
            self._("Indicator"),
            self._("Custodian"),
            self._("Fitted years"),
            self._("Latest figure"),
        ]
        return Markdown(self.table(header, rows, self._("What could measure the long-term goals"), "llrl"))

    def _measure_row(self, target: Any) -> list[str]:
        indicator_id, region_id = target.indicator_id, target.region_id
        series = build_series(self.catalog, indicator_id, region_id)
        scopes = [indicator_id, *self.catalog.other_scopes(indicator_id)]
        cells = [self.latest_cell(scope, region_id) for scope in scopes]
        if len(scopes) > 1:
            named = zip(scopes, cells, strict=True)
            cells = [self.indicator_name(scope) + self.words.language.colon + cell for scope, cell in named]
        return [
            self.indicator_name(indicator_id),
            markdown.escape(self.words.name(self.catalog.indicator(indicator_id), "custodian")),
            self.computed.fitted_years(series),
            self.words.language.semicolon.join(cells),
        ]

    def statement(self, goals: pd.DataFrame | None = None) -> Markdown:
        """Return why there is no verdict on the long-term goals, those without a measure and those with one apart."""
        goals = self.distant if goals is None else goals
        qualitative = goals["rule"] == QUALITATIVE
        without, measured = goals[qualitative], goals[~qualitative]
        parts = []
        if len(without):
            parts.append(
                self._(
                    "Goals for {years} without a measure: {count}. No forecast is attempted for them.",
                    **self._counted(without),
                )
            )
        if len(measured):
            parts.append(
                self._(
                    "Goals for {years} with a measure: {count}. Each is judged on its own page as far as its figures "
                    "reach.",
                    **self._counted(measured),
                )
            )
        return self.text(self.words.sentences(parts))

    def _counted(self, goals: pd.DataFrame) -> dict[str, str]:
        """Return the years of some goals in words and how many they are."""
        years = sorted({int(year) for year in goals["target_year"]})
        rows = where("targets", target_year=years, rule=sorted(set(goals["rule"])))
        return {
            "years": self.words.join(self.words.year(year) for year in years),
            "count": self.computed.count("outlook.goals", rows, len(goals)),
        }

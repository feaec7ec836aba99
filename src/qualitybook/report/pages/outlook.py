"""The plan's long-term goals: what could measure them, and no verdict."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from IPython.display import Markdown

from qualitybook.analysis.scopes import other_scopes
from qualitybook.analysis.series import build_series
from qualitybook.evidence.rows import rows_of
from qualitybook.report import formats, markdown
from qualitybook.report.derived import where
from qualitybook.report.pages.base import Page


class OutlookPage(Page):
    """Goals beyond the edition's target year; the parameters are those of `Page`."""

    def __init__(self, data: str | Path, edition: str, lang: str, out: str | Path = "figures") -> None:
        super().__init__("outlook", data, edition, lang, out)

    @property
    def distant(self) -> pd.DataFrame:
        """The goals whose year lies after the edition's target year."""
        targets = self.catalog.targets
        return targets[targets["target_year"] > self.edition.target_year].sort_values("number")

    def goals(self) -> Markdown:
        """Return the long-term goals with how the book reads them."""
        rows = [
            [
                str(target.number),
                markdown.escape(self.words.name(target, "statement")),
                markdown.escape(self.words.name(target, "interpretation")),
            ]
            for target in rows_of(self.distant)
        ]
        header = [self._("No."), self._("Goal"), self._("How the book reads it")]
        return Markdown(self.table(header, rows, self._("Long-term goals: no verdict"), "rll"))

    def measures(self) -> Markdown:
        """Return the plan's own measurable indicators and how long a series each has."""
        targets = self.catalog.targets
        measurable = targets[targets["rule"] != "qualitative"].sort_values("number")
        rows = [self._measure_row(target) for target in rows_of(measurable)]
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
        scopes = [indicator_id, *other_scopes(self.catalog, indicator_id)]
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

    def statement(self) -> Markdown:
        """Return why there is no verdict on the long-term goals."""
        years = sorted({int(year) for year in self.distant["target_year"]})
        return self.text(
            self._(
                "The plan sets {count} goals for {years} without a measure or a value. No forecast in this book "
                "reaches that far, and none is attempted.",
                count=self.computed.count("outlook.goals", where("targets", target_year=years), len(self.distant)),
                years=self.words.join(formats.year(self.words, year) for year in years),
            )
        )

"""The published figures that a page rests on, as one CSV file a page."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd

from qualitybook.analysis.places import first_place
from qualitybook.evidence.catalog import Catalog
from qualitybook.evidence.reading import ENCODING, rows_of, write_csv
from qualitybook.publish.layout import SERIES
from qualitybook.publish.pages import Page
from qualitybook.report.i18n import Words

COLUMNS = (
    *("indicator_id", "indicator", "region_id", "region", "period", "value", "unit", "qualifier", "n", "passed"),
    *("grade", "preferred", "basis", "note", "source_id", "source", "publisher", "published", "url"),
)
_KEY = ["indicator_id", "region_id"]


class FigureFiles:
    """Writer of the published figures of pages, which looks names and sources up for all of them.

    Parameters
    ----------
    catalog : Catalog
        What the edition sees.
    words : Words
        Voice of the book.
    source : pathlib.Path
        The book's source folder; the files go to `SERIES` there, by the names of the pages.
    """

    def __init__(self, catalog: Catalog, words: Words, source: Path) -> None:
        self.catalog, self.words, self.folder = catalog, words, source / SERIES
        self._indicators = {row.indicator_id: row for row in rows_of(catalog.indicators)}
        self._regions = {row.region_id: words.name(row) for row in rows_of(catalog.regions)}
        self._sources = {row.source_id: row for row in rows_of(catalog.sources)}
        self._publishers = {row.publisher: words.name(row, "publisher") for row in rows_of(catalog.publishers)}

    def write_pages(self, pages: Iterable[Page]) -> None:
        """Write the figures of each page that rests on series."""
        for page in pages:
            figures = self.catalog.observations.merge(series_of(self.catalog, page).drop_duplicates(), on=_KEY)
            if not figures.empty:
                self.write(page.docname, figures)

    def write(self, docname: str, figures: pd.DataFrame) -> None:
        """Write figures, rows of ``observations``, under the name of a page."""
        path = self.folder / f"{docname}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = io.StringIO(newline="")
        write_csv(text, self._lines(figures.sort_values([*_KEY, "line"], kind="stable")))
        path.write_text(text.getvalue(), ENCODING, newline="")

    def _lines(self, figures: pd.DataFrame) -> Iterator[list[str]]:
        """Yield the header and a line for each figure, values as they were printed."""
        yield list(COLUMNS)
        for figure in rows_of(figures):
            indicator, source = self._indicators[figure.indicator_id], self._sources[figure.source_id]
            values = {
                **figure._asdict(),
                "value": figure.value_text,
                "n": _whole(figure.n),
                "passed": _whole(figure.passed),
                "indicator": self.words.name(indicator),
                "unit": indicator.unit,
                "region": self._regions[figure.region_id],
                "note": self.words.name(figure, "note"),
                "source": source.title,
                "publisher": self._publishers.get(source.publisher, source.publisher),
                "published": source.published,
                "url": source.url or source.found_url,
            }
            yield [str(values[name]) for name in COLUMNS]


def series_of(catalog: Catalog, page: Page) -> pd.DataFrame:
    """Return the indicator and place of each series that a page rests on, none for a page that rests on none."""
    if target := page.parameters.get("target"):
        return catalog.target_evidence.loc[catalog.target_evidence["target_id"] == target, _KEY]
    if area := page.parameters.get("area"):
        tasks = catalog.tasks.loc[catalog.tasks["area_id"] == area, "task_id"]
        chosen = catalog.task_indicators.loc[catalog.task_indicators["task_id"].isin(tasks), "indicator_id"]
        shown = [(indicator, first_place(catalog, indicator)) for indicator in chosen]
        return pd.DataFrame([pair for pair in shown if pair[1] is not None], columns=_KEY, dtype="str")
    if page.template == "peers":
        return pd.concat([catalog.peer_targets[_KEY], catalog.target_evidence[_KEY]])
    if page.template == "summary":
        return catalog.target_evidence.loc[catalog.target_evidence["role"] == "direct", _KEY]
    return catalog.target_evidence.loc[[], _KEY]


def _whole(value: float) -> str:
    return "" if pd.isna(value) else str(int(value))

"""The published figures that a page rests on, as one CSV file a page."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd

from qualitybook.evidence.catalog import Catalog
from qualitybook.evidence.spreadsheet import write_csv
from qualitybook.publish.layout import SERIES
from qualitybook.publish.pages import Page
from qualitybook.report.i18n import Words

COLUMNS = (
    *("indicator_id", "indicator", "region_id", "region", "period", "value", "unit", "qualifier", "n", "passed"),
    *("grade", "preferred", "basis", "note", "source_id", "source", "publisher", "published", "url"),
)
# Spreadsheets take a file without this mark for the system's old encoding, and show Chinese as nonsense.
ENCODING = "utf-8-sig"
_KEY = ["indicator_id", "region_id"]


def write_series(catalog: Catalog, pages: Iterable[Page], words: Words, source: Path) -> None:
    """Write the figures of each page that rests on series.

    Parameters
    ----------
    catalog : Catalog
        What the edition sees.
    pages : iterable of Page
        The book's pages.
    words : Words
        Voice of the book.
    source : pathlib.Path
        The book's source folder; they go to `SERIES` there, by the names of the pages.
    """
    for page in pages:
        figures = catalog.observations.merge(series_of(catalog, page).drop_duplicates(), on=_KEY)
        if figures.empty:
            continue
        write_figures(figures, catalog, words, source, page.docname)


def write_figures(figures: pd.DataFrame, catalog: Catalog, words: Words, source: Path, docname: str) -> None:
    """Write the figures of one page.

    Parameters
    ----------
    figures : pandas.DataFrame
        Rows of ``observations``.
    catalog : Catalog
        What the edition sees.
    words : Words
        Voice of the book.
    source : pathlib.Path
        The book's source folder.
    docname : str
        Name of the page.
    """
    path = source / SERIES / f"{docname}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO(newline="")
    write_csv(text, rows_of(figures.sort_values([*_KEY, "line"], kind="stable"), catalog, words))
    path.write_text(text.getvalue(), ENCODING, newline="")


def series_of(catalog: Catalog, page: Page) -> pd.DataFrame:
    """Return the indicator and place of each series that a page rests on, none for a page that rests on none."""
    if target := page.parameters.get("target"):
        return catalog.target_evidence.loc[catalog.target_evidence["target_id"] == target, _KEY]
    if area := page.parameters.get("area"):
        tasks = catalog.tasks.loc[catalog.tasks["area_id"] == area, "task_id"]
        chosen = catalog.task_indicators[catalog.task_indicators["task_id"].isin(tasks)]
        places = catalog.targets[["region_id"]].drop_duplicates()
        return chosen[["indicator_id"]].merge(places, how="cross")
    if page.template == "peers":
        return pd.concat([catalog.peer_targets[_KEY], catalog.target_evidence[_KEY]])
    if page.template == "summary":
        return catalog.target_evidence.loc[catalog.target_evidence["role"] == "direct", _KEY]
    return catalog.target_evidence.loc[[], _KEY]


def rows_of(figures: pd.DataFrame, catalog: Catalog, words: Words) -> Iterator[list[str]]:
    """Yield the header and a row for each figure, values as they were printed.

    Parameters
    ----------
    figures : DataFrame
        Rows of ``observations``.
    catalog : Catalog
        Where names and sources are looked up.
    words : Words
        Voice of the book.
    """
    yield list(COLUMNS)
    indicators = catalog.indicators.set_index("indicator_id")
    regions = catalog.regions.set_index("region_id")
    sources = catalog.sources.set_index("source_id")
    publishers = catalog.publishers.set_index("publisher")
    for _, figure in figures.iterrows():
        indicator, source = indicators.loc[figure["indicator_id"]], sources.loc[figure["source_id"]]
        publisher = str(source["publisher"])
        known = publisher in publishers.index
        values = {
            **{name: figure[name] for name in COLUMNS if name in figure.index},
            "value": figure["value_text"],
            "n": _whole(figure["n"]),
            "passed": _whole(figure["passed"]),
            "indicator": words.name(indicator),
            "unit": indicator["unit"],
            "region": words.name(regions.loc[figure["region_id"]]),
            "note": figure[f"note_{words.code}"],
            "source": source["title"],
            "publisher": publishers.loc[publisher, f"publisher_{words.code}"] if known else publisher,
            "published": source["published"],
            "url": source["url"] or source["found_url"],
        }
        yield [str(values[name]) for name in COLUMNS]


def _whole(value: float) -> str:
    return "" if pd.isna(value) else str(int(value))

"""The names that a page goes by, in both languages, for the search: those of its goal, area, tasks and indicators."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd

from qualitybook.evidence.catalog import Catalog
from qualitybook.publish.layout import KEYWORDS
from qualitybook.publish.pages import Page, pages_of
from qualitybook.report.folders import INDICATORS
from qualitybook.report.i18n import LANGUAGES


def write_keywords(catalog: Catalog, edition: str, docnames: Iterable[str], source: Path) -> None:
    """Write the names of a book's pages.

    Parameters
    ----------
    catalog : Catalog
        All evidence.
    edition : str
        Key of the edition.
    docnames : iterable of str
        Names of all pages of the book.
    source : pathlib.Path
        The book's source folder.
    """
    by_page: dict[str, list[str]] = {}
    for code in LANGUAGES:
        for page in pages_of(catalog, edition, code):
            by_page.setdefault(page.docname, []).extend([page.title, *names_of(catalog, page, code)])
    for docname in sorted(docnames):
        key = docname.removeprefix(f"{INDICATORS}/")
        if key != docname:
            by_page[docname] = list(_indicator_names(catalog, [key], LANGUAGES))
    kept = {docname: list(dict.fromkeys(filter(None, names))) for docname, names in by_page.items()}
    text = json.dumps(kept, ensure_ascii=False, indent=1) + "\n"
    (source / KEYWORDS).write_text(text, encoding="utf-8", newline="\n")


def names_of(catalog: Catalog, page: Page, code: str) -> Iterator[str]:
    """Yield the names that the data give a page in one language, besides its title."""
    if target := page.parameters.get("target"):
        key = str(catalog.targets.set_index("target_id").loc[target, "indicator_id"])
        yield from _indicator_names(catalog, [key], [code])
    elif area := page.parameters.get("area"):
        tasks = catalog.tasks[catalog.tasks["area_id"] == area]
        yield from (str(name) for name in tasks[f"name_{code}"])
        chosen = catalog.task_indicators[catalog.task_indicators["task_id"].isin(tasks["task_id"])]
        yield from _indicator_names(catalog, chosen["indicator_id"], [code])


def _indicator_names(catalog: Catalog, keys: Iterable[str] | pd.Series, codes: Iterable[str]) -> Iterator[str]:
    known = catalog.indicators.set_index("indicator_id")
    for key in keys:
        if key in known.index:
            yield from (str(known.loc[key, f"name_{code}"]) for code in codes)

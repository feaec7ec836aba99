"""The pages of a book that a notebook makes: one template and its parameters each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from qualitybook.analysis.places import other_scopes
from qualitybook.evidence.catalog import Catalog
from qualitybook.evidence.kinds import QUALITATIVE
from qualitybook.report.folders import FIGURES
from qualitybook.report.i18n import Words
from qualitybook.report.markdown import escape


@dataclass(frozen=True)
class Page:
    """One page of one edition in one language.

    Attributes
    ----------
    docname : str
        Path of the page in the book, without suffix.
    template : str
        Name of the notebook that makes it, without suffix.
    title : str
        Its title, plain text in the book's language.
    stem : str
        Name that its figures and tables are called after, unique in the book.
    parameters : mapping of str to str
        What the notebook's parameters cell is filled with.
    context : mapping
        What its Markdown cells may use besides the book's context; text from the data is escaped Markdown.
    reads : frozenset of str, or None
        The indicators whose figures it reads; None for those of all.
    """

    docname: str
    template: str
    title: str
    stem: str
    parameters: Mapping[str, str]
    context: Mapping[str, Any] = field(default_factory=dict)
    reads: frozenset[str] | None = None

    def within(self, book: Mapping[str, Any]) -> Page:
        """Return the page with the context of its book besides its own."""
        return replace(self, context={**book, **self.context})


def pages_of(catalog: Catalog, edition: str, lang: str) -> list[Page]:
    """Return the pages that notebooks make, in the book's order.

    Parameters
    ----------
    catalog : Catalog
        Evidence with the plan.
    edition : str
        Key of the edition.
    lang : str
        Language code.
    """
    words = Words(lang)
    shared = {"edition": edition, "lang": lang, "out": FIGURES}
    pages = [
        _single("summary", words.gettext("Summary")),
        _single("what-changed", words.gettext("What changed")),
        *_target_pages(catalog, words),
        *_area_pages(catalog, words),
        _single("peers", words.gettext("Goals of other places")),
        _single("outlook", words.gettext("Outlook")),
        _single("track-record", words.gettext("Track record")),
        _single("evidence", words.gettext("The evidence")),
        _single("methods", words.gettext("Methods")),
    ]
    return [_completed(page, shared) for page in pages]


def _single(docname: str, title: str) -> Page:
    return Page(docname, docname.replace("-", "_"), title, docname, {})


def _target_pages(catalog: Catalog, words: Words) -> list[Page]:
    targets = catalog.targets.sort_values("number", kind="stable")
    measurable = targets[targets["rule"] != QUALITATIVE]
    return [replace(_target_page(row, words), reads=_read_for(catalog, row)) for _, row in measurable.iterrows()]


def _read_for(catalog: Catalog, target: pd.Series) -> frozenset[str]:
    """Return the indicators that a goal is judged by: its own by each scope, those beside it, and their categories."""
    evidence, groups = catalog.target_evidence, catalog.category_groups
    beside = evidence[evidence["target_id"] == target["target_id"]]["indicator_id"]
    own = str(target["indicator_id"])
    named = {own, *other_scopes(catalog, own), *beside}
    return frozenset(named | set(groups[groups["indicator_id"].isin(named)]["category_id"]))


def _target_page(row: pd.Series, words: Words) -> Page:
    target_id, number = str(row["target_id"]), int(row["number"])
    statement = words.name(row, "statement")
    context = {"number": number, "statement": escape(statement), "rule": str(row["rule"]), "target": target_id}
    stem = f"target-{number:02d}"
    return Page(f"targets/{number:02d}-{target_id}", "target", statement, stem, {"target": target_id}, context)


def _area_pages(catalog: Catalog, words: Words) -> list[Page]:
    areas = catalog.areas.sort_values("number", kind="stable")
    return [
        replace(_area_page(row, catalog.tasks, words), reads=_read_in(catalog, str(row["area_id"])))
        for _, row in areas.iterrows()
    ]


def _read_in(catalog: Catalog, area_id: str) -> frozenset[str]:
    """Return the indicators of an area's tasks and those that its goals are judged by."""
    tasks, targets, links = catalog.tasks, catalog.targets, catalog.task_indicators
    own = tasks[tasks["area_id"] == area_id]["task_id"]
    goals = [_read_for(catalog, target) for _, target in targets[targets["area_id"] == area_id].iterrows()]
    return frozenset(links[links["task_id"].isin(own)]["indicator_id"]).union(*goals)


def _area_page(row: pd.Series, tasks: pd.DataFrame, words: Words) -> Page:
    area_id, number, name = str(row["area_id"]), int(row["number"]), words.name(row)
    own = [
        {"id": str(task["task_id"]), "number": str(task["number"]), "name": escape(words.name(task))}
        for _, task in tasks[tasks["area_id"] == area_id].iterrows()
    ]
    context = {"number": number, "name": escape(name), "area": area_id, "tasks": own}
    return Page(f"areas/{number}-{area_id}", "area", name, f"area-{number}", {"area": area_id}, context)


def _completed(page: Page, shared: Mapping[str, str]) -> Page:
    """Return the page with the parameters and the context that all pages have."""
    named = {"title": escape(page.title), "stem": page.stem, "docname": page.docname}
    return replace(page, parameters={**shared, **page.parameters}, context={**named, **page.context})

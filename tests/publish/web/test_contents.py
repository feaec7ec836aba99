"""The contents beside a page."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from docutils import nodes
from sample_book import SampleBook

from qualitybook.publish.web import head as contents

PAGES = {"first": "Overview", "goal-1": "Goals", "goal-2": "Goals", "catalogue": "Method"}


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(contents, "part_of", lambda _config, page: PAGES[page])
    env = SimpleNamespace(
        titles={page: nodes.title("", page.upper()) for page in PAGES},
        toc_secnumbers={"first": {"": (1,)}, "catalogue": {"": (2,)}},
        toctree_includes={"summary": list(PAGES)},
    )
    return SimpleNamespace(config=SimpleNamespace(root_doc="summary"), env=env)


def test_a_page_of_a_long_book_lists_its_part_and_leads_to_the_others(app: Any) -> None:
    assert [(part.caption, part.pages) for part in contents.parts_beside(app, "goal-2")] == [
        ("", [("first", "Overview")]),
        ("Goals", [("goal-1", "GOAL-1"), ("goal-2", "GOAL-2")]),
        ("", [("catalogue", "Method")]),
    ]


def test_an_indicator_lists_the_part_of_the_catalogue(app: Any) -> None:
    *_, last = contents.parts_beside(app, "indicators/a")
    assert (last.caption, last.pages) == ("Method", [("catalogue", "2. CATALOGUE")])


@pytest.mark.parametrize("most", [0, contents.MOST_PAGES])
def test_only_a_long_book_shortens_the_contents(app: Any, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(contents, "MOST_PAGES", most)
    context: dict[str, Any] = {}
    contents._shorten(app, "first", "", context, None)
    assert ("parts" in context) == (most == 0)


def test_a_short_book_lists_all_its_pages_on_each(book: SampleBook) -> None:
    shown = BeautifulSoup(book.page("en", "methods"), "html.parser").select_one(".bd-docs-nav")
    assert shown is not None
    names = {page.relative_to(book.folder("en")).as_posix() for page in book.pages("en")}
    linked = {str(link["href"]) for link in shown.select("a")}
    assert {name for name in names if name not in {"index.html", "search.html", "methods.html"}} <= linked

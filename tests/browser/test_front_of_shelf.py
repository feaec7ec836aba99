"""A shelf of two books: one search finds a word of each, from a server and from a folder, and says so without noise."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import Reader, reader, served
from filelock import FileLock
from playwright.sync_api import Browser
from small_project import build_here, write_project
from test_sweep import violations

from qualitybook.publish.shelf import put_on_shelf

PAGES = {"zh": "index.html", "en": "index.en.html"}


@pytest.fixture(scope="session")
def shelf(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Return a shelf with the site and a second book, whose methods are of waterworks."""
    base = tmp_path_factory.getbasetemp()
    base = base if worker_id == "master" else base.parent
    with FileLock(base / "shelf.lock"):
        if not (base / "shelf").is_dir():
            project = write_project(base / "waterworks")
            book = project / "data" / "book.toml"
            book.write_text(book.read_text("utf-8").replace("sample-book", "waterworks"), encoding="utf-8")
            for code, word in (("zh", "自来水厂"), ("en", "Waterworks")):
                (project / "book" / code / "preface.md").write_text(f"# {word}\n\n{word}\n", encoding="utf-8")
            result = build_here(project, "--html")
            assert result.exit_code == 0, result.stderr
            # Asked for only now: another worker builds the site meanwhile.
            put_on_shelf(base / "shelf", [request.getfixturevalue("site"), project / "_site"])
            shutil.rmtree(project)
    return base / "shelf"


@pytest.fixture(params=["http", "file"])
def shelf_base(request: pytest.FixtureRequest, shelf: Path) -> Iterator[str]:
    with served(shelf) as address:
        yield address if request.param == "http" else shelf.as_uri()


def found(visitor: Reader, query: str) -> list[str]:
    """Search, and return the addresses of the pages that are named."""
    page = visitor.page
    page.fill("#qb-query", query)
    page.press("#qb-query", "Enter")
    page.wait_for_function("query => document.getElementById('qb-count').dataset.of === query", arg=query)
    return [str(link.get_attribute("href")) for link in page.locator("#qb-found a").all()]


def test_one_search_finds_a_word_of_each_book(browser: Browser, shelf_base: str, lang: str) -> None:
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    visitor = reader(context, shelf_base)
    visitor.open(PAGES[lang])
    (first,) = {address.split("/")[0] for address in found(visitor, "目标年数值" if lang == "zh" else "forecasting")}
    word = {"zh": "自来水", "en": "waterworks"}[lang]
    (second,) = {address.split("/")[0] for address in found(visitor, word)}
    assert second == "waterworks" != first
    assert {address.split("/")[0] for address in found(visitor, "Sample")} == {first, second}
    assert found(visitor, "Atlantis") == []
    found(visitor, "<script>document.title='planted'</script>")
    assert visitor.page.title() != "planted"
    (page, *_) = found(visitor, word)
    visitor.open(page)
    assert "preface" in visitor.page.url
    assert (visitor.complaints, visitor.lost, visitor.refused) == ([], [], [])
    context.close()


@pytest.mark.parametrize("width", [1400, 390, 320])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    browser: Browser, shelf: Path, lang: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 844})
    with served(shelf) as address:
        visitor = reader(context, address)
        page = visitor.open(PAGES[lang])
        assert found(visitor, "Sample")
        assert violations(visitor) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_without_scripts_the_list_is_there_and_no_dead_field(browser: Browser, shelf: Path, lang: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{shelf.as_uri()}/{PAGES[lang]}")
    assert not page.locator("#qb-search").is_visible()
    page.locator("h2 a").first.click()
    assert page.url.endswith("summary.html")
    context.close()

"""What a reader loads: each file of the site is there once, and pages are light."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from chromium import Reader
from playwright.sync_api import expect

from qualitybook.publish.cache import digest_of_bytes, files_below

MOST = 300_000
"""Bytes that a front page, and a search up to its first result, may take."""


def loaded(reader: Reader, site: Path) -> dict[str, int]:
    """Return the bytes of the files that were asked for, by their paths on the site."""
    names = {address.removeprefix(f"{reader.base}/").partition("?")[0] for address in reader.requests}
    return {name: (site / name).stat().st_size for name in names if not name.startswith("data:")}


def test_no_two_files_have_the_same_bytes(site: Path) -> None:
    names: dict[str, list[str]] = {}
    for path in files_below(site):
        if path.stat().st_size:
            names.setdefault(digest_of_bytes(path.read_bytes()), []).append(path.relative_to(site).as_posix())
    assert [alike for alike in names.values() if len(alike) > 1] == []


def test_a_front_page_is_light_and_loads_nothing_twice(visitor: Reader, site: Path, edition: str, lang: str) -> None:
    visitor.open(f"{edition}/{lang}/summary.html")
    visitor.page.wait_for_timeout(300)
    files = loaded(visitor, site)
    assert sum(files.values()) <= MOST
    assert max(Counter(visitor.requests).values()) == 1
    assert not any("copybutton" in name for name in files)


def test_a_fold_with_code_brings_its_scripts_when_it_opens(visitor: Reader, site: Path, edition: str) -> None:
    page = visitor.open(f"{edition}/en/targets/01-goods-pass.html")
    page.locator("details.qb-code > summary").click()
    expect(page.locator("details.qb-code button.copybtn").first).to_be_attached()
    assert any("clipboard" in name for name in loaded(visitor, site))
    assert visitor.refused == visitor.complaints == []


def test_a_search_is_light_up_to_its_first_result(visitor: Reader, site: Path, edition: str, lang: str) -> None:
    visitor.open(f"{edition}/{lang}/search.html?q={'合格率' if lang == 'zh' else 'pass rate'}")
    expect(visitor.page.locator("#search-results li a").first).to_be_visible()
    # Pages are asked for to quote them, when they are listed.
    files = {name: size for name, size in loaded(visitor, site).items() if not name.endswith(".html")}
    assert sum(files.values()) + (site / edition / lang / "search.html").stat().st_size <= MOST

"""What books have in common lies on a site once. The books are made up."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from qualitybook.publish.cache import digest_of_bytes, files_below
from qualitybook.publish.manifest import read_manifest
from qualitybook.publish.shared import SHARED
from qualitybook.publish.site import Book, publish_site

PAGE = """<html lang="{lang}"><link rel="stylesheet" href="{up}_static/book.css?v=1">
<script src="{up}_static/own.js?v=2"></script><script src="{up}_static/{lang}.js"></script>
<a class="reference download internal" download="" href="{up}_downloads/0a/figure%201.csv">CSV</a>
<a href="{name}.csv" download>CSV</a> "contentUrl": "https://example.org/{name}.csv"</html>"""
STYLES = "@font-face{src:url(fonts/icons.woff)}b{background:url(data:,x)}"


def book(root: Path, edition: str, lang: str, script: str = "own();") -> Book:
    """Write a made-up build: two pages that offer the same table, scripts, a font and a table of a figure."""
    html = root / "builds" / edition / lang / "html"
    pages = {
        name: PAGE.format(lang=lang, up="../" if "/" in name else "", name=name.rpartition("/")[2]) for name in NAMES
    }
    files = {
        **{f"{name}.html": text for name, text in pages.items()},
        **{f"{name}.csv": f"{lang},1" for name in NAMES},
        "_static/book.css": STYLES,
        "_static/own.js": script,
        f"_static/{lang}.js": lang,
        "_static/fonts/icons.woff": "font",
        "_downloads/0a/figure 1.csv": "year,1",
    }
    for name, text in files.items():
        (html / name).parent.mkdir(parents=True, exist_ok=True)
        (html / name).write_text(text, encoding="utf-8")
    return Book(edition, lang, html)


NAMES = ("summary", "targets/01-a", "indicators/a")


def named(page: Path) -> dict[str, Path]:
    """Return the files that a page names, by what it says; a folder of figures holds them as they are called."""
    text = page.read_text(encoding="utf-8")
    found = re.findall(r'(?:href|src)="([^"]+)"', text)
    return {each: (page.parent / each.replace("%20", " ")).resolve() for each in found}


def test_each_file_is_there_once_and_pages_lead_to_it(tmp_path: Path) -> None:
    site = tmp_path / "site"
    publish_site(site, [book(tmp_path, "2025", lang) for lang in ("zh", "en")])
    paths = [path for path in files_below(site) if path.stat().st_size]
    alike = Counter(digest_of_bytes(path.read_bytes()) for path in paths)
    assert max(alike.values()) == 1
    assert not (site / "2025/zh/_static").exists()
    for lang in ("zh", "en"):
        for name in NAMES:
            assert all(path.is_file() for path in named(site / f"2025/{lang}/{name}.html").values()), name
    (sheet,) = (site / SHARED).glob("book-*.css")
    (font,) = (site / SHARED).glob("icons-*.woff")
    assert sheet.read_text(encoding="utf-8") == f'@font-face{{src:url("{font.name}")}}b{{background:url(data:,x)}}'
    assert read_manifest(site).differences(site) == []


def test_what_is_offered_keeps_its_name_and_a_table_is_offered_from_where_it_is(tmp_path: Path) -> None:
    site = tmp_path / "site"
    publish_site(site, [book(tmp_path, "2025", "zh")])
    page = (site / "2025/zh/targets/01-a.html").read_text(encoding="utf-8")
    assert re.search(r'download="figure 1.csv" href="../../../_shared/figure%201-[0-9a-f]{8}.csv"', page)
    assert 'href="../indicators/a.csv"' in page
    assert '"https://example.org/../indicators/a.csv"' in page
    assert [path.name for path in (site / "2025").rglob("*.csv")] == ["a.csv"]


def test_an_edition_that_stays_keeps_what_its_pages_name_and_nothing_else_stays(tmp_path: Path) -> None:
    site = tmp_path / "site"
    publish_site(site, [book(tmp_path, "2024", "zh", "old();")])
    publish_site(site, [book(tmp_path, "2025", "zh", "passing();")])
    publish_site(site, [book(tmp_path, "2025", "zh", "new();")])
    scripts = {path.read_text(encoding="utf-8") for path in (site / SHARED).glob("own-*.js")}
    assert scripts == {"old();", "new();"}
    assert all(path.is_file() for path in named(site / "2024/zh/targets/01-a.html").values())
    assert read_manifest(site).differences(site) == []

"""What a reader's browser gets: nothing from another host, the right language, working links."""

from __future__ import annotations

import json
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag

import pytest
from sample_book import EDITION, SCRIPT, SIGNS, WRITTEN, SampleBook, plain_pages

from qualitybook.publish.web.finish import script_hashes
from qualitybook.publish.web.search import EnglishEditionSearch, part_of, split_query

LANGUAGES = ("zh", "en")
# Elements that make a browser ask for something as soon as the page is shown, and the attribute that names it.
REQUESTS = {
    "audio": ("src",),
    "embed": ("src",),
    "iframe": ("src",),
    "image": ("href", "xlink:href"),
    "img": ("src", "srcset"),
    "input": ("src",),
    "link": ("href",),
    "object": ("data",),
    "script": ("src",),
    "source": ("src", "srcset"),
    "use": ("href", "xlink:href"),
    "video": ("src", "poster"),
}


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))


def tags(text: str) -> list[tuple[str, dict[str, str]]]:
    return Tags(text).tags


def every_page(book: SampleBook) -> list[tuple[str, Path]]:
    pages = [(code, page) for code in LANGUAGES for page in book.pages(code)]
    assert len(pages) > 2 * 14
    return pages


def test_no_page_asks_another_host(book: SampleBook) -> None:
    foreign = [
        (page.name, tag, attributes[name])
        for _, page in every_page(book)
        for tag, attributes in tags(page.read_text(encoding="utf-8"))
        for name in REQUESTS.get(tag, ())
        if "//" in attributes.get(name, "").removeprefix("data:")
    ]
    assert foreign == []


def test_no_style_sheet_asks_another_host(book: SampleBook) -> None:
    for code in LANGUAGES:
        for sheet in book.folder(code).rglob("*.css"):
            text = sheet.read_text(encoding="utf-8")
            assert not re.search(r"url\(['\"]?(?:https?:)?//", text), sheet
            assert not re.search(r"@import[^;]*//", text), sheet


def test_live_code_is_gone(book: SampleBook) -> None:
    for _, page in every_page(book):
        assert "thebe" not in page.read_text(encoding="utf-8").lower(), page


def test_no_inline_event_handler(book: SampleBook) -> None:
    for _, page in every_page(book):
        for tag, attributes in tags(page.read_text(encoding="utf-8")):
            assert not [name for name in attributes if name.startswith("on")], (page, tag)


def test_each_page_has_a_policy_that_knows_its_scripts(book: SampleBook) -> None:
    for _, page in every_page(book):
        text = page.read_text(encoding="utf-8")
        if page.name == "index.html":
            continue
        head, policy, rest = text.partition('<meta http-equiv="Content-Security-Policy"')
        assert policy, page
        assert not re.search("<(script|link|style)", head), page
        allowed = set(re.findall(r"'sha256-[^']+'", rest.partition(">")[0]))
        assert allowed == set(script_hashes(text)), page


def test_no_script_of_ours_evaluates_text(book: SampleBook) -> None:
    words = (book.folder("zh") / "_static" / "translations.js").read_text(encoding="utf-8")
    assert "Documentation.PLURAL_EXPR = (n) => (0);" in words
    assert "addTranslations" not in words


def test_pages_name_their_language(book: SampleBook) -> None:
    for code, page in every_page(book):
        if page.name != "index.html":
            opening = next(attributes for tag, attributes in tags(page.read_text(encoding="utf-8")) if tag == "html")
            assert opening["lang"] == {"zh": "zh-CN", "en": "en"}[code], page


def test_menus_speak_the_language_of_the_book(book: SampleBook) -> None:
    english, chinese = (
        re.sub(r"(?s)<article.*?</article>", "", book.page(code, "targets/01-index")) for code in ("en", "zh")
    )
    assert "搜索" not in english
    assert "Search" in english
    assert 'aria-label="搜索' in chinese
    for word in ("Link to this", "Color mode", "Toggle", "Click to", "Show the code", "System Settings"):
        assert word not in book.page("zh", "targets/01-index"), word


def test_local_links_lead_somewhere(book: SampleBook) -> None:
    for name in ("editions.html", "feed.xml", f"{EDITION}/notes.html"):
        (book.root / name).touch()
    broken = []
    for _, page in every_page(book):
        for tag, attributes in tags(page.read_text(encoding="utf-8")):
            target = urldefrag(attributes.get("href", "")).url.partition("?")[0]
            local = tag in {"a", "link"} and target and ":" not in target
            if local and not (page.parent / unquote(target)).is_file():
                broken.append((page.name, target))
    assert broken == []


@pytest.mark.parametrize(("code", "other"), [("zh", "en"), ("en", "zh")])
def test_switch_stays_on_the_page(book: SampleBook, code: str, other: str) -> None:
    for page in book.pages(code):
        if page.name == "index.html":
            continue
        name = page.relative_to(book.folder(code))
        wanted = (book.folder(other) / name).resolve()
        hrefs = [a["href"] for tag, a in tags(page.read_text(encoding="utf-8")) if tag == "a" and "hreflang" in a]
        assert wanted in [(page.parent / href).resolve() for href in hrefs], name
        assert wanted.is_file()


def test_head_and_foot(book: SampleBook) -> None:
    page = book.page("zh", "areas/1-goods")
    assert f'href="../sample-{EDITION}-zh.pdf"' in page
    assert "2025" in page
    assert "2026年11月22日" in page
    assert "22 November 2026" in book.page("en", "areas/1-goods")


def test_planted_script_is_text(book: SampleBook) -> None:
    for code in LANGUAGES:
        page = book.page(code, "targets/01-index")
        assert SCRIPT not in page
        assert "&lt;script&gt;alert(" in page


def test_formulas_are_mathml(book: SampleBook) -> None:
    for code in LANGUAGES:
        page = book.page(code, "methods")
        assert page.count("<math ") == 3
        assert 'display="block"' in page
        assert "<mfrac>" in page
        assert "mathjax" not in page.lower().replace("mathjax_ignore", "")
        assert re.search(r'class="eqno">\(\d+\.1\)', page)
        assert not (book.folder(code) / "_static" / "mathjax").exists()


def test_figures_tables_and_folded_code(book: SampleBook) -> None:
    page = book.page("zh", "targets/02-food")
    assert re.search(
        r'<img width="200" height="80" alt="合格率由97\.0%升至98\.1%[^"]*" src="\.\./_images/02-food-1.svg" */>', page
    )
    # Pages of goals have no number of a chapter: figures and tables are counted on.
    assert re.search(r"图 \d+<|图 \d+ *</span>", page)
    assert re.search(r"表 \d+<|表 \d+ *</span>", page)
    assert 'class="pst-scrollable-table-container"' in page
    assert 'class="text-right"' in page
    assert page.count('<details class="qb-code"') == 1


def test_signs_are_kept_in_texts_and_descriptions(book: SampleBook) -> None:
    for code in LANGUAGES:
        page = book.page(code, "targets/02-food")
        (said,) = re.findall(r'<img [^>]*alt="([^"]*)"', page)
        assert SIGNS in unescape(said)
        (caption,) = re.findall(r'<span class="caption-text">(.*?)</figcaption>', page, re.DOTALL)
        # Straight quotation marks are curled, as in all texts.
        assert re.sub("[“”]", '"', unescape(re.sub("<[^>]*>", "", caption))).count(SIGNS) == 1


def test_numbers_run_on_through_the_parts(book: SampleBook) -> None:
    for code in LANGUAGES:
        sidebar = book.page(code, "summary").partition('class="bd-main"')[0]
        numbers = [int(number) for number in re.findall(r'toctree-l1[^"]*"><a[^>]*>(\d+)\.', sidebar)]
        assert numbers == list(range(1, 1 + len(plain_pages()) + len(WRITTEN)))


def test_citations_lead_to_the_bibliography_and_back(book: SampleBook) -> None:
    for code in LANGUAGES:
        entries = set(re.findall(r'<div class="citation" id="([^"]+)"', book.page(code, "bibliography")))
        assert len(entries) == 4
        cited = re.findall(r'href="\.\./bibliography.html#([^"]+)"', book.page(code, "targets/01-index"))
        assert len(cited) == 8  # the figure's caption, the table's caption, four single cells and one of two
        assert set(cited) <= entries
        used = re.findall(r'<p class="used-on">.*?</p>', book.page(code, "bibliography"))
        assert len(used) == 3
        assert re.findall(r'href="([^"]+)"', used[0]) == [
            "summary.html",
            "targets/01-index.html",
            "targets/02-food.html",
            "areas/1-goods.html",
        ]


def test_titles_in_another_language_say_so(book: SampleBook) -> None:
    assert '<span lang="zh-CN">第一份公报：</span>' in book.page("en", "bibliography")
    assert '<span lang="en">' not in book.page("en", "bibliography")
    assert '<span lang="zh-CN">' not in book.page("zh", "bibliography")


def test_bibliography_is_exact(book: SampleBook) -> None:
    page = re.sub(r'<span lang="zh-CN">([^<]*)</span>', r"\1", book.page("en", "bibliography"))
    assert (
        "<p>Statistics Bureau. 第一份公报：50% &amp; 更多_示例#1. 2024-05. Communiqué, read in the original. <a" in page
    )
    assert '<a class="reference external" href="https://example.org/a_b?c=%E5&amp;d=1#e">' in page
    assert "Second {report} ~ $5 ^ \\ end. No date. Report, read in a mirror copy. Address not recorded." in page
    chinese = "<p>市统计局. 第一份公报：50% &amp; 更多_示例#1[EB/OL]. (2024-05)[2026-11-22]. <a"
    assert chinese in book.page("zh", "bibliography")


def said(script: Path) -> dict[str, Any]:
    """Return what a script of the search index hands over."""
    found = re.fullmatch(r"Search\.\w+\((?:\d+,)?(.*)\)\n", script.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return json.loads(found[1])


def spread(pages: int | list[int | list[int]]) -> list[int]:
    """Return pages one by one; a pair of them is the first and the last of a run."""
    listed = pages if isinstance(pages, list) else [pages]
    return [each for page in listed for each in (range(page[0], page[1] + 1) if isinstance(page, list) else [page])]


def search(folder: Path, query: str) -> set[str]:
    """Find pages as the browser does: every term of the query, stemmed, in the text or the titles of a page."""
    parts = said(folder / "searchindex.js")["parts"]
    files = sorted((folder / "searchindex").glob("p*.js"), key=lambda path: int(path.stem[1:]))
    pages = [page for file in files for page in said(file)]
    stem = EnglishEditionSearch({}).stem
    found = []
    for term in map(stem, split_query(query.lower())):
        words = said(folder / "searchindex" / f"{part_of(term, parts)}.js")
        places = [words[kind].get(term, []) for kind in ("terms", "titleterms")]
        found.append({page for place in places for page in spread(place)})
    return {pages[page][0] for page in set.intersection(*found)}


@pytest.mark.parametrize("code", LANGUAGES)
def test_search_finds_chinese_phrases(book: SampleBook, code: str) -> None:
    assert search(book.folder(code), "农产品质量安全") == {"summary"}
    assert search(book.folder(code), "稳健标准误") == {"methods"}
    pages = {"targets/01-index", "targets/02-food", "areas/1-goods"}
    assert search(book.folder(code), "制造业质量竞争力指数") == pages | {"bibliography"}  # which names the citing pages
    assert search(book.folder(code), "量子") == set()


def test_search_finds_english_stems(book: SampleBook) -> None:
    assert search(book.folder("en"), "forecasts") == {"summary"}
    assert search(book.folder("en"), "robust error") == {"methods"}


def test_search_finds_numbers(book: SampleBook) -> None:
    assert search(book.folder("zh"), "合格率 2024") == {"targets/01-index", "targets/02-food", "areas/1-goods"}


def test_browser_is_given_the_same_split(book: SampleBook) -> None:
    for code in LANGUAGES:
        script = (book.folder(code) / "_static" / "language_data.js").read_text(encoding="utf-8")
        assert "function splitQuery(query)" in script
        assert "var Stemmer" in script


def test_name_and_search_stand_in_landmarks_and_are_called_what_they_show(book: SampleBook) -> None:
    """What axe 4.14 asks of every page (region, label-content-name-mismatch)."""
    for code in LANGUAGES:
        page = book.page(code, "targets/02-food")
        assert re.search(r'<nav aria-label="[^"]+">\s*<a class="navbar-brand logo"', page)
        (button,) = re.findall(r'<div role="search">\s*<button ([^>]*search-button-field[^>]*)>', page)
        assert "aria-label" not in button

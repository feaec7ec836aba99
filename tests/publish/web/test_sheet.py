"""The one style sheet, and the scripts of a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sample_book import SampleBook

from qualitybook.publish.web.sheet import SHEET, names_in_page, names_in_script, pruned

PAGE = '<div id="place" class="one two"><p style="color: var(--asked)">Text</p></div>'


@pytest.mark.parametrize(
    ("sheet", "kept"),
    [
        (".one{color:red}", ".one{color:red}"),
        (".three{color:red}", ""),
        (".one .three,.two p,#place{color:red}", ".two p,#place{color:red}"),
        (".one.three{color:red}", ""),
        ("ul{color:red}P{color:red}", "P{color:red}"),
        ("#elsewhere{color:red}", ""),
        (".one:not(.three){color:red}", ".one:not(.three){color:red}"),
        (":is(.one,.three){color:red}", ":is(.one,.three){color:red}"),
        ('.one[data-x="y"]:hover::before{content:"}"}', '.one[data-x="y"]:hover::before{content:"}"}'),
        ("@media print{.one{color:red}.three{color:red}}", "@media print{\n.one{color:red}\n}"),
        ("@media print{.three{color:red}}", ""),
        ("@font-face{font-family:x;src:url(x.woff)}", "@font-face{font-family:x;src:url(x.woff)}"),
        (":root{--asked:1;--idle:2}", ":root{--asked:1}"),
        (":root{--a:var(--b);--b:2}.one{color:var(--a)}", ":root{--a:var(--b);--b:2}\n.one{color:var(--a)}"),
        (":root{--a:var(--b);--b:2}", ""),
        (".one{color:red!important;--idle:1}", ".one{color:red!important}"),
    ],
)
def test_a_rule_stays_where_its_names_are_in_a_page(sheet: str, kept: str) -> None:
    assert pruned([sheet], names_in_page(PAGE), [PAGE]).strip() == kept


def test_a_word_of_a_script_may_be_a_class_that_it_adds(tmp_path: Path) -> None:
    script = tmp_path / "own.js"
    script.write_text('item.classList.add("is-open")', encoding="utf-8")
    assert pruned([".is-open{color:red}"], names_in_script(script)).strip() == ".is-open{color:red}"
    assert pruned([".is-shut{color:red}"], names_in_script(script)).strip() == ""


@pytest.mark.parametrize("code", ["zh", "en"])
def test_every_page_has_one_sheet_that_is_there(book: SampleBook, code: str) -> None:
    static = book.folder(code) / "_static"
    assert [path.name for path in static.rglob("*.css")] == [SHEET]
    for page in book.pages(code):
        if page.name == "index.html":
            continue  # It only leads to the first page.
        (link,) = re.findall(r'<link[^>]*rel="stylesheet"[^>]*href="([^"]+)"', page.read_text(encoding="utf-8"))
        assert (page.parent / link.partition("?")[0]).resolve() == (static / SHEET).resolve()
    sheet = (static / SHEET).read_text(encoding="utf-8")
    assert {"qb-head", "qb-cards", "bd-sidebar-primary"} <= set(re.findall(r"\.([\w-]+)", sheet))
    assert "carousel" not in sheet
    for place in re.findall(r'url\("?(?!data:)([^")]+)', sheet):
        assert (static / place).is_file()


def test_scripts_stand_where_they_do_something(book: SampleBook) -> None:
    with_code, without = book.page("en", "targets/01-index"), book.page("en", "methods")
    assert 'class="highlight' in with_code
    assert ("copybutton.js" in with_code, "copybutton.js" in without) == (True, False)
    assert "togglebutton" not in with_code
    assert "toggleHint" not in with_code

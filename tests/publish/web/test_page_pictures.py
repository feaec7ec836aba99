"""Our own pictures in a page: named, in the page's face, with a table of what their marks say."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from docutils import nodes
from docutils.utils import new_document

from qualitybook.publish.pandoc.builder import _without_idle_names
from qualitybook.publish.web.pictures import (
    _DrawInPage,
    _drawn,
    _in_page,
    _table,
    _visit_picture,
    picture,
    rows_of_marks,
)
from qualitybook.report import theme
from qualitybook.report.compact import compact
from qualitybook.report.figures import svg
from qualitybook.report.i18n import Words

MARKS = tuple(
    svg.Mark(year, year + 1, year - 2019, "exact", "A", "", True, False, f"A\n{year}\n{year - 2019}%\ngrade A\nPress")
    for year in (2020, 2021)
)
TITLE = "City & <b>\n2024\n98%\ngrade A\nYearbook"


LIKE_TAGS = 'x id="a" d="M1" url(#b) xlink:href=# font-family: serif; translate(9 9) #202305'
"""What a title may say that looks like a part of a tag."""


def chart(*titles: str) -> str:
    """Return a picture of made-up figures, a mark for each title."""
    shown = tuple(
        svg.Mark(2020.0 + place, 2021.0 + place, 1.0 + place, "exact", "A", "", True, False, title)
        for place, title in enumerate(titles)
    )
    return svg.chart([svg.Place("A", shown)], svg.Axis("%"))


def test_only_pictures_of_our_own_are_put_into_pages(tmp_path: Path) -> None:
    (tmp_path / "own.svg").write_text(chart(TITLE), encoding="utf-8")
    (tmp_path / "other.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8")
    assert _drawn(tmp_path / "own.svg") == chart(TITLE)
    assert _drawn(tmp_path / "other.svg") == _drawn(tmp_path / "own.png") == ""


def test_a_picture_of_an_authored_page_stays_a_file(tmp_path: Path) -> None:
    document = new_document("page")
    document += nodes.image(uri="_static/own.svg")
    (tmp_path / "_static").mkdir()
    (tmp_path / "_static/own.svg").write_text(chart(TITLE), encoding="utf-8")
    document.settings.env = SimpleNamespace(app=SimpleNamespace(srcdir=tmp_path), config=None)
    _DrawInPage(document).run()
    assert isinstance(document[0], nodes.image)


def test_texts_that_look_like_parts_of_tags_stay() -> None:
    plain, odd = (_in_page(chart(title), "qb-wide", "A", "a") for title in ("text", LIKE_TAGS))
    assert odd == plain.replace("text</title>", f"{LIKE_TAGS}</title>")
    assert compact(chart(LIKE_TAGS)) == compact(chart("text")).replace("text</title>", f"{LIKE_TAGS}</title>")
    assert _without_idle_names(chart(LIKE_TAGS)) == chart(LIKE_TAGS)


def test_a_picture_in_a_page_says_what_it_shows_and_has_no_face_of_its_own() -> None:
    tag = BeautifulSoup(_in_page(chart(TITLE), "qb-wide", 'A "rise" & <b>', "a"), "html.parser").svg
    assert tag is not None
    assert (tag["role"], tag["aria-label"]) == ("img", 'A "rise" & <b>')
    assert tag["class"] == ["qb-chart", "qb-wide"]
    assert "font-family" not in tag.attrs


@pytest.mark.parametrize("alt", ["a\\\\b", "\\alpha", "\\1", "\\g<0>"])
def test_backslashes_of_an_alternative_text_stay(alt: str) -> None:
    tag = BeautifulSoup(_in_page(chart(TITLE), "qb-wide", alt, "a"), "html.parser").svg
    assert tag is not None
    assert tag["aria-label"] == alt


def test_the_rows_of_a_series_stand_together() -> None:
    rows = rows_of_marks(chart("A\n2020", "B\n2020", "A\n2021", "A\n2020"))
    assert rows == [["A", "2020"], ["A", "2021"], ["B", "2020"]]


def test_the_table_has_a_row_for_each_mark_and_markup_is_text() -> None:
    rows = rows_of_marks(chart(TITLE, "B\n2025\n99%\ngrade B\nPress"))
    table = BeautifulSoup(_table(rows, Words("en")), "html.parser")
    cells = [[cell.text for cell in row("td")] for row in table("tr")[1:]]
    assert cells == [TITLE.split("\n"), ["B", "2025", "99%", "grade B", "Press"]]
    assert [cell.text for cell in table("th")] == ["Series", "Period", "Figure", "Grade", "Source"]
    assert table("b") == []


PLOTTED = """<?xml version="1.0"?>
<svg class="qb-chart" xmlns:xlink="http://www.w3.org/1999/xlink" width="9pt" viewBox="0 0 9 9" version="1.1">
 <defs><style type="text/css">*{stroke-linejoin: round}</style></defs>
 <g><path id="p1" style="fill: {colour}"/><use xlink:href="#p1" clip-path="url(#p1)"/></g>
</svg>"""


def test_a_drawing_of_matplotlibs_brings_neither_rules_nor_ids_that_meet_others() -> None:
    shown = _in_page(PLOTTED.replace("{colour}", "#0072b2"), "qb-wide", "alt", "target-1")
    assert "linejoin" not in shown
    (place,) = set(re.findall(r'(?: id="|href="#|url\(#)([\w-]+)', shown))
    assert place.endswith("p1")
    assert place not in _in_page(PLOTTED, "qb-wide", "alt", "target-2")
    assert "fill: var(--qb-observed)" in shown


def test_a_drawing_with_shades_of_its_own_keeps_its_paper() -> None:
    shown = _in_page(PLOTTED.replace("{colour}", "#123456"), "qb-wide", "alt", "a")
    assert "fill: #123456" in shown
    assert "qb-own-paper" in shown


def test_what_is_told_of_a_mark_is_its_title() -> None:
    link = '<a xlink:href="mark:A &amp; B" target="_blank"><use xlink:href="#m" x="3" y="4.5"/></a>'
    shown = theme.with_marks(f"<svg >{link}</svg>")
    assert '<g class="qb-mark"><title>A &amp; B</title><circle cx="3" cy="4.5"' in shown


def test_a_picture_of_our_own_takes_the_place_of_its_file(tmp_path: Path) -> None:
    svg.write(tmp_path / "figures/a.svg", lambda form: svg.chart([svg.Place("A", MARKS)], svg.Axis("%"), form))
    document = new_document("page")
    document += nodes.figure("", nodes.image(uri="figures/a.svg", alt="Rises"))
    document.settings.env = SimpleNamespace(app=SimpleNamespace(srcdir=tmp_path), config=None)
    _DrawInPage(document).run()
    (put,) = document.findall(picture)
    translator = SimpleNamespace(body=[], config=SimpleNamespace(language="en"))
    _visit_picture(translator, put)  # type: ignore[arg-type]
    page = BeautifulSoup("".join(translator.body), "html.parser")
    assert [tag["class"] for tag in page("svg")] == [["qb-chart", "qb-wide"], ["qb-chart", "qb-narrow"]]
    assert {tag["aria-label"] for tag in page("svg")} == {"Rises"}
    assert len(page("tr")) == 1 + len(MARKS)
    assert [mark["data-row"] for mark in page.select(".qb-wide .qb-mark")] == ["0", "1"]
    assert page("title") == []

"""Our own pictures in a page: named, in the page's face, with a table of what their marks say."""

from __future__ import annotations

from pathlib import Path

from bs4 import BeautifulSoup

from qualitybook.publish.web.pictures import _drawn, _in_page, _table, rows_of_marks
from qualitybook.report.figures import svg
from qualitybook.report.i18n import Words

TITLE = "City & <b>\n2024\n98%\ngrade A\nYearbook"


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


def test_a_picture_in_a_page_says_what_it_shows_and_has_no_face_of_its_own() -> None:
    tag = BeautifulSoup(_in_page(chart(TITLE), "qb-wide", 'A "rise" & <b>'), "html.parser").svg
    assert tag is not None
    assert (tag["role"], tag["aria-label"]) == ("img", 'A "rise" & <b>')
    assert tag["class"] == ["qb-chart", "qb-wide"]
    assert "font-family" not in tag.attrs


def test_the_table_has_a_row_for_each_mark_and_markup_is_text() -> None:
    rows = rows_of_marks(chart(TITLE, "B\n2025\n99%\ngrade B\nPress", "neither\nnor"))
    table = BeautifulSoup(_table(rows, Words("en")), "html.parser")
    cells = [[cell.text for cell in row("td")] for row in table("tr")[1:]]
    assert cells == [TITLE.split("\n"), ["B", "2025", "99%", "grade B", "Press"]]
    assert [cell.text for cell in table("th")] == ["Series", "Period", "Figure", "Grade", "Source"]
    assert table("b") == []

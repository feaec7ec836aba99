"""Pictures, lists and tables as readers use them: pointed at, by keys, tapped, as cards; and without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from chromium import Reader, reader
from playwright.sync_api import Browser, Page, expect
from test_sweep import violations

PHONE = {"width": 390, "height": 844}
MARKS = ".qb-chart:visible .qb-mark"
FACTS = 5
"""Series, period, figure, grade, source."""
LEAST_LETTERS = """() => Math.min(...[...document.querySelectorAll("svg.qb-chart text")]
  .filter((text) => text.checkVisibility() && text.textContent.trim())
  .map((text) => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().d))"""
NAMED_CELLS = """(cell) => [
  cell.closest("table").tHead.rows[0].cells[cell.cellIndex].textContent.trim(),
  getComputedStyle(cell, "::before").content]"""


@pytest.fixture
def area(site: object, edition: str) -> str:
    """Path of an area's page, whose charts are our own."""
    return f"{edition}/en/areas/1-goods.html"


@pytest.fixture
def phone(browser: Browser, base: str) -> Iterator[Reader]:
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    yield reader(context, base)
    context.close()


@pytest.fixture
def plain(browser: Browser, base: str) -> Iterator[Reader]:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    yield reader(context, base)
    context.close()


def told(page: Page) -> list[str]:
    tip = page.locator(".qb-tip")
    expect(tip).to_be_visible()
    return tip.inner_text().split("\n")


def test_a_mark_says_what_it_is_where_it_is_pointed_at(visitor: Reader, area: str) -> None:
    page = visitor.open(area)
    page.locator(MARKS).nth(3).hover()
    assert len(told(page)) == FACTS
    page.mouse.move(1, 1)
    expect(page.locator(".qb-tip")).to_be_hidden()
    assert visitor.refused == visitor.complaints == []


def test_keys_lead_from_mark_to_mark(visitor: Reader, area: str) -> None:
    page = visitor.open(area)
    chart = page.locator(".qb-chart:visible").first
    assert chart.locator("[tabindex='0']").count() == 1
    chart.locator(".qb-mark").first.focus()
    first = told(page)
    page.keyboard.press("ArrowRight")
    expect(chart.locator(".qb-mark").nth(1)).to_be_focused()
    assert told(page) != first
    page.keyboard.press("Escape")
    expect(page.locator(".qb-tip")).to_be_hidden()


def test_marks_of_the_figures_of_goals_say_what_they_are_too(visitor: Reader, edition: str) -> None:
    page = visitor.open(f"{edition}/zh/targets/01-goods-pass.html")
    page.locator(MARKS).first.focus()
    assert len(told(page)) == FACTS


def test_a_mark_is_told_where_it_is_tapped(phone: Reader, area: str) -> None:
    page = phone.open(area)
    page.locator(MARKS).nth(2).tap()
    assert len(told(page)) == FACTS


def test_a_table_takes_the_place_of_the_picture_and_gives_it_back(visitor: Reader, area: str) -> None:
    page = visitor.open(area)
    figure = page.locator("figure:has(details.qb-rows)").first
    figure.locator("summary").click()
    expect(figure.locator(".qb-picture")).to_be_hidden()
    assert figure.locator("tbody tr").count() == figure.locator(".qb-wide .qb-mark").count()
    figure.locator("summary").click()
    expect(figure.locator(".qb-picture")).to_be_visible()
    expect(figure.locator("tbody")).to_be_hidden()


def test_letters_on_a_phone_have_11_pixels(phone: Reader, edition: str, lang: str) -> None:
    for name in ("areas/1-goods", "targets/01-goods-pass", "peers", "track-record", "indicators/goods_pass_rate"):
        page = phone.open(f"{edition}/{lang}/{name}.html")
        assert page.evaluate(LEAST_LETTERS) >= 10.99, name


def test_the_list_of_indicators_can_be_narrowed(visitor: Reader, edition: str, lang: str) -> None:
    page = visitor.open(f"{edition}/{lang}/catalogue.html")
    rows = page.locator(".catalogue tbody tr:visible")
    all_of_them = rows.count()
    assert all_of_them > 2
    for place in range(4):
        choice = page.locator(".qb-filter select").nth(place)
        chosen = choice.locator("option").nth(1).inner_text()
        choice.select_option(index=1)
        assert 0 < rows.count() <= all_of_them
        assert all(chosen in text for text in rows.all_inner_texts())
        assert page.locator(".qb-filter output").inner_text() == f"{rows.count()} / {all_of_them}"
        choice.select_option(index=0)
    page.locator(".qb-filter input").fill("no such indicator")
    assert rows.count() == 0
    assert visitor.refused == visitor.complaints == []


def test_rows_are_cards_on_a_phone_whose_lines_name_their_columns(phone: Reader, edition: str, lang: str) -> None:
    page = phone.open(f"{edition}/{lang}/catalogue.html")
    cell = page.locator(".catalogue tbody td").nth(3)
    name, shown = cell.evaluate(NAMED_CELLS)
    assert shown == f'"{name}"'
    assert cell.evaluate("(cell) => getComputedStyle(cell.parentElement).display") == "block"
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_phone_folds_long_tables_and_a_desk_does_not(phone: Reader, visitor: Reader, edition: str) -> None:
    """The figures of goods are of more years than a phone should have cards at once."""
    name = f"{edition}/en/indicators/goods_pass_rate.html"
    table = phone.open(name).locator("details.qb-long").first
    expect(table.locator("tbody")).to_be_hidden()
    table.locator("summary").tap()
    expect(table.locator("tbody")).to_be_visible()
    table = visitor.open(name).locator("details.qb-long").first
    expect(table.locator("tbody")).to_be_visible()
    expect(table.locator("summary")).to_be_hidden()


def test_nothing_is_lost_without_scripts(plain: Reader, area: str, edition: str) -> None:
    page = plain.open(area)
    figure = page.locator("figure:has(details.qb-rows)").first
    expect(figure.locator("svg:visible")).to_have_count(1)
    figure.locator("summary").click()
    expect(figure.locator("tbody tr").first).to_be_visible()
    page = plain.open(f"{edition}/en/catalogue.html")
    expect(page.locator(".qb-filter")).to_have_count(0)
    expect(page.locator(".catalogue tbody tr").first).to_be_visible()


def test_a_word_of_the_glossary_says_what_it_means(visitor: Reader, edition: str, lang: str) -> None:
    page = visitor.open(f"{edition}/{lang}/preface.html")
    term = page.locator("a.qb-term").first
    assert term.get_attribute("title")
    term.click()
    page.wait_for_url("**/glossary.html#*")


def test_each_page_says_how_it_is_cited(visitor: Reader, edition: str, lang: str) -> None:
    page = visitor.open(f"{edition}/{lang}/methods.html")
    said = page.locator(".qb-cite").inner_text()
    title = page.locator("article h1").inner_text().partition("#")[0].strip()
    assert title.split(" ", 1)[-1].lstrip("0123456789. ") in said
    assert edition in said


@pytest.mark.parametrize("width", [1400, 390, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_at_any_width(
    browser: Browser, http: str, edition: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    """With scripts at work, all folds open."""
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
    visitor = reader(context, http)
    for name in ("areas/1-goods", "targets/01-goods-pass", "catalogue", "preface"):
        page = visitor.open(f"{edition}/zh/{name}.html")
        page.evaluate("document.querySelectorAll('article details').forEach((fold) => { fold.open = true; })")
        assert violations(visitor) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()

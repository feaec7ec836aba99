"""What readers do on the pages, with a mouse, with keys only, on a phone, without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import Reader, reader
from playwright.sync_api import Browser, Page, expect

PAUSES = (1000, 4000, 16000)
"""Milliseconds from one page to the next, longer each time that the next knew nothing of the first."""
HIGHLIGHTED = "document.activeElement.matches(':focus-visible')"
OUTLINE = """() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== "none"
    || style.textDecorationLine.includes("underline");
}"""


def first_target(site: Path, edition: str) -> str:
    return min(path.name for path in (site / edition / "zh" / "targets").glob("*.html"))


@pytest.fixture
def target(site: Path, edition: str) -> str:
    """Path of a target page below its language."""
    return f"targets/{first_target(site, edition)}"


def test_entrance_leads_to_the_latest_edition(visitor: Reader, edition: str) -> None:
    page = visitor.open("index.html")
    page.wait_for_url(re.compile(rf"/{edition}/zh/summary\.html$"))


def test_language_switch_stays_on_the_page(visitor: Reader, edition: str, target: str) -> None:
    page = visitor.open(f"{edition}/zh/{target}")
    chinese = page.locator("article h1").inner_text()
    page.locator(".qb-languages a", has_text="English").click()
    assert page.url.endswith(f"/{edition}/en/{target}")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("article h1").inner_text() != chinese
    page.locator(".qb-languages a", has_text="中文").click()
    assert page.url.endswith(f"/{edition}/zh/{target}")


def test_edition_switch_names_the_editions(visitor: Reader, edition: str, target: str) -> None:
    page = visitor.open(f"{edition}/en/{target}")
    page.locator(".qb-editions summary").click()
    current = page.locator(".qb-editions a[aria-current]")
    expect(current).to_be_visible()
    assert current.inner_text() == edition
    page.locator(".qb-editions a", has_text="All editions").click()
    assert page.url.endswith("/editions.html")
    expect(page.locator("li strong").first).to_have_text(edition)


def test_breadcrumbs_lead_from_an_indicator_to_the_book(visitor: Reader, edition: str, lang: str, target: str) -> None:
    page = visitor.open(f"{edition}/{lang}/{target}")
    page.locator("article a[href*='indicators/']").first.click()
    page.wait_for_url(re.compile(rf"/{edition}/{lang}/indicators/\w+\.html(#.*)?$"))
    way = page.locator(".qb-crumbs li")
    expect(way.last).to_have_attribute("aria-current", "page")
    expect(page.locator("article h1")).to_contain_text(way.last.inner_text())
    way.first.locator("a").click()
    page.wait_for_url(re.compile(rf"/{edition}/{lang}/summary\.html$"))


def test_the_pdf_can_be_downloaded(visitor: Reader, edition: str, lang: str, site: Path) -> None:
    page = visitor.open(f"{edition}/{lang}/summary.html")
    files = {str(link.get_attribute("href")) for link in page.locator(".qb-file").all()}
    assert len(files) == 3
    assert {(site / edition / lang / href).read_bytes()[:5] for href in files} == {b"%PDF-"}


def make_dark(page: Page) -> None:
    """Press the button until the page is dark; it leads through three settings."""
    for _ in range(3):
        page.locator(".theme-switch-button:visible").first.click()
        if page.locator("html").get_attribute("data-theme") == "dark":
            break


def test_theme_button_makes_the_page_dark_and_the_next_page_stays_so(visitor: Reader, edition: str) -> None:
    page = visitor.open(f"{edition}/zh/summary.html")
    bright = page.evaluate("getComputedStyle(document.body).backgroundColor")
    # On a busy machine the next page was seen without what the first had kept a second before, and why is not known; it
    # keeps its own setting then, so that all begins again.
    for pause in PAUSES:
        make_dark(page)
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") != bright
        page.wait_for_timeout(pause)
        visitor.open(f"{edition}/zh/methods.html")
        if page.locator("html").get_attribute("data-theme") == "dark":
            break
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_first_key_offers_to_skip_to_the_text(visitor: Reader, edition: str, lang: str) -> None:
    page = visitor.open(f"{edition}/{lang}/methods.html")
    page.keyboard.press("Tab")
    skip = page.locator(".skip-link a")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.url.endswith("#main-content")


def test_focus_is_seen_wherever_the_tab_key_leads(visitor: Reader, edition: str) -> None:
    page = visitor.open(f"{edition}/en/summary.html")
    unseen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        assert page.evaluate(HIGHLIGHTED)
        if not page.evaluate(OUTLINE):
            unseen.append(page.evaluate("document.activeElement.outerHTML.slice(0, 120)"))
    assert unseen == []


def test_menus_open_by_keys(visitor: Reader, edition: str) -> None:
    page = visitor.open(f"{edition}/en/summary.html")
    page.locator(".qb-editions summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".qb-editions ul")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator(".qb-editions a").first).to_be_focused()


def test_search_dialog_by_keys_alone(visitor: Reader, edition: str, lang: str) -> None:
    page = visitor.open(f"{edition}/{lang}/summary.html")
    page.keyboard.press("Control+k")
    field = page.locator("#pst-search-dialog input[type=search]")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#pst-search-dialog")).not_to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type({"zh": "方法", "en": "methods"}[lang])
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search\.html\?q="))
    expect(page.locator("#search-results li a").first).to_be_visible()


@pytest.fixture
def phone(browser: Browser, base: str) -> Iterator[Reader]:
    """A reader with a phone, who does not want things to move."""
    context = browser.new_context(
        viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True, reduced_motion="reduce"
    )
    yield reader(context, base)
    context.close()


def test_phone_finds_contents_and_search(phone: Reader, edition: str, lang: str) -> None:
    page = phone.open(f"{edition}/{lang}/summary.html")
    page.locator(".primary-toggle").tap()
    contents = page.locator("#pst-primary-sidebar-modal")
    expect(contents.locator(".bd-links a").first).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(contents).not_to_be_visible()
    page.locator(".search-button:visible").first.tap()
    expect(page.locator("#pst-search-dialog input[type=search]")).to_be_in_viewport()


def test_the_counts_on_a_phone_part_no_number_from_its_sign(phone: Reader, edition: str) -> None:
    page = phone.open(f"{edition}/zh/summary.html")
    page.set_viewport_size({"width": 390, "height": 640})
    lines = page.locator("div.tile .qb-tied").evaluate_all(
        """(signs) => signs.map((sign) => {
          const number = document.createRange();
          number.setStart(sign.previousSibling, sign.previousSibling.length - 1);
          number.setEnd(sign.previousSibling, sign.previousSibling.length);
          return [number.getBoundingClientRect().top, sign.getBoundingClientRect().top];
        })"""
    )
    assert lines
    assert all(number == pytest.approx(sign, abs=1) for number, sign in lines)


def test_nothing_moves_for_readers_who_ask_for_that(phone: Reader, edition: str) -> None:
    page = phone.open(f"{edition}/zh/summary.html")
    moving = page.evaluate(
        """() => [...document.querySelectorAll("*")].filter((element) => {
          const style = getComputedStyle(element), longest = (times) => Math.max(...times.split(",").map(parseFloat));
          return longest(style.transitionDuration) > 0.01 || longest(style.animationDuration) > 0.01
            || style.scrollBehavior === "smooth";
        }).map((element) => `${element.tagName}.${element.className}`)"""
    )
    assert moving == []


@pytest.fixture
def plain(browser: Browser, base: str) -> Iterator[Reader]:
    """A reader without scripts."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    yield reader(context, base)
    context.close()


def test_pages_are_readable_without_scripts(plain: Reader, edition: str, target: str, lang: str) -> None:
    for name in ("summary.html", target, "bibliography.html"):
        page = plain.open(f"{edition}/{lang}/{name}")
        expect(page.locator("article h1")).to_be_visible()
        expect(page.locator(".bd-links a").first).to_be_visible()
        assert len(page.locator("article").inner_text()) > 200
    page = plain.open(f"{edition}/{lang}/{target}")
    expect(page.locator("article figure svg:visible").first).to_be_visible()
    expect(page.locator("article table:visible").first).to_be_visible()
    page.locator(".qb-editions summary").click()
    expect(page.locator(".qb-editions ul")).to_be_visible()
    page.locator(".qb-languages a").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")

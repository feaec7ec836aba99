"""Every measurable goal stands with its answer within the first screen of a desk, and within two of a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

ROWS = """() => [...document.querySelectorAll("div.lines tbody tr")].map((row) => ({
  bottom: row.getBoundingClientRect().bottom + window.scrollY,
  answer: row.cells[5].innerText.trim(),
}))"""


@pytest.mark.parametrize(("width", "height", "screens"), [(1400, 900, 1), (390, 844, 2)])
def test_all_goals_are_answered_at_once(
    browser: Browser, http: str, edition: str, lang: str, width: int, height: int, screens: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    page.goto(f"{http}/{edition}/{lang}/summary.html")
    rows = page.evaluate(ROWS)
    context.close()
    assert rows
    assert all(row["answer"] for row in rows)
    assert max(row["bottom"] for row in rows) <= height * screens


@pytest.mark.parametrize("width", [1200, 1280])
def test_the_goals_are_no_wider_than_their_frame(
    browser: Browser, http: str, edition: str, lang: str, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(f"{http}/{edition}/{lang}/summary.html")
    over = page.evaluate(
        "(() => { const t = document.querySelector('div.lines table');"
        " return t.scrollWidth - t.parentElement.clientWidth; })()"
    )
    page.close()
    assert over <= 0

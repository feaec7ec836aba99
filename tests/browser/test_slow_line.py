"""A page that arrives in two parts does not move under the reader's eyes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from chromium import NOTE_SHIFTS, SHIFT_LIMIT, WIDE, Silent, served
from playwright.sync_api import Browser

PAUSE = 0.5


class _Halting(Silent):
    """Sends a page up to the share that its address asks for, and the rest after a while."""

    def do_GET(self) -> None:  # noqa: N802 - http.server asks for this name
        asked = urlsplit(self.path)
        path = Path(self.translate_path(asked.path))
        if not asked.query:
            super().do_GET()
            return
        page = path.read_bytes()
        first = len(page) * int(asked.query) // 100
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page[:first])
        self.wfile.flush()
        time.sleep(PAUSE)
        self.wfile.write(page[first:])


@pytest.fixture(scope="module")
def halting(site: Path) -> Iterator[str]:
    with served(site, _Halting) as base:
        yield base


@pytest.mark.parametrize("name", ["catalogue", "summary"])
@pytest.mark.parametrize("percent", [5, 10, 50])
def test_columns_do_not_move_while_rows_arrive(
    browser: Browser, halting: str, edition: str, lang: str, name: str, percent: int
) -> None:
    page = browser.new_page(viewport=WIDE)
    page.add_init_script(NOTE_SHIFTS)
    page.goto(f"{halting}/{edition}/{lang}/{name}.html?{percent}", wait_until="load")
    page.wait_for_timeout(200)
    shift = page.evaluate("window.shift")
    page.close()
    assert shift < SHIFT_LIMIT

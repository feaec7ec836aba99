"""Chromium for the tests: one browser, and readers who note what a page asks for, says, and is refused."""

from __future__ import annotations

import functools
import runpy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

find_browser = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "browser.py"))["find_browser"]

# Chromium's own errands (updates, synchronisation) would be requests to other hosts; the sandbox needs rights that
# root in a container lacks.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NOTE_VIOLATIONS = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.refused.push(`${event.effectiveDirective} ${event.blockedURI}`));
"""


WIDE = {"width": 1280, "height": 900}
# Above 0.1 people notice; a page whose type and pictures have their places does not move at all.
SHIFT_LIMIT = 0.02
NOTE_SHIFTS = """
window.shift = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give a running browser."""
    path = find_browser()
    assert path is not None, "no Chromium; run 'make test-browser', which brings it or says what to install"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


class Silent(SimpleHTTPRequestHandler):
    """A static server as plain as they come, without a log."""

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path, handler: type[Silent] = Silent) -> Iterator[str]:
    """Serve a folder on a free port of this machine, and give its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@dataclass
class Reader:
    """A reader with a page open.

    Attributes
    ----------
    page : Page
        Playwright's page.
    base : str
        Address of the site's root, without a slash at the end.
    requests : list of str
        Every address that was asked for.
    complaints : list of str
        Errors and warnings of the console, and errors of scripts.
    lost : list of str
        Requests that failed or were answered by an error.
    """

    page: Page
    base: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.add_init_script(NOTE_VIOLATIONS)
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("requestfailed", lambda request: self.lost.append(f"{request.url} {request.failure}"))
        self.page.on("response", lambda answer: self.lost.append(answer.url) if answer.status >= 400 else None)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def open(self, path: str) -> Page:
        """Go to a page of the site."""
        self.page.goto(f"{self.base}/{path}", wait_until="load")
        return self.page

    def forget(self) -> None:
        """Note anew what the next page asks for and says."""
        for notes in (self.requests, self.complaints, self.lost):
            notes.clear()

    @property
    def refused(self) -> list[str]:
        """What the page's policy refused."""
        return self.page.evaluate("window.refused ?? []")

    @property
    def foreign(self) -> list[str]:
        """Requests that left the site."""
        own = (f"{self.base}/", "data:", "blob:")
        return [address for address in self.requests if not address.startswith(own)]


def reader(context: BrowserContext, base: str) -> Reader:
    """Return a reader with an empty page."""
    return Reader(context.new_page(), base)

"""What readers of a site wait for and what of it they use, seen in Chromium."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))

from chromium import chromium, served

SLOW_LINE = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
SLOWER = 4
"""So many times slower than here is a reader's processor."""
KINDS = (
    *("summary", "preface", "how-to-read", "what-changed", "goods", "targets/*", "areas/*", "peers", "outlook", "when"),
    *("track-record", "evidence", "methods", "reproduce", "glossary", "bibliography", "catalogue", "indicators/*"),
    "search",
)
"""Pages, one of each kind."""
OPEN = """() => {
  for (const each of document.querySelectorAll("details")) each.open = true;
  const menus = ".primary-toggle, .secondary-toggle, .search-button__button";
  for (const each of document.querySelectorAll(menus)) each.click();
  for (const each of document.querySelectorAll("a, button, summary, input")) each.focus();
}"""
LOOKS = (
    *(("screen", scheme, width) for scheme in ("light", "dark") for width in (1400, 390)),
    ("print", "light", 1400),
)


def book_of(site: Path) -> Path:
    """Return the folder of the latest edition in Chinese."""
    return sorted(site.glob("*/zh"))[-1]


def first_paint(site: Path, repeats: int) -> float:
    """Return the milliseconds until a reader with a slow line and a slow computer sees something of the first page."""
    name = (book_of(site) / "summary.html").relative_to(site).as_posix()
    times = []
    with chromium() as browser, served(site) as address:
        for _ in range(repeats):
            page = browser.new_page(viewport={"width": 1400, "height": 900})
            session = page.context.new_cdp_session(page)
            session.send("Network.enable")
            session.send("Network.emulateNetworkConditions", SLOW_LINE)
            session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
            page.goto(f"{address}/{name}", wait_until="load", timeout=120_000)
            times.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
            page.close()
    return statistics.median(times)


def used_of_styles(site: Path) -> float:
    """Return which share of a book's style sheets its pages use: light, dark, wide, narrow, printed, menus opened."""
    sizes: dict[str, int] = {}
    used: dict[str, set[int]] = {}
    with chromium() as browser, served(site) as address:
        for medium, scheme, width in LOOKS:
            page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
            page.emulate_media(media=medium, color_scheme=scheme)
            for path in _pages(book_of(site)):
                for sheet, start, end in _rules_used(page, f"{address}/{path.relative_to(site).as_posix()}", sizes):
                    used.setdefault(sheet, set()).update(range(start, end))
            page.close()
    return sum(map(len, used.values())) / sum(sizes.values())


def _pages(book: Path) -> Iterator[Path]:
    """Yield one page of each kind that a book has."""
    for kind in KINDS:
        yield from sorted(book.glob(f"{kind}.html"))[:1]


def _rules_used(page: Any, address: str, sizes: dict[str, int]) -> Iterator[tuple[str, int, int]]:
    """Yield where in which style sheet the rules stand that a page uses, and note how long its sheets are."""
    sheets: dict[str, str] = {}
    session = page.context.new_cdp_session(page)

    def note(event: dict[str, Any]) -> None:
        head = event["header"]
        address = head["sourceURL"].partition("?")[0]
        if address.endswith(".css") and not head["isInline"]:
            sheets[head["styleSheetId"]] = address
            sizes[address] = int(head["length"])

    session.on("CSS.styleSheetAdded", note)
    for command in ("DOM.enable", "CSS.enable", "CSS.startRuleUsageTracking"):
        session.send(command)
    page.goto(address, wait_until="load")
    page.evaluate(OPEN)
    page.wait_for_timeout(200)
    for rule in session.send("CSS.stopRuleUsageTracking")["ruleUsage"]:
        if rule["used"] and rule["styleSheetId"] in sheets:
            yield sheets[rule["styleSheetId"]], int(rule["startOffset"]), int(rule["endOffset"])
    session.detach()

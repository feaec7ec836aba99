"""Every page, opened as readers do: from a server and from a folder, light and dark, wide and narrow, with axe-core.

Each page is visited twice, light from a server and dark from a folder, by several browsers side by side, and the tests
then ask of all visits at once. How a page comes changes neither its theme nor what it asks for, so every page meets
every test both ways. Of the small book, whose pages are of the same kinds in both languages, the Chinese ones are
visited light from a server, and the English ones dark from a folder.
"""

from __future__ import annotations

import gzip
import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from chromium import NOTE_SHIFTS, SHIFT_LIMIT, WIDE, Reader, chromium, reader
from small_site import SCRIPT, WITH_THE_REAL_BOOK, site_to_read

AXE = Axe()
# Rules that newer versions of axe-core ask without being told. What passes is tested just so, but not listed, which
# takes longer than testing it.
RULES = {"rules": {"label-content-name-mismatch": {"enabled": True}}, "resultTypes": ["violations"]}
SHARE = 30
"""So many pages are visited by one browser before it is closed."""
NARROW = {"width": 320, "height": 640}
FIRST_PAGE_LIMIT = 300_000
PAGE_LIMIT = 1_000_000
# What sticks out to the right of the window and does not lie in a box that scrolls by itself.
STICKING_OUT = """() => [...document.querySelectorAll("body *")].filter((element) => {
  if (element.getBoundingClientRect().right <= innerWidth + 1 || !element.checkVisibility()) return false;
  for (let box = element.parentElement; box !== document.body; box = box.parentElement)
    if (getComputedStyle(box).overflowX !== "visible") return false;
  return true;
}).slice(0, 5).map((element) => `${element.tagName}.${element.className}`)"""
PLANTED = "img[src*='planted.example'], a[href^='javascript:'], [onerror]"
DESCRIPTIONS = """() => [...document.querySelectorAll("img, svg.qb-chart")].map(
  (picture) => picture.alt ?? picture.getAttribute("aria-label"))"""
SCRIPT_SHOWN = SCRIPT[: SCRIPT.index('"')]
"""The planted script up to its first quotation mark, which running text prints curled."""


@dataclass
class Visit:
    """What one visit of a page showed."""

    page: str
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    theme: str = ""
    shift: float = 0.0
    wider_by: int = 0
    sticking_out: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    title: str = ""
    planted: int = 0
    text: str = ""
    descriptions: list[str] = field(default_factory=list)

    @property
    def files(self) -> set[str]:
        """Paths on the site that were asked for."""
        return {urlsplit(address).path.lstrip("/") for address in self.requests}


def pages_of(site: Path) -> list[str]:
    paths = [path.relative_to(site) for path in site.rglob("*.html") if "_static" not in path.parts]
    pages = sorted(path.as_posix() for path in paths if path.name != "index.html")
    assert len(pages) > 2 * 14
    return pages


def pages_read(site: Path, way: str) -> list[str]:
    """Return the pages that are visited from a server, or from a folder."""
    left_out = set() if site_to_read() else {lang for by, lang in WITH_THE_REAL_BOOK["base", "lang"] if by == way}
    return [page for page in pages_of(site) if left_out.isdisjoint(page.split("/"))]


def noted(visit: Visit, visitor: Reader) -> Visit:
    """Copy what the reader has noted so far; axe-core reads style sheets again, by addresses of its own."""
    visit.foreign, visit.complaints, visit.refused = visitor.foreign, [*visitor.complaints], visitor.refused
    visit.lost, visit.requests = [*visitor.lost], [*visitor.requests]
    return visit


def violations(visitor: Reader) -> list[str]:
    """Return what axe-core finds, however small."""
    visitor.page.evaluate(AXE.axe_script)
    # All that it has to say of a page takes a fifth of its time to come over.
    found = visitor.page.evaluate("options => axe.run(options).then((told) => told.violations)", RULES)
    return [
        f"{violation['id']}: {node['target'][0]} {node['html'][:120]}"
        for violation in found
        for node in violation["nodes"][:3]
    ]


def look_closely(visitor: Reader, page: str) -> Visit:
    """Visit a page on a wide screen with axe-core, then make the screen narrow."""
    visit = Visit(page)
    visitor.page.set_viewport_size(WIDE)
    visitor.forget()
    visitor.open(page)
    visitor.page.evaluate("document.fonts.ready.then(() => true)")
    visit.theme = visitor.page.evaluate("document.documentElement.dataset.theme ?? ''")
    visit.shift = visitor.page.evaluate("window.shift")
    noted(visit, visitor)
    visit.title, visit.text = visitor.page.title(), visitor.page.locator("body").inner_text()
    visit.planted = visitor.page.locator(PLANTED).count()
    visit.descriptions = visitor.page.evaluate(DESCRIPTIONS)
    visit.violations = violations(visitor)
    visitor.page.set_viewport_size(NARROW)
    visit.wider_by = visitor.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    visit.sticking_out = visitor.page.evaluate(STICKING_OUT) if visit.wider_by > 0 else []
    return visit


@dataclass(frozen=True)
class Sweep:
    """All visits: light ones from a server, dark ones from a folder."""

    light: list[Visit]
    dark: list[Visit]

    def __iter__(self) -> Iterator[Visit]:
        return iter([*self.light, *self.dark])

    def found(self, what: str) -> dict[str, object]:
        """Return what the visits noted under a name, by page, where there is anything."""
        return {visit.page: getattr(visit, what) for visit in self if getattr(visit, what)}


def visits(theme: str, base: str, pages: Sequence[str]) -> list[Visit]:
    """Visit some pages with a browser of its own, one after the other in one window, which is started but once."""
    with chromium() as browser:
        visitor = reader(browser.new_context(viewport=WIDE), base)
        visitor.page.add_init_script(
            f'localStorage.setItem("mode", "{theme}"); localStorage.setItem("theme", "{theme}");'
        )
        visitor.page.add_init_script(NOTE_SHIFTS)
        return [look_closely(visitor, page) for page in pages]


@pytest.fixture(scope="module")
def sweep(site: Path, http: str) -> Sweep:
    ways = {"light": (http, pages_read(site, "http")), "dark": (site.as_uri(), pages_read(site, "file"))}
    # The address is served by a thread of this process, which a fork would not have.
    with ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("spawn")) as pool:
        runs = {
            theme: [
                pool.submit(visits, theme, base, pages[start : start + SHARE]) for start in range(0, len(pages), SHARE)
            ]
            for theme, (base, pages) in ways.items()
        }
        return Sweep(**{theme: [visit for run in made for visit in run.result()] for theme, made in runs.items()})


def test_no_page_asks_another_host(sweep: Sweep) -> None:
    assert sweep.found("foreign") == {}


def test_nothing_is_missing_from_the_site(sweep: Sweep) -> None:
    assert sweep.found("lost") == {}


def test_no_page_runs_into_its_own_policy(sweep: Sweep) -> None:
    assert sweep.found("refused") == {}


def test_the_console_stays_silent(sweep: Sweep) -> None:
    assert sweep.found("complaints") == {}


def test_axe_finds_nothing(sweep: Sweep) -> None:
    assert sweep.found("violations") == {}


def test_both_themes_were_looked_at(sweep: Sweep) -> None:
    books = [page.theme for page in sweep.light if page.page.count("/") > 1]
    assert set(books) == {"light"}
    assert {page.theme for page in sweep.dark if page.page.count("/") > 1} == {"dark"}


def test_no_page_scrolls_sideways_on_a_narrow_screen(sweep: Sweep) -> None:
    wide = {visit.page: (visit.wider_by, visit.sticking_out) for visit in sweep if visit.wider_by > 0}
    assert wide == {}


def test_nothing_moves_while_a_page_loads(sweep: Sweep) -> None:
    assert {visit.page: visit.shift for visit in sweep.light if visit.shift > SHIFT_LIMIT} == {}


@pytest.mark.skipif(site_to_read() is not None, reason="nothing is planted in the real evidence")
def test_planted_markup_is_text_on_every_page(sweep: Sweep) -> None:
    for visits_of_one, code in ((sweep.light, "zh"), (sweep.dark, "en")):
        pages = [visit for visit in visits_of_one if f"/{code}/" in visit.page]
        assert [visit.page for visit in pages if visit.title == "planted" or visit.planted] == []
        said = [text for visit in pages for text in visit.descriptions]
        assert [text for text in said if "\\" in text] == []
        assert sum(SCRIPT in text for text in said) >= 3
        assert sum(SCRIPT_SHOWN in visit.text for visit in pages) >= 3


def test_no_page_is_heavy(sweep: Sweep, site: Path) -> None:
    """Each page with all that it loads, as a server sends it (compressed)."""
    for visit in sweep.light:
        files = [site / name for name in sorted(visit.files)]
        assert all(path.is_file() for path in files)
        sizes = {path.name: len(gzip.compress(path.read_bytes())) for path in files}
        limit = FIRST_PAGE_LIMIT if visit.page.endswith("/summary.html") else PAGE_LIMIT
        assert sum(sizes.values()) < limit, (visit.page, sizes)

"""Scripts, Markdown and formulas planted in the evidence do nothing, in HTML, PDF and CSV."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from chromium import Reader
from pypdf import PdfReader
from small_site import COMMAND, FORMULA, SCRIPT, SUM, site_to_read

pytestmark = pytest.mark.skipif(site_to_read() is not None, reason="nothing is planted in the real evidence")
PLANTED_HOST = "planted.example"
DESCRIPTIONS = """() => [...document.querySelectorAll("img, svg.qb-chart")].map(
  (picture) => picture.alt ?? picture.getAttribute("aria-label"))"""
SCRIPT_SHOWN = SCRIPT[: SCRIPT.index('"')]
"""The planted script up to its first quotation mark, which running text prints curled."""


def test_planted_markup_is_text_on_every_page(visitor: Reader, site: Path, edition: str, lang: str) -> None:
    folder = site / edition / lang
    pages = sorted(path for path in folder.rglob("*.html") if "_static" not in path.parts)
    shown = said = 0
    for path in pages:
        page = visitor.open(path.relative_to(site).as_posix())
        assert page.title() != "planted", path
        assert page.locator(f"img[src*='{PLANTED_HOST}'], a[href^='javascript:'], [onerror]").count() == 0, path
        shown += SCRIPT_SHOWN in page.locator("body").inner_text()
        descriptions = page.evaluate(DESCRIPTIONS)
        assert not [text for text in descriptions if "\\" in text], path
        said += sum(SCRIPT in text for text in descriptions)
    assert shown >= 3
    assert said >= 3
    assert visitor.foreign == []
    assert visitor.refused == []


def test_planted_markup_is_text_in_the_pdf(site: Path, edition: str, lang: str) -> None:
    (path,) = (site / edition / lang).glob(f"*-{lang}.pdf")
    reader = PdfReader(path)
    assert any("<script>document.title" in "".join(page.extract_text().split()) for page in reader.pages)
    actions = [note.get_object().get("/A", {}) for page in reader.pages for note in page.get("/Annots", [])]
    assert not [action for action in actions if "/JS" in action or PLANTED_HOST in str(action.get("/URI", ""))]
    assert "/JavaScript" not in reader.trailer["/Root"].get("/Names", {})


def test_planted_formulas_are_text_in_every_table(site: Path) -> None:
    cells = [
        cell
        for path in sorted(site.rglob("*.csv"))
        for row in csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""))
        for cell in row
    ]
    assert {f"'{FORMULA}", f"'{COMMAND}", f"'{SUM}"} <= set(cells)
    # A signed number is a number to a spreadsheet, not a formula.
    signed = re.compile(r"\+[0-9][0-9,]*(\.[0-9]+)?%?")
    assert not [cell for cell in cells if cell.startswith(("=", "@", "+")) and not signed.fullmatch(cell)]
    assert "-1.2" in cells

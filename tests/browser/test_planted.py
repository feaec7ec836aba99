"""Scripts, Markdown and formulas planted in the evidence do nothing in PDF and CSV; `test_sweep` reads the pages."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from pypdf import PdfReader
from small_site import COMMAND, FORMULA, SUM, site_to_read

pytestmark = pytest.mark.skipif(site_to_read() is not None, reason="nothing is planted in the real evidence")
PLANTED_HOST = "planted.example"


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

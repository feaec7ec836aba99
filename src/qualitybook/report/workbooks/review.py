"""The checklist for reviewers as a workbook, which comes back with their marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualitybook.evidence.intake.sheets import INFORMATION
from qualitybook.evidence.intake.workbook import CLAIMS
from qualitybook.evidence.schema import REVIEWS
from qualitybook.report.checklist import COLUMNS, RESULTS, Checklist
from qualitybook.report.workbooks import sheets

if TYPE_CHECKING:
    from openpyxl import Workbook


def review_workbook(checklist: Checklist) -> bytes:
    """Return a checklist as a workbook: a row for each figure, with cells for the reviewer, and a sheet of the claims.

    Parameters
    ----------
    checklist : Checklist
        The checklist in one language; the headings are in both.
    """
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = REVIEWS.name
    ranges = sheets.add_lists(book, {"result": sheets.choices(sheets.coded(RESULTS))})
    extra = [(f"{INFORMATION}{name}", sheets.both(message)) for name, message in COLUMNS.items()]
    sheets.write_headings(sheet, REVIEWS.fields, extra)
    for row, (item, cells) in enumerate(zip(checklist.review.items, checklist.rows, strict=True), sheets.FIRST_ROW):
        told = {"edition": checklist.review.edition.edition, **item.row.to_dict()}
        keys = [
            str(told[name]) if name in REVIEWS.primary_key and name != "reviewer" else "" for name in REVIEWS.header
        ]
        for column, text in enumerate([*keys, *cells], start=1):
            sheets.put_text(sheet, row, column, text)
    sheets.offer(sheet, REVIEWS.header.index("result") + 1, ranges["result"])
    _add_claims(book, checklist)
    return sheets.saved(book)


def _add_claims(book: Workbook, checklist: Checklist) -> None:
    """Add what is computed, for reading: it brings nothing back."""
    sheet = book.create_sheet(CLAIMS, 1)
    for row, cells in enumerate([checklist.claim_header(), *checklist.claim_rows], start=1):
        for column, text in enumerate(cells, start=1):
            sheets.put_text(sheet, row, column, text)
    for letter, width in zip("ABCD", (14, 90, 24, 70), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"

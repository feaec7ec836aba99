"""The checklist for reviewers as a workbook, which comes back with their marks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from string import ascii_uppercase
from typing import TYPE_CHECKING

from qualitybook.evidence.intake.sheets import CLAIMS, INFORMATION, STATEMENTS
from qualitybook.evidence.schema import REVIEWS
from qualitybook.report.checklist import COLUMNS, RESULTS, Checklist
from qualitybook.report.workbooks import sheets

if TYPE_CHECKING:
    from openpyxl import Workbook


def review_workbook(checklist: Checklist) -> bytes:
    """Return a checklist as a workbook: a row for each figure, with cells for the reviewer, and sheets for reading.

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
    _add_for_reading(book, CLAIMS, checklist.claim_header(), checklist.claim_rows, (14, 90, 24, 70))
    if checklist.statements:
        _add_for_reading(book, STATEMENTS, checklist.statement_header(), checklist.statement_rows, (30, 100, 70))
    return sheets.saved(book)


def _add_for_reading(
    book: Workbook, title: str, header: list[str], rows: Iterable[list[str]], widths: Sequence[int]
) -> None:
    """Add a sheet that is read only: it brings nothing back."""
    sheet = book.create_sheet(title, len(book.sheetnames) - 1)
    for row, cells in enumerate([header, *rows], start=1):
        for column, text in enumerate(cells, start=1):
            sheets.put_text(sheet, row, column, text)
    for letter, width in zip(ascii_uppercase, widths, strict=False):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"

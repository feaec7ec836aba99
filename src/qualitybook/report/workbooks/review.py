"""The checklist for reviewers as a workbook, which comes back with their marks."""

from __future__ import annotations

from qualitybook.evidence.intake.sheets import INFORMATION
from qualitybook.evidence.schema import REVIEWS
from qualitybook.report.checklist import COLUMNS, RESULTS, Checklist
from qualitybook.report.workbooks import sheets


def review_workbook(checklist: Checklist) -> bytes:
    """Return a checklist as a workbook: a row for each figure, with cells for the reviewer.

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
    return sheets.saved(book)

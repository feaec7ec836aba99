"""Workbooks hold text as text: nothing that people wrote is a formula in them."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook, load_workbook

from qualitybook.report import workbook

RUNNABLE = ['=HYPERLINK("https://planted.example/","planted")', "+1+1", "-2+3", "@SUM(1+1)", "=1+1"]


@pytest.mark.parametrize("text", RUNNABLE)
def test_text_that_a_spreadsheet_would_run_is_text(text: str) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    workbook.put_text(sheet, 1, 1, text)
    workbook.add_lists(book, {"name": [text]})
    read = load_workbook(io.BytesIO(workbook.saved(book)))
    for cell in (read.worksheets[0]["A1"], read.worksheets[1]["A2"]):
        assert (cell.value, cell.data_type, cell.number_format) == (text, "s", "@")

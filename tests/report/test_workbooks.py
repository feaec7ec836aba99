"""Workbooks hold text as text: nothing that people wrote is a formula in them."""

from __future__ import annotations

import errno
import io
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils.escape import unescape

from qualitybook.report import workbook
from qualitybook.report.workbook import put_text, saved

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


def test_a_text_that_looks_like_the_number_of_a_sign_stays_in_a_workbook() -> None:
    book = Workbook()
    put_text(book.worksheets[0], 1, 1, "_x0041_x0042_ _x00zz_ x_x000D_")
    cell = load_workbook(BytesIO(saved(book))).worksheets[0]["A1"]
    assert cell.value == "_x005F_x0041_x005F_x0042_ _x00zz_ x_x005F_x000D_"
    assert unescape(cell.value) == "_x0041_x0042_ _x00zz_ x_x000D_"


def test_a_full_disk_is_told_as_one_whatever_the_library_calls_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class SerialisationError(Exception):
        """As lxml tells it, by way of which the sheets are written where it is there."""

    def fail(self: Workbook, out: object) -> None:
        raise SerialisationError("IO_ENOSPC")

    monkeypatch.setattr(Workbook, "save", fail)
    with pytest.raises(OSError, match="No space left") as told:
        saved(Workbook())
    assert told.value.errno == errno.ENOSPC

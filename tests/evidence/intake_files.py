"""Workbooks with invented figures for the sample city, to be spoilt by tests."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from qualitybook.evidence.intake import Intake, prepare, read_entries
from qualitybook.evidence.intake.cells import LEAVE_OUT, Fault
from qualitybook.evidence.intake.merge import BROUGHT
from qualitybook.evidence.schema import OBSERVATIONS, SOURCES, TABLES

FIRST = 3
FIGURE = {
    "indicator_id": "goods_pass_rate | 产品抽检合格率 | Pass rate of goods",
    "region_id": "sample_city | 样例市 | Sample City",
    "period": "2026",
    "value": "96.10",
    "qualifier": "exact",
    "n": "1000",
    "passed": "961",
    "source_id": "yearbook-2027",
    "locator": "正文",
    "grade": "A",
}
SOURCE = {
    "source_id": "yearbook-2027",
    "title": "样例市年鉴2027",
    "publisher": "样例市统计局",
    "kind": "dataset",
    "published": "2027-05-20",
    "access_kind": "original | 原文 | original",
    "url": "https://example.org/yearbook-2027",
    "accessed": "2027-06-01",
    "language": "zh",
}


def good_book() -> Workbook:
    """Return a workbook with one sound figure (row 3) and its source."""
    book = Workbook()
    observations = book.active
    assert observations is not None
    observations.title = OBSERVATIONS.name
    sources = book.create_sheet(SOURCES.name)
    for sheet, table, row in ((observations, OBSERVATIONS, FIGURE), (sources, SOURCES, SOURCE)):
        sheet.cell(1, 1).value = "填写说明"
        for at, name in enumerate(table.header, start=1):
            sheet.cell(2, at).value = name
        put(sheet, FIRST, **row)
    return book


def put(sheet: Worksheet, row: int, **cells: Any) -> None:
    """Write cells of a row by the names of their columns."""
    for name, value in cells.items():
        sheet.cell(row, column_of(sheet, name)).value = value


def column_of(sheet: Worksheet, name: str) -> int:
    """Return the number of a column, added at the end where the sheet does not have it."""
    header = [cell.value for cell in sheet[2]]
    if name not in header:
        sheet.cell(2, len(header) + 1).value = name
        return len(header) + 1
    return header.index(name) + 1


def taken_in(folder: Path, path: Path) -> Intake:
    """Return what a file would do to a folder."""
    entries, faults, _ = read_entries(path, [table for table in TABLES if table.name in BROUGHT])
    return prepare(folder, entries, faults)


def follow(book: Workbook, fault: Fault) -> None:
    """Do in a workbook what the advice of a fault says."""
    sheet = book[fault.sheet]
    row = sheet[fault.cell].row
    if fault.remedy is LEAVE_OUT:
        sheet.delete_rows(row)
        return
    for column, text in fault.remedy.items():
        cell = sheet.cell(row, column_of(sheet, column))
        cell.value, cell.number_format, cell.data_type = text, "@", "s"


def with_part_changed(path: Path, part: str, change: Callable[[str], str]) -> Path:
    """Change the parts of a workbook whose names match, as other programs would have written them."""
    changed = path.with_name(f"changed-{path.name}")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if re.search(part, name):
                data = change(data.decode("utf-8")).encode("utf-8")
            new.writestr(name, data)
    return changed

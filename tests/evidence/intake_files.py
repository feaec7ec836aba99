"""Workbooks with invented figures for the sample city, to be spoilt by tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from qualitybook.evidence.intake import Intake, prepare, read_entries
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
    header = [cell.value for cell in sheet[2]]
    for name, value in cells.items():
        sheet.cell(row, header.index(name) + 1).value = value


def taken_in(folder: Path, path: Path) -> Intake:
    """Return what a file would do to a folder."""
    entries, faults, _ = read_entries(path, [table for table in TABLES if table.name in BROUGHT])
    return prepare(folder, entries, faults)

"""What all workbooks share: headings in both languages, text that is never a formula, drop-down lists, fixed bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from qualitybook.evidence.intake.cells import CHOICE_SEPARATOR
from qualitybook.evidence.intake.workbook import LISTS
from qualitybook.report.i18n import LANGUAGES, Words
from qualitybook.report.workbooks.headings import CHOOSE, HEADINGS

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from qualitybook.evidence.schema import Field

HEADING_ROW, NAME_ROW, FIRST_ROW = 1, 2, 3
LAST_ROW = 1000
"""Last row that drop-down lists and text formats reach."""

_TEXT_FORMAT = "@"
_WIDEST, _NARROWEST = 44, 11
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def _heading(column: str) -> str:
    """Return what a column is called; one of a language more than two keeps its name."""
    return both(HEADINGS[column]) if column in HEADINGS else column


def both(message: str) -> str:
    """Return a message in all languages, one after the other."""
    return " / ".join(Words(code).gettext(message) for code in LANGUAGES)


def put_text(sheet: Worksheet, row: int, column: int, text: str) -> None:
    """Write text that a spreadsheet shows as it is and never takes for a formula."""
    cell = sheet.cell(row, column)
    cell.value = text
    if text:
        cell.data_type = "s"
    cell.number_format = _TEXT_FORMAT


def write_headings(sheet: Worksheet, fields: Sequence[Field], extra: Sequence[tuple[str, str]] = ()) -> None:
    """Write the headings in both languages and, below them, the column names that the import reads.

    Parameters
    ----------
    sheet : openpyxl.worksheet.worksheet.Worksheet
        An empty sheet.
    fields : sequence of Field
        Columns of the evidence, each with a comment that says what it holds.
    extra : sequence of (str, str)
        Names and headings of further columns, which the import does not read.
    """
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    columns = [(field.name, _heading(field.name)) for field in fields] + list(extra)
    for at, (name, heading) in enumerate(columns, start=1):
        put_text(sheet, HEADING_ROW, at, heading)
        put_text(sheet, NAME_ROW, at, name)
        sheet.cell(HEADING_ROW, at).font = Font(bold=True)
        sheet.cell(HEADING_ROW, at).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.cell(HEADING_ROW, at).fill = PatternFill("solid", fgColor="FFE8EEF4")
        sheet.cell(NAME_ROW, at).font = Font(color="FF666666", size=9)
        sheet.column_dimensions[get_column_letter(at)].width = min(_WIDEST, max(_NARROWEST, len(heading)))
    for at, field in enumerate(fields, start=1):
        needed = "" if field.required else " (may be empty)"
        text = f"{field.description}{needed}\n{field.allowed}"
        sheet.cell(NAME_ROW, at).comment = Comment(text, "qualitybook", height=120, width=320)
    sheet.freeze_panes = f"A{FIRST_ROW}"


def choices(codes: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the entries of a drop-down list: the key, then its names."""
    return [CHOICE_SEPARATOR.join([code, *names]) for code, names in codes.items()]


def coded(table: Mapping[str, str]) -> dict[str, list[str]]:
    """Return codes with their labels in all languages."""
    return {code: [Words(lang).gettext(message) for lang in LANGUAGES] for code, message in table.items()}


def add_lists(book: Workbook, lists: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Write a hidden sheet with what the drop-down lists offer, and return each list's range by name."""
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(LISTS)
    sheet.sheet_state = "hidden"
    ranges = {}
    for at, (name, entries) in enumerate(lists.items(), start=1):
        put_text(sheet, 1, at, name)
        for row, entry in enumerate(entries, start=2):
            put_text(sheet, row, at, entry)
        letter = get_column_letter(at)
        ranges[name] = f"{LISTS}!${letter}$2:${letter}${len(entries) + 1}"
    return ranges


def offer(sheet: Worksheet, column: int, cells: str) -> None:
    """Offer a list in a column's cells."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    validation = DataValidation("list", formula1=f"={cells}", allow_blank=True, showErrorMessage=True)
    validation.errorTitle, validation.error = "qualitybook", both(CHOOSE)
    letter = get_column_letter(column)
    validation.add(f"{letter}{FIRST_ROW}:{letter}{LAST_ROW}")
    sheet.add_data_validation(validation)


def as_text(sheet: Worksheet, columns: Sequence[int], rows: int) -> None:
    """Give empty cells the text format, so that what is typed stays as it is typed."""
    for row in range(FIRST_ROW, FIRST_ROW + rows):
        for column in columns:
            sheet.cell(row, column).number_format = _TEXT_FORMAT


def saved(book: Workbook) -> bytes:
    """Return a workbook as bytes that depend on nothing but its content."""
    book.properties.created = book.properties.modified = _LONG_AGO.replace(tzinfo=None)
    book.properties.creator = "qualitybook"
    out = io.BytesIO()
    book.save(out)
    return _with_fixed_times(out.getvalue())


def _with_fixed_times(data: bytes) -> bytes:
    """Return a workbook whose parts carry no time of writing."""
    out = io.BytesIO()
    stamp = _LONG_AGO.timetuple()[:6]
    modified = _LONG_AGO.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _stamped(content, modified)
            new.writestr(zipfile.ZipInfo(name, stamp), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _stamped(properties: bytes, modified: bytes) -> bytes:
    """Return the properties with a fixed time of the last change, which the library sets when it saves."""
    return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*(<)", rb"\g<1>" + modified + rb"\g<2>", properties)

"""Read the sheets of a workbook, and find what a spreadsheet can hide: formulas, merged and hidden cells."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from qualitybook.evidence.intake.cells import Cell
from qualitybook.evidence.intake.faults import Fault, IntakeError
from qualitybook.evidence.intake.sheets import HEADER_ROWS, MOST_COLUMNS, MOST_ROWS, Sheet
from qualitybook.evidence.schema import TABLES

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

LISTS = "lists"
"""Sheet that holds what the drop-down lists offer; it is not read."""
CLAIMS = "claims"
"""Sheet that holds what a review computes, for reading; nothing is taken in from it."""
STATEMENTS = "pages"
"""Sheet that holds what the pages say with numbers, likewise for reading."""
FOR_READING = (LISTS, CLAIMS, STATEMENTS)

_WORKBOOK_PART = "xl/workbook.xml"
_STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
_NAMES_OF_A_TABLE = 3
"""Names of columns in one row by which a sheet is taken for a table."""


def read_workbook(path: Path, names: Sequence[str]) -> list[Sheet]:
    """Return the sheets of a workbook that may bring something.

    Parameters
    ----------
    path : pathlib.Path
        An ``.xlsx`` or ``.xlsm`` file.
    names : sequence of str
        Names of the sheets that are read, in small letters.

    Raises
    ------
    IntakeError
        If the file is no such workbook or has none of these sheets.
    """
    formulas, values = _opened(path)
    # Chart sheets have no cells, and nothing is read from them.
    titles = [str(sheet.title) for sheet in formulas.worksheets]
    read = [title for title in titles if title.strip().lower() in names]
    others = [title for title in titles if title.strip().lower() not in (*names, *FOR_READING)]
    if not read:
        found = ", ".join(formulas.sheetnames)
        advice = f"rename the sheet with the figures to {names[0]}, or start from 'qualitybook intake template'"
        raise IntakeError(
            [Fault(path.name, "", "", found, f"sheets named {', '.join(names)}", advice, "sheet_missing")]
        )
    sheets = [_sheet(formulas[title], values[title]) for title in read]
    return [*sheets, *(_not_read(formulas[title], names) for title in others if _has_cells(formulas[title]))]


def _opened(path: Path) -> tuple[Workbook, Workbook]:
    """Return a workbook twice: with its formulas, and with the values that were saved for them."""
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            # What openpyxl warns of are looks and helps that it leaves out; they bring no figure.
            warnings.simplefilter("ignore")
            books = load_workbook(path), load_workbook(path, data_only=True)
        lost = _stated_sheets(path) - set(books[0].sheetnames)
    except Exception as error:
        # The library raises whatever its parsers do; whoever sent the file needs one sentence.
        raise IntakeError([_not_opened(path, f"{type(error).__name__}: {error}")]) from None
    if lost:
        raise IntakeError([_not_opened(path, f"no content of the sheet {', '.join(sorted(lost))}")])
    return books


def _not_opened(path: Path, found: str) -> Fault:
    if _is_strict(path):
        found = "a workbook saved as Strict Open XML"
        advice = "open it in a spreadsheet and save it as Excel Workbook (.xlsx)"
    else:
        advice = "open it in a spreadsheet and save it as .xlsx without a password, or as CSV UTF-8"
    return Fault(path.name, "", "", " ".join(found.split()), "a workbook (.xlsx)", advice, "workbook_form")


def _stated_sheets(path: Path) -> set[str]:
    """Return the names of the sheets that a workbook says it has; one whose part is missing is not among those read."""
    try:
        root = ElementTree.fromstring(_part(path, _WORKBOOK_PART))
    except KeyError:
        # Some programs keep this part elsewhere.
        return set()
    return {sheet.attrib["name"] for sheet in root.findall(".//{*}sheet")}


def _is_strict(path: Path) -> bool:
    try:
        return _STRICT in _part(path, _WORKBOOK_PART)
    except (zipfile.BadZipFile, KeyError, OSError, zlib.error):
        return False


def _part(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as parts:
        return parts.read(name)


def _has_cells(sheet: Worksheet) -> bool:
    return any(cell.value is not None for row in sheet.iter_rows(max_row=100, max_col=MOST_COLUMNS) for cell in row)


def _not_read(sheet: Worksheet, names: Sequence[str]) -> Sheet:
    """Return a sheet of another name: an error where it holds what one of the tables does."""
    title = str(sheet.title)
    known = {field.name for table in TABLES if table.name in names for field in table.fields}
    rows = sheet.iter_rows(max_row=HEADER_ROWS, max_col=MOST_COLUMNS, values_only=True)
    is_table = any(len(known.intersection(map(str, row))) >= _NAMES_OF_A_TABLE for row in rows)
    allowed = f"sheets named {', '.join(names)}"
    if is_table:
        advice = "give it one of these names, or delete it"
        return Sheet(title, (), (Fault(title, "", "", "a sheet with their columns", allowed, advice, "sheet_name"),))
    advice = "nothing, if it is not meant to be read"
    fault = Fault(title, "", "", "a sheet that is not read", allowed, advice, "sheet_not_read", "warning")
    return Sheet(title, (), (fault,))


def _sheet(formulas: Worksheet, values: Worksheet) -> Sheet:
    name = str(formulas.title)
    for count, most, what in ((formulas.max_row, MOST_ROWS, "row"), (formulas.max_column, MOST_COLUMNS, "column")):
        if count > most:
            advice = f"delete the {what}s beyond the last figure, also those that only have a format"
            fault = Fault(name, "", "", f"{count} {what}s", f"at most {most} {what}s", advice, f"too_many_{what}s")
            return Sheet(name, (), (fault,))
    rows = [
        [_cell(formula, value) for formula, value in zip(*pair, strict=True)]
        for pair in zip(formulas.iter_rows(), values.iter_rows(), strict=True)
    ]
    faults = (*_hidden(formulas), *_merged(formulas), *_hidden_rows(formulas, rows), *_hidden_columns(formulas, rows))
    return Sheet(name, rows, faults)


def _cell(formula: object, value: object) -> Cell:
    kind = getattr(formula, "data_type", "n")
    name = str(getattr(formula, "coordinate", ""))
    shown = str(getattr(formula, "number_format", ""))
    content = getattr(value, "value", None)
    if kind == "f":
        text = getattr(formula, "value", "")
        # A formula of an array has its text inside.
        return Cell(name, content, shown, str(getattr(text, "text", text)), getattr(value, "data_type", "") == "e")
    return Cell(name, content, "" if shown == "General" else shown, "", kind == "e")


def _merged(sheet: Worksheet) -> Iterator[Fault]:
    for merged in sorted(str(merged) for merged in sheet.merged_cells.ranges):
        first = merged.split(":")[0]
        advice = "unmerge them and fill in each cell"
        yield Fault(str(sheet.title), first, "", f"merged cells {merged}", "single cells", advice, "merged_cells")


def _hidden(sheet: Worksheet) -> Iterator[Fault]:
    if sheet.sheet_state != "visible":
        advice = "show the sheet and look at it, or delete it"
        yield Fault(str(sheet.title), "A1", "", "a hidden sheet", "sheets that are shown", advice, "hidden_sheet")


def _hidden_rows(sheet: Worksheet, rows: Sequence[Sequence[Cell]]) -> Iterator[Fault]:
    for number, cells in enumerate(rows, start=1):
        if sheet.row_dimensions[number].hidden and any(not cell.is_empty for cell in cells):
            advice = "show the row (or clear the filter) and look at it, or delete it"
            yield Fault(str(sheet.title), f"A{number}", "", "a hidden row", "rows that are shown", advice, "hidden_row")


def _hidden_columns(sheet: Worksheet, rows: Sequence[Sequence[Cell]]) -> Iterator[Fault]:
    from openpyxl.utils import get_column_letter

    for at in range(max((len(cells) for cells in rows), default=0)):
        letter = get_column_letter(at + 1)
        filled = any(at < len(cells) and not cells[at].is_empty for cells in rows)
        if sheet.column_dimensions[letter].hidden and filled:
            advice = "show the column and look at it, or delete it"
            yield Fault(
                str(sheet.title), f"{letter}1", "", "a hidden column", "columns that are shown", advice, "hidden_column"
            )

"""Read the sheets of a workbook, and find what a spreadsheet can hide: formulas, merged and hidden cells."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qualitybook.evidence.intake.cells import Cell
from qualitybook.evidence.intake.faults import Fault, IntakeError
from qualitybook.evidence.intake.sheets import MOST_ROWS, Sheet

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
    formulas, values = _opened(path, saved_values=False), _opened(path, saved_values=True)
    sheets = [_sheet(formulas[title], values[title]) for title in formulas.sheetnames if title.strip().lower() in names]
    others = [title for title in formulas.sheetnames if title.strip().lower() not in (*names, *FOR_READING)]
    if not sheets:
        found = ", ".join(formulas.sheetnames)
        advice = f"rename the sheet with the figures to {names[0]}, or start from 'qualitybook intake template'"
        raise IntakeError(
            [Fault(path.name, "", "", found, f"sheets named {', '.join(names)}", advice, "sheet_missing")]
        )
    return [*sheets, *(_not_read(title, names) for title in others if _has_cells(formulas[title]))]


def _opened(path: Path, saved_values: bool) -> Workbook:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        return load_workbook(path, data_only=saved_values)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError) as error:
        advice = "open it in a spreadsheet and save it as .xlsx without a password, or as CSV"
        found = f"{type(error).__name__}: {error}"
        raise IntakeError([Fault(path.name, "", "", found, "a workbook (.xlsx)", advice, "workbook_form")]) from None


def _has_cells(sheet: Worksheet) -> bool:
    return any(cell.value is not None for row in sheet.iter_rows(max_row=100) for cell in row)


def _not_read(title: str, names: Sequence[str]) -> Sheet:
    fault = Fault(
        title,
        "",
        "",
        "a sheet that is not read",
        f"sheets named {', '.join(names)}",
        "nothing, if it is not meant to be read",
        "sheet_not_read",
        "warning",
    )
    return Sheet(title, (), (fault,))


def _sheet(formulas: Worksheet, values: Worksheet) -> Sheet:
    name = str(formulas.title)
    if formulas.max_row > MOST_ROWS:
        advice = "delete the rows below the last figure"
        found = f"{formulas.max_row} rows"
        return Sheet(name, (), (Fault(name, "", "", found, f"at most {MOST_ROWS} rows", advice, "too_many_rows"),))
    rows = [
        [_cell(formula, value) for formula, value in zip(*pair, strict=True)]
        for pair in zip(formulas.iter_rows(), values.iter_rows(), strict=True)
    ]
    faults = (*_merged(formulas), *_hidden_rows(formulas, rows), *_hidden_columns(formulas, rows))
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

"""The rows that a workbook or a CSV file brings, each with the cells it was read from.

In each table one row holds the column names of the evidence (``indicator_id``, ``period`` ...); what stands above it is
for people. Rows below it in which nothing is filled in but what the template had filled in are passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qualitybook.evidence.intake.cells import Cell, read_cell
from qualitybook.evidence.intake.faults import Fault
from qualitybook.evidence.schema import Table

PREFILLED = frozenset({"indicator_id", "region_id", "period", "edition", "source_id", "basis"})
"""Columns that a template fills in: alone they bring nothing."""

HEADER_ROWS = 10
MOST_ROWS = 20_000
INFORMATION = "info:"
"""What the names of columns begin with that are for people and not read."""


@dataclass(frozen=True)
class Sheet:
    """One table of a file.

    Parameters
    ----------
    name : str
        Name of the sheet, or of the file if it is a CSV file.
    rows : sequence of sequences of Cell
        All cells, row by row.
    faults : tuple of Fault
        What is wrong with the sheet's form.
    """

    name: str
    rows: Sequence[Sequence[Cell]]
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Entry:
    """One row that is brought.

    Parameters
    ----------
    table : Table
        The table it is for.
    sheet : str
        Where it was read.
    cells : mapping of str to str
        Text by column, "" where the file has none.
    places : mapping of str to str
        Name of the cell by column, for the columns that the file has.
    faults : tuple of Fault
        What is wrong with the way its cells were entered.
    """

    table: Table
    sheet: str
    cells: Mapping[str, str]
    places: Mapping[str, str]
    faults: tuple[Fault, ...] = ()

    def fault(self, column: str, found: str, allowed: str, advice: str, code: str, level: str = "error") -> Fault:
        """Return a fault of one of the row's cells; of its first one where the file lacks the column."""
        place = self.places.get(column) or next(iter(self.places.values()))
        return Fault(self.sheet, place, column, found, allowed, advice, code, level)


def read_entries(path: Path, tables: Sequence[Table]) -> tuple[list[Entry], list[Fault], int]:
    """Read a workbook or a CSV file.

    Parameters
    ----------
    path : pathlib.Path
        The file; its suffix says which it is.
    tables : sequence of Table
        The tables that may be brought.

    Returns
    -------
    entries : list of Entry
        The rows that are filled in.
    faults : list of Fault
        What is wrong with the form of the file; the entries have their own.
    passed_over : int
        Rows that are not filled in.

    Raises
    ------
    IntakeError
        If the file cannot be read at all.
    """
    from qualitybook.evidence.intake.csv_file import read_csv
    from qualitybook.evidence.intake.workbook import read_workbook

    entries: list[Entry] = []
    faults: list[Fault] = []
    passed_over = 0
    is_csv = path.suffix.lower() in (".csv", ".txt", ".tsv")
    for sheet in [read_csv(path)] if is_csv else read_workbook(path, [table.name for table in tables]):
        found, own_faults, empty = _entries_of(sheet, tables, by_name=not is_csv)
        entries += found
        faults += [*sheet.faults, *own_faults]
        passed_over += empty
    return entries, faults, passed_over


def _entries_of(sheet: Sheet, tables: Sequence[Table], by_name: bool) -> tuple[list[Entry], list[Fault], int]:
    candidates = [table for table in tables if table.name == sheet.name.strip().lower()] if by_name else list(tables)
    if not candidates or any(fault.level == "error" and not fault.cell for fault in sheet.faults):
        return [], [], 0
    table, position = _header_of(sheet, candidates)
    if table is None:
        names = " or ".join(", ".join(table.header[:4]) + ", ..." for table in candidates)
        advice = "keep the template's row of column names, or add one"
        found = "no row of column names"
        return [], [Fault(sheet.name, "A1", "", found, f"the column names {names}", advice, "header_missing")], 0
    columns, faults = _columns_of(sheet, table, position)
    if faults:
        return [], faults, 0
    rows = [
        [(name, cells[at]) for name, at in columns.items() if at < len(cells)] for cells in sheet.rows[position + 1 :]
    ]
    filled = [row for row in rows if any(not cell.is_empty for name, cell in row if name not in PREFILLED)]
    started = sum(any(not cell.is_empty for _, cell in row) for row in rows)
    return [_entry(sheet.name, table, row) for row in filled], [], started - len(filled)


def _header_of(sheet: Sheet, tables: Sequence[Table]) -> tuple[Table | None, int]:
    """Return the table whose column names a row holds, and the row's position."""
    best: tuple[int, Table | None, int] = (1, None, 0)
    for position, cells in enumerate(sheet.rows[:HEADER_ROWS]):
        names = {str(cell.value).strip() for cell in cells if cell.value is not None}
        for table in tables:
            shared = len(names & set(table.header))
            if shared > best[0]:
                best = (shared, table, position)
    return best[1], best[2]


def _columns_of(sheet: Sheet, table: Table, position: int) -> tuple[dict[str, int], list[Fault]]:
    """Return the position of each column, and what is wrong with the names."""
    columns: dict[str, int] = {}
    faults: list[Fault] = []
    known = ", ".join(table.header)
    for at, cell in enumerate(sheet.rows[position]):
        name = "" if cell.value is None else str(cell.value).strip()
        if not name or name.startswith(INFORMATION):
            continue
        if name not in table.header:
            advice = f"correct the name, delete the column, or begin its name with {INFORMATION}"
            faults.append(Fault(sheet.name, cell.name, name, name, f"one of {known}", advice, "column_unknown"))
        elif name in columns:
            advice = "delete one of the two columns"
            faults.append(Fault(sheet.name, cell.name, name, "the column twice", "once", advice, "column_twice"))
        columns.setdefault(name, at)
    first = next((cell.name for cell in sheet.rows[position] if not cell.is_empty), "A1")
    needed = [field.name for field in table.fields if field.required and field.name != "preferred"]
    for name in needed:
        if name not in columns:
            advice = f"add a column with the name {name} in this row"
            faults.append(
                Fault(sheet.name, first, name, "no such column", f"the columns {known}", advice, "column_missing")
            )
    return columns, faults


def _entry(sheet: str, table: Table, row: Sequence[tuple[str, Cell]]) -> Entry:
    cells = dict.fromkeys(table.header, "")
    faults: list[Fault] = []
    for name, cell in row:
        read = read_cell(cell, table.field(name))
        cells[name] = read.text
        faults += [Fault(sheet, cell.name, name, *fault) for fault in read.faults]
    return Entry(table, sheet, cells, {name: cell.name for name, cell in row}, tuple(faults))


def table_cells(row: Sequence[object], number: int) -> Iterator[Cell]:
    """Yield the cells of a row of plain values."""
    from openpyxl.utils import get_column_letter

    for at, value in enumerate(row, start=1):
        yield Cell(f"{get_column_letter(at)}{number}", value)

"""The rows that a workbook or a CSV file brings, each with the cells it was read from.

In each table one row holds the column names of the evidence (``indicator_id``, ``period`` ...); what stands above it is
for people. Rows below it in which nothing is filled in but what the template had filled in are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qualitybook.evidence.intake.cells import Cell, read_cell
from qualitybook.evidence.intake.faults import Fault, Finding
from qualitybook.evidence.schema import Table, in_each_language

PREFILLED = frozenset({"indicator_id", "region_id", "period", "edition", "source_id", "basis"})
"""Columns that a template fills in: alone they bring nothing."""

CORRECTS = "corrects"
"""Column, beside those of the table, that names the columns in which a row corrects the evidence."""

SETTLED = "settled"
"""Column that names the doubts about its row that a person has looked at."""

HEADER_ROWS = 10
MOST_ROWS = 20_000
MOST_COLUMNS = 500
INFORMATION = "info:"
"""What the names of columns begin with that are for people and not read."""


@dataclass(frozen=True)
class Sheet:
    """One table of a file."""

    name: str
    """Name of the sheet, or of the file if it is a CSV file."""
    rows: Sequence[Sequence[Cell]]
    """All cells, row by row."""
    faults: tuple[Fault, ...] = ()
    """What is wrong with the sheet's form."""


@dataclass(frozen=True)
class Entry:
    """One row that is brought."""

    table: Table
    """The table it is for."""
    sheet: str
    """Where it was read."""
    cells: Mapping[str, str]
    """Text by column, empty where the file has none."""
    places: Mapping[str, str]
    """Name of the cell by column, for the columns that the file has."""
    faults: tuple[Fault, ...] = ()
    """What is wrong with the way its cells were entered."""
    corrects: tuple[str, ...] = ()
    """Columns in which it corrects what the evidence holds."""

    @property
    def place(self) -> str:
        """The row's first cell, with its sheet."""
        return f"{self.sheet}!{next(iter(self.places.values()))}"

    @property
    def is_sound(self) -> bool:
        """Whether each cell was entered in a way that can be read."""
        return not any(fault.level == "error" for fault in self.faults)

    def fault(
        self,
        column: str,
        found: str,
        allowed: str,
        advice: str,
        code: str,
        level: str = "error",
        remedy: Mapping[str, str] | None = None,
    ) -> Fault:
        """Return a fault of one of the row's cells; of its first one where the file lacks the column."""
        place = self.places.get(column) or next(iter(self.places.values()))
        return _fault(self.table, self.sheet, place, column, Finding(found, allowed, advice, code, level, remedy or {}))


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
    below = sheet.rows[position + 1 :]
    rows = [[(name, cells[at]) for name, at in columns.items() if at < len(cells)] for cells in below]
    filled = [row for row in rows if any(not cell.is_empty for name, cell in row if name not in PREFILLED)]
    started = sum(any(not cell.is_empty for _, cell in row) for row in rows)
    entries = [_entry(sheet.name, table, row) for row in filled]
    return entries, list(_beyond_the_header(sheet, position)), started - len(filled)


def _beyond_the_header(sheet: Sheet, position: int) -> Iterator[Fault]:
    """Find cells in columns without a name: nothing of a file is left out in silence."""
    header = sheet.rows[position]
    for cells in sheet.rows[position + 1 :]:
        for at, cell in enumerate(cells):
            if not cell.is_empty and (at >= len(header) or header[at].is_empty):
                advice = (
                    f"put text with a comma in double quotes; else empty the cell, or name its column {INFORMATION}..."
                )
                allowed = "empty, in a column without a name"
                yield Fault(sheet.name, cell.name, "", str(cell.value), allowed, advice, "cell_without_column")
                break


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
        if name not in (*table.header, CORRECTS):
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
    corrects: tuple[str, ...] = ()
    for name, cell in row:
        if name == CORRECTS:
            corrects, unknown = _columns_named(cell, table)
            faults += [_not_correctable(sheet, cell, table, column) for column in unknown]
            continue
        read = read_cell(cell, table.field(name))
        cells[name] = read.text
        faults += [_fault(table, sheet, cell.name, name, finding) for finding in read.findings]
    return Entry(table, sheet, cells, {name: cell.name for name, cell in row}, tuple(faults), corrects)


def _fault(table: Table, sheet: str, cell: str, column: str, finding: Finding) -> Fault:
    """Return a finding with its place; of a doubt also how it is settled."""
    fault = Fault(sheet, cell, column, **vars(finding))
    if finding.level != "doubt":
        return fault
    named = f"say why in {' and '.join(in_each_language('note'))} and put {finding.code} in the column {SETTLED}"
    how = named if SETTLED in table.header else "say --accept-doubts"
    return replace(fault, advice=f"{finding.advice}; if it is right, {how}")


def _columns_named(cell: Cell, table: Table) -> tuple[tuple[str, ...], list[str]]:
    """Return the columns that a cell names, and what it names that cannot be corrected."""
    words = [] if cell.is_empty else re.split(r"[\s,，、;；]+", str(cell.value).strip())
    known = [name for name in table.header if name not in table.primary_key]
    return tuple(name for name in words if name in known), [name for name in words if name and name not in known]


def _not_correctable(sheet: str, cell: Cell, table: Table, name: str) -> Fault:
    allowed = f"names of columns: {', '.join(column for column in table.header if column not in table.primary_key)}"
    advice = (
        f"edit {table.path} by hand: this column tells which row is meant"
        if name in table.primary_key
        else "name the columns in which this row corrects the evidence, or empty the cell"
    )
    return Fault(sheet, cell.name, CORRECTS, name, allowed, advice, "corrects_column")


def table_cells(row: Sequence[object], number: int) -> Iterator[Cell]:
    """Yield the cells of a row of plain values."""
    from openpyxl.utils import get_column_letter

    for at, value in enumerate(row, start=1):
        yield Cell(f"{get_column_letter(at)}{number}", value)

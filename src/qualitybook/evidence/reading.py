"""Read one CSV file of the evidence as text, keeping the line on which each record starts, and go through its rows.

The units that are brought along are such a file too. What spreadsheets make of a file is undone; what is written for
them is kept from being run there. A folder's files are described for other programs.
"""

from __future__ import annotations

import copyreg
import csv
import io
import json
import os
import re
from collections import Counter, namedtuple
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TextIO

import pandas as pd

from qualitybook.errors import Problem, json_of
from qualitybook.evidence.schema import CELL_TYPES, DESCRIPTOR_NAME, TABLES, UNITS, Field, Table, tables_of

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SAVE_AS_UTF_8 = "UTF-8; save it in the spreadsheet as 'CSV UTF-8'"


@dataclass(frozen=True)
class RawTable:
    """The cells of one file as they stand there."""

    table: Table
    """What the file should be."""
    cells: Mapping[str, list[str]]
    """Text of the cells by column, one for each field of the table, "" for empty ones. Records of a wrong length are
    left out."""
    lines: list[int]
    """For each row, the line on which its record starts, the header being line 1."""
    is_whole: bool = True
    """Whether every record of the file is among the rows, so that a key not found is indeed not there; not so for an
    optional file that does not exist."""
    problems: list[Problem] = field(default_factory=list)
    """What was wrong with the file's form."""

    @classmethod
    def read(cls, folder: Path, table: Table) -> RawTable:
        """Read the file of one table; there are no rows where it is missing or no table with that header.

        What spreadsheets write (CRLF, a mark, semicolons or tabs, empty rows at the end) is accepted and undone.
        """
        path = folder / table.path
        if not path.is_file():
            if os.path.lexists(path):
                return _unreadable(table, None, "no plain file", "a file that can be read", "file_unreadable")
            if table.required:
                allowed = f"a table in which one row is {table.description}"
                return _unreadable(table, None, "no such file", allowed, "file_missing")
            return cls(table, _columns(table, []), [], is_whole=False)
        try:
            data = path.read_bytes()
        except OSError as error:
            found = error.strerror or "unreadable"
            return _unreadable(table, None, found, "a file that can be read", "file_unreadable")
        try:
            text = table_text(data, table.header).replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            return _unreadable(table, line, f"byte 0x{data[error.start]:02X}", _SAVE_AS_UTF_8, "encoding")
        control = _CONTROL.search(text)
        if control is not None:
            line = text.count("\n", 0, control.start()) + 1
            found, allowed = f"U+{ord(control[0]):04X}", "no control characters; lines end in LF or CRLF"
            return _unreadable(table, line, found, allowed, "control_character")
        return _records(table, text)

    @cached_property
    def refused(self) -> dict[str, set[int]]:
        """The positions of the cells that their fields do not accept, by column."""
        refused = {}
        for column in self.table.fields:
            cells = self.cells[column.name]
            bad = {text for text in set(cells) if not column.accepts(text)}
            if bad:
                refused[column.name] = {index for index, text in enumerate(cells) if text in bad}
        return refused

    def records(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield the line of each row, and its cells by their columns."""
        for line, cells in zip(self.lines, zip(*self.cells.values(), strict=True), strict=True):
            yield line, dict(zip(self.cells, cells, strict=True))

    def rows(self, *names: str) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Yield the line and these cells of each row in which all of them are sound."""
        refused = set[int]().union(*(self.refused.get(name, set()) for name in names))
        for index, cells in enumerate(zip(*(self.cells[name] for name in names), strict=True)):
            if index not in refused:
                yield self.lines[index], cells

    def lookup(self, key: str, name: str) -> dict[str, str]:
        """Return the cells of a column by those of another, of the rows in which both are sound."""
        return {cells[0]: cells[1] for _, cells in self.rows(key, name)}

    def problem(
        self,
        line: int,
        column: str,
        found: str,
        allowed: str,
        code: str,
        level: str = "error",
        other_row: int | None = None,
    ) -> Problem:
        """Return a problem of this table."""
        return Problem(self.table.path, line, column, found, allowed, code, level, other_row)


def _records(table: Table, text: str) -> RawTable:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    problems: list[Problem] = []
    start = last = 1
    try:
        header = next(reader, [])
        problems += _faults_of_header(table, header)
        if problems:
            return RawTable(table, _columns(table, []), [], False, problems)
        width = len(header)
        # A column may be one that the file comes without.
        places = [header.index(name) if name in header else None for name in table.header]
        start = reader.line_num + 1
        for row in reader:
            if len(row) == width:
                rows.append([row[place] if place is not None else "" for place in places])
                lines.append(start)
            else:
                found = f"{len(row)} cells" if row else "an empty line"
                problems.append(Problem(table.path, start, "", found, f"{width} cells", "record_length"))
            last, start = start, reader.line_num + 1
    except csv.Error as error:
        last = start
        allowed = "a record of RFC 4180 with each opened quote closed"
        problems.append(Problem(table.path, start, "", str(error), allowed, "record_form"))
    if not text.endswith("\n") and not any(problem.row == last for problem in problems):
        problems.append(Problem(table.path, last, "", "no line end", "a line end after the last record", "file_cut"))
    return RawTable(table, _columns(table, rows), lines, not problems, problems)


def _faults_of_header(table: Table, header: list[str]) -> list[Problem]:
    may_lack = {field.name for field in table.fields if field.may_lack}
    expected = [name for name in table.header if name in header or name not in may_lack]
    if header == expected:
        return []
    if not header:
        return [Problem(table.path, 1, "", "no header", f"the columns {', '.join(expected)}", "header_missing")]
    faults = [
        Problem(table.path, 1, name, "no such column", f"the columns {', '.join(expected)}", "column_missing")
        for name in expected
        if name not in header
    ]
    faults += [
        Problem(table.path, 1, name, "an unknown column", f"the columns {', '.join(expected)}", "column_unknown")
        for name in header
        if name not in expected
    ]
    faults += [
        Problem(table.path, 1, name, f"{times} columns of that name", "one column of a name", "column_twice")
        for name, times in Counter(header).items()
        if times > 1
    ]
    return faults or [Problem(table.path, 1, "", ", ".join(header), f"the order {', '.join(expected)}", "column_order")]


def _unreadable(table: Table, row: int | None, found: str, allowed: str, code: str) -> RawTable:
    problem = Problem(table.path, row, "", found, allowed, code)
    return RawTable(table, _columns(table, []), [], False, [problem])


def _columns(table: Table, rows: list[list[str]]) -> dict[str, list[str]]:
    columns = zip(*rows, strict=True) if rows else [()] * len(table.header)
    return dict(zip(table.header, map(list, columns), strict=True))


def rows_of(table: pd.DataFrame) -> Iterator[Any]:
    """Yield the rows of a table as named tuples whose fields are its columns.

    The fields' types are those that the table's declaration gives its columns; a type checker cannot know them.
    """
    names = tuple(str(name) for name in table.columns)
    # Each column as a list at once: several times as fast as pandas' own tuples for columns of text.
    yield from map(_row_type(names)._make, zip(*(table[name].tolist() for name in names), strict=True))


@cache
def _row_type(names: tuple[str, ...]) -> Any:
    """Return the type of the rows with these columns; to make one takes longer than to read a dozen rows."""
    return _picklable(namedtuple("Row", names, rename=True))


def _picklable(made: Any) -> Any:
    """Let rows of a type go to other processes: made while running, it has no name by which they could find it."""
    copyreg.pickle(made, lambda row: (_row_of, (row._fields, tuple(row))))
    return made


def with_cell(row: Any, name: str, cell: object) -> Any:
    """Return a row of `rows_of` with one more field."""
    return _row_of((*row._fields, name), (*row, cell))


def _row_of(names: tuple[str, ...], cells: tuple[Any, ...]) -> Any:
    return _row_type(names)._make(cells)


@cache
def usual_units() -> RawTable:
    """Return the units that are brought along, as they stand in the file beside this module."""
    return RawTable.read(Path(__file__).parent, UNITS)


def forms(own: Mapping[str, Sequence[str]]) -> Mapping[str, str]:
    """Return the form of each unit that is known where a folder has these cells in its own table, by column."""
    return column_of_units(own, "form")


LOWEST_PLAIN_RATE = 10.0
"""A rate whose figures all lie above this many percent is none of 1 percent or less, but written like a fraction."""


def column_of_units(own: Mapping[str, Sequence[str]], column: str) -> Mapping[str, str]:
    """Return a column of the units that are known where a folder has these cells in its own table, by unit."""
    return {**usual_units().lookup("unit", column), **dict(zip(own["unit"], own[column], strict=True))}


# What makes a spreadsheet read a cell as a formula or a command; East Asian versions take the full-width signs too.
_STARTS_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?%?")
# Spreadsheets take a file without this mark for the system's old encoding, and show Chinese as nonsense.
ENCODING = "utf-8-sig"
"""Of every file that a page offers to readers; the tables under ``/data/`` are for programs, and have no mark."""
TEXT_MARK = "'"
"""What spreadsheets themselves write before a cell that is text and nothing else."""


def safe_cell(text: str) -> str:
    """Return the text of a cell, with `TEXT_MARK` before it if it would be run; a number, negative ones too, is not."""
    if _NUMBER.fullmatch(text.strip()) or not _STARTS_FORMULA.match(text):
        return text
    return TEXT_MARK + text


def write_csv(file: TextIO, rows: Iterable[Sequence[str]]) -> None:
    """Write rows as CSV (LF, quotes where needed) that a spreadsheet can open without running anything."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as the text of a CSV file."""
    text = io.StringIO(newline="")
    write_csv(text, rows)
    return text.getvalue()


# What a spreadsheet makes of a table's file when it saves it, undone: its mark, its separators, its empty rows


SEPARATORS = (",", ";", "\t")
"""What spreadsheets write between cells."""
_NOTHING = ", \t\r"


def table_text(data: bytes, columns: Collection[str], errors: str = "strict") -> str:
    """Return a file's text as the evidence writes it, each record on the line where it was; line ends are kept."""
    text = data.decode("utf-8-sig", errors)
    header = text.partition("\n")[0].rstrip("\r")
    found = next((sign for sign in SEPARATORS if len(set(_cells(header, sign)) & set(columns)) > 1), ",")
    if found != ",":
        text = _with_commas(text, found)
    lines = text.split("\n")
    while len(lines) > 1 and not lines[-1].strip(_NOTHING):
        lines.pop()
    return "\n".join(lines) + "\n" if len(lines) <= text.count("\n") else text


def _cells(line: str, separator: str) -> list[str]:
    """Return the cells of a line; none of one that is no record."""
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return []


def _with_commas(text: str, separator: str) -> str:
    """Return a text with commas between its cells; one that is no table stays as it is."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n" if "\r\n" in text else "\n")
    try:
        writer.writerows(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error:
        return text
    return out.getvalue()


# The description of a folder's tables for other programs


_GENERIC_METADATA: Mapping[str, Any] = {
    "profile": "tabular-data-package",
    "name": "quality-status-evidence",
    "title": "Published figures on quality, each with its source",
    "licenses": [
        {
            "name": "CC-BY-4.0",
            "path": "https://creativecommons.org/licenses/by/4.0/",
            "title": "Creative Commons Attribution 4.0",
        }
    ],
}


def descriptor(
    tables: Iterable[str],
    metadata: Mapping[str, Any] | None = None,
    lacking: Mapping[str, Collection[str]] | None = None,
    declared: Iterable[Table] = TABLES,
) -> dict[str, Any]:
    """Return the Frictionless descriptor of an evidence folder: a Tabular Data Package with a resource for each table.

    What `metadata` says of the package as a whole, such as its name, goes before :data:`_GENERIC_METADATA`.
    """
    present = set(tables)
    about = {key: value for key, value in (metadata or {}).items() if key != "resources"}
    return {
        **_GENERIC_METADATA,
        **about,
        "resources": [
            _resource(table, present, (lacking or {}).get(table.name, ()))
            for table in declared
            if table.name in present
        ],
    }


def _resource(table: Table, present: set[str], lacking: Collection[str]) -> dict[str, Any]:
    own = list(table.primary_key)
    # Databases let no field of a primary key be empty.
    is_never_empty = all(table.field(name).required for name in own)
    schema: dict[str, Any] = {
        "fields": [_field(field) for field in table.fields if field.name not in lacking],
        "missingValues": [""],
        **({"primaryKey": own} if is_never_empty else {"uniqueKeys": [own]}),
    }
    keys = [
        {
            "fields": list(key.fields),
            # Table Schema names the table itself by an empty string.
            "reference": {"resource": "" if key.table == table.name else key.table, "fields": list(key.to_fields)},
        }
        for key in table.foreign_keys
        if key.level == "error" and key.table in present and not set(key.fields) & set(lacking)
    ]
    if keys:
        schema["foreignKeys"] = keys
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": table.path,
        "description": table.description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _field(field: Field) -> dict[str, Any]:
    cell = CELL_TYPES[field.type]
    pattern = field.pattern or (cell.pattern if cell.pattern_in_descriptor and not field.enum else "")
    if cell.frictionless != "string" or not field.required:
        # Table Schema knows patterns for strings only, and databases ask them of empty fields as well.
        pattern = ""
    constraints: dict[str, Any] = {
        "required": field.required,
        "unique": field.unique or None,
        "enum": list(field.enum) or None,
        "minimum": field.minimum,
        "maximum": field.maximum,
        "pattern": pattern or None,
    }
    return {
        "name": field.name,
        "type": cell.frictionless,
        "description": field.description,
        "constraints": {name: value for name, value in constraints.items() if value is not None},
    }


def present_tables(folder: Path) -> list[str]:
    """Return the names of the tables whose files are in a folder."""
    return [table.name for table in TABLES if (folder / table.path).is_file()]


def lacking_columns(folder: Path) -> dict[str, list[str]]:
    """Return, for each table of a folder, the columns that its file comes without and may."""
    lacking = {}
    for table in tables_of(folder):
        path = folder / table.path
        if path.is_file():
            text = table_text(path.read_bytes().split(b"\n")[0], table.header, "replace")
            header = next(csv.reader([text]), [])
            lacking[table.name] = [field.name for field in table.fields if field.may_lack and field.name not in header]
    return lacking


def descriptor_of(folder: Path, metadata: Mapping[str, Any] | None = None, *more: str) -> dict[str, Any]:
    """Return the descriptor of the tables that a folder has, with the columns of their files, and of some more."""
    return descriptor([*present_tables(folder), *more], metadata, lacking_columns(folder), tables_of(folder))


def write_descriptor(folder: Path, metadata: Mapping[str, Any] | None = None) -> Path:
    """Write ``datapackage.json`` for the tables of a folder; what the old one says of the whole package is kept.

    An old file that is no JSON raises ValueError.
    """
    path = folder / DESCRIPTOR_NAME
    old = json_of(path.read_text(encoding="utf-8")) if path.is_file() else {}
    new = descriptor_of(folder, {**old, **(metadata or {})})
    path.write_text(json.dumps(new, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n")
    return path

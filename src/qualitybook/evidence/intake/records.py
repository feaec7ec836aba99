"""Write rows into the tables' files: records changed in place and records appended; every other byte stays."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from qualitybook.evidence.schema import Table


def write_rows(
    folder: Path,
    table: Table,
    changed: Mapping[int, Mapping[str, str]],
    appended: Sequence[Mapping[str, str]],
) -> list[int]:
    """Change and append records of one table.

    Parameters
    ----------
    folder : pathlib.Path
        The folder that holds the table's file; a file that is not there is made.
    table : Table
        The table.
    changed : mapping of int to mapping
        New cells by column, for the records that begin on these lines.
    appended : sequence of mapping
        Cells of the records to append.

    Returns
    -------
    list of int
        The lines of the appended records.
    """
    path = folder / table.path
    text = _with_every_column(path, table)
    end = "\r\n" if "\r\n" in text else "\n"
    records = list(io.StringIO(text, newline="\n"))
    # From the end, so that lines before a record are still where they were.
    for line in sorted(changed, reverse=True):
        reader = csv.reader(records[line - 1 :])
        cells: dict[str, str] = {**dict(zip(table.header, next(reader), strict=True)), **changed[line]}
        records[line - 1 : line - 1 + reader.line_num] = [record([cells[name] for name in table.header], end)]
    lines = []
    at = "".join(records).count("\n")
    for row in appended:
        new = record([row[name] for name in table.header], end)
        lines.append(at + 1)
        at += new.count("\n")
        records.append(new)
    path.write_bytes("".join(records).encode("utf-8"))
    return lines


def _with_every_column(path: Path, table: Table) -> str:
    """Return a file's text with the columns that it came without, empty in the rows that it has."""
    if not path.is_file():
        return record(table.header, "\n")
    text = path.read_bytes().decode("utf-8")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    if rows[0] == table.header:
        return text
    end = "\r\n" if "\r\n" in text else "\n"
    cells = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    filled = [[row.get(name, "") for name in table.header] for row in cells]
    return "".join(record(row, end) for row in [table.header, *filled])


def record(cells: Sequence[str], end: str) -> str:
    """Return cells as a record of CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator=end).writerow(cells)
    return out.getvalue()

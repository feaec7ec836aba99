"""What a spreadsheet makes of a table's file when it saves it, undone: its mark, its separators, its empty rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection

SEPARATORS = (",", ";", "\t")
"""What spreadsheets write between cells."""
_NOTHING = ", \t\r"


def table_text(data: bytes, columns: Collection[str], errors: str = "strict") -> str:
    """Return a file's text as the evidence writes it, each record on the line where it was; line ends are kept.

    Raises
    ------
    UnicodeDecodeError
        If it is not UTF-8.
    """
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

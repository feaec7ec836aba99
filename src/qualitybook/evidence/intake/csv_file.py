"""Read a CSV file as spreadsheets write it: UTF-8 with or without a mark, GB18030, or UTF-16 with tabs."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from qualitybook.evidence.intake.faults import Fault, IntakeError
from qualitybook.evidence.intake.sheets import HEADER_ROWS, Sheet, table_cells

ENCODINGS = ("utf-8-sig", "gb18030")
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
SEPARATORS = (",", ";", "\t")


def read_csv(path: Path) -> Sheet:
    """Return the cells of a CSV file, each named as a spreadsheet would.

    Raises
    ------
    IntakeError
        If it is no text in a known encoding, or no CSV.
    """
    text = _decoded(path)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    rows = []
    number = 0
    try:
        for number, row in enumerate(reader, start=1):
            rows.append(tuple(table_cells(row, number)))
    except csv.Error as error:
        advice = "close each opened quote, or save the file again as CSV"
        fault = Fault(path.name, f"A{number + 1}", "", str(error), "a record of RFC 4180", advice, "record_form")
        raise IntakeError([fault]) from None
    return Sheet(path.name, rows)


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    for encoding in ("utf-16",) if data.startswith(UTF_16_MARKS) else ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    advice = "save it as 'CSV UTF-8' in the spreadsheet"
    raise IntakeError([Fault(path.name, "", "", "bytes of no known encoding", "UTF-8 or GB18030", advice, "encoding")])


def _separator(text: str) -> str:
    """Return the separator that occurs most in the first lines; some spreadsheets write semicolons."""
    head = "\n".join(text.splitlines()[:HEADER_ROWS])
    return max(SEPARATORS, key=head.count)

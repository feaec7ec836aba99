"""Cells for spreadsheets: text that a spreadsheet would run as a formula stays text, numbers stay numbers."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from typing import TextIO

# What makes a spreadsheet read a cell as a formula or a command; East Asian versions take the full-width signs too.
_STARTS_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?%?")
# Spreadsheets take a file without this mark for the system's old encoding, and show Chinese as nonsense.
ENCODING = "utf-8-sig"
"""Of every file that a page offers to readers; the tables under ``/data/`` are for programs, and have no mark."""
TEXT_MARK = "'"
"""What spreadsheets themselves write before a cell that is text and nothing else."""


def safe_cell(text: str) -> str:
    """Return the text of a cell, with `TEXT_MARK` before it if it would be run.

    Parameters
    ----------
    text : str
        The cell as it should be read. A number, negative ones too, is returned as it is.
    """
    if _NUMBER.fullmatch(text.strip()) or not _STARTS_FORMULA.match(text):
        return text
    return TEXT_MARK + text


def write_csv(file: TextIO, rows: Iterable[Sequence[str]]) -> None:
    """Write rows as CSV (LF, quotes where needed) that a spreadsheet can open without running anything.

    Parameters
    ----------
    file : text file
        Opened with ``newline=""``.
    rows : iterable of sequences of str
        The header and the records.
    """
    writer = csv.writer(file, lineterminator="\n")
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)

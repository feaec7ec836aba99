"""What is reported of a cell of a workbook or of a CSV file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from qualitybook.errors import QualitybookError
from qualitybook.evidence.errors import shortened

LEAVE_OUT: Mapping[str, str] = {"": ""}
"""The remedy of a row that is no figure: leave it out."""

_PLACE = re.compile(r"([A-Z]+)([0-9]+)")


@dataclass(frozen=True)
class Finding:
    """What is wrong with the way one cell was entered."""

    found: str
    allowed: str
    advice: str
    code: str
    level: str = "error"
    remedy: Mapping[str, str] = field(default_factory=dict)
    """What `advice` says to enter, by column, where it is a text: a figure that follows it is taken in."""


@dataclass(frozen=True)
class Fault:
    """One thing that is amiss with one cell."""

    sheet: str
    cell: str
    """Where, as a spreadsheet names it (``C7``); `cell` is empty for a sheet or a file as a whole."""
    column: str
    """Name of the column; empty where none is meant."""
    found: str
    allowed: str
    """What stands there, and what may."""
    advice: str
    """What to do."""
    code: str
    """Which rule was broken, in snake case."""
    level: str = "error"
    """``error`` (never taken in), ``doubt`` (taken in where the row's column `settled` names its code and notes in
    both languages say why, or if told so) or ``warning``."""
    remedy: Mapping[str, str] = field(default_factory=dict)
    """What `advice` says to enter, by column; empty where it names no text."""

    @property
    def place(self) -> str:
        """``sheet!cell``, or the sheet alone."""
        return f"{self.sheet}!{self.cell}" if self.cell else self.sheet

    def __str__(self) -> str:
        column = f" [{self.column}]" if self.column else ""
        found = f"found {shortened(self.found)}; allowed: {self.allowed}"
        return f"{self.level}: {self.place}{column}: {found}; to do: {self.advice}"


def in_order(faults: Iterable[Fault]) -> list[Fault]:
    """Return faults in the order in which a person meets their cells: sheets as they came, then rows, then columns."""
    faults = list(faults)
    sheets = list(dict.fromkeys(fault.sheet for fault in faults))
    return sorted(faults, key=lambda fault: (sheets.index(fault.sheet), *_position(fault.cell)))


def _position(cell: str) -> tuple[int, int, str]:
    match = _PLACE.fullmatch(cell)
    return (0, 0, cell) if match is None else (int(match[2]), len(match[1]), match[1])


class IntakeError(QualitybookError, ValueError):
    """A file that is not taken in."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

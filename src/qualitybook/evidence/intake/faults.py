"""What is reported of a cell of a workbook or of a CSV file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qualitybook.evidence.errors import shortened


@dataclass(frozen=True)
class Fault:
    """One thing that is amiss with one cell.

    Parameters
    ----------
    sheet, cell : str
        Where, as a spreadsheet names it (``C7``); `cell` is empty for a sheet or a file as a whole.
    column : str
        Name of the column; empty where none is meant.
    found, allowed : str
        What stands there, and what may.
    advice : str
        What to do.
    code : str
        Which rule was broken, in snake case.
    level : str
        ``error`` (never taken in), ``doubt`` (taken in with notes in both languages, or if told so) or ``warning``.
    """

    sheet: str
    cell: str
    column: str
    found: str
    allowed: str
    advice: str
    code: str
    level: str = "error"

    @property
    def place(self) -> str:
        """``sheet!cell``, or the sheet alone."""
        return f"{self.sheet}!{self.cell}" if self.cell else self.sheet

    def __str__(self) -> str:
        column = f" [{self.column}]" if self.column else ""
        found = f"found {shortened(self.found)}; allowed: {self.allowed}"
        return f"{self.level}: {self.place}{column}: {found}; to do: {self.advice}"


class IntakeError(ValueError):
    """A file that is not taken in.

    Parameters
    ----------
    faults : sequence of Fault
        Everything that was found.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

"""What is reported when the evidence cannot be used as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from qualitybook.errors import QualitybookError, in_one_line

_LONGEST_CELL_SHOWN = 60
_MOST_KEYS_SHOWN = 12


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one file of the evidence."""

    file: str
    """Path below the evidence folder, with forward slashes."""
    row: int | None
    """Line on which the record starts, as an editor counts (the header is line 1); None for the file as a whole."""
    column: str
    """Name of the column, or of several joined by ``+``; empty for the record or the file as a whole."""
    found: str
    """What stands there."""
    allowed: str
    """What may stand there."""
    code: str
    """Which rule was broken, in snake case."""
    level: str = "error"
    """``error`` (nothing is built from such data) or ``warning``."""
    other_row: int | None = None
    """Line of the other record concerned, where there is one."""

    def __str__(self) -> str:
        where = in_one_line(self.file)
        if self.row is not None:
            where += f":{self.row}"
        if self.column:
            where += f" [{self.column}]"
        other = f" (see line {self.other_row})" if self.other_row is not None else ""
        return f"{self.level}: {where}: found {shortened(self.found)}; allowed: {self.allowed}{other}"


def shortened(found: str) -> str:
    """Return a cell's text in quotes, on one line and not too long; of an empty one that it is empty."""
    if not found:
        return "an empty cell"
    shown = found if len(found) <= _LONGEST_CELL_SHOWN else found[: _LONGEST_CELL_SHOWN - 1] + "…"
    return repr(shown)


class EvidenceError(QualitybookError, ValueError):
    """Evidence that breaks its rules; nothing is built from it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UnknownKeyError(QualitybookError, KeyError):
    """A key that no row of a table has."""

    def __init__(self, table: str, key: str, known: Iterable[str]) -> None:
        self.table = table
        self.key = key
        self.known = sorted(known)
        self.suggestions = get_close_matches(key, self.known, n=3, cutoff=0.6)
        super().__init__(key)

    def __str__(self) -> str:
        named = f"nearest: {', '.join(self.suggestions)}"
        if not self.suggestions:
            more = ", ..." if len(self.known) > _MOST_KEYS_SHOWN else ""
            named = f"allowed: {', '.join(self.known[:_MOST_KEYS_SHOWN])}{more}"
        return f"{self.table} has no {self.key!r}; {named}"

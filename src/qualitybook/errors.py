"""What stops a command and is told without a traceback; every part of the program has errors of this kind.

It stands outside `qualitybook.evidence`, which takes a second to import, so that mistakes are answered at once. So do
what is wrong with a file of the evidence, and the reading of JSON, in which others may have made any.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

_LONGEST_CELL_SHOWN = 60
_MOST_KEYS_SHOWN = 12


class QualitybookError(Exception):
    """What stops a command of this program and is told without a traceback: what is wrong, and what to do."""


class RefusedError(QualitybookError, ValueError):
    """Something that a command was asked for and that cannot be: its use is wrong, which is exit status 2."""

    def __init__(self, message: str, option: str = "") -> None:
        self.option = option
        """The option that asked for it, where it was one."""
        super().__init__(message)


class StoreError(QualitybookError, RuntimeError):
    """A folder of evidence that cannot be changed now: another command works there, or its notes are not ours."""


class ImpossibleValueError(QualitybookError, ValueError):
    """A value that is none of its kind: a rate of 101 %, more passed than inspected, a period that is no period."""

    def __init__(self, allowed: str, found: object = None) -> None:
        self.found = found
        self.allowed = allowed
        super().__init__(f"allowed: {allowed}" if found is None else f"found {found!r}; allowed: {allowed}")


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


class PageError(QualitybookError, ValueError):
    """A page that cannot be made as it is written: by its template, by what it shows, or by what it reads."""

    def __init__(self, reason: str, cell: int | None = None, template: str = "") -> None:
        self.reason = reason
        self.cell = cell
        """Number of the template's cell, from 1; None for a file without cells."""
        where = ", ".join([template] * bool(template) + [f"cell {cell}"] * (cell is not None))
        super().__init__(f"{where}: {reason}" if where else reason)


def json_of(text: str) -> Any:
    """Return what a JSON text from somewhere else says.

    Raises
    ------
    ValueError
        If it is no JSON, or nested deeper than Python reads.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("lists or objects nested too deeply") from None


def in_one_line(name: str) -> str:
    """Return a file's name as messages may hold it: without what would break the line or speak to a terminal."""
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape", "surrogatepass").decode() for sign in name
    )

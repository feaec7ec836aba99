"""What stops a command and is told without a traceback; every part of the program has errors of this kind.

It stands outside `qualitybook.evidence`, which takes a second to import, so that mistakes are answered at once. So does
the reading of JSON, in which others may have made any.
"""

from __future__ import annotations

import json
from typing import Any


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

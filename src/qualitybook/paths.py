"""Paths that files name, which others may have written, and folders that belong to no book."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path, PurePath
from typing import TypeVar

HISTORY = ".intake-history"
"""What takes imports back, below an evidence folder."""

_Value = TypeVar("_Value")


def within(files: Mapping[str, _Value]) -> dict[str, _Value]:
    """Return files by their paths in a folder.

    Raises
    ------
    ValueError
        If one lies outside.
    """
    outside = [name for name in files if PurePath(name).anchor or ".." in PurePath(name).parts]
    if outside:
        raise ValueError(f"outside of the folder: {', '.join(outside)}")
    return dict(files)


def refuse_impossible(file: Path) -> None:
    """Raise what the system says where no file can be, as in ``/proc``: filelock takes that for a lock that is held."""
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY))

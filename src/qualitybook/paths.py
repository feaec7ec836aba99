"""Paths that files name, which others may have written, and folders that belong to no book."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
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

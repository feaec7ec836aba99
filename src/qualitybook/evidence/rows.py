"""Rows of a table, one after the other."""

from __future__ import annotations

import copyreg
from collections import namedtuple
from collections.abc import Iterator
from functools import cache
from typing import Any

import pandas as pd


def rows_of(table: pd.DataFrame) -> Iterator[Any]:
    """Yield the rows of a table as named tuples whose fields are its columns.

    The fields' types are those that the table's declaration gives its columns; a type checker cannot know them.
    """
    names = tuple(str(name) for name in table.columns)
    # Each column as a list at once: several times as fast as pandas' own tuples for columns of text.
    yield from map(_row_type(names)._make, zip(*(table[name].tolist() for name in names), strict=True))


@cache
def _row_type(names: tuple[str, ...]) -> Any:
    """Return the type of the rows with these columns; to make one takes longer than to read a dozen rows."""
    return _picklable(namedtuple("Row", names, rename=True))


def _picklable(made: Any) -> Any:
    """Let rows of a type go to other processes: made while running, it has no name by which they could find it."""
    copyreg.pickle(made, _by_its_columns)
    return made


def _by_its_columns(row: Any) -> tuple[Any, tuple[Any, ...]]:
    return _row_of, (row._fields, tuple(row))


def _row_of(names: tuple[str, ...], cells: tuple[Any, ...]) -> Any:
    return _row_type(names)._make(cells)

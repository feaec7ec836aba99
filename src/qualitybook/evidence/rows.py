"""Rows of a table, one after the other."""

from __future__ import annotations

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
    kind = _new_type(names)

    def reduced(row: tuple[Any, ...]) -> tuple[Any, ...]:
        return _row, (names, tuple(row))

    # No module holds the type under a name by which pickle could find it again.
    kind.__reduce__ = reduced
    return kind


def _new_type(names: tuple[str, ...]) -> Any:
    return namedtuple("Row", names, rename=True)


def _row(names: tuple[str, ...], values: tuple[Any, ...]) -> Any:
    """Return a row that has been pickled."""
    return _row_type(names)._make(values)

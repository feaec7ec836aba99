"""Rows of a table, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd


def rows_of(table: pd.DataFrame) -> Iterator[Any]:
    """Yield the rows of a table as named tuples whose fields are its columns.

    The fields' types are those that the table's declaration gives its columns; a type checker cannot know them.
    """
    yield from table.itertuples(index=False)

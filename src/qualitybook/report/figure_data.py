"""What a figure draws, as a table for a spreadsheet: published numbers as they were printed, years as years."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from qualitybook.evidence.reading import ENCODING, write_csv

PRINTED = "_printed"
"""How the name of a column ends that has the numbers of another one as they were printed, where they were."""
YEARS = ("year", "start", "end", "x")
"""Columns with years, decimal ones where a period begins or ends within a year."""


def write_figure_data(path: Path, data: pd.DataFrame) -> None:
    """Write what a figure draws.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    data : pandas.DataFrame
        Its columns; beside a column there may be one of the same name and `PRINTED`.
    """
    names = [str(name) for name in data if not str(name).endswith(PRINTED)]
    columns = [_texts(data, name) for name in names]
    with path.open("w", encoding=ENCODING, newline="") as file:
        write_csv(file, [names, *map(list, zip(*columns, strict=True))])


def _texts(data: pd.DataFrame, name: str) -> list[str]:
    """Return the cells of a column."""
    cells = [_text(cell, is_year=name in YEARS) for cell in data[name]]
    printed = f"{name}{PRINTED}"
    if printed not in data:
        return cells
    return [text if isinstance(text, str) and text else cell for text, cell in zip(data[printed], cells, strict=True)]


def _text(cell: Any, *, is_year: bool) -> str:
    if not isinstance(cell, str) and pd.isna(cell):
        return ""
    return str(int(cell)) if is_year and float(cell).is_integer() else str(cell)

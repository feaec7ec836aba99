"""The units that are brought along; a folder's own ``units.csv`` goes over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import pandas as pd

from qualitybook.evidence.reading import RawTable, read_table
from qualitybook.evidence.schema import UNITS


@cache
def usual_units() -> RawTable:
    """Return the units that are brought along, as they stand in the file beside this module."""
    return read_table(Path(__file__).parent, UNITS)


def forms(own: Mapping[str, Sequence[str]] | pd.DataFrame) -> Mapping[str, str]:
    """Return the form of each unit that is known where a folder has these cells in its own table, by column."""
    known: dict[str, str] = {}
    for cells in (usual_units().cells, own):
        known.update(zip(cells["unit"], cells["form"], strict=True))
    return known

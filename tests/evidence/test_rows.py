"""Rows of tables as named tuples (the tables here are made by the tests)."""

from __future__ import annotations

import pickle

import pandas as pd

from qualitybook.evidence.reading import rows_of


def test_rows_go_to_other_processes_and_come_back_the_same() -> None:
    (row,) = rows_of(pd.DataFrame({"period": ["2024"], "class": [1.5]}))
    again = pickle.loads(pickle.dumps(row))
    assert (again, again.period, again._fields) == (row, "2024", row._fields)

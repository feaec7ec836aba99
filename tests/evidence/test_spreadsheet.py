"""Cells that a spreadsheet would run stay text; numbers stay numbers."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualitybook.evidence.reading import TEXT_MARK, safe_cell, write_csv


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://planted.example","x")',
        "+cmd|' /C calc'!A0",
        "@SUM(1+1)",
        "-2+3",
        "\t=1",
        " =1",
        "＝1+1",
        "-",
    ],
)
def test_what_would_run_is_marked_as_text(text: str) -> None:
    assert safe_cell(text) == TEXT_MARK + text


@pytest.mark.parametrize(
    "text", ["", "-1.2", "+4.6", "98.20", "-.5", "1e-5", "-3%", "2024-H1", "样例 = 1", "a@b", "‘x"]
)
def test_numbers_and_words_stay_as_they_are(text: str) -> None:
    assert safe_cell(text) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_stays_a_number(value: float) -> None:
    assert float(safe_cell(repr(value))) == value


@given(st.text(max_size=20))
def test_no_cell_starts_a_formula(text: str) -> None:
    cell = safe_cell(text)
    assert cell.removeprefix(TEXT_MARK) == text.removeprefix(TEXT_MARK)
    starts = cell.lstrip()[:1]
    assert starts not in set("=@＝＋－＠")
    assert starts not in {"+", "-"} or cell == text


def test_written_rows_are_read_as_they_were() -> None:
    file = io.StringIO(newline="")
    write_csv(file, [["a", "b"], ["-1.5", "=1,2\n3"]])
    assert list(csv.reader(io.StringIO(file.getvalue(), newline=""))) == [["a", "b"], ["-1.5", "'=1,2\n3"]]

"""Evidence with one cell or one byte changed at random: refused with file and line, or read as it is written."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from synthetic import HEADERS, PATHS, evidence_tables, write_table

from qualitybook.evidence import Catalog, EvidenceError, Problem, load
from qualitybook.evidence.schema import TABLES

BY_NAME = {table.name: table for table in TABLES}
SLOW_FILES = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

likely_cells = st.sampled_from(
    [
        *("", "0", "1", "-1", "98.5", "100", "101", "９８", "1,000", "NaN", "inf", "1e9", "2022", "2022-Q3", "undated"),
        *(
            "exact",
            "A",
            "rising",
            "sample_city",
            "https://example.org",
            "2024-02-30",
            '"',
            "a,b",
            "第一行\n第二行",
            " x",
        ),
    ]
)
any_cell = st.text(st.characters(codec="utf-8"), max_size=12)


@st.composite
def mutations(draw: st.DrawFn) -> tuple[str, int, str, str]:
    """Draw a table, the position of a row in it, a column, and the text to put there."""
    name = draw(st.sampled_from(sorted(HEADERS)))
    row = draw(st.integers(0, len(evidence_tables()[name]) - 1))
    return name, row, draw(st.sampled_from(HEADERS[name])), draw(st.one_of(likely_cells, any_cell))


def _assert_read_as_written(catalog: Catalog, folder: Path) -> None:
    """Hold each cell of the catalog against what another reader finds in the file."""
    for name, table in BY_NAME.items():
        with (folder / table.path).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        frame = getattr(catalog, name)
        assert len(frame) == len(rows)
        for field in table.fields:
            for cell, row in zip(frame[field.name], rows, strict=True):
                text = row[field.name]
                if field.type == "date":
                    assert f"{cell:%Y-%m-%d}" == text
                elif field.dtype == "str":
                    assert cell == text
                else:
                    assert cell == float(text) if text else cell != cell


def _load_or_problems(folder: Path) -> tuple[Catalog | None, list[Problem]]:
    try:
        return load(folder), []
    except EvidenceError as error:
        return None, error.problems


@SLOW_FILES
@given(mutation=mutations())
def test_a_changed_cell(sample_folder: Path, mutation: tuple[str, int, str, str]) -> None:
    name, row, column, text = mutation
    rows = evidence_tables()[name]
    rows[row][column] = text
    path = sample_folder / PATHS[name]
    usual = path.read_bytes()
    try:
        write_table(path, HEADERS[name], rows)
        catalog, problems = _load_or_problems(sample_folder)
        if catalog is not None:
            _assert_read_as_written(catalog, sample_folder)
        else:
            assert any(problem.level == "error" for problem in problems)
            assert all(problem.file in PATHS.values() and problem.row for problem in problems)
    finally:
        path.write_bytes(usual)


@SLOW_FILES
@given(name=st.sampled_from(sorted(HEADERS)), place=st.floats(0, 1), new=st.binary(min_size=0, max_size=4))
def test_a_changed_byte(sample_folder: Path, name: str, place: float, new: bytes) -> None:
    path = sample_folder / PATHS[name]
    usual = path.read_bytes()
    position = int(place * (len(usual) - 1))
    try:
        path.write_bytes(usual[:position] + new + usual[position + 1 :])
        _, problems = _load_or_problems(sample_folder)
        assert all(problem.row for problem in problems)
    finally:
        path.write_bytes(usual)


@pytest.mark.parametrize("name", ["observations", "sources", "targets", "gaps"])
def test_a_file_cut_anywhere_is_refused_or_a_whole_number_of_records(sample_folder: Path, name: str) -> None:
    path = sample_folder / PATHS[name]
    usual = path.read_bytes()
    for length in range(0, len(usual), max(1, len(usual) // 23)):
        path.write_bytes(usual[:length])
        catalog, _ = _load_or_problems(sample_folder)
        assert catalog is None or usual[:length].endswith(b"\n")

"""The data package loads with its declared keys into other people's programs, cell by cell the same."""

from __future__ import annotations

import runpy
import shutil
from pathlib import Path

import pytest
from synthetic import evidence_tables, write_evidence

from qualitybook.evidence.reading import write_descriptor

TOOL = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "interoperability.py"))


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return a site whose tasks have numbers that are no numbers, and some of whose fields are empty."""
    tables = evidence_tables()
    tables["tasks"][0]["number"] = "1.10"
    folder = write_evidence(tmp_path / "site" / "data", **tables)
    write_descriptor(folder)
    return tmp_path / "site"


@pytest.mark.parametrize(
    ("check", "needs"),
    [("in_sqlite", ""), ("in_duckdb", "duckdb"), ("in_polars", "polars"), ("in_frictionless", "frictionless")],
)
def test_every_cell_is_the_same(site: Path, tmp_path: Path, check: str, needs: str) -> None:
    if needs:
        pytest.importorskip(needs, reason="make interop installs it")
    for seen in TOOL[check](site, tmp_path):
        assert seen.held, seen.seen


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_r_reads_and_writes_every_cell(site: Path, tmp_path: Path) -> None:
    (seen,) = TOOL["in_r"](site, tmp_path)
    assert seen.held, seen.seen


def test_a_number_of_a_task_stays_text(site: Path) -> None:
    tasks = next(table for table in TOOL["resources"](site / "data") if table.name == "tasks")
    assert "1.10" in [cell for row in tasks.rows for cell in row]


def test_a_cell_that_changed_is_seen(site: Path) -> None:
    tables = TOOL["resources"](site / "data")
    changed = {table.name: [list(row) for row in table.rows] for table in tables}
    row = changed["tasks"][0]
    row[row.index("1.10")] = "1.1"
    seen, held = TOOL["compared"](tables, lambda table: changed[table.name])
    assert (seen, held) == ("other cells in tasks", False)

"""Evidence with one mistake in it: refused with file and line, or read as it is written (`make fuzz`: many more)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from mutants import Mutant, fate_of, make_mutant, tables_checked_once
from synthetic import PATHS, write_evidence

from qualitybook.evidence import EvidenceError, load

SEED = 20251231
SHORT_RUN = 60


@pytest.fixture(autouse=True)
def _unchanged_tables_are_checked_once() -> Iterator[None]:
    with tables_checked_once():
        yield


def test_mutants_are_refused_with_file_and_line_or_read_as_written(sample_folder: Path) -> None:
    accepted, faults = 0, []
    for number in range(SHORT_RUN):
        mutant = make_mutant(sample_folder, SEED, number)
        fate = fate_of(mutant, sample_folder)
        accepted += fate.accepted
        faults += [f"mutant {number} of seed {SEED}, {mutant.table}, {mutant.deed}: {fault}" for fault in fate.faults]
    assert faults == []
    # A run in which all are refused, or none is, tells nothing.
    assert SHORT_RUN / 20 < accepted < SHORT_RUN * 19 / 20


def test_the_same_seed_gives_the_same_mutant(sample_folder: Path) -> None:
    assert make_mutant(sample_folder, 1, 7) == make_mutant(sample_folder, 1, 7) != make_mutant(sample_folder, 2, 7)


def test_a_value_read_otherwise_than_written_is_a_fault(sample_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = (sample_folder / PATHS["observations"]).read_bytes()

    class Off(float):
        def __new__(cls, text: str) -> float:
            return float(text) + 0.01

    monkeypatch.setattr("qualitybook.evidence.catalog.float", Off, raising=False)
    fate = fate_of(Mutant("observations", "nothing", usual), sample_folder)
    assert fate.accepted
    assert any("[value]" in fault for fault in fate.faults)


@pytest.mark.parametrize("name", ["editions", "targets"])
def test_a_book_needs_an_edition_and_a_target(tmp_path: Path, name: str) -> None:
    """Without the tables that hang on them, so that nothing else is wrong."""
    hanging = {table: [] for table in ("target_evidence", "gaps") if name == "targets"}
    folder = write_evidence(tmp_path / "data", **{name: []}, **hanging)
    with pytest.raises(EvidenceError) as error:
        load(folder)
    assert [(problem.file, problem.row, problem.code) for problem in error.value.problems] == [
        (PATHS[name], 1, "edition_missing" if name == "editions" else "table_empty")
    ]


@pytest.mark.parametrize("name", ["observations", "sources", "targets", "gaps"])
def test_a_file_cut_anywhere_is_refused_or_a_whole_number_of_records(sample_folder: Path, name: str) -> None:
    path = sample_folder / PATHS[name]
    usual = path.read_bytes()
    for length in range(0, len(usual), max(1, len(usual) // 23)):
        path.write_bytes(usual[:length])
        try:
            load(sample_folder)
        except EvidenceError:
            continue
        assert usual[:length].endswith(b"\n")

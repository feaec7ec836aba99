"""Imports are listed, and the last one is taken back byte for byte. The figures are made up."""

from __future__ import annotations

import csv
import os
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from intake_files import FIGURE
from small_project import contents
from synthetic import observation, write_table

from qualitybook import cli
from qualitybook.evidence.history import HISTORY, undo
from qualitybook.evidence.schema import OBSERVATIONS
from qualitybook.evidence.store import recover


def run(folder: Path, *arguments: object) -> Result:
    told = [str(argument) for argument in (*arguments, "--data", folder)]
    return CliRunner().invoke(cli.main, told, catch_exceptions=False)


def take_in(folder: Path, path: Path, period: str, value: str) -> None:
    row = observation("goods_pass_rate", "sample_province", period, value, "yearbook-2026", locator=FIGURE["locator"])
    write_table(path, OBSERVATIONS.header, [row])
    done = run(folder, "intake", "import", path, "--accept-doubts")
    assert done.exit_code == 0, done.output


def tables(folder: Path) -> dict[str, bytes]:
    return {name: data for name, data in contents(folder).items() if not name.startswith(".")}


def test_imports_are_listed_and_taken_back_one_after_the_other(sample_folder: Path, tmp_path: Path) -> None:
    states = [tables(sample_folder)]
    for period, value in (("2025", "94.9"), ("2012", "92.0")):
        take_in(sample_folder, tmp_path / f"new{period}.csv", period, value)
        states.append(tables(sample_folder))
    listed = run(sample_folder, "intake", "log").output.splitlines()
    today = date.today().isoformat()
    assert listed == [
        f"{number}  {today}  new{year}.csv  Added 1 figure and no other rows."
        for number, year in ((2, 2012), (1, 2025))
    ]
    for state in reversed(states[:-1]):
        done = run(sample_folder, "intake", "undo")
        assert done.exit_code == 0, done.output
        assert tables(sample_folder) == state
    assert run(sample_folder, "intake", "log").output == "No import is known here.\n"
    nothing = run(sample_folder, "intake", "undo")
    assert (nothing.exit_code, "no import to take back" in nothing.stderr) == (1, True)


def test_a_new_figure_carries_its_day_and_old_rows_none(sample_folder: Path, tmp_path: Path) -> None:
    take_in(sample_folder, tmp_path / "new.csv", "2025", "94.9")
    with (sample_folder / "observations.csv").open(encoding="utf-8", newline="") as file:
        days = [row["recorded"] for row in csv.DictReader(file)]
    assert (days[-1], set(days[:-1])) == (date.today().isoformat(), {""})
    take_in(sample_folder, tmp_path / "new.csv", "2025", "94.9")
    assert len(run(sample_folder, "intake", "log").output.splitlines()) == 1


def test_an_import_is_not_taken_back_over_later_changes(sample_folder: Path, tmp_path: Path) -> None:
    take_in(sample_folder, tmp_path / "new.csv", "2025", "94.9")
    path = sample_folder / "observations.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",95.96,", ",95.97,"), encoding="utf-8")
    before = contents(sample_folder)
    refused = run(sample_folder, "intake", "undo")
    assert refused.exit_code == 1
    assert "observations.csv changed after the import of new.csv" in refused.stderr
    assert contents(sample_folder) == before


def test_a_kill_while_an_import_is_taken_back_is_made_good(
    sample_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tables(sample_folder)
    take_in(sample_folder, tmp_path / "new.csv", "2025", "94.9")
    real = os.replace

    def killed(source: Path, target: Path) -> None:
        if Path(target).name == "observations.csv":
            raise KeyboardInterrupt
        real(source, target)

    monkeypatch.setattr(os, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        undo(sample_folder)
    monkeypatch.undo()
    assert recover(sample_folder)
    assert tables(sample_folder) == before
    assert not list((sample_folder / HISTORY).rglob("import.json"))

"""Imports are listed, and the last one is taken back byte for byte. The figures are made up."""

from __future__ import annotations

import csv
import json
import os
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from intake_files import FIGURE
from small_project import contents
from synthetic import observation, write_table

from qualitybook import cli
from qualitybook.evidence import history
from qualitybook.evidence.history import undo
from qualitybook.evidence.schema import OBSERVATIONS
from qualitybook.evidence.store import JOURNAL, STAGING, StoreError, recover, replace_files
from qualitybook.paths import HISTORY


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
    assert (nothing.exit_code, "nothing to take back: no import" in nothing.stderr) == (1, True)


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


def note(folder: Path, values: object) -> None:
    path = folder / HISTORY / "0001" / "import.json"
    path.parent.mkdir(parents=True)
    path.write_text(values if isinstance(values, str) else json.dumps(values), encoding="utf-8")


def made_up(**values: object) -> dict[str, object]:
    return {"number": 1, "day": "2031-01-01", "file": "a.csv", "told": "", "after": {}, "new": [], **values}


@pytest.mark.parametrize("values", [{"a": 1}, "", [], "null", made_up(number="1"), made_up(number=2), made_up(day=3)])
def test_a_note_that_is_none_is_one_clear_error(sample_folder: Path, values: object) -> None:
    note(sample_folder, values)
    for command in ("log", "undo"):
        told = run(sample_folder, "intake", command)
        assert told.exit_code == 1
        assert told.stderr.startswith(f"{sample_folder.as_posix()}/{HISTORY}/0001/import.json is no note of an import")


@pytest.mark.parametrize("place", ["absolute", "../kept.txt", "plan/../../kept.txt", "book.toml"])
def test_no_file_but_tables_is_deleted_by_a_note_or_a_journal(sample_folder: Path, place: str) -> None:
    kept = sample_folder.parent / "kept.txt"
    kept.write_text("x", encoding="utf-8")
    path = str(kept) if place == "absolute" else place
    digest = history._digest((sample_folder / path).read_bytes())
    note(sample_folder, made_up(after={path: digest}, new=[path]))
    assert run(sample_folder, "intake", "undo").exit_code == 1
    journal = sample_folder / STAGING / JOURNAL
    journal.parent.mkdir()
    journal.write_text(json.dumps({path: False}), encoding="utf-8")
    refused = run(sample_folder, "intake", "recover")
    assert (refused.exit_code, f"remove the folder {STAGING}" in refused.stderr) == (1, True)
    assert (sample_folder / path).is_file()


def test_no_journal_deletes_through_a_link(sample_folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept.txt").write_text("x", encoding="utf-8")
    (sample_folder / HISTORY).symlink_to(elsewhere)
    (sample_folder / STAGING).mkdir()
    (sample_folder / STAGING / JOURNAL).write_text(json.dumps({f"{HISTORY}/kept.txt": False}), encoding="utf-8")
    assert run(sample_folder, "intake", "recover").exit_code == 1
    assert (elsewhere / "kept.txt").is_file()


@pytest.mark.parametrize("path", [STAGING, "plan", HISTORY])
def test_no_change_is_written_through_a_link_that_leads_out(sample_folder: Path, tmp_path: Path, path: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "plan").mkdir(parents=True)
    for name in ("observations.csv", "targets.csv", "plan/targets.csv"):
        (elsewhere / name).write_text("kept", encoding="utf-8")
    if path == "plan":
        (sample_folder / path).rename(tmp_path / "plan")
    (sample_folder / path).symlink_to(elsewhere)
    before = {name: name.read_bytes() for name in (*elsewhere.rglob("*.csv"), sample_folder / "observations.csv")}
    with pytest.raises(StoreError, match=r"leads to .*elsewhere.*, outside of the evidence folder"):
        replace_files(
            sample_folder, dict.fromkeys(("observations.csv", "plan/targets.csv", f"{HISTORY}/a.csv"), b"new")
        )
    assert {
        name: name.read_bytes() for name in (*elsewhere.rglob("*.csv"), sample_folder / "observations.csv")
    } == before
    assert not (sample_folder / STAGING / JOURNAL).exists()


@pytest.mark.parametrize("text", ["", "[1]", '{"": false}', "nothing"])
def test_a_journal_that_is_none_is_one_clear_error(sample_folder: Path, text: str) -> None:
    journal = sample_folder / STAGING / JOURNAL
    journal.parent.mkdir()
    journal.write_text(text, encoding="utf-8")
    refused = run(sample_folder, "intake", "recover")
    assert (refused.exit_code, "is no journal of a change" in refused.stderr) == (1, True)


def test_the_oldest_import_goes_with_the_one_that_is_too_many(
    sample_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "_KEPT", 1)
    take_in(sample_folder, tmp_path / "new.csv", "2025", "94.9")
    before = contents(sample_folder)
    real = history.replace_files

    def full(folder: Path, files: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("qualitybook.evidence.intake.merge.replace_files", full)
    row = observation("goods_pass_rate", "sample_province", "2012", "92.0", "yearbook-2026", locator=FIGURE["locator"])
    write_table(tmp_path / "more.csv", OBSERVATIONS.header, [row])
    assert run(sample_folder, "intake", "import", tmp_path / "more.csv", "--accept-doubts").exit_code == 1
    assert contents(sample_folder) == before
    monkeypatch.setattr("qualitybook.evidence.intake.merge.replace_files", real)
    take_in(sample_folder, tmp_path / "more.csv", "2012", "92.0")
    assert [path.name for path in (sample_folder / HISTORY).iterdir()] == ["0002"]

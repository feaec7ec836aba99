"""Taking in figures: what is added, beside what, and what a fault at any moment leaves. All figures are invented."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import pytest
from intake_files import FIGURE, FIRST, SOURCE, good_book, put, taken_in
from synthetic import write_table

from qualitybook.evidence import load
from qualitybook.evidence.check import check
from qualitybook.evidence.intake import Intake, wanted
from qualitybook.evidence.schema import OBSERVATIONS
from qualitybook.evidence.store import BusyError, locked, recover


def intake_of(folder: Path, path: Path, **cells: object) -> Intake:
    """Return what the good workbook with these cells does."""
    book = good_book()
    put(book["observations"], FIRST, **cells)
    book.save(path)
    return taken_in(folder, path)


def csv_text(separator: str = ",") -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, OBSERVATIONS.header, delimiter=separator, lineterminator="\r\n")
    writer.writeheader()
    writer.writerow({**FIGURE, "source_id": "yearbook-2026", "note_zh": "虚构", "note_en": "invented"})
    return out.getvalue()


def test_a_figure_is_appended_and_nothing_else_changes(sample_folder: Path, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in sample_folder.glob("*.csv")}
    made = intake_of(sample_folder, tmp_path / "figures.xlsx")
    assert made.refusals(accept_doubts=False) == []
    made.write()
    after = {path.name: path.read_bytes() for path in sample_folder.glob("*.csv")}
    assert {name for name in after if after[name] != before[name]} == {"observations.csv", "sources.csv"}
    added = after["observations.csv"].removeprefix(before["observations.csv"]).decode("utf-8")
    assert added == "goods_pass_rate,sample_city,2026,96.10,exact,1000,961,yearbook-2027,正文,A,1,,,,,,,,\n"
    assert not [problem for problem in check(sample_folder) if problem.level == "error"]


def test_a_file_without_the_newer_columns_gets_them_with_its_first_new_figure(
    sample_folder: Path, tmp_path: Path
) -> None:
    newer = {"complete", "status", "each_year"}
    old = [name for name in OBSERVATIONS.header if name not in newer]
    path = sample_folder / "observations.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    write_table(path, old, [{name: row[name] for name in old} for row in rows])
    intake_of(sample_folder, tmp_path / "figures.xlsx").write()
    after = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert list(after[0]) == OBSERVATIONS.header
    assert after[:-1] == rows
    assert not [problem for problem in check(sample_folder) if problem.level == "error"]


def test_a_number_counts_as_printed_the_way_it_is_shown(sample_folder: Path, tmp_path: Path) -> None:
    book = good_book()
    book["observations"]["D3"].value = 96.1
    book["observations"]["D3"].number_format = "0.00"
    book.save(tmp_path / "figures.xlsx")
    (figure,) = [
        change
        for change in taken_in(sample_folder, tmp_path / "figures.xlsx").added
        if change.before == () and change.entry.table is OBSERVATIONS
    ]
    assert figure.entry.cells["value"] == "96.10"


def test_a_contradiction_is_kept_beside_as_a_revision(sample_folder: Path, tmp_path: Path) -> None:
    before = (sample_folder / "observations.csv").read_bytes()
    made = intake_of(sample_folder, tmp_path / "f.xlsx", period="2025", value="96.20", n=None, passed=None)
    (change,) = [change for change in made.changes if change.entry.table is OBSERVATIONS]
    assert (change.kind, change.before, change.entry.cells["preferred"]) == ("revision", ("95.96",), "0")
    made.write()
    assert (sample_folder / "observations.csv").read_bytes().startswith(before)


def test_the_mark_moves_where_no_edition_chooses_otherwise(sample_folder: Path, tmp_path: Path) -> None:
    cells = {"period": "2025", "value": "96.20", "n": None, "passed": None, "preferred": "1"}
    made = intake_of(sample_folder, tmp_path / "f.xlsx", **cells)
    assert made.refusals(accept_doubts=True) == []
    made.write()
    own = load(sample_folder).observations_of("goods_pass_rate", "sample_city")
    rows = own[own["period"] == "2025"].set_index("source_id")["preferred"]
    assert rows.to_dict() == {"yearbook-2026": 0, "yearbook-2027": 1}


def test_the_mark_stays_where_an_edition_would_choose_otherwise(sample_folder: Path, tmp_path: Path) -> None:
    path = sample_folder / "observations.csv"
    rival = "goods_pass_rate,sample_city,2025,95.00,exact,,,press-2025,报道,A,0,,,,,,,,\n"
    path.write_text(path.read_text(encoding="utf-8") + rival, encoding="utf-8")
    source = sample_folder / "sources.csv"
    source.write_text(
        source.read_text(encoding="utf-8").replace("样例日报,press,,", "样例日报,press,2026-06-01,"), encoding="utf-8"
    )
    text = path.read_text(encoding="utf-8").replace("yearbook-2026,正文,A,1", "yearbook-2026,正文,B,1")
    path.write_text(text, encoding="utf-8")
    cells = {"period": "2025", "value": "96.20", "n": None, "passed": None, "preferred": "1"}
    made = intake_of(sample_folder, tmp_path / "f.xlsx", **cells)
    assert [(fault.place, fault.code) for fault in made.refusals(accept_doubts=True)] == [
        ("observations!K3", "mark_changes_edition")
    ]


def test_what_is_there_already_is_not_added_again(sample_folder: Path, tmp_path: Path) -> None:
    intake_of(sample_folder, tmp_path / "figures.xlsx").write()
    again = taken_in(sample_folder, tmp_path / "figures.xlsx")
    assert [change.kind for change in again.changes] == ["present", "present"]
    assert again.added == ()
    assert again.files == {}


@pytest.mark.parametrize(
    ("encoding", "separator"), [("utf-8", ","), ("utf-8-sig", ";"), ("gb18030", ","), ("utf-16", "\t")]
)
def test_csv_as_spreadsheets_write_it(sample_folder: Path, tmp_path: Path, encoding: str, separator: str) -> None:
    (tmp_path / "figures.csv").write_bytes(csv_text(separator).encode(encoding))
    (change,) = taken_in(sample_folder, tmp_path / "figures.csv").added
    assert (change.entry.cells["note_zh"], change.entry.places["value"]) == ("虚构", "D2")


def test_editions_that_see_the_figure_are_named(sample_folder: Path, tmp_path: Path) -> None:
    book = good_book()
    put(book["observations"], FIRST, period="2012", value="90.1", n=None, passed=None, preferred="1")
    put(book["sources"], FIRST, published="2025-01-01")
    book.save(tmp_path / "f.xlsx")
    assert taken_in(sample_folder, tmp_path / "f.xlsx").touched == {"2024": 1, "2025": 1}


@pytest.mark.parametrize("replaced", [0, 1, 2])
def test_a_kill_after_the_journal_is_made_good(
    sample_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, replaced: int
) -> None:
    made = intake_of(sample_folder, tmp_path / "figures.xlsx")
    real, done = os.replace, []

    def killed(source: Path, target: Path) -> None:
        if not str(target).endswith("journal.json"):
            if len(done) == replaced:
                raise KeyboardInterrupt
            done.append(target)
        real(source, target)

    monkeypatch.setattr(os, "replace", killed)
    if replaced < len(made.files):
        with pytest.raises(KeyboardInterrupt):
            made.write()
        assert [problem.code for problem in check(sample_folder) if problem.level == "error"] == ["change_interrupted"]
    else:
        made.write()
    monkeypatch.undo()
    assert recover(sample_folder) == (replaced < len(made.files))
    assert {path: (sample_folder / path).read_bytes() for path in made.files} == dict(made.files)
    assert not (sample_folder / ".intake").exists()


def test_a_full_disk_before_the_journal_changes_nothing(
    sample_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = intake_of(sample_folder, tmp_path / "figures.xlsx")
    before = {path: path.read_bytes() for path in sample_folder.rglob("*.csv")}

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        made.write()
    assert {path: path.read_bytes() for path in sample_folder.rglob("*.csv")} == before
    assert not (sample_folder / ".intake").exists()


def test_two_commands_do_not_write_at_once(sample_folder: Path, tmp_path: Path) -> None:
    made = intake_of(sample_folder, tmp_path / "figures.xlsx")
    with locked(sample_folder), pytest.raises(BusyError, match="another command"):
        made.write()


def test_the_wanted_figures_follow_the_last_known(sample_folder: Path) -> None:
    found = wanted(load(sample_folder), target="research")
    assert [(figure.indicator_id, figure.region_id, figure.period) for figure in found] == [
        ("research_intensity", "sample_city", "2025"),
        ("research_intensity", "sample_city", "2026"),
    ]


def test_a_source_is_written_with_all_its_cells(sample_folder: Path, tmp_path: Path) -> None:
    intake_of(sample_folder, tmp_path / "figures.xlsx").write()
    source = load(sample_folder).source("yearbook-2027")
    assert (source.title, source.access_kind, source.url) == (SOURCE["title"], "original", SOURCE["url"])

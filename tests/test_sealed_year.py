"""A year's round with a correction, a withdrawal and an erratum: every sealed byte stays, and what was done is said.

The small project of the tests is built and published for real; its figures are made up.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner
from small_project import build_here, contents, write_project
from synthetic import HEADERS, PATHS, Row, evidence_tables, observation, write_table

from qualitybook.cli import main
from qualitybook.evidence import load


def run(*arguments: str) -> str:
    """Run the program in the folder that the test stands in, and return what it said."""
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    return done.output


def make(folder: Path) -> None:
    """Build the website in one language."""
    done = build_here(folder, "--html", "--lang", "zh", "--quiet")
    assert done.exit_code == 0, done.stderr


def change(folder: Path, name: str, key: str, **cells: str) -> None:
    """Change the cells of the row of a table whose first column is a key."""
    path = folder / "data" / PATHS[name]
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    first = HEADERS[name][0]
    write_table(path, HEADERS[name], [{**row, **(cells if row[first] == key else {})} for row in rows])


def year_of_2026(folder: Path) -> None:
    """Do what an editor does a year later: take in a figure, correct one, withdraw a source, write an erratum."""
    yearbook = next(row for row in evidence_tables()["sources"] if row["source_id"] == "yearbook-2026")
    source = {**yearbook, "source_id": "yearbook-2027", "published": "2027-05-20", "accessed": "2027-06-01"}
    write_table(folder / "sources.csv", HEADERS["sources"], [source])
    run("intake", "import", "sources.csv")
    new = observation("goods_pass_rate", "sample_city", "2026", "96.30", "yearbook-2027", recorded="")
    wrong = observation("goods_pass_rate", "sample_city", "2025", "95.77", "yearbook-2026", n="520", passed="498")
    corrects: Row = {**wrong, "corrects": "value, passed"}
    write_table(folder / "figures.csv", [*HEADERS["observations"], "corrects"], [new, corrects])
    run("intake", "import", "figures.csv", "--accept-doubts")
    change(folder, "sources", "press-2025", withdrawn="2026-12-01")
    erratum = {"edition": "2025", "number": "1", "day": "2027-06-02", "what_zh": "2025年合格率应为95.77%"}
    erratum |= {"what_en": "The pass rate of 2025 is 95.77%.", "why_zh": "录入有误", "why_en": "A slip of ours."}
    write_table(folder / "data/errata.csv", HEADERS["errata"], [erratum])
    run("edition", "new", "2026", "--as-of", "2027-06-30")


def test_a_year_leaves_every_sealed_byte_and_says_what_was_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, www = write_project(tmp_path / "project"), tmp_path / "www"
    monkeypatch.chdir(folder)
    make(folder)
    run("publish", str(www))
    published = contents(www)
    year_of_2026(folder)
    assert "Edition 2025 is sealed" in run("edition", "seal", "2025", "--from", str(www))
    make(folder)
    said = run("publish", str(www))
    assert "new      2026/zh" in said
    assert "sealed   2025" in said
    now, seal = contents(www), load(folder / "data").seals["2025"]
    assert any(name.startswith("2025/zh/indicators/") for name in seal.files)
    assert {name: now[name] for name in seal.files} == {name: published[name] for name in seal.files}
    notes, listed = now["2025/notes.html"].decode(), now["editions.html"].decode()
    for told in ("The pass rate of 2025 is 95.77%. A slip of ours.", "95.96 → 95.77", "withdrawn on"):
        assert told in notes
    assert "更正与后续发现（1）" in listed
    assert "95.77" in run("edition", "diff")
    assert "as published" in run("verify", str(www))
    told = run("edition", "rebuild", "2025", "--into", "again", "--html")
    assert "Verdicts: the same as published." in told
    assert "96.30" not in (folder / "again/evidence/observations.csv").read_text(encoding="utf-8")
    _make_a_later_one_again(folder, www)


def _make_a_later_one_again(folder: Path, www: Path) -> None:
    """An edition whose pages tell of a sealed one comes out the same; only its menu names no other edition."""
    run("edition", "new", "2027", "--as-of", "2028-06-30")
    run("edition", "seal", "2026", "--from", str(www))
    run("edition", "rebuild", "2026", "--into", "later", "--html")
    assert "seals/2025.zip" not in run("check", "--data", "later/evidence")
    made, published = contents(folder / "later/site"), contents(www)
    for name, data in made.items():
        if name.startswith("data/2026/"):
            assert data == published[name], name
        elif name.startswith("2026/") and name.endswith(("what-changed.html", "track-record.html", "summary.html")):
            assert article(data) == article(published[name]), name


def article(page: bytes) -> str:
    return page.decode().partition("<article")[2].partition("</article>")[0]

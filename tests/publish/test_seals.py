"""Sealed editions: what was published stays, byte for byte, and what is known later stands beside it. All made up."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from published_sites import write_manifest
from small_project import contents
from synthetic import PATHS, observation, write_table

from qualitybook import cli
from qualitybook.analysis.edition_diff import compare
from qualitybook.errors import RefusedError
from qualitybook.evidence import load, seals
from qualitybook.evidence.check import check
from qualitybook.evidence.schema import TABLES
from qualitybook.evidence.seals import EVIDENCE, packed, unpack
from qualitybook.publish.layout import REQUIRED
from qualitybook.publish.manifest import book_inputs, read_manifest
from qualitybook.publish.sealing import compared
from qualitybook.publish.site import Book, publish_site
from qualitybook.report import pages

ROOT = Path(__file__).parents[2]
TABLE = {table.name: table for table in TABLES}


def run(folder: Path, *arguments: object) -> Result:
    told = [str(argument) for argument in (*arguments, "--data", folder)]
    return CliRunner().invoke(cli.main, told, catch_exceptions=False)


def rows_of(folder: Path, name: str) -> list[dict[str, str]]:
    path = folder / PATHS[name]
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def put(folder: Path, name: str, rows: list[dict[str, str]]) -> None:
    write_table(folder / PATHS[name], TABLE[name].header, rows)


def write_book(site: Path, evidence: Path, edition: str, text: str = "as published") -> None:
    """Write a made-up edition in both languages beside what is on a site."""
    for lang in ("zh", "en"):
        (site / edition / lang).mkdir(parents=True, exist_ok=True)
        (site / edition / lang / "summary.html").write_text(f"{text} {lang}", encoding="utf-8")
    (site / edition / "notes.html").write_text("notes", encoding="utf-8")
    data = site / "data" / edition
    data.mkdir(parents=True, exist_ok=True)
    files = {name: content for name, content in contents(evidence).items() if not name.startswith((".", "seals"))}
    (data / EVIDENCE).write_bytes(packed(files))
    verdict = {"target_id": "goods-pass", "state": "open", "reason": None, "probability": 0.5, "level": "A"}
    (data / "assessments.json").write_text(json.dumps({"targets": [verdict]}), encoding="utf-8")
    (site / "index.html").write_text("entrance", encoding="utf-8")
    books = {f"{path.parent.name}/{path.name}": {"evidence": text} for path in site.glob("2*/*") if path.is_dir()}
    write_manifest(site, books)


@pytest.fixture
def www(sample_folder: Path, tmp_path: Path) -> Path:
    """Return where edition 2025 is published, with a later one in the evidence since."""
    folder = tmp_path / "server" / "www"
    write_book(folder, sample_folder, "2025")
    assert run(sample_folder, "edition", "new", "2026", "--as-of", "2027-06-30").exit_code == 0
    return folder


@pytest.fixture
def sealed(sample_folder: Path, www: Path) -> Path:
    """Return the evidence with a seal of edition 2025."""
    done = run(sample_folder, "edition", "seal", "2025", "--from", www)
    assert done.exit_code == 0, done.output
    return sample_folder


def test_a_seal_holds_what_the_edition_saw_and_every_page(sealed: Path, www: Path) -> None:
    catalog = load(sealed)
    seal, edition = catalog.seals["2025"], catalog.edition("2025")
    assert len(seal.figures) == len(catalog.as_of(edition.as_of).observations)
    assert seal.figures["goods_pass_rate sample_city 2025 yearbook-2026 -"][0] == "95.96"
    assert [verdict["state"] for verdict in seal.verdicts] == ["open"]
    assert "2025/zh/summary.html" in seal.files
    assert "2025/notes.html" not in seal.files
    assert (seal.languages, seal.version) == (("zh", "en"), "")
    listed = json.loads(run(sealed, "edition", "list", "--format", "json").output)
    assert [row["edition"] for row in listed if row["sealed"]] == ["2025"]


@pytest.mark.parametrize(
    ("edition", "spoilt", "said"),
    [
        ("2026", "", "is the current edition"),
        ("2024", "", "no edition '2024'"),
        ("2025", "2025/zh/summary.html", "2025/zh/summary.html in"),
    ],
)
def test_what_is_not_to_be_sealed(sample_folder: Path, www: Path, edition: str, spoilt: str, said: str) -> None:
    if spoilt:
        (www / spoilt).write_text("changed", encoding="utf-8")
    refused = run(sample_folder, "edition", "seal", edition, "--from", www)
    assert refused.exit_code == 1
    assert said in refused.stderr
    assert not (sample_folder / "seals").exists()


def test_another_book_of_the_same_edition_is_neither_sealed_nor_published_over_one(
    sample_folder: Path, www: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    write_book(other, sample_folder, "2025", "another book")
    for site, name in ((www, "sample-book"), (other, "another-book")):
        (site / "data" / "book.json").write_text(json.dumps({"name": name}), encoding="utf-8")
        write_manifest(site, read_manifest(site).books)
    refused = run(sample_folder, "edition", "seal", "2025", "--from", other)
    assert (refused.exit_code, "shows the book 'another-book'" in refused.stderr) == (1, True)
    assert not (sample_folder / "seals").exists()
    assert "is the book 'another-book'" in run(sample_folder, "publish", www, "--output", other).stderr
    assert (www / "2025" / "zh" / "summary.html").read_text(encoding="utf-8") == "as published zh"


@pytest.mark.parametrize("cells", [{"withdrawn": "2026-06-01"}, {"published": "2026-07-01"}])
def test_what_is_said_of_a_source_later_changes_no_sealed_edition(sealed: Path, cells: dict[str, str]) -> None:
    """Withdrawn, or published, on another day than was known: the edition of 2026-06-30 keeps the figures it saw."""
    edition = load(sealed).edition("2025")
    saw, said = load(sealed).seen_by(edition), run(sealed, "assess", "--edition", "2025", "--format", "json").output
    put(
        sealed,
        "sources",
        [row | (cells if row["source_id"] == "yearbook-2026" else {}) for row in rows_of(sealed, "sources")],
    )
    catalog = load(sealed)
    assert len(catalog.as_of(edition.as_of).observations) < len(saw.observations)
    assert catalog.seen_by(edition).observations["line"].tolist() == saw.observations["line"].tolist()
    assert run(sealed, "assess", "--edition", "2025", "--format", "json").output == said


def test_what_comes_later_stands_beside_it(sealed: Path) -> None:
    rows = rows_of(sealed, "observations")
    late = observation("goods_pass_rate", "sample_province", "2016", "92.0", "yearbook-2024", recorded="2027-05-01")
    wrong = next(row for row in rows if row["value"] == "95.96")
    right = {**wrong, "value": "95.90", "n": "", "passed": ""}
    put(sealed, "observations", [*(right if row is wrong else row for row in rows), late])
    catalog = load(sealed)
    edition = catalog.edition("2025")
    assert len(catalog.as_of(edition.as_of).observations) == len(catalog.seen_by(edition).observations) + 1
    since = catalog.since(edition)
    assert [catalog.texts()[line]["value"] for line in since.found] == ["92.0"]
    assert since.changed == {"goods_pass_rate sample_city 2025 yearbook-2026 -": "95.90"}
    found = compare(catalog, edition, catalog.edition("2026")).found
    assert "2016" in set(found["period"])
    told = json.loads(run(sealed, "edition", "diff", "--format", "json").output)
    assert [(row["published"], row["today"]) for row in told["corrected"]] == [("95.96", "95.90")]
    assert "95.90" in str(pages.WhatChangedPage(sealed, "2026", "zh", sealed.parent / "out").revised().data)
    warned = [problem for problem in check(sealed) if problem.code == "erratum_missing"]
    assert [problem.level for problem in warned] == ["warning"]
    erratum = {"edition": "2025", "number": "1", "day": "2027-05-02", "what_zh": "应为95.90", "what_en": "It is 95.90."}
    put(sealed, "errata", [{**erratum, "why_zh": "录入有误", "why_en": "A slip of ours.", "issue": ""}])
    assert [problem for problem in check(sealed) if problem.code == "erratum_missing"] == warned
    named = {"indicator_id": "goods_pass_rate", "period": "2025"}
    put(sealed, "errata", [{**row, **named} for row in rows_of(sealed, "errata")])
    assert not [problem for problem in check(sealed) if problem.code == "erratum_missing"]
    # Another figure that changes later is not covered by the erratum of the first.
    rows = rows_of(sealed, "observations")
    other = next(row for row in rows if row["indicator_id"] == "goods_pass_rate" and row["period"] == "2022")
    put(sealed, "observations", [{**row, "value": "90.0"} if row is other else row for row in rows])
    assert "1 figures" in next(problem.found for problem in check(sealed) if problem.code == "erratum_missing")


def test_a_seal_holds_what_its_goals_asked(sample_folder: Path, www: Path) -> None:
    path = www / "data" / "2025" / "assessments.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    told["targets"][0] |= {"rule": "at_least", "value": 95.0, "baseline_year": None}
    path.write_text(json.dumps(told), encoding="utf-8")
    write_manifest(www, {book: {"evidence": "as published"} for book in ("2025/zh", "2025/en")})
    assert run(sample_folder, "edition", "seal", "2025", "--from", www).exit_code == 0
    assert "seal_goal" not in {problem.code for problem in check(sample_folder)}
    goals = rows_of(sample_folder, "targets")
    put(sample_folder, "targets", [row | {"value": "94"} if row["value"] == "95" else row for row in goals])
    assert "seal_goal" in {problem.code for problem in check(sample_folder)}


def test_published_pages_of_a_sealed_edition_stay(sealed: Path, www: Path, tmp_path: Path) -> None:
    before = {
        name: data for name, data in contents(www).items() if name.startswith(("2025/zh", "2025/en", "data/2025"))
    }
    site = tmp_path / "_site"
    write_book(site, sealed, "2025", "made again")
    write_book(site, sealed, "2026", "new")
    done = run(sealed, "publish", www, "--output", site)
    assert done.exit_code == 0, done.output
    assert "sealed   2025: its published pages stay as they are, byte for byte" in done.output
    assert "new      2026/zh" in done.output
    after = contents(www)
    assert {name: after[name] for name in before} == before
    listed = after["editions.html"].decode()
    assert 'href="2025/notes.html"' in listed
    assert "封存" in after["2025/notes.html"].decode()
    assert run(sealed, "publish", www, "--withdraw", "2026").exit_code == 0
    assert {name: contents(www)[name] for name in before} == before


def test_other_pages_of_a_sealed_edition_are_not_published_anywhere(sealed: Path, tmp_path: Path) -> None:
    write_book(tmp_path / "_site", sealed, "2025", "made again")
    refused = run(sealed, "publish", tmp_path / "new", "--output", tmp_path / "_site")
    assert refused.exit_code == 1
    assert "2025 is sealed, and the site has other pages of it" in refused.stderr


def test_the_published_pages_can_be_brought_to_another_site(sealed: Path, www: Path, tmp_path: Path) -> None:
    done = run(sealed, "publish", tmp_path / "_site", "--output", www)
    assert done.exit_code == 0, done.output
    seal = load(sealed).seals["2025"]
    assert seal.files.keys() <= contents(tmp_path / "_site").keys()


def test_what_became_known_is_written_anew_beside_a_kept_edition(tmp_path: Path, sample_folder: Path) -> None:
    write_book(tmp_path / "_site", sample_folder, "2025")
    before = (tmp_path / "_site/2025/notes.html").read_bytes()
    html = tmp_path / "html"
    html.mkdir()
    (html / "summary.html").write_text("new", encoding="utf-8")

    def complete(root: Path, _: object) -> None:
        (root / "2025/notes.html").write_text("an erratum", encoding="utf-8")
        assert (tmp_path / "_site/2025/notes.html").read_bytes() == before

    publish_site(tmp_path / "_site", [Book("2026", "zh", html)], complete=complete)
    assert (tmp_path / "_site/2025/notes.html").read_text(encoding="utf-8") == "an erratum"
    assert read_manifest(tmp_path / "_site").differences(tmp_path / "_site") == []


def test_a_sealed_edition_is_not_built(sealed: Path) -> None:
    refused = run(sealed, "build", "--edition", "2025")
    assert refused.exit_code == 2
    assert "2025 is sealed" in refused.stderr
    assert f"qualitybook edition reissue 2025 --data {sealed}." in " ".join(refused.stderr.split())


def test_a_corrected_issue_has_a_number_and_the_first_stays(sealed: Path) -> None:
    done = run(sealed, "edition", "reissue", "2025")
    assert "Issue 2025-2, as of 2026-06-30." in done.output
    catalog = load(sealed)
    assert [each.edition for each in catalog.editions_in_order()] == ["2023", "2024", "2025", "2025-2", "2026"]
    assert run(sealed, "edition", "reissue", "2025-2").exit_code == 0
    refused = run(sealed, "edition", "reissue", "2025")
    assert refused.exit_code == 2
    assert "allowed: the last issue of an edition: 2023, 2024, 2025-3, 2026" in refused.stderr
    told = json.loads(run(sealed, "edition", "diff", "--format", "json").output)
    assert (told["before"]["edition"], told["now"]["edition"]) == ("2025-3", "2026")


def test_an_edition_that_was_issued_again_counts_once(sealed: Path) -> None:
    def record() -> pages.TrackRecordPage:
        return pages.TrackRecordPage(sealed, "2026", "en", sealed.parent / "out")

    before = record()
    assert run(sealed, "edition", "reissue", "2025").exit_code == 0
    again = record()
    assert [name for name, _day in again.earlier] == ["2023", "2024", "2025-2"]
    assert len(again.cases) == len(before.cases)


def test_numbers_of_issues_go_on_after_the_highest(sealed: Path) -> None:
    for last in ("2025", *(f"2025-{number}" for number in range(2, 10))):
        assert run(sealed, "edition", "reissue", last).exit_code == 0
    assert run(sealed, "edition", "remove", "2025-4").exit_code == 0
    assert run(sealed, "edition", "reissue", "2025-10").exit_code == 0
    issues = [each.edition for each in load(sealed).editions_in_order()][2:-1]
    assert issues == ["2025", *(f"2025-{number}" for number in (2, 3, 5, 6, 7, 8, 9, 10, 11))]
    rows = rows_of(sealed, "editions")
    put(sealed, "editions", [*rows[:3], rows[4], rows[3], *rows[5:]])
    assert "editions_order" in {problem.code for problem in check(sealed)}


def test_a_sealed_edition_goes_only_where_that_is_asked_for(sealed: Path, www: Path) -> None:
    write_book(www, sealed, "2026")
    before = contents(www), (sealed / "editions.csv").read_bytes()
    for refused in (run(sealed, "edition", "remove", "2025"), run(sealed, "publish", www, "--withdraw", "2025")):
        assert refused.exit_code == 2
        assert "2025 is sealed" in refused.stderr
    assert (contents(www), (sealed / "editions.csv").read_bytes()) == before
    assert run(sealed, "publish", www, "--withdraw", "2025", "--sealed").exit_code == 0
    assert "2025/zh/summary.html" not in contents(www)
    assert run(sealed, "edition", "remove", "2025", "--sealed").exit_code == 0
    assert [problem.file for problem in check(sealed) if problem.code == "seal_without_edition"] == ["seals/2025.json"]


@pytest.mark.parametrize(("spoilt", "said"), [(None, "no such file"), (b"PK", "not the evidence that was published")])
def test_evidence_of_a_seal_that_is_missing_or_changed_is_told(
    sealed: Path, tmp_path: Path, spoilt: bytes | None, said: str
) -> None:
    assert check(sealed) == []
    path = sealed / "seals/2025.zip"
    path.unlink() if spoilt is None else path.write_bytes(spoilt)
    (problem,) = check(sealed)
    assert (problem.file, problem.code, problem.level) == ("seals/2025.zip", "seal_archive", "warning")
    refused = run(sealed, "edition", "rebuild", "2025", "--into", tmp_path / "again")
    assert refused.exit_code in (1, 2)
    assert said in refused.stderr
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize(
    "spoilt",
    [
        "[]",
        "{}",
        "{",
        {"surplus": 1},
        {"figures": {"goods_pass_rate sample_city": ["1", "a"]}},
        {"figures": {"a b c d -": "1"}},
        {"as_of": "2025-13-01"},
        {"edition": "2024"},
        {"files": ["a"]},
    ],
)
def test_a_seal_that_is_none_is_a_problem(sealed: Path, spoilt: str | dict[str, object]) -> None:
    path = sealed / "seals/2025.json"
    values = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(spoilt if isinstance(spoilt, str) else json.dumps({**values, **spoilt}), encoding="utf-8")
    assert [problem.code for problem in check(sealed)] == ["seal_unreadable"]
    assert "2025.json" in run(sealed, "check").output


def test_verdicts_that_come_out_otherwise_are_named(sealed: Path, www: Path) -> None:
    seal = load(sealed).seals["2025"]
    assert compared(seal, www).verdicts == {}
    path = www / "data/2025/assessments.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"open"', '"met"'), encoding="utf-8")
    assert compared(seal, www).verdicts == {"goods-pass": ("open - 0.5 A", "met - 0.5 A")}


def test_a_sealed_edition_is_judged_by_what_it_saw(sealed: Path) -> None:
    def judged(edition: str) -> str:
        return run(sealed, "assess", "--edition", edition, "--format", "json", "--jobs", 1).output

    before = judged("2025"), judged("2026")
    late = observation("research_intensity", "sample_city", "2012", "9.9", "yearbook-2024", recorded="2027-05-01")
    put(sealed, "observations", [*rows_of(sealed, "observations"), late])
    after = judged("2025"), judged("2026")
    assert (after[0] == before[0], after[1] == before[1]) == (True, False)


def test_a_correction_that_turns_a_verdict_leaves_the_sealed_one_and_is_told_as_its_cause(sealed: Path) -> None:
    def judged() -> str:
        return run(sealed, "assess", "--edition", "2025", "--format", "json", "--jobs", 1).output

    before, rows = judged(), rows_of(sealed, "observations")
    wrong = next(row for row in rows if row["value"] == "95.96")
    right = {**wrong, "value": "94.10", "n": "", "passed": ""}
    put(sealed, "observations", [right if row is wrong else row for row in rows])
    seen = load(sealed).seen_by(load(sealed).edition("2025")).observations
    (row,) = seen[seen["line"] == rows.index(wrong) + 2].to_dict("records")
    assert (row["value"], row["value_text"], row["decimals"]) == (95.96, "95.96", 2)
    states = [json.loads(told)["targets"][0]["state"] for told in (before, judged())]
    assert states == ["met", "met"]
    (move,) = [
        move
        for move in json.loads(run(sealed, "edition", "diff", "--format", "json").output)["moved"]
        if move["target_id"] == "goods-pass"
    ]
    assert (move["why"], move["before"]["state"], move["now"]["state"]) == ("corrected", "met", "not_met")
    told = run(sealed, "edition", "diff", "--lang", "en").output
    assert "Figures published then and corrected since moved it." in told


def test_what_a_command_leaves_beside_the_evidence_is_no_part_of_a_book(sealed: Path) -> None:
    before = book_inputs(ROOT, sealed, REQUIRED)
    (sealed / ".intake.lock").write_text("1", encoding="utf-8")
    (sealed / "wide").mkdir()
    (sealed / "wide/yearbook.toml").write_text("", encoding="utf-8")
    assert book_inputs(ROOT, sealed, REQUIRED) == before
    put(sealed, "editions", rows_of(sealed, "editions")[1:])
    assert book_inputs(ROOT, sealed, REQUIRED) != before


def test_an_edition_that_came_later_shows_a_sealed_one_by_what_that_saw(sealed: Path) -> None:
    def shown() -> tuple[str, int, object]:
        track = pages.TrackRecordPage(sealed, "2026", "en", sealed.parent / "out")
        then = pages.SummaryPage(sealed, "2025", "en", sealed.parent / "out")
        return track.cases.query("origin == '2025'").to_csv(), len(then.catalog.observations), then.assessments[1]

    old = next(row for row in rows_of(sealed, "sources") if row["source_id"] == "yearbook-2026")
    new = {**old, "source_id": "yearbook-2027", "published": "2027-05-20", "accessed": "2027-06-01"}
    put(sealed, "sources", [*rows_of(sealed, "sources"), new])
    outcome = observation("goods_pass_rate", "sample_city", "2026", "96.3", "yearbook-2027")
    put(sealed, "observations", [*rows_of(sealed, "observations"), outcome])
    before = shown()
    assert "goods_pass_rate" in before[0]
    late = [
        observation(indicator, "sample_city", "2012", value, "yearbook-2024", recorded="2027-05-01")
        for indicator, value in (("research_intensity", "9.9"), ("goods_pass_rate", "70.0"))
    ]
    put(sealed, "observations", [*rows_of(sealed, "observations"), *late])
    after = shown()
    assert after[:2] == before[:2]
    assert after[2].record() == before[2].record()


def test_an_archive_that_is_none_or_fills_the_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "2031.zip"
    archive.write_bytes(packed({"observations.csv": bytes(2_000)}))
    unpack(archive, tmp_path / "taken")
    assert (tmp_path / "taken/observations.csv").read_bytes() == bytes(2_000)
    monkeypatch.setattr(seals, "_MOST_UNPACKED", 1_000)
    with pytest.raises(RefusedError, match=r"2031\.zip: .* when unpacked; bring it back"):
        unpack(archive, tmp_path / "again")
    archive.write_bytes(b"none")
    with pytest.raises(RefusedError, match=r"2031\.zip: no archive of evidence; bring it back"):
        unpack(archive, tmp_path / "again")
    assert not (tmp_path / "again").exists()

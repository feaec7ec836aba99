"""Taking in figures: what is added, beside what, and what a fault at any moment leaves. All figures are invented."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import pytest
from intake_files import FIGURE, FIRST, SOURCE, good_book, put, taken_in
from synthetic import evidence_tables, observation, write_evidence, write_table

from qualitybook.errors import StoreError
from qualitybook.evidence import Catalog, Problem, chosen, load
from qualitybook.evidence.catalog import checked
from qualitybook.evidence.check import check
from qualitybook.evidence.intake import Change, Intake, IntakeError, merge, wanted
from qualitybook.evidence.intake.sheets import MOST_ROWS
from qualitybook.evidence.reading import RawTable
from qualitybook.evidence.schema import OBSERVATIONS
from qualitybook.evidence.store import locked, recover


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
    empty = "," * (len(OBSERVATIONS.header) - len("12345678901"))
    assert added == f"goods_pass_rate,sample_city,2026,96.10,exact,1000,961,yearbook-2027,正文,A,1{empty}\n"
    assert not [problem for problem in check(sample_folder) if problem.level == "error"]


def test_a_file_without_the_newer_columns_gets_them_with_its_first_new_figure(
    sample_folder: Path, tmp_path: Path
) -> None:
    newer = {field.name for field in OBSERVATIONS.fields if field.may_lack}
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


def with_rival(folder: Path) -> None:
    """Add a second source for 2025 that edition 2025 would choose if the first one lost its mark."""
    path = folder / "observations.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    marked = next(row for row in rows if (row["period"], row["source_id"]) == ("2025", "yearbook-2026"))
    marked["grade"] = "B"
    rival = observation("goods_pass_rate", "sample_city", "2025", "95.00", "press-2025", preferred="0", locator="报道")
    write_table(path, OBSERVATIONS.header, [*rows, rival])
    source = folder / "sources.csv"
    text = source.read_text(encoding="utf-8").replace("样例日报,press,,", "样例日报,press,2026-06-01,")
    source.write_text(text, encoding="utf-8")


def used(folder: Path, edition: str, period: str = "2025") -> str:
    """Return the figure that an edition uses."""
    catalog = load(folder)
    seen = chosen(catalog.as_of(catalog.edition(edition).as_of).observations_of("goods_pass_rate", "sample_city"))
    return str(seen.loc[seen["period"] == period, "value_text"].iloc[0])


def test_a_mark_is_added_above_where_an_edition_would_choose_otherwise(sample_folder: Path, tmp_path: Path) -> None:
    """Until now such a figure was refused, and no later edition could use it."""
    with_rival(sample_folder)
    assert used(sample_folder, "2025") == "95.96"
    cells = {"period": "2025", "value": "96.20", "n": None, "passed": None, "preferred": "1"}
    made = intake_of(sample_folder, tmp_path / "f.xlsx", **cells)
    assert made.refusals(accept_doubts=True) == []
    made.write()
    own = load(sample_folder).observations_of("goods_pass_rate", "sample_city")
    rows = own[own["period"] == "2025"].set_index("source_id")["preferred"]
    assert rows.to_dict() == {"yearbook-2026": 1, "press-2025": 0, "yearbook-2027": 2}
    assert used(sample_folder, "2025") == "95.96"
    editions = sample_folder / "editions.csv"
    before = editions.read_text(encoding="utf-8").replace(",current,", ",archived,")
    editions.write_text(before + "2026,2027-06-30,2025,current,\n", encoding="utf-8")
    assert used(sample_folder, "2026") == "96.20"


def figure_of(made: Intake) -> Change:
    (change,) = [change for change in made.changes if change.is_figure]
    return change


REVISED = {"period": "2025", "value": "96.20", "n": None, "passed": None}


@pytest.mark.parametrize(
    ("old", "new", "is_used"),
    [
        ("provisional", "verified", True),
        ("provisional", "revised", True),
        ("", "verified", True),
        ("revised", "verified", True),
        ("verified", "revised", False),
        ("verified", "", False),
        ("provisional", "", False),
        ("", "", False),
    ],
)
def test_a_later_release_replaces_an_earlier_one_and_the_import_says_so(
    sample_folder: Path, tmp_path: Path, old: str, new: str, is_used: bool
) -> None:
    path = sample_folder / "observations.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    next(row for row in rows if (row["period"], row["source_id"]) == ("2025", "yearbook-2026"))["status"] = old
    write_table(path, OBSERVATIONS.header, rows)
    made = intake_of(sample_folder, tmp_path / "f.xlsx", **REVISED, status=new)
    assert figure_of(made).used == (("96.20", "yearbook-2027") if is_used else ("95.96", "yearbook-2026"))
    made.write()
    assert used(sample_folder, "2025") == "95.96"
    marks = load(sample_folder).observations_of("goods_pass_rate", "sample_city").set_index("source_id")["preferred"]
    assert marks["yearbook-2027"] == int(is_used)


def test_nothing_is_said_of_use_where_a_period_has_one_figure(sample_folder: Path, tmp_path: Path) -> None:
    assert figure_of(intake_of(sample_folder, tmp_path / "f.xlsx")).used is None


KNOWN = {"period": "2017", "n": None, "passed": None, "source_id": "yearbook-2023", "grade": "B"}


def test_a_row_that_is_there_is_corrected_where_it_says_so(sample_folder: Path, tmp_path: Path) -> None:
    before = (sample_folder / "observations.csv").read_text(encoding="utf-8")
    made = intake_of(sample_folder, tmp_path / "f.xlsx", **KNOWN, value="92.10", corrects="value")
    change = figure_of(made)
    assert (change.kind, change.before, dict(change.was)) == ("correction", ("92.1",), {"value": "92.1"})
    assert made.refusals(accept_doubts=False) == []
    assert made.touched == {"2023": 1, "2024": 1, "2025": 1}
    made.write()
    old = "goods_pass_rate,sample_city,2017,92.1,exact,,,yearbook-2023"
    assert before.count(old) == 1
    after = (sample_folder / "observations.csv").read_text(encoding="utf-8")
    assert after == before.replace(old, old.replace("92.1", "92.10"))


def test_without_the_column_a_row_that_is_there_stays(sample_folder: Path, tmp_path: Path) -> None:
    made = intake_of(sample_folder, tmp_path / "f.xlsx", **KNOWN, value="92.10")
    (fault,) = made.refusals(accept_doubts=True)
    assert (fault.place, fault.code) == ("observations!D3", "contradicts_itself")
    assert "if the evidence is wrong, put value in the column corrects" in fault.advice


def test_only_what_is_named_is_corrected(sample_folder: Path, tmp_path: Path) -> None:
    made = intake_of(sample_folder, tmp_path / "f.xlsx", **{**KNOWN, "grade": "A"}, value="92.10", corrects="value")
    assert [(fault.place, fault.code) for fault in made.refusals(accept_doubts=True)] == [
        ("observations!J3", "contradicts_itself")
    ]


def test_a_cell_can_be_emptied_and_several_be_corrected(sample_folder: Path, tmp_path: Path) -> None:
    cells = {"period": "2025", "value": "95.96", "n": None, "passed": None, "source_id": "yearbook-2026"}
    made = intake_of(sample_folder, tmp_path / "f.xlsx", **cells, qualifier="about", corrects="n, passed、qualifier")
    assert dict(figure_of(made).was) == {"qualifier": "exact", "n": "520", "passed": "499"}
    made.write()
    own = load(sample_folder).observations_of("goods_pass_rate", "sample_city")
    row = own[own["period"] == "2025"].iloc[0]
    assert (row["qualifier"], row["value_text"], str(row["n"])) == ("about", "95.96", "nan")


def test_a_correction_is_checked_as_a_new_figure_is(sample_folder: Path, tmp_path: Path) -> None:
    made = intake_of(sample_folder, tmp_path / "f.xlsx", **KNOWN, value="921", corrects="value")
    assert [(fault.place, fault.code) for fault in made.refusals(accept_doubts=True)] == [
        ("observations!D3", "value_out_of_bounds")
    ]


def test_a_row_is_corrected_once(sample_folder: Path, tmp_path: Path) -> None:
    book = good_book()
    put(book["observations"], FIRST, **KNOWN, value="92.10", corrects="value")
    put(book["observations"], FIRST + 1, **{**FIGURE, **KNOWN, "value": "92.3", "corrects": "value"})
    book.save(tmp_path / "f.xlsx")
    (fault,) = taken_in(sample_folder, tmp_path / "f.xlsx").refusals(accept_doubts=True)
    assert (fault.code, fault.place.startswith("observations!")) == ("corrected_twice", True)
    assert "observations!A3 corrects the same one" in fault.allowed


def test_a_source_is_corrected_too(sample_folder: Path, tmp_path: Path) -> None:
    book = good_book()
    put(book["observations"], FIRST, source_id="yearbook-2026")
    known = {"source_id": "yearbook-2026", "published": "2026-04-28", "access_kind": "mirror", "url": None}
    put(book["sources"], FIRST, **known, title="样例市年鉴2026", found_url="http://example.net/yearbook-2026")
    put(book["sources"], FIRST, accessed="2026-07-01", corrects="published")
    book.save(tmp_path / "f.xlsx")
    made = taken_in(sample_folder, tmp_path / "f.xlsx")
    assert made.refusals(accept_doubts=False) == []
    made.write()
    assert load(sample_folder).source("yearbook-2026").published == "2026-04-28"


def test_the_mark_is_set_back_through_the_workbook(sample_folder: Path, tmp_path: Path) -> None:
    intake_of(sample_folder, tmp_path / "f.xlsx", **REVISED, preferred="1").write()
    old = {"period": "2025", "value": "95.96", "n": "520", "passed": "499", "source_id": "yearbook-2026"}
    without = intake_of(sample_folder, tmp_path / "g.xlsx", **old, preferred="1")
    assert [(fault.code, fault.level) for fault in without.faults] == [("mark_not_changed", "warning")]
    back = intake_of(sample_folder, tmp_path / "h.xlsx", **old, preferred="1", corrects="preferred")
    assert figure_of(back).used == ("95.96", "yearbook-2026")
    back.write()
    own = load(sample_folder).observations_of("goods_pass_rate", "sample_city")
    rows = own[own["period"] == "2025"].set_index("source_id")["preferred"]
    assert rows.to_dict() == {"yearbook-2026": 1, "yearbook-2027": 0}


def test_corrections_keep_line_ends_and_records_of_several_lines(sample_folder: Path, tmp_path: Path) -> None:
    path = sample_folder / "observations.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    rows[2] |= {"note_zh": "第一行\n第二行", "note_en": "one\ntwo"}
    write_table(path, OBSERVATIONS.header, rows)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    before = path.read_bytes()
    intake_of(sample_folder, tmp_path / "f.xlsx", **KNOWN, value="92.10", corrects="value").write()
    assert path.read_bytes() == before.replace(b"2017,92.1,", b"2017,92.10,")


@pytest.mark.parametrize(
    ("unit", "form", "doubts"),
    [
        ("10k", '0"万个"', []),
        ("count", '0"万个"', ["scale_in_format"]),
        ("count", '0"千克"', []),
        ("count", '0"百分点"', []),
    ],
)
def test_a_word_in_a_format_may_be_that_of_the_unit(tmp_path: Path, unit: str, form: str, doubts: list[str]) -> None:
    indicators = evidence_tables()["indicators"]
    centres = next(row for row in indicators if row["indicator_id"] == "test_centres")
    centres["unit"] = unit
    book = good_book()
    put(book["observations"], FIRST, indicator_id="test_centres", value=6, n=None, passed=None)
    book["observations"]["D3"].number_format = form
    book.save(tmp_path / "figures.xlsx")
    targets = [{**row, "unit": unit} if row["target_id"] == "centres" else row for row in evidence_tables()["targets"]]
    folder = write_evidence(tmp_path / "data", indicators=indicators, targets=targets)
    assert [fault.code for fault in taken_in(folder, tmp_path / "figures.xlsx").faults] == doubts


DOUBTFUL = {"value": "0.961", "n": None, "passed": None}


@pytest.mark.parametrize(
    ("cells", "is_settled"),
    [
        ({}, False),
        ({"note_zh": "虚构", "note_en": "invented"}, False),
        ({"settled": "rate_as_fraction"}, False),
        ({"note_zh": "虚构", "note_en": "invented", "settled": "jump"}, False),
        ({"note_zh": "虚构", "note_en": "invented", "settled": "jump, rate_as_fraction"}, True),
    ],
)
def test_a_doubt_is_settled_by_its_code_and_notes_that_say_why(
    sample_folder: Path, tmp_path: Path, cells: dict[str, str], is_settled: bool
) -> None:
    made = intake_of(sample_folder, tmp_path / "f.xlsx", **DOUBTFUL, **cells)
    assert [fault.code for fault in made.faults] == ["rate_as_fraction"]
    assert (made.refusals(accept_doubts=False) == []) == is_settled
    assert made.refusals(accept_doubts=True) == []


@pytest.mark.parametrize(
    ("column", "cell", "codes"),
    [
        ("indicator_id", "goods_pass_rate | 研发投入强度 | Pass rate of goods", ["key_and_name"]),
        ("region_id", "sample_city | 邻市", ["key_and_name"]),
        ("region_id", "sample_city | Sample City", []),
        ("region_id", "sample_city | 旧称", []),
        ("grade", "A | B", []),
    ],
)
def test_a_key_stands_before_no_name_of_another(
    sample_folder: Path, tmp_path: Path, column: str, cell: str, codes: list[str]
) -> None:
    made = intake_of(sample_folder, tmp_path / "new.xlsx", **{column: cell})
    assert [fault.code for fault in made.faults] == codes


def test_a_key_may_have_the_name_that_another_has_too(sample_folder: Path, tmp_path: Path) -> None:
    path = sample_folder / "regions.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("邻市", "样例市"), encoding="utf-8")
    assert intake_of(sample_folder, tmp_path / "new.xlsx").faults == ()


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
    with locked(sample_folder), pytest.raises(StoreError, match="another command"):
        made.write()


def test_the_wanted_figures_follow_the_last_known(sample_folder: Path) -> None:
    found = wanted(load(sample_folder), target="research")
    assert [(figure.indicator_id, figure.region_id, figure.period) for figure in found] == [
        ("research_intensity", "sample_city", "2025"),
        ("research_intensity", "sample_city", "2026"),
    ]


def test_a_series_without_figures_is_asked_for_from_the_year_of_its_goal(tmp_path: Path) -> None:
    rows = [row for row in evidence_tables()["observations"] if row["indicator_id"] != "test_centres"]
    folder = write_evidence(tmp_path / "data", observations=rows)
    assert [figure.period for figure in wanted(load(folder), target="centres")] == ["2025", "2026"]


def test_a_csv_file_has_the_limit_of_rows_of_a_workbook(sample_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "figures.csv").write_text(csv_text() + "a\n" * MOST_ROWS, encoding="utf-8")
    with pytest.raises(IntakeError, match="more than 20000 rows"):
        taken_in(sample_folder, tmp_path / "figures.csv")


def test_a_source_is_written_with_all_its_cells(sample_folder: Path, tmp_path: Path) -> None:
    intake_of(sample_folder, tmp_path / "figures.xlsx").write()
    source = load(sample_folder).source("yearbook-2027")
    assert (source.title, source.access_kind, source.url) == (SOURCE["title"], "original", SOURCE["url"])


def a_level(folder: Path) -> None:
    """Make an indicator of the sample a level that does not say how parts make its year."""
    path = folder / "indicators.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("higher,rate,share,", "higher,level,,"), encoding="utf-8")


def test_a_part_of_a_year_of_a_level_is_refused_in_its_cell_with_what_to_do(
    sample_folder: Path, tmp_path: Path
) -> None:
    a_level(sample_folder)
    cells = {"indicator_id": "research_intensity", "period": "2026-H1", "value": "3.2", "n": None, "passed": None}
    made = intake_of(sample_folder, tmp_path / "f.xlsx", **cells)
    (fault,) = made.refusals(accept_doubts=False)
    assert (fault.place, fault.code) == ("observations!C3", "year_from_needed")
    assert "year_from in indicators.csv" in fault.advice
    assert made.files == {}


def test_what_rows_make_wrong_elsewhere_is_said(
    sample_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_an_error_elsewhere(
        folder: Path, raw: dict[str, RawTable] | None = None
    ) -> tuple[list[Problem], Catalog | None]:
        problems, catalog = checked(folder, raw)
        if "yearbook-2027" in (folder / "sources.csv").read_text(encoding="utf-8"):
            problems.append(Problem("regions.csv", 2, "name_zh", "x", "another name", "made_by_this_test"))
        return problems, catalog

    monkeypatch.setattr(merge, "checked", with_an_error_elsewhere)
    made = intake_of(sample_folder, tmp_path / "f.xlsx")
    assert [(fault.place, fault.code) for fault in made.refusals(True)] == [("regions.csv:2", "made_by_this_test")]
    assert made.files == {}

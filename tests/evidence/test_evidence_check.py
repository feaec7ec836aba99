"""Each rule on evidence that breaks it: which file, which line, what was found, what is allowed."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from synthetic import HEADERS, PATHS, Row, Tables, evidence_tables, observation, write_evidence, write_table

from qualitybook.evidence import Problem, load
from qualitybook.evidence.check import check, read_folder
from qualitybook.evidence.reading import lacking_columns, write_descriptor
from qualitybook.evidence.schema import TABLES
from qualitybook.evidence.store import write_rows


def _find(tables: Tables, name: str, **cells: str) -> int:
    """Return the position of the only row of a table with these cells."""
    (position,) = [i for i, row in enumerate(tables[name]) if cells.items() <= row.items()]
    return position


def _problems(folder: Path, change: Callable[[Tables], None]) -> list[Problem]:
    tables = evidence_tables()
    change(tables)
    return check(write_evidence(folder, **tables))


def _only(folder: Path, change: Callable[[Tables], None]) -> Problem:
    (problem,) = _problems(folder, change)
    return problem


def test_the_sample_is_sound(sample_folder: Path) -> None:
    assert check(sample_folder) == []


def test_minimal_folder(tmp_path: Path) -> None:
    assert check(write_evidence(tmp_path, peer_targets=None, gaps=None, publishers=None, locators=None)) == []


def test_a_folder_from_before_the_newer_columns_reads_them_as_empty(sample_folder: Path) -> None:
    write_descriptor(sample_folder)
    for name in ("observations", "indicators", "gaps", "target_evidence"):
        table = next(table for table in TABLES if table.name == name)
        old = [field.name for field in table.fields if not field.may_lack]
        write_table(
            sample_folder / table.path, old, [{key: row.get(key, "") for key in old} for row in evidence_tables()[name]]
        )
    assert [problem.code for problem in check(sample_folder)] == ["descriptor_differs"]
    write_descriptor(sample_folder)
    assert check(sample_folder) == []
    catalog = load(sample_folder)
    assert set(catalog.observations["status"]) == {""}
    assert catalog.indicator("goods_pass_rate").decimals is None
    assert set(catalog.target_evidence["better"]) == {""}


# The form of a file


@pytest.mark.parametrize("name", ["observations", "sources", "targets", "editions"])
def test_file_missing(sample_folder: Path, name: str) -> None:
    (sample_folder / PATHS[name]).unlink()
    (problem,) = check(sample_folder)
    assert (problem.file, problem.row, problem.found, problem.code) == (
        PATHS[name],
        None,
        "no such file",
        "file_missing",
    )


def test_folder_missing(tmp_path: Path) -> None:
    (problem,) = check(tmp_path / "nowhere")
    assert problem.code == "folder_missing"


def test_file_that_cannot_be_read(sample_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "regions.csv":
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    (problem,) = check(sample_folder)
    assert (problem.file, problem.found, problem.code) == ("regions.csv", "Permission denied", "file_unreadable")


def _rewrite(folder: Path, name: str, change: Callable[[bytes], bytes]) -> list[Problem]:
    path = folder / PATHS[name]
    path.write_bytes(change(path.read_bytes()))
    return check(folder)


@pytest.mark.parametrize(
    ("change", "row", "found", "code"),
    [
        (lambda data: data.decode().encode("gb18030"), 2, "byte 0xD1", "encoding"),
        (lambda data: data.decode().encode("utf-16"), 1, "byte 0xFF", "encoding"),
        (lambda data: data.replace(b"sample_city,", b"sample\0city,", 1), 4, "U+0000", "control_character"),
        (lambda data: data.replace(b"\n", b"\r"), 1, "U+000D", "control_character"),
        (lambda data: b"", 1, "no header", "header_missing"),
        (lambda data: data[:-1], 5, "no line end", "file_cut"),
        (lambda data: data[: data.rindex(b",")], 5, "4 cells", "record_length"),
        (lambda data: data.replace(b"province,sample_nation", b"province", 1), 3, "4 cells", "record_length"),
        (
            lambda data: data.replace(b"province,sample_nation", b"province,sample_nation,", 1),
            3,
            "6 cells",
            "record_length",
        ),
        (lambda data: data.replace(b"\nsample_city", b"\n\nsample_city", 1), 4, "an empty line", "record_length"),
        (lambda data: data.replace(b"Sample City", b'"Sample City', 1), 4, "unexpected end of data", "record_form"),
        (lambda data: data.replace(b"Sample City", b'"Sample" City', 1), 4, "',' expected after '\"'", "record_form"),
    ],
    ids=[
        "GB 18030",
        "UTF-16",
        "NUL",
        "lone CR",
        "empty file",
        "cut after the last cell",
        "cut in a record",
        "a cell too few",
        "a cell too many",
        "an empty line",
        "a quote not closed",
        "text after a quote",
    ],
)
def test_form(sample_folder: Path, change: Callable[[bytes], bytes], row: int, found: str, code: str) -> None:
    (problem,) = _rewrite(sample_folder, "regions", change)
    assert (problem.file, problem.row, problem.found, problem.code) == ("regions.csv", row, found, code)
    assert problem.allowed


def test_the_encoding_asked_for_is_named(sample_folder: Path) -> None:
    (problem,) = _rewrite(sample_folder, "regions", lambda data: data.decode().encode("gb18030"))
    assert problem.allowed == "UTF-8; save it in the spreadsheet as 'CSV UTF-8'"


def as_saved(data: bytes, separator: str, mark: bool, end: str, below: int, quoting: Any = csv.QUOTE_MINIMAL) -> bytes:
    """Return a table as a spreadsheet saves it, with rows below it that once held something."""
    rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline="")))
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator=end, quoting=quoting)
    writer.writerows([*rows, *([[""] * len(rows[0])] * below)])
    return out.getvalue().encode("utf-8-sig" if mark else "utf-8")


@pytest.mark.parametrize(
    ("separator", "mark", "end", "below"),
    [(",", True, "\r\n", 0), (",", False, "\n", 3), (";", True, "\r\n", 2), ("\t", False, "\n", 0)],
)
@pytest.mark.parametrize("name", ["regions", "observations", "targets"])
def test_a_table_saved_by_a_spreadsheet_is_taken_as_it_was(
    sample_folder: Path, name: str, separator: str, mark: bool, end: str, below: int
) -> None:
    before = read_folder(sample_folder)[name]
    assert _rewrite(sample_folder, name, lambda data: as_saved(data, separator, mark, end, below)) == []
    after = read_folder(sample_folder)[name]
    assert after.cells == before.cells
    assert after.lines == before.lines
    assert lacking_columns(sample_folder)[name] == []
    _, row = next(after.records())
    write_rows(sample_folder, after.table, {2: row}, [])
    written = (sample_folder / PATHS[name]).read_bytes()
    assert written.startswith(after.table.header[0].encode() + b",")
    assert read_folder(sample_folder)[name].cells == before.cells


def test_a_table_saved_with_every_cell_in_quotes_is_taken_as_it_was(sample_folder: Path) -> None:
    before = read_folder(sample_folder)["editions"]
    quoted = csv.QUOTE_ALL
    assert _rewrite(sample_folder, "editions", lambda data: as_saved(data, ";", True, "\r\n", 0, quoted)) == []
    assert read_folder(sample_folder)["editions"].cells == before.cells


def test_the_line_of_a_mistake_is_that_of_the_saved_file(sample_folder: Path) -> None:
    (problem,) = _rewrite(
        sample_folder,
        "regions",
        lambda data: as_saved(data, ";", True, "\r\n", 2).replace(b";province;", b";shire;", 1),
    )
    assert (problem.row, problem.column, problem.found) == (3, "level", "shire")


def test_crlf_is_accepted(sample_folder: Path) -> None:
    assert _rewrite(sample_folder, "observations", lambda data: data.replace(b"\n", b"\r\n")) == []


def test_a_cell_beyond_the_limit_of_the_reader(sample_folder: Path) -> None:
    (problem,) = _rewrite(sample_folder, "regions", lambda data: data.replace(b"Sample City", b"x" * 200_000, 1))
    assert (problem.row, problem.code) == (4, "record_form")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda data: data.replace(b"level", b"tier", 1), [("level", "column_missing"), ("tier", "column_unknown")]),
        (lambda data: data.replace(b",level,parent_id", b",parent_id,level", 1), [("", "column_order")]),
        (lambda data: data.replace(b"parent_id", b"parent_id,level", 1), [("level", "column_twice")]),
    ],
    ids=["another name", "another order", "a column twice"],
)
def test_header(sample_folder: Path, change: Callable[[bytes], bytes], expected: list[tuple[str, str]]) -> None:
    problems = _rewrite(sample_folder, "regions", change)
    assert sorted((problem.column, problem.code) for problem in problems) == sorted(expected)
    assert {problem.row for problem in problems} == {1}


def test_lines_are_those_of_the_editor(sample_folder: Path) -> None:
    tables = evidence_tables()
    tables["observations"][0]["note_zh"] = "第一行\n第二行\n第三行"
    tables["observations"][1]["value"] = "x"
    tables["observations"][2]["note_en"] = "two\nlines"
    tables["observations"][3]["value"] = "y"
    write_table(sample_folder / PATHS["observations"], HEADERS["observations"], tables["observations"])
    lines = (sample_folder / PATHS["observations"]).read_text(encoding="utf-8").split("\n")
    problems = check(sample_folder)
    assert [problem.row for problem in problems] == [5, 8]
    assert [",x," in lines[4], ",y," in lines[7]] == [True, True]


# Cells


@pytest.mark.parametrize(
    ("column", "found"),
    [
        ("value", "９８"),
        ("value", "1,234"),
        ("value", "NaN"),
        ("value", "inf"),
        ("value", "1e3"),
        ("value", ""),
        ("n", "12.5"),
        ("n", "0"),
        ("n", "-3"),
        ("period", "2022-13"),
        ("period", "2024-09/2024-01"),
        ("qualifier", "roughly"),
        ("grade", "D"),
        ("preferred", "yes"),
        ("locator", " 正文"),
        ("note_zh", "注\t"),
        ("basis", "Old Scope"),
    ],
)
def test_cell(tmp_path: Path, column: str, found: str) -> None:
    def change(tables: Tables) -> None:
        tables["observations"][7][column] = found

    problem = _only(tmp_path, change)
    assert (problem.file, problem.row, problem.column, problem.found, problem.code) == (
        "observations.csv",
        9,
        column,
        found,
        "cell",
    )


@pytest.mark.parametrize(
    ("name", "column", "found"),
    [
        ("sources", "published", "2023-02-30"),
        ("sources", "accessed", "2026-07"),
        ("sources", "url", "ftp://example.org"),
        ("sources", "kind", "rumour"),
        ("sources", "access_kind", "memory"),
        ("regions", "level", "village"),
        ("editions", "as_of", "2024-06-31"),
        ("editions", "target_year", "25"),
        ("targets", "rule", "about"),
        ("target_evidence", "role", "proof"),
        ("target_evidence", "better", "upwards"),
        ("indicators", "better", "more"),
        ("indicators", "unit", "%"),
        ("tasks", "number", "1.a"),
    ],
)
def test_cell_of_another_table(tmp_path: Path, name: str, column: str, found: str) -> None:
    def change(tables: Tables) -> None:
        tables[name][0][column] = found

    problem = _only(tmp_path, change)
    assert (problem.file, problem.row, problem.column, problem.found) == (PATHS[name], 2, column, found)


KEYS = {
    "indicators": "indicator_id",
    "editions": "edition",
    "targets": "target_id",
    "areas": "area_id",
    "tasks": "task_id",
    "regions": "region_id",
    "sources": "source_id",
}


@pytest.mark.parametrize(("name", "column"), KEYS.items())
@pytest.mark.parametrize("key", ["con", "prn", "aux", "nul", "com1", "lpt9", "k" * 81])
def test_a_key_that_cannot_be_a_file_name(tmp_path: Path, name: str, column: str, key: str) -> None:
    """One problem, which says why, although other tables refer to the key."""
    problem = _only(tmp_path, lambda tables: _renamed(tables, column, tables[name][-1][column], key))
    assert (problem.file, problem.column, problem.found, problem.level) == (PATHS[name], column, key, "error")
    assert "at most 80 of them" in problem.allowed
    assert "Windows holds none called so" in problem.allowed


@pytest.mark.parametrize("key", ["cons", "com0", "com10", "aux-1", "k" * 80])
def test_keys_that_can_be_file_names(tmp_path: Path, key: str) -> None:
    tables = evidence_tables()
    _renamed(tables, "indicator_id", tables["indicators"][-1]["indicator_id"], key)
    assert [problem for problem in check(write_evidence(tmp_path / "data", **tables)) if problem.level == "error"] == []


def test_no_edition_is_called_like_the_folder_of_the_tables(tmp_path: Path) -> None:
    problem = _only(tmp_path, lambda tables: tables["editions"][0].update(edition="data"))
    assert (problem.file, problem.column, problem.found) == ("editions.csv", "edition", "data")


@pytest.mark.parametrize("name", ["aux", "n" * 81])
def test_a_book_is_called_as_files_can_be(sample_folder: Path, name: str) -> None:
    path = sample_folder / "book.toml"
    lines = path.read_text(encoding="utf-8").splitlines()
    named = [f'name = "{name}"' if line.startswith("name = ") else line for line in lines]
    path.write_text("\n".join(named), encoding="utf-8")
    (problem,) = check(sample_folder)
    assert (problem.file, problem.column, problem.level) == ("book.toml", "name", "error")


def test_texts_of_the_settings_are_looked_at_as_those_of_tables(sample_folder: Path) -> None:
    path = sample_folder / "book.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Sample City", "Sample\u202e" + "x" * 101), encoding="utf-8")
    found = [(problem.file, problem.column, problem.code, problem.level) for problem in check(sample_folder)]
    assert found == [("book.toml", "title.en", code, "warning") for code in ("mark_unseen", "word_too_long")]


def _renamed(tables: Tables, column: str, old: str, new: str) -> None:
    """Rename a key in every table."""
    for rows in tables.values():
        for row in rows:
            for name, cell in row.items():
                if cell == old and (name == column or name.endswith(f"_{column}") or name == "parent_id"):
                    row[name] = new


def test_five_breaks_in_one_file_are_five_problems(tmp_path: Path) -> None:
    def change(tables: Tables) -> None:
        rows = tables["observations"]
        rows[2]["value"] = "９１"
        rows[5]["passed"] = "401"
        rows[8]["source_id"] = "yearbook-2032"
        rows[11]["qualifier"] = "roughly"
        rows.append(dict(rows[0]))

    problems = _problems(tmp_path, change)
    last = len(evidence_tables()["observations"]) + 2
    assert [(problem.row, problem.column, problem.code) for problem in problems] == [
        (4, "value", "cell"),
        (7, "passed", "passed_exceeds_n"),
        (10, "source_id", "key_unknown"),
        (13, "qualifier", "cell"),
        (last, "indicator_id+region_id+period+source_id+basis", "key_repeated"),
        (last, "preferred", "preferred_twice"),
    ]


def test_problems_of_all_files_come_at_once(tmp_path: Path) -> None:
    def change(tables: Tables) -> None:
        tables["locators"][0]["locator_en"] = ""
        tables["sources"][1]["language"] = "Chinese"
        tables["observations"][0]["grade"] = "E"
        tables["targets"][0]["target_year"] = "soon"

    assert [problem.file for problem in _problems(tmp_path, change)] == [
        "observations.csv",
        "sources.csv",
        "plan/targets.csv",
        "locators.csv",
    ]


# Keys


def test_key_repeated(tmp_path: Path) -> None:
    def change(tables: Tables) -> None:
        tables["regions"].append({**tables["regions"][2], "name_en": "Another"})

    problem = _only(tmp_path, change)
    assert (problem.row, problem.column, problem.found, problem.code) == (6, "region_id", "sample_city", "key_repeated")
    assert problem.other_row == 4
    assert str(problem).endswith("(see line 4)")


def test_numbers_of_targets_are_unique(tmp_path: Path) -> None:
    def change(tables: Tables) -> None:
        tables["targets"][3]["number"] = "1"

    problem = _only(tmp_path, change)
    assert (problem.row, problem.column, problem.code) == (5, "number", "key_repeated")


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("observations", "indicator_id"),
        ("observations", "region_id"),
        ("observations", "source_id"),
        ("tasks", "area_id"),
        ("targets", "area_id"),
        ("targets", "region_id"),
        ("targets", "source_id"),
        ("task_indicators", "task_id"),
        ("task_indicators", "indicator_id"),
        ("target_evidence", "target_id"),
        ("target_evidence", "indicator_id"),
        ("target_evidence", "region_id"),
        ("peer_targets", "region_id"),
        ("peer_targets", "source_id"),
        ("gaps", "task_id"),
        ("gaps", "target_id"),
    ],
)
def test_key_unknown(tmp_path: Path, name: str, column: str) -> None:
    def change(tables: Tables) -> None:
        tables[name][0][column] += "x"

    problem = _only(tmp_path, change)
    usual = evidence_tables()[name][0][column]
    assert (problem.file, problem.row, problem.column, problem.code) == (PATHS[name], 2, column, "key_unknown")
    assert problem.allowed.endswith(f"nearest: {usual}")


def test_parent_unknown(tmp_path: Path) -> None:
    def change(tables: Tables) -> None:
        tables["regions"][1]["parent_id"] = "elsewhere"

    problem = _only(tmp_path, change)
    assert (problem.row, problem.found, problem.code) == (3, "elsewhere", "key_unknown")


def test_a_table_that_cannot_be_read_makes_no_keys_unknown(sample_folder: Path) -> None:
    (problem,) = _rewrite(sample_folder, "sources", lambda data: data[:-30])
    assert problem.file == "sources.csv"


@pytest.mark.parametrize(
    ("name", "key", "file", "column"),
    [
        ("publishers", "样例市统计局", "sources.csv", "publisher"),
        ("locators", "正文", "observations.csv", "locator"),
    ],
)
def test_a_name_without_translation_is_warned_of_once(
    tmp_path: Path, name: str, key: str, file: str, column: str
) -> None:
    def change(tables: Tables) -> None:
        tables[name] = [row for row in tables[name] if key not in row.values()]

    problem = _only(tmp_path, change)
    assert (problem.file, problem.column, problem.found, problem.level) == (file, column, key, "warning")


# Figures


@pytest.mark.parametrize(("period", "qualifier"), [("", "exact"), ("2022", "undated")])
def test_period_or_undated(tmp_path: Path, period: str, qualifier: str) -> None:
    def change(tables: Tables) -> None:
        row = observation(
            "service_growth", "sample_city", period, "1", "yearbook-2026", qualifier=qualifier, preferred="0"
        )
        tables["observations"].append(row)

    problem = _only(tmp_path, change)
    assert (problem.column, problem.found, problem.code) == ("period", period, "period_and_qualifier")


@pytest.mark.parametrize(
    ("indicator_id", "value", "is_allowed"),
    [
        ("consumer_satisfaction", "100.1", False),
        ("consumer_satisfaction", "-0.1", False),
        ("consumer_satisfaction", "100", True),
        ("consumer_satisfaction", "0", True),
        ("test_centres", "-1", False),
        ("test_centres", "100000", True),
        ("service_growth", "-99.9", True),
    ],
)
def test_bounds(tmp_path: Path, indicator_id: str, value: str, is_allowed: bool) -> None:
    def change(tables: Tables) -> None:
        tables["observations"].append(observation(indicator_id, "sample_province", "2020", value, "yearbook-2023"))

    problems = _problems(tmp_path, change)
    assert [(problem.column, problem.found, problem.code) for problem in problems] == (
        [] if is_allowed else [("value", value, "value_out_of_bounds")]
    )


@pytest.mark.parametrize(
    ("indicator_id", "value", "is_allowed"),
    [
        ("consumer_satisfaction", "100.1", False),
        ("consumer_satisfaction", "-0.1", False),
        ("test_centres", "-1", False),
        ("service_growth", "-99.9", True),
    ],
)
def test_what_a_kind_rules_out_needs_no_bounds(tmp_path: Path, indicator_id: str, value: str, is_allowed: bool) -> None:
    def change(tables: Tables) -> None:
        for row in tables["indicators"]:
            row["lower"] = row["upper"] = ""
        tables["observations"].append(observation(indicator_id, "sample_province", "2020", value, "yearbook-2023"))

    problems = _problems(tmp_path, change)
    assert [(problem.column, problem.found, problem.code) for problem in problems] == (
        [] if is_allowed else [("value", value, "value_impossible")]
    )
    assert all(indicator_id in problem.allowed for problem in problems)


def test_a_share_above_a_hundred_is_possible(tmp_path: Path) -> None:
    def change(tables: Tables) -> None:
        for row in tables["indicators"]:
            if row["indicator_id"] == "consumer_satisfaction":
                row |= {"lower": "", "upper": "", "subkind": "share"}
        new = observation("consumer_satisfaction", "sample_province", "2020", "101.2", "yearbook-2023")
        tables["observations"].append(new)

    assert _problems(tmp_path, change) == []


def test_a_goal_lies_within_the_bounds(tmp_path: Path) -> None:
    def change(tables: Tables) -> None:
        tables["targets"][0]["value"] = "950"
        tables["peer_targets"][1]["value"] = "-1"

    problems = _problems(tmp_path, change)
    assert [(problem.file, problem.row, problem.code) for problem in problems] == [
        ("plan/targets.csv", 2, "value_of_statement"),
        ("plan/targets.csv", 2, "value_out_of_bounds"),
        ("plan/peer_targets.csv", 3, "value_out_of_bounds"),
    ]


@pytest.mark.parametrize(
    ("n", "passed", "value", "column", "code"),
    [
        ("", "90", "90", "n", "n_missing"),
        ("100", "101", "90", "passed", "passed_exceeds_n"),
    ],
)
def test_counts(tmp_path: Path, n: str, passed: str, value: str, column: str, code: str) -> None:
    def change(tables: Tables) -> None:
        row = observation("goods_pass_rate", "neighbour_city", "2020", value, "yearbook-2023", n=n, passed=passed)
        tables["observations"].append({**row, "qualifier": "about"})

    problem = _only(tmp_path, change)
    assert (problem.column, problem.code) == (column, code)


@pytest.mark.parametrize(
    ("value", "n", "passed", "qualifier", "is_allowed"),
    [
        ("66.67", "3", "2", "exact", True),
        ("66.7", "3", "2", "derived", True),
        ("67", "3", "2", "exact", True),
        ("66.66", "3", "2", "exact", False),
        ("66.6", "3", "2", "derived", False),
        ("66", "3", "2", "exact", False),
        ("66", "3", "2", "about", True),
        ("60", "3", "2", "at_least", True),
        # Half a unit of the last digit is within the rounding, whichever way it was rounded.
        ("12.5", "8", "1", "exact", True),
        ("12", "8", "1", "exact", True),
        ("13", "8", "1", "exact", True),
        ("99.99", "100000", "99985", "exact", True),
        ("99.98", "100000", "99985", "exact", True),
        ("50", "3", "", "exact", True),
    ],
)
def test_rate_against_counts(tmp_path: Path, value: str, n: str, passed: str, qualifier: str, is_allowed: bool) -> None:
    def change(tables: Tables) -> None:
        row = observation("goods_pass_rate", "neighbour_city", "2020", value, "yearbook-2023", n=n, passed=passed)
        tables["observations"].append({**row, "qualifier": qualifier})

    assert [problem.code for problem in _problems(tmp_path, change)] == ([] if is_allowed else ["rate_against_counts"])


@pytest.mark.parametrize(("value", "is_allowed"), [("75.0", True), ("75", True), ("70.0", False)])
def test_a_share_is_held_against_its_counts_too(tmp_path: Path, value: str, is_allowed: bool) -> None:
    def change(tables: Tables) -> None:
        tables["observations"].append(
            observation("research_intensity", "neighbour_city", "2020", value, "yearbook-2023", n="20", passed="15")
        )

    assert [problem.code for problem in _problems(tmp_path, change)] == ([] if is_allowed else ["rate_against_counts"])


@pytest.mark.parametrize(
    ("settled", "is_silent"),
    [("period_not_over", True), ("jump, period_not_over", True), ("jump", False), ("", False)],
)
def test_a_warning_is_settled_by_its_own_code_only(tmp_path: Path, settled: str, is_silent: bool) -> None:
    def change(tables: Tables) -> None:
        tables["observations"].append(
            observation("research_intensity", "sample_city", "2025", "3.2", "yearbook-2025", settled=settled)
        )

    assert [problem.code for problem in _problems(tmp_path, change)] == ([] if is_silent else ["period_not_over"])


def test_an_error_is_not_settled(tmp_path: Path) -> None:
    def change(tables: Tables) -> None:
        tables["observations"][0] |= {"value": "101", "settled": "value_out_of_bounds"}

    assert _only(tmp_path, change).code == "value_out_of_bounds"


@pytest.mark.parametrize(("mark", "codes"), [("2", []), ("1", ["preferred_twice"])])
def test_a_period_has_each_mark_once(tmp_path: Path, mark: str, codes: list[str]) -> None:
    def change(tables: Tables) -> None:
        at = _find(tables, "observations", indicator_id="goods_pass_rate", period="2024", source_id="press-2025")
        tables["observations"][at]["preferred"] = mark

    assert [problem.code for problem in _problems(tmp_path, change)] == codes


def test_an_empty_cell_is_called_empty(tmp_path: Path) -> None:
    def change(tables: Tables) -> None:
        tables["sources"][0]["title"] = ""

    assert "[title]: found an empty cell; allowed: text" in str(_only(tmp_path, change))


def test_a_blank_in_an_address_is_named(tmp_path: Path) -> None:
    def change(tables: Tables) -> None:
        tables["sources"][0]["url"] = "https://example.org/统计 公报.html"

    assert "without blanks" in _only(tmp_path, change).allowed


def test_counts_decide_nothing_for_other_kinds(tmp_path: Path) -> None:
    def change(tables: Tables) -> None:
        row = observation("consumer_satisfaction", "neighbour_city", "2020", "80", "yearbook-2023", n="10", passed="3")
        tables["observations"].append(row)

    assert _problems(tmp_path, change) == []


def test_one_preferred(tmp_path: Path) -> None:
    def change(tables: Tables) -> None:
        tables["observations"][_find(tables, "observations", value="95")]["preferred"] = "1"

    problem = _only(tmp_path, change)
    assert (problem.column, problem.code) == ("preferred", "preferred_twice")
    assert "goods_pass_rate + sample_city + 2024" in problem.allowed


@pytest.mark.parametrize(
    ("status", "mark", "is_warned"),
    [("verified", "0", True), ("revised", "0", True), ("verified", "2", False), ("", "0", False)],
)
def test_a_provisional_figure_does_not_stand_before_the_final_one(
    tmp_path: Path, status: str, mark: str, is_warned: bool
) -> None:
    def change(tables: Tables) -> None:
        row = _find(tables, "observations", value="95")
        first = tables["observations"][row]
        first |= {"preferred": "1", "status": "provisional"}
        final = first | {"value": "95.3", "preferred": mark, "status": status, "source_id": "yearbook-2026"}
        tables["observations"] = [other for other in tables["observations"] if not _same_place(other, first)]
        tables["observations"] += [first, final]

    codes = [(problem.code, problem.level) for problem in _problems(tmp_path, change)]
    assert codes == ([("provisional_preferred", "warning")] if is_warned else [])


def _same_place(row: Row, other: Row) -> bool:
    return all(row[name] == other[name] for name in ("indicator_id", "region_id", "period", "basis"))


def test_undated_rows_and_other_bases_may_all_be_preferred(tmp_path: Path) -> None:
    def change(tables: Tables) -> None:
        undated = {"qualifier": "undated"}
        tables["observations"] += [
            observation("goods_pass_rate", "neighbour_city", "", "97", "yearbook-2026", **undated),
            observation("goods_pass_rate", "sample_city", "2013", "97", "yearbook-2026", basis="old-scope"),
        ]

    assert _problems(tmp_path, change) == []


@pytest.mark.parametrize(
    ("period", "source", "is_warned"),
    [
        ("2024", "yearbook-2024", True),
        ("2024-05", "yearbook-2024", False),
        ("2023-05", "yearbook-2023", False),
        ("2023-H1", "yearbook-2023", True),
        ("2023-06", "yearbook-2023", True),
        ("2026-08", "press-2025", True),
    ],
)
def test_period_over_when_published(tmp_path: Path, period: str, source: str, is_warned: bool) -> None:
    def change(tables: Tables) -> None:
        tables["observations"].append(observation("service_growth", "sample_province", period, "1", source))

    problems = _problems(tmp_path, change)
    assert [(problem.code, problem.level) for problem in problems] == (
        [("period_not_over", "warning")] if is_warned else []
    )


# Sources, editions, indicators, places


@pytest.mark.parametrize(
    ("published", "is_allowed"),
    [
        ("2026-07-02", False),
        ("2026-07-01", True),
        ("2026-07", True),
        ("2026", True),
        ("2027", False),
        ("2026-08", False),
    ],
)
def test_published_before_read(tmp_path: Path, published: str, is_allowed: bool) -> None:
    def change(tables: Tables) -> None:
        tables["sources"][0]["published"] = published

    problems = [problem for problem in _problems(tmp_path, change) if problem.level == "error"]
    assert [problem.code for problem in problems] == ([] if is_allowed else ["published_after_access"])


def test_addresses_may_both_be_empty(tmp_path: Path) -> None:
    def change(tables: Tables) -> None:
        tables["sources"][0].update(url="", found_url="")

    assert _problems(tmp_path, change) == []


@pytest.mark.parametrize("as_of", ["2024-06-30", "2023-01-01"])
def test_editions_in_order(tmp_path: Path, as_of: str) -> None:
    def change(tables: Tables) -> None:
        tables["editions"][1]["as_of"] = as_of

    problem = _only(tmp_path, change)
    assert (problem.row, problem.column, problem.found, problem.code) == (3, "as_of", as_of, "editions_order")


def test_lower_below_upper(tmp_path: Path) -> None:
    def change(tables: Tables) -> None:
        position = _find(tables, "indicators", indicator_id="service_growth")
        tables["indicators"][position].update(lower="100", upper="-100")

    assert {problem.code for problem in _problems(tmp_path, change)} == {"bounds_order", "value_out_of_bounds"}


@pytest.mark.parametrize(("indicator_id", "subkind"), [("goods_pass_rate", ""), ("test_centres", "share")])
def test_subkind_of_rates(tmp_path: Path, indicator_id: str, subkind: str) -> None:
    def change(tables: Tables) -> None:
        tables["indicators"][_find(tables, "indicators", indicator_id=indicator_id)]["subkind"] = subkind

    problem = _only(tmp_path, change)
    assert (problem.column, problem.code) == ("subkind", "subkind_and_kind")


def test_places_without_circle(tmp_path: Path) -> None:
    def change(tables: Tables) -> None:
        tables["regions"][0]["parent_id"] = "sample_city"

    assert [(problem.row, problem.code) for problem in _problems(tmp_path, change)] == [
        (2, "places_circular"),
        (3, "places_circular"),
        (4, "places_circular"),
    ]


# Goals


@pytest.mark.parametrize(
    ("target_id", "column", "cell", "code"),
    [
        ("goods-pass", "value", "", "rule_needs"),
        ("goods-pass", "baseline_year", "2022", "rule_forbids"),
        ("research", "baseline_year", "", "rule_needs"),
        ("research", "value", "3.5", "rule_forbids"),
        ("centres", "baseline_year", "", "rule_needs"),
        ("climate", "indicator_id", "consumer_satisfaction", "rule_forbids"),
        ("climate", "value", "90", "rule_forbids"),
        ("research", "baseline_year", "2025", "baseline_order"),
        ("goods-pass", "unit", "index", "unit_of_indicator"),
        ("climate", "unit", "percent", "unit_of_indicator"),
        ("goods-pass", "unit", "percents", "unit_unknown"),
    ],
)
def test_goals(tmp_path: Path, target_id: str, column: str, cell: str, code: str) -> None:
    def change(tables: Tables) -> None:
        tables["targets"][_find(tables, "targets", target_id=target_id)][column] = cell

    problems = _problems(tmp_path, change)
    assert (column, code) in [(problem.column, problem.code) for problem in problems]
    assert {problem.file for problem in problems} == {"plan/targets.csv"}


JIN = {
    "unit": "jin",
    "form": "plain",
    "name_zh": "斤",
    "name_en": "jin",
    "text_zh": "{}斤",
    "text_en": "{} jin",
    "one_en": "",
    "scale": "1",
    "decimals": "",
}


def test_a_unit_that_no_table_knows_is_one_error_with_the_remedy(tmp_path: Path) -> None:
    def change(tables: Tables) -> None:
        row = tables["indicators"][_find(tables, "indicators", indicator_id="goods_pass_rate")]
        row["unit"] = "precent"
        for name in ("targets", "peer_targets"):
            for goal in tables[name]:
                if goal["indicator_id"] == "goods_pass_rate":
                    goal["unit"] = "precent"

    problems = _problems(tmp_path, change)
    assert {problem.code for problem in problems} == {"unit_unknown"}
    assert len({problem.file for problem in problems}) == len(problems)
    first = problems[0]
    assert (first.file, first.column, first.found) == ("indicators.csv", "unit", "precent")
    assert "nearest: percent" in first.allowed
    assert "add a row to units.csv (unit, form, name_zh" in first.allowed


def test_a_folder_may_have_units_of_its_own(tmp_path: Path) -> None:
    def change(tables: Tables) -> None:
        tables["units"] = [JIN]
        tables["indicators"][_find(tables, "indicators", indicator_id="service_growth")]["unit"] = "jin"

    assert _problems(tmp_path, change) == []


@pytest.mark.parametrize(
    ("column", "cell"),
    [("form", "weight"), ("text_zh", "斤"), ("text_en", "{} of {}"), ("scale", "500"), ("scale", "0"), ("unit", "m/s")],
)
def test_a_row_of_a_unit_that_cannot_be_used(tmp_path: Path, column: str, cell: str) -> None:
    def change(tables: Tables) -> None:
        tables["units"] = [{**JIN, column: cell}]

    problem = _only(tmp_path, change)
    assert (problem.file, problem.row, problem.column, problem.found) == ("units.csv", 2, column, cell)


def test_a_table_of_units_that_cannot_be_read_is_one_problem(sample_folder: Path) -> None:
    (sample_folder / "units.csv").write_text("unit\n", encoding="utf-8")
    assert {problem.file for problem in check(sample_folder)} == {"units.csv"}


@pytest.mark.parametrize(
    ("rule", "value", "code"), [("at_least", "", "rule_needs"), ("rising", "94", "rule_forbids"), ("rising", "", "")]
)
def test_goals_of_others(tmp_path: Path, rule: str, value: str, code: str) -> None:
    def change(tables: Tables) -> None:
        tables["peer_targets"][0].update(rule=rule, value=value)

    assert [problem.code for problem in _problems(tmp_path, change)] == ([code] if code else [])


_CHANGE = {"rule": "change_from_baseline", "baseline_year": "2020"}


@pytest.mark.parametrize(
    ("target_id", "cells", "column", "code"),
    [
        ("goods-pass", {"rule": "at_most"}, "rule", "rule_and_better"),
        ("research", {"rule": "falling"}, "rule", "rule_and_better"),
        ("research", {"rule": "count_increase"}, "rule", "rule_and_unit"),
        ("centres", {"rule": "rank_within", "value": "20", "baseline_year": ""}, "rule", "rule_and_unit"),
        ("centres", {"rule": "done_by", "due": "2025-06", "baseline_year": ""}, "rule", "rule_and_unit"),
        ("goods-pass", {"rule": "between"}, "value_high", "rule_needs"),
        ("goods-pass", {"rule": "between", "value_high": "94"}, "value_high", "values_order"),
        ("goods-pass", {"value_high": "97"}, "value_high", "rule_forbids"),
        ("goods-pass", {"rule": "average_growth", "from_year": "2026"}, "from_year", "growth_order"),
        ("goods-pass", _CHANGE | {"baseline_year": "2025"}, "baseline_year", "baseline_order"),
        (
            "goods-pass",
            _CHANGE | {"value": "-5"},
            "rule",
            "rule_and_better",
        ),
        (
            "goods-pass",
            _CHANGE | {"value": "0"},
            "value",
            "change_of_nothing",
        ),
        ("goods-pass", {"rule": "done_by", "value": "", "due": "2024-06"}, "due", "due_in_year"),
        ("goods-pass", {"rule": "reach_by_path"}, "rule", "path_needed"),
    ],
)
def test_a_goal_that_makes_no_sense_is_refused_by_its_row_with_the_remedy(
    tmp_path: Path, target_id: str, cells: dict[str, str], column: str, code: str
) -> None:
    def change(tables: Tables) -> None:
        tables["targets"][_find(tables, "targets", target_id=target_id)].update(cells)

    found = [problem for problem in _problems(tmp_path, change) if (problem.column, problem.code) == (column, code)]
    assert found
    assert found[0].row is not None
    assert found[0].file == "plan/targets.csv"
    assert "to do: " in found[0].allowed or not code.startswith(("rule_and", "change_of"))


@pytest.mark.parametrize(
    ("step", "column", "code"),
    [
        ({"target_id": "centres", "year": "2024", "value": "5"}, "target_id", "path_of_goal"),
        ({"target_id": "goods-pass", "year": "2026", "value": "94"}, "year", "path_order"),
        ({"target_id": "goods-pass", "year": "2025", "value": "94"}, "value", "path_end"),
        ({"target_id": "goods-pass", "year": "2024", "value": "96"}, "", ""),
        ({"target_id": "goods-pass", "year": "2024", "value": "94"}, "", ""),
    ],
)
def test_a_path_leads_to_its_goal(tmp_path: Path, step: Row, column: str, code: str) -> None:
    def change(tables: Tables) -> None:
        tables["targets"][_find(tables, "targets", target_id="goods-pass")]["rule"] = "reach_by_path"
        tables["target_path"] = [step]

    found = [(problem.column, problem.code) for problem in _problems(tmp_path, change)]
    assert ((column, code) in found) if code else found == []


def test_a_path_that_turns_back_is_warned_of(tmp_path: Path) -> None:
    def change(tables: Tables) -> None:
        tables["targets"][_find(tables, "targets", target_id="goods-pass")]["rule"] = "reach_by_path"
        steps = (("2023", "94"), ("2024", "96"))
        tables["target_path"] = [{"target_id": "goods-pass", "year": year, "value": value} for year, value in steps]

    (problem,) = _problems(tmp_path, change)
    assert (problem.column, problem.code, problem.level) == ("value", "path_back", "warning")
    assert problem.found == "94 in 2023, 96 in 2024, 95 in 2025"


# The settings of the book, and how problems read


def test_settings_are_checked_where_they_are(sample_folder: Path) -> None:
    (sample_folder / "book.toml").write_text('name = "Sample Book"\n', encoding="utf-8")
    assert {problem.file for problem in check(sample_folder)} == {"book.toml"}
    (sample_folder / "book.toml").unlink()
    assert check(sample_folder) == []


def test_a_problem_reads_as_one_line(tmp_path: Path) -> None:
    def change(tables: Tables) -> None:
        tables["observations"][0]["note_zh"] = " " + "长" * 500 + "\n"

    text = str(_only(tmp_path, change))
    assert text.startswith("error: observations.csv:2 [note_zh]: found ' 长长")
    assert "\n" not in text
    assert len(text) < 200


# Parts of years, datings


def _a_level(tables: Tables, **cells: str) -> None:
    at = _find(tables, "indicators", indicator_id="research_intensity")
    tables["indicators"][at] |= {"kind": "level", "subkind": "", "unit": "score", **cells}
    tables["targets"][_find(tables, "targets", target_id="research")]["unit"] = "score"


def _with_a_month(tables: Tables) -> None:
    tables["observations"].append(
        observation("research_intensity", "sample_city", "2025-05", "3.1", "yearbook-2026", preferred="1")
    )


def test_a_level_with_parts_of_a_year_says_how_they_make_the_year(tmp_path: Path) -> None:
    def change(tables: Tables) -> None:
        _a_level(tables)
        _with_a_month(tables)

    problem = _only(tmp_path, change)
    assert (problem.file, problem.column, problem.found) == ("observations.csv", "period", "2025-05")
    assert "year_from of research_intensity in indicators.csv" in problem.allowed
    assert _problems(tmp_path / "yearly", _a_level) == []

    def cut_short(tables: Tables) -> None:
        change(tables)
        tables["observations"][-1] |= {"period": "2025", "complete": "0"}

    # A year that its source calls incomplete is a part as well.
    assert _only(tmp_path / "cut", cut_short).code == "year_from_needed"


def test_only_rates_are_pooled(tmp_path: Path) -> None:
    assert _only(tmp_path, lambda tables: _a_level(tables, year_from="pooled")).code == "year_from_and_kind"


@pytest.mark.parametrize("indicator", ["goods_pass_rate", "test_centres"])
def test_rates_and_stocks_do_not_add_up_over_a_year(tmp_path: Path, indicator: str) -> None:
    def change(tables: Tables) -> None:
        tables["indicators"][_find(tables, "indicators", indicator_id=indicator)]["year_from"] = "sum"

    assert _only(tmp_path, change).code == "year_from_and_kind"


@pytest.mark.parametrize(("decimals", "codes"), [("2", []), ("", []), ("1", ["decimals_as_printed"])])
def test_decimals_are_those_of_the_latest_yearly_figures(tmp_path: Path, decimals: str, codes: list[str]) -> None:
    def change(tables: Tables) -> None:
        tables["indicators"][_find(tables, "indicators", indicator_id="research_intensity")]["decimals"] = decimals

    problems = _problems(tmp_path, change)
    assert [problem.code for problem in problems] == codes
    assert all(problem.level == "warning" for problem in problems)


@pytest.mark.parametrize(
    ("period", "qualifier", "sound"),
    [
        ("2020-01/2022-12", "at_least", True),
        ("2022", "at_least", False),
        ("2020-01/2022-12", "exact", False),
        ("", "undated", False),
    ],
)
def test_each_year_is_said_of_bounds_over_several_years(
    tmp_path: Path, period: str, qualifier: str, sound: bool
) -> None:
    def change(tables: Tables) -> None:
        row = observation("goods_pass_rate", "neighbour_city", period, "95", "yearbook-2026", qualifier=qualifier)
        tables["observations"].append(row | {"each_year": "1"})

    codes = [problem.code for problem in _problems(tmp_path, change)]
    assert codes == ([] if sound else ["each_year_and_period"])


DATING = {"indicator_id": "goods_pass_rate", "region_id": "neighbour_city", "source_id": "yearbook-2023"}
DATING |= {"from_year": "2010", "to_year": "2012", "reason_zh": "虚构", "reason_en": "invented"}


@pytest.mark.parametrize(
    ("qualifier", "cells", "codes"),
    [
        ("undated", {}, []),
        ("exact", {}, ["dating_of_undated"]),
        ("undated", {"from_year": "2013"}, ["dating_order"]),
        ("undated", {"region_id": "sample_city"}, ["dating_of_undated"]),
    ],
)
def test_a_dating_is_of_a_figure_without_a_period(
    tmp_path: Path, qualifier: str, cells: dict[str, str], codes: list[str]
) -> None:
    def change(tables: Tables) -> None:
        period = "" if qualifier == "undated" else "2012"
        row = observation("goods_pass_rate", "neighbour_city", period, "95", "yearbook-2023", qualifier=qualifier)
        tables["observations"].append(row)
        tables["dating"] = [DATING | cells]

    assert [problem.code for problem in _problems(tmp_path, change)] == codes


@pytest.mark.parametrize("kind", ["folder", "link", "pipe"])
@pytest.mark.parametrize("name", ["plan/gaps.csv", "book.toml"])
def test_what_is_no_file_is_not_taken_for_absent(sample_folder: Path, name: str, kind: str) -> None:
    path = sample_folder / name
    path.unlink()
    if kind == "pipe" and not hasattr(os, "mkfifo"):
        pytest.skip("a system without pipes in folders")
    make = {"folder": path.mkdir, "link": lambda: path.symlink_to("nowhere"), "pipe": lambda: os.mkfifo(path)}
    make[kind]()
    (problem,) = check(sample_folder)
    assert (problem.file, problem.level) == (name, "error")


def test_an_unknown_key_of_the_settings_is_named(sample_folder: Path) -> None:
    path = sample_folder / "book.toml"
    path.write_text('adress = "https://book.example/"\n' + path.read_text(encoding="utf-8"), encoding="utf-8")
    (problem,) = check(sample_folder)
    assert (problem.file, problem.column, problem.found) == ("book.toml", "adress", "an unknown key")


def test_a_setting_that_lacks_is_no_value(sample_folder: Path) -> None:
    path = sample_folder / "book.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('en = "The tests"', ""), encoding="utf-8")
    (problem,) = check(sample_folder)
    assert (problem.column, problem.found) == ("author.en", "no such key")


@pytest.mark.parametrize(
    ("old", "new", "line", "column"),
    [
        ('en = "The tests"', 'en = "The tests"\naddress = "https://a.example/"', 15, "author.address"),
        ('en = "The tests"', 'en = "The tests"\nofficial = true', 15, "author.official"),
        ('en = "Invented', 'de = "x"\nen = "Invented', 10, "subtitle.de"),
        ('zh = "测试"\n', "", 12, "author.zh"),
        ("[title]\n", 'address = "https://a.example/\\u0001"\n[title]\n', 4, "address"),
        ("[title]\n", 'address = "https://who:word@a.example/"\n[title]\n', 4, "address"),
        ("[title]\n", f"official = {'9' * 5000}\n[title]\n", 1, ""),
        ("[title]\n", "[title\n", 4, ""),
    ],
)
def test_problems_of_the_settings_have_their_line(
    sample_folder: Path, old: str, new: str, line: int, column: str
) -> None:
    path = sample_folder / "book.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    (problem,) = check(sample_folder)
    assert (problem.file, problem.row, problem.column) == ("book.toml", line, column)


def test_a_change_is_not_held_against_the_bounds_of_its_indicator(tmp_path: Path) -> None:
    def change(tables: Tables, value: str, rule: str) -> None:
        row = next(row for row in tables["targets"] if row["target_id"] == "goods-pass")
        row |= {"rule": rule, "value": value, "unit": "percent", "baseline_year": "2020" if "change" in rule else ""}
        row |= {"statement_zh": "合格率降低", "statement_en": "A lower pass rate"}
        indicator = tables["indicators"][_find(tables, "indicators", indicator_id=row["indicator_id"])]
        indicator |= {"better": "neither"}

    assert _problems(tmp_path / "change", lambda tables: change(tables, "-13.5", "change_from_baseline")) == []
    (problem,) = _problems(tmp_path / "figure", lambda tables: change(tables, "-13.5", "at_least"))
    assert problem.code == "value_out_of_bounds"


@pytest.mark.parametrize("name", ["regions", "indicators", "sources", "areas", "tasks"])
def test_a_table_without_a_row_is_named_alone(tmp_path: Path, name: str) -> None:
    (problem,) = check(write_evidence(tmp_path, **{name: []}))
    assert (problem.file, problem.row, problem.level) == (PATHS[name], 1, "error")
    assert "a row for each key that other tables name" in problem.allowed


@pytest.mark.parametrize(
    ("first", "second", "columns"),
    [
        ({"valid_from": "2024-01-01", "valid_to": "2024-01-01"}, {}, ["valid_to"]),
        ({"valid_from": "2024-01-01", "valid_to": "2024-01-02"}, {}, []),
        ({"valid_from": "2024-06-01"}, {"valid_from": "2024-01-01", "supersedes": "goods-pass"}, ["valid_from"]),
        ({"valid_from": "2024-01-01"}, {"valid_from": "2024-06-01", "supersedes": "goods-pass"}, []),
        (
            {"valid_from": "2024-01-01", "supersedes": "research"},
            {"valid_from": "2024-06-01", "supersedes": "goods-pass"},
            ["valid_from"],
        ),
    ],
)
def test_a_goal_holds_at_some_time(tmp_path: Path, first: Row, second: Row, columns: list[str]) -> None:
    def change(tables: Tables) -> None:
        tables["targets"][0] |= first
        tables["targets"][1] |= second

    problems = _problems(tmp_path, change)
    assert [problem.column for problem in problems] == columns
    assert {problem.level for problem in problems} <= {"error"}


@pytest.mark.parametrize(
    ("value", "high", "codes"),
    [
        ("18", "20", []),
        ("18.0", "20", []),
        ("0", "0", ["no_whole_number", "no_whole_number"]),
        ("-1", "20", ["no_whole_number"]),
        ("1.5", "20", ["no_whole_number"]),
    ],
)
def test_parts_of_a_whole_are_counted(tmp_path: Path, value: str, high: str, codes: list[str]) -> None:
    def change(tables: Tables) -> None:
        tables["targets"][0] |= {"rule": "share_of", "value": value, "value_high": high}
        tables["targets"][0] |= {"statement_zh": "多数合格", "statement_en": "Most pass"}

    assert [problem.code for problem in _problems(tmp_path, change)] == codes


def test_settings_with_a_mark_are_read_and_a_pipe_is_refused(tmp_path: Path) -> None:
    settings = write_evidence(tmp_path) / "book.toml"
    settings.write_bytes(b"\xef\xbb\xbf" + settings.read_bytes())
    assert check(tmp_path) == []
    settings.unlink()
    os.mkfifo(settings)
    (problem,) = check(tmp_path)
    assert (problem.file, problem.found) == ("book.toml", "no plain file")


@pytest.mark.parametrize("name", ["datapackage.json", ".intake.lock", ".intake/journal.json"])
def test_a_folder_where_the_program_has_a_file_is_an_error(sample_folder: Path, name: str) -> None:
    (sample_folder / name).unlink(missing_ok=True)
    (sample_folder / name).mkdir(parents=True)
    (problem,) = (problem for problem in check(sample_folder) if problem.level == "error")
    assert (problem.file, problem.code, problem.found) == (name, "place_taken", "no plain file")


@pytest.mark.parametrize("name", ["seals", ".intake", ".intake-history"])
def test_a_file_where_the_program_has_a_folder_is_an_error(sample_folder: Path, name: str) -> None:
    (sample_folder / name).touch()
    (problem,) = (problem for problem in check(sample_folder) if problem.level == "error")
    assert (problem.file, problem.code, problem.found) == (name, "place_taken", "no folder")


@pytest.mark.parametrize(("name", "meant"), [("plan/gap.csv", "plan/gaps.csv"), ("Locators.csv", "locators.csv")])
def test_a_file_named_nearly_as_an_absent_table_is_named(sample_folder: Path, name: str, meant: str) -> None:
    (sample_folder / meant).unlink(missing_ok=True)
    (sample_folder / name).write_text("x", encoding="utf-8")
    named = [problem for problem in check(sample_folder) if problem.code == "table_name"]
    assert [(problem.file, problem.allowed.split(";")[0], problem.level) for problem in named] == [
        (name, meant, "warning")
    ]


def test_other_files_beside_the_tables_are_nobodys_business(sample_folder: Path) -> None:
    for name in ("raw.csv", "observations (copy).csv", "plan/wordings.csv"):
        (sample_folder / name).write_text("x", encoding="utf-8")
    assert "table_name" not in {problem.code for problem in check(sample_folder)}

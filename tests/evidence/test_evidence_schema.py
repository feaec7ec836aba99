"""The declared tables, and the descriptor made from them."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from synthetic import write_evidence

from qualitybook.evidence.check import check
from qualitybook.evidence.reading import descriptor, present_tables, write_descriptor
from qualitybook.evidence.schema import CELL_TYPES, TABLES, Field

ROOT = Path(__file__).parents[2]
EVIDENCE_FOLDERS = (ROOT / "data", ROOT / "examples" / "china-2023")
BY_NAME = {table.name: table for table in TABLES}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_keys_name_columns_that_exist(table) -> None:
    assert set(table.primary_key) <= set(table.header)
    for key in table.foreign_keys:
        assert set(key.fields) <= set(table.header)
        assert set(key.to_fields) <= set(BY_NAME[key.table].header)
    assert len(set(table.header)) == len(table.header)
    assert all(field.type in CELL_TYPES and field.description for field in table.fields)


@pytest.mark.parametrize("text", ["0", "-1.5", "98.20", "100", "0.1234", "123456789012345", "-0.5"])
def test_numbers(text: str) -> None:
    assert Field("value", "number").accepts(text)


@pytest.mark.parametrize(
    "text",
    [
        "９８",
        "98．5",
        "1,000",
        "1 000",
        "NaN",
        "nan",
        "inf",
        "-inf",
        "1e3",
        "+5",
        "05",
        ".5",
        "5.",
        "--1",
        "0x10",
        "98%",
        "1_000",
        "１",
        "١",
        "1234567890123456",
        "0.1234567890123456",
        " 98",
        "98 ",
        "−5",
        "",
        "约98",
        "98-99",
    ],
)
def test_texts_that_are_no_numbers(text: str) -> None:
    assert not Field("value", "number").accepts(text)


@pytest.mark.parametrize("text", ["1.0", "-1", "１", "1e2", "1,000", "007"])
def test_texts_that_are_no_counts(text: str) -> None:
    assert not Field("n", "count").accepts(text)


def test_bounds_of_a_field() -> None:
    field = Field("n", "count", required=False, minimum=1, maximum=10)
    assert [field.accepts(text) for text in ("0", "1", "10", "11", "")] == [False, True, True, False, True]
    assert field.allowed.endswith("at least 1, at most 10, or empty")


@pytest.mark.parametrize("text", [" a", "a ", "\u3000字", "字\u00a0", "a\tb", "a\x00b", "\n"])
def test_texts_with_blanks_around_or_control_characters(text: str) -> None:
    assert not Field("note", "text").accepts(text)


@pytest.mark.parametrize("text", ["字", "a b", "第一行\n第二行", "“引”，（注）"])
def test_texts(text: str) -> None:
    assert Field("note", "text").accepts(text)


@pytest.mark.parametrize(
    ("text", "is_accepted"),
    [
        ("https://example.org/a?b=c#d", True),
        ("http://example.org", True),
        ("ftp://example.org", False),
        ("www.example.org", False),
        ("https://", False),
        ("https://example.org/a b", False),
        ('https://example.org/"', False),
        ("javascript:alert(1)", False),
    ],
)
def test_addresses(text: str, is_accepted: bool) -> None:
    assert Field("url", "url").accepts(text) is is_accepted


def test_days_exist() -> None:
    assert Field("accessed", "date").accepts("2024-02-29")
    assert not Field("accessed", "date").accepts("2023-02-29")
    assert not Field("accessed", "date").accepts("2023-02")
    assert not Field("published", "stated_date").accepts("2023-02-29")
    assert not Field("period", "period").accepts("2024-09/2024-01")


def test_descriptor_describes_the_tables_that_are_there(tmp_path: Path) -> None:
    folder = write_evidence(tmp_path, gaps=None, publishers=None)
    package = descriptor(present_tables(folder))
    resources = {resource["name"]: resource for resource in package["resources"]}
    left_out = {"gaps", "publishers", "reviews", "dating", "region_areas", "open_scopes", "units"}
    left_out |= {"indicative_evidence", "indicative_goals", "target_path", "errata", "plan_texts"}
    assert list(resources) == [table.name for table in TABLES if table.name not in left_out]
    for resource in resources.values():
        assert (folder / resource["path"]).is_file()
        assert re.fullmatch(r"[-a-z0-9._/]+", resource["name"])
    observations = resources["observations"]["schema"]
    assert observations["uniqueKeys"] == [["indicator_id", "region_id", "period", "source_id", "basis"]]
    assert resources["sources"]["schema"]["primaryKey"] == ["source_id"]
    assert {"fields": ["source_id"], "reference": {"resource": "sources", "fields": ["source_id"]}} in observations[
        "foreignKeys"
    ]
    qualifier = next(field for field in observations["fields"] if field["name"] == "qualifier")
    assert qualifier["constraints"]["enum"] == ["exact", "at_least", "at_most", "about", "derived", "undated"]
    assert resources["regions"]["schema"]["foreignKeys"][0]["reference"]["resource"] == ""


def test_foreign_keys_point_to_resources_of_the_package(tmp_path: Path) -> None:
    package = descriptor(present_tables(write_evidence(tmp_path)))
    fields = {
        resource["name"]: [field["name"] for field in resource["schema"]["fields"]] for resource in package["resources"]
    }
    for resource in package["resources"]:
        for key in resource["schema"].get("foreignKeys", []):
            target = key["reference"]["resource"] or resource["name"]
            assert set(key["reference"]["fields"]) <= set(fields[target])


def test_patterns_in_the_descriptor_are_for_strings_that_are_never_empty() -> None:
    """Loaders make checks of a database of them, which ask them of empty fields too."""
    patterns = 0
    for resource in descriptor(table.name for table in TABLES)["resources"]:
        for field in resource["schema"]["fields"]:
            if "pattern" in field["constraints"]:
                assert (field["type"], field["constraints"]["required"]) == ("string", True)
                patterns += 1
    assert patterns > 10


def test_writing_the_descriptor_keeps_what_is_said_of_the_package(sample_folder: Path) -> None:
    write_descriptor(sample_folder, {"name": "sample", "title": "样例", "homepage": "https://example.org"})
    path = write_descriptor(sample_folder)
    package = json.loads(path.read_text(encoding="utf-8"))
    assert (package["name"], package["title"], package["homepage"]) == ("sample", "样例", "https://example.org")
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    assert check(sample_folder) == []


def test_a_descriptor_of_other_tables_is_noticed(sample_folder: Path) -> None:
    path = write_descriptor(sample_folder)
    package = json.loads(path.read_text(encoding="utf-8"))
    package["resources"][0]["schema"]["fields"][0]["name"] = "indicator"
    path.write_text(json.dumps(package), encoding="utf-8")
    (problem,) = check(sample_folder)
    assert (problem.file, problem.code, problem.level) == ("datapackage.json", "descriptor_differs", "warning")


@pytest.mark.parametrize("text", [b"{", b"\xff", b"\x00", b"[" * 200_000])
def test_a_descriptor_that_is_not_json_is_an_error(sample_folder: Path, text: bytes) -> None:
    (sample_folder / "datapackage.json").write_bytes(text)
    (problem,) = check(sample_folder)
    assert (problem.file, problem.code, problem.level) == ("datapackage.json", "descriptor_form", "error")


_SQL = {"integer": "INTEGER", "year": "INTEGER", "number": "REAL", "string": "TEXT", "date": "TEXT"}


def _declared(resource: dict[str, Any]) -> str:
    """Return the statement that makes a table as a resource of a package declares it."""
    schema = resource["schema"]
    parts = [
        f'"{field["name"]}" {_SQL[field["type"]]}{" NOT NULL" if field["constraints"]["required"] else ""}'
        for field in schema["fields"]
    ]
    keys = [("PRIMARY KEY", schema[key]) for key in ("primaryKey",) if key in schema]
    keys += [("UNIQUE", key) for key in schema.get("uniqueKeys", ())]
    parts += [f"{kind} ({_named(fields)})" for kind, fields in keys]
    for key in schema.get("foreignKeys", ()):
        other = key["reference"]["resource"] or resource["name"]
        parts.append(
            f'FOREIGN KEY ({_named(key["fields"])}) REFERENCES "{other}" ({_named(key["reference"]["fields"])})'
        )
    return f'CREATE TABLE "{resource["name"]}" ({", ".join(parts)}) STRICT'


def _named(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


@pytest.mark.parametrize("folder", EVIDENCE_FOLDERS, ids=lambda folder: folder.name)
def test_a_package_loads_into_sqlite_with_its_declared_keys(folder: Path) -> None:
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    base = sqlite3.connect(":memory:")
    for resource in package["resources"]:
        base.execute(_declared(resource))
        with (folder / resource["path"]).open(encoding="utf-8", newline="") as file:
            rows = [[cell or None for cell in row] for row in list(csv.reader(file))[1:]]
        places = ", ".join("?" * len(resource["schema"]["fields"]))
        base.executemany(f'INSERT INTO "{resource["name"]}" VALUES ({places})', rows)
        assert base.execute(f'SELECT count(*) FROM "{resource["name"]}"').fetchone() == (len(rows),)
    assert base.execute("PRAGMA foreign_key_check").fetchall() == []
    numbers = [row[0] for row in base.execute("SELECT number FROM tasks")]
    with (folder / "plan/tasks.csv").open(encoding="utf-8", newline="") as file:
        assert numbers == [row["number"] for row in csv.DictReader(file)]


def test_a_column_with_a_pattern_has_an_example_that_the_message_names() -> None:
    patterned = [field for table in TABLES for field in table.fields if field.pattern]
    assert [field.name for field in patterned if not (field.example and field.accepts(field.example))] == []
    assert [field.name for field in patterned if f"such as {field.example}" not in field.allowed] == []
    assert [field.name for field in patterned if field.pattern in field.allowed] == []

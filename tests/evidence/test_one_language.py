"""A book in one language: what the evidence need not say, and what is made. The sample city is invented."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from intake_files import FIGURE, SOURCE
from openpyxl import load_workbook
from small_project import build_here, write_project
from synthetic import write_table

from qualitybook import assess, cli
from qualitybook.evidence.check import check
from qualitybook.evidence.editions import write_starter
from qualitybook.evidence.reading import write_descriptor
from qualitybook.evidence.schema import TABLES, languages_of


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli.main, [str(argument) for argument in arguments], catch_exceptions=False)


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


def in_one(folder: Path, code: str = "zh") -> Path:
    """Take the texts in other languages out of a folder's tables and settings."""
    other = {"zh": "en", "en": "zh"}[code]
    for table in TABLES:
        path = folder / table.path
        if path.is_file():
            header = [name for name in table.header if not name.endswith(f"_{other}")]
            write_table(path, header, [{name: row[name] for name in header} for row in rows_of(path)])
    book = folder / "book.toml"
    text = re.sub(rf"(?m)^{other} = .*\n", "", book.read_text("utf-8"))
    book.write_text(text.replace("\n\n", f'\nlanguages = ["{code}"]\n\n', 1), "utf-8")
    if (folder / "datapackage.json").is_file():
        write_descriptor(folder)
    return folder


@pytest.mark.parametrize("code", ["zh", "en"])
def test_texts_in_the_other_language_may_lack(sample_folder: Path, code: str) -> None:
    before = assess(sample_folder).drop(columns=["statement_zh", "statement_en"])
    assert languages_of(sample_folder) == ("zh", "en")
    in_one(sample_folder, code)
    assert languages_of(sample_folder) == (code,)
    assert [str(problem) for problem in check(sample_folder)] == []
    after = assess(sample_folder)
    assert after.drop(columns=["statement_zh", "statement_en"]).equals(before)
    assert after[f"statement_{code}"].all()
    assert after[f"statement_{code}"].iloc[0] in run("assess", "--data", sample_folder, "--format", "csv").output


def test_texts_of_the_book_s_own_language_may_not(sample_folder: Path) -> None:
    path = in_one(sample_folder) / "regions.csv"
    path.write_text(path.read_text("utf-8").replace("样例市", "", 1), "utf-8")
    (problem,) = check(sample_folder)
    assert (problem.column, problem.found) == ("name_zh", "")


@pytest.mark.parametrize("named", ['"zh"', "[]", '["zh", "fr"]'])
def test_languages_that_there_are_not_are_refused(sample_folder: Path, named: str) -> None:
    book = sample_folder / "book.toml"
    book.write_text(f"languages = {named}\n{book.read_text('utf-8')}", "utf-8")
    (problem,) = check(sample_folder)
    assert (problem.file, problem.column) == ("book.toml", "languages")
    assert "a list of one or more of zh, en" in problem.allowed


def test_a_new_folder_in_one_language_has_no_columns_of_the_other(tmp_path: Path) -> None:
    assert run("init", tmp_path / "city", "--lang", "zh").exit_code == 0
    headers = [path.read_text("utf-8").splitlines()[0] for path in (tmp_path / "city").rglob("*.csv")]
    names = ",".join(headers).split(",")
    assert "name_zh" in names
    assert [name for name in names if name.endswith("_en")] == []
    assert check(tmp_path / "city") == []
    described = json.loads((tmp_path / "city" / "datapackage.json").read_text("utf-8"))
    assert "name_en" not in str(described)


def test_what_is_taken_in_brings_no_columns_of_the_other(sample_folder: Path, tmp_path: Path) -> None:
    in_one(sample_folder)
    path = tmp_path / "new.xlsx"
    assert run("intake", "template", path, "--data", sample_folder).exit_code == 0
    book = load_workbook(path)
    # A jump, which the one note settles.
    doubt = {**FIGURE, "value": "12.00", "n": None, "passed": None, "note_zh": "虚构", "settled": "jump"}
    for sheet, cells in (("observations", doubt), ("sources", SOURCE)):
        header = [cell.value for cell in book[sheet][2]]
        assert not [name for name in header if str(name).endswith("_en")]
        for name, value in cells.items():
            book[sheet].cell(3, header.index(name) + 1).value = value
    book.save(path)
    done = run("intake", "import", path, "--data", sample_folder)
    assert done.exit_code == 0, done.output
    row = rows_of(sample_folder / "observations.csv")[-1]
    assert (row["value"], "note_en" in row) == ("12.00", False)


def test_a_plan_in_one_language_comes_back_in_one(sample_folder: Path, tmp_path: Path) -> None:
    in_one(sample_folder)
    assert run("intake", "template", tmp_path / "plan.xlsx", "--plan", "--data", sample_folder).exit_code == 0
    made = run("init", tmp_path / "city", "--from-workbook", tmp_path / "plan.xlsx", "--lang", "zh")
    assert made.exit_code == 0, made.output
    for name in ("plan/targets.csv", "indicators.csv", "regions.csv"):
        assert (tmp_path / "city" / name).read_bytes() == (sample_folder / name).read_bytes()


@pytest.mark.parametrize("command", [("build",), ("edition", "diff"), ("review", "2025")])
def test_the_other_language_is_one_clear_error(tmp_path: Path, command: tuple[str, ...]) -> None:
    write_starter(tmp_path / "city", date(2030, 5, 1), ["zh"])
    refused = run(*command, "--lang", "en", "--data", tmp_path / "city")
    assert refused.exit_code == 2
    assert "no language 'en'; allowed: zh (book.toml names no other)." in refused.stderr


def test_pages_are_made_in_the_one_language_alone(tmp_path: Path) -> None:
    folder = write_project(tmp_path)
    in_one(folder / "data")
    built = build_here(folder, "--html")
    assert built.exit_code == 0, built.stderr
    site = folder / "_site"
    assert sorted(path.name for path in (site / "2025").iterdir()) == ["notes.html", "zh"]
    offered = "".join((site / name).read_text("utf-8") for name in ("editions.html", "404.html", "data/index.html"))
    assert 'lang="zh' in offered
    assert 'lang="en"' not in offered
    assert "name_en" not in (site / "data" / "regions.csv").read_text("utf-8")
    described = json.loads((site / "data" / "datapackage.json").read_text("utf-8"))
    (regions,) = [table for table in described["resources"] if table["name"] == "regions"]
    assert [field["name"] for field in regions["schema"]["fields"]] == ["region_id", "name_zh", "level", "parent_id"]

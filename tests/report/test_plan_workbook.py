"""A plan as a workbook: out of a folder, into it again, and into a new one. The sample city is invented."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook, load_workbook
from synthetic import PATHS, evidence_tables, write_evidence

from qualitybook import cli
from qualitybook.evidence.check import check
from qualitybook.evidence.schema import TABLES
from qualitybook.report.workbook import _ELSEWHERE, _plan_heading

ROOT = Path(__file__).parents[2]
SPOILT = (("targets", "rule", "atleast"), ("tasks", "area_id", "nowhere"), ("areas", "name_zh", None))
KEPT = sorted({*PATHS} - {"observations", "reviews", "editions", "dating"})


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli.main, [str(argument) for argument in arguments], catch_exceptions=False)


def rows_of(folder: Path, table: str) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / PATHS[table]).read_text("utf-8").splitlines()))


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The sample city's plan as a workbook."""
    folder = tmp_path_factory.mktemp("exported")
    write_evidence(folder / "data")
    assert run("intake", "template", folder / "plan.xlsx", "--plan", "--data", folder / "data").exit_code == 0
    return (folder / "plan.xlsx").read_bytes()


@pytest.fixture
def plan(exported: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "plan.xlsx"
    path.write_bytes(exported)
    return path


def changed(path: Path, change: Callable[[Workbook], None]) -> Path:
    book = load_workbook(path)
    change(book)
    book.save(path)
    return path


def test_every_column_of_the_sheets_has_a_heading_in_words() -> None:
    tables = [table for table in TABLES if table.name not in _ELSEWHERE]
    bare = [
        (table.name, field.name)
        for table in tables
        for field in table.fields
        if _plan_heading(table, field.name) == field.name
    ]
    assert bare == []


def test_a_sheet_that_is_missing_is_named_alone(plan: Path, tmp_path: Path) -> None:
    def lose(book: Workbook) -> None:
        del book["regions"]

    refused = run("init", tmp_path / "city", "--from-workbook", changed(plan, lose))
    first, *rest = refused.stderr.splitlines()
    assert first.startswith("error: regions.csv:1: found 'a header and nothing else'; allowed: a row for each key")
    assert first.endswith("to do: fill in the sheet regions")
    assert rest == ["1 cell to look at; nothing was written."]


def test_what_editions_need_is_no_part_of_a_plan(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    run("intake", "template", path, "--plan", "--data", ROOT / "examples" / "clean-air")
    assert "errata" not in load_workbook(path).sheetnames
    refused = run("init", tmp_path / "city", "--from-workbook", path)
    assert "for a book without this language say --lang to init" in refused.stderr.splitlines()[0]
    assert not (tmp_path / "city").exists()
    made = run("init", tmp_path / "city", "--lang", "en", "--from-workbook", path)
    assert made.exit_code == 0, made.output


def cell_of(book: Workbook, sheet: str, row: int, column: str) -> str:
    """Return the name of a cell by its column's name."""
    header = [cell.value for cell in book[sheet][2]]
    return str(book[sheet].cell(row, header.index(column) + 1).coordinate)


def test_a_plan_that_comes_back_changes_nothing(sample_folder: Path, plan: Path) -> None:
    before = {path: path.read_bytes() for path in sample_folder.rglob("*.csv")}
    back = run("intake", "import", plan, "--data", sample_folder)
    assert back.exit_code == 0, back.output
    assert "Nothing new" in back.output
    assert {path: path.read_bytes() for path in sample_folder.rglob("*.csv")} == before


def test_a_new_folder_from_a_plan_has_the_same_bytes(sample_folder: Path, plan: Path, tmp_path: Path) -> None:
    made = run("init", tmp_path / "city", "--from-workbook", plan)
    assert made.exit_code == 0, made.output
    rows = {
        name: (sample_folder / PATHS[name]).read_bytes() for name in KEPT if (sample_folder / PATHS[name]).is_file()
    }
    assert len(rows) > 12
    assert [name for name in rows if (tmp_path / "city" / PATHS[name]).read_bytes() != rows[name]] == []
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    (problem,) = check(tmp_path / "city")
    assert (problem.code, "qualitybook edition new" in str(problem)) == ("edition_missing", True)


def test_the_command_that_a_template_names_makes_its_folder_in_one_language_too(tmp_path: Path) -> None:
    run("init", tmp_path / "one", "--lang", "zh")
    plan = tmp_path / "plan.xlsx"
    told = run("intake", "template", plan, "--plan", "--data", tmp_path / "one").output
    (command,) = re.findall(r"'qualitybook (init DIR --from-workbook FILE[^']*)'", " ".join(told.split()))
    named = {"DIR": tmp_path / "two", "FILE": plan}
    made = run(*(named.get(word, word) for word in command.split()))
    assert made.exit_code == 0, made.output


def test_the_plan_of_this_book_makes_a_folder(tmp_path: Path) -> None:
    data, plan = Path(__file__).parents[2] / "data", tmp_path / "plan.xlsx"
    assert run("intake", "template", plan, "--plan", "--data", data).exit_code == 0
    made = run("init", tmp_path / "city", "--from-workbook", plan)
    assert made.exit_code == 0, made.output
    (problem,) = [problem for problem in check(tmp_path / "city") if problem.level == "error"]
    assert problem.code == "edition_missing"
    here, there = (rows_of(folder, "indicative_evidence") for folder in (data, tmp_path / "city"))
    assert there == [row for row in here if not row["source_id"]]
    assert 0 < len(there) < len(here)


def test_a_plan_is_made_in_the_folder_where_one_stands(
    plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "city").mkdir()
    monkeypatch.chdir(tmp_path / "city")
    made = run("init", ".", "--from-workbook", plan)
    assert made.exit_code == 0, made.output
    assert Path("book.toml").is_file()
    assert [problem.code for problem in check(Path("."))] == ["edition_missing"]


def test_the_first_edition_is_begun_by_its_command(plan: Path, tmp_path: Path) -> None:
    folder = tmp_path / "city"
    run("init", folder, "--from-workbook", plan)
    done = run("edition", "new", "2025", "--as-of", "2026-06-30", "--data", folder)
    assert "goals of 2025" in done.output
    assert check(folder) == []


def test_a_first_edition_asks_for_its_year_where_goals_are_of_several(tmp_path: Path) -> None:
    goals = evidence_tables()["targets"]
    goals[0]["target_year"] = "2030"
    folder = write_evidence(tmp_path / "city", targets=goals, editions=[])
    vague = run("edition", "new", "2025", "--as-of", "2026-06-30", "--data", folder)
    assert vague.exit_code == 2
    assert "allowed: one year that goals are to be met in: 2025, 2030" in vague.output
    done = run("edition", "new", "2025", "--as-of", "2026-06-30", "--target-year", "2030", "--data", folder)
    assert "goals of 2030" in done.output


def test_figures_can_be_taken_in_before_the_first_edition(plan: Path, sample_folder: Path, tmp_path: Path) -> None:
    run("init", tmp_path / "city", "--from-workbook", plan)
    done = run("intake", "import", sample_folder / "observations.csv", "--accept-doubts", "--data", tmp_path / "city")
    assert done.exit_code == 0, done.output
    rows = rows_of(tmp_path / "city", "observations")
    # The import notes the day on which it brings a figure.
    assert all(row.pop("recorded") for row in rows)
    known = rows_of(sample_folder, "observations")
    assert rows == [{name: row[name] for name in row if name != "recorded"} for row in known]


def test_all_that_is_wrong_with_a_plan_is_said_at_its_cells(plan: Path, tmp_path: Path) -> None:
    places = {}

    def spoil(book: Workbook) -> None:
        for sheet, column, text in SPOILT:
            places[sheet] = f"{sheet}!{cell_of(book, sheet, 3, column)}"
            book[sheet][cell_of(book, sheet, 3, column)].value = text

    refused = run("init", tmp_path / "city", "--from-workbook", changed(plan, spoil))
    assert refused.exit_code == 1
    said = [line for line in refused.stderr.splitlines() if line.startswith("error: ")]
    assert sorted(line.split()[1].rstrip(":") for line in said) == sorted(places.values())
    assert all("allowed: " in line and "; to do: " in line for line in said)
    assert "3 cells to look at; nothing was written." in refused.stderr
    assert not (tmp_path / "city").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_plan_without_a_goal_says_which_sheet_to_fill(plan: Path, tmp_path: Path) -> None:
    def empty(book: Workbook) -> None:
        for name in ("targets", "target_evidence", "gaps", "target_path"):
            book[name].delete_rows(3, book[name].max_row)

    refused = run("init", tmp_path / "city", "--from-workbook", changed(plan, empty))
    assert refused.exit_code == 1
    assert "to do: fill in the sheet targets" in refused.stderr


def test_a_goal_is_added_and_one_corrected(sample_folder: Path, plan: Path) -> None:
    def edit(book: Workbook) -> None:
        sheet = book["areas"]
        sheet[cell_of(book, "areas", 3, "name_en")].value = "Another name"
        sheet[cell_of(book, "areas", 3, "corrects")].value = "name_en"
        below = len((sample_folder / PATHS["areas"]).read_text("utf-8").splitlines()) + 2
        for column, text in (("area_id", "new-area"), ("number", "9"), ("name_zh", "新领域"), ("name_en", "New area")):
            sheet[cell_of(book, "areas", below, column)].value = text

    done = run("intake", "import", changed(plan, edit), "--data", sample_folder)
    assert done.exit_code == 0, done.output
    rows = rows_of(sample_folder, "areas")
    assert rows[0]["name_en"] == "Another name"
    assert rows[-1] == {"area_id": "new-area", "number": "9", "name_zh": "新领域", "name_en": "New area"}
    assert check(sample_folder) == []


def test_cells_offer_codes_in_words_and_the_keys_of_other_sheets(plan: Path) -> None:
    book = load_workbook(plan)
    offered = {}
    for sheet in book.worksheets:
        for validation in sheet.data_validations.dataValidation:
            column = str(validation.sqref).split(":")[0].rstrip("0123456789")
            offered[f"{sheet.title}.{sheet[f'{column}2'].value}"] = validation.formula1
    assert offered["targets.indicator_id"] == "=indicators!$A$3:$A$1000"
    assert offered["regions.parent_id"] == "=regions!$A$3:$A$1000"
    name, _, cells = offered["targets.rule"].removeprefix("=").partition("!")
    rules = [str(row[0].value) for row in book[name][cells.replace("$", "")]]
    assert any(rule.startswith("at_least | ") for rule in rules)
    assert all(cell.comment for cell in book["targets"][2][:-1])


def test_an_import_leaves_nothing_of_a_refused_plan(sample_folder: Path, plan: Path) -> None:
    before = {path: path.read_bytes() for path in sample_folder.rglob("*.csv")}

    def spoil(book: Workbook) -> None:
        for name, column, text in (("areas", "area_id", "sound"), ("tasks", "task_id", "no key!")):
            row = book[name].max_row + 1
            book[name][cell_of(book, name, row, column)].value = text

    refused = run("intake", "import", changed(plan, spoil), "--data", sample_folder)
    assert refused.exit_code == 1
    assert {path: path.read_bytes() for path in sample_folder.rglob("*.csv")} == before

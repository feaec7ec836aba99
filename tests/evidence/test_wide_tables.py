"""Tables as yearbooks print them, read by a mapping. The sample city and every figure are invented."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook, load_workbook
from synthetic import evidence_tables, write_evidence

from qualitybook import cli
from qualitybook.evidence.intake.wide import wide_tables

YEARS_ABOVE = """\
表3-2 样例市质量状况（虚构）,,,,,
,,,,,单位：%
指标,单位,2026年,2027年,2028年,比上年增长
一、产品,,,,,
产品抽检合格率,%,96.10,…,97.0,0.9
其中：区属,%,95.0,95.5,96.0,0.5
二、科研,,,,,
研发投入强度,‰,32.0,33.5,34.1,0.6
其中：区属,‰,1,2,3,1
注：虚构的表。,,,,,
"""
MAPPED = {"产品抽检合格率": ("goods_pass_rate", "1"), "研发投入强度": ("research_intensity", "0.1")}
SAID = {"source_id": "yearbook-2029", "region_id": "sample_city", "locator": "正文", "grade": "A"}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli.main, [str(argument) for argument in arguments], catch_exceptions=False)


def wide(folder: Path, file: Path, *options: str) -> Result:
    return run("intake", "import", "--wide", file, "--map", "yearbook", "--data", folder, *options)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tables = evidence_tables()
    days = {"published": "2029-05-01", "accessed": "2029-06-01"}
    tables["sources"].append({**tables["sources"][0], "source_id": "yearbook-2029", **days})
    return write_evidence(tmp_path / "data", **tables)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(YEARS_ABOVE, "utf-8-sig")
    return path


def answered(folder: Path, mapped: dict[str, tuple[str, str]] | None = None) -> Path:
    """Answer the question marks of a proposal: what is mapped, and all else left out."""
    path = folder / "wide" / "yearbook.toml"
    text = path.read_text("utf-8")
    for name, value in SAID.items():
        text = re.sub(rf'(?m)^{name} = "\?"', f'{name} = "{value}"', text)
    blocks = text.split("[[series]]")
    for at, block in enumerate(blocks[1:], start=1):
        label = re.search(r'label = "(.*)"', block)
        assert label is not None
        key, factor = (mapped or MAPPED).get(label[1], ("", "1"))
        block = re.sub(r"(?m)^indicator_id = .*$", f'indicator_id = "{key}"', block)
        blocks[at] = re.sub(r"(?m)^factor = .*$", f"factor = {factor}", block)
    path.write_text("[[series]]".join(blocks), "utf-8")
    return path


def added(folder: Path) -> list[tuple[str, str, str]]:
    rows = csv.DictReader((folder / "observations.csv").read_text("utf-8").splitlines())
    return [(row["indicator_id"], row["period"], row["value"]) for row in rows if row["source_id"] == "yearbook-2029"]


def test_a_proposal_says_what_names_and_units_say_and_asks_for_the_rest(folder: Path, table: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*.csv")}
    shown = wide(folder, table, "--dry-run")
    assert not (folder / "wide").exists()
    written = wide(folder, table)
    assert written.exit_code == 0
    assert "no figure was taken in" in written.output
    text = (folder / "wide" / "yearbook.toml").read_text("utf-8")
    assert text in shown.output
    assert 'indicator_id = "goods_pass_rate"  # by its name\nfactor = 1\n' in text
    # Per mille is not the indicator's unit, and the place and the source are in nobody's name.
    assert (
        'label = "研发投入强度"\nunit = "‰"\nindicator_id = "research_intensity"  # by its name\nfactor = "?"' in text
    )
    assert re.search(r'(?m)^source_id = "\?"', text)
    assert re.search(r'(?m)^region_id = "\?"', text)
    # The same words twice are told apart by the headings above them.
    labels = re.findall(r'label = "(.*)"', text)
    assert [label for label in labels if "区属" in label] == ["一、产品 / 其中：区属", "二、科研 / 其中：区属"]
    assert {path: path.read_bytes() for path in folder.rglob("*.csv")} == before


def test_nothing_is_read_before_every_question_is_answered(folder: Path, table: Path) -> None:
    wide(folder, table)
    refused = wide(folder, table)
    assert refused.exit_code == 1
    assert "error: wide/yearbook.toml [source_id]: found '?'; allowed: a decision; to do: write a key" in refused.stderr
    assert added(folder) == []


def test_figures_are_taken_in_as_printed_with_their_point_moved(folder: Path, table: Path) -> None:
    wide(folder, table)
    answered(folder)
    tried = wide(folder, table, "--dry-run", "--accept-doubts")
    assert tried.exit_code == 0, tried.output
    assert f"--wide --map yearbook --accept-doubts --data {folder}" in tried.output
    assert added(folder) == []
    done = wide(folder, table, "--accept-doubts")
    assert done.exit_code == 0, done.output
    assert "1 cell with a sign of no figure passed over." in done.output
    assert "warning: table.csv!F5: found 'figures without a year'" in done.stderr
    assert added(folder) == [
        ("goods_pass_rate", "2026", "96.10"),
        ("goods_pass_rate", "2028", "97.0"),
        ("research_intensity", "2026", "3.20"),
        ("research_intensity", "2027", "3.35"),
        ("research_intensity", "2028", "3.41"),
    ]
    assert "Nothing new" in wide(folder, table, "--accept-doubts").output


@pytest.mark.parametrize(
    "head", ["2027①", "2027年*", "2027年(1)", "2027¹", "20271", "2027年注2", "2027 a)", "2027 [b]"]
)
@pytest.mark.parametrize("year", ["2026年", "2027年", "2028年"])
def test_a_year_with_the_mark_of_a_note_is_asked_about(folder: Path, table: Path, head: str, year: str) -> None:
    wide(folder, table)
    answered(folder)
    head = head.replace("2027", year[:4])
    table.write_text(YEARS_ABOVE.replace(year, head), "utf-8-sig")
    refused = wide(folder, table, "--accept-doubts")
    assert refused.exit_code == 1
    place = {"2026年": "C3", "2027年": "D3", "2028年": "E3"}[year]
    assert f"error: table.csv!{place} [period]: found '{' '.join(head.split())}'" in refused.stderr
    assert "1 cell to look at" in refused.stderr
    assert f"type {year[:4]} there, if its figures are of {year[:4]}" in refused.stderr
    assert added(folder) == []


@pytest.mark.parametrize("head", ["比2027年", "2027年增速", "2027 to 2028"])
def test_a_head_in_words_is_no_marked_year(folder: Path, table: Path, head: str) -> None:
    table.write_text(YEARS_ABOVE.replace("比上年增长", head), "utf-8-sig")
    wide(folder, table)
    answered(folder)
    done = wide(folder, table, "--accept-doubts")
    assert done.exit_code == 0, done.output
    assert "warning: table.csv!F5: found 'figures without a year'" in done.stderr


def test_next_years_table_is_held_against_the_mapping(folder: Path, table: Path) -> None:
    wide(folder, table)
    answered(folder)
    changed = YEARS_ABOVE.replace("研发投入强度,‰", "研发投入强度,%").replace("2028年", "2029年")
    table.write_text(changed, "utf-8")
    refused = wide(folder, table, "--accept-doubts")
    assert refused.exit_code == 1
    lines = refused.stderr.splitlines()
    (new,) = [line for line in lines if "table.csv!C8 [label]" in line]
    assert "found '研发投入强度 in %'" in new
    assert 'indicator_id = "" leaves it out' in new
    assert any("wide/yearbook.toml [label]: found '研发投入强度 in ‰'" in line for line in lines)
    assert added(folder) == []


def test_a_wrong_cell_is_named_and_nothing_is_added(folder: Path, table: Path) -> None:
    wide(folder, table)
    answered(folder)
    table.write_text(YEARS_ABOVE.replace("96.10", "961.0").replace("33.5", "33.5（初步）"), "utf-8")
    refused = wide(folder, table, "--accept-doubts")
    assert refused.exit_code == 1
    assert re.search(r"error: table\.csv!C5 \[value\]: found '961\.0'; allowed: 0 to 100", refused.stderr)
    assert re.search(r"error: table\.csv!D8 \[value\]: found '33\.5（初步）'", refused.stderr)
    assert added(folder) == []


def saved(path: Path, rows: Sequence[Sequence[object]], *merged: str) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    for cells in merged:
        sheet.merge_cells(cells)
    book.save(path)
    return path


def test_years_down_the_side_with_a_head_of_two_lines(folder: Path, tmp_path: Path) -> None:
    rows = [
        ["表4 样例市（虚构）", None, None, None],
        ["年份", "合格率", None, "研发投入强度"],
        [None, "产品", "食品", None],
        ["单位", "%", "%", "%"],
        [2026, 96.1, 99, 3.2],
        [2027, 96.5, 99.1, 3.35],
        ["注：虚构。", None, None, None],
    ]
    path = saved(tmp_path / "table.xlsx", rows, "A1:D1", "A2:A3", "B2:C2", "D2:D3")
    wide(folder, path)
    mapped = {"合格率 / 产品": ("goods_pass_rate", "1"), "研发投入强度": ("research_intensity", "1")}
    text = answered(folder, mapped).read_text("utf-8")
    assert 'years = "rows"' in text
    found = re.findall(r'label = "(.*)"\nunit = "(.*)"', text)
    assert found == [(label, "%") for label in ("合格率 / 产品", "合格率 / 食品", "研发投入强度")]
    done = wide(folder, path, "--accept-doubts")
    assert done.exit_code == 0, done.output
    assert added(folder) == [
        ("goods_pass_rate", "2026", "96.1"),
        ("goods_pass_rate", "2027", "96.5"),
        ("research_intensity", "2026", "3.2"),
        ("research_intensity", "2027", "3.35"),
    ]


def test_years_above_with_what_is_measured_below_them(folder: Path, tmp_path: Path) -> None:
    rows = [
        ["指标", "2026年", None, "2027年", None],
        [None, "全市", "市区", "全市", "市区"],
        ["产品抽检合格率（%）", 96.1, 97, 96.5, 97.5],
    ]
    path = saved(tmp_path / "table.xlsx", rows, "A1:A2", "B1:C1", "D1:E1")
    wide(folder, path)
    answered(folder, {"产品抽检合格率（%） / 全市": ("goods_pass_rate", "1")})
    assert wide(folder, path, "--accept-doubts").exit_code == 0
    assert added(folder) == [("goods_pass_rate", "2026", "96.1"), ("goods_pass_rate", "2027", "96.5")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("指标,数\n甲,1\n", "found 'no two years in one row or column'"),
        ("指标,2026,2027\n甲,1,2\n指标,2026,2027\n乙,3,4\n", "found '2 lines with 2 years (A1, A3)'"),
    ],
)
def test_a_table_whose_years_cannot_be_told_is_refused(folder: Path, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "table.csv").write_text(text, "utf-8")
    refused = wide(folder, tmp_path / "table.csv")
    assert refused.exit_code == 1
    assert said in refused.stderr
    assert not (folder / "wide").exists()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("指标,2026年末,2027年底\n人口,1,2\n", {"人口": ["2026", "2027"]}),
        ("指标,2026年,2027年,2028年\n企业数,2019,2025,2031\n", {"企业数": ["2026", "2027", "2028"]}),
        (
            "指标,合格率,,批次,\n,2026,2027,2026,2027\n食品,98.1,98.3,1200,1300\n",
            {"食品 / 合格率": ["2026", "2027"], "食品 / 批次": ["2026", "2027"]},
        ),
        ("指标,,,新口径\n,2026,2027,2028\n甲,1,2,3\n", {"甲": ["2026", "2027"], "甲 / 新口径": ["2028"]}),
        ("指标,2025年（基期）,2026年,2027年\n甲,1,2,3\n", {"甲": ["2026", "2027"]}),
    ],
)
def test_series_of_ordinary_heads(folder: Path, tmp_path: Path, text: str, expected: dict[str, list[str]]) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text, "utf-8")
    (table,) = wide_tables(path)
    assert {series.label: [period for period, *_ in series.cells] for series in table.series} == expected
    # What is of no year for sure is told, and part of no label.
    assert [fault.code for fault in table.faults] == ["figure_without_year"] * ("基期" in text)


def test_the_two_options_go_together(folder: Path, table: Path) -> None:
    refused = run("intake", "import", "--wide", table, "--data", folder)
    assert refused.exit_code == 2
    assert "--wide and --map NAME go together" in refused.stderr


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("faktor = 1", "found 'faktor'; allowed: one of "),
        ("factor = 15", "take the figures as they are printed"),
        ("factor = true", "[factor]: found 'True'; allowed: 1, 10, 100"),
        ("factor = nan", "[factor]: found 'nan'; allowed: 1, 10, 100"),
        ("", "[factor]: found 'no such line'; allowed: a line that says it; to do: write factor = by how much"),
        ("factor = 1\nbasis = 5", "[basis]: found '5'; allowed: text; to do: write it in quotes"),
    ],
)
def test_a_mapping_that_says_what_cannot_be_is_refused(folder: Path, table: Path, line: str, said: str) -> None:
    wide(folder, table)
    path = answered(folder)
    path.write_text(path.read_text("utf-8").replace("factor = 1\n", f"{line}\n", 1), "utf-8")
    refused = wide(folder, table)
    assert refused.exit_code == 1
    assert said in refused.stderr


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('label = ".*"', "label = 2024", "series 1 [label]: found '2024'; allowed: text"),
        ('label = ".*"', 'label = ""', "series 1 [label]: found an empty cell; allowed: text"),
        ('label = ".*"', 'label = ["a"]', "series 1 [label]: found \"['a']\"; allowed: text"),
        ("# first_year.*", 'first_year = "abc"', "[first_year]: found 'abc'; allowed: a year of four digits"),
        ('years = ".*"', 'years = "up"', """[years]: found 'up'; allowed: "columns" or "rows\""""),
        ('qualifier = ".*"', "qualifier = 1", "[qualifier]: found '1'; allowed: text"),
        ("indicator_id = .*", "", "series 1 [indicator_id]: found 'no such line'; allowed: a line that says it"),
        (r"(?s)\[\[series.*", 'series = ["GDP"]', "[series]: found \"['GDP']\"; allowed: tables [[series]]"),
        (r"(?s)\[\[series.*", "series = 3", "[series]: found '3'; allowed: tables [[series]]"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(folder: Path, table: Path, old: str, new: str, said: str) -> None:
    wide(folder, table)
    path = answered(folder)
    text = path.read_text("utf-8")
    # A list of series stands before the first table of a file, where TOML takes it for the file's own.
    made = f"{new}\n{re.sub(old, '', text)}" if new.startswith("series =") else re.sub(old, new, text, count=1)
    path.write_text(made, "utf-8")
    refused = wide(folder, table, "--accept-doubts")
    assert refused.exit_code == 1
    assert said in refused.stderr
    assert added(folder) == []


def test_a_series_that_stands_twice_in_a_mapping_is_refused(folder: Path, table: Path) -> None:
    wide(folder, table)
    path = answered(folder)
    text = path.read_text("utf-8")
    path.write_text(f"{text}\n[[series]]{text.split('[[series]]')[1]}", "utf-8")
    refused = wide(folder, table, "--accept-doubts")
    assert refused.exit_code == 1
    assert "found '产品抽检合格率 in %'; allowed: each label and unit once; to do: delete one" in refused.stderr


def test_a_very_small_factor_is_a_power_of_ten(folder: Path, table: Path) -> None:
    wide(folder, table)
    path = answered(folder)
    path.write_text(path.read_text("utf-8").replace("factor = 0.1\n", "factor = 0.00001\n"), "utf-8")
    done = wide(folder, table, "--accept-doubts")
    assert done.exit_code == 0, done.output
    assert ("research_intensity", "2026", "0.000320") in added(folder)


def test_an_empty_sheet_is_passed_over_and_an_empty_file_refused(folder: Path, tmp_path: Path) -> None:
    path = saved(tmp_path / "table.xlsx", [["指标", 2026, 2027], ["产品抽检合格率", 96.1, 96.5]])
    book = load_workbook(path)
    book.create_sheet("empty")
    book.save(path)
    assert wide(folder, path, "--dry-run").exit_code == 0
    (tmp_path / "table.csv").write_text("", "utf-8")
    refused = wide(folder, tmp_path / "table.csv")
    assert (refused.exit_code, "found 'no two years in one row or column'" in refused.stderr) == (1, True)


@pytest.mark.parametrize(("cell", "found"), [("D1048576", "1048576 rows"), ("XFD3", "16384 columns")])
def test_a_table_with_a_cell_far_away_says_what_is_too_large(
    folder: Path, tmp_path: Path, cell: str, found: str
) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["表3-2", None, None], ["指标", "2026", "2027"], ["产品抽检合格率", "96.1", "96.2"]):
        sheet.append(row)
    sheet.merge_cells("A1:C1")
    sheet[cell].number_format = "0.00"
    book.save(tmp_path / "table.xlsx")
    result = wide(folder, tmp_path / "table.xlsx")
    assert (result.exit_code, found in result.stderr) == (1, True), result.stderr


@pytest.mark.parametrize("column", ["B", "C", "D"])
def test_a_head_that_shows_more_than_its_year_is_named(folder: Path, table: Path, tmp_path: Path, column: str) -> None:
    wide(folder, table)
    answered(folder)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["指标", 2026, 2027, 2028, 2029], ["产品抽检合格率", 96.1, 96.2, 96.3, 96.4]):
        sheet.append(row)
    sheet[f"{column}1"].number_format = '0"年上半年"'
    book.save(tmp_path / "table.xlsx")
    result = wide(folder, tmp_path / "table.xlsx")
    assert f"error: Sheet!{column}1 [period]: found '{2024 + ord(column) - ord('@')} in the number" in result.stderr


HEAD = ["指标", "2026年", "2027年", "2028年"]
RATE = ["产品抽检合格率", 96.1, 96.5, 97]


@pytest.mark.parametrize(
    ("rows", "merged", "said"),
    [
        # The figures of the second table are of its own years.
        (
            [HEAD, RATE, ["指标", "2024年", "2025年"], ["研发投入强度", 1, 2]],
            [],
            "Sheet!B3: found '2024年'; allowed: one",
        ),
        (
            [HEAD, RATE, ["指标", 2024, 2025], ["研发投入强度", 1, 2]],
            [],
            "Sheet!B3: found '2024'; allowed: one line of",
        ),
        (
            [["指标", "2024年", "2025年"], ["研发投入强度", 1, 2], HEAD, RATE],
            [],
            "Sheet!B1: found '2024年'; allowed: one",
        ),
        # ... and of what stands beside them.
        ([[*HEAD, "指标", "2024年", "2025年"], [*RATE, "研发投入强度", 1, 2]], [], "Sheet!E2: found '研发投入强度'"),
        (
            [["指标", "2026年", None, "2027年"], ["产品抽检合格率", 96.1, "p", 96.5]],
            [],
            "Sheet!C2: found 'p'; allowed: no",
        ),
        (
            [["指标", "2026年", None, "2027年"], ["产品抽检合格率", 1, 234, 5]],
            [],
            "error: Sheet!C2: found 'figures without",
        ),
        ([HEAD, RATE, ["研发投入强度", 3.2, None, 3.4]], ["B3:C3"], "Sheet!C3: found 'a figure in merged cells'"),
        ([HEAD, RATE, ["研发投入强度", None, 3.3, 3.4]], ["B2:B3"], "Sheet!B3: found 'a figure in merged cells'"),
        ([HEAD, ["产品抽检合格率", "约96", "96以上"]], [], "Sheet!B2 [value]: found '约96'"),
        ([HEAD, ["产品抽检合格率", "1 234", "1,235"]], [], "Sheet!B2 [value]: found '1 234'"),
        ([HEAD, ["产品抽检合格率", "(1.5)", "(2.5)"]], [], "Sheet!B2: found '(1.5)'; allowed: figures"),
        ([HEAD, RATE, ["研发投入强度", "(1.5)", "(2.5)"]], [], "Sheet!B3: found '(1.5)'; allowed: figures"),
    ],
)
def test_no_figure_is_taken_for_one_of_another_year_or_series_and_none_left_out(
    folder: Path, tmp_path: Path, rows: list[list[object]], merged: list[str], said: str
) -> None:
    path = saved(tmp_path / "table.xlsx", rows, *merged)
    wide(folder, path)
    answered(folder)
    refused = wide(folder, path, "--accept-doubts")
    assert (refused.exit_code, added(folder)) == (1, [])
    assert said in refused.stderr


def test_percentages_of_a_spreadsheet_are_figures(folder: Path, tmp_path: Path) -> None:
    book = load_workbook(saved(tmp_path / "table.xlsx", [HEAD, ["产品抽检合格率", 0.961, 0.965, 0.97]]))
    for cell in book.worksheets[0][2]:
        cell.number_format = "0.0%"
    book.save(tmp_path / "table.xlsx")
    wide(folder, tmp_path / "table.xlsx")
    answered(folder)
    assert "Sheet!B2 [value]: found '96.1% (stored as 0.961)'" in wide(folder, tmp_path / "table.xlsx").stderr


def test_heads_of_two_lines_notes_and_rows_of_signs_are_as_they_were(folder: Path, tmp_path: Path) -> None:
    rows = [
        ["指标", "2026年", None, None, "备注"],
        [None, "2026年1月", "2026年2月", "2026年3月", None],
        ["产品抽检合格率", 96.1, 96.5, 97, "虚构"],
        ["研发投入强度", "…", "—", "-", None],
        ["注：2026年3月起口径调整。", None, None, None, None],
    ]
    path = saved(tmp_path / "table.xlsx", rows, "B1:D1")
    wide(folder, path)
    text = answered(folder, {"产品抽检合格率 / 2026年": ("goods_pass_rate", "1")}).read_text("utf-8")
    assert text.count("[[series]]") == 1
    done = wide(folder, path, "--accept-doubts")
    assert done.exit_code == 0, done.output
    assert "warning: Sheet!E3: found '虚构'; allowed: figures of years" in done.stderr
    assert "warning: Sheet!A4: found" not in done.stderr
    assert "warning: Sheet!A5: found '注：2026年3月起口径调整。'; allowed: figures of years" in done.stderr
    assert [period for _, period, _ in added(folder)] == ["2026-01", "2026-02", "2026-03"]


@pytest.mark.parametrize(
    ("parts", "periods"),
    [
        (("1月", "2月"), ["2026-01", "2026-02", "2027-01", "2027-02"]),
        (("上半年", "全年"), ["2026-H1", "2026", "2027-H1", "2027"]),
        (("一季度", "1-6月"), ["2026-Q1", "2026-01/2026-06", "2027-Q1", "2027-01/2027-06"]),
    ],
)
@pytest.mark.parametrize("years", ["columns", "rows"])
def test_a_part_of_a_year_in_a_line_of_its_own_is_no_year(
    folder: Path, tmp_path: Path, parts: tuple[str, str], periods: list[str], years: str
) -> None:
    rows = [["指标", 2026, 2026, 2027, 2027], [None, *parts, *parts], ["产品抽检合格率", 96.1, 96.2, 96.3, 96.4]]
    path = tmp_path / "table.xlsx"
    if years == "columns":
        saved(path, rows, "A1:A2", "B1:C1", "D1:E1")
    else:
        saved(path, list(zip(*rows, strict=True)), "A1:B1", "A2:A3", "A4:A5")
    wide(folder, path)
    answered(folder, {"产品抽检合格率": ("goods_pass_rate", "1")})
    done = wide(folder, path, "--accept-doubts")
    assert done.exit_code == 0, done.output
    assert [period for _, period, _ in added(folder)] == periods


def test_tables_on_other_sheets_are_told_to_be_passed_over(folder: Path, tmp_path: Path) -> None:
    book = load_workbook(saved(tmp_path / "table.xlsx", [HEAD, RATE]))
    for row in (HEAD, RATE):
        book.create_sheet("区县" if row is HEAD else "more").append(row)
    book["区县"].append(RATE)
    book.save(tmp_path / "table.xlsx")
    wide(folder, tmp_path / "table.xlsx")
    answered(folder)
    done = wide(folder, tmp_path / "table.xlsx", "--accept-doubts")
    assert done.exit_code == 0, done.output
    assert "warning: table.xlsx: found '区县'; allowed: the table of the mapping, Sheet" in done.stderr


def test_two_years_with_a_stroke_are_no_span_of_both(folder: Path, tmp_path: Path) -> None:
    path = saved(tmp_path / "table.xlsx", [["指标", "2025/2026", "2026/2027"], ["产品抽检合格率", 96.1, 96.5]])
    assert "found 'no two years in one row or column'" in wide(folder, path).stderr

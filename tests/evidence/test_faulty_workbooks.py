"""Faulty workbooks, each with the cell that must be named. All figures are invented."""

from __future__ import annotations

import os
import re
import sys
import warnings
import zipfile
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from intake_files import FIRST, follow, good_book, put, taken_in, with_part_changed
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from synthetic import write_evidence

from qualitybook.cli import main
from qualitybook.evidence.intake import Fault, Intake, IntakeError, sheets
from qualitybook.evidence.schema import REVIEWS, TABLES

Spoil = Callable[[Workbook], None]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_evidence(tmp_path_factory.mktemp("evidence") / "data")


def figure(**cells: Any) -> Spoil:
    return lambda book: put(book["observations"], FIRST, **cells)


def source(**cells: Any) -> Spoil:
    return lambda book: put(book["sources"], FIRST, **cells)


def formatted(cell: str, value: Any, number_format: str) -> Spoil:
    def spoil(book: Workbook) -> None:
        book["observations"][cell].value = value
        book["observations"][cell].number_format = number_format

    return spoil


def named_by_a_formula(book: Workbook) -> None:
    put(book["observations"], FIRST - 1, status='="status"')
    put(book["observations"], FIRST, status="revised")


def merged(book: Workbook) -> None:
    book["observations"].merge_cells("K3:L3")


def hidden_row(book: Workbook) -> None:
    book["observations"].row_dimensions[FIRST].hidden = True


def hidden_column(book: Workbook) -> None:
    book["observations"].column_dimensions["F"].hidden = True


def hidden_sheet(book: Workbook) -> None:
    book["observations"].sheet_state = "hidden"
    book.active = 1


def hidden_columns(book: Workbook) -> None:
    """Two at once, which the file names by one entry."""
    sheet = book["observations"]
    sheet.column_dimensions.group("E", "F", hidden=True)


def crossed_out(book: Workbook) -> None:
    book["observations"][f"D{FIRST}"].font = Font(strike=True)


def raised_mark(book: Workbook) -> None:
    mark = TextBlock(InlineFont(vertAlign="superscript"), "1")
    book["observations"][f"D{FIRST}"].value = CellRichText(["96.10", mark])


def without_zeros(book: Workbook) -> None:
    book["observations"].sheet_view.showZeros = False
    put(book["observations"], FIRST, indicator_id="service_growth", value=0, n=None, passed=None)


def sorted_with_its_header(book: Workbook) -> None:
    """The names of the columns between the rows, where they come to stand when all is sorted."""
    sheet = book["observations"]
    sheet.insert_rows(2)
    for cell in sheet[4]:
        sheet.cell(2, cell.column).value = cell.value
    sheet.cell(2, 3).value = "2026-H1"


def without_header(book: Workbook) -> None:
    book["observations"].delete_rows(2)


def renamed_column(book: Workbook) -> None:
    book["observations"]["D2"].value = "数值"


def twice(book: Workbook) -> None:
    put(
        book["observations"],
        FIRST + 1,
        **{cell.value: row.value for cell, row in zip(book["observations"][2], book["observations"][3], strict=True)},
    )


def error_value(book: Workbook) -> None:
    book["observations"]["D3"].value = "#N/A"


def beside_the_table(book: Workbook) -> None:
    book["observations"]["Z3"].value = "revised"


def other_title(book: Workbook) -> None:
    put(book["observations"], FIRST, source_id="yearbook-2026")
    known = {"source_id": "yearbook-2026", "published": "2026-04-30", "access_kind": "mirror", "url": None}
    put(book["sources"], FIRST, **known, found_url="http://example.net/yearbook-2026", accessed="2026-07-01")


def two_preferred(book: Workbook) -> None:
    twice(book)
    put(book["observations"], FIRST, preferred="1")
    put(book["observations"], FIRST + 1, preferred="1", source_id="yearbook-2026")


CASES: dict[str, tuple[Spoil, str, str]] = {
    "unknown indicator": (figure(indicator_id="goods_pas_rate"), "observations!A3", "key_unknown"),
    "unknown place": (figure(region_id="nowhere"), "observations!B3", "key_unknown"),
    "period in words": (figure(period="2026年"), "observations!C3", "period_in_words"),
    "period of another form": (figure(period="最近"), "observations!C3", "cell"),
    "period as a number with a point": (figure(period=2026.1), "observations!C3", "period_is_number"),
    "day in the period": (figure(period=date(2026, 7, 1)), "observations!C3", "period_is_date"),
    "day as a number in the period": (figure(period=46204), "observations!C3", "date_serial"),
    "no period": (figure(period=None), "observations!C3", "period_and_qualifier"),
    "no figure": (figure(value=None), "observations!D3", "cell"),
    "words for a figure": (figure(value="ninety-six"), "observations!D3", "cell"),
    "about a figure": (figure(value="about 96", n=None, passed=None), "observations!D3", "bound_in_words"),
    "a sign for no figure": (figure(value="…"), "observations!D3", "sign_of_no_figure"),
    "a remark in the figure": (figure(value="96.10（初步）"), "observations!D3", "remark_in_figure"),
    "decimal comma": (figure(value="96,1"), "observations!D3", "decimal_comma"),
    "a figure with its unit": (figure(n="1000批次"), "observations!F3", "unit_in_figure"),
    "number formatted in thousands": (formatted("D3", 96100, "0.0,"), "observations!D3", "scaled_format"),
    "a cell that shows nothing": (formatted("D3", 96.1, ";;;"), "observations!D3", "no_digits_shown"),
    "a sheet that shows no zeros": (without_zeros, "observations!D3", "no_digits_shown"),
    "a number that no cell holds": (formatted("D3", 1e100, "0.00"), "observations!D3", "number_too_large"),
    "half a year as a format": (formatted("C3", 2026, '0"年上半年"'), "observations!C3", "shown_otherwise"),
    "a section as a number": (formatted("I3", 3.2, "0.00"), "observations!I3", "shown_otherwise"),
    "a number with words": (formatted("I3", 3, '"表"0'), "observations!I3", "shown_otherwise"),
    "a number with zeros before it": (formatted("I3", 7, "000"), "observations!I3", "shown_otherwise"),
    "a text that its format hides": (formatted("D3", "96.1", ";;;"), "observations!D3", "shown_otherwise"),
    "a text with words of its format": (
        formatted("D3", "96.1", '0.00;-0.00;0;"约"@"万"'),
        "observations!D3",
        "shown_otherwise",
    ),
    "a percentage in a note": (formatted("L3", 0.5, "0%"), "observations!L3", "shown_otherwise"),
    "a row above the names": (sorted_with_its_header, "observations!A2", "row_above_header"),
    "a format that cannot be read": (formatted("D3", 96.1, "# ?/?"), "observations!D3", "format_unclear"),
    "a format that multiplies": (formatted("D3", 96.1, '0.00"万"'), "observations!D3", "scale_in_format"),
    "a format that multiplies a count": (formatted("F3", 1000, '0"thousand"'), "observations!F3", "scale_in_format"),
    "more digits than are shown": (
        figure(value=96.0999999999, n=None, passed=None),
        "observations!D3",
        "format_unclear",
    ),
    "true for a flag": (figure(preferred=True), "observations!K3", "boolean"),
    "yes for a flag": (figure(grade="a"), "observations!J3", "letter_case"),
    "thousands separator": (
        figure(indicator_id="test_centres", value="1,096", n=None, passed=None),
        "observations!D3",
        "thousands_separator",
    ),
    "full-width digits": (figure(value="９６.１"), "observations!D3", "full_width"),
    "percent sign": (figure(value="96.1%"), "observations!D3", "percent_sign"),
    "percent format": (formatted("D3", 0.961, "0.0%"), "observations!D3", "percent_format"),
    "beyond the bounds": (figure(value="961", n=None, passed=None), "observations!D3", "value_out_of_bounds"),
    "fraction for a rate": (figure(value="0.961", n=None, passed=None), "observations!D3", "rate_as_fraction"),
    "formula without a value": (figure(value="=100*G3/F3"), "observations!D3", "formula_without_value"),
    "error value": (error_value, "observations!D3", "cell_error"),
    "rate against its counts": (figure(value="95.10"), "observations!D3", "rate_against_counts"),
    "counts in each other's column": (figure(n="961", passed="1000"), "observations!F3", "columns_swapped"),
    "place and indicator swapped": (
        figure(indicator_id="sample_city", region_id="goods_pass_rate"),
        "observations!A3",
        "columns_swapped",
    ),
    "period and figure swapped": (figure(period="96.1", value="2026"), "observations!C3", "columns_swapped"),
    "notes swapped": (figure(note_zh="a note", note_en="说明"), "observations!L3", "columns_swapped"),
    "passed without inspected": (figure(n=None), "observations!F3", "n_missing"),
    "unknown qualifier": (figure(qualifier="precise"), "observations!E3", "cell"),
    "unknown grade": (figure(grade="D"), "observations!J3", "cell"),
    "unknown source": (figure(source_id="yearbook-2072"), "observations!H3", "key_unknown"),
    "formula in text": (figure(locator="@cmd"), "observations!I3", "formula_text"),
    "merged cells": (merged, "observations!K3", "merged_cells"),
    "hidden row": (hidden_row, "observations!A3", "hidden_row"),
    "two hidden columns": (hidden_columns, "observations!F1", "hidden_column"),
    "a figure crossed out": (crossed_out, "observations!D3", "crossed_out"),
    "a raised mark": (raised_mark, "observations!D3", "raised_mark"),
    "a mark in a circle": (figure(value="96.10①"), "observations!D3", "remark_in_figure"),
    "hidden sheet": (hidden_sheet, "observations!A1", "hidden_sheet"),
    "hidden column": (hidden_column, "observations!F1", "hidden_column"),
    "no row of names": (without_header, "observations!A1", "header_missing"),
    "unknown column": (renamed_column, "observations!D2", "column_unknown"),
    "the same figure twice": (twice, "observations!A4", "key_repeated"),
    "two to be used": (two_preferred, "observations!K4", "preferred_twice"),
    "a source against itself": (
        figure(period="2017", value="91.10", n=None, passed=None, source_id="yearbook-2023", grade="B"),
        "observations!D3",
        "contradicts_itself",
    ),
    "a source rewritten": (other_title, "sources!B3", "contradicts_itself"),
    "no such kind of source": (source(kind="blog"), "sources!D3", "cell"),
    "an address without its scheme": (source(url="example.org"), "sources!G3", "address_scheme"),
    "an address with a blank": (source(url="https://example.org/a b"), "sources!G3", "blank_in_address"),
    "a tab in a title": (source(title="样例市\t年鉴"), "sources!B3", "control_character"),
    "no title": (source(title=None), "sources!B3", "cell"),
    "a day in words": (source(published="2027年5月20日"), "sources!E3", "date_form"),
    "a cell without a column": (beside_the_table, "observations!Z3", "cell_without_column"),
    "a column named by a formula without a value": (named_by_a_formula, "observations!R2", "column_unknown"),
    "a row to correct that is not there": (figure(corrects="value"), "observations!V3", "corrects_nothing"),
    "a key to correct": (figure(corrects="period"), "observations!V3", "corrects_column"),
    "read before it was published": (source(accessed="2027-05-01"), "sources!E3", "published_after_access"),
    "no such day": (source(published="2027-02-30"), "sources!E3", "cell"),
}


@pytest.fixture(scope="module")
def intake_of(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Workbook, Intake]]:
    """A function that spoils a workbook and takes it in, once for all that is asked of it."""
    path = tmp_path_factory.mktemp("faulty") / "figures.xlsx"

    def made(name: str) -> tuple[Workbook, Intake]:
        book = good_book()
        CASES[name][0](book)
        book.save(path)
        return book, taken_in(folder, path)

    return cache(made)


@pytest.mark.parametrize("name", CASES)
def test_a_faulty_workbook_is_refused_with_its_cell(
    folder: Path, intake_of: Callable[[str], tuple[Workbook, Intake]], name: str
) -> None:
    _, place, code = CASES[name]
    before = (folder / "observations.csv").read_bytes()
    refusals = intake_of(name)[1].refusals(accept_doubts=False)
    assert (place, code) in [(fault.place, fault.code) for fault in refusals]
    fault = next(fault for fault in refusals if (fault.place, fault.code) == (place, code))
    assert fault.allowed
    assert fault.advice
    assert str(fault).startswith(f"{fault.level}: {place} ") or not fault.column
    assert (folder / "observations.csv").read_bytes() == before


@pytest.mark.parametrize("name", CASES)
def test_following_the_advice_mends_the_fault(
    folder: Path, tmp_path: Path, intake_of: Callable[[str], tuple[Workbook, Intake]], name: str
) -> None:
    _, place, code = CASES[name]
    book, intake = intake_of(name)
    fault = next(fault for fault in intake.faults if (fault.place, fault.code) == (place, code))
    if not fault.remedy:
        pytest.skip("its advice names no text to enter")
    follow(book, fault)
    book.save(tmp_path / "followed.xlsx")
    assert taken_in(folder, tmp_path / "followed.xlsx").refusals(accept_doubts=False) == []


# What people type for a figure, a period or a day, and what they are told to type instead.
FIGURES: dict[str, dict[str, str]] = {
    "<0.1": {"value": "0.1", "qualifier": "at_most"},
    "＜0.1": {"value": "0.1", "qualifier": "at_most"},
    "小于0.1": {"value": "0.1", "qualifier": "at_most"},
    "不足90%": {"value": "90", "qualifier": "at_most"},
    "98%以上": {"value": "98", "qualifier": "at_least"},
    "98以上": {"value": "98", "qualifier": "at_least"},
    "超过 98": {"value": "98", "qualifier": "at_least"},
    "≥98": {"value": "98", "qualifier": "at_least"},
    "约98.5": {"value": "98.5", "qualifier": "about"},
    "98.5%左右": {"value": "98.5", "qualifier": "about"},
    "~98.5": {"value": "98.5", "qualifier": "about"},
    "98.5（初步）": {"value": "98.5", "status": "provisional"},
    "98.5(p)": {"value": "98.5", "status": "provisional"},
    "98.5 (approx., see table 3)": {"value": "98.5"},
    "约98.5%（初步）": {"value": "98.5", "qualifier": "about", "status": "provisional"},
    "98.5 %": {"value": "98.5"},
    "９８．５０": {"value": "98.50"},
    "98,5": {"value": "98.5"},
    ".5": {"value": "0.5"},
    "098.5": {"value": "98.5"},
    "98.5\u200b": {},
    " 98.5\u00a0": {},
    **{sign: {"": ""} for sign in ("…", "……", "—", "——", "-", "－", "x", "×", "*", "..", "/", "n.a.", "无")},
}
PERIODS = {
    "2020年1—9月": "2020-01/2020-09",
    "2020年1-9月": "2020-01/2020-09",
    "2020年1～9月": "2020-01/2020-09",
    "2020年1月至9月": "2020-01/2020-09",
    "2020年前三季度": "2020-01/2020-09",
    "2020年上半年": "2020-H1",
    "2020年下半年": "2020-H2",
    "2020H1": "2020-H1",
    "2020Q1": "2020-Q1",
    "2020q4": "2020-Q4",
    "2020年第一季度": "2020-Q1",
    "2020年三季度": "2020-Q3",
    "2020年": "2020",
    "２０２０": "2020",
    "2020年9月": "2020-09",
    "2020年9月底": "2020-09",
    "2020/9": "2020-09",
    "2020.09": "2020-09",
    "2020-9": "2020-09",
    "2019—2020年": "2019-01/2020-12",
}
DAYS = {"2026年3月5日": "2026-03-05", "2026/3/5": "2026-03-05", "2026.3.5": "2026-03-05", "2026年3月": "2026-03"}


def only_fault(folder: Path, path: Path, book: Workbook) -> Fault | None:
    book.save(path)
    faults = [fault for fault in taken_in(folder, path).faults if fault.level != "warning"]
    assert len(faults) <= 1, faults
    return faults[0] if faults else None


@pytest.mark.parametrize("text", FIGURES)
def test_a_figure_in_words_is_told_its_columns(folder: Path, tmp_path: Path, text: str) -> None:
    book = good_book()
    put(book["observations"], FIRST, indicator_id="consumer_satisfaction", value=text, n=None, passed=None)
    fault = only_fault(folder, tmp_path / "figures.xlsx", book)
    assert dict(fault.remedy if fault is not None else {}) == FIGURES[text]
    if fault is not None:
        follow(book, fault)
        book.save(tmp_path / "followed.xlsx")
        assert [fault for fault in taken_in(folder, tmp_path / "followed.xlsx").faults if fault.level == "error"] == []


@pytest.mark.parametrize("text", ["98-99", "12,3456", "3.1万亿", "about", "9.8e", "见表3", "98.5.1"])
def test_no_advice_is_given_for_what_may_mean_several_things(folder: Path, tmp_path: Path, text: str) -> None:
    book = good_book()
    put(book["observations"], FIRST, indicator_id="consumer_satisfaction", value=text, n=None, passed=None)
    fault = only_fault(folder, tmp_path / "figures.xlsx", book)
    assert fault is not None
    assert (fault.place, fault.code, fault.remedy) == ("observations!D3", "cell", {})


@pytest.mark.parametrize("text", PERIODS)
def test_a_period_in_words_is_told_its_form(folder: Path, tmp_path: Path, text: str) -> None:
    book = good_book()
    put(book["observations"], FIRST, indicator_id="consumer_satisfaction", period=text, value="80", n=None, passed=None)
    fault = only_fault(folder, tmp_path / "figures.xlsx", book)
    assert fault is not None
    assert (fault.cell, fault.remedy) == ("C3", {"period": PERIODS[text]})
    follow(book, fault)
    book.save(tmp_path / "followed.xlsx")
    assert [fault for fault in taken_in(folder, tmp_path / "followed.xlsx").faults if fault.level == "error"] == []


@pytest.mark.parametrize("text", ["2023年①", "2023年1"])
def test_the_mark_of_a_note_behind_a_year_is_no_month(folder: Path, tmp_path: Path, text: str) -> None:
    book = good_book()
    put(book["observations"], FIRST, indicator_id="consumer_satisfaction", period=text, value="80", n=None, passed=None)
    fault = only_fault(folder, tmp_path / "figures.xlsx", book)
    assert fault is not None
    assert (fault.cell, fault.code, fault.remedy) == ("C3", "cell", {})


@pytest.mark.parametrize("text", DAYS)
def test_a_day_in_words_is_told_its_form(folder: Path, tmp_path: Path, text: str) -> None:
    book = good_book()
    put(book["sources"], FIRST, published=text)
    fault = only_fault(folder, tmp_path / "figures.xlsx", book)
    assert fault is not None
    assert (fault.cell, fault.remedy) == ("E3", {"published": DAYS[text]})


@pytest.mark.parametrize(
    ("number_format", "period"),
    [("yyyy", "2026"), ('yyyy"年"', "2026"), ("yyyy\\-mm", "2026-07"), ("mmm-yy", "2026-07")],
)
def test_a_day_of_which_a_year_or_a_month_is_shown(
    folder: Path, tmp_path: Path, number_format: str, period: str
) -> None:
    book = good_book()
    formatted("C3", date(2026, 7, 1), number_format)(book)
    book["sources"]["E3"].value = date(2027, 7, 1)
    book["sources"]["E3"].number_format = number_format
    put(book["sources"], FIRST, accessed="2028-01-31")
    book.save(tmp_path / "figures.xlsx")
    figure_, source_ = (change.entry.cells for change in taken_in(folder, tmp_path / "figures.xlsx").changes)
    assert (figure_["period"], source_["published"]) == (period, period.replace("2026", "2027"))


def test_everything_is_said_at_once_in_the_order_of_the_rows(folder: Path, tmp_path: Path) -> None:
    book = good_book()
    rows = [
        {"period": "2026年"},
        {"period": "2025", "value": "96.20", "preferred": "1", "source_id": "yearbook-2026x"},
        {"period": "2024", "value": "9,6"},
        {"period": "2023", "value": "5.20", "source_id": "press-2025"},
        {"period": "2022", "value": "96.10", "n": "10", "passed": "5"},
    ]
    usual = {
        cell.value: below.value for cell, below in zip(book["observations"][2], book["observations"][3], strict=True)
    }
    for at, cells in enumerate(rows, start=FIRST):
        put(book["observations"], at, **{**usual, "n": None, "passed": None, **cells})
    put(book["sources"], FIRST, published="2027年5月20日")
    book.save(tmp_path / "figures.xlsx")
    faults = [fault for fault in taken_in(folder, tmp_path / "figures.xlsx").faults if fault.level != "warning"]
    assert [(fault.place, fault.code) for fault in faults] == [
        ("observations!C3", "period_in_words"),
        ("observations!H4", "key_unknown"),
        ("observations!D5", "decimal_comma"),
        ("observations!D7", "rate_against_counts"),
        ("sources!E3", "date_form"),
    ]


def test_the_row_of_the_sheet_is_named_where_a_figure_stands_twice(folder: Path, tmp_path: Path) -> None:
    book = good_book()
    twice(book)
    book.save(tmp_path / "figures.xlsx")
    (fault,) = taken_in(folder, tmp_path / "figures.xlsx").refusals(accept_doubts=False)
    assert fault.allowed.endswith("(see observations!A3)")
    assert not fault.found.endswith("+ ")


def test_one_mistake_is_one_fault(folder: Path, tmp_path: Path) -> None:
    book = good_book()
    put(book["observations"], FIRST, value="９６")
    book.save(tmp_path / "figures.xlsx")
    assert [fault.code for fault in taken_in(folder, tmp_path / "figures.xlsx").faults] == ["full_width"]


def test_a_faulty_source_is_not_told_of_its_figures(folder: Path, tmp_path: Path) -> None:
    book = good_book()
    put(book["sources"], FIRST, published="=TODAY()")
    book.save(tmp_path / "figures.xlsx")
    faults = taken_in(folder, tmp_path / "figures.xlsx").faults
    assert [(fault.place, fault.code) for fault in faults] == [("sources!E3", "formula_without_value")]


def sound(path: Path) -> Path:
    good_book().save(path)
    return path


def beyond_the_list(text: str) -> str:
    """Let a cell show a shared text whose number no text has."""
    return re.sub(r'<c r="D3"[^>]*>.*?</c>', '<c r="D3" t="s"><v>9999</v></c>', text)


# As other programs write workbooks that a spreadsheet opens without a word, and openpyxl does not.
BEYOND_OPENPYXL: dict[str, tuple[str, Callable[[str], str]]] = {
    "an empty fill": (r"styles\.xml$", lambda text: re.sub(r"<fill>.*?</fill>", "<fill/>", text, count=1)),
    "a style beyond the table": (
        r"sheet1\.xml$",
        lambda text: re.sub(r'<c r="D3"( s="[0-9]+")?', '<c r="D3" s="99"', text),
    ),
    "a control character": (r"sharedStrings|sheet1\.xml$", lambda text: text.replace("96.10", "96\x0b.10")),
    "a part that is no XML": (r"sheet2\.xml$", lambda text: text[: len(text) // 2]),
    "a shared text beyond the list": (r"sheet1\.xml$", beyond_the_list),
    "a sheet without content": (r"workbook\.xml\.rels$", lambda text: text.replace("sheet1.xml", "sheet9.xml")),
}


@pytest.mark.parametrize("name", BEYOND_OPENPYXL)
def test_whatever_openpyxl_raises_is_one_sentence(folder: Path, tmp_path: Path, name: str) -> None:
    path = with_part_changed(sound(tmp_path / "figures.xlsx"), *BEYOND_OPENPYXL[name])
    with pytest.raises(IntakeError) as error:
        taken_in(folder, path)
    (fault,) = error.value.faults
    assert (fault.code, fault.sheet) == ("workbook_form", path.name)
    assert "save it as .xlsx" in fault.advice
    assert "\n" not in str(fault)


def test_strict_open_xml_is_named(folder: Path, tmp_path: Path) -> None:
    strict = {
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main": "http://purl.oclc.org/ooxml/spreadsheetml/main"
    }
    strict |= {
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
            "http://purl.oclc.org/ooxml/officeDocument/relationships"
        )
    }

    def change(text: str) -> str:
        for usual, other in strict.items():
            text = text.replace(usual, other)
        return text

    path = with_part_changed(sound(tmp_path / "figures.xlsx"), r"\.xml$|\.rels$", change)
    with pytest.raises(IntakeError, match=r"saved as Strict Open XML.*save it as Excel Workbook \(\.xlsx\)"):
        taken_in(folder, path)


def test_a_row_without_height_is_hidden(folder: Path, tmp_path: Path) -> None:
    good_book().save(tmp_path / "good.xlsx")
    flat = with_part_changed(
        tmp_path / "good.xlsx", "sheet1", lambda text: text.replace('<row r="3"', '<row r="3" ht="0" customHeight="1"')
    )
    assert ("A3", "hidden_row") in [(fault.cell, fault.code) for fault in taken_in(folder, flat).faults]


def test_a_note_at_a_cell_is_told(folder: Path, tmp_path: Path) -> None:
    book = good_book()
    book["observations"]["D2"].comment = Comment("Type the figure as printed.", "template")
    book["observations"][f"D{FIRST}"].comment = Comment("preliminary", "reader")
    # Also at one in which nothing stands.
    book["observations"][f"L{FIRST}"].comment = Comment("not yet verified", "reader")
    book.save(tmp_path / "figures.xlsx")
    faults = [fault for fault in taken_in(folder, tmp_path / "figures.xlsx").faults if fault.code == "cell_note"]
    assert [(fault.cell, fault.level) for fault in faults] == [(f"{at}{FIRST}", "warning") for at in "DL"]


@pytest.mark.parametrize(("text", "left"), [("96.10¹", "96.10"), ("①96.10", "96.10"), ("96.10（1）①", "96.10")])
def test_the_mark_of_a_note_is_no_digit(folder: Path, tmp_path: Path, text: str, left: str) -> None:
    book = good_book()
    put(book["observations"], FIRST, value=text)
    book.save(tmp_path / "figures.xlsx")
    advice = [fault.advice for fault in taken_in(folder, tmp_path / "figures.xlsx").faults]
    assert advice == [f"type {left}, and say the rest in the notes"]


def test_chart_sheets_and_warnings_of_openpyxl_do_not_matter(folder: Path, tmp_path: Path) -> None:
    book = good_book()
    chart = BarChart()
    chart.add_data(Reference(book["observations"], min_col=4, min_row=FIRST, max_row=FIRST))
    book.create_chartsheet("Chart").add_chart(chart)
    book.save(tmp_path / "figures.xlsx")
    validations = '<x:dataValidations xmlns:x="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"/>'
    extension = f'<extLst><ext uri="{{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}}">{validations}</ext></extLst></worksheet>'
    path = with_part_changed(
        tmp_path / "figures.xlsx", r"sheet1\.xml$", lambda text: text.replace("</worksheet>", extension)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert taken_in(folder, path).refusals(accept_doubts=False) == []


@pytest.mark.parametrize(("before", "after"), [("96.10", "  "), (" 96.10", "\u200b"), ("约96.1", ""), ("96.1", "%")])
def test_a_raised_mark_is_found_among_blanks_and_words(folder: Path, tmp_path: Path, before: str, after: str) -> None:
    book = good_book()
    mark = TextBlock(InlineFont(vertAlign="superscript"), "1")
    book["observations"][f"D{FIRST}"].value = CellRichText([before, mark, *([after] if after else [])])
    book.save(tmp_path / "figures.xlsx")
    refusals = taken_in(folder, tmp_path / "figures.xlsx").refusals(accept_doubts=True)
    assert ("observations!D3", "raised_mark") in [(fault.place, fault.code) for fault in refusals]


def test_a_raised_digit_of_a_unit_is_no_mark(folder: Path, tmp_path: Path) -> None:
    book = good_book()
    raised = TextBlock(InlineFont(vertAlign="superscript"), "3")
    put(book["observations"], FIRST, note_zh="样例", note_en="sample")
    book["observations"][f"M{FIRST}"].value = CellRichText(["m", raised, " of water"])
    book.save(tmp_path / "figures.xlsx")
    assert taken_in(folder, tmp_path / "figures.xlsx").refusals(accept_doubts=False) == []


def test_days_that_are_counted_from_1904_are_told_as_such(folder: Path, tmp_path: Path) -> None:
    book = good_book()
    book.epoch = CALENDAR_MAC_1904
    put(book["sources"], FIRST, accessed=45078)
    book.save(tmp_path / "figures.xlsx")
    (fault,) = taken_in(folder, tmp_path / "figures.xlsx").refusals(accept_doubts=False)
    assert (fault.cell, fault.code, fault.remedy) == ("I3", "date_serial", {"accessed": "2027-06-02"})


def moved_below(book: Workbook) -> None:
    book["observations"].append([cell.value for cell in book["observations"][2]])
    book["observations"].delete_rows(2)


def test_a_row_above_the_names_is_taken_in_where_it_is_told_to_stand(folder: Path, tmp_path: Path) -> None:
    book = good_book()
    sorted_with_its_header(book)
    moved_below(book)
    book["observations"].delete_rows(1)
    book.save(tmp_path / "figures.xlsx")
    made = taken_in(folder, tmp_path / "figures.xlsx")
    assert made.refusals(accept_doubts=False) == []
    assert [change.entry.cells["period"] for change in made.added if change.is_figure] == ["2026", "2026-H1"]


def test_a_row_that_numbers_the_columns_is_no_row_of_the_table(folder: Path, tmp_path: Path) -> None:
    book = good_book()
    for at in range(1, 22):
        book["observations"].cell(1, at).value = at
    book.save(tmp_path / "figures.xlsx")
    assert taken_in(folder, tmp_path / "figures.xlsx").refusals(accept_doubts=False) == []


@pytest.mark.parametrize(("number_format", "value"), [('0"年"', 2026), ("0.00", 2026), ("0_ ", 2026)])
def test_a_year_may_be_shown_as_one(folder: Path, tmp_path: Path, number_format: str, value: int) -> None:
    book = good_book()
    formatted("C3", value, number_format)(book)
    book.save(tmp_path / "figures.xlsx")
    made = taken_in(folder, tmp_path / "figures.xlsx")
    assert made.refusals(accept_doubts=False) == []
    assert made.changes[0].entry.cells["period"] == "2026"


def as_it_is_stored(cell: str) -> Callable[[str], str]:
    """Return what puts a cell as another program writes it in the place of a sheet's own."""
    name = re.findall(r'r="([A-Z]+[0-9]+)"', cell)[0]
    return lambda text: re.sub(rf'<c r="{name}"[^>]*?(?:/>|>.*?</c>)', cell, text, flags=re.DOTALL)


@pytest.mark.parametrize(
    ("stored", "note"),
    [
        ("样例_x000D_", "样例"),
        ("一_x000D_\n二", "一\n二"),
        ("_x0041_级", "A级"),
        ("_x00zz_", "_x00zz_"),
    ],
)
def test_signs_that_are_stored_as_numbers_are_read_as_they_are_shown(
    folder: Path, tmp_path: Path, stored: str, note: str
) -> None:
    book = good_book()
    put(book["observations"], FIRST, note_zh="注", note_en="note")
    book.save(tmp_path / "figures.xlsx")
    cell = f'<c r="L3" t="inlineStr"><is><t>{stored}</t></is></c>'
    path = with_part_changed(tmp_path / "figures.xlsx", r"sheet1\.xml$", as_it_is_stored(cell))
    made = taken_in(folder, path)
    assert made.refusals(accept_doubts=False) == []
    assert made.changes[0].entry.cells["note_zh"] == note


@pytest.mark.parametrize("number", ["1E+400", "-1E+400", "9" * 400])
def test_a_number_that_overflows_is_told_with_its_cell(folder: Path, tmp_path: Path, number: str) -> None:
    good_book().save(tmp_path / "figures.xlsx")
    cell = f'<c r="D3"><v>{number}</v></c>'
    path = with_part_changed(tmp_path / "figures.xlsx", r"sheet1\.xml$", as_it_is_stored(cell))
    refusals = taken_in(folder, path).refusals(accept_doubts=True)
    assert [(fault.place, fault.code) for fault in refusals] == [("observations!D3", "number_too_large")]


def test_formulas_that_show_nothing_are_empty_cells(folder: Path, tmp_path: Path) -> None:
    book = good_book()
    for row in (FIRST + 1, FIRST + 2):
        put(book["observations"], row, value="=IF(F4=0,0,0)")
    book.save(tmp_path / "figures.xlsx")
    path = with_part_changed(
        tmp_path / "figures.xlsx",
        r"sheet1\.xml$",
        lambda text: re.sub(r'<c r="(D[45])"[^>]*>.*?</c>', r'<c r="\1" t="str"><f>IF(F4=0,"",1)</f><v></v></c>', text),
    )
    made = taken_in(folder, path)
    assert made.refusals(accept_doubts=False) == []
    assert len([change for change in made.added if change.is_figure]) == 1


def test_a_formula_of_a_text_whose_result_was_not_saved_is_no_empty_cell(folder: Path, tmp_path: Path) -> None:
    book = good_book()
    put(book["observations"], FIRST, note_zh="=A1")
    book.save(tmp_path / "figures.xlsx")
    path = with_part_changed(
        tmp_path / "figures.xlsx",
        r"sheet1\.xml$",
        lambda text: re.sub(r'<c r="L3"[^>]*>.*?</c>', '<c r="L3" s="0" t="str"><f>A1</f></c>', text),
    )
    faults = taken_in(folder, path).faults
    assert [(fault.place, fault.code) for fault in faults] == [("observations!L3", "formula_without_value")]


@pytest.mark.parametrize("area", ["L3", "L3:M3", "A5:V5"])
def test_a_link_at_empty_cells_is_no_text_of_theirs(folder: Path, tmp_path: Path, area: str) -> None:
    good_book().save(tmp_path / "figures.xlsx")
    links = f'<hyperlinks><hyperlink ref="{area}" location="sources!A1"/></hyperlinks><pageMargins'
    path = with_part_changed(
        tmp_path / "figures.xlsx", r"sheet1\.xml$", lambda text: text.replace("<pageMargins", links)
    )
    made = taken_in(folder, path)
    assert made.faults == taken_in(folder, tmp_path / "figures.xlsx").faults
    (change,) = [change for change in made.added if change.is_figure]
    assert (change.entry.cells["note_zh"], change.entry.cells["note_en"]) == ("", "")


@pytest.mark.parametrize(
    ("added", "place", "code"),
    [
        ('<mergeCells count="1"><mergeCell ref="A5:XFD1048576"/></mergeCells>', "observations!A5", "wide_area"),
        ("<mergeCells count='1'><mergeCell ref='Z1:Z1048576'/></mergeCells>", "observations!Z1", "wide_area"),
        ('<hyperlinks><hyperlink ref="A1:XFD1048576" location="x!A1"/></hyperlinks>', "observations!A1", "wide_area"),
    ],
)
def test_cells_that_would_not_fit_into_memory_are_not_made(
    folder: Path, tmp_path: Path, added: str, place: str, code: str
) -> None:
    good_book().save(tmp_path / "figures.xlsx")
    path = with_part_changed(
        tmp_path / "figures.xlsx", r"sheet1\.xml$", lambda text: text.replace("</sheetData>", f"</sheetData>{added}")
    )
    with pytest.raises(IntakeError) as error:
        taken_in(folder, path)
    assert [(fault.place, fault.code) for fault in error.value.faults] == [(place, code)]


@pytest.mark.parametrize("added", [f"<row>{'<c/>' * 1_000_001}</row>", '<row ht="9"/>' * 500_001])
def test_more_cells_than_fit_into_memory_are_not_read(folder: Path, tmp_path: Path, added: str) -> None:
    good_book().save(tmp_path / "figures.xlsx")
    path = with_part_changed(
        tmp_path / "figures.xlsx",
        r"sheet1\.xml$",
        lambda text: text.replace("</sheetData>", f"{added}</sheetData>"),
    )
    with pytest.raises(IntakeError) as error:
        taken_in(folder, path)
    assert [(fault.place, fault.code) for fault in error.value.faults] == [("observations", "too_many_cells")]


def prefixed(text: str) -> str:
    text = text.replace('xmlns="', 'xmlns:a-b="', 1)
    return re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1a-b:", text)


@pytest.mark.parametrize("way", ["prefix", "UTF-16", "elsewhere"])
def test_cells_are_counted_however_a_sheet_is_written(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(sheets, "_MOST_CELLS", 500)
    good_book().save(tmp_path / "figures.xlsx")
    path = tmp_path / f"{way}.xlsx"
    large = with_part_changed(
        tmp_path / "figures.xlsx",
        r"sheet1\.xml$",
        lambda text: text.replace("</sheetData>", f"<row>{'<c/>' * 501}</row></sheetData>"),
    )
    with zipfile.ZipFile(large) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            text, encoding = old.read(name).decode(), "utf-8"
            if way == "elsewhere":
                name, text = name.replace("xl/workbook", "xl/book"), text.replace("xl/workbook.xml", "xl/book.xml")
            elif name.endswith("sheet1.xml"):
                text = prefixed(text) if way == "prefix" else f'<?xml version="1.0" encoding="UTF-16"?>{text}'
                encoding = "utf-8" if way == "prefix" else "utf-16"
            new.writestr(
                name.replace("_rels/workbook", "_rels/book") if way == "elsewhere" else name, text.encode(encoding)
            )
    with pytest.raises(IntakeError) as error:
        taken_in(folder, path)
    assert [fault.code for fault in error.value.faults] == ["too_many_cells"]


@pytest.mark.parametrize(
    "code", ["@", ";;;@", '0"万"', r'_(* #,##0.00_);_(* \(#,##0.00\);_(* "-"??_);_(@_)', ";;", "0;0;0;General"]
)
def test_a_text_that_its_format_shows_is_taken_in(folder: Path, tmp_path: Path, code: str) -> None:
    book = good_book()
    formatted("D3", "96.1", code)(book)
    book.save(tmp_path / "figures.xlsx")
    intake = taken_in(folder, tmp_path / "figures.xlsx")
    assert intake.faults == ()
    assert b",96.1," in intake.files["observations.csv"]


@pytest.mark.parametrize(("at", "byte"), [(6, 0xFF), (8, 1), (8, 0xFF), (10, 0xFF)])
def test_a_spoilt_byte_of_the_directory_is_told_in_a_sentence(folder: Path, tmp_path: Path, at: int, byte: int) -> None:
    """A version too new, a part that says it has a password, a way of packing that is not known."""
    good_book().save(tmp_path / "figures.xlsx")
    data = bytearray((tmp_path / "figures.xlsx").read_bytes())
    start = -1
    while (start := data.find(b"PK\x01\x02", start + 1)) >= 0:
        data[start + at] ^= byte
    (tmp_path / "figures.xlsx").write_bytes(data)
    with pytest.raises(IntakeError) as error:
        taken_in(folder, tmp_path / "figures.xlsx")
    assert [fault.code for fault in error.value.faults] == ["workbook_form"]


def test_a_sheet_that_begins_far_below_is_told_to_be_passed_over(folder: Path, tmp_path: Path) -> None:
    book = good_book()
    book.create_sheet("more")["A120"].value = "goods_pass_rate"
    book.save(tmp_path / "figures.xlsx")
    made = taken_in(folder, tmp_path / "figures.xlsx")
    assert ("more", "sheet_not_read") in [(fault.place, fault.code) for fault in made.faults]


def test_a_copy_of_a_sheet_is_not_left_out_in_silence(folder: Path, tmp_path: Path) -> None:
    book = good_book()
    book["observations"].title = "observations (2)"
    book.save(tmp_path / "figures.xlsx")
    refusals = taken_in(folder, tmp_path / "figures.xlsx").refusals(accept_doubts=False)
    assert [(fault.place, fault.code) for fault in refusals] == [("observations (2)", "sheet_name")]


def test_a_note_below_the_figures_is_told_and_a_row_of_the_template_is_not(folder: Path, tmp_path: Path) -> None:
    book = good_book()
    put(book["observations"], FIRST + 1, indicator_id="goods_pass_rate | 产品", region_id="sample_city", period="2025")
    put(book["observations"], FIRST + 3, indicator_id="注：2026年为快报数", corrects=None)
    book.save(tmp_path / "figures.xlsx")
    faults = taken_in(folder, tmp_path / "figures.xlsx").faults
    assert [(fault.cell, fault.code, fault.level) for fault in faults] == [("A6", "row_not_read", "warning")]


@pytest.mark.parametrize("name", ["pages", "claims", "remarks", "lists", " Lists"])
def test_a_table_under_a_name_of_the_program_is_not_left_out_in_silence(
    folder: Path, tmp_path: Path, name: str
) -> None:
    book = good_book()
    book.copy_worksheet(book["observations"]).title = name
    book.create_sheet("reviews").append(REVIEWS.header)
    book.save(tmp_path / "figures.xlsx")
    refusals = taken_in(folder, tmp_path / "figures.xlsx").refusals(accept_doubts=False)
    assert [(fault.place, fault.code) for fault in refusals] == [(name, "sheet_name")]


@pytest.mark.parametrize("is_review", [True, False])
def test_words_under_a_name_of_the_program_are_its_own_beside_reviews_alone(
    folder: Path, tmp_path: Path, is_review: bool
) -> None:
    book = good_book()
    book.create_sheet("pages").append(["Page", "What it says"])
    hidden = book.create_sheet("lists")
    hidden.append(TABLES[0].header)
    hidden.sheet_state = "hidden"
    if is_review:
        book.create_sheet("reviews").append(REVIEWS.header)
    book.save(tmp_path / "figures.xlsx")
    told = [fault.place for fault in taken_in(folder, tmp_path / "figures.xlsx").faults if "sheet" in fault.code]
    assert told == ([] if is_review else ["pages"])


NAMES = "indicator_id,region_id,period,value,qualifier,source_id,locator,grade,note_zh,note_en\r\n"
ROW = "food_x,sample_city,2026,96.1,exact,yearbook-2026,正文,A,{},invented\r\n"


@pytest.mark.parametrize(
    ("text", "encoding", "cell"),
    [
        ("本市抽檢合格率說明", "big5", "G2"),
        ("品質報告書の説明", "shift-jis", "G2"),
        ("\ue000本市说明", "gb18030", "I2"),
        ("标题\ufffd", "utf-8", "I2"),
    ],
)
def test_text_of_another_encoding_is_refused(tmp_path: Path, folder: Path, text: str, encoding: str, cell: str) -> None:
    (tmp_path / "figures.csv").write_bytes((NAMES + ROW.format(text)).encode(encoding))
    with pytest.raises(IntakeError) as error:
        taken_in(folder, tmp_path / "figures.csv")
    (fault,) = error.value.faults
    assert (fault.code, fault.cell) == ("encoding", cell)
    assert "UTF-8, or GB18030 as" in fault.allowed
    assert "CSV UTF-8" in fault.advice


@pytest.mark.parametrize("separator", [";", "\t"])
def test_commas_in_notes_do_not_hide_another_separator(tmp_path: Path, folder: Path, separator: str) -> None:
    text = (NAMES + ROW.format("虚构")).replace(",", separator).replace("invented", "a, " * 40 + "b")
    (tmp_path / "figures.csv").write_text(text.replace("food_x", "goods_pass_rate"), "utf-8")
    assert taken_in(folder, tmp_path / "figures.csv").refusals(accept_doubts=False) == []


def test_a_zero_byte_is_told_with_its_cell(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "figures.csv").write_text(NAMES + ROW.format("虚构的说明\x00"), "utf-8")
    with pytest.raises(IntakeError, match=r"figures\.csv!I2: found 'a broken byte of UTF-8, 0x00, in row 2'"):
        taken_in(folder, tmp_path / "figures.csv")


def test_each_lost_byte_of_utf_8_is_noticed(tmp_path: Path, folder: Path) -> None:
    data = (NAMES + ROW.format("本市监督抽检合格率的说明")).encode("utf-8")
    for at in [at for at, byte in enumerate(data) if byte >= 0x80]:
        (tmp_path / "figures.csv").write_bytes(data[:at] + data[at + 1 :])
        with pytest.raises(IntakeError, match=r"figures\.csv!(G2|I2): found 'a broken byte of UTF-8.* in row 2"):
            taken_in(folder, tmp_path / "figures.csv")


def test_a_comma_too_many_is_not_left_out_in_silence(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "figures.csv").write_text(
        NAMES + ROW.format("虚构").replace("invented", "revised, see table 3"), "utf-8"
    )
    refusals = taken_in(folder, tmp_path / "figures.csv").refusals(accept_doubts=False)
    assert ("figures.csv!K2", "cell_without_column") in [(fault.place, fault.code) for fault in refusals]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("figures.xlsx", b"not a workbook"),
        ("figures.csv", b"\xff\xff\xff\x00"),
        ("quotes.csv", b'indicator_id,"period\n'),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, folder: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(IntakeError, match=f"error: {name}.*to do: "):
        taken_in(folder, tmp_path / name)


def test_a_workbook_without_a_known_sheet_is_refused(tmp_path: Path, folder: Path) -> None:
    book = Workbook()
    book.save(tmp_path / "figures.xlsx")
    with pytest.raises(IntakeError, match=r"found 'Sheet'; allowed: sheets named .*observations"):
        taken_in(folder, tmp_path / "figures.xlsx")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("x" * (65 << 20), "too_large"),
        ("a" + "," * 500 + "\n", "too_many_columns"),
        ("a\n" * 20_001, "too_many_rows"),
    ],
)
def test_a_csv_file_beyond_all_measure_is_refused(tmp_path: Path, folder: Path, content: str, code: str) -> None:
    (tmp_path / "figures.csv").write_text(content, encoding="utf-8")
    with pytest.raises(IntakeError) as error:
        taken_in(folder, tmp_path / "figures.csv")
    assert [fault.code for fault in error.value.faults] == [code]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without pipes in folders")
@pytest.mark.parametrize(
    "command",
    [
        "intake import pipe.csv --data {}",
        "intake import pipe.csv --wide --map yearbook --data {}",
        "intake import pipe.po --data {}",
        "review 2025 --from pipe.csv --data {}",
        "init new --from-workbook pipe.csv",
    ],
)
def test_a_pipe_is_not_waited_for(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe.csv")
    os.mkfifo("pipe.po")
    result = CliRunner().invoke(main, command.format(folder).split())
    assert result.exit_code == 2
    assert "is no file that can be read twice; save it to disk" in result.output
    assert not Path("new").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="a system whose names of files are text")
def test_a_name_in_another_encoding_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    folder = write_evidence(tmp_path / "data")
    before = (folder / "observations.csv").read_bytes()
    path = tmp_path / os.fsdecode("数据.xlsx".encode("gb18030"))
    good_book().save(path)
    result = CliRunner().invoke(main, ["intake", "import", str(path), "--data", str(folder)])
    assert result.exit_code == 2
    assert "give the file another name" in result.output
    assert (folder / "observations.csv").read_bytes() == before


def test_a_workbook_that_unpacks_beyond_all_measure_is_not_read(tmp_path: Path, folder: Path) -> None:
    good_book().save(tmp_path / "figures.xlsx")
    with zipfile.ZipFile(tmp_path / "figures.xlsx", "a", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/more.xml", " " * (65 << 20))
    with pytest.raises(IntakeError, match=r"found '6\d MiB'; allowed: at most 64 MiB, unpacked"):
        taken_in(folder, tmp_path / "figures.xlsx")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.xlsx", b"", "found 'an empty file'; allowed: a workbook (.xlsx)"),
        ("cut.xlsx", b"PK\x03\x04 and no end", "found 'a file that is damaged or cut off, or no workbook'"),
        ("empty.csv", b"", "found 'nothing'; allowed: the column names of a table, such as indicator_id, region_id"),
    ],
)
def test_a_file_without_a_table_is_refused_in_plain_words(
    sample_folder: Path, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    refused = CliRunner().invoke(main, ["intake", "import", str(tmp_path / name), "--data", str(sample_folder)])
    (line, _) = refused.stderr.splitlines()
    assert (refused.exit_code, said in line, len(line) < 300) == (1, True, True), line

"""Faulty workbooks, each with the cell that must be named. All figures are invented."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from intake_files import FIRST, good_book, put, taken_in
from openpyxl import Workbook
from synthetic import write_evidence

from qualitybook.evidence.intake import IntakeError

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


def merged(book: Workbook) -> None:
    book["observations"].merge_cells("K3:L3")


def hidden_row(book: Workbook) -> None:
    book["observations"].row_dimensions[FIRST].hidden = True


def hidden_column(book: Workbook) -> None:
    book["observations"].column_dimensions["F"].hidden = True


def without_header(book: Workbook) -> None:
    book["observations"].delete_rows(2)


def renamed_column(book: Workbook) -> None:
    book["observations"]["D2"].value = "数值"


def twice(book: Workbook) -> None:
    put(
        book["observations"],
        FIRST + 1,
        **{cell.value: row.value for cell, row in zip(*book["observations"]["A2:P3"], strict=True)},
    )


def error_value(book: Workbook) -> None:
    book["observations"]["D3"].value = "#N/A"


def two_preferred(book: Workbook) -> None:
    twice(book)
    put(book["observations"], FIRST, preferred="1")
    put(book["observations"], FIRST + 1, preferred="1", source_id="yearbook-2026")


CASES: dict[str, tuple[Spoil, str, str]] = {
    "unknown indicator": (figure(indicator_id="goods_pas_rate"), "observations!A3", "key_unknown"),
    "unknown place": (figure(region_id="nowhere"), "observations!B3", "key_unknown"),
    "period of another form": (figure(period="2026年"), "observations!C3", "cell"),
    "day in the period": (figure(period=date(2026, 7, 1)), "observations!C3", "period_is_date"),
    "day as a number in the period": (figure(period=46204), "observations!C3", "date_serial"),
    "no period": (figure(period=None), "observations!C3", "period_and_qualifier"),
    "no figure": (figure(value=None), "observations!D3", "cell"),
    "words for a figure": (figure(value="about 96"), "observations!D3", "cell"),
    "thousands separator": (figure(value="1,096.1"), "observations!D3", "thousands_separator"),
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
    "hidden column": (hidden_column, "observations!F1", "hidden_column"),
    "no row of names": (without_header, "observations!A1", "header_missing"),
    "unknown column": (renamed_column, "observations!D2", "column_unknown"),
    "the same figure twice": (twice, "observations!A4", "key_repeated"),
    "two to be used": (two_preferred, "observations!K4", "preferred_twice"),
    "a source against itself": (
        figure(period="2025", value="91.10", n=None, passed=None, source_id="yearbook-2026"),
        "observations!D3",
        "contradicts_itself",
    ),
    "a source rewritten": (source(source_id="yearbook-2026"), "sources!B3", "contradicts_itself"),
    "no such kind of source": (source(kind="blog"), "sources!D3", "cell"),
    "an address without its scheme": (source(url="example.org"), "sources!G3", "cell"),
    "read before it was published": (source(accessed="2027-05-01"), "sources!E3", "published_after_access"),
    "no such day": (source(published="2027-02-30"), "sources!E3", "cell"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_faulty_workbook_is_refused_with_its_cell(folder: Path, tmp_path: Path, name: str) -> None:
    spoil, place, code = CASES[name]
    book = good_book()
    spoil(book)
    book.save(tmp_path / "figures.xlsx")
    before = (folder / "observations.csv").read_bytes()
    refusals = taken_in(folder, tmp_path / "figures.xlsx").refusals(accept_doubts=False)
    assert (place, code) in [(fault.place, fault.code) for fault in refusals]
    fault = next(fault for fault in refusals if (fault.place, fault.code) == (place, code))
    assert fault.allowed
    assert fault.advice
    assert str(fault).startswith(f"{fault.level}: {place} ") or not fault.column
    assert (folder / "observations.csv").read_bytes() == before


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

"""Workbooks that people fill in: figures to take in, checklists for reviewers, and a plan.

That of a plan has a sheet for each table, filled with what a folder holds, to be edited and taken in again.
"""

from __future__ import annotations

import errno
import io
import os
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from string import ascii_uppercase
from typing import TYPE_CHECKING

from qualitybook.evidence.catalog import Catalog
from qualitybook.evidence.intake.cells import CHOICE_SEPARATOR
from qualitybook.evidence.intake.merge import Wanted
from qualitybook.evidence.intake.sheets import CLAIMS, CORRECTS, INFORMATION, LISTS, REMARKS, STATEMENTS
from qualitybook.evidence.reading import RawTable, forms, rows_of
from qualitybook.evidence.schema import (
    EDITIONS,
    OBSERVATIONS,
    RECORDED,
    REVIEWS,
    SOURCES,
    TABLES,
    Field,
    Table,
    in_each_language,
    tables_of,
)
from qualitybook.evidence.schema import LANGUAGES as LANGUAGES_OF_TEXTS
from qualitybook.report import labels
from qualitybook.report.i18n import LANGUAGES, Words
from qualitybook.report.labels import CHOOSE, HEADINGS
from qualitybook.report.review import Checklist

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet


SPARE_ROWS = 200
"""Empty rows below the prefilled ones that are ready for entries."""


def template(catalog: Catalog, figures: Sequence[Wanted], notes: Mapping[str, Sequence[str]] | None = None) -> bytes:
    """Return a workbook with a sheet for figures and one for sources.

    `notes` are headings of further columns, which the import passes over, and their cells by figure.
    """
    from openpyxl import Workbook

    book = Workbook()
    observations = book.active
    assert observations is not None
    observations.title = OBSERVATIONS.name
    sources = book.create_sheet(SOURCES.name)
    lists = _lists(catalog)
    ranges = add_lists(book, lists)
    tables = {table.name: table for table in tables_of(catalog.folder)}
    for sheet, name, rows in ((observations, OBSERVATIONS.name, len(figures)), (sources, SOURCES.name, 0)):
        # The import fills in the day on which a row is recorded.
        fields = [field for field in tables[name].fields if field.name != RECORDED and not field.is_idle]
        _write_headings(sheet, fields, [(CORRECTS, _both(HEADINGS[CORRECTS]))])
        _as_text(sheet, range(1, len(fields) + 2), rows + SPARE_ROWS)
        for at, field in enumerate(fields, start=1):
            if field.name in ranges:
                _offer(sheet, at, ranges[field.name])
    named = {
        name: {entry.split(CHOICE_SEPARATOR)[0]: entry for entry in lists[name]}
        for name in ("indicator_id", "region_id")
    }
    for row, figure in enumerate(figures, start=FIRST_ROW):
        put_text(observations, row, _column(OBSERVATIONS, "indicator_id"), named["indicator_id"][figure.indicator_id])
        put_text(observations, row, _column(OBSERVATIONS, "region_id"), named["region_id"][figure.region_id])
        put_text(observations, row, _column(OBSERVATIONS, "period"), figure.period)
    _add_notes(observations, notes or {})
    return saved(book)


def _add_notes(sheet: Worksheet, notes: Mapping[str, Sequence[str]]) -> None:
    """Write columns that only people read to the right of the others."""
    for column, (heading, cells) in enumerate(notes.items(), start=sheet.max_column + 1):
        put_text(sheet, _HEADING_ROW, column, heading)
        put_text(sheet, _NAME_ROW, column, f"{INFORMATION}{heading}")
        for row, text in enumerate(cells, start=FIRST_ROW):
            put_text(sheet, row, column, text)


def _lists(catalog: Catalog) -> dict[str, list[str]]:
    """Return what each column offers."""
    names = in_each_language("name")
    indicators = {row.indicator_id: [getattr(row, name) for name in names] for row in rows_of(catalog.indicators)}
    regions = {row.region_id: [getattr(row, name) for name in names] for row in rows_of(catalog.regions)}
    kinds = SOURCES.field("kind").enum
    return {
        "indicator_id": _choices(indicators),
        "region_id": _choices(regions),
        "qualifier": _choices(_coded(labels.QUALIFIERS)),
        "grade": _choices(_coded(labels.GRADES)),
        "preferred": ["1", "0"],
        "status": list(OBSERVATIONS.field("status").enum),
        "access_kind": _choices(_coded(labels.ACCESS)),
        "kind": list(kinds),
    }


def _column(table: Table, name: str) -> int:
    return table.header.index(name) + 1


def review_workbook(checklist: Checklist) -> bytes:
    """Return a checklist as a workbook: a row for each figure, with cells for the reviewer, and sheets for reading."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = REVIEWS.name
    ranges = add_lists(book, {"result": _choices(_coded(labels.RESULTS))})
    extra = [(f"{INFORMATION}{name}", _both(message)) for name, message in labels.CHECKLIST_COLUMNS.items()]
    _write_headings(sheet, REVIEWS.fields, extra)
    for row, (item, cells) in enumerate(zip(checklist.review.items, checklist.rows, strict=True), FIRST_ROW):
        told = {"edition": checklist.review.edition.edition, **item.row.to_dict()}
        keys = [
            str(told[name]) if name in REVIEWS.primary_key and name != "reviewer" else "" for name in REVIEWS.header
        ]
        for column, text in enumerate([*keys, *cells], start=1):
            put_text(sheet, row, column, text)
    _offer(sheet, REVIEWS.header.index("result") + 1, ranges["result"])
    header = checklist.header
    _add_for_reading(book, CLAIMS, header(labels.CLAIM_COLUMNS), checklist.claim_rows, (14, 90, 24, 70))
    if checklist.statements:
        _add_for_reading(book, STATEMENTS, header(labels.STATEMENT_COLUMNS), checklist.statement_rows, (30, 100, 70))
    if checklist.remark_rows:
        widths = (20, 6, 40, 8, 60, 12, 30, 60, 14, 12, 40)
        _add_for_reading(book, REMARKS, header(labels.REMARK_COLUMNS), checklist.remark_rows, widths)
    return saved(book)


def _add_for_reading(
    book: Workbook, title: str, header: list[str], rows: Iterable[list[str]], widths: Sequence[int]
) -> None:
    """Add a sheet that is read only: it brings nothing back."""
    sheet = book.create_sheet(title, len(book.sheetnames) - 1)
    for row, cells in enumerate([header, *rows], start=1):
        for column, text in enumerate(cells, start=1):
            put_text(sheet, row, column, text)
    for letter, width in zip(ascii_uppercase, widths, strict=False):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"


_HEADING_ROW, _NAME_ROW, FIRST_ROW = 1, 2, 3
LAST_ROW = 1000
"""Last row that drop-down lists and text formats reach."""

_TEXT_FORMAT = "@"
_WIDEST, _NARROWEST = 44, 11
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def _heading(column: str) -> str:
    """Return what a column is called; one of a language more than two keeps its name."""
    return _both(HEADINGS[column]) if column in HEADINGS else column


def _both(message: str) -> str:
    """Return a message in all languages, one after the other."""
    return " / ".join(Words(code).gettext(message) for code in LANGUAGES)


_LIKE_A_SIGN = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def put_text(sheet: Worksheet, row: int, column: int, text: str) -> None:
    """Write text that a spreadsheet shows as it is and never takes for a formula."""
    cell = sheet.cell(row, column)
    # What looks like a sign's number is read as that sign.
    cell.value = _LIKE_A_SIGN.sub("_x005F_", text)
    if text:
        cell.data_type = "s"
    cell.number_format = _TEXT_FORMAT


def _write_headings(
    sheet: Worksheet,
    fields: Sequence[Field],
    extra: Sequence[tuple[str, str]] = (),
    heading_of: Callable[[str], str] = _heading,
) -> None:
    """Write the headings in both languages and, below them, the column names that the import reads.

    Each field is commented with what it holds.
    """
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    columns = [(field.name, heading_of(field.name)) for field in fields] + list(extra)
    for at, (name, heading) in enumerate(columns, start=1):
        put_text(sheet, _HEADING_ROW, at, heading)
        put_text(sheet, _NAME_ROW, at, name)
        sheet.cell(_HEADING_ROW, at).font = Font(bold=True)
        sheet.cell(_HEADING_ROW, at).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.cell(_HEADING_ROW, at).fill = PatternFill("solid", fgColor="FFE8EEF4")
        sheet.cell(_NAME_ROW, at).font = Font(color="FF666666", size=9)
        sheet.column_dimensions[get_column_letter(at)].width = min(_WIDEST, max(_NARROWEST, len(heading)))
    for at, field in enumerate(fields, start=1):
        needed = "" if field.required else " (may be empty)"
        text = f"{field.description}{needed}\n{field.allowed}"
        sheet.cell(_NAME_ROW, at).comment = Comment(text, "qualitybook", height=120, width=320)
    sheet.freeze_panes = f"A{FIRST_ROW}"


def _choices(codes: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the entries of a drop-down list: the key, then its names."""
    return [CHOICE_SEPARATOR.join([code, *filter(None, names)]) for code, names in codes.items()]


def _coded(table: Mapping[str, str]) -> dict[str, list[str]]:
    """Return codes with their labels in all languages."""
    return {code: [Words(lang).gettext(message) for lang in LANGUAGES] for code, message in table.items()}


def add_lists(book: Workbook, lists: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Write a hidden sheet with what the drop-down lists offer, and return each list's range by name."""
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(LISTS)
    sheet.sheet_state = "hidden"
    ranges = {}
    for at, (name, entries) in enumerate(lists.items(), start=1):
        put_text(sheet, 1, at, name)
        for row, entry in enumerate(entries, start=2):
            put_text(sheet, row, at, entry)
        letter = get_column_letter(at)
        ranges[name] = f"{LISTS}!${letter}$2:${letter}${len(entries) + 1}"
    return ranges


def _offer(sheet: Worksheet, column: int, cells: str, last_row: int = LAST_ROW, is_strict: bool = True) -> None:
    """Offer a list in a column's cells, where `is_strict` nothing else."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    validation = DataValidation("list", formula1=f"={cells}", allow_blank=True, showErrorMessage=is_strict)
    validation.errorTitle, validation.error = "qualitybook", _both(CHOOSE)
    letter = get_column_letter(column)
    validation.add(f"{letter}{FIRST_ROW}:{letter}{last_row}")
    sheet.add_data_validation(validation)


def _as_text(sheet: Worksheet, columns: Sequence[int], rows: int) -> None:
    """Give empty cells the text format, so that what is typed stays as it is typed."""
    for row in range(FIRST_ROW, FIRST_ROW + rows):
        for column in columns:
            sheet.cell(row, column).number_format = _TEXT_FORMAT


def saved(book: Workbook) -> bytes:
    """Return a workbook as bytes that depend on nothing but its content."""
    book.properties.created = _LONG_AGO.replace(tzinfo=None)
    book.properties.creator = "qualitybook"
    out = io.BytesIO()
    try:
        book.save(out)
    except Exception as error:
        # The library writes sheets into temporary files, with lxml where that is there, which names the system's error
        # in a text: IO_ENOSPC.
        code = {f"IO_{name}": number for number, name in errno.errorcode.items()}.get(str(error))
        if code is None:
            raise
        raise OSError(code, os.strerror(code), tempfile.gettempdir()) from None
    return with_fixed_times(out.getvalue())


def with_fixed_times(data: bytes) -> bytes:
    """Return a workbook or a document whose parts carry no time of writing."""
    out = io.BytesIO()
    stamp = _LONG_AGO.timetuple()[:6]
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            content = old.read(name)
            if name == "docProps/core.xml":
                # The library sets the time of the last change when it saves.
                (created,) = re.findall(rb"<dcterms:created[^>]*>([^<]*)<", content)
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*(<)", rb"\g<1>" + created + rb"\g<2>", content)
            new.writestr(zipfile.ZipInfo(name, stamp), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


# The plan's tables

_PLAN_TABLES = ("areas", "tasks", "targets", "target_path", "target_evidence", "task_indicators", "gaps")
_OTHERS = ("indicators", "regions", "units", "sources", "publishers", "locators")
"""What every plan needs; sheets of other tables are made where the folder has rows of them."""
_ELSEWHERE = (OBSERVATIONS.name, REVIEWS.name, EDITIONS.name, "errata", "dating")
"""Tables that have workbooks or commands of their own, that editions need, or figures without a period."""
_READINGS = "indicative_evidence"
_LABELS: Mapping[str, Mapping[str, str]] = {
    "targets.rule": labels.RULES,
    "peer_targets.rule": labels.RULES,
    "indicators.kind": labels.KINDS,
    "indicators.subkind": labels.SUBKINDS,
    "indicators.better": labels.BETTER,
    "indicators.frequency": labels.FREQUENCIES,
    "target_evidence.better": labels.BETTER,
    "target_evidence.role": labels.ROLES,
    "task_indicators.role": labels.TASK_ROLES,
    "sources.access_kind": labels.ACCESS,
}
_UNIT = "unit"


def plan_workbook(raw: Mapping[str, RawTable]) -> bytes:
    """Return a workbook with the plan's tables, their rows as they stand in the files."""
    from openpyxl import Workbook

    raw = {name: _without_figures(table) if name == _READINGS else table for name, table in raw.items()}
    names = [*_PLAN_TABLES, *_OTHERS]
    names += [name for name in raw if name not in (*names, *_ELSEWHERE) and raw[name].lines]
    book = Workbook()
    book.remove(book.worksheets[0])
    sheets = {name: book.create_sheet(name) for name in names}
    ranges = add_lists(book, {_UNIT: sorted(forms(raw[_UNIT + "s"].cells)), **_codes(raw, names)})
    last = {name: max(LAST_ROW, FIRST_ROW + len(raw[name].lines) + SPARE_ROWS) for name in names}
    for name, sheet in sheets.items():
        fields = _fields(raw[name])
        _fill(sheet, raw[name], fields)
        _offer_codes(sheet, raw[name].table, fields, ranges, last)
    return saved(book)


def _without_figures(raw: RawTable) -> RawTable:
    """Return what readings rest on without the rows that name the source of a figure, which the workbook has not."""
    kept = [at for at, source_id in enumerate(raw.cells["source_id"]) if not source_id]
    cells = {name: [column[at] for at in kept] for name, column in raw.cells.items()}
    return replace(raw, cells=cells, lines=[raw.lines[at] for at in kept])


def _codes(raw: Mapping[str, RawTable], names: Sequence[str]) -> dict[str, list[str]]:
    """Return what each column with codes offers, by table and column."""
    made = {}
    for name in names:
        for field in (field for field in raw[name].table.fields if field.enum):
            key = f"{name}.{field.name}"
            known = {code: words for code, words in _coded(_LABELS.get(key, {})).items() if code in field.enum}
            made[key] = [_choices({code: known.get(code, [])})[0] for code in field.enum]
    return made


def _fields(raw: RawTable) -> list[Field]:
    """Return the columns of a table that its folder's book needs or that hold something."""
    return [field for field in raw.table.fields if not field.is_idle or any(raw.cells[field.name])]


def _fill(sheet: Worksheet, raw: RawTable, fields: Sequence[Field]) -> None:
    """Write the headings and the rows of a table."""
    corrects = [(CORRECTS, _both(labels.HEADINGS[CORRECTS]))]
    _write_headings(sheet, fields, corrects, lambda column: _plan_heading(raw.table, column))
    _as_text(sheet, range(1, len(fields) + 2), len(raw.lines) + SPARE_ROWS)
    for row, cells in enumerate(zip(*(raw.cells[field.name] for field in fields), strict=True), start=FIRST_ROW):
        for column, text in enumerate(cells, start=1):
            if text:
                put_text(sheet, row, column, text)


def _plan_heading(table: Table, column: str) -> str:
    """Return what a column is called, with the language of its texts; a rare one keeps its name."""
    stem, _, code = column.rpartition("_")
    is_text = code in LANGUAGES_OF_TEXTS and bool(stem)
    name = stem if is_text else column
    known = {**labels.HEADINGS, **labels.PLAN_HEADINGS}
    message = known.get(f"{table.name}.{name}") or known.get(name)
    if message is None:
        return column
    return f"{_both(message)} ({code})" if is_text else _both(message)


def _offer_codes(
    sheet: Worksheet, table: Table, fields: Sequence[Field], ranges: Mapping[str, str], last: Mapping[str, int]
) -> None:
    """Offer codes, units, and the keys that stand in the workbook's other sheets, new ones too."""
    from openpyxl.utils import get_column_letter

    rows = last[table.name]
    keys = {key.fields[0]: key for key in table.foreign_keys if len(key.fields) == 1 and key.table in last}
    for at, field in enumerate(fields, start=1):
        if field.enum:
            _offer(sheet, at, ranges[f"{table.name}.{field.name}"], rows)
        elif field.name in keys:
            key = keys[field.name]
            other = next(table for table in TABLES if table.name == key.table)
            letter = get_column_letter(other.header.index(key.to_fields[0]) + 1)
            cells = f"{key.table}!${letter}${FIRST_ROW}:${letter}${last[key.table]}"
            _offer(sheet, at, cells, rows, is_strict=key.level == "error")
        elif field.name == _UNIT and table.name != "units":
            _offer(sheet, at, ranges[_UNIT], rows, is_strict=False)

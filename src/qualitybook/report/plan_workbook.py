"""A plan as a workbook: a sheet for each table, filled with what a folder holds, to be edited and taken in again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from qualitybook.evidence.intake.sheets import CORRECTS
from qualitybook.evidence.reading import RawTable, forms
from qualitybook.evidence.schema import EDITIONS, LANGUAGES, OBSERVATIONS, REVIEWS, TABLES, Field, Table
from qualitybook.report import labels
from qualitybook.report.workbook import (
    FIRST_ROW,
    LAST_ROW,
    SPARE_ROWS,
    add_lists,
    as_text,
    both,
    choices,
    coded,
    offer,
    put_text,
    saved,
    write_headings,
)

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_PLAN = ("areas", "tasks", "targets", "target_path", "target_evidence", "task_indicators", "gaps")
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
    names = [*_PLAN, *_OTHERS]
    names += [name for name in raw if name not in (*names, *_ELSEWHERE) and raw[name].lines]
    book = Workbook()
    book.remove(book.worksheets[0])
    sheets = {name: book.create_sheet(name) for name in names}
    ranges = add_lists(book, {_UNIT: sorted(forms(raw[_UNIT + "s"].cells)), **_choices(raw, names)})
    last = {name: max(LAST_ROW, FIRST_ROW + len(raw[name].lines) + SPARE_ROWS) for name in names}
    for name, sheet in sheets.items():
        fields = _fields(raw[name])
        _fill(sheet, raw[name], fields)
        _offer(sheet, raw[name].table, fields, ranges, last)
    return saved(book)


def _without_figures(raw: RawTable) -> RawTable:
    """Return what readings rest on without the rows that name the source of a figure, which the workbook has not."""
    kept = [at for at, source_id in enumerate(raw.cells["source_id"]) if not source_id]
    cells = {name: [column[at] for at in kept] for name, column in raw.cells.items()}
    return replace(raw, cells=cells, lines=[raw.lines[at] for at in kept])


def _choices(raw: Mapping[str, RawTable], names: Sequence[str]) -> dict[str, list[str]]:
    """Return what each column with codes offers, by table and column."""
    made = {}
    for name in names:
        for field in (field for field in raw[name].table.fields if field.enum):
            key = f"{name}.{field.name}"
            known = {code: words for code, words in coded(_LABELS.get(key, {})).items() if code in field.enum}
            made[key] = [choices({code: known.get(code, [])})[0] for code in field.enum]
    return made


def _fields(raw: RawTable) -> list[Field]:
    """Return the columns of a table that its folder's book needs or that hold something."""
    return [field for field in raw.table.fields if not field.is_idle or any(raw.cells[field.name])]


def _fill(sheet: Worksheet, raw: RawTable, fields: Sequence[Field]) -> None:
    """Write the headings and the rows of a table."""
    corrects = [(CORRECTS, both(labels.HEADINGS[CORRECTS]))]
    write_headings(sheet, fields, corrects, lambda column: _heading(raw.table, column))
    as_text(sheet, range(1, len(fields) + 2), len(raw.lines) + SPARE_ROWS)
    for row, cells in enumerate(zip(*(raw.cells[field.name] for field in fields), strict=True), start=FIRST_ROW):
        for column, text in enumerate(cells, start=1):
            if text:
                put_text(sheet, row, column, text)


def _heading(table: Table, column: str) -> str:
    """Return what a column is called, with the language of its texts; a rare one keeps its name."""
    stem, _, code = column.rpartition("_")
    is_text = code in LANGUAGES and bool(stem)
    name = stem if is_text else column
    known = {**labels.HEADINGS, **labels.PLAN_HEADINGS}
    message = known.get(f"{table.name}.{name}") or known.get(name)
    if message is None:
        return column
    return f"{both(message)} ({code})" if is_text else both(message)


def _offer(
    sheet: Worksheet, table: Table, fields: Sequence[Field], ranges: Mapping[str, str], last: Mapping[str, int]
) -> None:
    """Offer codes, units, and the keys that stand in the workbook's other sheets, new ones too."""
    from openpyxl.utils import get_column_letter

    rows = last[table.name]
    keys = {key.fields[0]: key for key in table.foreign_keys if len(key.fields) == 1 and key.table in last}
    for at, field in enumerate(fields, start=1):
        if field.enum:
            offer(sheet, at, ranges[f"{table.name}.{field.name}"], rows)
        elif field.name in keys:
            key = keys[field.name]
            other = next(table for table in TABLES if table.name == key.table)
            letter = get_column_letter(other.header.index(key.to_fields[0]) + 1)
            cells = f"{key.table}!${letter}${FIRST_ROW}:${letter}${last[key.table]}"
            offer(sheet, at, cells, rows, is_strict=key.level == "error")
        elif field.name == _UNIT and table.name != "units":
            offer(sheet, at, ranges[_UNIT], rows, is_strict=False)

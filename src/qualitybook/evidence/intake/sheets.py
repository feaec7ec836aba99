"""The rows that a workbook or a CSV file brings, each with the cells it was read from.

In each table one row holds the column names of the evidence (``indicator_id``, ``period`` ...); what stands above it is
for people. Rows below it in which nothing is filled in but what the template had filled in are passed over.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import compress
from math import prod
from operator import not_
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from qualitybook.evidence.intake.cells import Cell, Fault, Finding, IntakeError, read_cell
from qualitybook.evidence.reading import SEPARATORS
from qualitybook.evidence.schema import KEY_TYPES, LANGUAGES, OBSERVATIONS, REVIEWS, SOURCES, TABLES, Table

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet


_PREFILLED = frozenset({"indicator_id", "region_id", "period", "edition", "source_id", "basis"})
_WITH_TEMPLATE = (OBSERVATIONS.name, SOURCES.name, REVIEWS.name)
"""Columns that a template fills in, in the sheets of these tables: alone they bring nothing."""

CORRECTS = "corrects"
"""Column, beside those of the table, that names the columns in which a row corrects the evidence."""

_SETTLED = "settled"
"""Column that names the doubts about its row that a person has looked at."""

_CSV = (".csv", ".txt", ".tsv")
_HEADER_ROWS = 10
MOST_ROWS = 20_000
_MOST_COLUMNS = 500
_MOST_BYTES = 64 << 20
_WORDY = ("text", *KEY_TYPES)
"""Types of columns that words for people may fit."""
_CELLS_OF_A_ROW = 2
"""Cells that are no words and fit their columns, by which a row is taken for one of the table; a row that numbers the
columns has some, and more that do not fit."""
INFORMATION = "info:"
"""What the names of columns begin with that are for people and not read."""


@dataclass(frozen=True)
class Sheet:
    """One table of a file, cell by cell."""

    name: str
    """Name of the sheet, or of the file if it is a CSV file."""
    rows: Sequence[Sequence[Cell]]
    faults: tuple[Fault, ...] = ()
    """What is wrong with the sheet's form."""
    copies: frozenset[str] = frozenset()
    """Names of the cells that hold what stands in the first of those that they are merged with."""


@dataclass(frozen=True)
class Entry:
    """One row that is brought."""

    table: Table
    """The table it is for."""
    sheet: str
    """Where it was read."""
    cells: Mapping[str, str]
    """Text by column, empty where the file has none."""
    places: Mapping[str, str]
    """Name of the cell by column, for the columns that the file has."""
    faults: tuple[Fault, ...] = ()
    """What is wrong with the way its cells were entered."""
    corrects: tuple[str, ...] = ()
    """Columns in which it corrects what the evidence holds."""
    scale_words: Mapping[str, str] = field(default_factory=dict)
    """By column the words by which the formats of its cells multiply what they show."""
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By column the names that stand behind a key, as in the drop-down lists."""

    @property
    def place(self) -> str:
        """The row's first cell, with its sheet."""
        return f"{self.sheet}!{next(iter(self.places.values()))}"

    @property
    def is_sound(self) -> bool:
        """Whether each cell was entered in a way that can be read."""
        return not any(fault.level == "error" for fault in self.faults)

    def fault(
        self,
        column: str,
        found: str,
        allowed: str,
        advice: str,
        code: str,
        level: str = "error",
        remedy: Mapping[str, str] | None = None,
    ) -> Fault:
        """Return a fault of one of the row's cells; of its first one where the file lacks the column."""
        place = self.places.get(column) or next(iter(self.places.values()))
        return fault_at(
            self.table, self.sheet, place, column, Finding(found, allowed, advice, code, level, remedy or {})
        )


def read_entries(path: Path, tables: Sequence[Table]) -> tuple[list[Entry], list[Fault], int]:
    """Return the rows of a workbook or a CSV file, what is wrong with its form, and how many rows were passed over.

    The rows have their own faults; a file that cannot be read at all raises IntakeError.
    """
    entries: list[Entry] = []
    faults: list[Fault] = []
    passed_over = 0
    _refuse_large(path)
    is_csv = path.suffix.lower() in _CSV
    for sheet in [_read_csv(path)] if is_csv else _read_workbook(path, [table.name for table in tables]):
        found, own_faults, empty = _entries_of(sheet, tables, by_name=not is_csv)
        entries += found
        faults += [*sheet.faults, *own_faults]
        passed_over += empty
    return entries, faults, passed_over


def grids(path: Path) -> list[Sheet]:
    """Return all tables of a file with rows of one length, each text of merged cells in every one of them."""
    _refuse_large(path)
    if path.suffix.lower() in _CSV:
        sheet = _read_csv(path)
        return [replace(sheet, rows=_padded(sheet.rows))]
    formulas, values = _opened(path)
    made = []
    for title in (str(sheet.title) for sheet in formulas.worksheets):
        sheet = _sheet(formulas[title], values[title])
        rows = _padded(sheet.rows)
        copies = set()
        for area in formulas[title].merged_cells.ranges if rows else ():
            first = rows[area.min_row - 1][area.min_col - 1]
            for row, column in area.cells:
                name = rows[row - 1][column - 1].name
                rows[row - 1][column - 1] = replace(first, name=name)
                copies |= {name} - {first.name}
        faults = tuple(fault for fault in sheet.faults if fault.code != "merged_cells")
        made.append(Sheet(sheet.name, rows, faults, frozenset(copies)))
    return made


def _padded(rows: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    """Return rows of one length."""
    from openpyxl.utils import get_column_letter

    width = max(map(len, rows), default=0)
    return [
        [*row, *(Cell(f"{get_column_letter(at)}{number}") for at in range(len(row) + 1, width + 1))]
        for number, row in enumerate(rows, start=1)
    ]


def _refuse_large(path: Path) -> None:
    """Refuse what would not fit into memory, before any of it is read; a workbook is packed."""
    size = path.stat().st_size
    # What is damaged is said when it is read.
    with suppress(Exception), zipfile.ZipFile(path) as parts:
        size = max(size, sum(part.file_size for part in parts.infolist()))
    if size > _MOST_BYTES:
        found, allowed = f"{size >> 20} MiB", f"at most {_MOST_BYTES >> 20} MiB, unpacked"
        advice = "take it in by parts, or delete the rows below the last figure, also those that only have a format"
        raise IntakeError([Fault(path.name, "", "", found, allowed, advice, "too_large")])


def _entries_of(sheet: Sheet, tables: Sequence[Table], by_name: bool) -> tuple[list[Entry], list[Fault], int]:
    candidates = [table for table in tables if table.name == sheet.name.strip().lower()] if by_name else list(tables)
    if not candidates or any(fault.level == "error" and not fault.cell for fault in sheet.faults):
        return [], [], 0
    table, position = _header_of(sheet, candidates)
    if table is None:
        return [], [_header_missing(sheet, candidates)], 0
    columns, faults = _columns_of(sheet, table, position)
    if faults:
        return [], faults, 0
    below = sheet.rows[position + 1 :]
    rows = [[(name, cells[at]) for name, at in columns.items() if at < len(cells)] for cells in below]
    given = _PREFILLED if table.name in _WITH_TEMPLATE else ()
    is_filled = [any(not cell.is_empty for name, cell in row if name not in given) for row in rows]
    filled = list(compress(rows, is_filled))
    started = sum(any(not cell.is_empty for _, cell in row) for row in rows)
    entries = [_entry(sheet.name, table, row) for row in filled]
    left_out = [*_above_the_header(sheet, table, columns, position), *_beyond_the_header(sheet, position)]
    others = compress(rows, map(not_, is_filled))
    left_out += [fault for row in others for fault in _words_alone(sheet.name, table, row)]
    return entries, left_out, started - len(filled)


def _header_missing(sheet: Sheet, candidates: Sequence[Table]) -> Fault:
    found = "no row of column names" if any(not cell.is_empty for row in sheet.rows for cell in row) else "nothing"
    such_as = "such as " * (len(candidates) > 1)
    allowed = f"the column names of a table, {such_as}{', '.join(candidates[0].header[:4])}, ..."
    advice = "keep the template's row of column names, or add one ('qualitybook intake template' writes it)"
    return Fault(sheet.name, "A1", "", found, allowed, advice, "header_missing")


def _above_the_header(sheet: Sheet, table: Table, columns: Mapping[str, int], position: int) -> Iterator[Fault]:
    """Find rows of the table above its column names, where only words for people stand: sorting takes rows there."""
    telling = [field for field in table.fields if field.name in columns and (field.enum or field.type not in _WORDY)]
    for cells in sheet.rows[:position]:
        filled = [(cells[columns[field.name]], field) for field in telling if columns[field.name] < len(cells)]
        read = [read_cell(cell, field) for cell, field in filled if not cell.is_empty]
        fitting = sum(all(finding.level != "error" for finding in each.findings) for each in read)
        if fitting >= _CELLS_OF_A_ROW and fitting > len(read) - fitting:
            first = next(cell.name for cell in cells if not cell.is_empty)
            allowed = "words for people above the column names"
            advice = "move the row below the row of column names"
            yield Fault(sheet.name, first, "", "a row of the table", allowed, advice, "row_above_header")


def _words_alone(sheet: str, table: Table, row: Sequence[tuple[str, Cell]]) -> Iterator[Fault]:
    """Tell of a row that brings nothing but has words where a template puts keys, such as a note below the figures."""
    for name, cell in row:
        if not cell.is_empty and any(each.level == "error" for each in read_cell(cell, table.field(name)).findings):
            advice = "nothing, if it says nothing of the figures; else put it into note_zh and note_en of their rows"
            yield Fault(sheet, cell.name, "", str(cell.value), "a row of the table", advice, "row_not_read", "warning")
            return


def _beyond_the_header(sheet: Sheet, position: int) -> Iterator[Fault]:
    """Find cells in columns without a name: nothing of a file is left out in silence."""
    header = sheet.rows[position]
    for cells in sheet.rows[position + 1 :]:
        for at, cell in enumerate(cells):
            if not cell.is_empty and (at >= len(header) or header[at].is_empty):
                advice = (
                    f"put text with a comma in double quotes; else empty the cell, or name its column {INFORMATION}..."
                )
                allowed = "empty, in a column without a name"
                yield Fault(sheet.name, cell.name, "", str(cell.value), allowed, advice, "cell_without_column")
                break


def _header_of(sheet: Sheet, tables: Sequence[Table]) -> tuple[Table | None, int]:
    """Return the table whose column names a row holds, and the row's position."""
    best: tuple[int, Table | None, int] = (1, None, 0)
    for position, cells in enumerate(sheet.rows[:_HEADER_ROWS]):
        names = {str(cell.value).strip() for cell in cells if cell.value is not None}
        for table in tables:
            shared = len(names & set(table.header))
            if shared > best[0]:
                best = (shared, table, position)
    return best[1], best[2]


def _columns_of(sheet: Sheet, table: Table, position: int) -> tuple[dict[str, int], list[Fault]]:
    """Return the position of each column, and what is wrong with the names."""
    columns: dict[str, int] = {}
    faults: list[Fault] = []
    known = ", ".join(table.header)
    for at, cell in enumerate(sheet.rows[position]):
        # A formula without a saved value is no name, and no empty cell either.
        name = str(cell.formula if cell.value is None else cell.value).strip()
        if not name or name.startswith(INFORMATION):
            continue
        if name not in (*table.header, CORRECTS):
            advice = f"correct the name, delete the column, or begin its name with {INFORMATION}"
            faults.append(Fault(sheet.name, cell.name, name, name, f"one of {known}", advice, "column_unknown"))
        elif name in columns:
            advice = "delete one of the two columns"
            faults.append(Fault(sheet.name, cell.name, name, "the column twice", "once", advice, "column_twice"))
        columns.setdefault(name, at)
    first = next((cell.name for cell in sheet.rows[position] if not cell.is_empty), "A1")
    needed = [field.name for field in table.fields if field.required and field.name != "preferred"]
    for name in needed:
        if name not in columns:
            advice = f"add a column with the name {name} in this row"
            if name.rpartition("_")[2] in LANGUAGES:
                advice += "; for a book without this language say --lang to init, or languages in book.toml"
            faults.append(
                Fault(sheet.name, first, name, "no such column", f"the columns {known}", advice, "column_missing")
            )
    return columns, faults


def _entry(sheet: str, table: Table, row: Sequence[tuple[str, Cell]]) -> Entry:
    cells = dict.fromkeys(table.header, "")
    faults: list[Fault] = []
    corrects: tuple[str, ...] = ()
    words: dict[str, str] = {}
    names: dict[str, Sequence[str]] = {}
    for name, cell in row:
        if name == CORRECTS:
            corrects, wrong = _corrected(sheet, cell, table)
            faults += wrong
            continue
        read = read_cell(cell, table.field(name))
        cells[name] = read.text
        words |= {name: read.scale_word} if read.scale_word else {}
        names |= {name: read.names} if read.names else {}
        faults += [fault_at(table, sheet, cell.name, name, finding) for finding in read.findings]
    return Entry(table, sheet, cells, {name: cell.name for name, cell in row}, tuple(faults), corrects, words, names)


def fault_at(table: Table, sheet: str, cell: str, column: str, finding: Finding) -> Fault:
    """Return a finding with its place; of a doubt also how it is settled."""
    fault = Fault(sheet, cell, column, **vars(finding))
    if finding.level != "doubt":
        return fault
    named = f"say why in {' and '.join(table.texts('note'))} and put {finding.code} in the column {_SETTLED}"
    how = named if _SETTLED in table.header else "say --accept-doubts"
    return replace(fault, advice=f"{finding.advice}; if it is right, {how}")


def _corrected(sheet: str, cell: Cell, table: Table) -> tuple[tuple[str, ...], list[Fault]]:
    """Return the columns that a cell names, and what is wrong with what it names that cannot be corrected."""
    words = [] if cell.is_empty else re.split(r"[\s,，、;；]+", str(cell.value).strip())
    known = [name for name in table.header if name not in table.primary_key]
    allowed = f"names of columns: {', '.join(known)}"
    faults = []
    for name in words:
        if name and name not in known:
            advice = "name the columns in which this row corrects the evidence, or empty the cell"
            if name in table.primary_key:
                advice = f"edit {table.path} by hand: this column tells which row is meant"
            faults.append(Fault(sheet, cell.name, CORRECTS, name, allowed, advice, "corrects_column"))
    return tuple(name for name in words if name in known), faults


def _table_cells(row: Sequence[object], number: int) -> Iterator[Cell]:
    """Yield the cells of a row of plain values."""
    from openpyxl.utils import get_column_letter

    for at, value in enumerate(row, start=1):
        yield Cell(f"{get_column_letter(at)}{number}", value)


# A CSV file, as spreadsheets write it: UTF-8 with or without a mark, GB18030, or UTF-16 with tabs
#
# Nearly any bytes can be read as GB18030, so a file that is not UTF-8 is only taken for it where the text that comes
# out is Chinese as people write it; else it is refused with the first cell in which it is not.


_UTF_8, _GB18030, _UTF_16 = "utf-8-sig", "gb18030", "utf-16"
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")

_SAVE_AGAIN = "save it as 'CSV UTF-8' in the spreadsheet"
_READABLE = "UTF-8, or GB18030 as Chinese spreadsheets write it"
_CHINESE_IN_UTF_8 = re.compile(rb"[\xe0-\xef][\x80-\xbf][\x80-\xbf]")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_MOSTLY = 0.5
"""Share of the bytes beyond ASCII that must be sound UTF-8 for the rest to be broken UTF-8."""
_USUAL_SHARE = 0.9
"""Share of the characters beyond ASCII that are usual ones in Chinese text; read from another encoding few are."""
_UNUSUAL_NAMES = ("HIRAGANA", "KATAKANA", "HANGUL", "BOX DRAWINGS")


def _read_csv(path: Path) -> Sheet:
    """Return the cells of a CSV file, each named as a spreadsheet would."""
    data = path.read_bytes()
    encoding = _encoding(path, data)
    rows = _rows(path, data.decode(encoding))
    _refuse_nonsense(path, rows, encoding)
    faults = () if encoding != _GB18030 else tuple(_what_was_read(path, rows))
    return Sheet(path.name, rows, faults)


def _encoding(path: Path, data: bytes) -> str:
    known = (_UTF_16,) if data.startswith(_UTF_16_MARKS) else (_UTF_8, _GB18030)
    encoding = next((each for each in known if _is_text(data, each)), "")
    if encoding in ("", _GB18030) and _is_mostly_utf_8(data):
        raise IntakeError([_broken_utf_8(path, data)])
    if not encoding:
        raise IntakeError([Fault(path.name, "", "", "bytes of no known encoding", _READABLE, _SAVE_AGAIN, "encoding")])
    return encoding


def _is_text(data: bytes, encoding: str) -> bool:
    try:
        return "\x00" not in data.decode(encoding)
    except UnicodeDecodeError:
        return False


def _is_mostly_utf_8(data: bytes) -> bool:
    """Say whether most of the bytes beyond ASCII are the three of a Chinese character in UTF-8."""
    sound = 3 * len(_CHINESE_IN_UTF_8.findall(data))
    return sound > _MOSTLY * len(_NOT_ASCII.findall(data))


def _broken_utf_8(path: Path, data: bytes) -> Fault:
    try:
        data.decode("utf-8")
        start = data.index(b"\x00")
    except UnicodeDecodeError as error:
        start = error.start
    before = data[:start].decode("utf-8", errors="replace")
    row = list(csv.reader(io.StringIO(before + "?", newline=""), delimiter=_separator(before)))
    cell = list(_table_cells(row[-1], len(row)))[-1].name
    found = f"a broken byte of UTF-8, 0x{data[start]:02X}, in row {len(row)}"
    advice = f"{_SAVE_AGAIN}, and look at the text of this cell"
    return Fault(path.name, cell, "", found, "UTF-8", advice, "encoding")


def _rows(path: Path, text: str) -> list[tuple[Cell, ...]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    rows = []
    number = 0
    try:
        for number, row in enumerate(reader, start=1):
            if number > MOST_ROWS:
                found, allowed = f"more than {MOST_ROWS} rows", f"at most {MOST_ROWS} rows"
                advice = "take it in by parts, or delete the rows below the last figure"
                raise IntakeError([Fault(path.name, "", "", found, allowed, advice, "too_many_rows")])
            if len(row) > _MOST_COLUMNS:
                found, allowed = f"{len(row)} columns", f"at most {_MOST_COLUMNS} columns"
                advice = "delete the columns beyond the last figure"
                raise IntakeError([Fault(path.name, f"A{number}", "", found, allowed, advice, "too_many_columns")])
            rows.append(tuple(_table_cells(row, number)))
    except csv.Error as error:
        advice = "close each opened quote, or save the file again as CSV"
        fault = Fault(path.name, f"A{number + 1}", "", str(error), "a record of RFC 4180", advice, "record_form")
        raise IntakeError([fault]) from None
    return rows


def _refuse_nonsense(path: Path, rows: Sequence[Sequence[Cell]], encoding: str) -> None:
    """Refuse a file whose text was read from another encoding, naming the first cell in which that shows."""
    texts = [(cell, str(cell.value)) for row in rows for cell in row if cell.value]
    if encoding == _GB18030:
        signs = [sign for _, text in texts for sign in text if not sign.isascii()]
        is_chinese = sum(map(_is_usual, signs)) >= _USUAL_SHARE * len(signs)
        _refuse(path, texts, lambda sign: _is_impossible(sign) or _is_foreign(sign))
        if not is_chinese:
            _refuse(path, texts, lambda sign: not sign.isascii() and not _is_usual(sign))
    else:
        _refuse(path, texts, _is_impossible)


def _refuse(path: Path, texts: Sequence[tuple[Cell, str]], is_wrong: Callable[[str], bool]) -> None:
    for cell, text in texts:
        if any(map(is_wrong, text)):
            fault = Fault(path.name, cell.name, "", text, f"text in {_READABLE}", _SAVE_AGAIN, "encoding")
            raise IntakeError([fault])


def _is_impossible(sign: str) -> bool:
    """Say whether a character has no meaning of its own: private use, unassigned, or the mark of a lost one."""
    return unicodedata.category(sign) in ("Co", "Cn", "Cs") or sign == "\ufffd"


def _is_foreign(sign: str) -> bool:
    return unicodedata.name(sign, "").startswith(_UNUSUAL_NAMES)


def _is_usual(sign: str) -> bool:
    """Say whether a character is in the set of those that Chinese texts are usually written with."""
    try:
        sign.encode("gb2312")
    except UnicodeEncodeError:
        return sign in "—…·～€"
    return True


def _what_was_read(path: Path, rows: Sequence[Sequence[Cell]]) -> Iterator[Fault]:
    """Show a text as it was read, so that a person sees whether it is right."""
    for row in rows:
        for cell in row:
            if cell.value and not str(cell.value).isascii():
                advice = f"look whether this text is right; if it is not, {_SAVE_AGAIN}"
                allowed = "UTF-8; the file was read as GB18030"
                yield Fault(path.name, cell.name, "", str(cell.value), allowed, advice, "read_as_gb18030", "warning")
                return


def _separator(text: str) -> str:
    """Return the separator that stands between names of columns, else the one that occurs most in the first lines."""
    lines = text.splitlines()[:_HEADER_ROWS]

    def names_and_count(sign: str) -> tuple[int, int]:
        cells = [[cell.strip(' "') for cell in line.split(sign)] for line in lines]
        names = max((len(_NAMES.intersection(each)) for each in cells), default=0)
        return names if names > 1 else 0, "\n".join(lines).count(sign)

    return max(SEPARATORS, key=names_and_count)


# A workbook, and what a spreadsheet can hide in it: formulas, merged and hidden cells


LISTS = "lists"
"""Sheet that holds what the drop-down lists offer; it is not read."""
CLAIMS = "claims"
"""Sheet that holds what a review computes, for reading; nothing is taken in from it."""
STATEMENTS = "pages"
"""Sheet that holds what the pages say with numbers, likewise for reading."""
REMARKS = "remarks"
"""Sheet that holds what readers wrote into a document for Word, likewise for reading."""
_FOR_READING = (CLAIMS, STATEMENTS, REMARKS)
"""Sheets that lie beside the one of the reviews; elsewhere their names are anybody's."""

_WORKBOOK_PART = "xl/workbook.xml"
_RELATIONS_PART = "xl/_rels/workbook.xml.rels"
_AREA = re.compile(rb"""<(?:[^\s<>/:]+:)?(?:mergeCell|hyperlink)\s[^>]*?\bref=["']([^"']+)""")
_CELL = re.compile(rb"<(?:[^\s<>/:]+:)?(?:c|(row))[\s/>]")
_WITHOUT_RESULT = re.compile(
    rb"""<(?:[^\s<>/:]+:)?c\s(?=[^>]*\bt=["']str["'])(?:[^>]*?\s)?r=["']([A-Z]+[0-9]+)["'][^>]*>\s*"""
    rb"""<(?:[^\s<>/:]+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</[^>]*>)\s*</"""
)
"""A formula of a text of which not even an empty result is saved."""
_MOST_CELLS = 1_000_000
_MOST_CELLS_OF_AREAS = 200_000
_STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
_ROWS_LOOKED_AT = 100
_NOTHING_SHOWN = ";;;"
"""A number format that shows no number."""
_NAMES_OF_A_TABLE = 3
"""Names of columns in one row by which a sheet is taken for a table."""


def _read_workbook(path: Path, names: Sequence[str]) -> list[Sheet]:
    """Return the sheets of a workbook that may bring something."""
    formulas, values = _opened(path)
    # Chart sheets have no cells, and nothing is read from them.
    titles = [str(sheet.title) for sheet in formulas.worksheets]
    read = [title for title in titles if title.strip().lower() in names]
    own_lists = [title for title in titles if title == LISTS and formulas[title].sheet_state != "visible"]
    others = [title for title in titles if title not in (*read, *own_lists)]
    if not read:
        found = ", ".join(formulas.sheetnames)
        advice = f"rename the sheet with the figures to {names[0]}, or start from 'qualitybook intake template'"
        raise IntakeError(
            [Fault(path.name, "", "", found, f"sheets named {', '.join(names)}", advice, "sheet_missing")]
        )
    sheets = [_sheet(formulas[title], values[title]) for title in read]
    not_read = [_not_read(formulas[title], names) for title in others if _has_cells(formulas[title])]
    is_review = REVIEWS.name in (title.strip().lower() for title in read)
    own = [sheet for sheet in not_read if is_review and sheet.name in _FOR_READING]
    # What this program has written for reading is no news, unless somebody has put a table there.
    return [*sheets, *(each for each in not_read if each not in own or each.faults[0].level == "error")]


def _opened(path: Path) -> tuple[Workbook, Workbook]:
    """Return a workbook twice: with its formulas, and with the values that were saved for them."""
    from unittest.mock import patch

    from openpyxl import load_workbook
    from openpyxl.worksheet._reader import WorksheetReader

    _refuse_large_sheets(path)
    lost: set[str] = set()
    try:
        # The library fills empty cells at links with the addresses of these, and has no switch for it.
        with warnings.catch_warnings(), patch.object(WorksheetReader, "bind_hyperlinks", lambda reader: None):
            # What openpyxl warns of are looks and helps that it leaves out; they bring no figure.
            warnings.simplefilter("ignore")
            books = load_workbook(path, rich_text=True), load_workbook(path, data_only=True)
        # A sheet whose part is missing is not among those read; some programs keep the list of sheets elsewhere.
        with suppress(KeyError):
            lost = {sheet.attrib["name"] for sheet in _sheets_named(path)} - set(books[0].sheetnames)
    except Exception as error:
        # The library raises whatever its parsers do; whoever sent the file needs one sentence.
        raise IntakeError([_not_opened(path, _why_not_opened(path, error))]) from None
    if lost:
        raise IntakeError([_not_opened(path, f"no content of the sheet {', '.join(sorted(lost))}")])
    # In a workbook whose parts cannot be found so they stay what the library takes them for, empty cells.
    with suppress(KeyError, TypeError, StopIteration, ElementTree.ParseError):
        _tell_results_that_lack(path, books[1])
    return books


def _tell_results_that_lack(path: Path, values: Workbook) -> None:
    """Tell formulas without a result from those whose result is an empty text, which the library does not."""
    for title, content in _contents(path, _titles(path)):
        for place in _WITHOUT_RESULT.findall(content):
            values[title][place.decode()].data_type = "n"


def _refuse_large_sheets(path: Path) -> None:
    """Refuse sheets of which the library would make more cells than fit into memory."""
    faults: list[Fault] = []
    titles: dict[str, str] = {}
    # What is damaged is said when it is read; a workbook may have its parts elsewhere.
    with suppress(Exception):
        titles = _titles(path)
    with suppress(Exception):
        faults = list(_large_sheets(path, titles))
    if faults:
        raise IntakeError(faults)


def _large_sheets(path: Path, titles: Mapping[str, str]) -> Iterator[Fault]:
    cells = 0
    for title, packed in _contents(path, titles):
        # In UTF-16 every other byte of a tag is none.
        content = packed.replace(b"\0", b"")
        cells += sum(2 if match[1] else 1 for match in _CELL.finditer(content))
        if cells > _MOST_CELLS:
            found, allowed = f"{cells} cells (a row counts as two)", f"at most {_MOST_CELLS} cells in all sheets"
            advice = "delete the rows and columns beyond the last figure, also those that only have a format"
            yield Fault(title, "", "", found, allowed, advice, "too_many_cells")
            return
        yield from _wide_areas(title, [match[1].decode() for match in _AREA.finditer(content)])


def _wide_areas(title: str, areas: Sequence[str]) -> Iterator[Fault]:
    """Find merged cells and links, of which the library makes as many cells as they cover."""
    from openpyxl.worksheet.cell_range import CellRange

    sizes = {area: prod(CellRange(area).size.values()) for area in areas}
    if sum(sizes.values()) > _MOST_CELLS_OF_AREAS:
        widest = max(sizes, key=sizes.__getitem__)
        found = f"merged or linked cells {widest}"
        allowed = f"merged and linked areas of at most {_MOST_CELLS_OF_AREAS} cells in all"
        advice = "unmerge them, and remove their links"
        yield Fault(title, widest.split(":")[0], "", found, allowed, advice, "wide_area")


def _contents(path: Path, titles: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """Yield the name of each sheet and what its part holds; where no sheet is known, each part with its own name."""
    with zipfile.ZipFile(path) as parts:
        for name in parts.namelist():
            title = titles.get(PurePosixPath(name).name) if titles else name
            if title is not None:
                yield title, parts.read(name)


def _titles(path: Path) -> dict[str, str]:
    """Return the name of each sheet by that of its part."""
    relations = ElementTree.fromstring(_part(path, _RELATIONS_PART))
    parts = {each.attrib["Id"]: PurePosixPath(each.attrib["Target"]).name for each in relations}
    sheets = _sheets_named(path)
    keys = [next(text for key, text in sheet.attrib.items() if key.endswith("}id")) for sheet in sheets]
    return {parts[key]: sheet.attrib["name"] for key, sheet in zip(keys, sheets, strict=True) if key in parts}


def _why_not_opened(path: Path, error: Exception) -> str:
    """Return in words what keeps a file from being read as a workbook."""
    if not path.stat().st_size:
        return "an empty file"
    if not zipfile.is_zipfile(path):
        return "a file that is damaged or cut off, or no workbook"
    if isinstance(error, zipfile.BadZipFile | zlib.error | EOFError):
        return "a damaged workbook"
    return f"a workbook that is damaged, or of a program whose files cannot be read ({type(error).__name__}: {error})"


def _not_opened(path: Path, found: str) -> Fault:
    if _is_strict(path):
        found = "a workbook saved as Strict Open XML"
        advice = "open it in a spreadsheet and save it as Excel Workbook (.xlsx)"
    else:
        advice = "open it in a spreadsheet and save it as .xlsx without a password, or as CSV UTF-8"
    return Fault(path.name, "", "", " ".join(found.split()), "a workbook (.xlsx)", advice, "workbook_form")


def _sheets_named(path: Path) -> list[ElementTree.Element]:
    return ElementTree.fromstring(_part(path, _WORKBOOK_PART)).findall(".//{*}sheet")


def _is_strict(path: Path) -> bool:
    with suppress(Exception):
        return _STRICT in _part(path, _WORKBOOK_PART)
    return False


def _part(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as parts:
        return parts.read(name)


def _has_cells(sheet: Worksheet) -> bool:
    if sheet.max_row > _ROWS_LOOKED_AT or sheet.max_column > _MOST_COLUMNS:
        return True
    return any(cell.value is not None for row in sheet.iter_rows() for cell in row)


def _not_read(sheet: Worksheet, names: Sequence[str]) -> Sheet:
    """Return a sheet of another name: an error where it holds what one of the tables does."""
    title = str(sheet.title)
    known = {field.name for table in TABLES if table.name in names for field in table.fields}
    rows = sheet.iter_rows(max_row=_HEADER_ROWS, max_col=_MOST_COLUMNS, values_only=True)
    is_table = any(len(known.intersection(map(str, row))) >= _NAMES_OF_A_TABLE for row in rows)
    allowed = f"sheets named {', '.join(names)}"
    if is_table:
        advice = "give it one of these names, or delete it"
        return Sheet(title, (), (Fault(title, "", "", "a sheet with their columns", allowed, advice, "sheet_name"),))
    advice = "nothing, if it is not meant to be read"
    fault = Fault(title, "", "", "a sheet that is not read", allowed, advice, "sheet_not_read", "warning")
    return Sheet(title, (), (fault,))


def _sheet(formulas: Worksheet, values: Worksheet) -> Sheet:
    name = str(formulas.title)
    for count, most, what in ((formulas.max_row, MOST_ROWS, "row"), (formulas.max_column, _MOST_COLUMNS, "column")):
        if count > most:
            advice = f"delete the {what}s beyond the last figure, also those that only have a format"
            fault = Fault(name, "", "", f"{count} {what}s", f"at most {most} {what}s", advice, f"too_many_{what}s")
            return Sheet(name, (), (fault,))
    book = formulas.parent
    assert book is not None
    hides_zeros = any(view.showZeros is False for view in formulas.views.sheetView)
    rows = [
        [_cell(formula, value, hides_zeros, book.epoch.date()) for formula, value in zip(*pair, strict=True)]
        for pair in zip(formulas.iter_rows(), values.iter_rows(), strict=True)
    ]
    faults = (*_hidden(formulas), *_merged(formulas), *_hidden_rows(formulas, rows), *_hidden_columns(formulas, rows))
    return Sheet(name, rows, (*faults, *_marked(formulas)))


def _cell(formula: object, value: object, hides_zeros: bool, day_zero: date) -> Cell:
    from openpyxl.utils.escape import unescape

    kind = getattr(formula, "data_type", "n")
    name = str(getattr(formula, "coordinate", ""))
    shown = str(getattr(formula, "number_format", ""))
    content = getattr(value, "value", None)
    if isinstance(content, str):
        # Signs that XML does not hold, such as the line ends of Windows, are written as their numbers.
        content = unescape(content).replace("\r\n", "\n")
    elif hides_zeros and content == 0 and not isinstance(content, bool):
        shown = _NOTHING_SHOWN
    if kind == "f":
        if content is None and getattr(value, "data_type", "") == "str":
            # Its result is an empty text, as of a formula that is filled down below the figures.
            return Cell(name)
        text = getattr(formula, "value", "")
        # A formula of an array has its text inside, that of a data table has none.
        words = text if isinstance(text, str) else str(getattr(text, "text", "=TABLE()"))
        return Cell(name, content, shown, words, getattr(value, "data_type", "") == "e", day_zero)
    return Cell(name, content, "" if shown == "General" else shown, "", kind == "e", day_zero)


def _merged(sheet: Worksheet) -> Iterator[Fault]:
    for merged in sorted(str(merged) for merged in sheet.merged_cells.ranges):
        first = merged.split(":")[0]
        advice = "unmerge them and fill in each cell"
        yield Fault(str(sheet.title), first, "", f"merged cells {merged}", "single cells", advice, "merged_cells")


def _hidden(sheet: Worksheet) -> Iterator[Fault]:
    if sheet.sheet_state != "visible":
        advice = "show the sheet and look at it, or delete it"
        yield Fault(str(sheet.title), "A1", "", "a hidden sheet", "sheets that are shown", advice, "hidden_sheet")


def _hidden_rows(sheet: Worksheet, rows: Sequence[Sequence[Cell]]) -> Iterator[Fault]:
    for number, cells in enumerate(rows, start=1):
        row = sheet.row_dimensions[number]
        if (row.hidden or row.height == 0) and any(not cell.is_empty for cell in cells):
            advice = "show the row (or clear the filter) and look at it, or delete it"
            yield Fault(str(sheet.title), f"A{number}", "", "a hidden row", "rows that are shown", advice, "hidden_row")


def _hidden_columns(sheet: Worksheet, rows: Sequence[Sequence[Cell]]) -> Iterator[Fault]:
    from openpyxl.utils import get_column_letter

    # One entry may stand for several columns.
    hidden = [
        range(column.min or 0, (column.max or 0) + 1)
        for column in sheet.column_dimensions.values()
        if column.hidden or column.width == 0
    ]
    for at in range(max((len(cells) for cells in rows), default=0)):
        letter = get_column_letter(at + 1)
        filled = any(at < len(cells) and not cells[at].is_empty for cells in rows)
        if filled and any(at + 1 in columns for columns in hidden):
            advice = "show the column and look at it, or delete it"
            yield Fault(
                str(sheet.title), f"{letter}1", "", "a hidden column", "columns that are shown", advice, "hidden_column"
            )


_RAISED = ("superscript", "subscript")
_NAMES = {field.name for table in TABLES for field in table.fields}
_LIKE_A_NUMBER = re.compile(
    r"[\u4e00-\u9fff<>≤≥＜＞≈~]{0,5}[\s\u200b-\u200f\u2060\ufeff0-9.,，-]+[\u4e00-\u9fff%％‰()（）]{0,6}\s*"
)
"""Digits, also with the words and signs of yearbooks beside them."""


def _marked(sheet: Worksheet) -> Iterator[Fault]:
    """Yield what the text of a cell does not tell: crossing out, a raised mark at a number, a note of its reader."""
    from openpyxl.cell.rich_text import CellRichText, TextBlock

    for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value is not None or cell.comment):
        value = cell.value
        runs = [run for run in value if isinstance(run, TextBlock)] if isinstance(value, CellRichText) else []
        text, place = repr(str(value)), (str(sheet.title), cell.coordinate, "")
        if cell.font.strike or any(run.font.strike for run in runs):
            advice = "delete what is crossed out, or take the line through it away"
            yield Fault(*place, f"{text}, crossed out", "what holds", advice, "crossed_out")
        raised = [run.text for run in runs if run.font.vertAlign in _RAISED]
        if raised and _LIKE_A_NUMBER.fullmatch(str(value)):
            advice = "delete the mark, and say in the notes what it says"
            yield Fault(*place, f"{text}, of which {raised[0]!r} is raised", "a number alone", advice, "raised_mark")
        if cell.comment and value not in _NAMES:
            found = f"a note at the cell, {' '.join(cell.comment.text.split())!r}"
            advice = "nothing, if it says nothing of the figure; else put it into note_zh and note_en"
            yield Fault(*place, found, "notes in their columns", advice, "cell_note", "warning")

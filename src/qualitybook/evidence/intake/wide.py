"""Tables as yearbooks print them: years along one side, indicators along the other, read by a mapping that people keep.

The form of a table is looked for (where the years stand, which lines are its head, its notes); what its rows mean is
not. That is said by ``wide/NAME.toml`` in the evidence folder. Without one a proposal is made of what the names and
units say for sure; everything else in it is a question mark, and nothing is read before these are answered.
"""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from qualitybook.evidence.intake.cells import LEAVE_OUT, SHOWN_OTHERWISE, Cell, Fault, IntakeError, read_cell
from qualitybook.evidence.intake.sheets import Entry, Sheet, fault_at, grids
from qualitybook.evidence.reading import RawTable, usual_units
from qualitybook.evidence.schema import OBSERVATIONS, Table, is_period

FOLDER = "wide"
UNDECIDED = "?"
_OF_ALL = ("source_id", "region_id", "locator", "grade", "qualifier")
"""Columns that hold for the whole table where a series does not say otherwise."""
_OF_SERIES = ("label", "unit", "indicator_id", "factor", "basis", *_OF_ALL)
_TABLE_KEYS = ("sheet", "years", "first_year", *_OF_ALL)
_ASKED = {
    "label": "what stands beside the series in the table, in quotes",
    "source_id": "a key of sources.csv: the publication that prints the table",
    "region_id": "a key of regions.csv: the place of the figures",
    "locator": "where in the source, as locators.csv names it",
    "grade": "A official text, B official figure carried by others, C unclear",
    "indicator_id": 'a key of indicators.csv; "" leaves the series out',
    "factor": "by how much its figures are multiplied to be in the unit of the indicator: 1, 10, 0.01 ...",
}
_UNIT_COLUMN = re.compile(r"(?:计量)?单\s*位|units?", re.IGNORECASE)
_UNIT_NOTE = re.compile(r"(?:计量)?(?:单\s*位|units?)\s*[:：]\s*(.+)", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"[(（]([^()（）]+)[)）]\s*$")
_UNIT_TEXTS = ("name_", "text_")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_OF_A_YEAR = re.compile(r"[月季年QqHh]")
"""A sign of a part of a year."""
_LONGEST_MARK = 5
_IN_MARK = re.compile(r"(?!.*[^\W\d_]{2})[^\u3400-\u9fff]*注?[^\u3400-\u9fff]*")
"""No word: signs, digits, single letters, 注."""
_POWERS = {"万": 4, "百万": 6, "千万": 7, "亿": 8, "千": 3, "百": 2}
_BETWEEN = " / "
_PERIOD, _VALUE = OBSERVATIONS.field("period"), OBSERVATIONS.field("value")
"""The columns as which the cells of a table are read; they are the same in each folder."""


@dataclass(frozen=True)
class Series:
    """One line of figures of a table."""

    label: str
    """What stands beside and above it."""
    unit: str
    """The unit that the table names for it; empty where it names none."""
    cells: tuple[tuple[str, Cell, Cell], ...]
    """Period, its cell and the figure's, of each cell that holds something."""


@dataclass(frozen=True)
class WideTable:
    """What was found in one sheet."""

    name: str
    years: str
    """``columns`` where each year has a column, ``rows`` where it has a row."""
    title: str
    series: tuple[Series, ...]
    notes: tuple[str, ...]
    """Texts that belong to no series."""
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class _Mapping:
    """What a mapping says."""

    path: str
    table: Mapping[str, Any]
    series: Sequence[Mapping[str, Any]] = field(default=())


def mapping_path(name: str) -> str:
    """Return where a mapping lies below the evidence folder."""
    return f"{FOLDER}/{name}.toml"


# The form of a table


def wide_tables(path: Path) -> list[WideTable]:
    """Return the tables of a file that have years along one side.

    IntakeError tells that there is none, or of a sheet in which it cannot be told where they stand.
    """
    read = grids(path)
    found = [table for grid in read if (table := _table(grid)) is not None]
    not_read = [fault for grid in read if not grid.rows for fault in grid.faults]
    if not found and not_read:
        raise IntakeError(not_read)
    if not found:
        advice = "give each year a cell of its own, in one row or one column, such as 2024 or 2024年"
        fault = Fault(path.name, "", "", "no two years in one row or column", "a table with years", advice, "no_years")
        raise IntakeError([fault])
    return found


def _table(grid: Sheet) -> WideTable | None:
    rows = [list(row) for row in grid.rows]
    turned = [list(column) for column in zip(*rows, strict=True)]
    best: list[tuple[int, str, int, list[list[Cell]]]] = []
    for years, lines in (("columns", rows), ("rows", turned)):
        for at, line in enumerate(lines):
            count = len({period for cell in line if (period := _period(cell))})
            best.append((count, years, at, lines))
    count, years, at, lines = max(best, key=lambda each: each[0], default=(0, "", 0, []))
    if count < 2:
        return None
    rivals = [each for each in best if each[0] == count]
    # Counts can look like years, 2024年 cannot look like a count.
    in_words = [each for each in rivals if any(_period(cell) and not _is_figure(cell) for cell in each[3][each[2]])]
    if len(in_words) == 1:
        ((count, years, at, lines),) = in_words
    elif len(rivals) > 1:
        places = ", ".join(each[3][each[2]][0].name for each in rivals)
        advice = "keep one table in a sheet; where the other line holds figures, write the years of the head as 2024年"
        found = f"{len(rivals)} lines with {count} years ({places})"
        raise IntakeError([Fault(grid.name, "", "", found, "one line of years", advice, "years_unclear")])
    return _read(grid, years, lines, at)


def _period(cell: Cell) -> str:
    """Return the period that a cell names, empty where it names none for sure."""
    if cell.is_empty or cell.formula:
        return ""
    read = read_cell(cell, _PERIOD)
    if not read.findings:
        return read.text if is_period(read.text) else ""
    remedies = [finding.remedy.get("period", "") for finding in read.findings if finding.code == "period_in_words"]
    return remedies[0] if remedies else ""


def _read(grid: Sheet, years: str, lines: list[list[Cell]], head: int) -> WideTable:
    """Read a table of which each series is a line below `head`."""
    periods = {at: period for at, cell in enumerate(lines[head]) if (period := _period(cell))}
    before = [at for at in range(min(periods)) if not _names_year(lines[head][at])]
    # A title across the whole table tells no series apart.
    sides = [at for at in before if not _is_title([line[at] for line in lines])]
    below = range(head + 1, len(lines))
    figures = [row for row in below if any(_is_figure(lines[row][at]) for at in periods)]
    first = figures[0] if figures else len(lines)
    heads = [at for at in range(first) if at != head]
    all_units = [match[1] for line in lines for cell in line if (match := _UNIT_NOTE.fullmatch(_text(cell)))]
    parts = {
        (row, at): part for at, period in periods.items() for row in heads if (part := _part_of(period, lines[row][at]))
    }
    groups = _groups(lines, heads, periods, parts)
    periods |= {at: part for (_, at), part in parts.items()}
    unit_side = [at for at in sides if any(_UNIT_COLUMN.fullmatch(_text(lines[row][at])) for row in (*heads, head))]
    labels = _labels(lines, below, figures, sides, unit_side)
    series = []
    for at in figures:
        label, unit = labels[at]
        for group, columns in groups.items():
            held = [(periods[c], lines[head][c], lines[at][c]) for c in columns if not lines[at][c].is_empty]
            name = _BETWEEN.join(filter(None, (label, group)))
            series.append(Series(name, unit or (all_units[0] if len(all_units) == 1 else ""), tuple(held)))
    beside = {text for at in (*figures, head) for text in map(_text, lines[at])}
    form = _Form(grid, lines, head, periods, figures, heads)
    texts = [_text(row[0]) for row in grid.rows if isinstance(row[0].value, str) and not _period(row[0])]
    notes = tuple(text for text in texts if text not in beside and not _UNIT_COLUMN.fullmatch(text))
    faults = (*grid.faults, *_not_of_a_year(form), *_not_one_table(form))
    faults += tuple(_notes_below(form, years))
    return WideTable(grid.name, years, notes[0] if notes else "", tuple(series), notes, faults)


@dataclass(frozen=True)
class _Form:
    """Where the parts of a table stand."""

    grid: Sheet
    lines: list[list[Cell]]
    head: int
    """The line of the years."""
    periods: Mapping[int, str]
    """What a year's place in each line is of."""
    figures: Sequence[int]
    """The lines of figures."""
    heads: Sequence[int]
    """The lines above these, but for the one of the years."""

    def at_years(self, line: int) -> Iterator[Cell]:
        """Yield what a line holds at the years, nothing of one text across the whole table."""
        if not _is_title(self.lines[line]):
            yield from (self.lines[line][at] for at in self.periods if not self.lines[line][at].is_empty)

    def error(self, cell: Cell, found: str, allowed: str, advice: str, code: str) -> Fault:
        """Return what is wrong at a cell."""
        return Fault(self.grid.name, cell.name, "", found, allowed, advice, code)


def _not_of_a_year(form: _Form) -> Iterator[Fault]:
    """Find figures that are of no year, those of a year whose head has a mark, and words beside the figures."""
    for at in range(len(form.lines[0])):
        column = [form.lines[row][at] for row in form.figures if not form.lines[row][at].is_empty]
        if at in form.periods or not column:
            continue
        first = next((cell for cell in column if _is_figure(cell)), None)
        cell = form.lines[form.head][at]
        findings = read_cell(cell, _PERIOD).findings
        if first is None:
            yield from _words_at(form, at, column)
        elif otherwise := [finding for finding in findings if finding.code == SHOWN_OTHERWISE]:
            yield fault_at(OBSERVATIONS, form.grid.name, cell.name, "period", otherwise[0])
        elif period := _marked_period(cell):
            advice = (
                f"type {period} there, if its figures are of {period}, and give what the mark says as their note; else "
                "give them a head in words"
            )
            allowed = "a year without a mark of a note"
            yield Fault(form.grid.name, cell.name, "period", _text(cell), allowed, advice, "year_marked")
        elif at > min(form.periods) or _YEAR.search(_text(cell)):
            advice = "nothing, if it is a change or a note; else write its year into the head"
            is_named = any(_text(form.lines[row][at]) for row in (*form.heads, form.head))
            if not is_named:
                advice = "write its year or another head above it; put a figure with a comma in double quotes"
            fault = form.error(first, "figures without a year", "figures of a year", advice, "figure_without_year")
            yield replace(fault, level="warning") if is_named else fault


def _words_at(form: _Form, at: int, column: Sequence[Cell]) -> Iterator[Fault]:
    """Find words between the years, such as the names of a second table beside the first, and those behind them."""
    if at < min(form.periods):
        return
    words = next((cell for cell in column if not _says_no_figure(cell)), None)
    if words is not None and at < max(form.periods):
        advice = (
            "move a second table to a sheet of its own; give marks of figures as their notes, and delete the words here"
        )
        yield form.error(words, _text(words), "no words between the years", advice, "words_between_years")
    elif words is not None:
        advice = "nothing, if it says nothing of the figures; else give it as their notes once they are taken in"
        fault = form.error(words, _text(words), "figures of years", advice, "words_not_read")
        yield replace(fault, level="warning")


def _not_one_table(form: _Form) -> Iterator[Fault]:
    """Find what makes figures of one year, series or place those of another, or leaves them out."""
    for at in (at for at in range(len(form.lines)) if at != form.head):
        if cell := _second_years(form, at):
            advice = "move each table to a sheet or a file of its own"
            yield form.error(cell, _text(cell), "one line of years", advice, "years_twice")
        elif at in form.figures:
            for cell in form.at_years(at):
                if cell.name in form.grid.copies:
                    advice = "unmerge them and fill in what is printed of each year"
                    yield form.error(cell, "a figure in merged cells", "single cells", advice, "merged_cells")
        elif at > form.head:
            cell = next((cell for cell in form.at_years(at) if re.search(r"\d", _text(cell))), None)
            if cell and at > min(form.figures, default=at) and cell.name not in form.grid.copies:
                advice = "type the figure in digits; put notes into the first column, in double quotes if in a CSV file"
                yield form.error(cell, _text(cell), "figures below the years", advice, "figure_form")
    if not form.figures:
        words = [cell for at in form.heads if at > form.head for cell in form.at_years(at)]
        for cell in [cell for cell in words if not _says_no_figure(cell)][:1]:
            advice = "type the figures in digits, below or beside their years"
            yield form.error(cell, _text(cell), "figures of the years", advice, "figure_form")


def _notes_below(form: _Form, years: str) -> Iterator[Fault]:
    """Tell of the first note below a table, with how many follow."""
    filled = [at for at in range(form.head, len(form.lines)) if next(form.at_years(at), None)]
    last = max(filled if years == "columns" else form.periods)
    notes = [next((cell for cell in row if not cell.is_empty), None) for row in form.grid.rows[last + 1 :]]
    found = [cell for cell in notes if cell is not None]
    if found:
        more = f" (and {len(found) - 1} more)" * (len(found) > 1)
        advice = "nothing, if it says nothing of the figures; else give it as their notes once they are taken in"
        fault = form.error(found[0], _text(found[0]) + more, "figures of years", advice, "note_not_read")
        yield replace(fault, level="warning")


def _second_years(form: _Form, at: int) -> Cell | None:
    """Return the first year of another line of years, None where the line is none or its years are those of the head.

    A line of bare numbers is one of years where each is the one after the number before it.
    """
    line = form.lines[at]
    found = {place: period for place, cell in enumerate(line) if (period := _period(cell))}
    if len(set(found.values())) < 2 or all(form.periods.get(place) == period for place, period in found.items()):
        return None
    if at < form.head and not any(
        _is_figure(form.lines[between][place]) for between in range(at + 1, form.head) for place in found
    ):
        # The upper line of a head of two.
        return None
    cells = [line[place] for place in found]
    years = [int(period) for period in found.values() if period.isdigit()]
    in_turn = len(years) == len(cells) and years == list(range(years[0], years[0] + len(years)))
    are_words = any(not _is_figure(cell) for cell in cells)
    return cells[0] if are_words or (in_turn and len(cells) == len(list(form.at_years(at)))) else None


def _part_of(year: str, cell: Cell) -> str:
    """Return the part of a year that a head names beside it, such as 上半年 or 1月; empty where it names none."""
    if not year.isdigit() or not _OF_A_YEAR.search(_text(cell)):
        return ""
    return _period(Cell(cell.name, f"{year}年{_text(cell)}"))


def _marked_period(cell: Cell) -> str:
    """Return the period in a head with the mark of a note behind it, such as 2020①; empty where there is none."""
    text = _text(cell)
    for length in range(1, _LONGEST_MARK + 1):
        if not _IN_MARK.fullmatch(text[-length:]):
            break
        if period := _period(replace(cell, value=text[:-length].strip(), number_format="", formula="")):
            return period
    return ""


def _names_year(cell: Cell) -> bool:
    """Say whether figures below a cell are of a year, though of which it does not say for sure, as 2020年（基期）."""
    return bool(_YEAR.search(_text(cell)) or _marked_period(cell))


def _labels(
    lines: list[list[Cell]], below: range, figures: Sequence[int], sides: Sequence[int], unit_side: Sequence[int]
) -> dict[int, tuple[str, str]]:
    """Return label and unit of each series; where labels are the same, with the heading that stands above each."""
    found = {at: _label(lines, at, sides, unit_side) for at in below}
    counts = Counter(found[at][0] for at in figures)
    labels, heading = {}, ""
    for at in below:
        label, unit = found[at]
        if at not in figures:
            heading = label or heading
        else:
            name = _BETWEEN.join(filter(None, (heading, label))) if counts[label] > 1 else label
            labels[at] = name, unit
    return labels


def _is_figure(cell: Cell) -> bool:
    """Say whether a cell holds a figure, also one in a form that is refused, such as a percentage or about 96."""
    findings = () if cell.is_empty else read_cell(cell, _VALUE).findings
    is_known = not isinstance(cell.value, str) or any(each.remedy and each.remedy is not LEAVE_OUT for each in findings)
    return not cell.is_empty and (not findings or is_known)


def _says_no_figure(cell: Cell) -> bool:
    findings = read_cell(cell, _VALUE).findings
    return any(finding.remedy is LEAVE_OUT for finding in findings)


def _groups(
    lines: list[list[Cell]], heads: Sequence[int], periods: Mapping[int, str], parts: Mapping[tuple[int, int], str]
) -> dict[str, list[int]]:
    """Return the columns of figures by what other lines of the head say above or below their years, but for parts."""
    rows = [row for row in heads if not _is_title(lines[row])]
    texts = [{at: "" if (row, at) in parts else _text(lines[row][at]) for at in periods} for row in rows]
    groups = _by_name(texts, periods)
    if any(len({periods[at] for at in columns}) < len(columns) for columns in groups.values()):
        # Where cells cannot be merged, a head stands above the first of its years alone.
        groups = _by_name([_carried_on(line) for line in texts], periods)
    return groups


def _by_name(texts: Sequence[Mapping[int, str]], periods: Iterable[int]) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = {}
    for at in periods:
        above = [line[at] for line in texts]
        name = _BETWEEN.join(dict.fromkeys(text for text in above if text and not _UNIT_NOTE.fullmatch(text)))
        groups.setdefault(name, []).append(at)
    return groups


def _carried_on(line: Mapping[int, str]) -> dict[int, str]:
    """Return the texts of a line of the head with each also at the empty places behind it."""
    carried, last = {}, ""
    for at in sorted(line):
        last = carried[at] = line[at] or last
    return carried


def _is_title(line: Sequence[Cell]) -> bool:
    """Say whether a line of the head is one text across all of the table."""
    return len({_text(cell) for cell in line}) == 1 and len(line) > 1


def _label(lines: list[list[Cell]], at: int, sides: Sequence[int], unit_side: Sequence[int]) -> tuple[str, str]:
    """Return what stands beside a series, and the unit that does."""
    texts = dict.fromkeys(_text(lines[at][side]) for side in sides if side not in unit_side)
    units = [_text(lines[at][side]) for side in unit_side]
    return _BETWEEN.join(filter(None, texts)), next(filter(None, units), "")


def _text(cell: Cell) -> str:
    """Return a cell's text on one line, without blanks between Chinese characters that only spread them."""
    text = "" if cell.value is None else " ".join(str(cell.value).split())
    return re.sub(r"(?<=[\u3400-\u9fff]) +(?=[\u3400-\u9fff])", "", text)


# A mapping


def _read_mapping(folder: Path, name: str) -> _Mapping:
    """Return a mapping of a folder.

    IntakeError tells that it is not TOML, has unknown or wrong keys, or holds what is not decided yet.
    """
    path = mapping_path(name)
    try:
        said = tomllib.loads((folder / path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        advice = "correct it, or delete it and have it proposed again"
        raise IntakeError([Fault(path, "", "", str(error), "TOML in UTF-8", advice, "mapping_form")]) from None
    series = said.pop("series", [])
    if not isinstance(series, list) or not all(isinstance(each, dict) for each in series):
        advice = "write each series below a line [[series]] of its own"
        raise IntakeError([Fault(path, "", "series", str(series), "tables [[series]]", advice, "mapping_form")])
    mapping = _Mapping(path, said, series)
    faults = [*_faults_of(mapping), *_series_twice(mapping)]
    if faults:
        raise IntakeError(faults)
    return mapping


def _faults_of(mapping: _Mapping) -> Iterator[Fault]:
    for where, table, known in _parts(mapping):
        for key, value in table.items():
            if key not in known:
                advice = "correct the name, or delete the line"
                yield Fault(where, "", key, key, f"one of {', '.join(known)}", advice, "mapping_key")
            elif value != UNDECIDED:
                is_right, allowed, advice = _VALUES.get(key, _TEXT)
                if not is_right(value):
                    yield Fault(where, "", key, str(value), allowed, advice, "mapping_value")
            elif key != "factor" or table.get("indicator_id"):
                advice = f"write {_ASKED.get(key, 'what it is')}"
                yield Fault(where, "", key, UNDECIDED, "a decision", advice, "undecided")
        if known is _OF_SERIES:
            yield from _lacking(where, table)


def _lacking(where: str, series: Mapping[str, Any]) -> Iterator[Fault]:
    """Find the keys that a series must have and has not."""
    lacking = [key for key in ("label", "indicator_id") if key not in series]
    lacking += ["factor"] if series.get("indicator_id") and "factor" not in series else []
    for key in lacking:
        advice = f"write {key} = {_ASKED[key]}"
        yield Fault(where, "", key, "no such line", "a line that says it", advice, "mapping_key")


def _series_twice(mapping: _Mapping) -> Iterator[Fault]:
    """Find series that the table could not tell apart."""
    seen: dict[str, int] = {}
    for number, each in enumerate(mapping.series, start=1):
        named = " in ".join(str(each[key]) for key in ("label", "unit") if each.get(key))
        first = seen.setdefault(named, number)
        if first != number:
            advice = f"delete one of series {first} and {number}"
            yield Fault(mapping.path, "", "label", named, "each label and unit once", advice, "label_twice")


def _parts(mapping: _Mapping) -> Iterator[tuple[str, Mapping[str, Any], Sequence[str]]]:
    yield mapping.path, mapping.table, _TABLE_KEYS
    for number, each in enumerate(mapping.series, start=1):
        yield f"{mapping.path}: series {number}", each, _OF_SERIES


def _is_power_of_ten(value: object) -> bool:
    if type(value) not in (int, float):
        return False
    number = Decimal(str(value))
    return number.is_finite() and number > 0 and number.normalize().as_tuple().digits == (1,)


_Check = tuple[Callable[[object], bool], str, str]
_TEXT: _Check = (lambda value: isinstance(value, str), "text", "write it in quotes")
_VALUES: Mapping[str, _Check] = {
    "label": (lambda value: isinstance(value, str) and value != "", "text", "write what stands beside it, in quotes"),
    "years": (lambda value: value in ("columns", "rows"), '"columns" or "rows"', "write where the years stand"),
    "first_year": (
        lambda value: type(value) is int and 1000 <= value <= 9999,
        "a year of four digits, without quotes",
        "write such a year, or delete the line to take in all",
    ),
    "factor": (
        _is_power_of_ten,
        "1, 10, 100 ... or 0.1, 0.01 ..., without quotes",
        "write such a number, or take the figures as they are printed, with a unit of their own in units.csv",
    ),
}
"""What the keys of a mapping may be, in words too, and what to do otherwise; all others are texts."""


# What a mapping makes of a table


def wide_entries(path: Path, folder: Path, name: str, observations: Table) -> tuple[list[Entry], list[Fault], int]:
    """Return a file's figures by a mapping of a folder, what is wrong, and how many cells hold a sign of no figure."""
    mapping = _read_mapping(folder, name)
    tables = wide_tables(path)
    sheet = mapping.table.get("sheet")
    chosen = [table for table in tables if sheet in (None, table.name)]
    if len(chosen) != 1:
        allowed = ", ".join(table.name for table in tables)
        advice = "name the sheet under sheet"
        raise IntakeError([Fault(mapping.path, "", "sheet", str(sheet or ""), allowed, advice, "sheet")])
    (table,) = chosen
    said = {(each["label"], each.get("unit", "")): each for each in mapping.series}
    faults = [*table.faults, *_differences(mapping, table, said)]
    if others := [each.name for each in tables if each is not table]:
        advice = "nothing, if they are not meant to be read; else take them in by mappings that name them under sheet"
        found, allowed = ", ".join(others), f"the table of the mapping, {table.name}"
        faults.append(Fault(path.name, "", "", found, allowed, advice, "sheet_not_read", "warning"))
    entries: list[Entry] = []
    passed_over = 0
    for series in table.series:
        each = {**mapping.table, **said.get((series.label, series.unit), {})}
        if each.get("indicator_id"):
            made = [_entry(table.name, observations, each, *cells) for cells in series.cells]
            first = str(each.get("first_year", ""))
            entries += [entry for entry in made if entry is not None and entry.cells["period"][:4] >= first]
            passed_over += sum(entry is None for entry in made)
    return entries, faults, passed_over


def _differences(
    mapping: _Mapping, table: WideTable, said: Mapping[tuple[str, str], Mapping[str, Any]]
) -> Iterator[Fault]:
    """Find where a table is not what its mapping was made for."""
    if mapping.table.get("years", table.years) != table.years:
        advice = "correct years in the mapping once you have looked at the table"
        yield Fault(table.name, "", "years", table.years, str(mapping.table["years"]), advice, "years_turned")
    counts = Counter((series.label, series.unit) for series in table.series)
    for series in table.series:
        key, cell = (series.label, series.unit), series.cells[0][2].name if series.cells else ""
        named = " in ".join(filter(None, key))
        if counts[key] > 1:
            advice = "write into the table what tells them apart, such as the heading above each"
            yield Fault(table.name, cell, "label", named, "a label that no other series has", advice, "label_twice")
        elif key not in said:
            near = get_close_matches(series.label, [label for label, _ in said], n=1)
            renamed = f"correct {near[0]} in {mapping.path} if that is it, or " if near else ""
            advice = f'{renamed}add it to {mapping.path}; indicator_id = "" leaves it out'
            yield Fault(table.name, cell, "label", named, "a series of the mapping", advice, "label_unknown")
    for key in said:
        if key not in counts and said[key].get("indicator_id"):
            advice = "look for its new name or unit in the table, and correct or delete it in the mapping"
            named = " in ".join(filter(None, key))
            yield Fault(mapping.path, "", "label", named, "a series of the table", advice, "label_gone")


def _entry(
    sheet: str, observations: Table, said: Mapping[str, Any], period: str, head: Cell, cell: Cell
) -> Entry | None:
    """Return a figure, None where its cell holds a sign that there is none."""
    value = read_cell(cell, _VALUE)
    if any(finding.remedy is LEAVE_OUT for finding in value.findings):
        return None
    cells = dict.fromkeys(observations.header, "")
    cells |= {name: str(said[name]) for name in ("indicator_id", "basis", *_OF_ALL) if name in said}
    cells |= {"period": period, "qualifier": cells["qualifier"] or "exact", "value": value.text}
    if not any(finding.level == "error" for finding in value.findings):
        # Its point is moved; its digits stay as printed.
        cells["value"] = f"{Decimal(value.text).scaleb(Decimal(str(said['factor'])).adjusted()):f}"
    places = {**dict.fromkeys(("indicator_id", *observations.header), cell.name), "period": head.name}
    faults = tuple(fault_at(observations, sheet, cell.name, "value", finding) for finding in value.findings)
    return Entry(observations, sheet, cells, places, faults)


# A proposal


def proposal(path: Path, raw: Mapping[str, RawTable], place: str) -> str:
    """Return a mapping for the tables of a file: what names and units say, and question marks for all else.

    The place is the only one that can be meant; empty where there are several.
    """
    tables = wide_tables(path)
    table = tables[0]
    titles = set(raw["locators"].cells["locator"])
    lines = [f"# How the table {table.title or path.name} is read. Answer each question mark; nothing is read before."]
    if len(tables) > 1:
        names = ", ".join(each.name for each in tables)
        lines += [f"# The file has several: {names}. For another one write its name and delete the series below."]
    lines += [f"sheet = {_quoted(table.name)}"] if path.suffix.lower() == ".xlsx" else []
    lines += [f"years = {_quoted(table.years)}"]
    known = {"region_id": place, "locator": table.title if table.title in titles else ""}
    lines += [_line(name, known.get(name, "")) for name in ("source_id", "region_id", "locator", "grade")]
    lines += ['qualifier = "exact"', "# first_year = 2015  # leaves older years out"]
    for series in table.series:
        lines += ["", "[[series]]", f"label = {_quoted(series.label)}"]
        lines += [f"unit = {_quoted(series.unit)}"] if series.unit else []
        lines += _guess(series, raw)
    return "\n".join(lines) + "\n"


def _guess(series: Series, raw: Mapping[str, RawTable]) -> list[str]:
    """Return the lines that say which indicator a series is of."""
    indicators = raw["indicators"]
    columns = [name for name in indicators.cells if name.startswith("name_")]
    names = {_plain(row[name]): row for _, row in indicators.records() for name in columns}
    plain = _plain(_IN_BRACKETS.sub("", series.label))
    found = names.get(plain) or names.get(_plain(series.label))
    if found is None:
        near = get_close_matches(plain, [name for name in names if name], n=3, cutoff=0.4)
        hint = f"; like it: {', '.join(names[name]['indicator_id'] for name in near)}" if near else ""
        return [f"{_line('indicator_id', '')}{hint}", _line("factor", "")]
    factor = _factor(series, found["unit"], raw["units"])
    return [f"indicator_id = {_quoted(found['indicator_id'])}  # by its name", _line("factor", factor)]


def _factor(series: Series, unit: str, own: RawTable) -> str:
    """Return by how much figures are multiplied to be in a unit, where the table names one that says so for sure."""
    in_label = _IN_BRACKETS.search(series.label)
    named = _plain(series.unit or (in_label[1] if in_label else ""))
    rows = [row for raw in (usual_units(), own) for _, row in raw.records() if row["unit"] == unit]
    words = {_plain(str(row[name]).replace("{}", "")) for row in rows for name in row if str(name)[:5] in _UNIT_TEXTS}
    if not named:
        return ""
    if named in words:
        return "1"
    power = next((_POWERS[sign] for sign in _POWERS if named.startswith(sign) and named[len(sign) :] in words), 0)
    return f"1{'0' * power}" if power else ""


def _plain(text: str) -> str:
    """Return a name without what tells nothing apart: width, blanks, marks of an item below another."""
    half = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[\s#*·、:]|^其中", "", half)


def _line(name: str, value: str) -> str:
    if value:
        return f"{name} = {value if name == 'factor' else _quoted(value)}"
    return f"{name} = {_quoted(UNDECIDED)}  # {_ASKED[name]}"


def _quoted(text: str) -> str:
    """Return a text as a string of TOML, which those of JSON are."""
    return json.dumps(text, ensure_ascii=False)

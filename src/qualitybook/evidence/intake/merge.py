"""Add what a file brings to the evidence: checked as a whole, kept beside what is there, written all or none."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from qualitybook.evidence.catalog import Catalog, load
from qualitybook.evidence.check import check, read_folder
from qualitybook.evidence.editions import copy_tables
from qualitybook.evidence.errors import EvidenceError, Problem
from qualitybook.evidence.intake import marks, plausible
from qualitybook.evidence.intake.faults import Fault
from qualitybook.evidence.intake.sheets import Entry
from qualitybook.evidence.reading import RawTable
from qualitybook.evidence.schema import DESCRIPTOR_NAME, TABLES, Table, write_descriptor
from qualitybook.evidence.store import locked, replace_files
from qualitybook.evidence.vintage import SERIES_KEY

BROUGHT = ("publishers", "locators", "sources", "observations", "reviews")
"""Tables that a file may bring, in the order in which they are written: what others point to comes first."""

_ADVICE: Mapping[str, str] = {
    "key_unknown": "choose a key from the list, or add its row first (a new source: in the sheet sources)",
    "key_repeated": "delete one of the two rows",
    "period_and_qualifier": "fill in the period, or choose the qualifier undated",
    "value_out_of_bounds": "look at the printed figure and its unit again",
    "passed_exceeds_n": "look at both numbers again",
    "n_missing": "fill in the number of items inspected, or empty the cell passed",
    "rate_against_counts": "look at the rate and both counts again",
    "preferred_twice": "put 0 in all but one of them",
    "period_not_over": "look at the period again; leave it if the source was published before the period's end",
}
_DEFAULT_ADVICE = "correct the cell"


@dataclass(frozen=True)
class Change:
    """What one row of a file does to the evidence.

    Parameters
    ----------
    entry : Entry
        The row.
    kind : str
        ``new`` (nothing was known for the indicator, place and period), ``revision`` (another value than before, kept
        beside it), ``confirmation`` (the same value from another source), ``row`` (of another table) or ``present`` (it
        is there already).
    line : int or None
        Line of its file that it gets; None for what is present.
    before : tuple of str
        Values known for the same indicator, place, period and basis.
    """

    entry: Entry
    kind: str
    line: int | None
    before: tuple[str, ...] = ()


@dataclass(frozen=True)
class Intake:
    """What a file would do to the evidence, with everything that is amiss.

    Parameters
    ----------
    folder : pathlib.Path
        The evidence folder.
    changes : tuple of Change
        One for each row that is sound by itself.
    faults : tuple of Fault
        Errors, doubts and warnings.
    files : mapping of str to bytes
        New contents by path, in the order in which they are written; empty where there is an error.
    read : mapping of str to bytes
        What these files held when this was prepared.
    catalog : Catalog or None
        The evidence as it would be; None where there is an error.
    touched : mapping of str to int
        For editions that are there already, how many of the new figures they would see.
    """

    folder: Path
    changes: tuple[Change, ...]
    faults: tuple[Fault, ...]
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    read: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    catalog: Catalog | None = None
    touched: Mapping[str, int] = field(default_factory=dict)

    def with_faults(self, faults: Iterable[Fault]) -> Intake:
        """Return the same with more faults."""
        return replace(self, faults=(*self.faults, *faults))

    @property
    def added(self) -> tuple[Change, ...]:
        """The rows that the evidence does not have yet."""
        return tuple(change for change in self.changes if change.line is not None)

    def of_line(self, line: int) -> Change:
        """Return the change that gives the observations' file this line."""
        return next(
            change for change in self.added if change.line == line and change.entry.table.name == "observations"
        )

    def refusals(self, accept_doubts: bool) -> list[Fault]:
        """Return the faults that forbid taking the file in.

        A doubt is settled by `accept_doubts`, or by notes in both languages: they tell the book's readers as well.
        """
        explained = {
            (change.entry.sheet, place)
            for change in self.changes
            if change.entry.cells.get("note_zh") and change.entry.cells.get("note_en")
            for place in change.entry.places.values()
        }
        return [
            fault
            for fault in self.faults
            if fault.level == "error"
            or (fault.level == "doubt" and not accept_doubts and (fault.sheet, fault.cell) not in explained)
        ]

    def write(self) -> None:
        """Write the new files, all or none.

        Raises
        ------
        BusyError
            If another command is changing the folder.
        ChangedError
            If the evidence is no longer what it was when this was prepared.
        OSError
            If a file cannot be written; the evidence is then as it was.
        """
        with locked(self.folder):
            for path, old in self.read.items():
                if _bytes_of(self.folder / path) != old:
                    raise ChangedError(path)
            replace_files(self.folder, self.files)


class ChangedError(RuntimeError):
    """A file of the evidence changed while another change to it was prepared."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} has changed in the meantime; run the command again")


def prepare(folder: Path, entries: Sequence[Entry], form_faults: Sequence[Fault] = ()) -> Intake:
    """Return what rows would do to the evidence; nothing is written.

    Parameters
    ----------
    folder : pathlib.Path
        The evidence folder.
    entries : sequence of Entry
        The rows.
    form_faults : sequence of Fault
        What was wrong with the file's form.

    Raises
    ------
    EvidenceError
        If the evidence is wrong before anything is added.
    """
    problems = check(folder)
    if any(problem.level == "error" for problem in problems):
        raise EvidenceError(problems)
    raw = read_folder(folder)
    known = plausible.Known.of(raw)
    faults = [*form_faults, *(fault for entry in entries for fault in entry.faults)]
    swaps, swapped_rows = plausible.swapped(entries, known)
    faults += swaps
    sound = [
        entry
        for position, entry in enumerate(entries)
        if position not in swapped_rows and not any(fault.level == "error" for fault in entry.faults)
    ]
    changes, conflicts = _changes(sound, raw)
    faults += [*conflicts, *plausible.fractions(sound, known)]
    return _merged(folder, raw, changes, faults, entries)


def _bytes_of(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _changes(entries: Sequence[Entry], raw: Mapping[str, RawTable]) -> tuple[list[Change], list[Fault]]:
    """Return what each row does, its line not yet known, and where rows contradict what they may not."""
    changes: list[Change] = []
    faults: list[Fault] = []
    known = {name: _by_key(raw[name]) for name in raw}
    figures = _by_series(raw["observations"])
    for entry in entries:
        table = entry.table
        old = known[table.name].get(_key(table, entry.cells))
        if old is not None:
            differing = [name for name, cell in entry.cells.items() if _contradicts(name, cell, old[name])]
            faults += [_conflict(entry, name, old[name]) for name in differing]
            changes += [] if differing else [Change(entry, "present", None)]
        elif table.name == "observations":
            before = figures.get(_series(entry.cells), ())
            changes.append(Change(entry, _kind(entry, before), 0, before))
        else:
            changes.append(Change(entry, "row", 0))
    return changes, faults


def _by_key(raw: RawTable) -> dict[tuple[str, ...], dict[str, str]]:
    rows = raw.cells.to_dict("records")
    return {_key(raw.table, row): {str(name): str(cell) for name, cell in row.items()} for row in rows}


def _key(table: Table, cells: Mapping[Any, str]) -> tuple[str, ...]:
    return tuple(cells[name] for name in table.primary_key)


def _series(cells: Mapping[Any, str]) -> tuple[str, ...]:
    return tuple(cells[name] for name in SERIES_KEY)


def _by_series(observations: RawTable) -> dict[tuple[str, ...], tuple[str, ...]]:
    values: dict[tuple[str, ...], tuple[str, ...]] = {}
    for row in observations.cells.to_dict("records"):
        if row["period"]:
            values[_series(row)] = (*values.get(_series(row), ()), row["value"])
    return values


def _kind(entry: Entry, before: tuple[str, ...]) -> str:
    if not before:
        return "new"
    return "confirmation" if entry.cells["value"] in before else "revision"


def _contradicts(name: str, cell: str, old: str) -> bool:
    """Say whether a cell says something else than the evidence; an empty one says nothing."""
    return bool(cell) and cell != old and name != "preferred"


def _conflict(entry: Entry, name: str, old: str) -> Fault:
    if entry.table.name == "observations":
        advice = "a corrected publication is a source of its own: give it a source_id of its own; else correct the cell"
        allowed = f"{old or 'empty'}, as the evidence has it from {entry.cells['source_id']}"
    else:
        advice = f"correct the cell, or edit {entry.table.path} by hand"
        allowed = f"{old or 'empty'}, as {entry.table.path} has it"
    return entry.fault(name, entry.cells[name], allowed, advice, "contradicts_itself")


def _merged(
    folder: Path,
    raw: Mapping[str, RawTable],
    changes: Sequence[Change],
    faults: Sequence[Fault],
    entries: Sequence[Entry],
) -> Intake:
    """Return the intake, checked on a copy of the folder that has the rows."""
    added = marks.filled([change.entry for change in changes if change.line is not None], raw["observations"])
    filled = iter(added)
    changes = [change if change.line is None else replace(change, entry=next(filled)) for change in changes]
    moved = marks.moved(added, raw["observations"])
    with tempfile.TemporaryDirectory() as made:
        copy = Path(made)
        copy_tables(folder, copy)
        lines = _append(copy, changes)
        marks.take_back(copy / raw["observations"].table.path, raw["observations"], moved)
        if (copy / DESCRIPTOR_NAME).is_file():
            write_descriptor(copy)
        placed = [replace(change, line=lines.get(at)) for at, change in enumerate(changes)]
        found = [*faults, *_translated(check(copy), placed, _withheld(entries, changes))]
        if any(fault.level == "error" for fault in found):
            return Intake(folder, tuple(placed), tuple(found))
        before, after = load(folder), load(copy)
        found += marks.misplaced(before, after, placed_lines(placed), moved)
        files = _changed_files(folder, copy)
    read = {path: _bytes_of(folder / path) for path in files}
    return Intake(folder, tuple(placed), tuple(found), files, read, after, _touched(after, placed_lines(placed)))


def placed_lines(changes: Iterable[Change]) -> list[int]:
    """Return the lines that new figures get in the observations' file."""
    return [change.line for change in changes if change.line is not None and change.entry.table.name == "observations"]


def _withheld(entries: Sequence[Entry], changes: Sequence[Change]) -> set[str]:
    """Return the sources whose rows are not added because something is wrong with them."""
    sources = {entry.cells["source_id"] for entry in entries if entry.table.name == "sources"}
    good = {change.entry.cells["source_id"] for change in changes if change.entry.table.name == "sources"}
    return sources - good


def _append(copy: Path, changes: Sequence[Change]) -> dict[int, int]:
    """Append the rows to their files and return the line that each change's row gets."""
    lines: dict[int, int] = {}
    for name in BROUGHT:
        own = [
            (at, change)
            for at, change in enumerate(changes)
            if change.line is not None and change.entry.table.name == name
        ]
        if own:
            table = own[0][1].entry.table
            path = copy / table.path
            old = _with_every_column(path, table)
            end = "\r\n" if b"\r\n" in old else "\n"
            for at, change in own:
                lines[at] = old.count(b"\n") + 1
                old += _record([change.entry.cells[column] for column in table.header], end).encode()
            path.write_bytes(old)
    return lines


def _with_every_column(path: Path, table: Table) -> bytes:
    """Return a file of the evidence with the columns that it came without, empty in the rows that it has."""
    old = _bytes_of(path)
    if not old:
        return _record(table.header, "\n").encode()
    rows = list(csv.reader(io.StringIO(old.decode("utf-8"), newline="")))
    if rows[0] == table.header:
        return old
    end = "\r\n" if b"\r\n" in old else "\n"
    cells = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    filled = [[row.get(name, "") for name in table.header] for row in cells]
    return "".join(_record(row, end) for row in [table.header, *filled]).encode()


def _record(cells: Sequence[str], end: str) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator=end).writerow(cells)
    return out.getvalue()


def _translated(problems: Iterable[Problem], changes: Sequence[Change], withheld: set[str]) -> Iterator[Fault]:
    """Yield the problems of rows that were added, in terms of the cells they were read from."""
    rows = {(change.entry.table.path, change.line): change.entry for change in changes if change.line is not None}
    for problem in problems:
        if problem.row is None or (problem.file, problem.row) not in rows:
            continue
        if (problem.code, problem.column) == ("key_unknown", "source_id") and problem.found in withheld:
            continue
        entry = rows[problem.file, problem.row]
        column = problem.column.split("+")[0]
        advice = _ADVICE.get(problem.code, _DEFAULT_ADVICE)
        yield entry.fault(column, problem.found, problem.allowed, advice, problem.code, problem.level)


def _changed_files(folder: Path, copy: Path) -> dict[str, bytes]:
    by_name = {table.name: table.path for table in TABLES}
    paths = [*(by_name[name] for name in BROUGHT), DESCRIPTOR_NAME]
    return {path: _bytes_of(copy / path) for path in paths if _bytes_of(copy / path) != _bytes_of(folder / path)}


def _touched(after: Catalog, lines: Sequence[int]) -> dict[str, int]:
    """Return how many of the new figures each edition sees, for those that see any."""
    counts: dict[str, int] = {}
    for edition in after.editions["edition"]:
        seen = after.as_of(after.edition(edition).as_of).observations["line"]
        counts[str(edition)] = int(seen.isin(lines).sum())
    return {edition: count for edition, count in counts.items() if count}

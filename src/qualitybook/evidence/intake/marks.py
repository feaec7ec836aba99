"""The mark of the figure to use where several sources give the same period (`preferred`), when figures are added.

A new figure gets the mark unless one has it already. Where the person asks for it, the mark is taken from the old
figure; not where an earlier edition, which does not see the new figure, would then choose another one than it did.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualitybook.evidence.intake.faults import Fault
from qualitybook.evidence.intake.sheets import Entry
from qualitybook.evidence.reading import RawTable
from qualitybook.evidence.vintage import SERIES_KEY, chosen

if TYPE_CHECKING:
    from qualitybook.evidence.catalog import Catalog

MARK = "preferred"


def filled(entries: Sequence[Entry], observations: RawTable) -> list[Entry]:
    """Return the rows with the mark filled in where it was left empty."""
    marked = set(_marked(observations))
    marked |= {_series(entry.cells) for entry in entries if entry.cells.get(MARK) == "1"}
    done = []
    for entry in entries:
        if entry.table.name != "observations" or entry.cells[MARK]:
            done.append(entry)
            continue
        series = _series(entry.cells)
        is_first = not entry.cells["period"] or series not in marked
        marked.add(series)
        done.append(replace(entry, cells={**entry.cells, MARK: "1" if is_first else "0"}))
    return done


def moved(entries: Sequence[Entry], observations: RawTable) -> dict[int, Entry]:
    """Return the rows that take the mark from an old figure, by the old figure's position."""
    marked = _marked(observations)
    return {
        marked[_series(entry.cells)]: entry
        for entry in entries
        if entry.table.name == "observations" and entry.cells[MARK] == "1" and _series(entry.cells) in marked
    }


def take_back(path: Path, observations: RawTable, moved_marks: dict[int, Entry]) -> None:
    """Write 0 for 1 in the old figures' records; every other byte stays."""
    if not moved_marks:
        return
    records = list(io.StringIO(path.read_bytes().decode("utf-8"), newline="\n"))
    at = observations.table.header.index(MARK)
    for position in sorted(moved_marks, reverse=True):
        first = observations.lines[position] - 1
        reader = csv.reader(records[first:])
        cells = next(reader)
        cells[at] = "0"
        out = io.StringIO()
        end = "\r\n" if records[first].endswith("\r\n") else "\n"
        csv.writer(out, lineterminator=end).writerow(cells)
        records[first : first + reader.line_num] = [out.getvalue()]
    path.write_bytes("".join(records).encode("utf-8"))


def misplaced(before: Catalog, after: Catalog, lines: Sequence[int], moved_marks: dict[int, Entry]) -> list[Fault]:
    """Return the marks whose move would change what an edition chooses that does not see the new figure."""
    faults = []
    for edition in before.editions["edition"]:
        day = before.edition(edition).as_of
        then, now = before.as_of(day).observations, after.as_of(day).observations
        old, new = _choices(then), _choices(now[~now["line"].isin(lines)])
        unseen = {_series(entry.cells) for entry in moved_marks.values()} - {
            _series(row) for row in now[now["line"].isin(lines)].to_dict("records")
        }
        for entry in moved_marks.values():
            series = _series(entry.cells)
            if series in unseen and old.get(series) != new.get(series):
                allowed = f"0: edition {edition} does not see this figure and would choose another one than it did"
                advice = "put 0, or leave it empty"
                faults.append(entry.fault(MARK, "1", allowed, advice, "mark_changes_edition"))
    return faults


def _choices(observations: Any) -> dict[tuple[str, ...], int]:
    """Return the line of the figure chosen for each indicator, place, period and basis."""
    return {_series(row): int(row["line"]) for row in chosen(observations).to_dict("records")}


def _marked(observations: RawTable) -> dict[tuple[str, ...], int]:
    """Return the position of the marked figure by indicator, place, period and basis."""
    rows = enumerate(observations.cells.to_dict("records"))
    return {_series(row): position for position, row in rows if row[MARK] == "1" and row["period"]}


def _series(cells: Any) -> tuple[str, ...]:
    return tuple(str(cells[name]) for name in SERIES_KEY)

"""The mark of the figure to use where several sources give the same period (`preferred`), when figures are added.

A new figure gets the mark if no other has it, if a person asks for it, or if it is the verified release of one that
was provisional. The mark is then taken from the old figure. Where an edition that does not see the new figure would
choose another one than it did without that mark, the old figure keeps it and the new one gets the next higher: the
highest mark that an edition sees counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from qualitybook.evidence.intake.sheets import Entry
from qualitybook.evidence.reading import RawTable
from qualitybook.evidence.schema import PROVISIONAL
from qualitybook.evidence.vintage import SERIES_KEY, chosen

if TYPE_CHECKING:
    from qualitybook.evidence.catalog import Catalog

MARK = "preferred"
NO_MARK = "0"

Series = tuple[str, ...]

_RELEASES = (PROVISIONAL, "", "revised", "verified")
"""Values of `status` from the first release to the last."""


@dataclass(frozen=True)
class Marked:
    """The figure of a series that has the highest mark."""

    position: int
    """Position among the observations."""
    mark: int
    """Its mark."""
    status: str
    """Where it stands among its releases."""
    grade: str
    """Its grade."""


def series_of(cells: Mapping[Any, Any]) -> Series:
    """Return indicator, place, period and basis of a row."""
    return tuple(str(cells[name]) for name in SERIES_KEY)


def marked(observations: RawTable) -> dict[Series, Marked]:
    """Return the figure with the highest mark of each series that has one."""
    best: dict[Series, Marked] = {}
    for position, row in enumerate(observations.cells.to_dict("records")):
        mark = int(row[MARK]) if row["period"] else 0
        series = series_of(row)
        if mark and (series not in best or mark > best[series].mark):
            best[series] = Marked(position, mark, row["status"], row["grade"])
    return best


def filled(entries: Sequence[Entry], observations: RawTable) -> list[Entry]:
    """Return new rows with the mark filled in where it was left empty."""
    old = marked(observations)
    taken = {series_of(entry.cells) for entry in entries if entry.cells.get(MARK) not in (None, "", NO_MARK)}
    done = []
    for entry in entries:
        if entry.table.name != "observations" or entry.cells[MARK]:
            done.append(entry)
            continue
        series = series_of(entry.cells)
        is_used = not entry.cells["period"] or (
            series not in taken and (series not in old or _is_later_release(entry.cells, old[series]))
        )
        taken.add(series)
        done.append(replace(entry, cells={**entry.cells, MARK: "1" if is_used else NO_MARK}))
    return done


def _is_later_release(cells: Mapping[str, str], old: Marked) -> bool:
    """Say whether a figure is the revised or verified release of one that was first published otherwise."""
    status = cells.get("status", "")
    if status not in _RELEASES or old.status not in _RELEASES or cells["grade"] > old.grade:
        return False
    return _RELEASES.index(status) > max(_RELEASES.index(old.status), _RELEASES.index(""))


def choices(observations: Any, without: Iterable[int]) -> dict[Series, int]:
    """Return the line of the figure chosen for each series, as if the figures of some lines were not there."""
    seen = observations[~observations["line"].isin(set(without))]
    return {series_of(row): int(row["line"]) for row in chosen(seen).to_dict("records")}


def disturbed(before: Catalog, after: Catalog, placed: Mapping[Series, int]) -> set[Series]:
    """Return the series of which some edition would choose another figure although it does not see the new mark.

    Parameters
    ----------
    before, after : Catalog
        The evidence without and with the new figures and marks.
    placed : mapping
        Line of the figure that takes the mark, by series.
    """
    found: set[Series] = set()
    for edition in before.editions["edition"]:
        day = before.edition(edition).as_of
        then, now = before.as_of(day).observations, after.as_of(day).observations
        seen = set(now["line"])
        unseen = {series: line for series, line in placed.items() if line not in seen}
        old, new = choices(then, ()), choices(now, placed.values())
        found |= {series for series in unseen if old.get(series) != new.get(series)}
    return found

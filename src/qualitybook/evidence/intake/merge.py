"""Add what a file brings to the evidence: checked as a whole, kept beside what is there, written all or none.

Rows are tried on a copy of the folder. A cell that could not be read stands in it as a sign that no column accepts, so
that all other rules still see its row, and everything that is wrong with a file is said at once. What passes is then
tried without the rows that did not, so that doubts about sound rows are said in the same run.

Here too is which figures the next edition will ask for. Jumps are looked for by :mod:`qualitybook.analysis.jumps`,
which knows each kind of series' usual steps.
"""

from __future__ import annotations

import math
import re
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from qualitybook.errors import EvidenceError, Problem, StoreError
from qualitybook.evidence.catalog import SERIES_KEY, Catalog, checked, chosen
from qualitybook.evidence.check import TABLE_EMPTY, YEAR_FROM_NEEDED, read_folder
from qualitybook.evidence.editions import copy_tables, forbids, sound
from qualitybook.evidence.history import with_history
from qualitybook.evidence.intake.cells import CHOICE_SEPARATOR, LEAVE_OUT, Fault
from qualitybook.evidence.intake.sheets import CORRECTS, Entry
from qualitybook.evidence.numbers import decimals_of
from qualitybook.evidence.periods import PERIOD_FORMS
from qualitybook.evidence.reading import LOWEST_PLAIN_RATE, RawTable, column_of_units, forms, rows_of, write_descriptor
from qualitybook.evidence.schema import (
    DESCRIPTOR_NAME,
    EDITIONS,
    OBSERVATIONS,
    PROVISIONAL,
    RECORDED,
    TABLES,
    Table,
    in_each_language,
    is_period,
    settled_codes,
)
from qualitybook.evidence.store import locked, replace_files, write_rows

_MOST_YEARS = 3
"""Years of one series that are asked for at most: older gaps are gaps of the publications."""

_PARTS = {"half": ("-H1", "-H2"), "quarter": ("-Q1", "-Q2", "-Q3", "-Q4")}


@dataclass(frozen=True)
class Wanted:
    """A figure that is missing."""

    indicator_id: str
    region_id: str
    period: str


def wanted(
    catalog: Catalog, *, target: str | None = None, area: str | None = None, everything: bool = False
) -> list[Wanted]:
    """Return the figures that are missing for the coming edition.

    The coming edition is the one after the last in the table; it is made when the year of the last one's as-of date is
    over, so that year is the last that can be asked for. Each series is asked for from the year after its last figure;
    one without any figure from the year that its goal is judged for, where that is over. `everything` is all goals'
    series and all tasks' indicators; without any choice it is the goals' own series. A goal or area that is not there
    raises UnknownKeyError.
    """
    last = catalog.editions.sort_values("as_of").iloc[-1]["as_of"].year
    pairs = dict.fromkeys(_series(catalog, target, area, everything))
    return [figure for pair in pairs for figure in _missing(catalog, *pair, last)]


def _series(catalog: Catalog, target: str | None, area: str | None, everything: bool) -> Iterator[tuple[str, str]]:
    if target is not None:
        catalog.target(target)
        yield from _of_goals(catalog, [target], own=False)
    elif area is not None:
        yield from _of_area(catalog, area)
    else:
        goals = list(catalog.targets.sort_values("number", kind="stable")["target_id"])
        yield from _of_goals(catalog, goals, own=not everything)
        if everything:
            for area_id in catalog.areas.sort_values("number", kind="stable")["area_id"]:
                yield from _of_area(catalog, str(area_id))


def _of_goals(catalog: Catalog, goals: Iterable[str], own: bool) -> Iterator[tuple[str, str]]:
    """Yield the series of goals: their own, or all that they rest on."""
    for goal in goals:
        target = catalog.target(goal)
        if target.indicator_id:
            yield target.indicator_id, target.region_id
        for row in rows_of(catalog.evidence_of(goal)):
            if not own or row.role == "direct":
                yield row.indicator_id, row.region_id


def _of_area(catalog: Catalog, area: str) -> Iterator[tuple[str, str]]:
    """Yield the series of the indicators of an area's tasks."""
    tasks = catalog.tasks[catalog.tasks["area_id"] == catalog.area(area)].sort_values("number", kind="stable")
    links = catalog.task_indicators
    for task_id in tasks["task_id"]:
        for indicator_id in links[links["task_id"] == task_id]["indicator_id"]:
            yield str(indicator_id), catalog.plan_region


def _missing(catalog: Catalog, indicator_id: str, region_id: str, last: int) -> Iterator[Wanted]:
    known = catalog.observations_of(indicator_id, region_id)
    periods = set(known["period"])
    ends = known["end"].dropna()
    if ends.empty:
        # From the first year that a goal is judged for; the last that can be asked for without one.
        goals = catalog.targets
        asked = min([last, *goals.loc[goals["indicator_id"] == indicator_id, "target_year"]])
    else:
        # From the first year up to whose end no figures are known.
        asked = int(ends.max().year) + (ends.max().month == 12)
    first = max(asked, last - _MOST_YEARS + 1)
    parts = _PARTS.get(catalog.indicator(indicator_id).frequency, ("",))
    for year in range(first, last + 1):
        for part in parts:
            if f"{year}{part}" not in periods:
                yield Wanted(indicator_id, region_id, f"{year}{part}")


# What is allowed and yet looks like a slip: a rate entered as a fraction, columns that changed places


_HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class _Known:
    """What the evidence holds already, for comparison."""

    indicators: Mapping[str, str]
    """Form of the unit by indicator."""
    regions: frozenset[str]
    """Keys of the places."""
    lowest: Mapping[str, float]
    """Lowest figure by indicator."""
    units: Mapping[str, str]
    """Names of the unit by indicator."""
    keys: Mapping[str, Mapping[str, set[str]]]
    """By column of keys the keys of each name."""

    @classmethod
    def of(cls, raw: Mapping[str, RawTable]) -> _Known:
        """Return what the tables of a folder hold; they are sound."""
        own, unit_of = raw["units"].cells, raw["indicators"].lookup("indicator_id", "unit")
        form_of, named = forms(own), [column_of_units(own, name) for name in in_each_language("name")]
        return cls(
            {indicator: form_of[unit] for indicator, unit in unit_of.items()},
            frozenset(raw["regions"].cells["region_id"]),
            _lowest(raw["observations"]),
            {indicator: " ".join(names.get(unit, "") for names in named) for indicator, unit in unit_of.items()},
            {"indicator_id": _keys_by_name(raw["indicators"]), "region_id": _keys_by_name(raw["regions"])},
        )


def _lowest(observations: RawTable) -> dict[str, float]:
    """Return the lowest figure of each indicator."""
    lowest: dict[str, float] = {}
    for _, (indicator_id, value) in observations.rows("indicator_id", "value"):
        lowest[indicator_id] = min(float(value), lowest.get(indicator_id, math.inf))
    return lowest


def _keys_by_name(raw: RawTable) -> dict[str, set[str]]:
    keys: dict[str, set[str]] = {}
    for column in raw.table.texts("name"):
        for key, name in zip(raw.cells[raw.table.primary_key[0]], raw.cells[column], strict=True):
            keys.setdefault(name, set()).add(key)
    return keys


def _swapped(entries: Iterable[Entry], known: _Known) -> tuple[list[Fault], dict[int, set[str]]]:
    """Find rows whose cells stand in each other's columns."""
    faults: list[Fault] = []
    columns: dict[int, set[str]] = {}
    for position, entry in enumerate(entries):
        for column, other, allowed in _swaps(entry, known) if entry.table.name == "observations" else ():
            found = entry.cells[column]
            advice = f"let {column} and {other} change places (see {entry.places.get(other, other)})"
            remedy = {column: entry.cells[other], other: found}
            faults.append(entry.fault(column, found, allowed, advice, "columns_swapped", remedy=remedy))
            columns.setdefault(position, set()).update((column, other))
    return faults, columns


def _swaps(entry: Entry, known: _Known) -> Iterator[tuple[str, str, str]]:
    """Yield pairs of columns, each with what the first one may hold."""
    cells = entry.cells
    indicator, region = cells["indicator_id"], cells["region_id"]
    if indicator in known.regions and region in known.indicators:
        yield "indicator_id", "region_id", "an indicator"
    if is_period(cells["value"]) and not is_period(cells["period"]) and _is_number(cells["period"]):
        yield "period", "value", PERIOD_FORMS
    n, passed = cells["n"], cells["passed"]
    if n.isdecimal() and passed.isdecimal() and int(passed) > int(n) > 0 and _fits(cells["value"], int(n), int(passed)):
        yield "n", "passed", f"at least {passed}, the items that passed"
    chinese, english = cells["note_zh"], cells["note_en"]
    if chinese and english and not _HAN.search(chinese) and _HAN.search(english):
        yield "note_zh", "note_en", "a note in Chinese"


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", text) is not None


def _fits(value: str, n: int, passed: int) -> bool:
    """Say whether a pass rate is that of `n` of `passed` items."""
    return _is_number(value) and abs(float(value) - 100 * n / passed) <= 0.5 * 10.0 ** -decimals_of(value) + 1e-9


def _fractions(entries: Sequence[Entry], known: _Known) -> Iterator[Fault]:
    """Find percentages of 1 or less where all figures so far, or all others of the file, are well above."""
    figures = [entry for entry in entries if entry.table.name == "observations" and _is_number(entry.cells["value"])]
    for entry in figures:
        indicator, value = entry.cells["indicator_id"], entry.cells["value"]
        if known.indicators.get(indicator) != "percent" or not 0 < float(value) <= 1:
            continue
        others = (other for other in figures if other is not entry and other.cells["indicator_id"] == indicator)
        beside = min((float(other.cells["value"]) for other in others), default=0.0)
        lowest = known.lowest.get(indicator, beside)
        if lowest > LOWEST_PLAIN_RATE:
            percent = f"{Decimal(value) * 100:f}"
            advice = f"type {percent} if that is what was printed"
            allowed = f"percent: the other figures of {indicator} are {lowest:g} and more"
            yield entry.fault("value", value, allowed, advice, "rate_as_fraction", "doubt", {"value": percent})


def _scaled_by_format(entries: Iterable[Entry], known: _Known) -> Iterator[Fault]:
    """Find figures whose cells show a word that multiplies them and is none of their unit, such as 98.5万."""
    for entry in (entry for entry in entries if entry.table.name == "observations"):
        for column, word in entry.scale_words.items():
            unit = known.units.get(entry.cells["indicator_id"], "") if column == "value" else ""
            if word not in unit:
                found = f"{entry.cells[column]}, shown with {word}"
                allowed = f"a number in the unit of the indicator{f', {unit}' * bool(unit)}"
                advice = f"format the cell as text and type the number without {word}"
                yield entry.fault(column, found, allowed, advice, "scale_in_format", "doubt")


def _named_otherwise(entries: Iterable[Entry], known: _Known) -> Iterator[Fault]:
    """Find keys behind which another one's name was written: nobody knows which of the two is meant."""
    for entry in entries:
        for column, names in entry.names.items():
            key, keys = entry.cells[column], known.keys.get(column, {})
            others = next((keys[name] for name in names if key not in keys.get(name, {key})), None)
            if others is not None:
                other = min(others)
                found = CHOICE_SEPARATOR.join([key, *names])
                allowed = f"a key and its own names; one of these is of {other}"
                yield entry.fault(column, found, allowed, f"type {other} or {key}, and no name", "key_and_name")


_FIRST = ("publishers", "locators", "sources", "units", "regions", "indicators", "areas", "tasks", "targets")
BROUGHT = (*_FIRST, *(table.name for table in TABLES if table.name not in (*_FIRST, EDITIONS.name)))
"""Tables that a file may bring, in the order in which they are written: what others point to comes first. Editions are
`qualitybook edition`'s."""

_UNREADABLE = "?"
"""What stands in the copy for a cell that could not be read; only columns of free text accept it."""

_ADVICE: Mapping[str, str] = {
    "cell": "fill it in, or leave the row out",
    "key_unknown": "choose a key from the list, or add its row first (a new source: in the sheet sources)",
    "key_repeated": "delete one of the two rows",
    "period_and_qualifier": "fill in the period, or choose the qualifier undated",
    "value_out_of_bounds": "look at the printed figure and its unit again",
    "value_impossible": "look at the printed figure and its unit again",
    "passed_exceeds_n": "look at both numbers again",
    "n_missing": "fill in the number of items inspected, or empty the cell passed",
    "rate_against_counts": "look at the rate and both counts again",
    "preferred_twice": "put 0 in all but one of them",
    YEAR_FROM_NEEDED: "fill in year_from in indicators.csv first (data/README.md says how to choose)",
    "period_not_over": "look at the period again; leave it if the source was published before the period's end",
}
_DEFAULT_ADVICE = "correct the cell"


@dataclass(frozen=True)
class Change:
    """What one row of a file does to the evidence."""

    entry: Entry
    """The row; for a correction with the cells that it leaves empty filled from the evidence."""
    kind: str
    """``new`` (nothing was known for the indicator, place and period), ``revision`` (another value than before, kept
    beside it), ``confirmation`` (the same value from another source), ``correction`` (of a row that is there), ``row``
    (of another table) or ``present`` (it is there already)."""
    line: int | None
    """Line of its file; None for what is present and for what is not added because something is wrong."""
    before: tuple[str, ...] = ()
    """Values known for the same indicator, place, period and basis."""
    was: Mapping[str, str] = field(default_factory=dict)
    """For a correction the old texts, by column."""
    used: tuple[str, str] | None = None
    """Where several sources give the figure's period: value and source of the one that is used from now on."""

    @property
    def is_figure(self) -> bool:
        """Whether it is a row of observations."""
        return self.entry.table.name == OBSERVATIONS.name


@dataclass(frozen=True)
class Intake:
    """What a file would do to the evidence, with everything that is amiss."""

    folder: Path
    """The evidence folder."""
    changes: tuple[Change, ...]
    """One for each row that is sound by itself."""
    faults: tuple[Fault, ...]
    """Errors, doubts and warnings, in the order of the file."""
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """New contents by path, in the order in which they are written; empty where there is an error."""
    read: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """What these files held when this was prepared."""
    catalog: Catalog | None = field(default=None, repr=False)
    """The evidence as it would be with the rows that no error is about."""
    touched: Mapping[str, int] = field(default_factory=dict)
    """For editions that are there already, how many of the new and corrected figures they would see."""
    passed_over: str = ""
    """What of the file says nothing and was passed over, in words."""

    def with_faults(self, faults: Iterable[Fault]) -> Intake:
        """Return the same with more faults."""
        return replace(self, faults=tuple(_in_order((*self.faults, *faults))))

    @property
    def added(self) -> tuple[Change, ...]:
        """The rows that change the evidence: new ones and corrections."""
        return tuple(change for change in self.changes if change.line is not None)

    @property
    def figures(self) -> dict[int, Entry]:
        """The rows that are new or corrected figures, by their lines of the observations' file."""
        return {change.line: change.entry for change in self.changes if change.line is not None and change.is_figure}

    def refusals(self, accept_doubts: bool) -> list[Fault]:
        """Return the faults that forbid taking the file in.

        A doubt is settled by `accept_doubts`, or by its row: the column `settled` names the doubt's code, and notes in
        all languages say why, which tells the book's readers as well.
        """
        return [
            fault
            for fault in self.faults
            if fault.level == "error" or (fault.level == "doubt" and not accept_doubts and not self._is_settled(fault))
        ]

    def _is_settled(self, fault: Fault) -> bool:
        return any(
            fault.sheet == change.entry.sheet
            and fault.cell in change.entry.places.values()
            and all(change.entry.cells.get(note) for note in change.entry.table.texts("note"))
            and fault.code in settled_codes(change.entry.cells.get("settled", ""))
            for change in self.changes
        )

    def write(self, file: str = "", day: str = "", told: str = "") -> None:
        """Write the new files, all or none; the evidence is as it was where one cannot be written.

        The history keeps the name of the file that was taken in, the day, and what was done; without a file it keeps
        nothing. StoreError tells that the folder is no longer what it was when this was prepared.
        """
        with locked(self.folder):
            for path, old in self.read.items():
                if _bytes_of(self.folder / path) != old:
                    raise StoreError(f"{path} has changed in the meantime; run the command again")
            kept = with_history(self.folder, self.files, day=day, file=file, told=told) if file else self.files
            replace_files(self.folder, kept)


def prepare(
    folder: Path, entries: Sequence[Entry], form_faults: Sequence[Fault] = (), is_new: bool = False, day: str = ""
) -> Intake:
    """Return what rows would do to the evidence, which must be sound; nothing is written.

    A new folder has empty tables, so that all that is wrong follows from what is brought. The day is the one on which
    new figures come into the tables, where that is to be recorded.
    """
    raw = read_folder(folder)
    before = None if is_new else sound(folder, raw)
    known = _Known.of(raw)
    swaps, swapped = _swapped(entries, known)
    usable = [entry for position, entry in enumerate(entries) if position not in swapped]
    changes, conflicts = _changes(usable, raw, day)
    own = [
        fault
        for position, entry in enumerate(entries)
        for fault in entry.faults
        # What cells in each other's columns look like follows from that.
        if fault.column not in swapped.get(position, ())
    ]
    faults = [*form_faults, *own, *swaps, *conflicts]
    well_formed = [entry for entry in usable if entry.is_sound]
    faults += [*_fractions(well_formed, known), *_scaled_by_format(well_formed, known)]
    faults += _named_otherwise(well_formed, known)
    return _merged(folder, raw, before, changes, faults)


_PLACE = re.compile(r"([A-Z]+)([0-9]+)")


def _in_order(faults: Iterable[Fault]) -> list[Fault]:
    """Return faults in the order in which a person meets their cells: sheets as they came, then rows, then columns."""
    faults = list(faults)
    sheets = list(dict.fromkeys(fault.sheet for fault in faults))
    return sorted(faults, key=lambda fault: (sheets.index(fault.sheet), *_position(fault.cell)))


def _position(cell: str) -> tuple[int, int, str]:
    match = _PLACE.fullmatch(cell)
    return (0, 0, cell) if match is None else (int(match[2]), len(match[1]), match[1])


def _bytes_of(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


# What each row is


def _changes(entries: Sequence[Entry], raw: Mapping[str, RawTable], day: str) -> tuple[list[Change], list[Fault]]:
    """Return what each row does, its line not yet known, and where rows contradict what they may not."""
    changes: list[Change] = []
    faults: list[Fault] = []
    # Line and cells of each row, by its key.
    known = {
        name: {_key(table.table, row): (line, row) for line, row in table.records()} for name, table in raw.items()
    }
    figures = _by_series(raw["observations"])
    corrected: dict[tuple[str, ...], Entry] = {}
    for entry in entries:
        table = entry.table
        has_key = not any(_is_faulty(entry, name) for name in table.primary_key)
        old = known[table.name].get(_key(table, entry.cells)) if has_key else None
        if old is not None and entry.corrects:
            first = corrected.setdefault((table.name, *_key(table, entry.cells)), entry)
            if first is not entry:
                faults.append(_corrected_twice(entry, first))
                continue
        if old is not None:
            change, conflicts = _of_known(entry, *old)
            changes += [change] if change is not None else []
            faults += conflicts
        elif entry.corrects:
            faults.append(_nothing_to_correct(entry))
        elif table.name == "observations":
            before = figures.get(_series_of(entry.cells), ())
            recorded = replace(entry, cells={**entry.cells, RECORDED: day or entry.cells[RECORDED]})
            changes.append(Change(recorded, _kind(entry, before), 0, before))
        else:
            changes.append(Change(entry, "row", 0))
    return changes, faults


def _of_known(entry: Entry, line: int, old: Mapping[str, str]) -> tuple[Change | None, list[Fault]]:
    """Return what a row does whose key the evidence has, and where it contradicts it."""
    # What settles a doubt about the correction comes with it.
    corrects = {*entry.corrects, "settled"} if entry.corrects and entry.cells.get("settled") else set(entry.corrects)
    others = [name for name in entry.cells if name not in corrects]
    differing = [name for name in others if entry.cells[name] and entry.cells[name] != old[name]]
    conflicts = [_conflict(entry, name, old[name]) for name in differing if not _is_faulty(entry, name)]
    if any(fault.level == "error" for fault in conflicts):
        return None, conflicts
    was = {name: old[name] for name in entry.cells if name in corrects and entry.cells[name] != old[name]}
    if not was:
        return Change(entry, "present", None), conflicts
    corrected = replace(entry, cells={**old, **{name: entry.cells[name] for name in was}})
    return Change(corrected, "correction", line, (old["value"],) if "value" in was else (), was), conflicts


def _is_faulty(entry: Entry, column: str) -> bool:
    return any(fault.column == column and fault.level == "error" for fault in entry.faults)


def _conflict(entry: Entry, name: str, old: str) -> Fault:
    place = entry.cells.get("source_id", "") if entry.table.name == "observations" else entry.table.path
    allowed = f"{old or 'empty'}, as the evidence has it from {place}"
    wrong = f"if the evidence is wrong, put {name} in the column {CORRECTS}"
    if name == _MARK:
        return entry.fault(name, entry.cells[name], allowed, f"nothing; {wrong}", "mark_not_changed", "warning")
    advice = f"correct the cell; {wrong}"
    if entry.table.name == "observations":
        advice += "; a corrected publication is a source of its own: give it a source_id of its own"
    return entry.fault(name, entry.cells[name], allowed, advice, "contradicts_itself", remedy={CORRECTS: name})


def _corrected_twice(entry: Entry, first: Entry) -> Fault:
    allowed = f"one correction of a row: {first.place} corrects the same one"
    advice = f"put all columns that are wrong and their cells into {first.place}, and delete this row"
    return entry.fault(CORRECTS, ", ".join(entry.corrects), allowed, advice, "corrected_twice", remedy=LEAVE_OUT)


def _nothing_to_correct(entry: Entry) -> Fault:
    key = " ".join(entry.cells[name] for name in entry.table.primary_key if entry.cells[name])
    allowed = f"empty: {entry.table.path} has no row {key} to correct"
    advice = f"look at the columns {', '.join(entry.table.primary_key)} again, or empty the cell"
    return entry.fault(CORRECTS, ", ".join(entry.corrects), allowed, advice, "corrects_nothing", remedy={CORRECTS: ""})


def _key(table: Table, cells: Mapping[Any, str]) -> tuple[str, ...]:
    return tuple(cells[name] for name in table.primary_key)


def _by_series(observations: RawTable) -> dict[_Series, tuple[str, ...]]:
    values: dict[_Series, tuple[str, ...]] = {}
    for _, row in observations.records():
        if row["period"]:
            values[_series_of(row)] = (*values.get(_series_of(row), ()), row["value"])
    return values


def _kind(entry: Entry, before: tuple[str, ...]) -> str:
    if not before:
        return "new"
    return "confirmation" if entry.cells["value"] in before else "revision"


# Trying them on a copy


@dataclass(frozen=True)
class _Trial:
    """A copy of the evidence with some rows."""

    changes: tuple[Change, ...]
    """The rows, each with its line."""
    problems: tuple[Problem, ...]
    """Everything that is wrong with the copy."""
    catalog: Catalog | None
    """The evidence as it would be; None where there is an error."""
    files: Mapping[str, bytes]
    """The files that differ."""

    def refused(self) -> list[int]:
        """Return the positions of the rows that an error is about; of all rows where that cannot be told."""
        if self.catalog is not None:
            return []
        errors = {(problem.file, problem.row) for problem in self.problems if problem.level == "error"}
        own = [at for at, change in enumerate(self.changes) if (change.entry.table.path, change.line) in errors]
        return own or list(range(len(self.changes)))


def _merged(
    folder: Path,
    raw: Mapping[str, RawTable],
    before: Catalog | None,
    changes: Sequence[Change],
    faults: Sequence[Fault],
) -> Intake:
    """Return the intake, checked on copies of the folder that have the rows; a new folder has no catalog before."""
    first = trial = _marked_trial(folder, raw, before, changes)
    said = [*faults, *_translated(first.problems, first.changes), *_beside(first.problems, first.changes)]
    while trial.catalog is None and (changes or before is not None):
        if not changes:
            # Somebody has spoilt the folder since it was checked.
            raise EvidenceError(trial.problems)
        refused = set(trial.refused())
        changes = [change for at, change in enumerate(changes) if at not in refused]
        trial = _marked_trial(folder, raw, before, changes)
    seen = trial.catalog
    placed = trial.changes if seen is None else tuple(_with_use(change, seen) for change in trial.changes)
    files = {} if any(fault.level == "error" for fault in said) else trial.files
    read = {path: _bytes_of(folder / path) for path in files}
    sealed = () if before is None else before.seals
    made = Intake(folder, placed, tuple(_in_order(said)), files, read, seen)
    return made if seen is None else replace(made, touched=_touched(seen, list(made.figures), sealed))


def _marked_trial(
    folder: Path, raw: Mapping[str, RawTable], before: Catalog | None, changes: Sequence[Change]
) -> _Trial:
    """Try rows; where a mark that moves would disturb an edition, the old figure keeps it and the new gets a higher."""
    new = [at for at, change in enumerate(changes) if change.line == 0]
    entries = _filled([changes[at].entry for at in new], raw["observations"])
    changes = list(changes)
    for at, entry in zip(new, entries, strict=True):
        changes[at] = replace(changes[at], entry=entry)
    moves = _moves(changes, raw["observations"])
    trial = _trial(folder, raw, changes, {old.position for old in moves.values()})
    if trial.catalog is None or before is None or not moves:
        return trial
    lines = {at: trial.changes[at].line or 0 for at in moves}
    placed = {_series_of(trial.changes[at].entry.cells): line for at, line in lines.items()}
    disturbed = _disturbed(before, trial.catalog, placed)
    kept = {at: old for at, old in moves.items() if _series_of(changes[at].entry.cells) in disturbed}
    if not kept:
        return trial
    for at, old in kept.items():
        cells = {**changes[at].entry.cells, _MARK: str(old.mark + 1)}
        changes[at] = replace(changes[at], entry=replace(changes[at].entry, cells=cells))
    return _trial(folder, raw, changes, {old.position for at, old in moves.items() if at not in kept})


def _moves(changes: Sequence[Change], observations: RawTable) -> dict[int, _Marked]:
    """Return, by the position of the row that takes the mark, the old figure that it is taken from."""
    old = _marked(observations)
    moves = {}
    for at, change in enumerate(changes):
        if change.line is None or not change.is_figure or change.entry.cells[_MARK] != "1":
            continue
        holder = old.get(_series_of(change.entry.cells))
        is_given = change.kind != "correction" or _MARK in change.was
        if is_given and holder is not None and observations.lines[holder.position] != change.line:
            moves[at] = holder
    return moves


def _trial(folder: Path, raw: Mapping[str, RawTable], changes: Sequence[Change], unmarked: set[int]) -> _Trial:
    placed = list(changes)
    with tempfile.TemporaryDirectory() as made:
        copy = Path(made)
        copy_tables(folder, copy)
        for name in BROUGHT:
            own = [at for at, change in enumerate(changes) if change.entry.table.name == name]
            changed: dict[int, Mapping[str, str]] = {
                line: _readable(changes[at].entry)
                for at in own
                if changes[at].kind == "correction" and (line := changes[at].line) is not None
            }
            if name == "observations":
                changed |= {raw[name].lines[position]: {_MARK: _NO_MARK} for position in unmarked}
            new = [at for at in own if changes[at].line == 0]
            if changed or new:
                lines = write_rows(copy, raw[name].table, changed, [_readable(changes[at].entry) for at in new])
                for at, line in zip(new, lines, strict=True):
                    placed[at] = replace(changes[at], line=line)
        if (copy / DESCRIPTOR_NAME).is_file():
            write_descriptor(copy)
        problems, catalog = checked(copy)
        files = _changed_files(folder, copy)
    if catalog is not None:
        catalog = replace(catalog, folder=folder)
    return _Trial(tuple(placed), tuple(problems), catalog, files)


def _readable(entry: Entry) -> dict[str, str]:
    """Return a row's cells, with a sign that is refused for those that could not be read."""
    return {name: _UNREADABLE if _is_faulty(entry, name) else cell for name, cell in entry.cells.items()}


def _with_use(change: Change, catalog: Catalog) -> Change:
    """Return a change with the figure that is used from now on, where its period has several."""
    if not change.is_figure or not change.entry.cells["period"]:
        return change
    series = _series_of(change.entry.cells)
    rows = catalog.observations_of(series[0], series[1])
    rows = rows[(rows["period"] == series[2]) & (rows["basis"] == series[3])]
    if len(rows) < 2:
        return change
    line = _choices(rows, ())[series]
    row = rows[rows["line"] == line].iloc[0]
    return replace(change, used=(str(row["value_text"]), str(row["source_id"])))


def _translated(problems: Iterable[Problem], changes: Sequence[Change]) -> Iterator[Fault]:
    """Yield the problems of rows that were brought, in terms of the cells they were read from."""
    rows = {(change.entry.table.path, change.line): change.entry for change in changes if change.line is not None}
    for problem in problems:
        entry = rows.get((problem.file, problem.row)) if problem.row is not None else None
        columns = problem.column.split("+")
        if entry is None or any(_is_faulty(entry, column) for column in columns):
            continue
        allowed = problem.allowed
        if problem.other_row is not None:
            other = rows.get((problem.file, problem.other_row))
            seen = other.place if other is not None else f"line {problem.other_row} of {problem.file}"
            allowed += f" (see {seen})"
        advice = _ADVICE.get(problem.code, _DEFAULT_ADVICE)
        remedy = LEAVE_OUT if problem.code == "key_repeated" else None
        yield entry.fault(columns[0], problem.found, allowed, advice, problem.code, problem.level, remedy)


def _beside(problems: Iterable[Problem], changes: Sequence[Change]) -> Iterator[Fault]:
    """Yield the errors that the rows cause in rows of the evidence that were not brought."""
    brought = {(change.entry.table.path, change.line) for change in changes if change.line is not None}
    sheets = {table.path: table.name for table in TABLES}
    for problem in problems:
        if forbids(problem) and (problem.file, problem.row) not in brought:
            place = problem.file if problem.row is None else f"{problem.file}:{problem.row}"
            advice = f"correct {problem.file} first, or leave out the rows that this follows from"
            if problem.code == TABLE_EMPTY or (problem.row == 1 and not problem.column):
                advice = f"fill in the sheet {sheets[problem.file]}"
            yield Fault(place, "", problem.column, problem.found, problem.allowed, advice, problem.code)


def _changed_files(folder: Path, copy: Path) -> dict[str, bytes]:
    by_name = {table.name: table.path for table in TABLES}
    paths = [*(by_name[name] for name in BROUGHT), DESCRIPTOR_NAME]
    made = {path: _bytes_of(copy / path) for path in paths}
    return {path: content for path, content in made.items() if content != _bytes_of(folder / path)}


def _touched(after: Catalog, lines: Sequence[int], sealed: Collection[str]) -> dict[str, int]:
    """Return how many of the figures each edition sees, for those that see any; a sealed one stays as it is."""
    counts: dict[str, int] = {}
    for edition in after.editions_in_order():
        if edition.edition in sealed:
            continue
        seen = after.as_of(edition.as_of).observations["line"]
        counts[edition.edition] = int(seen.isin(lines).sum())
    return {edition: count for edition, count in counts.items() if count}


# The mark of the figure to use where several sources give the same period (`preferred`)
#
# A new figure gets the mark if no other has it, if a person asks for it, or if it is the verified release of one that
# was provisional. The mark is then taken from the old figure. Where an edition that does not see the new figure would
# choose another one than it did without that mark, the old figure keeps it and the new one gets the next higher: the
# highest mark that an edition sees counts.

_MARK = "preferred"
_NO_MARK = "0"

_Series = tuple[str, ...]

_RELEASES = (PROVISIONAL, "", "revised", "verified")
"""Values of `status` from the first release to the last."""


@dataclass(frozen=True)
class _Marked:
    """The figure of a series that has the highest mark."""

    position: int
    """Position among the observations."""
    mark: int
    """Its mark."""
    status: str
    """Where it stands among its releases."""
    grade: str
    """Its grade."""


def _series_of(cells: Mapping[Any, Any]) -> _Series:
    """Return indicator, place, period and basis of a row."""
    return tuple(str(cells[name]) for name in SERIES_KEY)


def _marked(observations: RawTable) -> dict[_Series, _Marked]:
    """Return the figure with the highest mark of each series that has one."""
    best: dict[_Series, _Marked] = {}
    for position, (_, row) in enumerate(observations.records()):
        mark = int(row[_MARK]) if row["period"] else 0
        series = _series_of(row)
        if mark and (series not in best or mark > best[series].mark):
            best[series] = _Marked(position, mark, row["status"], row["grade"])
    return best


def _filled(entries: Sequence[Entry], observations: RawTable) -> list[Entry]:
    """Return new rows with the mark filled in where it was left empty."""
    old = _marked(observations)
    taken = {_series_of(entry.cells) for entry in entries if entry.cells.get(_MARK) not in (None, "", _NO_MARK)}
    done = []
    for entry in entries:
        if entry.table.name != "observations" or entry.cells[_MARK]:
            done.append(entry)
            continue
        series = _series_of(entry.cells)
        is_used = not entry.cells["period"] or (
            series not in taken and (series not in old or _is_later_release(entry.cells, old[series]))
        )
        taken.add(series)
        done.append(replace(entry, cells={**entry.cells, _MARK: "1" if is_used else _NO_MARK}))
    return done


def _is_later_release(cells: Mapping[str, str], old: _Marked) -> bool:
    """Say whether a figure is the revised or verified release of one that was first published otherwise."""
    status = cells.get("status", "")
    if status not in _RELEASES or old.status not in _RELEASES or cells["grade"] > old.grade:
        return False
    return _RELEASES.index(status) > max(_RELEASES.index(old.status), _RELEASES.index(""))


def _choices(observations: Any, without: Iterable[int]) -> dict[_Series, int]:
    """Return the line of the figure chosen for each series, as if the figures of some lines were not there."""
    seen = observations[~observations["line"].isin(set(without))]
    return {_series_of(row): int(row["line"]) for row in chosen(seen).to_dict("records")}


def _disturbed(before: Catalog, after: Catalog, placed: Mapping[_Series, int]) -> set[_Series]:
    """Return the series of which some edition would choose another figure although it does not see the new mark."""
    found: set[_Series] = set()
    for edition in before.editions_in_order():
        then, now = before.as_of(edition.as_of).observations, after.as_of(edition.as_of).observations
        seen = set(now["line"])
        unseen = {series: line for series, line in placed.items() if line not in seen}
        old, new = _choices(then, ()), _choices(now, placed.values())
        found |= {series for series in unseen if old.get(series) != new.get(series)}
    return found

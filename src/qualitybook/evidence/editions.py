"""Adding an edition to the table of editions and taking one off it, and an evidence folder to begin with.

The folder is minimal, for another city's or plan's book; all that it holds is marked as an example.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.resources import files
from operator import itemgetter
from pathlib import Path

from qualitybook.errors import EvidenceError, Problem, RefusedError
from qualitybook.evidence.catalog import CURRENT, Catalog, Edition, checked, load
from qualitybook.evidence.check import EDITION_MISSING, check, issue_number
from qualitybook.evidence.reading import RawTable, lacking_columns, write_descriptor
from qualitybook.evidence.schema import DESCRIPTOR_NAME, EDITIONS, LANGUAGES, SETTINGS_NAME, TABLES, tables_of
from qualitybook.evidence.seals import figures_of, unpack
from qualitybook.evidence.store import locked, replace_files, table_of

_ARCHIVED = "archived"
SEALED = "{edition} is sealed: it was published to stay; where it is to go all the same, say so with --sealed"


def add_edition(folder: Path, edition: str, as_of: date, target_year: int | None = None) -> Edition:
    """Add an edition as the current one; those before become archived.

    Without a target year it is that of the last edition, of the first one the goals' own. RefusedError tells of a key
    that is taken or none, of a date not after the last edition's, and of goals of several years where none is said.
    Where the file cannot be written, the evidence is as it was.
    """
    with locked(folder):
        catalog = sound(folder)
        known = catalog.editions_in_order()
        _refuse(known, edition, as_of)
        year = target_year if target_year is not None else _year_of_goals(catalog)
        rows = [{**row, "status": _ARCHIVED} for row in _rows_of(folder)]
        added = {"edition": edition, "as_of": as_of.isoformat(), "target_year": str(year), "status": CURRENT}
        _put(folder, [*rows, added])
    return load(folder).edition(edition)


def add_issue(folder: Path, edition: str) -> Edition:
    """Add a corrected issue of an edition, with its as-of date and status; an issue before it becomes archived.

    RefusedError tells of an edition that is not there, or is itself an issue that a later one corrects.
    """
    with locked(folder):
        sound(folder)
        rows = _rows_of(folder)
        known = [row["edition"] for row in rows]
        # The last issue of each edition, by its as-of date.
        last = {row["as_of"]: row["edition"] for row in rows}
        if edition not in last.values():
            raise RefusedError(
                f"edition {edition!r}; allowed: the last issue of an edition: {', '.join(last.values())}"
            )
        at = known.index(edition)
        issues = [row["edition"] for row in rows if row["as_of"] == rows[at]["as_of"]]
        number = 1 + max((issue_number(issues[0], each) for each in issues[1:]), default=1)
        made = {**rows[at], "edition": f"{issues[0]}-{number}", "reconstructed": ""}
        rows[at] = {**rows[at], "status": _ARCHIVED}
        _put(folder, [*rows[: at + 1], made, *rows[at + 1 :]])
    return load(folder).edition(made["edition"])


def remove_edition(folder: Path, edition: str, *, is_sealed_too: bool = False) -> Edition:
    """Take an edition off the table, and return the current one: where it was that itself, the last one left.

    RefusedError tells of one that is not there, or the only one, or named by other tables, or sealed and not asked for
    all the same.
    """
    with locked(folder):
        catalog = load(folder)
        known = [each.edition for each in catalog.editions_in_order()]
        if edition not in known:
            raise RefusedError(f"no edition {edition!r}; allowed: {', '.join(known)}")
        if edition in catalog.seals and not is_sealed_too:
            raise RefusedError(SEALED.format(edition=edition))
        if named := _rows_that_name(folder, edition):
            raise RefusedError(
                f"edition {edition!r} is named in {', '.join(named)}; take these rows away first, or keep the edition"
            )
        left = [key for key in known if key != edition]
        if not left:
            raise RefusedError(f"edition {edition!r} is the only one; make another one with 'qualitybook edition new'")
        rows = [
            {**row, "status": CURRENT if row["edition"] == left[-1] else _ARCHIVED}
            for row in _rows_of(folder)
            if row["edition"] != edition
        ]
        _put(folder, rows)
    return load(folder).current_edition


def _rows_that_name(folder: Path, edition: str) -> list[str]:
    """Return where other tables name an edition, as file and line."""
    columns = [
        (table, key.fields[0])
        for table in TABLES
        for key in table.foreign_keys
        if (key.table, key.level) == (EDITIONS.name, "error")
    ]
    found: dict[str, None] = {}
    for table, column in columns:
        raw = RawTable.read(folder, table)
        for line, cell in zip(raw.lines, raw.cells[column], strict=True):
            if cell == edition:
                found[f"{table.path}:{line}"] = None
    return list(found)


def _rows_of(folder: Path) -> list[dict[str, str]]:
    """Return the rows of the table of editions by their as-of dates."""
    return sorted((row for _, row in RawTable.read(folder, EDITIONS).records()), key=itemgetter("as_of"))


def _put(folder: Path, rows: Sequence[Mapping[str, str]]) -> None:
    """Check the evidence with these rows as the table of editions, and write it; raises EvidenceError for an error."""
    lacking = lacking_columns(folder)[EDITIONS.name]
    header = [name for name in EDITIONS.header if name not in lacking]
    changed = {EDITIONS.path: table_of(header, rows).encode("utf-8")}
    problems = problems_with(folder, changed)
    if any(problem.level == "error" for problem in problems):
        raise EvidenceError(problems)
    replace_files(folder, changed)


def sound(folder: Path, raw: Mapping[str, RawTable] | None = None) -> Catalog:
    """Return a folder's catalog, which may lack an edition so far; raises EvidenceError if anything else is wrong."""
    problems, catalog = checked(folder, raw)
    if catalog is None or any(forbids(problem) for problem in problems):
        raise EvidenceError(problems)
    return catalog


def forbids(problem: Problem) -> bool:
    """Say whether nothing is taken into a folder because of a problem; its first edition may come later."""
    return problem.level == "error" and problem.code != EDITION_MISSING


def _year_of_goals(catalog: Catalog) -> int:
    """Return the target year of the last edition; before the first one that of the goals, where they have one."""
    known = catalog.editions_in_order()
    if known:
        return known[-1].target_year
    years = sorted(set(catalog.targets["target_year"]))
    if len(years) > 1:
        allowed = f"one year that goals are to be met in: {', '.join(map(str, years))}"
        raise RefusedError(f"no year for the first edition; allowed: {allowed}", "--target-year")
    return int(years[0])


def figures_in(archive: Path, edition: Edition) -> dict[str, Sequence[str]]:
    """Return the figures that an edition saw in the evidence it was made from, as its seal keeps them."""
    with tempfile.TemporaryDirectory() as made:
        unpack(archive, Path(made))
        catalog = load(made)
    texts = catalog.texts()
    return figures_of({line: texts[line] for line in catalog.seen_by(edition).observations["line"]})


def _refuse(known: list[Edition], edition: str, as_of: date) -> None:
    keys = [each.edition for each in known]
    field = EDITIONS.field("edition")
    if edition in keys:
        raise RefusedError(f"edition {edition!r}; allowed: a key that none has; taken: {', '.join(keys)}")
    if not field.accepts(edition):
        raise RefusedError(f"edition {edition!r}; allowed: {field.allowed}")
    if known and as_of <= known[-1].as_of:
        last = known[-1]
        allowed = f"a day after {last.as_of.isoformat()}, the as-of date of edition {last.edition}"
        raise RefusedError(f"as-of date {as_of.isoformat()!r}; allowed: {allowed}")


def problems_with(folder: Path, changed: Mapping[str, bytes | None]) -> list[Problem]:
    """Check the evidence as it would be with some files changed, None for one that goes."""
    with tempfile.TemporaryDirectory() as made:
        copy = Path(made)
        copy_tables(folder, copy)
        for path, content in changed.items():
            if content is None:
                (copy / path).unlink()
            else:
                (copy / path).write_bytes(content)
        return check(copy)


def copy_tables(folder: Path, copy: Path) -> None:
    """Copy the files of an evidence folder that are checked."""
    for path in (*(table.path for table in TABLES), DESCRIPTOR_NAME, SETTINGS_NAME):
        if (folder / path).is_file():
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / path, copy / path)


_ROWS = "starter.toml"
_BOOK = "starter_book.toml"


def write_starter(folder: Path, today: date, languages: Sequence[str] = tuple(LANGUAGES)) -> list[Path]:
    """Write an evidence folder that passes the checks and builds, with one example row in each table that needs one.

    The example's sources count as read `today`, which is its edition's as-of date. A folder that holds something is
    refused.
    """
    refuse_filled(folder)
    return write_tables(folder, _rows(today), languages)


def refuse_filled(folder: Path) -> None:
    """Refuse a folder that holds something."""
    if folder.is_dir() and any(folder.iterdir()):
        raise RefusedError(f"{str(folder)!r} is not empty; name a new folder, or empty this one first")


def write_tables(
    folder: Path, rows: Mapping[str, list[dict[str, str]]], languages: Sequence[str] = tuple(LANGUAGES)
) -> list[Path]:
    """Write all tables with some rows, the settings of an example book in some languages, and the descriptor."""
    (folder / "plan").mkdir(parents=True, exist_ok=True)
    book = folder / SETTINGS_NAME
    book.write_text(_settings(languages), encoding="utf-8", newline="\n")
    written = []
    for table in tables_of(folder):
        header = [field.name for field in table.fields if not field.is_idle]
        written.append(folder / table.path)
        written[-1].write_bytes(table_of(header, rows.get(table.name, [])).encode("utf-8"))
    return [*written, book, write_descriptor(folder)]


def _settings(languages: Sequence[str]) -> str:
    """Return the settings of the example book, without what they say in other languages."""
    lines = (files(__package__) / _BOOK).read_text(encoding="utf-8").splitlines(keepends=True)
    others = tuple(f"{code} = " for code in LANGUAGES if code not in languages)
    if others:
        at = next(at for at, line in enumerate(lines) if line.startswith("plan_state"))
        note = "# The languages that the book is made in; texts in others may be left out.\n"
        lines.insert(at + 1, f"{note}languages = {json.dumps(list(languages))}\n")
    return "".join(line for line in lines if not line.startswith(others))


def _rows(today: date) -> dict[str, list[dict[str, str]]]:
    text = (files(__package__) / _ROWS).read_text(encoding="utf-8")
    days = {"{today}": today.isoformat(), "{last}": today.year - 1, "{year}": today.year, "{goal}": today.year + 1}
    for name, value in days.items():
        text = text.replace(name, str(value))
    return tomllib.loads(text)

"""Write several files of an evidence folder so that all of them change or none.

The new files are written beside the old ones, then a journal names them: that rename is the moment at which the change
is made. Only then do they take the old files' places. A kill before the journal leaves the folder as it was; a kill
after it leaves a journal that :func:`recover` carries out, and that `check` reports until it has.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import TypeVar

from qualitybook.errors import StoreError, json_of
from qualitybook.evidence.reading import table_text
from qualitybook.evidence.schema import DESCRIPTOR_NAME, TABLES, Table
from qualitybook.evidence.seals import SEALS
from qualitybook.paths import HISTORY, refuse_impossible, within

STAGING = ".intake"
JOURNAL = "journal.json"
LOCK = ".intake.lock"
_EVIDENCE = {*(table.path for table in TABLES), DESCRIPTOR_NAME}
_Value = TypeVar("_Value")


def evidence_files(files: Mapping[str, _Value]) -> dict[str, _Value]:
    """Return tables and descriptor by their paths, as a file names them; raises ValueError for anything else."""
    if not files.keys() <= _EVIDENCE:
        raise ValueError(f"no tables: {', '.join(files.keys() - _EVIDENCE)}")
    return dict(files)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other commands from changing the folder, and carry out or drop what a killed one left.

    StoreError tells that another command is at it, or that the folder holds a journal that is none of this program.
    """
    from filelock import FileLock, Timeout

    try:
        with FileLock(folder / LOCK, timeout=0):
            recover(folder)
            yield
    except Timeout:
        refuse_impossible(folder / LOCK)
        raise StoreError(f"another command is changing {folder}; wait until it has ended, then try again") from None


def interrupted(folder: Path) -> bool:
    """Say whether a change was made whose files have not all taken their places."""
    return (folder / STAGING / JOURNAL).is_file()


def replace_files(folder: Path, files: Mapping[str, bytes | None]) -> None:
    """Give several files new contents, all or none; to be called within :func:`locked`.

    They take their places in this order; None is for a file that goes. A link that leads one of them out of the folder
    raises StoreError; where one cannot be written, the folder is as it was.
    """
    staging = folder / STAGING
    _refuse_outside(folder, files)
    shutil.rmtree(staging, ignore_errors=True)
    try:
        for path, content in files.items():
            if content is not None:
                _write(staging / path, content)
        entries = {path: content is not None for path, content in files.items()}
        _write(staging / f"{JOURNAL}.new", json.dumps(entries).encode())
    except OSError:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    os.replace(staging / f"{JOURNAL}.new", staging / JOURNAL)
    recover(folder)


def recover(folder: Path) -> bool:
    """Carry out a change that was interrupted after its journal, or drop what was written before one."""
    staging = folder / STAGING
    found = interrupted(folder)
    if found:
        entries = _journal(staging / JOURNAL)
        _refuse_outside(folder, entries)
        for path, stays in entries.items():
            if not stays:
                _remove(folder, path)
            elif (staging / path).is_file():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                os.replace(staging / path, folder / path)
        (staging / JOURNAL).unlink()
    shutil.rmtree(staging, ignore_errors=True)
    return found


def _journal(path: Path) -> dict[str, bool]:
    """Return what a journal says, which may have come with the folder from somebody else."""
    try:
        entries = within(json_of(path.read_text(encoding="utf-8")))
        own = {name: stays for name, stays in entries.items() if PurePosixPath(name).parts[0] in (HISTORY, SEALS)}
        return {**evidence_files({name: stays for name, stays in entries.items() if name not in own}), **own}
    except (ValueError, TypeError, AttributeError, IndexError):
        raise StoreError(
            f"{path.as_posix()} is no journal of a change that this program began; look at it, remove the folder "
            f"{STAGING}, and try again"
        ) from None


def _refuse_outside(folder: Path, paths: Iterable[str]) -> None:
    """Let no link lead what is written or removed out of the folder, which may be somebody else's."""
    for path in paths:
        for place in (folder / STAGING / path, folder / path):
            above, end = place.parent, place.parent.resolve()
            if not end.is_relative_to(folder.resolve()):
                raise StoreError(f"{above} leads to {end}, outside of the evidence folder; put a copy there")


def _remove(folder: Path, path: str) -> None:
    """Remove a file, and the folders that are empty without it."""
    (folder / path).unlink(missing_ok=True)
    with suppress(OSError):
        for above in PurePosixPath(path).parents[:-1]:
            (folder / above).rmdir()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


# Records of a table: changed in place and appended; every other byte stays


def write_rows(
    folder: Path,
    table: Table,
    changed: Mapping[int, Mapping[str, str]],
    appended: Sequence[Mapping[str, str]],
) -> list[int]:
    """Change and append records of one table, whose file may be missing, and return the lines of those appended."""
    path = folder / table.path
    text, header = _with_every_column(path, table)
    end = "\r\n" if "\r\n" in text else "\n"
    records = list(io.StringIO(text, newline="\n"))
    # From the end, so that lines before a record are still where they were.
    for line in sorted(changed, reverse=True):
        reader = csv.reader(records[line - 1 :])
        cells: dict[str, str] = {**dict(zip(header, next(reader), strict=True)), **changed[line]}
        records[line - 1 : line - 1 + reader.line_num] = [_record([cells[name] for name in header], end)]
    lines = []
    at = "".join(records).count("\n")
    for row in appended:
        new = _record([row[name] for name in header], end)
        lines.append(at + 1)
        at += new.count("\n")
        records.append(new)
    path.write_bytes("".join(records).encode("utf-8"))
    return lines


def _with_every_column(path: Path, table: Table) -> tuple[str, list[str]]:
    """Return a file's text with the columns that it came without, empty in the rows that it has, and its header.

    Columns for texts in languages that the folder's book is not made in are not added.
    """
    text = table_text(path.read_bytes(), table.header) if path.is_file() else ""
    rows = list(csv.reader(io.StringIO(text, newline=""))) or [[]]
    header = [field.name for field in table.fields if field.name in rows[0] or not field.is_idle]
    if rows[0] == header:
        return text, header
    end = "\r\n" if "\r\n" in text else "\n"
    return table_of(header, [dict(zip(rows[0], row, strict=True)) for row in rows[1:]], end), header


def table_of(header: Sequence[str], rows: Iterable[Mapping[str, str]], end: str = "\n") -> str:
    """Return rows as the text of a table's file, empty in the columns that they lack."""
    out = io.StringIO()
    writer = csv.DictWriter(out, header, restval="", extrasaction="ignore", lineterminator=end)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _record(cells: Sequence[str], end: str) -> str:
    """Return cells as a record of CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator=end).writerow(cells)
    return out.getvalue()

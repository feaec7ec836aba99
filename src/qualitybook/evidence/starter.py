"""A minimal evidence folder to begin another city's or plan's book with; all that it holds is marked as an example."""

from __future__ import annotations

import csv
import shutil
import tomllib
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path

from qualitybook.evidence.schema import TABLES, write_descriptor
from qualitybook.evidence.settings import FILE

ROWS = "starter.toml"
BOOK = "starter_book.toml"


class FolderInUseError(ValueError):
    """A folder that already holds something."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{str(folder)!r} is not empty; name a new folder, or empty this one first")


def write_starter(folder: Path, today: date) -> list[Path]:
    """Write an evidence folder that passes the checks and builds, with one example row in each table that needs one.

    Parameters
    ----------
    folder : pathlib.Path
        A new or an empty folder.
    today : datetime.date
        The day on which the example's sources count as read, and its edition's as-of date.

    Returns
    -------
    list of pathlib.Path
        The files written.

    Raises
    ------
    FolderInUseError
        If the folder is not empty.
    OSError
        If it cannot be written.
    """
    if folder.is_dir() and any(folder.iterdir()):
        raise FolderInUseError(folder)
    (folder / "plan").mkdir(parents=True, exist_ok=True)
    rows = _rows(today)
    written = [_write_table(folder / table.path, table.header, rows.get(table.name, [])) for table in TABLES]
    with as_file(files(__package__) / BOOK) as book:
        written.append(Path(shutil.copyfile(book, folder / FILE)))
    written.append(write_descriptor(folder))
    return written


def _rows(today: date) -> dict[str, list[dict[str, str]]]:
    text = (files(__package__) / ROWS).read_text(encoding="utf-8")
    days = {"{today}": today.isoformat(), "{last}": today.year - 1, "{year}": today.year, "{goal}": today.year + 1}
    for name, value in days.items():
        text = text.replace(name, str(value))
    return tomllib.loads(text)


def _write_table(path: Path, header: list[str], rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path

"""Pages that have been made, each under the SHA-256 of all that it was made from, and those digests.

An entry appears by one rename, whole or not at all, so that builds may share a store and be killed at any moment. Its
files are checked against their own SHA-256 whenever they are used; an entry that fails is thrown away and made again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from qualitybook.errors import json_of
from qualitybook.paths import HISTORY, within
from qualitybook.publish.scratch import remove_abandoned, scratch_folder

PACKAGE = Path(__file__).parents[1]
_CATALOGS = PACKAGE / "report" / "locale"
_COMMANDS = PACKAGE / "cli"
LEFT_OUT = frozenset({"__pycache__", ".ipynb_checkpoints", HISTORY})


def digest_of_bytes(data: bytes) -> str:
    """Return the SHA-256 of bytes."""
    return hashlib.sha256(data).hexdigest()


def digest_of_value(value: Any) -> str:
    """Return the SHA-256 of a plain value, the order of keys left aside."""
    return digest_of_bytes(json.dumps(value, sort_keys=True, ensure_ascii=False).encode())


def digests_of_files(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below a folder, or of the file that it is, by its path within."""
    if folder.is_file():
        return {"": digest_of_bytes(folder.read_bytes())}
    return {path.relative_to(folder).as_posix(): digest_of_bytes(path.read_bytes()) for path in files_below(folder)}


def files_below(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder, sorted by their paths, without what tools leave there."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not LEFT_OUT & set(path.relative_to(folder).parts):
            yield path


def is_plain(path: Path) -> bool:
    """Whether there is a file at a path, and no link to one."""
    return path.is_file() and not path.is_symlink()


def note_in(path: Path) -> str:
    """Return the text of a note that a build left.

    Raise OSError or ValueError where no plain file of text is there: a pipe would keep its reader for ever.
    """
    if not is_plain(path):
        raise FileNotFoundError(path)
    return path.read_text(encoding="utf-8")


def leave_note(path: Path, text: str) -> None:
    """Write a note for the next build, also where something else has taken its place."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    elif not is_plain(path):
        path.unlink(missing_ok=True)
    path.write_text(text, encoding="utf-8")


def write_files(files: Mapping[str, bytes], folder: Path) -> None:
    """Write files below a folder."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


@cache
def digest_of_code(lang: str) -> str:
    """Return the digest of what makes a page besides its own inputs: our code, one language's words, the packages."""
    code = {
        path.relative_to(PACKAGE).as_posix(): digest_of_bytes(path.read_bytes())
        for path in files_below(PACKAGE)
        if not path.is_relative_to(_CATALOGS) and not path.is_relative_to(_COMMANDS)
    }
    return digest_of_value({"code": code, "words": digests_of_files(_CATALOGS / lang), "packages": packages()})


@cache
def digest_of_package() -> str:
    """Return the digest of all our code, all words and the installed packages."""
    return digest_of_value({"code": digests_of_files(PACKAGE), "packages": packages()})


@cache
def packages() -> Mapping[str, str]:
    """Return the installed packages and the interpreter with their versions.

    These run, whatever the lock file says: an environment that was not made from the lock makes pages of its own, and a
    lock file that changes for another system's sake makes none anew.
    """
    # Each asking reads a package's description again.
    descriptions = [each.metadata for each in distributions()]
    return {**{each["Name"]: each["Version"] for each in descriptions}, "python": sys.version}


LIST = "entry.json"
FILES = "files"
UNFINISHED = "unfinished"


@dataclass(frozen=True)
class Entry:
    """A page in the store."""

    key: str
    """SHA-256 of what it was made from."""
    page: str
    """Edition, language and name of the page that it was made for."""
    size: int
    """Bytes of its files."""
    used: float
    """When it was last used, in seconds since 1970."""


@dataclass(frozen=True)
class Store:
    """A folder of pages; it need not exist."""

    folder: Path

    def fetch(self, key: str, target: Path) -> bool:
        """Copy the files of a page into a folder; return whether the store has it. A damaged one it removes."""
        place = self._place(key)
        try:
            entry = json_of(note_in(place / LIST))
            listed = within(entry["files"])
            found = {name: (place / FILES / name).read_bytes() for name in listed if is_plain(place / FILES / name)}
            digests = {name: digest_of_bytes(data) for name, data in found.items()}
            is_good = entry["key"] == key and bool(listed) and digests == listed
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            is_good = False
        if not is_good:
            self.remove(key)
            return False
        write_files(found, target)
        with suppress(OSError):
            os.utime(place / LIST)
        return True

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """Give an empty folder for the files of a page; what is still there afterwards is removed."""
        with scratch_folder(self.folder / UNFINISHED) as folder:
            (folder / FILES).mkdir()
            yield folder / FILES

    def clear(self) -> None:
        """Remove what killed builds left unfinished."""
        remove_abandoned(self.folder / UNFINISHED)

    def put(self, key: str, page: str, files: Path) -> None:
        """Take over a folder that `draft` gave as the files of a page."""
        listed: dict[str, Any] = {"key": key, "page": page, "files": digests_of_files(files)}
        entry = files.parent
        (entry / LIST).write_text(json.dumps(listed, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        place = self._place(key)
        place.parent.mkdir(parents=True, exist_ok=True)
        # Another build may have made the same page in the meantime; one is as good as the other.
        with suppress(OSError):
            entry.rename(place)
        if not place.is_dir():
            raise OSError(f"the page could not be stored in {place}; name another folder with --store")

    def entries(self) -> list[Entry]:
        """Return all pages, the one used last first."""
        found = [entry for path in self.folder.glob(f"*/*/{LIST}") if (entry := _entry(path)) is not None]
        return sorted(found, key=lambda entry: (-entry.used, entry.page, entry.key))

    def remove(self, key: str) -> None:
        """Remove a page, if it is there."""
        place = self._place(key)
        if not place.exists():
            return
        with self.draft() as folder, suppress(OSError):
            place.rename(folder / key)

    def prune(self, unused_seconds: float) -> list[Entry]:
        """Remove the pages that were not used for a while, and what killed builds left, and return those pages."""
        now = time.time()
        old = [entry for entry in self.entries() if now - entry.used >= unused_seconds]
        for entry in old:
            self.remove(entry.key)
        self.clear()
        return old

    def bound(self, limit: int, since: float) -> None:
        """Remove the pages that were used longest ago until the others have at most so many bytes.

        Pages used from a moment on, in seconds since 1970, stay: the book that stands is made of them.
        """
        size = 0
        for entry in self.entries():
            size += entry.size
            if size > limit and entry.used < since:
                self.remove(entry.key)

    def _place(self, key: str) -> Path:
        return self.folder / key[:2] / key


def _entry(path: Path) -> Entry | None:
    """Return what the store knows of a page, None where its list cannot be read."""
    folder = path.parent
    try:
        page = str(json_of(note_in(path))["page"])
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        return Entry(folder.name, page, size, path.stat().st_mtime)
    except (OSError, ValueError, KeyError, TypeError):
        return None

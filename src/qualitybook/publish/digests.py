"""SHA-256 of what books are made from; imports nothing heavy, so that a build with nothing to do ends at once."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parents[1]
CATALOGS = PACKAGE / "report" / "locale"
COMMANDS = PACKAGE / "cli"
LEFT_OUT = frozenset({"__pycache__", ".ipynb_checkpoints"})


def of_bytes(data: bytes) -> str:
    """Return the SHA-256 of bytes."""
    return hashlib.sha256(data).hexdigest()


def of_value(value: Any) -> str:
    """Return the SHA-256 of a plain value, the order of keys left aside."""
    return of_bytes(json.dumps(value, sort_keys=True, ensure_ascii=False).encode())


def of_files(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below a folder, or of the file that it is, by its path within."""
    if folder.is_file():
        return {"": of_bytes(folder.read_bytes())}
    return {path.relative_to(folder).as_posix(): of_bytes(path.read_bytes()) for path in files_below(folder)}


def files_below(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder, sorted by their paths, without what tools leave there."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not LEFT_OUT & set(path.relative_to(folder).parts):
            yield path


@cache
def of_code(lang: str) -> str:
    """Return the digest of what makes a page besides its own inputs: our code, one language's words, the packages."""
    code = {
        path.relative_to(PACKAGE).as_posix(): of_bytes(path.read_bytes())
        for path in files_below(PACKAGE)
        if not path.is_relative_to(CATALOGS) and not path.is_relative_to(COMMANDS)
    }
    return of_value({"code": code, "words": of_files(CATALOGS / lang), "packages": packages()})


@cache
def of_package() -> str:
    """Return the digest of all our code, all words and the installed packages."""
    return of_value({"code": of_files(PACKAGE), "packages": packages()})


@cache
def packages() -> Mapping[str, str]:
    """Return the installed packages and the interpreter with their versions.

    These run, whatever the lock file says: an environment that was not made from the lock makes pages of its own, and a
    lock file that changes for another system's sake makes none anew.
    """
    found = {each.metadata["Name"]: each.version for each in distributions()}
    return {**found, "python": sys.version}

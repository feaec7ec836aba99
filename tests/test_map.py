"""The map in CONTRIBUTING.md: every folder and no other is on it, and its types are where it says."""

from __future__ import annotations

import ast
import re
import subprocess
from functools import cache
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[1]
MAP = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PACKAGE = ROOT / "src" / "qualitybook"


def rows(head: str) -> list[list[str]]:
    """Return the cells of the table of the map that begins with this heading."""
    table = MAP[MAP.index(f"| {head} |") :].partition("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def folders() -> set[str]:
    """Return every folder at the top and in the package, but those of the languages within their own."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a working tree of git")
    files = [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]
    above = {path.as_posix() for name in files for path in PurePosixPath(name).parents}
    within = {name for name in above if name.startswith("src/qualitybook/") and "/locale/" not in name}
    return within | {name for name in above if "/" not in name and name not in (".", "src")}


def test_every_folder_and_no_other_has_its_purpose() -> None:
    told = {name: row[1] for row in rows("folder") for name in re.findall(r"`([^`]+)`", row[0])}
    assert set(told) == folders()
    assert all(told.values())


@cache
def classes_in(path: Path) -> set[str]:
    """Return the names of the classes that a module has."""
    return {node.name for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.ClassDef)}


def test_every_type_is_in_the_layer_that_owns_it() -> None:
    for types, owner, _ in rows("type"):
        modules = [*(PACKAGE / owner).rglob("*.py"), *PACKAGE.glob(f"{owner}.py")]
        classes = set().union(*map(classes_in, modules))
        assert set(re.findall(r"`(\w+)`", types)) <= classes, owner

""".ci/compare: what it says of two sites that have been built. What builds them is the build, tested elsewhere."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OLD = {"index.html": "1", "2025/zh/index.html": "2", "gone.csv": "3"}
NEW = {"index.html": "1", "2025/zh/index.html": "9", "came.csv": "3"}


def site(folder: Path, files: Mapping[str, str], books: str) -> Path:
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps({"files": files, "books": {"2025/zh": books}}), encoding="utf-8")
    return folder


def compare(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / ".ci" / "compare", *words]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


def test_sites_of_the_same_files_are_identical_whatever_they_were_made_from(tmp_path: Path) -> None:
    done = compare(site(tmp_path / "old", OLD, "code of yesterday"), site(tmp_path / "new", OLD, "code of today"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "3 of 3 files identical; 0 changed, 0 only old, 0 only new\n"


def test_every_other_file_is_listed(tmp_path: Path) -> None:
    done = compare(site(tmp_path / "old", OLD, ""), site(tmp_path / "new", NEW, ""))
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "changed   2025/zh/index.html",
        "only old  gone.csv",
        "only new  came.csv",
        "1 of 4 files identical; 1 changed, 1 only old, 1 only new",
    ]


@pytest.mark.parametrize("name", ["no-such-commit", "--end-of-options", ""])
def test_what_is_neither_a_commit_nor_a_site_is_named_before_anything_is_built(name: str) -> None:
    done = compare("HEAD", "--", name)
    assert done.returncode == 2
    assert done.stdout == ""
    assert f"{name} is neither a commit of this project nor the folder of a built site" in done.stderr


def test_a_manifest_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    broken = site(tmp_path / "broken", {}, "")
    (broken / "manifest.json").write_text("{", encoding="utf-8")
    done = compare(broken, site(tmp_path / "new", NEW, ""))
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot be read as a manifest" in done.stderr


def test_the_help_says_what_is_compared_and_how_to_make_it_quick() -> None:
    done = compare("--help")
    assert done.returncode == 0
    assert all(word in done.stdout for word in ("OLD", "NEW", "--languages", "--html", "manifest.json", "exit status"))

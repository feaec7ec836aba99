"""The lock file, the environment for conda and the project's declared dependencies hold together."""

from __future__ import annotations

import re
import runpy
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
TOOL = runpy.run_path(str(ROOT / "tools" / "environment.py"))


def name(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement)[0].lower().replace("_", "-")


def test_environment_is_made_from_the_lock() -> None:
    assert (ROOT / "environment.yml").read_text(encoding="utf-8") == TOOL["environment"](LOCK)


def test_conda_offers_the_pythons_that_the_project_allows() -> None:
    dependencies = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    assert dependencies[:-1] == ["python >=3.11,<3.14", "pip", "make", "git"]
    assert set(TOOL["pins"](LOCK)) <= set(dependencies[-1]["pip"])


def test_every_pin_has_hashes() -> None:
    blocks = re.split(r"^(?=[A-Za-z0-9])", LOCK, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(TOOL["pins"](LOCK)) > 100
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_lock_names_no_address() -> None:
    assert not re.search(r"://|--(extra-)?index-url|--find-links", LOCK)


def test_every_declared_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {name(each) for each in [*project["dependencies"], *project["optional-dependencies"]["dev"]]}
    assert declared <= {name(pin) for pin in TOOL["pins"](LOCK)}


@pytest.mark.parametrize(("file", "extra"), [("requirements", "bench"), ("interoperability", "interop")])
def test_the_locks_of_the_benchmarks_agree_with_that_of_the_book(file: str, extra: str) -> None:
    lock = (ROOT / "benchmarks" / f"{file}.lock").read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE)[1:]
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert not re.search(r"://|--(extra-)?index-url|--find-links", lock)
    book, bench = ({name(pin): pin.split(" ;")[0] for pin in TOOL["pins"](text)} for text in (LOCK, lock))
    assert {key: bench[key] for key in bench.keys() & book.keys() if bench[key] != book[key]} == {}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"][extra]]
    assert {name(each) for each in declared} <= bench.keys()


def test_markers_are_kept_and_hashes_are_not() -> None:
    marked = 'two[x]==2.0 ; python_full_version < "3.12"'
    lock = f"one==1.0 \\\n    --hash=sha256:aa\n{marked} \\\n    --hash=sha256:bb\n    # via one\n"
    assert TOOL["pins"](lock) == ["one==1.0", marked]

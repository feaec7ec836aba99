"""The files for GitHub, GitLab and Docker, which cannot be run here: their schemas, and that what they name exists."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from synthetic import PATHS

from qualitybook import cli

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
GITLAB = ROOT / ".gitlab-ci.yml"
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
PYTHONS = ["3.11", "3.12", "3.13"]


def run_lines(value: Any) -> list[str]:
    """Return every command of a workflow or pipeline, wherever it stands."""
    if isinstance(value, dict):
        own = [text for key in ("run", "script") for text in as_list(value.get(key)) if isinstance(text, str)]
        return own + [line for item in value.values() for line in run_lines(item)]
    return [line for item in value for line in run_lines(item)] if isinstance(value, list) else []


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


COMMANDS = {path.name: run_lines(read(path)) for path in [*WORKFLOWS, GITLAB]}


@pytest.mark.parametrize(
    ("schema", "paths"),
    [
        ("vendor.github-workflows", WORKFLOWS),
        ("vendor.gitlab-ci", [GITLAB]),
        ("vendor.citation-file-format", [ROOT / "CITATION.cff"]),
    ],
)
def test_files_follow_their_schemas(schema: str, paths: list[Path]) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema]
    if schema == "vendor.gitlab-ci":
        command += ["--data-transform", "gitlab-ci"]
    done = subprocess.run([*command, *map(str, paths)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_check_of_schemas_can_fail(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    wrong.write_text("on: push\njobs:\n  one:\n    steps: [{run: true}]\n", encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(wrong)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


@pytest.mark.parametrize("name", COMMANDS)
def test_what_the_commands_call_exists(name: str) -> None:
    text = "\n".join(COMMANDS[name])
    assert text
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z-]+)", text)) <= targets
    assert set(re.findall(r"\bqualitybook ([a-z]+)", text)) <= set(cli.COMMANDS)
    for folder in re.findall(r"DATA=(\S+)", text):
        assert (ROOT / folder / PATHS["observations"]).is_file()
    for script in re.findall(r"(?:^|\s)(\.ci/\S+)", text):
        assert (ROOT / script).stat().st_mode & 0o100


def test_every_system_and_python_is_tested() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"].startswith(">=3.11")
    matrix = read(ROOT / ".github/workflows/tests.yml")["jobs"]["systems"]["strategy"]["matrix"]
    assert matrix == {"os": ["ubuntu-latest", "macos-latest", "windows-latest"], "python": PYTHONS}
    pipeline = read(GITLAB)
    own = pipeline["default"]["image"].removeprefix("python:")
    assert [own, *pipeline["pythons"]["parallel"]["matrix"][0]["PYTHON"]] == PYTHONS


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_may_only_read_unless_a_job_says_more(path: Path) -> None:
    workflow = read(path)
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        assert job.get("timeout-minutes", "permissions" in job)
        for step in job["steps"]:
            assert "uses" not in step or re.fullmatch(r"actions/[a-z-]+@v[0-9]+", step["uses"])


def test_the_same_books_are_built_on_both() -> None:
    assert [line for line in COMMANDS["book.yml"] if line.startswith("make book")] == read(GITLAB)["book"]["script"]


def test_the_image_copies_what_is_there_and_what_it_may() -> None:
    copied = [name for line in re.findall(r"^COPY (.*) \S+$", DOCKERFILE, flags=re.MULTILINE) for name in line.split()]
    assert [name for name in copied if not (ROOT / name).exists()] == []
    allowed = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {f"!{name}" for name in copied} == {line for line in allowed if line.startswith("!")}


def test_the_image_has_a_python_of_the_project_and_no_administrators_rights() -> None:
    base = re.search(r"^FROM python:([0-9.]+)-slim$", DOCKERFILE, flags=re.MULTILINE)
    assert base is not None
    assert base[1] in PYTHONS
    lines = [line for line in DOCKERFILE.splitlines() if re.match(r"[A-Z]+ ", line)]
    assert lines[-3:] == ["USER author", 'ENTRYPOINT ["qualitybook"]', 'CMD ["--help"]']


def test_no_two_files_of_tests_have_one_name() -> None:
    """Pytest takes the second for the first, and says so only where both are run."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))

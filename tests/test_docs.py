"""The documents: generated ones are those of the code, and links and commands in all of them lead somewhere."""

from __future__ import annotations

import csv
import re
import runpy
import shlex
import subprocess
from contextlib import chdir
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from synthetic import evidence_tables, observation, write_evidence

from qualitybook import cli
from qualitybook.evidence import load
from qualitybook.evidence.check import check
from qualitybook.report.indicators import Sheets
from qualitybook.report.voice import Voice

ROOT = Path(__file__).parents[1]
TOOL = runpy.run_path(str(ROOT / "tools" / "reference.py"))
TUTORIAL = runpy.run_path(str(ROOT / "tools" / "tutorial.py"))
PRINTED = TUTORIAL["_output"]
DOCS = sorted((ROOT / "docs").rglob("*.md"))
DOCUMENTS = [*DOCS, *sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("examples/*/README.md"))]
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)\s]*)?\)")
FENCE = re.compile(r"^```([a-z]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("name", TOOL["pages"]())
def test_reference_is_made_from_the_code(name: str) -> None:
    """Where it is not, say make reference."""
    assert (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8") == TOOL["pages"]()[name]


def test_the_readme_is_short() -> None:
    assert all(len(path.read_text(encoding="utf-8").splitlines()) <= 120 for path in ROOT.glob("README*.md"))


def test_each_guide_is_one_screen() -> None:
    guides = (ROOT / "docs" / "how-to").glob("*.md")
    assert [path.name for path in guides if len(path.read_text(encoding="utf-8").splitlines()) > 60] == []


def test_the_chinese_list_names_every_command_and_target() -> None:
    text = (ROOT / "docs" / "reference" / "commands.zh-CN.md").read_text(encoding="utf-8")
    listed = {re.sub(r" (-|[A-Z]).*", "", name) for name in re.findall(r"^\| `([^`]+)`", text, re.MULTILINE)}
    targets = {f"make {name}" for group in TOOL["targets"]().values() for name in group}
    assert listed == targets | {name for name, _ in TOOL["commands"]()}


def test_make_help_prints_every_target_in_its_group() -> None:
    done = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    printed: dict[str, dict[str, str]] = {}
    for block in done.stdout.strip().split("\n\n"):
        title, *lines = block.splitlines()
        printed[title] = {line.split()[1]: line[21:].strip() for line in lines}
    assert printed == TOOL["targets"]()
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert phony is not None
    assert sorted(phony[1].split()) == sorted(name for group in printed.values() for name in group)


@pytest.mark.parametrize("target", ["accuracy", "calibrate"])
def test_make_names_the_series_that_are_not_there(target: str) -> None:
    # What is there already is not made: the recipe alone is run.
    command = ["make", "--no-print-directory", "--old-file=.venv/.ready", target, "SERIES=nowhere"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("error: no m1_yearly.csv in 'nowhere'; say SERIES=folder")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_to_files(path: Path) -> None:
    targets = [match[1] for match in LINK.finditer(FENCE.sub("", path.read_text(encoding="utf-8")))]
    local = [target for target in targets if not re.match(r"[a-z]+:", target)]
    assert [target for target in local if not (path.parent / target).exists()] == []


def test_every_document_is_reached_from_the_first() -> None:
    reached, waiting = set(), [ROOT / "docs" / "README.md"]
    while waiting:
        path = waiting.pop().resolve()
        if path not in reached and path.suffix == ".md" and path.is_file():
            reached.add(path)
            waiting += [path.parent / match[1] for match in LINK.finditer(path.read_text(encoding="utf-8"))]
    assert [path for path in DOCS if path.resolve() not in reached] == []


def printed_here(command: str, folder: Path) -> str:
    """Return what a command of ours prints, run in this process, and of another one as the tool does."""
    if not command.startswith("qualitybook "):
        return str(PRINTED(command, folder))
    with chdir(folder):
        done = CliRunner().invoke(cli.main, shlex.split(command)[1:], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    lines = [line for line in (done.stdout + done.stderr).splitlines() if not TUTORIAL["NOT_BUILT"].match(line)]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def test_what_the_tutorial_shows_is_what_its_commands_print(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is not, say make reference. The building, which takes minutes, is not among these commands."""
    monkeypatch.setitem(TUTORIAL["followed"].__globals__, "_output", printed_here)
    path = TUTORIAL["TUTORIALS"][0]
    text = path.read_text(encoding="utf-8")
    assert TUTORIAL["followed"](text) == text
    assert "This figure moved it: Manufacturing product pass rate (China), 94.20% (2025) [trial-bulletin]" in text


def test_the_tutorials_have_the_same_commands_outputs_and_entries() -> None:
    english, chinese = (path.read_text(encoding="utf-8") for path in TUTORIAL["TUTORIALS"])
    assert FENCE.findall(english) == FENCE.findall(chinese)
    assert TUTORIAL["ENTRY"].findall(english) == TUTORIAL["ENTRY"].findall(chinese)


def command_lines() -> list[tuple[str, str]]:
    """Return every ``qualitybook`` line in a block of commands, with the document that it stands in."""
    lines = []
    for path in DOCUMENTS:
        for language, body in FENCE.findall(path.read_text(encoding="utf-8")):
            if language in ("", "bash", "console"):
                found = [line.removeprefix("$ ") for line in body.splitlines()]
                lines += [(path.name, line) for line in found if line.startswith("qualitybook ")]
    return lines


def test_commands_in_the_documents_are_understood() -> None:
    lines = command_lines()
    assert len(lines) > 10
    for name, line in lines:
        command, words = cli.main, shlex.split(line, comments=True)[1:]
        context = click.Context(command)
        while isinstance(command, click.Group):
            below = command.get_command(context, words[0])
            assert below is not None, f"{name}: {line}"
            command, words = below, words[1:]
        options = {option for parameter in command.params for option in parameter.opts} | {"--help"}
        asked = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert asked <= options, f"{name}: {line}"


def test_a_unit_added_by_the_guide_is_printed_on_its_page(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "how-to" / "add-a-unit.md").read_text(encoding="utf-8")
    table = next(body for language, body in FENCE.findall(guide) if language == "csv")
    row = next(csv.DictReader(table.splitlines()))
    tables = evidence_tables()
    for used in (*tables["indicators"], *tables["targets"]):
        if used["indicator_id"] == "test_centres":
            used["unit"] = row["unit"]
    # Invented: as if bottles had been counted.
    for year, value in (("2018", "2800"), ("2019", "12.5")):
        tables["observations"].append(observation("test_centres", "sample_city", year, value, "yearbook-2023"))
    unknown = write_evidence(tmp_path / "unknown", **tables)
    assert {problem.code for problem in check(unknown)} == {"unit_unknown"}
    folder = write_evidence(tmp_path / "known", **tables)
    (folder / "units.csv").write_text(table, encoding="utf-8")
    assert check(folder) == []
    printed = {"zh": ("2,800万瓶", "12.5万瓶"), "en": ("28 million bottles", "125,000 bottles")}
    for lang, figures in printed.items():
        made = {sheet.indicator_id: sheet for sheet in Sheets(Voice(lang, load(folder).as_of("2026-06-30")))}
        made["test_centres"].write(tmp_path / lang)
        page = (tmp_path / lang / "indicators" / "test_centres.md").read_text(encoding="utf-8")
        for figure in figures:
            assert f"| {figure} |" in page
            assert figure in guide

"""What a command advises to type next: with the evidence folder and every other option that it was given itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from published_sites import write_site

from qualitybook import cli
from qualitybook.cli.shared import command_line, with_options


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli.main, [str(argument) for argument in arguments], catch_exceptions=False)


def advised(arguments: list[str], *words: str) -> str:
    """Return what a command that is called with these arguments would advise."""
    with cli.main.make_context("qualitybook", arguments) as root:
        command = cli.main.get_command(root, arguments[0])
        assert command is not None
        with command.make_context(arguments[0], arguments[1:], parent=root):
            return command_line(*words)


@pytest.mark.parametrize(
    ("given", "words", "advice"),
    [
        (["build", "--data", "trial"], ["serve"], "serve --data trial"),
        (["build", "--output", "my site"], ["publish", "www"], "publish www --output 'my site'"),
        (["build", "--lang", "zh", "--html"], ["build", "--edition", "2025"], "build --edition 2025 --lang zh --html"),
        (["build", "--edition", "2024"], ["build", "--edition", "2025"], "build --edition 2025"),
        (["build"], ["build"], "build"),
        # A trial and a decision are for one command.
        (["publish", "www", "--dry-run", "--force"], ["publish", "www"], "publish www"),
        # The same name with another meaning.
        (["review", "2025", "--output", "lists", "--timeout", "3"], ["build"], "build"),
        (["review", "2025", "--build-dir", "made"], ["build"], "build --build-dir made"),
    ],
)
def test_options_go_along_that_mean_the_same_there(given: list[str], words: list[str], advice: str) -> None:
    assert advised(given, *words) == f"qualitybook {advice}"


def test_commands_that_a_text_quotes_are_completed() -> None:
    with cli.main.make_context("qualitybook", ["check", "--data", "trial"]) as root:
        check = cli.main.get_command(root, "check")
        assert check is not None
        with check.make_context("check", ["--data", "trial"], parent=root):
            said = with_options("say 'qualitybook intake recover' or `qualitybook verify _site`; qualitybook is read")
    assert said == "say 'qualitybook intake recover --data trial' or `qualitybook verify _site`; qualitybook is read"
    assert with_options("'qualitybook check'") == "'qualitybook check'"
    assert click.get_current_context(silent=True) is None


def test_intake_and_editions(sample_folder: Path, tmp_path: Path) -> None:
    workbook = tmp_path / "new.xlsx"
    said = run("intake", "template", workbook, "--data", sample_folder, "--missing").output
    assert said.splitlines()[-1] == f"  qualitybook intake import {workbook} --dry-run --data {sample_folder}"
    figures = tmp_path / "new.csv"
    lines = (sample_folder / "observations.csv").read_text(encoding="utf-8").splitlines()
    old = next(line for line in lines if line.startswith("service_growth,") and ",2023," in line)
    new = old.replace(",2023,", ",2025,").replace("yearbook-2024", "yearbook-2026")
    figures.write_text(f"{lines[0]}\n{new}\n", encoding="utf-8")
    said = run("intake", "import", figures, "--data", sample_folder, "--accept-doubts", "--dry-run").output
    advice = f"qualitybook intake import {figures} --accept-doubts --data {sample_folder}"
    assert said.splitlines()[-1] == f"Dry run: nothing was written. To add this: {advice}"
    said = run("intake", "import", figures, "--data", sample_folder, "--accept-doubts").output
    assert f"'qualitybook assess --data {sample_folder}'" in said
    assert f"'qualitybook edition new --data {sample_folder}'" in said
    said = run("edition", "new", "2026", "--as-of", "2027-06-30", "--data", sample_folder).output
    assert f"'qualitybook edition diff --data {sample_folder}'" in said
    assert f"'qualitybook build --data {sample_folder}'" in said
    said = run("edition", "remove", "2026", "--data", sample_folder).output
    assert said.splitlines()[-1].endswith(f": qualitybook publish DIR --withdraw 2026 --data {sample_folder}")


def test_refusals(sample_folder: Path, tmp_path: Path) -> None:
    said = run("serve", "--data", sample_folder, "--output", tmp_path / "none", "--lang", "zh").stderr
    assert f"`qualitybook build --lang zh --output {tmp_path / 'none'} --data {sample_folder}`" in said
    site = write_site(tmp_path / "site", zh2025="one")
    (site / "2025/zh/summary.html").write_text("altered", encoding="utf-8")
    said = run("publish", tmp_path / "www", "--output", site, "--data", sample_folder).stderr
    assert f"`qualitybook build --output {site} --data {sample_folder}` makes it again" in said
    assert f"`qualitybook verify {site}` lists every file" in said


def test_without_the_option_nothing_is_added(
    sample_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(sample_folder, tmp_path / "project/data")
    monkeypatch.chdir(tmp_path / "project")
    assert "  qualitybook intake import new.xlsx --dry-run\n" in run("intake", "template", "new.xlsx").output

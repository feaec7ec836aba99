"""Authored pages that no table of contents names are said to be left out. The pages are made up."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from small_project import build_here, contents, write_project

from qualitybook import cli
from qualitybook.publish.layout import Project, is_named, slips_of_contents, unnamed_pages

CONTENTS = {
    "root": "summary",
    "parts": [{"chapters": [{"file": "preface"}, {"glob": "targets/*"}, {"file": "a", "sections": [{"file": "b"}]}]}],
}
DRAFT = "# Draft\n\nText {{ of_nothing }} {cite}`nobody`\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = write_project(tmp_path / "project")
    for code in ("zh", "en"):
        (folder / "book" / code / "draft.md").write_text(DRAFT, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("page", "named"),
    [("summary", True), ("preface", True), ("b", True), ("targets/01-a", True), ("draft", False), ("targets", False)],
)
def test_a_page_is_named_by_root_file_or_glob(page: str, named: bool) -> None:
    assert is_named(page, CONTENTS) is named


def test_pages_of_the_project_and_of_the_evidence_are_named(project: Path) -> None:
    own = project / "data/book/en/letter.md"
    own.parent.mkdir(parents=True)
    own.write_text("# Letter\n", encoding="utf-8")
    found = unnamed_pages(Project(project), project / "data")
    assert [problem.file for problem in found] == [
        *((project / "book" / code / "draft.md").as_posix() for code in ("zh", "en")),
        own.as_posix(),
    ]
    assert {(problem.level, problem.code) for problem in found} == {("warning", "page_unnamed")}
    # With contents of its own the folder chooses from the project's pages.
    shutil.copy(project / "_toc.yml", project / "data/book/_toc.yml")
    assert [problem.file for problem in unnamed_pages(Project(project), project / "data")] == [own.as_posix()]


def test_files_of_a_folder_that_no_page_shows_are_named(project: Path) -> None:
    own = project / "data/book"
    shown = ("en/preface.md", "zh/parts/used.md", "_static/a.png", "zh/.hidden", "_toc.yml")
    unread = ("EN/preface.md", "en/letter.txt", "preface.md", "zh/parts/usd.md", "zh-CN/preface.md")
    shutil.rmtree(project / "book")
    for name in (*shown, *unread):
        (own / name).parent.mkdir(parents=True, exist_ok=True)
        (own / name).write_text('{% include "parts/used.md" %}', encoding="utf-8")
    shutil.copy(project / "_toc.yml", own)
    found = unnamed_pages(Project(project), project / "data")
    assert [problem.file for problem in found] == [(own / name).as_posix() for name in unread]
    assert {(problem.level, problem.code) for problem in found} == {("warning", "file_unread")}


def test_marks_that_nobody_sees_in_pages_are_named_with_their_line(project: Path) -> None:
    page = project / "data/book/en/preface.md"
    page.parent.mkdir(parents=True)
    page.write_text("\ufeff# A\tpage\n\nturned \u202e here\x0c\nand \x1b[31m there\n", encoding="utf-8")
    found = slips_of_contents(Project(project), project / "data")
    marks = [(each.row, each.found, each.level) for each in found if each.code == "mark_unseen"]
    assert marks == [
        (3, "U+000C", "warning"),
        (3, "U+202E RIGHT-TO-LEFT OVERRIDE", "warning"),
        (4, "U+001B", "warning"),
    ]


def test_what_is_no_file_among_a_folders_pages_is_named_and_not_waited_for(project: Path) -> None:
    own = project / "data/book"
    (own / "zh/how-to-read.md").mkdir(parents=True)
    (own / "en/parts").mkdir(parents=True)
    (project / "data/elsewhere").mkdir()
    (own / "_static").symlink_to("../elsewhere")
    (own / "en/bibliography.md").symlink_to("nowhere.md")
    (own / "en/parts/used.md").write_text("Used", encoding="utf-8")
    (own / "en/letter.txt").write_text("Letter", encoding="utf-8")
    os.mkfifo(own / "en/preface.md")
    shutil.copy(project / "_toc.yml", own)
    shutil.rmtree(project / "book")
    found = {Path(each.file).relative_to(own).as_posix(): each for each in unnamed_pages(Project(project), own.parent)}
    odd = {"_static", "en/bibliography.md", "en/preface.md", "zh/how-to-read.md"}
    assert {name for name, problem in found.items() if problem.found == "no plain file"} == odd
    assert found["en/letter.txt"].code == "file_unread"


def test_a_file_in_the_place_of_a_folders_pages_is_named(project: Path) -> None:
    (project / "data/book").write_text("", encoding="utf-8")
    (*_drafts, problem) = unnamed_pages(Project(project), project / "data")
    assert (problem.file, problem.found) == ((project / "data/book").as_posix(), "no plain file")


def test_check_warns_of_them(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    result = CliRunner().invoke(cli.main, ["check"])
    assert result.exit_code == 0
    remedy = "pages that _toc.yml names; name it there, or move it to book/zh/parts/"
    said = f"warning: book/zh/draft.md: found 'a page in no table of contents'; allowed: {remedy}"
    assert said in result.output.splitlines()
    found = json.loads(CliRunner().invoke(cli.main, ["check", "--format", "json"]).output)["problems"]
    assert [problem["file"] for problem in found if problem["code"] == "page_unnamed"] == [
        "book/zh/draft.md",
        "book/en/draft.md",
    ]


def test_check_of_a_folder_alone_looks_for_no_project(sample_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sample_folder)
    result = CliRunner().invoke(cli.main, ["check", "--data", str(sample_folder)])
    assert result.exit_code == 0
    assert "table of contents" not in result.output


def test_a_build_warns_of_them_and_changing_them_changes_nothing(project: Path) -> None:
    first = build_here(project, "--lang", "en", "--html")
    assert first.exit_code == 0, first.stderr
    warned = [line for line in first.stderr.splitlines() if line.startswith("warning: ")]
    assert [line.split(":")[1].strip() for line in warned] == ["book/zh/draft.md", "book/en/draft.md"]
    site = contents(project / "_site")
    assert not (project / "_site/2025/en/draft.html").exists()
    for _ in range(2):
        with (project / "book/en/draft.md").open("a", encoding="utf-8") as file:
            file.write("One more line.\n")
        again = build_here(project, "--lang", "en", "--html")
        assert again.exit_code == 0, again.stderr
        made = contents(project / "_site")
        differing = {name for name in made if made[name] != site.get(name)}
        assert (set(made), differing) == (set(site), {"manifest.json"})

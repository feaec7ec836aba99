"""Another plan, another city: no code knows the shipped one, and an evidence folder brings its own book."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from small_project import build_here, write_project
from synthetic import PATHS, write_evidence

from qualitybook import assess, cli, load
from qualitybook.evidence.check import check
from qualitybook.evidence.editions import write_starter
from qualitybook.publish.layout import Project

ROOT = Path(__file__).parents[1]
CODE = sorted(path for folder in ("src", "notebooks") for path in (ROOT / folder).rglob("*") if path.is_file())
SUFFIXES = {".py", ".ipynb", ".po", ".toml", ".typ", ".html", ".css", ".js", ".json"}
NATIONAL = ROOT / "examples" / "china-2023"
# What the nation's and the continents' names stand for in code is not the plan's place: a language, the sheet of fonts.
GENERAL_LEVELS = {"nation", "area"}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli.main, [str(argument) for argument in arguments], catch_exceptions=False)


def rows_of(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / PATHS[table]).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def shipped_names() -> set[str]:
    """Return the names and keys of the provinces, cities and districts that the shipped evidence knows."""
    places = [row for row in rows_of(ROOT / "data", "regions") if row["level"] not in GENERAL_LEVELS]
    names = {row[key] for row in places for key in ("name_zh", "name_en", "region_id")}
    return names | {re.sub(r"[省市区]$", "", row["name_zh"]) for row in places}


def test_no_place_of_the_shipped_evidence_is_named_in_the_code() -> None:
    names = shipped_names()
    assert {"广州", "Guangzhou", "guangdong"} <= names
    pattern = re.compile("|".join(re.escape(name) for name in sorted(names, key=len, reverse=True) if len(name) > 1))
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in CODE
        if path.suffix in SUFFIXES
        for match in pattern.finditer(without_examples(path))
    ]
    assert found == []


def without_examples(path: Path) -> str:
    """Return a file without the examples in docstrings, which read the shipped evidence."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if path.suffix != ".py":
        return "\n".join(lines)
    return "\n".join(line for line in lines if not line.lstrip().startswith((">>> ", "'Guangdong'")))


def test_the_national_example_is_sound() -> None:
    assert [str(problem) for problem in check(NATIONAL)] == []


@pytest.mark.parametrize(
    "table",
    ["observations", "indicators", "sources", "regions", "publishers", "locators", "category_groups", "peer_targets"],
)
def test_the_national_example_holds_published_rows_only(table: str) -> None:
    """Every row is one of data/; where data/ was corrected, run tools/national_example.py."""
    known = {tuple(row.items()) for row in rows_of(ROOT / "data", table)}
    copied = rows_of(NATIONAL, table)
    assert copied
    assert [row for row in copied if tuple(row.items()) not in known] == []


def test_the_national_goals_are_those_published() -> None:
    published = {
        row["indicator_id"]: (row["rule"], row["value"], row["unit"], row["target_year"], row["source_id"])
        for row in rows_of(ROOT / "data", "peer_targets")
        if row["region_id"] == "china" and row["source_id"] == "quality-outline-2023" and row["value"]
    }
    goals = {
        row["indicator_id"]: (row["rule"], row["value"], row["unit"], row["target_year"], row["source_id"])
        for row in rows_of(NATIONAL, "targets")
    }
    assert goals == published
    assert sorted(float(value) for _, value, *_ in goals.values()) == [86, 94, 98, 98]


def test_every_national_goal_has_figures_of_its_own() -> None:
    verdicts = assess(NATIONAL)
    assert (verdicts["n"] > 0).all()


def test_a_new_folder_passes_the_checks_and_is_judged(tmp_path: Path) -> None:
    result = run("init", tmp_path / "city")
    assert result.exit_code == 0
    assert f"qualitybook build --data {(tmp_path / 'city').as_posix()}" in result.output
    assert [str(problem) for problem in check(tmp_path / "city")] == []
    assert assess(tmp_path / "city")["state"].tolist() == ["cannot_judge"]


def test_what_a_new_folder_holds_is_marked_as_an_example(tmp_path: Path) -> None:
    write_starter(tmp_path, date(2030, 5, 1))
    catalog = load(tmp_path)
    assert catalog.edition("2030").as_of == date(2030, 5, 1)
    (figure,) = catalog.observations.to_dict("records")
    assert "示例" in figure["note_zh"]
    assert "invented example" in figure["note_en"]
    assert catalog.sources["title"].str.contains("请替换").all()
    assert (catalog.sources["url"] == "").all()
    assert catalog.targets["statement_en"].str.contains("replace").all()


def test_a_folder_in_use_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    result = run("init", tmp_path)
    assert result.exit_code == 2
    assert "is not empty" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    result = run("init", tmp_path / "file" / "city")
    assert result.exit_code == 2
    assert "file" in result.stderr


def test_books_of_other_folders_have_sites_of_their_own(tmp_path: Path) -> None:
    project = Project(tmp_path)
    assert project.site_folder(tmp_path / "data", "my-book") == Path("_site")
    assert project.site_folder(tmp_path / "other", "my-book") == Path("_site-my-book")
    assert project.build_folder(tmp_path / "other", "my-book") == Path("_build-my-book")


@pytest.fixture(scope="module")
def other_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The English website of a second folder, which brings pages, a static file and contents of its own."""
    folder = write_project(tmp_path_factory.mktemp("project"))
    write_evidence(folder / "city")
    own = folder / "city" / "book"
    pages = {"en/preface.md": "# Own preface\n\n{{ city }}\n", "en/harvest.md": "# Harvest\n\nA page of its own.\n"}
    for name, text in {**pages, "en/parts/note.md": "An own part.\n", "_static/own.txt": "own"}.items():
        (own / name).parent.mkdir(parents=True, exist_ok=True)
        (own / name).write_text(text, encoding="utf-8")
    contents = (folder / "_toc.yml").read_text(encoding="utf-8")
    (own / "_toc.yml").write_text(
        contents.replace("- file: preface", "- file: preface\n      - file: harvest"), "utf-8"
    )
    built = build_here(folder, "--data", "city", "--lang", "en", "--html")
    assert built.exit_code == 0, built.stderr
    assert built.stdout == "Site: _site-sample-book/index.html\n"
    note = "No address in book.toml: the site has no sitemap.xml, and its page for lost addresses no link."
    assert built.stderr.splitlines()[-1] == note
    return folder / "_site-sample-book" / "2025" / "en"


def test_own_pages_go_over_the_projects(other_site: Path) -> None:
    assert "Own preface" in (other_site / "preface.html").read_text(encoding="utf-8")
    assert "An own part." in (other_site / "how-to-read.html").read_text(encoding="utf-8")
    assert (other_site / "bibliography.html").is_file()


def test_own_contents_and_files_are_used(other_site: Path) -> None:
    assert "A page of its own." in (other_site / "harvest.html").read_text(encoding="utf-8")
    assert 'href="harvest.html"' in (other_site / "preface.html").read_text(encoding="utf-8")


def test_the_site_of_the_projects_own_evidence_is_not_touched(other_site: Path) -> None:
    assert not (other_site.parents[2] / "_site").exists()


@pytest.mark.book
def test_a_new_folder_builds_with_the_real_pages(tmp_path: Path) -> None:
    write_starter(tmp_path / "city", date(2030, 5, 1))
    options = ("--root", str(ROOT), "--data", "city", "--lang", "en", "--html")
    built = build_here(tmp_path, *options)
    assert built.exit_code == 0, built.stderr
    page = (tmp_path / "_site-example-book/2030/en/targets/01-example.html").read_text(encoding="utf-8")
    assert "an example pass rate of 60% or more" in page
    assert "cannot be judged" in page
    site = tmp_path / "_site-example-book"
    offered = [path for folder in ("2030", "_shared") for path in (site / folder).rglob("*.csv")]
    assert any("_shared" in path.parts for path in offered)
    assert [path for path in offered if not path.read_bytes().startswith(b"\xef\xbb\xbf")] == []

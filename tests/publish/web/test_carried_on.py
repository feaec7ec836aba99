"""Builds that carry on from a former one: the bytes of a build from nothing, and no more work than needed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from sample_book import write_source

from qualitybook.errors import QualitybookError
from qualitybook.publish.cache import digests_of_files
from qualitybook.publish.compile import DOCTREES, Kept, begin_forms
from qualitybook.publish.forms import WEBSITE

EPOCH = 1_763_769_600
HOW_TO_READ = "how-to-read.md"
INDICATOR = "---\norphan: true\n---\n\n# Indicator {}\n\nWhat it is {{cite}}`first-2024`.\n"


def build_website(source: Path, out: Path) -> Path:
    """Make the website of a book, which leaves nothing to Typst, and return it."""
    with ExitStack() as held:
        assert begin_forms({WEBSITE: out}, source, EPOCH, held) == {}
    return out


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a Jupyter Book of invented figures and its website."""
    folder = tmp_path_factory.mktemp("carried-on")
    write_source(folder / "source", "zh")
    series = folder / "source/series/targets"
    series.mkdir(parents=True)
    (series / "01-index.csv").write_text("year,value\n2023,1\n", encoding="utf-8")
    (folder / "source/figures/spare.svg").write_bytes((folder / "source/figures/02-food-1.svg").read_bytes())
    for sub in ("series/indicators", "indicators"):
        (folder / "source" / sub).mkdir()
    for name in ("first", "second", "third"):
        (folder / f"source/series/indicators/{name}.csv").write_text("year,value\n2023,1\n", encoding="utf-8")
        (folder / f"source/indicators/{name}.md").write_text(INDICATOR.format(name), encoding="utf-8")
    (folder / "source/keywords.json").write_text('{"methods": ["zebra"]}', encoding="utf-8")
    build_website(folder / "source", folder / "html")
    return folder


def replaced(path: Path, old: str, new: str) -> None:
    """Replace a text that is in a file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def change_text(source: Path) -> None:
    replaced(source / HOW_TO_READ, "只有界值", "只有上下界")


def change_picture(source: Path) -> None:
    replaced(source / "figures/02-food-1.svg", "#eef", "#fee")


def show_another_picture(source: Path) -> None:
    replaced(source / "targets/02-food.ipynb", "figures/02-food-1.svg", "figures/spare.svg")


def change_series(source: Path) -> None:
    replaced(source / "series/targets/01-index.csv", "2023,1", "2023,2")


def change_name(source: Path) -> None:
    replaced(source / "keywords.json", "zebra", "gazelle")


def cite(source: Path) -> None:
    replaced(source / HOW_TO_READ, "草案目标。", "草案目标{cite}`second-2023`。")


def change_indicator(source: Path) -> None:
    replaced(source / "indicators/second.md", "What it is", "What it was")


def cite_on_an_indicators_page(source: Path) -> None:
    replaced(source / "indicators/third.md", "first-2024", "second-2023")


def change_the_title_of_an_indicator(source: Path) -> None:
    replaced(source / "indicators/third.md", "Indicator third", "Third")


def change_title(source: Path) -> None:
    replaced(source / HOW_TO_READ, "# 怎样读本书", "# 读法")


def change_settings(source: Path) -> None:
    replaced(source / "_config.yml", "示例书", "另一本书")


def change_what_no_page_shows(source: Path) -> None:
    replaced(source / "figures/spare.svg", "#eef", "#efe")


FEW: dict[Callable[[Path], None], set[str]] = {
    change_text: {"how-to-read"},
    change_picture: {"targets/02-food"},
    show_another_picture: {"targets/02-food"},
    change_series: {"targets/01-index"},
    change_name: {"methods"},
    cite: {"how-to-read", "bibliography"},
    change_indicator: {"indicators/second"},
    cite_on_an_indicators_page: {"indicators/third", "bibliography"},
}
NONE: dict[Callable[[Path], None], set[str]] = {change_what_no_page_shows: set()}
"""Changes, and the pages that are written again besides the first page and the search page, which always are."""


ALWAYS = {"summary", "search", "index", "indicators/first"}
"""Written in every build: the first page, the search page, and the page that others are filled in like; the index only
leads to the first page."""
UNTOUCHED = {
    change_the_title_of_an_indicator: {"indicators/second"},
    change_title: {"indicators/second", "indicators/third"},
}
"""What is filled in is written only where it has changed; its contents list one part of the book."""


def written(folder: Path) -> dict[str, int]:
    """Return when each page was written."""
    pages = [path.relative_to(folder) for path in folder.rglob("*.html") if "_static" not in path.parts]
    return {page.with_suffix("").as_posix(): (folder / page).stat().st_mtime_ns for page in pages}


@pytest.mark.parametrize(
    "changes",
    [[*FEW], [change_title], [change_settings], [change_the_title_of_an_indicator], [*NONE]],
    ids=["single", "title", "settings", "title of an indicator", "nothing shown"],
)
def test_a_carried_on_website_has_the_bytes_of_one_from_nothing(
    first: Path, tmp_path: Path, changes: list[Callable[[Path], None]]
) -> None:
    """The former build is put back where it was made: Sphinx knows its pages by their place."""
    source = first / "source"
    shutil.copytree(first, tmp_path / "spare")
    try:
        before = written(first / "html")
        for change in changes:
            change(source)
        here = build_website(source, first / "html")
        after = written(here)
        there = build_website(source, tmp_path / "html")
        assert digests_of_files(here) == digests_of_files(there)
        again = {page for page in after if after[page] != before[page]}
        expected = set().union(*((FEW | NONE).get(change, set(before)) for change in changes))
        spared = UNTOUCHED.get(changes[0], set())
        assert again - ALWAYS == expected - ALWAYS - spared
    finally:
        shutil.rmtree(first)
        shutil.copytree(tmp_path / "spare", first)


def test_a_build_that_fails_keeps_nothing_and_the_next_one_starts_afresh(first: Path) -> None:
    source = first / "source"
    good = (source / HOW_TO_READ).read_bytes()
    before = digests_of_files(first / "html")
    (source / HOW_TO_READ).write_text("# 读法\n\n{cite}`nobody`\n", encoding="utf-8")
    with pytest.raises(QualitybookError, match="nobody"):
        build_website(source, first / "html")
    assert digests_of_files(first / "html") == before
    assert not (first / "html.kept").exists()
    (source / HOW_TO_READ).write_bytes(good)
    build_website(source, first / "html")
    assert digests_of_files(first / "html") == before


@pytest.fixture
def kept(tmp_path: Path) -> Callable[[], Kept]:
    """Return a way to look at what is kept of a book of plain files."""
    source, form = tmp_path / "source", tmp_path / "html"
    for path, text in {
        "_config.yml": "a",
        "page.md": "b",
        "figures/f.svg": "c",
        "series/page.csv": "d",
        "derived.csv": "e",
    }.items():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_text(text, encoding="utf-8")
    form.mkdir()
    (form / "page.html").write_text("made", encoding="utf-8")
    (tmp_path / "work" / DOCTREES).mkdir(parents=True)
    (tmp_path / "work" / DOCTREES / "page.doctree").write_text("read", encoding="utf-8")

    def look() -> Kept:
        return Kept(source, digests_of_files(source), form, EPOCH, is_carried_on=True)

    look().take(tmp_path / "work")
    return look


def lent(kept: Kept, folder: Path) -> list[str]:
    """Return what a build gets to carry on from."""
    kept.lend(folder, "html")
    return sorted(digests_of_files(folder))


@pytest.mark.parametrize("changed", ["page.md", "figures/f.svg", "series/page.csv", "derived.csv"])
def test_what_single_pages_are_made_from_may_change(kept: Callable[[], Kept], tmp_path: Path, changed: str) -> None:
    (tmp_path / "source" / changed).write_text("changed", encoding="utf-8")
    assert lent(kept(), tmp_path / "new") == [f"{DOCTREES}/page.doctree", "html/page.html"]


@pytest.mark.parametrize(
    "changed",
    [
        "source/_config.yml",
        "source/another.md",
        "source/figures/another.svg",
        "html/page.html",
        "html/another.html",
        f"html.kept/{DOCTREES}/page.doctree",
        "html.kept/basis.json",
    ],
)
def test_where_anything_else_has_changed_nothing_is_lent(
    kept: Callable[[], Kept], tmp_path: Path, changed: str
) -> None:
    (tmp_path / changed).write_text("changed", encoding="utf-8")
    assert lent(kept(), tmp_path / "new") == []

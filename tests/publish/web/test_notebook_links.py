"""The notebooks that pages offer stand alone: read, converted by nbconvert and by pandoc, nothing is lost."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import docx
import nbformat
import pypandoc
import pytest
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt
from nbconvert import HTMLExporter
from sample_book import SampleBook

from qualitybook.publish.web import notebooks
from qualitybook.publish.web.notebooks import _Text
from qualitybook.report import markdown
from qualitybook.report.i18n import LANGUAGES, Words
from qualitybook.report.review import statements


@pytest.fixture(scope="module", params=list(LANGUAGES))
def offered(request: pytest.FixtureRequest, book: SampleBook) -> Path:
    (path,) = (book.root / "2025" / request.param).rglob("01-index.ipynb")
    return path


def outputs(path: Path) -> list[dict[str, Any]]:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return [output.data for cell in notebook.cells for output in cell.get("outputs", [])]


def test_every_result_has_plain_text_and_nothing_of_the_book_s_own_markup(offered: Path) -> None:
    found = outputs(offered)
    assert len(found) > 2
    assert all(data["text/plain"].strip() for data in found)
    shown = offered.read_text(encoding="utf-8")
    assert not re.search(r":::|\{[a-z:-]+\}`|\(/figures/", shown)
    assert sum("image/svg+xml" in data for data in found) == 1


def test_a_raw_cell_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "page.ipynb"
    cells = [nbformat.v4.new_raw_cell("raw {word}`s`"), nbformat.v4.new_code_cell("1")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    monkeypatch.setattr(notebooks, "_sources", lambda env: {})
    monkeypatch.setattr(notebooks, "words_of", lambda config: Words("en"))
    made = nbformat.reads(notebooks.stand_alone(path, SimpleNamespace(config=None, srcdir=tmp_path)), as_version=4)
    assert [(cell.cell_type, cell.source) for cell in made.cells] == [("raw", "raw {word}`s`"), ("code", "1")]


def test_citations_are_numbers_that_a_list_explains(offered: Path) -> None:
    last = nbformat.read(offered, as_version=4).cells[-1].source
    listed = dict(re.findall(r"^- \[(\d+)\] (.+)$", last, re.MULTILINE))
    said = " ".join(data.get("text/markdown", "") for data in outputs(offered))
    used = {number for group in re.findall(r"\\\[([\d, ]+)\\\]", said) for number in group.split(", ")}
    assert used
    assert set(listed) == used


def test_nbconvert_and_pandoc_lose_no_result(offered: Path, tmp_path: Path) -> None:
    html, _ = HTMLExporter().from_filename(str(offered))
    word = tmp_path / "page.docx"
    command = [pypandoc.get_pandoc_path(), str(offered), "-o", str(word)]
    subprocess.run(command, check=True, capture_output=True)
    document = docx.Document(str(word))
    read = " ".join(paragraph.text for paragraph in document.paragraphs)
    for data in outputs(offered):
        if "text/markdown" in data:
            assert set(re.findall(r"\w+", data["text/plain"])) <= set(re.findall(r"\w+", read))
            numbers = set(re.findall(r"\d+(?:\.\d+)?", data["text/plain"]))
            assert numbers <= set(re.findall(r"\d+(?:\.\d+)?", html))
    pictures = sum("image/svg+xml" in data for data in outputs(offered))
    assert html.count("data:image/svg+xml") + html.count("<svg") >= pictures == 1
    assert len([part for part in document.part.package.parts if "/media/" in part.partname]) == pictures


SIGNS = "a `b` ``c`` <d> [e](f) {g}`h` &lt; |"


def test_no_sign_of_a_text_becomes_markup() -> None:
    page = markdown.link(markdown.escape(SIGNS), "indicators/goods")
    assert _Text({}, Words("en")).readable(page) == markdown.escape(SIGNS)
    table = markdown.plain_table(["A", "B"], [["1", page], ["2", markdown.escape(SIGNS)]])
    assert notebooks._plain(_Text({}, Words("en")).readable(table)).splitlines()[1:] == [f"1 | {SIGNS}", f"2 | {SIGNS}"]
    (listed,) = statements("Page", [f"2 {page}"])
    assert listed.text == f"2 {SIGNS}"
    cell = notebooks._list_of([("1", f"{SIGNS} https://example.org/?a=1&b=2")], Words("en"))
    shown = BeautifulSoup(MarkdownIt("commonmark").render(cell["source"]), "html.parser")
    assert shown.li.get_text() == f"[1] {SIGNS} https://example.org/?a=1&b=2"
    assert shown.a is None


def test_what_code_writes_is_read_without_directives() -> None:
    text = _Text({"one": "7", "two": "12"}, Words("en"))
    table = markdown.table(["Name", "Figure"], [[markdown.escape("a*b"), "1"]], caption="Figures", name="tbl-x-1")
    links = markdown.container(f"{markdown.WEB_ONLY} downloads", "{download}`SVG </figures/x.svg>`")
    box = markdown.admonition("important", "It is so {cite}`one,two`.", title="Verdict: *met*")
    page = markdown.link(markdown.escape("Goods [x]"), "indicators/goods")
    read = text.readable(f"{table}\n{links}\n{box}\n{page}")
    assert read.splitlines()[0] == "**Figures**"
    assert r"| a\*b | 1 |" in read
    assert "**Verdict: met**" in read
    assert r"It is so \[7, 12\]." in read
    assert read.endswith(r"Goods \[x\]")
    assert "download" not in read

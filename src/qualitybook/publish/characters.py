"""Characters that no typeface of the book can draw, found in its texts before any page is made.

Texts of the tables and titles stand in figures and in the PDF, authored pages in the PDF: what can be drawn differs.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from qualitybook.errors import EvidenceError, Problem
from qualitybook.evidence.check import read_folder
from qualitybook.evidence.reading import RawTable
from qualitybook.evidence.schema import SETTINGS_NAME as SETTINGS
from qualitybook.evidence.schema import settings_line, settings_text
from qualitybook.publish.layout import AUTHORED, Project
from qualitybook.report import faces

_ALLOWED = (
    "characters that the fonts of the book have; no font of the book has {character}: write it in another way, "
    "a rare Chinese character by its parts (⿱土口)"
)
_CODE = "character_without_glyph"
_PAGES = (".md", ".yml")
_LINE_BREAKS = frozenset("\n\r\t")


def undrawable(folder: Path, raw: Mapping[str, RawTable], project: Project | None = None) -> list[Problem]:
    """Return the characters in a book's texts, a project's authored pages included, that cannot be drawn.

    There is an error for each place.
    """
    problems = [problem for table in raw.values() for problem in _of_table(table)]
    problems += _of_settings(folder)
    problems += _of_pages(folder / AUTHORED, AUTHORED)
    if project is not None:
        problems += _of_pages(project.root / AUTHORED, (project.root / AUTHORED).as_posix())
    return problems


def refuse_undrawable(folder: Path, project: Project) -> None:
    """Refuse a book with characters that cannot be drawn: name file, line, column and character of each."""
    if problems := undrawable(folder, read_folder(folder), project):
        raise EvidenceError(problems)


def lacking_everywhere(text: str) -> frozenset[str]:
    """Return the characters of a text that cannot be drawn in a figure or in print."""
    asked = frozenset(text) - _LINE_BREAKS
    rare = faces.lacking(asked, faces.SANS)
    return faces.lacking(rare, (faces.symbols(),)) | lacking_in_print("".join(rare))


def lacking_in_print(text: str) -> frozenset[str]:
    """Return the characters of a text that the PDF cannot show."""
    rare = faces.lacking(frozenset(text) - _LINE_BREAKS, (*faces.SANS, *faces.SERIF))
    if not rare:
        return frozenset()
    from qualitybook.publish.typst.text import missing_glyphs

    return frozenset(missing_glyphs(rare))


def _of_table(table: RawTable) -> Iterator[Problem]:
    """Yield the characters of a table's cells that cannot be drawn."""
    lacking = lacking_everywhere("".join("".join(cells) for cells in table.cells.values()))
    if not lacking:
        return
    for place, line in enumerate(table.lines):
        for name, cells in table.cells.items():
            for character in _found(cells[place], lacking):
                yield _problem(table.table.path, line, name, character)


def _of_settings(folder: Path) -> Iterator[Problem]:
    """Yield the characters of the book's titles that cannot be drawn; what else is wrong there is found elsewhere."""
    try:
        written = settings_text(folder)
        settings = tomllib.loads(written)
    except (OSError, ValueError, RecursionError):
        return
    for key, text in _texts(settings):
        for character in _found(text, lacking_everywhere(text)):
            yield _problem(SETTINGS, settings_line(written, key), key, character)


def _texts(values: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _texts(value, f"{above}{key}.")
        elif isinstance(value, str):
            yield f"{above}{key}", value


def _of_pages(folder: Path, shown: str) -> Iterator[Problem]:
    """Yield the characters of authored pages that the PDF cannot show, line by line."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix in _PAGES and path.is_file())
    texts = {path: path.read_text(encoding="utf-8", errors="replace") for path in paths}
    lacking = lacking_in_print("".join(texts.values()))
    if not lacking:
        return
    for path, text in texts.items():
        for number, line in enumerate(text.splitlines(), start=1):
            for character in _found(line, lacking):
                yield _problem(f"{shown}/{path.relative_to(folder).as_posix()}", number, "", character)


def _found(text: str, lacking: Iterable[str]) -> list[str]:
    """Return the characters of a text that are lacking, each once, in its order."""
    return [character for character in dict.fromkeys(text) if character in frozenset(lacking)]


def _problem(file: str, line: int, column: str, character: str) -> Problem:
    point = f"U+{ord(character):04X}"
    named = f"{character} {point}"
    if not unicodedata.name(character, "CJK").startswith("CJK"):
        named += f" {unicodedata.name(character)}"
    # A control character may move the cursor of a terminal, or end the line of a message.
    shown = point if unicodedata.category(character) == "Cc" else character
    return Problem(file, line, column, named, _ALLOWED.format(character=shown), _CODE)

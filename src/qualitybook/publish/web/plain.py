"""The Markdown of an indicator's page, read without Sphinx: only what the code writes there, and nothing more.

Whatever else a page holds is refused, so that Sphinx reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from docutils.nodes import fully_normalize_name, make_id

from qualitybook.report.markdown import LINE_START, PAGE_ROLE, unescape


class NotUnderstoodError(Exception):
    """A page with something that is not read here."""


@dataclass(frozen=True)
class Run:
    """A run of text of one kind."""

    kind: str
    """``text``, ``strong``, ``cite`` (the text is a source's key) or ``page`` (a link)."""
    text: str
    target: str = ""
    """The id of a citation, the page of a link."""


@dataclass(frozen=True)
class Title:
    """A heading, which begins a section."""

    level: int
    runs: list[Run]
    place: str
    """Its id."""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph."""

    runs: list[Run]


@dataclass(frozen=True)
class Bullets:
    """A list of lines."""

    items: list[list[Run]]


@dataclass(frozen=True)
class Figure:
    """A picture with its caption."""

    name: str
    place: str
    path: str
    """From the book's root, without the first slash."""
    alt: str
    title: list[Run]


@dataclass(frozen=True)
class Table:
    """A table; the first row is its head."""

    name: str
    place: str
    title: list[Run]
    rows: list[list[list[Run]]]
    aligns: list[str]


Block = Title | Paragraph | Bullets | Figure | Table


@dataclass(frozen=True)
class Content:
    """What a page says."""

    blocks: list[Block]
    cited: list[tuple[str, str]]
    """Id and key of each citation."""

    @property
    def titles(self) -> list[Title]:
        """The headings."""
        return [block for block in self.blocks if isinstance(block, Title)]


_HEAD = "---\norphan: true\n---\n\n"
_BLOCK = re.compile(
    r"""
      (?P<marks>\#{1,2})[ ](?P<heading>.+)(?=\n\n)
    | :::\{figure-md\}[ ](?P<figure>[\w-]+)\n\n
      !\[(?P<alt>.*)\]\(/(?P<path>figures/[\w.-]+\.svg)\)\n\n(?P<caption>.+)\n:::
    | :::\{table\}[ ](?P<title>.+)\n:name:[ ](?P<table>[\w-]+)\n\n(?P<rows>(?:\|.+\|\n){2,}):::
    | (?P<bullets>-[ ].+(?:\n-[ ].+)*)
    | (?P<paragraph>[^\s:].*)
    """,
    re.VERBOSE | re.ASCII,
)
_BETWEEN = re.compile(r"\n\n+|\n?\Z")
_RUN = re.compile(
    r"""
      (?P<text>(?:\\[!-/:-@\[-`{-~] | [^\\`*_{}\[\]<>\#|$~^@!&])+)
    | \*\*(?P<strong>\w(?:[\w\ ]*\w)?)\*\*
    | \{cite\}`(?P<cite>[A-Za-z0-9][A-Za-z0-9._:-]*)`
    | \{PAGE\}(?P<ticks>`+)(?!`)(?P<page>.+?)\ </(?P<target>[\w/-]+)>(?P=ticks)(?!`)
    """.replace("PAGE", PAGE_ROLE),
    re.VERBOSE,
)
_CELL = re.compile(r"(?<!\\)\|")
_RULES = {":--": "left", "--:": "right", ":-:": "center"}


class _Reader:
    """Reads one page, and gives ids in its order as docutils gives them."""

    def __init__(self) -> None:
        self.cited: list[tuple[str, str]] = []
        self._given: set[str] = set()
        self._last = 0

    def _named(self, name: str) -> str:
        """Return the id of what has a name, which may be none of its letters."""
        place = make_id(name)
        if not place or place in self._given:
            return self._next()
        self._given.add(place)
        return place

    def _next(self) -> str:
        """Return the id of what has no name."""
        while True:
            self._last += 1
            place = f"id{self._last}"
            if place not in self._given:
                self._given.add(place)
                return place

    def blocks(self, text: str) -> Iterator[Block]:
        """Yield the blocks of a text."""
        end = 0
        while end < len(text):
            found = _BLOCK.match(text, end)
            between = _BETWEEN.match(text, found.end()) if found else None
            if found is None or between is None:
                raise NotUnderstoodError(text[end : end + 80])
            yield self._block(found)
            end = between.end()

    def _block(self, found: re.Match[str]) -> Block:
        if found["heading"]:
            runs = self._runs(found["heading"])
            name = fully_normalize_name(" ".join(run.text for run in runs))
            return Title(len(found["marks"]), runs, self._named(name))
        if found["figure"]:
            caption = self._runs(found["caption"])
            alt = "".join(run.text for run in self._runs(found["alt"]))
            return Figure(found["figure"], self._named(found["figure"]), found["path"], alt, caption)
        if found["table"]:
            return self._table(found)
        if found["bullets"]:
            return Bullets([self._runs(line[2:]) for line in found["bullets"].split("\n")])
        return Paragraph(self._runs(found["paragraph"]))

    def _table(self, found: re.Match[str]) -> Table:
        title = self._runs(found["title"])
        head, rule, *lines = ([cell.strip() for cell in _CELL.split(row)[1:-1]] for row in found["rows"].splitlines())
        rows = [[self._runs(cell) if cell else [] for cell in row] for row in (head, *lines)]
        if any(len(row) != len(rule) for row in rows) or not set(rule) <= set(_RULES):
            raise NotUnderstoodError(found["rows"])
        return Table(found["table"], self._named(found["table"]), title, rows, [_RULES[mark] for mark in rule])

    def _runs(self, text: str) -> list[Run]:
        """Return the runs of a line."""
        if LINE_START.match(text):
            raise NotUnderstoodError(text)
        runs, end = [], 0
        while end < len(text):
            found = _RUN.match(text, end)
            if found is None:
                raise NotUnderstoodError(text)
            runs.append(self._run(found))
            end = found.end()
        return runs

    def _run(self, found: re.Match[str]) -> Run:
        kind = found.lastgroup
        if found["cite"]:
            self.cited.append((self._next(), found["cite"]))
            return Run("cite", found["cite"], self.cited[-1][0])
        if kind == "target":
            return Run("page", unescape(found["page"]), found["target"])
        assert kind is not None
        return Run(kind, unescape(found[kind]))


def read(text: str) -> Content:
    """Return what a page says; raise NotUnderstoodError if it holds something that is not read here."""
    if not text.startswith(_HEAD):
        raise NotUnderstoodError(text[:80])
    reader = _Reader()
    content = Content(list(reader.blocks(text.removeprefix(_HEAD))), reader.cited)
    levels = [title.level for title in content.titles]
    if levels[:1] != [1] or 1 in levels[1:] or content.blocks[0] is not content.titles[0]:
        raise NotUnderstoodError(text[:80])
    if any([run.kind for run in title.runs] != ["text"] for title in content.titles):
        raise NotUnderstoodError(text[:80])
    return content

"""MyST Markdown written by code: tables, figures, admonitions, and text from the data made harmless."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

PAGE_ROLE = "page"
"""Role of a reference to a page, defined by `qualitybook.publish.web.text`."""
WEB_ONLY = "web-only"
"""Class of a container that the PDF leaves out."""
FOLD = "fold"
"""Class of a container that the website folds."""

Item = TypeVar("Item")

# All but the one at which no line ends.
_BLANKS = re.compile(r"[^\S\N{NO-BREAK SPACE}]+")
# Markup wherever it stands; "&" begins an entity.
_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|$~^@!&]")
# Markup at the beginning of a line only: lists, rules, definitions, fences, remarks and labels of MyST.
LINE_START = re.compile(r"^(?:(\d{1,9})(?=[.)](?: |$))|(?=[-+](?: |$|[-+]))|(?=[:%=])|(?=\([^()]+\)=$))")
_CITATION = re.compile(r"\{cite(?::[a-z]+)?\}`([^`]+)`")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def escape(text: object) -> str:
    """Return text from the data so that Markdown, HTML, MyST roles and tables show it as it is, on one line."""
    line = _BLANKS.sub(" ", str(text)).strip()
    return LINE_START.sub(r"\1\\", _SPECIAL.sub(r"\\\g<0>", line))


def unescape(text: str) -> str:
    """Return escaped text as it was, for where it is not read as Markdown."""
    return _ESCAPED.sub(r"\1", text)


def cite(source_ids: Iterable[str]) -> str:
    """Return the citation of one or several sources, empty for none."""
    keys = list(dict.fromkeys(source_ids))
    return f"{{cite}}`{','.join(keys)}`" if keys else ""


def cited(text: str) -> list[str]:
    """Return the keys of the sources that a text cites, each once, in its order."""
    keys = (key.strip() for match in _CITATION.finditer(text) for key in match[1].split(","))
    return list(dict.fromkeys(keys))


def without_citations(text: str) -> str:
    """Return a text without its citations and the space before them."""
    return re.sub(rf"\s*{_CITATION.pattern}", "", text)


def link(text: str, docname: str) -> str:
    """Return a reference to another page of the book; `text` is escaped, with no markup of its own."""
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{{{PAGE_ROLE}}}{ticks}{text} </{docname}>{ticks}"


def download(text: str, path: str) -> str:
    """Return a link that hands out a file of the book, named from the book's root (``/figures/a.csv``)."""
    return f"{{download}}`{text} <{path}>`"


def table(
    header: Sequence[str], rows: Iterable[Sequence[str]], *, caption: str, name: str, align: str | None = None
) -> str:
    """Return a captioned table; `align` has one letter a column, ``l``, ``r`` or ``c``; all left by default."""
    return _directive("table", plain_table(header, rows, align), argument=caption, options={"name": name})


@dataclass(frozen=True)
class Column(Generic[Item]):
    """A column of a table of items."""

    title: str
    cell: Callable[[Item], str]
    """What it says of an item, finished Markdown."""
    align: str = "l"
    """``l``, ``r`` or ``c``."""


def spread(columns: Sequence[Column[Item]], items: Iterable[Item]) -> tuple[list[str], list[list[str]], str]:
    """Return header, rows and alignment of a table of items, as `table` and `plain_table` take them."""
    rows = [[column.cell(item) for column in columns] for item in items]
    return [column.title for column in columns], rows, "".join(column.align for column in columns)


def plain_table(header: Sequence[str], rows: Iterable[Sequence[str]], align: str | None = None) -> str:
    """Return a table without caption, as every Markdown reader knows it; the parameters are those of `table`."""
    marks = {"l": ":--", "r": "--:", "c": ":-:"}
    rule = [marks[letter] for letter in (align or "l" * len(header))]
    return "\n".join([_row(header), _row(rule), *(_row(row) for row in rows)])


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell or " " for cell in cells) + " |"


def figure(path: str, *, alt: str, caption: str, name: str) -> str:
    """Return a captioned figure with alternative text."""
    return _directive("figure-md", f"{image(path, alt)}\n\n{caption}", argument=name)


def admonition(kind: str, body: str, title: str | None = None) -> str:
    """Return an admonition: ``note``, ``important``, ``warning`` or ``tip``, or with a title of its own."""
    if title is None:
        return _directive(kind, body)
    return _directive("admonition", body, argument=title, options={"class": kind})


def _directive(name: str, body: str, *, argument: str = "", options: dict[str, str] | None = None) -> str:
    """Return a MyST directive in a colon fence that is longer than any fence in its body."""
    inner = max((len(mark) for mark in re.findall(r"^:{3,}", body, flags=re.MULTILINE)), default=2)
    fence = ":" * max(3, inner + 1)
    settings = "".join(f":{key}: {value}\n" for key, value in (options or {}).items())
    head = f"{fence}{{{name}}} {argument}".rstrip()
    return f"{head}\n{settings}\n{body}\n{fence}\n"


def container(classes: str, body: str) -> str:
    """Return a box without a look of its own; its classes (see `WEB_ONLY`) say what becomes of it."""
    return _directive("container", body, argument=classes)


def fold(summary: str, body: str) -> str:
    """Return a part of a page that the website folds under a line, and print shows whole."""
    return container(FOLD, f"{container(WEB_ONLY, summary)}\n{body}")


def image(path: str, alt: str) -> str:
    """Return a picture without a caption; `alt` is plain text, which readers hear as it is written."""
    return f"![{escape(alt)}]({path})"


def bullets(items: Iterable[str]) -> str:
    """Return a bullet list."""
    return "\n".join(f"- {item}" for item in items) + "\n"


def paragraphs(*parts: str) -> str:
    """Return the non-empty parts as paragraphs of their own."""
    return "\n\n".join(part for part in parts if part) + "\n"

"""What a finished page says with numbers, statement by statement, with the sources that it cites there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from qualitybook.report.markdown import WEB_ONLY, unescape

_FENCE = re.compile(r"(:{3,})(?:\{([\w-]+)\}\s*(.*))?")
_CITE = re.compile(r"\s*\{cite\}`([^`]+)`")
_ROLE = re.compile(r"\{[\w-]+\}(`+)([^<`]+?)\s*(?:<[^>]*>)?\1")
_OPTION = re.compile(r":[\w-]+: ")
_EMPHASIS = re.compile(r"(?<!\\)[*_]{1,3}(?=\S)|(?<=\S)(?<!\\)[*_]{1,3}")
_BULLET = re.compile(r"^(?:[-*]|\d+\.) ")
_CELLS = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"[|:\- ]+")
_NUMBER = re.compile(r"\d")
_HEADING = "#"
_PICTURE = "!["


@dataclass(frozen=True)
class Statement:
    """A sentence, a bullet or a row of a table in which a number stands.

    Attributes
    ----------
    page : str
        Title of the page.
    text : str
        What is said, plain text; a row of a table begins with the table's caption.
    source_ids : tuple of str
        The sources that it cites.
    """

    page: str
    text: str
    source_ids: tuple[str, ...]


def statements(page: str, outputs: Iterable[str]) -> list[Statement]:
    """Return what a page says with numbers, in its order.

    Parameters
    ----------
    page : str
        Title of the page.
    outputs : iterable of str
        The Markdown that its cells show, as `qualitybook.report.markdown` writes it.
    """
    lines = (line for output in outputs for line in _with_their_numbers(_lines(output)))
    read = ((_plain(line), _sources(line)) for line in lines)
    return [Statement(page, text, sources) for text, sources in read if _NUMBER.search(text)]


def _lines(output: str) -> Iterator[str]:
    """Yield the paragraphs, bullets, titles of boxes and rows of tables; what is only for the web says nothing new."""
    caption, boxes, in_body = "", [""], False
    for line in map(str.strip, output.splitlines()):
        fence = _FENCE.fullmatch(line)
        if fence is not None:
            name, argument = fence[2], (fence[3] or "").strip()
            boxes = [*boxes, f"{name} {argument}"] if name else boxes[:-1]
            caption, in_body = (argument, False) if name == "table" else (caption, in_body)
            if name == "admonition":
                yield argument
        elif any(WEB_ONLY in box for box in boxes):
            continue
        elif line.startswith("|"):
            is_rule = bool(_RULE.fullmatch(line))
            if in_body and not is_rule:
                yield _row(caption, line)
            in_body = in_body or is_rule
        elif line and not line.startswith((_HEADING, _PICTURE)) and not _OPTION.match(line):
            yield line


def _with_their_numbers(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines, one that is only a number together with what it counts, which follows."""
    number = ""
    for line in lines:
        if _plain(line).isdecimal():
            number = line
        else:
            yield f"{number} {line}".strip()
            number = ""


def _row(caption: str, line: str) -> str:
    cells = [cell.strip() for cell in _CELLS.split(line)[1:-1]]
    return " | ".join([caption, *cells] if caption else cells)


def _sources(line: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for match in _CITE.finditer(line) for key in match[1].split(",")))


def _plain(line: str) -> str:
    """Return a line as it is read, without citations and markup."""
    text = _ROLE.sub(r"\2", _CITE.sub("", _BULLET.sub("", line)))
    return unescape(_EMPHASIS.sub("", text)).strip().removesuffix("|").rstrip()

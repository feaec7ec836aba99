"""What a finished page says with numbers, statement by statement, with the sources that it cites there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from qualitybook.report.markdown import WEB_ONLY, cited, unescape, without_citations

_FENCE = re.compile(r"(:{3,})(?:\{([\w-]+)\}\s*(.*))?")
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
    read = (each for output in outputs for each in _read(_lines(output)))
    return [Statement(page, text, sources) for text, sources in read if _NUMBER.search(text)]


def _lines(output: str) -> Iterator[str]:
    """Yield the paragraphs, bullets, titles of boxes and rows of tables; what is only for the web says nothing new."""
    boxes: list[tuple[str, str]] = []
    in_body = False
    for line in map(str.strip, output.splitlines()):
        fence = _FENCE.fullmatch(line)
        if fence is not None:
            boxes = [*boxes, (fence[2], fence[3].strip())] if fence[2] else boxes[:-1]
            if fence[2] == "admonition":
                yield boxes[-1][1]
        elif any(WEB_ONLY in argument for _, argument in boxes):
            continue
        elif line.startswith("|"):
            is_rule = bool(_RULE.fullmatch(line))
            if in_body and not is_rule:
                yield _row([argument for name, argument in boxes if name == "table"], line)
            in_body = in_body or is_rule
        else:
            in_body = False
            if line and not line.startswith((_HEADING, _PICTURE)) and not _OPTION.match(line):
                yield line


def _row(caption: list[str], line: str) -> str:
    return " | ".join([*caption, *(cell.strip() for cell in _CELLS.split(line)[1:-1])])


def _read(lines: Iterable[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield text and sources of each line, a number by itself together with what it counts, which follows."""
    number = ""
    for line in lines:
        text = _plain(line)
        if text.isdecimal():
            number = text
        else:
            yield f"{number} {text}".strip(), tuple(cited(line))
            number = ""
    if number:
        yield number, ()


def _plain(line: str) -> str:
    """Return a line as it is read, without citations and markup."""
    text = _ROLE.sub(r"\2", without_citations(_BULLET.sub("", line)))
    return unescape(_EMPHASIS.sub("", text)).strip().removesuffix("|").rstrip()

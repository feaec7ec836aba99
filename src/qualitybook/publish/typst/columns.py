"""Tables: what a docutils table says, and the widths of its columns, so that none is wider than its page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from math import sqrt

from docutils import nodes

_ALIGNMENTS = {"text-left": "left", "text-center": "center", "text-right": "right"}
"""Classes that MyST gives to the cells of an aligned column."""


@dataclass(frozen=True)
class Grid:
    """Rows of a table."""

    columns: int
    """Number of columns."""
    head: list[list[nodes.entry]]
    body: list[list[nodes.entry]]
    """Cells of the header's rows and of the others."""

    @classmethod
    def of(cls, table: nodes.Element) -> Grid:
        """Return the rows of a table node."""
        group = next(table.findall(nodes.tgroup))
        return cls(int(group["cols"]), _rows(group, nodes.thead), _rows(group, nodes.tbody))

    @property
    def alignments(self) -> list[str]:
        """Alignment of each column, as the first complete row states it."""
        for row in self.head + self.body:
            if len(row) == self.columns:
                return [_alignment(entry) for entry in row]
        return ["left"] * self.columns


def _rows(group: nodes.Element, part: type[nodes.Element]) -> list[list[nodes.entry]]:
    return [
        [entry for entry in row.children if isinstance(entry, nodes.entry)]
        for section in group.findall(part)
        for row in section.findall(nodes.row)
    ]


def texts_of(row: list[nodes.entry]) -> list[str]:
    """Return the text of a row's cells, one for each column; a cell over several columns counts as empty."""
    texts: list[str] = []
    for entry in row:
        more = int(entry.get("morecols", 0))
        texts += ["" if more else entry.astext(), *[""] * more]
    return texts


def _alignment(entry: nodes.Element) -> str:
    return next((_ALIGNMENTS[name] for name in entry["classes"] if name in _ALIGNMENTS), "left")


POINTS_PER_MM = 72 / 25.4
PORTRAIT = 158 * POINTS_PER_MM
"""Width of the text on an upright A4 page, in points (the template's margins)."""
LANDSCAPE = 245 * POINTS_PER_MM
"""Width of the text on a turned A4 page, in points."""
CELL_PADDING = 10.0
"""Space left and right of a cell's text together, in points (the template's `inset`)."""
_LATIN_WIDTH = 0.54
"""Width of a Latin letter or a digit in the body faces, in ems; a Chinese character is 1 em wide."""
_PERCENT_WIDTH = 0.92
"""Width of a percent sign in the widest of them, in ems: it stands in most figures of narrow columns."""

_MARGIN = 1.06
"""Factor on a width that is computed from these averages, so that no figure is broken."""
_SHORT_TITLE = 4.0
"""Width up to which a column's title stays on one line, in ems."""

_WHOLE_ROW = 150.0
"""Length of text in ems up to which a cell takes half a page at most, also in a narrow column."""
_NARROW = 6.0
"""Width of a narrow column in ems."""

_Rows = Sequence[Sequence[str]]

_SMALL_ABOVE = 6
_LANDSCAPE_ABOVE = 9
# A line may break around a Chinese character and after the marks that end a word or, in names of programs, its parts,
# but not around a parenthesis between a percent sign and a number.
_UNBREAKABLE = re.compile(r"(?:[^\s\u2e80-\u9fff\uf900-\uffef/_\-–—]|(?<=%)（(?=\d))+[/_\-–—～]?")


@dataclass(frozen=True)
class Layout:
    """How a table is set."""

    widths: tuple[str, ...]
    """Typst track sizes: ``auto``, a fraction of the room left, or a length."""
    size: float
    """Type size in points."""
    landscape: bool
    """Whether it needs a turned page."""
    breakable: bool
    """Whether a row may go on on the next page: one with a long text, which may be higher than what is left of one."""

    @property
    def wraps(self) -> bool:
        """Whether some cells run over several lines."""
        return any(width != "auto" for width in self.widths)


def ems(text: str) -> float:
    """Return the width of a line of text in ems."""
    return sum(map(_width, text))


def _width(letter: str) -> float:
    """Return the width of a letter in ems."""
    if letter == "%":
        return _PERCENT_WIDTH
    return 1.0 if unicodedata.east_asian_width(letter) in "WF" else _LATIN_WIDTH


def _length(text: str) -> float:
    """Return the length of a text in ems, in which each line of its own is at least one of a narrow column."""
    return sum(max(_NARROW, ems(line)) for line in text.splitlines())


def longest_word(text: str) -> float:
    """Return the width in ems of the longest piece of `text` that cannot be broken."""
    return max((ems(word) for word in _UNBREAKABLE.findall(text)), default=1.0)


def title_width(text: str) -> float:
    """Return the width in ems of a column's title: whole if it is short, else broken into two lines."""
    return min(ems(text), max(_SHORT_TITLE, longest_word(text), ems(text) / 2 + 1))


def layout(head: _Rows, body: _Rows, columns: int, *, may_turn: bool = True) -> Layout:
    """Return how a table with these texts is set, a cell that spans columns empty; in a list or box it may not turn.

    Columns whose figures fit keep their natural width, their titles broken if need be; the others share what is left in
    proportion to the square root of their text, so that long columns get more room but do not starve the rest, and none
    is narrower than its longest word.
    """
    titles, figures = _by_column(head, columns), _by_column(body, columns)
    natural = [max(map(ems, titles[column] + figures[column]), default=0.0) for column in range(columns)]
    size = 9.0 if columns <= _SMALL_ABOVE else 8.0
    upright, turned = ((width - columns * CELL_PADDING) / size for width in (PORTRAIT, LANDSCAPE))
    landscape = may_turn and columns > _LANDSCAPE_ABOVE and sum(natural) > upright
    room = turned if landscape else upright
    if sum(natural) <= room:
        return Layout(("auto",) * columns, size, landscape, breakable=False)
    words = [max(map(longest_word, titles[column] + figures[column]), default=1.0) for column in range(columns)]
    needed = [
        max(*map(ems, figures[column]), *map(title_width, titles[column]), words[column]) for column in range(columns)
    ]
    fitting = _fitting(needed, room)
    shared = [column for column in range(columns) if column not in fitting]
    weights = {column: sqrt(sum(map(ems, titles[column] + figures[column]))) for column in shared}
    # A share is one of the whole column, with the space left and right of its text.
    padding = CELL_PADDING / size
    least = {column: _MARGIN * words[column] + padding for column in shared}
    pinned = _too_narrow(weights, least, room - sum(needed[c] for c in fitting) + padding * len(shared))
    fixed = {column: _MARGIN * words[column] for column in pinned}
    fixed |= {column: _MARGIN * needed[column] for column in fitting if natural[column] > _MARGIN * needed[column]}
    widths = dict.fromkeys(fitting, "auto") | {column: f"{weight:.1f}fr" for column, weight in weights.items()}
    widths |= {column: f"{width + padding:.1f}em" for column, width in fixed.items()}
    breakable = max(map(_length, chain(*figures)), default=0.0) > _WHOLE_ROW
    return Layout(tuple(widths[column] for column in range(columns)), size, landscape, breakable)


_ALWAYS_WHOLE = 6.0
"""Width in ems up to which no cell of a column is broken where columns only have shares."""


def shares(head: _Rows, body: _Rows, columns: int) -> list[float]:
    """Return the share of a table's width that each column gets, where a form knows no natural widths."""
    wanted = []
    for column in zip(_by_column(head, columns), _by_column(body, columns), strict=True):
        cells = [text for part in column for text in part]
        natural, word = (max(map(width, cells), default=1.0) for width in (ems, longest_word))
        wanted.append(max(min(natural, max(_ALWAYS_WHOLE, sqrt(sum(map(ems, cells))))), word) + 1)
    return [width / sum(wanted) for width in wanted]


def _by_column(rows: _Rows, columns: int) -> list[list[str]]:
    """Return the cells of each column."""
    return [[row[column] for row in rows if column < len(row)] for column in range(columns)]


def _fitting(needed: Sequence[float], room: float) -> set[int]:
    """Return the columns that need no more than a fair share of the room left by narrower ones."""
    fitting: set[int] = set()
    for column in sorted(range(len(needed)), key=lambda column: (needed[column], column)):
        if needed[column] > room / (len(needed) - len(fitting)):
            break
        fitting.add(column)
        room -= needed[column]
    return fitting


def _too_narrow(weights: dict[int, float], words: dict[int, float], room: float) -> set[int]:
    """Return the columns that their share of the room would leave narrower than their longest word, if that can be."""
    if sum(words.values()) > room:
        return set()
    pinned: set[int] = set()
    while True:
        free = sum(weight for column, weight in weights.items() if column not in pinned)
        left = room - sum(words[column] for column in pinned)
        narrow = {
            column
            for column, weight in weights.items()
            if column not in pinned and left * weight / free < words[column]
        }
        if not narrow:
            return pinned
        pinned |= narrow

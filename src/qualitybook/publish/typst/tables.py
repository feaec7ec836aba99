"""What a docutils table says: its rows, the text of its cells, and the alignment of its columns."""

from __future__ import annotations

from dataclasses import dataclass

from docutils import nodes

_ALIGNMENTS = {"text-left": "left", "text-center": "center", "text-right": "right"}
"""Classes that MyST gives to the cells of an aligned column."""


@dataclass(frozen=True)
class Grid:
    """Rows of a table.

    Attributes
    ----------
    columns : int
        Number of columns.
    head, body : list of list of entry
        Cells of the header's rows and of the others.
    """

    columns: int
    head: list[list[nodes.entry]]
    body: list[list[nodes.entry]]

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

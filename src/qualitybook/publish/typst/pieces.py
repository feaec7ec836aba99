"""Pieces of the book's pages, for its short forms: what stands in containers of some classes, without references."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from docutils import nodes
from sphinx import addnodes

from qualitybook.publish.typst.columns import Grid, Layout
from qualitybook.publish.typst.labels import Label
from qualitybook.publish.typst.translator import TypstTranslator

# What only announces a citation: "Sources: ".
_ANNOUNCED = re.compile(r"(?!\s)[^。.;；]*[:：]$")


class PieceTranslator(TypstTranslator):
    """Translate pieces of a page, in commands of their own that number nothing and lead nowhere."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        # As in a box: no table turns a page.
        self._boxes = 1

    def source(self, pieces: Sequence[nodes.Element]) -> str:
        """Return the pieces as Typst source."""
        return self.content(pieces)

    def label_of(self, node: nodes.Element) -> Label | None:
        """Return no label: the page in the whole book has it."""
        return None

    def picture(self, node: nodes.Element) -> str:
        """Return the Typst expression of an image."""
        return f"piece-{super().picture(node)}"

    def _captioned(self, kind: str, node: nodes.Element, captions: Sequence[nodes.Element], body: str) -> str:
        caption = "".join(self.boxed_content(each.children) for each in captions)
        return f"#piece-{kind}[{caption}][{body}]"

    def _rows(self, grid: Grid, form: Layout) -> str:
        return super()._rows(grid, form).replace("#data-table(", "#piece-rows(", 1)


def found_in(tree: nodes.document, classes: Sequence[str]) -> list[nodes.Element]:
    """Return the containers of these classes, in the order of the classes."""
    containers = list(tree.findall(nodes.container))
    return [each for name in classes for each in containers if name in each["classes"]]


def drop_citations(tree: nodes.document) -> None:
    """Take citations out of a page whose references are not resolved yet."""
    for cited in list(tree.findall(_is_citation)):
        place, inside = cited.parent.index(cited), cited.parent
        inside.remove(cited)
        if place and isinstance(before := inside[place - 1], nodes.Text):
            left = _ANNOUNCED.sub("", before.rstrip())
            inside.replace(before, nodes.Text(left))
            after = inside[place] if place < len(inside) else None
            if left != before.rstrip() and isinstance(after, nodes.Text):
                inside.replace(after, nodes.Text(after.lstrip("。. ")))


def _is_citation(node: nodes.Node) -> bool:
    return isinstance(node, addnodes.pending_xref) and node.get("refdomain") == "cite"


def drop_references(piece: nodes.Element) -> None:
    """Leave the text of references alone, and no footnotes: their places are not in a short form."""
    for note in list(piece.findall(nodes.footnote_reference)):
        note.parent.remove(note)
    for kind in (nodes.reference, addnodes.number_reference):
        for reference in list(piece.findall(kind)):
            if "refuri" not in reference or "://" not in reference["refuri"]:
                reference.replace_self(reference.children)


def drop_rows(piece: nodes.Element, kept: int) -> int:
    """Leave only the first rows of the tables of a piece, and return how many others they had."""
    others = [row for body in piece.findall(nodes.tbody) for row in body.children[kept:]]
    for row in others:
        row.parent.remove(row)
    return len(others)


def keep_columns(piece: nodes.Element, kept: Sequence[int]) -> None:
    """Leave only some columns of the tables of a piece, counted from 0, from the end if negative."""
    for holder in [*piece.findall(nodes.tgroup), *piece.findall(nodes.row)]:
        kind = nodes.colspec if isinstance(holder, nodes.tgroup) else nodes.entry
        cells = [child for child in holder.children if isinstance(child, kind)]
        wanted = {id(cells[place]) for place in kept if -len(cells) <= place < len(cells)}
        for cell in cells:
            if id(cell) not in wanted:
                holder.remove(cell)
        if isinstance(holder, nodes.tgroup):
            holder["cols"] = len(wanted)

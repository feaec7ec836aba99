"""Small documents for the tests, and their Typst source."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.parsers.rst import Parser
from docutils.utils import new_document

from qualitybook.publish.typst.labels import Labels, collect_destinations, collect_labels, referenced
from qualitybook.publish.typst.translator import DocumentPlace, PrintedBook, TypstTranslator

BUILDER: Any = SimpleNamespace(
    config=SimpleNamespace(), srcdir="", imagedir="images", images={"figures/a.svg": "a.svg"}
)
KINDS = ("attention", "caution", "danger", "error", "hint", "important", "note", "seealso", "tip", "warning")
ADMONITIONS = {kind: kind.capitalize() for kind in KINDS}


def document(*children: nodes.Node) -> nodes.document:
    """Return a document of some nodes, their ids known to it."""
    made = new_document("page", get_default_settings(Parser))
    made.extend(children)
    for node in made.findall(nodes.Element):
        made.ids.update({name: node for name in node["ids"]})
    return made


def source_of(*children: nodes.Node, place: DocumentPlace | None = None, elsewhere: Labels | None = None) -> str:
    """Return the Typst source of some nodes.

    Parameters
    ----------
    children : nodes
        Content of the document ``page``.
    place : DocumentPlace, optional
        Where it stands; by default it is a chapter without a number.
    elsewhere : Labels, optional
        Labels of other documents.
    """
    made = document(*children)
    labels = collect_labels("page", made) | (elsewhere or {})
    book = PrintedBook(
        labels=labels,
        referenced=referenced(labels, collect_destinations("page", made)),
        admonitions=ADMONITIONS,
        number_formats=frozenset({"Fig. %s", "Section %s"}),
    )
    translator = TypstTranslator(made, BUILDER, book, place or DocumentPlace("page"))
    made.walkabout(translator)
    return "".join(translator.body).strip()


def paragraph(*children: nodes.Node | str) -> nodes.paragraph:
    """Return a paragraph of texts and nodes."""
    made = nodes.paragraph()
    made.extend(nodes.Text(child) if isinstance(child, str) else child for child in children)
    return made


def row(*cells: str, classes: str = "") -> nodes.row:
    """Return a table's row."""
    return nodes.row("", *(nodes.entry("", paragraph(cell), classes=classes.split()) for cell in cells))


def table(head: list[nodes.row], body: list[nodes.row], *, columns: int, title: str = "") -> nodes.table:
    """Return a table, with a title and a label if `title` is given."""
    group = nodes.tgroup("", cols=columns)
    group.extend(nodes.colspec() for _ in range(columns))
    if head:
        group += nodes.thead("", *head)
    group += nodes.tbody("", *body)
    if not title:
        return nodes.table("", group)
    return nodes.table("", nodes.title("", title), group, ids=["tbl-1"])

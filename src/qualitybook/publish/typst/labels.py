"""Where cross references lead: every place of the book that can be pointed at, under one name each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from docutils import nodes

SCHEME = "book:"
"""Start of the addresses that the builder gives to pages of the book."""

_KINDS: dict[type[nodes.Element], str] = {
    nodes.section: "section",
    nodes.figure: "figure",
    nodes.table: "table",
    nodes.math_block: "equation",
    nodes.citation: "citation",
}


@dataclass(frozen=True)
class Label:
    """One place.

    Attributes
    ----------
    name : str
        Its label in the Typst file.
    kind : str
        ``section``, ``figure``, ``table``, ``equation``, ``citation`` or ``place`` (everything else).
    """

    name: str
    kind: str


Labels = dict[tuple[str, str], Label]
"""Label of each id, by document and id; the id of a document itself is empty."""


def address(docname: str, target: str = "") -> str:
    """Return the address of a page, or of a place on it."""
    return f"{SCHEME}{docname}#{target}" if target else f"{SCHEME}{docname}"


def destination(node: nodes.Element, docname: str) -> tuple[str, str] | None:
    """Return document and id that a reference leads to, None for one that leaves the book.

    Parameters
    ----------
    node : Element
        A resolved reference.
    docname : str
        Document it stands in.
    """
    if "refid" in node:
        return docname, node["refid"]
    uri = node.get("refuri", "")
    if uri.startswith("#"):
        return docname, uri[1:]
    if not uri.startswith(SCHEME):
        return None
    page, _, target = uri.removeprefix(SCHEME).partition("#")
    return page, target


def kind_of(node: nodes.Element) -> str:
    """Return the kind of place that a node is."""
    kind = _KINDS.get(type(node), "place")
    captioned = any(isinstance(child, nodes.title | nodes.caption) for child in node.children)
    return "place" if kind in {"figure", "table"} and not captioned else kind


def collect_labels(docname: str, tree: nodes.document) -> Labels:
    """Return the labels of a document: several ids of one node share one label."""
    labels: Labels = {}
    for node in tree.findall(nodes.Element):
        if ids := node.get("ids"):
            label = Label(f"{docname}#{ids[0]}", kind_of(node))
            labels.update({(docname, target): label for target in ids})
    first = next(tree.findall(nodes.section), None)
    if first is not None:
        labels[docname, ""] = labels[docname, first["ids"][0]]
    return labels


def collect_destinations(docname: str, tree: nodes.document) -> set[tuple[str, str]]:
    """Return the places that a document's references lead to."""
    found = (destination(node, docname) for node in tree.findall(nodes.reference))
    return {place for place in found if place is not None}


def referenced(labels: Labels, destinations: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Return the names of the labels that some reference leads to."""
    return frozenset(labels[place].name for place in destinations if place in labels)

"""Where cross references and the index lead: every place of the book that can be pointed at, and every term."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from docutils import nodes

from qualitybook.publish.typst.text import array, markup, string

_SCHEME = "book:"
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
    """One place."""

    name: str
    """Its label in the Typst file."""
    kind: str
    """``section``, ``figure``, ``table``, ``equation``, ``citation`` or ``place`` (everything else)."""


Labels = dict[tuple[str, str], Label]
"""Label of each id, by document and id; the id of a document itself is empty."""


def address(docname: str) -> str:
    """Return the address of a page, behind which Sphinx puts that of a place on it."""
    return f"{_SCHEME}{docname}"


def destination(node: nodes.Element, docname: str) -> tuple[str, str] | None:
    """Return document and id that a reference leads to, None for one that leaves the book."""
    if "refid" in node:
        return docname, node["refid"]
    uri = node.get("refuri", "")
    if uri.startswith("#"):
        return docname, uri[1:]
    if not uri.startswith(_SCHEME):
        return None
    page, _, target = uri.removeprefix(_SCHEME).partition("#")
    return page, target


def _kind_of(node: nodes.Element) -> str:
    """Return the kind of place that a node is."""
    kind = _KINDS.get(type(node), "place")
    captioned = any(isinstance(child, nodes.title | nodes.caption) for child in node.children)
    return "place" if kind in {"figure", "table"} and not captioned else kind


def collect_labels(docname: str, tree: nodes.document) -> Labels:
    """Return the labels of a document: several ids of one node share one label."""
    labels: Labels = {}
    for node in tree.findall(nodes.Element):
        if ids := node.get("ids"):
            label = Label(f"{docname}#{ids[0]}", _kind_of(node))
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


def labels_of(trees: Mapping[str, nodes.document]) -> tuple[Labels, frozenset[str]]:
    """Return the labels of the documents of a book, and the names of those that some reference leads to."""
    labels: Labels = {}
    destinations: set[tuple[str, str]] = set()
    for docname, tree in trees.items():
        labels |= collect_labels(docname, tree)
        destinations |= collect_destinations(docname, tree)
    return labels, referenced(labels, destinations)


@dataclass(frozen=True)
class Terms:
    """The terms of the index."""

    listed: Mapping[str, Mapping[str, str]]
    """For each group's title the terms of the group: key and name, in the order in which they are printed."""
    keys: Mapping[str, str]
    """Key of each name."""
    pattern: re.Pattern[str] | None
    """Finds the name that a text is or begins with; None without terms."""

    @classmethod
    def of(cls, listed: Mapping[str, Mapping[str, str]]) -> Terms:
        """Return the terms of some groups."""
        keys = {name: key for terms in listed.values() for key, name in terms.items()}
        names = sorted(keys, key=lambda name: (-len(name), name))
        # A name may be followed by a place, a period or what is shown, never by more of a longer name.
        found = "|".join(re.escape(name) for name in names)
        return cls(listed, keys, re.compile(rf"({found})(?=$|\s?[(（:：,，])") if names else None)

    def mark(self, text: str) -> str:
        """Return the source of a mark for the index, empty for a text that starts with no term."""
        match = self.pattern.match(text.strip()) if self.pattern else None
        return f"#index-mark({string(self.keys[match[1]])});" if match else ""

    def groups(self) -> str:
        """Return groups, keys and names as a Typst array."""
        return array([self._group(title, terms) for title, terms in self.listed.items()])

    @staticmethod
    def _group(title: str, terms: Mapping[str, str]) -> str:
        pairs = [array([string(key), f"[{markup(name)}]"]) for key, name in terms.items()]
        return array([f"[{markup(title)}]", array(pairs)])

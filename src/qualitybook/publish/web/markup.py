"""Markup in the evidence stays text: no table cell, title or note can put an element into a page."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

_COMMENTS = re.compile(r"<!--.*?-->", re.DOTALL)


def is_html(node: nodes.raw) -> bool:
    """Say whether a raw node would be written into the page as it is."""
    return "html" in node.get("format", "").split()


def as_text(node: nodes.raw) -> list[nodes.Node]:
    """Return what stands in for raw HTML: its source as text, nothing for a comment.

    Returns
    -------
    list of Node
        A text where the parent holds text, a paragraph where it holds blocks, or nothing.
    """
    source = _COMMENTS.sub("", node.astext())
    if not source.strip():
        return []
    text = nodes.Text(source)
    return [text] if isinstance(node.parent, nodes.TextElement) else [nodes.paragraph("", "", text)]


class ShowMarkupAsText(SphinxTransform):
    """Replace raw HTML by its source, which the writers escape."""

    # Before the lines are joined, so that the text is treated as text.
    default_priority = 350

    def apply(self, **kwargs: Any) -> None:
        """Change the document in place."""
        for node in list(self.document.findall(nodes.raw)):
            if is_html(node):
                node.parent.replace(node, as_text(node))


def register(app: Sphinx) -> None:
    """Connect this module to Sphinx."""
    app.add_transform(ShowMarkupAsText)

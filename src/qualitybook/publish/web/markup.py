"""Markup in the evidence stays text: no table cell, title or note can put an element into a page."""

from __future__ import annotations

import re
from html import escape as escape_html
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.roles import XRefRole
from sphinx.transforms import SphinxTransform
from sphinx.writers.html5 import HTML5Translator

from qualitybook.report.markdown import PAGE_ROLE, unescape

# The theme's own handlers have the usual priority (500).
AFTER_THEME = 900
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


class KeepBackslashes(SphinxTransform):
    """Keep every backslash of a text: typographic quotes take it for a sign of their own and drop it."""

    # Before the quotes are set (750).
    default_priority = 740

    def apply(self, **kwargs: Any) -> None:
        """Change the document in place; docutils' mark of an escaped character goes when the text is written."""
        for node in list(self.document.findall(nodes.Text)):
            if "\\" in node:
                node.parent.replace(node, nodes.Text(node.replace("\\", "\0\\")))


class PageLink(XRefRole):
    """Reference to a page, ``text </page>``, like Sphinx's own, whose text may hold any character.

    Sphinx takes the first angle bracket for the start of the address, and escapes for text.
    """

    explicit_title_re = re.compile(r"^(.+)\s<([^<>]+)>$", re.DOTALL)

    def process_link(
        self, env: BuildEnvironment, refnode: nodes.Element, has_explicit_title: bool, title: str, target: str
    ) -> tuple[str, str]:
        """Return the text as it was before it was escaped, and the page; let Sphinx resolve it as a document."""
        refnode["refdomain"], refnode["reftype"] = "std", "doc"
        return unescape(title), target


def visit_entry(translator: HTML5Translator, node: nodes.citation) -> None:
    """Open an entry of the bibliography as an item of a list.

    The role that docutils gives it is deprecated, and screen readers do not take it for an item.
    """
    if not isinstance(node.previous_sibling(), type(node)):
        translator.body.append('<div role="list" class="citation-list">\n')
    translator.body.append(translator.starttag(node, "div", CLASS="citation", role="listitem"))


def depart_entry(translator: HTML5Translator, node: nodes.citation) -> None:
    """Close an entry, and after the last one the list."""
    translator.body.append("</div>\n")
    if not isinstance(node.next_node(descend=False, siblings=True), type(node)):
        translator.body.append("</div>\n")


def escape_page_title(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Escape the title that the theme repeats for print as it stands."""
    if "pagetitle" in context:
        context["pagetitle"] = escape_html(context["pagetitle"])


def register(app: Sphinx) -> None:
    """Connect this module to Sphinx."""
    app.add_transform(ShowMarkupAsText)
    app.add_transform(KeepBackslashes)
    app.connect("html-page-context", escape_page_title, priority=AFTER_THEME)
    app.add_node(nodes.citation, override=True, html=(visit_entry, depart_entry))
    app.add_role(PAGE_ROLE, PageLink(warn_dangling=True, innernodeclass=nodes.inline))

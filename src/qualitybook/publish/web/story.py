"""A page as its reader wants it: no code between the paragraphs but all of it at the end, and a link to the PDF.

The role ``{site}`pdf` `` leads to the PDF of the edition where the site has one, and leaves nothing behind where it has
not, nor in print.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxRole

from qualitybook.publish.language import words_of
from qualitybook.publish.web.switch import to_book

_FOLDED = {"input", "input+output"}


class page_code(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes in small letters
    """The code of a page, folded; `summary` is what the fold says."""


def visit_page_code(translator: Any, node: page_code) -> None:
    """Open the fold."""
    summary = translator.encode(node["summary"])
    translator.body.append(f'<details class="qb-code"><summary>{summary}</summary>\n')


def depart_page_code(translator: Any, node: page_code) -> None:
    """Close the fold."""
    translator.body.append("</details>\n")


class CodeAtTheEnd(SphinxTransform):
    """Move the code that a notebook folds away to one fold at the end of the page."""

    # After myst-nb has written the cells (it reads the notebook into them), before Sphinx collects what a page holds.
    default_priority = 500

    def apply(self, **kwargs: Any) -> None:
        """Change the document in place, but not for print, which shows no code."""
        if self.app.builder.format != "html":
            return
        gathered: list[nodes.Node] = []
        for source in list(self.document.findall(nodes.container)):
            cell = source.parent
            if source.get("nb_element") == "cell_code_source" and cell.get("hide_mode") in _FOLDED:
                gathered += source.children
                cell.remove(source)
                del cell["hide_mode"]
        if gathered:
            summary = words_of(self.config).gettext("The code that made this page")
            self._end().append(page_code("", *gathered, summary=summary))

    def _end(self) -> nodes.Element:
        """Return what the fold is added to: the page's own section, so that it stands within the text."""
        sections = [child for child in self.document.children if isinstance(child, nodes.section)]
        return sections[-1] if sections else self.document


class SiteLink(SphinxRole):
    """The role ``site``."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the link, or nothing."""
        book = self.config.html_context.get("book") or {}
        name = book.get(self.text)
        if not name or self.env.app.builder.format != "html":
            return [], []
        words = words_of(self.config)
        text = words.gettext("This edition as PDF")
        link = nodes.reference("", text, refuri=to_book(self.env.docname) + name, internal=True)
        return [link], []


def register(app: Sphinx) -> None:
    """Connect this module to Sphinx."""
    app.add_node(page_code, html=(visit_page_code, depart_page_code))
    app.add_transform(CodeAtTheEnd)
    app.add_role("site", SiteLink())

"""What a page says, as its reader wants it: markup of the evidence as text, code at the end, languages marked.

No table cell, title or note of the evidence can put an element into a page. The role ``{site}`pdf` `` leads to the PDF
of the edition where the site has one, and leaves nothing behind where it has not, nor in print. A run of another
language is marked as such: a screen reader changes its voice, a browser its typeface.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape as escape_html
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.roles import XRefRole
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxRole
from sphinx.writers.html5 import HTML5Translator

from qualitybook.publish.documents import above, words_of
from qualitybook.publish.forms import FORMS
from qualitybook.publish.web.head import to_book
from qualitybook.publish.web.narrow import fold
from qualitybook.publish.web.search import HAN
from qualitybook.report.i18n import language
from qualitybook.report.markdown import PAGE_ROLE, unescape

# The theme's own handlers have the usual priority (500).
_AFTER_THEME = 900
_COMMENTS = re.compile(r"<!--.*?-->", re.DOTALL)


def as_text(node: nodes.raw) -> list[nodes.Node]:
    """Return what stands in for raw HTML: its source as text or, among blocks, a paragraph; nothing for a comment."""
    source = _COMMENTS.sub("", node.astext())
    if not source.strip():
        return []
    text = nodes.Text(source)
    return [text] if isinstance(node.parent, nodes.TextElement) else [nodes.paragraph("", "", text)]


class _ShowMarkupAsText(SphinxTransform):
    """Replace raw HTML by its source, which the writers escape."""

    # Before the lines are joined, so that the text is treated as text.
    default_priority = 350

    def apply(self, **kwargs: Any) -> None:
        for node in list(self.document.findall(nodes.raw)):
            if "html" in node.get("format", "").split():
                node.parent.replace(node, as_text(node))


_TAKEN_FOR_OWN = re.compile(r"\\|&(?=#)")
"""What typographic quotes take for a sign of their own: they drop the backslash, and read the entity of a sign."""


def kept_from_quotes(text: str) -> str:
    """Return a text that typographic quotes leave as it is; docutils' mark in it goes when the text is written."""
    return _TAKEN_FOR_OWN.sub(lambda found: "\0\\" if found[0] == "\\" else "&\0", text)


class _KeepSigns(SphinxTransform):
    """Keep what typographic quotes would take for signs of their own."""

    # Before the quotes are set (750).
    default_priority = 740

    def apply(self, **kwargs: Any) -> None:
        for node in list(self.document.findall(nodes.Text)):
            if (kept := kept_from_quotes(str(node))) != node:
                node.parent.replace(node, nodes.Text(kept))


class _PageLink(XRefRole):
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


def _visit_entry(translator: HTML5Translator, node: nodes.citation) -> None:
    """Open an entry of the bibliography as an item of a list.

    The role that docutils gives it is deprecated, and screen readers do not take it for an item.
    """
    if not isinstance(node.previous_sibling(), type(node)):
        translator.body.append('<div role="list" class="citation-list">\n')
    translator.body.append(translator.starttag(node, "div", CLASS="citation", role="listitem"))


def _depart_entry(translator: HTML5Translator, node: nodes.citation) -> None:
    """Close an entry, and after the last one the list."""
    translator.body.append("</div>\n")
    if not isinstance(node.next_node(descend=False, siblings=True), type(node)):
        translator.body.append("</div>\n")


def _escape_page_title(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Escape the title that the theme repeats for print as it stands."""
    if "pagetitle" in context:
        context["pagetitle"] = escape_html(context["pagetitle"])


_FOLDED = {"input", "input+output"}


class _CodeAtTheEnd(SphinxTransform):
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
            self._end().append(fold("", *gathered, summary=summary, look="qb-code"))

    def _end(self) -> nodes.Element:
        """Return what the fold is added to: the page's own section, so that it stands within the text."""
        sections = [child for child in self.document.children if isinstance(child, nodes.section)]
        return sections[-1] if sections else self.document


class _SiteLink(SphinxRole):
    """The role ``site``."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the link, or nothing."""
        book = self.config.html_context.get("book") or {}
        name = book.get("files", {}).get(self.text)
        if not name or self.env.app.builder.format != "html":
            return [], []
        words = words_of(self.config)
        text = words.gettext("This edition as {form}", form=words.gettext(FORMS[self.text].label))
        link = nodes.reference("", text, refuri=to_book(self.env.docname) + name, internal=True)
        return [link], []


_WIDE = f"{HAN}\u3000-\u303f\uff00-\uffef\u00b7\u2014\u2026"
# A Chinese title with its quotation marks, and with the digits and names that stand inside it.
_CHINESE = re.compile(f"([《〈（【“‘]*[{HAN}](?:[{_WIDE}“”‘’A-Za-z0-9%.-]*[{_WIDE}”’])?)")
# In Chinese, a Latin name or abbreviation is a word of the text; only from three words on is it another language.
_ENGLISH = re.compile(r"((?<![\w.])[A-Za-z][A-Za-z'’-]*(?:[,;:]? [A-Za-z0-9][A-Za-z0-9'’-]*){2,})")
_FOREIGN = {"en": ("zh", _CHINESE), "zh": ("en", _ENGLISH)}
_UNSPOKEN = (nodes.literal, nodes.FixedTextElement, nodes.raw, nodes.math, nodes.math_block, nodes.comment)


def parts_by_language(text: str, code: str) -> Iterator[tuple[str, str | None]]:
    """Yield the parts of a text of one language, each with the language's code where that is not the page's."""
    other, pattern = _FOREIGN.get(code, _FOREIGN["en"])
    for place, piece in enumerate(pattern.split(text)):
        if piece:
            yield piece, other if place % 2 else None


class _MarkForeignRuns(SphinxPostTransform):
    """Wrap each run of the other language; docutils writes the class as the attribute ``lang``."""

    # After every reference has its text.
    default_priority = 900
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        code = words_of(self.config).code
        for text in list(self.document.findall(nodes.Text)):
            pieces = list(parts_by_language(str(text), code))
            if any(other for _, other in pieces) and not any(isinstance(each, _UNSPOKEN) for each in above(text)):
                text.parent.replace(text, [_piece(piece, other) for piece, other in pieces])


def _piece(text: str, code: str | None) -> nodes.Node:
    if code is None:
        return nodes.Text(text)
    return nodes.inline("", text, classes=[f"language-{language(code).html}"])


def register(app: Sphinx) -> None:
    """Connect this module to Sphinx."""
    app.add_transform(_ShowMarkupAsText)
    app.add_transform(_KeepSigns)
    app.connect("html-page-context", _escape_page_title, priority=_AFTER_THEME)
    app.add_node(nodes.citation, override=True, html=(_visit_entry, _depart_entry))
    app.add_role(PAGE_ROLE, _PageLink(warn_dangling=True, innernodeclass=nodes.inline))
    app.add_transform(_CodeAtTheEnd)
    app.add_role("site", _SiteLink())
    app.add_post_transform(_MarkForeignRuns)

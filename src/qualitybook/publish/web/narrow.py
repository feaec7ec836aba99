"""What narrow screens need: tables that tell what their columns are called, so that rows can be cards, and folds.

Style sheets make cards of the rows, and a script folds long tables where the screen is a phone's. A fold is a
container of the class `FOLD`; what it is folded under is a container within it that print leaves out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.writers.html5 import HTML5Translator

from qualitybook.publish.documents import above
from qualitybook.report import LINES, LIST
from qualitybook.report.markdown import FOLD

CARDS = "qb-cards"
"""Class of a table whose rows become cards."""
FEWEST_COLUMNS = 3
"""Columns from which on a table has cards."""
MOST_ROWS = 4
"""Rows, that of the head among them, from which on a phone folds a table."""
MOST_COLUMNS = 12
"""Columns that the style sheet can name."""
_NAMES = "qb_names"
_SHOWN = {LIST, LINES}
"""Classes of what pages are for, which nothing folds."""


class fold(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes in small letters
    """A part of a page under its `summary`, in the class `look`: folded, or `open` for a script to fold on a phone."""


class _NameColumns(SphinxPostTransform):
    """Note in the bodies of wide tables what their columns are called, and make folds of containers."""

    default_priority = 880
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        for table in self.document.findall(nodes.table):
            _name_columns(table)
        for box in list(self.document.findall(nodes.container)):
            if FOLD in box["classes"]:
                summary, *body = box.children
                box.replace_self(fold("", *body, summary=summary.astext(), look="qb-fold"))
        for table in list(self.document.findall(nodes.table)):
            if _is_long(table):
                title = next((child.astext() for child in table.findall(nodes.title)), "")
                long = fold("", summary=title, look="qb-long", open=True)
                table.parent.replace(table, long)
                long += table


def _name_columns(table: nodes.table) -> None:
    heads = [row for head in table.findall(nodes.thead) for row in head.findall(nodes.row)]
    names = [entry.astext() for entry in heads[0].findall(nodes.entry)] if len(heads) == 1 else []
    if not has_cards(names):
        return
    table["classes"].append(CARDS)
    for body in table.findall(nodes.tbody):
        body[_NAMES] = names


def _is_long(table: nodes.table) -> bool:
    """Whether a phone folds a table: it has many cards, and is neither folded already nor what its page is for."""
    if any(isinstance(each, fold) or _SHOWN & set(each.get("classes", ())) for each in above(table)):
        return False
    has_title = any(isinstance(child, nodes.title) for child in table.children)
    return has_title and CARDS in table["classes"] and len(list(table.findall(nodes.row))) > MOST_ROWS


def has_cards(names: Sequence[str]) -> bool:
    """Whether the rows of a table become cards on a phone."""
    return FEWEST_COLUMNS <= len(names) <= MOST_COLUMNS


def told_columns(names: Iterable[str]) -> str:
    """Return the attribute by which the body of a table tells style sheets what its columns are called."""
    texts = (name.replace("\\", "\\\\").replace("'", "\\'") for name in names)
    style = ";".join(f"--c{place}:'{text}'" for place, text in enumerate(texts, start=1))
    return f' style="{escape(style, quote=False).replace(chr(34), "&quot;")}"'


def _visit_body(translator: HTML5Translator, node: nodes.tbody) -> None:
    """Open the body of a table as Sphinx does, and tell what its columns are called."""
    type(translator).visit_tbody(translator, node)
    if names := node.get(_NAMES):
        translator.body[-1] = translator.body[-1].replace("<tbody", f"<tbody{told_columns(names)}", 1)


def _visit_fold(translator: HTML5Translator, node: fold) -> None:
    is_open = " open" if node.get("open") else ""
    summary = translator.encode(node["summary"])
    translator.body.append(f'<details class="{node["look"]}"{is_open}><summary>{summary}</summary>\n')


def _depart_fold(translator: HTML5Translator, node: fold) -> None:
    translator.body.append("</details>\n")


def register(app: Sphinx) -> None:
    """Connect this module to Sphinx."""
    app.add_node(fold, html=(_visit_fold, _depart_fold))
    app.add_node(nodes.tbody, override=True, html=(_visit_body, None))
    app.add_post_transform(_NameColumns)

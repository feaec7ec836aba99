"""Runs of another language, marked as such: a screen reader changes its voice, a browser its typeface."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from qualitybook.publish.language import words_of
from qualitybook.report.i18n import language

_HAN = "\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WIDE = f"{_HAN}\u3000-\u303f\uff00-\uffef\u00b7\u2014\u2026"
# A Chinese title with its quotation marks, and with the digits and names that stand inside it.
_CHINESE = re.compile(f"[《〈（【“‘]*[{_HAN}](?:[{_WIDE}“”‘’A-Za-z0-9%.-]*[{_WIDE}”’])?")
# In Chinese, a Latin name or abbreviation is a word of the text; only from three words on is it another language.
_ENGLISH = re.compile(r"(?<![\w.])[A-Za-z][A-Za-z'’-]*(?:[,;:]? [A-Za-z0-9][A-Za-z0-9'’-]*){2,}")
FOREIGN = {"en": ("zh", _CHINESE), "zh": ("en", _ENGLISH)}
UNSPOKEN = (nodes.literal, nodes.FixedTextElement, nodes.raw, nodes.math, nodes.math_block, nodes.comment)


def parts(text: str, code: str) -> Iterator[tuple[str, str | None]]:
    """Cut a text where its language changes.

    Parameters
    ----------
    text : str
        Text of a page.
    code : str
        Code of the page's language.

    Yields
    ------
    tuple of str
        A part, and the code of its language where that is not the page's.
    """
    other, pattern = FOREIGN.get(code, FOREIGN["en"])
    end = 0
    for match in pattern.finditer(text):
        if match.start() > end:
            yield text[end : match.start()], None
        yield match[0], other
        end = match.end()
    if end < len(text):
        yield text[end:], None


class MarkForeignRuns(SphinxPostTransform):
    """Wrap each run of the other language; docutils writes the class as the attribute ``lang``."""

    # After every reference has its text.
    default_priority = 900
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Change the document in place."""
        code = words_of(self.config).code
        for text in list(self.document.findall(nodes.Text)):
            pieces = list(parts(str(text), code))
            if any(other for _, other in pieces) and not _is_unspoken(text):
                text.parent.replace(text, [_piece(piece, other) for piece, other in pieces])


def _is_unspoken(text: nodes.Text) -> bool:
    node = text.parent
    while node is not None:
        if isinstance(node, UNSPOKEN):
            return True
        node = node.parent
    return False


def _piece(text: str, code: str | None) -> nodes.Node:
    if code is None:
        return nodes.Text(text)
    return nodes.inline("", text, classes=[f"language-{language(code).html}"])


def register(app: Sphinx) -> None:
    """Connect this module to Sphinx."""
    app.add_post_transform(MarkForeignRuns)

"""Descriptions of pictures, read from Markdown with all their characters.

MyST leaves out every character of a description that was written with a backslash or as an entity: the parser keeps
those in tokens of their own, which it joins with the text around them everywhere but in a description.
"""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it.tree import SyntaxTreeNode
from myst_parser.mdit_to_docutils.base import DocutilsRenderer
from sphinx.application import Sphinx

_TEXT = {"text", "text_special", "code_inline", "math_inline"}
_BREAKS = {"softbreak", "hardbreak"}


def plain_text(tokens: Sequence[SyntaxTreeNode] | None) -> str:
    """Return the text of a description, without its markup."""
    return "".join(_text(token) for token in tokens or ())


def _text(token: SyntaxTreeNode) -> str:
    if token.type in _TEXT:
        return token.content
    return " " if token.type in _BREAKS else plain_text(token.children)


def _description(renderer: DocutilsRenderer, tokens: Sequence[SyntaxTreeNode] | None) -> str:
    return plain_text(tokens)


def register(app: Sphinx) -> None:
    """Let MyST read descriptions so; it has no setting for it."""
    DocutilsRenderer.renderInlineAsText = _description  # type: ignore[assignment,method-assign]

"""What stops the printed book: each names the document and what is wrong in it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

from docutils import nodes
from sphinx.errors import SphinxError


class TypstBuildError(SphinxError):
    """A book that cannot be printed."""

    category = "Typst"


class UnknownNodeError(TypstBuildError):
    """A node that the PDF has no form for."""

    def __init__(self, node: nodes.Node, docname: str) -> None:
        super().__init__(
            f"{docname}: the PDF has no form for the node {node.__class__.__name__!r}; say it in another way"
        )


class BrokenReferenceError(TypstBuildError):
    """A reference to a place that is not in the book."""

    def __init__(self, place: tuple[str, str], docname: str) -> None:
        super().__init__(
            f"{docname}: a reference leads to {'#'.join(place)!r}, which is not in the book; "
            "name a page or label of the book"
        )


class RemoteImageError(TypstBuildError):
    """An image that is not in the book's folder."""

    def __init__(self, uri: str, docname: str) -> None:
        super().__init__(
            f"{docname}: the image {uri!r} is not a file of the book; "
            "put it into the book's _static folder and name it there"
        )


class FormulaLossError(TypstBuildError):
    """A formula that would be printed with something missing, or that Typst cannot read."""

    def __init__(self, latex: str, docname: str, reason: str) -> None:
        source = " ".join(latex.split())
        super().__init__(f"{docname}: the formula '{source}' cannot be printed: {reason}; say it with other commands")


class MissingGlyphError(TypstBuildError):
    """Characters that are in none of the book's fonts."""

    def __init__(self, pages_of: Mapping[str, Iterable[str]]) -> None:
        lines = [
            f"{character} U+{ord(character):04X} {unicodedata.name(character, '')} in {', '.join(sorted(pages))}"
            for character, pages in sorted(pages_of.items())
        ]
        super().__init__("no font of the PDF has these characters; write others in their place:\n" + "\n".join(lines))

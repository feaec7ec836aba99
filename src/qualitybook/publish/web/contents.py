"""The contents beside a page: all of a short book; of a long one, or beside an indicator, the page's own part.

Where every page listed all others, the contents would grow with the square of the pages. The other parts are one link
away: each leads to its first page, whose contents list it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from qualitybook.publish.documents import is_indicator
from qualitybook.publish.web.head import part_of
from qualitybook.report import CATALOGUE

MOST_PAGES = 100
"""Pages that the contents of every page list."""


@dataclass(frozen=True)
class _Part:
    """A part of the book."""

    caption: str
    """Empty where it stands for the pages, as the text of the link to the first of them."""
    pages: list[tuple[str, str]]
    """The pages that are listed, each with what it is called."""


def _title(env: BuildEnvironment, page: str) -> str:
    """Return a page's title behind its number."""
    number = ".".join(map(str, env.toc_secnumbers.get(page, {}).get("") or ()))
    return f"{number}. {env.titles[page].astext()}" if number else env.titles[page].astext()


def parts_beside(app: Sphinx, page: str) -> Iterator[_Part]:
    """Yield the parts of the book as the contents of a page have them; an indicator is listed by their catalogue."""
    own = part_of(app.config, CATALOGUE if is_indicator(page) else page)
    pages = app.env.toctree_includes.get(app.config.root_doc, [])
    for caption, within in groupby(pages, lambda each: part_of(app.config, each)):
        named = [(each, _title(app.env, each)) for each in within]
        yield _Part(caption, named) if caption == own else _Part("", [(named[0][0], caption or named[0][1])])


def _shorten(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Give the template the parts of a long book; a short one's contents are the theme's."""
    if is_indicator(pagename) or len(app.env.toctree_includes.get(app.config.root_doc, [])) > MOST_PAGES:
        context["parts"] = list(parts_beside(app, pagename))


def register(app: Sphinx) -> None:
    """Connect this module to Sphinx."""
    app.connect("html-page-context", _shorten)

"""Where a page stands: the book, the part, the page; for readers, and for programs as schema.org's BreadcrumbList."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

from qualitybook.publish.language import words_of
from qualitybook.publish.web.indicators import is_indicator
from qualitybook.publish.web.metadata import address_of
from qualitybook.publish.web.switch import to_book


@dataclass(frozen=True)
class Crumb:
    """One step of the way; `href` is empty for a part, which has no page, and for the page itself."""

    text: str
    href: str = ""


def part_of(config: Config, page: str) -> str:
    """Return the title of the part that a page stands in, empty where it stands in none."""
    if is_indicator(page):
        return words_of(config).gettext("Indicators")
    for part in config.external_site_map.root.subtrees:
        if any(fnmatchcase(page, str(item)) for item in part.items):
            return str(part.caption or "")
    return ""


def crumbs(config: Config, page: str, title: str, book_title: str) -> list[Crumb]:
    """Return the way to a page from its book's first page, which has none."""
    if page == config.root_doc:
        return []
    book = Crumb(book_title, f"{to_book(page)}{config.root_doc}.html")
    part = part_of(config, page)
    return [book, *([Crumb(part)] if part else []), Crumb(title)]


def breadcrumb_list(way: list[Crumb], addresses: dict[str, str]) -> str:
    """Return the way as schema.org's BreadcrumbList, without the parts, which have no address.

    Parameters
    ----------
    way : list of Crumb
        From the book to the page.
    addresses : dict of str
        Address by text; texts without one are left out.
    """
    known = [crumb for crumb in way if addresses.get(crumb.text)]
    items = [
        {"@type": "ListItem", "position": place, "name": crumb.text, "item": addresses[crumb.text]}
        for place, crumb in enumerate(known, start=1)
    ]
    content = {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items}
    # In a script element, only the end of the element could end it.
    text = json.dumps(content, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/ld+json">{text}</script>'


def add_breadcrumbs(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Give the page's frame the way to the page."""
    words = words_of(app.config)
    context["breadcrumbs"] = []
    context["breadcrumbs_label"] = words.gettext("Where this page stands")
    if doctree is None or pagename not in app.env.titles:
        return
    book_title = str(app.config.html_title or app.config.project)
    way = crumbs(app.config, pagename, app.env.titles[pagename].astext(), book_title)
    context["breadcrumbs"] = way
    book = context.get("book") or {}
    if way and book:
        own = address_of(pagename, book, words.code) or f"{pagename.rpartition('/')[2]}.html"
        first = address_of(app.config.root_doc, book, words.code) or way[0].href
        found = breadcrumb_list(way, {way[-1].text: own, way[0].text: first})
        context["metatags"] = context.get("metatags", "") + found + "\n"


def register(app: Sphinx) -> None:
    """Connect this module to Sphinx."""
    app.connect("html-page-context", add_breadcrumbs)

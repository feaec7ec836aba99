"""What a page tells search engines and other programs about itself: OpenGraph, schema.org, its other languages.

Addresses are relative unless the book says where it is published.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from qualitybook.publish.language import words_of
from qualitybook.publish.site import ASSESSMENTS, DATA, FEED
from qualitybook.publish.web.downloads import MEDIA_TYPES, TABLE
from qualitybook.publish.web.switch import language_links, to_book
from qualitybook.report.i18n import Words

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
DESCRIPTION_LENGTH = 200


def description(doctree: nodes.document | None) -> str:
    """Return the beginning of a page's first paragraph outside tables and notes, as plain text."""
    if doctree is None:
        return ""
    for paragraph in doctree.findall(nodes.paragraph):
        text = " ".join(paragraph.astext().split())
        if text and isinstance(paragraph.parent, nodes.section | nodes.document | nodes.container):
            return text if len(text) <= DESCRIPTION_LENGTH else text[: DESCRIPTION_LENGTH - 1] + "…"
    return ""


def address_of(page: str, book: Mapping[str, Any], lang: str) -> str:
    """Return the address of a page on the site, empty where the site's own is not known."""
    root = book.get("address", "")
    return f"{root}{book['edition']}/{lang}/{page}.html" if root else ""


def open_graph(title: str, about: str, site: str, words: Words, address: str) -> str:
    """Return the OpenGraph tags of a page."""
    values = {
        "og:type": "article",
        "og:title": title,
        "og:description": about,
        "og:site_name": site,
        "og:locale": words.language.sphinx if words.code != "en" else "en_GB",
        "og:url": address,
    }
    tags = [f'<meta property="{name}" content="{escape(value)}">' for name, value in values.items() if value]
    if about:
        tags.append(f'<meta name="description" content="{escape(about)}">')
    return "\n".join(tags)


def data_set(title: str, about: str, files: list[dict[str, str]], book: Mapping[str, Any], lang: str) -> str:
    """Return a page's data as a schema.org ``Dataset``: a data block, which browsers do not run.

    Parameters
    ----------
    title, about : str
        Name and description.
    files : list of dict
        ``href`` and ``type`` of each file.
    book : mapping
        Description of the book.
    lang : str
        Language as HTML names it.
    """
    content = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": title,
        "description": about or title,
        "inLanguage": lang,
        "license": LICENCE,
        "isAccessibleForFree": True,
        "version": book.get("edition", ""),
        "dateModified": book.get("as_of", ""),
        "distribution": [
            {"@type": "DataDownload", "contentUrl": file["href"], "encodingFormat": file["type"]} for file in files
        ],
    }
    # In a script element, only the end of the element could end it.
    text = json.dumps(content, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/ld+json">{text}</script>'


def _files(page: str, root: str, context: Mapping[str, Any], book: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the tables of a page, and for the first page those of the whole book."""
    files = [link for link in context.get("downloads", []) if link["type"] == MEDIA_TYPES[TABLE]]
    if page == root:
        data = f"{to_book(page)}../../{DATA}/"
        files = [
            *files,
            {"href": f"{data}datapackage.json", "type": "application/json"},
            {"href": f"{data}{book.get('edition', '')}/{ASSESSMENTS}.json", "type": "application/json"},
        ]
    return files


def add_metadata(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Add a page's tags to its head."""
    book, words = context.get("book") or {}, words_of(app.config)
    if doctree is None or not book:
        return
    title = app.env.titles[pagename].astext() if pagename in app.env.titles else pagename
    about, address = description(doctree), address_of(pagename, book, words.code)
    lines = [open_graph(title, about, app.config.html_title or app.config.project, words, address)]
    if address:
        lines.append(f'<link rel="canonical" href="{escape(address)}">')
    for link in language_links(pagename, words.code, book.get("languages", ())):
        lines.append(f'<link rel="alternate" hreflang="{link.lang}" href="{escape(link.href)}">')
    feed = f"{to_book(pagename)}../../{FEED}"
    lines.append(f'<link rel="alternate" type="application/atom+xml" href="{feed}">')
    if files := _files(pagename, app.config.root_doc, context, book):
        base = address.rpartition("/")[0] + "/" if address else ""
        absolute = [{**file, "href": base + file["href"]} for file in files]
        lines.append(data_set(title, about, absolute, book, words.language.html))
    context["metatags"] = context.get("metatags", "") + "\n".join(lines) + "\n"


def register(app: Sphinx) -> None:
    """Connect this module to Sphinx."""
    # After the downloads are known (500).
    app.connect("html-page-context", add_metadata, priority=600)

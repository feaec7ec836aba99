"""What stands around each page: languages and editions, the way to it, what it offers and is, the contents beside it.

The assembler describes the book under ``book`` in Sphinx's ``html_context``:

======================  ==========================================================================================
``edition``             name of the edition
``as_of``               its as-of date, YYYY-MM-DD
``languages``           codes of the languages of this edition, first language first
``editions``            newest first: ``edition``, ``languages`` and, where known, ``pages`` (names of its pages)
``files``               names of the files that lie beside the root page, by their forms
``draft``               whether the goals come from a consultation draft
``licence``             licence of the text and figures, and of the code
======================  ==========================================================================================

Every address is relative, so that a site works from a folder as well as from a server: ``/<edition>/<lang>/<page>``;
what programs read is whole where the book says where it is published.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

from qualitybook.publish.documents import is_indicator, words_of
from qualitybook.publish.forms import FORMS
from qualitybook.publish.layout import SERIES
from qualitybook.publish.site import ASSESSMENTS, DATA, FEED, NOTES, data_in_page
from qualitybook.publish.web.notebooks import stand_alone
from qualitybook.report import CATALOGUE
from qualitybook.report.i18n import Words, language


@dataclass(frozen=True)
class _Link:
    """A link of the head or foot."""

    href: str
    """Relative address."""
    text: str
    """What the reader sees."""
    lang: str
    """Language of the page it leads to, as HTML names it."""
    current: bool = False
    """Whether it leads to the page itself."""
    media_type: str = ""
    """Of what it leads to, where that is no page."""


@dataclass(frozen=True)
class _Masthead:
    """Everything the page components print, worded in the page's language."""

    languages: tuple[_Link, ...]
    editions: tuple[_Link, ...]
    """The same page in each language of this edition; in each edition."""
    every_edition: _Link | None
    """The list of all editions."""
    files: tuple[_Link, ...]
    """This edition in its other forms."""
    notes: _Link | None
    """What became known of this edition later."""
    labels: Mapping[str, str]
    """Words for screen readers and menus."""
    foot: tuple[str, ...]
    """Lines at the foot of the page."""


def to_book(page: str) -> str:
    """Return the relative way from a page to the folder of its book (``<edition>/<lang>/``)."""
    return "../" * page.count("/")


def language_links(page: str, here: str, codes: Sequence[str]) -> tuple[_Link, ...]:
    """Return the links to the same page in each language."""
    return tuple(
        _Link(f"{to_book(page)}../{code}/{page}.html", language(code).name, language(code).html, code == here)
        for code in codes
    )


def edition_links(page: str, root: str, here: str, words: Words, editions: Sequence[Mapping[str, Any]]) -> list[_Link]:
    """Return the links to the page in each edition, or to its root page where the edition lacks the page, and says so.

    Each is in the page's language where the edition has it.
    """
    links = []
    for other in editions:
        edition, codes = str(other["edition"]), list(other["languages"])
        code = words.code if words.code in codes else codes[0]
        current = edition == here
        is_there = current or page in other.get("pages", ())
        href = f"{to_book(page)}../../{edition}/{code}/{page if is_there else root}.html"
        text = edition if is_there else edition + words.parentheses(words.gettext("without this page: its first page"))
        links.append(_Link(href, text, language(code).html, current))
    return links


def foot_lines(words: Words, book: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the lines at the foot: edition and as-of date, the note on draft goals, the licence."""
    _ = words.gettext
    lines = []
    if book.get("edition") and book.get("as_of"):
        as_of = words.date(date.fromisoformat(str(book["as_of"])))
        lines.append(_("Edition {edition}, as of {date}", edition=book["edition"], date=as_of))
    if book.get("draft"):
        lines.append(_("Draft goals: the plan was read as a consultation draft; its final text was not seen."))
    lines += book.get("imprint", ())
    if book.get("licence"):
        lines.append(_("Licence: {licence}", licence=book["licence"]))
    return tuple(lines)


def citation(page: str, title: str, words: Words, book: Mapping[str, Any]) -> str:
    """Return how a page is to be cited: author, page, book, edition, day and, where it is known, address."""
    if not (book.get("author") and book.get("as_of")):
        return ""
    said = words.gettext(
        "Cite this page as: {author}: “{page}”, in: {book}. Edition {edition}, as of {date}.",
        author=book["author"],
        page=title,
        book=book["title"],
        edition=book["edition"],
        date=words.date(date.fromisoformat(str(book["as_of"]))),
    )
    return words.sentences([said, _address_of(page, book, words.code)])


def masthead(page: str, root: str, words: Words, book: Mapping[str, Any]) -> _Masthead:
    """Return what the page's head and foot print."""
    _ = words.gettext
    edition, own = str(book.get("edition", "")), words.language.html
    editions = edition_links(page, root, edition, words, book.get("editions", ()))
    every = _Link(f"{to_book(page)}../../editions.html", _("All editions"), own) if editions else None
    files = [
        _Link(to_book(page) + name, _(FORMS[form].label), own, media_type=FORMS[form].media_type)
        for form, name in book.get("files", {}).items()
    ]
    return _Masthead(
        languages=language_links(page, words.code, book.get("languages", ())),
        editions=tuple(editions),
        every_edition=every,
        files=tuple(files),
        notes=_Link(f"{to_book(page)}../{NOTES}", _("Corrections and later findings"), own) if edition else None,
        labels={
            "languages": _("Languages"),
            "edition": _("Edition {edition}", edition=edition),
            "editions": _("Editions"),
            "sidebar": _("Show or hide the contents"),
            "contents": _("Contents of the book"),
        },
        foot=foot_lines(words, book),
    )


def _add_masthead(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Give the page components what they print."""
    book = context.get("book") or {}
    words = words_of(app.config)
    context["masthead"] = masthead(pagename, app.config.root_doc, words, book)
    title = app.env.titles[pagename].astext() if pagename in app.env.titles else ""
    context["citation"] = citation(pagename, title, words, book) if title else ""


@dataclass(frozen=True)
class _Crumb:
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


def crumbs(config: Config, page: str, title: str, book_title: str) -> list[_Crumb]:
    """Return the way to a page from its book's first page, which has none."""
    if page == config.root_doc:
        return []
    book = _Crumb(book_title, f"{to_book(page)}{config.root_doc}.html")
    part = part_of(config, page)
    return [book, *([_Crumb(part)] if part else []), _Crumb(title)]


def _data_block(content: Mapping[str, Any]) -> str:
    """Return a block of data for programs, which browsers do not run."""
    return f'<script type="application/ld+json">{data_in_page(content)}</script>'


def breadcrumb_list(way: list[_Crumb], addresses: dict[str, str]) -> str:
    """Return the way as schema.org's BreadcrumbList, without the parts, which have no address."""
    known = [crumb for crumb in way if addresses.get(crumb.text)]
    items = [
        {"@type": "ListItem", "position": place, "name": crumb.text, "item": addresses[crumb.text]}
        for place, crumb in enumerate(known, start=1)
    ]
    content = {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items}
    return _data_block(content)


def _add_breadcrumbs(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
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
        own = _address_of(pagename, book, words.code) or f"{pagename.rpartition('/')[2]}.html"
        first = _address_of(app.config.root_doc, book, words.code) or way[0].href
        found = breadcrumb_list(way, {way[-1].text: own, way[0].text: first})
        context["metatags"] = context.get("metatags", "") + found + "\n"


_NOTEBOOK = ".ipynb"
_TABLE = ".csv"
_MEDIA_TYPES = {_NOTEBOOK: "application/x-ipynb+json", _TABLE: "text/csv"}


def table_of(source: Path, page: str) -> Path:
    """Return where the table lies that a page offers, if it does."""
    return source / SERIES / f"{page}{_TABLE}"


def _offer_downloads(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Give the page component its links, and put the files beside the page; the frame of filled pages has its own."""
    if "downloads" in context:
        return
    _, source, links = words_of(app.config).gettext, Path(app.srcdir), []
    for path, said in (
        (source / f"{pagename}{_NOTEBOOK}", _("Executed notebook of this page")),
        (table_of(source, pagename), _("Published figures of this page as CSV")),
    ):
        if not path.is_file():
            continue
        target = Path(app.outdir, f"{pagename}{path.suffix}")
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == _NOTEBOOK:
            target.write_text(stand_alone(path, app.env), encoding="utf-8", newline="\n")
        else:
            shutil.copyfile(path, target)
        links.append({"href": target.name, "text": said, "type": _MEDIA_TYPES[path.suffix]})
    context["downloads"] = links


_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_DESCRIPTION_LENGTH = 200


def _description(doctree: nodes.document | None) -> str:
    """Return the beginning of a page's first paragraph outside tables and notes, as plain text."""
    if doctree is None:
        return ""
    for paragraph in doctree.findall(nodes.paragraph):
        text = paragraph.astext()
        if text.strip() and isinstance(paragraph.parent, nodes.section | nodes.document | nodes.container):
            return shortened(text)
    return ""


def shortened(text: str) -> str:
    """Return the beginning of a text as a description."""
    text = " ".join(text.split())
    return text if len(text) <= _DESCRIPTION_LENGTH else text[: _DESCRIPTION_LENGTH - 1] + "…"


def _address_of(page: str, book: Mapping[str, Any], lang: str) -> str:
    """Return the address of a page on the site, empty where the site's own is not known."""
    root = book.get("address", "")
    return f"{root}{book['edition']}/{lang}/{page}.html" if root else ""


def _open_graph(title: str, about: str, site: str, words: Words, address: str) -> str:
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


def _data_set(title: str, about: str, files: list[dict[str, str]], book: Mapping[str, Any], lang: str) -> str:
    """Return a page's data as a schema.org ``Dataset``: a data block, which browsers do not run."""
    content = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": title,
        "description": about or title,
        "inLanguage": lang,
        "license": _LICENCE,
        "isAccessibleForFree": True,
        "version": book.get("edition", ""),
        "dateModified": book.get("as_of", ""),
        "distribution": [
            {"@type": "DataDownload", "contentUrl": file["href"], "encodingFormat": file["type"]} for file in files
        ],
    }
    return _data_block(content)


def _files(page: str, root: str, context: Mapping[str, Any], book: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the tables of a page, and for the first page those of the whole book."""
    files = [link for link in context.get("downloads", []) if link["type"] == _MEDIA_TYPES[_TABLE]]
    if page == root:
        data = f"{to_book(page)}../../{DATA}/"
        files = [
            *files,
            {"href": f"{data}datapackage.json", "type": "application/json"},
            {"href": f"{data}{book.get('edition', '')}/{ASSESSMENTS}.json", "type": "application/json"},
        ]
    return files


def _add_metadata(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Add a page's tags to its head."""
    book, words = context.get("book") or {}, words_of(app.config)
    if doctree is None or not book:
        return
    title = app.env.titles[pagename].astext() if pagename in app.env.titles else pagename
    about, address = _description(doctree), _address_of(pagename, book, words.code)
    lines = [_open_graph(title, about, app.config.html_title or app.config.project, words, address)]
    if address:
        lines.append(f'<link rel="canonical" href="{escape(address)}">')
    for link in language_links(pagename, words.code, book.get("languages", ())):
        lines.append(f'<link rel="alternate" hreflang="{link.lang}" href="{escape(link.href)}">')
    feed = f"{to_book(pagename)}../../{FEED}"
    lines.append(f'<link rel="alternate" type="application/atom+xml" href="{feed}">')
    if files := _files(pagename, app.config.root_doc, context, book):
        absolute = [{**file, "href": urljoin(address, file["href"])} for file in files]
        lines.append(_data_set(title, about, absolute, book, words.language.html))
    context["metatags"] = context.get("metatags", "") + "\n".join(lines) + "\n"


# The contents beside a page: all of a short book; of a long one, or beside an indicator, the page's own part. Where
# every page listed all others, they would grow with the square of the pages. The other parts are one link away: each
# leads to its first page, whose contents list it.

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
    app.connect("html-page-context", _add_masthead)
    app.connect("html-page-context", _add_breadcrumbs)
    app.connect("html-page-context", _offer_downloads)
    app.connect("html-page-context", _shorten)
    # After the downloads are known (500).
    app.connect("html-page-context", _add_metadata, priority=600)

"""Head and foot of each page: the same page in another language or edition, the PDF, and what the reader holds.

The assembler describes the book under ``book`` in Sphinx's ``html_context``:

======================  ==========================================================================================
``edition``             name of the edition
``as_of``               its as-of date, YYYY-MM-DD
``languages``           codes of the languages of this edition, first language first
``editions``            newest first: ``edition``, ``languages`` and, where known, ``pages`` (names of its pages)
``pdf``                 file name of the PDF, which lies beside the root page
``draft``               whether the goals come from a consultation draft
``licence``             licence of the text and figures, and of the code
======================  ==========================================================================================

Every address is relative, so that a site works from a folder as well as from a server: ``/<edition>/<lang>/<page>``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sphinx.application import Sphinx

from qualitybook.publish.language import words_of
from qualitybook.report.i18n import Words, language


@dataclass(frozen=True)
class Link:
    """A link of the head or foot.

    Attributes
    ----------
    href : str
        Relative address.
    text : str
        What the reader sees.
    lang : str
        Language of the page it leads to, as HTML names it.
    current : bool
        Whether it leads to the page itself.
    """

    href: str
    text: str
    lang: str
    current: bool = False


@dataclass(frozen=True)
class Masthead:
    """Everything the page components print, worded in the page's language.

    Attributes
    ----------
    languages, editions : tuple of Link
        The same page in each language of this edition; in each edition.
    every_edition : Link or None
        The list of all editions.
    pdf : Link or None
        This edition as PDF.
    labels : mapping
        Words for screen readers and menus.
    foot : tuple of str
        Lines at the foot of the page.
    """

    languages: tuple[Link, ...]
    editions: tuple[Link, ...]
    every_edition: Link | None
    pdf: Link | None
    labels: Mapping[str, str]
    foot: tuple[str, ...]


def to_book(page: str) -> str:
    """Return the relative way from a page to the folder of its book (``<edition>/<lang>/``).

    Parameters
    ----------
    page : str
        Name of the page, such as ``targets/01-inspection``.

    Returns
    -------
    str
        ``""`` or a chain of ``../``.
    """
    return "../" * page.count("/")


def language_links(page: str, here: str, codes: Sequence[str]) -> tuple[Link, ...]:
    """Return the links to the same page in each language.

    Parameters
    ----------
    page : str
        Name of the page.
    here : str
        Code of the page's own language.
    codes : sequence of str
        Codes of the languages.

    Returns
    -------
    tuple of Link
        One for each language, in the order given.
    """
    return tuple(
        Link(f"{to_book(page)}../{code}/{page}.html", language(code).name, language(code).html, code == here)
        for code in codes
    )


def edition_links(page: str, root: str, here: str, words: Words, editions: Sequence[Mapping[str, Any]]) -> list[Link]:
    """Return the links to the page in each edition, or to its root page where the edition lacks the page, and says so.

    Parameters
    ----------
    page, root : str
        Names of the page and of the root page.
    here : str
        Edition of the page.
    words : Words
        Voice of the page.
    editions : sequence of mappings
        ``edition``, ``languages`` and, where known, ``pages``.

    Returns
    -------
    list of Link
        One for each edition, in the order given; in the page's language where the edition has it.
    """
    links = []
    for other in editions:
        edition, codes = str(other["edition"]), list(other["languages"])
        code = words.code if words.code in codes else codes[0]
        current = edition == here
        is_there = current or page in other.get("pages", ())
        href = f"{to_book(page)}../../{edition}/{code}/{page if is_there else root}.html"
        text = edition if is_there else edition + words.parentheses(words.gettext("without this page: its first page"))
        links.append(Link(href, text, language(code).html, current))
    return links


def menu_labels(words: Words, edition: str) -> dict[str, str]:
    """Return the words of the head's menus."""
    _ = words.gettext
    return {
        "languages": _("Languages"),
        "edition": _("Edition {edition}", edition=edition),
        "editions": _("Editions"),
        "sidebar": _("Show or hide the contents"),
        "contents": _("Contents of the book"),
    }


def foot_lines(words: Words, book: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the lines at the foot: edition and as-of date, the note on draft goals, the licence.

    Parameters
    ----------
    words : Words
        Voice of the page.
    book : mapping
        Description of the book.

    Returns
    -------
    tuple of str
        The lines that apply.
    """
    _ = words.gettext
    lines = []
    if book.get("edition") and book.get("as_of"):
        as_of = words.date(date.fromisoformat(str(book["as_of"])))
        lines.append(_("Edition {edition}, as of {date}", edition=book["edition"], date=as_of))
    if book.get("draft"):
        lines.append(_("Draft goals: the plan was read as a consultation draft; its final text was not seen."))
    if book.get("licence"):
        lines.append(_("Licence: {licence}", licence=book["licence"]))
    return tuple(lines)


def masthead(page: str, root: str, words: Words, book: Mapping[str, Any]) -> Masthead:
    """Return what the page's head and foot print.

    Parameters
    ----------
    page, root : str
        Names of the page and of the root page.
    words : Words
        Voice of the page.
    book : mapping
        Description of the book.

    Returns
    -------
    Masthead
        Links and words.
    """
    _ = words.gettext
    edition, own = str(book.get("edition", "")), words.language.html
    editions = edition_links(page, root, edition, words, book.get("editions", ()))
    every = Link(f"{to_book(page)}../../editions.html", _("All editions"), own) if editions else None
    pdf = Link(to_book(page) + book["pdf"], _("PDF"), own) if book.get("pdf") else None
    return Masthead(
        languages=language_links(page, words.code, book.get("languages", ())),
        editions=tuple(editions),
        every_edition=every,
        pdf=pdf,
        labels=menu_labels(words, edition),
        foot=foot_lines(words, book),
    )


def add_masthead(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Give the page components what they print."""
    book = context.get("book") or {}
    context["masthead"] = masthead(pagename, app.config.root_doc, words_of(app.config), book)


def register(app: Sphinx) -> None:
    """Connect this module to Sphinx."""
    app.connect("html-page-context", add_masthead)

"""What a book's settings say about it: titles, language, and what its pages link to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from qualitybook import __version__
from qualitybook.evidence.settings import BookSettings
from qualitybook.publish.layout import Volume
from qualitybook.publish.site import read_shelves
from qualitybook.report.i18n import LANGUAGES, Words


def pdf_name(settings: BookSettings, volume: Volume) -> str:
    """Return the name of a book's PDF, with suffix."""
    return f"{settings.name}-{volume.edition.edition}-{volume.lang}.pdf"


def config_values(
    settings: BookSettings, volume: Volume, editions: Sequence[Mapping[str, Any]], has_pdf: bool
) -> dict[str, Any]:
    """Return what is merged over the project's ``_config.yml`` for one book.

    Parameters
    ----------
    settings : BookSettings
        Titles and state of the plan.
    volume : Volume
        Which book.
    editions : sequence of mappings
        What the site offers, as `editions_offered` returns it.
    has_pdf : bool
        Whether a PDF will lie beside the root page.
    """
    words = Words(volume.lang)
    licence = words.gettext("CC BY 4.0 for text and figures, MIT for the code")
    own = next(offer for offer in editions if offer["edition"] == volume.edition.edition)
    book = {
        "edition": volume.edition.edition,
        "as_of": volume.edition.as_of.isoformat(),
        "languages": own["languages"],
        "editions": list(editions),
        "draft": settings.is_draft,
        "licence": licence,
    }
    if has_pdf:
        book["pdf"] = pdf_name(settings, volume)
    return {
        "title": words.name(settings, "title"),
        "author": words.name(settings, "author"),
        "sphinx": {
            "config": {
                "language": words.language.sphinx,
                "html_context": {"book": book},
                **_cover_values(settings, volume, words, licence),
            }
        },
    }


def _cover_values(settings: BookSettings, volume: Volume, words: Words, licence: str) -> dict[str, Any]:
    """Return what the PDF's cover and imprint print."""
    _ = words.gettext
    draft = _("Draft goals: the plan was read as a consultation draft; its final text was not seen.")
    return {
        "typst_title": words.name(settings, "title"),
        "typst_subtitle": words.name(settings, "subtitle"),
        "typst_author": words.name(settings, "author"),
        "typst_edition": volume.edition.edition,
        "typst_as_of": words.date(volume.edition.as_of),
        "typst_date": volume.edition.as_of.isoformat(),
        "typst_version": __version__,
        "typst_cover_note": draft if settings.is_draft else "",
        "typst_imprint": [_("Licence: {licence}", licence=licence)],
    }


def editions_offered(site: Path, volumes: Iterable[Volume], pages: Mapping[str, Iterable[str]]) -> list[dict[str, Any]]:
    """Return the editions that a site will offer, newest first.

    Parameters
    ----------
    site : pathlib.Path
        The present site; its other books stay.
    volumes : iterable of Volume
        The books that are being built.
    pages : mapping
        Names of the pages of each of these books, by the book's name.

    Returns
    -------
    list of dict
        ``edition``, ``languages`` (codes) and ``pages`` (names of the pages that all its languages have).
    """
    offered = {
        (shelf.edition, code): _published_pages(site, shelf.edition, code)
        for shelf in read_shelves(site)
        for code in shelf.languages
    }
    offered |= {(volume.edition.edition, volume.lang): set(pages[volume.name]) for volume in volumes}
    editions = sorted({edition for edition, _ in offered}, reverse=True)
    return [
        _offer(edition, {code: names for (key, code), names in offered.items() if key == edition})
        for edition in editions
    ]


def _offer(edition: str, pages: Mapping[str, set[str]]) -> dict[str, Any]:
    common = set.intersection(*pages.values())
    return {"edition": edition, "languages": [code for code in LANGUAGES if code in pages], "pages": sorted(common)}


def _published_pages(site: Path, edition: str, code: str) -> set[str]:
    folder = site / edition / code
    return {path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.html")}

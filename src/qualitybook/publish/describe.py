"""What a book's settings say about it: titles, language, and what its pages link to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from qualitybook import __version__
from qualitybook.evidence.catalog import Catalog
from qualitybook.evidence.reading import rows_of
from qualitybook.evidence.settings import BookSettings
from qualitybook.publish.layout import Volume
from qualitybook.publish.site import read_shelves
from qualitybook.report.i18n import LANGUAGES, Words
from qualitybook.report.pages.area import CATEGORY_MARK

SUMMARY_SECTIONS = 1
"""Sections of the front page that its printed summary holds below counts and cards: the messages of the year."""

OF_SPHINX = frozenset({"index", "genindex", "search"})
"""Pages of every book that come from no source."""


def pdf_name(settings: BookSettings, volume: Volume) -> str:
    """Return the name of a book's PDF, with suffix."""
    return f"{settings.name}-{volume.edition.edition}-{volume.lang}.pdf"


def config_values(
    settings: BookSettings,
    volume: Volume,
    editions: Sequence[Mapping[str, Any]],
    index: Mapping[str, Mapping[str, str]],
    *,
    has_pdf: bool,
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
    index : mapping
        What the PDF's index lists, as `indicator_index` returns it.
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
        "address": settings.address,
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
                "typst_index": {title: dict(terms) for title, terms in index.items()},
                "typst_summary_sections": SUMMARY_SECTIONS,
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
        "typst_imprint": [_("Licence: {licence}", licence=licence), _citation(settings, volume, words)],
    }


def _citation(settings: BookSettings, volume: Volume, words: Words) -> str:
    """Return how the edition is to be cited."""
    return words.gettext(
        "Please cite as: {author}: {title}. {subtitle}. Edition {edition}, as of {as_of}, version {version}.",
        author=words.name(settings, "author"),
        title=words.name(settings, "title"),
        subtitle=words.name(settings, "subtitle"),
        edition=volume.edition.edition,
        as_of=words.date(volume.edition.as_of),
        version=__version__,
    )


def indicator_index(catalog: Catalog, lang: str) -> dict[str, dict[str, str]]:
    """Return the indicators that the PDF's index lists: key and name, under the area whose tasks they serve.

    An indicator stands once, where the plan's order comes to it first. Categories of an indicator are left out: the
    table that shows them stands beside their indicator's own figures.

    Parameters
    ----------
    catalog : Catalog
        All evidence.
    lang : str
        Language code.
    """
    words = Words(lang)
    _ = words.gettext
    names = {item.indicator_id: words.name(item) for item in rows_of(catalog.indicators)}
    left = {key: name for key, name in names.items() if CATEGORY_MARK not in key}
    groups: dict[str, dict[str, str]] = {}
    for area in rows_of(catalog.areas.sort_values("number")):
        own = catalog.tasks[catalog.tasks["area_id"] == area.area_id].sort_values("number")
        links = catalog.task_indicators
        keys = [key for task in own["task_id"] for key in links[links["task_id"] == task]["indicator_id"]]
        title = _("Area {number}: {name}", number=area.number, name=words.name(area))
        groups[title] = {key: left.pop(key) for key in dict.fromkeys(keys) if key in left}
    groups[_("Other indicators")] = left
    return {title: terms for title, terms in groups.items() if terms}


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
    for volume in volumes:
        key = (volume.edition.edition, volume.lang)
        # Pages that the book once had stay beside those that are made now.
        offered[key] = set(pages[volume.name]) | (offered.get(key, set()) - OF_SPHINX)
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

"""What the site offers to programs: the evidence and the verdicts in ``/data/``, a feed, a map, a page for lost ways.

Addresses are relative unless the evidence folder's ``book.toml`` says where the site is published. Where it does not,
there is no map, which takes full addresses only, and the page for lost ways, shown at any depth, links to nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader

from qualitybook.evidence.schema import DESCRIPTOR_NAME, TABLES, BookSettings, Table
from qualitybook.evidence.seals import EVIDENCE, SEALS, packed
from qualitybook.publish.cache import files_below
from qualitybook.publish.layout import DERIVED
from qualitybook.publish.plan import CALIBRATION, Offer
from qualitybook.publish.site import (
    ABOUT,
    ASSESSMENTS,
    DATA,
    FEED,
    NOTES,
    ROOT_PAGE,
    SITEMAP,
    Shelf,
    in_order,
    plain_page,
)
from qualitybook.report import assessments
from qualitybook.report.i18n import Words, language

_LOST = "404.html"


def _data_page(
    tables: Sequence[Table],
    editions: Sequence[str],
    settings: BookSettings,
    derived: Sequence[str],
    archives: Sequence[str],
) -> str:
    """Return the page that lists the files of ``/data/``, in every language."""
    parts = [_data_section(words, tables, editions, derived, archives) for words in map(Words, settings.languages)]
    title = " · ".join(words.gettext("Data") for words in map(Words, settings.languages))
    return plain_page(f"{title} · {_in_all(settings, 'title')}", title, "\n".join(parts))


def _data_section(
    words: Words, tables: Sequence[Table], editions: Sequence[str], derived: Sequence[str], archives: Sequence[str]
) -> str:
    _ = words.gettext
    items = [_item(DESCRIPTOR_NAME, _("description of all tables (Frictionless Data Package)"))]
    items += [_item(table.path, "" if words.code != "en" else table.description) for table in tables]
    for name in editions:
        note = _("verdicts of edition {edition}", edition=name)
        items += [_item(f"{name}/{ASSESSMENTS}.{form}", note) for form in ("json", "csv")]
    items += [
        _item(f"{name}/{EVIDENCE}", _("all that edition {edition} was made from", edition=name)) for name in archives
    ]
    items.append(_item(assessments.SCHEMA_NAME, _("JSON Schema of the verdicts")))
    for name in derived:
        edition, code = name.split("/")
        note = _(
            "every computed number of edition {edition} ({language}): page, statement, rows, operation, result",
            edition=edition,
            language=language(code).name,
        )
        items.append(_item(f"{name}/{DERIVED}", note))
    items.append(_item(CALIBRATION, _("constants of the forecasts and the results of their tests")))
    lead = _(
        "All published figures with their sources, as tables in CSV (UTF-8), and the verdicts of each edition. A text "
        "that a spreadsheet would run as a formula has an apostrophe before it; numbers are as they were printed."
    )
    return (
        f'<section lang="{words.language.html}">\n<h2>{escape(_("Data"))}</h2>\n<p>{escape(lead)}</p>\n<ul>\n'
        + "\n".join(items)
        + "\n</ul>\n</section>"
    )


def _item(path: str, note: str) -> str:
    after = f" {escape(note)}" if note else ""
    return f'<li><a href="{escape(path)}">{escape(path)}</a>{after}</li>'


def _in_all(settings: BookSettings, name: str) -> str:
    """Return a text of the book in every language."""
    return " · ".join(Words(code).name(settings, name) for code in settings.languages)


def _from_template(name: str, **values: Any) -> str:
    """Return an XML file that a template describes."""
    folder = FileSystemLoader(Path(__file__).parent / "web" / "templates")
    return Environment(loader=folder, autoescape=True, keep_trailing_newline=True).get_template(name).render(values)


def feed(shelves: Sequence[Shelf], offer: Offer) -> str:
    """Return the Atom feed of the editions, latest first; an edition is dated by its as-of date."""
    settings = offer.settings
    return _from_template(
        FEED,
        id=_urn(settings, ""),
        title=_in_all(settings, "title"),
        updated=max(_day(offer, shelf.edition) for shelf in shelves),
        author=_in_all(settings, "author"),
        address=settings.address + FEED,
        entries=[_entry(shelf.edition, Words(code), offer) for shelf in shelves for code in shelf.languages],
    )


def _entry(edition: str, words: Words, offer: Offer) -> dict[str, str]:
    named = words.parentheses(words.gettext("Edition {edition}", edition=edition))
    return {
        "lang": words.language.html,
        "id": _urn(offer.settings, f"{edition}/{words.code}"),
        "title": words.name(offer.settings, "title") + named,
        "updated": _day(offer, edition),
        "address": f"{offer.settings.address}{edition}/{words.code}/{ROOT_PAGE}",
    }


def _day(offer: Offer, edition: str) -> str:
    """Return the as-of date of an edition; one that the evidence no longer lists is older than all others."""
    return offer.as_of.get(edition, "1970-01-01")


def _urn(settings: BookSettings, name: str) -> str:
    """Return an identifier that depends on nothing but the book's name and the part's."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{settings.name}/{name}").urn


def _lost_page(settings: BookSettings) -> str:
    """Return the page that a server shows for an address that is not there, at whatever depth."""
    voices = [Words(code) for code in settings.languages]
    title = " · ".join(words.gettext("Page not found") for words in voices)
    lines = [f'<p lang="{words.language.html}">{_way_back(settings, words)}</p>' for words in voices]
    return plain_page(title, title, "\n".join(lines))


def _way_back(settings: BookSettings, words: Words) -> str:
    """Return what leads on from an address that is not there: a link, where the root of the site is known."""
    _ = words.gettext
    if not settings.address:
        return escape(_("There is no page at this address. The first page of this site leads to all editions."))
    text = escape(_("There is no page at this address. The list of editions leads to all pages."))
    return f'{text} <a href="{escape(settings.address)}editions.html">{escape(_("All editions"))}</a>'


def write_for_machines(
    root: Path,
    shelves: Sequence[Shelf],
    offer: Offer,
    derived: Mapping[str, Path] | None = None,
    evidence: Path | None = None,
) -> None:
    """Write ``/data/``, the page for lost ways, and the lists: see `write_lists`.

    Of the books that are being published go there the computed statements, by the book's name ``<edition>/<lang>``, and
    the evidence that they are made from.
    """
    if evidence is not None:
        archive = packed(_files_of(evidence))
        for edition in {name.split("/")[0] for name in derived or {}}:
            (root / DATA / edition).mkdir(parents=True, exist_ok=True)
            (root / DATA / edition / EVIDENCE).write_bytes(archive)
    statements = {f"{name}/{DERIVED}": path.read_text(encoding="utf-8") for name, path in (derived or {}).items()}
    for name, text in {**offer.data, **statements}.items():
        _write(root / DATA / name, text)
    _write(root / _LOST, _lost_page(offer.settings))
    write_lists(root, shelves, offer)


def write_lists(root: Path, shelves: Sequence[Shelf], offer: Offer) -> None:
    """Write what names the books and the data that are there: the feed, the map, and the page of ``/data/``."""
    for edition in (shelf.edition for shelf in shelves if shelf.edition in offer.notes):
        _write(root / edition / NOTES, offer.notes[edition])
    folder = root / DATA
    tables = [table for table in TABLES if (folder / table.path).is_file()]
    editions = sorted((path.parent.name for path in folder.glob(f"*/{ASSESSMENTS}.json")), reverse=True)
    archives = [name for name in editions if (folder / name / EVIDENCE).is_file()]
    derived = in_order(path.parent.relative_to(folder).as_posix() for path in folder.glob(f"*/*/{DERIVED}"))
    _write(folder / "index.html", _data_page(tables, editions, offer.settings, derived, archives))
    _write(root / FEED, feed(shelves, offer))
    _write(root / ABOUT, assessments.json_text(_about(shelves, offer)))
    (root / SITEMAP).unlink(missing_ok=True)
    if offer.settings.address:
        addresses = [offer.settings.address + quote(page) for page in _pages(root)]
        _write(root / SITEMAP, _from_template(SITEMAP, addresses=addresses))


def _about(shelves: Sequence[Shelf], offer: Offer) -> dict[str, Any]:
    """Return what a shelf says of the book; an edition that the evidence no longer lists has no day and no state."""
    return {
        "name": offer.settings.name,
        "title": {code: Words(code).name(offer.settings, "title") for code in offer.settings.languages},
        "place": dict(offer.place),
        "editions": {
            shelf.edition: {
                "as_of": offer.as_of.get(shelf.edition, ""),
                "states": list(offer.states.get(shelf.edition, ())),
            }
            for shelf in shelves
        },
    }


def _files_of(evidence: Path) -> dict[str, bytes]:
    """Return what a book is made from, by path: of earlier editions the seals, but not what those were made from."""
    paths = {path.relative_to(evidence).as_posix(): path for path in files_below(evidence)}
    archives = f"{SEALS}/*.zip"
    return {name: path.read_bytes() for name, path in paths.items() if not PurePosixPath(name).match(archives)}


def _pages(root: Path) -> list[str]:
    paths = (path.relative_to(root) for path in root.rglob("*.html"))
    return sorted(path.as_posix() for path in paths if "_static" not in path.parts and path.name != _LOST)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")

"""What a site holds: its editions, each in some languages, and what lies beside them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from qualitybook.report.i18n import LANGUAGES

ROOT_PAGE = "summary.html"
DATA = "data"
"""Folder of the site with what programs read; one folder in it for each edition."""
ASSESSMENTS = "assessments"
"""Files there with the verdicts of an edition, each by this name and its own suffix."""
FEED = "feed.xml"
SITEMAP = "sitemap.xml"
LEDGER = "publications.json"
"""Which builds were published, where they are published."""


@dataclass(frozen=True)
class Shelf:
    """What a site offers of one edition.

    Attributes
    ----------
    edition : str
        Edition.
    languages : tuple of str
        Codes of its languages, first language first.
    pdfs : mapping
        Name of the PDF by language code, where there is one.
    earlier : frozenset of str
        Codes of the languages whose PDF is of an earlier build than their pages.
    """

    edition: str
    languages: tuple[str, ...]
    pdfs: Mapping[str, str]
    earlier: frozenset[str] = frozenset()


def read_shelves(root: Path, carried: Collection[str] = ()) -> list[Shelf]:
    """Return what a site holds, latest edition first.

    Parameters
    ----------
    root : pathlib.Path
        Folder of the site; it may be missing.
    carried : collection of str
        Paths of the files that come from an earlier build than their book.

    Returns
    -------
    list of Shelf
        One for each edition, languages in the order of `LANGUAGES`.
    """
    editions = sorted((path for path in root.glob("*") if path.is_dir()), key=lambda path: path.name, reverse=True)
    shelves = []
    for folder in editions:
        codes = tuple(code for code in LANGUAGES if (folder / code / ROOT_PAGE).is_file())
        pdfs = {code: found for code in codes if (found := _pdf(root, folder / code, carried))}
        earlier = {code for code, name in pdfs.items() if f"{folder.name}/{code}/{name}" in carried}
        if codes:
            shelves.append(Shelf(folder.name, codes, pdfs, frozenset(earlier)))
    return shelves


def _pdf(root: Path, folder: Path, carried: Collection[str]) -> str:
    """Return the name of a book's PDF, that of its own build first; nothing where there is none."""
    found = [path.relative_to(root).as_posix() for path in folder.glob("*.pdf")]
    return min(found, key=lambda name: (name in carried, name)).split("/")[-1] if found else ""

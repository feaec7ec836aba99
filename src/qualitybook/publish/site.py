"""The site: every edition in every language in one folder, put in place whole.

``/index.html`` leads to the latest edition in its first language, ``/editions.html`` lists them all, and
``/<edition>/<language>/`` holds one book with its PDF. A new site is written beside the old one and the two change
places in one step, so that a reader, or a build that is killed, never sees half of one.
"""

from __future__ import annotations

import ctypes
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from qualitybook.publish.entrance import entrance_page, redirect
from qualitybook.publish.manifest import write_manifest
from qualitybook.publish.shelves import ROOT_PAGE, Shelf
from qualitybook.report.i18n import LANGUAGES

DATA = "data"
"""Folder of the site with what programs read; one folder in it for each edition."""
ASSESSMENTS = "assessments"
"""Files there with the verdicts of an edition, each by this name and its own suffix."""
FEED = "feed.xml"
# Aids of the theme's developers and of Sphinx's own incremental builds, of no use to a reader.
LEFT_OUT = ("*.map", ".buildinfo", ".doctrees", "webpack-macros.html", "sbt-webpack-macros.html")
# Of Linux's renameat2: paths are relative to the working directory; the two names change places.
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


Completion = Callable[[Path, Sequence[Shelf]], None]


class NoBooksError(ValueError):
    """A site without a single book."""

    def __init__(self, site: Path) -> None:
        super().__init__(f"no book to publish, and none in {site}; name an edition and a language to build")


class PlaceError(ValueError):
    """A place where no site may be put."""


@dataclass(frozen=True)
class Book:
    """One edition in one language, built.

    Attributes
    ----------
    edition, lang : str
        Edition and language code.
    html : Path
        Folder of the HTML.
    pdf : Path or None
        The PDF, if it was built; it keeps its name.
    """

    edition: str
    lang: str
    html: Path
    pdf: Path | None = None


def staging_folder(site: Path) -> Path:
    """Return where a new site is written: beside the site, so that it can be renamed into place."""
    return site.with_name(f".{site.name}.staging")


def retired_folder(site: Path) -> Path:
    """Return where the old site waits while a file system without exchange renames twice."""
    return site.with_name(f".{site.name}.retired")


def check_place(site: Path) -> None:
    """Make sure that a site may be put there: it takes the place of what is there.

    Raises
    ------
    PlaceError
        If there is a file, or a folder that holds something else.
    """
    if site.exists() and not site.is_dir():
        raise PlaceError(f"{str(site)!r} is a file; move it away, or name a folder")
    if holds_something_else(site):
        raise PlaceError(f"{str(site)!r} holds something that is no site of this program; name another folder")


@contextmanager
def cleared_on_error(site: Path) -> Iterator[None]:
    """Remove what the block has staged for a site, where it ends with an error."""
    try:
        yield
    except BaseException:
        shutil.rmtree(staging_folder(site), ignore_errors=True)
        raise


def recover(site: Path) -> None:
    """Clear what a killed build left behind, and put the last good site back if it was between two renames.

    Parameters
    ----------
    site : Path
        The site, present or not.
    """
    retired = retired_folder(site)
    if retired.exists() and not site.exists():
        retired.rename(site)
    for leftover in (retired, staging_folder(site)):
        if leftover.exists():
            shutil.rmtree(leftover)


def stage_site(
    site: Path, books: Sequence[Book], as_of: Mapping[str, str] | None = None, complete: Completion | None = None
) -> Path:
    """Write a new site beside the old one.

    Editions of the old site that are not among `books` are kept as they are.

    Parameters
    ----------
    site : Path
        Where the site is, or will be.
    books : sequence of Book
        Books to publish.
    as_of : mapping, optional
        As-of date (YYYY-MM-DD) by edition, for the list of editions.
    complete : callable, optional
        Adds what lies beside the books, given the staging folder and its shelves.

    Returns
    -------
    Path
        The staging folder, to be handed to `swap`.

    Raises
    ------
    NoBooksError
        If there would be no book on the site.
    """
    recover(site)
    staging = staging_folder(site)
    staging.mkdir(parents=True)
    for book in books:
        place_book(book, staging)
    keep_other_books(site, staging)
    shelves = read_shelves(staging)
    if not shelves:
        raise NoBooksError(site)
    write_entrance(staging, shelves, as_of or {})
    keep_data(site, staging)
    if complete is not None:
        complete(staging, shelves)
    return staging


def place_book(book: Book, root: Path) -> None:
    """Copy one book and its PDF to ``root/<edition>/<lang>``."""
    folder = root / book.edition / book.lang
    shutil.copytree(book.html, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
    if not (folder / "index.html").exists():
        (folder / "index.html").write_text(redirect(ROOT_PAGE), encoding="utf-8", newline="\n")
    if book.pdf is not None:
        shutil.copy2(book.pdf, folder / book.pdf.name)


def keep_other_books(site: Path, staging: Path) -> None:
    """Carry over the books of the present site that are not published anew."""
    for shelf in read_shelves(site):
        for lang in shelf.languages:
            kept = staging / shelf.edition / lang
            if not kept.exists():
                shutil.copytree(site / shelf.edition / lang, kept, copy_function=link_or_copy)


def keep_data(site: Path, staging: Path) -> None:
    """Carry over the verdicts of the editions whose books were kept; those of editions made anew are made anew."""
    for folder in sorted((site / DATA).glob("*/")):
        if (staging / folder.name).is_dir() and not (staging / DATA / folder.name).exists():
            shutil.copytree(folder, staging / DATA / folder.name)


def link_or_copy(source: str, target: str) -> None:
    """Give a published file a second name, or copy it where links are not possible: it never changes in place."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def read_shelves(root: Path) -> list[Shelf]:
    """Return what a site holds, latest edition first.

    Parameters
    ----------
    root : Path
        Folder of the site; it may be missing.

    Returns
    -------
    list of Shelf
        One for each edition, languages in the order of `LANGUAGES`.
    """
    editions = sorted((path for path in root.glob("*") if path.is_dir()), key=lambda path: path.name, reverse=True)
    shelves = []
    for folder in editions:
        codes = tuple(code for code in LANGUAGES if (folder / code / ROOT_PAGE).is_file())
        pdfs = {code: min(path.name for path in found) for code in codes if (found := [*(folder / code).glob("*.pdf")])}
        if codes:
            shelves.append(Shelf(folder.name, codes, pdfs))
    return shelves


def holds_something_else(folder: Path) -> bool:
    """Return whether a folder has files and yet no book: a site put there would take the place of them all."""
    return folder.is_dir() and any(folder.iterdir()) and not read_shelves(folder)


def write_entrance(root: Path, shelves: Sequence[Shelf], as_of: Mapping[str, str]) -> None:
    """Write the pages at the root of a site, and the file that keeps GitHub Pages from running Jekyll.

    Parameters
    ----------
    root : Path
        Folder of the site.
    shelves : sequence of Shelf
        Editions, latest first.
    as_of : mapping
        As-of date by edition.
    """
    latest = f"{shelves[0].edition}/{shelves[0].languages[0]}/{ROOT_PAGE}"
    for name, leads_on in (("index.html", latest), ("editions.html", None)):
        (root / name).write_text(entrance_page(shelves, as_of, leads_on), encoding="utf-8", newline="\n")
    (root / ".nojekyll").touch()


def swap(staging: Path, site: Path) -> None:
    """Put a staged site in place; the old one is gone afterwards.

    Where the system can exchange two names at once (Linux), there is no moment without a whole site. Elsewhere the
    old site steps aside first; `recover`, which every build begins with, puts it back if the build dies in between.

    Parameters
    ----------
    staging : Path
        A folder that `stage_site` returned.
    site : Path
        Where the site is, or will be.
    """
    if not site.exists():
        staging.rename(site)
        return
    # The new site is in place once the names are: what cannot be removed of the old one now, `recover` removes.
    if exchange(staging, site):
        shutil.rmtree(staging, ignore_errors=True)
        return
    retired = retired_folder(site)
    site.rename(retired)
    try:
        staging.rename(site)
    except BaseException:
        retired.rename(site)
        raise
    shutil.rmtree(retired, ignore_errors=True)


def exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step.

    Returns
    -------
    bool
        False, with nothing done, where the system or the file system cannot.
    """
    rename = _renameat2()
    if rename is None:
        return False
    return rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0


def _renameat2() -> Callable[..., int] | None:
    """Return the C library's renameat2, or None where there is none."""
    try:
        return ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):
        return None


def publish_site(
    site: Path,
    books: Iterable[Book],
    as_of: Mapping[str, str] | None = None,
    complete: Completion | None = None,
    inputs: Mapping[str, Mapping[str, str]] | None = None,
) -> None:
    """Stage a site with these books and put it in place.

    Parameters
    ----------
    site : Path
        Where the site is, or will be.
    books : iterable of Book
        Books to publish.
    as_of : mapping, optional
        As-of date by edition.
    complete : callable, optional
        Adds what lies beside the books; see `stage_site`.
    inputs : mapping, optional
        SHA-256 of what each book was made from, by its name ``<edition>/<lang>``, for the manifest.

    Raises
    ------
    NoBooksError
        If there would be no book on the site.
    OSError
        If it cannot be written; the site is as it was.
    """
    with cleared_on_error(site):
        staging = stage_site(site, list(books), as_of, complete)
        write_manifest(staging, site, inputs or {})
        swap(staging, site)

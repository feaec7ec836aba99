"""What of a published site stays when another build takes its place, so that no address of a page is lost.

Books that are not made anew stay as they are. Of a book that is made anew, the pages, PDFs and tables stay that it once
had and its new build does not make, with what these pages show; what no page needs any more goes.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from qualitybook.publish.manifest import Manifest
from qualitybook.publish.shelves import DATA, LEDGER
from qualitybook.report.i18n import LANGUAGES

PAGE, STYLES = ".html", ".css"
_NAMED_IN_PAGE = re.compile(r'\s(?:href|src|data|poster)="([^"#?]+)')
_NAMED_IN_STYLES = re.compile(r"url\(\s*['\"]?([^'\")?#]+)")
# Sphinx so begins the names of its folders with what pages show: pictures, styles, scripts, files to download.
_OF_PAGES = "_"


@dataclass(frozen=True)
class Stays:
    """Paths of what stays of a site."""

    kept: tuple[str, ...] = ()
    """Files of books that are not made anew, and of the site as a whole."""
    carried: tuple[str, ...] = ()
    """Files that books once had and their new builds do not make."""


def book_of(name: str) -> str:
    """Return the book, ``<edition>/<lang>``, that a file of a site belongs to; nothing for others."""
    parts = name.split("/")
    is_of_book = len(parts) > 2 and parts[0] != DATA and parts[1] in LANGUAGES
    return "/".join(parts[:2]) if is_of_book else ""


def books_of(names: Iterable[str]) -> set[str]:
    """Return the books that some files of a site belong to."""
    return {book_of(name) for name in names} - {""}


def what_stays(before: Manifest, folder: Path, made: Collection[str]) -> Stays:
    """Return what of a published site stays beside what is made anew.

    Parameters
    ----------
    before : Manifest
        What the site holds.
    folder : pathlib.Path
        Where it lies.
    made : collection of str
        Paths of what is made anew.
    """
    made = set(made)
    books = books_of(made)
    editions = {book.split("/")[0] for book in books | books_of(before.files)}
    left = sorted(name for name in before.files if name not in made and not is_given_up(name, before, folder))
    kept = [name for name in left if _is_kept(name, books, editions)]
    gone = {name for name in left if book_of(name) in books and (folder / name).is_file()}
    return Stays(tuple(kept), tuple(sorted(_still_wanted(folder, gone))))


def is_given_up(name: str, before: Manifest, folder: Path) -> bool:
    """Whether somebody has removed a file that was only carried over: then it goes, and is not missed."""
    return name in before.carried and not (folder / name).is_file()


def _is_kept(name: str, made: set[str], editions: set[str]) -> bool:
    """Whether a file is of a book that is not made anew, of an edition's data, or the list of what was published."""
    parts = name.split("/")
    is_of_edition = parts[0] == DATA and len(parts) > 2 and parts[1] in editions
    return name == LEDGER or is_of_edition or (bool(book_of(name)) and book_of(name) not in made)


def _still_wanted(folder: Path, gone: set[str]) -> set[str]:
    """Return those of some files of books that a reader may come back to, and what their pages show."""
    wanted = {name for name in gone if not name.split("/")[2].startswith(_OF_PAGES)}
    to_read = list(wanted)
    while to_read:
        shown = {name for name in _named_in(folder, to_read.pop()) if name in gone and name not in wanted}
        wanted |= shown
        to_read += shown
    return wanted


def _named_in(folder: Path, name: str) -> Iterator[str]:
    """Yield the files of the site that a page or a style sheet names."""
    pattern = {PAGE: _NAMED_IN_PAGE, STYLES: _NAMED_IN_STYLES}.get(posixpath.splitext(name)[1])
    if pattern is not None:
        text = (folder / name).read_text(encoding="utf-8", errors="replace")
        for reference in pattern.findall(text):
            yield posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(reference)))

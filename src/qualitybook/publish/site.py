"""The site: every edition in every language in one folder, put in place whole.

``/index.html`` leads to the latest edition in its first language, ``/editions.html`` lists them all, and
``/<edition>/<language>/`` holds one book with its PDF. A new site is written beside the old one and the two change
places in one step, so that a reader, or a build that is killed, never sees half of one.
"""

from __future__ import annotations

import ctypes
import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from qualitybook.report.i18n import LANGUAGES, Words, language

ROOT_PAGE = "summary.html"
# Aids of the theme's developers and of Sphinx's own incremental builds, of no use to a reader.
LEFT_OUT = ("*.map", ".buildinfo", ".doctrees", "webpack-macros.html", "sbt-webpack-macros.html")
# Of Linux's renameat2: paths are relative to the working directory; the two names change places.
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


class NoBooksError(ValueError):
    """A site without a single book."""

    def __init__(self, site: Path) -> None:
        super().__init__(f"no book to publish, and none in {site}")


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
    """

    edition: str
    languages: tuple[str, ...]
    pdfs: Mapping[str, str]


def staging_folder(site: Path) -> Path:
    """Return where a new site is written: beside the site, so that it can be renamed into place."""
    return site.with_name(f".{site.name}.staging")


def retired_folder(site: Path) -> Path:
    """Return where the old site waits while a file system without exchange renames twice."""
    return site.with_name(f".{site.name}.retired")


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


def stage_site(site: Path, books: Sequence[Book], as_of: Mapping[str, str] | None = None) -> Path:
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
        shutil.rmtree(staging)
        raise NoBooksError(site)
    write_entrance(staging, shelves, as_of or {})
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


def redirect(target: str) -> str:
    """Return a page that does nothing but lead on, without a script."""
    address = escape(target)
    return (
        '<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>…</title>'
        f'<meta http-equiv="refresh" content="0; url={address}"></head>'
        f'<body><a href="{address}">{address}</a></body></html>\n'
    )


def entrance_page(shelves: Sequence[Shelf], as_of: Mapping[str, str], leads_on: str | None) -> str:
    """Return the page that lists the editions.

    Parameters
    ----------
    shelves : sequence of Shelf
        Editions, latest first.
    as_of : mapping
        As-of date by edition.
    leads_on : str or None
        Where the browser goes by itself, if anywhere.

    Returns
    -------
    str
        HTML without scripts; it works from a folder as well as from a server.
    """
    codes = shelves[0].languages
    voices = [Words(code) for code in codes]
    title = " · ".join(words.gettext("Editions") for words in voices)
    refresh = f'\n<meta http-equiv="refresh" content="0; url={escape(leads_on)}">' if leads_on else ""
    items = "\n".join(shelf_item(shelf, as_of.get(shelf.edition)) for shelf in shelves)
    return f"""<!DOCTYPE html>
<html lang="{language(codes[0]).html}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">{refresh}
<title>{escape(title)}</title>
<style>
body {{ font-family: system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; line-height: 1.8;
  max-width: 42rem; margin: 3rem auto; padding: 0 1rem; color: #1f2328; background: #fff; }}
h1 {{ font-size: 1.5rem; border-bottom: 2px solid #1f4e79; }}
ul {{ list-style: none; padding: 0; }}
li {{ padding: 0.5rem 0; border-bottom: 1px solid #c9d1d9; }}
a {{ color: #1f4e79; margin-inline-end: 1rem; }}
</style>
</head>
<body>
<main>
<h1>{escape(title)}</h1>
<ul>
{items}
</ul>
</main>
</body>
</html>
"""


def shelf_item(shelf: Shelf, as_of: str | None) -> str:
    """Return one edition's line of the list: its books and its PDFs, each named in its own language."""
    links = []
    for code in shelf.languages:
        folder, own = f"{shelf.edition}/{code}", language(code)
        links.append(_link(f"{folder}/{ROOT_PAGE}", own.name, own.html))
        if code in shelf.pdfs:
            links.append(_link(f"{folder}/{shelf.pdfs[code]}", f"{own.name} PDF", own.html))
    head = f"<strong>{escape(shelf.edition)}</strong>"
    if as_of:
        head += f" <small>({escape(as_of)})</small>"
    return f"<li>{head}<br>{' '.join(links)}</li>"


def _link(href: str, text: str, lang: str) -> str:
    return f'<a href="{escape(href)}" lang="{lang}" hreflang="{lang}">{escape(text)}</a>'


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
    if exchange(staging, site):
        shutil.rmtree(staging)
        return
    retired = retired_folder(site)
    site.rename(retired)
    staging.rename(site)
    shutil.rmtree(retired)


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


def publish_site(site: Path, books: Iterable[Book], as_of: Mapping[str, str] | None = None) -> None:
    """Stage a site with these books and put it in place.

    Parameters
    ----------
    site : Path
        Where the site is, or will be.
    books : iterable of Book
        Books to publish.
    as_of : mapping, optional
        As-of date by edition.

    Raises
    ------
    NoBooksError
        If there would be no book on the site.
    """
    swap(stage_site(site, list(books), as_of), site)

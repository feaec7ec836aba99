"""What the books of a site have in common, each once: scripts, styles, fonts, and files that pages offer.

They lie in one folder under names that hold the digest of their bytes, so that an edition that stays keeps its own and
none is there twice. A table that a page offers and another page of its book offers too is offered from there.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, unquote

from qualitybook.publish.cache import digest_of_bytes

SHARED = "_shared"
"""Folder of a site with what its books have in common."""
_FOLDERS = ("_static", "_downloads")
_UP = "../../"
"""From the folder of a book to the site."""
_DIGITS = 8
_REFERENCE = re.compile(
    r'(?P<head>\s(?:download="(?P<named>)" )?(?:href|src|data|poster)=")(?P<up>(?:\.\./)*)'
    r'(?P<path>_(?:static|downloads)/[^"?#]+)(?:\?[^"#]*)?"'
)
_URL = re.compile(r'url\((?P<quote>["\']?)(?P<path>[^)"\':]+)(?P=quote)\)')
_TABLE = ".csv"


def share(book: Path, site: Path) -> None:
    """Put what a placed book has in common with others into the site's folder for that, and let its pages say so."""
    moved = dict(_moved(book, site))
    tables = _told_twice(book)
    for page in sorted(book.rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        name = page.relative_to(book).as_posix()
        said = _REFERENCE.sub(lambda found: _led(found, moved), text)
        said = _with_table_of_another(said, name, tables)
        if said != text:
            page.write_text(said, encoding="utf-8", newline="\n")
    for table in tables:
        (book / table).unlink()


def _led(found: re.Match[str], moved: Mapping[str, str]) -> str:
    """Return a reference that leads to the site's folder; what is offered keeps its own name when it is saved."""
    path = unquote(found["path"])
    if path not in moved:
        return found[0]
    head = found["head"].replace('download=""', f'download="{posixpath.basename(path)}"')
    return f'{head}{found["up"]}{_UP}{SHARED}/{quote(moved[path])}"'


def _moved(book: Path, site: Path) -> Iterator[tuple[str, str]]:
    """Move files, and yield where each was and its new name; style sheets come last, since they name others."""
    paths = [path for folder in _FOLDERS for path in sorted((book / folder).rglob("*")) if path.is_file()]
    names: dict[str, str] = {}
    for path in sorted(paths, key=lambda path: path.suffix == ".css"):
        content = path.read_bytes()
        if path.suffix == ".css":
            content = _URL.sub(_in_folder(book, path, names), content.decode()).encode()
        was = path.relative_to(book).as_posix()
        names[was] = f"{path.stem}-{digest_of_bytes(content)[:_DIGITS]}{path.suffix}"
        target = site / SHARED / names[was]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        path.unlink()
        yield was, names[was]


def _in_folder(book: Path, sheet: Path, names: Mapping[str, str]) -> Callable[[re.Match[str]], str]:
    """Return what writes the addresses of a style sheet as they are in the site's folder."""
    here = sheet.parent.relative_to(book).as_posix()

    def written(found: re.Match[str]) -> str:
        place = posixpath.normpath(posixpath.join(here, found["path"]))
        return f'url("{names[place]}")' if place in names else found[0]

    return written


def _told_twice(book: Path) -> dict[str, str]:
    """Return the tables of pages with the bytes of another page's, each with that, the first by name."""
    first: dict[str, str] = {}
    found = {}
    for path in sorted(path for path in book.rglob(f"*{_TABLE}") if path.with_suffix(".html").is_file()):
        name = path.relative_to(book).as_posix()
        there = first.setdefault(digest_of_bytes(path.read_bytes()), name)
        if there != name:
            found[name] = there
    return found


def _with_table_of_another(text: str, page: str, tables: Mapping[str, str]) -> str:
    """Return a page that offers the table of another page where its own has the same bytes."""
    own = posixpath.splitext(page)[0] + _TABLE
    if own not in tables:
        return text
    way = posixpath.relpath(tables[own], posixpath.dirname(page) or ".")
    return text.replace(f'{posixpath.basename(own)}"', f'{way}"')

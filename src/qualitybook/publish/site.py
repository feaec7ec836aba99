"""The site: every edition in every language in one folder, put in place whole.

``/index.html`` leads to the latest edition in its first language, ``/editions.html`` lists them all, and
``/<edition>/<language>/`` holds one book in all its forms. A new site is written beside the old one and the two change
places in one step, so that a reader, or a build that is killed, never sees half of one.

Books that are not made anew stay as they are. Of a book that is made anew, the pages, PDFs and tables stay that it once
had and its new build does not make, with what these pages show, so that no address of a page is lost; what no page
needs any more goes.
"""

from __future__ import annotations

import ctypes
import json
import os
import posixpath
import re
import shutil
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import unquote

from qualitybook.errors import json_of
from qualitybook.publish.forms import FORMS, form_of
from qualitybook.publish.manifest import (
    NAME,
    Manifest,
    SiteError,
    keep_others,
    like,
    link_or_copy,
    others_in,
    read_manifest,
    rescue,
    site_files,
)
from qualitybook.publish.shared import SHARED, share
from qualitybook.report.i18n import LANGUAGES, Words, language

ROOT_PAGE = "summary.html"
DATA = "data"
"""Folder of the site with what programs read; one folder in it for each edition."""
ASSESSMENTS = "assessments"
"""Files there with the verdicts of an edition, each by this name and its own suffix."""
FEED = "feed.xml"
SITEMAP = "sitemap.xml"
NOTES = "notes.html"
"""Page of an edition, beside its books, with what became known of it later."""
LEDGER = "publications.json"
"""Which builds were published, where they are published."""
ABOUT = f"{DATA}/book.json"
"""What a shelf says of a book: its title, its place, and the state of each edition."""
SHELF = "shelf.json"
"""What stands on a shelf; no site of a book has such a file."""


@dataclass(frozen=True)
class Shelf:
    """What a site offers of one edition."""

    edition: str
    languages: tuple[str, ...]
    """Codes of its languages, first language first."""
    files: Mapping[str, Mapping[str, str]]
    """For each language's code the names of the files beside its website, by their forms."""
    earlier: frozenset[str] = frozenset()
    """Paths of those of them that are of an earlier build than the pages."""


def stated(site: Path) -> Any:
    """Return what a site says of its book, None where it says nothing."""
    try:
        return json_of((site / ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def stated_name(site: Path) -> str:
    """Return the short name of the book that a site is; nothing where it does not say so."""
    about = stated(site)
    return str(about.get("name", "")) if isinstance(about, dict) else ""


def read_shelves(root: Path, carried: Collection[str] = ()) -> list[Shelf]:
    """Return what a site holds, latest edition first; carried files come from an earlier build than their book."""
    editions = sorted((path for path in root.glob("*") if path.is_dir()), key=lambda path: path.name, reverse=True)
    shelves = []
    for folder in editions:
        codes = tuple(code for code in LANGUAGES if (folder / code / ROOT_PAGE).is_file())
        files = {code: _files(f"{folder.name}/{code}", root, carried) for code in codes}
        paths = {f"{folder.name}/{code}/{name}" for code in codes for name in files[code].values()}
        if codes:
            shelves.append(Shelf(folder.name, codes, files, frozenset(paths & set(carried))))
    return shelves


def _files(book: str, root: Path, carried: Collection[str]) -> dict[str, str]:
    """Return the names of the files beside a book's website, by their forms; that of its own build comes first."""
    names = sorted(path.name for path in (root / book).iterdir() if form_of(path.name))
    names.sort(key=lambda name: f"{book}/{name}" in carried)
    return {form: found for form in FORMS if (found := next((name for name in names if form_of(name) == form), ""))}


# Nothing but the styles written into the page, and an empty icon so that no browser asks for one.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_PLAIN = Path(__file__).parent / "web" / "plain_page.html"


def redirect(target: str, lang: str) -> str:
    """Return a page that does nothing but lead on to one in a language, without a script."""
    address = escape(target)
    return (
        f'<!DOCTYPE html>\n<html lang="{language(lang).html}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><title>…</title>'
        f'<meta http-equiv="refresh" content="0; url={address}"></head>'
        f'<body><a href="{address}">{address}</a></body></html>\n'
    )


def plain_page(title: str, heading: str, body: str, *, head: str = "", lang: str = "zh", policy: str = POLICY) -> str:
    """Return a page without scripts, unless its head names some and its policy lets them run."""
    page = Template(_PLAIN.read_text(encoding="utf-8"))
    told = {"lang": language(lang).html, "policy": policy, "head": head, "body": body}
    return page.substitute(told, title=escape(title), heading=escape(heading))


def data_in_page(content: Any) -> str:
    """Return JSON for a script element of a page: only the end of the element could end it."""
    return json.dumps(content, ensure_ascii=False).replace("<", "\\u003c")


def _entrance_page(
    shelves: Sequence[Shelf], as_of: Mapping[str, str], marks: Mapping[str, str], leads_on: str | None
) -> str:
    """Return the page that lists the editions; without scripts, it works from a folder as well as from a server."""
    codes = shelves[0].languages
    title = " · ".join(Words(code).gettext("Editions") for code in codes)
    head = f'\n<meta http-equiv="refresh" content="0; url={escape(leads_on)}">' if leads_on else ""
    items = "\n".join(shelf_item(shelf, as_of.get(shelf.edition), marks.get(shelf.edition, "")) for shelf in shelves)
    return plain_page(title, title, f"<ul>\n{items}\n</ul>", head=head, lang=codes[0])


def shelf_item(shelf: Shelf, as_of: str | None, mark: str, way: str = "") -> str:
    """Return one edition's line of a list, from which a way leads to the site: its books in all their forms.

    Each is named in its own language.
    """
    links = []
    for code in shelf.languages:
        folder, own = f"{way}{shelf.edition}/{code}", language(code)
        links.append(link(f"{folder}/{ROOT_PAGE}", own.name, own.html))
        for form, name in shelf.files.get(code, {}).items():
            path = f"{folder}/{name}"
            links.append(link(path, _form_text(form, Words(code), path.removeprefix(way) in shelf.earlier), own.html))
    head = f"<strong>{escape(shelf.edition)}</strong>"
    if as_of:
        head += f" <small>({escape(as_of)})</small>"
    return f"<li>{head}<br>{' '.join(links)}{f'<br>{mark}' if mark else ''}</li>"


def _form_text(form: str, words: Words, is_earlier: bool) -> str:
    """Return what the link to a file says: also whether it is older than the pages beside it."""
    text = f"{words.language.name} {words.gettext(FORMS[form].label)}"
    return text + words.parentheses(words.gettext("of an earlier build than the pages")) if is_earlier else text


def link(href: str, text: str, lang: str) -> str:
    """Return a link whose text and page are in one language."""
    return f'<a href="{escape(href)}" lang="{lang}" hreflang="{lang}">{escape(text)}</a>'


PAGE, STYLES = ".html", ".css"
_NAMED_IN_PAGE = re.compile(r'\s(?:href|src|data|poster)="([^"#?]+)')
_NAMED_IN_STYLES = re.compile(r"url\(\s*['\"]?([^'\")?#]+)")
# Sphinx so begins the names of its folders with what pages show: pictures, styles, scripts, files to download.
_OF_PAGES = "_"


@dataclass(frozen=True)
class _Stays:
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


def is_of_edition(name: str, edition: str) -> bool:
    """Whether a file of a site is a page or the data of an edition."""
    return name.startswith((f"{edition}/", f"{DATA}/{edition}/"))


def is_sealed_with(name: str, edition: str) -> bool:
    """Whether a file of a site stays as it is once an edition is sealed: all of its own but its notes."""
    return is_of_edition(name, edition) and name != f"{edition}/{NOTES}"


def books_of(names: Iterable[str]) -> set[str]:
    """Return the books that some files of a site belong to."""
    return {book_of(name) for name in names} - {""}


def in_order(books: Iterable[str]) -> list[str]:
    """Return books, ``<edition>/<lang>``, the latest edition first, languages in the order of `LANGUAGES`."""
    codes = list(LANGUAGES)
    by_language = sorted(books, key=lambda book: codes.index(book.split("/")[1]))
    return sorted(by_language, key=lambda book: book.split("/")[0], reverse=True)


def uneven(books: Mapping[str, Mapping[str, str]]) -> dict[str, list[str]]:
    """Return the editions whose languages have different inputs (`Manifest.books`), each with what these are."""
    found = {}
    for edition in dict.fromkeys(book.split("/")[0] for book in books):
        inputs = [books[book] for book in books if book.split("/")[0] == edition]
        names = sorted({name for each in inputs for name in each})
        differing = [name for name in names if len({each.get(name) for each in inputs}) > 1]
        if differing:
            found[edition] = differing
    return found


def _is_kept(name: str, made: set[str], editions: set[str]) -> bool:
    """Whether a file is of a book that is not made anew, of an edition's data, or the list of what was published."""
    parts = name.split("/")
    is_beside = (parts[0] == DATA and len(parts) > 2 and parts[1] in editions) or (
        parts[0] in editions and parts[1:] == [NOTES]
    )
    return name == LEDGER or is_beside or (bool(book_of(name)) and book_of(name) not in made)


def _shown_by(folder: Path, names: Iterable[str], among: Collection[str]) -> set[str]:
    """Return those of some files that pages and style sheets show, and what these show."""
    found: set[str] = set()
    to_read = list(names) if among else []
    while to_read:
        shown = {name for name in _named_in(folder, to_read.pop()) if name in among and name not in found}
        found |= shown
        to_read += shown
    return found


def _named_in(folder: Path, name: str) -> Iterator[str]:
    """Yield the files of the site that a page or a style sheet names."""
    pattern = {PAGE: _NAMED_IN_PAGE, STYLES: _NAMED_IN_STYLES}.get(posixpath.splitext(name)[1])
    if pattern is not None and (folder / name).is_file():
        text = (folder / name).read_text(encoding="utf-8", errors="replace")
        for reference in pattern.findall(text):
            yield posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(reference)))


# Of Linux's renameat2: paths are relative to the working directory; the two names change places.
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def staging_folder(site: Path) -> Path:
    """Return where a new site is written: beside the site, so that it can be renamed into place."""
    return site.with_name(f".{site.name}.staging")


def retired_folder(site: Path) -> Path:
    """Return where the old site waits while a file system without exchange renames twice."""
    return site.with_name(f".{site.name}.retired")


@contextmanager
def cleared_on_error(site: Path) -> Iterator[None]:
    """Remove what the block has staged for a site, where it ends with an error."""
    try:
        yield
    except BaseException:
        with suppress(OSError):
            _clear_away(staging_folder(site), site)
        raise


def recover(site: Path) -> None:
    """Clear what a killed build left behind, and put the last good site back if it was between two renames."""
    _refuse_leftovers(site)
    retired = retired_folder(site)
    if retired.exists() and not site.exists():
        retired.rename(site)
    for leftover in (retired, staging_folder(site)):
        _clear_away(leftover, site)


def _refuse_leftovers(site: Path) -> None:
    """Refuse what stands where a site is written and is no folder."""
    for place in (staging_folder(site), retired_folder(site)):
        if os.path.lexists(place) and (place.is_symlink() or not place.is_dir()):
            raise SiteError(f"{str(place)!r} is no folder, and a site is written there first; move it away")


def _clear_away(old: Path, site: Path) -> None:
    """Remove a folder that a site has taken the place of, or that was to take the site's place and has not.

    Of what is not ours in it, all that the site has not is carried there first: files may have come while the site was
    made. A folder without a manifest was not finished, and has nothing but copies.
    """
    if not old.exists():
        return
    with suppress(SiteError):
        own = read_manifest(old).files
        rescue(old, site, {*own, NAME})
    _make_removable(old)
    shutil.rmtree(old)


def _make_removable(folder: Path) -> None:
    """Give oneself the right to remove what others have put into folders that are for reading only."""
    for path, _, files in os.walk(folder):
        if not os.access(path, os.W_OK | os.X_OK):
            os.chmod(path, stat.S_IRWXU)
        # Windows does not remove a file that is for reading only.
        for name in files if os.name == "nt" else ():
            os.chmod(Path(path) / name, stat.S_IRUSR | stat.S_IWUSR)


def swap(staging: Path, site: Path) -> None:
    """Put a staged site in place; the old one is gone afterwards.

    Where the system can exchange two names at once (Linux), there is no moment without a whole site. Elsewhere the
    old site steps aside first; `recover`, which every build begins with, puts it back if the build dies in between.
    """
    if not site.exists():
        staging.rename(site)
        return
    # The new site is in place once the names are: what cannot be removed of the old one now, `recover` removes.
    if exchange(staging, site):
        with suppress(OSError):
            _clear_away(staging, site)
        return
    retired = retired_folder(site)
    site.rename(retired)
    try:
        staging.rename(site)
    except BaseException:
        retired.rename(site)
        raise
    with suppress(OSError):
        _clear_away(retired, site)


def exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step, and return whether the system can."""
    try:
        rename = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    return rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0


# Aids of the theme's developers and of Sphinx's own incremental builds, of no use to a reader.
LEFT_OUT = ("*.map", "locales", ".buildinfo", ".doctrees", "webpack-macros.html", "sbt-webpack-macros.html")
LISTS = frozenset({"index.html", "editions.html", ".nojekyll", FEED, SITEMAP, f"{DATA}/index.html", ABOUT, LEDGER})
"""Files that tell of all books, and are written anew with every one that comes or goes."""
_OF_SERVERS = frozenset(
    {".git", ".gitattributes", ".gitignore", ".htaccess", ".nojekyll", ".well-known", "CNAME", "robots.txt"}
)
"""What may stand in a folder before its first site: so a repository for pages begins."""

Completion = Callable[[Path, Sequence[Shelf]], None]


@dataclass(frozen=True)
class Book:
    """One edition in one language, built."""

    edition: str
    lang: str
    """Edition and language code."""
    html: Path
    """Folder of the HTML."""
    files: tuple[Path, ...] = ()
    """The files that lie beside it; they keep their names."""


@dataclass(frozen=True)
class Present:
    """What stands where a site is to be put."""

    folder: Path
    manifest: Manifest = field(default_factory=Manifest)
    """Of the site that is there; an empty one where there is none."""
    others: tuple[str, ...] = ()
    """Paths of what is not this program's."""

    def stays(self, made: Collection[str]) -> _Stays:
        """Return what of it stays beside what is made anew."""
        made = set(made)
        books, folder = books_of(made), self.folder
        editions = {book.split("/")[0] for book in books | books_of(self.manifest.files)}
        left = sorted(name for name in self.manifest.files if name not in made and not self.is_given_up(name))
        kept = [name for name in left if _is_kept(name, books, editions)]
        gone = {name for name in left if book_of(name) in books and (folder / name).is_file()}
        # A reader may come back to them, and to what they show.
        wanted = {name for name in gone if not name.split("/")[2].startswith(_OF_PAGES)}
        carried = wanted | _shown_by(folder, wanted, gone)
        common = {name for name in left if name.startswith(f"{SHARED}/") and (folder / name).is_file()}
        return _Stays((*kept, *sorted(_shown_by(folder, {*kept, *carried}, common))), tuple(sorted(carried)))

    def is_given_up(self, name: str) -> bool:
        """Whether somebody has removed a file that was only carried over: then it goes, and is not missed."""
        return name in self.manifest.carried and not (self.folder / name).is_file()


@dataclass(frozen=True)
class Beside:
    """What a site has beside what was made anew, by path."""

    others: tuple[str, ...] = ()
    """Files and folders of somebody else."""
    carried: tuple[str, ...] = ()
    """Files of the books that were made anew, from earlier builds of them."""
    uneven: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Editions whose languages were made from different things, with what these are."""


def _may_be_anew(name: str) -> bool:
    """Whether a file that is kept may yet be written anew, which a second name of the published one cannot bear."""
    return name.startswith(f"{DATA}/") or name.split("/")[1:] == [NOTES]


def present_at(site: Path, *, is_shelf: bool = False) -> Present:
    """Return what stands where a site, or a shelf of sites, is to be put, if it may be put there.

    Raise SiteError for a file, a folder that holds something else, or a site of which it is not known what is ours.
    """
    if site.exists() and not site.is_dir():
        raise SiteError(f"{str(site)!r} is a file; move it away, or name a folder")
    names = sorted(path.name for path in site.iterdir()) if site.is_dir() else []
    if not set(names) - _OF_SERVERS:
        return Present(site, others=tuple(names))
    try:
        manifest = read_manifest(site)
    except SiteError:
        if not read_shelves(site):
            raise SiteError(
                f"{str(site)!r} holds something that is no site of this program; name another folder"
            ) from None
        raise SiteError(
            f"{str(site)!r} holds a site without a {NAME} that can be read, so that it is not known which files are "
            f"this program's; bring the {NAME} back, or move the folder away and take what is yours from there"
        ) from None
    if (SHELF in manifest.files) != is_shelf:
        held, wanted = ("the site of a book", "shelf") if is_shelf else ("a shelf of several books", "site")
        raise SiteError(f"{str(site)!r} holds {held}; name another folder for the {wanted}")
    return Present(site, manifest, tuple(others_in(site, manifest.own)))


def present_before(destination: Path, *, dry_run: bool, is_shelf: bool = False) -> Present:
    """Return what stands at the destination, after what a killed run has left there was put right.

    A dry run puts nothing right, and looks at what would be put back. Raise SiteError if no site may be put there.
    """
    if dry_run:
        _refuse_leftovers(destination)
    else:
        recover(destination)
    retired = retired_folder(destination)
    return present_at(retired if not destination.exists() and retired.exists() else destination, is_shelf=is_shelf)


class Staging:
    """A site that is being written beside the present one."""

    def __init__(self, present: Present) -> None:
        self.present = present
        self.folder = staging_folder(present.folder)
        self.folder.mkdir(parents=True)
        self.stays = _Stays()
        self.carried: set[str] = set()
        self._digests: dict[str, str] = {}

    def names(self) -> list[str]:
        """Return the paths of the files that are there."""
        return [path.relative_to(self.folder).as_posix() for path in sorted(self.folder.rglob("*")) if path.is_file()]

    def copy(self, source: Path, names: Iterable[str]) -> None:
        """Copy files of another folder."""
        for name in names:
            self._place_for(name)
            shutil.copy2(source / name, self.folder / name, follow_symlinks=False)

    def keep(self) -> None:
        """Take from the present site what stays of it; its manifest goes on saying how that was published."""
        before, folder = self.present.manifest, self.present.folder
        stays = self.present.stays(self.names())
        self.copy(folder, [name for name in stays.kept if _may_be_anew(name) and (folder / name).is_file()])
        others = [name for name in (*stays.kept, *stays.carried) if not _may_be_anew(name)]
        self.keep_digests(others)
        for name in others:
            if (folder / name).is_file():
                self._place_for(name)
                link_or_copy(folder / name, self.folder / name)
        self.carried |= {*stays.carried, *(set(before.carried) & set(stays.kept))}
        self.stays = stays

    def keep_digests(self, names: Iterable[str]) -> None:
        """Let the manifest go on saying how files were published, but for the lists, which are written anew."""
        before = self.present.manifest.files
        self._digests |= {name: before[name] for name in names if name not in LISTS}

    def _place_for(self, name: str) -> None:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)

    def shelves(self) -> list[Shelf]:
        """Return what the site offers."""
        return read_shelves(self.folder, self.carried)

    def list_books(self, as_of: Mapping[str, str], complete: Completion | None, marks: Mapping[str, str]) -> None:
        """Write what tells of all books: the entrance, and what lies beside them."""
        shelves = self.shelves()
        _write_entrance(self.folder, shelves, as_of, marks)
        if complete is not None:
            complete(self.folder, shelves)

    def put_in_place(self, inputs: Mapping[str, Mapping[str, str]]) -> None:
        """Add what is not ours, write the manifest with the inputs of new books, and let the site take its place."""
        site, names = self.present.folder, self.names()
        files = {**site_files(self.folder, [name for name in names if name not in self._digests]), **self._digests}
        keep_others(site, self.folder, self.present.others, files)
        books = books_of(files)
        known = {name: values for name, values in self.present.manifest.books.items() if name in books}
        others = tuple(others_in(self.folder, {*files, NAME}))
        Manifest({**known, **inputs}, files, tuple(sorted(self.carried)), others).write(self.folder)
        if site.is_dir():
            like(site, self.folder)
        swap(self.folder, site)


def _place_book(book: Book, root: Path) -> None:
    """Copy one book in all its forms to ``root/<edition>/<lang>``."""
    folder = root / book.edition / book.lang
    shutil.copytree(book.html, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
    share(folder, root)
    for path in sorted(folder.rglob("*/"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    first = folder / "index.html"
    # Jupyter Book's own, which only leads on, is the same in all languages.
    if not first.exists() or first.read_text(encoding="utf-8").startswith("<meta "):
        first.write_text(redirect(ROOT_PAGE, book.lang), encoding="utf-8", newline="\n")
    for file in book.files:
        shutil.copy2(file, folder / file.name)


def _write_entrance(root: Path, shelves: Sequence[Shelf], as_of: Mapping[str, str], marks: Mapping[str, str]) -> None:
    """Write the pages at the root of a site, and the file that keeps GitHub Pages from running Jekyll.

    Marks are what the list says of an edition besides, in HTML.
    """
    latest = f"{shelves[0].edition}/{shelves[0].languages[0]}/{ROOT_PAGE}"
    for name, leads_on in (("index.html", latest), ("editions.html", None)):
        (root / name).write_text(_entrance_page(shelves, as_of, marks, leads_on), encoding="utf-8", newline="\n")
    (root / ".nojekyll").touch()


def publish_site(
    site: Path,
    books: Iterable[Book],
    as_of: Mapping[str, str] | None = None,
    complete: Completion | None = None,
    inputs: Mapping[str, Mapping[str, str]] | None = None,
    marks: Mapping[str, str] | None = None,
) -> Beside:
    """Write a site with these books beside the present one and put it in place; its other books are kept.

    Given the staging folder and its shelves, `complete` adds what lies beside the books. The manifest gets the SHA-256
    of what each book was made from, by its name ``<edition>/<lang>``; marks are what the list of editions says of an
    edition besides, in HTML.

    Raise SiteError if there would be no book on the site, or it cannot be put there, and OSError if it cannot be
    written. What is there is then as it was.
    """
    site = site.resolve()
    with cleared_on_error(site):
        staging = stage_site(site, books, as_of, complete, marks)
        staging.put_in_place(inputs or {})
    return Beside(staging.present.others, staging.stays.carried, uneven(read_manifest(site).books))


def stage_site(
    site: Path,
    books: Iterable[Book],
    as_of: Mapping[str, str] | None = None,
    complete: Completion | None = None,
    marks: Mapping[str, str] | None = None,
) -> Staging:
    """Write a site with these books beside the present one; for the rest see `publish_site`."""
    staging = Staging(present_before(site, dry_run=False))
    for book in books:
        _place_book(book, staging.folder)
    staging.keep()
    if not staging.shelves():
        raise SiteError(f"no book to publish, and none in {site}; name an edition and a language to build")
    staging.list_books(as_of or {}, complete, marks or {})
    return staging

"""The site: every edition in every language in one folder, put in place whole.

``/index.html`` leads to the latest edition in its first language, ``/editions.html`` lists them all, and
``/<edition>/<language>/`` holds one book with its PDF. A new site is written beside the old one and the two change
places in one step, so that a reader, or a build that is killed, never sees half of one. What the old one has and the
new one does not make goes along: other editions, pages that a book once had, and all that is not ours.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from qualitybook.publish.carry import Stays, books_of, what_stays
from qualitybook.publish.entrance import entrance_page, redirect
from qualitybook.publish.manifest import NAME, Manifest, ManifestError, read_manifest, site_files
from qualitybook.publish.others import keep_others, like, link_or_copy, others_in
from qualitybook.publish.shelves import DATA, FEED, LEDGER, ROOT_PAGE, SITEMAP, Shelf, read_shelves
from qualitybook.publish.swap import cleared_on_error, recover, staging_folder, swap

# Aids of the theme's developers and of Sphinx's own incremental builds, of no use to a reader.
LEFT_OUT = ("*.map", ".buildinfo", ".doctrees", "webpack-macros.html", "sbt-webpack-macros.html")
LISTS = frozenset({"index.html", "editions.html", ".nojekyll", FEED, SITEMAP, f"{DATA}/index.html", LEDGER})
"""Files that tell of all books, and are written anew with every one that comes or goes."""
OF_SERVERS = frozenset(
    {".git", ".gitattributes", ".gitignore", ".htaccess", ".nojekyll", ".well-known", "CNAME", "robots.txt"}
)
"""What may stand in a folder before its first site: so a repository for pages begins."""

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


@dataclass(frozen=True)
class Present:
    """What stands where a site is to be put."""

    folder: Path
    manifest: Manifest = field(default_factory=Manifest)
    """Of the site that is there; an empty one where there is none."""
    others: tuple[str, ...] = ()
    """Paths of what is not this program's."""


@dataclass(frozen=True)
class Beside:
    """What a site has beside what was made anew, by path."""

    others: tuple[str, ...] = ()
    """Files and folders of somebody else."""
    carried: tuple[str, ...] = ()
    """Files of the books that were made anew, from earlier builds of them."""


def _is_data(name: str) -> bool:
    return name.startswith(f"{DATA}/")


def present_at(site: Path) -> Present:
    """Return what stands where a site is to be put, if a site may be put there.

    Raises
    ------
    PlaceError
        If there is a file, a folder that holds something else, or a site of which it is not known what is ours.
    """
    if site.exists() and not site.is_dir():
        raise PlaceError(f"{str(site)!r} is a file; move it away, or name a folder")
    names = sorted(path.name for path in site.iterdir()) if site.is_dir() else []
    if not set(names) - OF_SERVERS:
        return Present(site, others=tuple(names))
    try:
        manifest = read_manifest(site)
    except ManifestError:
        if not read_shelves(site):
            raise PlaceError(
                f"{str(site)!r} holds something that is no site of this program; name another folder"
            ) from None
        raise PlaceError(
            f"{str(site)!r} holds a site without a {NAME} that can be read, so that it is not known which files are "
            f"this program's; bring the {NAME} back, or move the folder away and take what is yours from there"
        ) from None
    return Present(site, manifest, tuple(others_in(site, manifest.own)))


class Staging:
    """A site that is being written beside the present one.

    Parameters
    ----------
    present : Present
        What it is to take the place of.
    """

    def __init__(self, present: Present) -> None:
        self.present = present
        self.folder = staging_folder(present.folder)
        self.folder.mkdir(parents=True)
        self.stays = Stays()
        self.carried: set[str] = set()
        self._digests: dict[str, str] = {}

    def names(self) -> list[str]:
        """Return the paths of the files that are there."""
        return [path.relative_to(self.folder).as_posix() for path in sorted(self.folder.rglob("*")) if path.is_file()]

    def copy(self, source: Path, names: Iterable[str]) -> None:
        """Copy files of another folder."""
        for name in names:
            self._place_for(name)
            shutil.copy2(source / name, self.folder / name)

    def keep(self) -> None:
        """Take from the present site what stays of it; its manifest goes on saying how that was published."""
        before, folder = self.present.manifest, self.present.folder
        stays = what_stays(before, folder, self.names())
        # The data of an edition may yet be written anew, which a second name of the published file would not survive.
        self.copy(folder, [name for name in stays.kept if _is_data(name) and (folder / name).is_file()])
        others = [name for name in (*stays.kept, *stays.carried) if not _is_data(name)]
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

    def put_in_place(self, inputs: Mapping[str, Mapping[str, str]]) -> None:
        """Add what is not ours, write the manifest, and let the site take the place of the present one.

        Parameters
        ----------
        inputs : mapping
            SHA-256 of what each book that was made anew was made from, by its name ``<edition>/<lang>``.
        """
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


def place_book(book: Book, root: Path) -> None:
    """Copy one book and its PDF to ``root/<edition>/<lang>``."""
    folder = root / book.edition / book.lang
    shutil.copytree(book.html, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
    for path in sorted(folder.rglob("*/"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    if not (folder / "index.html").exists():
        (folder / "index.html").write_text(redirect(ROOT_PAGE), encoding="utf-8", newline="\n")
    if book.pdf is not None:
        shutil.copy2(book.pdf, folder / book.pdf.name)


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


def publish_site(
    site: Path,
    books: Iterable[Book],
    as_of: Mapping[str, str] | None = None,
    complete: Completion | None = None,
    inputs: Mapping[str, Mapping[str, str]] | None = None,
) -> Beside:
    """Write a site with these books beside the present one and put it in place.

    Parameters
    ----------
    site : Path
        Where the site is, or will be.
    books : iterable of Book
        Books to publish; those of the present site that are not among them are kept as they are.
    as_of : mapping, optional
        As-of date (YYYY-MM-DD) by edition, for the list of editions.
    complete : callable, optional
        Adds what lies beside the books, given the staging folder and its shelves.
    inputs : mapping, optional
        SHA-256 of what each book was made from, by its name ``<edition>/<lang>``, for the manifest.

    Returns
    -------
    Beside
        What the site has beside the books.

    Raises
    ------
    NoBooksError
        If there would be no book on the site.
    PlaceError, InTheWayError
        If the site cannot be put there; what is there is as it was.
    OSError
        If it cannot be written; the site is as it was.
    """
    site = site.resolve()
    with cleared_on_error(site):
        staging = stage_site(site, books, as_of, complete)
        staging.put_in_place(inputs or {})
    return Beside(staging.present.others, staging.stays.carried)


def stage_site(
    site: Path, books: Iterable[Book], as_of: Mapping[str, str] | None = None, complete: Completion | None = None
) -> Staging:
    """Write a site with these books beside the present one; for the rest see `publish_site`.

    Returns
    -------
    Staging
        All of it but the manifest and what is not ours.
    """
    recover(site)
    staging = Staging(present_at(site))
    for book in books:
        place_book(book, staging.folder)
    staging.keep()
    shelves = staging.shelves()
    if not shelves:
        raise NoBooksError(site)
    write_entrance(staging.folder, shelves, as_of or {})
    if complete is not None:
        complete(staging.folder, shelves)
    return staging

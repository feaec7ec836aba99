"""Take an edition back from where it was published: its pages, its data, and every way that leads there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from qualitybook.publish.release import (
    WITHDRAWN,
    Released,
    ReleaseError,
    files_there,
    present_before,
    read_history,
    write_history,
)
from qualitybook.publish.site import (
    DATA,
    LEDGER,
    Completion,
    Present,
    Staging,
    books_of,
    cleared_on_error,
    is_given_up,
    write_entrance,
)

_SWITCH = re.compile(r'<details class="qb-editions">.*?</details>', re.DOTALL)


def withdraw(
    folder: Path,
    edition: str,
    as_of: Mapping[str, str],
    complete: Completion,
    *,
    dry_run: bool = False,
) -> Released:
    """Take an edition back, so that neither the entrance nor the lists nor the switch of any page leads there.

    Parameters
    ----------
    folder : pathlib.Path
        A built or published site.
    edition : str
        The edition.
    as_of : mapping
        As-of date by edition, for the list of editions.
    complete : callable
        Lists the books anew, given the folder and its shelves.
    dry_run : bool
        Whether to say only what would be done.

    Raises
    ------
    ReleaseError
        If the folder is no site, has no such edition, or no other.
    OSError
        If the folder cannot be written; it is as it was.
    """
    folder = folder.resolve()
    present = present_before(folder, dry_run=dry_run)
    books = sorted(books_of(present.manifest.files))
    gone = [book for book in books if book.split("/")[0] == edition]
    _refuse(folder, edition, books, gone)
    left = [name for name in present.manifest.files if not _is_of(name, edition)]
    names = [name for name in left if not is_given_up(name, present.manifest, present.folder)]
    if not dry_run:
        _put(present, edition, names, gone, as_of, complete)
    return Released(
        kept=tuple(book for book in books if book not in gone), withdrawn=tuple(gone), others=present.others
    )


def _refuse(folder: Path, edition: str, books: list[str], gone: list[str]) -> None:
    editions = sorted({book.split("/")[0] for book in books})
    if not gone:
        raise ReleaseError(f"no edition {edition!r} in {str(folder)!r}; allowed: {', '.join(editions) or 'none'}")
    if editions == [edition]:
        raise ReleaseError(
            f"{edition} is the only edition in {str(folder)!r}, and a site has one; publish another one first, or "
            "take the whole site off the server"
        )


def _is_of(name: str, edition: str) -> bool:
    """Whether a file of a site is a page or the data of an edition."""
    return name.startswith((f"{edition}/", f"{DATA}/{edition}/"))


def _put(
    present: Present, edition: str, names: list[str], gone: list[str], as_of: Mapping[str, str], complete: Completion
) -> None:
    """Write the site without the edition beside the present one, and let the two change places."""
    folder = present.folder
    with cleared_on_error(folder):
        staging = Staging(present)
        found = files_there(present)
        staging.copy(folder, [name for name in names if name in found])
        # What was changed or lost there stays known as such.
        staging.keep_digests(name for name in names if found.get(name) != present.manifest.files[name])
        staging.carried |= set(present.manifest.carried) & set(names)
        for path in staging.folder.rglob("*.html"):
            _take_from_switch(path, edition)
        if (folder / LEDGER).is_file():
            history = read_history(present)
            write_history(staging.folder, history | {book: [*history[book], WITHDRAWN] for book in gone})
        shelves = staging.shelves()
        write_entrance(staging.folder, shelves, as_of)
        complete(staging.folder, shelves)
        staging.put_in_place({})


def _take_from_switch(path: Path, edition: str) -> None:
    """Take an edition from the menu of editions of a page."""
    page = path.read_text(encoding="utf-8")
    # As book-switch.html writes it.
    item = re.compile(rf'\s*<li><a href="(?:\.\./)+{re.escape(edition)}/[^"]*"[^>]*>[^<]*</a></li>')
    changed = _SWITCH.sub(lambda menu: item.sub("", menu[0]), page)
    if changed != page:
        path.write_text(changed, encoding="utf-8", newline="")

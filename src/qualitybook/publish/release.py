"""Put a site where a server finds it: as it was built, whole or not at all, and never back to a replaced build.

A site has no time of building, so that two builds of one commit are the same. In which order builds were published is
therefore written down where they are published, in `LEDGER`: for each book their fingerprints, the latest last.

An edition can be taken back from there: its pages, its data, and every way that leads there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from qualitybook.errors import json_of
from qualitybook.evidence.seals import Seal
from qualitybook.publish.cache import digest_of_bytes, is_plain
from qualitybook.publish.manifest import (
    NAMED,
    Manifest,
    SiteError,
    place_needed,
    read_manifest,
    refuse_in_the_way,
    site_files,
)
from qualitybook.publish.site import (
    LEDGER,
    LISTS,
    SITEMAP,
    Completion,
    Present,
    Staging,
    book_of,
    books_of,
    cleared_on_error,
    in_order,
    is_of_edition,
    is_sealed_with,
    present_before,
    read_shelves,
    stated_name,
    uneven,
)

_WITHDRAWN = "withdrawn"
"""Stands in the ledger as the latest of a book that was taken back."""
_History = dict[str, list[str]]


@dataclass(frozen=True)
class Released:
    """What was done, or would be: with each book, by its name ``<edition>/<lang>``, and with each file, by its path."""

    new: tuple[str, ...] = ()
    """Books that were not there."""
    replaced: tuple[str, ...] = ()
    """Books that take the place of another build."""
    same: tuple[str, ...] = ()
    """Books that were there already."""
    kept: tuple[str, ...] = ()
    """Books of which only the destination has a build."""
    withdrawn: tuple[str, ...] = ()
    """Books that were taken back."""
    carried: tuple[str, ...] = ()
    """Files that a book once had and its new build does not make."""
    removed: tuple[str, ...] = ()
    """Files of former builds that no page needs any more."""
    altered: tuple[str, ...] = ()
    """Files that were published and have been changed there since."""
    others: tuple[str, ...] = ()
    """Files and folders that somebody else has put there; they stay."""
    sealed: tuple[str, ...] = ()
    """Editions that are sealed, whose published pages stay."""
    uneven: tuple[str, ...] = ()
    """Editions whose languages are not of one build there."""


def release(
    site: Path,
    destination: Path,
    as_of: Mapping[str, str],
    complete: Completion | None = None,
    *,
    force: bool = False,
    dry_run: bool = False,
    seals: Mapping[str, Seal] | None = None,
    marks: Mapping[str, str] | None = None,
) -> Released:
    """Check a site against its manifest, copy it beside the published one and let the two change places.

    Where the destination has more than the site, `complete` lists the books anew, given the folder and its shelves.
    Marks are what the list of editions says of an edition besides, in HTML. Published pages of sealed editions stay as
    they are. A build that has been replaced or taken back comes back only by force.

    Raise SiteError if the site has no book, has other pages of a sealed edition, or differs from its manifest, the
    destination holds something else, has something of somebody else in the way, or lies in the site, or a build is
    older than the one published; and OSError if the destination cannot be written. It is then as it was.
    """
    destination = destination.resolve()
    refuse_within(site, destination)
    if not read_shelves(site):
        raise SiteError(f"no book in {str(site)!r}; make one with `qualitybook build`")
    manifest = checked(site)
    present = present_before(destination, dry_run=dry_run)
    if not force and "" not in (books := (stated_name(site), stated_name(destination))) and books[0] != books[1]:
        raise SiteError(
            f"{str(site)!r} is the book {books[0]!r}, and {str(destination)!r} shows {books[1]!r}; name another folder "
            "(`qualitybook shelf` puts several books behind one front page); --force publishes it there"
        )
    history = _read_history(present)
    sealed = _sealed(manifest, present.manifest, seals or {})
    offered = {book: print_ for book, print_ in _fingerprints(manifest).items() if book.split("/")[0] not in sealed}
    _refuse_older(offered, history, force)
    coming = [name for name in _coming(manifest, present.manifest) if not _is_sealed(name, sealed)]
    done = replace(_what_is_done(site, manifest, present, coming, offered), sealed=tuple(sorted(sealed)))
    later = _extended(history, offered)
    _refuse_other_ledger(present, later)
    if not dry_run:
        _put(site, present, coming, as_of, complete, later, marks, is_beside=bool(sealed))
    return done


def _sealed(manifest: Manifest, before: Manifest, seals: Mapping[str, Seal]) -> set[str]:
    """Return the sealed editions that are published already, and so stay as they are.

    Raise SiteError if one is not, and the site's pages are not those that were sealed.
    """
    there = {book.split("/")[0] for book in books_of(before.files)}
    for edition in sorted(set(seals) - there):
        own = {name: digest for name, digest in manifest.files.items() if is_sealed_with(name, edition)}
        if own and own != dict(seals[edition].files):
            raise SiteError(
                f"{edition} is sealed, and the site has other pages of it; take the published ones: "
                "`qualitybook publish SITE --output DIR`, with DIR where they are published"
            )
    return set(seals) & there


def _is_sealed(name: str, editions: Collection[str]) -> bool:
    return any(is_sealed_with(name, edition) for edition in editions)


def refuse_within(site: Path, destination: Path) -> None:
    """Refuse a site and a destination of which one lies in the other."""
    here, there = site.resolve(), destination.resolve()
    if there == here or here in there.parents or there in here.parents:
        raise SiteError(f"{str(destination)!r} and the site {str(site)!r} must not lie in each other")


def checked(site: Path) -> Manifest:
    """Return the manifest of a site that is as the manifest says."""
    manifest = read_manifest(site)
    differences = manifest.differences(site)
    if differences:
        more = f"\n  and {len(differences) - NAMED} more" if len(differences) > NAMED else ""
        named = "".join(f"\n  {line}" for line in differences[:NAMED])
        raise SiteError(
            f"{str(site)!r} is not as it was built:{named}{more}\n"
            f"`qualitybook build` makes it again; `qualitybook verify {site.as_posix()}` lists every file that differs"
        )
    return manifest


def _refuse_older(offered: Mapping[str, str], history: _History, force: bool) -> None:
    older = [name for name, print_ in offered.items() if print_ in history.get(name, [])[:-1]]
    if not older or force:
        return
    withdrawn = [name for name in older if history[name][-1] == _WITHDRAWN]
    replaced = [name for name in older if name not in withdrawn]
    said = [f"an older build of {', '.join(replaced)}, which a newer one has replaced"] if replaced else []
    if withdrawn:
        said.append(f"a build of {', '.join(withdrawn)}, which was withdrawn")
    raise SiteError(f"{'; '.join(said)}; --force publishes it")


def _coming(manifest: Manifest, before: Manifest) -> list[str]:
    """Return which files of a site are published: what it carries over itself only where there is nothing yet."""
    made = manifest.made
    return [name for name in manifest.files if name in made or name not in before.files]


def _what_is_done(
    site: Path, manifest: Manifest, present: Present, coming: Sequence[str], offered: Mapping[str, str]
) -> Released:
    """Return what is done by publishing a site; raise SiteError if something of somebody else is in the way."""
    folder, before = present.folder, present.manifest
    refuse_in_the_way(folder, present.others, {name: site / name for name in coming})
    stays = present.stays(coming)
    there, found = _fingerprints(before), site_files(present.folder, before.files)
    stay = {*coming, *stays.kept, *stays.carried, *(LISTS - {SITEMAP})}
    return Released(
        new=tuple(name for name in offered if name not in there),
        replaced=tuple(name for name in offered if name in there and there[name] != offered[name]),
        same=tuple(name for name in offered if there.get(name) == offered[name]),
        kept=tuple(name for name in there if name not in offered),
        carried=tuple(sorted({*stays.carried, *(set(manifest.carried) & set(coming))})),
        removed=tuple(name for name in before.files if name not in stay),
        altered=tuple(name for name, digest in found.items() if digest != before.files[name]),
        others=present.others,
        uneven=tuple(uneven({**before.books, **manifest.books})),
    )


def _put(
    site: Path,
    present: Present,
    coming: Sequence[str],
    as_of: Mapping[str, str],
    complete: Completion | None,
    history: _History,
    marks: Mapping[str, str] | None,
    *,
    is_beside: bool,
) -> None:
    """Copy a site beside the published one, add what stays of that, and let the two change places."""
    manifest, folder = read_manifest(site), present.folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with cleared_on_error(folder):
        staging = Staging(present)
        staging.copy(site, coming)
        staging.carried |= set(manifest.carried) & set(coming)
        (staging.folder / LEDGER).write_text(_text_of(history), encoding="utf-8", newline="\n")
        staging.keep()
        if is_beside or staging.stays.carried or staging.shelves() != read_shelves(site, manifest.carried):
            staging.list_books(as_of, complete, marks or {})
        staging.put_in_place(manifest.books)


def _refuse_other_ledger(present: Present, history: _History) -> None:
    """Refuse a list of publications that is somebody else's, unless it is to be the same."""
    path = present.folder / LEDGER
    if LEDGER in present.others and not (is_plain(path) and path.read_bytes() == _text_of(history).encode()):
        raise place_needed(present.folder, [LEDGER])


def _text_of(history: _History) -> str:
    return json.dumps(history, indent=2, sort_keys=True) + "\n"


def _fingerprints(manifest: Manifest) -> dict[str, str]:
    """Return a SHA-256 over the names and bytes of what the build of each book of a site has made, by its name."""
    made = manifest.made
    told = dict.fromkeys(in_order(books_of(made)), "")
    for name in sorted(made, key=lambda name: PurePosixPath(name).parts):
        if book := book_of(name):
            told[book] += f"{made[name]}  {name.removeprefix(f'{book}/')}\n"
    return {book: digest_of_bytes(text.encode()) for book, text in told.items()}


def _read_history(present: Present) -> _History:
    """Return the builds published so far; what was published there without being written down counts as the latest.

    Raise SiteError if the list of them cannot be read.
    """
    path = present.folder / LEDGER
    try:
        written: _History = json_of(path.read_text(encoding="utf-8")) if path.is_file() else {}
        if not isinstance(written, dict) or not all(isinstance(builds, list) for builds in written.values()):
            raise ValueError("allowed: lists by the names of books")
    except ValueError as error:
        raise SiteError(f"{path}: not the list of what was published ({error}); restore or remove it") from None
    return _extended(written, _fingerprints(present.manifest))


def _extended(history: _History, latest: Mapping[str, str]) -> _History:
    """Return the histories with each of these builds as the last of its book."""
    longer = dict(history)
    for name, print_ in latest.items():
        longer[name] = [known for known in history.get(name, []) if known not in (print_, _WITHDRAWN)] + [print_]
    return longer


_SWITCH = re.compile(r'<details class="qb-editions">.*?</details>', re.DOTALL)


def withdraw(
    folder: Path,
    edition: str,
    as_of: Mapping[str, str],
    complete: Completion,
    *,
    dry_run: bool = False,
    sealed: Collection[str] = (),
    marks: Mapping[str, str] | None = None,
) -> Released:
    """Take an edition back, so that neither the entrance nor the lists nor the switch of any page leads there.

    The pages of sealed editions stay as they are, also where their menu names the edition. Marks are what the list of
    editions says of an edition besides, in HTML.

    Raise SiteError if the folder is no site, has no such edition, or no other, and OSError if it cannot be written. It
    is then as it was.
    """
    folder = folder.resolve()
    present = present_before(folder, dry_run=dry_run)
    books = sorted(books_of(present.manifest.files))
    gone = [book for book in books if book.split("/")[0] == edition]
    _refuse(folder, edition, books, gone)
    left = [name for name in present.manifest.files if not is_of_edition(name, edition)]
    names = [name for name in left if not present.is_given_up(name)]
    refuse_in_the_way(folder, present.others, {name: folder / name for name in names})
    if not dry_run:
        _put_without(present, edition, names, gone, as_of, complete, sealed, marks)
    return Released(
        kept=tuple(book for book in books if book not in gone), withdrawn=tuple(gone), others=present.others
    )


def _refuse(folder: Path, edition: str, books: list[str], gone: list[str]) -> None:
    editions = sorted({book.split("/")[0] for book in books})
    if not gone:
        raise SiteError(f"no edition {edition!r} in {str(folder)!r}; allowed: {', '.join(editions) or 'none'}")
    if editions == [edition]:
        raise SiteError(
            f"{edition} is the only edition in {str(folder)!r}, and a site has one; publish another one first, or "
            "take the whole site off the server"
        )


def _put_without(
    present: Present,
    edition: str,
    names: list[str],
    gone: list[str],
    as_of: Mapping[str, str],
    complete: Completion,
    sealed: Collection[str],
    marks: Mapping[str, str] | None,
) -> None:
    """Write the site without the edition beside the present one, and let the two change places."""
    folder = present.folder
    with cleared_on_error(folder):
        staging = Staging(present)
        found = site_files(folder, present.manifest.files)
        staging.copy(folder, [name for name in names if name in found])
        # What was changed or lost there stays known as such.
        staging.keep_digests(name for name in names if found.get(name) != present.manifest.files[name])
        staging.carried |= set(present.manifest.carried) & set(names)
        for path in staging.folder.rglob("*.html"):
            if not _is_sealed(path.relative_to(staging.folder).as_posix(), sealed):
                _take_from_switch(path, edition)
        if (folder / LEDGER).is_file():
            history = _read_history(present)
            text = _text_of(history | {book: [*history[book], _WITHDRAWN] for book in gone})
            (staging.folder / LEDGER).write_text(text, encoding="utf-8", newline="\n")
        staging.list_books(as_of, complete, marks or {})
        staging.put_in_place({})


def _take_from_switch(path: Path, edition: str) -> None:
    """Take an edition from the menu of editions of a page."""
    page = path.read_text(encoding="utf-8")
    # As book-switch.html writes it.
    item = re.compile(rf'\s*<li><a href="(?:\.\./)+{re.escape(edition)}/[^"]*"[^>]*>[^<]*</a></li>')
    changed = _SWITCH.sub(lambda menu: item.sub("", menu[0]), page)
    if changed != page:
        path.write_text(changed, encoding="utf-8", newline="")

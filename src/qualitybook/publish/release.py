"""Put a site where a server finds it: as it was built, whole or not at all, and never back to a replaced build.

A site has no time of building, so that two builds of one commit are the same. In which order builds were published is
therefore written down where they are published, in `LEDGER`: for each book their fingerprints, the latest last.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qualitybook.publish.manifest import ManifestError, read_manifest, write_manifest
from qualitybook.publish.site import (
    Completion,
    PlaceError,
    check_place,
    cleared_on_error,
    keep_data,
    keep_other_books,
    read_shelves,
    recover,
    staging_folder,
    swap,
    write_entrance,
)

LEDGER = "publications.json"
# So many differences from the manifest are named; `qualitybook verify` lists them all.
NAMED = 5

History = dict[str, list[str]]


@dataclass(frozen=True)
class Released:
    """What was done with each book, by its name ``<edition>/<lang>``.

    Attributes
    ----------
    new, replaced, same, kept : tuple of str
        Books that were not there; that took the place of another build; that were there already; of which only the
        destination has a build.
    """

    new: tuple[str, ...]
    replaced: tuple[str, ...]
    same: tuple[str, ...]
    kept: tuple[str, ...]


class ReleaseError(ValueError):
    """A site that cannot be published there."""


class AlteredSiteError(ReleaseError):
    """A site that is not as it was built.

    Parameters
    ----------
    site : pathlib.Path
        The site.
    differences : sequence of str
        One sentence for each file.
    """

    def __init__(self, site: Path, differences: Sequence[str]) -> None:
        more = f"\n  and {len(differences) - NAMED} more" if len(differences) > NAMED else ""
        named = "".join(f"\n  {line}" for line in differences[:NAMED])
        super().__init__(
            f"{str(site)!r} is not as it was built:{named}{more}\n"
            f"`qualitybook build` makes it again; `qualitybook verify {site.as_posix()}` lists every file that differs"
        )


class OlderBuildError(ReleaseError):
    """Builds that were published before and have been replaced since.

    Parameters
    ----------
    books : sequence of str
        Names of their books.
    """

    def __init__(self, books: list[str]) -> None:
        super().__init__(f"an older build of {', '.join(books)}, which a newer one has replaced; --force publishes it")


def release(
    site: Path,
    destination: Path,
    as_of: Mapping[str, str],
    complete: Completion | None = None,
    *,
    force: bool = False,
) -> Released:
    """Check a site against its manifest, copy it beside the published one and let the two change places.

    Parameters
    ----------
    site : pathlib.Path
        A built site.
    destination : pathlib.Path
        Folder that the server shows; made if it is not there.
    as_of : mapping
        As-of date by edition, for the list of editions.
    complete : callable, optional
        Lists the books anew where the destination has more than the site, given the folder and its shelves.
    force : bool
        Whether a build that has been replaced may come back.

    Raises
    ------
    ReleaseError
        If the site has no book or differs from its manifest, the destination holds something else or lies in the site,
        or a build is older than the one published; the destination is as it was.
    OSError
        If the destination cannot be written; it is as it was.
    """
    _check_places(site, destination)
    if not read_shelves(site):
        raise ReleaseError(f"no book in {str(site)!r}; make one with `qualitybook build`")
    _check_against_manifest(site)
    recover(destination)
    offered, present = fingerprints(site), fingerprints(destination)
    history = _history(destination, present)
    older = [name for name, print_ in offered.items() if print_ in history.get(name, [])[:-1]]
    if older and not force:
        raise OlderBuildError(older)
    staging = staging_folder(destination)
    destination.parent.mkdir(parents=True, exist_ok=True)
    with cleared_on_error(destination):
        shutil.copytree(site, staging)
        _keep_books(destination, staging, as_of, complete)
        _write_history(staging, _extended(history, offered))
        write_manifest(staging, destination, read_manifest(site).books)
        swap(staging, destination)
    return Released(
        new=tuple(name for name in offered if name not in present),
        replaced=tuple(name for name in offered if name in present and present[name] != offered[name]),
        same=tuple(name for name in offered if present.get(name) == offered[name]),
        kept=tuple(name for name in present if name not in offered),
    )


def _check_places(site: Path, destination: Path) -> None:
    here, there = site.resolve(), destination.resolve()
    if there == here or here in there.parents or there in here.parents:
        raise ReleaseError(f"{str(destination)!r} and the site {str(site)!r} must not lie in each other")
    try:
        check_place(destination)
    except PlaceError as error:
        raise ReleaseError(str(error)) from None


def _check_against_manifest(site: Path) -> None:
    try:
        differences = read_manifest(site).differences(site)
    except ManifestError as error:
        raise ReleaseError(str(error)) from None
    if differences:
        raise AlteredSiteError(site, differences)


def _keep_books(destination: Path, staging: Path, as_of: Mapping[str, str], complete: Completion | None) -> None:
    """Add the books that only the destination has, and list them with the others."""
    own = read_shelves(staging)
    keep_other_books(destination, staging)
    keep_data(destination, staging)
    shelves = read_shelves(staging)
    if shelves == own:
        return
    write_entrance(staging, shelves, as_of)
    if complete is not None:
        complete(staging, shelves)


def _write_history(staging: Path, history: History) -> None:
    text = json.dumps(history, indent=2, sort_keys=True) + "\n"
    (staging / LEDGER).write_text(text, encoding="utf-8", newline="\n")


def fingerprints(site: Path) -> dict[str, str]:
    """Return a SHA-256 over the names and bytes of the files of each book of a site, by the book's name."""
    names = [f"{shelf.edition}/{code}" for shelf in read_shelves(site) for code in shelf.languages]
    return {name: _fingerprint(site / name) for name in names}


def _fingerprint(folder: Path) -> str:
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{digest}  {path.relative_to(folder).as_posix()}\n".encode())
    return total.hexdigest()


def _history(destination: Path, present: Mapping[str, str]) -> History:
    """Return the builds published so far; what lies there without being written down counts as the latest."""
    path = destination / LEDGER
    try:
        written: History = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except ValueError as error:
        raise ReleaseError(f"{path}: not the list of what was published ({error}); restore or remove it") from None
    return _extended(written, present)


def _extended(history: History, latest: Mapping[str, str]) -> History:
    """Return the histories with each of these builds as the last of its book."""
    extended = dict(history)
    for name, print_ in latest.items():
        extended[name] = [known for known in history.get(name, []) if known != print_] + [print_]
    return extended

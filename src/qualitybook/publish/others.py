"""What stands in the folder of a site and was not put there by this program.

A repository, files of the server, older reports: whatever no manifest lists belongs to somebody else. It is carried to
the site that takes the place, links as links and empty folders too, and never deleted.
"""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath

NAMED = 5
"""So many files are named in a message; the rest is counted."""


class InTheWayError(ValueError):
    """Files of somebody else at places that the site needs.

    Parameters
    ----------
    folder : pathlib.Path
        Folder of the site.
    names : sequence of str
        What is in the way, by its path there.
    """

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        super().__init__(
            f"{str(folder)!r} holds what this program did not put there, where the site needs the place: "
            f"{named(names)}; move that away, then try again"
        )


def named(names: Sequence[str]) -> str:
    """Return the first of some names, and how many more there are."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def others_in(folder: Path, own: Collection[str]) -> list[str]:
    """Return what in a folder is not of this program, by path, a folder without anything of ours as one.

    Parameters
    ----------
    folder : pathlib.Path
        Folder of a site; it may be missing.
    own : collection of str
        Paths of the files that are ours.
    """
    ours = set(own)
    above = {parent.as_posix() for name in ours for parent in PurePosixPath(name).parents}
    return sorted(_others_in(folder, "", ours, above)) if folder.is_dir() else []


def _others_in(folder: Path, prefix: str, ours: set[str], above: set[str]) -> Iterator[str]:
    with os.scandir(folder / prefix) as entries:
        for entry in entries:
            name = f"{prefix}{entry.name}"
            if entry.is_dir(follow_symlinks=False) and name in above:
                yield from _others_in(folder, f"{name}/", ours, above)
            elif (name not in ours or entry.is_dir()) and not _is_left_empty(folder, name):
                yield name


def _is_left_empty(folder: Path, name: str) -> bool:
    """Whether a folder without a file is one that Sphinx made for what is left out of a site."""
    path, within_book = folder / name, PurePosixPath(name).parts[2:]
    is_of_sphinx = any(part.startswith("_") for part in within_book)
    return is_of_sphinx and _is_folder(path) and not any(_files_at(path))


def in_the_way(folder: Path, names: Sequence[str], coming: Mapping[str, Path]) -> list[str]:
    """Return what of somebody else stands where a site is to have something else.

    Parameters
    ----------
    folder : pathlib.Path
        Folder of the present site.
    names : sequence of str
        What `others_in` found there.
    coming : mapping
        The files that the site is to have, by path; a file that is the same is not in the way.
    """
    above = {parent.as_posix() for name in coming for parent in PurePosixPath(name).parents}
    return [taken for name in names for taken in _taken(folder, name, coming, above)]


def _taken(folder: Path, name: str, coming: Mapping[str, Path], above: set[str]) -> Iterator[str]:
    path = folder / name
    if any(parent.as_posix() in coming for parent in PurePosixPath(name).parents):
        yield name
    elif _is_folder(path) and name in above:
        for below in sorted(os.listdir(path)):
            yield from _taken(folder, f"{name}/{below}", coming, above)
    elif name in above or (name in coming and not _is_same(path, coming[name])):
        yield name


def keep_others(site: Path, staging: Path, names: Sequence[str], coming: Iterable[str]) -> None:
    """Give what is not ours in a site a place in the one that is to take its place.

    Parameters
    ----------
    site, staging : pathlib.Path
        The present site and the coming one.
    names : sequence of str
        What `others_in` found in the present one.
    coming : iterable of str
        Paths of the files of the coming one, which are there.

    Raises
    ------
    InTheWayError
        If the coming site has something else at such a place.
    """
    taken = in_the_way(site, names, {name: staging / name for name in coming})
    if taken:
        raise InTheWayError(site, taken)
    for name in names:
        _keep(site / name, staging / name)


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _is_same(one: Path, other: Path) -> bool:
    """Whether two paths are plain files with the same bytes."""
    return all(path.is_file() and not path.is_symlink() for path in (one, other)) and filecmp.cmp(one, other, False)


def _keep(source: Path, target: Path) -> None:
    if not _is_folder(source):
        if not os.path.lexists(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            link_or_copy(source, target)
        return
    is_new = not target.exists()
    target.mkdir(parents=True, exist_ok=True)
    for name in os.listdir(source):
        _keep(source / name, target / name)
    if is_new:
        like(source, target)


def link_or_copy(source: Path, target: Path) -> None:
    """Give a file, which never changes in place, a second name, or copy it where links are not possible."""
    try:
        os.link(source, target, follow_symlinks=False)
    except (OSError, NotImplementedError):
        shutil.copy2(source, target, follow_symlinks=False)


def like(source: Path, target: Path) -> None:
    """Give a folder the rights of another one, and its owner as far as one may."""
    shutil.copystat(source, target)
    with suppress(OSError, AttributeError):
        found = source.stat()
        os.chown(target, found.st_uid, found.st_gid)


def rescue(old: Path, site: Path, own: Collection[str]) -> None:
    """Carry over what others have put into a folder, or changed there, while a site was made to take its place.

    Parameters
    ----------
    old, site : pathlib.Path
        The folder that is to be removed, and the site in its place.
    own : collection of str
        Paths of the files that are ours in the old folder.
    """
    for name in others_in(old, own):
        for path in _files_at(old / name):
            target = site / path.relative_to(old)
            if not os.path.lexists(target):
                target.parent.mkdir(parents=True, exist_ok=True)
                os.replace(path, target)
            elif _is_newer(path, target):
                os.replace(path, target)


def _files_at(path: Path) -> Iterator[Path]:
    if not _is_folder(path):
        yield path
        return
    for folder, folders, files in os.walk(path):
        yield from (Path(folder) / name for name in files)
        yield from (Path(folder) / name for name in folders if (Path(folder) / name).is_symlink())


def _is_newer(path: Path, target: Path) -> bool:
    """Whether a file was changed after it was copied; a second name of one file is no copy."""
    one, other = path.lstat(), target.lstat()
    return not os.path.samestat(one, other) and one.st_mtime_ns > other.st_mtime_ns

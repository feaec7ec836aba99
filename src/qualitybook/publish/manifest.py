"""``manifest.json`` of a site: the SHA-256 of every file on it, and of every file that its books were made from.

Whatever no manifest lists (a repository, files of the server, older reports) belongs to somebody else. It is carried to
the site that takes the place, links as links and empty folders too, and never deleted. The manifest also says which
files come from an earlier build, and names what others have put into the site's folder: whatever is neither listed nor
named there has come since.

The build folder keeps what the last build was asked and made from: where nothing has changed, there is nothing to do.
That is asked before the evidence is read, so nothing heavy is imported here.
"""

from __future__ import annotations

import filecmp
import json
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from qualitybook.errors import QualitybookError, in_one_line, json_of
from qualitybook.paths import within
from qualitybook.publish.cache import (
    PACKAGE,
    digest_of_bytes,
    digest_of_value,
    digests_of_files,
    is_plain,
    leave_note,
    note_in,
    packages,
)
from qualitybook.publish.snapshot import files_of

NAMED = 5
"""So many files are named in a message; the rest is counted."""


class SiteError(QualitybookError, ValueError):
    """A site that cannot be read, made, put where it is to be, or published there."""


def place_needed(folder: Path, names: Sequence[str]) -> SiteError:
    """Return the error of files of somebody else that stand where the site in a folder needs the place."""
    return SiteError(
        f"{str(folder)!r} holds what this program did not put there, where the site needs the place: "
        f"{named(names)}; move that away, then try again"
    )


def named(names: Sequence[str]) -> str:
    """Return the first of some names, and how many more there are."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def others_in(folder: Path, own: Collection[str]) -> list[str]:
    """Return what in a folder is not of this program, by path, a folder without anything of ours as one."""
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


def refuse_in_the_way(folder: Path, names: Sequence[str], coming: Mapping[str, Path]) -> None:
    """Refuse what of somebody else stands where a site is to have something else: not a file that is the same."""
    above = {parent.as_posix() for name in coming for parent in PurePosixPath(name).parents}
    if taken := [each for name in names for each in _taken(folder, name, coming, above)]:
        raise place_needed(folder, taken)


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
    """Give what is not ours in a site a place in the one that is to take its place, unless that needs the place."""
    refuse_in_the_way(site, names, {name: staging / name for name in coming})
    for name in names:
        _keep(site / name, staging / name)


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _is_same(one: Path, other: Path) -> bool:
    """Whether two paths are plain files with the same bytes."""
    return is_plain(one) and is_plain(other) and filecmp.cmp(one, other, False)


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
    """Carry over what others have put into an old folder, or changed there, while a site was made to take its place."""
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


NAME = "manifest.json"


@dataclass(frozen=True)
class Manifest:
    """What a site holds and what it was made from."""

    books: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """For each book, ``<edition>/<lang>``, the SHA-256 of its inputs by their names."""
    files: Mapping[str, str] = field(default_factory=dict)
    """The SHA-256 of every file of the site but the manifest, by its path."""
    carried: tuple[str, ...] = ()
    """Those of them that no build of the present books has made: pages and PDFs that the books once had."""
    others: tuple[str, ...] = ()
    """Paths of files and folders that somebody else has put there."""

    @property
    def own(self) -> set[str]:
        """Paths of all files that are this program's, the manifest's own among them."""
        return {*self.files, NAME}

    @property
    def made(self) -> dict[str, str]:
        """The SHA-256 of the files that the builds of the present books have made, by path."""
        carried = set(self.carried)
        return {name: digest for name, digest in self.files.items() if name not in carried}

    def write(self, site: Path) -> None:
        """Write it into the folder of a site."""
        values = {"books": self.books, "carried": self.carried, "files": self.files, "others": self.others}
        text = json.dumps(values, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        # In one step: a manifest says that what it lies in is finished.
        begun = site / f".{NAME}.new"
        # Names that are no text come from other systems; JSON writes their bytes as it does any character.
        begun.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
        os.replace(begun, site / NAME)

    def differences(self, site: Path) -> list[str]:
        """Return what is different on a site, one sentence a file; nothing where it is as it was published."""
        found = site_files(site, self.files)
        lost = [f"{name}: {_what_stands(site / name)}" for name in self.own if not is_plain(site / name)]
        added = [f"{name}: not in the manifest" for name in others_in(site, self.own) if name not in self.others]
        changed = [
            f"{name}: changed (SHA-256 {found[name]}, published as {known})"
            for name, known in self.files.items()
            if found.get(name, known) != known
        ]
        return sorted(map(in_one_line, [*lost, *added, *changed]))


def _what_stands(path: Path) -> str:
    return "no plain file" if os.path.lexists(path) else "not there"


def read_manifest(site: Path) -> Manifest:
    """Return the manifest of a site; raise SiteError if there is none, or it cannot be read."""
    path = site / NAME
    try:
        # A pipe would keep its reader for ever.
        if not path.is_file():
            raise FileNotFoundError
        values: dict[str, Any] = json_of(path.read_text(encoding="utf-8"))
        books = {str(name): _texts_of(inputs) for name, inputs in dict(values["books"]).items()}
        carried, others = (_names_in(values.get(part, [])) for part in ("carried", "others"))
        return Manifest(books, within(_texts_of(values["files"])), carried, others)
    except PermissionError:
        raise SiteError(f"{path}: you may not read it; give yourself the right to") from None
    except OSError:
        raise SiteError(
            f"{path}: no such file; name the folder of a site, or make one with `qualitybook build`"
        ) from None
    except (ValueError, KeyError, TypeError):
        raise SiteError(f"{path}: not a manifest; make the site again with `qualitybook build`") from None


def _texts_of(values: Any) -> dict[str, str]:
    """Return a mapping of texts that JSON holds; raises TypeError for anything else."""
    if not isinstance(values, dict) or not all(isinstance(each, str) for each in values.values()):
        raise TypeError
    return values


def _names_in(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
        raise TypeError
    return tuple(values)


def site_files(site: Path, names: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of those of these files that a site has, by path."""
    return {name: digest_of_bytes((site / name).read_bytes()) for name in names if is_plain(site / name)}


def book_inputs(root: Path, evidence: Path, parts: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of everything that a book is made from, under names that no folder of this machine is in."""
    folders = {"qualitybook": PACKAGE, **{part: root / part for part in parts}}
    found = {
        f"{name}/{path}".rstrip("/"): digest
        for name, folder in folders.items()
        for path, digest in digests_of_files(folder).items()
    }
    tables = {f"evidence/{path}": digest_of_bytes(content) for path, content in files_of(evidence).items()}
    return {**tables, **found, "packages": digest_of_value(packages())}


_FILE = "last-build.json"


@dataclass(frozen=True)
class LastBuild:
    """The note that a build leaves in its folder."""

    folder: Path
    """The build folder."""
    site: Path
    """Where the site is."""

    def answer(self, asked: Mapping[str, Any], inputs: Mapping[str, str]) -> list[str] | None:
        """Return what the last build said, where it was asked the same of the same and its site is whole; else None."""
        try:
            noted = json_of(note_in(self.folder / _FILE))
            said = [str(line) for line in noted["said"]]
            if noted != self._note(asked, inputs, said) or read_manifest(self.site).differences(self.site):
                return None
        except (OSError, ValueError, KeyError, TypeError, SiteError):
            return None
        return said

    def write(self, asked: Mapping[str, Any], inputs: Mapping[str, str], said: Sequence[str]) -> None:
        """Note what was asked, what it was made from, and what was said."""
        text = json.dumps(self._note(asked, inputs, said), indent=1, ensure_ascii=False)
        leave_note(self.folder / _FILE, text + "\n")

    def _note(self, asked: Mapping[str, Any], inputs: Mapping[str, str], said: Sequence[str]) -> dict[str, Any]:
        published = digest_of_bytes((self.site / NAME).read_bytes())
        return {"asked": dict(asked), "inputs": digest_of_value(inputs), "site": published, "said": list(said)}

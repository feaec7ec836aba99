"""``manifest.json`` of a site: the SHA-256 of every file on it, and of every file that its books were made from.

It also says which files come from an earlier build, and names what others have put into the site's folder, which is
theirs: whatever is neither listed nor named there has come since.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from qualitybook.publish.cache import PACKAGE, digest_of_bytes, digest_of_value, digests_of_files, packages
from qualitybook.publish.others import others_in

NAME = "manifest.json"


class ManifestError(ValueError):
    """A site without a manifest, or with one that cannot be read."""


@dataclass(frozen=True)
class Manifest:
    """What a site holds and what it was made from.

    Attributes
    ----------
    books : mapping
        For each book, ``<edition>/<lang>``, the SHA-256 of its inputs by their names.
    files : mapping
        The SHA-256 of every file of the site but the manifest, by its path.
    carried : tuple of str
        Those of them that no build of the present books has made: pages and PDFs that the books once had.
    others : tuple of str
        Paths of files and folders that somebody else has put there.
    """

    books: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    carried: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

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
        begun.write_text(text, encoding="utf-8", newline="\n")
        os.replace(begun, site / NAME)

    def differences(self, site: Path) -> list[str]:
        """Return what is different on a site, one sentence a file; nothing where it is as it was published."""
        found = site_files(site, self.files)
        lost = [f"{name}: not there" for name in self.files if name not in found]
        added = [f"{name}: not in the manifest" for name in others_in(site, self.own) if name not in self.others]
        changed = [
            f"{name}: changed (SHA-256 {found[name]}, published as {known})"
            for name, known in self.files.items()
            if found.get(name, known) != known
        ]
        return sorted([*lost, *added, *changed])


def read_manifest(site: Path) -> Manifest:
    """Return the manifest of a site.

    Raises
    ------
    ManifestError
        If there is none, or it cannot be read.
    """
    path = site / NAME
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        files, carried = dict(values["files"]), tuple(values.get("carried", ()))
        return Manifest(dict(values["books"]), _within(files), carried, tuple(values.get("others", ())))
    except OSError:
        raise ManifestError(
            f"{path}: no such file; name the folder of a site, or make one with `qualitybook build`"
        ) from None
    except (ValueError, KeyError, TypeError):
        raise ManifestError(f"{path}: not a manifest; make the site again with `qualitybook build`") from None


def _within(files: dict[str, str]) -> dict[str, str]:
    """Return files of which none lies outside of the site."""
    outside = [name for name in files if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts]
    if outside:
        raise ValueError(outside)
    return files


def site_files(site: Path, names: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of those of these files that a site has, by path."""
    return {name: digest_of_bytes((site / name).read_bytes()) for name in names if (site / name).is_file()}


def book_inputs(root: Path, evidence: Path, parts: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of everything that a book is made from, under names that no folder of this machine is in.

    Parameters
    ----------
    root : pathlib.Path
        Folder of the project.
    evidence : pathlib.Path
        The evidence folder.
    parts : iterable of str
        Files and folders of the project that books are made from.
    """
    folders = {"evidence": evidence, "qualitybook": PACKAGE, **{part: root / part for part in parts}}
    found = {
        f"{name}/{path}".rstrip("/"): digest
        for name, folder in folders.items()
        for path, digest in digests_of_files(folder).items()
    }
    return {**found, "packages": digest_of_value(packages())}

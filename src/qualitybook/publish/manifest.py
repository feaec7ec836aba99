"""``manifest.json`` of a site: the SHA-256 of every file on it, and of every file that its books were made from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qualitybook.publish import digests

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
    """

    books: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    def write(self, site: Path) -> None:
        """Write it into the folder of a site."""
        values = {"books": self.books, "files": self.files}
        text = json.dumps(values, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        (site / NAME).write_text(text, encoding="utf-8", newline="\n")

    def differences(self, site: Path) -> list[str]:
        """Return what is different on a site, one sentence a file; nothing where it is as it was published."""
        found = site_files(site)
        lost = [f"{name}: not there" for name in self.files if name not in found]
        added = [f"{name}: not in the manifest" for name in found if name not in self.files]
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
        return Manifest(dict(values["books"]), dict(values["files"]))
    except OSError:
        raise ManifestError(
            f"{path}: no such file; name the folder of a site, or make one with `qualitybook build`"
        ) from None
    except (ValueError, KeyError, TypeError):
        raise ManifestError(f"{path}: not a manifest; make the site again with `qualitybook build`") from None


def site_files(site: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a site but its manifest."""
    return {name: found for name, found in digests.of_files(site).items() if name != NAME}


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
    folders = {"evidence": evidence, "qualitybook": digests.PACKAGE, **{part: root / part for part in parts}}
    found = {
        f"{name}/{path}".rstrip("/"): digest
        for name, folder in folders.items()
        for path, digest in digests.of_files(folder).items()
    }
    return {**found, "packages": digests.of_value(digests.packages())}


def write_manifest(staging: Path, site: Path, books: Mapping[str, Mapping[str, str]]) -> None:
    """Write the manifest of a site that is about to take the place of another.

    Parameters
    ----------
    staging : pathlib.Path
        The new site.
    site : pathlib.Path
        The present one, whose other books are kept.
    books : mapping
        The inputs of the books that are published anew.
    """
    try:
        known = read_manifest(site).books
    except ManifestError:
        known = {}
    kept = {name: inputs for name, inputs in known.items() if (staging / name).is_dir()}
    Manifest({**kept, **books}, site_files(staging)).write(staging)

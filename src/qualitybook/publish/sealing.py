"""Seal a published edition, and compare what is made again with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qualitybook import __version__
from qualitybook.errors import json_of
from qualitybook.evidence.catalog import CURRENT, Edition
from qualitybook.evidence.editions import figures_in
from qualitybook.evidence.schema import BookSettings
from qualitybook.evidence.seals import ASKED, EVIDENCE, SEALS, Seal
from qualitybook.evidence.store import locked, replace_files
from qualitybook.publish.cache import PACKAGE, digest_of_value, digests_of_files
from qualitybook.publish.manifest import Manifest, SiteError, named, read_manifest, site_files
from qualitybook.publish.site import ASSESSMENTS, DATA, books_of, is_sealed_with, stated_name, uneven

_TOLD = ("target_id", "state", "reason", "probability", "level")
_PACKAGE = "qualitybook/"


def seal(folder: Path, edition: Edition, site: Path, day: str, commit: str) -> Seal:
    """Seal an edition as it is published on a site today, and keep the evidence, from a folder, that it was made from.

    Raise SiteError if the edition is not to be sealed, is not published there, or is not as it was published, and
    OSError if the seal cannot be written; there is then none.
    """
    _refuse(folder, edition)
    if (found := stated_name(site)) not in ("", name := BookSettings.load(folder).name):
        raise SiteError(f"{site} shows the book {found!r}, not {name!r}; name the folder of this book with --from")
    manifest = read_manifest(site)
    own = _published(manifest, edition.edition, site)
    made = _seal(edition, manifest, own, site, day, commit)
    path = f"{SEALS}/{edition.edition}"
    with locked(folder):
        archive = (site / DATA / edition.edition / EVIDENCE).read_bytes()
        replace_files(folder, {f"{path}.zip": archive, f"{path}.json": made.text()})
    return made


def _refuse(folder: Path, edition: Edition) -> None:
    name = edition.edition
    if edition.status == CURRENT:
        raise SiteError(f"{name} is the current edition, which may still change; wait until a later one is there")
    if edition.is_reconstructed:
        raise SiteError(
            f"{name} was never published at the time (reconstructed in editions.csv); it must not be sealed"
        )
    if (folder / SEALS / f"{name}.json").exists():
        raise SiteError(f"{name} is sealed already; for a corrected issue run `qualitybook edition reissue {name}`")


def _published(manifest: Manifest, edition: str, site: Path) -> dict[str, str]:
    """Return the SHA-256 of the files of an edition that is whole and as it was published, by path."""
    own = {name: digest for name, digest in manifest.files.items() if is_sealed_with(name, edition)}
    if not books_of(own):
        raise SiteError(f"no edition {edition!r} in {site}; name the folder where it is published with --from")
    if f"{DATA}/{edition}/{EVIDENCE}" not in own:
        raise SiteError(
            f"{edition} in {site} was built by a program that kept no evidence beside it; build and publish it again, "
            "then seal it"
        )
    found = site_files(site, own)
    differing = sorted(name for name, digest in own.items() if found.get(name) != digest)
    if differing:
        raise SiteError(f"{named(differing)} in {site} not as published; publish {edition} again, then seal it")
    if uneven({name: inputs for name, inputs in manifest.books.items() if name.split("/")[0] == edition}):
        raise SiteError(f"the languages of {edition} in {site} are not of one build; make and publish it in all again")
    return own


def _seal(edition: Edition, manifest: Manifest, own: Mapping[str, str], site: Path, day: str, commit: str) -> Seal:
    name = edition.edition
    inputs = manifest.books[sorted(books_of(own))[0]]
    program = {key: value for key, value in inputs.items() if key.startswith(_PACKAGE)}
    is_ours = program == {f"{_PACKAGE}{path}": digest for path, digest in digests_of_files(PACKAGE).items()}
    return Seal(
        edition=name,
        as_of=edition.as_of.isoformat(),
        sealed=day,
        languages=tuple(sorted((book.split("/")[1] for book in books_of(own)), reverse=True)),
        version=__version__ if is_ours else "",
        commit=commit if is_ours else "",
        method=digest_of_value(
            {key: value for key, value in program.items() if key.startswith(f"{_PACKAGE}analysis/")}
        ),
        verdicts=_verdicts(site / DATA / name / f"{ASSESSMENTS}.json"),
        figures=figures_in(site / DATA / name / EVIDENCE, edition),
        files=own,
    )


def _verdicts(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        return []
    rows = json_of(path.read_text(encoding="utf-8"))["targets"]
    return [
        {**{name: row.get(name) for name in _TOLD}, **{name: row[name] for name in ASKED if name in row}}
        for row in rows
    ]


@dataclass(frozen=True)
class Compared:
    """What is the same and what is not in an edition that was made again, by path."""

    same: tuple[str, ...]
    different: tuple[str, ...]
    lost: tuple[str, ...]
    verdicts: Mapping[str, tuple[str, str]]
    """The goals whose verdict is another one, by key, with what was published and what was made."""


def compared(sealed: Seal, site: Path) -> Compared:
    """Return how an edition on a site compares with its seal."""
    found = site_files(site, sealed.files)
    then, now = _words(sealed.verdicts), _words(_verdicts(site / DATA / sealed.edition / f"{ASSESSMENTS}.json"))
    return Compared(
        tuple(name for name, digest in sealed.files.items() if found.get(name) == digest),
        tuple(name for name, digest in sealed.files.items() if found.get(name, digest) != digest),
        tuple(name for name in sealed.files if name not in found),
        {key: (then.get(key, "-"), now.get(key, "-")) for key in {**then, **now} if then.get(key) != now.get(key)},
    )


def _words(verdicts: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return verdicts on one line each, by the goal."""
    return {row["target_id"]: " ".join(str(row.get(name) or "-") for name in _TOLD[1:]) for row in verdicts}

"""Seals: what a published edition saw and was, so that nothing that comes later changes it in silence.

A seal is a file of the folder `SEALS`, ``<edition>.json``: the figures that the edition saw, its verdicts, what made
it, and the SHA-256 of every file that was published of it. Beside it lies the evidence that it was made from,
``<edition>.zip``, from which it can be made again.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from qualitybook.errors import Problem, RefusedError, json_of
from qualitybook.evidence.reading import RawTable
from qualitybook.evidence.schema import OBSERVATIONS

SEALS = "seals"
EVIDENCE = "evidence.zip"
"""File with the evidence that an edition was made from, among its data on the site."""
MEND = "bring it back from your version control"
_NAMED = 3
_MOST_UNPACKED = 512 << 20
"""Bytes that the evidence of an edition may have: far more than anybody's has."""
# What a figure says; marks, days and notes may come later without changing it.
_SAID = (
    "value",
    "qualifier",
    "n",
    "passed",
    "locator",
    "grade",
    "verbatim",
    "dating",
    "complete",
    "status",
    "each_year",
)
_DIGITS = 16


@dataclass(frozen=True)
class Seal:
    """What was published as an edition."""

    edition: str
    as_of: str
    sealed: str
    """Edition, its as-of date, and the day on which it was sealed."""
    languages: tuple[str, ...]
    """Codes of the languages in which it was published."""
    version: str
    commit: str
    """Program and commit that made it; empty where they can no longer be told."""
    method: str
    """SHA-256 of the part of the program that judges and forecasts."""
    verdicts: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    """Its verdicts, as published."""
    figures: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """For each figure that it saw, by `key_of`, the value as printed and the digest of what it says."""
    files: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of every file that was published of it, by its path on the site."""

    def text(self) -> bytes:
        """Return it as the content of its file."""
        return (json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def key_of(cells: Mapping[Any, Any]) -> str:
    """Return what a row of observations is known by."""
    return " ".join(str(cells[name]) or "-" for name in OBSERVATIONS.primary_key)


def digest_of(cells: Mapping[Any, str]) -> str:
    """Return the beginning of the SHA-256 of what a row of observations says."""
    said = json.dumps([cells[name] for name in _SAID], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:_DIGITS]


Rows = Mapping[int, Mapping[Any, str]]
"""The text of the cells of observations, by line."""


def figures_of(rows: Rows) -> dict[str, Sequence[str]]:
    """Return figures as a seal holds them."""
    return {key_of(row): (row["value"], digest_of(row)) for row in rows.values()}


def read_seals(folder: Path) -> dict[str, Seal]:
    """Return the seals of an evidence folder by their editions; raises ValueError if one cannot be read."""
    return {path.stem: _read(path) for path in sorted((folder / SEALS).glob("*.json"))}


_TEXT = {"type": "string"}
_DAY = {"type": "string", "format": "date"}
_FIGURE = {"type": "array", "prefixItems": [_TEXT, _TEXT], "minItems": 2, "maxItems": 2}
_KINDS = {
    **dict.fromkeys(("version", "commit", "method"), _TEXT),
    **dict.fromkeys(("as_of", "sealed"), _DAY),
    "languages": {"type": "array", "items": _TEXT},
    "verdicts": {"type": "array", "items": {"type": "object", "required": ["target_id", "state"]}},
    "figures": {
        "type": "object",
        "patternProperties": {rf"^\S+( \S+){{{len(OBSERVATIONS.primary_key) - 1}}}$": _FIGURE},
        "additionalProperties": False,
    },
    "files": {"type": "object", "additionalProperties": {"type": "string", "pattern": "^[0-9a-f]{64}$"}},
}
_SCHEMA = {"type": "object", "required": ["edition", *_KINDS], "additionalProperties": False}


def _read(path: Path) -> Seal:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    try:
        values = json_of(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from None
    schema = {**_SCHEMA, "properties": {**_KINDS, "edition": {"const": path.stem}}}
    checker = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    wrong = best_match(checker.iter_errors(values))
    if wrong is not None:
        raise ValueError(f"{path.name}: {wrong.json_path}: {wrong.message}")
    return Seal(**{**values, "languages": tuple(values["languages"])})


@dataclass(frozen=True)
class Since:
    """What has become of the figures of a sealed edition in the tables."""

    found: tuple[int, ...]
    """Lines of the figures that it would see today and did not see then."""
    changed: Mapping[str, str]
    """For each figure that it saw and that says something else today, by key, the value; empty where it is gone."""


def since(seal: Seal, rows: Rows, seen: Iterable[int]) -> Since:
    """Return what has changed since an edition was sealed.

    The rows are all observations of today; `seen` are the lines of those that the edition would see today.
    """
    lines = set(seen)
    today = {key_of(row): (line, row) for line, row in rows.items()}
    found = [line for key, (line, _) in today.items() if line in lines and key not in seal.figures]
    changed = {
        key: today[key][1]["value"] if key in today else ""
        for key, (_, digest) in seal.figures.items()
        if key not in today or digest_of(today[key][1]) != digest
    }
    return Since(tuple(sorted(found)), changed)


def _archive_of(folder: Path, seal: Seal) -> Path:
    """Return the file with the evidence that a sealed edition was made from; refuse what was not published with it."""
    path = folder / SEALS / f"{seal.edition}.zip"
    if not path.is_file():
        raise RefusedError(f"{path}: no such file; {MEND}")
    if hashlib.sha256(path.read_bytes()).hexdigest() != seal.files.get(f"data/{seal.edition}/{EVIDENCE}"):
        raise RefusedError(f"{path}: not the evidence that was published with the edition; {MEND}")
    return path


def _problems_of_files(folder: Path, seal: Seal, has_edition: bool) -> Iterator[Problem]:
    """Yield a warning for a seal whose edition is gone, and for one whose evidence is."""
    path = f"{SEALS}/{seal.edition}"
    if not has_edition:
        allowed = f"a seal of an edition of editions.csv; {MEND}, or remove the seal too"
        yield Problem(f"{path}.json", None, "", seal.edition, allowed, "seal_without_edition", "warning")
    try:
        _archive_of(folder, seal)
    except (RefusedError, OSError) as error:
        found = str(error).removesuffix(f"; {MEND}")
        yield Problem(f"{path}.zip", None, "", found, f"the file as it was sealed; {MEND}", "seal_archive", "warning")


ASKED = ("rule", "value", "unit", "target_year", "baseline_year")
"""What a seal says of a goal beside its verdict; seals of earlier versions do not."""


def _problems_of_day(seal: Seal, editions: RawTable) -> Iterator[Problem]:
    for line, row in editions.records():
        if row["edition"] == seal.edition and row["as_of"] != seal.as_of:
            allowed = f"{seal.as_of}, as it was sealed; for another day a new edition"
            yield Problem(editions.table.path, line, "as_of", row["as_of"], allowed, "seal_as_of", "warning")


def _problems_of_goals(seal: Seal, targets: RawTable) -> Iterator[Problem]:
    """Yield a warning for each goal of a sealed edition that asks something else today, or is gone."""
    rows = {row["target_id"]: (line, row) for line, row in targets.records()}
    mend = "for another wording add a goal with valid_from and supersedes"
    for verdict in seal.verdicts if targets.is_whole else ():
        key = str(verdict["target_id"])
        if key not in rows:
            allowed = f"the goals of the sealed edition {seal.edition}; {mend}, or fill in valid_to"
            yield Problem(targets.table.path, 1, "target_id", f"no {key}", allowed, "seal_goal", "warning")
            continue
        line, row = rows[key]
        for name in ASKED:
            if name in verdict and not _is_as_sealed(row[name], verdict[name]):
                sealed = "empty" if verdict[name] is None else verdict[name]
                allowed = f"{sealed}, as in the sealed edition {seal.edition}; {mend}"
                yield Problem(targets.table.path, line, name, row[name], allowed, "seal_goal", "warning")


def _is_as_sealed(cell: str, sealed: Any) -> bool:
    if isinstance(sealed, str) or sealed is None:
        return cell == (sealed or "")
    try:
        return float(cell) == float(sealed)
    except (ValueError, TypeError, OverflowError):
        return False


def problems_of_seals(folder: Path, raw: Mapping[str, RawTable]) -> Iterator[Problem]:
    """Yield what is wrong with seals and their files, and warnings of what changed since that no erratum names."""
    observations, errata, editions = raw["observations"], raw["errata"], raw["editions"]
    try:
        seals = read_seals(folder)
    except (ValueError, OSError) as error:
        allowed = f"a seal as `qualitybook edition seal` writes it; {MEND}"
        yield Problem(SEALS, None, "", str(error), allowed, "seal_unreadable")
        return
    for name, seal in seals.items():
        yield from _problems_of_files(folder, seal, name in set(editions.cells["edition"]))
        yield from _problems_of_day(seal, editions)
        yield from _problems_of_goals(seal, raw["targets"])
    rows = dict(observations.records())
    for name, seal in seals.items():
        own = [row for _, row in errata.records() if row["edition"] == name]
        changed = [key for key in since(seal, rows, ()).changed if not any(_is_about(row, key) for row in own)]
        if changed:
            named = ", ".join(changed[:_NAMED]) + (" …" if len(changed) > _NAMED else "")
            yield Problem(
                f"{SEALS}/{name}.json",
                None,
                "",
                f"{len(changed)} figures of the sealed edition that say something else today: {named}",
                "for each correction of a published edition an erratum in errata.csv that names the figure "
                f"({', '.join(OBSERVATIONS.primary_key)})",
                "erratum_missing",
                "warning",
            )


def _is_about(erratum: Mapping[Any, str], key: str) -> bool:
    """Whether an erratum names a figure; of a key that it gives in part it is about all figures."""
    given = [str(erratum[name]) for name in OBSERVATIONS.primary_key]
    return any(given) and all(cell in ("", part) for cell, part in zip(given, key.split(" "), strict=True))


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return files as a ZIP archive that depends on nothing but their names and bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, files[name])
    return out.getvalue()


def restore(folder: Path, seal: Seal, evidence: Path) -> None:
    """Write the evidence that a sealed edition was made from, and beside its seals what earlier ones were made from."""
    unpack(_archive_of(folder, seal), evidence)
    for path in (evidence / SEALS).glob("*.json"):
        archive = folder / SEALS / f"{path.stem}.zip"
        if archive.is_file():
            shutil.copyfile(archive, path.with_suffix(".zip"))


def unpack(archive: Path, folder: Path) -> None:
    """Write the files of an archive that `packed` made; refuse what is none, or holds more than any evidence."""
    try:
        with zipfile.ZipFile(archive) as opened:
            if sum(info.file_size for info in opened.infolist()) > _MOST_UNPACKED:
                raise RefusedError(f"{archive}: {_MOST_UNPACKED >> 20} MiB or more when unpacked; {MEND}")
            opened.extractall(folder)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError):
        # Of what lies behind a password, or is packed in another way, zipfile raises RuntimeError or one of its kind.
        raise RefusedError(f"{archive}: no archive of evidence; {MEND}") from None

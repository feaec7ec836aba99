"""What imports have changed in an evidence folder, so that the last one can be taken back byte for byte.

Each import leaves a folder below `HISTORY` with the files that it changed as they were before, and a note of what it
did. Both are written in one step with the change itself. The history is for the person at this folder; it is no part of
the evidence, and only the last imports are kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from qualitybook.errors import EvidenceError, StoreError, json_of
from qualitybook.evidence.check import TABLE_EMPTY
from qualitybook.evidence.editions import forbids, problems_with
from qualitybook.evidence.store import evidence_files, locked, replace_files
from qualitybook.paths import HISTORY

_NOTE = "import.json"
_KEPT = 20
"""So many imports can be taken back, one after the other."""


@dataclass(frozen=True)
class Import:
    """One import."""

    number: int
    """Number in this folder, the first being 1."""
    day: str
    """Day on which it was made."""
    file: str
    """Name of the file that was taken in."""
    told: str
    """What it did, in words."""
    after: Mapping[str, str]
    """SHA-256 of the files that it wrote, by path."""
    new: tuple[str, ...]
    """Those of them that were not there before."""

    @property
    def folder(self) -> str:
        """Path of what is kept of it, below the evidence folder."""
        return f"{HISTORY}/{self.number:04d}"


def imports(folder: Path) -> list[Import]:
    """Return the imports that are kept, the last one first; a note that is none of this program raises StoreError."""
    return [_read(note) for note in sorted((folder / HISTORY).glob(f"*/{_NOTE}"), reverse=True)]


def _read(note: Path) -> Import:
    try:
        values = json_of(note.read_text(encoding="utf-8"))
        found = Import(**{**values, "new": tuple(values["new"]), "after": evidence_files(values["after"])})
        texts = (found.day, found.file, found.told, *found.after.values())
        if note.parent.name != Path(found.folder).name or not set(found.new) <= set(found.after):
            raise ValueError
        if not all(isinstance(text, str) for text in texts):
            raise TypeError
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise StoreError(
            f"{note.as_posix()} is no note of an import that this program wrote; put its folder elsewhere, and try "
            "again: that import can no longer be taken back"
        ) from None
    return found


def with_history(
    folder: Path, files: Mapping[str, bytes], *, day: str, file: str, told: str
) -> dict[str, bytes | None]:
    """Return the files of an import with what takes it back, and without what is too old, for one change of all."""
    before = imports(folder)
    is_new = tuple(path for path in files if not (folder / path).is_file())
    after = {path: _digest(content) for path, content in files.items()}
    made = Import(before[0].number + 1 if before else 1, day, file, told, after, is_new)
    note = json.dumps(asdict(made), ensure_ascii=False, indent=1).encode()
    kept = {f"{made.folder}/{path}": (folder / path).read_bytes() for path in files if path not in is_new}
    gone = dict.fromkeys(path for old in before[_KEPT - 1 :] for path in _own(folder, old))
    return {**files, **kept, f"{made.folder}/{_NOTE}": note, **gone}


def _own(folder: Path, made: Import) -> list[str]:
    """Return the files that are kept of an import."""
    return [path.relative_to(folder).as_posix() for path in (folder / made.folder).rglob("*") if path.is_file()]


def undo(folder: Path) -> Import:
    """Take the last import back: the files that it changed are as they were, byte for byte.

    StoreError tells that there is none, that its note cannot be read, or that the files have changed since;
    EvidenceError that rows which were added since rest on it. Where a file cannot be written, the evidence is as it
    was.
    """
    with locked(folder):
        last = next(iter(imports(folder)), None)
        if last is None:
            raise StoreError(f"nothing to take back: no import into {folder} is known")
        _refuse_changed(folder, last)
        files = {path: None if path in last.new else (folder / last.folder / path).read_bytes() for path in last.after}
        problems = problems_with(folder, files)
        # The first import may be taken back too: what it filled is empty again.
        if any(forbids(problem) and problem.code != TABLE_EMPTY for problem in problems):
            raise EvidenceError(problems)
        replace_files(folder, {**files, **dict.fromkeys(_own(folder, last))})
    return last


def _refuse_changed(folder: Path, last: Import) -> None:
    changed = [
        path
        for path, digest in last.after.items()
        if not (folder / path).is_file() or _digest((folder / path).read_bytes()) != digest
    ]
    if changed:
        raise StoreError(
            f"{', '.join(changed)} changed after the import of {last.file} ({last.day}), which is not taken back over "
            f"that; what was before it is in {(folder / last.folder).as_posix()}: put the rows right by hand"
        )


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()

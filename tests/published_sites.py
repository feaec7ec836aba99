"""Made-up sites for tests of publishing: a summary page for each book."""

from __future__ import annotations

import shutil
from pathlib import Path

from qualitybook.publish.cache import digest_of_bytes, files_below
from qualitybook.publish.manifest import Manifest

DAYS = {"2024": "2025-06-30", "2025": "2026-06-30"}


def write_site(folder: Path, **pages: str) -> Path:
    """Write a site with a summary page for each book, named like ``zh2025``; an old one is gone."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, text in pages.items():
        book = folder / name[2:] / name[:2]
        book.mkdir(parents=True)
        (book / "summary.html").write_text(text, encoding="utf-8")
    (folder / "index.html").write_text("entrance", encoding="utf-8")
    write_manifest(folder, {f"{name[2:]}/{name[:2]}": {"evidence": text} for name, text in pages.items()})
    return folder


def write_manifest(folder: Path, books: dict[str, dict[str, str]], carried: tuple[str, ...] = ()) -> None:
    """Write the manifest of a made-up site: of all files that are there."""
    (folder / "manifest.json").unlink(missing_ok=True)
    files = {path.relative_to(folder).as_posix(): digest_of_bytes(path.read_bytes()) for path in files_below(folder)}
    Manifest(books, files, carried).write(folder)


def page(www: Path, book: str = "2025/zh") -> str:
    return (www / book / "summary.html").read_text(encoding="utf-8")

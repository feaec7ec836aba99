"""What is kept of the last build of a form of a book, so that Sphinx reads and writes only what has changed since.

The pages that Sphinx has read lie beside the form. They are good for the next build while everything that all pages
rest on is the same: settings, contents, bibliography, code, and which files there are. What has changed in single
pages Sphinx finds by itself (`qualitybook.publish.partial`). The build works on copies: however it ends, what is kept
is whole or gone.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from qualitybook.publish.cache import digest_of_package, digest_of_value, digests_of_files, files_below
from qualitybook.publish.environment import build_environment
from qualitybook.publish.layout import KEYWORDS, SERIES
from qualitybook.report.folders import FIGURES

DOCTREES = ".doctrees"
BASIS = "basis.json"
PAGES = (".md", ".ipynb")
OF_PAGES = (f"{FIGURES}/", f"{SERIES}/")
DATED = 315_619_200
"""1980-01-02: every file is so dated, that Sphinx does not take the time of writing for a change."""


class Kept:
    """What is kept beside a form of a book.

    Parameters
    ----------
    source : pathlib.Path
        The Jupyter Book.
    files : mapping of str to str
        Digest of each of its files.
    form : pathlib.Path
        Folder of the form.
    epoch : int
        Seconds since 1970 that the build takes for now.
    is_carried_on : bool
        Whether a build changes the form that is there, instead of making it anew.
    """

    def __init__(
        self, source: Path, files: Mapping[str, str], form: Path, epoch: int, *, is_carried_on: bool = False
    ) -> None:
        self.source = source
        self.form = form
        self.folder = form.with_name(f"{form.name}.kept")
        self.is_carried_on = is_carried_on
        common = {path: digest for path, digest in files.items() if not _is_of_a_page(path)}
        self.basis = digest_of_value(
            [str(source.resolve()), sorted(files), common, digest_of_package(), build_environment(epoch)]
        )

    def lend(self, build: Path, name: str) -> None:
        """Let a build carry on, where it can.

        Parameters
        ----------
        build : pathlib.Path
            Where the build works; it has nothing yet.
        name : str
            Name that the form has there.
        """
        for path in files_below(self.source):
            os.utime(path, (DATED, DATED))
        if self._is_good():
            shutil.copytree(self.folder / DOCTREES, build / DOCTREES)
            if self.is_carried_on:
                # Sphinx writes these each time, and names in the pages those that are there already otherwise.
                shutil.copytree(self.form, build / name, ignore=shutil.ignore_patterns("_static"))

    def take(self, build: Path) -> None:
        """Keep what a build has read; the form that it has made is in place."""
        self.drop()
        self.folder.mkdir(parents=True)
        (build / DOCTREES).rename(self.folder / DOCTREES)
        # Written last: without it, what is kept is good for nothing.
        (self.folder / BASIS).write_text(self._text(), encoding="utf-8")

    def drop(self) -> None:
        """Keep nothing, so that the next build starts afresh."""
        (self.folder / BASIS).unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _is_good(self) -> bool:
        try:
            return (self.folder / BASIS).read_text(encoding="utf-8") == self._text()
        except (OSError, UnicodeDecodeError):
            return False

    def _text(self) -> str:
        """Return what is noted: what all pages rest on, and the form as it was made where it is carried on."""
        made = digest_of_value(digests_of_files(self.form)) if self.is_carried_on else ""
        kept = digest_of_value(digests_of_files(self.folder / DOCTREES))
        return json.dumps({"basis": self.basis, "made": made, "kept": kept}, indent=1) + "\n"


def _is_of_a_page(path: str) -> bool:
    """Whether a file of a book is a page or belongs to single pages, which Sphinx is left to find out."""
    return path.endswith(PAGES) or path.startswith(OF_PAGES) or path == KEYWORDS

"""What a page offers to take along: its executed notebook, and the published figures it rests on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from qualitybook.publish.language import words_of
from qualitybook.publish.layout import SERIES
from qualitybook.report.i18n import Words

NOTEBOOK = ".ipynb"
TABLE = ".csv"
MEDIA_TYPES = {NOTEBOOK: "application/x-ipynb+json", TABLE: "text/csv"}


@dataclass(frozen=True)
class Download:
    """A file that a page offers.

    Attributes
    ----------
    source : pathlib.Path
        Where it lies in the book's source folder.
    suffix : str
        `NOTEBOOK` or `TABLE`; on the site the file has the name of its page and this suffix.
    """

    source: Path
    suffix: str


def downloads(source: Path, page: str) -> Iterator[Download]:
    """Yield the files that a page offers.

    Parameters
    ----------
    source : pathlib.Path
        The book's source folder.
    page : str
        Name of the page.
    """
    for path, suffix in (
        (source / f"{page}{NOTEBOOK}", NOTEBOOK),
        (source / SERIES / f"{page}{TABLE}", TABLE),
    ):
        if path.is_file():
            yield Download(path, suffix)


def labels(words: Words) -> dict[str, str]:
    """Return what the links say."""
    _ = words.gettext
    return {NOTEBOOK: _("Executed notebook of this page"), TABLE: _("Published figures of this page as CSV")}


def offer_downloads(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Give the page component its links, and put the files beside the page."""
    said, links = labels(words_of(app.config)), []
    for download in downloads(Path(app.srcdir), pagename):
        target = Path(app.outdir, f"{pagename}{download.suffix}")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(download.source, target)
        links.append({"href": target.name, "text": said[download.suffix], "type": MEDIA_TYPES[download.suffix]})
    context["downloads"] = links


def register(app: Sphinx) -> None:
    """Connect this module to Sphinx."""
    app.connect("html-page-context", offer_downloads)

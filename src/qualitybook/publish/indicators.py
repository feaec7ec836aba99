"""The pages of the indicators in a book: made where their sheets have changed, else taken from the store.

They belong to the web pages of the current edition only. They stand outside the table of contents, so that the PDF,
which follows it, does not have them; `qualitybook.publish.web.indicators` admits them to the website.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import as_completed
from dataclasses import asdict, dataclass, field
from itertools import chain, islice
from pathlib import Path
from threading import Event

from qualitybook.evidence.catalog import Catalog
from qualitybook.publish.cache import Store, digest_of_code, digest_of_value
from qualitybook.publish.layout import Volume
from qualitybook.publish.plan import FigureFiles
from qualitybook.publish.processes import dropping, worker_pool
from qualitybook.report.catalogue import write_catalogue
from qualitybook.report.i18n import Words
from qualitybook.report.indicators import Sheet, Sheets, docname
from qualitybook.report.voice import Voice

FEW = 40
"""So many pages are made sooner than processes start."""
CHUNK = 10
KEYS = "indicators.json"
"""File in a book's folder: the keys of its indicators' pages by what their sheets were made from."""


@dataclass(frozen=True)
class _Made:
    """A sheet and the key that it is stored under."""

    key: str
    sheet: Sheet

    @property
    def name(self) -> str:
        return f"{self.sheet.lang} {docname(self.sheet.indicator_id)}"


def has_indicator_pages(catalog: Catalog, volume: Volume) -> bool:
    """Whether a book has pages of the indicators."""
    return volume.edition.edition == catalog.current_edition.edition


class GivenUpError(RuntimeError):
    """Nobody waits for the pages any more."""


def write_indicator_pages(
    catalog: Catalog, volumes: Iterable[Volume], store: Store, jobs: int, given_up: Event
) -> list[tuple[int, str]]:
    """Write the pages of the indicators, and their figures as CSV, into the books that have them.

    Returns
    -------
    list of (int, str)
        How many pages each book has, and in words how many of them were made.

    Raises
    ------
    GivenUpError
        Soon after `given_up` was set.
    OSError
        If a page cannot be written.
    """
    books = [
        _Pages(volume, catalog.as_of(volume.edition.as_of))
        for volume in volumes
        if has_indicator_pages(catalog, volume)
    ]
    _make((each for book in books for each in book.missing_from(store, given_up)), store, jobs, given_up)
    for book in books:
        for each in book.missing:
            if not store.fetch(each.key, book.volume.draft):
                raise OSError(f"the page {each.name} was lost from {store.folder}; build again")
        book.note_keys()
        book.write_figures()
        write_catalogue(book.volume.draft, Words(book.volume.lang))
    return [(book.total, str(book)) for book in books]


@dataclass
class _Pages:
    """The pages of the indicators in one book."""

    volume: Volume
    """The book."""
    seen: Catalog
    """What its edition sees."""
    total: int = 0
    """How many pages it has, as far as they were gone through."""
    missing: list[_Made] = field(default_factory=list)
    """Those of them that the store did not have."""
    keys: dict[str, str] = field(default_factory=dict)
    """Keys of the pages gone through, by what their sheets were made from."""

    def __str__(self) -> str:
        stored = self.total - len(self.missing)
        return f"{self.volume.name} indicators: {len(self.missing)} made, {stored} stored"

    def missing_from(self, store: Store, given_up: Event) -> Iterator[_Made]:
        """Take the pages that are in the store into the book, and yield the others."""
        known = self._known_keys()
        for draft in Sheets(Voice(self.volume.lang, self.seen)).drafts():
            _go_on(given_up)
            self.total += 1
            made_from = digest_of_value([draft.made_from(), digest_of_code(self.volume.lang)])
            self.keys[made_from] = known.get(made_from, "")
            # Making a sheet takes longer than all the rest of taking its page from the store.
            if self.keys[made_from] and store.fetch(self.keys[made_from], self.volume.draft):
                continue
            made = _made(draft.sheet())
            self.keys[made_from] = made.key
            if not store.fetch(made.key, self.volume.draft):
                self.missing.append(made)
                yield made

    def note_keys(self) -> None:
        """Note for the next build which page came of what."""
        self._noted.write_text(json.dumps(self.keys, indent=1) + "\n", encoding="utf-8")

    def _known_keys(self) -> dict[str, str]:
        """Return the keys of the last build's pages, none where its note is not there or not whole."""
        try:
            noted: dict[str, str] = json.loads(self._noted.read_text(encoding="utf-8"))
            return {str(made_from): str(key) for made_from, key in noted.items()}
        except (OSError, ValueError, AttributeError):
            return {}

    @property
    def _noted(self) -> Path:
        return self.volume.folder / KEYS

    def write_figures(self) -> None:
        """Write the figures of every page as CSV."""
        files = FigureFiles(self.seen, Words(self.volume.lang), self.volume.draft)
        for key, figures in self.seen.observations.groupby("indicator_id", sort=True):
            files.write(docname(str(key)), figures)


def _made(sheet: Sheet) -> _Made:
    return _Made(digest_of_value({"sheet": asdict(sheet), "code": digest_of_code(sheet.lang)}), sheet)


def _go_on(given_up: Event) -> None:
    if given_up.is_set():
        raise GivenUpError


def _make(missing: Iterator[_Made], store: Store, jobs: int, given_up: Event) -> None:
    """Put pages into the store as they come, in several processes where there are many."""
    first = list(islice(missing, FEW + 1))
    if len(first) <= FEW or jobs == 1:
        _put(store, chain(first, missing))
        return
    with dropping(worker_pool(jobs)) as pool:
        pages = chain(first, missing)
        # While other processes draw, this one goes through the sheets that follow.
        runs = [pool.submit(_put, store, chunk) for chunk in iter(lambda: list(islice(pages, CHUNK)), [])]
        for run in as_completed(runs):
            run.result()
            _go_on(given_up)


def _put(store: Store, pages: Iterable[_Made]) -> None:
    for made in pages:
        with store.draft() as folder:
            made.sheet.write(folder)
            store.put(made.key, made.name, folder)

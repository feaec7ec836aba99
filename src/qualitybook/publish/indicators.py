"""The pages of the indicators in a book: made where their sheets have changed, else taken from the store.

They belong to the web pages of the current edition only. They stand outside the table of contents, so that the PDF,
which follows it, does not have them; `qualitybook.publish.web.indicators` admits them to the website.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from itertools import chain, islice

from qualitybook.evidence.catalog import Catalog
from qualitybook.publish import digests
from qualitybook.publish.layout import Volume
from qualitybook.publish.series import write_figures
from qualitybook.publish.store import Store
from qualitybook.report.i18n import Words
from qualitybook.report.indicators import Sheet, Sheets, docname

FEW = 40
"""So many pages are made sooner than processes start."""
CHUNK = 10


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


def write_indicator_pages(
    catalog: Catalog, volumes: Iterable[Volume], store: Store, jobs: int, told: Callable[[int, int, str], None]
) -> None:
    """Write the pages of the indicators, and their figures as CSV, into the books that have them.

    Parameters
    ----------
    catalog : Catalog
        All evidence.
    volumes : iterable of Volume
        The books; their drafts are there.
    store : Store
        Where pages that have been made are kept.
    jobs : int
        How many processes may run.
    told : callable
        Told how many pages of how many are there, and the last one's name.
    """
    books = [
        _Pages(volume, catalog.as_of(volume.edition.as_of))
        for volume in volumes
        if has_indicator_pages(catalog, volume)
    ]
    _make((each for book in books for each in book.missing_from(store)), store, jobs)
    for book in books:
        for each in book.missing:
            if not store.fetch(each.key, book.volume.draft):
                raise OSError(f"the page {each.name} was lost from {store.folder}; build again")
        book.write_figures()
        stored = book.total - len(book.missing)
        told(book.total, book.total, f"{book.volume.name} indicators: {len(book.missing)} made, {stored} stored")


@dataclass
class _Pages:
    """The pages of the indicators in one book.

    Attributes
    ----------
    volume : Volume
        The book.
    seen : Catalog
        What its edition sees.
    total : int
        How many pages it has, as far as they were gone through.
    missing : list of _Made
        Those of them that the store did not have.
    """

    volume: Volume
    seen: Catalog
    total: int = 0
    missing: list[_Made] = field(default_factory=list)

    def missing_from(self, store: Store) -> Iterator[_Made]:
        """Take the pages that are in the store into the book, and yield the others."""
        for sheet in Sheets(self.seen, Words(self.volume.lang)):
            made = _Made(_key(sheet), sheet)
            self.total += 1
            if not store.fetch(made.key, self.volume.draft):
                self.missing.append(made)
                yield made

    def write_figures(self) -> None:
        """Write the figures of every page as CSV."""
        words = Words(self.volume.lang)
        for key, figures in self.seen.observations.groupby("indicator_id", sort=True):
            write_figures(figures, self.seen, words, self.volume.draft, docname(str(key)))


def _key(sheet: Sheet) -> str:
    return digests.of_value({"sheet": asdict(sheet), "code": digests.of_code(sheet.lang)})


def _make(missing: Iterator[_Made], store: Store, jobs: int) -> None:
    """Put pages into the store as they come, in several processes where there are many."""
    first = list(islice(missing, FEW + 1))
    if len(first) <= FEW or jobs == 1:
        _put(store, chain(first, missing))
        return
    # Started processes, not forked ones: the caller may hold threads (a progress display).
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        pages = chain(first, missing)
        # While other processes draw, this one goes through the sheets that follow.
        runs = [pool.submit(_put, store, chunk) for chunk in iter(lambda: list(islice(pages, CHUNK)), [])]
        for run in runs:
            run.result()


def _put(store: Store, pages: Iterable[_Made]) -> None:
    for made in pages:
        with store.draft() as folder:
            made.sheet.write(folder)
            store.put(made.key, made.name, folder)

"""The pages of the indicators in a book: made where their sheets have changed, else taken from the store.

They belong to the web pages of the current edition only. They stand outside the table of contents, so that the PDF,
which follows it, does not have them; `qualitybook.publish.web.indicators` admits them to the website.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial

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
    for volume in volumes:
        if not has_indicator_pages(catalog, volume):
            continue
        seen, words = catalog.as_of(volume.edition.as_of), Words(volume.lang)
        made = [_Made(_key(sheet), sheet) for sheet in Sheets(seen, words)]
        missing = [each for each in made if not store.fetch(each.key, volume.draft)]
        _make(missing, store, jobs)
        for each in missing:
            if not store.fetch(each.key, volume.draft):
                raise OSError(f"the page {each.name} was lost from {store.folder}; build again")
        for key, figures in seen.observations.groupby("indicator_id", sort=True):
            write_figures(figures, seen, words, volume.draft, docname(str(key)))
        told(len(made), len(made), f"{volume.name} indicators: {len(missing)} made, {len(made) - len(missing)} stored")


def _key(sheet: Sheet) -> str:
    return digests.of_value({"sheet": asdict(sheet), "code": digests.of_code(sheet.lang)})


def _make(missing: Sequence[_Made], store: Store, jobs: int) -> None:
    """Put pages into the store, in several processes where there are many."""
    put = partial(_put, store)
    if len(missing) <= FEW or jobs == 1:
        for each in missing:
            put(each)
        return
    # Started processes, not forked ones: the caller may hold threads (a progress display).
    with ProcessPoolExecutor(min(jobs, len(missing)), multiprocessing.get_context("spawn")) as pool:
        for _done in pool.map(put, missing, chunksize=CHUNK):
            pass


def _put(store: Store, made: _Made) -> None:
    with store.draft() as folder:
        made.sheet.write(folder)
        store.put(made.key, made.name, folder)

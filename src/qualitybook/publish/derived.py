"""``derived.csv`` of a book: what its pages have recorded of what they compute, and the counts that its text names.

What is recorded, and what the columns mean, stands in `qualitybook.report.derived`.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from pathlib import Path

from qualitybook.evidence.reading import write_csv
from qualitybook.report.derived import FOLDER, SUFFIX, Ledger, operation, read_ledger
from qualitybook.report.folders import FIGURES

NAME = "derived.csv"
COLUMNS = {
    "page": "name of the page, its address in the book without suffix",
    "statement": "what is said: a code that stays the same from edition to edition",
    "rows": "what it is computed from, as the edition sees it: figures as `indicator, region, period, source, basis` "
    "with vertical bars between them, rows of a table as `table?column=value`, a whole table as `table`; `against` "
    "parts two things that are compared",
    "operation": "what is done with the rows, with its parameters",
    "result": "the number, or several with a space between them, to ten digits",
    "printed": "the same as it stands on the page",
}
BOOK_COUNTS = {
    "observations": ("observations", operation("count")),
    "sources": ("observations", operation("count", of="source_id")),
    "indicators": ("observations", operation("count", of="indicator_id")),
    "targets": ("targets", operation("count")),
    "judged": ("targets", operation("count", of="goal", which="judged")),
    "cannot": ("targets", operation("count", of="goal", which="cannot")),
    "no_verdict": ("targets", operation("count", of="goal", which="no_verdict")),
}
"""Rows and operation of each number that authored text may name, by its name in ``counts``."""


class Told(Mapping[str, str]):
    """The counts of a book as they are printed; what a page asks for is recorded in its ledger."""

    def __init__(self, counts: Mapping[str, str], ledger: Ledger) -> None:
        self._counts, self._ledger = counts, ledger

    def __getitem__(self, name: str) -> str:
        printed = self._counts[name]
        rows, done = BOOK_COUNTS[name]
        return self._ledger.note(f"book.{name}", done, rows, int(printed.replace(",", "")), printed)

    def __iter__(self) -> Iterator[str]:
        return iter(self._counts)

    def __len__(self) -> int:
        return len(self._counts)


def ledger_of(source: Path, page: str) -> Path:
    """Return the file of a page's ledger in a book's source folder."""
    return source / FIGURES / FOLDER / f"{page}{SUFFIX}"


def write_derived(source: Path, docnames: Mapping[str, str]) -> None:
    """Gather the ledgers of a book's pages as `NAME` in its source folder.

    Parameters
    ----------
    source : pathlib.Path
        The book's source folder; all pages are there.
    docnames : mapping of str to str
        Names of the pages by what their ledgers are called after, where the two differ.
    """
    text = io.StringIO(newline="")
    write_csv(text, [list(COLUMNS), *sorted(_rows(source, docnames))])
    (source / NAME).write_text(text.getvalue(), encoding="utf-8", newline="")


def _rows(source: Path, docnames: Mapping[str, str]) -> Iterator[list[str]]:
    folder = source / FIGURES / FOLDER
    for path in folder.rglob(f"*{SUFFIX}"):
        page = path.relative_to(folder).with_suffix("").as_posix()
        for made in read_ledger(path):
            yield [
                docnames.get(page, page),
                made.statement,
                made.rows,
                made.operation,
                made.result,
                made.printed,
            ]

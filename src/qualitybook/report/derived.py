"""What a page computes: every number on it that no source printed, with the rows it was made from and how.

A page tells its `Ledger` beside the printing, in one call, and prints what the call returns. Pages run in processes
of their own and are kept in a store, so a ledger is a file that lies with the page's figures and goes wherever they go;
the build gathers the files of a book as ``derived.csv``. Every number on a page is a row of the evidence or of that
table; a test reads the finished pages for others, and works out the table by another way.

Rows are named so: a figure is ``indicator|region|period|source|basis``; rows of a table that share something are
``table?column=value&column=value`` (values that may be either have a comma between them), a whole table is ``table``;
all of it as the edition sees it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from qualitybook.evidence.catalog import Catalog
from qualitybook.evidence.numbers import significant

FOLDER = "derived"
"""Folder beside the figures of a book: a ledger for each page that computes anything."""
SUFFIX = ".jsonl"
OPERATIONS = {
    "figure": "a figure as its source printed it, where no citation stands beside it",
    "count": "how many rows; with `of`, how many different values they have in a column",
    "year": "the first or the last year of the rows",
    "difference": "the last row less the first; with `of`, of that column",
    "yearly_step": "the second value less the first, by the years between them",
    "needed_step": "what the goal asks for less the last value, by the years left",
    "asked_figure": "the figure that a change from the baseline, or growth since then, comes down to",
    "mean_growth": "the geometric mean of the rows, which are growth in percent",
    "needed_growth": "the growth a year that the years left need for the mean of all years to reach the value",
    "same_factor": "the first value times the last over the second",
    "usual_step": "the series' own usual step over the years of a change, its trend taken out",
    "sampling_error": "what sampling alone may move a rate: 1.96 standard errors of the difference at a pooled rate",
    "sum": "the rows added up",
    "mean": "the mean of the rows, each counted by its months",
    "pooled_rate": "100 times all passed over all inspected",
    "pooled_difference": "the second pooled rate less the first",
    "share": "100 times the number of rows that are `in` the group over the number of all",
    "exact_interval": "Clopper and Pearson's interval for the rows' counts pooled",
    "probability": "that the goal is reached, by the book's forecast of the series and its rules",
    "hidden": "what came of reading each place from others while it was hidden",
    "indicative": "estimate, end or probability (`of`) of an indicative reading, or the probability under a variant",
    "interval": "central interval of the forecast of the series for a year",
    "quantile": "quantile of the forecast of the series for a year",
    "moved_interval": "the interval moved by the gap between two figures, within the indicator's bounds",
    "inside": "how many later figures lie inside their interval",
    "brier": "mean squared difference between a probability and what happened",
    "outer_tenths": "how many later figures fell into the lowest or highest tenth of their forecasts",
    "growth_ratio": "observed over required yearly growth since the first of the last five yearly values",
    "months_between": "whole months from the end of the row's period to the as-of date",
    "group_share": "percent of a group in all items inspected",
    "standardised_rate": "rate at the fixed mix of groups",
    "standardised_interval": "interval of the rate at the fixed mix of groups",
    "mix_effect": "what the change of the groups' shares makes of the change of a pooled rate (Kitagawa)",
    "rate_effect": "what the change of the groups' rates makes of the change of a pooled rate (Kitagawa)",
    "overdispersion": "Pearson's chi-squared over its degrees of freedom, at least 1",
    "degrees_of_freedom": "of that chi-squared",
    "given": "as the program's table of constants and tests gives it",
}
"""What may be done with rows, and what it means; `operation` writes one with its parameters."""

AGAINST = "against"
"""Stands between the rows of the first and of the second of two things that are compared."""
DIGITS = 10
# Names of the two runs of the track record: what earlier editions said, and today's data cut off at every year.
EDITIONS = "editions"
CUT_OFF = "cut_off"


@dataclass(frozen=True, order=True)
class Derived:
    """One computed statement; the fields are the columns of ``derived.csv`` after the page."""

    statement: str
    rows: str
    operation: str
    result: str
    printed: str


def operation(name: str, **parameters: object) -> str:
    """Return an operation, KeyError if it is none, with its parameters but None: ``interval(level=0.8, year=2025)``."""
    if name not in OPERATIONS:
        raise KeyError(name)
    said = ", ".join(f"{key}={value}" for key, value in parameters.items() if value is not None)
    return f"{name}({said})" if said else name


def where(table: str, **cells: object) -> str:
    """Return what names the rows of a table with these cells, ``table?column=value``; a list of values means any."""
    said = "&".join(f"{column}={_either(value)}" for column, value in cells.items())
    return f"{table}?{said}" if said else table


def _either(value: object) -> str:
    return str(value) if isinstance(value, str) or not isinstance(value, Iterable) else ",".join(map(str, value))


def figures(catalog: Catalog, lines: Iterable[int]) -> list[str]:
    """Return what names figures, given by their lines of the observations' file, in the order of the file."""
    rows = catalog.records_of(lines)
    return [f"{row.indicator_id}|{row.region_id}|{row.period}|{row.source_id}|{row.basis}" for row in rows]


@dataclass
class Ledger:
    """What one page has computed."""

    path: Path | None = None
    """File that each statement is added to as it is made; None keeps them in memory only."""
    notes: dict[Derived, None] = field(default_factory=dict)

    def note(
        self, statement: str, done: str, rows: Iterable[str] | str, result: float | Sequence[float], printed: str
    ) -> str:
        """Record a computed statement with its number, unrounded, and return what is printed."""
        named = rows if isinstance(rows, str) else "; ".join(rows)
        numbers = result if isinstance(result, Sequence) else [result]
        made = Derived(statement, named, done, " ".join(significant(number, DIGITS) for number in numbers), printed)
        if made not in self.notes:
            self.notes[made] = None
            self.write([made])
        return printed

    def write(self, notes: Iterable[Derived]) -> None:
        """Add statements to the ledger's file."""
        if self.path is None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8", newline="\n") as file:
            file.writelines(json.dumps(asdict(made), ensure_ascii=False) + "\n" for made in notes)

    def read(self) -> list[Derived]:
        """Return the statements of the ledger's file, none where there is no file."""
        if self.path is None or not self.path.is_file():
            return []
        return [Derived(**json.loads(line)) for line in self.path.read_text(encoding="utf-8").splitlines()]

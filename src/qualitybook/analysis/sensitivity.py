"""The same goal judged again with other choices of figures and models, to see whether the answer hangs on one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from qualitybook.analysis.goals import Goal
from qualitybook.analysis.series import DEFAULT_OPTIONS, FitOptions, Series, by_year
from qualitybook.analysis.verdict import Verdict, judge
from qualitybook.evidence.catalog import Catalog

_LEAST_TO_LEAVE_OUT = 5

BOOK = "book"
_WITHOUT_YEAR = "without_year"
FIXED_RUNS: dict[str, FitOptions] = {
    BOOK: DEFAULT_OPTIONS,
    "with_grade_c": FitOptions(grades=("A", "B", "C")),
    "grade_a_only": FitOptions(grades=("A",)),
    "without_derived": FitOptions(derived=False),
    "model_a": FitOptions(models=("A",)),
    "model_b": FitOptions(models=("B",)),
}
"""The runs that every goal gets, by code, in the order in which they are shown."""

_DATING_RUNS: dict[str, FitOptions] = {
    "printed_year": FitOptions(dating="printed"),
    "one_year_back": FitOptions(dating="earlier"),
}
"""The runs of a series with figures of doubtful year."""

RUN_CODES = (*FIXED_RUNS, *_DATING_RUNS, _WITHOUT_YEAR)


@dataclass(frozen=True)
class Run:
    """One run and its answer."""

    code: str
    """One of `RUN_CODES`."""
    left_out: int | None
    """The year whose figure the run ``without_year`` leaves out."""
    state: str
    reason: str | None
    """As in `Verdict`."""
    probability: float | None
    """0.03 to 0.97, None where there is none."""
    percent: int | None
    """The same as the whole percent that is printed."""
    word: str | None
    """Code of the likelihood word."""
    n: int
    """Number of fitted yearly values."""
    last_year: int | None


@dataclass(frozen=True)
class Sensitivity:
    """All runs for one goal, the book's own first."""

    runs: tuple[Run, ...]

    @property
    def book(self) -> Run:
        """The run that the book prints."""
        return self.runs[0]

    @property
    def word_changes(self) -> tuple[Run, ...]:
        """The runs whose state or likelihood word is not the book's."""
        return tuple(run for run in self.runs if (run.state, run.word) != (self.book.state, self.book.word))

    @property
    def percents(self) -> tuple[int, int] | None:
        """The lowest and the highest printed probability of all runs, None where none has one."""
        found = [run.percent for run in self.runs if run.percent is not None]
        return (min(found), max(found)) if found else None


def sensitivity(catalog: Catalog, goal: Goal, as_of: date) -> Sensitivity:
    """Return the answers to a goal, not a qualitative one, under other choices of figures and models.

    The runs: as the book does; with grade C figures; grade A only; without derived figures; each model alone; for a
    series with figures of doubtful year, each dating alone; and, from five fitted values up and unless a published
    figure has decided the goal, each figure left out in turn, except that of the year the goal compares with. No run
    joins figures of different definitions.
    """
    book = judge(catalog, goal, as_of)
    runs = [_run(BOOK, None, book)]
    for code, left_out, options in _other_choices(book):
        runs.append(_run(code, left_out, judge(catalog, goal, as_of, options)))
    return Sensitivity(tuple(runs))


def _other_choices(book: Verdict) -> Iterator[tuple[str, int | None, FitOptions]]:
    """Yield the code, the year left out and the options of each run after the book's own."""
    for code, options in FIXED_RUNS.items():
        if code != BOOK:
            yield code, None, options
    if book.series is None:
        return
    if book.series.earlier is not None:
        for code, options in _DATING_RUNS.items():
            yield code, None, options
    if not book.is_decided:
        for year, lines in _figures_to_leave_out(book, book.series):
            yield _WITHOUT_YEAR, year, replace(DEFAULT_OPTIONS, without_lines=lines)


def _figures_to_leave_out(book: Verdict, series: Series) -> Iterator[tuple[int, frozenset[int]]]:
    """Yield year and lines of each value that the forecast used (of all where there is none), from five up."""
    used = series.yearly.iloc[-book.forecast.n :] if book.forecast else series.yearly
    if len(used) < _LEAST_TO_LEAVE_OUT:
        return
    for year, row in by_year(used):
        if year != book.goal.compared_year:
            yield year, frozenset(row["lines"])


def _run(code: str, left_out: int | None, verdict: Verdict) -> Run:
    return Run(
        code=code,
        left_out=left_out,
        state=verdict.state,
        reason=verdict.reason,
        probability=verdict.probability,
        percent=verdict.percent,
        word=verdict.word,
        n=verdict.n,
        last_year=verdict.last_year,
    )

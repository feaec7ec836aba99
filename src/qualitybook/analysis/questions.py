"""What to ask, whom, and when it comes out: the figures that decide the goals, and the publications that have them.

A goal is decided by the figure of its target year; one that is held against a baseline also by that of the baseline,
and one that may not fall on the way by those of all years between. What is missing of these is a question.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from qualitybook.analysis.assess import Assessment
from qualitybook.analysis.latest import last_whole_year
from qualitybook.analysis.verdict import Verdict
from qualitybook.evidence.catalog import Catalog
from qualitybook.evidence.intake.merge import Wanted
from qualitybook.evidence.reading import rows_of
from qualitybook.evidence.schema import RULES, in_each_language, issue_keys

MOST_QUESTIONS = 5


@dataclass(frozen=True)
class Question:
    """The figures that decide one or several goals, which the same office keeps."""

    figures: tuple[Wanted, ...]
    targets: tuple[str, ...]
    """The goals that they decide."""
    gap: Any
    """What is recorded of the first goal's gap, a row of gaps; None where nothing is."""

    @property
    def indicators(self) -> tuple[str, ...]:
        """The indicators that are asked for."""
        return tuple(dict.fromkeys(figure.indicator_id for figure in self.figures))

    @property
    def periods(self) -> tuple[str, ...]:
        """The years that are asked for, in their order."""
        return tuple(sorted({figure.period for figure in self.figures}))


def questions(catalog: Catalog, answers: Iterable[Assessment]) -> list[Question]:
    """Return what would decide the goals not decided as of the catalog's date, the fewest figures a goal first."""
    assert catalog.as_of_date is not None
    last = last_whole_year(catalog.as_of_date)
    found: dict[tuple[Wanted, ...], list[Assessment]] = {}
    for item in answers:
        figures = _figures(item, last)
        if figures and not item.verdict.is_decided and not needs_a_rule(item):
            found.setdefault(figures, []).append(item)
    made = [
        Question(figures, tuple(item.target_id for item in items), gap_of(items[0])) for figures, items in found.items()
    ]
    numbers = dict(zip(catalog.targets["target_id"], catalog.targets["number"], strict=True))
    return sorted(made, key=lambda each: (len(each.figures) / len(each.targets), numbers[each.targets[0]]))


def gap_of(item: Assessment) -> Any:
    """Return the first gap that is recorded of a goal, None without any."""
    return next(rows_of(item.gaps), None)


def needs_a_rule(item: Assessment) -> bool:
    """Return whether a rule, a definition or a list is needed before any figure could decide a goal."""
    gap = gap_of(item)
    return gap is not None and _is_said(gap, "keeper") and not gap.numbers > 0


def _is_said(gap: Any, name: str) -> bool:
    """Return whether a gap has a text, in whatever language."""
    return any(getattr(gap, column) for column in in_each_language(name))


def _figures(item: Assessment, last: int) -> tuple[Wanted, ...]:
    """Return the yearly figures that are missing to decide a goal, by every scope that its wording leaves open."""
    if not item.is_measurable or item.verdict.goal.target_year > last:
        return ()
    verdicts = [scope.verdict for scope in item.scopes] or [item.verdict]
    return tuple(
        Wanted(verdict.goal.indicator_id, verdict.goal.region_id, str(year))
        for verdict in verdicts
        for year in _years(verdict)
    )


def _years(verdict: Verdict) -> Sequence[int]:
    """Return the years of which a goal needs a figure and has none."""
    goal, rule = verdict.goal, RULES[verdict.goal.rule]
    years = [goal.target_year]
    if rule.needs_baseline and goal.baseline_year is not None:
        is_on_the_way = rule.judged == "each_year"
        years = [*range(goal.baseline_year, goal.target_year + 1)] if is_on_the_way else [goal.baseline_year, *years]
    known = set() if verdict.series is None else {int(year) for year in verdict.series.years()}
    return [year for year in years if year not in known]


@dataclass(frozen=True)
class Release:
    """A publication that most likely has what is missing."""

    gap: Any
    """What is missing, a row of gaps."""
    number: str
    """Number of its goal, else of its task."""
    issues: tuple[Any, ...]
    """Earlier issues, rows of sources, the latest first."""

    @property
    def month(self) -> int | None:
        """The month in which the latest issue of known month came out."""
        return next((int(issue.published[5:7]) for issue in self.issues if len(issue.published) > 4), None)


def releases(catalog: Catalog) -> list[Release]:
    """Return the publications that most likely have what is missing, by the month of their latest issue.

    Goals stand before tasks of the same month; what has no known month stands last.
    """
    seen = set(catalog.observations["source_id"])
    goals = dict(zip(catalog.targets["target_id"], catalog.targets["number"], strict=True))
    tasks = dict(zip(catalog.tasks["task_id"], catalog.tasks["number"], strict=True))
    made = [
        Release(gap, str(goals.get(gap.target_id) or tasks[gap.task_id]), _issues(catalog, gap.issues, seen))
        for gap in rows_of(catalog.gaps)
        if gap.target_id or _is_said(gap, "likely_source")
    ]
    return sorted(made, key=lambda each: (each.month or 13, not each.gap.target_id, _order(each.number)))


def _order(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split("."))


def _issues(catalog: Catalog, text: str, seen: set[str]) -> tuple[Any, ...]:
    sources = [catalog.source(key) for key in issue_keys(text) if key in seen]
    return tuple(sorted(sources, key=lambda source: source.published, reverse=True))

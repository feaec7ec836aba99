"""Every target of a plan, judged on an edition's as-of date; and the same for the goals of other places.

An assessment is also told as plain values, codes and numbers that JSON and CSV can hold, and as a table for who uses
the package as a library.

Goals whose wording leaves the scope open are told by each scope, side by side. Nothing is chosen between the scopes.
Where the plan's own place has no figure by one of them, the nearest place that contains it and has one is told beside
it, under its own name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from qualitybook.analysis.borrowing import ParentView
from qualitybook.analysis.goals import Asked, Goal
from qualitybook.analysis.latest import Change, Latest, Point
from qualitybook.analysis.series import DEFAULT_OPTIONS, FitOptions, Series, build_series
from qualitybook.analysis.verdict import Verdict, judge, known_on
from qualitybook.evidence.catalog import Catalog, Edition, Unit, load
from qualitybook.evidence.schema import RULES, in_each_language


@dataclass(frozen=True)
class Scope:
    """What is known of a goal by one of its scopes."""

    verdict: Verdict
    """The same goal judged by the indicator of this scope."""
    latest: Latest
    """The latest figure of the goal's place; for a goal of the plan, else of the nearest place that contains it."""
    is_reached: bool | None
    """Whether that figure reaches the value; None where there is none, or where a bound leaves it open."""

    @property
    def indicator_id(self) -> str:
        """The indicator of this scope."""
        return self.verdict.goal.indicator_id

    @property
    def is_own_place(self) -> bool:
        """Whether the figure is of the goal's own place."""
        return self.latest.region_id == self.verdict.goal.region_id

    @classmethod
    def of_verdict(cls, seen: Catalog, verdict: Verdict, as_of: date) -> tuple[Scope, ...]:
        """Return what is known of a goal by each scope that is left open, that of its verdict first."""
        goal = verdict.goal
        others = [
            judge(seen, replace(goal, indicator_id=other), as_of) for other in seen.other_scopes(goal.indicator_id)
        ]
        return tuple(_scope(seen, each) for each in [verdict, *others]) if others else ()


def _scope(seen: Catalog, verdict: Verdict) -> Scope:
    found = _nearest(seen, verdict.goal)
    return Scope(verdict, found, None if found.point is None else reaches(verdict.goal, found.point))


def _nearest(seen: Catalog, goal: Goal) -> Latest:
    own = Latest.at(seen, goal.indicator_id, goal.region_id)
    is_own = goal.region_id == seen.plan_region
    around = seen.containing_places(goal.region_id) if own.shown is None and is_own else []
    found = (Latest.at(seen, goal.indicator_id, place) for place in around)
    return next((latest for latest in found if latest.shown is not None), own)


def reaches(goal: Goal, point: Point) -> bool | None:
    """Return whether a figure reaches the value of a goal; None for goals without one, and where a bound is open."""
    asked = None if goal.value is None else Asked.by(goal)
    if asked is None:
        return None
    return asked.holds_bound(point.qualifier, point.value) if point.is_bound else asked.holds(point.value)


ROLES = ("proxy", "context", "support")


@dataclass(frozen=True)
class Support:
    """One series beside the direct one that a target rests on, with its role and the reason in both languages."""

    role: str
    series: Series
    reason: pd.Series


@dataclass(frozen=True)
class Assessment:
    """A target of the plan with its verdict, evidence level and what stands beside it."""

    target: pd.Series
    """The row of the plan's targets."""
    verdict: Verdict
    level: str
    """Evidence level, A to E."""
    weakly_sourced: bool
    """Whether most of the direct figures are of grade C or from sources without any address."""
    parent: ParentView | None
    """What the newer figures of a containing place would make of a probability, where there are any."""
    latest: Latest | None
    """The latest figure of the direct series and the change that belongs to it; None for a goal without a measure."""
    scopes: tuple[Scope, ...]
    """What is known by each scope, where the wording of the goal leaves it open; else none."""
    supports: tuple[Support, ...]
    """Proxies, context series and supporting indicators, in the order of the table."""
    gaps: pd.DataFrame
    """What should be published, and by whom."""
    unit: Unit | None
    """Unit of the indicator that decides it, None where none does."""

    @property
    def target_id(self) -> str:
        """The target's key."""
        return str(self.target["target_id"])

    @property
    def is_measurable(self) -> bool:
        """Whether a figure could decide the target."""
        return RULES[self.target["rule"]].is_measured

    def with_role(self, role: str) -> tuple[Support, ...]:
        """Return the supports of one role."""
        return tuple(support for support in self.supports if support.role == role)

    def record(self) -> dict[str, Any]:
        """Return the assessment as plain values: the statements, the rule, the verdict's codes and what is beside it.

        ``probability`` is 0 to 1, None where there is none, ``with_parent`` what the newer figures of a containing
        place would make of it; ``horizon`` is in years. ``latest`` is the latest figure with the change that belongs to
        it, ``undated`` are figures that do not say their period, and ``scopes`` the answers by each scope, where the
        wording leaves it open.
        """
        target, verdict = self.target, self.verdict
        return {
            "target_id": self.target_id,
            "number": int(target["number"]),
            **{column: str(target[column]) for column in in_each_language("statement")},
            "rule": str(target["rule"]),
            "value": _number(target["value"]),
            "unit": str(target["unit"]),
            "target_year": int(target["target_year"]),
            "baseline_year": _whole(target["baseline_year"]),
            "state": verdict.state,
            "reason": verdict.reason,
            "probability": _rounded(verdict.probability),
            "word": verdict.word,
            "with_parent": None if self.parent is None else _parent_record(self.parent),
            "by_model": {model: _rounded(chance) for model, chance in sorted(verdict.by_model.items())},
            "flags": list(verdict.flags),
            "level": self.level,
            "n": verdict.n,
            "last_year": _whole(verdict.last_year),
            "horizon": _whole(verdict.horizon),
            "latest": _latest_record(self.latest),
            "undated": _undated_record(self.latest),
            "scopes": [_scope_record(scope) for scope in self.scopes],
        }


def assess_targets(catalog: Catalog, as_of: date, options: FitOptions = DEFAULT_OPTIONS) -> list[Assessment]:
    """Judge every target of the plan, in its order.

    Parameters
    ----------
    catalog : Catalog
        The evidence, whole or as of that day.
    as_of : datetime.date
        The as-of date.
    options : FitOptions, optional
        Which figures a fit may use. Default: those of the book.

    Returns
    -------
    list of Assessment
        For each target its ``verdict``, evidence ``level``, latest figure, gaps, and what stands beside it.
    """
    seen, _ = known_on(catalog, as_of)
    return [assess_target(seen, target, as_of, options) for target in seen.targets_in_order()]


def assess_edition(catalog: Catalog, edition: Edition) -> list[Assessment]:
    """Judge every target of the plan by what an edition saw."""
    return assess_targets(catalog.seen_by(edition), edition.as_of)


def assess_target(seen: Catalog, target: pd.Series, as_of: date, options: FitOptions = DEFAULT_OPTIONS) -> Assessment:
    """Return the assessment of one target from evidence already filtered to `as_of`."""
    verdict = judge(seen, Goal.of(target), as_of, options)
    supports = tuple(
        Support(str(row["role"]), build_series(seen, row["indicator_id"], row["region_id"], options), row)
        for _, row in seen.evidence_of(str(target["target_id"])).iterrows()
        if row["role"] != "direct"
    )
    if verdict.reason == "no_figure" and _any_figure(supports, ("proxy",)):
        verdict = replace(verdict, reason="only_other_scope")
    has_rows = verdict.series is not None and len(verdict.series.figures) > 0
    level = verdict.evidence_level(is_anything_near=_any_figure(supports, ROLES) or has_rows)
    return Assessment(
        target=target,
        verdict=verdict,
        level=level,
        weakly_sourced=_is_weakly_sourced(seen, verdict),
        parent=ParentView.of(seen, verdict),
        latest=None if verdict.series is None else Latest.of_series(seen, verdict.series, as_of),
        scopes=Scope.of_verdict(seen, verdict, as_of),
        supports=supports,
        gaps=seen.gaps[seen.gaps["target_id"] == target["target_id"]],
        unit=seen.unit_of(str(target["indicator_id"])) if target["indicator_id"] else None,
    )


def judge_peers(catalog: Catalog, as_of: date) -> list[tuple[pd.Series, Verdict]]:
    """Return the goals of other places, each with its verdict by the same rules."""
    seen, _ = known_on(catalog, as_of)
    rows = [row for _, row in seen.peer_targets.iterrows()]
    return [(row, judge(seen, Goal.of(row), as_of)) for row in rows]


def _any_figure(supports: tuple[Support, ...], roles: tuple[str, ...]) -> bool:
    return any(support.role in roles and bool(support.series.figures) for support in supports)


def _is_weakly_sourced(seen: Catalog, verdict: Verdict) -> bool:
    """Say whether most direct figures are of grade C or from sources without any address: the fitted ones, else all."""
    if verdict.series is None or not verdict.series.figures:
        return False
    yearly, figures = verdict.series.yearly, verdict.series.figures
    sources = list(yearly["sources"]) if len(yearly) else [(row.source_id,) for row in figures]
    grades = list(yearly["grade"]) if len(yearly) else [row.grade for row in figures]
    weak = sum(
        grade == "C" or seen.without_address.issuperset(used) for grade, used in zip(grades, sources, strict=True)
    )
    return 2 * weak > len(sources)


_PROBABILITY_DIGITS = 4


def _parent_record(view: ParentView) -> dict[str, Any]:
    return {
        "region_id": view.region_id,
        "probability": _rounded(view.probability),
        "sources": sorted({str(row.source_id) for row in view.newer}),
    }


def _latest_record(found: Latest | None) -> dict[str, Any] | None:
    """Return the latest figure and the change that belongs to it; None where no figure is dated."""
    if found is None or found.point is None:
        return None
    return {
        **_point_record(found.point),
        "years_without": found.years_without,
        "change": None if found.change is None else _change_record(found.change),
        "not_comparable": found.reason or None,
    }


def _undated_record(found: Latest | None) -> list[dict[str, Any]]:
    """Return the figures that do not say their period, with the years that they may belong to."""
    points = () if found is None else found.undated
    return [
        {**_point_record(point), "from_year": point.years and point.years[0], "to_year": point.years and point.years[1]}
        for point in points
    ]


def _point_record(point: Point) -> dict[str, Any]:
    return {
        "period": point.period,
        "span": point.span,
        "value": point.value,
        "value_text": point.value_text,
        "qualifier": point.qualifier,
        "basis": point.basis,
        "grade": point.grade,
        "status": point.status,
        "source_id": point.sources[0],
        "line": point.lines[0],
    }


def _change_record(change: Change) -> dict[str, Any]:
    return {
        "value": change.value,
        "qualifier": change.qualifier,
        "within_rounding": change.is_within_rounding,
        "since": _point_record(change.before),
    }


def _scope_record(scope: Scope) -> dict[str, Any]:
    verdict = scope.verdict
    return {
        "indicator_id": scope.indicator_id,
        "region_id": scope.latest.region_id,
        "state": verdict.state,
        "reason": verdict.reason,
        "probability": _rounded(verdict.probability),
        "is_reached": scope.is_reached,
        "latest": _latest_record(scope.latest),
    }


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _whole(value: Any) -> int | None:
    return None if value is None or pd.isna(value) else int(value)


def _rounded(probability: float | None) -> float | None:
    return None if probability is None else round(float(probability), _PROBABILITY_DIGITS)


COLUMNS = (
    *("number", "target_id", *in_each_language("statement"), "rule", "value", "unit", "target_year", "baseline_year"),
    *("state", "reason", "probability", "word", "level", "n", "last_year", "horizon"),
)


def assess(evidence: Catalog | Path | str, as_of: date | str | None = None) -> pd.DataFrame:
    """Judge every target of the plan.

    Parameters
    ----------
    evidence : Catalog, pathlib.Path or str
        What `load` returned, whole or as of a day; or the evidence folder.
    as_of : datetime.date or str, optional
        The as-of date, a text as YYYY-MM-DD. Default: the day that the catalog was filtered to, else the as-of date of
        the latest edition.

    Returns
    -------
    pandas.DataFrame
        One row a target, in the plan's order: ``number``, ``target_id``, the goal in both languages, its ``rule``,
        ``value``, ``unit`` and years; the codes ``state``, ``reason`` and ``word`` of the verdict; ``probability``
        (0 to 1, missing where there is none), evidence ``level``, ``n`` (yearly values fitted), ``last_year`` and
        ``horizon`` (years from the last value to the target year).

    Raises
    ------
    EvidenceError
        If the folder's evidence has errors.

    Examples
    --------
    >>> from qualitybook import assess
    >>> verdicts = assess("examples/china-2023", as_of="2025-06-30").set_index("target_id")
    >>> verdicts.loc["mfg-pass-rate", ["rule", "value", "state", "last_year", "horizon"]].to_dict()
    {'rule': 'at_least', 'value': 94.0, 'state': 'open', 'last_year': 2024, 'horizon': 1}
    """
    catalog = evidence if isinstance(evidence, Catalog) else load(evidence)
    day = date.fromisoformat(as_of) if isinstance(as_of, str) else as_of or _day(catalog)
    table = pd.DataFrame([assessment.record() for assessment in assess_targets(catalog, day)], columns=list(COLUMNS))
    whole = {name: "Int64" for name in ("baseline_year", "last_year", "horizon")}
    return table.astype({"value": "float64", "probability": "float64", **whole})


def _day(catalog: Catalog) -> date:
    """Return the day that a catalog was filtered to, else the as-of date of the latest edition."""
    if catalog.as_of_date is not None:
        return catalog.as_of_date
    latest: pd.Timestamp = catalog.editions["as_of"].max()
    return latest.date()

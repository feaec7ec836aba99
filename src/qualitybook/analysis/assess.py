"""Every target of a plan, judged on an edition's as-of date; and the same for the goals of other places."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from qualitybook.analysis.parent import ParentView, parent_view
from qualitybook.analysis.series import DEFAULT_OPTIONS, FitOptions, Series, build_series
from qualitybook.analysis.verdict import Goal, Verdict, evidence_level, judge, mostly_weak
from qualitybook.evidence.catalog import Catalog, Unit

ROLES = ("proxy", "context", "support")


@dataclass(frozen=True)
class Support:
    """One series beside the direct one that a target rests on, with its role and the reason in both languages."""

    role: str
    series: Series
    reason: pd.Series


@dataclass(frozen=True)
class Assessment:
    """A target of the plan with its verdict, evidence level and what stands beside it.

    Attributes
    ----------
    target : pandas.Series
        The row of the plan's targets.
    verdict : Verdict
        The answer.
    level : str
        Evidence level, A to E.
    weakly_sourced : bool
        Whether most of the direct figures are of grade C or from sources without any address.
    parent : ParentView or None
        What the newer figures of a containing place would make of a probability, where there are any.
    supports : tuple of Support
        Proxies, context series and supporting indicators, in the order of the table.
    gaps : pandas.DataFrame
        What should be published, and by whom.
    unit : Unit or None
        Unit of the indicator that decides it, None where none does.
    """

    target: pd.Series
    verdict: Verdict
    level: str
    weakly_sourced: bool
    parent: ParentView | None
    supports: tuple[Support, ...]
    gaps: pd.DataFrame
    unit: Unit | None

    @property
    def target_id(self) -> str:
        """The target's key."""
        return str(self.target["target_id"])

    @property
    def is_measurable(self) -> bool:
        """Whether a figure could decide the target."""
        return self.target["rule"] != "qualitative"

    def with_role(self, role: str) -> tuple[Support, ...]:
        """Return the supports of one role."""
        return tuple(support for support in self.supports if support.role == role)


def assess(catalog: Catalog, as_of: date, options: FitOptions = DEFAULT_OPTIONS) -> list[Assessment]:
    """Return the assessment of every target, in the plan's order.

    Parameters
    ----------
    catalog : Catalog
        All evidence; what was published later than `as_of` is filtered out here.
    as_of : datetime.date
        The edition's as-of date.
    options : FitOptions
        Which figures are fitted.
    """
    seen = catalog.as_of(as_of)
    return [assess_target(seen, target, as_of, options) for target in targets_of(seen)]


def targets_of(catalog: Catalog) -> list[pd.Series]:
    """Return the rows of the plan's targets in the plan's order."""
    return [target for _, target in catalog.targets.sort_values("number", kind="stable").iterrows()]


def assess_target(seen: Catalog, target: pd.Series, as_of: date, options: FitOptions = DEFAULT_OPTIONS) -> Assessment:
    """Return the assessment of one target from evidence already filtered to `as_of`."""
    verdict = judge(seen, goal_of(target), as_of, options)
    supports = _supports(seen, str(target["target_id"]), options)
    verdict = _other_scope(verdict, supports)
    level = evidence_level(verdict, is_anything_near=_any_figure(supports, ROLES) or _direct_rows(verdict) > 0)
    gaps = seen.gaps[seen.gaps["target_id"] == target["target_id"]]
    weakly_sourced = _is_weakly_sourced(seen, verdict)
    unit = seen.unit(str(target["unit"])) if target["unit"] else None
    return Assessment(target, verdict, level, weakly_sourced, parent_view(seen, verdict), supports, gaps, unit)


def goal_of(target: pd.Series) -> Goal:
    """Return what a row of the plan's or of the peers' targets asks."""
    value = target["value"]
    baseline = target.get("baseline_year")
    return Goal(
        indicator_id=str(target["indicator_id"]),
        region_id=str(target["region_id"]),
        rule=str(target["rule"]),
        value=None if pd.isna(value) else float(value),
        target_year=int(target["target_year"]),
        baseline_year=None if baseline is None or pd.isna(baseline) else int(baseline),
    )


def judge_peers(catalog: Catalog, as_of: date) -> list[tuple[pd.Series, Verdict]]:
    """Return the goals of other places, each with its verdict by the same rules."""
    seen = catalog.as_of(as_of)
    rows = [row for _, row in seen.peer_targets.iterrows()]
    return [(row, judge(seen, goal_of(row), as_of)) for row in rows]


def _supports(seen: Catalog, target_id: str, options: FitOptions) -> tuple[Support, ...]:
    return tuple(
        Support(str(row["role"]), build_series(seen, row["indicator_id"], row["region_id"], options), row)
        for _, row in seen.evidence_of(target_id).iterrows()
        if row["role"] != "direct"
    )


def _any_figure(supports: tuple[Support, ...], roles: tuple[str, ...]) -> bool:
    return any(support.role in roles and len(support.series.rows) for support in supports)


def _direct_rows(verdict: Verdict) -> int:
    return len(verdict.series.rows) if verdict.series else 0


def _other_scope(verdict: Verdict, supports: tuple[Support, ...]) -> Verdict:
    """Say "only another scope" where the direct series is empty and a proxy is not."""
    if verdict.reason != "no_figure" or not _any_figure(supports, ("proxy",)):
        return verdict
    return Verdict(verdict.goal, verdict.state, "only_other_scope", series=verdict.series)


def _is_weakly_sourced(seen: Catalog, verdict: Verdict) -> bool:
    """Say whether most direct figures are of grade C or from sources without any address: the fitted ones, else all."""
    if verdict.series is None or verdict.series.rows.empty:
        return False
    yearly, rows = verdict.series.yearly, verdict.series.rows
    sources = list(yearly["sources"]) if len(yearly) else [(source,) for source in rows["source_id"]]
    grades = yearly["grade"] if len(yearly) else rows["grade"]
    weak = sum(
        grade == "C" or seen.without_address.issuperset(used) for grade, used in zip(grades, sources, strict=True)
    )
    return mostly_weak(len(sources), weak)

"""An assessment as plain values: codes and numbers that JSON and CSV can hold."""

from __future__ import annotations

from typing import Any

import pandas as pd

from qualitybook.analysis.assess import Assessment
from qualitybook.analysis.latest import Change, Latest, Point
from qualitybook.analysis.parent import ParentView
from qualitybook.analysis.scopes import Scope
from qualitybook.evidence.schema import in_each_language

PROBABILITY_DIGITS = 4


def record(assessment: Assessment) -> dict[str, Any]:
    """Return an assessment as plain values.

    Parameters
    ----------
    assessment : Assessment
        A target with its verdict.

    Returns
    -------
    dict
        ``target_id``, ``number``, the statements, the rule with its value, unit and years, the verdict's codes
        (``state``, ``reason``, ``word``, ``flags``), ``probability`` (0 to 1, None where there is none) altogether and
        ``by_model``, ``with_parent`` (what the newer figures of a containing place would make of the probability, None
        where there are none), ``level``, ``n``, ``last_year``, ``horizon`` (years), ``latest`` (the latest figure with
        the change that belongs to it), ``undated`` (figures that do not say their period) and ``scopes`` (the answer by
        each scope, where the wording leaves it open).
    """
    target, verdict = assessment.target, assessment.verdict
    return {
        "target_id": assessment.target_id,
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
        "with_parent": None if assessment.parent is None else _parent(assessment.parent),
        "by_model": {model: _rounded(chance) for model, chance in sorted(verdict.by_model.items())},
        "flags": list(verdict.flags),
        "level": assessment.level,
        "n": verdict.n,
        "last_year": _whole(verdict.last_year),
        "horizon": _whole(verdict.horizon),
        "latest": latest(assessment.latest),
        "undated": undated(assessment.latest),
        "scopes": [_scope(scope) for scope in assessment.scopes],
    }


def _parent(view: ParentView) -> dict[str, Any]:
    return {
        "region_id": view.region_id,
        "probability": _rounded(view.probability),
        "sources": sorted({str(row.source_id) for row in view.newer}),
    }


def latest(found: Latest | None) -> dict[str, Any] | None:
    """Return the latest figure and the change that belongs to it; None where no figure is dated."""
    if found is None or found.point is None:
        return None
    return {
        **_point(found.point),
        "years_without": found.years_without,
        "change": None if found.change is None else _change(found.change),
        "not_comparable": found.reason or None,
    }


def undated(found: Latest | None) -> list[dict[str, Any]]:
    """Return the figures that do not say their period, with the years that they may belong to."""
    points = () if found is None else found.undated
    return [
        {**_point(point), "from_year": point.years and point.years[0], "to_year": point.years and point.years[1]}
        for point in points
    ]


def _point(point: Point) -> dict[str, Any]:
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


def _change(change: Change) -> dict[str, Any]:
    return {
        "value": change.value,
        "qualifier": change.qualifier,
        "within_rounding": change.is_within_rounding,
        "since": _point(change.before),
    }


def _scope(scope: Scope) -> dict[str, Any]:
    verdict = scope.verdict
    return {
        "indicator_id": scope.indicator_id,
        "region_id": scope.latest.region_id,
        "state": verdict.state,
        "reason": verdict.reason,
        "probability": _rounded(verdict.probability),
        "is_reached": scope.is_reached,
        "latest": latest(scope.latest),
    }


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _whole(value: Any) -> int | None:
    return None if value is None or pd.isna(value) else int(value)


def _rounded(probability: float | None) -> float | None:
    return None if probability is None else round(float(probability), PROBABILITY_DIGITS)

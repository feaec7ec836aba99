"""An assessment as plain values: codes and numbers that JSON and CSV can hold."""

from __future__ import annotations

from typing import Any

import pandas as pd

from qualitybook.analysis.assess import Assessment
from qualitybook.analysis.parent import ParentView
from qualitybook.analysis.series import Series

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
        where there are none), ``level``, ``n``, ``last_year``, ``horizon`` (years), and ``latest``, the last published
        figure.
    """
    target, verdict = assessment.target, assessment.verdict
    return {
        "target_id": assessment.target_id,
        "number": int(target["number"]),
        "statement_zh": str(target["statement_zh"]),
        "statement_en": str(target["statement_en"]),
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
        "latest": latest(verdict.series),
    }


def _parent(view: ParentView) -> dict[str, Any]:
    return {
        "region_id": view.region_id,
        "probability": _rounded(view.probability),
        "sources": sorted({str(row.source_id) for row in view.newer}),
    }


def latest(series: Series | None) -> dict[str, Any] | None:
    """Return the published figure whose period ends last (of several sources the first choice), None without any.

    Parameters
    ----------
    series : Series or None
        A series with all its published figures.
    """
    if series is None:
        return None
    rows = series.rows
    dated = rows[~rows["use"].isin(["undated", "second_source"])]
    if dated.empty:
        return None
    row = dated.sort_values(["end", "start", "line"], kind="stable").iloc[-1]
    return {
        "period": str(row["period"]),
        "value": float(row["value"]),
        "value_text": str(row["value_text"]),
        "qualifier": str(row["qualifier"]),
        "grade": str(row["grade"]),
        "source_id": str(row["source_id"]),
        "line": int(row["line"]),
    }


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _whole(value: Any) -> int | None:
    return None if value is None or pd.isna(value) else int(value)


def _rounded(probability: float | None) -> float | None:
    return None if probability is None else round(float(probability), PROBABILITY_DIGITS)

"""All verdicts of an edition as plain values, as JSON and CSV hold them, and the JSON Schema of the former."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import AbstractContextManager
from datetime import date
from functools import partial
from typing import Any

import pandas as pd

from qualitybook.analysis.assess import Assessment, assess_target
from qualitybook.analysis.indicative import HIGHEST_PRINTED, KINDS, LOWEST_PRINTED, reading_record, readings_beside
from qualitybook.analysis.indicative import REASONS as READING_REASONS
from qualitybook.analysis.latest import REASONS as NOT_COMPARABLE
from qualitybook.analysis.latest import SPANS
from qualitybook.analysis.verdict import LEVELS, REASONS, STATES, WORDS, known_on
from qualitybook.evidence.catalog import Catalog, Edition
from qualitybook.evidence.schema import RULES, in_each_language
from qualitybook.report.formats import percent_text

_PoolOfProcesses = AbstractContextManager[Executor]

TARGETS_A_PROCESS = 100
"""A plan of fewer targets is judged sooner by one process than by two."""

SCHEMA_NAME = "assessments.schema.json"
_CSV_COLUMNS = (
    *("target_id", "number", *in_each_language("statement"), "rule", "value", "unit", "target_year", "baseline_year"),
    *("state", "reason", "probability", "probability_text", "word", "level", "n", "last_year", "horizon"),
    *("latest_period", "latest_value", "latest_qualifier", "latest_source_id"),
    *("latest_change", "latest_since", "latest_years_without"),
    *("indicative_kind", "indicative_reason", "indicative_estimate", "indicative_low80", "indicative_high80"),
    *("indicative_probability", "indicative_beyond"),
)
_DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def judged(
    catalog: Catalog, day: date, jobs: int = 1, pool_of: Callable[[int], _PoolOfProcesses] = ProcessPoolExecutor
) -> list[dict[str, Any]]:
    """Return the assessment of every target as plain values, in the plan's order.

    `pool_of` gives a pool of so many processes for the length of a block.
    """
    seen, _ = known_on(catalog, day)
    rows = seen.targets_in_order()
    parts = min(jobs, -(-len(rows) // TARGETS_A_PROCESS))
    if parts < 2:
        return _judged_part(seen, day, rows)
    with pool_of(parts) as pool:
        shares = pool.map(partial(_judged_part, seen, day), [rows[part::parts] for part in range(parts)])
        return sorted((row for share in shares for row in share), key=lambda row: row["number"])


def _judged_part(seen: Catalog, day: date, targets: Sequence[pd.Series]) -> list[dict[str, Any]]:
    return [worded(seen, assess_target(seen, target, day)) for target in targets]


def report(catalog: Catalog, edition: Edition, day: date, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return all assessments as plain values, with what they were made from."""
    plan = catalog.plan_of(edition)
    return {
        "edition": edition.edition,
        "as_of": day.isoformat(),
        "plan": {"source_id": plan.source_id, "title": plan.title, "published": plan.published},
        "targets": list(rows),
    }


def worded(seen: Catalog, assessment: Assessment) -> dict[str, Any]:
    """Return an assessment as plain values, with its probability as the book prints it and the readings beside it."""
    percent = assessment.verdict.percent
    found = readings_beside(seen, seen.target(assessment.target_id), assessment.verdict)
    return {
        **assessment.record(),
        "probability_text": None if percent is None else percent_text(percent),
        "indicative": [reading_record(reading) for reading in found],
    }


def json_text(value: Any) -> str:
    """Return plain values as JSON text, with a line break at the end."""
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def csv_rows(rows: Sequence[Mapping[str, Any]]) -> Iterator[list[str]]:
    """Yield the header and one row for each assessment that `judged` returns, nothing where there is no value."""
    yield list(_CSV_COLUMNS)
    for row in rows:
        latest = row["latest"] or {}
        change = latest.get("change")
        cells = {**row, **{f"latest_{key}": value for key, value in latest.items()}}
        cells |= {"latest_change": change and change["value"], "latest_since": change and change["since"]["period"]}
        # A goal of an open scope has several readings; that on its own indicator comes first.
        cells |= {f"indicative_{key}": value for reading in row["indicative"][:1] for key, value in reading.items()}
        yield ["" if cells.get(name) is None else str(cells[name]) for name in _CSV_COLUMNS]


def schema() -> dict[str, Any]:
    """Return the JSON Schema of `report`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Verdicts of one edition of a quality-status book",
        **_object(
            {
                "edition": {"type": "string", "description": "the edition"},
                "as_of": {"type": "string", "pattern": _DAY, "description": "nothing published later was used"},
                "plan": {
                    "description": "the publication that sets the targets",
                    **_object({name: {"type": "string"} for name in ("source_id", "title", "published")}),
                },
                "targets": {"type": "array", "items": _target()},
            }
        ),
    }


def _target() -> dict[str, Any]:
    text, whole = {"type": "string"}, {"type": "integer"}
    chance = {"type": "number", "minimum": 0, "maximum": 1}
    return _object(
        {
            "target_id": text,
            "number": {**whole, "minimum": 1},
            **dict.fromkeys(in_each_language("statement"), text),
            "rule": {"enum": list(RULES)},
            "value": {**_or_null("number"), "description": "the value to reach, where the rule needs one"},
            "unit": text,
            "target_year": whole,
            "baseline_year": _or_null("integer"),
            "state": {"enum": list(STATES)},
            "reason": {"enum": [*REASONS, None], "description": "why there is no verdict or no probability"},
            "probability": {"anyOf": [chance, {"type": "null"}], "description": "that the target is met"},
            "word": {"enum": [*(word for _, word in WORDS), None], "description": "likelihood word"},
            "with_parent": {
                "anyOf": [
                    _object({"region_id": text, "probability": chance, "sources": {"type": "array", "items": text}}),
                    {"type": "null"},
                ],
                "description": "the probability by the newer figures of a place that contains this one, no verdict",
            },
            "by_model": {"type": "object", "additionalProperties": {"anyOf": [chance, {"type": "null"}]}},
            "flags": {"type": "array", "items": text},
            "level": {"enum": list(LEVELS), "description": "evidence level"},
            "n": {**whole, "minimum": 0, "description": "yearly values fitted"},
            "last_year": _or_null("integer"),
            "horizon": _or_null("integer"),
            "latest": {"anyOf": [_latest(), {"type": "null"}], "description": "the latest figure and its change"},
            "undated": {"type": "array", "items": _undated(), "description": "figures that do not say their period"},
            "scopes": {
                "type": "array",
                "items": _scope(),
                "description": "the answer by each scope, where the wording of the goal leaves it open",
            },
            "probability_text": {**_or_null("string"), "description": "the probability as the book prints it"},
            "indicative": {
                "type": "array",
                "items": _indicative(),
                "description": "readings from related evidence, for orientation: no verdict, and never counted as one",
            },
        }
    )


def _indicative() -> dict[str, Any]:
    text, number, flag = {"type": "string"}, {"type": "number"}, {"type": "boolean"}
    chance = {"type": "number", "minimum": 0, "maximum": 1}
    ends = dict.fromkeys(("estimate", "low80", "high80", "low95", "high95"), _or_null("number"))
    printed = {"type": "number", "minimum": LOWEST_PRINTED, "maximum": HIGHEST_PRINTED}
    detail = {"type": "object", "additionalProperties": {"type": ["number", "string"]}}
    ground = {**dict.fromkeys(("role", "indicator_id", "region_id"), text), "line": {"type": "integer"}}
    lists = {
        "variants": _object({"code": text, "estimate": number, "probability": chance}),
        "gates": _object({"code": text, "passed": _or_null("boolean"), "detail": detail}),
        "evidence": _object({**ground, "sources": {"type": "array", "items": text}}),
    }
    return _object(
        {
            "indicator_id": {**text, "description": "what the goal is read on"},
            "kind": {"enum": list(KINDS)},
            "reason": {"enum": ["", *READING_REASONS], "description": "why it is refused, or has no probability"},
            **ends,
            "probability": {"anyOf": [printed, {"type": "null"}], "description": "as printed, in whole fives"},
            "beyond": {"enum": ["", "above", "below"], "description": "whether it lies beyond what is printed"},
            "disagree": {**flag, "description": "whether the place's sources contradict each other"},
            "cross_check": {**flag, "description": "whether it stands beside a verdict with a probability"},
            **{name: {"type": "array", "items": items} for name, items in lists.items()},
        }
    )


def _latest() -> dict[str, Any]:
    change = _object(
        {
            "value": {"type": "number"},
            "qualifier": {"enum": ["exact", "about", "at_least", "at_most"]},
            "within_rounding": {"type": "boolean"},
            "since": _object(_point()),
        }
    )
    return _object(
        {
            **_point(),
            "years_without": {**_or_null("integer"), "description": "years without a newer figure, from four on"},
            "change": {"anyOf": [change, {"type": "null"}]},
            "not_comparable": {"enum": [*NOT_COMPARABLE, None], "description": "why there is no change"},
        }
    )


def _undated() -> dict[str, Any]:
    return _object({**_point(), "from_year": _or_null("integer"), "to_year": _or_null("integer")})


def _scope() -> dict[str, Any]:
    chance = {"type": "number", "minimum": 0, "maximum": 1}
    return _object(
        {
            "indicator_id": {"type": "string"},
            "region_id": {"type": "string", "description": "the place that the figure is of"},
            "state": {"enum": list(STATES)},
            "reason": {"enum": [*REASONS, None]},
            "probability": {"anyOf": [chance, {"type": "null"}]},
            "is_reached": {**_or_null("boolean"), "description": "whether the latest figure reaches the value"},
            "latest": {"anyOf": [_latest(), {"type": "null"}]},
        }
    )


def _point() -> dict[str, Any]:
    """Return the properties of a figure."""
    text = {"type": "string"}
    names = ("period", "value_text", "qualifier", "basis", "grade", "status", "source_id")
    return {
        "span": {"enum": list(SPANS), "description": "whole year, date of a stock, part of a year, years, or undated"},
        "value": {"type": "number"},
        **{name: text for name in names},
        "line": {"type": "integer", "description": "line of observations.csv"},
    }


def _or_null(kind: str) -> dict[str, Any]:
    return {"type": [kind, "null"]}


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }

"""Verdicts as a table, for who uses the package as a library."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from qualitybook.analysis.assess import assess as assess_targets
from qualitybook.analysis.records import record
from qualitybook.evidence.catalog import Catalog, load
from qualitybook.evidence.schema import in_each_language

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
    table = pd.DataFrame([record(assessment) for assessment in assess_targets(catalog, day)], columns=list(COLUMNS))
    whole = {name: "Int64" for name in ("baseline_year", "last_year", "horizon")}
    return table.astype({"value": "float64", "probability": "float64", **whole})


def _day(catalog: Catalog) -> date:
    """Return the day that a catalog was filtered to, else the as-of date of the latest edition."""
    if catalog.as_of_date is not None:
        return catalog.as_of_date
    latest: pd.Timestamp = catalog.editions["as_of"].max()
    return latest.date()

"""The part of the evidence that one page may read, in one file.

A page declares the indicators whose figures it reads. It is given an extract with these figures alone, as they were
known on the edition's as-of date; asking the extract for figures of another indicator is an error. So two extracts
with the same digest give the same page, whatever else changed in the evidence.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from qualitybook.evidence.catalog import Catalog, load
from qualitybook.evidence.settings import BookSettings, load_settings

_FIRST_LINE = 2


@dataclass(frozen=True)
class Evidence:
    """What a page is made from: the catalog and the settings of its book."""

    catalog: Catalog
    settings: BookSettings

    def digest(self) -> str:
        """Return the SHA-256 of everything that a page can find in it."""
        found = hashlib.sha256(repr((self.settings, self.catalog.as_of_date, _declared(self.catalog))).encode())
        for name, table in tables_of(self.catalog).items():
            found.update(f"\n{name}\n{table.dtypes.to_dict()}\n".encode())
            found.update(table.to_csv(index=False).encode())
        return found.hexdigest()

    def write(self, path: Path) -> None:
        """Write it to a file for `open_evidence`."""
        path.write_bytes(pickle.dumps(self))


def open_evidence(path: Path) -> Evidence:
    """Return the evidence of a folder, read and checked, or of a file that `Evidence.write` made.

    Raises
    ------
    EvidenceError
        If anything in the folder is wrong.
    """
    if path.is_file():
        evidence: Evidence = pickle.loads(path.read_bytes())
        return evidence
    return Evidence(load(path), load_settings(path))


def extract(evidence: Evidence, day: date, indicators: Collection[str] | None) -> Evidence:
    """Return what a page may read.

    Parameters
    ----------
    indicators
        Keys of the indicators whose figures the page reads; None for all of them.

    Returns
    -------
    Evidence
        With the lines numbered anew, so that a record put in elsewhere changes nothing.
    """
    seen = evidence.catalog.as_of(day)
    if indicators is not None:
        seen = _limited(seen, frozenset(indicators))
    tables: dict[str, Any] = {name: _renumbered(table) for name, table in tables_of(seen).items()}
    return replace(evidence, catalog=replace(seen, folder=Path(), **tables))


def _limited(seen: Catalog, indicators: frozenset[str]) -> Catalog:
    """Return the catalog with the figures of some indicators only, and the sources that are still cited."""
    observations = seen.observations[seen.observations["indicator_id"].isin(indicators)]
    cited = {*observations["source_id"], *seen.targets["source_id"], *seen.peer_targets["source_id"]}
    return replace(
        seen,
        observations=observations,
        sources=seen.sources[seen.sources["source_id"].isin(cited)],
        declared=indicators,
    )


def _renumbered(table: pd.DataFrame) -> pd.DataFrame:
    return table.reset_index(drop=True).assign(line=range(_FIRST_LINE, _FIRST_LINE + len(table)))


def tables_of(catalog: Catalog) -> dict[str, pd.DataFrame]:
    """Return every table of a catalog by its name."""
    values = {field.name: getattr(catalog, field.name) for field in fields(catalog)}
    return {name: value for name, value in values.items() if isinstance(value, pd.DataFrame)}


def _declared(catalog: Catalog) -> list[str] | None:
    return None if catalog.declared is None else sorted(catalog.declared)

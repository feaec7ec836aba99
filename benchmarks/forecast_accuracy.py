"""Compare the forecasts with common methods on public yearly series, and state which goals are held.

Run as ``python benchmarks/forecast_accuracy.py DATA_DIR [--quick]``. DATA_DIR holds the files that ``calibrate.py``
reads. Every method forecasts the same tasks on the same modelling scale: the last n values before each data set's own
origin, horizons 1 to 3. Ours uses an error table from which the data set (for vaccination coverage: the country) was
left out. Peers from statsforecast join in where that package is installed.

Targets lie at ``z_n + B h d + u s sqrt(h)`` with ``B ~ U(0, 1.5)``, ``u ~ U(-1.5, 1.5)`` (fixed seed), ``d`` the mean
step in the window and ``s`` the mean absolute step of the series.
"""

from __future__ import annotations

import argparse
import os
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

# Many small matrices: more threads than one only wait for each other, and the times would say nothing.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from calibrate import Calibrator, targets_of
from numpy.typing import NDArray
from peers import Method, drift_t, peers
from public_series import PublicSeries, read_family

from qualitybook.analysis.counts import forecast_counts
from qualitybook.analysis.forecast import forecast
from qualitybook.analysis.prediction import clip_probability, share_below
from qualitybook.analysis.question import LEVELS
from qualitybook.analysis.scales import INDEX, PASS_RATE, ClassConstants, SeriesClass

FloatArray = NDArray[np.float64]

FAMILIES: dict[str, SeriesClass] = {"m1": INDEX, "m3": INDEX, "wuenic_legacy": PASS_RATE}
HISTORY = (5, 8, 10)
QUICK_HISTORY = (5, 8)
HORIZON = 3
LARGEST_SAMPLE = 120
QUICK_SAMPLE = 12
GOAL_SAMPLE = 645
QUICK_GOAL_SAMPLE = 120
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
        Constants from which the data set or country was left out.
    n : int
        Length of the history.
    future : numpy.ndarray
        Outcomes on the modelling scale, shape (H,).
    targets : numpy.ndarray
        Targets on the modelling scale, shape (H,).
    step : float
        Mean absolute step of the whole series.
    """

    series: PublicSeries
    kind: SeriesClass
    constants: ClassConstants
    n: int
    future: FloatArray
    targets: FloatArray
    step: float

    @property
    def history(self) -> FloatArray:
        """The last n values before the origin on the modelling scale, shape (n,)."""
        return self.series.scaled[self.series.origin - self.n : self.series.origin]

    def ours(self) -> FloatArray:
        """Return our quantiles on the modelling scale.

        Returns
        -------
        numpy.ndarray
            Quantiles at `LEVELS`, shape (H, L).
        """
        past = self.series.values[self.series.origin - self.n : self.series.origin]
        made = forecast(past, self.kind, self.future.size, constants=self.constants)
        if made is None:
            raise RuntimeError("a history of five values or more was refused")
        return self.kind.transform(self.series.values).forward(made.quantiles)


@dataclass(frozen=True, eq=False)
class Outcome:
    """How one method did on one task.

    Attributes
    ----------
    cover80, cover95 : numpy.ndarray
        Whether the outcome fell inside the interval, shape (H,).
    probability, event : numpy.ndarray
        Probability that the target is met and whether it was, shape (H,).
    crps : numpy.ndarray
        Continuous ranked probability score in mean absolute steps, shape (H,).
    seconds : float
        Processor time for the forecast.
    """

    cover80: NDArray[np.bool_]
    cover95: NDArray[np.bool_]
    probability: FloatArray
    event: NDArray[np.bool_]
    crps: FloatArray
    seconds: float


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


def tasks_of(
    data: dict[str, list[PublicSeries]], calibrator: Calibrator, largest: int, lengths: tuple[int, ...]
) -> list[Task]:
    """Return the tasks of all data sets, with targets from a fixed seed.

    Parameters
    ----------
    data : dict
        Series by data set.
    calibrator : Calibrator
        Fits the constants without the data set or country that is forecast.
    largest : int
        Series kept of each data set.
    lengths : tuple of int
        Lengths of the history.

    Returns
    -------
    list of Task
        The tasks.
    """
    draws = np.random.default_rng(2_108)
    found = []
    for family, items in data.items():
        constants_for = calibrator.without(FAMILIES[family].code, family)
        for item in sample(items, largest):
            for n in (length for length in lengths if length <= item.origin):
                found.append(_task(item, constants_for(item), n, draws))
    return found


def _task(item: PublicSeries, constants: ClassConstants, n: int, draws: np.random.Generator) -> Task:
    future = item.scaled[item.origin :][:HORIZON]
    step = float(np.mean(np.abs(np.diff(item.scaled))))
    kind = item.treated_as(FAMILIES[item.family])
    return Task(item, kind, constants, n, future, targets_of(item, n, future.size, draws), step)


def judge(task: Task, quantiles: FloatArray, seconds: float) -> Outcome:
    """Return how quantiles did on a task.

    Parameters
    ----------
    task : Task
        The task.
    quantiles : numpy.ndarray
        Quantiles at `LEVELS` on the modelling scale, shape (H, L).
    seconds : float
        Time they took.

    Returns
    -------
    Outcome
        Coverage, probabilities and scores.
    """
    actual = task.future[:, None]
    inside = [_inside(quantiles, task.future, tail) for tail in (0.1, 0.025)]
    below = [share_below(LEVELS, row, target) for row, target in zip(quantiles, task.targets, strict=True)]
    pinball = np.where(actual >= quantiles, LEVELS * (actual - quantiles), (1 - LEVELS) * (quantiles - actual))
    return Outcome(
        cover80=inside[0],
        cover95=inside[1],
        probability=np.array([clip_probability(1 - share) for share in below]),
        event=task.future >= task.targets,
        crps=2 * pinball.mean(axis=1) / max(task.step, 1e-9),
        seconds=seconds,
    )


def _inside(quantiles: FloatArray, actual: FloatArray, tail: float) -> NDArray[np.bool_]:
    low, high = (quantiles[:, int(np.argmin(np.abs(LEVELS - level)))] for level in (tail, 1 - tail))
    # Rounding of the transform there and back must not decide about an outcome at the ceiling.
    return (actual >= low - 1e-9) & (actual <= high + 1e-9)


@dataclass
class Results:
    """Outcomes of one method by data set, and its failures.

    Attributes
    ----------
    outcomes : list of tuple
        Data set and outcome of each task.
    failures : list of str
        Reason of each task on which the method raised or returned no numbers.
    """

    outcomes: list[tuple[str, Outcome]]
    failures: list[str]

    def table(self, families: tuple[str, ...]) -> dict[str, float]:
        """Return the mean scores over some data sets.

        Parameters
        ----------
        families : tuple of str
            Data sets.

        Returns
        -------
        dict
            Coverage in percent, Brier score, log loss, calibration error in points, CRPS and median milliseconds.
        """
        chosen = [outcome for family, outcome in self.outcomes if family in families]
        probability = np.concatenate([outcome.probability for outcome in chosen])
        event = np.concatenate([outcome.event for outcome in chosen]).astype(float)
        return {
            "cover80": 100 * float(np.mean(np.concatenate([outcome.cover80 for outcome in chosen]))),
            "cover95": 100 * float(np.mean(np.concatenate([outcome.cover95 for outcome in chosen]))),
            "brier": float(np.mean((probability - event) ** 2)),
            "log_loss": float(-np.mean(event * np.log(probability) + (1 - event) * np.log1p(-probability))),
            "ece": calibration_error(probability, event),
            "crps": float(np.mean(np.concatenate([outcome.crps for outcome in chosen]))),
            "ms": 1000 * float(np.median([outcome.seconds for outcome in chosen])),
        }


def calibration_error(probability: FloatArray, event: FloatArray) -> float:
    """Return the mean distance between printed and observed frequency over ten bins, in points.

    Parameters
    ----------
    probability, event : numpy.ndarray
        Probabilities and 0/1 events, shape (K,).

    Returns
    -------
    float
        Calibration error in percentage points.
    """
    places = np.minimum((probability * 10).astype(int), 9)
    gaps = [abs(np.sum(probability[places == k] - event[places == k])) for k in range(10)]
    return float(100 * sum(gaps) / probability.size)


def run_method(method: Callable[[Task], FloatArray], tasks: list[Task]) -> Results:
    """Return how a method did on all tasks.

    Parameters
    ----------
    method : callable
        Quantiles at `LEVELS` on the modelling scale, by task.
    tasks : list of Task
        The tasks.

    Returns
    -------
    Results
        Outcomes and the number of failures.
    """
    results = Results([], [])
    for task in tasks:
        start = time.process_time()
        answer = _attempt(method, task)
        seconds = time.process_time() - start
        if isinstance(answer, str):
            results.failures.append(answer)
        else:
            results.outcomes.append((task.series.family, judge(task, answer, seconds)))
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


def smape(series: list[PublicSeries], median: Callable[[PublicSeries], FloatArray]) -> float:
    """Return the symmetric mean absolute percentage error over the test years of M3.

    Parameters
    ----------
    series : list of PublicSeries
        The series.
    median : callable
        Point forecasts for the six test years on the original scale, by series.

    Returns
    -------
    float
        Mean over series and horizons, in percent.
    """
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


def print_m3(series: list[PublicSeries], constants: ClassConstants, methods: dict[str, Method]) -> None:
    """Print the error of point forecasts on M3 beside the published table, which covers all 645 series.

    Parameters
    ----------
    series : list of PublicSeries
        M3 series to forecast.
    constants : ClassConstants
        Our constants, fitted without M3.
    methods : dict
        Peers by name.
    """
    print(f"\nM3 yearly, h = 1..6, sMAPE on the log scale, {len(series)} series")
    print(f"  {'ours':28s}{smape(series, lambda item: _our_median(item, constants)):7.2f}")
    for name, method in methods.items():
        print(f"  {name:28s}{smape(series, partial(_peer_median, method=method)):7.2f}")
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
    if not any(family in families for family, _ in result.outcomes):
        return "no answer"
    row = result.table(families)
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


def print_goals(results: dict[str, Results]) -> bool:
    """Print each goal with its measure, and whether it is held.

    Parameters
    ----------
    results : dict
        Results of ``ours`` and ``drift`` on a sample wider than that of the slow peers.

    Returns
    -------
    bool
        True if all goals are held.
    """
    ours, families = results["ours"], tuple(FAMILIES)
    tasks = sum(family in families for family, _ in ours.outcomes)
    pooled = ours.table(families)
    rates, drift = (results[name].table(("wuenic_legacy",)) for name in ("ours", "drift"))
    goals = [
        ("pooled 80 % interval covers 76-84 %", pooled["cover80"], 76.0, 84.0),
        ("pooled 95 % interval covers 92-98 %", pooled["cover95"], 92.0, 98.0),
        ("calibration error at most 6 points", pooled["ece"], 0.0, 6.0),
        ("rates: Brier below drift-t by .02", drift["brier"] - rates["brier"], 0.02, 1.0),
        ("at most 10 ms a series", pooled["ms"], 0.0, 10.0),
        ("at most 50 ms with known counts", count_milliseconds(), 0.0, 50.0),
    ]
    for family in families:
        own = ours.table((family,))
        goals.append((f"{family}: 80 % interval covers 70-90 %", own["cover80"], 70.0, 90.0))
        goals.append((f"{family}: 95 % interval covers 88-99 %", own["cover95"], 88.0, 99.0))
    print(f"\ngoals, judged on {tasks} histories")
    for text, value, low, high in goals:
        print(f"  {'held  ' if low <= value <= high else 'MISSED'}  {text:48s} {value:8.3f}")
    return all(low <= value <= high for _, value, low, high in goals)


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
    chosen = parser.parse_args(arguments)
    largest, lengths = (QUICK_SAMPLE, QUICK_HISTORY) if chosen.quick else (LARGEST_SAMPLE, HISTORY)
    data = {name: read_family(chosen.data, name) for name in FAMILIES}
    calibrator = Calibrator(data)
    methods, tasks = peers(), tasks_of(data, calibrator, largest, lengths)
    print(f"{len(tasks)} histories of {lengths} values, horizons 1 to {HORIZON}")
    results = {"ours": run_method(Task.ours, tasks)}
    for name, method in methods.items():
        results[name] = run_method(partial(_peer_quantiles, method=method), tasks)
    print_scores(results)
    m3 = sample(data["m3"], largest) if chosen.quick else data["m3"]
    print_m3(m3, calibrator.without("index", "m3")(m3[0]), methods)
    wide = tasks_of(data, calibrator, QUICK_GOAL_SAMPLE if chosen.quick else GOAL_SAMPLE, lengths)
    judged = {"ours": run_method(Task.ours, wide), "drift": run_method(partial(_peer_quantiles, method=drift_t), wide)}
    return 0 if print_goals(judged) else 1


if __name__ == "__main__":
    raise SystemExit(main())

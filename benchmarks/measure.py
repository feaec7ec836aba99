"""Measure a command: wall time, CPU time, and the memory of it and of all that it started."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

MEBIBYTE = 2**20
PR_SET_CHILD_SUBREAPER = 36
# Reading the memory of a process takes milliseconds: more often would slow down what is measured.
SAMPLE_SECONDS = 1.0


@dataclass
class Cost:
    """What something cost.

    Attributes
    ----------
    wall, cpu : float
        Seconds; CPU time of all processes that have ended.
    driver, tree : float
        Largest memory of the first process, and of it and all it started together, in MiB. Pages that processes share
        count once.
    lines : list of tuple of float and str
        What was written to the error stream, with the seconds since the start.
    """

    wall: float = 0.0
    cpu: float = 0.0
    driver: float = 0.0
    tree: float = 0.0
    lines: list[tuple[float, str]] = field(default_factory=list)


def run(command: Sequence[str | Path], folder: Path, out: Path | None = None) -> Cost:
    """Run a command to its end.

    Parameters
    ----------
    command : sequence of str or pathlib.Path
        The command.
    folder : pathlib.Path
        Its working directory.
    out : pathlib.Path, optional
        Where its output goes; by default nowhere.

    Returns
    -------
    Cost
        What it cost.

    Raises
    ------
    SystemExit
        If the command fails, with what it said.
    """
    become_reaper()
    cost = Cost()
    used = cpu_seconds()
    others = {child.pid for child in psutil.Process().children()}
    with (out or Path(os.devnull)).open("wb") as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command], cwd=folder, stdout=output, stderr=subprocess.PIPE, text=True
        )
        with sampled(cost, process.pid):
            assert process.stderr is not None
            cost.lines = [(time.perf_counter() - start, line.rstrip("\n")) for line in process.stderr]
            process.wait()
        cost.wall = time.perf_counter() - start
    for child in psutil.Process().children():
        if child.pid not in others:
            # What the command had started and not waited for has become a child of this process.
            child.wait()
    cost.cpu = cpu_seconds() - used
    if process.returncode:
        raise SystemExit("\n".join([f"{command} ended with {process.returncode}:", *(line for _, line in cost.lines)]))
    return cost


def become_reaper() -> None:
    """Become the parent of what a command started and did not wait for, so that its CPU time is known (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)


def cpu_seconds() -> float:
    """Return the CPU time of the children of this process that have ended, with all that they waited for."""
    times = os.times()
    return times.children_user + times.children_system


@contextmanager
def sampled(cost: Cost, pid: int) -> Iterator[None]:
    """Note the largest memory of a process and of its descendants while the block runs."""
    ended = threading.Event()
    sampler = threading.Thread(target=_sample, args=(cost, pid, ended), daemon=True)
    sampler.start()
    try:
        yield
    finally:
        ended.set()
        sampler.join()


def _sample(cost: Cost, pid: int, ended: threading.Event) -> None:
    while True:
        with suppress(psutil.Error):
            first = psutil.Process(pid)
            own = _memory(first)
            cost.driver = max(cost.driver, own)
            cost.tree = max(cost.tree, own + sum(_memory(process) for process in first.children(recursive=True)))
        if ended.wait(SAMPLE_SECONDS):
            return


def _memory(process: psutil.Process) -> float:
    """Return the memory of a process in MiB, its part of what it shares (where the system tells that)."""
    try:
        used = process.memory_full_info()
    except psutil.Error:
        return 0.0
    return float(getattr(used, "pss", used.uss)) / MEBIBYTE


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows as a Markdown table, its first column to the left and the others to the right."""
    lines = [headings, ["---", *("--:" for _ in headings[1:])], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def goal(text: str, held: bool) -> str:
    """Return a goal with whether it was held."""
    return f"{'held  ' if held else 'MISSED'}  {text}"

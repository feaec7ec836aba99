"""The long run of mutated evidence and settings: ``python tests/evidence/fuzz.py [--mutants N] [--seed S]``.

A sample of those that are accepted becomes a small book.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import small_project
from mutants import copied, fate_of, make_mutant, spoilt, tables_checked_once
from synthetic import write_evidence

CHUNK = 50


def project_with(evidence: Path | None, folder: Path) -> Path:
    """Write a small project with a copy of the evidence, or the sample city's; return the folder of the evidence."""
    small_project.write_project(folder)
    data = folder / "data"
    shutil.rmtree(data)
    return copied(evidence, data) if evidence else write_evidence(data)


def run_chunk(seed: int, evidence: Path | None, numbers: range) -> tuple[list[int], float, list[str]]:
    """Return which mutants were accepted, the longest time one took, and what went wrong."""
    accepted, slowest, faults = [], 0.0, []
    with tempfile.TemporaryDirectory() as scratch, tables_checked_once():
        folder = project_with(evidence, Path(scratch) / "project")
        for number in numbers:
            mutant = make_mutant(folder, seed, number)
            start = time.perf_counter()
            fate = fate_of(mutant, folder)
            slowest = max(slowest, time.perf_counter() - start)
            accepted += [number] if fate.accepted else []
            faults += [f"mutant {number}, {mutant.table}, {mutant.deed}: {fault}" for fault in fate.faults]
    return accepted, slowest, faults


def build_sample(seed: int, evidence: Path | None, numbers: Sequence[int]) -> list[str]:
    """Make a small book of each of some mutants, and return what went wrong."""
    faults = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = project_with(evidence, Path(scratch) / "project")
        for number in numbers:
            mutant = make_mutant(folder, seed, number)
            with spoilt(mutant, folder):
                done = small_project.build(folder.parent)
            if done.returncode or "Traceback" in done.stderr:
                faults.append(f"book of mutant {number}, {mutant.table}, {mutant.deed}: {done.stderr[-600:]}")
                print(faults[-1], flush=True)
    return faults


def main() -> int:
    """Run the mutants in as many processes as there are processors; exit 1 if one was received wrongly."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first one; with --mutants 1: only that")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--each", type=int, default=200, help="of the accepted ones each such becomes a book; 0: none")
    parser.add_argument("--data", type=Path, help="evidence to mutate; default: the tests' sample city")
    options = parser.parse_args()
    print(f"seed {options.seed}, {options.mutants} mutants", flush=True)
    last = options.first + options.mutants
    chunks = [range(start, min(start + CHUNK, last)) for start in range(options.first, last, CHUNK)]
    accepted, slowest, wrong, done = list[int](), 0.0, 0, 0
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for chunk, found in zip(chunks, pool.map(partial(run_chunk, options.seed, options.data), chunks), strict=True):
            accepted, slowest = accepted + found[0], max(slowest, found[1])
            wrong, done = wrong + len(found[2]), done + len(chunk)
            print(
                "\n".join([*found[2], f"{done}/{options.mutants}: {len(accepted)} accepted, {wrong} faults"]),
                flush=True,
            )
    chosen = accepted[:: options.each] if options.each else []
    wrong += len(build_sample(options.seed, options.data, chosen))
    refused = done - len(accepted)
    print(f"seed {options.seed}: {len(accepted)} accepted, {refused} refused, {wrong} faults; slowest {slowest:.1f} s")
    print(f"{len(chosen)} of the accepted ones became books")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

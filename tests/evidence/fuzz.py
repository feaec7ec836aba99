"""The long run of mutated evidence: ``python tests/evidence/fuzz.py [--mutants N] [--seed S] [--data DIR]``."""

from __future__ import annotations

import argparse
import os
import secrets
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from mutants import copied, fate_of, make_mutant, tables_checked_once
from synthetic import write_evidence

CHUNK = 50


def run_chunk(seed: int, evidence: Path | None, numbers: range) -> tuple[int, float, list[str]]:
    """Return how many mutants were accepted, the longest time one took, and what went wrong."""
    accepted, slowest, faults = 0, 0.0, []
    with tempfile.TemporaryDirectory() as scratch, tables_checked_once():
        folder = Path(scratch) / "data"
        folder = copied(evidence, folder) if evidence else write_evidence(folder)
        for number in numbers:
            mutant = make_mutant(folder, seed, number)
            start = time.perf_counter()
            fate = fate_of(mutant, folder)
            slowest = max(slowest, time.perf_counter() - start)
            accepted += fate.accepted
            faults += [f"mutant {number}, {mutant.table}, {mutant.deed}: {fault}" for fault in fate.faults]
    return accepted, slowest, faults


def main() -> int:
    """Run the mutants in as many processes as there are processors; exit 1 if one was received wrongly."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first one; with --mutants 1: only that")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--data", type=Path, help="evidence to mutate; default: the tests' sample city")
    options = parser.parse_args()
    print(f"seed {options.seed}, {options.mutants} mutants", flush=True)
    last = options.first + options.mutants
    chunks = [range(start, min(start + CHUNK, last)) for start in range(options.first, last, CHUNK)]
    accepted, slowest, wrong, done = 0, 0.0, 0, 0
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for chunk, found in zip(chunks, pool.map(partial(run_chunk, options.seed, options.data), chunks), strict=True):
            accepted, slowest = accepted + found[0], max(slowest, found[1])
            wrong, done = wrong + len(found[2]), done + len(chunk)
            print("\n".join([*found[2], f"{done}/{options.mutants}: {accepted} accepted, {wrong} faults"]), flush=True)
    print(
        f"seed {options.seed}: {accepted} accepted, {done - accepted} refused, {wrong} faults; slowest {slowest:.1f} s"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

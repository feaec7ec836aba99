"""Build a small book again and again, each time with one figure changed, and say what grows: ``make rebuilds``.

Exit code 1 if a page still has an older figure, the store passes its limit, or the site or the memory grows.
"""

from __future__ import annotations

import argparse
import csv
import resource
import sys
import tempfile
import time
from pathlib import Path

import small_project
from synthetic import HEADERS, write_table

STORE_LIMIT = 2
"""MiB."""
TABLE = "observations"
TOLERANCE = 1.05
"""So much more than after the first rebuilds may a size be: digests and numbers are not all equally long."""
SETTLED = 5


def size_of(folder: Path) -> int:
    """Return the bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def changed(folder: Path, number: int) -> str:
    """Change the latest figure of the first indicator, and return it as pages print it."""
    path = folder / "data" / f"{TABLE}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    series = [row for row in rows if all(row[key] == rows[0][key] for key in ("indicator_id", "region_id"))]
    figure = f"{95 + number / 1000:.3f}"
    series[-1] |= {"value": figure, "n": "", "passed": ""}
    write_table(path, HEADERS[TABLE], rows)
    return figure


def main() -> int:
    """Rebuild, measure, and compare the last builds with the first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rebuilds", type=int, default=100)
    options = parser.parse_args()
    stale, sizes = [], []
    with tempfile.TemporaryDirectory() as scratch:
        folder = small_project.write_project(Path(scratch) / "project")
        print("rebuild  seconds  site KB  store KB  all of _build KB  memory MB")
        for number in range(options.rebuilds + 1):
            figure, start = changed(folder, number), time.perf_counter()
            done = small_project.build(folder, "--html", "--lang", "en", "--store-limit", str(STORE_LIMIT))
            if done.returncode:
                print(done.stderr)
                return 1
            page = (folder / "_site/2025/en/indicators/goods_pass_rate.html").read_text(encoding="utf-8")
            stale += [number] if figure not in page else []
            memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
            found = size_of(folder / "_site"), size_of(folder / "_build/pages"), size_of(folder / "_build"), memory
            sizes.append(found)
            if number < 10 or number % 10 == 0:
                told = "  ".join(f"{size >> 10:>8}" for size in found[:3])
                print(f"{number:>7}  {time.perf_counter() - start:>7.1f}  {told}  {memory:>8}", flush=True)
    settled, last = sizes[min(SETTLED, options.rebuilds)], sizes[-1]
    grown = [name for place, name in ((0, "site"), (3, "memory")) if last[place] > settled[place] * TOLERANCE]
    grown += ["store"] if last[1] > STORE_LIMIT << 20 else []
    print(f"{options.rebuilds} rebuilds: stale pages after {stale or 'none'}; grown: {', '.join(grown) or 'nothing'}")
    return 1 if stale or grown else 0


if __name__ == "__main__":
    sys.exit(main())

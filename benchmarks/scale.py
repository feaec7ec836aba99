"""How verdicts and pages grow with their number: ``python benchmarks/scale.py --help``.

Verdicts: ``qualitybook assess`` on synthetic plans of a quarter, half and all of so many cities. Pages: a small
synthetic book in two languages whose pages do next to nothing, so that what the driver and the kernels add to each page
is what is measured. What a further page or goal costs is taken between two sizes, which leaves start-up out. Every size
is run several times, in turn, and the run that took the least CPU time counts: other work on the machine only adds.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from build import LANGS, QUALITYBOOK, copy_project, jobs_of
from measure import Cost, goal, run, table
from synthetic_plan import MEASURES, write_plan

from qualitybook.publish.book import Request, make_pages
from qualitybook.publish.layout import Project

MOST_SECONDS = 60
MOST_DRIVER = 500
MOST_DRIFT = 0.10
SHARES = (4, 2, 1)
BOOK_TOML = """\
name = "synthetic-book"
plan_state = "consultation_draft"

[title]
zh = "虚构年度报告"
en = "Synthetic Report"

[subtitle]
zh = "虚构数据，仅供测量"
en = "Invented figures, for measuring"

[author]
zh = "测量"
en = "The benchmarks"
"""


def verdicts(cities: int, scratch: Path) -> Cost:
    """Judge a synthetic plan of so many cities, and make sure that every goal was judged."""
    folder = write_plan(scratch / f"plan-{cities}", cities)
    out = scratch / f"verdicts-{cities}.json"
    cost = run([*QUALITYBOOK, "assess", "--data", folder, "--format", "json"], scratch, out)
    judged = len(json.loads(out.read_text(encoding="utf-8"))["targets"])
    if judged != cities * len(MEASURES):
        raise SystemExit(f"{judged} goals were judged instead of {cities * len(MEASURES)}")
    return cost


def pages(cities: int, scratch: Path) -> tuple[int, Cost]:
    """Make the pages of a synthetic book of so many cities, and return how many there are."""
    folder = copy_project(scratch / f"book-{cities}", small=True)
    shutil.rmtree(folder / "data")
    write_plan(folder / "data", cities)
    (folder / "data/book.toml").write_text(BOOK_TOML, encoding="utf-8")
    cost = run([sys.executable, __file__, "--only-pages", folder], scratch)
    return len(cost.lines), cost


def make_all(folder: Path) -> None:
    """Make the pages of the book in a folder, and name each on the error stream."""
    build_dir = folder / "_build"
    request = Request(Project(folder), [], LANGS, build_dir, build_dir / "site", jobs=os.cpu_count() or 1)
    results = make_pages(
        jobs_of(folder, build_dir), request, lambda step: print(step.text, file=sys.stderr, flush=True)
    )
    if not all(result.ok for result in results):
        raise SystemExit("a page could not be made")


def least(turns: Sequence[Sequence[Cost]]) -> list[Cost]:
    """Return of each size the run that took the least CPU time."""
    return [min(costs, key=lambda cost: cost.cpu) for costs in zip(*turns, strict=True)]


def per_further(sizes: Sequence[int], seconds: Sequence[float]) -> list[float]:
    """Return what one more costs, in seconds, between each size and the next."""
    return [
        (seconds[place + 1] - seconds[place]) / (sizes[place + 1] - sizes[place]) for place in range(len(sizes) - 1)
    ]


def drift(costs: Sequence[float]) -> float:
    """Return how much more one costs at the largest size than at the smallest."""
    return costs[-1] / costs[0] - 1


def report(what: str, sizes: Sequence[int], costs: Sequence[Cost]) -> tuple[str, list[str]]:
    """Return the table of a run, and the goals that hold for any."""
    further = [float("nan"), *per_further(sizes, [cost.cpu for cost in costs])]
    rows = [
        (
            f"{size:,}",
            f"{cost.wall:.1f}",
            f"{cost.cpu:.1f}",
            f"{1000 * more:.1f}",
            f"{cost.driver:.0f}",
            f"{cost.tree:.0f}",
        )
        for size, cost, more in zip(sizes, costs, further, strict=True)
    ]
    headings = (what, "wall s", "CPU s", "CPU ms of a further one", "driver MiB", "all processes MiB")
    change, most = drift(further[1:]), max(cost.driver for cost in costs)
    goals = [
        goal(f"{what}: a further one costs at most 10% more: {100 * change:+.1f}%", change <= MOST_DRIFT),
        goal(f"{what}: the driver's memory at most {MOST_DRIVER} MiB: {most:.0f}", most <= MOST_DRIVER),
    ]
    return table(headings, rows), goals


def main() -> None:
    """Measure and print; the exit status says nothing about the goals."""
    parser = argparse.ArgumentParser(description="Measure how verdicts and pages grow with their number.")
    parser.add_argument("--cities", type=int, default=300, help="cities of the largest plan; default 300")
    parser.add_argument("--book-cities", type=int, default=16, help="cities of the largest book; default 16")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each size; default 3")
    parser.add_argument("--only-pages", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only_pages:
        make_all(options.only_pages)
        return
    with tempfile.TemporaryDirectory() as scratch:
        plans = [options.cities // share for share in SHARES]
        books = [options.book_cities // share for share in SHARES]
        runs = [Path(scratch, str(number)) for number in range(options.repeats)]
        judged = least([[verdicts(cities, run_folder) for cities in plans] for run_folder in runs])
        made = [[pages(cities, run_folder) for cities in books] for run_folder in runs]
    targets = [cities * len(MEASURES) for cities in plans]
    verdict_table, verdict_goals = report("goals judged", targets, judged)
    counts = [count for count, _ in made[0]]
    page_table, page_goals = report("pages made", counts, least([[cost for _, cost in turn] for turn in made]))
    whole = judged[-1].wall
    print(f"{os.cpu_count()} processors; all evidence is synthetic\n\n{verdict_table}\n\n{page_table}\n")
    print(goal(f"{targets[-1]:,} goals judged in at most {MOST_SECONDS} s: {whole:.1f} s", whole <= MOST_SECONDS))
    print("\n".join([*verdict_goals, *page_goals]))


if __name__ == "__main__":
    main()

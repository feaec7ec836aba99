"""Measure ways to make one and the same book, in one run: ``python benchmarks/build.py [--small] [--repeats 3]``.

What counts is CPU time of all processes. The pace of a machine varies from hour to hour: goals are ratios of one run.

(a) As others do it: papermill, one notebook after the other, each in a cold kernel, then ``jupyter-book build`` of both
    languages. Both are called within one process, which spares them the start of a command for each page. The pages of
    the indicators, which have no notebook, are written by our own functions, one after the other in the same process.
(b) Ours from nothing: ``qualitybook build --html`` with an empty store, and the same with the printed forms.
(b0) Other code, if ``--against`` names a work tree that has its own ``.venv``: its own book from nothing, with nothing
    changed and with the observation changed, website and printed forms.
(c) Ours with nothing changed, both languages, website and PDF.
(d) Ours with one observation changed, the same.
(w) The same website under ``serve --watch``, in a process that stays and has built once after a change.
(e) The floor of the executing part: the calls of the same notebooks, and the pages of the indicators, as plain
    functions in two forks of a process that has imported the libraries.
(x) Sphinx alone on the Chinese book with the page of each indicator ten times, ours and that of (b0).

(a) is run once, the others `repeats` times, and medians are printed. ``--small`` takes the small book of the tests, to
try this script: its pages do nothing, so that its numbers say nothing about the goals.
"""

from __future__ import annotations

import argparse
import csv
import multiprocessing
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import nbformat
import papermill
import psutil
from measure import Cost, cpu_seconds, goal, run, sampled, table
from readers import first_paint, used_of_styles

from qualitybook.evidence import load
from qualitybook.evidence.catalog import Catalog
from qualitybook.evidence.extract import SharedResults
from qualitybook.evidence.schema import BookSettings
from qualitybook.publish import assemble
from qualitybook.publish.cache import digest_of_bytes
from qualitybook.publish.environment import build_environment, changed_environment
from qualitybook.publish.execute import KERNEL, PageJob, page_jobs
from qualitybook.publish.layout import Project
from qualitybook.publish.notebook import render_notebook
from qualitybook.publish.plan import planned, volumes_of
from qualitybook.publish.processes import PRELOADED
from qualitybook.report.indicators import Sheets
from qualitybook.report.voice import Voice

ROOT = Path(__file__).parents[1]
LANGS = ("zh", "en")
FLOOR_PROCESSES = 2
QUALITYBOOK = (sys.executable, "-c", "from qualitybook.cli import main; main()")
TIMES = 10
SPHINX = "import sys; from qualitybook.publish.compile import main; main(sys.argv[1:])"
"""As a build of ours runs it."""
MANY_PAGES = 10_000
MANY_WORKERS = (1, 8, 64)
SMALL = "The pages of the small book do nothing: it says nothing about the goals."
QUERY_TERMS, FIRST_FILES = 3, 6
"""Terms of a query, and the files of pages that the search loads before it shows any (`ranking.js`)."""
STARTS = {("--help",): 0.3, ("check",): 2.5, ("assess",): 6.0}
"""Commands and the seconds that they may take."""


def copy_project(folder: Path, small: bool) -> Path:
    """Copy what a book is made from, or write the tests' small project."""
    if small:
        sys.path.insert(0, str(ROOT / "tests"))
        from small_project import write_project

        return write_project(folder)
    folder.mkdir(parents=True)
    for name in ("_config.yml", "_toc.yml"):
        shutil.copy(ROOT / name, folder / name)
    for name in ("book", "notebooks", "data"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def ours(folder: Path, *options: str) -> Cost:
    """Build the book in a folder."""
    return run([*QUALITYBOOK, "build", *options], folder)


def executed(cost: Cost) -> tuple[float, int]:
    """Return when the last page was made, in seconds since the start, and how many notebooks were run."""
    pages = [(at, line) for at, line in cost.lines if line.startswith(("pages ", "indicators "))]
    return max(at for at, _ in pages), sum(line.endswith(": made") for _, line in pages)


def jobs_of(folder: Path, build_dir: Path) -> list[PageJob]:
    """Return the jobs of all pages of the current edition, in folders of their own."""
    catalog = load(folder / "data")
    current = catalog.editions[catalog.editions["status"] == "current"]["edition"].iloc[-1]
    project = Project(folder).checked()
    volumes = volumes_of(catalog, [str(current)], LANGS, build_dir)
    plans, _ = planned(catalog, BookSettings.load(catalog.folder), volumes, build_dir / "evidence", with_website=False)
    for volume in volumes:
        assemble.start(project, catalog.folder, volume)
    jobs = [job for plan in plans for job in page_jobs(project, plan)]
    for evidence in {job.evidence for job in jobs if job.evidence is not None}:
        # Here every page works everything out by itself; only our own way shares results between pages.
        SharedResults(evidence).folder.rmdir()
    return jobs


def parameters_of(job: PageJob) -> dict[str, str]:
    """Return what the parameters cell of a page is filled with."""
    return {**job.page.parameters, "data": str(job.evidence)}


def one_after_the_other(jobs: Sequence[PageJob], folder: Path) -> Cost:
    """Run all pages as others do: rendered notebooks, papermill, cold kernels."""
    folder.mkdir()
    for number, job in enumerate(jobs):
        notebook = render_notebook(job.template, job.page.context, job.authored, job.lang)
        nbformat.write(notebook, folder / f"{number}.ipynb")
    with measured() as cost, changed_environment(build_environment(jobs[0].epoch)):
        for number, job in enumerate(jobs):
            papermill.execute_notebook(
                folder / f"{number}.ipynb",
                folder / f"{number}-executed.ipynb",
                parameters=parameters_of(job),
                kernel_name=KERNEL,
                language="python",
                extra_arguments=["--IPKernelApp.log_level=40"],
                cwd=job.source,
                progress_bar=False,
            )
    return cost


def figures_seen(folder: Path) -> Catalog:
    """Return the evidence of a book as its current edition sees it."""
    catalog = load(folder / "data")
    return catalog.as_of(catalog.current_edition.as_of)


def indicator_pages(seen: Catalog, out: Path) -> Cost:
    """Write the pages of the indicators in both languages, one after the other."""
    with measured() as cost:
        for lang in LANGS:
            write_indicators(seen, lang, out)
    return cost


def write_indicators(seen: Catalog, lang: str, out: Path) -> None:
    """Write the pages of the indicators in one language."""
    for sheet in Sheets(Voice(lang, seen)):
        sheet.write(out / lang)


def jupyter_books(folder: Path, out: Path) -> Cost:
    """Run ``jupyter-book build`` on the books that ours assembled, one after the other."""
    sources = [path.parent for path in sorted(folder.glob("_build/*/*/source/_toc.yml"))]
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build", "--all", "-q"]
    costs = [
        run([*command, source, "--path-output", out / str(number)], folder) for number, source in enumerate(sources)
    ]
    return in_turn(costs)


def in_turn(costs: Sequence[Cost]) -> Cost:
    """Return the cost of several things done one after the other."""
    return Cost(
        wall=sum(cost.wall for cost in costs),
        cpu=sum(cost.cpu for cost in costs),
        driver=max(cost.driver for cost in costs),
        tree=max(cost.tree for cost in costs),
    )


@contextmanager
def measured() -> Iterator[Cost]:
    """Measure what this process and those that it starts do in the block."""
    cost = Cost()
    start, used = time.perf_counter(), time.process_time() + cpu_seconds()
    with sampled(cost, os.getpid()):
        yield cost
    cost.wall, cost.cpu = time.perf_counter() - start, time.process_time() + cpu_seconds() - used


def watched(folder: Path, repeats: int) -> list[Cost]:
    """Change one observation after the other while the site is watched; what the first change costs is not counted."""
    command = [*QUALITYBOOK, "serve", "--watch", "--port", "0"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    costs = []
    with process, closing(line for line in process.stderr if line.endswith(": built\n")) as built:
        next(built)
        for _ in range(1 + repeats):
            cost = Cost()
            start, used = time.perf_counter(), cpu_of_all(process.pid)
            with sampled(cost, process.pid):
                change_one_figure(folder)
                next(built)
            cost.wall, cost.cpu = time.perf_counter() - start, cpu_of_all(process.pid) - used
            costs.append(cost)
        process.terminate()
    return costs[1:]


def cpu_of_all(pid: int) -> float:
    """Return the CPU time of a process, of all that it has started, and of those of them that have ended."""
    first = psutil.Process(pid)
    return sum(sum(each.cpu_times()[:4]) for each in (first, *first.children(recursive=True)))


def floor(jobs: Sequence[PageJob], seen: Catalog, out: Path) -> Cost:
    """Make all pages by plain functions in forks of this process, which has imported the libraries."""
    import_module(PRELOADED)
    with measured() as cost, ProcessPoolExecutor(FLOOR_PROCESSES, multiprocessing.get_context("fork")) as pool:
        runs = [pool.submit(write_indicators, seen, lang, out) for lang in LANGS]
        runs += [pool.submit(call_page, job) for job in jobs]
        for run_of_pages in runs:
            run_of_pages.result()
    return cost


def call_page(job: PageJob) -> None:
    """Do what the code cells of a page do, and drop what they would display."""
    notebook = render_notebook(job.template, job.page.context, job.authored, job.lang)
    names: dict[str, object] = {}
    os.chdir(job.source)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            exec(cell.source, names)
        if "parameters" in cell.metadata.get("tags", []):
            names.update(parameters_of(job))


def change_one_figure(folder: Path) -> str:
    """Raise the last digit of a figure that a goal is judged by, and return its indicator."""
    decided = {row["indicator_id"] for row in read_rows(folder / "data/plan/targets.csv")}
    path = folder / "data/observations.csv"
    rows = read_rows(path)
    row = next(
        row for row in rows if row["indicator_id"] in decided and row["qualifier"] == "exact" and plain(row) is not None
    )
    row["value"] = plain(row) or ""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(row), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return row["indicator_id"]


def plain(row: dict[str, str]) -> str | None:
    """Return the value with its last digit one higher, where no other digit and no count of items has to follow."""
    value = row["value"]
    return None if row["n"] or value[-1:] not in "0123456" else value[:-1] + str(int(value[-1]) + 1)


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def median(costs: Sequence[Cost]) -> Cost:
    """Return the median of each measure."""
    return Cost(
        *(statistics.median(getattr(cost, name) for cost in costs) for name in ("wall", "cpu", "driver", "tree"))
    )


def say(text: str) -> None:
    """Say what is being done, so that long silence means trouble."""
    print(text, file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Before:
    """What other code takes: from nothing, with nothing changed, with one observation changed, and ten times."""

    whole: Cost
    unchanged: Cost
    changed: Cost
    tenfold: Cost
    paint: float
    """Milliseconds until its first page begins to be seen."""


@dataclass(frozen=True)
class Site:
    """What a site weighs, in bytes."""

    size: int
    files: int
    alike: int
    """Files with the bytes of another, but for empty ones."""
    front: int
    target: int
    search: int
    """What the first page loads, a goal's, and the search page with the parts of its index up to a first result."""
    paint: float
    """Milliseconds until the first page begins to be seen."""
    styles: float
    """The share of its style sheets that pages use."""


def weighed(site: Path, repeats: int) -> Site:
    """Weigh a site; of its languages, the heavier one."""
    files = [path for path in site.rglob("*") if path.is_file()]
    digests = [digest_of_bytes(path.read_bytes()) for path in files if path.stat().st_size]
    books = sorted(path.parent for path in site.glob("*/*/search.html"))
    return Site(
        size=sum(path.stat().st_size for path in files),
        files=len(files),
        alike=len(digests) - len(set(digests)),
        front=max(loaded(book / "summary.html") for book in books),
        target=max(loaded(page) for book in books for page in book.glob("targets/*.html")),
        search=max(searched(book) for book in books),
        paint=first_paint(site, repeats),
        styles=used_of_styles(site),
    )


def searched(book: Path) -> int:
    """Return the bytes that a search in a book loads, up to its first result, at most."""
    return loaded(book / "search.html") + of_index(book / "searchindex")


def loaded(page: Path) -> int:
    """Return the bytes of a page, its style sheets, their fonts, and its scripts."""
    text = page.read_text(encoding="utf-8")
    named = re.findall(r'<(?:script|link)[^>]*(?:src|rel="(?:stylesheet|icon)"[^>]*href)="([^"?]+)', text)
    files = {(page.parent / name).resolve() for name in named}
    fonts = {
        sheet.parent / name
        for sheet in files
        if sheet.suffix == ".css"
        for name in re.findall(r'url\("([^":)]+)"\)', sheet.read_text(encoding="utf-8"))
    }
    return sum(path.stat().st_size for path in {page, *files, *fonts})


def of_index(folder: Path) -> int:
    """Return the bytes of what a query of a few terms loads of an index, the largest parts of words and of pages."""
    return sum(
        size
        for kind, most in (("[0-9]*.js", QUERY_TERMS), ("p*.js", FIRST_FILES))
        for size in sorted((path.stat().st_size for path in folder.glob(kind)), reverse=True)[:most]
    )


def by_other_code(tree: Path, folder: Path, repeats: int) -> Before:
    """Build the book of another work tree by its own code."""
    for name in ("_config.yml", "_toc.yml"):
        folder.mkdir(exist_ok=True)
        shutil.copy(tree / name, folder / name)
    for name in ("book", "notebooks", "data"):
        shutil.copytree(tree / name, folder / name)
    python = str(tree / ".venv/bin/python")
    command = [python, *QUALITYBOOK[1:], "build"]
    whole = run(command, folder)
    unchanged = median([run(command, folder) for _ in range(repeats)])
    paint = first_paint(folder / "_site", repeats)
    tenfold, _ = ten_times(folder, [python, "-c", "from jupyter_book.cli.main import main; main()"])
    change_one_figure(folder)
    return Before(whole, unchanged, run(command, folder), tenfold, paint)


def ten_times(folder: Path, command: Sequence[str]) -> tuple[Cost, Path]:
    """Have Sphinx make the website in Chinese with the page of each indicator ten times; return its cost and folder."""
    (source,) = folder.glob("_build/*/zh/source")
    grown = source.with_name("ten-times")
    shutil.copytree(source, grown)
    for page in sorted((grown / "indicators").glob("*.md")):
        text, rows = page.read_text(encoding="utf-8"), grown / "series" / "indicators" / f"{page.stem}.csv"
        for number in range(1, TIMES):
            shutil.copyfile(rows, rows.with_name(f"{page.stem}-{number}.csv"))
            again = text.replace(f"fig-indicator-{page.stem}", f"fig-indicator-{page.stem}-{number}")
            again = again.replace("\n# ", f"\n# {number} ", 1)
            page.with_name(f"{page.stem}-{number}.md").write_text(again, encoding="utf-8")
    settings = grown / "_config.yml"
    listed = re.sub(
        r"(?m)^( *- )(indicators/.*)$",
        lambda line: "\n".join([line[0], *(f"{line[1]}{line[2]}-{number}" for number in range(1, TIMES))]),
        settings.read_text(encoding="utf-8"),
    )
    settings.write_text(listed, encoding="utf-8")
    out = grown.with_name("ten-times-made")
    cost = run([*command, "build", "--all", "-q", grown, "--path-output", out], folder)
    return cost, out / "_build" / "html"


@dataclass
class Measured:
    """The costs of every way, and of the executing part of (a), (b) and (e)."""

    pages: int
    papermill: Cost
    indicators: Cost
    books: Cost
    cold: list[Cost]
    whole: list[Cost]
    before: Before | None
    site: Site
    executing: list[float]
    unchanged: list[Cost]
    changed: list[Cost]
    made_again: int
    watched: list[Cost]
    floor: list[Cost]
    starts: dict[str, Cost]
    tenfold: Cost
    search_tenfold: int
    """Bytes that a search loads where there are ten times the indicators."""

    @property
    def others(self) -> Cost:
        """All of (a)."""
        return in_turn([self.papermill, self.indicators, self.books])


def from_nothing(folder: Path, *options: str) -> Cost:
    """Build the book in a folder where nothing has been built."""
    for name in ("_build", "_site"):
        shutil.rmtree(folder / name, ignore_errors=True)
    return ours(folder, *options)


def measure(folder: Path, scratch: Path, repeats: int, against: Path | None) -> Measured:
    """Make the book in every way."""
    before = None
    if against is not None:
        say(f"(b0) the code in {against}")
        before = by_other_code(against, scratch / "before", repeats)
    whole, cold, executing = [], [], []
    for number in range(repeats):
        say(f"(b) ours from nothing, {number + 1} of {repeats}")
        whole.append(from_nothing(folder))
        if not number:
            say("what readers load, and when they see it")
            site = weighed(folder / "_site", repeats)
        cold.append(from_nothing(folder, "--html"))
        executing.append(executed(cold[-1])[0])
    say("(a) papermill, one page after the other in cold kernels")
    jobs = jobs_of(folder, scratch / "jobs")
    papermills = one_after_the_other(jobs, scratch / "notebooks")
    say("(a) pages of the indicators, one after the other")
    indicators = indicator_pages(figures_seen(folder), scratch / "indicators")
    say("(a) jupyter-book build, both languages")
    books = jupyter_books(folder, scratch / "books")
    say("(e) the floor")
    # Read afresh: the catalog keeps what it has looked up, which the floor must not find ready.
    seen = figures_seen(folder)
    floors = [floor(jobs, seen, scratch / "floor") for _ in range(repeats)]
    say("(c) ours with nothing changed")
    ours(folder)
    unchanged = [ours(folder) for _ in range(repeats)]
    changed, again = [], 0
    for number in range(repeats):
        say(f"(d) ours with one observation of {change_one_figure(folder)} changed, {number + 1} of {repeats}")
        changed.append(ours(folder))
        again = executed(changed[-1])[1]
    say("(w) ours with one observation changed, watched")
    kept = watched(folder, repeats)
    say("(x) the pages of the indicators ten times")
    tenfold, grown = ten_times(folder, [sys.executable, "-c", SPHINX])
    say("start-up of commands")
    starts = {
        " ".join(words): median([run([*QUALITYBOOK, *words], folder) for _ in range(repeats)]) for words in STARTS
    }
    return Measured(
        len(jobs),
        papermills,
        indicators,
        books,
        cold,
        whole,
        before,
        site,
        executing,
        unchanged,
        changed,
        again,
        kept,
        floors,
        starts,
        tenfold,
        searched(grown),
    )


def costs(found: Measured) -> str:
    """Return the table of what was measured."""
    others = found.others
    again = f"{found.made_again} of {found.pages} pages"
    rows = [
        ("(a) papermill in turn, cold kernels, and jupyter-book build", others),
        ("(a) of that, papermill", found.papermill),
        ("(a) of that, pages of the indicators", found.indicators),
        ("(b) ours from nothing, website", median(found.cold)),
        ("(b) ours from nothing, website and printed forms", median(found.whole)),
        *_rows_of(found.before),
        ("(c) ours, nothing changed, website and PDF", median(found.unchanged)),
        (f"(d) ours, one observation changed ({again}), website and PDF", median(found.changed)),
        ("(w) ours, one observation changed, watched, website", median(found.watched)),
        ("(e) floor: the same pages by plain functions, two processes", median(found.floor)),
        ("(x) Sphinx, ten times the indicators", found.tenfold),
        *((f"qualitybook {name}", cost) for name, cost in found.starts.items()),
    ]
    lines = [
        (name, f"{cost.cpu:.1f}", f"{cost.wall:.2f}", f"{others.cpu / cost.cpu:.1f}", f"{cost.tree:.0f}")
        for name, cost in rows
    ]
    return table(("way", "CPU s", "wall s", "(a) / this, CPU", "peak MiB, all processes"), lines)


def _rows_of(before: Before | None) -> list[tuple[str, Cost]]:
    """Return the rows of (b0)."""
    if before is None:
        return []
    return [
        ("(b0) other code from nothing, website and printed forms", before.whole),
        ("(b0) other code, nothing changed", before.unchanged),
        ("(b0) other code, one observation changed, website and printed forms", before.changed),
        ("(b0) other code, Sphinx, ten times the indicators", before.tenfold),
    ]


def goals(found: Measured) -> list[str]:
    """Return the goals, each with its measure, held or missed."""
    others = found.others
    cold, whole, unchanged, changed, least = (
        median(ways) for ways in (found.cold, found.whole, found.unchanged, found.changed, found.floor)
    )
    executing = statistics.median(found.executing)
    peak = max(cost.tree for cost in (cold, whole, unchanged, changed))
    starts = [(name, cost.wall, most) for (name, cost), most in zip(found.starts.items(), STARTS.values(), strict=True)]
    return [
        *_against(found),
        goal(
            f"(b) website, at least 3.5 times less CPU than (a): {others.cpu / cold.cpu:.1f}",
            others.cpu >= 3.5 * cold.cpu,
        ),
        goal(
            f"executing part of (b), {executing:.1f} s, at most 1.25 times the floor: {executing / least.wall:.2f}",
            executing <= 1.25 * least.wall,
        ),
        goal(f"peak of all processes at most 1,000 MiB, every way: {peak:,.0f}", peak <= 1000),
        *_weights(found.site),
        goal(
            f"a search with ten times the indicators at most 300 KB: {found.search_tenfold / 1e3:.0f}",
            found.search_tenfold <= 300e3,
        ),
        goal(f"Sphinx, ten times the indicators, at most 300 MiB: {found.tenfold.tree:.0f}", found.tenfold.tree <= 300),
        goal(
            f"(c) at least 50 times less CPU than (a): {others.cpu / unchanged.cpu:.0f}",
            others.cpu >= 50 * unchanged.cpu,
        ),
        goal(f"(c) at most 3 s: {unchanged.wall:.2f} s", unchanged.wall <= 3),
        *(goal(f"qualitybook {name} at most {most:g} s: {wall:.2f} s", wall <= most) for name, wall, most in starts),
    ]


def _against(found: Measured) -> list[str]:
    """Return the goals against other code; without it they are not measured."""
    before = found.before
    if before is None:
        return ["not measured  against (b0): name a work tree with its own .venv by --against"]
    changed = before.changed
    ratios = (
        ("from nothing", before.whole, median(found.whole), 2.0),
        ("one observation changed", changed, median(found.changed), 2.0),
        ("one observation changed, watched, website alone", changed, median(found.watched), 4.0),
        ("Sphinx, ten times the indicators", before.tenfold, found.tenfold, 10.0),
    )
    slower, paint = median(found.unchanged).cpu / before.unchanged.cpu, before.paint / found.site.paint
    return [
        *(
            goal(
                f"{name}, at least {least:g} times less CPU than (b0): {then.cpu / now.cpu:.2f}",
                then.cpu >= least * now.cpu,
            )
            for name, then, now, least in ratios
        ),
        goal(f"(c) at most 1.1 times the CPU of (b0): {slower:.2f}", slower <= 1.1),
        goal(f"first paint on a slow line at least 2 times sooner than (b0): {paint:.2f}", paint >= 2),
    ]


def _weights(site: Site) -> list[str]:
    """Return the goals of what readers load."""
    return [
        goal(f"site at most 42 MB: {site.size / 1e6:.1f} MB in {site.files:,} files", site.size <= 42e6),
        goal(f"no two files with the same bytes: {site.alike:,} have those of another", not site.alike),
        goal(f"front page at most 300 KB: {site.front / 1e3:.0f}", site.front <= 300e3),
        goal(f"a goal's page at most 500 KB: {site.target / 1e3:.0f}", site.target <= 500e3),
        goal(f"a search at most 300 KB: {site.search / 1e3:.0f}", site.search <= 300e3),
        goal(f"at least 50% of the style sheets used: {site.styles:.0%}", site.styles >= 0.5),
    ]


def extrapolated(found: Measured) -> str:
    """Return what many pages like these would cost, if a worker does nothing else and is never waited for."""
    seconds = statistics.median(found.executing) * (os.cpu_count() or 1) / found.pages
    hours = ", ".join(f"{MANY_PAGES * seconds / workers / 3600:.2f} h on {workers}" for workers in MANY_WORKERS)
    compiling = median(found.cold).wall - statistics.median(found.executing)
    return (
        f"A page takes a worker {seconds:.2f} s; extrapolated, {MANY_PAGES:,} pages take {hours} (workers). "
        f"What follows the pages took {compiling:.1f} s for {found.pages} pages and is not shared by workers."
    )


def main() -> None:
    """Measure and print; the exit status says nothing about the goals."""
    parser = argparse.ArgumentParser(description="Compare ways to make one and the same book.")
    parser.add_argument("--small", action="store_true", help="the tests' small book, to try this script")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each way but (a); default 3")
    parser.add_argument("--against", type=Path, help="a work tree of other code, with its own .venv: (b0)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = copy_project(Path(scratch) / "book", options.small)
        found = measure(folder, Path(scratch), options.repeats, options.against)
    print(f"{found.pages} pages, {os.cpu_count()} processors, median of {options.repeats} (once for (a))\n")
    said = [SMALL] if options.small else [*goals(found), "", extrapolated(found)]
    print("\n".join([costs(found), "", *said]))


if __name__ == "__main__":
    main()

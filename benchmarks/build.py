"""Measure ways to make one and the same book, in one run: ``python benchmarks/build.py [--small] [--repeats 3]``.

What counts is CPU time of all processes. The pace of a machine varies from hour to hour: goals are ratios of one run.

(a) As others do it: papermill, one notebook after the other, each in a cold kernel, then ``jupyter-book build`` of both
    languages. Both are called within one process, which spares them the start of a command for each page. The pages of
    the indicators, which have no notebook, are written by our own functions, one after the other in the same process.
(b) Ours from nothing, with an empty store: ``qualitybook build --html``, the same with the PDF that (b0) makes too, and
    with all forms, once.
(b0) Other code, if ``--against`` names a work tree that has its own ``.venv``: its own book from nothing, with nothing
    changed and with the observation changed, website and PDF.
(c) Ours with nothing changed, both languages, website and PDF.
(d) Ours with one observation changed, the same.
(w) The same website under ``serve --watch``, in a process that stays and has built once after a change.
(e) The floor of the executing part: the calls of the same notebooks, and the pages of the indicators, as plain
    functions in two forks of a process that has imported the libraries.
(x) Sphinx alone on the Chinese book with the page of each indicator ten times, ours and that of (b0).

(a) is run once, the others `repeats` times; what is compared runs in turn, one of each after the other, and the median
of the ratios of such pairs is judged, since a machine's pace can change twofold within a run. ``--small`` takes the
small book of the tests, to try this script: its pages do nothing, so that its numbers say nothing about the goals.
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
from dataclasses import dataclass, field
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
BOTH = ("--html", "--pdf")
"""The forms that code of before the brief and the slides makes by itself."""
QUALITYBOOK = (sys.executable, "-c", "from qualitybook.cli import main; main()")
JUPYTER_BOOK = "from jupyter_book.cli.main import main; main()"
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
    return copy_sources(ROOT, folder)


def copy_sources(tree: Path, folder: Path) -> Path:
    """Copy what the book of a work tree is made from."""
    folder.mkdir(parents=True)
    for name in ("_config.yml", "_toc.yml"):
        shutil.copy(tree / name, folder / name)
    for name in ("book", "notebooks", "data"):
        shutil.copytree(tree / name, folder / name)
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
    command = [sys.executable, "-c", JUPYTER_BOOK, "build", "--all", "-q"]
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


class Watched:
    """A website under ``serve --watch``; what its first build and its first change cost is not counted."""

    def __init__(self, folder: Path) -> None:
        command = [*QUALITYBOOK, "serve", "--watch", "--port", "0"]
        self.folder = folder
        self.process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stderr is not None
        self.built = (line for line in self.process.stderr if line.endswith(": built\n"))
        next(self.built)
        self.change()

    def change(self) -> Cost:
        """Change one observation, and return what the site that is made of it costs."""
        cost = Cost()
        start, used = time.perf_counter(), cpu_of_all(self.process.pid)
        with sampled(cost, self.process.pid):
            change_one_figure(self.folder)
            next(self.built)
        cost.wall, cost.cpu = time.perf_counter() - start, cpu_of_all(self.process.pid) - used
        return cost

    def close(self) -> None:
        """End it."""
        with self.process:
            self.process.terminate()


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


@dataclass
class Before:
    """Other code and its book, and what that takes: from nothing, unchanged, one observation changed, ten times."""

    python: str
    """Of its own environment."""
    folder: Path
    whole: list[Cost] = field(default_factory=list)
    unchanged: list[Cost] = field(default_factory=list)
    changed: list[Cost] = field(default_factory=list)
    tenfold: Cost = field(default_factory=Cost)
    paint: float = 0.0
    """Milliseconds until its first page begins to be seen."""

    @classmethod
    def of(cls, tree: Path, folder: Path) -> Before:
        """Return the code of a work tree, with a copy of what its book is made from."""
        return cls(str(tree / ".venv/bin/python"), copy_sources(tree, folder))

    def build(self) -> Cost:
        """Build its book by its own code."""
        return run([self.python, *QUALITYBOOK[1:], "build"], self.folder)


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
    """The costs of every way, one of each for each repeat but those of (a) and (x)."""

    before: Before | None
    papermill: Cost = field(default_factory=Cost)
    indicators: Cost = field(default_factory=Cost)
    books: Cost = field(default_factory=Cost)
    cold: list[Cost] = field(default_factory=list)
    whole: list[Cost] = field(default_factory=list)
    """Website and PDF."""
    every_form: Cost = field(default_factory=Cost)
    executing: list[float] = field(default_factory=list)
    """Seconds of wall time of the executing part of `cold`."""
    floor: list[Cost] = field(default_factory=list)
    unchanged: list[Cost] = field(default_factory=list)
    changed: list[Cost] = field(default_factory=list)
    watched: list[Cost] = field(default_factory=list)
    pages: int = 0
    made_again: int = 0
    starts: dict[str, Cost] = field(default_factory=dict)
    tenfold: Cost = field(default_factory=Cost)
    search_tenfold: int = 0
    """Bytes that a search loads where there are ten times the indicators."""
    pace: float = 1.0
    """CPU time of one and the same command after all else, as a multiple of that before."""

    @property
    def others(self) -> Cost:
        """All of (a)."""
        return in_turn([self.papermill, self.indicators, self.books])


def emptied(folder: Path) -> Path:
    """Return the folder of a book of which nothing is built any more."""
    for name in ("_build", "_site"):
        shutil.rmtree(folder / name, ignore_errors=True)
    return folder


def measure(folder: Path, scratch: Path, repeats: int, against: Path | None) -> tuple[Measured, Site]:
    """Make the book in every way; what is compared runs in turn."""
    found = Measured(None if against is None else Before.of(against, scratch / "before"))
    pace = run([*QUALITYBOOK, "assess"], folder).cpu
    say("from nothing: (b0), (b), and (e) the floor")
    site = first_from_nothing(found, folder, repeats)
    jobs = jobs_of(folder, scratch / "jobs")
    found.pages = len(jobs)
    website_from_nothing(found, jobs, folder, scratch)
    found.papermill, found.indicators, found.books = by_others(jobs, folder, scratch)
    for number in range(1, repeats):
        say(f"from nothing: (b0), (b), and (e) the floor, {number + 1} of {repeats}")
        whole_from_nothing(found, folder)
        website_from_nothing(found, jobs, folder, scratch)
    with_nothing_changed(found, folder, repeats)
    with_one_changed(found, folder, scratch, repeats)
    with_ten_times(found, folder)
    say("start-up of commands")
    found.starts = {
        " ".join(words): median([run([*QUALITYBOOK, *words], folder) for _ in range(repeats)]) for words in STARTS
    }
    found.pace = run([*QUALITYBOOK, "assess"], folder).cpu / pace
    return found, site


def whole_from_nothing(found: Measured, folder: Path) -> None:
    """Build website and PDF, first by other code."""
    if found.before is not None:
        emptied(found.before.folder)
        found.before.whole.append(found.before.build())
    found.whole.append(ours(emptied(folder), *BOTH))


def first_from_nothing(found: Measured, folder: Path, repeats: int) -> Site:
    """Build website and PDF, then all forms, and ask what their readers load, and when they see it."""
    whole_from_nothing(found, folder)
    found.every_form = ours(emptied(folder))
    say("what readers load, and when they see it")
    if found.before is not None:
        found.before.paint = first_paint(found.before.folder / "_site", repeats)
    return weighed(folder / "_site", repeats)


def website_from_nothing(found: Measured, jobs: Sequence[PageJob], folder: Path, scratch: Path) -> None:
    """Build the website alone, and make its pages by plain functions."""
    found.cold.append(ours(emptied(folder), "--html"))
    found.executing.append(executed(found.cold[-1])[0])
    # Read afresh: the catalog keeps what it has looked up, which the floor must not find ready.
    found.floor.append(floor(jobs, figures_seen(folder), scratch / "floor"))


def with_nothing_changed(found: Measured, folder: Path, repeats: int) -> None:
    """Build what is there already."""
    say("(c) with nothing changed, (b0) and ours")
    ours(folder, *BOTH)
    for _ in range(repeats):
        if found.before is not None:
            found.before.unchanged.append(found.before.build())
        found.unchanged.append(ours(folder, *BOTH))


def with_one_changed(found: Measured, folder: Path, scratch: Path, repeats: int) -> None:
    """Change one observation after the other; under a watch as well, in a folder of its own."""
    shutil.copytree(folder, scratch / "watched")
    with closing(Watched(scratch / "watched")) as watched:
        for number in range(repeats):
            say(f"one observation changed: (b0), (d), and (w) watched, {number + 1} of {repeats}")
            if found.before is not None:
                change_one_figure(found.before.folder)
                found.before.changed.append(found.before.build())
            change_one_figure(folder)
            found.changed.append(ours(folder, *BOTH))
            found.made_again = executed(found.changed[-1])[1]
            found.watched.append(watched.change())


def with_ten_times(found: Measured, folder: Path) -> None:
    """Have Sphinx write ten times the pages of the indicators."""
    say("(x) the pages of the indicators ten times")
    if found.before is not None:
        found.before.tenfold, _ = ten_times(found.before.folder, [found.before.python, "-c", JUPYTER_BOOK])
    found.tenfold, grown = ten_times(folder, [sys.executable, "-c", SPHINX])
    found.search_tenfold = searched(grown)


def by_others(jobs: Sequence[PageJob], folder: Path, scratch: Path) -> tuple[Cost, Cost, Cost]:
    """Make the book as others do: its notebooks, the pages of the indicators, and the books of both languages."""
    say("(a) papermill, one page after the other in cold kernels")
    papermills = one_after_the_other(jobs, scratch / "notebooks")
    say("(a) pages of the indicators, one after the other")
    indicators = indicator_pages(figures_seen(folder), scratch / "indicators")
    say("(a) jupyter-book build, both languages")
    return papermills, indicators, jupyter_books(folder, scratch / "books")


def ratio(then: Sequence[Cost], now: Sequence[Cost]) -> float:
    """Return how many times less CPU time the second of each pair takes, the median of pairs."""
    return statistics.median(one.cpu / other.cpu for one, other in zip(then, now, strict=True))


def costs(found: Measured) -> str:
    """Return the table of what was measured."""
    others = found.others
    again = f"{found.made_again} of {found.pages} pages"
    rows = [
        ("(a) papermill in turn, cold kernels, and jupyter-book build", others),
        ("(a) of that, papermill", found.papermill),
        ("(a) of that, pages of the indicators", found.indicators),
        ("(b) ours from nothing, website", median(found.cold)),
        ("(b) ours from nothing, website and PDF", median(found.whole)),
        ("(b) ours from nothing, website, PDF, one page and slides", found.every_form),
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
        ("(b0) other code from nothing, website and PDF", median(before.whole)),
        ("(b0) other code, nothing changed", median(before.unchanged)),
        ("(b0) other code, one observation changed, website and PDF", median(before.changed)),
        ("(b0) other code, Sphinx, ten times the indicators", before.tenfold),
    ]


def goals(found: Measured, site: Site) -> list[str]:
    """Return the goals, each with its measure, held or missed."""
    others = found.others
    cold, whole, unchanged, changed = (
        median(ways) for ways in (found.cold, found.whole, found.unchanged, found.changed)
    )
    executing = statistics.median(
        seconds / least.wall for seconds, least in zip(found.executing, found.floor, strict=True)
    )
    peak = max(cost.tree for cost in (cold, whole, found.every_form, unchanged, changed))
    starts = [(name, cost.wall, most) for (name, cost), most in zip(found.starts.items(), STARTS.values(), strict=True)]
    return [
        *_against(found, site),
        goal(
            f"(b) website, at least 3.5 times less CPU than (a): {others.cpu / cold.cpu:.1f}",
            others.cpu >= 3.5 * cold.cpu,
        ),
        goal(
            f"executing part of (b) at most 1.25 times the floor: {executing:.2f}",
            executing <= 1.25,
        ),
        goal(f"peak of all processes at most 1,000 MiB, every way: {peak:,.0f}", peak <= 1000),
        *_weights(site),
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


def _against(found: Measured, site: Site) -> list[str]:
    """Return the goals against other code; without it they are not measured."""
    before = found.before
    if before is None:
        return ["not measured  against (b0): name a work tree with its own .venv by --against"]
    ratios = (
        ("from nothing", ratio(before.whole, found.whole), 2.0),
        ("one observation changed", ratio(before.changed, found.changed), 2.0),
        ("one observation changed, watched, website alone", ratio(before.changed, found.watched), 4.0),
        ("Sphinx, ten times the indicators", before.tenfold.cpu / found.tenfold.cpu, 10.0),
    )
    slower, paint = 1 / ratio(before.unchanged, found.unchanged), before.paint / site.paint
    return [
        *(
            goal(f"{name}, at least {least:g} times less CPU than (b0): {times:.2f}", times >= least)
            for name, times, least in ratios
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


def paced(pace: float) -> str:
    """Return how far the machine's pace can be trusted."""
    moved = "" if abs(pace - 1) <= 0.1 else " That is more than 10%: trust ratios, not seconds."
    return f"One command took {pace:.2f} times the CPU time after all else that it took before.{moved}"


def main() -> None:
    """Measure and print; the exit status says nothing about the goals."""
    parser = argparse.ArgumentParser(description="Compare ways to make one and the same book.")
    parser.add_argument("--small", action="store_true", help="the tests' small book, to try this script")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each way but (a); default 3")
    parser.add_argument("--against", type=Path, help="a work tree of other code, with its own .venv: (b0)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = copy_project(Path(scratch) / "book", options.small)
        found, site = measure(folder, Path(scratch), options.repeats, options.against)
    print(f"{found.pages} pages, {os.cpu_count()} processors, median of {options.repeats} (once for (a))\n")
    said = [SMALL] if options.small else [*goals(found, site), "", extrapolated(found)]
    print("\n".join([costs(found), "", *said, "", paced(found.pace)]))


if __name__ == "__main__":
    main()

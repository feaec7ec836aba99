"""How pages are made: by notebooks, each in a process of its own, here or on a Dask cluster; those of the indicators.

A job says what its page is made from, and a key for all of that. It returns its outcome and does not raise, so that all
pages are tried and every failure is reported at once.

On a cluster, what a page needs travels with its task, and its files come back as bytes: nothing is read from or written
to a disk that machines would have to share. A task whose worker is lost is run again on another one by the scheduler.

The pages of the indicators are made where their sheets have changed, else taken from the store. They belong to the web
pages of the current edition only, and stand outside the table of contents, so that the PDF, which follows it, does not
have them; `qualitybook.publish.web.pages` admits them to the website.
"""

from __future__ import annotations

import json
import logging
import re
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, as_completed
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from threading import Event
from typing import Any

import nbformat

from qualitybook.errors import PageError, RefusedError, json_of
from qualitybook.publish.cache import (
    Store,
    digest_of_bytes,
    digest_of_code,
    digest_of_package,
    digest_of_value,
    leave_note,
    note_in,
    write_files,
)
from qualitybook.publish.environment import (
    CELL_SECONDS,
    MEBIBYTE,
    PAGE_MEMORY,
    build_environment,
    epoch_of,
    limited_memory,
    process_environment,
)
from qualitybook.publish.layout import Project, Volume
from qualitybook.publish.notebook import (
    CELL_NUMBER,
    check_outputs,
    cleaned,
    names_used,
    parts_used,
    render_notebook,
    write_notebook,
)
from qualitybook.publish.plan import Page, Plan
from qualitybook.publish.processes import dropping, start_telling, worker_pool
from qualitybook.publish.scratch import TEMPORARY, scratch_folder, temporary_parent
from qualitybook.report import FIGURES
from qualitybook.report.i18n import Words
from qualitybook.report.indicators import Sheet, Sheets, docname, write_catalogue

KERNEL = "python3"
_TRACEBACK_LINES = 12

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass(frozen=True)
class PageJob:
    """Everything that a worker needs to make one page, as plain values."""

    page: Page
    """What to make; its context is complete."""
    template: Path
    """The notebook that makes it."""
    authored: Path
    """Folder of the language's authored pages."""
    source: Path
    """The book's source folder: working directory of the notebook, and where the page is written."""
    lang: str
    """Language code."""
    epoch: int
    """Seconds since 1970 that the page takes for now."""
    timeout: int = CELL_SECONDS
    """Seconds that one cell may take."""
    memory: int = PAGE_MEMORY
    """MiB of memory that the page may take."""
    evidence: Path | None = None
    """What the page may read of the evidence, for its parameter `data`."""
    key: str = ""
    """SHA-256 of everything that the page is made from."""

    @property
    def name(self) -> str:
        """Edition, language and name of the page."""
        return f"{self.page.parameters['edition']}/{self.lang} {self.page.docname}"


@dataclass(frozen=True)
class Failure:
    """Why a page could not be made."""

    cell: int | None
    """Number of the template's cell, from 1, where one is at fault."""
    ename: str
    evalue: str
    """Kind of the error and its message."""
    traceback: str = ""
    """The last lines of the traceback, without colours; empty where there is none."""


@dataclass(frozen=True)
class Result:
    """What became of one page; `failure` is None where it was made, `stored` says that it was not made anew."""

    job: PageJob
    failure: Failure | None = None
    stored: bool = False

    @property
    def ok(self) -> bool:
        """Whether the page was made."""
        return self.failure is None

    def __str__(self) -> str:
        if self.failure is None:
            return f"{self.job.name}: {'stored' if self.stored else 'made'}"
        cell = "" if self.failure.cell is None else f", cell {self.failure.cell}"
        return (
            f"{self.job.name} (notebooks/{self.job.template.name}{cell}): {self.failure.ename}: {self.failure.evalue}"
        )


def execute_pages(
    jobs: Sequence[PageJob],
    executor: Executor,
    on_done: Callable[[Result], None] | None = None,
    run: Callable[[PageJob], Result] | None = None,
) -> list[Result]:
    """Make the pages and return what became of each, in the order of the jobs.

    Parameters
    ----------
    run
        What makes a page; default: `run_page`.
    """
    places: dict[Future[Result], int] = {executor.submit(run or run_page, job): place for place, job in enumerate(jobs)}
    results: dict[int, Result] = {}
    for future in as_completed(places):
        place = places[future]
        error = future.exception()
        results[place] = future.result() if error is None else _lost(jobs[place], error)
        if on_done is not None:
            on_done(results[place])
    return [results[place] for place in range(len(jobs))]


@dataclass(frozen=True)
class StoringRun:
    """Makes a page in a folder of its own and puts it into a store; to be run by an executor."""

    store: Store

    def __call__(self, job: PageJob) -> Result:
        """Make a page that is not in the store."""
        try:
            with self.store.draft() as folder:
                (folder / FIGURES).mkdir()
                result = run_page(replace(job, source=folder.resolve()))
                if result.ok and job.key:
                    self.store.put(job.key, job.name, folder)
        except OSError as error:
            return _lost(job, error)
        return replace(result, job=job)


def _lost(job: PageJob, error: BaseException) -> Result:
    """Return the result of a page that an error prevented."""
    return Result(job, Failure(None, type(error).__name__, str(error)))


def run_page(job: PageJob) -> Result:
    """Render, execute, check and write one page in a process of its own, which ends with all that it has started.

    Where the page cannot be made, the result says why, and nothing is written.
    """
    page = start_telling(__name__, job, process_environment(job.epoch))
    cell, seconds = None, None
    try:
        while not isinstance(said := page.receive(seconds), Result):
            # The number of a cell that begins, 0 for the filling in, None when it ends: what comes between takes what
            # it takes.
            cell = said or cell
            seconds = None if said is None else job.timeout
        return replace(said, job=job)
    except TimeoutError:
        if cell is None:
            reason = f"not filled in after {job.timeout} seconds; let its parts repeat less"
            return Result(job, Failure(cell, PageError.__name__, reason))
        reason = f"A cell timed out while it was being executed, after {job.timeout} seconds."
        return Result(job, Failure(cell, "CellTimeoutError", reason + _way_out("CellTimeoutError", job)))
    except EOFError:
        return Result(job, Failure(cell, "DeadKernelError", "Kernel died"))
    finally:
        page.end()


def main(tell: Callable[[object], None], job: PageJob) -> None:
    """Be the process of a page: tell the number of each cell that begins, None when it ends, and at last the result."""
    try:
        result = _make(job, tell)
    except Exception as error:
        result = _lost(job, error)
    tell(result)


def _make(job: PageJob, tell: Callable[[object], None]) -> Result:
    """Make a page in this process."""
    try:
        tell(0)
        with limited_memory(job.memory * MEBIBYTE):
            notebook = render_notebook(job.template, job.page.context, job.authored, job.lang)
        tell(None)
        executed = _execute(notebook, job, tell)
        if isinstance(executed, Failure):
            return Result(job, executed)
        check_outputs(executed)
        write_notebook(cleaned(executed, job.page.parameters), job.source / f"{job.page.docname}.ipynb")
    except PageError as error:
        return Result(job, Failure(error.cell, type(error).__name__, error.reason))
    return Result(job)


def _execute(
    notebook: nbformat.NotebookNode, job: PageJob, tell: Callable[[object], None]
) -> nbformat.NotebookNode | Failure:
    """Run a notebook, and return it with its outputs."""
    import papermill

    from qualitybook.publish import engine

    logging.getLogger("papermill").setLevel(logging.ERROR)
    parameters = dict(job.page.parameters)
    if job.evidence is not None:
        parameters["data"] = str(job.evidence)
    begun: list[int] = []

    def on_cell(cell: nbformat.NotebookNode, begins: bool) -> None:
        number = cell.metadata.get(CELL_NUMBER, 0)
        if begins and number:
            begun.append(number)
        tell(number if begins else None)

    try:
        with scratch_folder(temporary_parent(), TEMPORARY) as folder:
            return papermill.execute_notebook(
                notebook,
                None,
                parameters=parameters,
                kernel_name=KERNEL,
                language="python",
                cwd=job.source,
                engine_name=engine.register(),
                progress_bar=False,
                folder=folder,
                memory=job.memory * MEBIBYTE,
                on_cell=on_cell,
            )
    except papermill.PapermillExecutionError as error:
        lines = _ANSI.sub("", "\n".join(error.traceback)).splitlines()
        text = "\n".join(lines[-_TRACEBACK_LINES:])
        reason = _ANSI.sub("", str(error.evalue)) + _way_out(str(error.ename), job)
        return Failure(begun[-1] if begun else None, str(error.ename), reason, text)


def _way_out(error: str, job: PageJob) -> str:
    """Return what to do about a page that took too much, nothing for other errors."""
    if error.endswith("MemoryError"):
        return f" (the page may take {job.memory} MiB of memory; --memory gives it more)"
    if error == "CellTimeoutError":
        return f" (a cell may take {job.timeout} seconds; --timeout gives it more)"
    return ""


def page_jobs(project: Project, plan: Plan) -> list[PageJob]:
    """Return the jobs of a book's executed pages, in the book's order; each gets the context that its template uses."""
    volume = plan.volume
    jobs = [
        PageJob(
            page=page,
            template=project.template(page.template),
            authored=volume.authored.resolve(),
            source=volume.draft.resolve(),
            lang=volume.lang,
            epoch=epoch_of(volume.edition.as_of),
            evidence=page.evidence,
        )
        for page in plan.pages
    ]
    used = {template: _used(template, jobs[0].authored, jobs[0].lang) for template in {job.template for job in jobs}}
    return [_complete(job, plan.context, used[job.template]) for job in jobs]


def _used(template: Path, authored: Path, lang: str) -> tuple[set[str], dict[str, str]] | None:
    """Return what a template uses: names, and the digests of authored parts; None where it cannot be read."""
    try:
        names, parts = names_used(template, authored, lang), parts_used(template, authored, lang)
    except (PageError, OSError):
        # What is wrong with it is told when the page is made.
        return None
    return names, {part.relative_to(authored).as_posix(): digest_of_bytes(part.read_bytes()) for part in parts}


def _complete(job: PageJob, context: Mapping[str, Any], used: tuple[set[str], Mapping[str, str]] | None) -> PageJob:
    """Return a job with the part of the context that its page uses, and its key; a broken page is never stored."""
    whole = job.page.within(context)
    if used is None:
        return replace(job, page=whole)
    names, parts = used
    page = replace(whole, context={name: value for name, value in whole.context.items() if name in names})
    return replace(job, page=page, key=_key(job, page, parts))


def _key(job: PageJob, page: Page, parts: Mapping[str, str]) -> str:
    """Return the SHA-256 of everything that a page is made from."""
    return digest_of_value(
        {
            "template": digest_of_bytes(job.template.read_bytes()),
            "parts": parts,
            "docname": page.docname,
            "parameters": dict(page.parameters),
            "context": dict(page.context),
            "evidence": None if job.evidence is None else job.evidence.stem,
            "lang": job.lang,
            "environment": build_environment(job.epoch),
            "code": digest_of_code(job.lang),
        }
    )


_LOCAL = "local:"
_RETRIES = 3
# A page's environment variables are its process's: a worker with several threads makes its pages one after the other.
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True)
class _Parcel:
    """A page's job with the bytes of all files that it needs."""

    job: PageJob
    """The page; its paths mean nothing on another machine."""
    template: bytes
    evidence: bytes | None
    """The notebook, and what it may read of the evidence."""
    parts: Mapping[str, bytes]
    """The authored files that the template includes, by their names."""
    package: str
    """Digest of the code and the packages that are to make the page."""


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """Give the workers of a Dask cluster as an executor.

    Parameters
    ----------
    address
        A scheduler's address, such as ``tcp://host:8786``; or ``local:N`` for N processes on this machine.

    Raises
    ------
    RefusedError
        If Dask is not installed, the address is none, or nobody answers there.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise RefusedError("Dask is not installed; say pip install 'qualitybook[cluster]'", "--scheduler") from None
    workers = address.removeprefix(_LOCAL)
    if address.startswith(_LOCAL):
        if not workers.isdigit() or int(workers) < 1:
            raise RefusedError(f"{address!r} does not say how many processes; write {_LOCAL}4 for four", "--scheduler")
        options: dict[str, Any] = {"n_workers": int(workers), "threads_per_worker": 1, "dashboard_address": None}
        with LocalCluster(**options) as local, Client(local) as client:
            yield client.get_executor(retries=_RETRIES)
        return
    try:
        remote = Client(address)
    except (OSError, ValueError) as error:
        raise RefusedError(
            f"no scheduler answers at {address!r}: {error}; start one (dask scheduler), name it as tcp://HOST:PORT, or "
            f"write {_LOCAL}4 for four processes here",
            "--scheduler",
        ) from None
    with remote as client:
        yield client.get_executor(retries=_RETRIES)


def execute_on(
    executor: Executor, jobs: Sequence[PageJob], store: Store, on_done: Callable[[Result], None]
) -> list[Result]:
    """Make pages on workers that share nothing with this machine, and put them into the store."""
    running: dict[Future[tuple[Failure | None, dict[str, bytes]]], PageJob] = {
        executor.submit(_make_parcel, pack(job)): job for job in jobs
    }
    results = []
    for future in as_completed(running):
        result = _received(future, running[future], store)
        on_done(result)
        results.append(result)
    return results


def _received(future: Future[tuple[Failure | None, dict[str, bytes]]], job: PageJob, store: Store) -> Result:
    """Store the files that came back and return what became of the page."""
    error = future.exception()
    if error is not None:
        return _lost(job, error)
    failure, files = future.result()
    if failure is None:
        try:
            with store.draft() as folder:
                write_files(files, folder)
                store.put(job.key, job.name, folder)
        except OSError as problem:
            return _lost(job, problem)
    return Result(job, failure)


def pack(job: PageJob) -> _Parcel:
    """Return a job with everything that it needs."""
    parts = parts_used(job.template, job.authored, job.lang)
    return _Parcel(
        job=job,
        template=job.template.read_bytes(),
        evidence=None if job.evidence is None else job.evidence.read_bytes(),
        parts={part.relative_to(job.authored).as_posix(): part.read_bytes() for part in parts},
        package=digest_of_package(),
    )


def _make_parcel(parcel: _Parcel) -> tuple[Failure | None, dict[str, bytes]]:
    """Make a page on whatever machine this is.

    Returns
    -------
    tuple
        Why it could not be made, or None; and its files by their paths within the book.
    """
    if digest_of_package() != parcel.package:
        reason = "this worker has another version of qualitybook or of its packages; install the same lock file there"
        return Failure(None, "VersionError", reason), {}
    with _ONE_AT_A_TIME, tempfile.TemporaryDirectory(prefix="qb-", ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        job = unpacked(parcel, folder)
        result = run_page(job)
        if not result.ok:
            return result.failure, {}
        return None, {path.relative_to(job.source).as_posix(): path.read_bytes() for path in _files(job.source)}


def unpacked(parcel: _Parcel, folder: Path) -> PageJob:
    """Write what a page needs into a folder, and return its job there."""
    job = parcel.job
    template = f"{job.template.stem}.ipynb"
    files = {template: parcel.template, **{f"authored/{name}": data for name, data in parcel.parts.items()}}
    evidence = None
    if parcel.evidence is not None and job.evidence is not None:
        evidence = folder / job.evidence.name
        files[job.evidence.name] = parcel.evidence
    write_files(files, folder)
    (folder / "authored").mkdir(exist_ok=True)
    (folder / "source" / FIGURES).mkdir(parents=True)
    return replace(
        job,
        template=folder / template,
        authored=folder / "authored",
        source=folder / "source",
        evidence=evidence,
    )


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


_FEW = 40
"""So many pages are made sooner than processes start."""
_CHUNK = 10
_KEYS = "indicators.json"
"""File in a book's folder: the keys of its indicators' pages by what their sheets were made from."""


@dataclass(frozen=True)
class _Made:
    """A sheet and the key that it is stored under."""

    key: str
    sheet: Sheet

    @property
    def name(self) -> str:
        return f"{self.sheet.lang} {docname(self.sheet.indicator_id)}"


class GivenUpError(RuntimeError):
    """Nobody waits for the pages any more."""


def write_indicator_pages(plans: Iterable[Plan], store: Store, jobs: int, given_up: Event) -> list[tuple[int, str]]:
    """Write the pages of the indicators into the books that have them.

    Returns
    -------
    list of (int, str)
        How many pages each book has, and in words how many of them were made.

    Raises
    ------
    GivenUpError
        Soon after `given_up` was set.
    OSError
        If a page cannot be written.
    """
    books = [_Pages(plan.volume, plan.sheets) for plan in plans if plan.sheets is not None]
    _make_sheets((each for book in books for each in book.missing_from(store, given_up)), store, jobs, given_up)
    for book in books:
        for each in book.missing:
            if not store.fetch(each.key, book.volume.draft):
                raise OSError(f"the page {each.name} was lost from {store.folder}; build again")
        book.note_keys()
        write_catalogue(book.volume.draft, Words(book.volume.lang))
    return [(book.total, str(book)) for book in books]


@dataclass
class _Pages:
    """The pages of the indicators in one book."""

    volume: Volume
    """The book."""
    sheets: Sheets
    """What the pages say."""
    total: int = 0
    """How many pages it has, as far as they were gone through."""
    missing: list[_Made] = field(default_factory=list)
    """Those of them that the store did not have."""
    keys: dict[str, str] = field(default_factory=dict)
    """Keys of the pages gone through, by what their sheets were made from."""

    def __str__(self) -> str:
        stored = self.total - len(self.missing)
        return f"{self.volume.name} indicators: {len(self.missing)} made, {stored} stored"

    def missing_from(self, store: Store, given_up: Event) -> Iterator[_Made]:
        """Take the pages that are in the store into the book, and yield the others."""
        known = self._known_keys()
        for key in self.sheets.indicators:
            _go_on(given_up)
            self.total += 1
            made_from = digest_of_value([self.sheets.made_from(key), digest_of_code(self.volume.lang)])
            self.keys[made_from] = known.get(made_from, "")
            # Making a sheet takes longer than all the rest of taking its page from the store.
            if self.keys[made_from] and store.fetch(self.keys[made_from], self.volume.draft):
                continue
            made = _made(self.sheets.sheet(key))
            self.keys[made_from] = made.key
            if not store.fetch(made.key, self.volume.draft):
                self.missing.append(made)
                yield made

    def note_keys(self) -> None:
        """Note for the next build which page came of what."""
        leave_note(self._noted, json.dumps(self.keys, indent=1) + "\n")

    def _known_keys(self) -> dict[str, str]:
        """Return the keys of the last build's pages, none where its note is not there or not whole."""
        try:
            noted: dict[str, str] = json_of(note_in(self._noted))
            return {str(made_from): str(key) for made_from, key in noted.items()}
        except (OSError, ValueError, AttributeError):
            return {}

    @property
    def _noted(self) -> Path:
        return self.volume.folder / _KEYS


def _made(sheet: Sheet) -> _Made:
    return _Made(digest_of_value({"sheet": asdict(sheet), "code": digest_of_code(sheet.lang)}), sheet)


def _go_on(given_up: Event) -> None:
    if given_up.is_set():
        raise GivenUpError


def _make_sheets(missing: Iterator[_Made], store: Store, jobs: int, given_up: Event) -> None:
    """Put pages into the store as they come, in several processes where there are many."""
    first = list(islice(missing, _FEW + 1))
    if len(first) <= _FEW or jobs == 1:
        _put_sheets(store, chain(first, missing))
        return
    with dropping(worker_pool(jobs)) as pool:
        pages = chain(first, missing)
        # While other processes draw, this one goes through the sheets that follow.
        runs = [pool.submit(_put_sheets, store, chunk) for chunk in iter(lambda: list(islice(pages, _CHUNK)), [])]
        for run in as_completed(runs):
            run.result()
            _go_on(given_up)


def _put_sheets(store: Store, pages: Iterable[_Made]) -> None:
    for made in pages:
        with store.draft() as folder:
            made.sheet.write(folder)
            store.put(made.key, made.name, folder)

"""Pages run by papermill: each is a job of its own, on any `concurrent.futures` executor.

A job says what its page is made from, and a key for all of that. It returns its outcome and does not raise, so that all
pages are tried and every failure is reported at once.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat

from qualitybook.publish.cache import Store, digest_of_bytes, digest_of_code, digest_of_value
from qualitybook.publish.environment import (
    CELL_SECONDS,
    MEBIBYTE,
    PAGE_MEMORY,
    build_environment,
    epoch_of,
    process_environment,
)
from qualitybook.publish.layout import Project
from qualitybook.publish.notebook import (
    CELL_NUMBER,
    DisplayError,
    PageTemplateError,
    check_outputs,
    cleaned,
    names_used,
    parts_used,
    render_notebook,
    write_notebook,
)
from qualitybook.publish.plan import Page, Plan
from qualitybook.publish.processes import start_telling
from qualitybook.publish.scratch import TEMPORARY, scratch_folder, temporary_parent
from qualitybook.report.folders import FIGURES

KERNEL = "python3"
TRACEBACK_LINES = 12

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
            return Result(job, Failure(None, type(error).__name__, str(error)))
        return replace(result, job=job)


def _lost(job: PageJob, error: BaseException) -> Result:
    """Return the result of a page whose worker died."""
    return Result(job, Failure(None, type(error).__name__, str(error)))


def run_page(job: PageJob) -> Result:
    """Render, execute, check and write one page in a process of its own, which ends with all that it has started.

    Where the page cannot be made, the result says why, and nothing is written.
    """
    page = start_telling(__name__, job, process_environment(job.epoch))
    cell, seconds = None, None
    try:
        while not isinstance(said := page.receive(seconds), Result):
            # The number of a cell that begins, or None when it ends: what comes between takes what it takes.
            cell = said or cell
            seconds = None if said is None else job.timeout
        return replace(said, job=job)
    except TimeoutError:
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
        result = Result(job, Failure(None, type(error).__name__, str(error)))
    tell(result)


def _make(job: PageJob, tell: Callable[[object], None]) -> Result:
    """Make a page in this process."""
    try:
        notebook = render_notebook(job.template, job.page.context, job.authored, job.lang)
        executed = _execute(notebook, job, tell)
        if isinstance(executed, Failure):
            return Result(job, executed)
        check_outputs(executed)
        write_notebook(cleaned(executed, job.page.parameters), job.source / f"{job.page.docname}.ipynb")
    except (PageTemplateError, DisplayError) as error:
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
        text = "\n".join(lines[-TRACEBACK_LINES:])
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
    return [_complete(job, plan.context) for job in jobs]


def _complete(job: PageJob, context: Mapping[str, Any]) -> PageJob:
    """Return a job with the part of the context that its page uses, and its key."""
    whole = job.page.within(context)
    try:
        names = names_used(job.template, job.authored, job.lang)
        parts = parts_used(job.template, job.authored, job.lang)
    except (PageTemplateError, OSError):
        # What is wrong with the template is told when the page is made; such a page is never stored.
        return replace(job, page=whole)
    page = replace(whole, context={name: value for name, value in whole.context.items() if name in names})
    written = {part.relative_to(job.authored).as_posix(): digest_of_bytes(part.read_bytes()) for part in parts}
    return replace(job, page=page, key=_key(job, page, written))


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

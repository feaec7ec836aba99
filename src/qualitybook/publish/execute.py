"""Pages run by papermill: each is a job of its own, on any `concurrent.futures` executor.

A job returns its outcome and does not raise, so that all pages are tried and every failure is reported at once.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat

from qualitybook.publish.pages import Page
from qualitybook.publish.templates import CELL_NUMBER, PageTemplateError, number_cells, render_notebook

KERNEL = "python3"
CELL_TIMEOUT = 300
ALLOW_STDERR = "allow-stderr"
DROPPED_TAGS = frozenset({"parameters", "injected-parameters"})
UNSEEN_TAGS = frozenset({"hide-input", "remove-input", "remove-cell"})
TRACEBACK_LINES = 12
# A kernel that is told to stop may still try to answer on a closed socket; ipykernel and tornado log that as an error.
QUIET_SHUTDOWN = (
    "--IPKernelApp.log_level=50",
    "--IPKernelApp.exec_lines=import logging; logging.getLogger('tornado').setLevel(logging.CRITICAL)",
)

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": KERNEL},
    "language_info": {"name": "python", "pygments_lexer": "ipython3"},
}


@dataclass(frozen=True)
class PageJob:
    """Everything that a worker needs to make one page, as plain values.

    Attributes
    ----------
    page : Page
        What to make; its context is complete.
    template : pathlib.Path
        The notebook that makes it.
    authored : pathlib.Path
        Folder of the language's authored pages.
    source : pathlib.Path
        The book's source folder: working directory of the notebook, and where the page is written.
    lang : str
        Language code.
    epoch : int
        Seconds since 1970 that the page takes for now.
    timeout : int
        Seconds that one cell may take.
    """

    page: Page
    template: Path
    authored: Path
    source: Path
    lang: str
    epoch: int
    timeout: int = CELL_TIMEOUT


@dataclass(frozen=True)
class Failure:
    """Why a page could not be made.

    Attributes
    ----------
    cell : int or None
        Number of the template's cell, from 1, where one is at fault.
    ename, evalue : str
        Kind of the error and its message.
    traceback : str
        The last lines of the traceback, without colours; empty where there is none.
    """

    cell: int | None
    ename: str
    evalue: str
    traceback: str = ""


@dataclass(frozen=True)
class Result:
    """What became of one page; `failure` is None where it was made."""

    job: PageJob
    failure: Failure | None = None

    @property
    def ok(self) -> bool:
        """Whether the page was made."""
        return self.failure is None

    def __str__(self) -> str:
        name = f"{self.job.page.parameters['edition']}/{self.job.lang} {self.job.page.docname}"
        if self.failure is None:
            return f"{name}: made"
        cell = "" if self.failure.cell is None else f", cell {self.failure.cell}"
        return f"{name} (notebooks/{self.job.template.name}{cell}): {self.failure.ename}: {self.failure.evalue}"


class DisplayError(ValueError):
    """An output that may not stand in a book.

    Parameters
    ----------
    cell : int
        Number of the template's cell.
    reason : str
        What is wrong with it.
    """

    def __init__(self, cell: int, reason: str) -> None:
        self.cell = cell
        self.reason = reason
        super().__init__(cell, reason)


def epoch_of(day: date) -> int:
    """Return the seconds from 1970 to the start of a day, UTC: the build's idea of now."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def build_environment(epoch: int) -> dict[str, str]:
    """Return the environment variables that make kernels and Sphinx repeatable.

    Parameters
    ----------
    epoch : int
        Seconds since 1970 that the build takes for now.
    """
    return {
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": str(epoch),
        "TZ": "UTC",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MPLBACKEND": "agg",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "JUPYTER_PREFER_ENV_PATH": "1",
    }


@contextmanager
def local_pool(jobs: int) -> Iterator[Executor]:
    """Give a pool of worker processes; what has not started is dropped when the block is left by an error.

    Parameters
    ----------
    jobs : int
        Number of workers.
    """
    # A started process, not a forked one: the caller may hold threads (a progress display).
    pool = ProcessPoolExecutor(max_workers=jobs, mp_context=multiprocessing.get_context("spawn"))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def execute_pages(
    jobs: Sequence[PageJob], executor: Executor, on_done: Callable[[Result], None] | None = None
) -> list[Result]:
    """Make the pages and return what became of each, in the order of the jobs.

    Parameters
    ----------
    jobs : sequence of PageJob
        The pages; those of several books may be mixed.
    executor : concurrent.futures.Executor
        What runs them.
    on_done : callable, optional
        Told each result as it comes.
    """
    places: dict[Future[Result], int] = {executor.submit(run_page, job): place for place, job in enumerate(jobs)}
    results: dict[int, Result] = {}
    for future in as_completed(places):
        place = places[future]
        error = future.exception()
        results[place] = future.result() if error is None else _lost(jobs[place], error)
        if on_done is not None:
            on_done(results[place])
    return [results[place] for place in range(len(jobs))]


def _lost(job: PageJob, error: BaseException) -> Result:
    """Return the result of a page whose worker died."""
    return Result(job, Failure(None, type(error).__name__, str(error)))


def run_page(job: PageJob) -> Result:
    """Render, execute, check and write one page.

    Parameters
    ----------
    job : PageJob
        The page.

    Returns
    -------
    Result
        With the failure if there is one; then nothing is written.
    """
    try:
        notebook = render_notebook(job.template, job.page.context, job.authored, job.lang)
        with tempfile.TemporaryDirectory(prefix="qb-", dir=_short_folder()) as scratch:
            failure = _execute(notebook, job, Path(scratch))
            if failure is not None:
                return Result(job, failure)
            executed = nbformat.read(Path(scratch) / "page.ipynb", as_version=4)
        check_outputs(executed)
        write_notebook(cleaned(executed), job.source / f"{job.page.docname}.ipynb")
    except PageTemplateError as error:
        return Result(job, Failure(error.cell, "PageTemplateError", error.reason))
    except DisplayError as error:
        return Result(job, Failure(error.cell, "DisplayError", error.reason))
    except OSError as error:
        return Result(job, Failure(None, type(error).__name__, str(error)))
    return Result(job)


def _short_folder() -> str | None:
    """Return a folder with a short name: the path of a local socket may have about a hundred characters only."""
    return "/tmp" if os.path.isdir("/tmp") else None


def _execute(notebook: nbformat.NotebookNode, job: PageJob, scratch: Path) -> Failure | None:
    """Run a notebook, which papermill saves cell by cell to ``page.ipynb`` in `scratch`."""
    import papermill
    from traitlets.config import Config

    logging.getLogger("papermill").setLevel(logging.ERROR)
    # Sockets that only their owner can open; ports would be open to everyone on the machine and can collide.
    sockets = {"transport": "ipc", "ip": str(scratch / "kernel")}
    config = {} if sys.platform == "win32" else {"KernelManager": sockets}
    folders = {"IPYTHONDIR": str(scratch / "ipython"), "JUPYTER_RUNTIME_DIR": str(scratch)}
    try:
        with _environment(build_environment(job.epoch) | folders, without=("PYTHONDONTWRITEBYTECODE",)):
            papermill.execute_notebook(
                notebook,
                scratch / "page.ipynb",
                parameters=dict(job.page.parameters),
                kernel_name=KERNEL,
                language="python",
                cwd=job.source,
                progress_bar=False,
                execution_timeout=job.timeout,
                extra_arguments=list(QUIET_SHUTDOWN),
                config=Config(config),
            )
    except papermill.PapermillExecutionError as error:
        lines = _ANSI.sub("", "\n".join(error.traceback)).splitlines()
        text = "\n".join(lines[-TRACEBACK_LINES:])
        return Failure(_last_cell(scratch), str(error.ename), _ANSI.sub("", str(error.evalue)), text)
    except (TimeoutError, RuntimeError) as error:
        return Failure(_last_cell(scratch), type(error).__name__, str(error).strip().partition("\n")[0])
    return None


def _last_cell(scratch: Path) -> int | None:
    """Return the template's number of the last cell that was started."""
    path = scratch / "page.ipynb"
    if not path.exists():
        return None
    cells = nbformat.read(path, as_version=4).cells
    started = [cell for cell in cells if cell.metadata.get("papermill", {}).get("start_time")]
    numbers = [cell.metadata[CELL_NUMBER] for cell in started if CELL_NUMBER in cell.metadata]
    return numbers[-1] if numbers else None


@contextmanager
def _environment(values: Mapping[str, str], without: Sequence[str] = ()) -> Iterator[None]:
    """Set environment variables, which a kernel inherits, and put the former ones back."""
    before = {name: os.environ.get(name) for name in (*values, *without)}
    os.environ.update(values)
    for name in without:
        os.environ.pop(name, None)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def check_outputs(notebook: nbformat.NotebookNode) -> None:
    """Make sure that the outputs may stand in a book.

    Raises
    ------
    DisplayError
        If a cell wrote to the error stream (a warning printed into the book is a defect) without the tag
        ``allow-stderr``, or displayed Markdown with a heading, which would break the table of contents.
    """
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            _check_output(output, cell)


def _check_output(output: nbformat.NotebookNode, cell: nbformat.NotebookNode) -> None:
    number = cell.metadata.get(CELL_NUMBER, 0)
    if output.output_type == "stream" and output.name == "stderr" and ALLOW_STDERR not in _tags(cell):
        raise DisplayError(number, f"the cell wrote to the error stream: {_last_line(output.text)}")
    heading = first_heading(output.get("data", {}).get("text/markdown", ""))
    if heading is not None:
        raise DisplayError(number, f"displayed Markdown holds the heading {heading!r}; headings belong in cells")


def first_heading(markdown: str) -> str | None:
    """Return the text of the first heading of a Markdown text, None where there is none."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    for token, following in pairwise(tokens):
        if token.type == "heading_open":
            return following.content
    return None


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    named = [line for line in lines if "Warning:" in line or "Error:" in line]
    return (named or lines or [""])[-1]


def cleaned(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return an executed notebook without anything that differs between two runs, its input folded.

    Times, paths, parameters and random ids go; cells and outputs are numbered by their place.
    """
    kept = [cell for cell in notebook.cells if not DROPPED_TAGS & _tags(cell)]
    made = nbformat.v4.new_notebook(metadata=nbformat.from_dict(_METADATA), cells=[_clean_cell(cell) for cell in kept])
    number_cells(made)
    code = (cell for cell in made.cells if cell.cell_type == "code")
    for count, cell in enumerate(code, start=1):
        cell.execution_count = count
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count
    return made


def _clean_cell(cell: nbformat.NotebookNode) -> nbformat.NotebookNode:
    tags = _tags(cell)
    if cell.cell_type != "code":
        return nbformat.v4.new_markdown_cell(cell.source, metadata=_metadata(tags))
    if not tags & UNSEEN_TAGS:
        tags |= {"hide-input"}
    outputs = [_clean_output(output) for output in cell.outputs]
    return nbformat.v4.new_code_cell(cell.source, metadata=_metadata(tags), outputs=outputs)


def _clean_output(output: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return an output without metadata; the plain text beside Markdown, a Python repr, goes."""
    if "data" in output:
        output.metadata = nbformat.from_dict({})
        if "text/markdown" in output.data:
            output.data = nbformat.from_dict({"text/markdown": output.data["text/markdown"]})
    return output


def _metadata(tags: set[str]) -> dict[str, Any]:
    return {"tags": sorted(tags)} if tags else {}


def _tags(cell: nbformat.NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", []))


def write_notebook(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write a notebook, and the folder it lies in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n", encoding="utf-8", newline="\n")

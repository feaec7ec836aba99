"""Pages made on a Dask cluster: what a page needs travels with its task, and its files come back as bytes.

Nothing is read from or written to a disk that machines would have to share. A task whose worker is lost is run again
on another one by the scheduler.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from qualitybook.errors import RefusedError
from qualitybook.publish.cache import Store, digest_of_package
from qualitybook.publish.execute import Failure, PageJob, Result, run_page
from qualitybook.publish.notebook import parts_used
from qualitybook.report import FIGURES

LOCAL = "local:"
RETRIES = 3
# A page's environment variables are its process's: a worker with several threads makes its pages one after the other.
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True)
class Parcel:
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
    workers = address.removeprefix(LOCAL)
    if address.startswith(LOCAL):
        if not workers.isdigit() or int(workers) < 1:
            raise RefusedError(f"{address!r} does not say how many processes; write {LOCAL}4 for four", "--scheduler")
        options: dict[str, Any] = {"n_workers": int(workers), "threads_per_worker": 1, "dashboard_address": None}
        with LocalCluster(**options) as local, Client(local) as client:
            yield client.get_executor(retries=RETRIES)
        return
    try:
        remote = Client(address)
    except (OSError, ValueError) as error:
        raise RefusedError(
            f"no scheduler answers at {address!r}: {error}; start one (dask scheduler), name it as tcp://HOST:PORT, or "
            f"write {LOCAL}4 for four processes here",
            "--scheduler",
        ) from None
    with remote as client:
        yield client.get_executor(retries=RETRIES)


def execute_on(
    executor: Executor, jobs: Sequence[PageJob], store: Store, on_done: Callable[[Result], None]
) -> list[Result]:
    """Make pages on workers that share nothing with this machine, and put them into the store."""
    running: dict[Future[tuple[Failure | None, dict[str, bytes]]], PageJob] = {
        executor.submit(make, pack(job)): job for job in jobs
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
        return Result(job, Failure(None, type(error).__name__, str(error)))
    failure, files = future.result()
    if failure is None:
        try:
            with store.draft() as folder:
                write_files(files, folder)
                store.put(job.key, job.name, folder)
        except OSError as problem:
            failure = Failure(None, type(problem).__name__, str(problem))
    return Result(job, failure)


def pack(job: PageJob) -> Parcel:
    """Return a job with everything that it needs."""
    parts = parts_used(job.template, job.authored, job.lang)
    return Parcel(
        job=job,
        template=job.template.read_bytes(),
        evidence=None if job.evidence is None else job.evidence.read_bytes(),
        parts={part.relative_to(job.authored).as_posix(): part.read_bytes() for part in parts},
        package=digest_of_package(),
    )


def make(parcel: Parcel) -> tuple[Failure | None, dict[str, bytes]]:
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


def unpacked(parcel: Parcel, folder: Path) -> PageJob:
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


def write_files(files: Mapping[str, bytes], folder: Path) -> None:
    """Write files below a folder."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())

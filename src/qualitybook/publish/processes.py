"""Processes of a build: forks of one that has imported the libraries, which end when the build does, however it ends.

Importing what makes pages and books takes each process seconds. Where the system can fork, one process imports it all
while the build still reads the evidence, and every other is a fork of that one (`multiprocessing`'s fork server);
elsewhere each starts afresh.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from multiprocessing.connection import wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from qualitybook.publish.environment import build_environment, changed_environment

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext, ForkServerContext, SpawnContext
    from multiprocessing.process import BaseProcess

Pool = TypeVar("Pool", bound=Executor)

PRELOADED = "qualitybook.publish.preloaded"
FIGURES = (
    *("PIL.PngImagePlugin", "matplotlib.pyplot", "matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg"),
    "seaborn",
)
"""What drawing imports, in kernels and in workers."""

_STARTING = threading.Lock()
"""Threads start processes one after the other, since each takes its environment from this process's."""


def can_fork() -> bool:
    """Whether this system can fork a process safely and has local sockets."""
    return hasattr(os, "fork") and hasattr(socket, "AF_UNIX") and sys.platform != "darwin"


def start_early() -> None:
    """Start the process that others will be forked from, which imports while this one does something else.

    Nothing has to wait for it, and where it has been started already nothing happens.
    """
    if not can_fork():
        return
    from multiprocessing import forkserver

    forkserver.set_forkserver_preload([PRELOADED])
    with _repeatable():
        forkserver.ensure_running()


def worker_pool(jobs: int) -> ProcessPoolExecutor:
    """Return a pool of worker processes, which leave Ctrl-C to this process and end with it, however it ends.

    Parameters
    ----------
    jobs : int
        Number of workers.
    """
    return _pool(jobs, _context())


@contextmanager
def local_pool(jobs: int, *, plain: bool = False) -> Iterator[ProcessPoolExecutor]:
    """Give a pool of worker processes; when the block is left by an error, what they are doing is dropped.

    Parameters
    ----------
    jobs : int
        Number of workers.
    plain : bool
        Whether they are forks of this process, where the system can: they have all that it has imported. It must hold
        no threads then.
    """
    pool = _pool(jobs, multiprocessing.get_context("fork")) if plain and can_fork() else worker_pool(jobs)
    others = set(multiprocessing.active_children())
    with dropping(pool):
        try:
            yield pool
        except BaseException:
            for worker in set(multiprocessing.active_children()) - others:
                worker.terminate()
            raise


@contextmanager
def dropping(pool: Pool) -> Iterator[Pool]:
    """Give a pool for the length of a block; what it has not begun then is dropped, what it has begun is waited for.

    Parameters
    ----------
    pool : concurrent.futures.Executor
        Processes or threads; it cannot be used afterwards.
    """
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _pool(jobs: int, context: BaseContext) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(jobs, context, initializer=_become_worker, initargs=(dict(os.environ),))


def start(
    module: str,
    arguments: Sequence[Any],
    environment: Mapping[str, str],
    *,
    log: Path | None = None,
    ends_itself: bool = False,
) -> BaseProcess:
    """Start a process that runs a module's function ``main`` and ends with this process, however that ends.

    Parameters
    ----------
    module : str
        Name of the module.
    arguments : sequence
        What its ``main`` is called with.
    environment : mapping of str to str
        All environment variables of the process.
    log : pathlib.Path, optional
        Where its error stream goes, its output being dropped; by default both are this process's.
    ends_itself : bool
        Whether the program sees to it itself that it ends with this process: one that forks must not hold the thread
        that does so for others.
    """
    process = _context().Process(target=_run, args=(module, arguments, dict(environment), log, ends_itself))
    with _repeatable():
        process.start()
    return process


@contextmanager
def _repeatable() -> Iterator[None]:
    """Let a process that is started in the block repeat itself: the seed of hashes counts from its very start."""
    with _STARTING, changed_environment(build_environment(0)):
        yield


def _context() -> ForkServerContext | SpawnContext:
    """Return the way to start processes of a build: not plain forks, since this process may hold threads."""
    start_early()
    return multiprocessing.get_context("forkserver") if can_fork() else multiprocessing.get_context("spawn")


def _become_worker(environment: Mapping[str, str]) -> None:
    """Take the environment of the process that started this one, leave Ctrl-C to it, and end when it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    take_environment(environment)
    _end_with_starter()


def _run(
    module: str, arguments: Sequence[Any], environment: Mapping[str, str], log: Path | None, ends_itself: bool
) -> None:
    """Become the program of a module."""
    take_environment(environment)
    if not ends_itself:
        _end_with_starter()
    if log is not None:
        _redirect(sys.stdout, Path(os.devnull))
        _redirect(sys.stderr, log)
    import_module(module).main(*arguments)


def _redirect(stream: Any, path: Path) -> None:
    """Let what is written to a standard stream go to a file."""
    with path.open("ab") as file:
        os.dup2(file.fileno(), stream.fileno())
    stream.reconfigure(encoding="utf-8")


def take_environment(environment: Mapping[str, str]) -> None:
    """Take over environment variables: a fork has those of the process it was forked from.

    Parameters
    ----------
    environment : mapping of str to str
        All that this process has from now on.
    """
    os.environ.clear()
    os.environ.update(environment)
    if hasattr(time, "tzset"):
        time.tzset()


def _end_with_starter() -> None:
    """End this process when the one that started it has ended."""
    starter = multiprocessing.parent_process()
    assert starter is not None
    sentinel = starter.sentinel

    def follow() -> None:
        wait([sentinel])
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()

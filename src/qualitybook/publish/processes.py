"""Processes of a build: forks of one that has imported the libraries, which end when the build does, however it ends.

Importing what makes pages and books takes each process seconds. Where the system can fork, one process imports it all
while the build still reads the evidence, and every other is a fork of that one (`multiprocessing`'s fork server);
elsewhere each starts afresh.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache, partial
from importlib import import_module
from multiprocessing.connection import Connection, wait
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, TYPE_CHECKING, Any, TypeVar

from qualitybook.publish.environment import build_environment, changed_environment, own_environment

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext, ForkServerContext, SpawnContext
    from multiprocessing.process import BaseProcess

_Pool = TypeVar("_Pool", bound=Executor)

PRELOADED = "qualitybook.publish.preloaded"
FIGURES = (
    *("PIL.PngImagePlugin", "matplotlib.pyplot", "matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg"),
    "seaborn",
)
"""What drawing imports."""
_SECONDS_BETWEEN_LOOKS = 0.1
# The fork server tells how a process ended once: of two threads that ask at the same moment, one reads nothing and
# takes the process for lost (seen with Python 3.11). Whoever starts a process asks after all that were started.
_ASKING = threading.Lock()


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
    with _repeatable(), _leaving_interrupts():
        forkserver.ensure_running()


def end_server() -> None:
    """End the process that others are forked from, whose memory is needed; whoever forks again starts another."""
    from multiprocessing import forkserver

    if can_fork():
        # There is no public way; the one that Python's own tests take.
        forkserver._forkserver._stop()  # type: ignore[attr-defined]


def worker_pool(jobs: int) -> ProcessPoolExecutor:
    """Return a pool of worker processes, which leave Ctrl-C to this process and end with it, however it ends."""
    return _pool(jobs, _context())


@contextmanager
def local_pool(jobs: int, *, plain: bool = False) -> Iterator[ProcessPoolExecutor]:
    """Give a pool of worker processes; when the block is left by an error, what they are doing is dropped.

    Parameters
    ----------
    plain
        Whether they are forks of this process, where the system can: they have all that it has imported. It must hold
        no threads then.
    """
    pool = _pool(jobs, multiprocessing.get_context("fork")) if plain and can_fork() else worker_pool(jobs)
    others = _children()
    with dropping(pool):
        try:
            yield pool
        except BaseException:
            for worker in _children() - others:
                worker.terminate()
            raise


@contextmanager
def dropping(pool: _Pool) -> Iterator[_Pool]:
    """Give a pool for the length of a block; what it has not begun then is dropped, what it has begun is waited for."""
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def local_threads(jobs: int) -> Iterator[ThreadPoolExecutor]:
    """Give threads that start processes; when the block is left by an error, those that are at work are ended."""
    others = _children()
    with dropping(ThreadPoolExecutor(jobs)) as pool:
        try:
            yield pool
        except BaseException:
            waiting = threading.Thread(target=pool.shutdown, kwargs={"cancel_futures": True})
            waiting.start()
            # A thread that had just begun something may start its process in the meantime.
            while waiting.is_alive():
                for child in _children() - others:
                    child.kill()
                waiting.join(_SECONDS_BETWEEN_LOOKS)
            raise


def _pool(jobs: int, context: BaseContext) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(jobs, context, initializer=_become_worker, initargs=(dict(os.environ),))


def start(
    module: str,
    arguments: Sequence[Any],
    environment: Mapping[str, str],
    *,
    log: Path | None = None,
    leads: bool = False,
) -> BaseProcess:
    """Start a process that runs a module's function ``main`` and ends with this process, however that ends.

    Parameters
    ----------
    log
        Where its error stream goes, its output being dropped; by default both are this process's.
    leads
        Whether it leads a group of processes, which ends with this process likewise.
    """
    process = _context().Process(target=_run, args=(module, arguments, dict(environment), log, leads))
    with _repeatable(), _ASKING:
        process.start()
    return process


def ended(process: BaseProcess, seconds: float | None = None) -> int:
    """Wait for the end of a process that `start` has started, and return its exit code.

    Raises
    ------
    TimeoutError
        If it runs after so many seconds; it is ended then.
    """
    try:
        if not wait([process.sentinel], seconds):
            raise TimeoutError
    except BaseException:
        # Python waits at its own end for what still runs, and what that works on is gone by then.
        process.kill()
        raise
    with _ASKING:
        process.join()
    assert process.exitcode is not None
    return process.exitcode


def _children() -> set[BaseProcess]:
    """Return the processes that this one has started and that live."""
    with _ASKING:
        return set(multiprocessing.active_children())


@contextmanager
def _leaving_interrupts() -> Iterator[None]:
    """Start here what leaves Ctrl-C to this process from its first moment: importing, it would print a traceback."""
    if threading.current_thread() is not threading.main_thread():
        # Only the main thread may choose; it has started the process before there are others.
        yield
        return
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, heard)


@contextmanager
def _repeatable() -> Iterator[None]:
    """Let a process that is started in the block repeat itself: the seed of hashes counts from its very start."""
    with changed_environment(build_environment(0)):
        yield


def _context() -> ForkServerContext | SpawnContext:
    """Return the way to start processes of a build: not plain forks, since this process may hold threads."""
    start_early()
    return multiprocessing.get_context("forkserver") if can_fork() else multiprocessing.get_context("spawn")


def _become_worker(environment: Mapping[str, str]) -> None:
    """Take the environment of the process that started this one, leave Ctrl-C to it, and end when it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _take_environment(environment)
    _end_with_starter()


def _run(module: str, arguments: Sequence[Any], environment: Mapping[str, str], log: Path | None, leads: bool) -> None:
    """Become the program of a module."""
    _take_environment(environment)
    if leads:
        _lead()
    _end_with_starter(leads)
    if log is not None:
        if not log.parent.is_dir():
            # Whoever started it has given up in the meantime.
            os._exit(1)
        _redirect(sys.stdout, Path(os.devnull))
        _redirect(sys.stderr, log)
    import_module(module).main(*arguments)


def _redirect(stream: Any, path: Path) -> None:
    """Let what is written to a standard stream go to a file."""
    with path.open("ab") as file:
        os.dup2(file.fileno(), stream.fileno())
    stream.reconfigure(encoding="utf-8")


def _take_environment(environment: Mapping[str, str]) -> None:
    """Take over environment variables: a fork has those of the process it was forked from."""
    os.environ.clear()
    os.environ.update(environment)
    if hasattr(time, "tzset"):
        time.tzset()


def _lead() -> None:
    """Let this process lead a group of its own, which Ctrl-C at the terminal does not reach."""
    if hasattr(os, "setsid"):
        os.setsid()


def _end_with_starter(leads: bool = False) -> None:
    """End this process, or all of its group, when the one that started it has ended."""
    starter = multiprocessing.parent_process()
    assert starter is not None
    sentinel = starter.sentinel
    _end_after(partial(wait, [sentinel]), leads)


def _end_after(event: Callable[[], object], leads: bool) -> None:
    """End this process, or all of its group, when a call has returned."""

    def follow() -> None:
        event()
        if leads:
            _end_group(os.getpid())
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


def _end_group(leader: int) -> None:
    """End a process that leads a group, and all that it has started."""
    with suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(leader, signal.SIGKILL)
        else:
            os.kill(leader, signal.SIGTERM)


@dataclass(frozen=True)
class _Telling:
    """A process that leads a group and tells this one what it does."""

    receive: Callable[[float | None], Any]
    """Returns what it says next; raises `TimeoutError` after so many seconds, and `EOFError` when it has ended."""
    end: Callable[[], None]
    """Ends it with all that it has started."""


def start_telling(module: str, argument: Any, environment: Mapping[str, str]) -> _Telling:
    """Start a process that calls a module's function ``main`` with a way to tell this process, and `argument`.

    It leads a group, which ends with this process, however that ends.
    """
    if multiprocessing.current_process().daemon:
        return _start_apart(module, argument, environment)
    receiver, sender = multiprocessing.Pipe(duplex=False)
    child = start(__name__, (module, sender, argument, _own_path()), environment, leads=True)
    sender.close()

    def receive(seconds: float | None) -> Any:
        if not wait([receiver, child.sentinel], seconds):
            raise TimeoutError
        # What it has started may hold the pipe open when it has ended.
        if not receiver.poll():
            raise EOFError
        return receiver.recv()

    def end() -> None:
        assert child.pid is not None
        _end_group(child.pid)
        child.kill()
        ended(child)
        receiver.close()

    return _Telling(receive, end)


@cache
def _own_path() -> list[str]:
    """Return where Python looks for modules by itself: this process may look in its program's folder, too."""
    command = [sys.executable, "-P", "-c", "import json, sys; json.dump(sys.path, sys.stdout)"]
    path: list[str] = json.loads(
        subprocess.run(command, env=own_environment(), stdout=subprocess.PIPE, check=True).stdout
    )
    return path


def main(module: str, sender: Connection, argument: Any, path: list[str]) -> None:
    """Be a process that `start_telling` has started."""
    sys.path[:] = path
    import_module(module).main(sender.send, argument)


def _start_apart(module: str, argument: Any, environment: Mapping[str, str]) -> _Telling:
    """Start such a process from a worker that `multiprocessing` lets start none, as those of Dask are."""
    command = [sys.executable, "-P", "-c", f"import {__name__} as processes; processes.be_apart()"]
    pipe = subprocess.PIPE
    child = subprocess.Popen(command, stdin=pipe, stdout=pipe, env=dict(environment), start_new_session=True)
    assert child.stdin is not None
    assert child.stdout is not None
    said: SimpleQueue[Any] = SimpleQueue()
    threading.Thread(target=_pump, args=(child.stdout, said), daemon=True).start()
    pickle.dump((module, argument), child.stdin)
    child.stdin.flush()

    def receive(seconds: float | None) -> Any:
        try:
            message = said.get(timeout=seconds)
        except Empty:
            raise TimeoutError from None
        if message is EOFError:
            raise EOFError
        return message

    def end() -> None:
        _end_group(child.pid)
        child.wait()

    return _Telling(receive, end)


def _pump(stream: IO[bytes], said: SimpleQueue[Any]) -> None:
    """Put what a process says into a queue, at last that it has ended."""
    with suppress(EOFError, OSError, pickle.UnpicklingError):
        while True:
            said.put(pickle.load(stream))
    said.put(EOFError)


def be_apart() -> None:
    """Be a process that `_start_apart` has started: it ends when the one that has started it closes its input."""
    told = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    module, argument = pickle.load(sys.stdin.buffer)
    _end_after(sys.stdin.buffer.read, leads=True)

    def send(message: object) -> None:
        pickle.dump(message, told)
        told.flush()

    import_module(module).main(send, argument)

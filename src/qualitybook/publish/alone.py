"""One build at a time in a folder: whoever comes second waits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout


def lock_file(folder: Path) -> Path:
    """Return the lock of a folder: beside it, for the folder may be exchanged or removed."""
    return folder.with_name(f".{folder.name}.lock")


@contextmanager
def alone_in(folders: Iterable[Path], on_wait: Callable[[Path], None]) -> Iterator[None]:
    """Hold folders for this process alone; the system frees them however the process ends.

    Parameters
    ----------
    folders : iterable of pathlib.Path
        The folders; they need not be there.
    on_wait : callable
        Told each folder that another process holds, before waiting for it.

    Raises
    ------
    OSError
        If nothing can be written beside a folder.
    """
    with ExitStack() as held:
        # In one order for everybody, so that no two wait for each other.
        for folder in sorted({folder.resolve() for folder in folders}):
            folder.parent.mkdir(parents=True, exist_ok=True)
            held.enter_context(_held(folder, on_wait))
        yield


@contextmanager
def _held(folder: Path, on_wait: Callable[[Path], None]) -> Iterator[None]:
    lock = FileLock(lock_file(folder))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        on_wait(folder)
        lock.acquire()
    try:
        yield
    finally:
        # Removed while it is held: whoever waits for it sees that it is gone, and makes a new one.
        with suppress(OSError):
            lock_file(folder).unlink()
        lock.release()

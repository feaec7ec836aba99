"""Folders for what is not finished, and folders that one build has to itself: whoever comes second waits.

Beside a folder for something unfinished lies a lock that its process holds. The system frees the lock however the
process ends, so that the next build can tell what a killed one left from what another one is writing.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from qualitybook.paths import refuse_impossible

_LOCK = ".lock"
TEMPORARY = "qb-"
"""How the names of the folders in the system's own folder for such things begin."""


def temporary_parent() -> Path:
    """Return the folder for temporary things, the same one for all builds, so that each finds what others left."""
    return Path("/tmp") if os.path.isdir("/tmp") else Path(tempfile.gettempdir())


@contextmanager
def scratch_folder(parent: Path, prefix: str = "") -> Iterator[Path]:
    """Give a new folder that only its owner may enter, under a name that no other run has; it is removed afterwards."""
    parent.mkdir(parents=True, exist_ok=True)
    folder = parent / f"{prefix}{secrets.token_hex(4)}"
    lock = _lock_of(folder)
    # The lock comes first: a folder that is there without anybody holding its lock is abandoned.
    with FileLock(lock):
        try:
            folder.mkdir(mode=0o700)
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            with suppress(OSError):
                lock.unlink()


def remove_abandoned(parent: Path, prefix: str = "") -> None:
    """Remove the folders of processes that are gone, as far as they are one's own and can be removed."""
    for lock in parent.glob(f"{prefix}*{_LOCK}"):
        with suppress(OSError, Timeout):
            if _is_own(lock):
                _remove_if_free(lock)


def _remove_if_free(lock: Path) -> None:
    with FileLock(lock, timeout=0):
        folder = lock.with_name(lock.name.removesuffix(_LOCK))
        shutil.rmtree(folder, ignore_errors=True)
        # An orphan may still be writing there; then a later build removes it.
        if not folder.exists():
            lock.unlink()


def _lock_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}{_LOCK}")


def _is_own(path: Path) -> bool:
    """Whether a file belongs to who runs this, where files belong to somebody."""
    return not hasattr(os, "getuid") or path.lstat().st_uid == os.getuid()


def lock_file(folder: Path) -> Path:
    """Return the lock of a folder: beside it, for the folder may be exchanged or removed.

    Raise PermissionError if nothing can lie beside the folder, as it is the root of all.
    """
    if not folder.name:
        raise _error(errno.EPERM, folder)
    return folder.with_name(f".{folder.name}.lock")


@contextmanager
def alone_in(folders: Iterable[Path], on_wait: Callable[[Path], None]) -> Iterator[None]:
    """Hold folders for this process alone; the system frees them however the process ends.

    Raise OSError if nothing can be written beside a folder.
    """
    with ExitStack() as held:
        # In one order for everybody, so that no two wait for each other.
        for folder in sorted({folder.resolve() for folder in folders}):
            folder.parent.mkdir(parents=True, exist_ok=True)
            held.enter_context(_held(folder, on_wait))
        yield


def refuse_unusable(folders: Iterable[Path]) -> None:
    """Raise what `alone_in` would, as far as that can be seen without leaving anything."""
    for folder in folders:
        lock = lock_file(folder.resolve())
        above = next(path for path in lock.parents if os.path.lexists(path))
        if not above.is_dir():
            raise _error(errno.ENOTDIR, above)
        try:
            # Rights do not tell it all: nobody can write in /proc. This file has no name, and goes at once.
            with tempfile.TemporaryFile(dir=above):
                pass
        except OSError as error:
            raise _error(error.errno or errno.EACCES, lock) from None
        if lock.is_symlink():
            raise _error(errno.ELOOP, lock)
        if lock.is_dir():
            raise _error(errno.EISDIR, lock)


def _error(number: int, path: Path) -> OSError:
    return OSError(number, os.strerror(number), str(path))


@contextmanager
def _held(folder: Path, on_wait: Callable[[Path], None]) -> Iterator[None]:
    lock = FileLock(lock_file(folder))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        refuse_impossible(lock_file(folder))
        on_wait(folder)
        lock.acquire()
    try:
        yield
    finally:
        # Removed while it is held: whoever waits for it sees that it is gone, and makes a new one.
        with suppress(OSError):
            lock_file(folder).unlink()
        lock.release()

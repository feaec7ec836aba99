"""What processes of a build are given: variables that make them repeatable, and what one page may take."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime

# Without compiled bytecode every process would compile the same libraries again.
_UNWANTED = ("PYTHONDONTWRITEBYTECODE",)
_CHANGING = threading.RLock()
"""Held while the variables of this process are others than its own: threads start processes one after the other."""


def epoch_of(day: date) -> int:
    """Return the seconds from 1970 to the start of a day, UTC: the build's idea of now."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def build_environment(epoch: int) -> dict[str, str]:
    """Return the environment variables that make pages and Sphinx repeatable."""
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


TYPESET_LATER = "QUALITYBOOK_TYPESET_LATER"
"""The variable that names the file in which Sphinx's process leaves what it would have Typst do."""
REHEARSAL = "QUALITYBOOK_REHEARSAL"
"""The variable that says that a website is made only to see whether Sphinx takes its settings."""


def own_environment() -> dict[str, str]:
    """Return this process's environment, to be handed to each program that it starts.

    One that inherits it unsaid is not started ("Bad address") while another thread changes a variable: Python starts it
    by vfork, with the C library's list of variables, which moves meanwhile.
    """
    with _CHANGING:
        return {name: value for name, value in os.environ.items() if name not in _UNWANTED}


def process_environment(epoch: int) -> dict[str, str]:
    """Return the whole environment of a process that is to be repeatable."""
    return own_environment() | build_environment(epoch)


@contextmanager
def changed_environment(values: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables, which a process that is started inherits, and put the former ones back."""
    with _CHANGING:
        before = {name: os.environ.get(name) for name in (*values, *_UNWANTED)}
        os.environ.update(values)
        for name in _UNWANTED:
            os.environ.pop(name, None)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


MEBIBYTE = 1 << 20
CELL_SECONDS = 300
"""Seconds that one cell may take, unless somebody says otherwise."""
PAGE_MEMORY = 2048
"""MiB of memory that a page may take, unless somebody says otherwise."""
BOOK_MEMORY = 4096
"""MiB of memory that Sphinx may take for a book: ten times what one with a hundred pages needs."""
STORE_LIMIT = 1024
"""MiB that stored pages may take, unless somebody says otherwise: twenty builds of a large book and more."""
PAGE_TEXT = 10 * MEBIBYTE
"""Characters that a page may print or show: far more than anybody reads."""
PAGE_SECONDS = 60
"""Seconds that filling in a page that people have written may take: far more than any needs."""
SETTINGS_SECONDS = 120
"""What Sphinx may take for a book of one line; a number of the theme's that is beyond all measure keeps it for ever."""


@contextmanager
def limited_memory(size: int) -> Iterator[None]:
    """Let requests for memory beyond a number of bytes fail in the block, where the system can (Linux)."""
    if sys.platform != "linux":
        yield
        return
    import resource

    # Of the data alone: libraries are mapped, and much address space is reserved that is never used.
    before, hard = resource.getrlimit(resource.RLIMIT_DATA)
    allowed = size if hard == resource.RLIM_INFINITY else min(size, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (allowed, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (before, hard))

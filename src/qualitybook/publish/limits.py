"""What a page may take, so that one page cannot bring down the machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEBIBYTE = 1 << 20
CELL_SECONDS = 300
"""Seconds that one cell may take, unless somebody says otherwise."""
PAGE_MEMORY = 2048
"""MiB of memory that a page may take, unless somebody says otherwise."""
PAGE_TEXT = 10 * MEBIBYTE
"""Characters that a page may print or show: far more than anybody reads."""


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


@contextmanager
def redirected(descriptor: int, path: Path) -> Iterator[None]:
    """Let what is written to a descriptor in the block go to the end of a file."""
    kept = os.dup(descriptor)
    try:
        with path.open("ab") as file:
            os.dup2(file.fileno(), descriptor)
        yield
    finally:
        os.dup2(kept, descriptor)
        os.close(kept)

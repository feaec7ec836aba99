"""What a page may take: a kernel is given its limits as it starts, so that one page cannot bring down the machine.

Imported by every kernel, so it imports nothing but the standard library.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import Any

MEBIBYTE = 1 << 20
CELL_SECONDS = 300
"""Seconds that one cell may take, unless somebody says otherwise."""
PAGE_MEMORY = 2048
"""MiB of memory that a page may take, unless somebody says otherwise."""
PAGE_TEXT = 10 * MEBIBYTE
"""Characters that a page may print or show: far more than anybody reads."""


def starting_code(memory: int) -> str:
    """Return the line of code with which a kernel gives itself its limits.

    Parameters
    ----------
    memory : int
        MiB of memory that it may take.
    """
    return f"__import__({__name__!r}, fromlist=['limit']).limit({memory})"


def limit(memory: int) -> None:
    """Limit the memory of this process, where the system can, and what it prints.

    Parameters
    ----------
    memory : int
        MiB of memory that it may take.
    """
    limit_memory(memory * MEBIBYTE)
    limit_text(PAGE_TEXT, sys.stdout, sys.stderr)


def limit_memory(size: int) -> None:
    """Let requests for memory beyond a number of bytes fail, where the system can (Linux)."""
    if sys.platform != "linux":
        return
    import resource

    # Of the data alone: libraries are mapped, and much address space is reserved that is never used.
    _soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    allowed = size if hard == resource.RLIM_INFINITY else min(size, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (allowed, hard))


def limit_text(characters: int, *streams: Any) -> None:
    """Cut what these streams of a kernel publish together; a page with so much is refused when it is done."""
    left = characters

    def cut(message: dict[str, Any]) -> dict[str, Any] | None:
        nonlocal left
        text = message["content"]["text"][:left]
        left -= len(text)
        message["content"]["text"] = text
        return message if text else None

    for stream in streams:
        # A hook belongs to the thread that registers it; streams publish from their own.
        stream.pub_thread.schedule(partial(stream.register_hook, cut))

"""Processes that end when the one that started them does, however that ends."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

STANDARD_INPUT = 0


def end_after(wait: Callable[[], object]) -> None:
    """End this process, at once, when a function returns.

    Parameters
    ----------
    wait : callable
        Returns when the process that started this one is gone.
    """

    def follow() -> None:
        wait()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


def end_with_standard_input() -> None:
    """End this process when nobody holds the other end of its standard input any more."""
    end_after(lambda: os.read(STANDARD_INPUT, 1))


@contextmanager
def held_input() -> Iterator[int]:
    """Give a standard input for a child process that calls `end_with_standard_input`.

    The other end is held while the block lasts, by this process only: the system closes it when the process is gone.
    """
    child, held = os.pipe()
    try:
        yield child
    finally:
        os.close(child)
        os.close(held)

"""A program for the tests: a process that becomes the typesetter."""

from __future__ import annotations

import multiprocessing

from qualitybook.publish.typst import press


def main(command: list[str]) -> None:
    """Become it."""
    starter = multiprocessing.parent_process()
    assert starter is not None
    press.become(command, starter.sentinel)

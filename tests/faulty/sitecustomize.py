"""Imported first by every Python process of a build under test: lets what `QB_FAULT` says go wrong.

``kill:PATTERN`` kills the build (its first process) when any of its processes is about to write a file whose path fits;
``ENOSPC:PATTERN`` and ``EROFS:PATTERN`` let the writing, or the making of such a folder, fail as the system would.
"""

from __future__ import annotations

import errno
import os
import re
import signal
import sys
from typing import Any

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def install(fault: str) -> None:
    """Watch what this process opens for writing."""
    kind, _, pattern = fault.partition(":")
    place = re.compile(pattern)
    build = int(os.environ.setdefault("QB_FAULT_BUILD", str(os.getpid())))

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        writes = event == "os.mkdir" or (event == "open" and arguments[2] & WRITING)
        if not writes or not place.search(str(arguments[0])):
            return
        if kind == "kill":
            os.kill(build, signal.SIGKILL)
            return
        number = getattr(errno, kind)
        raise OSError(number, os.strerror(number), str(arguments[0]))

    sys.addaudithook(watch)


if "QB_FAULT" in os.environ:
    install(os.environ["QB_FAULT"])

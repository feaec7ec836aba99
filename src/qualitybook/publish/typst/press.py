"""Typst in a process of its own, one at a time: it needs most of the memory that a build needs.

It is run as a script, so that it imports nothing of this package.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def typeset(lock: Path, output: Path, *, is_awaited: bool = False, **arguments: Any) -> tuple[str, str]:
    """Compile a Typst file, or leave it for later where nothing waits for what is made of it.

    Return what is wrong with it, and what Typst warns of.
    """
    from qualitybook.publish.environment import TYPESET_LATER

    command = command_of(lock, output, **arguments)
    if (later := os.environ.get(TYPESET_LATER)) and not is_awaited:
        with Path(later).open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps(command)}\n")
        return "", ""
    return run(command)


def run(command: list[str], environment: Mapping[str, str] | None = None) -> tuple[str, str]:
    """Compile at once; return the same."""
    from qualitybook.publish.environment import own_environment

    own = environment or own_environment()
    with _pipe() as pipe:
        done = subprocess.run(
            [*command, *map(str, pipe)],
            env=own,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            pass_fds=pipe,
        )
    said = done.stderr.strip()
    return (said.removeprefix(_ERROR), "") if done.returncode else ("", said.removeprefix(_WARNING))


def lock_of(source: Path) -> Path:
    """Return the lock of all editions and languages of a build, from the folder of one book that it is made of."""
    return source.parents[2] / ".typst.lock"


def command_of(lock: Path, output: Path, **arguments: Any) -> list[str]:
    """Return the command that compiles a Typst file; ``{p}`` in the name of what it makes is the number of a page."""
    return [sys.executable, "-I", __file__, str(lock), str(output), json.dumps(arguments)]


def pack(pdf: Path, environment: Mapping[str, str]) -> str:
    """Pack a PDF, in a process likewise; return what is wrong."""
    return run([sys.executable, "-I", str(Path(__file__).with_name("packing.py")), str(pdf)], environment)[0]


@contextmanager
def _pipe() -> Iterator[tuple[int, ...]]:
    """Give the end of a pipe that ends with this process, however it ends; nothing where none can be passed on."""
    if os.name != "posix":
        yield ()
        return
    read, write = os.pipe()
    try:
        yield (read,)
    finally:
        os.close(read)
        os.close(write)


# As Python ends a traceback, and as Sphinx warns.
_ERROR = "qualitybook.publish.documents.BookError: "
_WARNING = "WARNING: Typst: "


def main(lock: str, output: str, arguments: str, starter: str = "") -> int:
    """Be the process; an old file stands until the new one is whole."""
    import typst
    from filelock import FileLock

    if starter:
        threading.Thread(target=lambda: os.read(int(starter), 1) or os._exit(1), daemon=True).start()
    try:
        with FileLock(lock):
            made, warnings = typst.compile_with_warnings(**json.loads(arguments))
    except typst.TypstError as error:
        sys.stderr.write(f"{_ERROR}{error.diagnostic.strip()}\n")
        return 1
    for warning in warnings:
        sys.stderr.write(f"{_WARNING}{warning.diagnostic.strip()}\n")
    for number, page in enumerate(made if isinstance(made, list) else [made], start=1):
        finished = Path(output.replace("{p}", str(number)))
        unfinished = finished.with_name(f"{finished.name}.part")
        unfinished.write_bytes(page)
        unfinished.replace(finished)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

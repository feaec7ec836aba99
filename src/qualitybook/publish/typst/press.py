"""Typst in a process of its own, one at a time: it needs most of the memory that a build needs.

It is run as a script, so that it imports nothing of this package; where the system can, Sphinx's process becomes it, so
that nothing of Sphinx is left beside it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

_put_off: list[list[str]] | None = None


def put_off() -> list[list[str]]:
    """Have this process only note what it is asked to compile, and return the list, each the command that does it."""
    global _put_off
    _put_off = []
    return _put_off


def typeset(lock: Path, output: Path, **arguments: Any) -> tuple[str, str]:
    """Compile a Typst file, or note it; return what is wrong with it, and what Typst warns of."""
    command = [sys.executable, "-I", __file__, str(lock), str(output), json.dumps(arguments)]
    if _put_off is not None:
        _put_off.append(command)
        return "", ""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    said = done.stderr.strip()
    return (said.removeprefix(_ERROR), "") if done.returncode else ("", said.removeprefix(_WARNING))


def become(command: list[str], starter: int) -> None:
    """Let this process compile; it ends when the pipe ends by which the one that has started it is known."""
    os.set_inheritable(starter, True)
    os.execv(command[0], [*command, str(starter)])


# As Python ends a traceback, and as Sphinx warns.
_ERROR = "qualitybook.publish.typst.text.TypstBuildError: "
_WARNING = "WARNING: Typst: "


def main(lock: str, output: str, arguments: str, starter: str = "") -> int:
    """Be the process; the old file stands until the new one is whole."""
    import typst
    from filelock import FileLock

    if starter:
        threading.Thread(target=lambda: os.read(int(starter), 1) or os._exit(1), daemon=True).start()
    unfinished = Path(f"{output}.part")
    try:
        with FileLock(lock):
            _, warnings = typst.compile_with_warnings(**json.loads(arguments), output=str(unfinished))
    except typst.TypstError as error:
        sys.stderr.write(f"{_ERROR}{error.diagnostic.strip()}\n")
        return 1
    for warning in warnings:
        sys.stderr.write(f"{_WARNING}{warning.diagnostic.strip()}\n")
    unfinished.replace(output)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

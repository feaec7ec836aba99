"""What the operating system refuses, in words: the cause, and what to do."""

from __future__ import annotations

import errno
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

import click

_OTHER_FOLDER = "name another folder with --output, --build-dir or --store"
_FULL = f"The disk is full: free some space (`qualitybook cache prune` drops old pages), or {_OTHER_FOLDER}."
_REFUSED = f"That place cannot be written: give yourself the right to, or {_OTHER_FOLDER}."
_FILE_IN_THE_WAY = f"There is a file where a folder is needed: move it away, or {_OTHER_FOLDER}."
_TOO_MANY = "Too many files are open at once: raise the limit (`ulimit -n`), or build with fewer --jobs."
ADVICE = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _REFUSED,
    errno.EPERM: _REFUSED,
    errno.EROFS: _REFUSED,
    errno.EEXIST: _FILE_IN_THE_WAY,
    errno.ENOTDIR: _FILE_IN_THE_WAY,
    errno.EFBIG: "A file would pass the size that you may write: raise the limit (`ulimit -f`).",
    errno.EMFILE: _TOO_MANY,
    errno.ENFILE: _TOO_MANY,
}
"""What to do, by the number of the error."""

# As Python and as the typesetter, which is written in Rust, print it; processes of ours that failed say no more.
_NUMBER = re.compile(r"\[Errno (\d+)\]|\(os error (\d+)\)")


def advice(lines: Iterable[str]) -> list[str]:
    """Return what to do about the system's errors that some lines tell of, each once."""
    numbers = [int(match[1] or match[2]) for line in lines for match in _NUMBER.finditer(line)]
    return list(dict.fromkeys(ADVICE[number] for number in numbers if number in ADVICE))


def told(error: OSError) -> list[str]:
    """Return the lines that tell of an error of the system: the cause, and what to do."""
    if isinstance(error, shutil.Error) and error.args and isinstance(error.args[0], list):
        # Several files could not be copied; the first one says why.
        cause = str(error.args[0][0][-1])
    else:
        cause = str(error)
    return [f"error: {cause}", *advice([cause])]


def waiting(folder: Path) -> None:
    """Say that another process is at work in a folder."""
    click.echo(f"Another build is at work in {folder}; waiting until it has ended (Ctrl+C gives up).", err=True)

"""The command as the system calls it: Ctrl+C ends it in one line, also while it is still being imported."""

from __future__ import annotations

import errno
import os
import sys
from io import TextIOWrapper

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType


def main() -> None:
    """Run the command line."""
    heard: list[int] = []
    try:
        _listen(heard)
        _open_streams()
        from qualitybook.cli import main as run

        run()
    except SystemExit as ended:
        _end_output(ended)
        raise
    except BaseException as error:
        # A library that was being imported may have put an error of its own in the place of the interrupt.
        if heard or isinstance(error, KeyboardInterrupt):
            sys.stderr.write("\nAborted!\n")
            raise SystemExit(1) from None
        if isinstance(error, OSError):
            # Of help, which is printed before a command is called; commands tell their own.
            _drop_output(error)
        raise


def _listen(heard: list[int]) -> None:
    """Note when Ctrl+C is pressed, where this process listens to it."""
    import signal

    def hear(number: int, frame: FrameType | None) -> None:
        heard.append(number)
        raise KeyboardInterrupt

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, hear)


def _open_streams() -> None:
    """Let standard streams that are closed lead nowhere, and names of files that are no text be written all the same.

    A closed one would leave its place to the next file that is opened.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115
    if sys.stdout.encoding.lower() == "utf-8" and isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _end_output(ended: SystemExit) -> None:
    """Write what is left of the output: at the very end Python would tell in its own way that it cannot be written."""
    try:
        sys.stdout.flush()
    except OSError as error:
        _drop_output(None if ended.code else error)


def _drop_output(error: OSError | None) -> None:
    """End because the output cannot be written, which is told unless its reader has left."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if error is not None and error.errno != errno.EPIPE:
        sys.stderr.write(f"error: {error}; the output is not whole: write it somewhere else\n")
    raise SystemExit(1) from None

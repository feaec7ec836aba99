"""The command as the system calls it: Ctrl+C ends it in one line, also while it is still being imported."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line."""
    try:
        from qualitybook.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("\nAborted!\n")
        raise SystemExit(1) from None

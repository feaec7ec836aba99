"""What the kernelspec of warm kernels starts: asks the server for a kernel and stands for it until it ends.

Run by path and without site packages, so it imports nothing but the standard library.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import sys
from contextlib import suppress
from types import FrameType
from typing import NoReturn

SECONDS_BETWEEN_LOOKS = 0.5


def main(path: str, arguments: list[str]) -> int:
    """Return the exit status of a warm kernel, or become a cold one where the server does not answer."""
    parent = os.getppid()
    try:
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(path)
        request = {"arguments": arguments, "cwd": os.getcwd(), "environment": dict(os.environ)}
        socket.send_fds(connection, [b" "], [0, 1, 2])
        connection.sendall(json.dumps(request).encode() + b"\n")
        answers = connection.makefile()
        pid = int(answers.readline())
    except (OSError, ValueError) as error:
        start_cold(arguments, error)

    def forward(number: int, _frame: FrameType | None) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, number)

    signal.signal(signal.SIGINT, forward)
    while not select.select([connection], [], [], SECONDS_BETWEEN_LOOKS)[0]:
        if os.getppid() != parent:
            # The process that wanted the kernel is gone; the server ends the kernel when this one is, too.
            return 1
    status = answers.readline()
    return int(status) if status else 1


def start_cold(arguments: list[str], reason: Exception) -> NoReturn:
    """Become an ordinary kernel."""
    print(f"note: no warm kernel ({reason}), starting a cold one", file=sys.stderr, flush=True)
    os.execv(sys.executable, [sys.executable, "-m", "ipykernel_launcher", *arguments])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))

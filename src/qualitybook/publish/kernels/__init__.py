"""Warm kernels: a server imports the heavy libraries once, and every page's kernel is a fork of it.

To papermill it is an ordinary kernelspec. Its launcher asks the server for a kernel, and starts a cold one where no
server answers. The server ends with the process that started it, however that ends, and takes its kernels with it.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from qualitybook.publish.scratch import TEMPORARY, scratch_folder, temporary_parent

NAME = "qualitybook"
SOCKET = "server"
ENDING_SECONDS = 10


def can_be_warm() -> bool:
    """Whether this system can fork and has local sockets, as warm kernels need."""
    return hasattr(os, "fork") and hasattr(socket, "AF_UNIX") and sys.platform != "darwin"


@contextmanager
def warm_kernels(environment: Mapping[str, str]) -> Iterator[Path | None]:
    """Run a server of warm kernels while the block lasts.

    Parameters
    ----------
    environment : mapping of str to str
        The environment in which the libraries are imported; each kernel gets its launcher's.

    Yields
    ------
    pathlib.Path or None
        Folder to be put on ``JUPYTER_PATH``, with the kernelspec `NAME`; None where the system has no warm kernels. The
        server may still be importing: a kernel that is asked for then waits for it.
    """
    if not can_be_warm():
        yield None
        return
    # Only its owner may enter this folder, and so reach the socket.
    with scratch_folder(temporary_parent(), TEMPORARY) as folder:
        write_kernelspec(folder)
        with _server(folder / SOCKET, environment):
            yield folder


def write_kernelspec(folder: Path) -> None:
    """Write the kernelspec of the warm kernels whose server listens in `folder`."""
    spec = folder / "kernels" / NAME
    spec.mkdir(parents=True)
    launcher = Path(__file__).with_name("launcher.py")
    # Without site packages, the launcher is up in hundredths of a second.
    argv = [sys.executable, "-I", "-S", str(launcher), str(folder / SOCKET), "-f", "{connection_file}"]
    values = {"argv": argv, "display_name": "Python 3 (warm)", "language": "python"}
    (spec / "kernel.json").write_text(json.dumps(values), encoding="utf-8")


@contextmanager
def _server(path: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """Run the server; it lives as long as somebody holds the other end of its standard input."""
    command = [sys.executable, "-P", "-m", f"{__name__}.server", str(path)]
    # In a session of its own, a Ctrl-C at the terminal reaches the build alone, which then ends the server.
    server = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment, start_new_session=True, text=True)
    try:
        yield
    finally:
        assert server.stdin is not None
        server.stdin.close()
        try:
            server.wait(ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()

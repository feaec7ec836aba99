"""Warm kernels: a server imports the heavy libraries once, and every page's kernel is a fork of it.

To papermill it is an ordinary kernelspec. Its launcher asks the server for a kernel, and starts a cold one where no
server answers. The server ends with the process that started it, however that ends, and takes its kernels with it.
"""

from __future__ import annotations

import json
import multiprocessing
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from qualitybook.publish.processes import can_fork, start
from qualitybook.publish.scratch import TEMPORARY, scratch_folder, temporary_parent

NAME = "qualitybook"
SOCKET = "server"
SERVER = f"{__name__}.server"
ENDING_SECONDS = 10
BACKLOG = 64


@contextmanager
def warm_kernels(environment: Mapping[str, str]) -> Iterator[Path | None]:
    """Run a server of warm kernels while the block lasts.

    Parameters
    ----------
    environment : mapping of str to str
        The environment of the server; each kernel gets its launcher's.

    Yields
    ------
    pathlib.Path or None
        Folder to be put on ``JUPYTER_PATH``, with the kernelspec `NAME`; None where the system has no warm kernels. The
        server may still be importing: a kernel that is asked for then waits for it.
    """
    if not can_fork():
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
    """Run the server; it lives as long as somebody holds the other end of what it is given to follow."""
    follow, held = multiprocessing.Pipe(duplex=False)
    # Launchers may connect from now on; they wait until the server is there and has imported the libraries.
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        path.chmod(0o600)
        listener.listen(BACKLOG)
        server = start(SERVER, (listener, follow), environment, ends_itself=True)
    follow.close()
    try:
        yield
    finally:
        held.close()
        server.join(ENDING_SECONDS)
        if server.is_alive():
            server.kill()
            server.join()

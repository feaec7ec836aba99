"""The server of warm kernels: imports once what pages need, then forks a kernel for each launcher that asks.

Single-threaded, since a fork keeps one thread only. It ends its kernels when their launcher ends, and itself and all
its kernels when the process that started it closes its end of a pipe, or is gone.
"""

from __future__ import annotations

import gc
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any, NoReturn

from qualitybook.publish.processes import FIGURES, take_environment

WARM = (
    *("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.debugger", "IPython.core.completer"),
    *FIGURES,
    *("matplotlib_inline.backend_inline", "statsmodels.api", "qualitybook.report.pages"),
)
REQUEST_SECONDS = 10
STANDARD_STREAMS = 3


class Server:
    """Forks kernels and looks after them.

    Parameters
    ----------
    listener : socket.socket
        Where launchers connect.
    follow : multiprocessing.connection.Connection
        When it can be read, the server ends: its other end is closed.
    """

    def __init__(self, listener: socket.socket, follow: Connection) -> None:
        self.listener = listener
        self.follow = follow
        self.selector = selectors.DefaultSelector()
        self.kernels: dict[int, socket.socket] = {}
        self.woken, self.waker = socket.socketpair()

    def serve(self) -> None:
        """Answer launchers until the other end of `follow` is closed."""
        self.woken.setblocking(False)
        self.waker.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(self.waker.fileno())
        self.selector.register(self.follow, selectors.EVENT_READ, self.stop)
        self.selector.register(self.listener, selectors.EVENT_READ, self.welcome)
        self.selector.register(self.woken, selectors.EVENT_READ, self.reap)
        while True:
            for key, _events in self.selector.select():
                if isinstance(key.data, int):
                    self.leave(key.data)
                else:
                    key.data()

    def welcome(self) -> None:
        """Fork a kernel for the launcher that connects."""
        launcher, _address = self.listener.accept()
        launcher.settimeout(REQUEST_SECONDS)
        try:
            request, streams = read_request(launcher)
        except (OSError, ValueError):
            launcher.close()
            return
        pid = os.fork()
        if pid == 0:
            self.become_kernel(request, streams)
        for stream in streams:
            os.close(stream)
        self.kernels[pid] = launcher
        self.selector.register(launcher, selectors.EVENT_READ, pid)
        tell(launcher, pid)

    def become_kernel(self, request: dict[str, Any], streams: list[int]) -> NoReturn:
        """Turn this process, just forked, into the kernel that was asked for."""
        status = 1
        try:
            os.setsid()
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self.selector.close()
            self.follow.close()
            for opened in (self.listener, self.woken, self.waker, *self.kernels.values()):
                opened.close()
            run_kernel(request, streams)
            status = 0
        finally:
            # Not the server's own way out: nothing here is this process's to clean up.
            os._exit(status)

    def reap(self) -> None:
        """Look after the kernels that have ended."""
        self.woken.recv(1024)
        for pid in list(self.kernels):
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
                self.end(pid)

    def leave(self, pid: int) -> None:
        """End a kernel whose launcher has gone."""
        # The kernel may have ended in the same moment, and have been seen to already.
        if pid in self.kernels:
            self.end(pid)

    def end(self, pid: int) -> None:
        """End a kernel with all processes that it started, and tell its launcher the exit status."""
        try:
            os.killpg(pid, signal.SIGKILL)
        except ProcessLookupError:
            # Just forked, it does not lead its group yet.
            os.kill(pid, signal.SIGKILL)
        _pid, status = os.waitpid(pid, 0)
        launcher = self.kernels.pop(pid)
        self.selector.unregister(launcher)
        tell(launcher, os.waitstatus_to_exitcode(status))
        launcher.close()

    def stop(self) -> NoReturn:
        """End all kernels and the server."""
        for pid in list(self.kernels):
            self.end(pid)
        raise SystemExit(0)


def tell(launcher: socket.socket, number: int) -> None:
    """Send a number to a launcher, if it is still there."""
    with suppress(OSError):
        launcher.sendall(f"{number}\n".encode())


def read_request(launcher: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """Return what a launcher asks for, and its standard streams."""
    data, streams, _flags, _address = socket.recv_fds(launcher, 1 << 16, STANDARD_STREAMS)
    while not data.endswith(b"\n"):
        more = launcher.recv(1 << 16)
        if not more:
            raise ValueError("the launcher left before it had said what it wants")
        data += more
    return json.loads(data), streams


def run_kernel(request: dict[str, Any], streams: list[int]) -> None:
    """Run a kernel with a launcher's streams, folder, environment and arguments until it is told to stop."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(request["cwd"])
    take_environment(request["environment"])
    from ipykernel.kernelapp import IPKernelApp

    # The kernel ends by itself should the server be killed.
    arguments = [*request["arguments"], f"--IPKernelApp.parent_handle={os.getppid()}"]
    sys.argv = ["ipykernel_launcher", *arguments]
    IPKernelApp.launch_instance(arguments)


def path_of_a_kernel() -> list[str]:
    """Return where a cold kernel would look for modules: this process has the path of the one that started it."""
    command = [sys.executable, "-P", "-c", "import json, sys; json.dump(sys.path, sys.stdout)"]
    path: list[str] = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    return path


def warm_up() -> None:
    """Import what pages need."""
    # The debugger, which every kernel imports, would warn that nobody can set breakpoints in Python's own modules.
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    for name in WARM:
        import_module(name)


def main(listener: socket.socket, follow: Connection) -> None:
    """Import what pages need, then answer launchers.

    Parameters
    ----------
    listener : socket.socket
        Where launchers connect.
    follow : multiprocessing.connection.Connection
        When it can be read, the server ends: its other end is closed.
    """
    # In a session of its own, a Ctrl-C at the terminal reaches the build alone, which then ends the server.
    os.setsid()
    sys.path[:] = path_of_a_kernel()
    warm_up()
    gc.collect()
    gc.freeze()
    Server(listener, follow).serve()

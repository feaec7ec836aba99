"""A site on this computer only: served for a look, and built again when something that it is made from changes."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

from watchfiles import Change, DefaultFilter

from qualitybook.publish.layout import REQUIRED, Project

HOST = "127.0.0.1"
INDEX = "index.html"
"""The first page of a site, or of a folder of it."""
_NOWHERE = ".nowhere"
_SECONDS_BETWEEN_LOOKS = 0.5
_OWN_NAMES = (HOST, "localhost")


class _Pages(SimpleHTTPRequestHandler):
    """Serves the site's own files to this computer, and lets no browser keep them: the next build may change any."""

    def send_head(self) -> Any:
        """Answer only to this computer's own names: a page of elsewhere may have given itself its address."""
        name = self.headers.get("Host", HOST).rpartition(":")[0] or self.headers.get("Host", HOST)
        if name.lower() not in _OWN_NAMES:
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            return None
        return super().send_head()

    def translate_path(self, path: str) -> str:
        """Return the file of an address; one that no file can have or that leads out is not there.

        Nor is a folder without a first page, or what is no plain file: a pipe would keep its reader for ever.
        """
        named, site = super().translate_path(path.replace("%00", "\ufffd")), Path(self.directory)
        found = os.path.join(named, INDEX) if os.path.isdir(named) else named
        # Not of Path, which raises where a name is too long.
        is_there = os.path.isfile(found) and Path(found).resolve().is_relative_to(site.resolve())
        return named if is_there else str(site / _NOWHERE)

    def end_headers(self) -> None:
        """Add the header, then end."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing about what was asked for."""


class _Server(ThreadingHTTPServer):
    # A thread that dies with the process keeps what it has locked, and Python waits for that at its very end.
    daemon_threads = False

    def __init__(self, *args: Any) -> None:
        self._readers: set[socket.socket] = set()
        super().__init__(*args)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread of its own."""
        self._readers.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """End with a reader."""
        self._readers.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """End with all readers, also those that have not yet all of a page, and wait for their threads."""
        for reader in list(self._readers):
            with suppress(OSError):
                reader.shutdown(socket.SHUT_RDWR)
        super().server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Let readers leave before they have all of a page."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Sources(DefaultFilter):
    """What a book is made from, without editors' leftovers and without folders that begin with ``_`` or a dot."""

    allowed = frozenset({".csv", ".toml", ".yml", ".md", ".ipynb", ".json", ".png", ".svg", ".jpg"})

    def __call__(self, change: Any, path: str) -> bool:
        """Return whether a change matters."""
        return Path(path).suffix in self.allowed and super().__call__(change, path)


def server_of(site: Path, port: int) -> ThreadingHTTPServer:
    """Return a server of the site on this computer's own address, not yet running; OSError if the port is taken.

    A build may put another site in its place meanwhile.
    """
    return _Server((HOST, port), partial(_Pages, directory=str(site.absolute())))


def sources_of(project: Project, evidence: Path) -> list[Path]:
    """Return the files and folders that a book is made from."""
    return [path for path in (*(project.root / name for name in REQUIRED), evidence) if path.exists()]


_State = Mapping[Path, tuple[int, int, int] | None]


def state_of(sources: Iterable[Path]) -> _State:
    """Return what changes with the files that a book is made from.

    They are looked at, not watched: where a folder or a file is replaced, or removed and brought back, the system goes
    on watching what is no longer there.
    """
    matters = _Sources()
    found: dict[Path, tuple[int, int, int] | None] = {}
    for source in sources:
        walked = [Path(folder, name) for folder, _, names in os.walk(source) for name in names]
        inside = [path for path in walked if matters(Change.modified, str(path))] if source.is_dir() else [source]
        found |= {path: _state(path) for path in inside}
    return found


def _state(path: Path) -> tuple[int, int, int] | None:
    """Return what changes with a file; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _changes(sources: Sequence[Path], seen: _State, stop: Event) -> Iterator[None]:
    """Yield after each change until told to stop."""
    while not stop.wait(_SECONDS_BETWEEN_LOOKS):
        before, seen = seen, state_of(sources)
        if seen != before:
            yield


def serve(
    server: ThreadingHTTPServer,
    sources: Iterable[Path],
    rebuild: Callable[[], None] | None,
    stop: Event,
    seen: _State | None = None,
) -> None:
    """Serve until told to stop, and build again after each change, where there is something that builds.

    Changes are those since the sources were as seen, before the site was built; else since now.
    """
    sources = list(sources)
    seen = state_of(sources) if seen is None else seen
    running = Thread(target=server.serve_forever, daemon=True)
    try:
        running.start()
        if rebuild is None:
            stop.wait()
        else:
            for _ in _changes(sources, seen, stop):
                rebuild()
    finally:
        if running.is_alive():
            server.shutdown()
            running.join()
        server.server_close()

"""A site on this computer only: served for a look, and built again when something that it is made from changes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

from watchfiles import DefaultFilter, watch

from qualitybook.publish.layout import REQUIRED, Project

HOST = "127.0.0.1"
_NOWHERE = ".nowhere"
_OWN_NAMES = (HOST, "localhost")


class _Pages(SimpleHTTPRequestHandler):
    """Serves the site's own files to this computer, and lets no browser keep them: the next build may change any."""

    def send_head(self) -> Any:
        """Answer only to this computer's own names: a page of elsewhere may have given itself its address."""
        name = self.headers.get("Host", HOST).rpartition(":")[0] or self.headers.get("Host", HOST)
        if name not in _OWN_NAMES:
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            return None
        return super().send_head()

    def translate_path(self, path: str) -> str:
        """Return the file of an address; one that no file can have or that leads out is not there."""
        found, site = Path(super().translate_path(path.replace("%00", "\ufffd"))), Path(self.directory)
        return str(found if found.resolve().is_relative_to(site.resolve()) else site / _NOWHERE)

    def list_directory(self, path: Any) -> None:
        """List no folder."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def end_headers(self) -> None:
        """Add the header, then end."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing about what was asked for."""


class _Server(ThreadingHTTPServer):
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
    """Return a server of the site on this computer's own address, not yet running.

    Parameters
    ----------
    site
        Folder of the site; a build may put another in its place meanwhile.

    Raises
    ------
    OSError
        If the port is taken.
    """
    return _Server((HOST, port), partial(_Pages, directory=str(site.absolute())))


def sources_of(project: Project, evidence: Path) -> list[Path]:
    """Return the files and folders that a book is made from."""
    return [path for path in (*(project.root / name for name in REQUIRED), evidence) if path.exists()]


def serve(
    server: ThreadingHTTPServer, sources: Iterable[Path], rebuild: Callable[[], None] | None, stop: Event
) -> None:
    """Serve until told to stop, and build again after each change where that is wanted.

    Parameters
    ----------
    rebuild
        Builds the site; None for a site that is only shown.
    """
    running = Thread(target=server.serve_forever, daemon=True)
    running.start()
    try:
        if rebuild is None:
            stop.wait()
        else:
            for _ in watch(*sources, watch_filter=_Sources(), stop_event=stop, raise_interrupt=True):
                rebuild()
    finally:
        server.shutdown()
        server.server_close()
        running.join()

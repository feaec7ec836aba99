"""Asking addresses, on a server of this computer only."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from qualitybook.analysis.review import ask


class Handler(BaseHTTPRequestHandler):
    """Answer with the status that the path names; `/page` knows no heads, `/slow` takes its time."""

    def do_HEAD(self) -> None:
        if self.path == "/slow":
            time.sleep(1)
        self._answer({"/page": 405, "/slow": 200}.get(self.path))

    def do_GET(self) -> None:
        self._answer(200 if self.path == "/page" else None)

    def _answer(self, status: int | None) -> None:
        self.send_response(status or int(self.path.strip("/")))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{made.server_port}"
        made.shutdown()


def test_what_addresses_answer(server: str) -> None:
    paths = ("/200", "/404", "/410", "/500", "/page", "/slow")
    answers = list(ask([server + path for path in paths], timeout=0.3, pause=0))
    assert [answer.code for answer in answers] == ["answers", "gone", "gone", "refuses", "answers", "unreachable"]


def test_nobody_there() -> None:
    (answer,) = ask(["http://127.0.0.1:9/"], timeout=1, pause=0)
    assert answer.code == "unreachable"
    assert answer.detail


def test_the_same_host_is_left_in_peace_between_two_requests(server: str) -> None:
    start = time.monotonic()
    answers = list(ask([f"{server}/200", f"{server}/404", f"{server}/200"], timeout=1, pause=0.2))
    assert len(answers) == 2
    assert time.monotonic() - start >= 0.2

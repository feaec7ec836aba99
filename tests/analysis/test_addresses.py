"""Asking addresses, on a server of this computer only."""

from __future__ import annotations

import socketserver
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
        self._answer({"/page": 405, "/slow": 200, "/%E5%85%AC%E6%8A%A5": 200}.get(self.path))

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


# What each odd server says, raw. Each ends the connection.
RAW = {
    "no HTTP": b"hello\r\n\r\n",
    "a status that is no number": b"HTTP/1.1 abc OK\r\n\r\n",
    "a line too long": b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000 + b"\r\n\r\n",
    "too many headers": b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 150 + b"\r\n",
    "a redirect to another scheme": b"HTTP/1.1 302 Found\r\nLocation: ftp://127.0.0.1/x\r\n\r\n",
    "a redirect into the own network": b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.2:9/x\r\n\r\n",
}


@pytest.mark.parametrize("said", RAW.values(), ids=RAW)
def test_an_odd_answer_is_an_answer(said: bytes) -> None:
    class Raw(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(4096)
            self.request.sendall(said)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Raw) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        (answer,) = ask([f"http://127.0.0.1:{made.server_address[1]}/"], timeout=5, pause=0)
        made.shutdown()
    assert answer.code == "unreachable"
    assert answer.detail
    if b"Location" in said:
        assert "redirect" in answer.detail


@pytest.mark.parametrize("url", ["http://127.0.0.1:port/", "http://a\\b/", "http://[::1/", "http://", "nothing"])
def test_an_odd_address_is_unreachable(url: str) -> None:
    (answer,) = ask([url], timeout=5, pause=0)
    assert answer.code == "unreachable"
    assert answer.detail


def test_an_answer_has_one_limit_however_slowly_it_comes() -> None:
    class Slow(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            for byte in b"HTTP/1.1 200 OK\r\n" * 100:
                time.sleep(0.05)
                try:
                    self.request.sendall(bytes([byte]))
                except OSError:
                    return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Slow) as made:
        made.daemon_threads = True
        threading.Thread(target=made.serve_forever, daemon=True).start()
        start = time.monotonic()
        (answer,) = ask([f"http://127.0.0.1:{made.server_address[1]}/"], timeout=0.3, pause=0)
        taken = time.monotonic() - start
        made.shutdown()
    assert answer.code == "unreachable"
    assert taken < 3


def test_an_address_in_chinese_is_asked(server: str) -> None:
    (answer,) = ask([f"{server}/公报"], timeout=5, pause=0)
    assert answer.code == "answers"

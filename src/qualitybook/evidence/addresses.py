"""Whether the addresses of sources still answer; asked only when somebody wants to know, and politely."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

_AGENT = "qualitybook (checks whether cited sources can still be reached)"
_GONE = (404, 410)
_NOT_FOR_HEAD = (403, 405, 501)


@dataclass(frozen=True)
class Answer:
    """What an address answered."""

    url: str
    """The address."""
    code: str
    """``answers``, ``gone`` (404 or 410), ``refuses`` (another status from 400 up) or ``unreachable``."""
    detail: str
    """The status, or the reason in the system's words."""


def ask(urls: Iterable[str], timeout: float, pause: float) -> Iterator[Answer]:
    """Ask each address once; whatever is odd about an address or an answer is an answer too.

    Parameters
    ----------
    timeout
        Seconds for an answer as a whole, however slowly it comes.
    pause
        Seconds between two requests to the same host.
    """
    last: dict[str, float] = {}
    for url in dict.fromkeys(urls):
        host = url.split("/")[2] if url.count("/") > 1 else url
        wait = last.get(host, 0.0) + pause - time.monotonic()
        if host in last and wait > 0:
            time.sleep(wait)
        yield _answer(url, timeout)
        last[host] = time.monotonic()


def _answer(url: str, timeout: float) -> Answer:
    """Return what an address answers to a request for its head, or for its page where heads are not given."""
    answer = _within(url, "HEAD", timeout)
    if answer.detail in map(str, _NOT_FOR_HEAD):
        return _within(url, "GET", timeout)
    return answer


def _within(url: str, method: str, timeout: float) -> Answer:
    """Return what an address answers within a time: a socket's own limit begins anew with each byte that comes."""
    answers = [Answer(url, "unreachable", f"no whole answer within {timeout:g} s")]
    asking = threading.Thread(target=lambda: answers.append(_asked(url, method, timeout)), daemon=True)
    asking.start()
    asking.join(timeout)
    return answers[-1]


def _asked(url: str, method: str, timeout: float) -> Answer:
    try:
        request = Request(_in_ascii(url), method=method, headers={"User-Agent": _AGENT})
        with build_opener(_Redirects(request.host)).open(request, timeout=timeout) as response:
            return Answer(url, "answers", str(response.status))
    except HTTPError as error:
        return Answer(url, "gone" if error.code in _GONE else "refuses", str(error.code))
    except (URLError, OSError, ValueError, http.client.HTTPException) as error:
        return Answer(url, "unreachable", str(getattr(error, "reason", error)) or type(error).__name__)


def _in_ascii(url: str) -> str:
    """Return an address as it goes over the wire: a host in Punycode, other characters in percent signs."""
    parts = urlsplit(url)
    host = (parts.hostname or "").encode("idna").decode("ascii")
    place = host if parts.port is None else f"{host}:{parts.port}"
    path, query = (quote(part, safe="/%:=&?~+!$,;'@()*[]") for part in (parts.path, parts.query))
    return urlunsplit((parts.scheme, place, path, query, ""))


class _Redirects(HTTPRedirectHandler):
    """Follow redirects on the web, but none from one host into the own network: nobody listed what stands there."""

    def __init__(self, host: str) -> None:
        self.host = host

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: http.client.HTTPMessage, newurl: str
    ) -> Request | None:
        """Return the request for where a redirect leads, or refuse it."""
        parts = urlsplit(newurl)
        if parts.scheme not in ("http", "https"):
            raise URLError(f"a redirect to {parts.scheme}")
        if parts.netloc != self.host and _is_own_network(parts.hostname or ""):
            raise URLError("a redirect into the own network")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _is_own_network(host: str) -> bool:
    found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None)}
    return not all(ipaddress.ip_address(address.split("%")[0]).is_global for address in found)

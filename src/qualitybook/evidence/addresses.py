"""Whether the addresses of sources still answer; asked only when somebody wants to know, and politely."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

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
    """Ask each address once.

    Parameters
    ----------
    pause
        Seconds between two requests to the same host.
    """
    last: dict[str, float] = {}
    for url in dict.fromkeys(urls):
        host = urlsplit(url).netloc
        wait = last.get(host, 0.0) + pause - time.monotonic()
        if host in last and wait > 0:
            time.sleep(wait)
        yield _answer(url, timeout)
        last[host] = time.monotonic()


def _answer(url: str, timeout: float) -> Answer:
    """Return what an address answers to a request for its head, or for its page where heads are not given."""
    answer = _asked(url, "HEAD", timeout)
    if answer.detail in map(str, _NOT_FOR_HEAD):
        return _asked(url, "GET", timeout)
    return answer


def _asked(url: str, method: str, timeout: float) -> Answer:
    request = Request(url, method=method, headers={"User-Agent": _AGENT})
    try:
        with urlopen(request, timeout=timeout) as response:
            return Answer(url, "answers", str(response.status))
    except HTTPError as error:
        return Answer(url, "gone" if error.code in _GONE else "refuses", str(error.code))
    except (URLError, OSError, ValueError) as error:
        return Answer(url, "unreachable", str(getattr(error, "reason", error)))

"""What reviewers should check, the figures first that a verdict leans on and that are weak.

Whether the addresses of sources still answer is asked only when somebody wants to know, and politely.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pandas as pd

from qualitybook.analysis.assess import Assessment, assess_targets, judge_peers
from qualitybook.analysis.series import FITTED_USES, build_series, may_be_earlier
from qualitybook.analysis.verdict import Verdict
from qualitybook.evidence.catalog import Catalog, Edition

_WEAK_QUALIFIERS = ("at_least", "at_most", "derived", "undated", "about")
IMPORTANCES = ("decides", "weak_direct", "fitted", "direct", "proxy", "beside", "area")
"""From what a verdict rests on altogether to what only stands on a page."""

_OF_ROLE = {"proxy": "proxy", "context": "beside", "support": "beside"}


@dataclass(frozen=True)
class Place:
    """A page on which a figure stands."""

    kind: str
    """``target``, ``area``, or ``peers`` for the page about other places' goals."""
    number: int
    """Number of the target or of the area, 0 for other places."""


@dataclass
class Item:
    """One published figure to check."""

    row: pd.Series
    """The row of the observations."""
    importance: str
    """One of :data:`IMPORTANCES`, the first that holds on any page."""
    weaknesses: tuple[str, ...]
    """Codes: the qualifiers that are no printed figure of a year, ``grade_c``, ``no_address``, ``dating``."""
    places: list[Place] = field(default_factory=list)

    @property
    def order(self) -> tuple[int, int, float, int]:
        """What items are sorted by: importance, weaknesses, the latest first."""
        end = self.row["end"]
        latest = 0.0 if pd.isna(end) else -float(pd.Timestamp(end).toordinal())
        return IMPORTANCES.index(self.importance), -len(self.weaknesses), latest, int(self.row["line"])


@dataclass(frozen=True)
class Review:
    """What is to be checked of an edition."""

    edition: Edition
    assessments: tuple[Assessment, ...]
    """The verdicts, in the plan's order."""
    peers: tuple[tuple[pd.Series, Verdict], ...]
    """The goals of other places with their verdicts."""
    items: tuple[Item, ...]
    """The figures, the most important first."""
    sources: pd.DataFrame
    """The sources, by key."""
    marks: pd.DataFrame
    """What reviewers have recorded for the edition."""

    @classmethod
    def of(cls, catalog: Catalog, edition: Edition) -> Review:
        """Return what is to be checked of an edition."""
        seen = catalog.seen_by(edition)
        sources = seen.sources.set_index("source_id", drop=False)
        assessments = assess_targets(seen, edition.as_of)
        items: dict[int, Item] = {}
        for place, importance, row in (*_of_targets(assessments), *_of_peers(seen), *_of_areas(seen)):
            line = int(row["line"])
            item = items.setdefault(line, Item(row, importance, _weaknesses(row, seen.without_address)))
            item.importance = min(item.importance, importance, key=IMPORTANCES.index)
            if place not in item.places:
                item.places.append(place)
        marks = catalog.reviews[catalog.reviews["edition"] == edition.edition].reset_index(drop=True)
        ordered = tuple(sorted(items.values(), key=lambda item: item.order))
        peers = tuple(judge_peers(seen, edition.as_of))
        return cls(edition, tuple(assessments), peers, ordered, sources, marks)


def _of_targets(assessments: list[Assessment]) -> Iterator[tuple[Place, str, pd.Series]]:
    for item in assessments:
        place = Place("target", int(item.target["number"]))
        series = item.verdict.series
        if series is not None:
            for _, row in series.rows.iterrows():
                yield place, _direct_importance(item, row), row
        for support in item.supports:
            for _, row in support.series.rows.iterrows():
                yield place, _OF_ROLE[support.role], row


def _direct_importance(item: Assessment, row: pd.Series) -> str:
    """Return how much a verdict leans on a figure of its own series.

    A verdict without any fitted value leans on the bounds and undated figures, which keep it from being given.
    """
    if row["line"] == item.verdict.deciding_line:
        return "decides"
    leans = row["use"] in FITTED_USES or item.verdict.n == 0
    if leans and (row["qualifier"] in _WEAK_QUALIFIERS or row["grade"] == "C"):
        return "weak_direct"
    return "fitted" if leans else "direct"


def _of_peers(seen: Catalog) -> Iterator[tuple[Place, str, pd.Series]]:
    """Yield the figures that the goals of other places are judged by."""
    pairs = dict.fromkeys(zip(seen.peer_targets["indicator_id"], seen.peer_targets["region_id"], strict=True))
    for indicator_id, region_id in pairs:
        for _, row in seen.observations_of(indicator_id, region_id).iterrows():
            yield Place("peers", 0), "beside", row


def _of_areas(seen: Catalog) -> Iterator[tuple[Place, str, pd.Series]]:
    """Yield the figures of the tasks' indicators in the plan's place."""
    areas = seen.areas.set_index("area_id")["number"]
    tasks = seen.tasks.set_index("task_id")["area_id"]
    for link in seen.task_indicators.to_dict("records"):
        place = Place("area", int(areas[tasks[link["task_id"]]]))
        for _, row in build_series(seen, str(link["indicator_id"]), seen.plan_region).rows.iterrows():
            yield place, "area", row


def _weaknesses(row: pd.Series, without_address: frozenset[str]) -> tuple[str, ...]:
    found = [str(row["qualifier"])] if row["qualifier"] in _WEAK_QUALIFIERS else []
    found += ["grade_c"] if row["grade"] == "C" else []
    found += ["no_address"] if row["source_id"] in without_address else []
    found += ["dating"] if may_be_earlier(row) else []
    return tuple(found)


_AGENT = "qualitybook (checks whether cited sources can still be reached)"
_GONE = (404, 410)
_NOT_FOR_HEAD = (403, 405, 501)


@dataclass(frozen=True)
class Answer:
    """What an address answered."""

    url: str
    code: str
    """``answers``, ``gone`` (404 or 410), ``refuses`` (another status from 400 up) or ``unreachable``."""
    detail: str
    """The status, or the reason in the system's words."""


def ask(urls: Iterable[str], timeout: float, pause: float) -> Iterator[Answer]:
    """Ask each address once; whatever is odd about an address or an answer is an answer too.

    The timeout, in seconds, is for an answer as a whole, however slowly it comes; the pause is between two requests to
    the same host.
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


def marks_of(marks: pd.DataFrame, row: pd.Series) -> list[pd.Series]:
    """Return the reviewers' marks of one figure."""
    keys = ("indicator_id", "region_id", "period", "source_id", "basis")
    own = marks
    for key in keys if len(marks) else ():
        own = own[own[key] == row[key]]
    return [mark for _, mark in own.iterrows()]


def checked(catalog: Catalog, edition: str, lines: Iterable[int]) -> dict[int, list[pd.Series]]:
    """Return the reviewers' marks of figures of an edition, by line, of those that have any."""
    marks = catalog.reviews[catalog.reviews["edition"] == edition]
    rows = catalog.observations[catalog.observations["line"].isin(set(lines))] if len(marks) else marks
    found = {int(row["line"]): marks_of(marks, row) for _, row in rows.iterrows()}
    return {line: own for line, own in found.items() if own}

"""The policy of the pages: a request or a script that slips in does nothing; without the policy it would."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from chromium import Reader, reader
from playwright.sync_api import Browser, Page, Route

ELSEWHERE = "https://planted.example/**"
# Every way out that a page has, each to another host.
WAYS_OUT = """async () => {
  const address = (name) => `https://planted.example/${name}`;
  const add = (tag, values) => document.body.append(Object.assign(document.createElement(tag), values));
  add("img", {src: address("img")});
  add("script", {src: address("script")});
  add("link", {rel: "stylesheet", href: address("link")});
  add("iframe", {src: address("frame")});
  add("object", {data: address("object")});
  add("video", {src: address("video")});
  await fetch(address("fetch"), {mode: "no-cors"}).catch(() => null);
  navigator.sendBeacon(address("beacon"));
  await new Promise((done) => setTimeout(done, 300));
}"""
INLINE = """() => {
  const script = document.createElement("script");
  script.textContent = "document.body.dataset.planted = 'inline'";
  document.body.append(script);
  document.body.insertAdjacentHTML("beforeend", '<img src="data:," onerror="document.body.dataset.planted = 1">');
  const link = Object.assign(document.createElement("a"), {href: "javascript:document.body.dataset.planted = 2"});
  document.body.append(link);
  link.click();
}"""


class Host:
    """The other host: it answers, and counts."""

    def __init__(self, page: Page) -> None:
        self.asked: list[str] = []
        page.route(ELSEWHERE, self.answer)

    def answer(self, route: Route) -> None:
        self.asked.append(route.request.url.rpartition("/")[2])
        route.fulfill(status=200, body="")


@pytest.fixture
def unguarded(browser: Browser, base: str) -> Iterator[Reader]:
    """A reader whose browser ignores policies."""
    context = browser.new_context(bypass_csp=True)
    yield reader(context, base)
    context.close()


def test_a_planted_request_is_blocked(visitor: Reader, edition: str, lang: str) -> None:
    host = Host(visitor.page)
    page = visitor.open(f"{edition}/{lang}/summary.html")
    assert page.locator("meta[http-equiv=Content-Security-Policy]").count() == 1
    page.evaluate(WAYS_OUT)
    assert host.asked == []
    directives = {line.partition(" ")[0] for line in visitor.refused}
    wanted = {"img-src", "script-src-elem", "style-src-elem", "frame-src", "object-src", "media-src", "connect-src"}
    assert wanted <= directives


def test_without_the_policy_the_same_requests_leave(unguarded: Reader, edition: str) -> None:
    host = Host(unguarded.page)
    unguarded.open(f"{edition}/en/summary.html").evaluate(WAYS_OUT)
    assert {"img", "script", "link", "frame", "fetch"} <= set(host.asked)


def test_a_planted_script_does_not_run(visitor: Reader, edition: str) -> None:
    page = visitor.open(f"{edition}/en/summary.html")
    page.evaluate(INLINE)
    page.wait_for_timeout(200)
    assert page.evaluate("document.body.dataset.planted") is None


def test_without_the_policy_it_would_run(unguarded: Reader, edition: str) -> None:
    page = unguarded.open(f"{edition}/en/summary.html")
    page.evaluate(INLINE)
    page.wait_for_timeout(200)
    assert page.evaluate("document.body.dataset.planted") is not None

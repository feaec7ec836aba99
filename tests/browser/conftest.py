"""The site and the browser that the tests of this folder share.

Without further word a small book is built and read; ``QUALITYBOOK_SITE`` names another site, as ``make test-all`` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import Reader, chromium, reader, served
from playwright.sync_api import Browser
from small_site import WITH_THE_REAL_BOOK, shared_site, site_to_read

LANGUAGES = ("zh", "en")


LONGEST = ("test_sweep.py", "test_front_of_shelf.py")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what needs a browser, and put the longest files first, so that no worker ends with one alone."""
    here = Path(__file__).parent
    own = [item for item in items if here in item.path.parents]
    left_out = [] if site_to_read() else [item for item in own if is_left_to_the_real_book(item)]
    config.hook.pytest_deselected(items=left_out)
    for item in own:
        item.add_marker(pytest.mark.browser)
    for item in left_out:
        items.remove(item)
    items.sort(key=lambda item: item.path.name not in LONGEST)


def is_left_to_the_real_book(item: pytest.Item) -> bool:
    """Say whether a test asks for what the small book leaves out; what is asked in one way alone is not left out."""
    params = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    has_one_way = any(mark.args[0] == "base" for mark in item.iter_markers("parametrize"))
    return not has_one_way and any(
        (params.get(first), params.get(second)) in left for (first, second), left in WITH_THE_REAL_BOOK.items()
    )


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    named = site_to_read()
    if named is not None:
        assert (named / "index.html").is_file(), f"no site in {named}; run 'make book' first"
        return named
    base = tmp_path_factory.getbasetemp()
    return shared_site(base if worker_id == "master" else base.parent)


@pytest.fixture(scope="session")
def edition(site: Path) -> str:
    """Name of the latest edition."""
    return max(path.name for path in site.iterdir() if (path / "zh" / "summary.html").is_file())


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def http(site: Path) -> Iterator[str]:
    with served(site) as base:
        yield base


@pytest.fixture(params=["http", "file"])
def base(request: pytest.FixtureRequest, site: Path, http: str) -> str:
    """Address of the site's root, from a server and from a folder."""
    return http if request.param == "http" else site.as_uri()


@pytest.fixture(params=LANGUAGES)
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def visitor(browser: Browser, base: str) -> Iterator[Reader]:
    """A reader at a desk."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light", accept_downloads=True)
    yield reader(context, base)
    context.close()

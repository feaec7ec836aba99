"""The sample book, built once for all tests of the website."""

from __future__ import annotations

import pytest
from sample_book import SampleBook, build


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> SampleBook:
    return build(tmp_path_factory.mktemp("site"))

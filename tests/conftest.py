"""Fixtures that every folder of tests may use; this file also puts ``tests`` on the path, for ``synthetic``."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest
from hypothesis import settings
from synthetic import CatalogMaker, Row, write_evidence

from qualitybook.evidence import Catalog, load

# A test must not fail because the machine is busy.
settings.register_profile("any_pace", deadline=None)
settings.load_profile("any_pace")
# Thousands of tests, which live as long as the process, are not looked through again and again for what is left over:
# 6 % of the time of a worker before, 2 after.
gc.set_threshold(20_000, 20, 20)


def pytest_xdist_auto_num_workers() -> int:
    """Return one worker more than there are processors: many tests wait for processes that they start or end."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put first what builds whole books, which lies in no folder, so that no worker ends with it alone."""
    items.sort(key=lambda item: len(item.path.parts))


@pytest.fixture
def sample_folder(tmp_path: Path) -> Path:
    """Return a folder with the evidence of the sample city, as :func:`synthetic.write_evidence` writes it."""
    return write_evidence(tmp_path / "data")


@pytest.fixture
def catalog_of(tmp_path: Path) -> CatalogMaker:
    """Return a function that makes the sample city's catalog from rows of observations and other tables."""

    def make(observations: list[Row] | None = None, **tables: list[Row]) -> Catalog:
        changes = dict(tables) if observations is None else {"observations": observations, **tables}
        return load(write_evidence(tmp_path / "made", **changes))

    return make

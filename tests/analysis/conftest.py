"""A catalog of the sample city with the observations a test wants."""

from __future__ import annotations

from pathlib import Path

import pytest
from synthetic import CatalogMaker, Row, write_evidence

from qualitybook.evidence import Catalog, load


@pytest.fixture
def catalog_of(tmp_path: Path) -> CatalogMaker:
    """Return a function that makes the sample city's catalog from rows of observations and other tables."""

    def make(observations: list[Row] | None = None, **tables: list[Row]) -> Catalog:
        changes = dict(tables) if observations is None else {"observations": observations, **tables}
        return load(write_evidence(tmp_path / "made", **changes))

    return make

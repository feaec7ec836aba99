"""Fixtures that every folder of tests may use; this file also puts ``tests`` on the path, for ``synthetic``."""

from __future__ import annotations

from pathlib import Path

import pytest
from synthetic import write_evidence


@pytest.fixture
def sample_folder(tmp_path: Path) -> Path:
    """Return a folder with the evidence of the sample city, as :func:`synthetic.write_evidence` writes it."""
    return write_evidence(tmp_path / "data")

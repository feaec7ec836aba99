"""Sphinx extension for the forms that pandoc writes: a document for Word, and an electronic book."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

from qualitybook.publish import documents
from qualitybook.publish.pandoc.builder import BUILDERS


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the builders."""
    app.setup_extension("qualitybook.publish.typst")
    for builder in BUILDERS:
        app.add_builder(builder)
    documents.show_outputs(app, BUILDERS)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

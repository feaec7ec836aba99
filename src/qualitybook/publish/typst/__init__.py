"""Sphinx extension for the printed book: builder ``typst`` writes one Typst file and compiles it to a PDF."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

from qualitybook.publish import documents
from qualitybook.publish.typst.builder import TypstBuilder
from qualitybook.publish.typst.pictures import PicturesBuilder
from qualitybook.publish.typst.short import BriefBuilder, SlidesBuilder

_BUILDERS = (TypstBuilder, BriefBuilder, SlidesBuilder, PicturesBuilder)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the builder and its settings."""
    app.setup_extension("myst_nb")
    for builder in _BUILDERS:
        app.add_builder(builder)
    for name, default in (
        ("title", ""),
        ("subtitle", ""),
        ("author", ""),
        ("edition", ""),
        ("as_of", ""),
        ("version", ""),
        ("cover_note", ""),
        ("imprint", []),
        ("date", ""),
        ("keywords", []),
        ("index", {}),
        ("summary_sections", 0),
        ("standards", ["a-2b", "ua-1"]),
    ):
        app.add_config_value(f"typst_{name}", default, "", [type(default)])
    documents.register(app)
    documents.show_outputs(app, _BUILDERS)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

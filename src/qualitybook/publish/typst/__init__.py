"""Sphinx extension for the printed book: builder ``typst`` writes one Typst file and compiles it to a PDF."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

from qualitybook.publish import documents
from qualitybook.publish.typst.builder import TypstBuilder
from qualitybook.publish.typst.short import BriefBuilder, SlidesBuilder

_BUILDERS = (TypstBuilder, BriefBuilder, SlidesBuilder)
# What a notebook's output is shown as, best first.
_MIME_TYPES = (
    "text/markdown",
    "image/svg+xml",
    "application/pdf",
    "image/png",
    "image/jpeg",
    "text/latex",
    "text/plain",
)


def _choose_mime_types(app: Sphinx, config: Config) -> None:
    """Tell MyST-NB which form of an output these builders print."""
    ranked = list(enumerate(_MIME_TYPES, start=1))
    ours = [(builder.name, mime_type, place) for builder in _BUILDERS for place, mime_type in ranked]
    config.nb_mime_priority_overrides = [*config.nb_mime_priority_overrides, *ours]


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
    app.connect("config-inited", _choose_mime_types)
    documents.register(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""Sphinx extension for the printed book: builder ``typst`` writes one Typst file and compiles it to a PDF.

Importing it imports nothing: the process that only starts Typst needs none of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the builder and its settings."""
    from qualitybook.publish import documents
    from qualitybook.publish.typst.builder import BUILDERS, TypstBuilder
    from qualitybook.publish.typst.pictures import PicturesBuilder

    builders = (*BUILDERS, PicturesBuilder)
    app.setup_extension("myst_nb")
    for builder in builders:
        app.add_builder(builder)
    texts = ("title", "subtitle", "author", "edition", "as_of", "version", "cover_note", "date")
    defaults: dict[str, Any] = dict.fromkeys(texts, "")
    defaults |= {"imprint": [], "keywords": [], "index": {}, "summary_sections": 0}
    defaults |= {"forms": [TypstBuilder.name], "standards": ["a-2b", "ua-1"]}
    for name, default in defaults.items():
        app.add_config_value(f"typst_{name}", default, "", [type(default)])
    documents.register(app)
    documents.show_outputs(app, builders)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

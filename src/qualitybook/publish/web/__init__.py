"""Sphinx extension for the book's website: offline, searchable in Chinese and English, with a language switch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from qualitybook.publish import documents

from . import finish, formulas, head, narrow, pages, pictures, search, terms, text, theme

_HERE = Path(__file__).parent
_STYLESHEET = "qualitybook.css"
_SCRIPTS = ("frame.js", "qualitybook.js")
# After the theme's own style sheets (500), so that ours wins between rules of equal weight.
_STYLESHEET_PRIORITY = 900
_PARTS = (pages, documents, narrow, pictures, terms, text, formulas, search, head, theme, finish)


def _add_static_folder(app: Sphinx) -> None:
    """Let Sphinx copy this package's static files to the site."""
    app.config.html_static_path.append(str(_HERE / "static"))


def _add_templates(app: Sphinx, config: Any) -> None:
    """Let Sphinx find this package's page components and its icon."""
    config.templates_path.append(str(_HERE / "templates"))
    config.html_favicon = config.html_favicon or str(_HERE / "favicon.svg")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register everything the website needs."""
    app.setup_extension("qualitybook.publish.bibliography")
    app.connect("config-inited", _add_templates)
    app.connect("builder-inited", _add_static_folder)
    app.add_css_file(_STYLESHEET, priority=_STYLESHEET_PRIORITY)
    for script in _SCRIPTS:
        app.add_js_file(script)
    for part in _PARTS:
        part.register(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

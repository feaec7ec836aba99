"""The theme, made light, offline and of the book's language: its words, pictures and files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from gettext import NullTranslations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.writers.html5 import HTML5Translator

from qualitybook.publish.documents import words_of
from qualitybook.report.i18n import Words

# Before the extensions that copy their settings into scripts at the same event (500).
_EARLY = 100
# myst-nb writes this name of a fold into the page in English; without it the fold is named by its visible words.
_ENGLISH_NAME_OF_FOLD = ' aria-label="Toggle hidden content"'


def _theme_words(words: Words) -> dict[str, str]:
    """Return the words that the theme and our templates show and no catalog of their own translates, by the English."""
    _ = words.gettext
    return {
        "Color mode": _("Color mode"),
        "System Settings": _("System Settings"),
        "No page has all these words. Those that come nearest:": _(
            "No page has all these words. Those that come nearest:"
        ),
        "Link to this equation": _("Link to this equation"),
        "Link to this heading": _("Link to this heading"),
        "Link to this image": _("Link to this image"),
        "Link to this table": _("Link to this table"),
    }


class ThemeCatalog(NullTranslations):
    """Catalog of `_theme_words`, asked for what Sphinx's own catalog lacks."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        super().__init__()
        self._messages = dict(messages)

    def gettext(self, message: str) -> str:
        """Return the translation of a message, or ask the next catalog."""
        return self._messages.get(message) or super().gettext(message)


def _word_the_settings(app: Sphinx, config: Config) -> None:
    """Word the settings that hold what readers see."""
    words = words_of(config)
    _ = words.gettext
    config.html_theme_options["search_bar_text"] = _("Search this book")
    config.html_theme_options["toc_title"] = _("On this page")
    config.nb_code_prompt_show = _("Show the code")
    config.nb_code_prompt_hide = _("Hide the code")
    config.togglebutton_hint = _("Click to show")
    config.togglebutton_hint_hide = _("Click to hide")
    app.translator.add_fallback(ThemeCatalog(_theme_words(words)))


def _name_folds_by_their_words(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Let screen readers read a fold's visible words."""
    if "body" in context:
        context["body"] = context["body"].replace(_ENGLISH_NAME_OF_FOLD, "")


_LENGTH = re.compile(r"([0-9.]+)(px|pt|mm|cm|in)?")
# CSS pixels in one of each unit.
_PIXELS = {None: 1.0, "px": 1.0, "pt": 96 / 72, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4}


def _pixels(length: str | None) -> int | None:
    """Return an SVG length in CSS pixels, None where there is none."""
    match = _LENGTH.fullmatch(length or "")
    return round(float(match[1]) * _PIXELS[match[2]]) if match else None


def _svg_size(path: Path) -> tuple[int, int] | None:
    """Return width and height of an SVG file in CSS pixels, None where it does not say."""
    _, root = next(ElementTree.iterparse(path, events=("start",)))
    width, height = _pixels(root.get("width")), _pixels(root.get("height"))
    if width and height:
        return width, height
    box = [float(number) for number in (root.get("viewBox") or "").split()]
    return (round(box[2]), round(box[3])) if len(box) == 4 else None


def _visit_picture(translator: HTML5Translator, node: nodes.image) -> None:
    """Write a picture as Sphinx does, and its size into the tag: docutils knows sizes as styles only."""
    path = Path(translator.builder.srcdir, node["uri"])
    size = _svg_size(path) if path.suffix == ".svg" and path.is_file() else None
    type(translator).visit_image(translator, node)
    if size is not None:
        width, height = size
        tag = translator.body.pop()
        translator.body.append(tag.replace("<img ", f'<img width="{width}" height="{height}" ', 1))


_UNWANTED_EXTENSION = "sphinx_thebe"
# The extension's assets, all named after it, and the theme's script, which `frame.js` stands for.
_UNWANTED_ASSETS = ("thebe", "sphinx-book-theme.js")
# After every other handler of the page context, so that nothing is added once we have looked.
_AFTER_HANDLERS = 990


def _silence_unwanted_extension(app: Sphinx) -> None:
    """Disconnect every listener of the extension that Jupyter Book always loads for live code."""
    for listeners in list(app.events.listeners.values()):
        for listener in list(listeners):
            if listener.handler.__module__.partition(".")[0] == _UNWANTED_EXTENSION:
                app.disconnect(listener.id)


def local_assets(assets: Iterable[Any]) -> list[Any]:
    """Return the scripts or style sheets that are neither on another host nor of no use here, in the same order."""
    kept = []
    for asset in assets:
        filename = str(getattr(asset, "filename", asset) or "")
        # Two slashes name a host, with a scheme before them or without.
        if "//" not in filename and not any(name in _told(asset) for name in _UNWANTED_ASSETS):
            kept.append(asset)
    return kept


def _keep_local_assets(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Keep a page's own scripts and style sheets only, and of the scripts those that do something on it."""
    for kind in ("script_files", "css_files"):
        context[kind] = local_assets(context.get(kind, []))
    body = context.get("body", "")
    idle = [name for name, mark in _DONE_BY.items() if not mark.search(body)]
    context["script_files"] = [
        script for script in context["script_files"] if not any(name in _told(script) for name in idle)
    ]


_DONE_BY = {
    "toggle": re.compile("toggle|dropdown"),
    "clipboard": re.compile('class="highlight'),
    "copybutton": re.compile('class="highlight'),
    "design-tabs": re.compile("sd-tab-set"),
}
"""What scripts are called, or say, that do something only where a page has a mark."""


def _told(asset: Any) -> str:
    """Return a script's name and, where it stands in the page, what it says."""
    body = getattr(asset, "attributes", {}).get("body") or ""
    return f"{getattr(asset, 'filename', asset) or ''} {body}"


def register(app: Sphinx) -> None:
    """Connect this module to Sphinx."""
    app.connect("config-inited", _word_the_settings, priority=_EARLY)
    app.connect("html-page-context", _name_folds_by_their_words)
    app.add_node(nodes.image, override=True, html=(_visit_picture, None))
    _silence_unwanted_extension(app)
    app.connect("html-page-context", _keep_local_assets, priority=_AFTER_HANDLERS)

"""The theme's and the extensions' own words, in the language of the book."""

from __future__ import annotations

from collections.abc import Mapping
from gettext import NullTranslations
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

from qualitybook.publish.language import words_of
from qualitybook.report.i18n import Words

# Before the extensions that copy their settings into scripts at the same event (500).
EARLY = 100
# myst-nb writes this name of a fold into the page in English; without it the fold is named by its visible words.
ENGLISH_NAME_OF_FOLD = ' aria-label="Toggle hidden content"'


def theme_words(words: Words) -> dict[str, str]:
    """Return the words that the theme and our templates show and no catalog of their own translates.

    Returns
    -------
    dict of str
        The theme's English words, and the same in the language of the book.
    """
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
    """Catalog of `theme_words`, asked for what Sphinx's own catalog lacks.

    Parameters
    ----------
    messages : mapping
        English words and their translations.
    """

    def __init__(self, messages: Mapping[str, str]) -> None:
        super().__init__()
        self._messages = dict(messages)

    def gettext(self, message: str) -> str:
        """Return the translation of a message, or ask the next catalog."""
        return self._messages.get(message) or super().gettext(message)


def word_the_settings(app: Sphinx, config: Config) -> None:
    """Word the settings that hold what readers see."""
    words = words_of(config)
    _ = words.gettext
    config.html_theme_options["search_bar_text"] = _("Search this book")
    config.html_theme_options["toc_title"] = _("On this page")
    config.nb_code_prompt_show = _("Show the code")
    config.nb_code_prompt_hide = _("Hide the code")
    config.togglebutton_hint = _("Click to show")
    config.togglebutton_hint_hide = _("Click to hide")
    app.translator.add_fallback(ThemeCatalog(theme_words(words)))


def name_folds_by_their_words(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Let screen readers read a fold's visible words."""
    if "body" in context:
        context["body"] = context["body"].replace(ENGLISH_NAME_OF_FOLD, "")


def register(app: Sphinx) -> None:
    """Connect this module to Sphinx."""
    app.connect("config-inited", word_the_settings, priority=EARLY)
    app.connect("html-page-context", name_folds_by_their_words)

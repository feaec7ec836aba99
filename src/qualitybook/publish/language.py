"""The words that fit a Sphinx configuration."""

from __future__ import annotations

from sphinx.config import Config

from qualitybook.report.i18n import LANGUAGES, Words, unknown_language


def words_of(config: Config) -> Words:
    """Return the words of the language that a Sphinx configuration names.

    Raises
    ------
    RefusedError
        If the book has no words in that language.
    """
    for code, language in LANGUAGES.items():
        if language.sphinx == config.language:
            return Words(code)
    raise unknown_language(config.language)

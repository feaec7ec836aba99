"""The fixed words of the printed book, and how its builder says that it cannot print."""

from __future__ import annotations

from sphinx.errors import SphinxError

from qualitybook.errors import QualitybookError
from qualitybook.report.i18n import Words


class TypstBuildError(QualitybookError, SphinxError):
    """A book that cannot be printed; the message names the document and what is wrong in it."""

    category = "Typst"


def fixed_words(words: Words) -> dict[str, str]:
    """Return the words that the template prints, ``{…}`` standing for what it fills in."""
    _ = words.gettext
    return {
        "contents": _("Contents"),
        "figures": _("List of figures"),
        "tables": _("List of tables"),
        "part": _("Part {number}"),
        "chapter": _("Chapter {number}"),
        "figure": _("Figure {number}"),
        "table": _("Table {number}"),
        "page-of": _("Page {page} of {total}"),
        "see-page": words.parentheses(_("page {page}")),
        "comma-page": words.language.comma + _("page {page}"),
        "imprint": _("About this edition"),
        "edition-named": _("Edition {edition}"),
        "edition": _("Edition"),
        "as-of": _("As of"),
        "version": _("Version"),
        "author": _("Compiled by"),
        "index": _("Index of indicators"),
        "index-order": _("Indicators stand in the order of the plan's areas and tasks, with the pages that show them."),
        "cited-page": _("Cited on page {pages}"),
        "cited-pages": _("Cited on pages {pages}"),
        "between": words.language.enumeration,
        "range": words.between("", ""),
    }


def admonition_titles(words: Words) -> dict[str, str]:
    """Return the titles of the admonitions that have none of their own, by node name."""
    _ = words.gettext
    return {
        "attention": _("Attention"),
        "caution": _("Caution"),
        "danger": _("Danger"),
        "error": _("Error"),
        "hint": _("Hint"),
        "important": _("Important"),
        "note": _("Note"),
        "seealso": _("See also"),
        "tip": _("Tip"),
        "warning": _("Warning"),
    }

"""Check that every character of the book can be drawn, before Typst draws a box for it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache

import typst

from qualitybook.publish.typst.errors import MissingGlyphError
from qualitybook.report import faces

FONT_FILES = (*faces.SERIF, *faces.SANS)
FONT_FOLDERS = sorted({str(path.parent) for path in FONT_FILES})
# Spaces, line breaks and invisible marks need no glyph.
_INVISIBLE = {"Cc", "Cf", "Zs", "Zl", "Zp"}


def missing_glyphs(characters: Iterable[str]) -> set[str]:
    """Return the characters that neither the book's fonts nor those inside Typst can draw.

    Parameters
    ----------
    characters : iterable of str
        Single characters.

    Returns
    -------
    set of str
        Those without a glyph.
    """
    visible = frozenset(character for character in characters if unicodedata.category(character) not in _INVISIBLE)
    return {character for character in faces.lacking(visible, FONT_FILES) if not _drawn_by_typst(character)}


@cache
def _drawn_by_typst(character: str) -> bool:
    """Say whether one of the fonts inside Typst has the character: PDF/A refuses a page with an empty box."""
    page = f"#set page(width: 3cm, height: 3cm)\n\\u{{{ord(character):x}}}"
    try:
        typst.compile(page.encode(), format="pdf", ignore_system_fonts=True, pdf_standards=["a-2b"])
    except typst.TypstError:
        return False
    return True


def check_glyphs(pages_of: Mapping[str, Iterable[str]]) -> None:
    """Check that every character has a glyph.

    Parameters
    ----------
    pages_of : mapping
        For each character, the documents it stands in.

    Raises
    ------
    MissingGlyphError
        Naming each character without a glyph, with its documents.
    """
    if missing := missing_glyphs(pages_of):
        raise MissingGlyphError({character: pages_of[character] for character in missing})

"""Text as Typst source: markup that shows it as it is, string literals, fixed words, and what fonts can draw."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from urllib.parse import quote

import typst

from qualitybook.publish.documents import BookError
from qualitybook.report import faces
from qualitybook.report.i18n import Words


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
        "leads-to": quote(_("page {page}")),
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


_SPACE = re.compile(r"[ \t\r\n]+")
# Always markup in Typst, wherever they stand.
_MARKUP = re.compile(r"([\\#$*_`<@\[\]~])")
# Shorthands: "--" is a dash, "-5" a minus sign, "-?" a soft hyphen, "..." an ellipsis, "//" and "/*" comments.
_SHORTHAND = re.compile(r"-(?=[-?\d])|/(?=[/*])|\.(?=\.)")
# Headings, lists and term lists, at the start of a line only.
_LINE_START = re.compile(r"^( ?)(?:([=+\-/])|(\d+)\.(?= |$))")

# Chinese characters, with the marks and digits between them; words in Latin letters, at least three in a row.
_CHINESE = re.compile(r"([\u3400-\u9fff](?:[\u3000-\u9fff\uff00-\uffef\d·—%+./-]*[\u3000-\u9fff\uff00-\uffef])?)")
_LATIN = re.compile(r"([A-Za-zÀ-ÿ][\w'’.-]*(?:[ ,:;&()-]+[\w'’.&-]+){2,}(?<=[A-Za-zÀ-ÿ]))")
_FOREIGN = {"zh": (_LATIN, "en")}
"""What is a passage in another language in a book of this language, and in which; else it is Chinese."""

_STRING_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def markup(text: str) -> str:
    r"""Return `text` as Typst markup that shows exactly it, white space made single spaces."""
    line = _SPACE.sub(" ", text)
    line = _SHORTHAND.sub(lambda match: "\\" + match[0], _MARKUP.sub(r"\\\1", line))
    return _LINE_START.sub(_escaped_start, line)


def with_passages(text: str, lang: str) -> str:
    """Return `text` as Typst markup, with passages in another language than the book's marked for who hears it."""
    pattern, other = _FOREIGN.get(lang, (_CHINESE, "zh"))
    pieces = [markup(piece) for piece in pattern.split(text)]
    # Every second piece is a passage, which the pattern has found.
    pieces[1::2] = [f"#passage({string(other)})[{piece}];" for piece in pieces[1::2]]
    return "".join(pieces)


def _escaped_start(match: re.Match[str]) -> str:
    space, sign, number = match.groups()
    return f"{space}\\{sign}" if sign else f"{space}{number}\\."


def string(text: str) -> str:
    """Return `text` as a Typst string literal."""
    return f'"{text.translate(_STRING_ESCAPES)}"'


def array(items: Sequence[str]) -> str:
    """Return Typst expressions as an array, ``()`` for none."""
    return f"({', '.join(items)}{',' if len(items) == 1 else ''})"


def dictionary(fields: dict[str, str]) -> str:
    """Return Typst expressions as a dictionary, one field a line."""
    if not fields:
        return "(:)"
    lines = [f"  {name}: {value},\n" for name, value in fields.items()]
    return f"(\n{''.join(lines)})"


_FONT_FILES = (*faces.SERIF, *faces.SANS)
FONT_FOLDERS = sorted({str(path.parent) for path in _FONT_FILES})
# Spaces, line breaks and invisible marks need no glyph.
_INVISIBLE = {"Cc", "Cf", "Zs", "Zl", "Zp"}


def missing_glyphs(characters: Iterable[str]) -> set[str]:
    """Return the characters that neither the book's fonts nor those inside Typst can draw."""
    visible = frozenset(character for character in characters if unicodedata.category(character) not in _INVISIBLE)
    return {character for character in faces.lacking(visible, _FONT_FILES) if not _drawn_by_typst(character)}


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
    """Raise BookError for characters without a glyph, each with its documents."""
    missing = missing_glyphs(pages_of)
    if missing:
        lines = [
            f"{character} U+{ord(character):04X} {unicodedata.name(character, '')} in {', '.join(sorted(pages))}"
            for character, pages in sorted((character, pages_of[character]) for character in missing)
        ]
        raise BookError("no font of the PDF has these characters; write others in their place:\n" + "\n".join(lines))

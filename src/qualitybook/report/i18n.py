"""Words in the reader's language: gettext catalogs, and numbers and dates as the language writes them.

The message ids are the English sentences; every other language is a catalog `locale/<code>/LC_MESSAGES/qualitybook.po`.
The catalogs are read as they are edited, without a compile step, so that nothing generated lies in the tree.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from qualitybook.errors import RefusedError

SOURCE_LANGUAGE = "en"


@dataclass(frozen=True)
class Language:
    """One language of the book."""

    code: str
    """Short code used in paths and parameters."""
    sphinx: str
    html: str
    """The same language as Sphinx and as HTML's ``lang`` attribute name it."""
    name: str
    """The language's own name for itself."""
    comma: str = ", "
    enumeration: str = ", "
    stop: str = ". "
    colon: str = ": "
    semicolon: str = "; "
    open: str = " ("
    close: str = ")"
    """Its punctuation."""


LANGUAGES = {
    "zh": Language("zh", "zh_CN", "zh-CN", "中文", "，", "、", "。", "：", "；", "（", "）"),
    "en": Language("en", "en", "en", "English"),
}


def unknown_language(found: str) -> RefusedError:
    """Return the refusal of a language that the book has no words for."""
    return RefusedError(f"language {found!r} is not known; allowed: {', '.join(LANGUAGES)}")


def language(code: str) -> Language:
    """Return the language with this code.

    Raises
    ------
    RefusedError
        If the book has no words in it.
    """
    try:
        return LANGUAGES[code]
    except KeyError:
        raise unknown_language(code) from None


@cache
def translator(code: str) -> gettext.NullTranslations:
    """Return the gettext translations of a language (the identity for English).

    Raises
    ------
    RefusedError
        If the book has no words in it.
    """
    if language(code).code == SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    catalog_file = resources.files(__package__) / "locale" / code / "LC_MESSAGES" / "qualitybook.po"
    with catalog_file.open("rb") as text:
        catalog = read_po(text, locale=language(code).sphinx)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


class Words:
    """The voice of one language: messages, numbers, dates and lists."""

    def __init__(self, code: str) -> None:
        self.language = language(code)
        self._translations = translator(code)

    @property
    def code(self) -> str:
        """The language's short code."""
        return self.language.code

    def gettext(self, message: str, **values: object) -> str:
        """Return the message in this language, its ``{placeholders}`` filled with `values`."""
        text = self._translations.gettext(message)
        return text.format(**values) if values else text

    def ngettext(self, singular: str, plural: str, count: int, **values: object) -> str:
        """Return the message for `count`, which fills ``{count}`` with its thousands apart."""
        return self._translations.ngettext(singular, plural, count).format(count=f"{count:,}", **values)

    def name(self, row: object, field: str = "name") -> str:
        """Return ``<field>_<language>`` of a record of the evidence (a dataclass, a named tuple or a Series)."""
        return str(getattr(row, f"{field}_{self.code}"))

    def join(self, items: Iterable[str]) -> str:
        """Return the items as an enumeration (``、`` in Chinese, a comma in English)."""
        return self.language.enumeration.join(items)

    def sentences(self, items: Iterable[str]) -> str:
        """Return finished sentences set one after the other (a space between them in English)."""
        return ("" if self.code == "zh" else " ").join(item for item in items if item)

    def parentheses(self, text: str) -> str:
        """Return `text` in the language's parentheses, ready to follow a word."""
        return f"{self.language.open}{text}{self.language.close}"

    def date(self, day: date) -> str:
        """Return a date as the language writes it: ``2026年11月22日``, ``22 November 2026``."""
        from babel.dates import format_date

        if self.code == "zh":
            return f"{day.year}年{day.month}月{day.day}日"
        return format_date(day, "d MMMM yyyy", locale=self.language.sphinx)

    def month(self, year: int, month: int) -> str:
        """Return a month of a year: ``2024年9月``, ``September 2024``."""
        from babel.dates import format_date

        if self.code == "zh":
            return f"{year}年{month}月"
        return format_date(date(year, month, 1), "MMMM yyyy", locale=self.language.sphinx)

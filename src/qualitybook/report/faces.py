"""The typefaces of the book: where their files lie, and which characters each has.

Noto SC draws the book. What it lacks, rare characters of names and the subscripts of PM₂.₅ among them, is drawn by the
faces after it: Noto TC and JP, made to stand beside it, and in figures DejaVu Sans, which comes with matplotlib. Typst
brings faces of its own.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pylopdf_fonts_jp
import pylopdf_fonts_zh_cn
import pylopdf_fonts_zh_tw

SANS = (pylopdf_fonts_zh_cn.sans_path(), pylopdf_fonts_zh_tw.sans_path(), pylopdf_fonts_jp.sans_path())
SERIF = (pylopdf_fonts_zh_cn.serif_path(), pylopdf_fonts_zh_tw.serif_path(), pylopdf_fonts_jp.serif_path())


def symbols() -> Path:
    """Return the face with the signs that the others lack, from the files of matplotlib, which is not imported."""
    found = find_spec("matplotlib")
    folders = found.submodule_search_locations if found else None
    return Path(folders[0] if folders else "", "mpl-data", "fonts", "ttf", "DejaVuSans.ttf")


def of_figures() -> tuple[Path, ...]:
    """Return the faces of the figures, in the order in which they are asked for a character."""
    return (*SANS, symbols())


@cache
def _characters_of(font: Path) -> frozenset[int]:
    """Return the code points that a font file has glyphs for."""
    from fontTools.ttLib import TTFont

    with TTFont(font, lazy=True) as opened:
        return frozenset(opened.getBestCmap())


def lacking(characters: frozenset[str], fonts: tuple[Path, ...]) -> frozenset[str]:
    """Return the characters that none of some font files has; a font is opened only if those before it lack some."""
    for font in fonts:
        if not characters:
            break
        characters = frozenset(character for character in characters if ord(character) not in _characters_of(font))
    return characters

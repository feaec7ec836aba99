"""Text in figures: how wide it is, and where a line may be broken."""

from __future__ import annotations

import re
from functools import lru_cache

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

from qualitybook.report.theme import font_families

NEVER_FIRST = "，。、；：？！）】》”’％%…·,.;:?!)]}"
NEVER_LAST = "（【《“‘([{"

_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f"
_PIECES = re.compile(f"[{_WIDE}]\\s*|[^{_WIDE}\\s]+\\s*|\\s+")
_TO_PATH = TextToPath()


@lru_cache(maxsize=4096)
def width(text: str, size: float) -> float:
    """Measure one line of text in the book's font.

    Parameters
    ----------
    text : str
        A single line.
    size : float
        Font size in points.

    Returns
    -------
    float
        Width in points.
    """
    font = FontProperties(family=[*font_families()], size=size)
    return float(_TO_PATH.get_text_width_height_descent(text, font, ismath=False)[0])


def pieces(text: str) -> list[str]:
    """Split text where a line may be broken.

    Between two Chinese characters a line may be broken anywhere, except before closing and after opening punctuation
    (GB/T 15834); Latin words and numbers stay whole.
    """
    parts: list[str] = []
    for part in _PIECES.findall(text):
        if parts and (part[0] in NEVER_FIRST or parts[-1].rstrip().endswith(tuple(NEVER_LAST))):
            parts[-1] += part
        else:
            parts.append(part)
    return parts


def wrap(text: str, room: float, size: float) -> str:
    """Break text into lines that fit.

    Parameters
    ----------
    text : str
        Any mix of Chinese and Latin text; line breaks in it are kept.
    room : float
        Widest line allowed, in points. A single word wider than that stands on a line of its own.
    size : float
        Font size in points.

    Returns
    -------
    str
        The lines, separated by line breaks; no other character is added or lost except spaces at a line's end.
    """
    return "\n".join(_wrap_line(line, room, size) for line in text.split("\n"))


def _wrap_line(text: str, room: float, size: float) -> str:
    """Break one line greedily."""
    lines = [""]
    for part in pieces(text):
        if lines[-1] and width((lines[-1] + part).rstrip(), size) > room:
            lines.append(part.lstrip())
        else:
            lines[-1] += part
    return "\n".join(line.rstrip() for line in lines)

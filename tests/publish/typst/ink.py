"""Where the text of a PDF stands: start, end and baseline of each run of letters, from the widths in its fonts.

Enough of the PDF language for what Typst writes: composite fonts of two bytes a glyph, ``TJ`` and ``Tj``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pypdf
from pypdf.generic import ContentStream

THOUSAND = 1000.0
BYTES_OF_GLYPH = 2
SAME_LINE = 0.2
"""Points by which baselines may differ on one line."""
HANGING = 5.5
"""Points by which a line may cross the margin: half an em, for the empty half of punctuation that hangs there."""
CROWDED = 3.5
"""Points by which letters may run into each other: the empty part of Chinese punctuation that is set closer."""

Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True)
class Run:
    """Letters set in one go: left and right end and baseline in points from the page's lower left corner."""

    left: float
    right: float
    baseline: float


def times(one: Matrix, other: Matrix) -> Matrix:
    """Return the product of two matrices in the notation of PDF."""
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def widths(font: Any) -> tuple[dict[int, float], float]:
    """Return the widths of a composite font's glyphs, and that of those which it does not list."""
    descendant = font["/DescendantFonts"][0].get_object()
    listed: dict[int, float] = {}
    entries = [entry.get_object() for entry in descendant.get("/W", [])]
    while entries:
        first = int(entries.pop(0))
        following = entries.pop(0)
        if isinstance(following, list):
            listed |= {first + place: float(width) for place, width in enumerate(following)}
        else:
            width = float(entries.pop(0))
            listed |= dict.fromkeys(range(first, int(following) + 1), width)
    return listed, float(descendant.get("/DW", THOUSAND))


def runs(page: pypdf.PageObject) -> Iterator[Run]:
    """Yield the runs of a page's own text; pictures, whose letters are outlines, have none."""
    fonts = {name: widths(font.get_object()) for name, font in page["/Resources"].get("/Font", {}).items()}
    stream = ContentStream(page.get_contents(), page.pdf)
    place, saved, text = IDENTITY, [], IDENTITY
    (listed, default), size = ({}, THOUSAND), 0.0
    for operands, operator in stream.operations:
        if operator == b"q":
            saved.append(place)
        elif operator == b"Q":
            place = saved.pop()
        elif operator == b"cm":
            place = times(tuple(map(float, operands)), place)
        elif operator == b"Tm":
            text = tuple(map(float, operands))
        elif operator == b"Tf":
            (listed, default), size = fonts[operands[0]], float(operands[1])
        elif operator in (b"TJ", b"Tj"):
            parts = operands[0] if operator == b"TJ" else operands
            length = sum(_length(part, listed, default) for part in parts) * size / THOUSAND
            start, end = times(text, place), times(times((1, 0, 0, 1, length, 0), text), place)
            if length > 0:
                yield Run(start[4], end[4], start[5])
            text = times((1, 0, 0, 1, length, 0), text)


def _length(part: Any, listed: dict[int, float], default: float) -> float:
    """Return how far a string moves the pen, or how far a number moves it back, in thousandths of the type size."""
    if isinstance(part, int | float):
        return -float(part)
    raw = part.original_bytes
    glyphs = [
        int.from_bytes(raw[start : start + BYTES_OF_GLYPH], "big") for start in range(0, len(raw), BYTES_OF_GLYPH)
    ]
    return sum(listed.get(glyph, default) for glyph in glyphs)


def beyond(page: pypdf.PageObject, left: float, right: float) -> list[Run]:
    """Return the runs that cross the margins, `left` and `right` points wide."""
    edge = float(page.mediabox.width) - right
    return [run for run in runs(page) if run.left < left - HANGING or run.right > edge + HANGING]


def collisions(page: pypdf.PageObject) -> list[tuple[Run, Run]]:
    """Return neighbours on a line that run into each other."""
    lines: dict[int, list[Run]] = {}
    for run in runs(page):
        lines.setdefault(round(run.baseline / SAME_LINE), []).append(run)
    return [
        (one, other)
        for line in lines.values()
        for one, other in pairwise(sorted(line, key=lambda run: run.left))
        if one.right > other.left + CROWDED
    ]

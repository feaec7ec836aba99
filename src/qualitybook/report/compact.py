"""Drawings in few bytes: ways as steps from point to point, outlines on the grid of their face, styles told once.

A picture stands in a page, in a notebook and as a file, in two languages. What is cut is nothing that anybody sees: a
point is placed to a hundredth of its own length, an outline to a thousandth of the height of its letter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

_FINE = 100
"""Steps in a point, the unit of lengths."""
_PER_EM = 1000
_GLYPH_SCALE = 64
"""Matplotlib draws outlines of letters a hundred points high, in units of a sixty-fourth."""
_LETTER = 100 / _PER_EM
_IDLE = re.compile(r"<!--.*?-->|<!DOCTYPE[^>]*>|<metadata>.*?</metadata>", re.DOTALL)
_BETWEEN = re.compile(r">\s+<")
_ID = re.compile(r' id="([^"]*)"')
_USED = re.compile(r"""(?<=href="#)[^"]+|(?<=url\(#)[^)]+""")
_GROUP = re.compile(r"<g>|<g [^>]*(?<!/)>|</g>")
_NUMBER = re.compile(r"-?\d*\.?\d+(?:e-?\d+)?")
_PART = re.compile(rf"([A-Za-z])|({_NUMBER.pattern})")
_WAY = re.compile(r' d="([^"]*)"')
_PLACE = re.compile(r'(?<=translate\()[^)]*|(?<=" [xy]=")[^"]*')
_GLYPH = re.compile(r'(?P<head><path id="(?P<id>[^"]*)") d="(?P<way>[^"]*)" transform="scale\(0\.015625\)"')
_MOVED = re.compile(r'(<use xlink:href="#[^"]+") transform="translate\(([-\d.]+) 0\)"')
_TEXT = re.compile(
    r'scale\((?P<size>[\d.]+) -(?P=size)\)">(?P<defs>(?:<defs>.*?</defs>)?)'
    r'(?P<letters>(?:<use xlink:href="#[^"]*"(?: x="[^"]*")?/>)+)</g>',
    re.DOTALL,
)
_LETTERS = re.compile(r'<use xlink:href="#([^"]*)"(?: x="([^"]*)")?/>')
_STYLE = re.compile(r'(?<=style=")[^"]*')
_ALIKE = re.compile(r'(<(?:path|use)\b[^>]*?)( style="(?!opacity|[^"]*;opacity)[^"]*")/>(?:<(?:path|use)\b[^>]*?\2/>)+')


_SAID = re.compile(r"(?<=>)\s*[^<>\s][^<>]*(?=<)")
_ASIDE = re.compile(r"\0(\d+)\0")


def beside_texts(change: Callable[[str], str], drawn: str) -> str:
    """Return a drawing changed in its tags alone: what its texts say may look like a part of a tag."""
    said: list[str] = []

    def aside(found: re.Match[str]) -> str:
        said.append(found[0])
        return f"\0{len(said) - 1}\0"

    return _ASIDE.sub(lambda found: said[int(found[1])], change(_SAID.sub(aside, drawn)))


def number(value: float) -> str:
    """Return a length, to a hundredth of a point."""
    text = f"{round(value * _FINE) / _FINE:.2f}".rstrip("0").rstrip(".")
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else "0" if text in ("-0", "") else text


def way(points: Iterable[tuple[float, float]]) -> str:
    """Return a line through points."""
    (x, y), *others = ((round(x * _FINE), round(y * _FINE)) for x, y in points)
    steps = [f"M{_row((x, y), _FINE)}"]
    for here, there in zip([(x, y), *others], others, strict=False):
        steps.append(_step(there[0] - here[0], there[1] - here[1], _FINE))
    return "".join(steps)


def _row(values: Iterable[int], fine: int) -> str:
    """Return numbers one behind the other, with as little between them as they can be told apart by."""
    texts = [number(value / fine) if fine > 1 else str(value) for value in values]
    return texts[0] + "".join(text if text.startswith("-") else f" {text}" for text in texts[1:])


def _step(right: int, down: int, fine: int) -> str:
    if not down:
        return f"h{_row((right,), fine)}"
    return f"l{_row((right, down), fine)}" if right else f"v{_row((down,), fine)}"


def stepwise(drawn: str, scale: float = _FINE, fine: int = _FINE) -> str:
    """Return a path of absolute places as one of steps; one that has steps stays as it is.

    Places are multiplied by `scale` before they are rounded, and divided by `fine` when they are written.
    """
    if re.search("[a-y]", drawn):
        return drawn
    written, here, start = [], (0, 0), (0, 0)
    for command, values in _commands(drawn):
        points = [(round(x * scale), round(y * scale)) for x, y in zip(values[::2], values[1::2], strict=True)]
        if command == "Z":
            written.append("z")
            here = start
        elif command == "M":
            written.append(f"M{_row(points[0], fine)}")
            here = start = points[0]
        else:
            steps = [(x - here[0], y - here[1]) for x, y in points]
            flat = [length for step in steps for length in step]
            written.append(_step(*steps[0], fine) if command == "L" else command.lower() + _row(flat, fine))
            here = points[-1]
    return _once("".join(written))


_REPEATED = re.compile(r"([lhvcq])([^a-zA-Z]*)(?:\1[^a-zA-Z]*)+")


def _once(drawn: str) -> str:
    """Return a path in which steps of one kind are told so once."""

    def joined(found: re.Match[str]) -> str:
        first, *others = found[0].split(found[1])[1:]
        return found[1] + first + "".join(text if text.startswith("-") else f" {text}" for text in others)

    return _REPEATED.sub(joined, drawn)


def _commands(drawn: str) -> Iterator[tuple[str, list[float]]]:
    """Yield the commands of a path of absolute places, each with its numbers."""
    command = ""
    values: list[float] = []
    for letter, length in _PART.findall(drawn):
        if letter and command:
            yield command, values
        if letter:
            command, values = letter.upper(), []
        else:
            values.append(float(length))
    if command:
        yield command, values


def compact(drawn: str) -> str:
    """Return an SVG of matplotlib's without what draws nothing, with short names, ways as steps, and styles told once.

    It is half as long, on the site, in notebooks and for the typesetter; one that is short already stays as it is.
    """
    return beside_texts(_compact, _IDLE.sub("", drawn))


def _compact(drawn: str) -> str:
    bare = _BETWEEN.sub("><", drawn)
    short = {name: f"i{number:x}" for number, name in enumerate(dict.fromkeys(_USED.findall(bare)))}
    bare = _ID.sub(lambda found: f' id="{short[found[1]]}"' if found[1] in short else "", bare)
    bare = _MOVED.sub(r'\1 x="\2"', _USED.sub(lambda found: short[found[0]], bare))
    bare = _with_small_letters(_without_bare_groups(bare))
    bare = _WAY.sub(lambda found: f' d="{stepwise(found[1])}"', bare)
    bare = _PLACE.sub(lambda found: _NUMBER.sub(lambda each: number(float(each[0])), found[0]), bare)
    bare = _STYLE.sub(lambda found: found[0].replace(": ", ":").replace("; ", ";"), bare)
    return _ALIKE.sub(lambda found: f"<g{found[2]}>{found[0].replace(found[2], '')}</g>", bare)


def _without_bare_groups(drawn: str) -> str:
    """Return a drawing without groups that say nothing of what is in them."""
    open_groups: list[bool] = []

    def kept(found: re.Match[str]) -> str:
        if found[0] == "</g>":
            return found[0] if open_groups.pop() else ""
        open_groups.append(found[0] != "<g>")
        return found[0] if open_groups[-1] else ""

    return _GROUP.sub(kept, drawn.replace("<g/>", ""))


def _with_small_letters(drawn: str) -> str:
    """Return a drawing with the outlines of letters on a grid of thousandths, and their texts scaled to it.

    Letters that stand elsewhere than in plain lines of text stay as they are.
    """
    letters = {found["id"] for found in _GLYPH.finditer(drawn)}
    texts = list(_TEXT.finditer(drawn))
    in_texts = [name for text in texts for name, _place in _LETTERS.findall(text["letters"])]
    elsewhere = sum(name in letters for name in _USED.findall(drawn)) - sum(name in letters for name in in_texts)
    if not letters or elsewhere:
        return drawn

    def small(found: re.Match[str]) -> str:
        return f'{found["head"]} d="{stepwise(found["way"], _PER_EM / _GLYPH_SCALE / 100, 1)}"'

    def letter(found: re.Match[str]) -> str:
        place = f' x="{round(float(found[2]) / _LETTER)}"' if found[2] else ""
        return f'<use xlink:href="#{found[1]}"{place}/>'

    def text(found: re.Match[str]) -> str:
        size = f"{float(found['size']) * _LETTER:.6f}".rstrip("0").replace("0.", ".", 1)
        placed = _LETTERS.sub(letter, found["letters"])
        return f'scale({size} -{size})">{found["defs"]}{placed}</g>'

    return _GLYPH.sub(small, _TEXT.sub(text, drawn))

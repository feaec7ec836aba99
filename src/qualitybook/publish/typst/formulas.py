r"""Formulas as Typst mathematics, and what Typst shows of them.

The converter drops sized delimiters and ``\middle`` with the delimiter, lets a comma end an argument, glues ``\sum`` to
a fraction before it, and says nothing. What it cannot do is set aside before and put back after it, and every formula
of the book is then read back as Typst understands it and held against its source.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import typst
from tylax import latex_to_typst

from qualitybook.publish.documents import BookError
from qualitybook.publish.formulas import (
    BEFORE_DELIMITER,
    SIZES,
    Pieces,
    SetAside,
    Word,
    argument_at,
    difference,
    next_place,
    words_and_tokens,
)
from qualitybook.publish.typst.text import array, string

_READER = "formulas.typ"

_OPENING = {"(": "paren.l", "[": "bracket.l", r"\{": "brace.l"}
_CLOSING = {")": "paren.r", "]": "bracket.r", r"\}": "brace.r"}
_MIDDLE = {
    **dict.fromkeys(("|", r"\vert", r"\mid", r"\lvert", r"\rvert"), "bar.v"),
    **dict.fromkeys((r"\|", r"\Vert", r"\lVert", r"\rVert"), "bar.v.double"),
    **{"/": "slash", **_OPENING, **_CLOSING},
}
_STYLES = {r"\textbf": "bold({})", r"\textit": "italic({})"}
# The converter takes these for displays of their own, within the formula's.
_DISPLAYED = re.compile(r"\\(begin|end)\{(?:align|gather|equation|multline|split)\*?\}")
_FRACTIONS = frozenset({r"\frac", r"\dfrac", r"\tfrac", r"\cfrac"})
# What may follow a closing brace that it belongs to.
_CLINGING = frozenset("{}[_^")
_STAND_IN = re.compile(r' ?op\("zqz([a-j]+)zqz"\) ?')


@dataclass(frozen=True)
class Formula:
    """A formula of the book."""

    docname: str
    """Document it stands in."""
    latex: str
    """How it is written there."""
    typst: str
    """The same as Typst mathematics."""


def typst_formula(latex: str) -> str:
    """Return a LaTeX formula as Typst mathematics."""
    kept = SetAside()
    pieces = list(words_and_tokens(_DISPLAYED.sub(r"\\\1{aligned}", latex)))
    converted = latex_to_typst(_prepared(pieces, kept)).strip()
    # The converter sets a formula with an environment of its own between dollar signs.
    formula = converted.removeprefix("$ ").removesuffix(" $")
    return _STAND_IN.sub(lambda match: _restored(match[0], kept.piece(match)), formula).strip()


def _restored(stand_in: str, piece: str) -> str:
    """Return what was set aside in the place of its stand-in; around a text, Typst would print the room."""
    return piece if piece.startswith('"') else stand_in.replace(stand_in.strip(), piece)


def _prepared(pieces: Pieces, kept: SetAside) -> str:
    """Return a formula as the converter reads it without loss, what it cannot read set aside as names of operators."""
    alone = _unmatched(pieces)
    source, place = "", 0
    while place < len(pieces):
        structure = _structure(pieces, place, kept)
        if structure:
            written, place = structure
        else:
            aside, read = _aside(pieces, place, alone)
            written = _apart(pieces, place) if aside is None else _named(aside, source, kept)
            place += read
        source += written
    return source


def _named(aside: str, source: str, kept: SetAside) -> str:
    """Return the stand-in for a piece of Typst source, as the converter takes it after `source`."""
    if not aside:
        return ""
    named = rf"\operatorname{{{kept.mark(aside)}}}"
    return f"{{{named}}}" if source.rstrip()[-1:] in ("_", "^") else f" {named} "


def _apart(pieces: Pieces, place: int) -> str:
    """Return a token with room around it where the converter would glue its neighbours to one word."""
    token, following = str(pieces[place]), str(pieces[place + 1]) if place + 1 < len(pieces) else ""
    if token == "}" and following not in _CLINGING:
        return "} "
    return f" {token}" if token.startswith("\\") else token


def _structure(pieces: Pieces, place: int, kept: SetAside) -> tuple[str, int] | None:
    """Return a fraction or primes at `place` as the converter reads them right, and the place after them."""
    if pieces[place] in _FRACTIONS:
        return _fraction(pieces, place, kept)
    return _primes(pieces, place, kept) if pieces[place] == "'" else None


def _primes(pieces: Pieces, place: int, kept: SetAside) -> tuple[str, int]:
    """Return primes as the power that they are in LaTeX, together with the power after them."""
    after = place
    while list(pieces[after : after + 1]) == ["'"]:
        after += 1
    primes, power = r"\prime " * (after - place), next_place(pieces, after)
    argument = argument_at(pieces, power + 1) if list(pieces[power : power + 1]) == ["^"] else None
    if argument is None:
        return f"^{{{primes}}} ", after
    return f"^{{{primes}{_prepared(argument[0], kept)}}} ", argument[1]


def _fraction(pieces: Pieces, place: int, kept: SetAside) -> tuple[str, int] | None:
    """Return a fraction and the place after it; None for one without two arguments.

    The converter writes one of two single signs with a slash, and the power or the parenthesis after it then belongs to
    the denominator. One that begins with nothing is no single sign.
    """
    above = argument_at(pieces, place + 1)
    below = argument_at(pieces, above[1]) if above else None
    if above is None or below is None:
        return None
    nothing = _named("#none", "", kept)
    parts = f"{{{nothing}{_prepared(above[0], kept)}}}{{{_prepared(below[0], kept)}}}"
    return f" {pieces[place]}{parts} ", below[1]


def _aside(pieces: Pieces, place: int, alone: frozenset[int]) -> tuple[str | None, int]:
    """Return the Typst source that stands for the piece at `place`, empty for nothing, None for what can be converted.

    With it comes how many pieces were read.
    """
    piece = pieces[place]
    if isinstance(piece, Word):
        return _of_word(piece), 1
    if SIZES.fullmatch(piece):
        return "", 1
    if piece == r"\middle" and (between := next_place(pieces, place + 1)) < len(pieces):
        delimiter = pieces[between]
        return f"mid({_MIDDLE[delimiter]})" if delimiter in _MIDDLE else None, between + 1 - place
    if list(pieces[place : place + 3]) == ["{", ",", "}"]:
        return 'class("normal", comma)', 3
    if place in alone:
        return {**_OPENING, **_CLOSING}[piece], 1
    return {",": "comma", ";": "semi"}.get(piece), 1


def _of_word(word: Word) -> str:
    if word.command.startswith(r"\operatorname"):
        return f"op({string(word.text)}{', limits: #true' if word.command.endswith('*') else ''})"
    return _STYLES.get(word.command, "{}").format(string(word.text))


def _unmatched(pieces: Pieces) -> frozenset[int]:
    """Return the places of parentheses and brackets without a partner: within an argument Typst would end it there."""
    opened: list[list[int]] = [[]]
    alone: list[int] = []
    before: Word | str = ""
    for place, piece in enumerate(pieces):
        if str(piece).isspace():
            continue
        before, last = piece, before
        if last in BEFORE_DELIMITER:
            continue
        if piece == "{":
            opened.append([])
        elif piece == "}" and len(opened) > 1:
            alone += opened.pop()
        elif piece in _OPENING:
            opened[-1].append(place)
        elif piece in _CLOSING and not opened[-1]:
            alone.append(place)
        elif piece in _CLOSING:
            opened[-1].pop()
    return frozenset(alone).union(*opened)


def check_formulas(formulas: Iterable[Formula]) -> None:
    """Raise BookError for the first formula that loses a letter, digit or delimiter, or that Typst cannot read."""
    listed = list(dict.fromkeys(formulas))
    try:
        shown = shown_by_typst(listed)
    except RuntimeError:
        shown = [_read_alone(formula) for formula in listed]
    for formula, text in zip(listed, shown, strict=True):
        if differing := difference(formula.latex, text):
            raise _refusal(formula, f"it {differing}")


def _read_alone(formula: Formula) -> str:
    try:
        return shown_by_typst([formula])[0]
    except RuntimeError as error:  # what a query raises; a compilation raises a subclass
        message, _, _ = str(error).partition("\n")
        raise _refusal(formula, message) from error


def _refusal(formula: Formula, reason: str) -> BookError:
    source = " ".join(formula.latex.split())
    return BookError(
        f"{formula.docname}: the formula '{source}' cannot be printed: {reason}; say it with other commands"
    )


def shown_by_typst(formulas: Sequence[Formula]) -> list[str]:
    """Return what Typst shows of some formulas, as text."""
    reader = resources.files(__package__).joinpath(_READER).read_text(encoding="utf-8")
    listed = array([f"${formula.typst}$" for formula in formulas])
    source = f"{reader}\n#metadata({listed}.map(shown)) <shown>"
    found: Any = typst.query(source.encode(), "<shown>", field="value", one=True, ignore_system_fonts=True)
    return list(json.loads(found))

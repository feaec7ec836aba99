r"""LaTeX formulas, read for both forms of the book: their tokens, their words, and the signs that must be seen.

Neither converter says what it leaves out, so what comes out is held against what went in: every letter, digit and
delimiter. Words (``\text``, ``\operatorname``) are set aside, because each converter reads signs in them in its own
wrong way.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_TEXT_COMMANDS = frozenset({r"\text", r"\textrm", r"\textnormal", r"\mbox", r"\textbf", r"\textit"})
_OPERATOR_COMMANDS = frozenset({r"\operatorname", r"\operatorname*"})
SIZES = re.compile(r"\\(?:big|Big|bigg|Bigg)[lrm]?")
"""Commands that set the size of the delimiter after them."""
BEFORE_DELIMITER = frozenset({r"\left", r"\middle", r"\right"})

# Commands, and single characters, a line break and a space included.
_TOKEN = re.compile(r"\\(?:operatorname\*|[A-Za-z]+|.)|.", re.DOTALL)
# Letters alone: both converters keep them as they are, in every place where a word may stand.
_MARK = re.compile("zqz([a-j]+)zqz")
_DIGITS = str.maketrans("0123456789", "abcdefghij")
_LETTERS = str.maketrans("abcdefghij", "0123456789")
_SPACES_IN_WORDS = re.compile(r"\\(?:[,;:! ]|quad|qquad|thinspace)\s*|~")
_FONT_IN_WORDS = re.compile(r"\\(?:mathrm|text|textrm|rm)\b\s*")
_ESCAPED_IN_WORDS = re.compile(r"\\([&%$#_{}])")

_NAMES = (
    *("arccos", "arcsin", "arctan", "arg", "cos", "cosh", "cot", "coth", "csc", "deg", "det", "dim", "exp", "gcd"),
    *("hom", "inf", "ker", "lg", "lim", "liminf", "limsup", "ln", "log", "max", "min", "sec", "sin", "sinh", "sup"),
    *("tan", "tanh", "Pr"),
)
"""Functions whose name is printed."""
_PRINTED = {
    **{rf"\{name}": name for name in _NAMES},
    **{rf"\{sign}": sign for sign in "%#{}&"},
    **{r"\bmod": "mod", r"\pmod": "(mod)", r"\mod": "mod", r"\ell": "l", r"\hbar": "ħ", r"\Re": "R", r"\Im": "I"},
    **{r"\imath": "ı", r"\jmath": "ȷ", r"\varsigma": "ς", r"\lambda": "λ", r"\Lambda": "Λ"},
    **{r"\lvert": "|", r"\rvert": "|", r"\vert": "|", r"\mid": "|", r"\lbrace": "{", r"\rbrace": "}"},
    **{r"\lVert": "‖", r"\rVert": "‖", r"\Vert": "‖", r"\|": "‖", r"\lbrack": "[", r"\rbrack": "]"},
    **{r"\langle": "⟨", r"\rangle": "⟩", r"\lfloor": "⌊", r"\rfloor": "⌋", r"\lceil": "⌈", r"\rceil": "⌉"},
    **dict.fromkeys((r"\binom", r"\dbinom", r"\tbinom"), "()"),
}
_ENCLOSED = {"pmatrix": "()", "bmatrix": "[]", "Bmatrix": "{}", "vmatrix": "||", "Vmatrix": "‖‖", "cases": "{"}
"""Delimiters that an environment brings."""
_NOT_PRINTED = frozenset({r"\hspace", r"\vspace", r"\label", r"\begin", r"\end"})
"""Commands whose argument is not printed."""
_GREEK_CAPITAL, _GREEK_SMALL = "GREEK CAPITAL LETTER", "GREEK SMALL LETTER"

# What may be written in two ways and is read in one.
_ALIKE = str.maketrans({"-": "−", "∗": "*", "∣": "|", "∥": "‖", "〈": "⟨", "〉": "⟩", "…": None})
_SIGNS = frozenset("()[]{}|‖⟨⟩⌊⌋⌈⌉/+−%,.;*!?#&")
_LETTERS_AND_DIGITS = frozenset({"Lu", "Ll", "Lt", "Lo", "Nd"})


@dataclass(frozen=True)
class Word:
    """A word in a formula."""

    command: str
    text: str
    """What is printed, its spaces not to be broken."""


Pieces = Sequence[Word | str]
"""Tokens and words of a formula."""


@dataclass
class SetAside:
    """What a converter must not touch, each piece standing in the formula as a mark of letters."""

    pieces: list[str] = field(default_factory=list)

    def mark(self, piece: str) -> str:
        """Set a piece aside and return its mark."""
        self.pieces.append(piece)
        return f"zqz{str(len(self.pieces) - 1).translate(_DIGITS)}zqz"

    def piece(self, match: re.Match[str]) -> str:
        """Return the piece that a match of a mark stands for; its first group are the mark's letters."""
        return self.pieces[int(match[1].translate(_LETTERS))]

    def restored(self, converted: str) -> str:
        """Return a converted formula with every piece in the place of its mark."""
        return _MARK.sub(self.piece, converted)


def words_and_tokens(latex: str) -> Iterator[Word | str]:
    """Yield the tokens of a formula, a word with its command and its braces as one."""
    found, place = _TOKEN.findall(latex), 0
    while place < len(found):
        word, after = _word_at(found, place) or (found[place], place + 1)
        yield word
        place = after


def _word_at(found: list[str], place: int) -> tuple[Word, int] | None:
    """Return the word at `place`, and the place after it; None where no word stands."""
    if found[place] not in _TEXT_COMMANDS | _OPERATOR_COMMANDS:
        return None
    start = next_place(found, place + 1)
    argument = argument_at(found, start) if found[start : start + 1] == ["{"] else None
    text = _word("".join(map(str, argument[0]))) if argument else None
    return (Word(found[place], text), argument[1]) if argument and text is not None else None


def _word(source: str) -> str | None:
    """Return what the argument of a word's command prints, None for one with commands or formulas of its own."""
    plain = _FONT_IN_WORDS.sub("", _SPACES_IN_WORDS.sub("\u00a0", source))
    if _FONT_IN_WORDS.search(source):
        plain = re.sub(r"(?<!\\)[{}]", "", plain)
    text = _ESCAPED_IN_WORDS.sub(r"\1", plain)
    if re.search(r"\\", text) or re.search(r"(?<!\\)[{}$^]", plain) or not text.strip():
        return None
    return re.sub(r"\s", "\u00a0", text)


def signs(latex: str) -> str:
    """Return the letters, digits and delimiters that a formula has to show, in the order of its source."""
    return visible(_shown(list(words_and_tokens(latex))))


def _shown(pieces: Pieces) -> str:
    shown, place = "", 0
    while place < len(pieces):
        printed, place = _read(pieces, place)
        shown += printed
    return shown


def _read(pieces: Pieces, place: int) -> tuple[str, int]:
    """Return what the piece at `place` prints, and the place after it and after what belongs to it."""
    piece = pieces[place]
    if isinstance(piece, Word):
        return piece.text, place + 1
    if piece in _NOT_PRINTED:
        return _unprinted(pieces, place)
    if piece in BEFORE_DELIMITER or SIZES.fullmatch(piece):
        following = next_place(pieces, place + 1)
        return "", following + 1 if list(pieces[following : following + 1]) == ["."] else place + 1
    if piece == r"\sqrt":
        return _index(pieces, place)
    return _printed(piece), place + 1


def _unprinted(pieces: Pieces, place: int) -> tuple[str, int]:
    """Return the delimiters of the environment that begins at `place`, if any, and the place after its argument."""
    argument = argument_at(pieces, place + 1)
    if argument is None:
        return "", place + 1
    inside, after = argument
    name = "".join(map(str, inside)).strip()
    if pieces[place] != r"\begin" or name != "array":
        return _ENCLOSED.get(name, "") if pieces[place] == r"\begin" else "", after
    # The columns of an array are said in an argument of their own.
    columns = argument_at(pieces, after)
    return "", columns[1] if columns else after


def _index(pieces: Pieces, place: int) -> tuple[str, int]:
    """Return the index of the root at `place`, empty for a square root, and the place after it."""
    start = next_place(pieces, place + 1)
    if list(pieces[start : start + 1]) != ["["] or "]" not in pieces[start:]:
        return "", place + 1
    end = list(pieces).index("]", start)
    return _shown(pieces[start + 1 : end]), end + 1


def next_place(pieces: Pieces, place: int) -> int:
    """Return the place of the first piece from `place` on that is no space; the end where there is none."""
    while place < len(pieces) and str(pieces[place]).isspace():
        place += 1
    return place


def argument_at(pieces: Pieces, place: int) -> tuple[Pieces, int] | None:
    """Return the argument that begins at `place`, without its braces, and the place after it; None where none does."""
    start = next_place(pieces, place)
    if start >= len(pieces) or pieces[start] == "}":
        return None
    if pieces[start] != "{":
        return pieces[start : start + 1], start + 1
    end = _closing(pieces, start)
    return (pieces[start + 1 : end], end + 1) if end else None


def _closing(pieces: Pieces, start: int) -> int | None:
    """Return the place of the brace that closes the one at `start`."""
    depth = 0
    for place in range(start, len(pieces)):
        depth += {"{": 1, "}": -1}.get(str(pieces[place]), 0)
        if depth == 0:
            return place
    return None


def _printed(token: str) -> str:
    """Return the signs that a token prints, empty for one that prints none or only says how."""
    if token in _PRINTED:
        return _PRINTED[token]
    if token.startswith("\\"):
        return _greek(token[1:])
    return "" if token in "{}&" else token


def _greek(name: str) -> str:
    case = _GREEK_CAPITAL if name[:1].isupper() else _GREEK_SMALL
    try:
        return unicodedata.lookup(f"{case} {name.removeprefix('var').upper()}")
    except KeyError:
        return ""


def visible(text: str) -> str:
    """Return the letters, digits and delimiters of a text, each in its plainest form."""
    plain = unicodedata.normalize("NFKC", text.translate(_ALIKE)).translate(_ALIKE)
    return "".join(sign for sign in plain if sign in _SIGNS or unicodedata.category(sign) in _LETTERS_AND_DIGITS)


def difference(latex: str, shown: str) -> str:
    """Say which signs of a formula are not shown, and which are that it does not have; empty where all agree."""
    wanted, found = Counter(signs(latex)), Counter(visible(shown))
    lost, gained = (wanted - found).elements(), (found - wanted).elements()
    parts = {"loses": " ".join(lost), "gains": " ".join(gained)}
    return " and ".join(f"{verb} {what}" for verb, what in parts.items() if what)

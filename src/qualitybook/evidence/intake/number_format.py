"""What a spreadsheet shows of a number or a day, by the number format of its cell.

A format has up to four sections with semicolons between them: for positive numbers, negative ones, zero and text; or
for the numbers that meet a condition in brackets. The digits that the section which applies shows are the figure, with
its zeros. What cannot be told for sure (fractions, digits in other scripts, words between digits) is said to be so,
never guessed. The language of formats is that of ECMA-376, part 1, 18.8.31, with what Chinese Excel and WPS add:
``G/通用格式`` for ``General``, colours by their Chinese names, and ``!`` before a sign that is meant as it stands.

The packages at hand that write numbers by such formats round in binary (1.005 in ``0.00`` becomes 1.00), print to the
terminal, or have had no release for years; and none says when it guesses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

_GENERAL = "General"
_GENERAL_NAMES = ("General", "G/通用格式", "G/標準", "G/标准", "@")
_GENERAL_DIGITS = 10
"""Digits that a cell without a format shows at most; how many of a longer number depends on the column's width."""
_STORED_DIGITS = 15
"""Digits that a spreadsheet keeps of a number; what lies beyond is noise of binary arithmetic."""
_EXACT = Context(prec=80)

_TOKEN = re.compile(
    r"""
    "(?P<quoted>[^"]*)" | \[(?P<bracket>[^\]]*)\] | [\\!](?P<escaped>.) | _(?P<space>.) | \*(?P<fill>.)
    | (?P<general>General|G/[^\s;"\[\]0#?.,%]+) | (?P<exponent>[Ee][+-]) | (?P<digit>[0#?]) | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9]+(?:\.[0-9]+)?)")
_COLOUR = re.compile(
    r"black|blue|cyan|green|magenta|red|white|yellow|colou?r\s*[0-9]+"
    r"|黑色?|蓝色?|青色?|蓝绿色?|绿色?|洋红色?|紫色?|红色?|白色?|黄色?|颜色\s*[0-9]+",
    re.IGNORECASE,
)
_CURRENCY = re.compile(r"\$(?P<sign>[^-]*)(?:-(?P<locale>[0-9A-Fa-f]+))?")
_PLAIN_LOCALE = 0xFFFF
"""Larger numbers of a locale ask for another calendar or for digits of another script."""
_AS_THEY_STAND = frozenset(" $+-/():^&'~{}<>=¥￥€£−（）％。、，·")
_LAST_LATIN = 0x2000
"""Signs of other scripts stand in a format without quotes; letters of this one mean something."""
_NEGATIVE_SIGNS = ("-", "−", "－", "▲", "△", "负")


@dataclass(frozen=True)
class Shown:
    """What a cell shows of its number."""

    text: str
    """The digits with their sign, ``-98.50``; empty where the cell shows no digit."""
    scale: int = 0
    """Power of ten by which the number that is shown is larger than the one that is stored: 2 for a percentage."""


@dataclass(frozen=True)
class _Section:
    """One section of a format, taken apart."""

    whole: str = ""
    decimals: str = ""
    scale: int = 0
    literals: str = ""
    """What stands around the digits."""
    exponent: bool = False
    is_general: bool = False
    is_coloured: bool = False
    is_clear: bool = True
    """Whether what it shows can be told."""
    condition: tuple[str, Decimal] | None = None

    @property
    def shows_digits(self) -> bool:
        return bool(self.whole or self.decimals or self.is_general)


def shown(value: float, code: str) -> Shown | None:
    """Return what a cell shows of a number, or None where that cannot be told.

    Parameters
    ----------
    code
        The cell's number format; empty as ``General``.
    """
    stored = Decimal(f"{value:.{_STORED_DIGITS}g}")
    chosen = _section_for(stored, _sections(code or _GENERAL))
    if chosen is None or not chosen[0].is_clear:
        return None
    section, is_negative = chosen
    if not section.shows_digits:
        return Shown("")
    digits = _general(abs(stored)) if section.is_general else _digits(abs(stored), section)
    if not digits:
        return None if digits is None else Shown("")
    is_zero = not digits.strip("0.")
    return Shown(f"-{digits}" if is_negative and not is_zero else digits, section.scale)


def plain(value: float) -> str:
    """Return a number in digits and a point, without an exponent and without the noise of binary arithmetic."""
    return f"{Decimal(f'{value:.{_STORED_DIGITS}g}'):f}"


def parts_of_day(code: str) -> str:
    """Return which parts of a day a format shows, of ``y``, ``m`` and ``d``, in this order.

    A format without letters of a day, and the one that stands for the system's own (``[$-F800]``), show all of it.
    """
    if not code or code in _GENERAL_NAMES or "$-F800" in code.upper():
        return "ymd"
    signs = "".join(token["sign"] or "" for token in _TOKEN.finditer(code.split(";")[0])).lower()
    letters = re.sub(r"[^ymdhseag]", "", re.sub(r"h+[^ymd]*m+|m+[^ymd]*s+", "h", signs))
    found = {"y": set("yeg"), "m": set("m"), "d": set("da")}
    return "".join(part for part, names in found.items() if names & set(letters)) or "ymd"


@lru_cache(maxsize=512)
def _sections(code: str) -> tuple[_Section, ...]:
    texts = [""]
    for token in _TOKEN.finditer(code):
        if token["sign"] == ";":
            texts.append("")
        else:
            texts[-1] += token[0]
    if len(texts) > 1 and "@" in texts[-1]:
        # A last section for text says nothing of numbers.
        texts.pop()
    return tuple(_section(text) for text in texts[:4])


def _section(text: str) -> _Section:
    tokens = list(_TOKEN.finditer(text))
    brackets = [token["bracket"] for token in tokens if token["bracket"] is not None]
    found = _layout(tokens)
    literals, are_known = _literals(tokens)
    conditions = [_CONDITION.fullmatch(bracket) for bracket in brackets]
    condition = next((match for match in conditions if match is not None), None)
    return _Section(
        whole=found.whole,
        decimals=found.decimals,
        scale=found.scale,
        literals=literals,
        exponent=found.exponent,
        is_general=any(token["general"] or token["sign"] == "@" for token in tokens),
        is_coloured=any(_COLOUR.fullmatch(bracket) for bracket in brackets),
        is_clear=are_known and found.is_clear and all(_is_known(bracket) for bracket in brackets),
        condition=None if condition is None else (condition[1], Decimal(condition[2])),
    )


def _is_known(bracket: str) -> bool:
    """Say whether a bracket leaves the digits as they are: a colour, a condition, a currency, a usual locale."""
    currency = _CURRENCY.fullmatch(bracket)
    if currency is not None:
        return int(currency["locale"] or "0", 16) <= _PLAIN_LOCALE and _is_harmless(currency["sign"])
    return bool(_COLOUR.fullmatch(bracket) or _CONDITION.fullmatch(bracket))


def _is_harmless(literal: str) -> bool:
    """Say whether words beside the digits cannot be taken for digits: no digit, point or comma begins them."""
    return re.match(r"[\s]*[0-9０-９.,．，%％‰]", literal.replace("%", "")) is None


def _layout(tokens: Sequence[re.Match[str]]) -> _Section:
    """Return the places of a section's digits; it is not clear where something stands between them."""
    places = [at for at, token in enumerate(tokens) if token["digit"]]
    scale = 2 * sum(token["sign"] in ("%", "％") for token in tokens)
    if not places:
        return _Section(scale=scale)
    first, last = places[0], places[-1]
    if first and tokens[first - 1]["sign"] == ".":
        first -= 1
    inner = tokens[first : last + 1]
    exponent = any(token["exponent"] for token in inner)
    is_clear = all(token["digit"] or token["exponent"] or token["sign"] in (".", ",") for token in inner)
    mantissa = "".join(token["digit"] or token["sign"] or "E" for token in inner).split("E")[0]
    whole, point, decimals = mantissa.partition(".")
    after = "".join(token["sign"] if token["sign"] in (".", ",") else " " for token in tokens[last + 1 :])
    closing = after.lstrip(".")
    thousands = len(closing) - len(closing.lstrip(","))
    # A comma just before the point scales as one after the last digit does.
    thousands += len(whole) - len(whole.rstrip(",")) if point else 0
    return _Section(
        whole=whole.replace(",", ""),
        decimals=decimals.replace(",", ""),
        scale=scale - 3 * thousands,
        exponent=exponent,
        is_clear=is_clear and "." not in decimals and "," not in decimals and "." not in closing,
    )


def _literals(tokens: Sequence[re.Match[str]]) -> tuple[str, bool]:
    """Return what stands around the digits as it is, and whether all of it is understood."""
    words, are_known = "", True
    for token in tokens:
        literal = token["quoted"] if token["quoted"] is not None else token["escaped"]
        sign = token["sign"]
        if literal is not None:
            are_known = are_known and _is_harmless(literal)
            words += literal
        elif sign and sign not in ".,%％@":
            are_known = are_known and (sign in _AS_THEY_STAND or ord(sign) > _LAST_LATIN)
            words += sign
    return words, are_known


def _section_for(value: Decimal, sections: Sequence[_Section]) -> tuple[_Section, bool] | None:
    """Return the section that applies, and whether what it shows is negative; None where that cannot be told."""
    if any(section.condition for section in sections):
        return _section_by_condition(value, sections)
    if value > 0 or len(sections) == 1:
        section = sections[0]
        return None if value >= 0 and _has_sign(section) else (section, value < 0)
    if value == 0:
        return (sections[2] if len(sections) > 2 else sections[0]), False
    if not sections[1].shows_digits:
        return sections[1], False
    # The section for negative numbers shows a sign of its own, brackets or a colour; without any of them nothing tells.
    return (sections[1], True) if _has_sign(sections[1]) or sections[1].is_coloured else None


def _section_by_condition(value: Decimal, sections: Sequence[_Section]) -> tuple[_Section, bool] | None:
    for section in sections[:2]:
        if section.condition is None:
            break
        if _holds(value, *section.condition):
            return None if value < 0 or _has_sign(section) else (section, False)
    rest = [section for section in sections if section.condition is None]
    return None if value < 0 or len(rest) != 1 or _has_sign(rest[0]) else (rest[0], False)


def _holds(value: Decimal, sign: str, bound: Decimal) -> bool:
    return {
        "<": value < bound,
        "<=": value <= bound,
        ">": value > bound,
        ">=": value >= bound,
        "=": value == bound,
        "<>": value != bound,
    }[sign]


def _has_sign(section: _Section) -> bool:
    words = section.literals
    brackets = any(opened in words and closed in words for opened, closed in ("()", "（）"))
    return brackets or any(sign in words for sign in _NEGATIVE_SIGNS)


def _general(value: Decimal) -> str | None:
    text = f"{value.normalize(_EXACT):f}"
    digits = text.replace(".", "").lstrip("0")
    # Small numbers and long ones are shown as powers of ten, or cut where the column ends.
    return text if len(digits) <= _GENERAL_DIGITS and len(text) <= _GENERAL_DIGITS + 1 else None


def _digits(value: Decimal, section: _Section) -> str | None:
    if section.exponent:
        return _scientific(value, section)
    scaled = value.scaleb(section.scale, _EXACT)
    rounded = f"{scaled.quantize(Decimal(1).scaleb(-len(section.decimals)), ROUND_HALF_UP, _EXACT):f}"
    whole, _, decimals = rounded.partition(".")
    kept = len(decimals)
    # Of the last places those marked # or ? show no zero.
    while kept and decimals[kept - 1] == "0" and section.decimals[kept - 1] != "0":
        kept -= 1
    if not kept and whole == "0" and "0" not in section.whole:
        return ""
    return whole + (f".{decimals[:kept]}" if kept else "")


def _scientific(value: Decimal, section: _Section) -> str | None:
    """Return the digits of a number shown with an exponent, where one digit stands before the point.

    None where it would get zeros that nobody sees: 1.2E+05 does not say that the last four digits are zeros.
    """
    if len(section.whole) != 1 or section.scale or not value:
        return None
    unit = value.adjusted() - len(section.decimals)
    rounded = value.quantize(Decimal(1).scaleb(unit), ROUND_HALF_UP, _EXACT)
    if rounded.adjusted() > value.adjusted():
        unit += 1
        rounded = rounded.quantize(Decimal(1).scaleb(unit), ROUND_HALF_UP, _EXACT)
    return f"{rounded:f}" if unit <= 0 and "0" * len(section.decimals) == section.decimals else None

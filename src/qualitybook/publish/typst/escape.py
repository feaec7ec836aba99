"""Text as Typst source: markup that shows it as it is, and string literals."""

from __future__ import annotations

import re
from collections.abc import Sequence

_SPACE = re.compile(r"[ \t\r\n]+")
# Always markup in Typst, wherever they stand.
_MARKUP = re.compile(r"([\\#$*_`<@\[\]~])")
# Shorthands: "--" is a dash, "-5" a minus sign, "-?" a soft hyphen, "..." an ellipsis, "//" and "/*" comments.
_SHORTHAND = re.compile(r"-(?=[-?\d])|/(?=[/*])|\.(?=\.)")
# Headings, lists and term lists, at the start of a line only.
_LINE_START = re.compile(r"^( ?)(?:([=+\-/])|(\d+)\.(?= |$))")

_STRING_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def markup(text: str) -> str:
    r"""Return `text` as Typst markup that shows exactly it, white space made single spaces.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        Markup on one line, e.g. ``3 \* 4``.
    """
    line = _SPACE.sub(" ", text)
    line = _SHORTHAND.sub(lambda match: "\\" + match[0], _MARKUP.sub(r"\\\1", line))
    return _LINE_START.sub(_escaped_start, line)


def _escaped_start(match: re.Match[str]) -> str:
    space, sign, number = match.groups()
    return f"{space}\\{sign}" if sign else f"{space}{number}\\."


def string(text: str) -> str:
    """Return `text` as a Typst string literal.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        The literal with its quotes.
    """
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

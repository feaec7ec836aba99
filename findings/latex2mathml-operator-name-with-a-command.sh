#!/usr/bin/env bash
# latex2mathml 3.81: an operator's name that holds a command, and a sized delimiter that is one
#
# One would guess: \operatorname{arg\,min} is an operator with a thin space in its name, the usual way to write it, and
# \bigl\lvert the same bar as \lvert, only larger.
# What happens: the operator comes out empty, and the name stands behind it as italic letters, each a variable of its own;
# the starred form adds an asterisk. The bar is printed as its command, "\lvert", among the formula's signs. Both are
# well-formed MathML, no error is raised, and the page shows them.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet latex2mathml==3.81.0
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version
from xml.etree import ElementTree

from latex2mathml.converter import convert

print("latex2mathml", version("latex2mathml"))
NAME = "{http://www.w3.org/1998/Math/MathML}"


def pieces(latex):
    return [(node.tag.removeprefix(NAME), node.text) for node in ElementTree.fromstring(convert(latex)).iter()]


for latex in (r"\operatorname{argmin}", r"\operatorname{arg\,min}", r"\lvert x \rvert", r"\bigl\lvert x \bigr\rvert"):
    print(f"{latex:30}", [piece for piece in pieces(latex) if piece[0] in ("mi", "mo")])
assert ("mo", "argmin") in pieces(r"\operatorname{argmin}") or ("mi", "argmin") in pieces(r"\operatorname{argmin}")
spaced = pieces(r"\operatorname{arg\,min}")
assert ("mi", "a") in spaced and ("mi", "n") in spaced, spaced
starred = pieces(r"\operatorname*{arg\,max}")
print("starred:", [piece for piece in starred if piece[0] in ("mi", "mo")])
assert ("mo", "*") in starred or ("mi", "*") in starred, starred
assert any(text == r"\lvert" for _tag, text in pieces(r"\bigl\lvert x \bigr\rvert"))
PY

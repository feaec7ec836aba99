#!/usr/bin/env bash
# myst-parser 3.0.1 with markdown-it-py 3.0.0: a list's tenth level is left out of the page, without a word
#
# One would guess: CommonMark knows no bound of nesting, so a list of eleven levels is shown with eleven, or a parser that
# has a bound says what it has dropped.
# What happens: the preset that MyST builds on stops at twenty nested blocks. A level of a list is two of them, the list
# and its item, so nine levels are read and the words of the tenth are gone: no text, no warning at any report level.
# Preset "js-default" of the same parser, with a bound of a hundred, reads all eleven.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet myst-parser==3.0.1 markdown-it-py==3.0.0 sphinx==7.4.7
"$work/venv/bin/python" - <<'PY'
import io
from importlib.metadata import version

from docutils.core import publish_doctree
from markdown_it import MarkdownIt
from myst_parser.docutils_ import Parser

print("myst-parser", version("myst-parser"), "markdown-it-py", version("markdown-it-py"))
text = "\n".join("  " * depth + f"- level {depth + 1}" for depth in range(11))
said = io.StringIO()
tree = publish_doctree(text, parser=Parser(), settings_overrides={"report_level": 1, "warning_stream": said})
read = [depth for depth in range(1, 12) if f"level {depth}" in tree.astext().split("\n")]
other = MarkdownIt("js-default").render(text)
print("levels that MyST reads:", len(read), "and it says", repr(said.getvalue()))
print("levels of js-default: ", other.count("level"))
assert read == list(range(1, 10)), read
assert said.getvalue() == "", said.getvalue()
assert other.count("level") == 11, other
PY

#!/usr/bin/env bash
# myst-parser 3.0.1 with markdown-it-py 3.0.0: escaped signs vanish from the text of an image
#
# One would guess: CommonMark lets any punctuation be escaped, also between the brackets of an image, so that
# ![R\&D \[x\] &lt;0.1](a.svg) has the alternative text "R&D [x] <0.1", just as a link with the same text has.
# What happens: the link is right, the image's text is "RD x 0.1". The parser leaves each escaped sign and each entity as
# a token of its own kind and joins these with their neighbours everywhere but inside images; the renderer then collects
# plain text tokens only. Whoever cannot see the picture is told another number.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet myst-parser==3.0.1 markdown-it-py==3.0.0 sphinx==7.4.7
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version

from docutils.core import publish_doctree
from docutils.nodes import image, reference
from myst_parser.docutils_ import Parser

print("myst-parser", version("myst-parser"), "markdown-it-py", version("markdown-it-py"))
text = r"![R\&D \[x\] &lt;0.1](a.svg) and [R\&D \[x\] &lt;0.1](https://example.org)"
tree = publish_doctree(text, parser=Parser(), settings_overrides={"report_level": 5})
alt, link = next(tree.findall(image))["alt"], next(tree.findall(reference)).astext()
print("link: ", link)
print("image:", alt)
assert link == "R&D [x] <0.1", link
assert alt == "RD x 0.1", alt
PY

#!/usr/bin/env bash
# markdown-it-py 4: the two ideographic spaces that indent a Chinese paragraph are lost in its first line only
#
# One would guess: CommonMark removes spaces and tabs at the ends of a line and nothing else, so U+3000, with which
# Chinese paragraphs are indented, stays text, as GitHub's cmark keeps it; or it goes from every line.
# What happens: the parser cuts a block's text with Python's str.strip(), which takes every blank of Unicode. The first
# line of a paragraph, headings, items of lists and cells of tables lose it (a no-break space as well), the second line
# of the same paragraph keeps it. Half of a text that was indented by hand is indented on the page.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet markdown-it-py==4.2.0 commonmark==0.9.1 cmarkgfm==2025.10.22
cd "$work"
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version

import cmarkgfm
import commonmark
from markdown_it import MarkdownIt

for name in ("markdown-it-py", "commonmark", "cmarkgfm"):
    print(name, version(name))
BLANK = "\u3000"
PLACES = ((BLANK * 2, "甲"), (BLANK * 2, "乙"), (BLANK, "丙"))
source = f"{BLANK * 2}甲。\n{BLANK * 2}乙。\n\n# {BLANK}丙\n"
made = {
    "markdown-it-py": MarkdownIt("commonmark").render(source),
    "commonmark": commonmark.commonmark(source),
    "cmarkgfm": cmarkgfm.markdown_to_html(source),
}
for name, html in made.items():
    print(f"{name}:", ascii(html))
kept = {name: [f"{blanks}{letter}" in html for blanks, letter in PLACES] for name, html in made.items()}
print(kept)
assert kept["markdown-it-py"] == kept["commonmark"] == [False, True, False], kept
assert kept["cmarkgfm"] == [True, True, True], kept
PY

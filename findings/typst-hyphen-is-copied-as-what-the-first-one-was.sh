#!/usr/bin/env bash
# typst 0.15 (Python binding): a hyphen within a word comes out of the PDF as a soft hyphen, if a line's end came first
#
# One would guess: the hyphen of "long-term" is written as a hyphen (U+002D), and the one that the typesetter puts where
# it divides a word at a line's end as a soft hyphen (U+00AD), each for itself, so that "long-term" can be found.
# What happens: a font has one glyph for both, and what a glyph stands for is written once a font: what it stood for
# where the document uses it first. If the first hyphen is one at a line's end, every hyphen of the document in that
# font comes out as a soft hyphen, which searches and copied addresses do not match; if it is one within a word, those
# at the lines' ends come out as plain hyphens.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet typst==0.15.2 pypdf==7.1.0
cat > "$work/trial.py" <<'PY'
import io
from importlib.metadata import version

import pypdf
import typst

print("typst", version("typst"), "pypdf", version("pypdf"))
SET = '#set page(width: 6cm, height: auto)\n#set text(hyphenate: true, lang: "en")\n#set par(justify: true)\n'
DIVIDED = "The responsibilities of administrative representatives."
found = {}
for name, text in {"divided first": f"{DIVIDED}\n\nA-B.", "whole first": f"A-B.\n\n{DIVIDED}"}.items():
    pdf = typst.compile((SET + text).encode(), format="pdf")
    found[name] = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    print(f"{name}: {found[name]!r}")
assert "A\u00adB" in found["divided first"] and "-" not in found["divided first"]
assert "A-B" in found["whole first"] and "\u00ad" not in found["whole first"]
PY
"$work/venv/bin/python" "$work/trial.py"

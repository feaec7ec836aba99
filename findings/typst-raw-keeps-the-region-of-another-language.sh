#!/usr/bin/env bash
# typst 0.15: raw text takes the language en and keeps the region of the text around it, so a PDF names "en-CN"
#
# One would guess: raw text, which Typst takes to be English, says so in the PDF as "en", or keeps language and region
# of the text around it, "zh-CN".
# What happens: only the language is replaced. The PDF (PDF/UA-1 too) calls the passage "en-CN", a language that no
# screen reader has; no warning is given. `show raw: set text(region: none)` helps.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet typst==0.15.2 pikepdf==10.18.0
cd "$work"
"$work/venv/bin/python" -W error - <<'PY'
from importlib.metadata import version

import pikepdf
import typst

print("typst", version("typst"))
HEAD = '#set document(title: "T")\n#set text(lang: "zh", region: "cn")\n'


def languages(source):
    """Return the languages that the elements and the marked pieces of a PDF name, besides the whole document's."""
    typst.compile((HEAD + source).encode(), output="made.pdf", pdf_standards=["ua-1"])
    with pikepdf.open("made.pdf") as pdf:
        named = [each.get("/Lang") for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and "/S" in each]
        for page in pdf.pages:
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) == "BDC" and isinstance(operands[1], pikepdf.Dictionary):
                    named.append(operands[1].get("/Lang"))
        return {str(name) for name in named if name is not None} - {str(pdf.Root.Lang)}


found = languages("A `b` c.")
helped = languages("#show raw: set text(region: none)\nA `b` c.")
print("raw text:", found, "and without a region:", helped)
assert found == {"en-CN"}, found
assert helped == {"en"}, helped
PY

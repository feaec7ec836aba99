#!/usr/bin/env bash
# python-docx 1.2: the text of a paragraph has neither what was inserted nor what was deleted with changes tracked
#
# One would guess: paragraph.text is what a reader sees, so an insertion that nobody has accepted yet is in it, or at
# least what stood there before it.
# What happens: runs within a tracked change are no runs of the paragraph. "The rate is 97.5%" whose number was replaced
# reads as "The rate is  in 2025": old and new number are both gone, without an error. Comments and links are kept.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet python-docx==1.2.0
cd "$work"
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

print("python-docx", version("python-docx"))
document = docx.Document()
paragraph = document.add_paragraph("The rate is ")
for kind, text in (("del", "<w:delText>97.5%</w:delText>"), ("ins", "<w:t>98.5%</w:t>")):
    change = f'<w:{kind} {nsdecls("w")} w:id="1" w:author="A" w:date="2026-01-01T00:00:00Z"><w:r>{text}</w:r></w:{kind}>'
    paragraph._p.append(parse_xml(change))
document.add_comment(paragraph.add_run(" in 2025"), text="which?", author="B")
document.save("made.docx")
read = docx.Document("made.docx").paragraphs[0]
print(repr(read.text), [run.text for run in read.runs])
assert read.text == "The rate is  in 2025"
assert not any("98.5" in run.text or "97.5" in run.text for run in read.runs)
PY

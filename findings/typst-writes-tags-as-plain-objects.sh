#!/usr/bin/env bash
# typst 0.15: the tags of an accessible PDF are most of its bytes, because they alone are not compressed
#
# One would guess: a PDF 1.7 from a modern typesetter keeps small objects together in compressed streams, so that tags
# for a table's cells cost little beside the text that they describe.
# What happens: contents are compressed, but each element of the structure is an object of its own in plain text. A
# table of some thousand cells is several times as large with tags as without; saved again by pikepdf with the same
# objects in object streams, tags and all, it is smaller than a quarter, which PDF/A-2 and PDF/UA-1 allow.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet typst==0.15.2 pikepdf==10.18.0
cd "$work"
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version

import pikepdf
import typst

print("typst", version("typst"), "pikepdf", pikepdf.__version__)
cells = ", ".join(f"[{number}]" for number in range(3000))
source = f'#set document(title: "Cells")\n= Cells\n#table(columns: 3, table.header[a][b][c], {cells})\n'


def size(name, **options):
    with open(name, "wb") as file:
        return file.write(typst.compile(source.encode(), format="pdf", **options))


def elements(name):
    with pikepdf.open(name) as pdf:
        return sum(1 for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/TD")


tagged, bare = size("tagged.pdf", pdf_standards=["ua-1"]), size("bare.pdf", pdf_tags=False)
with pikepdf.open("tagged.pdf") as pdf:
    pdf.save("packed.pdf", object_stream_mode=pikepdf.ObjectStreamMode.generate)
with open("packed.pdf", "rb") as file:
    packed = len(file.read())
kept = elements("tagged.pdf"), elements("packed.pdf")
print("without tags", bare, "with tags", tagged, "with tags, packed", packed, "cells tagged", kept)
assert kept == (3000, 3000), kept
assert tagged > 4 * bare and packed < tagged / 4, (bare, tagged, packed)
PY

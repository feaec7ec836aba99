#!/usr/bin/env bash
# typst 0.15: a page drawn at 288 points an inch says nothing of that, so that others show it four times as wide
#
# One would guess: a PNG made with ppi=288 carries that number, as those of matplotlib and of Inkscape do, and a page of
# one inch is one inch wide in a document.
# What happens: the file has the pixels and no resolution. Whoever places it assumes 72 or 96: Word, by way of
# python-docx, shows the inch as four.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet typst==0.15.2 pillow==12.3.0 python-docx==1.2.0
cd "$work"
"$work/venv/bin/python" - <<'PY'
import io
from importlib.metadata import version

import docx
import typst
from PIL import Image

print("typst", version("typst"), "python-docx", version("python-docx"))
made = typst.compile(b"#set page(width: 1in, height: 1in)", format="png", ppi=288)
drawn = Image.open(io.BytesIO(made))
print("pixels", drawn.size, "says", drawn.info)
assert drawn.size == (288, 288)
assert "dpi" not in drawn.info
width = docx.Document().add_picture(io.BytesIO(made)).width.inches
print("inches in Word:", width)
assert width == 4
stated = io.BytesIO()
drawn.save(stated, "PNG", dpi=(288, 288))
assert round(docx.Document().add_picture(stated).width.inches, 2) == 1
PY
